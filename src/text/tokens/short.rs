//! Words of at most 16 bytes, which most are, in two numbers.

use super::bytes::{each, first, within};

/// A word of at most 16 bytes, in two little-endian numbers padded with 0.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Short {
    halves: [u64; 2],
    length: usize,
}

impl Short {
    const LONGEST: usize = 16;
    /// By length, the mask of its bytes.
    const MASKS: [[u64; 2]; Self::LONGEST + 1] = {
        let mut masks = [[0; 2]; Self::LONGEST + 1];
        let mut length = 0;
        while length < Self::LONGEST {
            masks[length + 1] = masks[length];
            masks[length + 1][length / 8] |= 0xff << (8 * (length % 8));
            length += 1;
        }
        masks
    };

    /// The word of `length` bytes at offset `at`; `None` if it is too long.
    pub(super) fn new(bytes: &[u8], at: usize, length: usize) -> Option<Self> {
        if length > Self::LONGEST {
            return None;
        }
        let sixteen: [u8; Self::LONGEST] = first(&bytes[at..]);
        let (eights, _) = sixteen.as_chunks::<8>();
        let mask = Self::MASKS[length];
        let half = |i: usize| u64::from_le_bytes(eights[i]) & mask[i];
        Some(Self { halves: [half(0), half(1)], length })
    }

    /// An ASCII word of letters and digits in lower case. Digits already have the bit 0x20, which makes letters lower
    /// case.
    #[inline]
    pub(super) fn alphanumeric_in_small_letters(self) -> Self {
        let mask = Self::MASKS[self.length];
        let [low, high] = self.halves;
        Self { halves: [low | mask[0] & each(0x20), high | mask[1] & each(0x20)], ..self }
    }

    /// Whether an ASCII word of letters and digits has letters: only these have the bit 0x40.
    #[inline]
    pub(super) fn has_letters(self) -> bool {
        (self.halves[0] | self.halves[1]) & each(0x40) != 0
    }

    /// An ASCII word in lower case.
    pub(super) fn in_small_letters(self) -> Self {
        Self { halves: self.halves.map(|half| half | within(half, b'A', b'Z') >> 2), ..self }
    }

    /// Hash by two folded multiplications, as in rapidhash.
    pub(super) fn hash(self) -> u64 {
        let fold = |a: u64, b: u64| {
            let product = u128::from(a) * u128::from(b);
            product as u64 ^ (product >> 64) as u64
        };
        let [low, high] = self.halves;
        let length = (self.length as u64) << 56;
        let mixed = fold(low ^ 0x2d35_8dcc_aa6c_78a5, high ^ length ^ 0x8bb8_4b93_962e_acc9);
        fold(mixed ^ low, 0x4b33_a62e_d433_d4a3)
    }
}
