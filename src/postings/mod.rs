//! Files of postings: found columns, rows, and rows set aside.

mod columns;
mod encoding;
mod open;
mod reader;
mod records;
mod spool;
mod window;

pub use columns::{Column, ColumnNames, Columns, listed};
pub use reader::{Batch, Dialect, HEADER, InputError, PostingReader, REJECTED, Rejected, Row};
pub(crate) use records::line_at;
pub use spool::{Place, Spool};
