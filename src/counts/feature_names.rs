//! Texts of features, collected while postings are read on many threads.

use crate::counts::feature_count::FeatureMap;
use crate::evidence::{CHANNEL_AT, Channel, Evidence, Feature, FeatureKey};
use crate::lexicon::Lexicon;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Texts of features that occur somewhere in lower case. The others are never frequent enough, and mostly names: only
/// their keys are stored.
#[derive(Debug)]
pub struct FeatureNames {
    /// By the highest bits of the key: threads seldom wait for one another.
    shards: Vec<RwLock<NameShard>>,
    /// Keys whose texts are there, each at the slot of its lowest bits: looked at first, because most features of a
    /// posting are common ones, and a large map is slow.
    common: Vec<AtomicU64>,
}

/// Bits of a key below the number of its shard.
const SHARD_SHIFT: u32 = 56;
const NAME_SHARDS: usize = Channel::ALL.len() << (CHANNEL_AT - SHARD_SHIFT);
/// Slots of common features: they fit into the caches of the processor.
const COMMON_SLOTS: usize = 1 << 17;
/// What an empty slot holds: no key is as large.
const NO_KEY: u64 = u64::MAX;

/// Texts of the features of a range of keys.
#[derive(Debug, Default)]
pub(crate) struct NameShard {
    texts: String,
    /// UTF-8 offsets in `texts`, start and end.
    ranges: FeatureMap<[u32; 2]>,
}

impl NameShard {
    /// The text of a feature.
    pub(crate) fn text(&self, key: FeatureKey) -> Option<&str> {
        let [start, end] = *self.ranges.get(&key)?;
        Some(&self.texts[start as usize..end as usize])
    }

    fn insert(&mut self, key: FeatureKey, text: &str) {
        self.ranges.entry(key).or_insert_with(|| {
            let start = self.texts.len() as u32;
            self.texts.push_str(text);
            [start, self.texts.len() as u32]
        });
    }
}

impl Default for FeatureNames {
    fn default() -> Self {
        Self {
            shards: (0..NAME_SHARDS).map(|_| RwLock::default()).collect(),
            common: (0..COMMON_SLOTS).map(|_| AtomicU64::new(NO_KEY)).collect(),
        }
    }
}

impl FeatureNames {
    /// Adds the texts of the features of a posting. Threads may do so at once.
    pub fn note(&self, evidence: &Evidence, lexicon: &Lexicon) {
        let of_one_shard = |a: &&Feature, b: &&Feature| shard_of(a.key) == shard_of(b.key);
        let plain = evidence.features().iter().filter(|feature| feature.plain);
        let uncommon: Vec<&Feature> =
            plain.filter(|feature| !self.is_common(feature.key)).collect();
        let mut new: Vec<&Feature> = Vec::new();
        for features in uncommon.chunk_by(of_one_shard) {
            let shard = self.shard(features[0].key);
            new.extend(features.iter().filter(|feature| !shard.ranges.contains_key(&feature.key)));
        }
        for feature in new {
            self.insert(feature.key, &evidence.feature_text(feature, lexicon));
        }
        // The first feature of a slot keeps it: a common feature is met early, and threads that went on writing would slow
        // each other down.
        for feature in uncommon {
            let slot = self.slot(feature.key);
            if slot.load(Relaxed) == NO_KEY {
                slot.store(feature.key.number(), Relaxed);
            }
        }
    }

    fn slot(&self, key: FeatureKey) -> &AtomicU64 {
        &self.common[key.number() as usize % COMMON_SLOTS]
    }

    fn is_common(&self, key: FeatureKey) -> bool {
        self.slot(key).load(Relaxed) == key.number()
    }

    /// Adds the text of a feature.
    pub(crate) fn insert(&self, key: FeatureKey, text: &str) {
        // An insertion that panicked has left nothing half done.
        let shard = self.shards[shard_of(key)].write();
        shard.unwrap_or_else(PoisonError::into_inner).insert(key, text);
    }

    /// Adds the texts of others.
    pub(crate) fn extend(&self, others: &Self) {
        for other in &others.shards {
            let other = other.read().unwrap_or_else(PoisonError::into_inner);
            let mut keys: Vec<FeatureKey> = other.ranges.keys().copied().collect();
            keys.sort_unstable();
            for key in keys {
                self.insert(key, other.text(key).unwrap_or_default());
            }
        }
    }

    /// The texts among which that of a feature is.
    pub(crate) fn shard(&self, key: FeatureKey) -> RwLockReadGuard<'_, NameShard> {
        self.shards[shard_of(key)].read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frees the shards before that of a key: no feature in them is looked up again.
    pub(crate) fn free_before(&mut self, key: FeatureKey) {
        self.shards[..shard_of(key)].fill_with(RwLock::default);
    }
}

fn shard_of(key: FeatureKey) -> usize {
    (key.number() >> SHARD_SHIFT) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Extractor;

    #[test]
    fn every_feature_in_lower_case_has_its_text_also_where_common_ones_share_a_slot() {
        let lexicon = Lexicon::embedded().expect("the lexicon inside the program is sound");
        let extractor = Extractor::new(&lexicon);
        // Ten times as many pairs of words as there are slots would take long: few are enough to share one.
        let text = |n: u32| format!("we plan sprint {n} and build part {}", n * n);
        let all: Vec<Evidence> = (0..2000).map(|n| extractor.extract("", &text(n))).collect();
        let names = FeatureNames::default();
        for evidence in all.iter().chain(&all) {
            names.note(evidence, &lexicon);
        }
        for evidence in &all {
            for feature in evidence.features().iter().filter(|feature| feature.plain) {
                let expected = evidence.feature_text(feature, &lexicon);
                assert_eq!(names.shard(feature.key).text(feature.key), Some(&*expected));
            }
        }
    }
}
