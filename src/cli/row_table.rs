//! Rows in a file, or as a table for reading where they go to a terminal.

use super::args::{Format, ReadingArgs, Writing};
use super::input::Postings;
use super::output::{Output, stdout_has_colours};
use super::sheet::RowFile;
use anyhow::{Context, Result};
use rolecall::postings::Row;
use rolecall::report::{Cell, Layout, TextTable, Width, cell_text, cell_words};
use std::io::IsTerminal;
use std::path::Path;

/// Width of a table that is not on a terminal.
const TABLE_WIDTH: usize = 160;

/// Width of the table to write; `None` if rows are to be written otherwise.
pub(crate) fn table_width(writing: &Writing) -> Option<usize> {
    let terminal = std::io::stdout().is_terminal() && to_stdout(writing.output.as_deref());
    let is_table = writing.format.map_or(terminal, |format| format == Format::Table);
    let width = || terminal_size::terminal_size().filter(|_| terminal);
    is_table.then(|| width().map_or(TABLE_WIDTH, |(width, _)| width.0.into()))
}

/// Whether a table is shown in colours: on standard output only, never in a file.
pub(crate) fn has_colours(writing: &Writing) -> bool {
    to_stdout(writing.output.as_deref()) && stdout_has_colours()
}

/// Whether a path is that of standard output.
pub(crate) fn to_stdout(path: Option<&Path>) -> bool {
    path.is_none_or(|path| path == Path::new("-"))
}

/// A column of a table for reading: the index of its cell, its name and width, and what it holds.
pub(crate) struct ReadColumn {
    pub(crate) cell: usize,
    pub(crate) name: &'static str,
    pub(crate) width: Width,
    pub(crate) holds: Holds,
}

/// What a column holds, for how it is shown.
#[derive(Clone, Copy)]
pub(crate) enum Holds {
    /// A text, as it is.
    Text,
    /// The name of a role, by its initials.
    Role,
    /// A name of the program, in words.
    Name,
}

/// A column for reading.
pub(crate) fn column(cell: usize, name: &'static str, width: Width, holds: Holds) -> ReadColumn {
    ReadColumn { cell, name, width, holds }
}

/// Rows of cells that are being written.
pub(crate) enum CellRows {
    Sheet(Box<RowFile>),
    Table { out: Output, table: TextTable, columns: Option<Vec<ReadColumn>> },
}

impl CellRows {
    /// Begins rows with the columns that `layout` adds, in the format of `postings` unless another is asked for; as a
    /// table they have `columns`, or without those all.
    pub(crate) fn open(
        writing: &Writing,
        reading: &ReadingArgs,
        postings: Option<&Postings>,
        layout: &Layout,
        columns: Option<Vec<ReadColumn>>,
    ) -> Result<Self> {
        let Some(width) = table_width(writing) else {
            return Ok(Self::Sheet(Box::new(RowFile::open(writing, reading, postings, layout)?)));
        };
        let mut out = Output::open_for_table(writing.output.as_deref())?;
        let table = match &columns {
            Some(columns) => TextTable::new(width, columns.iter().map(|c| (c.name, c.width))),
            None => TextTable::of_columns(width, &layout.added),
        };
        let table = table.coloured(has_colours(writing));
        table.head(&mut out).context("cannot write the table")?;
        Ok(Self::Table { out, table, columns })
    }

    /// Writes a row, whose columns of the input have the types of `row`.
    pub(crate) fn write(&mut self, row: Option<&Row>, cells: &[Cell]) -> Result<()> {
        match self {
            Self::Sheet(sheet) => sheet.write(|rows| rows.write_chosen(row, cells)),
            Self::Table { out, table, columns } => {
                let text = |column: &ReadColumn| match column.holds {
                    Holds::Text => cell_text(&cells[column.cell]),
                    Holds::Role => cell_words(&cells[column.cell], true),
                    Holds::Name => cell_words(&cells[column.cell], false),
                };
                let texts: Vec<String> = match columns {
                    Some(columns) => columns.iter().map(text).collect(),
                    None => cells.iter().map(cell_text).collect(),
                };
                table.line(out, &texts).context("cannot write the table")
            }
        }
    }

    /// Completes the rows.
    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::Sheet(sheet) => sheet.finish(),
            Self::Table { out, .. } => out.finish(),
        }
    }
}
