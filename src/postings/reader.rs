//! Reads rows from a file of postings in any form.

use super::columns::{Column, Columns, MissingColumn};
use super::delimited::DelimitedReader;
use super::fields::Fields;
use super::json::{JsonReader, LeftOut, Origin};
use super::markup::{markup, of_markup};
use super::open::{Content, MODEL_MAGIC, Watch, open};
use super::other_text::other_text;
#[cfg(feature = "parquet")]
use super::parquet_file::ColumnarReader;
use super::row::{Batch, Rejected, Types};
use super::source::{ContentError, Dialect, NoRows, Problem, RowSource, Shape};
use super::window::Window;
#[cfg(feature = "excel")]
use super::workbook::WorkbookReader;
use encoding_rs::Encoding;
use std::io::{self, Cursor};
use std::path::Path;

/// Columns of a file of rejected rows. Its first row has the header of the input file.
pub const REJECTED_COLUMNS: [&str; 4] = ["file", "line", "reason", "raw"];
/// Bytes that the first line of such a file may have, saved again by a spreadsheet.
const REJECTED_HEAD: usize = 64;
/// Rows in which a column that looks like the texts is sought.
const LOOKED_AT: usize = 100;
/// Reason in the row that has the header.
pub const HEADER: &str = "header";

/// Why a file cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It could not be opened or read.
    #[error("cannot read {file}")]
    Io {
        /// Name of the file.
        file: String,
        /// The error of the operating system.
        source: io::Error,
    },
    /// It is not a table of postings.
    #[error("{file}: {problem}")]
    Content {
        /// Name of the file.
        file: String,
        /// What is wrong.
        problem: ContentError,
    },
}

impl Problem {
    /// The error with the name of the file.
    pub(super) fn of(self, file: &str) -> InputError {
        let file = file.to_owned();
        match self {
            Self::Io(source) => InputError::Io { file, source },
            Self::Content(problem) => InputError::Content { file, problem },
        }
    }
}

/// Format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputForm {
    /// CSV and its variants.
    Delimited,
    /// JSON objects, and what web pages and feeds hold.
    Json,
    /// Parquet.
    Parquet,
    /// A sheet of a workbook.
    Workbook,
}

/// Reads postings from one file.
pub struct PostingReader {
    file: String,
    form: InputForm,
    source: Box<dyn RowSource>,
    shape: Shape,
    encoding: &'static Encoding,
    has_mark: bool,
    watch: Option<Watch>,
}

impl PostingReader {
    /// Opens a file, or standard input for `-`, and reads its header. From a file of rejected rows, it reads the
    /// original rows.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a table with a column for the text.
    pub fn open(path: &Path, dialect: &Dialect) -> Result<Self, InputError> {
        let file = if path == Path::new("-") {
            "standard input".into()
        } else {
            path.display().to_string()
        };
        Self::open_as(path, dialect, &file).map_err(|problem| problem.of(&file))
    }

    fn open_as(path: &Path, dialect: &Dialect, file: &str) -> Result<Self, Problem> {
        let opened = open(path, dialect.encoding)?;
        let (watch, file) = (opened.watch, file.to_owned());
        let has_mark = matches!(&opened.content, Content::Text(_, _, true));
        let (form, (mut source, shape), encoding) = match opened.content {
            #[cfg(not(feature = "parquet"))]
            Content::Parquet(table) => {
                drop(table);
                let problem = "it is a Parquet file, which this program was built without";
                return Err(Problem::Content(problem.into()));
            }
            #[cfg(feature = "parquet")]
            Content::Parquet(table) => {
                let opened = boxed(ColumnarReader::open(table, dialect)?);
                (InputForm::Parquet, opened, encoding_rs::UTF_8)
            }
            #[cfg(not(feature = "excel"))]
            Content::Workbook(book, form) => {
                drop((book, form));
                let problem =
                    "it is a workbook, which this program was built without; save it as CSV";
                return Err(Problem::Content(problem.into()));
            }
            #[cfg(feature = "excel")]
            Content::Workbook(book, form) => {
                let opened = boxed(WorkbookReader::open(book, form, dialect)?);
                (InputForm::Workbook, opened, encoding_rs::UTF_8)
            }
            Content::Text(text, encoding, _) => {
                let (form, source) = of_text(Window::new(text, 1), dialect)?;
                (form.unwrap_or_else(|| form_of_name(path)), source, encoding)
            }
        };
        if !shape.header.is_empty() && shape.columns.index_of(Column::Description).is_none() {
            let rows = source.batch(LOOKED_AT, &shape)?.rows;
            let rows: Vec<&Fields> = rows.iter().map(|row| &row.fields).collect();
            return Err(MissingColumn::description(&shape.header, &rows).into());
        }
        Ok(Self { file, form, source, shape, encoding, has_mark, watch })
    }

    /// Name of the file for messages.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Whether the file has neither a header nor rows, as an export without rows may be.
    pub fn is_empty(&self) -> bool {
        self.shape.header.is_empty()
    }

    /// What the rows that were read so far were taken from and what was left out, where that is not plain.
    pub fn notes(&self) -> Vec<String> {
        self.source.notes()
    }

    /// Whether it is a file, and no pipe or device, whose bytes come once.
    pub fn can_be_opened_again(&self) -> bool {
        self.watch.is_some()
    }

    /// How many bytes of the file were read, and its size; `None` for a pipe, and for forms that are not read from start
    /// to end.
    pub fn bytes_read(&self) -> Option<[u64; 2]> {
        let in_order = matches!(self.form, InputForm::Delimited | InputForm::Json);
        self.watch.as_ref().filter(|_| in_order).and_then(Watch::bytes_read)
    }

    /// Format of the file.
    pub fn form(&self) -> InputForm {
        self.form
    }

    /// The names of all columns.
    pub fn header(&self) -> &[String] {
        &self.shape.header
    }

    /// The header line as written, if there is one.
    pub fn head(&self) -> Option<&str> {
        self.shape.head.as_deref()
    }

    /// The delimiter, in delimited text.
    pub fn delimiter(&self) -> Option<u8> {
        self.shape.delimiter
    }

    /// The sheet, in a workbook.
    pub fn sheet(&self) -> Option<&str> {
        self.shape.sheet.as_deref()
    }

    /// The schema, in Parquet.
    pub fn schema(&self) -> Option<&Types> {
        self.shape.schema.as_ref()
    }

    /// Encoding of the file.
    pub fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Whether the file begins with a byte order mark.
    pub fn has_mark(&self) -> bool {
        self.has_mark
    }

    /// The columns that rolecall reads.
    pub fn columns(&self) -> &Columns {
        &self.shape.columns
    }

    /// The next rows, at most `rows` (an empty batch at the end of the file).
    ///
    /// # Errors
    /// If the file can no longer be read, or has changed since it was opened. Invalid rows are no error but rejected.
    pub fn batch(&mut self, rows: usize) -> Result<Batch, InputError> {
        let batch = self.source.batch(rows, &self.shape);
        let batch = batch.map_err(|problem| problem.of(&self.file))?;
        if batch.is_empty() && self.watch.as_ref().is_some_and(Watch::changed) {
            let problem = "it changed while it was read; run again when it is complete";
            return Err(Problem::Content(problem.into()).of(&self.file));
        }
        Ok(batch)
    }
}

type OpenedSource = (Box<dyn RowSource>, Shape);

/// The format that the name of an empty file stands for: a table if it says so, and otherwise objects, of which there
/// is no header.
fn form_of_name(path: &Path) -> InputForm {
    let name = path.to_string_lossy().to_lowercase();
    let ends = |ends: &[&'static str]| ends.iter().find_map(|end| name.strip_suffix(end));
    let name = ends(&[".gz", ".bz2", ".zst"]).unwrap_or(&name);
    let table = [".csv", ".tsv", ".tab", ".txt"].iter().any(|end| name.ends_with(end));
    if table { InputForm::Delimited } else { InputForm::Json }
}

/// The format of a text, if it is not empty, and its rows.
fn of_text(
    mut window: Window,
    dialect: &Dialect,
) -> Result<(Option<InputForm>, OpenedSource), Problem> {
    window.fill(REJECTED_HEAD)?;
    if is_rejected(window.rest()) {
        window = of_rejected(window)?;
    }
    let csv = dialect.is_of_table();
    window.pass(|b| if csv { b"\r\n".contains(&b) } else { b" \t\r\n\x1e".contains(&b) })?;
    let content = |problem: &str| Err(Problem::Content(problem.into()));
    if window.rest().is_empty() {
        return Ok((None, (Box::new(NoRows), Shape::default())));
    }
    if window.rest().starts_with(MODEL_MAGIC.as_bytes()) {
        return Err(Problem::Content(ContentError::Model));
    }
    if is_binary(window.rest()) {
        return content("it is not text (it has many control characters); export the table as CSV");
    }
    if !csv && let Some(what) = other_text(window.rest()) {
        return content(what);
    }
    if !csv && b"{[".contains(&window.rest()[0]) {
        let opened = JsonReader::open(window, dialect, Origin::Text, LeftOut::default())?;
        return Ok((Some(InputForm::Json), boxed(opened)));
    }
    if !csv && let Some(markup) = markup(window.rest()) {
        return Ok((Some(InputForm::Json), boxed(of_markup(window, markup, dialect)?)));
    }
    Ok((Some(InputForm::Delimited), boxed(DelimitedReader::open(window, dialect)?)))
}

fn boxed((source, shape): (impl RowSource + 'static, Shape)) -> OpenedSource {
    (Box::new(source), shape)
}

/// Whether a text begins with the header of a file of rejected rows, with whatever delimiter and quotes.
fn is_rejected(bytes: &[u8]) -> bool {
    let line = bytes.split(|b| b"\r\n".contains(b)).next().unwrap_or_default();
    let names = line.split(|b| b",;\t\"".contains(b)).filter(|name| !name.is_empty());
    line.len() < bytes.len() && names.eq(REJECTED_COLUMNS.map(str::as_bytes))
}

/// The original text of the rows in a file of rejected rows.
fn of_rejected(window: Window) -> Result<Window, Problem> {
    let (mut source, shape) = DelimitedReader::of_table(window)?;
    let (mut text, mut head) = (String::new(), None);
    loop {
        let batch = source.batch(usize::MAX, &shape)?;
        if let Some(Rejected { line, reason, .. }) = batch.rejected.first() {
            let problem = format!("line {line}: {reason}; mend it, or take it out");
            return Err(Problem::Content(problem.into()));
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
                return Err(Problem::Content(problem.into()));
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
        let problem = "it has no row with the header of the rejected rows";
        return Err(Problem::Content(problem.into()));
    }
    Ok(Window::new(Box::new(Cursor::new(text)), 1))
}

/// Bytes at the beginning that are checked for control characters.
const SAMPLE: usize = 1 << 13;
/// Control characters that are always allowed.
const FEW: usize = 2;

/// Whether more than a tenth of the first bytes are control characters.
fn is_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let control = |b: &&u8| **b < 0x20 && !b"\t\n\r\x0c\x1b".contains(b);
    let controls = sample.iter().filter(control).count();
    controls > FEW && 10 * controls > sample.len()
}

#[cfg(test)]
mod tests {
    use super::super::row::Row;
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
            (&b"\x7fELF\x01\0\0\0"[..], "not text"),
            (b"<!DOCTYPE html><title>Job</title>", "web page"),
            (b"<?xml version=\"1.0\"?><a><b>1</b></a>", "XML without"),
            (b"name,adress\nx,y\n", "no column with the text"),
        ] {
            let error = read(bytes).map(|_| ()).expect_err("no table").to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
