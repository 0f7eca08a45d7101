//! Which features a person would name as reasons, and how willingly.

use super::Channel;
use super::plain_words::{CLASSES, Worth};
use crate::text::{HashTable, Token, word_hash};
use std::sync::LazyLock;

/// Factors for the weights of features when reasons for a role are ranked, by channel. A lexicon entry or the name of a
/// role tells a person more than a phrase, and a phrase more than a word.
const FOR_ROLES: [u8; Channel::ALL.len()] = [4, 1, 3, 4, 4, 0];
/// The same for other jobs: the lexicon is not about them, and no name of a role is evidence for them.
const FOR_OTHERS: [u8; Channel::ALL.len()] = [3, 1, 3, 0, 0, 0];
/// Known terms of one or two letters or with digits. Other such words are fragments, sums of money or times of day.
const SHORT_TERMS: [&str; 39] = [
    "2d", "3d", "ai", "ar", "b2b", "b2c", "bi", "c", "c#", "cd", "ci", "cx", "d2c", "db", "ec2",
    "f#", "gp", "hr", "js", "k8s", "l10n", "ml", "oauth2", "os", "pc", "po", "pr", "prince2", "qa",
    "qc", "r", "r&d", "s3", "sq", "ts", "ui", "ux", "vr", "web3",
];
/// Longer words, in bytes, are host names and the like.
const LONGEST: usize = 22;
/// Words in -ly that are no adverbs.
const NO_ADVERBS: [&str; 6] = ["anomaly", "assembly", "elderly", "family", "reply", "supply"];
/// Endings of adjectives, with which no phrase ends.
const ADJECTIVES: [&str; 6] = ["able", "ible", "ous", "ful", "sive", "tive"];
/// Nouns with such endings.
const NO_ADJECTIVES: [&str; 10] = [
    "collective",
    "cooperative",
    "deliverable",
    "executive",
    "incentive",
    "initiative",
    "narrative",
    "perspective",
    "representative",
    "variable",
];
/// Endings of verbs.
const VERBS: [&str; 2] = ["ed", "ing"];

/// Worth of the words of the classes, by hash.
static WORDS: LazyLock<HashTable> = LazyLock::new(|| {
    let words = CLASSES.iter().flat_map(|(worth, words)| {
        words.split_ascii_whitespace().map(|word| (word_hash(word), *worth as u32))
    });
    HashTable::new(&words.collect::<Vec<_>>(), Worth::ALL.len())
});

/// Factors of a feature as a reason, for a role and for another job, by its text as models store it; 0 if a person
/// would not name it.
pub(crate) fn reason_factors(channel: Channel, text: &str) -> [u8; 2] {
    let worth = |word| worth(word, word_hash(word));
    let named = match channel {
        Channel::Skills | Channel::Mentions => true,
        Channel::Words => worth(text) == Worth::Something,
        Channel::Phrases => text.split_once(' ').is_some_and(|(before, last)| {
            let (first, second) = (worth(before), worth(last));
            let edges = first > Worth::Second && is_end(second);
            edges && first.max(second) == Worth::Something && !is_adjective(last)
        }),
        // The name only, not its context words.
        Channel::Contexts => text.starts_with("named as "),
        // The title has its own columns.
        Channel::Title => false,
    };
    [FOR_ROLES, FOR_OTHERS]
        .map(|reason_factors| if named { reason_factors[channel as usize] } else { 0 })
}

/// Whether the words that match a lexicon entry are a reason as they are written.
pub(crate) fn is_reason(text: &str, tokens: &[Token]) -> bool {
    match tokens {
        [] => false,
        [word] => written_worth(text, *word) == Worth::Something,
        [first, .., last] => {
            let (first, last) = (written_worth(text, *first), written_worth(text, *last));
            let (low, high) = (first.min(last), first.max(last));
            high == Worth::Something || (high >= Worth::First && low > Worth::Nothing)
        }
    }
}

/// Whether a quoted phrase may be extended to begin with a word.
pub(crate) fn may_begin(text: &str, word: Token) -> bool {
    written_worth(text, word) > Worth::Nothing
}

/// Whether a quoted phrase may be extended to end with a word.
pub(crate) fn may_end(text: &str, word: Token) -> bool {
    let written = word.written(text);
    let ends = !is_adjective(written) && !VERBS.iter().any(|ending| written.ends_with(ending));
    ends && is_end(written_worth(text, word))
}

fn is_end(worth: Worth) -> bool {
    !matches!(worth, Worth::Nothing | Worth::First)
}

fn is_adjective(word: &str) -> bool {
    ADJECTIVES.iter().any(|ending| word.ends_with(ending)) && !NO_ADJECTIVES.contains(&word)
}

fn written_worth(text: &str, word: Token) -> Worth {
    worth(word.written(text), word.hash)
}

/// Whether a word has an apostrophe.
fn has_apostrophe(word: &str) -> bool {
    word.bytes().any(|b| b == b'\'') || (!word.is_ascii() && word.contains('’'))
}

/// Worth of a word as a reason.
fn worth(word: &str, hash: u64) -> Worth {
    if let Some(worth) = WORDS.get(hash) {
        return Worth::ALL[worth as usize];
    }
    let among = |terms: &[&str]| terms.iter().any(|term| term.eq_ignore_ascii_case(word));
    let short = word.len() <= 2 || word.bytes().any(|b| b.is_ascii_digit());
    let long = word.len() > LONGEST;
    let fragment = short && !among(&SHORT_TERMS);
    let adverb = word.ends_with("ly") && !among(&NO_ADVERBS);
    if long || fragment || adverb || has_apostrophe(word) {
        Worth::Nothing
    } else {
        Worth::Something
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tokens;

    fn word(text: &str) -> bool {
        reason_factors(Channel::Words, text)[0] > 0
    }

    fn phrase(text: &str) -> bool {
        reason_factors(Channel::Phrases, text)[0] > 0
    }

    fn entry(text: &str) -> bool {
        is_reason(text, Tokens::new(text).as_slice())
    }

    #[test]
    fn words_of_little_meaning_are_no_reasons() {
        for class in [
            "five once 1s 100k",
            "me she themselves",
            "the every",
            "during via",
            "whereas etc",
            "can getting don't",
            "well only quickly",
            "weekend monday hourly",
            "non pre un",
            "hiring apply resume",
            "degree accredited",
            "salary pension 401k",
            "equal religion",
            "passionate exciting mission",
            "onsite located",
            "telephone website",
            "strong new",
            "help ensure",
            "senior",
            "world people team",
            "process task",
            "manage build",
        ] {
            for text in class.split(' ') {
                assert!(!word(text), "{text}");
            }
        }
    }

    #[test]
    fn words_of_a_trade_are_reasons() {
        for text in "nurse patients invoices welding java backlog c r ui qa elderly".split(' ') {
            assert!(word(text), "{text}");
        }
    }

    #[test]
    fn phrases_neither_begin_nor_end_with_nothing() {
        for text in [
            "new product",
            "face to",
            "apply now",
            "end design",
            "customer solutions",
            "build scalable",
        ] {
            assert!(!phrase(text), "{text}");
        }
        for text in ["product vision", "define roadmaps", "front end", "registered nurse"] {
            assert!(phrase(text), "{text}");
        }
    }

    #[test]
    fn entries_of_the_lexicon_need_a_word_that_says_something() {
        for text in ["opportunity", "timely", "interpersonal skills", "communication skills"] {
            assert!(!entry(text), "{text}");
        }
        for text in ["backlog", "user feedback", "refine the backlog", "new products"] {
            assert!(entry(text), "{text}");
        }
    }

    #[test]
    fn names_are_reasons_for_roles_only() {
        assert_eq!(reason_factors(Channel::Mentions, "product_owner named"), [4, 0]);
        assert_eq!(reason_factors(Channel::Contexts, "our ..."), [0, 0]);
    }
}
