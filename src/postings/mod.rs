//! Files of postings: found columns, rows, and rows set aside.

mod columns;
mod reader;
mod recorder;
mod spool;

pub use columns::{Column, ColumnNames, Columns, listed};
pub use reader::{Batch, InputError, PostingReader, Rejected, Row};
pub use spool::{Place, Spool};
