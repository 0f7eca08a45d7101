//! A branchless append buffer.

/// A list with branchless conditional appends: an item is always written, and kept by advancing the length. Use it
/// where the conditions are too irregular for branch prediction.
#[derive(Debug, Default, Clone)]
pub(crate) struct AppendBuffer<T> {
    /// Items from `length` on are spare capacity.
    items: Vec<T>,
    length: usize,
}

impl<T: Copy + Default> AppendBuffer<T> {
    /// Empties it.
    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }

    /// Reserves capacity for at least `more` items.
    pub(crate) fn reserve(&mut self, more: usize) {
        // One more for the last unwanted item.
        let least = self.length + more + 1;
        if self.items.len() < least {
            self.items.resize(least.next_power_of_two(), T::default());
        }
    }

    /// Appends an item if it is wanted. Its capacity must be reserved.
    #[inline]
    pub(crate) fn add_if(&mut self, wanted: bool, item: T) {
        self.items[self.length] = item;
        self.length += usize::from(wanted);
    }

    /// Appends the wanted items. Capacity for all items must be reserved.
    #[inline]
    pub(crate) fn add_wanted(&mut self, items: impl Iterator<Item = (bool, T)>) {
        let buffer = self.items.as_mut_slice();
        let mut length = self.length;
        for (wanted, item) in items {
            buffer[length] = item;
            length += usize::from(wanted);
        }
        self.length = length;
    }

    /// Keeps the wanted items.
    #[inline]
    pub(crate) fn retain(&mut self, wanted: impl Fn(&T) -> bool) {
        let mut kept = 0;
        for i in 0..self.length {
            let item = self.items[i];
            self.items[kept] = item;
            kept += usize::from(wanted(&item));
        }
        self.length = kept;
    }

    /// The items.
    pub(crate) fn as_slice(&self) -> &[T] {
        &self.items[..self.length]
    }
}

impl AppendBuffer<u32> {
    /// Appends the indices of set bits, plus `from`. Always writes a multiple of eight, to avoid a mispredicted branch
    /// for each bit.
    #[inline]
    pub(crate) fn add_bits(&mut self, from: u32, mut bits: u64) {
        self.reserve(64);
        let count = bits.count_ones() as usize;
        let spare =
            self.items[self.length..].first_chunk_mut::<64>().expect("there is room for 64");
        for eight in spare.as_chunks_mut::<8>().0.iter_mut().take(count.div_ceil(8)) {
            for slot in eight {
                // The highest bit is set because `trailing_zeros` is faster on numbers that are not 0.
                *slot = from + (bits | 1 << 63).trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
        }
        self.length += count;
    }
}
