//! Output: rows of files, tables, text and web pages. Computes no results.

mod added;
mod audit;
mod evaluation;
mod explanation;
mod formulas;
mod model;
mod pages;
mod retrain;
mod rows;
mod selection;
mod sheet;
mod table;
mod text;

pub use added::{added_before, named_as_before, renamed};
pub use audit::{audit_columns, with_finding, with_suspicion, write_audit};
pub use evaluation::write_evaluations;
pub use explanation::{write_explanation, write_explanation_line};
pub use model::{write_header, write_model_change, write_strongest};
pub use pages::{
    VerdictRow, VerdictSummary, write_evaluation_page, write_explanation_page, write_review_page,
    write_verdict_page,
};
pub use retrain::{write_drift, write_prediction_changes, write_retrain, write_turnover};
pub use rows::{added_columns, with_added_fields, with_rejected_fields};
pub use selection::{Selection, UnknownColumn};
pub use sheet::{AddedColumn, Cell, ColumnType, Layout, Sheet, SheetForm, decimals};
pub use table::{TextTable, VerdictTable, Width, cell_text, cell_words};
pub use text::printable;
