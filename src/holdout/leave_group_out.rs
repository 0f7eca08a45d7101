//! Leave-one-group-out: the scores of a model that never saw a posting's neighbours, by subtracting their counts
//! exactly.

use crate::bayes::lexicon_weights::LexiconWeights;
use crate::bayes::scores::Scores;
use crate::bayes::weights::{ClassTotals, Normalisers, is_selected, weigh};
use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_count::{Buckets, FeatureCount, Support};
use crate::counts::feature_counts::FeatureCounts;
use crate::evidence::{Channel, FeatureKey, Occurrence};
use crate::examples::example::Example;
use crate::examples::identity::RowId;
use crate::examples::neighbours::Neighbours;
use crate::examples::rows::{Rows, ids};
use crate::holdout::removals::{Further, Removal, removals};
use crate::lexicon::Lexicon;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Counting all remaining features takes as long as removing about this many rows. Tests try both.
const COUNTING_ROWS: usize = if cfg!(test) { 20 } else { 1000 };

/// Class totals by channel.
type AllTotals = [ClassTotals; Channel::ALL.len()];

/// Counts, with the totals and weights that scoring needs.
pub(crate) struct HeldOut {
    feature_counts: FeatureCounts,
    lexicon: LexiconWeights,
    totals: AllTotals,
    /// Indices of the roles that have postings.
    roles: Vec<usize>,
}

impl HeldOut {
    pub(crate) fn new(feature_counts: FeatureCounts, lexicon: LexiconWeights) -> Self {
        let mut totals: AllTotals =
            std::array::from_fn(|_| ClassTotals::new(feature_counts.classes()));
        for feature in feature_counts.features() {
            change(&mut totals, feature, &lexicon, ClassTotals::add);
        }
        let roles = (0..lexicon.roles).filter(|&role| is_counted(&totals, role)).collect();
        Self { feature_counts, lexicon, totals, roles }
    }

    /// The same counts, with the rows at some indices moved to other roles.
    pub(crate) fn relabelled<R: Rows>(
        self,
        rows: &R,
        roles: &BTreeMap<usize, usize>,
    ) -> io::Result<Self> {
        let Self { mut feature_counts, lexicon, .. } = self;
        for (&row, &role) in roles {
            feature_counts.relabel(rows.get(row)?.as_ref(), role);
        }
        Ok(Self::new(feature_counts, lexicon))
    }

    /// New counts without those of some rows, each of which was counted.
    fn recounted_without(&self, rows: &[&Example]) -> Self {
        let roles = self.roles.clone();
        Self { roles, ..Self::new(self.feature_counts.without(rows), self.lexicon.clone()) }
    }

    /// Calls `then` with the index and the counts without its neighbours of each wanted row; results in the order of
    /// rows.
    pub(crate) fn by_neighbours<R: Rows + ?Sized, T: Send>(
        &self,
        rows: &R,
        neighbours: &Neighbours,
        wanted: impl Fn(usize) -> bool,
        then: impl Fn(usize, &Example, &RemainingCounts) -> io::Result<T> + Sync,
    ) -> io::Result<Vec<(usize, T)>> {
        let get = |indices: &[usize]| -> io::Result<Vec<Cow<Example>>> {
            indices.iter().map(|&index| rows.get(index)).collect()
        };
        let done = |scratch: &mut [Scratch; 2], removal: Removal| -> io::Result<Vec<(usize, T)>> {
            let [scratch, further_scratch] = scratch;
            let group = get(&removal.rows)?;
            let group: Vec<&Example> = group.iter().map(AsRef::as_ref).collect();
            let row = |index: usize| group[removal.rows.partition_point(|&other| other < index)];
            let mut done = Vec::with_capacity(removal.scored.len());
            if !removal.scored.is_empty() {
                let remaining = self.without(&group, scratch);
                for &index in &removal.scored {
                    done.push((index, then(index, row(index), &remaining)?));
                }
            }
            let recounted = (group.len() * removal.further.len() > COUNTING_ROWS)
                .then(|| self.recounted_without(&group));
            for Further { rows: further, scored } in &removal.further {
                let further = get(further)?;
                let further = further.iter().map(AsRef::as_ref);
                let remaining = match &recounted {
                    Some(counts) => counts.without(&further.collect::<Vec<_>>(), further_scratch),
                    None => self.without(
                        &group.iter().copied().chain(further).collect::<Vec<_>>(),
                        scratch,
                    ),
                };
                for &index in scored {
                    done.push((index, then(index, row(index), &remaining)?));
                }
            }
            Ok(done)
        };
        let done: io::Result<Vec<_>> = removals(neighbours, wanted)
            .into_par_iter()
            .map_init(<[Scratch; 2]>::default, done)
            .collect();
        let mut done: Vec<(usize, T)> = done?.into_iter().flatten().collect();
        done.sort_unstable_by_key(|(i, _)| *i);
        Ok(done)
    }

    /// All counts, with nothing removed.
    pub(crate) fn all(&self) -> RemainingCounts<'_> {
        let normalisers = self.totals.each_ref().map(ClassTotals::normalisers);
        let classes = self.feature_counts.classes();
        let mut weights = vec![0.0; self.feature_counts.len() * classes];
        let features = self.feature_counts.features();
        let features = features.map(|(key, postings, _)| {
            (&normalisers[key.channel() as usize], postings, self.lexicon.of(key))
        });
        weigh(features, &mut weights, classes);
        RemainingCounts {
            held_out: self,
            normalisers,
            removed: Removed::Nothing(weights),
            lexicon_only: false,
        }
    }

    /// The counts without these rows, each of which was counted.
    fn without<'r>(&'r self, rows: &[&Example], scratch: &'r mut Scratch) -> RemainingCounts<'r> {
        let Scratch { fetched, occurrences, all_counts, counts, group, removed } = scratch;
        occurrences.clear();
        all_counts.clear();
        counts.clear();
        group.clear();
        for (i, row) in rows.iter().enumerate() {
            let of_row = self.feature_counts.indices_of(&row.features, fetched);
            occurrences.extend(of_row.map(|(index, feature)| (index, i as u32, feature)));
        }
        // Those of a row are sorted already: the stable sort merges these runs.
        occurrences.sort_by_key(|occurrence| occurrence.0);
        let classes = self.feature_counts.classes();
        let features = || occurrences.chunk_by(|a, b| a.0 == b.0);
        // Copied in one loop, so that the cache misses overlap.
        for same in features() {
            all_counts.extend_from_slice(self.feature_counts.postings(same[0].0 as usize));
        }
        let mut totals = self.totals.clone();
        for (same, all) in features().zip(all_counts.chunks_exact(classes)) {
            let (index, feature) = (same[0].0 as usize, same[0].2.key());
            let removed_rows =
                || same.iter().map(|&(_, row, feature)| (rows[row as usize], feature.plain()));
            let is_frequent = removed.leave_frequent(&self.feature_counts, index, removed_rows());
            group.push(feature, is_frequent);
            if is_frequent {
                let totals = &mut totals[feature.channel() as usize].counted;
                let start = counts.len();
                counts.extend_from_slice(all);
                for (row, _) in removed_rows() {
                    counts[start + row.row.class()] -= 1;
                    totals[row.row.class()] -= 1;
                }
            } else {
                let all = (feature, all, self.feature_counts.support(index));
                change(&mut totals, all, &self.lexicon, ClassTotals::remove);
            }
        }
        let lexicon_only = self.lacks_a_role(&totals);
        let normalisers = totals.map(|of_channel| of_channel.normalisers());
        group.weights.resize(counts.len(), 0.0);
        let frequent = group.keys.iter().zip(&group.slots).filter(|(_, slot)| slot.is_some());
        let frequent = frequent.zip(counts.chunks_exact(classes)).map(|((key, _), counts)| {
            (&normalisers[key.channel() as usize], counts, self.lexicon.of(*key))
        });
        weigh(frequent, &mut group.weights, classes);
        RemainingCounts {
            held_out: self,
            normalisers,
            removed: Removed::Group(group),
            lexicon_only,
        }
    }

    /// Whether no posting remains of a role that was counted.
    fn lacks_a_role(&self, remaining: &AllTotals) -> bool {
        self.roles.iter().any(|&role| !is_counted(remaining, role))
    }
}

/// Counts of a count matrix, from which buckets of organisations can be removed.
pub(crate) struct BucketHoldout<'a> {
    matrix: &'a CountMatrix,
    /// By feature index of the feature counts: the index in the count matrix.
    indices: Vec<u32>,
    held_out: HeldOut,
}

impl<'a> BucketHoldout<'a> {
    pub(crate) fn new(
        matrix: &'a CountMatrix,
        lexicon: &LexiconWeights,
        sizes: [usize; 2],
    ) -> Self {
        let (feature_counts, indices) = FeatureCounts::from_matrix(matrix, sizes);
        Self { matrix, indices, held_out: HeldOut::new(feature_counts, lexicon.clone()) }
    }

    /// The counts without the postings of the buckets in a mask.
    pub(crate) fn without(&self, mask: u16) -> RemainingCounts<'_> {
        let HeldOut { feature_counts, lexicon, .. } = &self.held_out;
        let mut totals: AllTotals =
            std::array::from_fn(|_| ClassTotals::new(feature_counts.classes()));
        let mut remaining = FeatureCount::new(feature_counts.classes());
        for ((key, ..), &index) in feature_counts.features().zip(&self.indices) {
            remaining.as_mut().set(self.matrix.class_counts(index), mask, lexicon.roles);
            let feature = (key, remaining.postings.as_slice(), remaining.support);
            change(&mut totals, feature, lexicon, ClassTotals::add);
        }
        let lexicon_only = self.held_out.lacks_a_role(&totals);
        let normalisers = totals.map(|of_channel| of_channel.normalisers());
        RemainingCounts {
            held_out: &self.held_out,
            normalisers,
            removed: Removed::Buckets(self, mask),
            lexicon_only,
        }
    }

    /// Calls `then` with the index and the counts without the buckets in its mask of each wanted row; results in the
    /// order of rows.
    pub(crate) fn by_mask<R: Rows + ?Sized, T: Send>(
        &self,
        rows: &R,
        masks: &[u16],
        wanted: impl Fn(usize) -> bool + Sync,
        then: impl Fn(usize, &Example, &RemainingCounts) -> io::Result<T> + Sync,
    ) -> io::Result<Vec<(usize, T)>> {
        let mut of_mask: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
        for (i, &mask) in masks.iter().enumerate().filter(|(i, _)| wanted(*i)) {
            of_mask.entry(mask).or_default().push(i);
        }
        let by_mask = |(mask, indices): (u16, Vec<usize>)| -> io::Result<Vec<(usize, T)>> {
            let remaining = self.without(mask);
            indices
                .into_par_iter()
                .map(|i| Ok((i, then(i, rows.get(i)?.as_ref(), &remaining)?)))
                .collect()
        };
        let done: io::Result<Vec<_>> = of_mask.into_par_iter().map(by_mask).collect();
        let mut done: Vec<(usize, T)> = done?.into_iter().flatten().collect();
        done.sort_unstable_by_key(|(i, _)| *i);
        Ok(done)
    }
}

/// Naive Bayes weights from counts without some of the rows.
pub(crate) struct RemainingCounts<'a> {
    held_out: &'a HeldOut,
    normalisers: [Normalisers; Channel::ALL.len()],
    removed: Removed<'a>,
    /// Whether no posting remains of some role, so that only the lexicon scores.
    lexicon_only: bool,
}

/// What is removed from the counts.
enum Removed<'a> {
    /// Nothing; with all weights, features x classes.
    Nothing(Vec<f64>),
    /// A group of rows; the counts of features that are not in it are unchanged.
    Group(&'a GroupCounts),
    /// The postings of the buckets in the mask.
    Buckets(&'a BucketHoldout<'a>, u16),
}

/// Scratch buffers to remove groups of rows, one group after the other.
#[derive(Default)]
struct Scratch {
    /// The features of a row, with the contents of their home slots.
    fetched: Vec<(Occurrence, u64)>,
    /// Feature index, row index and feature of each occurrence in the rows.
    occurrences: Vec<(u32, u32, Occurrence)>,
    /// Counts of each feature by class, with the rows.
    all_counts: Vec<u32>,
    /// Counts without the rows of each feature that stays frequent enough, by class.
    counts: Vec<u32>,
    group: GroupCounts,
    removed: RemovedBuckets,
}

/// The features of a removed group, sorted, with their weights without it.
#[derive(Default)]
struct GroupCounts {
    keys: Vec<FeatureKey>,
    /// Row of each in `weights`, if it stays frequent enough.
    slots: Vec<Option<u32>>,
    /// Frequent features x classes.
    weights: Vec<f64>,
    /// Number of frequent features.
    frequent: u32,
}

impl GroupCounts {
    fn clear(&mut self) {
        self.keys.clear();
        self.slots.clear();
        self.weights.clear();
        self.frequent = 0;
    }

    fn push(&mut self, key: FeatureKey, is_frequent: bool) {
        self.keys.push(key);
        self.slots.push(is_frequent.then_some(self.frequent));
        self.frequent += u32::from(is_frequent);
    }

    /// The index at which a feature is or would be, which is not below `from`: by exponential search, since the next
    /// one is mostly close.
    fn find(&self, key: FeatureKey, from: usize) -> usize {
        let (mut start, mut step) = (from, 1);
        while self.keys.get(start + step).is_some_and(|other| *other <= key) {
            start += step;
            step *= 2;
        }
        let end = self.keys.len().min(start + step);
        start + self.keys[start..end].partition_point(|other| *other < key)
    }

    /// The weights of the feature at an index, if it is frequent enough.
    fn weights(&self, index: usize, classes: usize) -> Option<&[f64]> {
        self.slots[index].map(|slot| &self.weights[slot as usize * classes..][..classes])
    }
}

/// Scratch buffer for the number of removed rows with a feature in lower case, by bucket. All zero between uses.
#[derive(Default)]
struct RemovedBuckets(Buckets);

impl RemovedBuckets {
    /// Whether a feature stays frequent enough without these of its rows.
    fn leave_frequent<'e>(
        &mut self,
        feature_counts: &FeatureCounts,
        index: usize,
        rows: impl ExactSizeIterator<Item = (&'e Example, bool)> + Clone,
    ) -> bool {
        let (channel, mut support) =
            (feature_counts.feature(index).channel(), feature_counts.support(index));
        // Each row is of one bucket.
        if support.is_frequent_without(channel, rows.len() as u32) {
            return true;
        }
        let plain = rows.filter(|(_, plain)| *plain).map(|(row, _)| row);
        let parts = |row: &Example| 1 + usize::from(row.of_role);
        for row in plain.clone() {
            self.0[..parts(row)].iter_mut().for_each(|removed| removed[row.row.bucket()] += 1);
        }
        for row in plain.clone() {
            support.remove_bucket(row.row.bucket(), feature_counts.buckets(index), &self.0);
        }
        for row in plain {
            self.0.iter_mut().for_each(|removed| removed[row.row.bucket()] = 0);
        }
        support.is_frequent(channel)
    }
}

impl RemainingCounts<'_> {
    /// The weights of a feature by class; none if it is not frequent enough or not selected.
    pub(crate) fn weights(&self, key: FeatureKey) -> Option<Vec<f64>> {
        let mut scratch = self.scratch();
        let weights = self.with_weights(key, &mut scratch, <[f64]>::to_vec)?;
        is_selected(key.channel(), weights.iter().copied()).then_some(weights)
    }

    /// The scores of a posting, by the remaining counts.
    pub(crate) fn score(&self, example: &Example) -> Scores {
        if self.lexicon_only {
            return Scores { lexicon_only: true, ..self.scores(example, |_, _| {}) };
        }
        let mut scratch = self.scratch();
        let Removed::Group(group) = &self.removed else {
            return self.scores(example, |key, add| {
                self.with_weights(key, &mut scratch, add);
            });
        };
        let classes = self.held_out.feature_counts.classes();
        let mut index = 0;
        self.scores(example, |key, add| {
            index = group.find(key, index);
            if group.keys.get(index) != Some(&key) {
                self.with_unchanged_weights(key, &mut scratch, add);
            } else if let Some(weights) = group.weights(index, classes) {
                add(weights);
            }
        })
    }

    fn scores(
        &self,
        example: &Example,
        learned: impl FnMut(FeatureKey, &mut dyn FnMut(&[f64])),
    ) -> Scores {
        let HeldOut { feature_counts, lexicon, .. } = self.held_out;
        let features = example.features.iter().map(|f| f.key());
        let sizes = [lexicon.roles, feature_counts.classes()];
        Scores::new(features, &example.mentions, example.stated(), sizes, learned, |key| {
            lexicon.centred(key)
        })
    }

    fn scratch(&self) -> (FeatureCount, Vec<f64>) {
        let classes = self.held_out.feature_counts.classes();
        (FeatureCount::new(classes), vec![0.0; classes])
    }

    /// Calls `then` with the weights of a feature, if it is frequent enough.
    fn with_weights<T>(
        &self,
        key: FeatureKey,
        scratch: &mut (FeatureCount, Vec<f64>),
        then: impl FnOnce(&[f64]) -> T,
    ) -> Option<T> {
        let HeldOut { feature_counts, lexicon, .. } = self.held_out;
        match &self.removed {
            Removed::Nothing(weights) => {
                let (index, classes) = (feature_counts.index_of(key)?, feature_counts.classes());
                let is_frequent = feature_counts.support(index).is_frequent(key.channel());
                is_frequent.then(|| then(&weights[index * classes..][..classes]))
            }
            Removed::Group(group) => {
                let index = group.find(key, 0);
                if group.keys.get(index) == Some(&key) {
                    return group.weights(index, feature_counts.classes()).map(then);
                }
                self.with_unchanged_weights(key, scratch, then)
            }
            Removed::Buckets(counts, mask) => {
                let index = counts.indices[feature_counts.index_of(key)?];
                let (feature_count, weights) = scratch;
                feature_count.as_mut().set(counts.matrix.class_counts(index), *mask, lexicon.roles);
                self.weigh(key, (&feature_count.postings, feature_count.support), weights, then)
            }
        }
    }

    /// [`Self::with_weights`] for a feature that no removed row has.
    fn with_unchanged_weights<T>(
        &self,
        key: FeatureKey,
        (_, weights): &mut (FeatureCount, Vec<f64>),
        then: impl FnOnce(&[f64]) -> T,
    ) -> Option<T> {
        let feature_counts = &self.held_out.feature_counts;
        let index = feature_counts.index_of(key)?;
        self.weigh(
            key,
            (feature_counts.postings(index), feature_counts.support(index)),
            weights,
            then,
        )
    }

    /// Computes the weights of a feature from its counts, and calls `then`, if it is frequent enough.
    fn weigh<T>(
        &self,
        key: FeatureKey,
        (postings, support): (&[u32], Support),
        weights: &mut [f64],
        then: impl FnOnce(&[f64]) -> T,
    ) -> Option<T> {
        support.is_frequent(key.channel()).then(|| {
            let normalisers = &self.normalisers[key.channel() as usize];
            normalisers.weights(postings, self.held_out.lexicon.of(key), weights);
            then(weights)
        })
    }
}

/// The scores of rows, each by the counts without the buckets in its mask.
pub(crate) fn scores_without(
    matrix: &CountMatrix,
    masks: &[u16],
    examples: &[&Example],
    lexicon: &LexiconWeights,
    sizes: [usize; 2],
) -> Vec<Scores> {
    let holdout = BucketHoldout::new(matrix, lexicon, sizes);
    let scores =
        holdout.by_mask(examples, masks, |_| true, |_, row, remaining| Ok(remaining.score(row)));
    scores.expect("rows in memory can be read").into_iter().map(|(_, scores)| scores).collect()
}

/// Whether a class has any posting.
fn is_counted(totals: &AllTotals, class: usize) -> bool {
    totals.iter().any(|of_channel| of_channel.counted[class] > 0)
}

/// Adds a feature to the class totals, or removes it, if it is frequent enough.
fn change(
    totals: &mut AllTotals,
    (feature, postings, support): (FeatureKey, &[u32], Support),
    lexicon: &LexiconWeights,
    by: fn(&mut ClassTotals, &[u32], &[f64]),
) {
    if support.is_frequent(feature.channel()) {
        by(&mut totals[feature.channel() as usize], postings, lexicon.of(feature));
    }
}

/// A row with its held-out scores: by counts without its neighbours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeldOutRow {
    pub(crate) row: RowId,
    pub(crate) scores: Scores,
}

/// Makes the counts ready for scoring, and gives the held-out scores of the wanted rows.
pub(crate) fn held_out(
    examples: &[&Example],
    feature_counts: FeatureCounts,
    lexicon: &Lexicon,
    wanted: impl Fn(RowId) -> bool + Sync,
) -> (HeldOut, Vec<HeldOutRow>) {
    let held_out = HeldOut::new(feature_counts, LexiconWeights::new(lexicon));
    let neighbours = Neighbours::new(&ids(examples));
    let score = |_, example: &Example, remaining: &RemainingCounts| {
        let mut scores = remaining.score(example);
        scores.round();
        Ok(HeldOutRow { row: example.row, scores })
    };
    let rows = held_out.by_neighbours(examples, &neighbours, |i| wanted(examples[i].row), score);
    let rows = rows.expect("rows in memory can be read").into_iter().map(|(_, row)| row).collect();
    (held_out, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Stated;
    use crate::examples::identity::RowId;
    use crate::examples::rows::ids;
    use proptest::prelude::*;

    /// Rows of several organisations over few features, the same at every run.
    fn rows() -> Vec<Example> {
        let mut state = 7u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        (0..120u64)
            .map(|i| {
                let outcome = next(4) as usize;
                let features =
                    (0..40).filter(|&f| next(5) < if f % 4 == outcome as u64 { 3 } else { 1 });
                let mut features: Vec<_> = features
                    .map(|f| {
                        Occurrence::new(FeatureKey::new(Channel::Words, &f.to_string()), f != 3)
                    })
                    .collect();
                features.sort_unstable();
                Example {
                    row: RowId::new(next(30), i, 0, outcome as u16),
                    outcome,
                    of_role: outcome < 3,
                    features: features.into(),
                    title: [].into(),
                    states: Stated::NO_TITLE,
                    mentions: vec![0; 4],
                }
            })
            .collect()
    }

    fn counted(rows: &[&Example]) -> HeldOut {
        let feature_counts = FeatureCounts::new(rows, None, None, [3, 4]).expect("rows in memory");
        let lexicon = Lexicon::embedded().expect("the lexicon is sound");
        HeldOut::new(feature_counts, LexiconWeights::new(&lexicon))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        /// The plain definition: a model that was trained without the neighbours, or the lexicon alone where that
        /// leaves a role without a posting.
        #[test]
        fn removing_neighbours_equals_training_without_them(
            of_rows in prop::collection::vec((0..12u64, 0..30u64), 120),
            organisations in 1..13u64,
            texts in 1..31u64,
        ) {
            let mut rows = rows();
            for (row, (organisation, text)) in rows.iter_mut().zip(of_rows) {
                row.row = RowId::new(organisation % organisations, text % texts, 0, row.row.class);
            }
            let examples: Vec<&Example> = rows.iter().collect();
            let neighbours = Neighbours::new(&ids(&examples[..]));
            let all = counted(&examples);
            let score = |_, row: &Example, remaining: &RemainingCounts| Ok(remaining.score(row));
            let scored = all.by_neighbours(&examples[..], &neighbours, |_| true, score);
            for (example, (_, scores)) in examples.iter().zip(scored.expect("rows in memory")) {
                let near = |other: &RowId| {
                    other.organisation == example.row.organisation || other.text == example.row.text
                };
                let remaining: Vec<&Example> =
                    examples.iter().copied().filter(|e| !near(&e.row)).collect();
                let remaining = counted(&remaining);
                prop_assert_eq!(scores.lexicon_only, all.lacks_a_role(&remaining.totals));
                if scores.lexicon_only {
                    prop_assert!(scores.sums(&Channel::ALL).iter().all(|&sum| sum == 0.0));
                } else {
                    prop_assert_eq!(remaining.all().score(example), scores);
                }
            }
        }
    }

    #[test]
    fn counts_without_rows_are_those_of_the_others() {
        let rows = rows();
        let examples: Vec<&Example> = rows.iter().collect();
        let count = |rows: &[&Example]| {
            FeatureCounts::new(rows, None, None, [3, 4]).expect("rows in memory")
        };
        let frequent = |feature_counts: &FeatureCounts| -> Vec<_> {
            let all = feature_counts.features().enumerate();
            let of = all.filter(|(_, (key, _, support))| support.is_frequent(key.channel()));
            of.map(|(index, (key, postings, support))| {
                (key, postings.to_vec(), support, *feature_counts.buckets(index))
            })
            .collect()
        };
        let all = count(&examples);
        for fold in 0..5 {
            let (removed, others): (Vec<&Example>, Vec<&Example>) =
                examples.iter().partition(|e| e.row.organisation % 5 == fold);
            let (without, others) = (all.without(&removed), count(&others));
            assert_eq!(frequent(&without), frequent(&others));
        }
    }
}
