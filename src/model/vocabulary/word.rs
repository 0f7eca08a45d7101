//! What is known of a word.

use super::VocabularyEntry;
use crate::lexicon::TokenClass;

/// What is known of a word: its entry, if it has one, and what it is to the lexicon.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Word(u32);

/// Where the number of the entry begins, which is one more than the entry.
const ENTRY_AT: u32 = TokenClass::BITS;

impl Word {
    /// A word with an entry.
    pub(super) fn new(entry: VocabularyEntry) -> Self {
        Self((entry + 1) << ENTRY_AT)
    }

    pub(super) fn add_kinds(&mut self, kinds: TokenClass) {
        self.0 |= kinds.number();
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
        (self.0 >> ENTRY_AT).checked_sub(1)
    }

    /// Whether it is a common word of English.
    #[inline]
    pub(crate) fn is_common(self) -> bool {
        self.kinds().has(TokenClass::COMMON)
    }

    /// What it is to the lexicon.
    #[inline]
    pub(crate) fn kinds(self) -> TokenClass {
        TokenClass::from_number(self.0)
    }
}
