//! Scores from a model that never saw the posting's neighbours: the totals less the counts of these, exactly.

use crate::bayes::scores::Scores;
use crate::bayes::weights::{ClassTotals, Scale, centre, is_selected, weigh};
use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_count::{Buckets, FeatureCount, FeatureMap, Support};
use crate::counts::feature_counts::FeatureCounts;
use crate::evidence::{Channel, FeatureKey, Occurrence};
use crate::examples::example::{Example, RowId};
use crate::examples::neighbours::Neighbours;
use crate::examples::rows::{Rows, ids};
use crate::holdout::removals::{Further, Removal, removals};
use crate::lexicon::Lexicon;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// The weights of the lexicon's entries by feature key.
#[derive(Debug, Clone)]
pub(crate) struct LexiconWeights {
    roles: usize,
    plain: FeatureMap<Vec<f64>>,
    centred: FeatureMap<Vec<f64>>,
}

impl LexiconWeights {
    pub(crate) fn new(lexicon: &Lexicon) -> Self {
        let roles = lexicon.roles().len();
        let plain: FeatureMap<Vec<f64>> = lexicon
            .skills()
            .iter()
            .map(|s| (FeatureKey::new(Channel::Skills, &s.id), s.weights(roles)))
            .collect();
        let centred = plain.iter().map(|(&key, weights)| {
            let mut weights = weights.clone();
            centre(&mut weights);
            (key, weights)
        });
        let centred = centred.collect();
        Self { roles, plain, centred }
    }

    /// Weight for each role; empty for features that are no entry.
    pub(crate) fn of(&self, key: FeatureKey) -> &[f64] {
        match key.channel() {
            Channel::Skills => self.plain.get(&key).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// Weight for each role less their mean.
    pub(crate) fn centred(&self, key: FeatureKey) -> Option<&[f64]> {
        if key.channel() != Channel::Skills {
            return None;
        }
        self.centred.get(&key).map(Vec::as_slice)
    }
}

/// Counting all features that are left takes as long as taking out about so many rows. Tests try both.
const COUNTING_ROWS: usize = if cfg!(test) { 20 } else { 1000 };

/// Masses by channel.
type AllTotals = [ClassTotals; Channel::ALL.len()];

/// Counts with what is needed to score by them.
pub(crate) struct HeldOut {
    feature_counts: FeatureCounts,
    lexicon: LexiconWeights,
    totals: AllTotals,
    /// Places of the roles that have postings.
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

    /// The same counts, rows at some places counted as other roles than they were.
    pub(crate) fn relabelled<R: Rows>(
        self,
        rows: &R,
        roles: &BTreeMap<usize, usize>,
    ) -> io::Result<Self> {
        let Self { mut feature_counts, lexicon, .. } = self;
        for (&place, &role) in roles {
            feature_counts.relabel(rows.get(place)?.as_ref(), role);
        }
        Ok(Self::new(feature_counts, lexicon))
    }

    /// The same counts without those of some rows, each of which was counted.
    fn less(&self, rows: &[&Example]) -> Self {
        let roles = self.roles.clone();
        Self { roles, ..Self::new(self.feature_counts.without(rows), self.lexicon.clone()) }
    }

    /// What `then` makes of the wanted rows, each with its place and all that was counted but its
    /// neighbours; in their order.
    pub(crate) fn by_neighbours<R: Rows + ?Sized, T: Send>(
        &self,
        rows: &R,
        neighbours: &Neighbours,
        wanted: impl Fn(usize) -> bool,
        then: impl Fn(usize, &Example, &RemainingCounts) -> io::Result<T> + Sync,
    ) -> io::Result<Vec<(usize, T)>> {
        let get = |places: &[usize]| -> io::Result<Vec<Cow<Example>>> {
            places.iter().map(|&place| rows.get(place)).collect()
        };
        let done = |scratch: &mut [Scratch; 2], removal: Removal| -> io::Result<Vec<(usize, T)>> {
            let [scratch, further_room] = scratch;
            let own = get(&removal.rows)?;
            let own: Vec<&Example> = own.iter().map(AsRef::as_ref).collect();
            let row = |place: usize| own[removal.rows.partition_point(|&own| own < place)];
            let mut done = Vec::with_capacity(removal.scored.len());
            if !removal.scored.is_empty() {
                let remaining = self.without(&own, scratch);
                for &place in &removal.scored {
                    done.push((place, then(place, row(place), &remaining)?));
                }
            }
            // To count what is left takes as long as to take out so many rows.
            let less = (own.len() * removal.further.len() > COUNTING_ROWS).then(|| self.less(&own));
            for Further { rows: further, scored } in &removal.further {
                let further = get(further)?;
                let further = further.iter().map(AsRef::as_ref);
                let remaining = match &less {
                    Some(less) => less.without(&further.collect::<Vec<_>>(), further_room),
                    None => self
                        .without(&own.iter().copied().chain(further).collect::<Vec<_>>(), scratch),
                };
                for &place in scored {
                    done.push((place, then(place, row(place), &remaining)?));
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

    /// All that was counted.
    pub(crate) fn all(&self) -> RemainingCounts<'_> {
        let scales = self.totals.each_ref().map(ClassTotals::scale);
        let classes = self.feature_counts.classes();
        let mut weights = vec![0.0; self.feature_counts.len() * classes];
        let features = self.feature_counts.features();
        let features = features.map(|(key, postings, _)| {
            (&scales[key.channel() as usize], postings, self.lexicon.of(key))
        });
        weigh(features, &mut weights, classes);
        RemainingCounts {
            held_out: self,
            scales,
            left: RemainingTotals::All(weights),
            lexicon_only: false,
        }
    }

    /// All that was counted but these rows, each of which was.
    fn without<'r>(&'r self, rows: &[&Example], scratch: &'r mut Scratch) -> RemainingCounts<'r> {
        let Scratch { fetched, shown, counted, counts, own, taken } = scratch;
        shown.clear();
        counted.clear();
        counts.clear();
        own.clear();
        for (i, row) in rows.iter().enumerate() {
            let of_row = self.feature_counts.places(&row.features, fetched);
            shown.extend(of_row.map(|(place, feature)| (place, i as u32, feature)));
        }
        // Those of a row are in order already, and the stable sort goes on from that.
        shown.sort_by_key(|s| s.0);
        let classes = self.feature_counts.classes();
        let features = || shown.chunk_by(|a, b| a.0 == b.0);
        // Not one by one where they are needed: then each would be waited for.
        for same in features() {
            counted.extend_from_slice(self.feature_counts.postings(same[0].0 as usize));
        }
        let mut totals = self.totals.clone();
        for (same, all) in features().zip(counted.chunks_exact(classes)) {
            let (place, feature) = (same[0].0 as usize, same[0].2.key());
            let taken_out =
                || same.iter().map(|&(_, row, shown)| (rows[row as usize], shown.plain()));
            let stays = taken.leaves_part(&self.feature_counts, place, taken_out());
            own.push(feature, stays);
            if stays {
                let totals = &mut totals[feature.channel() as usize].counted;
                let left = counts.len();
                counts.extend_from_slice(all);
                for (row, _) in taken_out() {
                    counts[left + row.row.class()] -= 1;
                    totals[row.row.class()] -= 1;
                }
            } else {
                let all = (feature, all, self.feature_counts.support(place));
                change(&mut totals, all, &self.lexicon, ClassTotals::remove);
            }
        }
        let lexicon_only = self.lacks_a_role(&totals);
        let scales = totals.map(|m| m.scale());
        own.weights.resize(counts.len(), 0.0);
        let known = own.keys.iter().zip(&own.places).filter(|(_, place)| place.is_some());
        let known = known.zip(counts.chunks_exact(classes)).map(|((key, _), counts)| {
            (&scales[key.channel() as usize], counts, self.lexicon.of(*key))
        });
        weigh(known, &mut own.weights, classes);
        RemainingCounts {
            held_out: self,
            scales,
            left: RemainingTotals::GroupCounts(own),
            lexicon_only,
        }
    }

    /// Whether nothing is left of a role that was counted.
    fn lacks_a_role(&self, left: &AllTotals) -> bool {
        self.roles.iter().any(|&role| !is_counted(left, role))
    }
}

/// Counts of a count matrix, to be had without some buckets.
pub(crate) struct BucketHoldout<'a> {
    matrix: &'a CountMatrix,
    /// Of the features of the feature counts, in the count matrix.
    places: Vec<u32>,
    held_out: HeldOut,
}

impl<'a> BucketHoldout<'a> {
    pub(crate) fn new(
        matrix: &'a CountMatrix,
        lexicon: &LexiconWeights,
        sizes: [usize; 2],
    ) -> Self {
        let (feature_counts, places) = FeatureCounts::of(matrix, sizes);
        Self { matrix, places, held_out: HeldOut::new(feature_counts, lexicon.clone()) }
    }

    /// All that was counted but the postings of the buckets in a mask.
    pub(crate) fn without(&self, mask: u16) -> RemainingCounts<'_> {
        let HeldOut { feature_counts, lexicon, .. } = &self.held_out;
        let mut totals: AllTotals =
            std::array::from_fn(|_| ClassTotals::new(feature_counts.classes()));
        let mut left = FeatureCount::new(feature_counts.classes());
        for ((key, ..), &place) in feature_counts.features().zip(&self.places) {
            left.as_mut().set(self.matrix.class_counts(place), mask, lexicon.roles);
            change(&mut totals, (key, &left.postings, left.support), lexicon, ClassTotals::add);
        }
        let lexicon_only = self.held_out.lacks_a_role(&totals);
        let scales = totals.map(|m| m.scale());
        RemainingCounts {
            held_out: &self.held_out,
            scales,
            left: RemainingTotals::Buckets(self, mask),
            lexicon_only,
        }
    }

    /// What `then` makes of the wanted rows, each with its place and all that was counted but the
    /// buckets in its mask; in their order.
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
        let by_mask = |(mask, own): (u16, Vec<usize>)| -> io::Result<Vec<(usize, T)>> {
            let remaining = self.without(mask);
            own.into_par_iter()
                .map(|i| Ok((i, then(i, rows.get(i)?.as_ref(), &remaining)?)))
                .collect()
        };
        let done: io::Result<Vec<_>> = of_mask.into_par_iter().map(by_mask).collect();
        let mut done: Vec<(usize, T)> = done?.into_iter().flatten().collect();
        done.sort_unstable_by_key(|(i, _)| *i);
        Ok(done)
    }
}

/// Naive Bayes weights by counts that some of the rows are not among.
pub(crate) struct RemainingCounts<'a> {
    held_out: &'a HeldOut,
    scales: [Scale; Channel::ALL.len()],
    left: RemainingTotals<'a>,
    /// Whether nothing is left of a role, so that the lexicon alone must speak.
    lexicon_only: bool,
}

enum RemainingTotals<'a> {
    /// Everything, with the weights by feature and class.
    All(Vec<f64>),
    /// All but the features of some rows is as it was.
    GroupCounts(&'a GroupCounts),
    /// The postings of the buckets that are not in the mask.
    Buckets(&'a BucketHoldout<'a>, u16),
}

/// Scratch to take out some rows after others.
#[derive(Default)]
struct Scratch {
    /// What a row shows, with what stands where its place is looked for first.
    fetched: Vec<(Occurrence, u64)>,
    /// What each row shows, with the place of the feature and that of the row.
    shown: Vec<(u32, u32, Occurrence)>,
    /// Of each feature, by class, with the rows.
    counted: Vec<u32>,
    /// Of each feature that still takes part, by class.
    counts: Vec<u32>,
    own: GroupCounts,
    taken: TakenBuckets,
}

/// Features of the rows that are taken out, sorted.
#[derive(Default)]
struct GroupCounts {
    keys: Vec<FeatureKey>,
    /// Place of the weights of each, if what is left takes part.
    places: Vec<Option<u32>>,
    weights: Vec<f64>,
    known: u32,
}

impl GroupCounts {
    fn clear(&mut self) {
        self.keys.clear();
        self.places.clear();
        self.weights.clear();
        self.known = 0;
    }

    fn push(&mut self, key: FeatureKey, is_frequent: bool) {
        self.keys.push(key);
        self.places.push(is_frequent.then_some(self.known));
        self.known += u32::from(is_frequent);
    }

    /// Where a feature stands or would stand, which is not before `from`. Features that are near each
    /// other are found fast.
    fn find(&self, key: FeatureKey, from: usize) -> usize {
        let (mut start, mut step) = (from, 1);
        while self.keys.get(start + step).is_some_and(|own| *own <= key) {
            start += step;
            step *= 2;
        }
        let end = self.keys.len().min(start + step);
        start + self.keys[start..end].partition_point(|own| *own < key)
    }

    /// The weights of the feature at a place, if it takes part.
    fn weights(&self, place: usize, classes: usize) -> Option<&[f64]> {
        self.places[place].map(|known| &self.weights[known as usize * classes..][..classes])
    }
}

/// Scratch for the postings of some rows that show a feature in small letters, by bucket: in all postings,
/// in those of a role. Nothing between uses.
#[derive(Default)]
struct TakenBuckets(Buckets);

impl TakenBuckets {
    /// Whether a feature still takes part without rows that show it.
    fn leaves_part<'e>(
        &mut self,
        feature_counts: &FeatureCounts,
        place: usize,
        rows: impl ExactSizeIterator<Item = (&'e Example, bool)> + Clone,
    ) -> bool {
        let (channel, mut support) =
            (feature_counts.feature(place).channel(), feature_counts.support(place));
        // Each row is of one bucket.
        if support.is_frequent_without(channel, rows.len() as u32) {
            return true;
        }
        let plain = rows.filter(|(_, plain)| *plain).map(|(row, _)| row);
        let parts = |row: &Example| 1 + usize::from(row.of_role);
        for row in plain.clone() {
            self.0[..parts(row)].iter_mut().for_each(|taken| taken[row.row.bucket()] += 1);
        }
        for row in plain.clone() {
            support.lose(row.row.bucket(), feature_counts.buckets(place), &self.0);
        }
        for row in plain {
            self.0.iter_mut().for_each(|taken| taken[row.row.bucket()] = 0);
        }
        support.is_frequent(channel)
    }
}

impl RemainingCounts<'_> {
    /// The weights of a feature by class; nothing if it takes no part or is not selected.
    pub(crate) fn weights(&self, key: FeatureKey) -> Option<Vec<f64>> {
        let mut scratch = self.scratch();
        let weights = self.with_weights(key, &mut scratch, <[f64]>::to_vec)?;
        is_selected(key.channel(), weights.iter().copied()).then_some(weights)
    }

    /// The scores of a posting that was counted, and perhaps taken out.
    pub(crate) fn score(&self, example: &Example) -> Scores {
        if self.lexicon_only {
            return Scores { lexicon_only: true, ..self.scores(example, |_, _| {}) };
        }
        let mut scratch = self.scratch();
        let RemainingTotals::GroupCounts(own) = &self.left else {
            return self.scores(example, |key, add| {
                self.with_weights(key, &mut scratch, add);
            });
        };
        let classes = self.held_out.feature_counts.classes();
        let mut from = 0;
        self.scores(example, |key, add| {
            from = own.find(key, from);
            if own.keys.get(from) != Some(&key) {
                self.untouched(key, &mut scratch, add);
            } else if let Some(weights) = own.weights(from, classes) {
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

    /// What `then` makes of the weights of a feature, if it takes part.
    fn with_weights<T>(
        &self,
        key: FeatureKey,
        scratch: &mut (FeatureCount, Vec<f64>),
        then: impl FnOnce(&[f64]) -> T,
    ) -> Option<T> {
        let HeldOut { feature_counts, lexicon, .. } = self.held_out;
        match &self.left {
            RemainingTotals::All(weights) => {
                let (place, classes) = (feature_counts.place(key)?, feature_counts.classes());
                let is_frequent = feature_counts.support(place).is_frequent(key.channel());
                is_frequent.then(|| then(&weights[place * classes..][..classes]))
            }
            RemainingTotals::GroupCounts(own) => {
                let place = own.find(key, 0);
                if own.keys.get(place) == Some(&key) {
                    return own.weights(place, feature_counts.classes()).map(then);
                }
                self.untouched(key, scratch, then)
            }
            RemainingTotals::Buckets(counts, mask) => {
                let place = counts.places[feature_counts.place(key)?];
                let (feature_count, weights) = scratch;
                feature_count.as_mut().set(counts.matrix.class_counts(place), *mask, lexicon.roles);
                self.weighed(key, (&feature_count.postings, feature_count.support), weights, then)
            }
        }
    }

    /// The same of a feature that no row shows which was taken out.
    fn untouched<T>(
        &self,
        key: FeatureKey,
        (_, weights): &mut (FeatureCount, Vec<f64>),
        then: impl FnOnce(&[f64]) -> T,
    ) -> Option<T> {
        let feature_counts = &self.held_out.feature_counts;
        let place = feature_counts.place(key)?;
        self.weighed(
            key,
            (feature_counts.postings(place), feature_counts.support(place)),
            weights,
            then,
        )
    }

    fn weighed<T>(
        &self,
        key: FeatureKey,
        (postings, support): (&[u32], Support),
        weights: &mut [f64],
        then: impl FnOnce(&[f64]) -> T,
    ) -> Option<T> {
        support.is_frequent(key.channel()).then(|| {
            let scale = &self.scales[key.channel() as usize];
            scale.weights(postings, self.held_out.lexicon.of(key), weights);
            then(weights)
        })
    }
}

/// The scores of rows by counts without those of the buckets in each row's mask.
pub(crate) fn scores_without(
    matrix: &CountMatrix,
    masks: &[u16],
    examples: &[&Example],
    lexicon: &LexiconWeights,
    sizes: [usize; 2],
) -> Vec<Scores> {
    let counted = BucketHoldout::new(matrix, lexicon, sizes);
    let scores =
        counted.by_mask(examples, masks, |_| true, |_, row, remaining| Ok(remaining.score(row)));
    scores.expect("rows in memory can be read").into_iter().map(|(_, scores)| scores).collect()
}

/// Whether any posting of a class is left.
fn is_counted(totals: &AllTotals, class: usize) -> bool {
    totals.iter().any(|m| m.counted[class] > 0)
}

/// Adds a feature to the class totals if it takes part, or takes it away.
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

/// A row with its scores by counts that its neighbours are not among.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeldOutRow {
    pub(crate) row: RowId,
    pub(crate) scores: Scores,
}

/// What was counted, and the scores of the wanted rows by it without each one's neighbours.
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
    use crate::examples::example::RowId;
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
        fn taking_neighbours_out_equals_never_having_seen_them(
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
    fn tallies_without_rows_are_those_of_the_others() {
        let rows = rows();
        let examples: Vec<&Example> = rows.iter().collect();
        let count = |rows: &[&Example]| {
            FeatureCounts::new(rows, None, None, [3, 4]).expect("rows in memory")
        };
        let frequent = |feature_counts: &FeatureCounts| -> Vec<_> {
            let all = feature_counts.features().enumerate();
            let of = all.filter(|(_, (key, _, support))| support.is_frequent(key.channel()));
            of.map(|(place, (key, postings, support))| {
                (key, postings.to_vec(), support, *feature_counts.buckets(place))
            })
            .collect()
        };
        let all = count(&examples);
        for fold in 0..5 {
            let (gone, others): (Vec<&Example>, Vec<&Example>) =
                examples.iter().partition(|e| e.row.organisation % 5 == fold);
            let (without, others) = (all.without(&gone), count(&others));
            assert_eq!(frequent(&without), frequent(&others));
        }
    }
}
