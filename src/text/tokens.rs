//! Finds words. `C++`, `C#`, `.NET`, `Node.js`, `CI/CD`, `A/B` and `R&D` stay whole.

use std::borrow::Cow;
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

/// The tokens of one text.
#[derive(Debug, Default, Clone)]
pub struct Tokens {
    list: Vec<Token>,
    /// Where runs of letters, digits and characters beyond ASCII begin and end, in turn.
    edges: Vec<u32>,
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
        find_edges(text.as_bytes(), &mut self.edges);
        let (runs, _) = self.edges.as_chunks::<2>();
        let mut scanner = Scanner { text, at: 0, breaks: true };
        for &[start, end] in runs {
            // What is scanned slowly may take several runs, or a part of one.
            while scanner.at < end as usize {
                let start = scanner.at.max(start as usize);
                let token = scanner.quick_token(start, end as usize).or_else(|| scanner.token());
                let Some(token) = token else { return };
                self.list.push(token);
            }
        }
    }

    /// The tokens in order.
    pub fn as_slice(&self) -> &[Token] {
        &self.list
    }
}

impl Token {
    /// The normalised word in the text that the token is of: lower case, NFKC.
    pub fn word(self, text: &str) -> Cow<'_, str> {
        let written = &text[self.start as usize..self.end as usize];
        if written.bytes().all(|b| KINDS[b as usize] & (BEYOND | CAPITAL) == 0) {
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

/// A few letters stand for several words; a word has no space.
fn nfkc(written: &str) -> impl Iterator<Item = char> {
    written.nfkc().filter(|c| !c.is_whitespace())
}

fn normalised(written: &str) -> String {
    if written.is_ascii() {
        return written.to_ascii_lowercase();
    }
    nfkc(written).flat_map(char::to_lowercase).collect()
}

fn capitals(upper: usize, lower: usize, ends_with_s: bool) -> Capitals {
    match (upper, lower) {
        (0, _) => Capitals::None,
        (1.., 0) => Capitals::All,
        (2.., 1) if ends_with_s => Capitals::AllButPlural,
        _ => Capitals::Mixed,
    }
}

/// What a byte is, as bits: a small letter, a capital, a digit, of a character beyond ASCII, a sign that
/// stands within a phrase, one that may go on with the word before it, one that may end it.
const SMALL: u8 = 1;
const CAPITAL: u8 = 2;
const DIGIT: u8 = 4;
const BEYOND: u8 = 8;
const WITHIN: u8 = 16;
const GOES_ON: u8 = 32;
const CLOSES: u8 = 64;
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut b = 0;
    while b < 256 {
        kinds[b] = match b as u8 {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b'0'..=b'9' => DIGIT,
            0x80.. => BEYOND,
            b' ' | b'-' | b'"' | b'*' | b'_' => WITHIN,
            b'\'' | b'&' => WITHIN | GOES_ON,
            b'.' | b'/' | b':' | b'@' => GOES_ON,
            b'+' | b'#' => GOES_ON | CLOSES,
            _ => 0,
        };
        b += 1;
    }
    kinds
};

/// Finds where runs of letters, digits and characters beyond ASCII begin and end.
fn find_edges(bytes: &[u8], edges: &mut Vec<u32>) {
    edges.clear();
    let mut inside = 0;
    for (block, chunk) in bytes.chunks(64).enumerate() {
        let runs = runs(&first(chunk));
        let mut changes = runs ^ (runs << 1 | inside);
        inside = runs >> 63;
        let (mut found, mut count) = ([0; 64], 0);
        while changes != 0 {
            found[count % 64] = 64 * block as u32 + changes.trailing_zeros();
            count += 1;
            changes &= changes - 1;
        }
        edges.extend_from_slice(&found[..count]);
    }
    if inside != 0 {
        edges.push(bytes.len() as u32);
    }
}

/// The first bytes, with spaces behind them if there are too few.
#[inline]
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [b' '; N];
        padded[..bytes.len()].copy_from_slice(bytes);
        padded
    })
}

/// Bits of 64 bytes: whether a letter, a digit or a character beyond ASCII is there.
fn runs(bytes: &[u8; 64]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    eights.iter().enumerate().fold(0, |bits, (i, eight)| {
        let eight = u64::from_le_bytes(*eight);
        let runs = within(eight | each(0x20), b'a', b'z') | within(eight, b'0', b'9') | eight;
        // Brings the highest bit of each byte into the highest byte, the first lowest.
        let byte = ((runs & each(0x80)) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits | byte << (8 * i)
    })
}

/// The highest bit of each byte that is from `first` to `last`, if all are of ASCII.
#[inline]
fn within(eight: u64, first: u8, last: u8) -> u64 {
    let seven = eight & each(0x7f);
    let from_first = seven + each(0x80 - first);
    let beyond_last = seven + each(0x7f - last);
    from_first & !beyond_last & each(0x80)
}

/// A word of at most 16 bytes, in two numbers.
#[derive(Clone, Copy)]
struct Short {
    halves: [u64; 2],
    length: usize,
}

/// A byte in each place of a number.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

impl Short {
    const LONGEST: usize = 16;
    /// By length, the bits of its bytes.
    const WANTED: [[u64; 2]; Self::LONGEST + 1] = {
        let mut wanted = [[0; 2]; Self::LONGEST + 1];
        let mut length = 0;
        while length < Self::LONGEST {
            wanted[length + 1] = wanted[length];
            wanted[length + 1][length / 8] |= 0xff << (8 * (length % 8));
            length += 1;
        }
        wanted
    };

    /// The bytes of a text from a place on, if they are few.
    fn new(bytes: &[u8], at: usize, length: usize) -> Option<Self> {
        if length > Self::LONGEST {
            return None;
        }
        let sixteen: [u8; Self::LONGEST] = first(&bytes[at..]);
        let (eights, _) = sixteen.as_chunks::<8>();
        let wanted = Self::WANTED[length];
        let half = |i: usize| u64::from_le_bytes(eights[i]) & wanted[i];
        Some(Self { halves: [half(0), half(1)], length })
    }

    fn any(self, bits: u8) -> bool {
        (self.halves[0] | self.halves[1]) & each(bits) != 0
    }

    fn count(self, bits: u8) -> usize {
        self.halves.iter().map(|half| (half & each(bits)).count_ones() as usize).sum()
    }

    /// 0x20 in the place of each capital of a word of ASCII: what makes them small letters.
    fn capitals(self) -> Self {
        Self { halves: self.halves.map(|half| within(half, b'A', b'Z') >> 2), ..self }
    }

    /// Folded multiplications, as in rapidhash.
    fn hash(self) -> u64 {
        let fold = |a: u64, b: u64| {
            let product = u128::from(a) * u128::from(b);
            product as u64 ^ (product >> 64) as u64
        };
        let [low, high] = self.halves;
        let length = (self.length as u64) << 56;
        let mixed = fold(low ^ 0x2d35_8dcc_aa6c_78a5, high ^ length ^ 0x8bb8_4b93_962e_acc9);
        fold(mixed ^ low, 0x4b33_a62e_d433_d4a3)
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    breaks: bool,
}

impl Scanner<'_> {
    /// The token of a run, or of its rest, if it is a short word of ASCII with nothing about it that needs a
    /// closer look. If not, nothing has changed but that signs before it are behind.
    #[inline]
    fn quick_token(&mut self, start: usize, end: usize) -> Option<Token> {
        let bytes = self.text.as_bytes();
        // A word may begin with a dot.
        let dot = start > self.at && bytes[start - 1] == b'.';
        let ends = |&b: &u8| KINDS[b as usize] & WITHIN == 0;
        self.breaks |= match &bytes[self.at..start - usize::from(dot)] {
            [one] => ends(one),
            several => several.iter().any(ends),
        };
        self.at = start - usize::from(dot);
        if dot || self.goes_on(end) {
            return None;
        }
        let token = self.short_token(start, end, self.breaks)?;
        (self.at, self.breaks) = (end, false);
        Some(token)
    }

    /// The token from `start` to `end`, if it is of a few characters of ASCII.
    #[inline]
    fn short_token(&self, start: usize, end: usize, breaks: bool) -> Option<Token> {
        let written = Short::new(self.text.as_bytes(), start, end - start)?;
        if written.any(0x80) {
            return None;
        }
        let capital = written.capitals();
        let mut token = Token {
            start: start as u32,
            end: end as u32,
            hash: 0,
            breaks,
            capitals: Capitals::None,
            numeric: !written.any(0x40),
        };
        let [low, high] = written.halves;
        let halves = [low | capital.halves[0], high | capital.halves[1]];
        token.hash = Short { halves, ..written }.hash();
        if capital.any(0x20) {
            let upper = capital.count(0x20);
            let ends_with_s = self.byte(end - 1) == b's';
            token.capitals = capitals(upper, written.count(0x40) - upper, ends_with_s);
        }
        Some(token)
    }

    /// The next token.
    fn token(&mut self) -> Option<Token> {
        let (start, end) = self.next_word()?;
        let written = &self.text[start..end];
        let word = normalised(written);
        let count = |of: fn(&char) -> bool| -> usize {
            if written.is_ascii() {
                written.chars().filter(of).count()
            } else {
                nfkc(written).filter(of).count()
            }
        };
        let [upper, lower] = [count(|c| c.is_uppercase()), count(|c| c.is_lowercase())];
        Some(Token {
            start: start as u32,
            end: end as u32,
            hash: word_hash(&word),
            breaks: std::mem::replace(&mut self.breaks, false),
            capitals: capitals(upper, lower, written.ends_with('s')),
            numeric: !word.chars().any(char::is_alphabetic),
        })
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn kind(&self, at: usize) -> u8 {
        KINDS[self.byte(at) as usize]
    }

    /// Whether a word may go on with the sign at `at`: a full stop before a space ends it.
    #[inline]
    fn goes_on(&self, at: usize) -> bool {
        let kind = self.kind(at);
        let word = SMALL | CAPITAL | DIGIT | BEYOND | GOES_ON;
        kind & GOES_ON != 0 && (kind & CLOSES != 0 || self.kind(at + 1) & word != 0)
    }

    /// Length of the word character at `at`, 0 if there is none.
    fn letter(&self, at: usize) -> usize {
        let kind = self.kind(at);
        if kind & BEYOND == 0 {
            return usize::from(kind & (SMALL | CAPITAL | DIGIT) != 0);
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
        let kind = self.kind(at);
        let mut length = 1;
        if kind & BEYOND != 0 {
            let c = self.text[at..].chars().next().expect("`at` is inside the text");
            self.breaks |= !matches!(c, '\u{ae}' | '\u{2122}');
            length = c.len_utf8();
        } else {
            self.breaks |= kind & WITHIN == 0;
        }
        self.at = at + length;
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
                && self.letter(end + 1) > 0
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
            text in r"([a-zA-Z0-9]{1,9}|[a-z]{15,18}|[ .,'/&+#:@\-\n]|\.net|node\.js|c\+\+|ci/cd|www\.|[äÉ–•’2ﬁ]| ){0,60}",
        ) {
            let mut scanner = Scanner { text: &text, at: 0, breaks: true };
            let plain: Vec<Token> = std::iter::from_fn(|| scanner.token()).collect();
            prop_assert_eq!(Tokens::new(&text).list, plain);
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
