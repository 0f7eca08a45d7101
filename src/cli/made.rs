//! Makes something of each row, and of equal rows only once.

use crate::postings::{Column, Columns, Row};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// What was made of rows, for rows with the same texts: exports hold many postings several times.
pub(crate) struct Made<T> {
    of: HashMap<[u8; blake3::OUT_LEN], T>,
}

impl<T> Default for Made<T> {
    fn default() -> Self {
        Self { of: HashMap::new() }
    }
}

impl<T: Clone + Send + Sync> Made<T> {
    /// What `make` makes of rows by their texts and labels: what is kept, and what only the first of
    /// equal rows gets.
    pub(crate) fn of_rows<E: Send>(
        &mut self,
        rows: &[Row],
        columns: &Columns,
        make: impl Fn(&Row) -> (T, E) + Sync,
    ) -> Vec<(T, Option<E>)> {
        let keys: Vec<_> = rows.par_iter().map(|row| key(row, columns)).collect();
        let mut seen = HashSet::new();
        let new = |i: &usize| !self.of.contains_key(&keys[*i]) && seen.insert(keys[*i]);
        let new: Vec<usize> = (0..rows.len()).filter(new).collect();
        let of_new: Vec<(T, E)> = new.par_iter().map(|&i| make(&rows[i])).collect();
        let mut extras: Vec<Option<E>> = rows.iter().map(|_| None).collect();
        for (i, (kept, extra)) in new.into_iter().zip(of_new) {
            self.of.insert(keys[i], kept);
            extras[i] = Some(extra);
        }
        keys.iter().map(|key| self.of[key].clone()).zip(extras).collect()
    }
}

/// A hash of all that a labelled row is made of.
fn key(row: &Row, columns: &Columns) -> [u8; blake3::OUT_LEN] {
    let mut hash = blake3::Hasher::new();
    for column in [Column::Description, Column::Title, Column::Company, Column::Label] {
        let text = row.get(columns, column);
        hash.update(&text.len().to_le_bytes()).update(text.as_bytes());
    }
    hash.finalize().into()
}
