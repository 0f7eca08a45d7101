//! A Bloom filter: tells most of what is not in a set at once.

/// A set of hashes, by one bit of each (Bloom 1970, with one function): what it does not have is not in
/// the set.
#[derive(Debug, Clone)]
pub(crate) struct BloomFilter(Vec<u64>);

impl BloomFilter {
    /// An empty set. At least eight bits for each hash keep the wrong answers few.
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
        let (place, mask) = bit(hash, self.0.len());
        self.0[place] |= mask;
    }

    /// Whether it has a hash.
    #[inline]
    pub(crate) fn may_have(&self) -> impl Fn(u64) -> bool {
        let words = self.0.as_slice();
        move |hash| {
            let (place, mask) = bit(hash, words.len());
            words[place] & mask != 0
        }
    }
}

/// The bit of a hash: which of so many words of 64 bits, a power of two, and a mask in it. By other bits
/// than those that tables use first.
#[inline]
fn bit(hash: u64, words: usize) -> (usize, u64) {
    ((hash >> 38) as usize & (words - 1), 1 << (hash >> 32 & 63))
}
