//! What a reader of one kind of file gives, and how it is told to read.

use super::columns::{ColumnNames, Columns};
use super::row::{Batch, Types};
use encoding_rs::Encoding;
use std::io;

/// Rows that are given together and rows that are read to know the columns of JSON, at most.
pub(super) const AHEAD: usize = 512;

/// Bytes of rows that are given together: the rows of a batch, if they are long, are fewer.
pub(super) const BATCH_BYTES: usize = 1 << 23;

/// What is wrong with a file.
#[derive(Debug)]
pub(super) enum Problem {
    Io(io::Error),
    Content(String),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// How a file is to be read.
#[derive(Debug, Clone, Default)]
pub struct Dialect {
    /// Columns that were chosen.
    pub names: ColumnNames,
    /// Byte between fields, if it is not to be found.
    pub delimiter: Option<u8>,
    /// Encoding, if it is not to be found.
    pub encoding: Option<&'static Encoding>,
    /// Whether the first line is a row: columns are then called by their numbers, from 1.
    pub no_header: bool,
}

/// The columns of a file.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) header: Vec<String>,
    pub(super) columns: Columns,
    /// The header line as it stands, if there is one.
    pub(super) head: Option<String>,
    pub(super) delimiter: Option<u8>,
    /// Types of the columns, if they have some.
    pub(super) schema: Option<Types>,
}

/// Rows of one form.
pub(super) trait RowSource: Send {
    /// The next rows, at most so many; none at the end.
    fn batch(&mut self, rows: usize, shape: &Shape) -> Result<Batch, Problem>;
}

/// Whether a batch takes more rows.
pub(super) fn most(batch: &Batch, bytes: usize, rows: usize) -> bool {
    batch.len() < rows && bytes < BATCH_BYTES
}
