//! Reads postings line by line, each by itself, so that a line can be answered before the next one comes.
//!
//! A line is an object of JSON, or a record of a table whose header is the first line. It is read as soon as its end is
//! there, and whatever is wrong with it costs no other line.

use super::columns::{Column, ColumnNames, Columns, MissingColumn, plain};
use super::delimited::DelimitedReader;
use super::json::{ColumnIndex, read};
use super::objects::{FoundValue, ObjectContext, first};
use super::reader::{InputError, InputForm};
use super::row::{Original, Rejected, Row};
use super::source::{Dialect, Problem, Shape};
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::io::{self, BufRead, BufReader, Read};

/// Bytes of the longest line.
const LONGEST: usize = if cfg!(test) { 1 << 12 } else { 1 << 26 };
/// What lines are called in messages.
const FILE: &str = "standard input";

/// Reads postings from lines, one from each.
pub struct LineReader {
    lines: Lines,
    /// The first line, if it is a row that is not read yet.
    waiting: Option<Line>,
    form: LineForm,
    /// The columns of all rows of a table, or of the last object.
    shape: Shape,
    /// Rows that were read and not rejected.
    rows: u64,
}

enum LineForm {
    Json(ColumnNames),
    Table(Box<DelimitedReader>),
}

impl LineReader {
    /// Reads the first line that is not blank, which tells whether the lines are objects or records, and in a table is the
    /// header. `None` if there is none. The text is UTF-8 unless the dialect says otherwise.
    ///
    /// # Errors
    /// If the input cannot be read, or the first line is neither an object nor the header of a table with a column for the
    /// text.
    pub fn open(
        input: impl Read + Send + 'static,
        dialect: &Dialect,
    ) -> Result<Option<Self>, InputError> {
        Self::open_lines(Lines::new(input, dialect), dialect).map_err(|problem| problem.of(FILE))
    }

    fn open_lines(mut lines: Lines, dialect: &Dialect) -> Result<Option<Self>, Problem> {
        let line = loop {
            match lines.next()? {
                None => return Ok(None),
                Some(line) if line.bytes.is_ok() && line.text().trim_ascii().is_empty() => {}
                Some(line) => break line,
            }
        };
        if !dialect.is_of_table() && line.text().trim_ascii_start().starts_with(b"{") {
            let form = LineForm::Json(dialect.names.clone());
            let (shape, waiting) = (Shape::default(), Some(line));
            return Ok(Some(Self { lines, waiting, form, shape, rows: 0 }));
        }
        let (table, shape) = DelimitedReader::of_header(line.text(), line.number, dialect)?;
        if shape.columns.index_of(Column::Description).is_none() {
            return Err(MissingColumn::description(&shape.header, &[]).into());
        }
        let waiting = dialect.no_header.then_some(line);
        Ok(Some(Self { lines, waiting, form: LineForm::Table(Box::new(table)), shape, rows: 0 }))
    }

    /// The posting of the next line, or why it is rejected; `None` at the end. Every line gives one of both: also a blank
    /// line, which is rejected.
    ///
    /// # Errors
    /// If the input can no longer be read.
    pub fn next_row(&mut self) -> Result<Option<Result<Row, Rejected>>, InputError> {
        let next = self.waiting.take().map_or_else(|| self.lines.next(), |line| Ok(Some(line)));
        let Some(Line { number, bytes }) = next.map_err(|e| Problem::Io(e).of(FILE))? else {
            return Ok(None);
        };
        let (raw, row) = match bytes {
            Err(begin) => (begin, Err(too_long())),
            Ok(bytes) => {
                let row = self.row(&bytes, number);
                (bytes, row)
            }
        };
        self.rows += u64::from(row.is_ok());
        Ok(Some(match row {
            Ok(row) => Ok(Row { number: self.rows, line: number, ..row }),
            Err(reason) => Err(Rejected { line: number, reason, raw }),
        }))
    }

    fn row(&mut self, line: &[u8], number: u64) -> Result<Row, String> {
        if line.trim_ascii().is_empty() {
            return Err("the line is empty".into());
        }
        match &mut self.form {
            LineForm::Json(names) => {
                let (row, shape) = object(line, names)?;
                self.shape = shape;
                Ok(row)
            }
            LineForm::Table(table) => table.row_of_line(line, number, &self.shape),
        }
    }

    /// What the lines are.
    pub fn form(&self) -> InputForm {
        match self.form {
            LineForm::Json(_) => InputForm::Json,
            LineForm::Table(_) => InputForm::Delimited,
        }
    }

    /// The columns of the table, or of the last object.
    pub fn header(&self) -> &[String] {
        &self.shape.header
    }

    /// The header line of the table as written, if there is one.
    pub fn head(&self) -> Option<&str> {
        self.shape.head.as_deref()
    }

    /// The delimiter of the table.
    pub fn delimiter(&self) -> Option<u8> {
        self.shape.delimiter
    }

    /// The columns that rolecall reads, of the table or of the last object.
    pub fn columns(&self) -> &Columns {
        &self.shape.columns
    }

    /// Whether the first line begins with a byte order mark.
    pub fn has_mark(&self) -> bool {
        self.lines.has_mark
    }

    /// A row of the table in which every field is empty.
    pub fn blank_row(&self) -> Row {
        let fields = self.shape.header.iter().map(|_| "").collect();
        let original = Original::Record { sound: false };
        Row { number: 0, line: 0, fields, original, description: None }
    }
}

/// The row of an object, and its columns. Columns that were chosen and that it lacks are empty.
fn object(line: &[u8], names: &ColumnNames) -> Result<(Row, Shape), String> {
    let line = line.strip_prefix(b"\x1e").unwrap_or(line).trim_ascii();
    let text = match first(line, &ObjectContext::new(false), true) {
        FoundValue::Value { end } if end == line.len() => String::from_utf8_lossy(line).into(),
        FoundValue::Value { .. } => {
            return Err(
                "something stands behind the JSON object: give each a line of its own".into()
            );
        }
        FoundValue::Mended { text, .. } => text,
        FoundValue::Wrong { why, .. } => return Err(why),
        FoundValue::More => return Err("the JSON object is not closed".into()),
    };
    let (text, fields) = read(text)?;
    let fields = fields.ok_or("it is a list: give each JSON object a line of its own")?;
    let (mut columns, mut shape) = (ColumnIndex::default(), Shape::default());
    columns.add(&fields, &mut shape.header);
    for (_, name) in &names.0 {
        if !shape.header.iter().any(|found| plain(found) == plain(name)) {
            shape.header.push(name.clone());
        }
    }
    shape.columns = Columns::find(&shape.header, names).map_err(|missing| missing.to_string())?;
    if [Column::Description, Column::Title].map(|c| shape.columns.index_of(c)) == [None, None] {
        return Err(MissingColumn::description(&shape.header, &[]).to_string());
    }
    Ok((columns.row(fields, &shape, Original::Object(text)), shape))
}

fn too_long() -> String {
    format!("the line is longer than {} MiB", LONGEST >> 20)
}

/// A line without its end.
struct Line {
    /// From 1.
    number: u64,
    /// Its bytes, or its first ones if it is too long.
    bytes: Result<Vec<u8>, Vec<u8>>,
}

impl Line {
    fn text(&self) -> &[u8] {
        match &self.bytes {
            Ok(bytes) | Err(bytes) => bytes,
        }
    }
}

/// Lines of a text, each as soon as it is there.
struct Lines {
    input: Box<dyn BufRead + Send>,
    /// Lines that were read.
    read: u64,
    has_mark: bool,
}

impl Lines {
    fn new(input: impl Read + Send + 'static, dialect: &Dialect) -> Self {
        let input: Box<dyn BufRead + Send> = match dialect.encoding {
            None => Box::new(BufReader::new(input)),
            Some(encoding) => Box::new(BufReader::new(
                DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(input),
            )),
        };
        Self { input, read: 0, has_mark: false }
    }

    fn next(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let most = LONGEST as u64 + 1;
        if self.input.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.read += 1;
        if self.read == 1 && bytes.starts_with("\u{feff}".as_bytes()) {
            self.has_mark = true;
            bytes.drain(.."\u{feff}".len());
        }
        let whole = bytes.ends_with(b"\n") || bytes.len() <= LONGEST;
        if whole {
            bytes.truncate(bytes.strip_suffix(b"\n").unwrap_or(&bytes).len());
            bytes.truncate(bytes.strip_suffix(b"\r").unwrap_or(&bytes).len());
        } else {
            self.input.skip_until(b'\n')?;
            bytes.truncate(BEGIN);
        }
        Ok(Some(Line { number: self.read, bytes: if whole { Ok(bytes) } else { Err(bytes) } }))
    }
}

/// Bytes of a line that is too long which are kept.
const BEGIN: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn open(text: impl AsRef<[u8]>) -> LineReader {
        let text = io::Cursor::new(text.as_ref().to_vec());
        let opened = LineReader::open(text, &Dialect::default()).expect("it can be read");
        opened.expect("there are lines")
    }

    /// The texts of lines, or why they are rejected.
    fn texts(mut lines: LineReader) -> Vec<Result<String, String>> {
        std::iter::from_fn(|| {
            let line = lines.next_row().expect("it can be read")?;
            let text = line.map(|row| row.get(lines.columns(), Column::Description).to_owned());
            Some(text.map_err(|rejected| format!("{}: {}", rejected.line, rejected.reason)))
        })
        .collect()
    }

    #[test]
    fn every_line_gives_a_posting_or_the_reason_why_not() {
        let json = "{\"text\":\"a\"}\n\n{\"text\":\n{\"text\":\"b\"} {}\n{\"a\":1}\n[1]\n12\n{\"title\":\"c\"}\n\
                    {\"description\":\"d\"}";
        let reasons = ["2: the line is empty", "3: the JSON object is not closed", "4: something"];
        let all = texts(open(json));
        assert_eq!((all.len(), &all[0], &all[7]), (9, &Ok("a".into()), &Ok(String::new())));
        assert_eq!(all[8], Ok("d".into()));
        for (found, reason) in all[1..].iter().zip(reasons) {
            assert!(found.as_ref().is_err_and(|found| found.starts_with(reason)), "{found:?}");
        }
        assert!(all[4].as_ref().is_err_and(|why| why.contains("the columns are \"a\"")), "{all:?}");
        assert!(all[5].is_err() && all[6].is_err(), "{all:?}");
    }

    #[test]
    fn a_record_is_a_line_and_a_quote_that_is_not_closed_costs_no_other() {
        let csv =
            "\u{feff}title,text\r\na,\"b, \"\"c\"\"\"\r\na,\"b\nc\"\n\na,b,c\ntitle,text\na,d";
        let lines = open(csv);
        assert!(lines.has_mark());
        let all = texts(lines);
        assert_eq!((all.len(), &all[0], &all[6]), (7, &Ok("b, \"c\"".into()), &Ok("d".into())));
        assert!(all[1..6].iter().all(Result::is_err), "{all:?}");
    }

    #[test]
    fn a_line_that_is_too_long_costs_no_other() {
        let long = format!("{{\"text\":\"{}\"}}\n", "x".repeat(LONGEST));
        let all = texts(open(format!("{long}{{\"text\":\"a\"}}\n{long}{{\"text\":\"b\"}}\n")));
        assert_eq!((&all[1], &all[3]), (&Ok("a".into()), &Ok("b".into())));
        assert!(all[0].is_err() && all[2].is_err(), "{all:?}");
    }

    /// Bytes that are sent while they are waited for, and the rest of those that came last.
    struct Sent(mpsc::Receiver<&'static [u8]>, &'static [u8]);

    impl Read for Sent {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.1.is_empty() {
                self.1 = self.0.recv().unwrap_or_default();
            }
            self.1.read(buffer)
        }
    }

    #[test]
    fn a_line_is_read_before_the_next_one_comes() {
        for encoding in [None, Some(encoding_rs::WINDOWS_1252)] {
            let (sender, receiver) = mpsc::channel::<&'static [u8]>();
            let send = |bytes: &'static [u8]| sender.send(bytes).expect("it is read");
            send(b"title,text\n");
            let dialect = Dialect { encoding, ..Dialect::default() };
            let mut lines = LineReader::open(Sent(receiver, b""), &dialect)
                .expect("it can be read")
                .expect("there is a header");
            for line in [&b"a,b\n"[..], b"a,\"b\n", b"c,d\n"] {
                send(line);
                assert!(lines.next_row().expect("it can be read").is_some());
            }
            drop(sender);
            assert!(lines.next_row().expect("it can be read").is_none());
        }
    }
}
