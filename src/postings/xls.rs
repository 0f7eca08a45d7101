//! Reads the sheets of a workbook of Excel up to 2003 (`.xls`: BIFF5 and BIFF8).
//!
//! calamine reads them too, but believes the sizes that they declare, and copies each string into each of its cells: a
//! file of some kilobytes could take all memory.

use super::biff::{Continued, Record, Shown, Strings, kind, records};
use super::biff::{f64_of, short_number, u16_of, u32_of};
use super::cell_text::text;
use super::compound::Compound;
use calamine::{CellErrorType, DataRef, ExcelDateTime, ExcelDateTimeType};
use calamine::{Sheet, SheetType, SheetVisible};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;

/// Most cells of a sheet.
const MOST_CELLS: usize = 1 << 24;
/// Version of the form whose strings are Unicode (BIFF8).
const UNICODE: u16 = 0x0600;
/// A formula's value that is no number.
const NO_NUMBER: u16 = 0xffff;

/// A workbook.
pub(super) struct Xls {
    stream: Vec<u8>,
    form: Strings,
    /// The strings of all sheets, one behind the other, and where each ends.
    text: String,
    ends: Vec<u32>,
    /// How each format of cells shows numbers.
    shown: Vec<Shown>,
    is_1904: bool,
    sheets: Vec<Sheet>,
    /// Where the records of each sheet begin.
    starts: Vec<usize>,
}

/// A cell of a sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct XlsCell {
    /// Its row and column, from 0.
    pub(super) position: (u32, u32),
    value: Value,
}

/// The value of a cell.
#[derive(Debug, Clone, Copy)]
enum Value {
    /// A number in a format.
    Number(f64, u16),
    /// A string of the table.
    Shared(u32),
    /// A string that begins so many bytes behind the beginning of the record at an offset.
    Text(u32, u8),
    Boolean(bool),
    Error(u8),
    /// None, or a text that follows.
    Empty,
}

impl Xls {
    /// Reads what the sheets share.
    pub(super) fn open(file: BufReader<File>) -> Result<Self, String> {
        let mut compound = Compound::open(file).map_err(|e| e.to_string())?;
        let mut stream = None;
        for name in ["Workbook", "Book"] {
            if stream.is_none() {
                stream = compound.stream(name).map_err(|e| e.to_string())?;
            }
        }
        Self::of_stream(stream.ok_or("it has no workbook in it")?)
    }

    fn of_stream(stream: Vec<u8>) -> Result<Self, String> {
        let begin = records(&stream, 0).next().filter(|record| record.kind == kind::BEGIN);
        let version = begin.and_then(|begin| u16_of(begin.data, 0)).ok_or("it has no beginning")?;
        let form = match version {
            UNICODE => Strings::Unicode,
            _ => Strings::Bytes(Strings::of_code_page(1252)),
        };
        let mut book = Self {
            stream: Vec::new(),
            form,
            text: String::new(),
            ends: Vec::new(),
            shown: Vec::new(),
            is_1904: false,
            sheets: Vec::new(),
            starts: Vec::new(),
        };
        let mut formats = BTreeMap::new();
        let mut ended = false;
        for record in records(&stream, 0) {
            if record.kind == kind::END {
                ended = true;
                break;
            }
            book.shared(&stream, &record, &mut formats)?;
        }
        if !ended {
            return Err("it breaks off".into());
        }
        book.stream = stream;
        Ok(book)
    }

    /// Reads a record that is not of a single sheet.
    fn shared(
        &mut self,
        stream: &[u8],
        record: &Record,
        formats: &mut BTreeMap<u16, Shown>,
    ) -> Result<(), String> {
        let data = record.data;
        match record.kind {
            kind::PASSWORD => return Err("password protected".into()),
            kind::CODE_PAGE => {
                if let (Strings::Bytes(encoding), Some(page)) = (&mut self.form, u16_of(data, 0)) {
                    *encoding = Strings::of_code_page(page);
                }
            }
            kind::DATE_MODE => self.is_1904 = u16_of(data, 0) == Some(1),
            kind::NUMBER_FORMAT => {
                let length = if matches!(self.form, Strings::Unicode) { 2 } else { 1 };
                let (mut rest, mut code) = (Continued::new(stream, record), String::new());
                let read = rest.skip(2).and_then(|()| rest.string(length, self.form, &mut code));
                if let (Some(()), Some(number)) = (read, u16_of(data, 0)) {
                    formats.insert(number, Shown::of_code(&code));
                }
            }
            kind::CELL_FORMAT => {
                let number = u16_of(data, 2).ok_or("a format of cells is cut")?;
                let shown = formats.get(&number).copied();
                self.shown.push(shown.unwrap_or_else(|| Shown::of_number(number)));
            }
            kind::SHEET => self.sheet(stream, record).ok_or("the name of a sheet is cut")?,
            kind::STRINGS => self.strings(stream, record).ok_or("its table of strings is cut")?,
            _ => {}
        }
        Ok(())
    }

    /// Reads the name of a sheet, and where it begins.
    fn sheet(&mut self, stream: &[u8], record: &Record) -> Option<()> {
        let (start, state) = (u32_of(record.data, 0)?, *record.data.get(4)?);
        let is_table = *record.data.get(5)? == 0;
        let (mut rest, mut name) = (Continued::new(stream, record), String::new());
        rest.skip(6)?;
        rest.string(1, self.form, &mut name)?;
        name.retain(|c| c != '\0');
        let visible = if state == 0 { SheetVisible::Visible } else { SheetVisible::Hidden };
        let typ = if is_table { SheetType::WorkSheet } else { SheetType::ChartSheet };
        self.sheets.push(Sheet { name, typ, visible });
        self.starts.push(start as usize);
        Some(())
    }

    /// Reads the table of strings.
    fn strings(&mut self, stream: &[u8], record: &Record) -> Option<()> {
        let mut rest = Continued::new(stream, record);
        rest.skip(8)?;
        while !rest.is_empty() {
            rest.rich_string(&mut self.text)?;
            self.ends.push(u32::try_from(self.text.len()).ok()?);
        }
        Some(())
    }

    pub(super) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The cells of a sheet that have a value, by row and column: some programs write them in another order.
    pub(super) fn cells(&self, sheet: &str) -> Result<Vec<XlsCell>, String> {
        let index = self.sheets.iter().position(|other| other.name == sheet);
        let start = self.starts[index.ok_or("it has no such sheet")?];
        let (mut cells, mut depth, mut of_formula) = (Vec::new(), 0usize, (0, 0));
        for record in records(&self.stream, start) {
            match record.kind {
                // Charts within a sheet have cells, too.
                kind::BEGIN => depth += 1,
                kind::END if depth <= 1 => {
                    cells.sort_by_key(|cell: &XlsCell| cell.position);
                    return Ok(cells);
                }
                kind::END => depth -= 1,
                _ if depth > 1 => {}
                _ => add(&record, &mut cells, &mut of_formula).ok_or("a cell is cut")?,
            }
            if cells.len() > MOST_CELLS {
                return Err(format!("a sheet of more than {MOST_CELLS} cells"));
            }
        }
        Err("a sheet breaks off".into())
    }

    /// The text of a cell.
    pub(super) fn text(&self, cell: &XlsCell) -> Cow<'_, str> {
        match cell.value {
            Value::Shared(index) => {
                let index = index as usize;
                let Some(&end) = self.ends.get(index) else { return "".into() };
                let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
                self.text.get(start as usize..end as usize).unwrap_or_default().into()
            }
            Value::Text(at, skipped) => {
                let mut string = String::new();
                if let Some(record) = records(&self.stream, at as usize).next() {
                    let mut rest = Continued::new(&self.stream, &record);
                    let _ = rest
                        .skip(skipped.into())
                        .and_then(|()| rest.string(2, self.form, &mut string));
                }
                string.into()
            }
            Value::Empty => "".into(),
            Value::Boolean(value) => text(DataRef::Bool(value)),
            Value::Error(code) => text(DataRef::Error(error(code))),
            Value::Number(value, format) => {
                let shown = self.shown.get(usize::from(format)).copied();
                let of = match shown.unwrap_or(Shown::Number) {
                    Shown::Number => return text(DataRef::Float(value)),
                    Shown::Moment => ExcelDateTimeType::DateTime,
                    Shown::Duration => ExcelDateTimeType::TimeDelta,
                };
                text(DataRef::DateTime(ExcelDateTime::new(value, of, self.is_1904)))
            }
        }
    }
}

/// Adds the cells of a record, if it has some; `None` if it is cut. `of_formula` is the cell of the last formula.
fn add(record: &Record, cells: &mut Vec<XlsCell>, of_formula: &mut (u32, u32)) -> Option<()> {
    let data = record.data;
    let at = u32::try_from(record.at).ok()?;
    if record.kind == kind::FORMULA_TEXT {
        cells.push(XlsCell { position: *of_formula, value: Value::Text(at, 0) });
        return Some(());
    }
    let of_cell = matches!(
        record.kind,
        kind::NUMBER
            | kind::NUMBERS
            | kind::SHORT_NUMBER
            | kind::STRING_CELL
            | kind::TEXT
            | kind::RICH_TEXT
            | kind::BOOLEAN_OR_ERROR
            | kind::FORMULA
    );
    if !of_cell {
        return Some(());
    }
    let position = (u32::from(u16_of(data, 0)?), u32::from(u16_of(data, 2)?));
    let format = u16_of(data, 4)?;
    let value = match record.kind {
        kind::NUMBER => Value::Number(f64_of(data, 6)?, format),
        kind::SHORT_NUMBER => Value::Number(short_number(u32_of(data, 6)?), format),
        kind::STRING_CELL => Value::Shared(u32_of(data, 6)?),
        kind::BOOLEAN_OR_ERROR if *data.get(7)? == 0 => Value::Boolean(*data.get(6)? != 0),
        kind::BOOLEAN_OR_ERROR => Value::Error(data[6]),
        kind::FORMULA => {
            *of_formula = position;
            formula(data, format)?
        }
        kind::NUMBERS => {
            // The number of the last column stands behind them.
            let (all, _) = data.get(4..)?.as_chunks::<6>();
            for (number, column) in all.iter().zip(position.1..) {
                let value = Value::Number(short_number(u32_of(number, 2)?), u16_of(number, 0)?);
                cells.push(XlsCell { position: (position.0, column), value });
            }
            return Some(());
        }
        _ => Value::Text(at, 6),
    };
    cells.push(XlsCell { position, value });
    Some(())
}

/// The value that a formula had when the workbook was saved; `None` if the record is cut.
fn formula(data: &[u8], format: u16) -> Option<Value> {
    if u16_of(data, 12)? != NO_NUMBER {
        return Some(Value::Number(f64_of(data, 6)?, format));
    }
    Some(match data[6] {
        1 => Value::Boolean(data[8] != 0),
        2 => Value::Error(data[8]),
        _ => Value::Empty,
    })
}

/// What is shown for an error.
fn error(code: u8) -> CellErrorType {
    match code {
        0x00 => CellErrorType::Null,
        0x07 => CellErrorType::Div0,
        0x0f => CellErrorType::Value,
        0x17 => CellErrorType::Ref,
        0x1d => CellErrorType::Name,
        0x24 => CellErrorType::Num,
        0x2a => CellErrorType::NA,
        _ => CellErrorType::GettingData,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let head = [kind.to_le_bytes(), (data.len() as u16).to_le_bytes()];
        [head.as_flattened(), data].concat()
    }

    /// A workbook of Excel 95 with one sheet of these records.
    fn of_1995(page: u16, records: &[Vec<u8>]) -> Vec<u8> {
        let begin = record(kind::BEGIN, &[0, 5, 5, 0]);
        let shared = [begin.clone(), record(kind::CODE_PAGE, &page.to_le_bytes())].concat();
        let start = shared.len() + 16;
        let mut sheet = (start as u32).to_le_bytes().to_vec();
        sheet.extend([0, 0, 1, b'a']);
        let end = record(kind::END, &[]);
        [shared, record(kind::SHEET, &sheet), end.clone(), begin, records.concat(), end].concat()
    }

    fn cells(book: &Xls) -> Vec<(u32, u32, String)> {
        let cells = book.cells("a").expect("a sheet");
        let shown = |cell: &XlsCell| book.text(cell).into_owned();
        cells.iter().map(|cell| (cell.position.0, cell.position.1, shown(cell))).collect()
    }

    #[test]
    fn texts_of_excel_95_are_read_by_its_code_page_and_rows_put_in_order() {
        let text = |row: u8, letters: &[u8]| {
            let head = [row, 0, 1, 0, 0, 0, letters.len() as u8, 0];
            record(kind::TEXT, &[&head[..], letters].concat())
        };
        let chart = [record(kind::BEGIN, &[0, 5]), text(0, b"none"), record(kind::END, &[])];
        let stream = of_1995(1251, &[text(7, b"\xcc\xe8\xf0"), chart.concat(), text(2, b"b")]);
        let book = Xls::of_stream(stream).expect("a workbook");
        assert_eq!(cells(&book), [(2, 1, "b".into()), (7, 1, "Мир".into())]);
    }

    #[test]
    fn a_sheet_that_begins_or_ends_nowhere_is_an_error() {
        let stream = of_1995(1252, &[record(kind::STRING_CELL, &[0; 10])]);
        let book = Xls::of_stream(stream.clone()).expect("a workbook");
        assert_eq!(cells(&book), [(0, 0, String::new())], "a string that no table has");
        for length in 0..stream.len() {
            let book = Xls::of_stream(stream[..length].to_vec());
            assert!(book.and_then(|book| book.cells("a")).is_err(), "{length}");
        }
    }
}
