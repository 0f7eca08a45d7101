//! Verdicts: [`Judge`] classifies and explains postings, [`evaluate()`] measures predictions. Prints
//! nothing.

mod attribution;
mod classify;
mod compare;
mod comparison;
pub(crate) mod contrast;
mod curve;
mod evaluate;
mod explain;
mod limits;
mod marked;
mod posting_features;
mod prediction_changes;
mod prior;
mod quotes;
mod reading;
mod text_part;
pub(crate) mod text_properties;
mod top_features;
mod verdict;

pub use classify::{Judge, Settings};
pub(crate) use compare::FeatureChange;
pub use compare::{ModelChange, compare};
pub use comparison::{ComparedRows, Comparison};
pub(crate) use contrast::{Contrast, MarkKind, Quote};
pub use curve::learning_curve;
pub use evaluate::{
    CurvePoint, Evaluation, Evaluations, ModelDifference, PredictedRow, RowsSetApart, evaluate,
};
pub(crate) use evaluate::{Decided, Detail, LEAST_ROWS, Slice};
pub use explain::{Contribution, Explanation, FeatureContribution, QuestionScores};
pub use limits::Limits;
pub use marked::MarkedVerdict;
pub use posting_features::{PostingFeatures, score_names};
pub(crate) use prediction_changes::Flip;
pub use prediction_changes::{ComparedPosting, PredictionChanges};
pub use prior::Prior;
pub use text_part::TextPart;
pub use top_features::{TopFeatures, strongest};
pub use verdict::{Decision, Note, Phrase, Verdict};
