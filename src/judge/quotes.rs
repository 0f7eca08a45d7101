//! The words of a posting that decided.

use super::classify::Phrase;
use super::facts::Facts;
use crate::model::{Known, STEPS};
use crate::text::Listed;
use std::ops::Range;

/// Phrases that a verdict quotes.
const QUOTED: usize = 6;
/// So many features are mostly enough to find them among: some say little, or overlap.
const ENOUGH: i32 = 20;

/// Room to find what decided.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    /// By feature.
    steps: Vec<i32>,
    places: Listed<u32>,
    /// How much weaker they are than any can be, where they stand, what and of which place they are: numbers
    /// in this order are sorted without a branch that cannot be foreseen.
    strongest: Vec<u128>,
}

impl Quotes {
    /// The words that features first stand in, the strongest first, of equal ones the earlier, each byte once.
    /// `steps` says how strong a feature is.
    pub(super) fn of(&mut self, facts: &Facts, steps: impl Fn(&Known) -> i32) -> Vec<Phrase> {
        let Self { steps: all, places, strongest } = self;
        all.clear();
        all.extend(facts.known.iter().map(steps));
        let most = all.iter().copied().max().unwrap_or(0);
        // The strongest first: there are few, and the others are seldom needed.
        for least in [most / 4 * 3, most / 8 * 5, most / 2, most / 4, 0] {
            let stronger = |steps: i32| steps > least.max(0);
            let count: i32 = all.iter().map(|&steps| i32::from(stronger(steps))).sum();
            if count < ENOUGH && least > 0 {
                continue;
            }
            places.clear();
            places.reserve(all.len());
            places.add_wanted(all.iter().zip(0..).map(|(&steps, place)| (stronger(steps), place)));
            strongest.clear();
            strongest.extend(places.as_slice().iter().map(|&place| {
                let known = &facts.known[place as usize];
                let weaker = i32::MAX.abs_diff(all[place as usize]);
                [weaker, known.at, known.feature, place]
                    .iter()
                    .fold(0, |key, &part| key << 32 | u128::from(part))
            }));
            strongest.sort_unstable();
            let places = strongest.iter().map(|&key| key as u32 as usize);
            let quoted = quoted(facts, places.map(|place| (all[place], &facts.known[place])));
            if quoted.len() == QUOTED || least <= 0 {
                return quoted;
            }
        }
        Vec::new()
    }
}

fn quoted<'k>(facts: &Facts, strongest: impl Iterator<Item = (i32, &'k Known)>) -> Vec<Phrase> {
    let text = facts.text.as_str();
    let mut quoted: Vec<(Range<usize>, Phrase)> = Vec::with_capacity(QUOTED);
    for (steps, known) in strongest {
        let span = facts.span(known);
        let words = &text[span.clone()];
        let overlaps =
            quoted.iter().any(|(other, _)| span.start < other.end && other.start < span.end);
        if !overlaps && !says_little(words) {
            quoted.push((span, Phrase { text: one_line(words), strength: nats(steps) }));
        }
        if quoted.len() == QUOTED {
            break;
        }
    }
    quoted.into_iter().map(|(_, phrase)| phrase).collect()
}

/// Steps of weights in nats.
pub(super) fn nats(steps: i32) -> f64 {
    f64::from(steps) / STEPS
}

/// Words that a reader learns nothing from, though a model may: not quoted at the edge of a phrase. In
/// order, to be found at once.
const FUNCTION_WORDS: [&str; 72] = [
    "a", "about", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "both",
    "but", "by", "can", "do", "each", "every", "for", "from", "had", "has", "have", "how", "if",
    "in", "into", "is", "it", "its", "may", "more", "must", "no", "not", "of", "on", "or", "other",
    "our", "out", "own", "per", "so", "such", "than", "that", "the", "their", "them", "then",
    "these", "they", "this", "those", "to", "up", "us", "was", "we", "well", "what", "when",
    "where", "which", "while", "who", "will", "with", "you", "your",
];

/// Letters of the longest of them.
const LONGEST: usize = 5;
/// As numbers, which are in the same order.
const NUMBERS: [u64; FUNCTION_WORDS.len()] = {
    let mut numbers = [0; FUNCTION_WORDS.len()];
    let mut i = 0;
    while i < numbers.len() {
        numbers[i] = number(FUNCTION_WORDS[i].as_bytes());
        i += 1;
    }
    numbers
};

/// A word of up to eight letters in small ones, as a number.
const fn number(word: &[u8]) -> u64 {
    let (mut number, mut i) = (0, 0);
    while i < word.len() {
        number |= (word[i].to_ascii_lowercase() as u64) << (56 - 8 * i);
        i += 1;
    }
    number
}

/// Whether it says little; `phrase` is of a cleaned text, which has no other space than that of ASCII.
pub(super) fn says_little(phrase: &str) -> bool {
    let function = |word: &str| {
        word.len() <= LONGEST && NUMBERS.binary_search(&number(word.as_bytes())).is_ok()
    };
    let mut words = phrase.split_ascii_whitespace();
    words.next().is_none_or(function) || words.next_back().is_some_and(function)
}

/// A piece of a cleaned text in one line.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_are_found() {
        assert!(NUMBERS.is_sorted());
        assert_eq!(FUNCTION_WORDS.iter().map(|word| word.len()).max(), Some(LONGEST));
        assert!(says_little("The backlog") && says_little("backlog OF") && says_little(" "));
        assert!(!says_little("backlog refinement"));
    }
}
