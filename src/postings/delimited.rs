//! Reads delimited text: CSV and its variants.

use super::columns::{Column, Columns};
use super::fields::Fields;
use super::records::{Field, RecordEnd, Wrong, fields, first, position};
use super::row::{Batch, Original, Rejected, Row, joined};
use super::source::{ContentError, Dialect, Problem, RowSource, Shape, takes_more};
use super::window::Window;
use std::ops::RangeInclusive;

/// Delimiters that are tried.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
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
}

impl DelimitedReader {
    /// Reads the header of a text that is not empty. Of several delimiters, it takes the one with which the header has
    /// a column for the description, then the most columns.
    pub(super) fn open(window: Window, dialect: &Dialect) -> Result<(Self, Shape), Problem> {
        let mut rows = Self { window, delimiter: b',', next: 1, fields: 0..=0, filled: 0 };
        let mut best: Option<(bool, usize, u8, Vec<String>, usize)> = None;
        let known = dialect.delimiter.map(|d| vec![d]);
        for delimiter in known.unwrap_or_else(|| DELIMITERS.to_vec()) {
            let Some((end, header)) = rows.header_by(delimiter)? else { continue };
            let described = Columns::find(&header, &dialect.names)
                .is_ok_and(|columns| columns.index_of(Column::Description).is_some());
            let rank = (described && !dialect.no_header, header.len());
            if best.as_ref().is_none_or(|b| rank > (b.0, b.1)) {
                best = Some((rank.0, rank.1, delimiter, header, end));
            }
        }
        let Some((_, _, delimiter, mut header, end)) = best else {
            let problem = "its header line has a quote that is not closed where it should be";
            return Err(Problem::Content(problem.into()));
        };
        rows.delimiter = delimiter;
        let mut head = None;
        if dialect.no_header {
            header = (1..=header.len()).map(|n| n.to_string()).collect();
        } else {
            let line = String::from_utf8_lossy(without_line_end(&rows.window.rest()[..end]));
            head = Some(line.into_owned());
            rows.window.skip(end);
        }
        let columns = Columns::find(&header, &dialect.names)?;
        rows.find_fields(header.len(), &columns)?;
        Ok((rows, Shape { header, columns, head, delimiter: Some(delimiter), ..Shape::default() }))
    }

    /// The length of the header in bytes and its fields, as read with a delimiter; `None` if its quotes are then wrong.
    fn header_by(&mut self, delimiter: u8) -> Result<Option<(usize, Vec<String>)>, Problem> {
        let end = loop {
            match first(self.window.rest(), delimiter, &(0..=0), self.window.at_end()) {
                RecordEnd::More => self.window.fill_more()?,
                RecordEnd::Record { end, .. } | RecordEnd::Wrong { end, why: Wrong::Fields(_) } => {
                    break end;
                }
                RecordEnd::Wrong { .. } => return Ok(None),
            }
        };
        let line = std::str::from_utf8(&self.window.rest()[..end])
            .map_err(|_| Problem::Content(ContentError::HeaderEncoding))?;
        let mut header = Vec::new();
        fields(line, delimiter, |field| {
            header.push(match field {
                Field::Bytes(bytes) => line[bytes].to_owned(),
                Field::Text(text) => text,
            });
        });
        Ok(Some((end, header)))
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
        let note = format!(
            "{} rows have no fields for the last columns; these were read as empty",
            self.filled
        );
        if self.filled > 0 { vec![note] } else { Vec::new() }
    }
}

fn is_blank(record: &[u8]) -> bool {
    record.iter().all(|b| b"\r\n".contains(b))
}

/// A record without its line end.
fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}
