//! The interface of readers of one file format, and their options.

use super::columns::{ColumnNames, Columns};
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
    Content(String),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Options for reading a file.
#[derive(Debug, Clone, Default)]
pub struct Dialect {
    /// Chosen columns.
    pub names: ColumnNames,
    /// Delimiter; `None` to detect it.
    pub delimiter: Option<u8>,
    /// Encoding; `None` to detect it.
    pub encoding: Option<&'static Encoding>,
    /// Whether the first line is a row: columns are then named by their numbers, from 1.
    pub no_header: bool,
}

/// The columns of a file.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) header: Vec<String>,
    pub(super) columns: Columns,
    /// The header line as written, if there is one.
    pub(super) head: Option<String>,
    pub(super) delimiter: Option<u8>,
    /// Schema, in Parquet.
    pub(super) schema: Option<Types>,
}

/// A reader of one format.
pub(super) trait RowSource: Send {
    /// The next rows, at most `rows`; an empty batch at the end.
    fn batch(&mut self, rows: usize, shape: &Shape) -> Result<Batch, Problem>;
}

/// Whether a batch of this many bytes takes more rows.
pub(super) fn takes_more(batch: &Batch, bytes: usize, rows: usize) -> bool {
    batch.len() < rows && bytes < BATCH_BYTES
}
