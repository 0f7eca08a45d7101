//! Finds titles of jobs within a text, each on a line of its own.

use super::sentences::{LONGEST_TITLE, Reach, around, between, has_bullet};
use crate::lexicon::Lexicon;
use crate::lexicon::{HeadingPart, TitleWords, TokenClasses};
use crate::text::Token;
use memchr::memmem;
use std::ops::Range;

/// A title of at most this many words may be lower case but for its first word.
pub(super) const SHORT_TITLE: usize = 4;
/// Numerals for levels after a title.
const NUMERALS: [&str; 5] = ["i", "ii", "iii", "iv", "v"];
/// Least words of the text of a job.
const LEAST_OF_JOB: usize = 25;

/// Whether the name of a role is the title of a job: it begins a short line, after at most its level, a number or a
/// call for applicants, and the line ends or breaks after it, or goes on like a title.
pub(super) fn is_title(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    name: Range<usize>,
    lexicon: &Lexicon,
) -> bool {
    let line = around(text, tokens, token_classes, name.start, Reach::Title);
    line.is_some_and(|line| begins_line(text, tokens, &line, name, lexicon))
}

/// The same, of a name on a line that is known.
fn begins_line(
    text: &str,
    tokens: &[Token],
    line: &Range<usize>,
    name: Range<usize>,
    lexicon: &Lexicon,
) -> bool {
    if line.len() > LONGEST_TITLE || tokens[name.start].plain {
        return false;
    }
    let words = &lexicon.wording.titles;
    let may_precede = |at: usize| {
        tokens[at].numeric
            || lexicon.levels.longest(&tokens[at..], false, |_, _| true).is_some()
            || words.before_title.has(tokens[at].hash)
    };
    let ends = name.end == line.end || tokens[name.end].breaks;
    (ends || (name.end..line.end).all(|at| is_of_title(text, tokens, at, words)))
        && (line.start..name.start).all(may_precede)
}

/// Whether the words for a job, `name`, end a title: their short line is no list item, is written like a title or is
/// very short, and has no word that makes it about somebody else.
pub(super) fn ends_title(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    name: Range<usize>,
    words: &TitleWords,
) -> bool {
    let Some(line) = around(text, tokens, token_classes, name.start, Reach::Title) else {
        return false;
    };
    let is_small = |at: usize| words.lower_case.has(tokens[at].hash);
    let is_numeral = |at: usize| NUMERALS.contains(&&*tokens[at].word(text));
    let signs = |at: usize| between(text, tokens, at);
    let is_mark = |at: usize| signs(at).len() > 1 && !is_possessive(text, tokens, at);
    let ends = || {
        name.end == line.end
            || (is_small(name.end) && !words.is_joining(tokens[name.end].hash))
            || is_numeral(name.end)
            || tokens[name.end].numeric
            || is_mark(name.end)
    };
    let first = line.clone().find(|&at| !tokens[at].numeric).unwrap_or(line.start);
    // Brackets may contain anything: "(m/f/d)".
    let bracket = (name.end..line.end).find(|&at| signs(at).contains(&b'(')).unwrap_or(line.end);
    let are_of_title = || {
        let small = || line.clone().any(is_small);
        (line.start..bracket).all(|at| is_of_title(text, tokens, at, words))
            || (line.len() <= SHORT_TITLE && !small())
    };
    line.len() <= LONGEST_TITLE
        && !tokens[first].plain
        && !is_small(line.start)
        && ends()
        && are_of_title()
        && !is_of_others(text, tokens, &line, words)
}

/// Whether a word follows "'s": "Driver's License" is no driver.
fn is_possessive(text: &str, tokens: &[Token], at: usize) -> bool {
    at < tokens.len()
        && ["'", "’"].iter().any(|sign| between(text, tokens, at).starts_with(sign.as_bytes()))
}

/// Whether a line is a list item, or is about somebody else.
fn is_of_others(text: &str, tokens: &[Token], line: &Range<usize>, words: &TitleWords) -> bool {
    let signs = between(text, tokens, line.start);
    has_bullet(signs)
        || ["|", "- ", "* "].iter().any(|sign| memmem::find(signs, sign.as_bytes()).is_some())
        || tokens[line.clone()].iter().any(|token| words.no_title.has(token.hash))
}

/// Whether the text calls for applicants to another job: "We are looking for a nurse".
pub(super) fn calls_for(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    name: Range<usize>,
    lexicon: &Lexicon,
) -> bool {
    let line = around(text, tokens, token_classes, name.start, Reach::Title);
    line.is_some_and(|line| {
        !is_of_others(text, tokens, &line, &lexicon.wording.titles)
            && !is_possessive(text, tokens, name.end)
            && begins_line(text, tokens, &line, name, lexicon)
    })
}

/// Whether a word is written as in a title: it has a capital, follows a hyphen, is a number, or is a small word.
fn is_of_title(text: &str, tokens: &[Token], at: usize, words: &TitleWords) -> bool {
    let token = &tokens[at];
    !token.plain
        || token.numeric
        || between(text, tokens, at) == b"-"
        || words.lower_case.has(token.hash)
}

/// Whether two different titles are each followed by enough text. All other jobs count as the same title.
pub(super) fn are_several(lines: &[(usize, HeadingPart)], words: usize) -> bool {
    let is_title =
        |part: HeadingPart| matches!(part, HeadingPart::Title(_) | HeadingPart::OtherJob);
    let mut titles = lines.iter().filter(|(_, part)| is_title(*part)).peekable();
    let mut named: Option<HeadingPart> = None;
    while let Some(&(start, title)) = titles.next() {
        // A title may be repeated, above a text and in its heading.
        while titles.next_if(|(_, other)| *other == title).is_some() {}
        let end = titles.peek().map_or(words, |(next, _)| *next);
        if end - start < LEAST_OF_JOB {
            continue;
        }
        if named.is_some_and(|other| other != title) {
            return true;
        }
        named = Some(title);
    }
    false
}
