//! Reads the sheet of a workbook that has the postings.

use super::columns::{ColumnNames, Columns};
use super::open::WorkbookForm;
use super::row::{Batch, Original, Row, joined};
use super::source::{Dialect, Problem, RowSource, Shape, takes_more};
use super::spool::{Spool, SpoolRange};
use super::table_header::{FIRST_ROWS, header_index};
use super::workbook_file::{SheetRow, Workbook};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::ControlFlow;

/// Bytes that a field of a row takes.
const FIELD: usize = 48;

/// Rows of a sheet.
pub(super) struct WorkbookReader {
    rows: Spool,
    ranges: std::vec::IntoIter<SpoolRange>,
    /// The index of each column of the sheet that has a name or a value, by its number in the sheet.
    columns: BTreeMap<u32, usize>,
    /// Number of the next row, from 1.
    next: u64,
    notes: Vec<String>,
}

/// The first rows of a sheet that are not empty.
struct Candidate {
    name: String,
    rows: Vec<SheetRow>,
    /// The index of the header among them.
    header: usize,
    /// Whether it has a column for the text.
    described: bool,
}

impl WorkbookReader {
    /// Chooses the sheet and reads it. The header is empty if there is none.
    pub(super) fn open(
        file: File,
        form: WorkbookForm,
        dialect: &Dialect,
    ) -> Result<(Self, Shape), Problem> {
        let mut book = Workbook::open(file, form)?;
        let mut notes = Vec::new();
        let Some(chosen) = choose(&mut book, dialect, &mut notes)? else {
            let none = Self {
                rows: Spool::default(),
                ranges: Vec::new().into_iter(),
                columns: BTreeMap::new(),
                next: 1,
                notes,
            };
            return Ok((none, Shape::default()));
        };
        let head = if dialect.no_header { 0 } else { chosen.rows[chosen.header].line };
        if chosen.header > 0 && !dialect.no_header {
            notes.push(format!(
                "the header is in row {head}; the {} rows with values before it are not read",
                chosen.header
            ));
        }
        let Collected { rows, ranges, mut used, without_value } =
            Collected::of_sheet(&mut book, &chosen.name, head)?;
        if without_value > 0 {
            notes.push(format!(
                "{without_value} formulas have no value; for their values, open the file in a spreadsheet program and \
                 save it again"
            ));
        }
        let named = if dialect.no_header { BTreeMap::new() } else { chosen.names() };
        used.extend(named.keys());
        let name = |(index, column): (usize, &u32)| match named.get(column) {
            Some(name) => name.clone(),
            None if dialect.no_header => (index + 1).to_string(),
            None => String::new(),
        };
        let header: Vec<String> = used.iter().enumerate().map(name).collect();
        let columns = Columns::find(&header, &dialect.names)?;
        let shape = Shape { header, columns, sheet: Some(chosen.name), ..Shape::default() };
        let columns = used.into_iter().zip(0..).collect();
        Ok((Self { rows, ranges: ranges.into_iter(), columns, next: 1, notes }, shape))
    }

    /// The fields of a row, in the order of the header.
    fn fields(&self, row: &SheetRow) -> Vec<String> {
        let mut fields = vec![String::new(); self.columns.len()];
        for (column, text) in &row.cells {
            if let Some(&index) = self.columns.get(column) {
                fields[index].clone_from(text);
            }
        }
        fields
    }
}

/// The rows of a sheet below its header.
#[derive(Default)]
struct Collected {
    rows: Spool,
    ranges: Vec<SpoolRange>,
    /// The columns in which they have values.
    used: BTreeSet<u32>,
    /// Formulas without a value.
    without_value: u64,
}

impl Collected {
    /// Moves rows below the line of the header to a temporary file.
    fn of_sheet(book: &mut Workbook, name: &str, head: u64) -> Result<Self, Problem> {
        let mut all = Self::default();
        let mut failed = None;
        all.without_value = book.rows(name, &mut |row| {
            if row.line <= head {
                return ControlFlow::Continue(());
            }
            all.used.extend(row.cells.iter().map(|(column, _)| *column));
            let bytes = postcard::to_stdvec(&row).map_err(std::io::Error::other);
            match bytes.and_then(|bytes| all.rows.push(&bytes)) {
                Ok(range) => all.ranges.push(range),
                Err(error) => failed = Some(error),
            }
            if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        failed.map_or(Ok(all), |error| Err(error.into()))
    }
}

impl Candidate {
    /// The names of the columns. Of a header in two rows, whose names stand above each other where they are merged, the
    /// lower ones count.
    fn names(&self) -> BTreeMap<u32, String> {
        let header = &self.rows[self.header];
        let above = self.header.checked_sub(1).map(|above| &self.rows[above]);
        let above = above.filter(|above| above.line + 1 == header.line && above.cells.len() > 1);
        let cells = above.into_iter().chain([header]).flat_map(|row| &row.cells);
        // Later ones replace those above.
        let all: BTreeMap<u32, String> = cells.cloned().collect();
        all
    }
}

/// The sheet that is asked for, or the first one with a column for the text; `None` if all are empty.
fn choose(
    book: &mut Workbook,
    dialect: &Dialect,
    notes: &mut Vec<String>,
) -> Result<Option<Candidate>, Problem> {
    let sheets = book.sheets();
    let wanted = match &dialect.sheet {
        None => sheets,
        Some(name) => {
            let same = |sheet: &&String| sheet.trim().to_lowercase() == name.trim().to_lowercase();
            let exact = sheets.iter().find(|sheet| *sheet == name);
            let Some(sheet) = exact.or_else(|| sheets.iter().find(same)) else {
                let names: Vec<String> = sheets.iter().map(|sheet| format!("{sheet:?}")).collect();
                let problem =
                    format!("it has no sheet {name:?}; its sheets are {}", names.join(", "));
                return Err(Problem::Content(problem.into()));
            };
            vec![sheet.clone()]
        }
    };
    let mut all = Vec::new();
    for name in wanted {
        all.extend(candidate(book, name, &dialect.names)?);
    }
    let described = all.iter().position(|sheet| sheet.described);
    let others = all.iter().enumerate().filter(|(index, _)| *index != described.unwrap_or(0));
    let quoted = |described: bool| {
        let such = others.clone().filter(|(_, sheet)| sheet.described == described);
        such.map(|(_, sheet)| format!("{:?}", sheet.name)).collect::<Vec<_>>().join(", ")
    };
    let (with, without) = (quoted(true), quoted(false));
    if !with.is_empty() {
        notes.push(format!("sheets with postings that are not read: {with}"));
    }
    if !without.is_empty() {
        notes.push(format!("other sheets that are not read: {without}"));
    }
    let chosen = described.unwrap_or(0);
    Ok((chosen < all.len()).then(|| all.swap_remove(chosen)))
}

/// The beginning of a sheet, unless it is empty.
fn candidate(
    book: &mut Workbook,
    name: String,
    chosen: &ColumnNames,
) -> Result<Option<Candidate>, Problem> {
    let mut rows: Vec<SheetRow> = Vec::new();
    book.rows(&name, &mut |row| {
        rows.push(row);
        if rows.len() < FIRST_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let cells: Vec<Vec<&str>> =
        rows.iter().map(|row| row.cells.iter().map(|(_, text)| text.as_str()).collect()).collect();
    let found = header_index(&cells, chosen);
    Ok(found.map(|(header, described)| Candidate { name, rows, header, described }))
}

impl RowSource for WorkbookReader {
    fn batch(&mut self, rows: usize, shape: &Shape) -> Result<Batch, Problem> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        while takes_more(&batch, bytes, rows) {
            let Some(range) = self.ranges.next() else { break };
            let record = self.rows.read(range)?;
            bytes += record.len() + FIELD * shape.header.len();
            let row: SheetRow = postcard::from_bytes(&record).map_err(std::io::Error::other)?;
            let fields = self.fields(&row);
            let parts = shape.columns.parts();
            let description = (!parts.is_empty())
                .then(|| joined(parts.iter().map(|&index| fields[index].as_str())));
            batch.rows.push(Row {
                number: self.next,
                line: row.line,
                fields: fields.iter().collect(),
                original: Original::Record { sound: false },
                description,
            });
            self.next += 1;
        }
        Ok(batch)
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}
