//! The tokens of a title and the gaps between them.

use crate::lexicon::{FunctionWord, Lexicon};
use crate::text::{CleanText, Token, Tokens, word_hash};
use std::borrow::Cow;

/// Only this many words of a title are read: a longer one is a text in the wrong column.
pub(in crate::evidence) const MOST_WORDS: usize = 100;

/// The gap between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing that separates them.
    Space,
    /// A hyphen without spaces.
    Hyphen,
    /// `/`, `&` or `+`.
    Joins,
    /// A comma.
    Comma,
    /// Any other mark: a dash, a bracket, a colon.
    Ends,
    /// `'s` of the word before.
    Possessive,
}

/// The words of one title.
#[derive(Debug, Default)]
pub(super) struct Words {
    clean: CleanText,
    tokens: Tokens,
    gaps: Vec<Gap>,
    /// What each word does in a title, if it is a function word.
    functions: Vec<FunctionWord>,
}

impl Words {
    /// Replaces the title.
    pub(super) fn set(&mut self, title: &str, lexicon: &Lexicon) {
        self.clean.set(title);
        self.tokens.set(self.clean.as_str());
        let text = self.clean.as_str();
        let mut end = 0;
        self.gaps.clear();
        self.gaps.extend(self.tokens.as_slice().iter().take(MOST_WORDS).map(|token| {
            let between = &text[end..token.start as usize];
            end = token.end as usize;
            if between == " " { Gap::Space } else { gap(between) }
        }));
        let function = &lexicon.wording.titles.function;
        let does = |token: &Token| function.get(token.hash).unwrap_or_default();
        self.functions.clear();
        self.functions.extend(self.tokens.as_slice().iter().take(MOST_WORDS).map(does));
    }

    /// The cleaned title.
    pub(super) fn text(&self) -> &str {
        self.clean.as_str()
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens.as_slice()[..self.len()]
    }

    pub(super) fn len(&self) -> usize {
        self.gaps.len()
    }

    pub(super) fn gap(&self, at: usize) -> Gap {
        self.gaps[at]
    }

    /// The normalised word at a token index.
    pub(super) fn word(&self, at: usize) -> Cow<'_, str> {
        self.tokens()[at].word(self.clean.as_str())
    }

    /// The words at some token indices, separated by spaces.
    pub(super) fn joined(&self, indices: impl Iterator<Item = usize>) -> String {
        indices.map(|at| self.word(at)).collect::<Vec<_>>().join(" ")
    }

    /// Whether the token, as written, has this hash.
    pub(super) fn is_written(&self, at: usize, written: u64) -> bool {
        let token = self.tokens()[at];
        word_hash(&self.clean.as_str()[token.start as usize..token.end as usize]) == written
    }

    /// Whether it joins the words before and after it.
    pub(super) fn is_joining(&self, at: usize) -> bool {
        self.functions[at].has(FunctionWord::JOINING)
    }

    pub(super) fn is_preposition(&self, at: usize) -> bool {
        self.functions[at].has(FunctionWord::PREPOSITION)
    }

    pub(super) fn is_of(&self, at: usize) -> bool {
        self.functions[at].has(FunctionWord::OF)
    }

    pub(super) fn is_for(&self, at: usize) -> bool {
        self.functions[at].has(FunctionWord::FOR)
    }

    /// Whether it is a number or a word for one.
    pub(super) fn is_number(&self, at: usize) -> bool {
        self.tokens()[at].numeric || self.functions[at].has(FunctionWord::NUMBER)
    }

    /// Whether a bracket opens before it.
    pub(super) fn is_bracketed(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or(0, |before| self.tokens()[before].end as usize);
        self.clean.as_str()[before..self.tokens()[at].start as usize].contains(['(', '['])
    }

    pub(super) fn is_determiner(&self, at: usize) -> bool {
        self.functions[at].has(FunctionWord::DETERMINER)
    }

    /// Whether a mark separates it from the word before.
    pub(super) fn is_separated(&self, at: usize) -> bool {
        !matches!(self.gaps[at], Gap::Space | Gap::Hyphen | Gap::Possessive)
    }

    /// Whether the name of a job that reaches up to token `at` ends there.
    pub(super) fn ends_at(&self, at: usize) -> bool {
        at >= self.len() || self.is_separated(at) || self.is_joining(at) || self.is_preposition(at)
    }

    /// Where the name of a job ends, at token `from` or after it.
    pub(super) fn phrase_end(&self, from: usize) -> usize {
        (from..self.len()).find(|&at| self.ends_at(at)).unwrap_or(self.len())
    }

    /// Where the name of a job that contains token `at` begins.
    pub(super) fn phrase_start(&self, at: usize) -> usize {
        let begins = |&at: &usize| {
            at == 0
                || self.is_separated(at)
                || self.is_joining(at - 1)
                || self.is_preposition(at - 1)
        };
        (0..=at).rev().find(begins).unwrap_or(0)
    }

    /// The last token of the words joined before token `at`: "product & project manager".
    pub(super) fn joined_before(&self, at: usize) -> Option<usize> {
        match at.checked_sub(1)? {
            before if self.gaps[at] == Gap::Joins => Some(before),
            before if !self.is_separated(at) && self.is_joining(before) => before.checked_sub(1),
            _ => None,
        }
    }

    /// The token that is joined to those before `at`: the one at `at`, or after the joining word there.
    pub(super) fn joined_at(&self, at: usize) -> Option<usize> {
        let next = at + 1;
        if at >= self.len() {
            None
        } else if self.gaps[at] == Gap::Joins {
            Some(at)
        } else {
            (next < self.len() && !self.is_separated(at) && self.is_joining(at)).then_some(next)
        }
    }

    /// The level that begins at token `at` (inner `None` for a name that only contains a level word), with its length.
    pub(super) fn level(&self, at: usize, lexicon: &Lexicon) -> Option<(Option<u32>, usize)> {
        lexicon.levels.longest(&self.tokens()[at..], false, |_, _| true)
    }

    /// The first token from `at` on that begins no level.
    pub(super) fn behind_levels(&self, mut at: usize, end: usize, lexicon: &Lexicon) -> usize {
        while at < end
            && let Some((Some(_), length)) = self.level(at, lexicon)
        {
            at += length;
        }
        at.min(end)
    }
}

fn gap(between: &str) -> Gap {
    if let Some(rest) = between.strip_prefix(['\'', '’'])
        && rest.trim() == "s"
    {
        return Gap::Possessive;
    }
    let dash = between.len() > 1;
    let mut gap = Gap::Space;
    for sign in between.chars() {
        gap = match sign {
            '/' | '&' | '+' if gap != Gap::Ends => Gap::Joins,
            ',' if gap == Gap::Space => Gap::Comma,
            '-' if !dash => Gap::Hyphen,
            '-' | ';' | ':' | '|' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '~' | '–'
            | '—' | '―' | '•' | '·' | '\n' => Gap::Ends,
            _ => gap,
        };
    }
    gap
}
