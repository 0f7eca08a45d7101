//! Output: rows of files, tables, text and web pages. Computes no results.

mod audit;
mod evaluation;
mod evaluation_page;
mod explanation;
mod explanation_page;
mod formulas;
mod html;
mod model;
mod retrain;
mod review_page;
mod rows;
mod sheet;
mod table;
mod text;

pub use audit::{audit_columns, with_finding, with_suspicion, write_audit};
pub use evaluation::{write_evaluation, write_summary};
pub use evaluation_page::write_evaluation_page;
pub use explanation::write_explanation;
pub use explanation_page::write_explanation_page;
pub use model::{write_header, write_model_change, write_strongest};
pub use retrain::{write_drift, write_prediction_changes, write_retrain, write_turnover};
pub use review_page::write_review_page;
pub use rows::{added_columns, with_added_fields};
pub use sheet::{AddedColumn, Cell, ColumnType, Layout, Replaced, Sheet, SheetForm, decimals};
pub use table::TextTable;
pub use text::printable;
