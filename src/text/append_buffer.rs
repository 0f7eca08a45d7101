//! A list for what there is much of.

/// A list to which each of many items is added or not, with no branch that cannot be foreseen.
#[derive(Debug, Default, Clone)]
pub(crate) struct AppendBuffer<T> {
    items: Vec<T>,
    length: usize,
}

impl<T: Copy + Default> AppendBuffer<T> {
    /// Empties it.
    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }

    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        // One more, which is overwritten as long as nothing is added.
        let least = self.length + more + 1;
        if self.items.len() < least {
            self.items.resize(least.next_power_of_two(), T::default());
        }
    }

    /// Adds an item, for which there is room, if it is wanted.
    #[inline]
    pub(crate) fn add_if(&mut self, wanted: bool, item: T) {
        self.items[self.length] = item;
        self.length += usize::from(wanted);
    }

    /// Adds those of some items, for which there is room, that are wanted.
    #[inline]
    pub(crate) fn add_wanted(&mut self, items: impl Iterator<Item = (bool, T)>) {
        let room = self.items.as_mut_slice();
        let mut length = self.length;
        for (wanted, item) in items {
            room[length] = item;
            length += usize::from(wanted);
        }
        self.length = length;
    }

    /// Keeps those that are wanted.
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
    /// Adds the places of bits, counted from a place on. Eight are written at once, even if fewer are left,
    /// because how many there are cannot be foreseen.
    #[inline]
    pub(crate) fn add_bits(&mut self, from: u32, mut bits: u64) {
        self.reserve(64);
        let count = bits.count_ones() as usize;
        let room = self.items[self.length..].first_chunk_mut::<64>().expect("there is room for 64");
        for eight in room.as_chunks_mut::<8>().0.iter_mut().take(count.div_ceil(8)) {
            for place in eight {
                // Processors find the lowest of some bits faster than they find that there is none.
                *place = from + (bits | 1 << 63).trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
        }
        self.length += count;
    }
}
