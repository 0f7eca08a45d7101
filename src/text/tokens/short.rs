//! Short words in two numbers, where most of a text is.

use super::bytes::{each, first, within};

/// A word of at most 16 bytes, in two numbers.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Short {
    halves: [u64; 2],
    length: usize,
}

impl Short {
    const LONGEST: usize = 16;
    /// By length, the bits of its bytes.
    const WANTED: [[u64; 2]; Self::LONGEST + 1] = {
        let mut wanted = [[0; 2]; Self::LONGEST + 1];
        let mut length = 0;
        while length < Self::LONGEST {
            wanted[length + 1] = wanted[length];
            wanted[length + 1][length / 8] |= 0xff << (8 * (length % 8));
            length += 1;
        }
        wanted
    };

    /// The bytes of a text from a place on, if they are few.
    pub(super) fn new(bytes: &[u8], at: usize, length: usize) -> Option<Self> {
        if length > Self::LONGEST {
            return None;
        }
        let sixteen: [u8; Self::LONGEST] = first(&bytes[at..]);
        let (eights, _) = sixteen.as_chunks::<8>();
        let wanted = Self::WANTED[length];
        let half = |i: usize| u64::from_le_bytes(eights[i]) & wanted[i];
        Some(Self { halves: [half(0), half(1)], length })
    }

    /// A word of letters and digits of ASCII in small letters: digits have the bit that makes letters small.
    #[inline]
    pub(super) fn alphanumeric_in_small_letters(self) -> Self {
        let wanted = Self::WANTED[self.length];
        let [low, high] = self.halves;
        Self { halves: [low | wanted[0] & each(0x20), high | wanted[1] & each(0x20)], ..self }
    }

    /// Whether a word of letters and digits of ASCII has letters, which have a bit that digits do not.
    #[inline]
    pub(super) fn has_letters(self) -> bool {
        (self.halves[0] | self.halves[1]) & each(0x40) != 0
    }

    /// A word of ASCII in small letters.
    pub(super) fn in_small_letters(self) -> Self {
        Self { halves: self.halves.map(|half| half | within(half, b'A', b'Z') >> 2), ..self }
    }

    /// Folded multiplications, as in rapidhash.
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
