//! Writes CSV and other delimited text.

use super::{Cell, Layout, Replaced, decimals};
use crate::postings::{Original, Row};
use crate::report::formulas::defused;
use memchr::memchr3;
use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

pub(super) struct DelimitedWriter<W> {
    out: W,
    delimiter: u8,
    /// Whether records of the input are copied verbatim.
    verbatim: bool,
    /// Columns of the input whose place the added ones take.
    old_columns: Option<Range<usize>>,
    line: Vec<u8>,
}

impl<W: Write> DelimitedWriter<W> {
    pub(super) fn new(
        mut out: W,
        delimiter: u8,
        header: bool,
        layout: &Layout,
    ) -> io::Result<Self> {
        let old_columns = layout.old_columns.clone();
        let verbatim = layout.verbatim && old_columns.is_none();
        let (before, behind) = layout.around_added();
        if layout.mark {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut sheet = Self { out, delimiter, verbatim, old_columns, line: Vec::new() };
        if header {
            match &layout.head {
                Some(head) if verbatim => sheet.line.extend_from_slice(head.as_bytes()),
                _ => layout.header[..before].iter().for_each(|name| sheet.push(name)),
            }
            layout.added.iter().for_each(|(name, _)| sheet.push(name));
            layout.header[behind..].iter().for_each(|name| sheet.push(name));
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
                let before = self
                    .old_columns
                    .as_ref()
                    .map_or(row.fields.len(), |old_columns| old_columns.start);
                self.push_fields(row, 0..before, replaced);
            }
            None => {}
        }
        self.push_cells(cells);
        if let (Some(row), Some(old_columns)) = (row, &self.old_columns) {
            self.push_fields(row, old_columns.end..row.fields.len(), replaced);
        }
        self.end()
    }

    fn push_fields(&mut self, row: &Row, columns: Range<usize>, replaced: Option<Replaced>) {
        for column in columns {
            let replaced = replaced.filter(|r| r.0 == column).map(|r| r.1);
            self.push(replaced.or(row.fields.get(column)).unwrap_or_default());
        }
    }

    fn push_cells(&mut self, cells: &[Cell]) {
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
