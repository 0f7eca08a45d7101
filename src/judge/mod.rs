//! Verdicts: [`Judge`] classifies postings and explains what decided, [`evaluate()`] says how good
//! that is. Computes, and never prints.

mod attribution;
mod beside;
mod classify;
mod compare;
pub(crate) mod contrast;
mod curve;
mod evaluate;
mod explain;
mod limits;
mod prior;
mod quotes;
mod reading;
mod strongest;
pub(crate) mod text_properties;
mod verdict;

pub use beside::{Beside, Flip, Given};
pub use classify::{Judge, Settings};
pub use compare::{ChannelChange, FigureChange, ModelChange, Moved, MovedWeight, compare};
pub use contrast::{Contrast, Mark, MarkKind, Missing, Quote};
pub use curve::learning_curve;
pub use evaluate::{CurvePoint, Decided, Detail, Evaluation, JudgedRow, Slice, evaluate};
pub use explain::{Explanation, Part, Piece, QuestionPart};
pub use limits::Limits;
pub use prior::Prior;
pub use strongest::{Strong, Strongest, strongest};
pub use verdict::{Decision, Note, Phrase, Verdict};
