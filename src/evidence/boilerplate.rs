//! Sentences that could stand below any job, known by their own words: equal opportunity, pay, benefits, checks,
//! how to apply.

use super::parts::merged;
use super::sentences::{Reach, around, next_end};
use crate::lexicon::{PhraseTable, Strength, TokenClasses};
use crate::text::Token;
use std::ops::Range;

/// A sentence must have a form for so many of its words, and for so many if it is most of the text: one that has lost
/// its full stops is not lost whole.
const WORDS_EACH: [usize; 2] = [30, 10];
/// A sentence of at most so many words between two that are left out is left out too.
const LONGEST_BETWEEN: usize = 20;
/// A line that is left out has at most so many other words.
const LONGEST_REST: usize = 60;

/// The sentences that show forms of boilerplate, in order, as the parts that are left out. `starts`
/// are the tokens that a form may begin with.
pub(super) fn leave_out(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    starts: &[u32],
    forms: &PhraseTable<(Strength, u32)>,
    parts: &mut Vec<Range<usize>>,
) {
    let mut from = 0;
    let found = starts.iter().filter_map(|&at| {
        let at = at as usize;
        if at < from {
            return None;
        }
        let ((strength, form), length) = forms.longest(&tokens[at..], true, |_, _| true)?;
        from = at + length;
        Some((at, strength, form))
    });
    parts.clear();
    let mut sentences: Vec<Range<usize>> = Vec::new();
    let mut found = found.peekable();
    while let Some((at, strength, form)) = found.next() {
        let end = next_end(text, tokens, token_classes, at + 1, Reach::Sentence);
        if !Reach::Sentence.reaches(at, end) {
            continue;
        }
        let (mut sure, mut several, mut count) = (strength == Strength::Sure, false, 1);
        while let Some((_, strength, other)) = found.next_if(|(at, ..)| *at < end) {
            sure |= strength == Strength::Sure;
            several |= other != form;
            count += 1;
        }
        if sure || several {
            let sentence = around(text, tokens, token_classes, at, Reach::Sentence);
            let [some, most] = WORDS_EACH.map(|words| words * count);
            sentences.extend(sentence.filter(|own| {
                own.len() <= some && (own.len() <= most || 2 * own.len() <= tokens.len())
            }));
        }
    }
    if !sentences.is_empty() {
        *parts = filled(text, tokens, token_classes, sentences);
    }
}

/// Sentences that are left out, with those between two of them and the lines that they make up half of.
fn filled(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    mut sentences: Vec<Range<usize>>,
) -> Vec<Range<usize>> {
    let mut lines: Vec<(Range<usize>, usize)> = Vec::new();
    for sentence in &sentences {
        let same = lines.last_mut().filter(|(line, _)| sentence.start < line.end);
        if let Some((_, left_out)) = same {
            *left_out += sentence.len();
        } else {
            let line = around(text, tokens, token_classes, sentence.start, Reach::Line);
            lines.extend(line.map(|line| (line, sentence.len())));
        }
    }
    lines.retain(|(line, left_out)| {
        let rest = line.len() - left_out;
        rest <= *left_out && rest <= LONGEST_REST
    });
    let is_one = |between: &Range<usize>| {
        between.len() <= LONGEST_BETWEEN
            && around(text, tokens, token_classes, between.start, Reach::Sentence).as_ref()
                == Some(between)
    };
    let between: Vec<_> = sentences.windows(2).map(|two| two[0].end..two[1].start).collect();
    sentences.extend(between.into_iter().filter(is_one));
    sentences.extend(lines.into_iter().map(|(line, _)| line));
    merged(sentences)
}
