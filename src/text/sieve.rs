//! Tells most of what is not in a set at once.

/// A set of hashes, by one bit of each (Bloom 1970, with one function): what it does not have is not in
/// the set.
#[derive(Debug, Clone)]
pub(crate) struct Sieve(Vec<u64>);

impl Sieve {
    /// An empty set. At least eight bits for each hash keep the wrong answers few.
    pub(crate) fn new(bits: usize) -> Self {
        Self(vec![0; (bits / 64).next_power_of_two()])
    }

    pub(crate) fn insert(&mut self, hash: u64) {
        let place = self.place(hash);
        self.0[place] |= mask(hash);
    }

    #[inline]
    pub(crate) fn may_have(&self, hash: u64) -> bool {
        self.0[self.place(hash)] & mask(hash) != 0
    }

    /// By other bits than those of the mask, and than those that tables use first.
    #[inline]
    fn place(&self, hash: u64) -> usize {
        (hash >> 38) as usize & (self.0.len() - 1)
    }
}

#[inline]
fn mask(hash: u64) -> u64 {
    1 << (hash >> 32 & 63)
}
