//! Sentences of boilerplate, known by their words: equal opportunity, pay, benefits, background checks, how to apply.

use super::sections::merged;
use super::sentences::{Reach, around, next_end};
use crate::lexicon::{PhraseTable, Strength, TokenClasses};
use crate::text::Token;
use std::ops::Range;

/// Most words of a sentence for each form of boilerplate in it, and the same for a sentence that is more than half of
/// the text: a text without full stops must not be dropped whole.
const WORDS_EACH: [usize; 2] = [30, 10];
/// A sentence of at most this many words between two dropped sentences is dropped too.
const LONGEST_BETWEEN: usize = 20;
/// A dropped line has at most this many words outside its dropped sentences.
const LONGEST_REMAINDER: usize = 60;

/// Sets `parts` to the token ranges of boilerplate sentences, in order. `starts` are the indices of tokens that may
/// begin a form.
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
            sentences.extend(
                sentence.filter(|s| {
                    s.len() <= some && (s.len() <= most || 2 * s.len() <= tokens.len())
                }),
            );
        }
    }
    if !sentences.is_empty() {
        *parts = filled(text, tokens, token_classes, sentences);
    }
}

/// The dropped sentences, with short ones between two of them and lines of which they are at least half.
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
        let remainder = line.len() - left_out;
        remainder <= *left_out && remainder <= LONGEST_REMAINDER
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
