//! Feature counts in columns: scoring a row reads the postings by class of most of its features, and seldom anything
//! else.

use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_count::{Buckets, FeatureCount, FeatureCountMut, FeatureMap, Support};
use crate::counts::sketch::Sketch;
use crate::evidence::{CHANNEL_AT, Channel, FeatureKey, Occurrence};
use crate::examples::example::Example;
use crate::examples::rows::{Rows, in_chunks};
use crate::text::HashTable;
use rayon::prelude::*;
use std::io;
use std::sync::Arc;

/// Feature counts in columns, by feature index.
#[derive(Debug, Clone, Default)]
struct CountColumns {
    /// Number of roles and families of other jobs.
    classes: usize,
    /// Features x classes.
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

    fn postings(&self, index: usize) -> &[u32] {
        &self.postings[index * self.classes..][..self.classes]
    }

    fn at(&mut self, index: usize) -> FeatureCountMut<'_> {
        FeatureCountMut {
            postings: &mut self.postings[index * self.classes..][..self.classes],
            buckets: &mut self.buckets[index],
            support: &mut self.support[index],
        }
    }
}

/// Looks up the index of a feature.
#[derive(Debug)]
struct FeatureIndex {
    /// Sorted.
    features: Vec<FeatureKey>,
    table: HashTable,
}

impl FeatureIndex {
    fn new(features: Vec<FeatureKey>) -> Self {
        let pairs: Vec<(u64, u32)> = features.iter().map(|f| f.number()).zip(0..).collect();
        // At a low load factor, because most look-ups hit.
        Self { table: HashTable::with_capacity(2 * pairs.len(), &pairs, pairs.len()), features }
    }
}

/// Counts of the features that are frequent enough. Without some of the rows no other feature can be.
#[derive(Debug)]
pub(crate) struct FeatureCounts {
    /// Also has features that are frequent enough only with rows that were removed here.
    index: Arc<FeatureIndex>,
    columns: CountColumns,
}

/// The feature counts of one shard of the features, while they are counted.
#[derive(Debug, Clone)]
struct Shard {
    indices: FeatureMap<u32>,
    columns: CountColumns,
}

impl Shard {
    fn new(classes: usize) -> Self {
        Self { indices: FeatureMap::default(), columns: CountColumns::new(classes) }
    }

    /// The feature count of a feature, created if there is none and it is wanted.
    fn feature_count(
        &mut self,
        key: FeatureKey,
        wanted: impl FnOnce() -> bool,
    ) -> Option<FeatureCountMut<'_>> {
        let index = match self.indices.get(&key) {
            Some(&index) => index,
            None if wanted() => {
                let index = self.columns.len() as u32;
                self.indices.insert(key, index);
                self.columns.push_empty();
                index
            }
            None => return None,
        };
        Some(self.columns.at(index as usize))
    }
}

/// Bits of a key below the number of its shard. The shards are ranges of keys, so that the features of a row are split by
/// binary search; they are counted in parallel.
const SHARD_SHIFT: u32 = CHANNEL_AT - 2;
const SHARDS: usize = Channel::ALL.len() << (CHANNEL_AT - SHARD_SHIFT);

fn shard(key: FeatureKey) -> usize {
    (key.number() >> SHARD_SHIFT) as usize
}

impl FeatureCounts {
    /// Counts rows, and adds an earlier count matrix. A sketch of the rows tells which features need not be counted.
    pub(crate) fn new<R: Rows + ?Sized>(
        rows: &R,
        sketch: Option<&Sketch>,
        before: Option<&CountMatrix>,
        [roles, classes]: [usize; 2],
    ) -> io::Result<Self> {
        let mut shards: Vec<Shard> = vec![Shard::new(classes); SHARDS];
        for (key, _, class_counts) in before.into_iter().flat_map(CountMatrix::features) {
            if let Some(mut feature_count) = shards[shard(key)].feature_count(key, || true) {
                feature_count.set(class_counts, 0, roles);
            }
        }
        in_chunks(rows, |chunk| {
            let features: Vec<Vec<Occurrence>> =
                chunk.par_iter().map(|example| example.features()).collect();
            shards.par_iter_mut().enumerate().for_each(|(shard_index, counted)| {
                for (example, features) in chunk.iter().zip(&features) {
                    let before = |end| move |f: &Occurrence| shard(f.key()) < end;
                    let features = &features[features.partition_point(before(shard_index))..];
                    for feature in &features[..features.partition_point(before(shard_index + 1))] {
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
        for Shard { indices, columns } in &shards {
            let indices = indices.iter().map(|(&key, &index)| (key, index));
            order.extend(indices.filter(|&(key, index)| {
                columns.support[index as usize].is_frequent(key.channel())
            }));
        }
        order.par_sort_unstable();
        let mut columns = CountColumns::new(classes);
        for &(key, index) in &order {
            let (all, index) = (&shards[shard(key)].columns, index as usize);
            columns.push(all.postings(index), all.support[index], all.buckets[index]);
        }
        let features = order.into_iter().map(|(key, _)| key).collect();
        Ok(Self { index: Arc::new(FeatureIndex::new(features)), columns })
    }

    /// The feature counts of a count matrix, and the indices of their features in it.
    pub(crate) fn from_matrix(
        matrix: &CountMatrix,
        [roles, classes]: [usize; 2],
    ) -> (Self, Vec<u32>) {
        let (mut features, mut indices) = (Vec::new(), Vec::new());
        let mut columns = CountColumns::new(classes);
        for (index, (key, _, class_counts)) in matrix.features().enumerate() {
            if let Some(feature_count) = FeatureCount::frequent(key, class_counts, [roles, classes])
            {
                features.push(key);
                columns.push(&feature_count.postings, feature_count.support, feature_count.buckets);
                indices.push(index as u32);
            }
        }
        (Self { index: Arc::new(FeatureIndex::new(features)), columns }, indices)
    }

    /// The feature counts without some rows, each of which was counted.
    pub(crate) fn without(&self, rows: &[&Example]) -> Self {
        let mut columns = self.columns.clone();
        let mut fetched = Vec::new();
        for row in rows {
            for (index, feature) in self.indices_of(&row.features(), &mut fetched) {
                columns.at(index as usize).remove(row, feature.plain());
            }
        }
        Self { index: self.index.clone(), columns }
    }

    /// Moves a row that was counted from one role to another. The support of its features stays the same.
    pub(crate) fn relabel(&mut self, row: &Example, role: usize) {
        let mut fetched = Vec::new();
        let indices: Vec<u32> =
            self.indices_of(&row.features(), &mut fetched).map(|(index, _)| index).collect();
        for index in indices {
            let postings = self.columns.at(index as usize).postings;
            postings[row.row.class()] -= 1;
            postings[role] += 1;
        }
    }

    /// Number of roles and families of other jobs.
    pub(crate) fn classes(&self) -> usize {
        self.columns.classes
    }

    /// Number of features.
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// The features, sorted, with their postings by class and their support.
    pub(crate) fn features(&self) -> impl Iterator<Item = (FeatureKey, &[u32], Support)> {
        let Self { index, columns } = self;
        let counted = columns.postings.chunks_exact(columns.classes).zip(&columns.support);
        let features = index.features.iter().zip(counted);
        features.map(|(&key, (postings, &support))| (key, postings, support))
    }

    /// The index of a feature, if it may be frequent enough.
    pub(crate) fn index_of(&self, feature: FeatureKey) -> Option<usize> {
        let (table, number) = (&self.index.table, feature.number());
        if !table.likely.may_have()(number) {
            return None;
        }
        table.get(number).map(|index| index as usize)
    }

    /// The indices of those features that may be frequent enough. All home slots are loaded before the first is
    /// compared: the cache misses then overlap, which is several times as fast. `fetched` is a scratch buffer.
    pub(crate) fn indices_of<'a>(
        &'a self,
        features: &[Occurrence],
        fetched: &'a mut Vec<(Occurrence, u64)>,
    ) -> impl Iterator<Item = (u32, Occurrence)> {
        let table = &self.index.table;
        let (likely, home_slot, value) =
            (table.likely.may_have(), table.home_slots(), table.values());
        let number = |feature: &Occurrence| feature.key().number();
        let features = features.iter().filter(|feature| likely(number(feature)));
        fetched.clear();
        fetched.extend(features.map(|feature| (*feature, home_slot(number(feature)))));
        let found =
            fetched.iter().map(move |(feature, slot)| (value(number(feature), *slot), *feature));
        found.filter_map(|(index, feature)| Some((index?, feature)))
    }

    /// The feature at an index.
    pub(crate) fn feature(&self, index: usize) -> FeatureKey {
        self.index.features[index]
    }

    /// Postings with the feature at an index, by class.
    pub(crate) fn postings(&self, index: usize) -> &[u32] {
        self.columns.postings(index)
    }

    /// The support of the feature at an index.
    pub(crate) fn support(&self, index: usize) -> Support {
        self.columns.support[index]
    }

    /// Postings with the feature at an index in lower case, by bucket.
    pub(crate) fn buckets(&self, index: usize) -> &Buckets {
        &self.columns.buckets[index]
    }
}
