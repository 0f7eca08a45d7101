//! Results as bytes: CSV rows, tables and text for people. Never computes.

mod evaluation;
mod explanation;
mod model;
mod rows;
mod table;
mod text;

pub use evaluation::write_summary;
pub use explanation::write_explanation;
pub use model::write_header;
pub use rows::{added_columns, added_fields};
pub use table::Table;
pub use text::printable;
