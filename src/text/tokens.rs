//! Finds words. `C++`, `C#`, `.NET`, `Node.js`, `CI/CD`, `A/B` and `R&D` stay whole.

use unicode_normalization::UnicodeNormalization;

/// Terms written with a slash or an ampersand that are one word to their readers.
const COMPOUNDS: [&str; 16] = [
    "a/b", "b2b/b2c", "ci/cd", "d&i", "i/o", "m&a", "o&m", "p&l", "pl/sql", "q&a", "r&d", "tcp/ip",
    "ui/ux", "ux/ui", "24/7", "l&d",
];
/// Endings that stay with the word before the dot.
const DOTTED: [&str; 3] = [".js", ".net", ".io"];
/// Endings after an apostrophe that carry no meaning of their own.
const CONTRACTIONS: [&str; 6] = ["s", "ll", "re", "ve", "d", "m"];

/// One word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte in the text.
    pub end: u32,
    word_start: u32,
    word_end: u32,
    /// Hash of the normalised word.
    pub hash: u64,
    /// Whether a sentence, a line or a list item ends before this token.
    pub breaks: bool,
    /// Its capitals.
    pub capitals: Capitals,
    /// Whether the word has no letter.
    pub numeric: bool,
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capitals {
    /// No capitals: `po`, `42`.
    None,
    /// Any other way: `Po`, `pO`.
    Mixed,
    /// Capitals only: `PO`.
    All,
    /// Capitals and a plural s: `POs`.
    AllButPlural,
}

/// The tokens of one text, with their normalised words in one buffer.
#[derive(Debug, Default, Clone)]
pub struct Tokens {
    list: Vec<Token>,
    words: String,
}

/// Hash of a sequence of words from the hash of its beginning and of its last word.
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
        self.list.clear();
        self.words.clear();
        let mut scanner = Scanner { text, at: 0, breaks: true };
        while let Some((start, end)) = scanner.next_word() {
            let breaks = std::mem::replace(&mut scanner.breaks, false);
            self.push(text, start, end, breaks);
        }
    }

    /// The tokens in order.
    pub fn as_slice(&self) -> &[Token] {
        &self.list
    }

    /// The normalised word of a token of this list: lower case, NFKC.
    pub fn word(&self, token: Token) -> &str {
        &self.words[token.word_start as usize..token.word_end as usize]
    }

    fn push(&mut self, text: &str, start: usize, end: usize, breaks: bool) {
        let written = &text[start..end];
        let word_start = self.words.len();
        let (mut upper, mut lower) = (0, 0);
        if written.is_ascii() {
            for &b in written.as_bytes() {
                upper += usize::from(b.is_ascii_uppercase());
                lower += usize::from(b.is_ascii_lowercase());
                self.words.push(b.to_ascii_lowercase() as char);
            }
        } else {
            // A few letters stand for several words; a word has no space.
            for c in written.nfkc().filter(|c| !c.is_whitespace()) {
                upper += usize::from(c.is_uppercase());
                lower += usize::from(c.is_lowercase());
                self.words.extend(c.to_lowercase());
            }
        }
        let word = &self.words[word_start..];
        self.list.push(Token {
            start: start as u32,
            end: end as u32,
            word_start: word_start as u32,
            word_end: self.words.len() as u32,
            hash: rapidhash::v3::rapidhash_v3(word.as_bytes()),
            breaks,
            capitals: match (upper, lower) {
                (0, _) => Capitals::None,
                (1.., 0) => Capitals::All,
                (2.., 1) if written.ends_with('s') => Capitals::AllButPlural,
                _ => Capitals::Mixed,
            },
            numeric: !word.chars().any(char::is_alphabetic),
        });
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    breaks: bool,
}

impl Scanner<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// Length of the word character at `at`, 0 if there is none.
    fn letter(&self, at: usize) -> usize {
        let b = self.byte(at);
        if b < 0x80 {
            return usize::from(b.is_ascii_alphanumeric());
        }
        match self.text[at..].chars().next() {
            Some(c) if c.is_alphanumeric() => c.len_utf8(),
            _ => 0,
        }
    }

    fn letters(&self, mut at: usize) -> usize {
        loop {
            match self.letter(at) {
                0 => return at,
                n => at += n,
            }
        }
    }

    fn next_word(&mut self) -> Option<(usize, usize)> {
        loop {
            let start = self.at;
            if start >= self.text.len() {
                return None;
            }
            if self.letter(start) > 0 {
                let end = self.letters(start);
                if self.is_address(end) {
                    self.skip_address(start);
                    continue;
                }
                let (end, next) = self.extend(start, end);
                self.at = next;
                return Some((start, end));
            }
            if self.dotted(start) == 4 && (start == 0 || self.byte(start - 1).is_ascii_whitespace())
            {
                self.at = start + 4;
                return Some((start, start + 4));
            }
            self.separator(start);
        }
    }

    /// Steps over one character that is in no word, noting whether it ends a phrase.
    fn separator(&mut self, at: usize) {
        let c = self.text[at..].chars().next().expect("`at` is inside the text");
        self.breaks |=
            !matches!(c, ' ' | '-' | '\'' | '"' | '*' | '_' | '&' | '\u{ae}' | '\u{2122}');
        self.at = at + c.len_utf8();
    }

    /// Length of ".net", ".js" or ".io" at `at`, 0 if none stands there as a word's end.
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

    /// The end of the word that starts with the letters `start..end`, and where to go on.
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
                && end >= 3
                && self.text.as_bytes()[end - 3..end].eq_ignore_ascii_case(b"www"))
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let tokens = Tokens::new(text);
        let mut all: Vec<String> = Vec::new();
        for (i, &t) in tokens.as_slice().iter().enumerate() {
            if t.breaks && i > 0 {
                all.push("|".into());
            }
            all.push(tokens.word(t).to_owned());
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

    #[test]
    fn capitals_are_noticed() {
        use Capitals::{All, AllButPlural, Mixed, None};
        let tokens = Tokens::new("PO Po po 2PO POs As 42");
        let marks: Vec<_> = tokens.as_slice().iter().map(|t| t.capitals).collect();
        assert_eq!(marks, [All, Mixed, None, All, AllButPlural, Mixed, None]);
        assert!(tokens.as_slice()[6].numeric);
    }
}
