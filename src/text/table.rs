//! A hash table that never grows.

use super::BloomFilter;

/// Hashes and what they stand for, in 64 bits: the lowest are the value, the others those of the hash.
/// The lowest bits of the hash say where to look. Whoever writes a posting cannot choose what stands in
/// here, and so cannot make it slow.
#[derive(Debug, Clone)]
pub(crate) struct HashTable {
    slots: Vec<u64>,
    values: u64,
    pub(crate) likely: BloomFilter,
}

const EMPTY: u64 = u64::MAX;

impl HashTable {
    /// Of hashes with values below `values`; the first of equal hashes stays.
    pub(crate) fn new(pairs: &[(u64, u32)], values: usize) -> Self {
        Self::with_room(pairs.len() * 5 / 4, pairs, values)
    }

    /// The same with room for so many at least.
    pub(crate) fn with_room(room: usize, pairs: &[(u64, u32)], values: usize) -> Self {
        let capacity = room.next_power_of_two().max(64);
        let mut table = Self {
            slots: vec![EMPTY; capacity],
            // One more, so that no slot in use is empty.
            values: (values as u64 + 1).next_power_of_two() - 1,
            likely: BloomFilter::new(8 * capacity),
        };
        for &(hash, value) in pairs {
            let mut at = hash as usize % capacity;
            while table.slots[at] != EMPTY {
                at = (at + 1) % capacity;
            }
            table.slots[at] = hash & !table.values | u64::from(value);
            table.likely.insert(hash);
        }
        table
    }

    /// Gives what stands where a hash is looked for first.
    #[inline]
    pub(crate) fn home_slots(&self) -> impl Fn(u64) -> u64 {
        let slots = self.slots.as_slice();
        move |hash| slots[hash as usize & (slots.len() - 1)]
    }

    /// The value of what stands somewhere.
    #[inline]
    pub(crate) fn value_of(&self, slot: u64) -> u32 {
        (slot & self.values) as u32
    }

    /// Gives the value of a hash, of which is known what stands where it is looked for first.
    #[inline]
    pub(crate) fn values(&self) -> impl Fn(u64, u64) -> Option<u32> {
        let (slots, values) = (self.slots.as_slice(), self.values);
        move |hash, first| {
            let (mut at, mut slot) = (hash as usize, first);
            loop {
                if slot == EMPTY {
                    return None;
                }
                if (slot ^ hash) & !values == 0 {
                    return Some((slot & values) as u32);
                }
                at += 1;
                slot = slots[at & (slots.len() - 1)];
            }
        }
    }

    /// The value of a hash.
    #[inline]
    pub(crate) fn get(&self, hash: u64) -> Option<u32> {
        self.values()(hash, self.home_slots()(hash))
    }
}
