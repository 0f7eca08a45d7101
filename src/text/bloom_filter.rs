//! A Bloom filter.

/// A Bloom filter with one hash function (Bloom 1970): it may have false positives, and no false negatives.
#[derive(Debug, Clone)]
pub(crate) struct BloomFilter(Vec<u64>);

impl BloomFilter {
    /// An empty set. At least eight bits for each hash keep false positives few.
    pub(crate) fn new(bits: usize) -> Self {
        Self(vec![0; (bits / 64).next_power_of_two()])
    }

    /// A set of hashes.
    pub(crate) fn of(hashes: &[u64]) -> Self {
        let mut set = Self::new(8 * hashes.len());
        for &hash in hashes {
            set.insert(hash);
        }
        set
    }

    pub(crate) fn insert(&mut self, hash: u64) {
        let (word, mask) = bit(hash, self.0.len());
        self.0[word] |= mask;
    }

    /// A function that tells whether the set may have a hash.
    #[inline]
    pub(crate) fn may_have(&self) -> impl Fn(u64) -> bool {
        let words = self.0.as_slice();
        move |hash| {
            let (word, mask) = bit(hash, words.len());
            words[word] & mask != 0
        }
    }
}

/// The bit of a hash: the index of its 64-bit word (of `words`, a power of two) and its mask. From other bits than the
/// lowest ones, which [`HashTable`](super::HashTable) uses.
#[inline]
fn bit(hash: u64, words: usize) -> (usize, u64) {
    ((hash >> 38) as usize & (words - 1), 1 << (hash >> 32 & 63))
}
