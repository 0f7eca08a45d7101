//! Leave-one-group-out: the scores of a model that never saw a posting's neighbours, by subtracting their counts
//! exactly.

use crate::bayes::lexicon_weights::LexiconWeights;
use crate::bayes::scores::Scores;
use crate::bayes::weights::{ClassTotals, Normalisers, is_selected, weigh};
use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_count::{FeatureCount, Support};
use crate::counts::feature_counts::FeatureCounts;
use crate::evidence::{Channel, FeatureKey, Occurrence};
use crate::examples::example::Example;
use crate::examples::identity::RowId;
use crate::examples::neighbours::Neighbours;
use crate::examples::rows::{Rows, ids};
use crate::holdout::group_counts::GroupCounts;
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
        let done = |scratch: &mut [GroupCounts; 2],
                    removal: Removal|
         -> io::Result<Vec<(usize, T)>> {
            let [scratch, further_scratch] = scratch;
            let group = get(&removal.rows)?;
            let group: Vec<&Example> = group.iter().map(AsRef::as_ref).collect();
            let position = |index: &usize| removal.rows.partition_point(|other| other < index);
            let positions = |scored: &[usize]| scored.iter().map(position).collect::<Vec<_>>();
            let mut done = Vec::with_capacity(removal.scored.len());
            let mut score = |scored: &[usize], remaining: &mut RemainingCounts, in_group: bool| {
                for (&index, position) in scored.iter().zip(positions(scored)) {
                    remaining.position = in_group.then_some(position);
                    done.push((index, then(index, group[position], remaining)?));
                }
                Ok::<(), io::Error>(())
            };
            if !removal.scored.is_empty() {
                let mut remaining = self.without(&group, &positions(&removal.scored), scratch);
                score(&removal.scored, &mut remaining, true)?;
            }
            let recounted = (group.len() * removal.further.len() > COUNTING_ROWS)
                .then(|| self.recounted_without(&group));
            for Further { rows: further, scored } in &removal.further {
                let further = get(further)?;
                let further = further.iter().map(AsRef::as_ref);
                if let Some(counts) = &recounted {
                    let further: Vec<&Example> = further.collect();
                    score(scored, &mut counts.without(&further, &[], further_scratch), false)?;
                } else {
                    let rows: Vec<&Example> = group.iter().copied().chain(further).collect();
                    score(scored, &mut self.without(&rows, &positions(scored), scratch), true)?;
                }
            }
            Ok(done)
        };
        let done: io::Result<Vec<_>> = removals(neighbours, wanted)
            .into_par_iter()
            .map_init(<[GroupCounts; 2]>::default, done)
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
            position: None,
            lexicon_only: false,
        }
    }

    /// The counts without these rows, each of which was counted; those at some positions are to be scored.
    fn without<'r>(
        &'r self,
        rows: &[&Example],
        scored: &[usize],
        group: &'r mut GroupCounts,
    ) -> RemainingCounts<'r> {
        let feature_counts = &self.feature_counts;
        group.remove(feature_counts, rows);
        let mut totals = self.totals.clone();
        for (position, row) in rows.iter().enumerate() {
            let features = group.frequent_features(position);
            for (totals, features) in totals.iter_mut().zip(features) {
                totals.counted[row.row.class()] -= features;
            }
        }
        for index in group.too_rare() {
            let (key, support) = (feature_counts.feature(index), feature_counts.support(index));
            let feature = (key, feature_counts.postings(index), support);
            change(&mut totals, feature, &self.lexicon, ClassTotals::remove);
        }
        let lexicon_only = self.lacks_a_role(&totals);
        let normalisers = totals.map(|of_channel| of_channel.normalisers());
        group.weigh(scored, &normalisers, &self.lexicon, feature_counts.classes());
        RemainingCounts {
            held_out: self,
            normalisers,
            removed: Removed::Group(group),
            position: None,
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
            position: None,
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
    /// The position in the removed group of the row that is scored, if it is in the group.
    position: Option<usize>,
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
        let (Removed::Group(group), Some(position)) = (&self.removed, self.position) else {
            let mut scratch = self.scratch();
            return self.scores(example, |key, add| {
                self.with_weights(key, &mut scratch, add);
            });
        };
        let classes = self.held_out.feature_counts.classes();
        let mut counted = group.occurrences(position).iter().peekable();
        self.scores(example, |key, add| {
            let counted = counted.next_if(|occurrence| occurrence.feature.key() == key);
            if let Some(weights) = counted.and_then(|o| group.weights(o, classes)) {
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
        let features = example.features().into_iter().map(Occurrence::key);
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
                let (index, classes) = (feature_counts.index_of(key)?, feature_counts.classes());
                if let Some(weights) = group.computed_weights(index, classes) {
                    return Some(then(weights));
                }
                let all = || {
                    let is_frequent = feature_counts.support(index).is_frequent(key.channel());
                    (feature_counts.postings(index), is_frequent)
                };
                let counts = group.counts(index, classes);
                let (counts, is_frequent) = counts.unwrap_or_else(all);
                is_frequent.then(|| self.weigh(key, counts, &mut scratch.1, then))
            }
            Removed::Buckets(counts, mask) => {
                let index = counts.indices[feature_counts.index_of(key)?];
                let (feature_count, weights) = scratch;
                feature_count.as_mut().set(counts.matrix.class_counts(index), *mask, lexicon.roles);
                let is_frequent = feature_count.support.is_frequent(key.channel());
                is_frequent.then(|| self.weigh(key, &feature_count.postings, weights, then))
            }
        }
    }

    /// Computes the weights of a feature from its counts, and calls `then`.
    fn weigh<T>(
        &self,
        key: FeatureKey,
        counts: &[u32],
        weights: &mut [f64],
        then: impl FnOnce(&[f64]) -> T,
    ) -> T {
        let normalisers = &self.normalisers[key.channel() as usize];
        normalisers.weights(counts, self.held_out.lexicon.of(key), weights);
        then(weights)
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
    use crate::evidence::{Occurrence, Stated};
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
                    text: features.into_iter().collect(),
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
