//! How many postings of each class have a feature: integers, so that adding, subtracting and merging are exact.

use crate::evidence::{Channel, FeatureKey};
use crate::examples::example::Example;
use crate::examples::identity::BUCKETS;
use std::collections::HashMap;

/// A feature is frequent enough only if it occurs in lower case in at least this many buckets of organisations:
/// that leaves out the names of companies and people, and boilerplate.
pub(crate) const SUPPORT: u32 = 3;

/// The minimum for a word or phrase that is not frequent enough among the roles: names that are sometimes written in
/// lower case are rarer, and other rarer words do not help to tell roles from other jobs.
const OTHER_SUPPORT: u32 = 10;

/// Whether a feature is frequent enough, by its number of buckets in all postings and in those of a role.
fn is_frequent(channel: Channel, support: [u32; 2]) -> bool {
    let from_lexicon = matches!(channel, Channel::Skills | Channel::Mentions);
    support[1] >= SUPPORT || support[0] >= if from_lexicon { SUPPORT } else { OTHER_SUPPORT }
}

/// Bit masks of the buckets of organisations in which a feature occurs in lower case: in all postings, and in those
/// of a role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Support([u16; 2]);

impl Support {
    /// The masks: of all postings, of those of a role.
    pub(crate) fn masks(self) -> [u16; 2] {
        self.0
    }

    /// Whether a feature of this channel is frequent enough.
    pub(crate) fn is_frequent(self, channel: Channel) -> bool {
        is_frequent(channel, self.0.map(u16::count_ones))
    }

    /// Whether it stays frequent enough if that many of its buckets are removed.
    pub(crate) fn is_frequent_without(self, channel: Channel, buckets: u32) -> bool {
        is_frequent(channel, self.0.map(|mask| mask.count_ones().saturating_sub(buckets)))
    }

    /// Clears the bit of a bucket if all of its postings are removed, for all postings and for those of a role.
    pub(crate) fn remove_bucket(&mut self, bucket: usize, all: &Buckets, removed: &Buckets) {
        for ((mask, all), removed) in self.0.iter_mut().zip(all).zip(removed) {
            *mask &= !(u16::from(all[bucket] == removed[bucket]) << bucket);
        }
    }
}

/// Postings with a feature in lower case, by bucket of organisations: all, and those of a role.
pub(crate) type Buckets = [[u32; BUCKETS]; 2];

/// Postings with a feature, by class and by bucket of organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeatureCount {
    /// By class: the roles, then the families of other jobs.
    pub(crate) postings: Vec<u32>,
    pub(crate) buckets: Buckets,
    pub(crate) support: Support,
}

/// A mutable view of a feature count, stored as a whole or in columns.
pub(crate) struct FeatureCountMut<'a> {
    pub(crate) postings: &'a mut [u32],
    pub(crate) buckets: &'a mut Buckets,
    pub(crate) support: &'a mut Support,
}

impl FeatureCountMut<'_> {
    /// Adds a posting that has the feature; `plain` is whether in lower case.
    pub(crate) fn add(&mut self, example: &Example, plain: bool) {
        self.postings[example.row.class()] += 1;
        if plain {
            self.add_to_bucket(example.row.bucket(), 1, example.of_role);
        }
    }

    /// Removes a posting that was added.
    pub(crate) fn remove(&mut self, example: &Example, plain: bool) {
        self.postings[example.row.class()] -= 1;
        if plain {
            let (bucket, parts) = (example.row.bucket(), 1 + usize::from(example.of_role));
            for (buckets, mask) in self.buckets.iter_mut().zip(&mut self.support.0).take(parts) {
                buckets[bucket] -= 1;
                *mask &= !(u16::from(buckets[bucket] == 0) << bucket);
            }
        }
    }

    fn add_to_bucket(&mut self, bucket: usize, plain: u32, of_role: bool) {
        let parts = 1 + usize::from(of_role);
        for (buckets, mask) in self.buckets.iter_mut().zip(&mut self.support.0).take(parts) {
            buckets[bucket] += plain;
            *mask |= u16::from(buckets[bucket] > 0) << bucket;
        }
    }

    /// Replaces it with the sum of the class counts of a feature, except those of the buckets in the mask `without`.
    pub(crate) fn set(&mut self, class_counts: &[ClassCount], without: u16, roles: usize) {
        self.postings.fill(0);
        (*self.buckets, *self.support) = (Buckets::default(), Support::default());
        for class_count in class_counts {
            let bucket = class_count.bucket();
            if bucket == BUCKETS {
                self.postings[class_count.class()] += class_count.postings;
            } else if without & (1 << bucket) == 0 {
                self.postings[class_count.class()] += class_count.postings;
                self.add_to_bucket(bucket, class_count.plain, class_count.class() < roles);
            }
        }
    }
}

impl FeatureCount {
    pub(crate) fn new(classes: usize) -> Self {
        let (buckets, support) = Default::default();
        Self { postings: vec![0; classes], buckets, support }
    }

    pub(crate) fn as_mut(&mut self) -> FeatureCountMut<'_> {
        let Self { postings, buckets, support } = self;
        FeatureCountMut { postings, buckets, support }
    }

    /// The sum of the class counts of a feature.
    pub(crate) fn of(class_counts: &[ClassCount], roles: usize, classes: usize) -> Self {
        let mut feature_count = Self::new(classes);
        feature_count.as_mut().set(class_counts, 0, roles);
        feature_count
    }

    /// The sum of the class counts of a feature, if it is frequent enough; `sizes` are the numbers of roles and of
    /// classes.
    pub(crate) fn frequent(
        key: FeatureKey,
        class_counts: &[ClassCount],
        sizes: [usize; 2],
    ) -> Option<Self> {
        // Each class count is of one bucket: most features have too few of them.
        if class_counts.len() < SUPPORT as usize {
            return None;
        }
        let feature_count = Self::of(class_counts, sizes[0], sizes[1]);
        feature_count.support.is_frequent(key.channel()).then_some(feature_count)
    }
}

/// A map by feature. Its order is never used.
pub(crate) type FeatureMap<V> = HashMap<FeatureKey, V, rapidhash::fast::RandomState>;

/// Slots of a class in the class counts: one for each bucket of organisations, and one for rows whose bucket is not
/// known.
pub(crate) const SLOTS_PER_CLASS: usize = BUCKETS + 1;

/// Postings of one class and one bucket of organisations with a feature: a cell of the count matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClassCount {
    /// Class times [`SLOTS_PER_CLASS`] plus bucket.
    pub(crate) slot: u16,
    /// Postings with it.
    pub(crate) postings: u32,
    /// Those with it in lower case.
    pub(crate) plain: u32,
}

impl ClassCount {
    pub(crate) fn class(self) -> usize {
        self.slot as usize / SLOTS_PER_CLASS
    }

    pub(crate) fn bucket(self) -> usize {
        self.slot as usize % SLOTS_PER_CLASS
    }
}
