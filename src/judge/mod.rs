//! Verdicts: [`Judge`] classifies and explains postings, [`evaluate()`] measures predictions. Prints
//! nothing.

mod attribution;
mod classify;
mod compare;
pub(crate) mod contrast;
mod curve;
mod evaluate;
mod explain;
mod limits;
mod prediction_changes;
mod prior;
mod quotes;
mod reading;
pub(crate) mod text_properties;
mod top_features;
mod verdict;

pub use classify::{Judge, Settings};
pub use compare::{ChannelChange, FeatureChange, FigureChange, ModelChange, WeightChange, compare};
pub use contrast::{Contrast, Mark, MarkKind, Missing, Quote};
pub use curve::learning_curve;
pub use evaluate::{CurvePoint, Decided, Detail, Evaluation, PredictedRow, Slice, evaluate};
pub use explain::{Contribution, Explanation, FeatureContribution, QuestionScores};
pub use limits::Limits;
pub use prediction_changes::{ComparedPosting, Flip, PredictionChanges};
pub use prior::Prior;
pub use top_features::{TopFeature, TopFeatures, strongest};
pub use verdict::{Decision, Note, Phrase, Verdict};
