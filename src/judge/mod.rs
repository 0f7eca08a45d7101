//! Verdicts: [`Judge`] classifies postings and explains what decided. Computes, and never prints.

mod attribution;
mod classify;
mod explain;

pub use classify::{Decision, Judge, Phrase, Settings, Verdict};
pub use explain::{Explanation, Part, Piece, QuestionPart};
