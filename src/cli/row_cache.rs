//! Cache of results by row: equal rows are computed once.

use rapidhash::v3::{RapidSecrets, rapidhash_v3_seeded};
use rayon::prelude::*;
use rolecall::postings::{Column, Columns, Row};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

/// 128-bit hash of a row; collisions are negligible.
type CacheKey = [u64; 2];

/// Results by row content. Exports hold many postings several times.
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
    /// Maps rows by texts and label with `make`, which gets a scratch buffer and gives a cached value and an extra,
    /// present only for the first of equal rows.
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

/// Hashes rows with random secrets, so that collisions cannot be crafted.
struct RowHasher([RapidSecrets; 2]);

impl Default for RowHasher {
    fn default() -> Self {
        let secrets = || RapidSecrets::seed(RandomState::new().build_hasher().finish());
        Self([secrets(), secrets()])
    }
}

impl RowHasher {
    /// Key of the fields of a labelled row.
    fn key(&self, row: &Row, columns: &Columns) -> CacheKey {
        let texts = [Column::Description, Column::Title, Column::Company, Column::Label]
            .map(|column| row.get(columns, column).as_bytes());
        self.0.each_ref().map(|secrets| {
            let of_texts = texts.map(|text| rapidhash_v3_seeded(text, secrets).to_le_bytes());
            rapidhash_v3_seeded(of_texts.as_flattened(), secrets)
        })
    }
}
