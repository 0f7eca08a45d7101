//! Reads delimited text: CSV and its variants.

use super::columns::{Column, Columns};
use super::fields::Fields;
use super::quirks::quirks;
use super::records::{Field, RecordEnd, Wrong, fields, first, position};
use super::requoted::{Quirks, Requoted};
use super::row::{Batch, Original, Rejected, Row, joined};
use super::source::{ContentError, Dialect, Problem, RowSource, Shape, takes_more};
use super::table_header::{FIRST_ROWS, is_name};
use super::window::Window;
use std::io::Cursor;
use std::ops::{Range, RangeInclusive};

/// Delimiters that are tried.
const DELIMITERS: [u8; 8] = [b',', b'\t', b';', b'|', b'^', b'~', 0x01, 0x1f];
/// Bytes of the longest line before the header.
const LONGEST_TITLE: usize = 1 << 16;
/// First bytes by which it is found how the text differs from a usual one.
const SAMPLE: usize = 1 << 18;
/// First rows, and their bytes, by which it is found whether rows leave out empty fields.
const SAMPLED: usize = 20;
const SAMPLED_BYTES: usize = 1 << 20;

/// Rows of delimited fields.
pub(super) struct DelimitedReader {
    window: Window,
    delimiter: u8,
    /// Number of the next row, from 1.
    next: u64,
    /// The numbers of fields that a row may have: fewer than the header if rows end where their last fields are empty.
    fields: RangeInclusive<usize>,
    /// Short rows that were filled so far.
    filled: u64,
    /// The header line, without its line end; empty if there is none.
    head: Vec<u8>,
    /// Lines so far that repeat it, as in files that were joined.
    repeated: u64,
    /// Lines so far that only rule the table, or mark its end.
    ruled: u64,
    /// How all rows differ from those of a usual table.
    quirks: Option<Quirks>,
    notes: Vec<String>,
}

/// A line that may be the header.
struct Header {
    /// Whether it has a column for the description.
    described: bool,
    delimiter: u8,
    names: Vec<String>,
    /// Its length in bytes.
    end: usize,
}

impl Header {
    fn rank(&self) -> (bool, usize) {
        (self.described, self.names.len())
    }

    /// Whether it has several columns, and names that no text is.
    fn is_plain(&self) -> bool {
        self.names.len() > 1 && self.names.iter().all(|name| is_name(name))
    }
}

impl DelimitedReader {
    /// Reads the header of a text that is not empty, of postings.
    pub(super) fn open(window: Window, dialect: &Dialect) -> Result<(Self, Shape), Problem> {
        let mut rows = Self::new(window);
        let named = rows.pass_separator()?;
        let header = rows.find_header(dialect, dialect.delimiter.or(named))?;
        let mut header = header.ok_or_else(unclosed)?;
        if let Some((names, end)) = rows.requote(&header, dialect)? {
            header = Header { names, end, ..header };
        }
        rows.with_header(header, dialect)
    }

    /// The same of another table, which begins with its header.
    pub(super) fn of_table(window: Window) -> Result<(Self, Shape), Problem> {
        let (mut rows, dialect) = (Self::new(window), Dialect::default());
        let named = rows.pass_separator()?;
        let known = named.map_or_else(|| DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
        let header = rows.best_header(0, &known, &dialect)?.ok_or_else(unclosed)?;
        rows.with_header(header, &dialect)
    }

    /// The same of a table whose rows are given line by line, by its header line.
    pub(super) fn of_header(
        line: &[u8],
        number: u64,
        dialect: &Dialect,
    ) -> Result<(Self, Shape), Problem> {
        Self::open(Window::new(Box::new(Cursor::new(line.to_vec())), number), dialect)
    }

    /// The row of a line, or the reason why it is rejected.
    pub(super) fn row_of_line(
        &mut self,
        line: &[u8],
        number: u64,
        shape: &Shape,
    ) -> Result<Row, String> {
        let line = Window::new(Box::new(Cursor::new(line.to_vec())), number);
        self.window = match self.quirks {
            Some(quirks) => Window::new(Box::new(Requoted::new(line, quirks)), number),
            None => line,
        };
        let batch = self.batch(2, shape);
        let Batch { mut rows, mut rejected } = batch.map_err(|_| "it cannot be read")?;
        match (rows.pop(), rejected.pop()) {
            (Some(row), None) if rows.is_empty() => Ok(row),
            (None, Some(Rejected { reason, .. })) if rejected.is_empty() => Err(reason),
            (None, None) => Err("the line is the header again".into()),
            _ => Err("a line feed ends a row, and a carriage return stands within this one".into()),
        }
    }

    fn new(window: Window) -> Self {
        Self {
            window,
            delimiter: b',',
            next: 1,
            fields: 0..=0,
            filled: 0,
            head: Vec::new(),
            repeated: 0,
            ruled: 0,
            quirks: None,
            notes: Vec::new(),
        }
    }

    fn with_header(mut self, header: Header, dialect: &Dialect) -> Result<(Self, Shape), Problem> {
        let Header { delimiter, names: mut header, end, .. } = header;
        self.delimiter = delimiter;
        let mut head = None;
        if dialect.no_header {
            header = (1..=header.len()).map(|n| n.to_string()).collect();
        } else {
            self.head = without_line_end(&self.window.rest()[..end]).to_vec();
            head = Some(String::from_utf8_lossy(&self.head).into_owned());
            self.window.skip(end);
        }
        let columns = Columns::find(&header, &dialect.names)?;
        self.find_fields(header.len(), &columns)?;
        let shape = Shape { header, columns, head, delimiter: Some(delimiter), ..Shape::default() };
        Ok((self, shape))
    }

    /// The delimiter that a first line of Excel names, such as `sep=;`, which is passed.
    fn pass_separator(&mut self) -> Result<Option<u8>, Problem> {
        self.window.fill(16)?;
        let line = self.window.rest().split_inclusive(|b| *b == b'\n').next().unwrap_or_default();
        let text = without_line_end(line).trim_ascii();
        let text = text.strip_prefix(b"\"").and_then(|t| t.strip_suffix(b"\"")).unwrap_or(text);
        let (Some(start), [.., b'=', delimiter]) = (text.get(..3), text) else { return Ok(None) };
        if text.len() != 5 || !start.eq_ignore_ascii_case(b"sep") {
            return Ok(None);
        }
        let (delimiter, length) = (*delimiter, line.len());
        self.notes.push(format!("its first line names the delimiter {:?}", char::from(delimiter)));
        self.window.skip(length);
        self.window.pass(|b| b"\r\n".contains(&b))?;
        Ok(Some(delimiter))
    }

    /// Of several delimiters, the one with which the header has a column for the description, then the most columns.
    /// Titles and notes may stand before the header, if it has such a column.
    fn find_header(
        &mut self,
        dialect: &Dialect,
        known: Option<u8>,
    ) -> Result<Option<Header>, Problem> {
        let known = known.map_or_else(|| DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
        let best = self.best_header(0, &known, dialect)?;
        if dialect.no_header || best.as_ref().is_some_and(|header| header.described) {
            return Ok(best);
        }
        let Some(delimiter) = best.as_ref().map(|header| header.delimiter) else {
            return Ok(None);
        };
        let (mut at, mut rows, mut widest) = (0, 0, 0);
        while rows < FIRST_ROWS {
            let Some(title) = self.title_at(at, delimiter)? else { break };
            at += title.len();
            rows += usize::from(!is_blank(&self.window.rest()[title.clone()]));
            let later = self.best_header(at, &known, dialect)?;
            let Some(later) = later else { continue };
            // What stands before it has fewer fields; otherwise it is a row among others.
            widest = widest.max(self.filled_fields(title.start, later.delimiter)?);
            let filled = later.names.iter().filter(|name| !name.is_empty()).count();
            if later.described && later.is_plain() && filled > widest {
                let header = later;
                self.window.skip(at);
                self.notes.push(format!(
                    "the header is in line {}; what stands before it is not read",
                    self.window.line()
                ));
                return Ok(Some(header));
            }
        }
        Ok(best)
    }

    /// The range of a title or note, with its line end, that begins at an offset of the rest; `None` if that is too long
    /// for one, its quotes are wrong, or the text ends with it.
    fn title_at(&mut self, at: usize, delimiter: u8) -> Result<Option<Range<usize>>, Problem> {
        loop {
            let rest = &self.window.rest()[at..];
            let at_end = self.window.at_end();
            let end = match first(rest, delimiter, &(0..=0), at_end) {
                RecordEnd::More => rest.len(),
                RecordEnd::Record { end, .. } | RecordEnd::Wrong { end, why: Wrong::Fields(_) } => {
                    end
                }
                RecordEnd::Wrong { .. } => return Ok(None),
            };
            if end < rest.len() {
                return Ok((end <= LONGEST_TITLE).then_some(at..at + end));
            }
            if at_end || end > LONGEST_TITLE {
                return Ok(None);
            }
            self.window.fill_more()?;
        }
    }

    /// The number of fields with a value in the line that begins at an offset of the rest.
    fn filled_fields(&mut self, at: usize, delimiter: u8) -> Result<usize, Problem> {
        let names = self.header_by(at, delimiter)?.map(|(_, names)| names).unwrap_or_default();
        Ok(names.iter().filter(|name| !name.is_empty()).count())
    }

    /// The best header that begins at an offset of the rest.
    fn best_header(
        &mut self,
        at: usize,
        delimiters: &[u8],
        dialect: &Dialect,
    ) -> Result<Option<Header>, Problem> {
        let mut best: Option<Header> = None;
        for &delimiter in delimiters {
            let Some((end, names)) = self.header_by(at, delimiter)? else { continue };
            let described = !dialect.no_header
                && Columns::find(&names, &dialect.names)
                    .is_ok_and(|columns| columns.index_of(Column::Description).is_some());
            let header = Header { described, delimiter, names, end };
            if best.as_ref().is_none_or(|best| header.rank() > best.rank()) {
                best = Some(header);
            }
        }
        Ok(best)
    }

    /// The length of the header in bytes and its fields, as read with a delimiter; `None` if its quotes are then wrong.
    fn header_by(
        &mut self,
        at: usize,
        delimiter: u8,
    ) -> Result<Option<(usize, Vec<String>)>, Problem> {
        let end = loop {
            match first(&self.window.rest()[at..], delimiter, &(0..=0), self.window.at_end()) {
                RecordEnd::More => self.window.fill_more()?,
                RecordEnd::Record { end, .. } | RecordEnd::Wrong { end, why: Wrong::Fields(_) } => {
                    break end;
                }
                RecordEnd::Wrong { .. } => return Ok(None),
            }
        };
        let line = &self.window.rest()[at..at + end];
        let Ok(line) = std::str::from_utf8(line) else {
            // Of what may stand before the header, the encoding does not matter.
            return if at > 0 {
                Ok(None)
            } else {
                Err(Problem::Content(ContentError::HeaderEncoding))
            };
        };
        let mut header = Vec::new();
        fields(line, delimiter, |field| {
            header.push(match field {
                Field::Bytes(bytes) => line[bytes].to_owned(),
                Field::Text(text) => text,
            });
        });
        Ok(Some((end, header)))
    }

    /// Makes the text a usual one if all rows differ from that in the same way; gives the header and its length, which
    /// may differ, too.
    fn requote(
        &mut self,
        header: &Header,
        dialect: &Dialect,
    ) -> Result<Option<(Vec<String>, usize)>, Problem> {
        self.window.fill(SAMPLE)?;
        let sample = &self.window.rest()[..self.window.rest().len().min(SAMPLE)];
        let whole = self.window.at_end() && sample.len() == self.window.rest().len();
        let (delimiter, columns) = (header.delimiter, header.names.len());
        let Some((quirks, said)) = quirks(sample, whole, delimiter, columns, dialect) else {
            return Ok(None);
        };
        self.notes.push(said);
        let line = self.window.line();
        let nothing = Window::new(Box::new(std::io::empty()), 1);
        self.quirks = Some(quirks);
        let text = Requoted::new(std::mem::replace(&mut self.window, nothing), quirks);
        self.window = Window::new(Box::new(text), line);
        let (end, names) = self.header_by(0, delimiter)?.ok_or_else(unclosed)?;
        Ok(Some((names, end)))
    }

    /// Finds out whether most of the first rows leave out the empty fields at their end, as Excel does.
    fn find_fields(&mut self, header: usize, columns: &Columns) -> Result<(), Problem> {
        self.fields = header..=header;
        // What breaks off before title and text is no whole row.
        let needed = [Column::Description, Column::Title].map(|column| columns.index_of(column));
        let Some(shortest) = needed.into_iter().flatten().max().map(|last| last + 1) else {
            return Ok(());
        };
        let (mut at, mut rows, mut short) = (0, 0, 0);
        while rows < SAMPLED && at < SAMPLED_BYTES {
            let rest = &self.window.rest()[at..];
            let at_end = self.window.at_end();
            match first(rest, self.delimiter, &self.fields, at_end) {
                _ if rest.is_empty() && at_end => break,
                RecordEnd::More => self.window.fill_more()?,
                RecordEnd::Record { end, .. } | RecordEnd::Wrong { end, .. }
                    if is_blank(&rest[..end]) =>
                {
                    at += end;
                }
                RecordEnd::Wrong { end, why: Wrong::Fields(count) }
                    if (shortest..header).contains(&count) =>
                {
                    (at, rows, short) = (at + end, rows + 1, short + 1);
                }
                RecordEnd::Record { end, .. } | RecordEnd::Wrong { end, .. } => {
                    (at, rows) = (at + end, rows + 1);
                }
            }
        }
        if 2 * short > rows {
            self.fields = shortest..=header;
        }
        Ok(())
    }

    /// Whether a record is the header again.
    fn is_head(&self, record: &[u8]) -> bool {
        let record = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record);
        !record.is_empty() && record == self.head
    }

    /// The row of a record, or the reason why it is rejected.
    fn row(&self, record: &[u8], found: RecordEnd, shape: &Shape) -> Result<Row, String> {
        if let RecordEnd::Wrong { why, .. } = found {
            return Err(match why {
                Wrong::Fields(found) => {
                    format!("the row has {found} fields and the header {}", shape.header.len())
                }
                Wrong::Quote => "a quoted field is not closed where it should be".into(),
            });
        }
        let text = simdutf8::compat::from_utf8(record).map_err(|e| {
            let (field, at) = position(record, self.delimiter, e.valid_up_to());
            format!("column {:?} is not UTF-8 at its byte {at}", shape.header[field])
        })?;
        let mut row = Fields::of_record(text, shape.header.len());
        fields(text, self.delimiter, |field| match field {
            Field::Bytes(bytes) => row.push_bytes(bytes),
            Field::Text(text) => row.push(&text),
        });
        let parts = shape.columns.parts();
        let description =
            (!parts.is_empty()).then(|| joined(parts.iter().filter_map(|&i| row.get(i))));
        let sound = matches!(found, RecordEnd::Record { sound: true, .. });
        Ok(Row {
            number: self.next,
            line: self.window.line(),
            fields: row,
            original: Original::Record { sound },
            description,
        })
    }
}

impl RowSource for DelimitedReader {
    fn batch(&mut self, rows: usize, shape: &Shape) -> Result<Batch, Problem> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        while takes_more(&batch, bytes, rows) {
            // Empty lines are no rows.
            self.window.pass(|b| b"\r\n".contains(&b))?;
            if self.window.rest().is_empty() {
                break;
            }
            let at_end = self.window.at_end();
            let found = first(self.window.rest(), self.delimiter, &self.fields, at_end);
            let (RecordEnd::Record { end, .. } | RecordEnd::Wrong { end, .. }) = found else {
                self.window.fill_more()?;
                continue;
            };
            let record = without_line_end(&self.window.rest()[..end]);
            if record.len() >= self.head.len() && self.is_head(record) {
                self.repeated += 1;
                self.window.skip(end);
                continue;
            }
            if is_ruled(record) {
                self.ruled += 1;
                self.window.skip(end);
                continue;
            }
            match self.row(record, found, shape) {
                Ok(mut row) => {
                    self.filled += u64::from(row.fields.fill(shape.header.len()));
                    batch.rows.push(row);
                }
                Err(reason) => {
                    let line = self.window.line();
                    batch.rejected.push(Rejected { line, reason, raw: record.to_vec() });
                }
            }
            self.next += 1;
            bytes += end;
            self.window.skip(end);
        }
        Ok(batch)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        if self.filled > 0 {
            notes.push(format!(
                "{} rows have no fields for the last columns; these were read as empty",
                self.filled
            ));
        }
        if self.ruled > 0 {
            notes.push(format!(
                "{} lines only rule the table or end it; they are no rows",
                self.ruled
            ));
        }
        if self.repeated > 0 {
            notes.push(format!(
                "the header stands {} times among the rows; it is none",
                self.repeated
            ));
        }
        notes
    }
}

/// Whether a line is one that a program draws under a header or around a table, or the end of a table of `PostgreSQL`.
fn is_ruled(record: &[u8]) -> bool {
    let drawn = |byte: &u8| b"-=+|:_ ".contains(byte);
    record == b"\\."
        || (record.iter().all(drawn) && record.windows(3).any(|run| run == b"---" || run == b"==="))
}

fn unclosed() -> Problem {
    let problem = "its header line has a quote that is not closed where it should be";
    Problem::Content(problem.into())
}

fn is_blank(record: &[u8]) -> bool {
    record.iter().all(|b| b"\r\n".contains(b))
}

/// A record without its line end.
fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}
