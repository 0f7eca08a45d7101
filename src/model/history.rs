//! What a model remembers of its retrains.

use super::collect::Provenance;
use super::drift::Drift;
use crate::metrics::Difference;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One retrain, as a model remembers it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Retrain {
    /// What was read to be added.
    pub read: Provenance,
    /// Rows added.
    pub added: u64,
    /// Rows added that the model knows under another label.
    pub relabelled: u64,
    /// Rows taken out.
    pub removed: u64,
    /// Rows of models merged into it.
    pub merged: u64,
    /// Features that take part since.
    pub new_features: u64,
    /// Features that no longer take part.
    pub lost_features: u64,
    /// Old and new model on rows that neither saw, by title and text.
    pub difference: Option<Difference>,
    /// Rows given another label than before, by old and new label, by title and text.
    pub flips: BTreeMap<String, u64>,
    /// How the added rows differ from those before.
    pub drift: Option<Drift>,
}
