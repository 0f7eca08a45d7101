//! Rows from a CSV file, plain or gzip, or from standard input.

use super::columns::{Column, ColumnNames, Columns};
use super::recorder::Recorder;
use csv::{ByteRecord, StringRecord};
use flate2::bufread::MultiGzDecoder;
use memchr::memchr_iter;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

const BUFFER: usize = 1 << 18;
const BOM: &[u8] = b"\xef\xbb\xbf";

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
    csv: csv::Reader<Recorder<Box<dyn Read + Send>>>,
    header: Vec<String>,
    columns: Columns,
    next: u64,
    record: ByteRecord,
}

impl PostingReader {
    /// Opens a file, or standard input for `-`, and reads its header.
    ///
    /// # Errors
    /// If there is no such file, or it is not a table with a column for the text.
    pub fn open(path: &Path, names: &ColumnNames, delimiter: u8) -> Result<Self, InputError> {
        let file = if path == Path::new("-") {
            "standard input".into()
        } else {
            path.display().to_string()
        };
        let io = |source| InputError::Io { file: file.clone(), source };
        let content = |problem: String| InputError::Content { file: file.clone(), problem };
        let mut input: Box<dyn BufRead + Send> = if path == Path::new("-") {
            Box::new(BufReader::with_capacity(BUFFER, std::io::stdin()))
        } else {
            let opened = File::open(path).map_err(io)?;
            if opened.metadata().map_err(io)?.is_dir() {
                return Err(content("it is a folder; name the file in it".into()));
            }
            Box::new(BufReader::with_capacity(BUFFER, opened))
        };
        if input.fill_buf().map_err(io)?.starts_with(&[0x1f, 0x8b]) {
            input = Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(input)));
        }
        let start = input.fill_buf().map_err(io)?;
        let bom = if start.starts_with(BOM) { BOM.len() } else { 0 };
        if start[bom..].is_empty() {
            return Err(content(
                "it is empty; a header line and at least one row are needed".into(),
            ));
        }
        if start.iter().take(8192).any(|&b| b == 0) {
            let problem = "it is not text (it has NUL bytes); export the table as CSV in UTF-8";
            return Err(content(problem.into()));
        }
        input.consume(bom);
        let mut csv = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_reader(Recorder::new(input as Box<dyn Read + Send>));
        let header = csv.byte_headers().map_err(|e| content(e.to_string()))?;
        let header: Result<Vec<String>, _> =
            header.iter().map(|name| String::from_utf8(name.to_vec())).collect();
        let header = header.map_err(|_| {
            content("the header line is not UTF-8 text; save the file as CSV in UTF-8".into())
        })?;
        let columns = Columns::find(&header, names).map_err(content)?;
        if columns.place(Column::Description).is_none() {
            return Err(content(Columns::no_description(&header)));
        }
        Ok(Self { file, csv, header, columns, next: 1, record: ByteRecord::new() })
    }

    /// Name of the file for messages.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The names of all columns.
    pub fn header(&self) -> &[String] {
        &self.header
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
        let done = self.csv.position().byte();
        self.csv.get_mut().forget_before(done);
        while batch.rows.len() + batch.rejected.len() < most {
            let start = self.csv.position().clone();
            let more = self.csv.read_byte_record(&mut self.record).map_err(|e| self.error(e))?;
            if !more {
                break;
            }
            let end = self.csv.position().byte();
            let raw = self.csv.get_ref().bytes(start.byte(), end);
            // The line break before a row, and empty lines, count as its beginning to the parser.
            let first = raw.iter().position(|b| !b"\r\n".contains(b)).unwrap_or(raw.len());
            let (before, content) = raw.split_at(first);
            let line = start.line() + memchr_iter(b'\n', before).count() as u64;
            let number = self.next;
            self.next += 1;
            match self.row() {
                Ok(fields) => batch.rows.push(Row { number, line, fields }),
                Err(reason) => {
                    let raw = content.strip_suffix(b"\n").unwrap_or(content);
                    let raw = raw.strip_suffix(b"\r").unwrap_or(raw).to_vec();
                    batch.rejected.push(Rejected { line, reason, raw });
                }
            }
        }
        Ok(batch)
    }

    fn row(&self) -> Result<StringRecord, String> {
        let (found, expected) = (self.record.len(), self.header.len());
        if found != expected {
            return Err(format!("the row has {found} fields and the header {expected}"));
        }
        StringRecord::from_byte_record(self.record.clone()).map_err(|e| {
            let column = &self.header[e.utf8_error().field()];
            let at = e.utf8_error().valid_up_to() + 1;
            format!("column {column:?} is not UTF-8 at its byte {at}")
        })
    }

    fn error(&self, error: csv::Error) -> InputError {
        let file = self.file.clone();
        match error.into_kind() {
            csv::ErrorKind::Io(source) => InputError::Io { file, source },
            other => InputError::Content { file, problem: format!("{other:?}") },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(bytes: &[u8]) -> Result<(Vec<Row>, Vec<Rejected>, Columns), InputError> {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(bytes).expect("room for a few bytes");
        let mut reader = PostingReader::open(file.path(), &ColumnNames::default(), b',')?;
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
        let (rows, rejected, _) = read(csv).expect("a table");
        assert_eq!(rows.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 4]);
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
            (b"\xff\xd8\xff\xe0 jpeg\n", "not UTF-8"),
            (b"name,adress\nx,y\n", "no column with the text"),
        ] {
            let error = read(bytes).map(|_| ()).expect_err("no table").to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
