//! The sparse count matrix of a model, with every feature, however rare, and the identity of every row. Integers only,
//! so that adding, subtracting and merging are exact, in any order.

use crate::counts::feature_count::{ClassCount, FeatureCount};
use crate::evidence::FeatureKey;
use crate::examples::example::Example;
use crate::examples::identity::{RowId, rows_hash};
use crate::examples::neighbours::Neighbours;
use rapidhash::fast::RandomState;
use rayon::prelude::*;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

/// One feature: where its text and its class counts begin. They end where those of the next begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FeatureEntry {
    key: FeatureKey,
    text: u32,
    class_counts: u32,
}

/// Class counts of every feature (features x classes x buckets, sparse), and the rows that were counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CountMatrix {
    /// Sorted by key.
    entries: Vec<FeatureEntry>,
    texts: String,
    /// By feature, then by slot.
    class_counts: Vec<ClassCount>,
    /// Sorted. A row that was counted twice is in it twice.
    pub(crate) rows: Vec<RowId>,
}

/// What was to be subtracted is not contained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotContained;

impl CountMatrix {
    /// Makes room for features and class counts.
    pub(super) fn reserve_exact(&mut self, features: usize, class_counts: usize) {
        self.entries.reserve_exact(features);
        self.class_counts.reserve_exact(class_counts);
    }

    /// Appends a feature, whose key is greater than all before. One without postings is skipped.
    pub(crate) fn push(
        &mut self,
        key: FeatureKey,
        text: Option<&str>,
        class_counts: impl IntoIterator<Item = ClassCount>,
    ) {
        let first = self.class_counts.len();
        self.class_counts
            .extend(class_counts.into_iter().filter(|c| (c.postings, c.plain) != (0, 0)));
        if self.class_counts.len() == first {
            return;
        }
        let plain = self.class_counts[first..].iter().any(|c| c.plain > 0);
        self.entries.push(FeatureEntry {
            key,
            text: self.texts.len() as u32,
            class_counts: first as u32,
        });
        self.texts.push_str(text.filter(|_| plain).unwrap_or_default());
    }

    /// The key, the text if it occurs somewhere in lower case, and the class counts of each feature, by key.
    pub(crate) fn features(
        &self,
    ) -> impl Iterator<Item = (FeatureKey, Option<&str>, &[ClassCount])> {
        (0..self.len() as u32).map(|index| self.feature(index))
    }

    /// The text of a feature, if it was ever counted; empty if it never occurs in lower case.
    pub(crate) fn text(&self, key: FeatureKey) -> Option<&str> {
        let index = self.entries.binary_search_by_key(&key, |e| e.key).ok()?;
        Some(self.feature(index as u32).1.unwrap_or_default())
    }

    /// The class counts of the feature at an index.
    pub(crate) fn class_counts(&self, index: u32) -> &[ClassCount] {
        self.feature(index).2
    }

    /// Number of features.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The key, the text if it occurs somewhere in lower case, and the class counts of the feature at an index.
    pub(crate) fn feature(&self, index: u32) -> (FeatureKey, Option<&str>, &[ClassCount]) {
        let index = index as usize;
        let (entry, next) = (self.entries[index], self.entries.get(index + 1));
        let text_end = next.map_or(self.texts.len(), |next| next.text as usize);
        let class_counts_end =
            next.map_or(self.class_counts.len(), |next| next.class_counts as usize);
        let text = &self.texts[entry.text as usize..text_end];
        let class_counts = &self.class_counts[entry.class_counts as usize..class_counts_end];
        (entry.key, Some(text).filter(|t| !t.is_empty()), class_counts)
    }

    /// The features that are frequent enough, and no rows; `sizes` are the numbers of roles and of classes.
    pub(crate) fn frequent(&self, sizes: [usize; 2]) -> Self {
        let mut matrix = Self::default();
        for (key, text, class_counts) in self.features() {
            if FeatureCount::frequent(key, class_counts, sizes).is_some() {
                matrix.push(key, text, class_counts.iter().copied());
            }
        }
        matrix
    }

    /// How often a row was counted.
    pub(crate) fn count(&self, row: RowId) -> usize {
        let start = self.rows.partition_point(|r| *r < row);
        self.rows[start..].iter().take_while(|r| **r == row).count()
    }

    /// A row in the form it was counted in: with its title or without.
    pub(crate) fn as_counted<'e>(&self, example: &'e Example) -> Cow<'e, Example> {
        let toggled = example.row.title_toggled();
        if self.count(example.row) == 0 && self.count(toggled) > 0 {
            Cow::Owned(example.title_toggled())
        } else {
            Cow::Borrowed(example)
        }
    }

    /// The rows of a posting, of whatever class.
    pub(crate) fn of_posting(&self, row: RowId) -> &[RowId] {
        let start = self.rows.partition_point(|r| r.posting() < row.posting());
        let length = self.rows[start..].partition_point(|r| r.posting() == row.posting());
        &self.rows[start..][..length]
    }

    /// BLAKE3 hash of the identities of the rows.
    pub(crate) fn rows_hash(&self) -> String {
        rows_hash(self.rows.iter().copied())
    }

    /// Number of organisations.
    pub(crate) fn organisations(&self) -> usize {
        self.rows.chunk_by(|a, b| a.organisation == b.organisation).count()
    }

    /// For each row a mask of the buckets that would leak its label: those with rows of its organisation, or with a
    /// near copy of its text.
    pub(crate) fn leaking_buckets(&self, rows: &[RowId]) -> Vec<u16> {
        let copies = self.copies_of(rows);
        let all: Vec<RowId> = rows.iter().chain(copies).copied().collect();
        let texts = Neighbours::new(&all).texts;
        let bit = |row: &RowId| 1u16 << row.bucket();
        let mut of_text = vec![0; all.len()];
        for (row, &text) in all.iter().zip(&texts).skip(rows.len()) {
            of_text[text] |= bit(row);
        }
        let of_row = |(row, &text): (&RowId, &usize)| {
            let start = self.rows.partition_point(|r| r.organisation < row.organisation);
            let known = self.rows.get(start).is_some_and(|r| r.organisation == row.organisation);
            of_text[text] | if known { bit(row) } else { 0 }
        };
        rows.iter().zip(&texts).map(of_row).collect()
    }

    /// The counted rows that are near copies of any of these.
    fn copies_of(&self, rows: &[RowId]) -> Vec<&RowId> {
        let texts: HashSet<u64, RandomState> = rows.iter().map(|row| row.text).collect();
        let near: HashSet<(usize, u32), RandomState> =
            rows.iter().flat_map(|row| row.near.all()).collect();
        let is_copy = |row: &&RowId| {
            texts.contains(&row.text) || row.near.all().any(|key| near.contains(&key))
        };
        self.rows.par_iter().filter(is_copy).collect()
    }

    /// The sum of this and another; none if a count overflows.
    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        let mut sum = self.join(other, |a, b| both(a, b, u32::checked_add))?;
        sum.rows = [self.rows.as_slice(), &other.rows].concat();
        sum.rows.sort_unstable();
        Some(sum)
    }

    /// The difference of this and another that it contains.
    ///
    /// # Errors
    /// [`NotContained`] if it does not.
    pub(crate) fn minus(&self, other: &Self) -> Result<Self, NotContained> {
        let subtract = |a: [u32; 2], b: [u32; 2]| both(a, b, u32::checked_sub);
        let difference = self.join(other, subtract).ok_or(NotContained)?;
        self.without_rows(other, difference)
    }

    /// The difference of this and another whose rows it contains, but not all of their features: what it does not
    /// contain is not subtracted.
    ///
    /// # Errors
    /// [`NotContained`] if it does not contain the rows.
    pub(crate) fn minus_contained(&self, other: &Self) -> Result<Self, NotContained> {
        let subtract = |[all, plain]: [u32; 2], b: [u32; 2]| {
            let postings = all.saturating_sub(b[0]);
            Some([postings, plain.saturating_sub(b[1]).min(postings)])
        };
        let difference = self.join(other, subtract).ok_or(NotContained)?;
        self.without_rows(other, difference)
    }

    /// Whether no feature has more postings in lower case than in all: so it is unless some are of a compact model, or
    /// were subtracted that were not added.
    pub(crate) fn is_consistent(&self) -> bool {
        self.class_counts.iter().all(|count| count.plain <= count.postings)
    }

    /// A difference with the rows of this that are not of the other.
    fn without_rows(&self, other: &Self, difference: Self) -> Result<Self, NotContained> {
        let mut removed = other.rows.iter().peekable();
        let kept = self.rows.iter().filter(|row| removed.next_if(|r| r == row).is_none());
        let rows = kept.copied().collect();
        if removed.peek().is_some() { Err(NotContained) } else { Ok(Self { rows, ..difference }) }
    }

    /// Merge-joins the features of two, combining their numbers of postings, and of those in lower case, with `by`.
    fn join(&self, other: &Self, by: CombineCounts) -> Option<Self> {
        let mut joined = Self::default();
        let mut class_counts = Vec::new();
        let (mut left, mut right) = (self.features().peekable(), other.features().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (None, None) => return Some(joined),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.0.cmp(&b.0),
            };
            let none = (None, &[][..]);
            let a = left.next_if(|_| order != Ordering::Greater);
            let b = right.next_if(|_| order != Ordering::Less);
            let key = a.or(b)?.0;
            let ((a_text, a), (b_text, b)) =
                (a.map_or(none, |(_, t, c)| (t, c)), b.map_or(none, |(_, t, c)| (t, c)));
            join_class_counts(a, b, by, &mut class_counts)?;
            joined.push(key, a_text.or(b_text), class_counts.iter().copied());
        }
    }
}

/// Combines the postings of a class with a feature, and those with it in lower case; none if a number overflows.
pub(super) type CombineCounts = fn([u32; 2], [u32; 2]) -> Option<[u32; 2]>;

pub(super) fn both(a: [u32; 2], b: [u32; 2], by: fn(u32, u32) -> Option<u32>) -> Option<[u32; 2]> {
    Some([by(a[0], b[0])?, by(a[1], b[1])?])
}

/// Combines the class counts of a feature into `joined`; none if a number overflows.
pub(super) fn join_class_counts(
    a: &[ClassCount],
    b: &[ClassCount],
    by: CombineCounts,
    joined: &mut Vec<ClassCount>,
) -> Option<()> {
    joined.clear();
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    while let Some(slot) = [left.peek(), right.peek()].into_iter().flatten().map(|c| c.slot).min() {
        let a = left.next_if(|count| count.slot == slot);
        let Some(b) = right.next_if(|count| count.slot == slot) else {
            joined.extend(a);
            continue;
        };
        let a = a.map_or([0, 0], |a| [a.postings, a.plain]);
        let [postings, plain] = by(a, [b.postings, b.plain])?;
        joined.push(ClassCount { slot, postings, plain });
    }
    Some(())
}

/// The features of a count matrix that are frequent enough, with their texts and feature counts, by key.
pub(crate) fn frequent(
    matrix: &CountMatrix,
    [roles, classes]: [usize; 2],
) -> impl Iterator<Item = (FeatureKey, &str, FeatureCount)> {
    matrix.features().filter_map(move |(key, text, class_counts)| {
        // Without a text it occurs nowhere in lower case.
        Some((key, text?, FeatureCount::frequent(key, class_counts, [roles, classes])?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::feature_names::FeatureNames;
    use crate::evidence::{Channel, Occurrence, Stated};
    use crate::model::training_state::TrainingState;
    use proptest::prelude::*;

    const CLASSES: u16 = 4;

    /// Rows with few organisations, texts and features, so that many are shared; some twice.
    fn rows() -> impl Strategy<Value = Vec<Example>> {
        let features = prop::collection::btree_map(0..30u32, any::<bool>(), 0..12);
        let row = (0..9u64, 0..40u64, 0..CLASSES, features);
        prop::collection::vec(row, 0..40).prop_map(|rows| {
            let example = |(organisation, text, class, features): (u64, u64, u16, _)| Example {
                row: RowId::new(organisation, text, 0, class),
                outcome: class.into(),
                of_role: class < 3,
                text: keys(features).into_iter().collect(),
                title: [].into(),
                states: Stated::NO_TITLE,
                mentions: Vec::new(),
            };
            rows.into_iter().map(example).collect()
        })
    }

    fn text(feature: u32) -> String {
        format!("feature{feature}")
    }

    fn keys(features: std::collections::BTreeMap<u32, bool>) -> Vec<Occurrence> {
        let key = |(f, plain)| Occurrence::new(FeatureKey::new(Channel::Words, &text(f)), plain);
        let mut keys: Vec<_> = features.into_iter().map(key).collect();
        keys.sort_unstable();
        keys
    }

    fn counted(rows: &[&Example]) -> CountMatrix {
        let names = FeatureNames::default();
        for feature in 0..30 {
            names.insert(FeatureKey::new(Channel::Words, &text(feature)), &text(feature));
        }
        CountMatrix::new(rows, names.into())
    }

    fn written(training_state: &TrainingState) -> Vec<u8> {
        let mut bytes = Vec::new();
        training_state.write(&mut bytes).expect("memory can be written to");
        bytes
    }

    proptest! {
        #[test]
        fn sums_and_differences_are_those_of_the_rows(rows in rows(), split in any::<u64>()) {
            let (a, b): (Vec<(usize, &Example)>, Vec<_>) =
                rows.iter().enumerate().partition(|(i, _)| split >> (i % 64) & 1 == 0);
            let part = |part: Vec<(usize, &Example)>| {
                counted(&part.into_iter().map(|(_, row)| row).collect::<Vec<_>>())
            };
            let (all, a, b) = (counted(&rows.iter().collect::<Vec<_>>()), part(a), part(b));
            prop_assert_eq!(a.plus(&b), Some(all.clone()));
            prop_assert_eq!(b.plus(&a), Some(all.clone()));
            prop_assert_eq!(all.minus(&b), Ok(a.clone()));
            prop_assert_eq!(all.minus(&all), Ok(CountMatrix::default()));
            if !b.rows.is_empty() {
                prop_assert_eq!(a.minus(&all), Err(NotContained));
            }
        }

        #[test]
        fn what_is_written_can_be_read(rows in rows()) {
            let matrix = counted(&rows.iter().collect::<Vec<_>>());
            let training_state = TrainingState { matrix, ..TrainingState::default() };
            let sizes = [3, CLASSES.into()];
            let read = TrainingState::from_bytes(&written(&training_state), sizes);
            prop_assert_eq!(read.expect("it can be read"), training_state);
        }

        #[test]
        fn broken_bytes_are_refused_or_make_sense(bytes in prop::collection::vec(any::<u8>(), 0..200), rows in rows(), at in any::<prop::sample::Index>()) {
            let sizes = [3, CLASSES.into()];
            drop(TrainingState::from_bytes(&bytes, sizes));
            let matrix = counted(&rows.iter().collect::<Vec<_>>());
            let mut whole = written(&TrainingState { matrix, ..TrainingState::default() });
            let at = at.index(whole.len());
            whole[at] ^= bytes.first().copied().unwrap_or(1);
            drop(TrainingState::from_bytes(&whole, sizes));
        }
    }
}
