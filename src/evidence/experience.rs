//! How many years of experience a text asks for.

use crate::lexicon::{ExperienceWords, Lexicon, YearsSense};
use memchr::memchr3_iter;
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

/// More years are the age of a company, or a typing error.
const MOST_YEARS: u32 = 40;
/// Bytes before the word for years in which its numbers are searched.
const BYTES_OF_NUMBERS: usize = 40;
/// Bullets, and their first bytes.
const BULLETS: [char; 2] = ['•', '·'];
const BULLET_BYTES: [u8; 2] = [0xe2, 0xc2];
/// Most letters before the numbers of a list item: "Experience: 5 years".
const LETTERS_OF_ITEM: usize = 16;
/// Letters of the longest abbreviation of "years".
const ABBREVIATION: usize = 3;
/// Bytes of the sentence that are read before the years, and after them.
const BYTES_BEFORE: usize = 120;
const BYTES_AFTER: usize = 120;

/// What the words of a piece of a text tell, each with its number in the piece.
fn senses(text: &str, of: &ExperienceWords) -> impl Iterator<Item = (usize, YearsSense)> {
    let words = text.split(|c| !of.is_letter(c)).filter(|word| !word.is_empty());
    words.enumerate().filter_map(|(i, word)| Some((i, of.senses.of_word(word)?)))
}

/// The largest number of years of experience that a text asks for; `None` if it asks for none.
pub fn asked_experience(text: &str, lexicon: &Lexicon) -> Option<Experience> {
    let words = &lexicon.wording.experience;
    let mut most: Option<Experience> = None;
    let [first, second, third] = words.beginnings.first;
    for at in memchr3_iter(first, second, third, text.as_bytes()) {
        let Some(years) = years_at(text, at, words) else { continue };
        // The first of equals wins. Sentences are read only for a larger number.
        let is_more = most.as_ref().is_none_or(|most| years.least > most.least);
        if is_more && are_asked_for(text, &years.at, words) {
            most = Some(years);
        }
    }
    most
}

/// The years whose word begins at a byte offset, with the numbers before it.
fn years_at(text: &str, at: usize, words: &ExperienceWords) -> Option<Experience> {
    let length = word_for_years(&text[at..], words)?;
    let begins = !text[..at].ends_with(|c: char| c.is_alphanumeric());
    // "a 5-year plan"
    if !begins || text[..at].ends_with(['-', '/']) {
        return None;
    }
    let near = floor(text, at.saturating_sub(BYTES_OF_NUMBERS))..at;
    let numbers = Numbers::before(text, near, words)?;
    Some(Experience { least: numbers.least, most: numbers.most, at: numbers.at..at + length })
}

/// The last character boundary up to a byte offset.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// Whether the sentence around the years asks a candidate for experience.
fn are_asked_for(text: &str, years: &Range<usize>, of: &ExperienceWords) -> bool {
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
    let letters = text[years.clone()].chars().rev().take_while(|&c| of.is_letter(c)).count();
    let end =
        years.end + usize::from(letters <= ABBREVIATION && text[years.end..].starts_with('.'));
    let stop = (end..last).find(is_end).unwrap_or(last);
    let (before, behind) = (&text[start..years.start], &text[end..stop]);
    let follows = behind.trim_start_matches([' ', '(', ')', '+', '\'', '’']);
    let follow = |phrases: &[String]| {
        let follows = |phrase: &String| {
            follows.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
        };
        phrases.iter().any(follows)
    };
    if follow(&of.not_after_years) {
        return false;
    }
    let is_plus = before.ends_with('+') || text[years.clone()].contains('+');
    let is_item = before.chars().filter(|&c| of.is_letter(c)).count() <= LETTERS_OF_ITEM;
    let (mut of_experience, mut sought, mut of_others) = (false, false, false);
    for (i, sense) in senses(before, of) {
        match sense {
            YearsSense::Experience => of_experience = true,
            YearsSense::Sought => sought = true,
            YearsSense::Others | YearsSense::Ours => of_others = true,
            // "a background with 5+ years of experience"
            YearsSense::Company => of_others |= i == 0 || !is_plus,
        }
    }
    for (_, sense) in senses(behind, of) {
        match sense {
            YearsSense::Experience => of_experience = true,
            YearsSense::Sought => sought = true,
            YearsSense::Ours => of_others = true,
            // "5 years of experience in a software company" in a list
            YearsSense::Others => of_others |= !is_item,
            YearsSense::Company => {}
        }
    }
    let is_direct = follow(&of.after_years);
    of_experience && (sought || is_direct || is_item || is_plus) && (sought || !of_others)
}

/// Length in bytes of the word for years at the start of a text; `None` if another word is there.
fn word_for_years(text: &str, words: &ExperienceWords) -> Option<usize> {
    if !words.beginnings.may_begin(text.as_bytes()) {
        return None;
    }
    let is_end = |c: char| !c.is_ascii_digit() && !words.is_letter(c);
    let length = text.find(is_end).unwrap_or(text.len());
    words.years.has_word(&text[..length]).then_some(length)
}

/// The numbers before the word for years.
struct Numbers {
    least: u32,
    most: Option<u32>,
    at: usize,
}

impl Numbers {
    /// The last numbers in a range of a text, followed by nothing but "or more" and the like.
    fn before(text: &str, range: Range<usize>, words: &ExperienceWords) -> Option<Self> {
        let mut pieces = pieces(&text[range.clone()]).peekable();
        let is_filler =
            |piece: &str| matches!(piece, "+" | "(" | ")") || words.before_years.has_word(piece);
        let is_up_to =
            |piece: &str| matches!(piece, "-" | "–" | "—") || words.up_to.has_word(piece);
        let number = |(at, piece)| Some((at, number(piece, words)?));
        while pieces.next_if(|(_, piece)| is_filler(piece)).is_some() {}
        let (mut at, upper) = pieces.next().and_then(number)?;
        let (mut least, mut most) = (upper, None);
        while pieces.next_if(|(_, piece)| matches!(*piece, "(" | "+")).is_some() {}
        let is_range = pieces.next_if(|(_, piece)| is_up_to(piece)).is_some();
        while is_range && pieces.next_if(|(_, piece)| *piece == "+").is_some() {}
        if let Some((before, first)) = pieces.next().and_then(number) {
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
fn number(piece: &str, words: &ExperienceWords) -> Option<u32> {
    let digits = piece.split('.').next().unwrap_or_default();
    digits.parse().ok().or_else(|| words.numbers.of_word(piece))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static LEXICON: LazyLock<Lexicon> =
        LazyLock::new(|| Lexicon::embedded().expect("the lexicon inside the program is sound"));

    fn asked_experience(text: &str) -> Option<Experience> {
        super::asked_experience(text, &LEXICON)
    }

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
