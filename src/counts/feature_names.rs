//! Texts of features, collected while postings are read on many threads.

use crate::counts::feature_count::FeatureMap;
use crate::evidence::{CHANNEL_AT, Channel, Evidence, Feature, FeatureKey};
use crate::lexicon::Lexicon;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Texts of features that occur somewhere in lower case. The others are never frequent enough, and mostly names: only
/// their keys are stored.
#[derive(Debug)]
pub struct FeatureNames {
    /// By the highest bits of the key: threads seldom wait for one another.
    shards: Vec<RwLock<NameShard>>,
}

/// Bits of a key below the number of its shard.
const SHARD_SHIFT: u32 = 56;
const NAME_SHARDS: usize = Channel::ALL.len() << (CHANNEL_AT - SHARD_SHIFT);

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
        Self { shards: (0..NAME_SHARDS).map(|_| RwLock::default()).collect() }
    }
}

impl FeatureNames {
    /// Adds the texts of the features of a posting. Threads may do so at once.
    pub fn note(&self, evidence: &Evidence, lexicon: &Lexicon) {
        let of_one_shard = |a: FeatureKey, b: FeatureKey| shard_of(a) == shard_of(b);
        let mut new: Vec<&Feature> = Vec::new();
        for features in evidence.features().chunk_by(|a, b| of_one_shard(a.key, b.key)) {
            let shard = self.shard(features[0].key);
            let is_new = |key| !shard.ranges.contains_key(&key);
            new.extend(features.iter().filter(|feature| feature.plain && is_new(feature.key)));
        }
        for feature in new {
            self.insert(feature.key, &evidence.feature_text(feature, lexicon));
        }
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
