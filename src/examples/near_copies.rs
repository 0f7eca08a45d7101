//! Which texts are near copies of each other: `MinHash` (Broder 1997) over the pairs of words in a text, all hashes
//! from one hash function (one permutation hashing, Li, Owen and Zhang 2012, with the empty bins filled as by
//! Shrivastava 2017), and bands of hashes as keys (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter
//! 3).

use crate::evidence::{Channel, FeatureKey};
use serde::{Deserialize, Serialize};

/// Keys of a text: one for each band.
pub(crate) const KEYS: usize = 12;
/// Hashes in a band. Texts with the Jaccard similarity `s` of their pairs of words share a key with the
/// probability `1 - (1 - s^WIDTH)^KEYS`: .9999 for .9, .97 for .8, .77 for .7, .17 for .5 and .009 for .3.
const WIDTH: usize = 6;
const HASHES: usize = KEYS * WIDTH;
/// Texts that are nearly the same share at least this many keys.
const CLOSE: usize = 4;
/// A text of fewer pairs is too short to compare, and has no keys.
const LEAST_PAIRS: usize = 20;

/// Two texts are near copies if they share a key. A text that is too short has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NearKeys {
    /// By band; 0 is none.
    keys: [u32; KEYS],
}

impl NearKeys {
    /// Length in bytes.
    pub(crate) const BYTES: usize = KEYS * size_of::<u32>();

    /// The keys of a text, from its features.
    pub(crate) fn of(features: impl Iterator<Item = FeatureKey>) -> Self {
        Self { keys: keys(features) }
    }

    /// The key of a band, if there is one.
    pub(crate) fn get(self, band: usize) -> Option<u32> {
        Some(self.keys[band]).filter(|&key| key > 0)
    }

    /// The keys, each with its band.
    pub(crate) fn all(self) -> impl Iterator<Item = (usize, u32)> {
        self.keys.into_iter().enumerate().filter(|(_, key)| *key > 0)
    }

    /// Whether the texts are nearly the same. Sharing one key, they may be half the same: postings of a company share what
    /// it says of itself. Texts with the Jaccard similarity `s` share [`CLOSE`] keys or more with the probability .95 for
    /// .9, .39 for .8, .04 for .7 and .002 for .6.
    pub(crate) fn are_close(self, other: Self) -> bool {
        let shared = |(a, b): &(u32, u32)| a == b && *a > 0;
        self.keys.into_iter().zip(other.keys).filter(shared).count() >= CLOSE
    }

    /// As bytes.
    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> {
        self.keys.into_iter().flat_map(u32::to_le_bytes)
    }

    /// From bytes.
    pub(crate) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let mut keys = [0; KEYS];
        for (key, bytes) in keys.iter_mut().zip(bytes.as_chunks().0) {
            *key = u32::from_le_bytes(*bytes);
        }
        Self { keys }
    }
}

fn keys(features: impl Iterator<Item = FeatureKey>) -> [u32; KEYS] {
    // The minimum hash of the pairs of words in each bin.
    let (mut least, mut count) = ([u32::MAX; HASHES], 0);
    for pair in features.filter(|key| key.channel() == Channel::Phrases) {
        let hash = mixed(pair.number());
        let bin = &mut least[hash as usize % HASHES];
        *bin = (*bin).min((hash >> 32) as u32);
        count += 1;
    }
    if count < LEAST_PAIRS {
        return [0; KEYS];
    }
    let filled = least;
    for (i, value) in least.iter_mut().enumerate().filter(|(_, value)| **value == u32::MAX) {
        let mut tried = (1u64..).map(|k| filled[mixed((i as u64) << 32 | k) as usize % HASHES]);
        *value = tried.find(|value| *value != u32::MAX).unwrap_or_default();
    }
    let mut keys = [0; KEYS];
    for (key, band) in keys.iter_mut().zip(least.chunks_exact(WIDTH)) {
        let hash = band.iter().fold(0, |hash, &value| mixed(hash ^ u64::from(value)));
        *key = (hash as u32).max(1);
    }
    keys
}

/// A hash of a hash (the finaliser of `SplitMix64`).
fn mixed(value: u64) -> u64 {
    let z = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pairs: std::ops::Range<u32>) -> NearKeys {
        NearKeys::of(pairs.map(|n| FeatureKey::new(Channel::Phrases, &n.to_string())))
    }

    fn alike(a: NearKeys, b: NearKeys) -> bool {
        a.all().any(|(band, key)| b.get(band) == Some(key))
    }

    #[test]
    fn texts_with_most_pairs_in_common_share_a_key() {
        for start in (0..100_000).step_by(1000) {
            let whole = text(start..start + 200);
            assert!(alike(whole, text(start..start + 206)), "a line more");
            assert!(alike(whole, text(start + 20..start + 200)), "a tenth less");
            assert!(!alike(whole, text(start + 150..start + 350)), "a quarter in common");
            assert!(whole.are_close(text(start..start + 206)), "a line more");
            assert!(!whole.are_close(text(start + 60..start + 260)), "two thirds in common");
        }
    }

    #[test]
    fn a_short_text_is_no_near_copy() {
        assert_eq!(text(0..19), NearKeys::default());
        assert_eq!(text(0..20).all().count(), KEYS);
    }

    #[test]
    fn bytes_are_read_back() {
        let keys = text(0..50);
        let bytes: Vec<u8> = keys.bytes().collect();
        assert_eq!(NearKeys::from_bytes(bytes.as_array().expect("so many bytes")), keys);
    }
}
