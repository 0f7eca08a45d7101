//! What words are to the phrases of the lexicon.

use std::ops::BitOr;

/// What a word is to the phrases that are looked for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    /// How many bits there are.
    pub(crate) const BITS: u32 = 5;
    /// A phrase begins with it.
    pub(crate) const BEGINS: Self = Self(1);
    /// It is a phrase.
    pub(crate) const WHOLE: Self = Self(2);
    /// Phrases may have it between their own words.
    pub(crate) const DETERMINER: Self = Self(4);

    /// It is the second of a phrase, or one that may stand before that.
    pub(crate) const SECOND: Self = Self(8);
    /// A heading may begin with it.
    pub(crate) const HEADING: Self = Self(16);

    /// Whether it is of a kind.
    #[inline]
    pub(crate) fn has(self, kind: Self) -> bool {
        self.0 & kind.0 != 0
    }

    /// As a number, below 2 to the power of [`Self::BITS`].
    pub(crate) fn number(self) -> u32 {
        self.0.into()
    }

    /// From the lowest bits of a number.
    #[inline]
    pub(crate) fn from_number(number: u32) -> Self {
        Self(number as u8 & ((1 << Self::BITS) - 1))
    }
}

impl BitOr for Kinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
