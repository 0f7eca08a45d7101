//! Writes CSV and other delimited text.

use super::{Cell, Layout, Replaced, decimals};
use crate::postings::{Original, Row};
use crate::report::formulas::defused;
use memchr::memchr3;
use std::borrow::Cow;
use std::io::{self, Write};

pub(super) struct DelimitedWriter<W> {
    out: W,
    delimiter: u8,
    /// Whether records of the input are copied verbatim.
    verbatim: bool,
    line: Vec<u8>,
}

impl<W: Write> DelimitedWriter<W> {
    pub(super) fn new(out: W, delimiter: u8, header: bool, layout: &Layout) -> io::Result<Self> {
        let verbatim = layout.verbatim;
        let mut sheet = Self { out, delimiter, verbatim, line: Vec::new() };
        if header {
            match &layout.head {
                Some(head) if verbatim => sheet.line.extend_from_slice(head.as_bytes()),
                _ => layout.header.iter().for_each(|name| sheet.push(name)),
            }
            layout.added.iter().for_each(|(name, _)| sheet.push(name));
            sheet.end()?;
        }
        Ok(sheet)
    }

    pub(super) fn write(
        &mut self,
        row: Option<&Row>,
        replaced: Option<Replaced>,
        cells: &[Cell],
    ) -> io::Result<()> {
        let verbatim = self.verbatim && replaced.is_none();
        match row {
            Some(row) if verbatim && matches!(row.original, Original::Record { sound: true }) => {
                self.line.extend_from_slice(row.fields.record().as_bytes());
            }
            Some(row) => {
                for (column, field) in row.fields.iter().enumerate() {
                    self.push(replaced.filter(|r| r.0 == column).map_or(field, |r| r.1));
                }
            }
            None => {}
        }
        for cell in cells {
            let text: Cow<str> = match *cell {
                Cell::Missing => "".into(),
                Cell::Verbatim(text) => text.into(),
                Cell::Text(text) => defused(text.into()),
                Cell::Number(number) => decimals(number).into(),
                Cell::Integer(number) => number.to_string().into(),
                Cell::List(texts) => defused(texts.join("; ").into()),
            };
            self.push(&text);
        }
        self.end()
    }

    fn push(&mut self, field: &str) {
        if !self.line.is_empty() {
            self.line.push(self.delimiter);
        }
        let bytes = field.as_bytes();
        let special = memchr3(b'"', b'\n', b'\r', bytes).is_some();
        if special || bytes.contains(&self.delimiter) || (bytes.is_empty() && self.line.is_empty())
        {
            self.line.push(b'"');
            self.line.extend_from_slice(field.replace('"', "\"\"").as_bytes());
            self.line.push(b'"');
        } else {
            self.line.extend_from_slice(bytes);
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.line.push(b'\n');
        self.out.write_all(&self.line)?;
        self.line.clear();
        Ok(())
    }

    pub(super) fn out(&mut self) -> &mut W {
        &mut self.out
    }

    pub(super) fn finish(self) -> W {
        self.out
    }
}
