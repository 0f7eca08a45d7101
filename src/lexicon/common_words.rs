//! Common words of English, which tell it from other languages.

use crate::text::word_hash;

/// Common words of English, the most frequent first. Other languages share a few of them.
pub(crate) const COMMON: [&str; 54] = [
    "the", "and", "to", "of", "in", "a", "with", "for", "our", "you", "is", "are", "as", "on",
    "will", "or", "an", "that", "be", "this", "we", "from", "your", "at", "by", "work", "have",
    "all", "who", "not", "can", "has", "their", "about", "it", "more", "other", "what", "when",
    "which", "such", "into", "well", "must", "any", "up", "through", "they", "if", "these",
    "those", "them", "than", "within",
];

/// Hashes of common words of English.
pub(crate) fn common_words() -> impl Iterator<Item = u64> {
    COMMON.iter().map(|word| word_hash(word))
}
