//! How many postings of each outcome show each feature: integers, so that adding, taking away and
//! merging are exact. Knows no logarithms.

use crate::evidence::{Channel, FeatureKey};
use crate::examples::example::{BUCKETS, Example};
use std::collections::HashMap;

/// A feature takes part only when at least this many buckets of organisations show it in small
/// letters: that leaves out the names of companies and people, and boilerplate.
pub const SUPPORT: u32 = 3;

/// A word or phrase that the roles do not share takes part only when at least this many buckets show
/// it: names that are sometimes written in small letters are rarer, and the rest of the rarer words
/// help the question of scope no more.
const OTHER_SUPPORT: u32 = 10;

/// Whether a feature takes part: `support` is that in all postings and that in those of a role.
fn is_frequent(channel: Channel, support: [u32; 2]) -> bool {
    let listed = matches!(channel, Channel::Skills | Channel::Mentions);
    support[1] >= SUPPORT || support[0] >= if listed { SUPPORT } else { OTHER_SUPPORT }
}

/// Masks of the buckets of organisations that show a feature in small letters: in all postings, and in
/// those of a role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Support([u16; 2]);

impl Support {
    /// The masks: of all postings, of those of a role.
    pub(crate) fn masks(self) -> [u16; 2] {
        self.0
    }

    /// Whether a feature of this channel takes part.
    pub(crate) fn is_frequent(self, channel: Channel) -> bool {
        is_frequent(channel, self.0.map(u16::count_ones))
    }

    /// Whether it takes part even if that many of the buckets no longer show it.
    pub(crate) fn is_frequent_without(self, channel: Channel, buckets: u32) -> bool {
        is_frequent(channel, self.0.map(|shown| shown.count_ones().saturating_sub(buckets)))
    }

    /// Takes a bucket away if all of its postings are taken, of all postings or of those of a role.
    pub(crate) fn lose(&mut self, bucket: usize, all: &Buckets, taken: &Buckets) {
        for ((shown, all), taken) in self.0.iter_mut().zip(all).zip(taken) {
            *shown &= !(u16::from(all[bucket] == taken[bucket]) << bucket);
        }
    }
}

/// Postings that show a feature in small letters, by bucket of organisations: all, and those of a role.
pub(crate) type Buckets = [[u32; BUCKETS]; 2];

/// Postings that show a feature, by class, and by bucket of organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeatureCount {
    /// By class: the roles, then the families of other jobs.
    pub(crate) postings: Vec<u32>,
    pub(crate) buckets: Buckets,
    pub(crate) support: Support,
}

/// The feature count of a feature, wherever it is kept.
pub(crate) struct FeatureCountMut<'a> {
    pub(crate) postings: &'a mut [u32],
    pub(crate) buckets: &'a mut Buckets,
    pub(crate) support: &'a mut Support,
}

impl FeatureCountMut<'_> {
    /// Adds a posting that shows the feature.
    pub(crate) fn add(&mut self, example: &Example, plain: bool) {
        self.postings[example.row.class()] += 1;
        if plain {
            self.show(example.row.bucket(), 1, example.of_role);
        }
    }

    /// Takes a posting away that was added.
    pub(crate) fn take(&mut self, example: &Example, plain: bool) {
        self.postings[example.row.class()] -= 1;
        if plain {
            let (bucket, parts) = (example.row.bucket(), 1 + usize::from(example.of_role));
            for (buckets, shown) in self.buckets.iter_mut().zip(&mut self.support.0).take(parts) {
                buckets[bucket] -= 1;
                *shown &= !(u16::from(buckets[bucket] == 0) << bucket);
            }
        }
    }

    fn show(&mut self, bucket: usize, plain: u32, of_role: bool) {
        let parts = 1 + usize::from(of_role);
        for (buckets, shown) in self.buckets.iter_mut().zip(&mut self.support.0).take(parts) {
            buckets[bucket] += plain;
            *shown |= u16::from(buckets[bucket] > 0) << bucket;
        }
    }

    /// Makes it that of the class counts of a feature but those of the buckets in a mask; `roles` is the number
    /// of roles.
    pub(crate) fn set(&mut self, class_counts: &[ClassCount], without: u16, roles: usize) {
        self.postings.fill(0);
        (*self.buckets, *self.support) = (Buckets::default(), Support::default());
        for class_count in class_counts {
            let bucket = class_count.bucket();
            if bucket == BUCKETS {
                self.postings[class_count.class()] += class_count.postings;
            } else if without & (1 << bucket) == 0 {
                self.postings[class_count.class()] += class_count.postings;
                self.show(bucket, class_count.plain, class_count.class() < roles);
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

    /// The feature count of the class counts of a feature; `roles` is the number of roles.
    pub(crate) fn of(class_counts: &[ClassCount], roles: usize, classes: usize) -> Self {
        let mut feature_count = Self::new(classes);
        feature_count.as_mut().set(class_counts, 0, roles);
        feature_count
    }

    /// The feature count of the class counts of a feature, if it takes part; `sizes` are the numbers of roles and of classes.
    pub(crate) fn frequent(
        key: FeatureKey,
        class_counts: &[ClassCount],
        sizes: [usize; 2],
    ) -> Option<Self> {
        // Each class count is of one bucket: most features have too few.
        if class_counts.len() < SUPPORT as usize {
            return None;
        }
        let feature_count = Self::of(class_counts, sizes[0], sizes[1]);
        feature_count.support.is_frequent(key.channel()).then_some(feature_count)
    }
}

/// A map by feature. Its keys are hashes already, and its order is never used.
pub(crate) type FeatureMap<V> = HashMap<FeatureKey, V, rapidhash::fast::RandomState>;

/// Places of a class in the class counts: its buckets of organisations, and one for rows whose bucket is
/// not known.
pub(crate) const PLACES: usize = BUCKETS + 1;

/// Postings of one class and one bucket of organisations that show a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClassCount {
    /// Class times [`PLACES`] plus bucket.
    pub(crate) place: u16,
    /// Postings that show it.
    pub(crate) postings: u32,
    /// Those that show it in small letters.
    pub(crate) plain: u32,
}

impl ClassCount {
    pub(crate) fn class(self) -> usize {
        self.place as usize / PLACES
    }

    pub(crate) fn bucket(self) -> usize {
        self.place as usize % PLACES
    }
}
