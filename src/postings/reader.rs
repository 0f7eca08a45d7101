//! Rows from a table of postings.

use super::columns::{Column, ColumnNames, Columns};
use super::open::open;
use super::records::{Found, Wrong, fields, first, lines, position};
use super::window::Window;
use crate::model::MAGIC as MODEL;
use csv::StringRecord;
use encoding_rs::Encoding;
use std::io::Cursor;
use std::path::Path;

/// Bytes of rows that are given together: the rows of a batch, if they are long, are fewer.
const BATCH_BYTES: usize = 1 << 23;
/// Delimiters that are looked for.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Columns of a file of rejected rows. The first of its rows has the header of the file they are of.
pub const REJECTED: [&str; 4] = ["file", "line", "reason", "raw"];
const REJECTED_HEAD: &str = "file,line,reason,raw\n";
/// What stands as the reason there.
pub const HEADER: &str = "header";

/// Why a file cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It could not be opened or read.
    #[error("cannot read {file}")]
    Io {
        /// Name of the file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not a table of postings.
    #[error("{file}: {problem}")]
    Content {
        /// Name of the file.
        file: String,
        /// What is wrong and what to do.
        problem: String,
    },
}

/// How a file is to be read.
#[derive(Debug, Clone, Default)]
pub struct Dialect {
    /// Columns that were chosen.
    pub names: ColumnNames,
    /// Byte between fields, if it is not to be found.
    pub delimiter: Option<u8>,
    /// Encoding, if it is not to be found.
    pub encoding: Option<&'static Encoding>,
    /// Whether the first line is a row: columns are then called by their numbers, from 1.
    pub no_header: bool,
}

/// A row that could be read.
#[derive(Debug, Clone)]
pub struct Row {
    /// Place among the rows of the file, from 1, without the header.
    pub number: u64,
    /// Line it starts on, from 1.
    pub line: u64,
    /// Its fields.
    pub fields: StringRecord,
}

impl Row {
    /// The field of a column; empty if the file has no such column.
    pub fn get(&self, columns: &Columns, column: Column) -> &str {
        columns.place(column).and_then(|i| self.fields.get(i)).unwrap_or("")
    }
}

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Line it starts on, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// Its bytes as they stand in the file.
    pub raw: Vec<u8>,
}

/// Some rows in their order.
#[derive(Debug, Default)]
pub struct Batch {
    /// Rows that could be read.
    pub rows: Vec<Row>,
    /// Rows that could not.
    pub rejected: Vec<Rejected>,
}

/// Reads postings from one file.
pub struct PostingReader {
    file: String,
    window: Window,
    delimiter: u8,
    encoding: &'static Encoding,
    head: String,
    header: Vec<String>,
    columns: Columns,
    next: u64,
    /// Line that the rest of the window begins on, from 1.
    line: u64,
}

impl PostingReader {
    /// Opens a file, or standard input for `-`, and reads its header. A file of rejected rows is read as
    /// those rows.
    ///
    /// # Errors
    /// If there is no such file, or it is not a table with a column for the text.
    pub fn open(path: &Path, dialect: &Dialect) -> Result<Self, InputError> {
        let file = if path == Path::new("-") {
            "standard input".into()
        } else {
            path.display().to_string()
        };
        let opened = open(path, dialect.encoding);
        let opened = opened.map_err(|source| InputError::Io { file: file.clone(), source })?;
        let mut reader = Self {
            file,
            window: Window::new(opened.text),
            delimiter: b',',
            encoding: opened.encoding,
            head: String::new(),
            header: Vec::new(),
            columns: Columns::default(),
            next: 1,
            line: 1,
        };
        reader.fill(REJECTED_HEAD.len())?;
        if reader.window.rest().starts_with(REJECTED_HEAD.as_bytes()) {
            reader = reader.rejected(dialect)?;
        } else {
            reader.begin(dialect)?;
        }
        if reader.columns.place(Column::Description).is_none() {
            return Err(reader.content(Columns::no_description(&reader.header)));
        }
        Ok(reader)
    }

    /// Reads the header.
    fn begin(&mut self, dialect: &Dialect) -> Result<(), InputError> {
        self.pass_empty_lines()?;
        if self.window.rest().is_empty() {
            let problem = "it is empty; a header line and at least one row are needed";
            return Err(self.content(problem.into()));
        }
        if self.window.rest().starts_with(MODEL.as_bytes()) {
            return Err(
                self.content("it is a model and has no postings; give it with --model".into())
            );
        }
        if is_binary(self.window.rest()) {
            let problem =
                "it is not text (it has many control characters); export the table as CSV";
            return Err(self.content(problem.into()));
        }
        let mut best: Option<(bool, usize, u8, Vec<String>, usize)> = None;
        let known = dialect.delimiter.map(|d| vec![d]);
        for delimiter in known.unwrap_or_else(|| DELIMITERS.to_vec()) {
            let Some((end, header)) = self.header_by(delimiter)? else { continue };
            let described = Columns::find(&header, &dialect.names)
                .is_ok_and(|columns| columns.place(Column::Description).is_some());
            let rank = (described && !dialect.no_header, header.len());
            if best.as_ref().is_none_or(|b| rank > (b.0, b.1)) {
                best = Some((rank.0, rank.1, delimiter, header, end));
            }
        }
        let Some((_, _, delimiter, header, end)) = best else {
            let problem = "its header line has a quote that is not closed where it should be";
            return Err(self.content(problem.into()));
        };
        self.delimiter = delimiter;
        if dialect.no_header {
            self.header = (1..=header.len()).map(|n| n.to_string()).collect();
        } else {
            self.head = String::from_utf8_lossy(&self.window.rest()[..end]).trim_end().to_owned();
            self.line += lines(&self.window.rest()[..end]);
            self.window.skip(end);
            self.header = header;
        }
        self.columns = Columns::find(&self.header, &dialect.names).map_err(|p| self.content(p))?;
        Ok(())
    }

    /// The header as read with a delimiter, and where it ends; nothing if its quotes are not sound then.
    fn header_by(&mut self, delimiter: u8) -> Result<Option<(usize, Vec<String>)>, InputError> {
        let end = loop {
            let at_end = self.window.at_end();
            match first(self.window.rest(), delimiter, 0, at_end) {
                Found::More => self.fill_more()?,
                Found::Record { end } | Found::Wrong { end, why: Wrong::Fields(_) } => break end,
                Found::Wrong { .. } => return Ok(None),
            }
        };
        let line = std::str::from_utf8(&self.window.rest()[..end]).map_err(|_| {
            let problem = "the header line is not UTF-8 text; name its encoding with --encoding";
            self.content(problem.into())
        })?;
        let mut header = Vec::new();
        fields(line, delimiter, |field| header.push(field.to_owned()));
        Ok(Some((end, header)))
    }

    /// The rows in this file of rejected rows, as the file that they are of.
    fn rejected(mut self, dialect: &Dialect) -> Result<Self, InputError> {
        self.begin(&Dialect::default())?;
        let (mut text, mut head) = (String::new(), None);
        loop {
            let batch = self.batch(usize::MAX)?;
            if let Some(wrong) = batch.rejected.first() {
                let Rejected { line, reason, .. } = wrong;
                let problem = format!("line {line}: {reason}; mend it, or take it out");
                return Err(self.content(problem));
            }
            if batch.rows.is_empty() {
                break;
            }
            for row in &batch.rows {
                let (reason, raw) = (&row.fields[2], &row.fields[3]);
                let is_header = reason == HEADER;
                if is_header && head.as_deref().is_some_and(|head| head != raw) {
                    let problem =
                        "its rows are of files with several headers; give those of each alone";
                    return Err(self.content(problem.into()));
                }
                if !is_header || (head.is_none() && !raw.is_empty()) {
                    text += raw;
                    text.push('\n');
                }
                if is_header {
                    head = Some(raw.to_owned());
                }
            }
        }
        if head.is_none() {
            return Err(self.content("it has no row with the header of the rejected rows".into()));
        }
        let mut inner =
            Self { window: Window::new(Box::new(Cursor::new(text))), next: 1, line: 1, ..self };
        inner.begin(dialect)?;
        Ok(inner)
    }

    /// Reads until so many bytes are there, or the end.
    fn fill(&mut self, least: usize) -> Result<(), InputError> {
        while self.window.rest().len() < least && !self.window.at_end() {
            self.window
                .more()
                .map_err(|source| InputError::Io { file: self.file.clone(), source })?;
        }
        Ok(())
    }

    /// Reads more than there is: as much again, where that is much, so that looking at it again and again
    /// costs no more than looking twice.
    fn fill_more(&mut self) -> Result<(), InputError> {
        let length = self.window.rest().len();
        self.fill(if length < BATCH_BYTES { length + 1 } else { 2 * length })
    }

    fn content(&self, problem: String) -> InputError {
        InputError::Content { file: self.file.clone(), problem }
    }

    /// Name of the file for messages.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The names of all columns.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The header line as it stands; empty if there is none.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Byte between fields.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Encoding of the file.
    pub fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Which column holds what.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The next rows, at most `most` (an empty batch at the end of the file).
    ///
    /// # Errors
    /// If the file can no longer be read. Rows that are wrong are set aside instead.
    pub fn batch(&mut self, most: usize) -> Result<Batch, InputError> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        while batch.rows.len() + batch.rejected.len() < most && bytes < BATCH_BYTES {
            self.pass_empty_lines()?;
            if self.window.rest().is_empty() {
                break;
            }
            let at_end = self.window.at_end();
            let (end, why) =
                match first(self.window.rest(), self.delimiter, self.header.len(), at_end) {
                    Found::More => {
                        self.fill_more()?;
                        continue;
                    }
                    Found::Record { end } => (end, None),
                    Found::Wrong { end, why } => (end, Some(why)),
                };
            let (number, line) = (self.next, self.line);
            self.next += 1;
            match self.row(&self.window.rest()[..end], why) {
                Ok(fields) => batch.rows.push(Row { number, line, fields }),
                Err(reason) => {
                    let raw = without_line_end(&self.window.rest()[..end]).to_vec();
                    batch.rejected.push(Rejected { line, reason, raw });
                }
            }
            bytes += end;
            self.pass(end);
        }
        Ok(batch)
    }

    /// Goes behind empty lines, which are no rows: something follows then, or the end.
    fn pass_empty_lines(&mut self) -> Result<(), InputError> {
        loop {
            self.fill(1)?;
            let empty = self.window.rest().iter().take_while(|b| b"\r\n".contains(b)).count();
            self.pass(empty);
            if !self.window.rest().is_empty() || self.window.at_end() {
                return Ok(());
            }
        }
    }

    /// Goes behind some bytes.
    fn pass(&mut self, length: usize) {
        self.line += lines(&self.window.rest()[..length]);
        self.window.skip(length);
    }

    fn row(&self, record: &[u8], why: Option<Wrong>) -> Result<StringRecord, String> {
        match why {
            Some(Wrong::Fields(found)) => {
                let expected = self.header.len();
                return Err(format!("the row has {found} fields and the header {expected}"));
            }
            Some(Wrong::Quote) => {
                return Err("a quoted field is not closed where it should be".into());
            }
            None => {}
        }
        let text = std::str::from_utf8(record).map_err(|e| {
            let (field, at) = position(record, self.delimiter, e.valid_up_to());
            format!("column {:?} is not UTF-8 at its byte {at}", self.header[field])
        })?;
        let mut row = StringRecord::with_capacity(text.len(), self.header.len());
        fields(text, self.delimiter, |field| row.push_field(field));
        Ok(row)
    }
}

/// Bytes of the beginning in which control characters tell that it is no text.
const LOOKED_AT: usize = 1 << 13;

fn is_binary(bytes: &[u8]) -> bool {
    let looked = &bytes[..bytes.len().min(LOOKED_AT)];
    let control = |b: &&u8| **b < 0x20 && !b"\t\n\r\x0c\x1b".contains(b);
    10 * looked.iter().filter(control).count() > looked.len()
}

/// Without the end of its line.
fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(bytes: &[u8]) -> Result<(Vec<Row>, Vec<Rejected>, Columns), InputError> {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(bytes).expect("room for a few bytes");
        let mut reader = PostingReader::open(file.path(), &Dialect::default())?;
        let (mut rows, mut rejected) = (Vec::new(), Vec::new());
        loop {
            let batch = reader.batch(2)?;
            if batch.rows.is_empty() && batch.rejected.is_empty() {
                return Ok((rows, rejected, reader.columns().clone()));
            }
            rows.extend(batch.rows);
            rejected.extend(batch.rejected);
        }
    }

    #[test]
    fn quoted_fields_bom_and_crlf() {
        let csv = b"\xef\xbb\xbftext,title\r\n\"one\r\ntwo, \"\"three\"\"\",A\r\nplain,B\r\n";
        let (rows, rejected, columns) = read(csv).expect("a sound file");
        assert!(rejected.is_empty());
        let texts: Vec<&str> = rows.iter().map(|r| r.get(&columns, Column::Description)).collect();
        assert_eq!(texts, ["one\r\ntwo, \"three\"", "plain"]);
        assert_eq!(rows[1].line, 4);
        assert_eq!(rows[1].get(&columns, Column::Company), "");
    }

    #[test]
    fn rows_that_are_wrong_are_set_aside_as_they_stand() {
        let csv = b"title,text\na,\"x\ny\"\nb,one,two\n\nc,\xff\xfe\nd,fine\n";
        // Enough good letters to tell that it is UTF-8.
        let csv = [&csv[..], "e,\u{e4}\u{f6}\u{fc}\u{df}\n".repeat(2).as_bytes()].concat();
        let (rows, rejected, _) = read(&csv).expect("a table");
        assert_eq!(rows.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 4, 5, 6]);
        assert_eq!(rejected.len(), 2);
        assert_eq!((rejected[0].line, rejected[0].raw.as_slice()), (4, b"b,one,two".as_slice()));
        assert_eq!((rejected[1].line, rejected[1].raw.as_slice()), (6, b"c,\xff\xfe".as_slice()));
        assert!(rejected[1].reason.contains("\"text\" is not UTF-8 at its byte 1"));
    }

    #[test]
    fn compressed_files_are_read_by_their_content() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"title,text\na,b\n").expect("memory");
        let (rows, ..) = read(&packed.finish().expect("memory")).expect("a table");
        assert_eq!(rows.len(), 1);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for (bytes, says) in [
            (&b""[..], "empty"),
            (b"\xef\xbb\xbf", "empty"),
            (b"\x7fELF\x01\0\0\0", "not text"),
            (b"\xff\xd8\xff\xe0 jpeg\n", "no column with the text"),
            (b"name,adress\nx,y\n", "no column with the text"),
        ] {
            let error = read(bytes).map(|_| ()).expect_err("no table").to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
