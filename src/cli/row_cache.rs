//! Makes something of each row, and of equal rows only once.

use crate::postings::{Column, Columns, Row};
use rapidhash::v3::{RapidSecrets, rapidhash_v3_seeded};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

/// Two hashes of a row: that both are those of another row does not happen.
type CacheKey = [u64; 2];

/// What was made of rows, for rows with the same texts: exports hold many postings several times.
pub(crate) struct RowCache<T> {
    hasher: RowHasher,
    values: HashMap<CacheKey, T>,
}

impl<T> Default for RowCache<T> {
    fn default() -> Self {
        Self { hasher: RowHasher::default(), values: HashMap::new() }
    }
}

impl<T: Clone + Send + Sync> RowCache<T> {
    /// What `make` makes of rows by their texts and labels, in the room it is given: what is kept, and what only
    /// the first of equal rows gets.
    pub(crate) fn map_rows<B: Default, E: Send>(
        &mut self,
        rows: &[Row],
        columns: &Columns,
        make: impl Fn(&mut B, &Row) -> (T, E) + Sync,
    ) -> Vec<(T, Option<E>)> {
        let keys: Vec<_> = rows.par_iter().map(|row| self.hasher.key(row, columns)).collect();
        let mut seen = HashSet::new();
        let new = |i: &usize| !self.values.contains_key(&keys[*i]) && seen.insert(keys[*i]);
        let new: Vec<usize> = (0..rows.len()).filter(new).collect();
        let of_new: Vec<(T, E)> =
            new.par_iter().map_init(B::default, |buffers, &i| make(buffers, &rows[i])).collect();
        let mut extras: Vec<Option<E>> = rows.iter().map(|_| None).collect();
        for (i, (kept, extra)) in new.into_iter().zip(of_new) {
            self.values.insert(keys[i], kept);
            extras[i] = Some(extra);
        }
        keys.iter().map(|key| self.values[key].clone()).zip(extras).collect()
    }
}

/// Hashes rows with secrets of its own, so that nobody can write two that look the same.
struct RowHasher([RapidSecrets; 2]);

impl Default for RowHasher {
    fn default() -> Self {
        let secrets = || RapidSecrets::seed(RandomState::new().build_hasher().finish());
        Self([secrets(), secrets()])
    }
}

impl RowHasher {
    /// Of all that a labelled row is made of.
    fn key(&self, row: &Row, columns: &Columns) -> CacheKey {
        let texts = [Column::Description, Column::Title, Column::Company, Column::Label]
            .map(|column| row.get(columns, column).as_bytes());
        self.0.each_ref().map(|secrets| {
            let of_texts = texts.map(|text| rapidhash_v3_seeded(text, secrets).to_le_bytes());
            rapidhash_v3_seeded(of_texts.as_flattened(), secrets)
        })
    }
}
