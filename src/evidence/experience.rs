//! How many years of experience a text asks for.

use memchr::memchr2_iter;
use std::ops::Range;

/// Years of experience that a text asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experience {
    /// Minimum.
    pub least: u32,
    /// Maximum, if the text states one: "3 to 5 years".
    pub most: Option<u32>,
    /// Bytes of the text from the first number to the word for years.
    pub at: Range<usize>,
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
/// More years are the age of a company, or a typing error.
const MOST_YEARS: u32 = 40;
/// Bytes before the word for years in which its numbers are searched.
const BYTES_OF_NUMBERS: usize = 40;
/// Bullets, and their first bytes.
const BULLETS: [char; 2] = ['•', '·'];
const BULLET_BYTES: [u8; 2] = [0xe2, 0xc2];
/// Most letters before the numbers of a list item: "Experience: 5 years".
const LETTERS_OF_ITEM: usize = 16;
/// Bytes of the sentence that are read before the years, and after them.
const BYTES_BEFORE: usize = 120;
const BYTES_AFTER: usize = 120;

/// What a word tells about its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    /// What somebody has done, or must have.
    Experience,
    /// A company, a plan or an age.
    Others,
    /// The company that writes: "our 20 years of experience".
    Ours,
    /// Who is sought.
    Sought,
    /// Before the years, a word of the company: "With over 20 years of experience, we".
    Company,
}

/// Bytes of the longest word that has a [`Sense`].
const BYTES_OF_WORD: usize = 16;

/// The words of a piece of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty())
}

/// The sense of a word, in any case.
fn sense(word: &str) -> Option<Sense> {
    let mut small = [0; BYTES_OF_WORD];
    let small = small.get_mut(..word.len())?;
    small.copy_from_slice(word.as_bytes());
    small.make_ascii_lowercase();
    match str::from_utf8(small).ok()? {
        "experience" | "experienced" | "background" | "track" | "working" | "worked" | "work"
        | "managing" | "leading" | "building" | "developing" | "delivering" | "practice"
        | "expertise" | "career" | "employment" => Some(Sense::Experience),
        "our" | "we" | "us" | "has" | "vesting" | "vest" => Some(Sense::Ours),
        "founded" | "established" | "history" | "anniversary" | "ago" | "old" | "age"
        | "warranty" | "next" | "last" | "past" | "every" | "within" | "plan" | "vision"
        | "roadmap" | "contract" | "term" | "company" | "leader" => Some(Sense::Others),
        "you" | "your" | "minimum" | "least" | "required" | "requires" | "require"
        | "requirement" | "requirements" | "must" | "preferred" | "plus" | "candidate"
        | "candidates" | "ideal" | "ideally" | "should" | "need" | "needs" | "qualifications"
        | "look" | "looking" | "seeking" | "bring" => Some(Sense::Sought),
        "with" | "for" | "over" => Some(Sense::Company),
        _ => None,
    }
}

/// The largest number of years of experience that a text asks for; `None` if it asks for none.
pub fn asked_experience(text: &str) -> Option<Experience> {
    let mut most: Option<Experience> = None;
    for at in memchr2_iter(b'y', b'Y', text.as_bytes()) {
        let Some(years) = years_at(text, at) else { continue };
        // The first of equals wins. Sentences are read only for a larger number.
        let is_more = most.as_ref().is_none_or(|most| years.least > most.least);
        if is_more && are_asked_for(text, &years.at) {
            most = Some(years);
        }
    }
    most
}

/// The years whose word begins at a byte offset, with the numbers before it.
fn years_at(text: &str, at: usize) -> Option<Experience> {
    let length = word_for_years(&text.as_bytes()[at..])?;
    let begins = !text[..at].ends_with(|c: char| c.is_alphanumeric());
    // "a 5-year plan"
    if !begins || text[..at].ends_with(['-', '/']) {
        return None;
    }
    let numbers = Numbers::before(text, floor(text, at.saturating_sub(BYTES_OF_NUMBERS))..at)?;
    Some(Experience { least: numbers.least, most: numbers.most, at: numbers.at..at + length })
}

/// The last character boundary up to a byte offset.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// Whether the sentence around the years asks a candidate for experience.
fn are_asked_for(text: &str, years: &Range<usize>) -> bool {
    let first = floor(text, years.start.saturating_sub(BYTES_BEFORE));
    let last = floor(text, (years.end + BYTES_AFTER).min(text.len()));
    let is_end = |i: &usize| match text.as_bytes()[*i] {
        b'\n' | b';' | b'!' | b'?' => true,
        // Where line ends were lost, a sentence may begin right behind a full stop.
        b'.' => {
            text.as_bytes().get(i + 1).is_none_or(u8::is_ascii_whitespace) || *i + 1 == years.start
        }
        byte => BULLET_BYTES.contains(&byte) && text[*i..].starts_with(BULLETS),
    };
    let start = (first..years.start).rev().find(is_end).unwrap_or(first);
    // "5 yrs. of experience"
    let is_short = words(&text[years.clone()]).last().is_some_and(|word| word.len() <= "yrs".len());
    let end = years.end + usize::from(is_short && text[years.end..].starts_with('.'));
    let stop = (end..last).find(is_end).unwrap_or(last);
    let (before, behind) = (&text[start..years.start], &text[end..stop]);
    let follows = behind.trim_start_matches([' ', '(', ')', '+', '\'', '’']);
    let follow = |phrases: &[&str]| {
        let follows = |phrase: &&str| {
            follows.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
        };
        phrases.iter().any(follows)
    };
    if follow(&["ago", "old", "of age"]) {
        return false;
    }
    // "Has 5 years of experience" begins an item of a list; "Acme has" does not.
    let before_words = words(before).enumerate().filter(|(i, word)| *i > 0 || *word != "Has");
    let is_plus = before.ends_with('+') || text[years.clone()].contains('+');
    let is_item = before.bytes().filter(u8::is_ascii_alphabetic).count() <= LETTERS_OF_ITEM;
    let (mut of_experience, mut sought, mut of_others) = (false, false, false);
    for (i, word) in before_words {
        match sense(word) {
            Some(Sense::Experience) => of_experience = true,
            Some(Sense::Sought) => sought = true,
            Some(Sense::Others | Sense::Ours) => of_others = true,
            // "a background with 5+ years of experience"
            Some(Sense::Company) => of_others |= i == 0 || !is_plus,
            None => {}
        }
    }
    for sense in words(behind).filter_map(sense) {
        match sense {
            Sense::Experience => of_experience = true,
            Sense::Sought => sought = true,
            Sense::Ours => of_others = true,
            // "5 years of experience in a software company" in a list
            Sense::Others => of_others |= !is_item,
            Sense::Company => {}
        }
    }
    let is_direct = follow(&["of experience", "experience", "of relevant experience"]);
    of_experience && (sought || is_direct || is_item || is_plus) && (sought || !of_others)
}

/// Length of the word for years at the start of `bytes`; `None` if another word is there.
fn word_for_years(bytes: &[u8]) -> Option<usize> {
    // Most words with a "y" are ruled out by the letter after it.
    if !bytes.get(1).is_some_and(|second| matches!(second, b'e' | b'E' | b'r' | b'R')) {
        return None;
    }
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
    /// The last numbers in a range of a text, followed by nothing but "or more" and the like.
    fn before(text: &str, range: Range<usize>) -> Option<Self> {
        let mut pieces = pieces(&text[range.clone()]).peekable();
        let is = |piece: &str, list: &[&str]| list.iter().any(|of| of.eq_ignore_ascii_case(piece));
        let fillers = ["+", ")", "plus", "or", "more", "full", "(", "s"];
        while pieces.next_if(|(_, piece)| is(piece, &fillers)).is_some() {}
        let (mut at, upper) = pieces.next().and_then(|(at, piece)| Some((at, number(piece)?)))?;
        let (mut least, mut most) = (upper, None);
        while pieces.next_if(|(_, piece)| is(piece, &["(", "+"])).is_some() {}
        let is_range = pieces.next_if(|(_, piece)| is(piece, &["-", "–", "—", "to"])).is_some();
        while is_range && pieces.next_if(|(_, piece)| is(piece, &["+"])).is_some() {}
        if let Some((before, first)) =
            pieces.next().and_then(|(at, piece)| Some((at, number(piece)?)))
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

/// Numbers, words and signs from the last to the first, each with its byte offset.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = text.len();
    std::iter::from_fn(move || {
        let rest = text[..end].trim_end_matches([' ', '\u{a0}', '\t']);
        let last = rest.chars().next_back()?;
        let start = if last.is_ascii_digit() {
            start_of_number(rest)
        } else if last.is_alphanumeric() {
            rest.trim_end_matches(char::is_alphanumeric).len()
        } else {
            rest.len() - last.len_utf8()
        };
        end = start;
        Some((start, &rest[start..]))
    })
}

/// Where the word begins that a text ends with and that ends with a digit. Where line ends were lost, a number stands at the
/// end of another word, or of a full stop: "Skills3+ years", "experience.5 years".
fn start_of_number(text: &str) -> usize {
    let of_number = |c: char| c.is_ascii_digit() || c == '.';
    let before = text.trim_end_matches(of_number);
    if before.ends_with(|c: char| c.is_alphanumeric() && !c.is_lowercase()) {
        return before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '.').len();
    }
    text.len() - text[before.len()..].trim_start_matches('.').len()
}

/// A number in digits or as a word; "2.5" counts as 2.
fn number(piece: &str) -> Option<u32> {
    let of_word = || {
        let named = |(word, _): &(&&str, u32)| word.eq_ignore_ascii_case(piece);
        NUMBERS.iter().zip(0..).find(named).map(|(_, n)| n)
    };
    let digits = piece.split('.').next().unwrap_or_default();
    digits.parse().ok().or_else(of_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_experience_are_read() {
        for (text, asked) in [
            ("5+ years of experience in product management", (5, None)),
            ("You have at least eight years of experience.", (8, None)),
            ("Minimum of eight (8) years' experience with Scrum", (8, None)),
            ("3-5 years of product experience required", (3, Some(5))),
            ("Three to five years of experience", (3, Some(5))),
            ("3 – 5+ yrs experience", (3, Some(5))),
            ("10 or more years of relevant experience", (10, None)),
            ("Experience: 7 years", (7, None)),
            ("2 years with SQL required; 6+ years of experience overall", (6, None)),
            ("We are looking for somebody with 4 years of experience.", (4, None)),
            ("12+ Years Experience", (12, None)),
            ("* 4+ years of experience as a product leader in a software company", (4, None)),
            ("An MS degree with +5 years of experience in web development", (5, None)),
            ("A technology background with 3+ years of product experience", (3, None)),
            ("Success · 10+ years of product management experience", (10, None)),
            ("What we look for: 7+ years of experience", (7, None)),
            ("- Has >2 years of developer experience", (2, None)),
            ("Skills3+ years of product experience", (3, None)),
            ("practical experience.5-7 years of product experience", (5, Some(7))),
            ("12 Yrs. of experience, 4 YRS of experience with SQL", (12, None)),
            ("1.5 years of experience", (1, None)),
            ("0-1 year of experience", (0, Some(1))),
            ("You bring 6 years in project management work.", (6, None)),
        ] {
            let found = asked_experience(text).map(|asked| (asked.least, asked.most));
            assert_eq!(found, Some(asked), "{text}");
        }
    }

    #[test]
    fn other_years_are_none() {
        for text in [
            "For 20 years we have been building software.",
            "Acme has over 30 years of experience in banking.",
            "With over 20 years of experience, Acme is at home in banking.",
            "With 20+ years of experience, Acme is at home in banking.",
            "Most of us have 10-25 years of experience, much of it together.",
            "Our members range from newcomers to experts with 25+ years of experience.",
            "20 years of experience have taught us to listen.",
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
