//! A word in the vocabulary.

use super::VocabularyEntry;
use crate::lexicon::TokenClass;

/// The vocabulary entry of a word, if it has one, and its token classes, packed into 32 bits.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Word(u32);

/// Bits below the entry, which is stored plus one.
const ENTRY_SHIFT: u32 = TokenClass::BITS;

impl Word {
    /// A word with an entry.
    pub(super) fn new(entry: VocabularyEntry) -> Self {
        Self((entry + 1) << ENTRY_SHIFT)
    }

    pub(super) fn add_classes(&mut self, classes: TokenClass) {
        self.0 |= classes.number();
    }

    /// As a number; 0 without an entry.
    pub(super) fn number(self) -> u32 {
        self.0
    }

    pub(super) fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Its entry.
    #[inline]
    pub(crate) fn entry(self) -> Option<VocabularyEntry> {
        (self.0 >> ENTRY_SHIFT).checked_sub(1)
    }

    /// Whether it is a common word of English.
    #[inline]
    pub(crate) fn is_common(self) -> bool {
        self.token_classes().has(TokenClass::COMMON)
    }

    /// Its token classes in the lexicon.
    #[inline]
    pub(crate) fn token_classes(self) -> TokenClass {
        TokenClass::from_number(self.0)
    }
}
