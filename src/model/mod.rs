//! Models: [`Collector`] gathers labelled postings to train one, a [`Model`] scores new postings.

mod collect;
mod drift;
mod envelope;
mod error;
mod familiarity;
mod feature_texts;
mod features;
mod format_version;
mod history;
mod holdout_scores;
mod message;
mod packed_collector;
mod requirements;
mod retrain;
mod store;
mod sums;
mod train;
mod trained;
pub(crate) mod training_state;
mod two_labels;
mod vocabulary;

pub use collect::{Collector, Counting, Provenance, drop_title_features, labels_repeat_titles};
pub use drift::{Drifted, Shift};
pub use error::ModelError;
pub use familiarity::{Familiarity, KnowsRows};
pub use features::StoredFeature;
pub use format_version::FORMAT;
pub use history::Retrain;
pub(crate) use holdout_scores::{HeldOutWeights, HoldoutScores, ModelCounts, with_titles};
pub(crate) use message::Message;
pub use retrain::{Change, FeatureTurn, RetrainError, Retrained};
pub use store::Header;
pub use sums::{Sampled, Sums};
pub use train::{
    FoldModel, Folds, folds_of_organisations, leave_organisation_out, split_between_folds,
};
pub use trained::{Model, ModelFile};
pub use two_labels::{OtherSource, TwoLabels};
pub(crate) use vocabulary::{Known, Vocabulary, VocabularyEntry, Word};

// What users of the library meet of the rooms below.
pub use crate::counts::sketch::remove_rare_features;
pub use crate::examples::example::Example;
pub use crate::examples::feature_list::FeatureFile;
pub use crate::examples::identity::{RowId, organisation};
pub use crate::examples::rows::Rows;
pub use crate::stacking::base::Base;
pub use crate::stacking::combination::Combination;
pub use crate::stacking::inputs::{Question, View};
pub use crate::stacking::probabilities::Probabilities;
pub use crate::stacking::summary::{Summary, Threshold, outcome_names};
