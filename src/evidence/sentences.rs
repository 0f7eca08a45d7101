//! Finds the sentence or the line around a token.

use crate::lexicon::TokenClasses;
use crate::text::Token;
use memchr::memmem;
use std::iter::successors;
use std::ops::Range;

/// Bullets before the items of a list.
const BULLETS: [&str; 6] = ["•", "·", "●", "▪", "◦", "‣"];

/// A line of at most this many words can be the title of a job.
pub(super) const LONGEST_TITLE: usize = 10;

/// The unit that is searched around a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// A sentence within a line.
    Sentence,
    /// A line.
    Line,
    /// A line that may be a title.
    Title,
}

impl Reach {
    /// Most tokens searched before and after. A longer unit has most likely lost its ends.
    fn most_words(self) -> [usize; 2] {
        match self {
            Self::Sentence => [120, 120],
            Self::Line => [60, 200],
            Self::Title => [LONGEST_TITLE, LONGEST_TITLE],
        }
    }

    /// Whether an end after token `at` is within reach.
    pub(super) fn reaches(self, at: usize, end: usize) -> bool {
        end <= at + self.most_words()[1]
    }

    /// Whether a unit ends before token `at`.
    pub(super) fn ends_before(self, text: &str, tokens: &[Token], at: usize) -> bool {
        if at == 0 || at >= tokens.len() {
            return true;
        }
        let before = &tokens[at - 1];
        if !tokens[at].breaks {
            return false;
        }
        // A dot after a single letter most likely belongs to an abbreviation: "U.S. law".
        let dot = before.end - before.start > 1;
        let between = between(text, tokens, at);
        let ends = |byte: &u8| match byte {
            b'\n' => true,
            b'!' | b'?' | b';' | b'*' | b'|' => self == Self::Sentence,
            b'.' => self == Self::Sentence && dot,
            _ => false,
        };
        // Lists that have lost their line breaks.
        let has_dash = || memmem::find(between, b" - ").is_some();
        let item =
            || between.len() > 1 && (has_bullet(between) || (has_dash() && !tokens[at].plain));
        between.iter().any(ends) || (self == Self::Sentence && item())
    }
}

/// Whether there is a bullet in the bytes between two tokens.
pub(super) fn has_bullet(between: &[u8]) -> bool {
    let has = |bullet: &str| memmem::find(between, bullet.as_bytes()).is_some();
    !between.is_ascii() && BULLETS.into_iter().any(has)
}

/// The tokens of the sentence or the line around token `at`; `None` if it is very long.
pub(super) fn around(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    at: usize,
    reach: Reach,
) -> Option<Range<usize>> {
    let ends = |at| reach.ends_before(text, tokens, at);
    let [before, _] = reach.most_words();
    let begins = |start: &usize| start + before >= at;
    let backwards = |start: &usize| start.checked_sub(1).map(|at| token_classes.break_up_to(at));
    let mut starts = successors(Some(token_classes.break_up_to(at)), backwards).take_while(begins);
    let start = starts.find(|&start| ends(start))?;
    let onwards = |end: &usize| Some(token_classes.break_from(end + 1));
    let reaches = |end: &usize| reach.reaches(at, *end);
    let mut stops = successors(Some(token_classes.break_from(at + 1)), onwards).take_while(reaches);
    let end = stops.find(|&end| ends(end))?;
    Some(start..end)
}

/// The first token index, from `from`, before which a sentence or a line ends, or the end of the text.
pub(super) fn next_end(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    from: usize,
    reach: Reach,
) -> usize {
    let mut end = token_classes.break_from(from);
    while !reach.ends_before(text, tokens, end) {
        end = token_classes.break_from(end + 1);
    }
    end
}

/// The bytes between token `at` and the one before it; empty at both ends of a text.
pub(super) fn between<'t>(text: &'t str, tokens: &[Token], at: usize) -> &'t [u8] {
    match (at.checked_sub(1).and_then(|before| tokens.get(before)), tokens.get(at)) {
        (Some(before), Some(token)) => &text.as_bytes()[before.end as usize..token.start as usize],
        _ => &[],
    }
}
