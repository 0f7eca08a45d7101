//! Tallies of many features, part by part: to score by them reads the postings by class of most of what a
//! row shows, and seldom anything else.

use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_count::{Buckets, FeatureCount, FeatureCountMut, FeatureMap, Support};
use crate::counts::sketch::Sketch;
use crate::evidence::{FeatureKey, Occurrence};
use crate::examples::example::Example;
use crate::examples::rows::{Rows, in_chunks};
use crate::text::HashTable;
use rayon::prelude::*;
use std::io;
use std::sync::Arc;

/// Tallies by place.
#[derive(Debug, Clone, Default)]
struct CountColumns {
    /// Roles, and families of other jobs.
    classes: usize,
    /// By place, then by class.
    postings: Vec<u32>,
    support: Vec<Support>,
    buckets: Vec<Buckets>,
}

impl CountColumns {
    fn new(classes: usize) -> Self {
        Self { classes, ..Self::default() }
    }

    fn len(&self) -> usize {
        self.support.len()
    }

    fn push(&mut self, postings: &[u32], support: Support, buckets: Buckets) {
        self.postings.extend_from_slice(postings);
        self.support.push(support);
        self.buckets.push(buckets);
    }

    fn push_empty(&mut self) {
        self.postings.resize(self.postings.len() + self.classes, 0);
        self.support.push(Support::default());
        self.buckets.push(Buckets::default());
    }

    fn postings(&self, place: usize) -> &[u32] {
        &self.postings[place * self.classes..][..self.classes]
    }

    fn at(&mut self, place: usize) -> FeatureCountMut<'_> {
        FeatureCountMut {
            postings: &mut self.postings[place * self.classes..][..self.classes],
            buckets: &mut self.buckets[place],
            support: &mut self.support[place],
        }
    }
}

/// Which features have a place.
#[derive(Debug)]
struct FeatureIndex {
    /// Sorted.
    features: Vec<FeatureKey>,
    of: HashTable,
}

impl FeatureIndex {
    fn new(features: Vec<FeatureKey>) -> Self {
        let pairs: Vec<(u64, u32)> = features.iter().map(|f| f.number()).zip(0..).collect();
        // Loosely filled, since most of what is looked for is there.
        Self { of: HashTable::with_room(2 * pairs.len(), &pairs, pairs.len()), features }
    }
}

/// Tallies of the features that take part. Others do not without some of the rows either.
#[derive(Debug)]
pub(crate) struct FeatureCounts {
    /// Also of features that take part only with rows that are not counted here.
    places: Arc<FeatureIndex>,
    columns: CountColumns,
}

/// The feature counts of a part of the features, as they are counted.
#[derive(Debug, Clone)]
struct Shard {
    places: FeatureMap<u32>,
    columns: CountColumns,
}

impl Shard {
    fn new(classes: usize) -> Self {
        Self { places: FeatureMap::default(), columns: CountColumns::new(classes) }
    }

    /// The feature count of a feature, of which there may be none yet if it is wanted.
    fn feature_count(
        &mut self,
        key: FeatureKey,
        wanted: impl FnOnce() -> bool,
    ) -> Option<FeatureCountMut<'_>> {
        let place = match self.places.get(&key) {
            Some(&place) => place,
            None if wanted() => {
                let place = self.columns.len() as u32;
                self.places.insert(key, place);
                self.columns.push_empty();
                place
            }
            None => return None,
        };
        Some(self.columns.at(place as usize))
    }
}

/// Parts of the features that are counted at the same time.
const SHARDS: usize = 8;

impl FeatureCounts {
    /// Counts rows, and what was counted before them. A sketch of the rows tells what need not be counted.
    pub(crate) fn new<R: Rows + ?Sized>(
        rows: &R,
        sketch: Option<&Sketch>,
        before: Option<&CountMatrix>,
        [roles, classes]: [usize; 2],
    ) -> io::Result<Self> {
        let mut shards: Vec<Shard> = vec![Shard::new(classes); SHARDS];
        let shard = |key: FeatureKey| key.number() as usize % SHARDS;
        for (key, _, class_counts) in before.into_iter().flat_map(CountMatrix::features) {
            if let Some(mut feature_count) = shards[shard(key)].feature_count(key, || true) {
                feature_count.set(class_counts, 0, roles);
            }
        }
        in_chunks(rows, |chunk| {
            shards.par_iter_mut().enumerate().for_each(|(own, counted)| {
                for example in chunk {
                    for feature in example.features.iter().filter(|f| shard(f.key()) == own) {
                        let key = feature.key();
                        let wanted = || sketch.is_none_or(|sketch| sketch.may_be_frequent(key));
                        if let Some(mut feature_count) = counted.feature_count(key, wanted) {
                            feature_count.add(example, feature.plain());
                        }
                    }
                }
            });
        })?;
        let mut order: Vec<(FeatureKey, u32)> = Vec::new();
        for Shard { places, columns } in &shards {
            let places = places.iter().map(|(&key, &place)| (key, place));
            order.extend(places.filter(|&(key, place)| {
                columns.support[place as usize].is_frequent(key.channel())
            }));
        }
        order.par_sort_unstable();
        let mut columns = CountColumns::new(classes);
        for &(key, place) in &order {
            let (all, place) = (&shards[shard(key)].columns, place as usize);
            columns.push(all.postings(place), all.support[place], all.buckets[place]);
        }
        let features = order.into_iter().map(|(key, _)| key).collect();
        Ok(Self { places: Arc::new(FeatureIndex::new(features)), columns })
    }

    /// The feature counts of what was counted, and the places of their features in the count matrix.
    pub(crate) fn of(matrix: &CountMatrix, [roles, classes]: [usize; 2]) -> (Self, Vec<u32>) {
        let (mut features, mut places) = (Vec::new(), Vec::new());
        let mut columns = CountColumns::new(classes);
        for (place, (key, _, class_counts)) in matrix.features().enumerate() {
            if let Some(feature_count) = FeatureCount::frequent(key, class_counts, [roles, classes])
            {
                features.push(key);
                columns.push(&feature_count.postings, feature_count.support, feature_count.buckets);
                places.push(place as u32);
            }
        }
        (Self { places: Arc::new(FeatureIndex::new(features)), columns }, places)
    }

    /// The feature counts without some of the rows, each of which was counted.
    pub(crate) fn without(&self, rows: &[&Example]) -> Self {
        let mut columns = self.columns.clone();
        let mut fetched = Vec::new();
        for row in rows {
            for (place, feature) in self.places(&row.features, &mut fetched) {
                columns.at(place as usize).take(row, feature.plain());
            }
        }
        Self { places: self.places.clone(), columns }
    }

    /// Counts a row that was counted as one role as another: as many organisations show its features as before.
    pub(crate) fn relabel(&mut self, row: &Example, role: usize) {
        let mut fetched = Vec::new();
        let places: Vec<u32> =
            self.places(&row.features, &mut fetched).map(|(place, _)| place).collect();
        for place in places {
            let postings = self.columns.at(place as usize).postings;
            postings[row.row.class()] -= 1;
            postings[role] += 1;
        }
    }

    /// How many roles and families of other jobs there are.
    pub(crate) fn classes(&self) -> usize {
        self.columns.classes
    }

    /// How many features have a place.
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// The features that have a place, sorted, with their postings by class and their support.
    pub(crate) fn features(&self) -> impl Iterator<Item = (FeatureKey, &[u32], Support)> {
        let Self { places, columns, .. } = self;
        let counted = columns.postings.chunks_exact(columns.classes).zip(&columns.support);
        let features = places.features.iter().zip(counted);
        features.map(|(&key, (postings, &support))| (key, postings, support))
    }

    /// The place of a feature, if it may take part.
    pub(crate) fn place(&self, feature: FeatureKey) -> Option<usize> {
        let (of, number) = (&self.places.of, feature.number());
        if !of.likely.may_have()(number) {
            return None;
        }
        of.get(number).map(|place| place as usize)
    }

    /// Features that may take part, with their places. What stands where each is looked for first is fetched
    /// before the first is looked at, because the memory then answers several times as fast.
    pub(crate) fn places<'a>(
        &'a self,
        features: &[Occurrence],
        fetched: &'a mut Vec<(Occurrence, u64)>,
    ) -> impl Iterator<Item = (u32, Occurrence)> {
        let of = &self.places.of;
        let (likely, first, place) = (of.likely.may_have(), of.home_slots(), of.values());
        let number = |feature: &Occurrence| feature.key().number();
        let features = features.iter().filter(|feature| likely(number(feature)));
        fetched.clear();
        fetched.extend(features.map(|feature| (*feature, first(number(feature)))));
        let found =
            fetched.iter().map(move |(feature, first)| (place(number(feature), *first), *feature));
        found.filter_map(|(place, feature)| Some((place?, feature)))
    }

    /// The feature at a place.
    pub(crate) fn feature(&self, place: usize) -> FeatureKey {
        self.places.features[place]
    }

    /// Postings that show the feature at a place, by class.
    pub(crate) fn postings(&self, place: usize) -> &[u32] {
        self.columns.postings(place)
    }

    /// The support of the feature at a place.
    pub(crate) fn support(&self, place: usize) -> Support {
        self.columns.support[place]
    }

    /// Postings that show the feature at a place in small letters, by bucket.
    pub(crate) fn buckets(&self, place: usize) -> &Buckets {
        &self.columns.buckets[place]
    }
}
