//! Small tables that people edit, such as decisions and the files of the lexicon. They are read as files of postings
//! are, so that a spreadsheet may save them again: with semicolons, a byte order mark, Windows-1252, blank rows or
//! columns, or as a workbook.

use super::delimited::DelimitedReader;
use super::open::{Content, LEVELS, of_stream};
use super::row::Row;
use super::source::{NoRows, Problem, RowSource, Shape};
use super::window::Window;
#[cfg(feature = "excel")]
use super::workbook::WorkbookReader;
use csv::StringRecord;
use serde::de::DeserializeOwned;
use std::io::Cursor;

/// A table, read as a whole.
#[derive(Debug)]
pub(crate) struct Table {
    /// The names of the columns, in lower case.
    header: StringRecord,
    /// The rows that are not blank, each with its line, from 1.
    rows: Vec<(u64, StringRecord)>,
}

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct TableError {
    /// Line, from 1.
    pub line: u64,
    /// What is wrong.
    pub problem: String,
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// The first line that is no row of it.
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, TableError> {
        let at = |line, problem| TableError { line, problem };
        let failed = |problem| match problem {
            Problem::Io(error) => at(1, error.to_string()),
            Problem::Content(problem) => at(1, problem.to_string()),
        };
        let (mut source, shape) = open(bytes).map_err(failed)?;
        if shape.header.is_empty() {
            return Err(at(1, "it is empty; it needs a header line".into()));
        }
        let named: Vec<bool> = shape.header.iter().map(|name| !name.trim().is_empty()).collect();
        let mut rows = Vec::new();
        let is_blank = |raw: &[u8]| {
            raw.iter().all(|b| b.is_ascii_whitespace() || Some(*b) == shape.delimiter || *b == b'"')
        };
        loop {
            let batch = source.batch(usize::MAX, &shape).map_err(failed)?;
            if batch.is_empty() {
                break;
            }
            let mut rejected = batch.rejected.iter().filter(|rejected| !is_blank(&rejected.raw));
            if let Some(rejected) = rejected.next() {
                return Err(at(rejected.line, rejected.reason.clone()));
            }
            let is_filled = |row: &&Row| row.fields.iter().any(|field| !field.trim().is_empty());
            for row in batch.rows.iter().filter(is_filled) {
                let mut fields = row.fields.iter().map(str::trim).zip(&named);
                if fields.any(|(field, named)| !named && !field.is_empty()) {
                    return Err(at(row.line, "a field is in a column without a name".into()));
                }
                let fields = row.fields.iter().zip(&named).filter(|(_, named)| **named);
                rows.push((row.line, fields.map(|(field, _)| field.trim()).collect()));
            }
        }
        let header = shape.header.iter().map(|name| name.trim().to_lowercase());
        Ok(Self { header: header.filter(|name| !name.is_empty()).collect(), rows })
    }

    /// The rows, each with its line.
    ///
    /// # Errors
    /// The first row that is none of this kind, with the column.
    pub(crate) fn rows<T: DeserializeOwned>(&self) -> Result<Vec<(u64, T)>, TableError> {
        let row = |(line, record): &(u64, StringRecord)| {
            let row = record.deserialize(Some(&self.header));
            let row = row.map_err(|e| TableError { line: *line, problem: self.problem(&e) })?;
            Ok((*line, row))
        };
        self.rows.iter().map(row).collect()
    }

    fn problem(&self, error: &csv::Error) -> String {
        let csv::ErrorKind::Deserialize { err, .. } = error.kind() else {
            return error.to_string();
        };
        if let Some(column) = err.field().and_then(|i| self.header.get(i as usize)) {
            return format!("column {column}: {}", err.kind());
        }
        let columns: Vec<&str> = self.header.iter().collect();
        format!("{}; the columns are {}", err.kind(), columns.join(", "))
    }

    /// Adds the content to a hash: names and fields, whatever the order of the columns and the way they are written.
    pub(crate) fn add_to_hash(&self, hash: &mut blake3::Hasher) {
        for field in self.records().iter().flatten() {
            hash.update(field.as_bytes()).update(&[0]);
        }
    }

    /// The names of the columns and the fields of each row, the columns sorted by name.
    pub(crate) fn records(&self) -> Vec<Vec<&str>> {
        let mut columns: Vec<usize> = (0..self.header.len()).collect();
        columns.sort_by_key(|&column| &self.header[column]);
        let records = [&self.header].into_iter().chain(self.rows.iter().map(|(_, row)| row));
        records.map(|record| columns.iter().map(|&column| &record[column]).collect()).collect()
    }

    /// A table of [`Self::records`]; `None` if they are not all as long as the first.
    pub(crate) fn of_records(records: &[Vec<&str>]) -> Option<Self> {
        let (header, rows) = records.split_first()?;
        let rows = rows.iter().zip(2..).map(|(row, line)| {
            let row: StringRecord = row.iter().collect();
            (row.len() == header.len()).then_some((line, row))
        });
        Some(Self { header: header.iter().collect(), rows: rows.collect::<Option<_>>()? })
    }
}

/// The rows of a table in delimited text or a workbook; without a header if it is empty.
fn open(bytes: Vec<u8>) -> Result<(Box<dyn RowSource>, Shape), Problem> {
    let text = match of_stream(Cursor::new(bytes), None, LEVELS)? {
        Content::Text(text, ..) => text,
        #[cfg(feature = "excel")]
        Content::Workbook(book, form) => {
            let (source, shape) =
                WorkbookReader::open(book, form, &super::source::Dialect::default())?;
            return Ok((Box::new(source), shape));
        }
        _ => return Err(Problem::Content("it is no text".into())),
    };
    let mut window = Window::new(text, 1);
    window.pass(|b| b"\r\n".contains(&b))?;
    if window.rest().is_empty() {
        return Ok((Box::new(NoRows), Shape::default()));
    }
    let (source, shape) = DelimitedReader::of_table(window)?;
    Ok((Box::new(source), shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "name,size\nKöln,1\n\"a, b\",2\n";

    fn rows(bytes: impl Into<Vec<u8>>) -> Result<Vec<(u64, Size)>, TableError> {
        Table::read(bytes.into())?.rows()
    }

    fn row(name: &str, size: u8) -> Size {
        Size { name: name.to_owned(), size }
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Size {
        name: String,
        size: u8,
    }

    fn hash(bytes: &[u8]) -> blake3::Hash {
        let mut hash = blake3::Hasher::new();
        Table::read(bytes.to_vec()).expect("a table").add_to_hash(&mut hash);
        hash.finalize()
    }

    #[test]
    fn what_a_spreadsheet_saved_again_is_the_same_table() {
        let expected = rows(TABLE).expect("a table");
        assert_eq!(expected, [(2, row("Köln", 1)), (3, row("a, b", 2))]);
        let latin = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        for bytes in [
            "\u{feff}name,size\r\nKöln,1\r\n\"a, b\",2\r\n".into(),
            "name;size\nKöln;1\na, b;2\n;\n;\n".into(),
            "Name , SIZE,,\nKöln,1,,\n\"a, b\",2,,\n,,,\n".into(),
            "\"size\",\"name\"\n\"1\",\" Köln \"\n\"2\",\"a, b\"\n".into(),
            latin(TABLE),
            latin("name\tsize\nKöln\t1\na, b\t2\n"),
        ] {
            let read = rows(bytes.clone()).expect("a table");
            assert_eq!(read, expected, "{}", String::from_utf8_lossy(&bytes));
            assert_eq!(hash(&bytes), hash(TABLE.as_bytes()));
        }
        assert_ne!(hash(b"name,size\nKoeln,1\n\"a, b\",2\n"), hash(TABLE.as_bytes()));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (bytes, line, says) in [
            ("", 1, "empty"),
            ("name,size\na,1\n\nb,x\n", 4, "column size"),
            ("name,size\na,1\nb\n", 3, "1 fields"),
            ("name,size,\na,1,\nb,2,3\n", 3, "without a name"),
            ("name\na\n", 2, "missing field `size`; the columns are name"),
            ("name,size,more\na,1,2\n", 2, "unknown field `more`"),
        ] {
            let error = rows(bytes).expect_err("no table of these");
            assert_eq!(error.line, line, "{error}");
            assert!(error.problem.contains(says), "{error}");
        }
    }
}
