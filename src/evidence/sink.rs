//! What the walk over a posting finds: features, which go to a sink, and what is kept of the text beside them.

use super::feature::{Side, Span};
use crate::lexicon::TokenClasses;
use crate::text::{AppendBuffer, Token};
use std::ops::Range;

/// What is found in a text besides features.
#[derive(Debug, Default, Clone)]
pub(crate) struct TermMatches {
    /// Mentions by role; last those of names that leave the role undecided.
    pub(crate) mentions: Vec<u32>,
    /// Token ranges of the parts that say nothing about the job, in order.
    pub(crate) ignored: Vec<Range<usize>>,
    /// By token, whether it counts as a word: numbers and words of names or ignored parts do not. Two counting tokens
    /// in a row, with no break between them, are a phrase.
    pub(crate) counts: Vec<bool>,
    /// Whether the text describes several jobs.
    pub(crate) several_jobs: bool,
    /// Whether parts in another language are among the ignored ones.
    pub(crate) other_language: bool,
    /// Scratch buffer: indices of tokens that may begin a lexicon entry.
    pub(super) starts: AppendBuffer<u32>,
    /// Scratch buffer: prefetched slots of the phrase table.
    pub(super) prefetched: Vec<u64>,
}

impl TermMatches {
    /// Number of words outside the ignored parts.
    pub(crate) fn words(&self) -> usize {
        self.counts.len() - self.ignored.iter().map(ExactSizeIterator::len).sum::<usize>()
    }
}

/// Receives what the walk over a posting finds, in this order: token classes are asked for, then come the features of
/// the lexicon, then words and phrases, then the title.
///
/// There is one call for each occurrence: occurrences of a feature come in the order of the text, the shorter first
/// where they begin at the same token.
pub(crate) trait FeatureSink {
    /// Sets the classes of tokens, which are those of [`Extractor::words`](super::Extractor::words).
    fn token_classes(&mut self, tokens: &[Token], token_classes: &mut TokenClasses);
    /// A lexicon entry, by its index.
    fn skill(&mut self, index: u32, span: Span);
    /// A feature of mentions, by its index in [`Extractor::mention_keys`](super::Extractor::mention_keys).
    fn mention(&mut self, index: u32, span: Span);
    /// A context word of a role's name; the span reaches from the one to the other.
    fn context(&mut self, side: Side, word: &Token, span: Span);
    /// All words and phrases: `counts` is [`TermMatches::counts`].
    fn words(&mut self, tokens: &[Token], counts: &[bool]);
    /// The cleaned title, and its first tokens.
    fn title(&mut self, text: &str, tokens: &[Token]);
}
