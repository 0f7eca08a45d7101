#![doc = include_str!("README.md")]

mod columnar;
mod columns;
mod delimited;
mod encoding;
mod json;
mod objects;
mod open;
mod reader;
mod records;
mod row;
mod spool;
mod window;

pub use columns::{Column, ColumnNames, Columns, listed};
pub(crate) use json::with_value;
pub use reader::{Dialect, Form, HEADER, InputError, PostingReader, REJECTED};
pub(crate) use records::line_at;
pub use row::{Batch, Original, Rejected, Row};
pub use spool::{Place, Spool};
