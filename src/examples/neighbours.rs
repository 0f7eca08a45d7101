//! Which rows would leak each other's labels: those of one organisation, and near copies of one text.

use crate::examples::identity::RowId;
use crate::examples::near_copies::KEYS;
use rapidhash::fast::RandomState;
use std::collections::HashMap;

/// Two rows are neighbours if they are of the same organisation, or of the same text up to chains of near copies. The
/// relation is not transitive: an organisation that repeats the texts of two others does not make them neighbours.
#[derive(Debug, Clone, Default)]
pub(crate) struct Neighbours {
    /// By row: the number of its organisation, from 0 in order of first occurrence.
    pub(crate) organisations: Vec<usize>,
    /// By row: the number of its text, the same for near copies, likewise.
    pub(crate) texts: Vec<usize>,
}

impl Neighbours {
    /// Finds the neighbours among rows.
    pub(crate) fn new(rows: &[RowId]) -> Self {
        let mut texts: Vec<usize> = (0..rows.len()).collect();
        join_same(&mut texts, rows.iter().map(|row| row.text).enumerate());
        for band in 0..KEYS {
            let keys = rows.iter().enumerate();
            join_same(&mut texts, keys.filter_map(|(i, row)| Some((i, row.near.get(band)?))));
        }
        let mut organisations: Vec<usize> = (0..rows.len()).collect();
        join_same(&mut organisations, rows.iter().map(|row| row.organisation).enumerate());
        Self { organisations: numbered(organisations), texts: numbered(texts) }
    }

    /// By row: the number of its text, the same for near copies.
    pub(crate) fn texts(&self) -> &[usize] {
        &self.texts
    }

    /// An upper bound of how many of these rows are independent: the number of organisations, or of texts if that is
    /// smaller.
    pub(crate) fn independent(&self, rows: &[usize]) -> usize {
        let distinct = |of: &[usize]| {
            let mut of: Vec<usize> = rows.iter().map(|&row| of[row]).collect();
            of.sort_unstable();
            of.dedup();
            of.len()
        };
        distinct(&self.organisations).min(distinct(&self.texts))
    }

    /// [`Self::independent`] for all rows.
    pub(crate) fn all_independent(&self) -> usize {
        self.independent(&(0..self.texts.len()).collect::<Vec<_>>())
    }

    /// How many rows have a neighbour in another fold; `fold` gives the fold of a row.
    pub(crate) fn split_by(&self, fold: impl Fn(usize) -> usize) -> usize {
        let split = |numbers: &[usize]| -> Vec<bool> {
            let members = members(numbers);
            let split = |rows: &Vec<usize>| rows.windows(2).any(|two| fold(two[0]) != fold(two[1]));
            let split: Vec<bool> = members.iter().map(split).collect();
            numbers.iter().map(|&number| split[number]).collect()
        };
        let both = [split(&self.organisations), split(&self.texts)];
        (0..self.texts.len()).filter(|&row| both[0][row] || both[1][row]).count()
    }

    /// By row: the first row of its connected component, over chains of neighbours.
    pub(crate) fn chains(&self) -> Vec<usize> {
        let mut first: Vec<usize> = (0..self.texts.len()).collect();
        join_same(&mut first, self.organisations.iter().copied().enumerate());
        join_same(&mut first, self.texts.iter().copied().enumerate());
        (0..first.len()).map(|row| root(&mut first, row)).collect()
    }
}

/// Merges the sets of rows that have the same key (union-find).
fn join_same<K: std::hash::Hash + Eq>(
    parent: &mut [usize],
    keys: impl Iterator<Item = (usize, K)>,
) {
    let mut first: HashMap<K, usize, RandomState> = HashMap::default();
    for (row, key) in keys {
        let other = *first.entry(key).or_insert(row);
        let (a, b) = (root(parent, row), root(parent, other));
        parent[a.max(b)] = a.min(b);
    }
}

/// The first row of the set of a row, with path halving.
fn root(parent: &mut [usize], mut row: usize) -> usize {
    while parent[row] != row {
        parent[row] = parent[parent[row]];
        row = parent[row];
    }
    row
}

/// The number of the set of each row, from 0 in order of first occurrence.
fn numbered(mut parent: Vec<usize>) -> Vec<usize> {
    let mut numbers = vec![0; parent.len()];
    let mut next = 0;
    for row in 0..parent.len() {
        // The first row of a set comes before the others.
        let first = root(&mut parent, row);
        if first == row {
            numbers[row] = next;
            next += 1;
        } else {
            numbers[row] = numbers[first];
        }
    }
    numbers
}

/// The rows of each number.
pub(crate) fn members(numbers: &[usize]) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); numbers.iter().max().map_or(0, |last| last + 1)];
    numbers.iter().enumerate().for_each(|(row, &number)| members[number].push(row));
    members
}

#[cfg(test)]
mod tests {
    use super::super::near_copies::NearKeys;
    use super::*;

    fn row(organisation: u64, text: u64, near: u8) -> RowId {
        RowId::new(organisation, text, 0, 0).with_near(NearKeys::from_bytes(&[near; _]))
    }

    #[test]
    fn an_organisation_that_repeats_two_texts_does_not_join_them() {
        let rows = [row(1, 10, 0), row(2, 20, 0), row(3, 10, 0), row(3, 20, 0), row(4, 40, 0)];
        let neighbours = Neighbours::new(&rows);
        assert_eq!(neighbours.organisations, [0, 1, 2, 2, 3]);
        assert_eq!(neighbours.texts, [0, 1, 0, 1, 2]);
        assert_eq!(neighbours.chains(), [0, 0, 0, 0, 4]);
        assert_eq!(neighbours.independent(&[0, 1, 2, 3, 4]), 3);
        assert_eq!(neighbours.independent(&[0, 2]), 1);
    }

    #[test]
    fn near_copies_share_a_text() {
        let rows = [row(1, 10, 7), row(2, 20, 7), row(3, 30, 0), row(4, 40, 0), row(5, 30, 8)];
        assert_eq!(Neighbours::new(&rows).texts, [0, 0, 1, 2, 1]);
    }
}
