//! A hash table of fixed size, with open addressing.

use super::BloomFilter;

/// A map from hashes to small numbers: open addressing with linear probing, from the home slot that the lowest bits of
/// the hash give. A slot has 64 bits: the value in the lowest ones, and the other bits of the hash. The text of
/// postings is only looked up and never inserted, so it cannot cause long probe sequences.
#[derive(Debug, Clone)]
pub(crate) struct HashTable {
    slots: Vec<u64>,
    /// Mask of the bits of the value.
    value_mask: u64,
    /// Filter for hashes that are not in the table.
    pub(crate) likely: BloomFilter,
}

const EMPTY: u64 = u64::MAX;

impl HashTable {
    /// A table of hashes with values below `values`; of equal hashes, the first is found.
    pub(crate) fn new(pairs: &[(u64, u32)], values: usize) -> Self {
        Self::with_capacity(pairs.len() * 5 / 4, pairs, values)
    }

    /// The same with at least `slots` slots.
    pub(crate) fn with_capacity(slots: usize, pairs: &[(u64, u32)], values: usize) -> Self {
        let capacity = slots.next_power_of_two().max(64);
        let mut table = Self {
            slots: vec![EMPTY; capacity],
            // One value more, so that no used slot equals `EMPTY`.
            value_mask: (values as u64 + 1).next_power_of_two() - 1,
            likely: BloomFilter::new(8 * capacity),
        };
        for &(hash, value) in pairs {
            let mut index = hash as usize % capacity;
            while table.slots[index] != EMPTY {
                index = (index + 1) % capacity;
            }
            table.slots[index] = hash & !table.value_mask | u64::from(value);
            table.likely.insert(hash);
        }
        table
    }

    /// A function that gives the content of the home slot of a hash.
    #[inline]
    pub(crate) fn home_slots(&self) -> impl Fn(u64) -> u64 {
        let slots = self.slots.as_slice();
        move |hash| slots[hash as usize & (slots.len() - 1)]
    }

    /// The value in a slot's content.
    #[inline]
    pub(crate) fn value_of(&self, slot: u64) -> u32 {
        (slot & self.value_mask) as u32
    }

    /// A function that gives the value of a hash, from the hash and the content of its home slot.
    #[inline]
    pub(crate) fn values(&self) -> impl Fn(u64, u64) -> Option<u32> {
        let (slots, value_mask) = (self.slots.as_slice(), self.value_mask);
        move |hash, home_slot| {
            let (mut index, mut slot) = (hash as usize, home_slot);
            loop {
                if slot == EMPTY {
                    return None;
                }
                if (slot ^ hash) & !value_mask == 0 {
                    return Some((slot & value_mask) as u32);
                }
                index += 1;
                slot = slots[index & (slots.len() - 1)];
            }
        }
    }

    /// The value of a hash.
    #[inline]
    pub(crate) fn get(&self, hash: u64) -> Option<u32> {
        self.values()(hash, self.home_slots()(hash))
    }
}
