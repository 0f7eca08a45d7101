//! Which postings have a label already.

use super::descriptor::Descriptor;
use crate::model::{Model, ModelError};
use std::collections::{BTreeMap, HashSet};

/// Postings that have a label, or were chosen to get one.
#[derive(Debug, Default)]
pub(super) struct Known {
    postings: HashSet<(u64, u64, u32)>,
    texts: HashSet<u64>,
    near: HashSet<(usize, u32)>,
    /// Postings by organisation.
    organisations: BTreeMap<u64, u32>,
}

impl Known {
    /// The postings that a model has learned from; none of a compact one, which does not know them.
    pub(super) fn of_model(model: &Model) -> Result<Self, ModelError> {
        let mut known = Self::default();
        for row in model.known_rows()? {
            known.postings.insert(row.posting());
            known.texts.insert(row.text);
            known.near.extend(row.near.all());
            *known.organisations.entry(row.organisation).or_default() += 1;
        }
        Ok(known)
    }

    /// These and others.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.postings.extend(other.postings);
        self.texts.extend(other.texts);
        self.near.extend(other.near);
        for (organisation, rows) in other.organisations {
            *self.organisations.entry(organisation).or_default() += rows;
        }
        self
    }

    /// Adds a posting.
    pub(super) fn add(&mut self, row: &Descriptor) {
        self.postings.insert(row.id.posting());
        self.texts.insert(row.id.text);
        self.near.extend(row.near.all());
        *self.organisations.entry(row.id.organisation).or_default() += 1;
    }

    /// Whether a row, or one of nearly the same text, is known.
    pub(super) fn has(&self, row: &Descriptor) -> bool {
        self.texts.contains(&row.id.text)
            || self.postings.contains(&row.id.posting())
            || row.near.all().any(|key| self.near.contains(&key))
    }

    /// How many known postings are of the organisation of a row.
    pub(super) fn of_organisation(&self, row: &Descriptor) -> u32 {
        self.organisations.get(&row.id.organisation).copied().unwrap_or(0)
    }
}
