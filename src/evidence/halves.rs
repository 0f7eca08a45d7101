//! Texts of which a part is in another language than English.

use super::language::{are_english_terms, detected};
use super::parts::merged;
use super::sentences::{Reach, next_end};
use crate::lexicon::{TokenClass, TokenClasses, WINDOW};
use crate::text::Token;
use std::ops::Range;
use whatlang::Lang;

/// In a sentence of English so many words in a hundred are common ones, and no more in one of another language.
const OF_ENGLISH: usize = 20;
const OF_OTHERS: usize = 9;
/// Somewhere in a part in another language, among so many words in a row there are no more common ones of English, and
/// no more that begin an entry of the lexicon: terms in English are among them in any language.
const MOST_IN_A_ROW: [u32; 2] = [(OF_OTHERS * LEAST_OF_PART / 100) as u32, WINDOW as u32 / 6];
/// Sentences of fewer words are in the language of those beside them.
const LEAST_WORDS: usize = 8;
/// Words that a part in another language has at least, and all that is English.
const LEAST_OF_PART: usize = 40;
const LEAST_OF_ENGLISH: usize = 40;
/// Of the words of a part in another language, so many in a hundred are written in small letters or have none. Lists of names and
/// places have fewer.
const LEAST_PLAIN: usize = 40;

/// Adds the parts that are in another language to those that are left out, if enough English is left. Gives whether
/// there are any.
pub(super) fn leave_out_others(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    parts: &mut Vec<Range<usize>>,
) -> bool {
    let words = tokens.len();
    if words < LEAST_OF_PART + LEAST_OF_ENGLISH
        || !token_classes.has_few([TokenClass::COMMON, TokenClass::BEGINS], MOST_IN_A_ROW)
    {
        return false;
    }
    let others = others(text, tokens, token_classes);
    let length = |parts: &[Range<usize>]| parts.iter().map(ExactSizeIterator::len).sum::<usize>();
    let all = merged([parts.as_slice(), &others].concat());
    if others.is_empty() || words - length(&all) < LEAST_OF_ENGLISH {
        return false;
    }
    *parts = all;
    true
}

/// The parts in another language.
fn others(text: &str, tokens: &[Token], token_classes: &TokenClasses) -> Vec<Range<usize>> {
    let sentences = sentences(text, tokens, token_classes);
    let told: Vec<Option<bool>> = sentences.iter().map(|s| is_other(s, token_classes)).collect();
    let mut before = None;
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (i, sentence) in sentences.iter().enumerate() {
        let other = told[i].unwrap_or_else(|| {
            let next = told[i..].iter().flatten().next().copied();
            match (before, next) {
                (Some(before), Some(next)) if before != next && sentence.len() >= LEAST_WORDS => {
                    2 * common_in(sentence, token_classes)
                        < (OF_ENGLISH + OF_OTHERS) * sentence.len()
                }
                // Few words go with what stands before them on their line.
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
    // The detector takes as long as reading some postings: it is asked last.
    runs.retain(|run| {
        run.len() >= LEAST_OF_PART
            && tokens.len() - run.len() >= LEAST_OF_ENGLISH
            && common_in(run, token_classes) <= OF_OTHERS * run.len()
            && 100 * run.clone().filter(|&at| tokens[at].plain).count() >= LEAST_PLAIN * run.len()
            && !are_english_terms(
                run.clone().filter(|&at| token_classes.has(at, TokenClass::BEGINS)).count(),
                run.len(),
            )
            && detected(&text[tokens[run.start].start as usize..tokens[run.end - 1].end as usize])
                .is_some_and(|language| language != Lang::Eng)
    });
    runs
}

/// A hundred times the common words of English in a sentence.
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

/// Whether a sentence is in another language, if its words show it.
fn is_other(sentence: &Range<usize>, token_classes: &TokenClasses) -> Option<bool> {
    let share = |hundredths: usize| hundredths * sentence.len();
    match common_in(sentence, token_classes) {
        _ if sentence.len() < LEAST_WORDS => None,
        common if common >= share(OF_ENGLISH) => Some(false),
        common if common <= share(OF_OTHERS) => Some(true),
        _ => None,
    }
}
