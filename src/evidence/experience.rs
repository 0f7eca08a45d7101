//! How many years of experience a text asks for.

use memchr::memchr2_iter;
use std::fmt;
use std::ops::Range;

/// Years of experience that a text asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experience {
    /// At least so many.
    pub least: u32,
    /// At most so many, if it says so: "3 to 5 years".
    pub most: Option<u32>,
    /// Bytes of the text from the first number to the word for years.
    pub at: Range<usize>,
}

impl fmt::Display for Experience {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.most {
            Some(most) => write!(f, "{}-{most}", self.least),
            None => write!(f, "{}", self.least),
        }
    }
}

const NUMBERS: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
/// More years are those of a company, or a typing error.
const MOST_YEARS: u32 = 40;
/// Bytes before the word for years in which its numbers stand.
const LONGEST: usize = 40;
/// Letters before the numbers of an item of a list: "Experience: 5 years".
const SHORT: usize = 16;
/// Bytes of a sentence looked at before and behind the years.
const BEFORE: usize = 120;
const BEHIND: usize = 120;
/// A sentence is about what somebody has done for so long, or must have.
const EXPERIENCE: [&str; 16] = [
    "experience",
    "experienced",
    "background",
    "track",
    "working",
    "worked",
    "work",
    "managing",
    "leading",
    "building",
    "developing",
    "delivering",
    "practice",
    "expertise",
    "career",
    "employment",
];
/// It is about the company, a plan or an age.
const OTHERS: [&str; 26] = [
    "our",
    "we",
    "us",
    "founded",
    "established",
    "history",
    "anniversary",
    "ago",
    "old",
    "age",
    "warranty",
    "next",
    "last",
    "past",
    "every",
    "within",
    "plan",
    "vision",
    "roadmap",
    "contract",
    "term",
    "company",
    "leader",
    "has",
    "vesting",
    "vest",
];
/// It is about who is sought all the same.
const SOUGHT: [&str; 23] = [
    "you",
    "your",
    "minimum",
    "least",
    "required",
    "requires",
    "require",
    "requirement",
    "requirements",
    "must",
    "preferred",
    "plus",
    "candidate",
    "candidates",
    "ideal",
    "ideally",
    "should",
    "need",
    "needs",
    "qualifications",
    "looking",
    "seeking",
    "bring",
];

/// The most years of experience that a text asks for; none if it asks for none.
pub fn asked_experience(text: &str) -> Option<Experience> {
    let asked = memchr2_iter(b'y', b'Y', text.as_bytes()).filter_map(|at| experience_at(text, at));
    // Of equal ones the first.
    asked.reduce(|most, other| if other.least > most.least { other } else { most })
}

/// The experience whose word for years stands at a place.
fn experience_at(text: &str, at: usize) -> Option<Experience> {
    let length = word_for_years(&text.as_bytes()[at..])?;
    let begins = !text[..at].ends_with(|c: char| c.is_alphanumeric());
    // "a 5-year plan"
    if !begins || text[..at].ends_with(['-', '/']) {
        return None;
    }
    let floor = |at: usize| (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    let numbers = Numbers::before(text, floor(at.saturating_sub(LONGEST))..at)?;
    let end = at + length;
    let first = floor(numbers.at.saturating_sub(BEFORE));
    let last = floor((end + BEHIND).min(text.len()));
    let is_end = |i: &usize| {
        let next = text.as_bytes().get(i + 1).is_none_or(u8::is_ascii_whitespace);
        matches!(text.as_bytes()[*i], b'\n' | b';' | b'!' | b'?')
            || (text.as_bytes()[*i] == b'.' && next)
            || text[*i..].starts_with('•')
    };
    let on_boundary = |i: &usize| text.is_char_boundary(*i) && is_end(i);
    let start = (first..numbers.at).rev().find(on_boundary).map_or(first, |i| floor(i + 1).max(i));
    let stop = (end..last).find(on_boundary).unwrap_or(last);
    let [before, behind] = [&text[start..numbers.at], &text[end..stop]].map(str::to_lowercase);
    let words = || {
        let all = before.split(|c: char| !c.is_alphabetic());
        all.chain(behind.split(|c: char| !c.is_alphabetic()))
    };
    let has = |list: &[&str]| words().any(|word| list.contains(&word));
    let direct =
        ["of experience", "experience", "' experience", "’ experience", "of relevant experience"];
    let follows = behind.trim_start_matches([' ', '(', ')', '+']);
    let is_direct = direct.iter().any(|phrase| follows.starts_with(phrase));
    let is_item = before.chars().filter(|c| c.is_alphabetic()).count() <= SHORT;
    // "With over 20 years of experience, we", "For more than 30 years, our clients"
    let of_company = before.split_whitespace().any(|word| ["with", "for", "over"].contains(&word));
    let of_others = (of_company || has(&OTHERS)) && !has(&SOUGHT);
    let wanted = has(&EXPERIENCE) && (has(&SOUGHT) || is_direct || is_item) && !of_others;
    (wanted && !["ago", "old", "of age"].iter().any(|word| follows.starts_with(word)))
        .then_some(Experience { least: numbers.least, most: numbers.most, at: numbers.at..end })
}

/// Bytes of "years" or a shorter word for them that begin some; none if another word does.
fn word_for_years(bytes: &[u8]) -> Option<usize> {
    let words: [&[u8]; 4] = [b"years", b"year", b"yrs", b"yr"];
    let word = words.iter().find(|word| {
        bytes.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    })?;
    bytes.get(word.len()).is_none_or(|next| !next.is_ascii_alphanumeric()).then_some(word.len())
}

/// The numbers before the word for years.
struct Numbers {
    least: u32,
    most: Option<u32>,
    at: usize,
}

impl Numbers {
    /// The last ones in a range of a text, with nothing behind them but "or more" and the like.
    fn before(text: &str, range: Range<usize>) -> Option<Self> {
        let mut pieces = pieces(&text[range.clone()]).peekable();
        let fillers = ["+", ")", "plus", "or", "more", "full", "(", "s"];
        while pieces.next_if(|(_, piece)| fillers.contains(&&**piece)).is_some() {}
        let (mut at, upper) = pieces.next().and_then(|(at, piece)| Some((at, number(&piece)?)))?;
        let (mut least, mut most) = (upper, None);
        while pieces.next_if(|(_, piece)| piece == "(" || piece == "+").is_some() {}
        let is_range =
            pieces.next_if(|(_, piece)| ["-", "–", "—", "to"].contains(&&**piece)).is_some();
        while is_range && pieces.next_if(|(_, piece)| piece == "+").is_some() {}
        if let Some((before, first)) =
            pieces.next().and_then(|(at, piece)| Some((at, number(&piece)?)))
        {
            // "eight (8) years"
            if is_range && first < upper {
                (least, most, at) = (first, Some(upper), before);
            } else if first == upper {
                at = before;
            }
        }
        (upper <= MOST_YEARS).then_some(Self { least, most, at: range.start + at })
    }
}

/// Numbers, words and signs, the last first, in small letters, each with its place.
fn pieces(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut end = text.len();
    std::iter::from_fn(move || {
        let rest = text[..end].trim_end_matches([' ', '\u{a0}', '\t']);
        let last = rest.chars().next_back()?;
        let start = if last.is_alphanumeric() {
            let of_word = |c: char| c.is_alphanumeric() || (c == '.' && last.is_ascii_digit());
            rest.trim_end_matches(of_word).len()
        } else {
            rest.len() - last.len_utf8()
        };
        end = start;
        Some((start, rest[start..].to_lowercase()))
    })
}

/// A number in digits or as a word. Of "2.5" the whole years.
fn number(piece: &str) -> Option<u32> {
    let of_word = || NUMBERS.iter().zip(0..).find(|(word, _)| **word == piece).map(|(_, n)| n);
    let digits = piece.split('.').next().unwrap_or_default();
    digits.parse().ok().or_else(of_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_experience_are_read() {
        for (text, asked) in [
            ("5+ years of experience in product management", "5"),
            ("You have at least eight years of experience.", "8"),
            ("Minimum of eight (8) years' experience with Scrum", "8"),
            ("3-5 years of product experience required", "3-5"),
            ("Three to five years of experience", "3-5"),
            ("3 – 5+ yrs experience", "3-5"),
            ("10 or more years of relevant experience", "10"),
            ("Experience: 7 years", "7"),
            ("2 years with SQL required; 6+ years of experience overall", "6"),
            ("We are looking for somebody with 4 years of experience.", "4"),
            ("12+ Years Experience", "12"),
            ("1.5 years of experience", "1"),
            ("0-1 year of experience", "0-1"),
            ("You bring 6 years in project management work.", "6"),
        ] {
            let found = asked_experience(text).map(|asked| asked.to_string());
            assert_eq!(found.as_deref(), Some(asked), "{text}");
        }
    }

    #[test]
    fn other_years_are_none() {
        for text in [
            "For 20 years we have been building software.",
            "Acme has over 30 years of experience in banking.",
            "With over 20 years of experience, Acme is at home in banking.",
            "For more than 30 years, clients have liked their experience.",
            "Our 5-year plan and a 3 year roadmap",
            "You are at least 18 years old.",
            "Founded 12 years ago, the company works worldwide.",
            "A two year contract",
            "Stock options vest over 4 years.",
            "Work with us every year. 2024 was a good year.",
            "the year ahead, years, y",
            "",
        ] {
            assert_eq!(asked_experience(text), None, "{text}");
        }
    }
}
