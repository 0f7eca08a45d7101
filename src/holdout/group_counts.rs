//! The counts of the features of a group of rows, without the group.

use crate::bayes::lexicon_weights::LexiconWeights;
use crate::bayes::weights::{Normalisers, weigh};
use crate::counts::feature_count::Buckets;
use crate::counts::feature_counts::FeatureCounts;
use crate::evidence::{Channel, FeatureKey, Occurrence};
use crate::examples::example::Example;
use std::ops::Range;

/// A feature of a row of the group.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupOccurrence {
    slot: u32,
    pub(super) feature: Occurrence,
}

/// The features of a group, each with a slot in the order in which they are met; and scratch buffers, to remove one
/// group after the other.
#[derive(Debug, Default)]
pub(super) struct GroupCounts {
    /// By feature index: the slot plus one; 0 for features that no row of the group has.
    slots: Vec<u32>,
    /// By slot: the feature, its index, and how many rows of the group have it.
    features: Vec<(FeatureKey, u32, u32)>,
    /// Row by row, in the order of its features.
    occurrences: Vec<GroupOccurrence>,
    /// By row: where its occurrences end.
    row_ends: Vec<usize>,
    /// Slots x classes: postings without the group.
    counts: Vec<u32>,
    /// By slot: whether it stays frequent enough.
    is_frequent: Vec<bool>,
    /// By slot: the row in `weights` plus one; 0 for features without weights.
    weight_rows: Vec<u32>,
    weights: Vec<f64>,
    /// The features of a row, with the contents of their home slots.
    fetched: Vec<(Occurrence, u64)>,
    /// Slot, row and whether in lower case of the occurrences of features that might be too rare.
    doubtful: Vec<(u32, u32, bool)>,
    removed: RemovedBuckets,
}

impl GroupCounts {
    /// Removes rows, each of which was counted, from the counts of their features.
    pub(super) fn remove(&mut self, feature_counts: &FeatureCounts, rows: &[&Example]) {
        self.clear(feature_counts.len());
        for row in rows {
            for (index, feature) in feature_counts.indices_of(&row.features(), &mut self.fetched) {
                let slot = &mut self.slots[index as usize];
                if *slot == 0 {
                    self.features.push((feature.key(), index, 0));
                    *slot = self.features.len() as u32;
                }
                self.features[*slot as usize - 1].2 += 1;
                self.occurrences.push(GroupOccurrence { slot: *slot - 1, feature });
            }
            self.row_ends.push(self.occurrences.len());
        }
        let classes = feature_counts.classes();
        // Copied in one loop, so that the cache misses overlap.
        for &(_, index, _) in &self.features {
            self.counts.extend_from_slice(feature_counts.postings(index as usize));
        }
        for (position, row) in rows.iter().enumerate() {
            let class = row.row.class();
            for occurrence in &self.occurrences[self.of_row(position)] {
                self.counts[occurrence.slot as usize * classes + class] -= 1;
            }
        }
        self.find_frequent(feature_counts, rows);
    }

    fn clear(&mut self, features: usize) {
        for (_, index, _) in self.features.drain(..) {
            self.slots[index as usize] = 0;
        }
        self.slots.resize(features, 0);
        self.occurrences.clear();
        self.row_ends.clear();
        self.counts.clear();
        self.is_frequent.clear();
        self.weight_rows.clear();
        self.weights.clear();
    }

    fn find_frequent(&mut self, feature_counts: &FeatureCounts, rows: &[&Example]) {
        // Each row is of one bucket, and those of an organisation are of the same.
        let buckets = rows.iter().fold(0u32, |mask, row| mask | 1 << row.row.bucket()).count_ones();
        let surely = |&(key, index, rows): &(FeatureKey, u32, u32)| {
            let support = feature_counts.support(index as usize);
            support.is_frequent_without(key.channel(), rows.min(buckets))
        };
        self.is_frequent.extend(self.features.iter().map(surely));
        self.doubtful.clear();
        for row in 0..rows.len() {
            let of_row = &self.occurrences[self.of_row(row)];
            let doubtful = of_row.iter().filter(|o| !self.is_frequent[o.slot as usize]);
            self.doubtful.extend(doubtful.map(|o| (o.slot, row as u32, o.feature.plain())));
        }
        self.doubtful.sort_unstable();
        for same in self.doubtful.chunk_by(|a, b| a.0 == b.0) {
            let slot = same[0].0 as usize;
            let of_feature = same.iter().map(|&(_, row, plain)| (rows[row as usize], plain));
            let index = self.features[slot].1 as usize;
            self.is_frequent[slot] = self.removed.leave_frequent(feature_counts, index, of_feature);
        }
    }

    /// The range of the occurrences of the row at a position in the group.
    fn of_row(&self, position: usize) -> Range<usize> {
        let start = position.checked_sub(1).map_or(0, |before| self.row_ends[before]);
        start..self.row_ends[position]
    }

    /// The occurrences of the row at a position in the group.
    pub(super) fn occurrences(&self, position: usize) -> &[GroupOccurrence] {
        &self.occurrences[self.of_row(position)]
    }

    /// How many features that stay frequent enough the row at a position has, by channel.
    pub(super) fn frequent_features(&self, position: usize) -> [u64; Channel::ALL.len()] {
        let mut by_channel = [0; Channel::ALL.len()];
        for occurrence in self.occurrences(position) {
            let is_frequent = self.is_frequent[occurrence.slot as usize];
            by_channel[occurrence.feature.key().channel() as usize] += u64::from(is_frequent);
        }
        by_channel
    }

    /// The indices of features that do not stay frequent enough, sorted.
    pub(super) fn too_rare(&self) -> Vec<usize> {
        let features = self.features.iter().zip(&self.is_frequent);
        let too_rare = features.filter(|(_, is_frequent)| !**is_frequent);
        let mut too_rare: Vec<usize> = too_rare.map(|((_, index, _), _)| *index as usize).collect();
        too_rare.sort_unstable();
        too_rare
    }

    /// Computes the weights of the features of the rows at some positions.
    pub(super) fn weigh(
        &mut self,
        positions: &[usize],
        normalisers: &[Normalisers; Channel::ALL.len()],
        lexicon: &LexiconWeights,
        classes: usize,
    ) {
        self.weight_rows.resize(self.features.len(), 0);
        let mut weighed = Vec::new();
        for &position in positions {
            for occurrence in &self.occurrences[self.of_row(position)] {
                let slot = occurrence.slot as usize;
                if self.is_frequent[slot] && self.weight_rows[slot] == 0 {
                    weighed.push(slot);
                    self.weight_rows[slot] = weighed.len() as u32;
                }
            }
        }
        self.weights.resize(weighed.len() * classes, 0.0);
        let features = weighed.iter().map(|&slot| {
            let key = self.features[slot].0;
            let counts = &self.counts[slot * classes..][..classes];
            (&normalisers[key.channel() as usize], counts, lexicon.of(key))
        });
        weigh(features, &mut self.weights, classes);
    }

    /// The weights of an occurrence in a row that was weighed, if its feature stays frequent enough.
    pub(super) fn weights(&self, occurrence: &GroupOccurrence, classes: usize) -> Option<&[f64]> {
        self.weights_at(occurrence.slot as usize, classes)
    }

    /// The weights of the feature at an index, if they were computed.
    pub(super) fn computed_weights(&self, index: usize, classes: usize) -> Option<&[f64]> {
        self.weights_at(self.slots[index].checked_sub(1)? as usize, classes)
    }

    fn weights_at(&self, slot: usize, classes: usize) -> Option<&[f64]> {
        let row = self.weight_rows[slot].checked_sub(1)? as usize;
        Some(&self.weights[row * classes..][..classes])
    }

    /// The counts without the group of the feature at an index, and whether it stays frequent enough; `None` if no row
    /// of the group has it.
    pub(super) fn counts(&self, index: usize, classes: usize) -> Option<(&[u32], bool)> {
        let slot = self.slots[index].checked_sub(1)? as usize;
        Some((&self.counts[slot * classes..][..classes], self.is_frequent[slot]))
    }
}

/// Scratch buffer for the number of removed rows with a feature in lower case, by bucket. All zero between uses.
#[derive(Debug, Default)]
struct RemovedBuckets(Buckets);

impl RemovedBuckets {
    /// Whether a feature stays frequent enough without these of its rows, each with whether it has it in lower case.
    fn leave_frequent<'e>(
        &mut self,
        feature_counts: &FeatureCounts,
        index: usize,
        rows: impl Iterator<Item = (&'e Example, bool)> + Clone,
    ) -> bool {
        let mut support = feature_counts.support(index);
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
        support.is_frequent(feature_counts.feature(index).channel())
    }
}
