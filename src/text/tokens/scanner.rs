//! Scans words: short plain ASCII runs by a fast path, all others character by character.

use super::bytes::{BEYOND, BYTE_CLASSES, CAPITAL, DIGIT, SMALL, WITHIN};
use super::runs::Run;
use super::short::Short;
use super::{Token, nfkc, normalised, word_hash};
use std::ops::Range;

/// Terms with a slash or an ampersand that are one word.
const COMPOUNDS: [&str; 16] = [
    "a/b", "b2b/b2c", "ci/cd", "d&i", "i/o", "m&a", "o&m", "p&l", "pl/sql", "q&a", "r&d", "tcp/ip",
    "ui/ux", "ux/ui", "24/7", "l&d",
];
/// Endings that stay with the word before the dot.
const DOTTED: [&str; 3] = [".js", ".net", ".io"];
/// Endings after an apostrophe that carry no meaning of their own.
const CONTRACTIONS: [&str; 6] = ["s", "ll", "re", "ve", "d", "m"];

/// A position in a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// Byte offset.
    pub(super) at: usize,
    /// Whether a phrase ended since the last word.
    breaks: bool,
}

impl<'a> Scanner<'a> {
    /// At the beginning of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, breaks: true }
    }

    /// Fast path: the token of the next run, if it is a short ASCII word on its own. Otherwise the scanner does not
    /// move.
    #[inline]
    pub(super) fn quick_token(&mut self, run: Run) -> Option<Token> {
        if run.unsure {
            return None;
        }
        let token = self.short_token(run, self.breaks | run.phrase_ended)?;
        (self.at, self.breaks) = (run.end, false);
        Some(token)
    }

    /// Slow path: appends the tokens up to `end`. A token may span several runs, or a part of one. `phrase_ended` is
    /// known if the scanner is at the end of the run before.
    #[cold]
    #[inline(never)]
    pub(super) fn add_slowly(
        &mut self,
        start: usize,
        end: usize,
        phrase_ended: Option<bool>,
        tokens: &mut Vec<Token>,
    ) {
        if let Some(phrase_ended) = phrase_ended
            && (self.pass_signs(start..end, phrase_ended)
                || self.pass_word(start..end, phrase_ended, tokens))
        {
            return;
        }
        while self.at < end {
            let Some(token) = self.token() else { return };
            tokens.push(token);
        }
    }

    /// Skips the next run if it only has signs beyond ASCII: bullets, dashes.
    fn pass_signs(&mut self, run: Range<usize>, phrase_ended: bool) -> bool {
        let signs = &self.text[run.clone()];
        // Nearly all are from U+2000 to U+203F.
        let common = signs.as_bytes().chunks(3).all(|sign| sign.starts_with(b"\xe2\x80"));
        let pass = common || !signs.chars().any(char::is_alphanumeric);
        if pass {
            self.breaks |= phrase_ended | (common || signs.chars().any(ends_phrase));
            self.at = run.end;
        }
        pass
    }

    /// If the next run is ASCII, appends its first word or skips the address that it begins.
    fn pass_word(
        &mut self,
        run: Range<usize>,
        phrase_ended: bool,
        tokens: &mut Vec<Token>,
    ) -> bool {
        let Range { start, end } = run;
        let begins = start == 0 || self.byte(start - 1) != b'.';
        let pass = begins && self.text.as_bytes()[run].is_ascii();
        if pass {
            self.breaks |= phrase_ended;
            if let Some(end) = self.go_behind(start, end) {
                tokens.push(self.token_of(start, end));
            }
        }
        pass
    }

    /// The token of an ASCII run, if it is short.
    #[inline]
    fn short_token(&self, Run { start, end, .. }: Run, breaks: bool) -> Option<Token> {
        let written = Short::new(self.text.as_bytes(), start, end - start)?;
        let word = written.alphanumeric_in_small_letters();
        Some(Token {
            start: start as u32,
            end: end as u32,
            hash: word.hash(),
            breaks,
            plain: word == written,
            numeric: !word.has_letters(),
        })
    }

    /// The next token.
    #[cold]
    #[inline(never)]
    pub(super) fn token(&mut self) -> Option<Token> {
        let (start, end) = self.next_word()?;
        Some(self.token_of(start, end))
    }

    /// The token of a byte range.
    fn token_of(&mut self, start: usize, end: usize) -> Token {
        let written = &self.text[start..end];
        let (hash, plain, numeric) = if written.is_ascii() {
            let hash = match Short::new(self.text.as_bytes(), start, end - start) {
                Some(short) => short.in_small_letters().hash(),
                None => word_hash(&normalised(written)),
            };
            let has = |such: fn(&u8) -> bool| written.as_bytes().iter().any(such);
            (hash, !has(u8::is_ascii_uppercase), !has(u8::is_ascii_alphabetic))
        } else {
            let word = normalised(written);
            let numeric = !word.chars().any(char::is_alphabetic);
            (word_hash(&word), !nfkc(written).any(char::is_uppercase), numeric)
        };
        Token {
            start: start as u32,
            end: end as u32,
            hash,
            breaks: std::mem::replace(&mut self.breaks, false),
            plain,
            numeric,
        }
    }

    /// The byte at an offset, 0 beyond the end.
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn class(&self, at: usize) -> u8 {
        BYTE_CLASSES[self.byte(at) as usize]
    }

    /// Length of the word character at `at`, 0 if there is none.
    fn letter(&self, at: usize) -> usize {
        let class = self.class(at);
        if class & BEYOND == 0 {
            return usize::from(class & (SMALL | CAPITAL | DIGIT) != 0);
        }
        match self.text[at..].chars().next() {
            Some(c) if c.is_alphanumeric() => c.len_utf8(),
            _ => 0,
        }
    }

    /// End of the word characters from `at` on.
    fn letters(&self, mut at: usize) -> usize {
        loop {
            match self.letter(at) {
                0 => return at,
                n => at += n,
            }
        }
    }

    /// Byte range of the next word.
    fn next_word(&mut self) -> Option<(usize, usize)> {
        loop {
            let start = self.at;
            if start >= self.text.len() {
                return None;
            }
            if self.letter(start) > 0 {
                match self.go_behind(start, self.letters(start)) {
                    Some(end) => return Some((start, end)),
                    None => continue,
                }
            }
            if self.dotted(start) == 4 && (start == 0 || self.byte(start - 1).is_ascii_whitespace())
            {
                self.at = start + 4;
                return Some((start, start + 4));
            }
            self.separator(start);
        }
    }

    /// Moves behind the word that begins with the letters `start..end`, and returns its end. If they begin an address,
    /// skips that and returns `None`.
    fn go_behind(&mut self, start: usize, end: usize) -> Option<usize> {
        if self.is_address(end) {
            self.skip_address(start);
            return None;
        }
        let (end, next) = self.extend(start, end);
        self.at = next;
        Some(end)
    }

    /// Skips one character that is in no word, and notes whether it ends a phrase.
    fn separator(&mut self, at: usize) {
        let class = self.class(at);
        let mut length = 1;
        if class & BEYOND != 0 {
            let c = self.text[at..].chars().next().expect("`at` is inside the text");
            self.breaks |= ends_phrase(c);
            length = c.len_utf8();
        } else {
            self.breaks |= class & WITHIN == 0;
        }
        self.at = at + length;
    }

    /// Length of ".net", ".js" or ".io" at `at`, 0 if no word ends with one there.
    fn dotted(&self, at: usize) -> usize {
        if self.byte(at) != b'.' {
            return 0;
        }
        let rest = &self.text.as_bytes()[at..];
        DOTTED
            .iter()
            .find(|d| rest.get(..d.len()).is_some_and(|r| r.eq_ignore_ascii_case(d.as_bytes())))
            .filter(|d| self.letter(at + d.len()) == 0)
            .map_or(0, |d| d.len())
    }

    /// The end of the word that begins with the letters `start..end`, and the offset to continue from.
    fn extend(&self, start: usize, end: usize) -> (usize, usize) {
        if let Some(whole) = self.compound(start, end) {
            return (whole, whole);
        }
        match self.byte(end) {
            b'+' | b'#' if end - start == 1 => {
                let mut last = end + 1;
                while self.byte(last) == b'+' && last - end < 2 {
                    last += 1;
                }
                if self.letter(last) == 0 { (last, last) } else { (end, end) }
            }
            b'.' => {
                let length = self.dotted(end);
                (end + length, end + length)
            }
            b'\'' => {
                let tail = self.letters(end + 1);
                let ending = &self.text[end + 1..tail];
                if CONTRACTIONS.iter().any(|c| ending.eq_ignore_ascii_case(c)) {
                    (end, tail)
                } else if ending.eq_ignore_ascii_case("t") {
                    (tail, tail)
                } else {
                    (end, end)
                }
            }
            _ => (end, end),
        }
    }

    /// End of the compound that begins with the letters `start..end`.
    fn compound(&self, start: usize, end: usize) -> Option<usize> {
        if !matches!(self.byte(end), b'/' | b'&') || end - start > 3 {
            return None;
        }
        let rest = &self.text.as_bytes()[start..];
        let fits = |c: &&&str| {
            rest.get(..c.len()).is_some_and(|r| r.eq_ignore_ascii_case(c.as_bytes()))
                && self.letter(start + c.len()) == 0
        };
        COMPOUNDS.iter().find(fits).map(|c| start + c.len())
    }

    /// Whether the word ending at `end` begins a web or mail address.
    fn is_address(&self, end: usize) -> bool {
        let rest = &self.text.as_bytes()[end..];
        rest.starts_with(b"://")
            || (rest.starts_with(b"@") && self.letter(end + 1) > 0)
            || (rest.starts_with(b".")
                && self.letter(end + 1) > 0
                && end >= 3
                && self.text.as_bytes()[end - 3..end].eq_ignore_ascii_case(b"www"))
    }

    /// Moves behind the address that begins at `start`.
    fn skip_address(&mut self, start: usize) {
        let rest = &self.text.as_bytes()[start..];
        let length = rest
            .iter()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b')' | b']' | b'"' | b'<' | b'>'))
            .unwrap_or(rest.len());
        self.at = start + length;
        self.breaks = true;
    }
}

/// Whether a character beyond ASCII that is in no word ends a phrase.
fn ends_phrase(c: char) -> bool {
    !matches!(c, '\u{ae}' | '\u{2122}')
}
