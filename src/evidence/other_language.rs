//! Finds the parts of a text that are not in the language of the lexicon.

use super::language::{are_terms, detected};
use super::sections::merged;
use super::sentences::{Reach, next_end};
use crate::lexicon::{TokenClass, TokenClasses, WINDOW};
use crate::text::Token;
use std::ops::Range;

/// Least percentage of common words in a sentence of the language of the lexicon.
const OWN_PERCENT: usize = 20;
/// Largest percentage of these words in a sentence of another language.
const OTHER_PERCENT: usize = 9;
/// Quick test: a part in another language has a window of [`WINDOW`] words with at most this many common words, and at
/// most this many that begin a lexicon entry (terms occur in any language).
const MOST_IN_WINDOW: [u32; 2] = [(OTHER_PERCENT * LEAST_OF_PART / 100) as u32, WINDOW as u32 / 6];
/// Sentences of fewer words take the language of their neighbours.
const LEAST_WORDS: usize = 8;
/// Least words of a part in another language.
const LEAST_OF_PART: usize = 40;
/// Least words of the remainder.
const LEAST_OF_OWN: usize = 40;
/// Least percentage of words without capitals in a part in another language. Lists of names and places have fewer.
const LEAST_PLAIN_PERCENT: usize = 40;

/// Adds the parts in another language to the dropped `parts`, if enough remains; `own` is the language of the lexicon. Returns whether it added any.
pub(super) fn leave_out_others(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    own: Option<&'static str>,
    parts: &mut Vec<Range<usize>>,
) -> bool {
    let Some(own) = own else { return false };
    let words = tokens.len();
    if words < LEAST_OF_PART + LEAST_OF_OWN
        || !token_classes.has_few([TokenClass::COMMON, TokenClass::BEGINS], MOST_IN_WINDOW)
    {
        return false;
    }
    let others = others(text, tokens, token_classes, own);
    let length = |parts: &[Range<usize>]| parts.iter().map(ExactSizeIterator::len).sum::<usize>();
    let all = merged([parts.as_slice(), &others].concat());
    if others.is_empty() || words - length(&all) < LEAST_OF_OWN {
        return false;
    }
    *parts = all;
    true
}

/// Token ranges of the parts in another language, in order.
fn others(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    own: &str,
) -> Vec<Range<usize>> {
    let sentences = sentences(text, tokens, token_classes);
    let known: Vec<Option<bool>> = sentences.iter().map(|s| is_other(s, token_classes)).collect();
    let mut before = None;
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (i, sentence) in sentences.iter().enumerate() {
        let other = known[i].unwrap_or_else(|| {
            let next = known[i..].iter().flatten().next().copied();
            match (before, next) {
                (Some(before), Some(next)) if before != next && sentence.len() >= LEAST_WORDS => {
                    2 * common_in(sentence, token_classes)
                        < (OWN_PERCENT + OTHER_PERCENT) * sentence.len()
                }
                // A short sentence has the language of the one before it on its line.
                (Some(before), _) if !Reach::Line.ends_before(text, tokens, sentence.start) => {
                    before
                }
                (before, next) => next.or(before).unwrap_or(false),
            }
        });
        before = Some(other);
        if other {
            match runs.last_mut().filter(|run| run.end == sentence.start) {
                Some(run) => run.end = sentence.end,
                None => runs.push(sentence.clone()),
            }
        }
    }
    // The detector is slow (as slow as extracting some postings), so it comes last.
    runs.retain(|run| {
        run.len() >= LEAST_OF_PART
            && tokens.len() - run.len() >= LEAST_OF_OWN
            && common_in(run, token_classes) <= OTHER_PERCENT * run.len()
            && 100 * run.clone().filter(|&at| tokens[at].plain).count()
                >= LEAST_PLAIN_PERCENT * run.len()
            && !are_terms(
                run.clone().filter(|&at| token_classes.has(at, TokenClass::BEGINS)).count(),
                run.len(),
            )
            && detected(&text[tokens[run.start].start as usize..tokens[run.end - 1].end as usize])
                .is_some_and(|language| language != own)
    });
    runs
}

/// A hundred times the number of common words in a sentence.
fn common_in(sentence: &Range<usize>, token_classes: &TokenClasses) -> usize {
    100 * sentence.clone().filter(|&at| token_classes.has(at, TokenClass::COMMON)).count()
}

/// The sentences of a text.
fn sentences(text: &str, tokens: &[Token], token_classes: &TokenClasses) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let end = next_end(text, tokens, token_classes, start + 1, Reach::Sentence);
        sentences.push(start..end);
        start = end;
    }
    sentences
}

/// Whether a sentence is in another language; `None` if that is uncertain.
fn is_other(sentence: &Range<usize>, token_classes: &TokenClasses) -> Option<bool> {
    let share = |percent: usize| percent * sentence.len();
    match common_in(sentence, token_classes) {
        _ if sentence.len() < LEAST_WORDS => None,
        common if common >= share(OWN_PERCENT) => Some(false),
        common if common <= share(OTHER_PERCENT) => Some(true),
        _ => None,
    }
}
