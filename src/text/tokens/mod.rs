//! Splits a text into words. `C++`, `C#`, `.NET`, `Node.js`, `CI/CD`, `A/B` and `R&D` stay whole.

mod bytes;
mod runs;
mod scanner;
mod short;

use bytes::{BEYOND, BYTE_CLASSES, CAPITAL};
use runs::Runs;
use scanner::Scanner;
use short::Short;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// One word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// UTF-8 offset of its start in the text.
    pub start: u32,
    /// UTF-8 offset of its end in the text.
    pub end: u32,
    /// Hash of the normalised word.
    pub(crate) hash: u64,
    /// Whether a sentence, a line or a list item ends before this token.
    pub(crate) breaks: bool,
    /// Whether it has no capitals.
    pub(crate) plain: bool,
    /// Whether the word has no letter.
    pub(crate) numeric: bool,
}

/// The capitals of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capitals {
    /// No capitals: `po`, `42`.
    None,
    /// Any other mixture: `Po`, `pO`.
    Mixed,
    /// Capitals only: `PO`.
    All,
    /// Capitals and a plural s: `POs`.
    AllButPlural,
}

/// The tokens of one text.
#[derive(Debug, Default, Clone)]
pub struct Tokens {
    list: Vec<Token>,
    /// Scratch buffer.
    runs: Runs,
}

/// Hash of a sequence of words, from the hash of all but the last and that of the last word.
#[inline]
pub fn combine(first: u64, second: u64) -> u64 {
    (first.rotate_left(23) ^ second).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31)
}

impl Tokens {
    /// Splits a text into tokens.
    pub fn new(text: &str) -> Self {
        let mut tokens = Self::default();
        tokens.set(text);
        tokens
    }

    /// Splits a text into tokens in this buffer, keeping its allocation.
    pub fn set(&mut self, text: &str) {
        let Self { list, runs } = self;
        list.clear();
        runs.find(text.as_bytes());
        let mut scanner = Scanner::new(text);
        let mut before = 0;
        for run in runs.iter() {
            let known = scanner.at == before;
            before = run.end;
            if let Some(token) = known.then(|| scanner.quick_token(run)).flatten() {
                list.push(token);
            } else {
                let phrase_ended = known.then_some(run.phrase_ended);
                scanner.add_slowly(run.start, run.end, phrase_ended, list);
            }
        }
    }

    /// The tokens in order.
    pub fn as_slice(&self) -> &[Token] {
        &self.list
    }
}

impl Token {
    /// The word as written in its text.
    pub(crate) fn written(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }

    /// Its capitals in its text.
    pub(crate) fn capitals(self, text: &str) -> Capitals {
        let written = self.written(text);
        let count = |of: fn(&char) -> bool| nfkc(written).filter(of).count();
        match (count(|c| c.is_uppercase()), count(|c| c.is_lowercase())) {
            (0, _) => Capitals::None,
            (1.., 0) => Capitals::All,
            (2.., 1) if written.ends_with('s') => Capitals::AllButPlural,
            _ => Capitals::Mixed,
        }
    }

    /// The normalised word (NFKC, lower case) in its text.
    pub fn word(self, text: &str) -> Cow<'_, str> {
        let written = self.written(text);
        if written.bytes().all(|b| BYTE_CLASSES[b as usize] & (BEYOND | CAPITAL) == 0) {
            written.into()
        } else {
            normalised(written).into()
        }
    }
}

/// Hash of a normalised word.
pub(crate) fn word_hash(word: &str) -> u64 {
    match Short::new(word.as_bytes(), 0, word.len()) {
        Some(short) => short.hash(),
        None => rapidhash::v3::rapidhash_v3(word.as_bytes()),
    }
}

/// Bytes of the longest word that [`lower_hash`] copies nowhere but to the stack.
const SHORT_WORD: usize = 32;

/// Hash of a word that may have capitals: that of its token.
pub(crate) fn lower_hash(word: &str) -> u64 {
    let mut small = [0; SHORT_WORD];
    match small.get_mut(..word.len()).filter(|_| word.is_ascii()) {
        Some(small) => {
            small.copy_from_slice(word.as_bytes());
            small.make_ascii_lowercase();
            word_hash(str::from_utf8(small).unwrap_or(word))
        }
        None => word_hash(&normalised(word)),
    }
}

/// NFKC without whitespace, which some compatibility characters decompose to.
fn nfkc(written: &str) -> impl Iterator<Item = char> {
    written.nfkc().filter(|c| !c.is_whitespace())
}

/// A word in NFKC and lower case.
fn normalised(written: &str) -> String {
    if written.is_ascii() {
        return written.to_ascii_lowercase();
    }
    nfkc(written).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        let tokens = Tokens::new(text);
        let mut all: Vec<String> = Vec::new();
        for (i, &t) in tokens.as_slice().iter().enumerate() {
            if t.breaks && i > 0 {
                all.push("|".into());
            }
            all.push(t.word(text).into_owned());
        }
        all
    }

    #[test]
    fn words_and_breaks() {
        let cases = [
            ("Own the backlog", "own the backlog"),
            ("C++, C# and .NET, ASP.NET, Node.js", "c++ | c# and .net | asp.net | node.js"),
            ("CI/CD with A/B tests and/or R&D", "ci/cd with a/b tests and | or r&d"),
            ("cross-functional **teams**", "cross functional teams"),
            ("the team's goals, you'll don't", "the team goals | you don't"),
            ("End.Start 3.5 years", "end | start 3 | 5 years"),
            ("one\n- two", "one | two"),
            ("see https://example.org/a-b?c and x@y.org now", "see | and | now"),
            ("www.example.com says", "says"),
            ("𝐏𝐫𝐨𝐝𝐮𝐜𝐭 Größe", "product größe"),
            ("A+ grade, vitamin C.", "a+ grade | vitamin c"),
            ("PM/PO", "pm | po"),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn quick_tokens_are_the_tokens(
            text in r"([a-zA-Z0-9]{1,9}|[a-z]{15,18}|[a-zA-Z0-9]{55,70}|[ .,'/&+#:@\-\n]|\.net|node\.js|c\+\+|ci/cd|www\.|[äÉ–•’2ﬁ]| ){0,60}",
        ) {
            let mut scanner = Scanner::new(&text);
            let slow: Vec<Token> = std::iter::from_fn(|| scanner.token()).collect();
            for token in &slow {
                prop_assert_eq!(token.hash, word_hash(&token.word(&text)));
                prop_assert_eq!(token.hash, lower_hash(token.written(&text)));
                prop_assert_eq!(token.plain, token.capitals(&text) == Capitals::None);
            }
            prop_assert_eq!(Tokens::new(&text).list, slow);
        }
    }

    #[test]
    fn capitals_are_noticed() {
        use Capitals::{All, AllButPlural, Mixed, None};
        let text = "PO Po po 2PO POs As 42";
        let tokens = Tokens::new(text);
        let capitals: Vec<_> = tokens.as_slice().iter().map(|t| t.capitals(text)).collect();
        assert_eq!(capitals, [All, Mixed, None, All, AllButPlural, Mixed, None]);
        assert!(tokens.as_slice().iter().all(|t| t.plain == (t.capitals(text) == None)));
        assert!(tokens.as_slice()[6].numeric);
    }
}
