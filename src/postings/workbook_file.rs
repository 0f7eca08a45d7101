//! Opens workbooks of spreadsheets and reads the cells of their sheets.

use super::cell_text::{text, text_of};
use super::open::WorkbookForm;
use super::panics::{DAMAGED, without_panics};
use super::source::Problem;
use super::xls::Xls;
use calamine::{Data, Ods, Xlsb, Xlsx};
use calamine::{DataRef, Range, Reader, Sheet, SheetType, SheetVisible};
use quick_xml::events::{BytesStart, Event};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::ops::ControlFlow;
use zip::ZipArchive;

/// Most bytes of an unpacked workbook: its strings are held in memory.
const LARGEST: u64 = 1 << 29;
/// Most cells of a sheet of a form that is held in memory as a whole.
const MOST_CELLS: u64 = 1 << 24;

/// A row of a sheet.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SheetRow {
    /// Its number in the sheet, from 1.
    pub(super) line: u64,
    /// The cells that are not empty, each with its column, from 0.
    pub(super) cells: Vec<(u32, String)>,
}

/// A workbook.
pub(super) enum Workbook {
    Xlsx(Box<Xlsx<BufReader<File>>>),
    Xlsb(Box<Xlsb<BufReader<File>>>),
    Ods(Box<Ods<BufReader<File>>>),
    Xls(Box<Xls>),
}

impl Workbook {
    pub(super) fn open(mut file: File, form: WorkbookForm) -> Result<Self, Problem> {
        check_size(&file, form)?;
        file.rewind()?;
        let file = BufReader::new(file);
        let opened = without_panics(DAMAGED, || -> Result<Self, String> {
            Ok(match form {
                WorkbookForm::Xlsx => Self::Xlsx(Box::new(Xlsx::new(file).map_err(said)?)),
                WorkbookForm::Xlsb => Self::Xlsb(Box::new(Xlsb::new(file).map_err(said)?)),
                WorkbookForm::Ods => Self::Ods(Box::new(Ods::new(file).map_err(said)?)),
                WorkbookForm::Xls => Self::Xls(Box::new(Xls::open(file)?)),
            })
        });
        opened.map_err(|why| problem(&why))
    }

    /// The names of its sheets: those that are shown, then the hidden ones.
    pub(super) fn sheets(&self) -> Vec<String> {
        let sheets: &[Sheet] = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets(),
        };
        let tables = || sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let shown = tables().filter(|sheet| sheet.visible == SheetVisible::Visible);
        let hidden = tables().filter(|sheet| sheet.visible != SheetVisible::Visible);
        shown.chain(hidden).map(|sheet| sheet.name.clone()).collect()
    }

    /// Calls `each` for the rows of a sheet that have a value, until it breaks. Gives the number of formulas that have
    /// none.
    pub(super) fn rows(
        &mut self,
        sheet: &str,
        each: &mut dyn FnMut(SheetRow) -> ControlFlow<()>,
    ) -> Result<u64, Problem> {
        let mut rows = Rows { row: SheetRow::default(), each };
        let read = without_panics(DAMAGED, || -> Result<u64, String> {
            match self {
                Self::Xlsx(book) => of_xlsx(book, sheet, &mut rows),
                Self::Xlsb(book) => of_xlsb(book, sheet, &mut rows).map(|()| 0),
                Self::Ods(book) => {
                    of_range(&book.worksheet_range(sheet).map_err(said)?, &mut rows).map(|()| 0)
                }
                Self::Xls(book) => of_xls(book, sheet, &mut rows).map(|()| 0),
            }
        });
        read.map_err(|why| problem(&why))
    }
}

/// What is wrong with a workbook, and what to do.
fn problem(why: &str) -> Problem {
    let problem = if why.contains("password protected") {
        "it is a workbook with a password; open it in a spreadsheet program and save it without one"
            .into()
    } else {
        format!(
            "it is a damaged workbook ({why}); open it in a spreadsheet program and save it again, or as CSV"
        )
    };
    Problem::Content(problem.into())
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The rows that cells make up.
struct Rows<'e> {
    row: SheetRow,
    each: &'e mut dyn FnMut(SheetRow) -> ControlFlow<()>,
}

impl Rows<'_> {
    /// Adds a cell.
    fn cell(&mut self, (row, column): (u32, u32), text: &str) -> Result<ControlFlow<()>, String> {
        if text.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let line = u64::from(row) + 1;
        if line < self.row.line {
            return Err(format!("row {line} stands after row {}", self.row.line));
        }
        let before = if line > self.row.line { self.end() } else { ControlFlow::Continue(()) };
        self.row.line = line;
        self.row.cells.push((column, text.to_owned()));
        Ok(before)
    }

    /// Ends the row.
    fn end(&mut self) -> ControlFlow<()> {
        let row = std::mem::take(&mut self.row);
        self.row.line = row.line;
        if row.cells.is_empty() { ControlFlow::Continue(()) } else { (self.each)(row) }
    }
}

fn of_xlsx(book: &mut Xlsx<BufReader<File>>, sheet: &str, rows: &mut Rows) -> Result<u64, String> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(said)?;
    let mut without_value = 0;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(said)? {
        without_value += u64::from(cell.formula.is_some() && cell.value == DataRef::Empty);
        if rows.cell(cell.pos, &text(cell.value))?.is_break() {
            return Ok(without_value);
        }
    }
    let _ = rows.end();
    Ok(without_value)
}

fn of_xlsb(book: &mut Xlsb<BufReader<File>>, sheet: &str, rows: &mut Rows) -> Result<(), String> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(said)?;
    while let Some(cell) = cells.next_cell().map_err(said)? {
        if rows.cell(cell.get_position(), &text(cell.get_value().clone()))?.is_break() {
            return Ok(());
        }
    }
    let _ = rows.end();
    Ok(())
}

fn of_xls(book: &Xls, sheet: &str, rows: &mut Rows) -> Result<(), String> {
    for cell in book.cells(sheet)? {
        if rows.cell(cell.position, &book.text(&cell))?.is_break() {
            return Ok(());
        }
    }
    let _ = rows.end();
    Ok(())
}

fn of_range(range: &Range<Data>, rows: &mut Rows) -> Result<(), String> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    for (row, column, cell) in range.used_cells() {
        let position = (first_row + row as u32, first_column + column as u32);
        if rows.cell(position, &text_of(cell))?.is_break() {
            return Ok(());
        }
    }
    let _ = rows.end();
    Ok(())
}

fn too_large() -> Problem {
    let most = LARGEST >> 20;
    let problem =
        format!("it is a workbook of more than {most} MB unpacked; save its sheet as CSV");
    Problem::Content(problem.into())
}

/// Checks that a workbook is not too large unpacked, whatever it says of its size.
fn check_size(file: &File, form: WorkbookForm) -> Result<(), Problem> {
    if form == WorkbookForm::Xls {
        let is_small = file.metadata()?.len() <= LARGEST;
        return if is_small { Ok(()) } else { Err(too_large()) };
    }
    let mut again = file.try_clone()?;
    again.rewind()?;
    let mut archive =
        ZipArchive::new(BufReader::new(again)).map_err(|e| problem(&e.to_string()))?;
    let mut left = LARGEST;
    for index in 0..archive.len() {
        let Ok(part) = archive.by_index(index) else { continue };
        let is_content = part.name().is_ok_and(|name| name == "content.xml");
        let mut part = BufReader::new(part.take(left + 1));
        if is_content && form == WorkbookForm::Ods {
            // The library waits for ever for the ends of elements that are cut.
            let cells = table_cells(&mut part).ok_or_else(|| problem("its XML is broken"))?;
            if cells > MOST_CELLS {
                let problem = "it is a workbook of too many cells; save its sheet as .xlsx or CSV";
                return Err(Problem::Content(problem.into()));
            }
        }
        // What is damaged is said where it is read.
        let _ = io::copy(&mut part, &mut io::sink());
        left = part.get_ref().limit().saturating_sub(1);
        if part.get_ref().limit() == 0 {
            return Err(too_large());
        }
    }
    Ok(())
}

/// Cells of the largest table in a text of `OpenDocument` from the first row with a value to the last, as cells and rows
/// may be declared to be repeated; `None` if the text is broken or cut.
fn table_cells(content: impl BufRead) -> Option<u64> {
    let mut reader = quick_xml::Reader::from_reader(content);
    let (mut buffer, mut most, mut depth) = (Vec::new(), 0u64, 0usize);
    let (mut row, mut first, mut width) = (0u64, None, 0u64);
    let (mut repeated, mut column, mut filled) = (1u64, 0u64, 0u64);
    let times = |tag: &BytesStart, name: &str| {
        let times = tag.try_get_attribute(name).ok().flatten();
        times.and_then(|value| value.value.parse().ok()).unwrap_or(1u64)
    };
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).ok()?;
        let (Event::Start(tag) | Event::Empty(tag)) = &event else {
            if let Event::End(tag) = &event
                && tag.name().as_ref() == "table:table-row"
            {
                if filled > 0 {
                    width = width.max(filled);
                    let rows = row + repeated - *first.get_or_insert(row);
                    most = most.max(rows.saturating_mul(width));
                }
                row = row.saturating_add(repeated);
            }
            depth -= usize::from(matches!(event, Event::End(_)));
            if matches!(event, Event::Eof) {
                return (depth == 0).then_some(most);
            }
            continue;
        };
        depth += usize::from(matches!(event, Event::Start(_)));
        match tag.name().as_ref() {
            "table:table" => (row, first, width) = (0, None, 0),
            "table:table-row" => {
                (column, filled) = (0, 0);
                repeated = times(tag, "table:number-rows-repeated").min(1 << 20);
                if matches!(event, Event::Empty(_)) {
                    row += repeated;
                }
            }
            "table:table-cell" | "table:covered-table-cell" => {
                column += times(tag, "table:number-columns-repeated").min(1 << 14);
                if matches!(tag.try_get_attribute("office:value-type"), Ok(Some(_))) {
                    filled = column;
                }
            }
            _ => {}
        }
    }
}
