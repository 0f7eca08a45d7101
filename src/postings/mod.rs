#![doc = include_str!("README.md")]

#[cfg(feature = "parquet")]
mod arrow_text;
#[cfg(feature = "excel")]
mod biff;
#[cfg(feature = "excel")]
mod cell_text;
mod columns;
#[cfg_attr(
    not(feature = "excel"),
    allow(dead_code, reason = "only workbooks have streams that are read")
)]
mod compound;
mod delimited;
mod element;
mod encoding;
mod feed;
mod fields;
mod html_table;
mod json;
mod json_values;
mod lines;
mod markup;
mod objects;
mod open;
mod other_text;
mod page;
#[cfg(any(feature = "excel", feature = "parquet"))]
mod panics;
#[cfg(feature = "parquet")]
mod parquet_file;
mod quirks;
mod reader;
mod records;
mod requoted;
mod row;
mod source;
mod spool;
mod table;
mod table_header;
mod unfold;
mod window;
#[cfg(feature = "excel")]
mod workbook;
#[cfg(feature = "excel")]
mod workbook_file;
#[cfg(feature = "excel")]
mod xls;

pub use columns::{Column, ColumnNames, Columns, MissingColumn, distinct, listed};
pub use fields::Fields;
pub(crate) use json_values::{members, with_value};
pub use lines::LineReader;
pub(crate) use open::MODEL_MAGIC;
#[cfg(feature = "excel")]
pub(crate) use panics::without_panics;
pub use reader::{HEADER, InputError, InputForm, PostingReader, REJECTED_COLUMNS};
pub(crate) use row::Original;
pub use row::{Batch, Rejected, Row, Types, joined};
pub use source::{ContentError, Dialect};
pub(crate) use spool::{Spool, SpoolRange};
pub(crate) use table::Table;
pub use table::TableError;
