//! Writes workbooks of Excel.

use super::{Cell, Layout, Replaced, decimals};
use crate::postings::{Row, distinct, without_panics};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::borrow::Cow;
use std::io::{self, Write};

/// Rows of a sheet below its header.
const MOST_ROWS: u32 = 1_048_575;
/// Columns of a sheet.
const MOST_COLUMNS: usize = 16_384;
/// UTF-16 units of a cell.
const LONGEST: usize = 32_767;
/// Rows by which the widths of columns are chosen, and the least and the largest, in letters.
const MEASURED: u32 = 100;
const NARROWEST: usize = 8;
const WIDEST: usize = 60;
/// What a panic of the library means.
const UNWRITTEN: &str =
    "the temporary file with its rows cannot be written; name a folder with room in TMPDIR";
/// Largest integer up to which a number of a sheet is exact.
const LARGEST_INTEGER: u64 = 1 << 53;

/// Writes the rows of a sheet to a temporary file, and the workbook at the end.
pub(super) struct WorkbookWriter<W> {
    out: W,
    book: Workbook,
    /// Columns of the input: those before the added ones, and those behind them.
    before: usize,
    behind: usize,
    /// Rows that were written below the header.
    rows: u32,
    /// Letters of the longest measured field of each column.
    widths: Vec<usize>,
    /// Cells that were cut.
    cut: u64,
}

impl<W: Write + Send> WorkbookWriter<W> {
    pub(super) fn new(out: W, layout: &Layout) -> io::Result<Self> {
        let (before, behind) = layout.around_added();
        let names = distinct(&layout.header);
        let added = layout.added.iter().map(|(name, _)| name);
        let header: Vec<&String> =
            names[..before].iter().chain(added).chain(&names[behind..]).collect();
        if header.len() > MOST_COLUMNS {
            return Err(io::Error::other(format!(
                "it has {} columns, and a sheet holds {MOST_COLUMNS}; write .csv, .jsonl or .parquet",
                header.len()
            )));
        }
        let mut book = Workbook::new();
        // The same rows give the same bytes.
        let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(io::Error::other)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let sheet = book.add_worksheet_with_constant_memory().map_err(problem)?;
        sheet.set_freeze_panes(1, 0).map_err(problem)?;
        let bold = Format::new().set_bold();
        let mut cut = 0;
        for (column, name) in (0..).zip(&header) {
            let name = whole_or_cut(name, &mut cut);
            sheet.write_string_with_format(0, column, name, &bold).map_err(problem)?;
        }
        let widths = header.iter().map(|name| name.chars().count()).collect();
        Ok(Self { out, book, before, behind, rows: 0, widths, cut })
    }

    pub(super) fn write(
        &mut self,
        row: Option<&Row>,
        replaced: Option<Replaced>,
        cells: &[Cell],
    ) -> io::Result<()> {
        if self.rows == MOST_ROWS {
            return Err(io::Error::other(format!(
                "there are more than {MOST_ROWS} rows, and a sheet holds no more; write .csv, .jsonl or .parquet, or \
                 fewer rows at a time"
            )));
        }
        self.rows += 1;
        let mut line = Line {
            row: self.rows,
            column: 0,
            sheet: self.book.worksheet_from_index(0).map_err(problem)?,
            widths: &mut self.widths,
            cut: &mut self.cut,
        };
        let (before, behind) = (self.before, self.behind);
        // The library panics if its temporary file cannot be written.
        without_panics(UNWRITTEN, || {
            if let Some(row) = row {
                line.fields(row, 0..before, replaced)?;
            }
            cells.iter().try_for_each(|cell| line.cell(cell))?;
            if let Some(row) = row {
                line.fields(row, behind..row.fields.len(), replaced)?;
            }
            Ok::<(), XlsxError>(())
        })
        .map_err(io::Error::other)
    }

    /// Number of cells that were cut.
    pub(super) fn cut(&self) -> u64 {
        self.cut
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        let sheet = self.book.worksheet_from_index(0).map_err(problem)?;
        for (column, width) in (0..).zip(&self.widths) {
            let width = (*width).clamp(NARROWEST, WIDEST) as u32;
            sheet.set_column_width(column, width).map_err(problem)?;
        }
        if let Some(last) = self.widths.len().checked_sub(1) {
            sheet.autofilter(0, 0, self.rows, last as u16).map_err(problem)?;
        }
        let (book, out) = (&mut self.book, &mut self.out);
        without_panics(UNWRITTEN, || book.save_to_writer(out)).map_err(io::Error::other)?;
        Ok(self.out)
    }
}

/// A row that is being written.
struct Line<'s> {
    row: u32,
    column: u16,
    sheet: &'s mut Worksheet,
    widths: &'s mut [usize],
    cut: &'s mut u64,
}

impl Line<'_> {
    fn fields(
        &mut self,
        row: &Row,
        columns: std::ops::Range<usize>,
        replaced: Option<Replaced>,
    ) -> Result<(), XlsxError> {
        for column in columns {
            let replaced = replaced.filter(|r| r.0 == column).map(|r| r.1);
            self.text(replaced.or(row.fields.get(column)).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Adds a field. Texts are written as such, so that none is a formula or a link.
    fn cell(&mut self, cell: &Cell) -> Result<(), XlsxError> {
        match *cell {
            Cell::Missing => self.text(""),
            Cell::Text(text) | Cell::Verbatim(text) => self.text(text),
            Cell::List(texts) => self.text(&texts.join("; ")),
            Cell::Integer(number) if number > LARGEST_INTEGER => self.text(&number.to_string()),
            Cell::Integer(number) => self.number(number as f64),
            Cell::Number(number) => match decimals(number).parse() {
                Ok(rounded) if f64::is_finite(rounded) => self.number(rounded),
                _ => self.text(""),
            },
        }
    }

    fn number(&mut self, number: f64) -> Result<(), XlsxError> {
        self.measure(|| number.to_string().len());
        self.sheet.write_number(self.row, self.column, number)?;
        self.column += 1;
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        if !text.is_empty() {
            self.measure(|| text.chars().take(WIDEST).count());
            let text = whole_or_cut(text, self.cut);
            self.sheet.write_string(self.row, self.column, text)?;
        }
        self.column += 1;
        Ok(())
    }

    fn measure(&mut self, letters: impl FnOnce() -> usize) {
        if let Some(width) = self.widths.get_mut(usize::from(self.column))
            && self.row <= MEASURED
        {
            *width = letters().max(*width);
        }
    }
}

/// A text that fits into a cell; `cut` counts those that did not.
fn whole_or_cut<'t>(text: &'t str, cut: &mut u64) -> Cow<'t, str> {
    if text.len() <= LONGEST {
        return text.into();
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > LONGEST
    });
    match end {
        None => text.into(),
        Some((end, _)) => {
            *cut += 1;
            text[..end].into()
        }
    }
}

fn problem(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_a_sheet_cannot_hold_are_an_error() {
        let mut book = WorkbookWriter::new(Vec::new(), &Layout::default()).expect("memory");
        book.rows = MOST_ROWS - 1;
        book.write(None, None, &[]).expect("it is the last");
        let refused = book.write(None, None, &[]).expect_err("one too many").to_string();
        assert!(refused.contains("1048575 rows") && refused.contains(".parquet"), "{refused}");
    }

    #[test]
    fn long_texts_are_cut_between_letters() {
        let mut cut = 0;
        let wide = "🚢".repeat(LONGEST);
        assert_eq!(whole_or_cut(&wide, &mut cut).encode_utf16().count(), LONGEST - 1);
        assert_eq!(whole_or_cut(&"ü".repeat(LONGEST), &mut cut).chars().count(), LONGEST);
        assert_eq!(cut, 1);
    }
}
