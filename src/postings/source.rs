//! The interface of readers of one file format, and their options.

use super::columns::{ColumnNames, Columns, MissingColumn};
use super::row::{Batch, Types};
use encoding_rs::Encoding;
use std::io;

/// Most rows of a Parquet batch, and most objects of JSON that are read ahead to find the columns.
pub(super) const AHEAD: usize = 512;

/// A batch ends after this many bytes.
pub(super) const BATCH_BYTES: usize = 1 << 23;

/// Why a file cannot be used, without its name.
#[derive(Debug)]
pub(super) enum Problem {
    Io(io::Error),
    Content(ContentError),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<MissingColumn> for Problem {
    fn from(missing: MissingColumn) -> Self {
        Self::Content(ContentError::Column(missing))
    }
}

/// Why the content of a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// It lacks a column.
    #[error(transparent)]
    Column(MissingColumn),
    /// Its header is not UTF-8, and it was read as that.
    #[error("the header line is not UTF-8 text")]
    HeaderEncoding,
    /// It is a model.
    #[error("it is a model and has no postings")]
    Model,
    /// What else is wrong, and what to do.
    #[error("{0}")]
    Other(String),
}

impl<T: Into<String>> From<T> for ContentError {
    fn from(problem: T) -> Self {
        Self::Other(problem.into())
    }
}

/// Options for reading a file.
#[derive(Debug, Clone, Default)]
pub struct Dialect {
    /// Chosen columns.
    pub names: ColumnNames,
    /// Delimiter; `None` to detect it.
    pub delimiter: Option<u8>,
    /// What fields are quoted with; `None` to detect it.
    pub quote: Option<u8>,
    /// What stands before a quote within a field, if it is not another quote; `None` to detect it.
    pub escape: Option<u8>,
    /// Encoding; `None` to detect it.
    pub encoding: Option<&'static Encoding>,
    /// Whether the first line is a row: columns are then named by their numbers, from 1.
    pub no_header: bool,
    /// Sheet of a workbook; `None` for the first one with a column for the text.
    pub sheet: Option<String>,
}

impl Dialect {
    /// Whether an option says that a text is a table.
    pub(super) fn is_of_table(&self) -> bool {
        self.no_header || self.delimiter.or(self.quote).or(self.escape).is_some()
    }
}

/// The columns of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    pub(super) header: Vec<String>,
    pub(super) columns: Columns,
    /// The header line as written, if there is one.
    pub(super) head: Option<String>,
    pub(super) delimiter: Option<u8>,
    /// Schema, in Parquet.
    pub(super) schema: Option<Types>,
    /// The sheet of a workbook.
    pub(super) sheet: Option<String>,
}

#[cfg(feature = "parquet")]
impl Shape {
    /// The names of the columns that are read.
    pub(super) fn used(&self) -> impl Iterator<Item = &String> {
        let all = self.header.iter().enumerate();
        all.filter(|(index, _)| self.columns.uses(*index)).map(|(_, name)| name)
    }
}

/// A reader of one format.
pub(super) trait RowSource: Send {
    /// The next rows, at most `rows`; an empty batch at the end.
    fn batch(&mut self, rows: usize, shape: &Shape) -> Result<Batch, Problem>;

    /// What rows were taken from and what was left out so far, where that is not plain: a message each.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The rows of an empty file.
pub(super) struct NoRows;

impl RowSource for NoRows {
    fn batch(&mut self, _: usize, _: &Shape) -> Result<Batch, Problem> {
        Ok(Batch::default())
    }
}

/// Whether a batch of this many bytes takes more rows.
pub(super) fn takes_more(batch: &Batch, bytes: usize, rows: usize) -> bool {
    batch.len() < rows && bytes < BATCH_BYTES
}
