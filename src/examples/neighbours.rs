//! Which rows must not vouch for each other: those of one organisation, and near copies of one text.

use crate::examples::example::RowId;
use crate::examples::near_copies::KEYS;
use rapidhash::fast::RandomState;
use std::collections::HashMap;

/// Who is whose neighbour among some rows: of the same organisation, or of a text that is nearly the same. Texts
/// are held together by chains of near copies; rows are not, so that an organisation that repeats the texts of two
/// others does not make neighbours of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Neighbours {
    /// By row: the number of its organisation, counted from 0 in the order of the rows.
    pub(crate) organisations: Vec<usize>,
    /// By row: the number of its text, near copies having the same, counted likewise.
    pub(crate) texts: Vec<usize>,
}

impl Neighbours {
    /// Those among rows.
    pub(crate) fn new(rows: &[RowId]) -> Self {
        let mut texts: Vec<usize> = (0..rows.len()).collect();
        join_same(&mut texts, rows.iter().map(|row| row.text).enumerate());
        for place in 0..KEYS {
            let keys = rows.iter().enumerate();
            join_same(&mut texts, keys.filter_map(|(i, row)| Some((i, row.near.get(place)?))));
        }
        let mut organisations: Vec<usize> = (0..rows.len()).collect();
        join_same(&mut organisations, rows.iter().map(|row| row.organisation).enumerate());
        Self { organisations: numbered(organisations), texts: numbered(texts) }
    }

    /// For each row the number of its text, near copies having the same.
    pub(crate) fn texts(&self) -> &[usize] {
        &self.texts
    }

    /// How many of these rows speak for themselves, at most: a row does not for one of its organisation, nor for
    /// one of its text.
    pub(crate) fn independent(&self, rows: &[usize]) -> usize {
        let different = |of: &[usize]| {
            let mut of: Vec<usize> = rows.iter().map(|&row| of[row]).collect();
            of.sort_unstable();
            of.dedup();
            of.len()
        };
        different(&self.organisations).min(different(&self.texts))
    }

    /// The same of all rows.
    pub(crate) fn all_independent(&self) -> usize {
        self.independent(&(0..self.texts.len()).collect::<Vec<_>>())
    }

    /// How many rows have a neighbour that is in another fold; `fold` gives that of the row at a place.
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

    /// For each row the first that it hangs together with, by whatever chain of neighbours.
    pub(crate) fn chains(&self) -> Vec<usize> {
        let mut first: Vec<usize> = (0..self.texts.len()).collect();
        join_same(&mut first, self.organisations.iter().copied().enumerate());
        join_same(&mut first, self.texts.iter().copied().enumerate());
        (0..first.len()).map(|row| root(&mut first, row)).collect()
    }
}

/// Puts rows together that have the same key.
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

/// The first row that a row was put together with.
fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

/// The number of what each row was put together with, counted from 0.
fn numbered(mut parent: Vec<usize>) -> Vec<usize> {
    let mut numbers = vec![0; parent.len()];
    let mut next = 0;
    for row in 0..parent.len() {
        // The first stands before all others.
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
