//! Which parts of a posting say nothing about the job.

use super::Lexicon;
use super::lexicon::{Part, WordKinds};
use super::sentences::{Reach, around, between};
use crate::text::Token;
use std::ops::Range;

/// A line or sentence of at most this many words can be a heading.
pub(super) const LONGEST_HEADING: usize = 8;

/// A line of at most this many words can be the title of a job.
const LONGEST_TITLE: usize = 10;
/// Words that stand before the title of a job.
const JOB_WORDS: [&str; 7] = ["job", "position", "role", "title", "opening", "vacancy", "no"];
/// Words that call for somebody, on the same line.
const CALLING_WORDS: [&str; 12] = [
    "we",
    "are",
    "is",
    "now",
    "currently",
    "hiring",
    "looking",
    "seeking",
    "searching",
    "for",
    "a",
    "an",
];
/// Small words of titles.
const SMALL_WORDS: [&str; 9] = ["and", "of", "for", "in", "at", "the", "our", "with", "to"];
/// Words that stand before the name of what is below a heading.
const HEADING_WORDS: [&str; 9] =
    ["our", "the", "your", "employee", "company", "additional", "other", "about", "more"];
/// Words that the text of a job has at least.
const LEAST_OF_JOB: usize = 40;

/// Adds the tokens below headings of boilerplate, up to the next heading of content, to the parts that are left
/// out. None if that is more than half of what else there is: then the headings are not what they seem. `heads`
/// are the tokens that a heading may begin with.
///
/// Gives whether the text has the titles of several jobs, each on a line of its own with enough text below it.
pub(super) fn boilerplate(
    text: &str,
    tokens: &[Token],
    kinds: &WordKinds,
    heads: &[u32],
    lexicon: &Lexicon,
    parts: &mut Vec<Range<usize>>,
) -> bool {
    let mut below: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    let mut titles: Vec<(usize, u32)> = Vec::new();
    let found = heads.iter().filter_map(|&at| {
        let at = at as usize;
        let line = short_line(tokens, at)?;
        let (part, length) = lexicon.headings.longest(&tokens[at..line.end], false, |_, _| true)?;
        let fits = match part {
            Part::Title(_) => is_title(text, tokens, kinds, at..at + length, lexicon),
            Part::Content => has_no_comma(text, tokens, &line),
            Part::Boilerplate => {
                // "Security and privacy review operations" is no heading of it.
                let at_an_end = at == line.start
                    || at + length == line.end
                    || (line.start..at)
                        .all(|word| HEADING_WORDS.contains(&&*tokens[word].word(text)));
                at_an_end
                    && has_no_comma(text, tokens, &line)
                    && Reach::Sentence.ends_before(text, tokens, line.start)
            }
        };
        fits.then_some((line.start, part))
    });
    let mut found = found.peekable();
    while let Some((start, mut part)) = found.next() {
        // A line that announces both is taken for boilerplate, and "We are looking for a" is no heading of a job.
        while let Some((_, other)) = found.next_if(|(line, _)| *line == start) {
            part = if other == Part::Boilerplate || part == Part::Content { other } else { part };
        }
        if let Part::Title(name) = part {
            titles.push((start, name));
        }
        match (part, open) {
            (Part::Boilerplate, None) => open = Some(start),
            (Part::Content | Part::Title(_), Some(from)) => {
                below.push(from..start);
                open = None;
            }
            _ => {}
        }
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
    are_several(&titles, tokens.len())
}

/// "Privacy, security and legal" is no heading.
fn has_no_comma(text: &str, tokens: &[Token], line: &Range<usize>) -> bool {
    ![line.start, line.end].iter().any(|&at| between(text, tokens, at).contains(&b','))
}

/// Whether the name of a role is the title of a job: it begins a short line, but for its level, a number or a call
/// for somebody, and the line ends or breaks behind it, or goes on like a title.
fn is_title(
    text: &str,
    tokens: &[Token],
    kinds: &WordKinds,
    name: Range<usize>,
    lexicon: &Lexicon,
) -> bool {
    let Some(line) = around(text, tokens, kinds, name.start, Reach::Line) else { return false };
    if line.len() > LONGEST_TITLE || tokens[name.start].plain {
        return false;
    }
    let word = |at: usize| tokens[at].word(text);
    let stands_before = |at: usize| {
        tokens[at].numeric
            || lexicon.levels.longest(&tokens[at..], false, |_, _| true).is_some()
            || JOB_WORDS.contains(&&*word(at))
            || CALLING_WORDS.contains(&&*word(at))
    };
    let is_of_title =
        |at: usize| !tokens[at].plain || tokens[at].numeric || SMALL_WORDS.contains(&&*word(at));
    let ends = name.end == line.end || tokens[name.end].breaks;
    (ends || (name.end..line.end).all(is_of_title)) && (line.start..name.start).all(stands_before)
}

/// Whether two different names stand above enough text of their own.
fn are_several(titles: &[(usize, u32)], words: usize) -> bool {
    let mut named: Option<u32> = None;
    let mut titles = titles.iter().peekable();
    while let Some(&(start, name)) = titles.next() {
        // A title may stand there twice, above a text and in its heading.
        while titles.next_if(|(_, other)| *other == name).is_some() {}
        let end = titles.peek().map_or(words, |(next, _)| *next);
        if end - start < LEAST_OF_JOB {
            continue;
        }
        if named.is_some_and(|other| other != name) {
            return true;
        }
        named = Some(name);
    }
    false
}

/// Ranges in order, those that overlap or touch in one.
pub(super) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, before| {
        let together = next.start <= before.end;
        before.end = if together { before.end.max(next.end) } else { before.end };
        together
    });
    ranges
}

/// The line or sentence that a token is in, if it is short.
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
    use crate::evidence::lexicon::Kinds;
    use crate::text::{Listed, Tokens};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_word_of_a_short_line_is_looked_at(
            lines in prop::collection::vec(prop_oneof![1..=8usize, 9..150usize], 0..40),
        ) {
            let lines: Vec<String> = lines.into_iter().map(|words| "word ".repeat(words)).collect();
            let tokens = Tokens::new(&lines.join("\n"));
            let tokens = tokens.as_slice();
            let (mut kinds, mut listed) = (WordKinds::default(), Listed::default());
            kinds.set(tokens.iter().map(|token| (Kinds::HEADING, token.breaks)));
            kinds.list_in_short_lines(&mut listed, Kinds::HEADING, LONGEST_HEADING);
            for at in 0..tokens.len() {
                let short = short_line(tokens, at).is_some();
                prop_assert!(!short || listed.as_slice().contains(&(at as u32)), "{}", at);
            }
            prop_assert!(listed.as_slice().iter().all(|&at| (at as usize) < tokens.len()));
        }
    }
}
