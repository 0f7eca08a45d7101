//! Verdicts: [`Judge`] classifies postings and explains what decided, [`evaluate()`] says how good
//! that is. Computes, and never prints.

mod attribution;
mod classify;
mod contrast;
mod curve;
mod evaluate;
mod explain;

pub use classify::{Decision, Judge, Note, Phrase, Settings, Verdict};
pub use contrast::{Contrast, Mark, MarkKind, Missing, Quote};
pub use curve::learning_curve;
pub use evaluate::{Accepted, CurvePoint, Detail, Evaluation, JudgedRow, Slice, evaluate};
pub use explain::{Explanation, Part, Piece, QuestionPart};
