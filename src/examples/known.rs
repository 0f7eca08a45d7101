//! Which postings a model, or a person who labels, has seen already.

use crate::examples::identity::RowId;
use std::collections::{BTreeMap, HashSet};

/// Postings that are known, by the hashes of their rows, which have near-copy keys.
#[derive(Debug, Default)]
pub(crate) struct KnownPostings {
    postings: HashSet<(u64, u64, u32)>,
    texts: HashSet<u64>,
    near: HashSet<(usize, u32)>,
    /// Postings by organisation.
    organisations: BTreeMap<u64, u32>,
}

impl KnownPostings {
    /// The postings of these rows.
    pub(crate) fn new(rows: impl IntoIterator<Item = RowId>) -> Self {
        let mut known = Self::default();
        rows.into_iter().for_each(|row| known.add(row));
        known
    }

    /// These and others.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.postings.extend(other.postings);
        self.texts.extend(other.texts);
        self.near.extend(other.near);
        for (organisation, rows) in other.organisations {
            *self.organisations.entry(organisation).or_default() += rows;
        }
        self
    }

    /// Adds a posting.
    pub(crate) fn add(&mut self, row: RowId) {
        self.postings.insert(row.posting());
        self.texts.insert(row.text);
        self.near.extend(row.near.all());
        *self.organisations.entry(row.organisation).or_default() += 1;
    }

    /// Whether a posting is known, whatever its label.
    pub(crate) fn has_posting(&self, row: RowId) -> bool {
        self.postings.contains(&row.posting())
    }

    /// Whether a posting, or one of nearly the same text, is known.
    pub(crate) fn has_text(&self, row: RowId) -> bool {
        self.texts.contains(&row.text) || row.near.all().any(|key| self.near.contains(&key))
    }

    /// How many known postings are of the organisation of a row.
    pub(crate) fn of_organisation(&self, row: RowId) -> u32 {
        self.organisations.get(&row.organisation).copied().unwrap_or(0)
    }
}
