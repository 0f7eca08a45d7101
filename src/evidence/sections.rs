//! Finds the parts of a posting that say nothing about the job, by their headings.

use super::sentences::{Reach, between};
use super::titles_in_text::{SHORT_TITLE, are_several, calls_for, ends_title, is_title};
use crate::lexicon::Lexicon;
use crate::lexicon::{HeadingPart, TokenClasses};
use crate::text::Token;
use memchr::memmem;
use std::ops::Range;

/// A line or sentence of at most this many words can be a heading.
pub(super) const LONGEST_HEADING: usize = 8;

/// A boilerplate heading in the first 1/`FIRST_FRACTION` of a text, before any other heading, covers one paragraph
/// only.
const FIRST_FRACTION: usize = 3;

/// Adds the tokens from each boilerplate heading up to the next heading of content to the dropped `parts`. If that is
/// more than half of the remaining text, the headings were misread, and nothing is added. `heads` are the indices of
/// tokens that may begin a heading.
///
/// Returns whether the text has the titles of several jobs, each on its line with enough text below it.
pub(super) fn leave_out_sections(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    heads: &[u32],
    lexicon: &Lexicon,
    parts: &mut Vec<Range<usize>>,
) -> bool {
    let mut others: Vec<u32> = Vec::new();
    let heading_at =
        |&at: &u32| heading_at(text, tokens, token_classes, at as usize, lexicon, &mut others);
    let mut found: Vec<(usize, HeadingPart)> = heads.iter().filter_map(heading_at).collect();
    // Titles of other jobs count only if there is one of a role.
    if found.iter().any(|(_, part)| matches!(part, HeadingPart::Title(_))) {
        found.extend(
            others.iter().filter_map(|&at| other_job(text, tokens, token_classes, at, lexicon)),
        );
        found.sort_by_key(|(start, _)| *start);
    }
    let lines = one_part_a_line(found.into_iter());
    let several_jobs = are_several(&lines, tokens.len());
    let mut below: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    let mut any_before = false;
    let mut paragraph_ends = ParagraphEnds::default();
    for (start, part) in lines {
        match (part, open) {
            // At the beginning of a text, the heading covers only its paragraph.
            (HeadingPart::Boilerplate, None)
                if !any_before && FIRST_FRACTION * start < tokens.len() =>
            {
                below.push(start..paragraph_ends.next(text, tokens, start));
                continue;
            }
            (HeadingPart::Boilerplate, None) => open = Some(start),
            // In the text of one job, words for another job are no title.
            (HeadingPart::OtherJob, _) if !several_jobs => {}
            (HeadingPart::Content | HeadingPart::Title(_) | HeadingPart::OtherJob, Some(from)) => {
                below.push(from..start);
                open = None;
            }
            _ => {}
        }
        any_before |= matches!(part, HeadingPart::Content | HeadingPart::Title(_));
    }
    below.extend(open.map(|from| from..tokens.len()));
    if !below.is_empty() {
        let length =
            |parts: &[Range<usize>]| parts.iter().map(ExactSizeIterator::len).sum::<usize>();
        let before = length(parts);
        let all = merged([parts.as_slice(), &below].concat());
        if 2 * (length(&all) - before) <= tokens.len() - before {
            *parts = all;
        }
    }
    several_jobs
}

/// The part that the line with token `at` begins, if it is a heading or a title, and the first token of the line.
/// Tokens that may end the title of another job are appended to `others`.
fn heading_at(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    at: usize,
    lexicon: &Lexicon,
    others: &mut Vec<u32>,
) -> Option<(usize, HeadingPart)> {
    let line = short_line(tokens, at)?;
    let (part, length) = lexicon.headings.longest(&tokens[at..line.end], false, |_, _| true)?;
    let words = at..at + length;
    let title_words = &lexicon.wording.titles;
    let fits = match part {
        HeadingPart::Title(_) => {
            is_title(text, tokens, token_classes, words.clone(), lexicon)
                || ends_title(text, tokens, token_classes, words, title_words)
        }
        HeadingPart::OtherJob => {
            // Only short titles are lower case.
            if !tokens[at].plain || line.len() <= SHORT_TITLE {
                others.push(at as u32);
            }
            false
        }
        HeadingPart::Content => has_no_comma(text, tokens, &line),
        HeadingPart::Boilerplate => {
            // "Security and privacy review operations" is no boilerplate heading.
            let at_an_end = at == line.start
                || words.end == line.end
                || tokens[line.start..at]
                    .iter()
                    .all(|word| title_words.before_heading.has(word.hash));
            at_an_end
                && has_no_comma(text, tokens, &line)
                && Reach::Sentence.ends_before(text, tokens, line.start)
        }
    };
    fits.then_some((line.start, part))
}

/// The part that the line with token `at` begins, if that token ends the title of another job.
fn other_job(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    at: u32,
    lexicon: &Lexicon,
) -> Option<(usize, HeadingPart)> {
    let at = at as usize;
    let line = short_line(tokens, at)?;
    let (part, length) = lexicon.headings.longest(&tokens[at..line.end], false, |_, _| true)?;
    let words = at..at + length;
    let is_one = calls_for(text, tokens, token_classes, words.clone(), lexicon)
        || ends_title(text, tokens, token_classes, words, &lexicon.wording.titles);
    is_one.then_some((line.start, part))
}

/// One part for each line. Boilerplate wins over other parts, and all win over content: "We are looking for a" is no
/// heading above a job.
fn one_part_a_line(found: impl Iterator<Item = (usize, HeadingPart)>) -> Vec<(usize, HeadingPart)> {
    let mut lines: Vec<(usize, HeadingPart)> = Vec::new();
    for (start, part) in found {
        match lines.last_mut().filter(|(line, _)| *line == start) {
            Some((_, known))
                if part == HeadingPart::Boilerplate || *known == HeadingPart::Content =>
            {
                *known = part;
            }
            Some(_) => {}
            None => lines.push((start, part)),
        }
    }
    lines
}

/// Finds where the paragraphs of headings end, in the order of the text, so that each token is looked at once.
#[derive(Default)]
struct ParagraphEnds {
    /// The token after the last empty line that was found; the number of tokens if there is none.
    empty_line: usize,
    /// The same for any line.
    line: usize,
}

impl ParagraphEnds {
    /// The end of the paragraph of the heading at a token: the next empty line, or the end of its line if there is none.
    fn next(&mut self, text: &str, tokens: &[Token], start: usize) -> usize {
        let ends = |found: &mut usize, mark: &[u8]| {
            if *found <= start {
                let ends = |&at: &usize| {
                    tokens[at].breaks && memmem::find(between(text, tokens, at), mark).is_some()
                };
                *found = (start + 1..tokens.len()).find(ends).unwrap_or(tokens.len());
            }
            *found
        };
        match ends(&mut self.empty_line, b"\n\n") {
            end if end < tokens.len() => end,
            _ => ends(&mut self.line, b"\n"),
        }
    }
}

/// Whether no comma is next to the line: "Privacy, security and legal" is no heading.
fn has_no_comma(text: &str, tokens: &[Token], line: &Range<usize>) -> bool {
    ![line.start, line.end].iter().any(|&at| between(text, tokens, at).contains(&b','))
}

/// Sorts ranges and merges those that overlap or touch.
pub(super) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, before| {
        let together = next.start <= before.end;
        before.end = if together { before.end.max(next.end) } else { before.end };
        together
    });
    ranges
}

/// The line or sentence of a token, if it has at most [`LONGEST_HEADING`] tokens.
fn short_line(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let first = at.saturating_sub(LONGEST_HEADING - 1);
    let start = first + tokens[first..=at].iter().rposition(|token| token.breaks)?;
    let others = tokens[start + 1..].iter().take(LONGEST_HEADING).take_while(|token| !token.breaks);
    let length = 1 + others.count();
    (length <= LONGEST_HEADING).then_some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::TokenClass;
    use crate::text::{AppendBuffer, Tokens};
    use proptest::prelude::*;

    #[test]
    fn a_paragraph_ends_at_the_next_empty_line_or_else_with_its_line() {
        let ends = |text: &str, starts: &[usize]| {
            let tokens = Tokens::new(text);
            let mut ends = ParagraphEnds::default();
            let next = |&start| ends.next(text, tokens.as_slice(), start);
            starts.iter().map(next).collect::<Vec<usize>>()
        };
        // Six words on four lines, an empty one after the second.
        assert_eq!(ends("a b\nc\n\nd\ne f", &[0, 2, 3, 4]), [3, 3, 4, 6]);
        assert_eq!(ends("a b\nc\nd", &[0, 1, 2, 3]), [2, 2, 3, 4]);
        assert_eq!(ends("a b c", &[0, 2]), [3, 3]);
    }

    proptest! {
        #[test]
        fn every_word_of_a_short_line_is_looked_at(
            lines in prop::collection::vec(prop_oneof![1..=8usize, 9..150usize], 0..40),
        ) {
            let lines: Vec<String> = lines.into_iter().map(|words| "word ".repeat(words)).collect();
            let tokens = Tokens::new(&lines.join("\n"));
            let tokens = tokens.as_slice();
            let (mut token_classes, mut appended) = (TokenClasses::default(), AppendBuffer::default());
            token_classes.set(tokens.iter().map(|token| (TokenClass::HEADING, token.breaks)));
            token_classes.append_in_short_lines(&mut appended, TokenClass::HEADING, LONGEST_HEADING);
            for at in 0..tokens.len() {
                let short = short_line(tokens, at).is_some();
                prop_assert!(!short || appended.as_slice().contains(&(at as u32)), "{}", at);
            }
            prop_assert!(appended.as_slice().iter().all(|&at| (at as usize) < tokens.len()));
        }
    }
}
