//! The retrains that a model has a record of.

use super::collect::Provenance;
use super::drift::Drift;
use crate::metrics::Difference;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The record of one retrain in a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Retrain {
    /// Provenance of the rows to add.
    pub(crate) read: Provenance,
    /// Rows added.
    pub(crate) added: u64,
    /// Rows added that the model has counted with another label.
    pub(crate) relabelled: u64,
    /// Rows not added because the model, or another row, has the posting under another label.
    #[serde(default)]
    pub(crate) two_labels: u64,
    /// Rows removed.
    pub(crate) removed: u64,
    /// Rows of models merged into it.
    pub(crate) merged: u64,
    /// Features that became frequent enough.
    pub(crate) new_features: u64,
    /// Features that are no longer frequent enough.
    pub(crate) lost_features: u64,
    /// Comparison of the old and the new model on rows that neither was trained on, by title and text.
    pub difference: Option<Difference>,
    /// Rows whose predicted label changed, by old and new label, by title and text.
    pub flips: BTreeMap<String, u64>,
    /// How the added rows differ from those before.
    pub(crate) drift: Option<Drift>,
}
