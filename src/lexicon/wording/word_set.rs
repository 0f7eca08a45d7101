//! Sets of words and maps from words, by the hashes of words in lower case.

use crate::text::{HashTable, combine, lower_hash};

/// A set of words.
#[derive(Debug, Default, Clone)]
pub(crate) struct WordSet(Vec<u64>);

impl WordSet {
    /// The words with these hashes.
    pub(super) fn new(mut hashes: Vec<u64>) -> Self {
        hashes.sort_unstable();
        Self(hashes)
    }

    /// Whether the word with a hash is in the set.
    pub(crate) fn has(&self, hash: u64) -> bool {
        self.0.binary_search(&hash).is_ok()
    }

    /// Whether a word is in the set, in any case.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        !self.0.is_empty() && self.has(lower_hash(word))
    }

    /// The hashes.
    pub(crate) fn hashes(&self) -> &[u64] {
        &self.0
    }
}

/// A map from words, or from two words in a row.
#[derive(Debug, Clone)]
pub(crate) struct WordMap<V> {
    /// Indices in `values`, by hash.
    indices: HashTable,
    values: Vec<V>,
}

impl<V: Copy> WordMap<V> {
    /// Values by hash; of equal hashes, the first counts.
    pub(super) fn new(pairs: impl IntoIterator<Item = (u64, V)>) -> Self {
        let (hashes, values): (Vec<u64>, Vec<V>) = pairs.into_iter().unzip();
        let indices: Vec<(u64, u32)> = hashes.into_iter().zip(0..).collect();
        Self { indices: HashTable::new(&indices, indices.len()), values }
    }

    /// The value of the word with a hash.
    pub(crate) fn get(&self, hash: u64) -> Option<V> {
        self.indices.get(hash).map(|index| self.values[index as usize])
    }

    /// The value of a word, in any case.
    pub(crate) fn of_word(&self, word: &str) -> Option<V> {
        self.get(lower_hash(word))
    }

    /// The value of two words in a row, in any case.
    pub(crate) fn of_two_words(&self, first: &str, second: &str) -> Option<V> {
        self.get(combine(lower_hash(first), lower_hash(second)))
    }
}

/// A word, or words with this beginning (`owner*`) or this ending (`*ly`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// The word itself.
    Word(String),
    /// Words that begin so.
    Beginning(String),
    /// Words that end so.
    Ending(String),
}

impl Pattern {
    /// Reads a pattern; `None` if it is empty, or has more than one asterisk.
    pub(super) fn read(written: &str) -> Option<Self> {
        let (letters, pattern): (&str, fn(String) -> Self) =
            match (written.strip_prefix('*'), written.strip_suffix('*')) {
                (None, None) => (written, Self::Word),
                (Some(ending), _) => (ending, Self::Ending),
                (None, Some(beginning)) => (beginning, Self::Beginning),
            };
        let is_part = !letters.is_empty() && letters.chars().all(char::is_alphanumeric);
        is_part.then(|| pattern(letters.to_lowercase()))
    }

    /// Whether a word, in lower case, is one of these.
    pub(crate) fn fits(&self, word: &str) -> bool {
        match self {
            Self::Word(whole) => word == whole,
            Self::Beginning(beginning) => word.starts_with(beginning),
            Self::Ending(ending) => word.ends_with(ending),
        }
    }

    /// A word without the ending of the pattern, if it has it.
    pub(crate) fn without<'w>(&self, word: &'w str) -> Option<&'w str> {
        match self {
            Self::Ending(ending) => word.strip_suffix(ending.as_str()),
            Self::Word(_) | Self::Beginning(_) => None,
        }
    }
}

/// Whether a word, in lower case, fits any of the patterns.
pub(crate) fn fits_any(patterns: &[Pattern], word: &str) -> bool {
    patterns.iter().any(|pattern| pattern.fits(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asterisk_stands_for_any_letters() {
        let fits = |pattern: &str, word: &str| {
            Pattern::read(pattern).is_some_and(|pattern| pattern.fits(word))
        };
        assert!(fits("owner*", "owners") && fits("*leiter", "projektleiter") && fits("TPM", "tpm"));
        assert!(!fits("owner*", "co") && !fits("*leiter", "leiterin") && !fits("tpm", "tpms"));
        for wrong in ["", "*", "*a*", "a*b", "two words"] {
            assert_eq!(Pattern::read(wrong), None, "{wrong}");
        }
        assert_eq!(Pattern::read("*s").and_then(|s| s.without("leads")), Some("lead"));
    }

    #[test]
    fn words_are_found_in_any_case() {
        let set = WordSet::new(["für", "of"].map(lower_hash).to_vec());
        assert!(set.has_word("FÜR") && set.has_word("Of") && !set.has_word("fur"));
        let map =
            WordMap::new([(lower_hash("a"), 1), (combine(lower_hash("p"), lower_hash("a")), 2)]);
        assert_eq!(
            (map.of_word("A"), map.of_two_words("P", "a"), map.of_word("p")),
            (Some(1), Some(2), None)
        );
    }
}
