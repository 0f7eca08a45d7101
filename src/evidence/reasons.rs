//! Which features a person would name as reasons, and how willingly.

use super::Channel;
use crate::lexicon::{PlainWords, Worth, fits_any};
use crate::text::{Token, word_hash};

/// Factors for the weights of features when reasons for a role are ranked, by channel. A lexicon entry or the name of a
/// role tells a person more than a phrase, and a phrase more than a word.
const FOR_ROLES: [u8; Channel::ALL.len()] = [4, 1, 3, 4, 4, 0];
/// The same for other jobs: the lexicon is not about them, and no name of a role is evidence for them.
const FOR_OTHERS: [u8; Channel::ALL.len()] = [3, 1, 3, 0, 0, 0];
impl PlainWords {
    /// Factors of a feature as a reason, for a role and for another job, by its text as models store it; 0 if a person
    /// would not name it.
    pub(crate) fn reason_factors(&self, channel: Channel, text: &str) -> [u8; 2] {
        let worth = |word| self.worth(word, word_hash(word));
        let named = match channel {
            Channel::Skills | Channel::Mentions => true,
            Channel::Words => worth(text) == Worth::Something,
            Channel::Phrases => text.split_once(' ').is_some_and(|(before, last)| {
                let (first, second) = (worth(before), worth(last));
                let edges = first > Worth::Second && is_end(second);
                edges && first.max(second) == Worth::Something && self.may_be_last(last)
            }),
            // The name only, not its context words.
            Channel::Contexts => text.starts_with("named as "),
            // The title has its own columns.
            Channel::Title => false,
        };
        [FOR_ROLES, FOR_OTHERS].map(|factors| if named { factors[channel as usize] } else { 0 })
    }

    /// Whether the words that match a lexicon entry are a reason as they are written.
    pub(crate) fn is_reason(&self, text: &str, tokens: &[Token]) -> bool {
        match tokens {
            [] => false,
            [word] => self.written_worth(text, *word) == Worth::Something,
            [first, .., last] => {
                let worth = |word: &Token| self.written_worth(text, *word);
                let (low, high) = (worth(first).min(worth(last)), worth(first).max(worth(last)));
                high == Worth::Something || (high >= Worth::First && low > Worth::Nothing)
            }
        }
    }

    /// Whether a quoted phrase may be extended to begin with a word.
    pub(crate) fn may_begin(&self, text: &str, word: Token) -> bool {
        self.written_worth(text, word) > Worth::Nothing
    }

    /// Whether a quoted phrase may be extended to end with a word.
    pub(crate) fn may_end(&self, text: &str, word: Token) -> bool {
        let written = word.written(text);
        let ends = self.may_be_last(written) && !fits_any(&self.not_last_quoted, written);
        ends && is_end(self.written_worth(text, word))
    }

    /// Whether words as written begin with one that is only spelt like a term, as the pronoun "it".
    pub(crate) fn is_cut(&self, words: &str) -> bool {
        let first = words.split_once(' ').map(|(first, _)| first);
        first.is_some_and(|first| self.not_first_quoted.iter().any(|word| word == first))
    }

    /// Whether a phrase may end with a word, by its ending.
    fn may_be_last(&self, word: &str) -> bool {
        !fits_any(&self.not_last, word) || self.last.has(word_hash(word))
    }

    fn written_worth(&self, text: &str, word: Token) -> Worth {
        self.worth(word.written(text), word.hash)
    }

    /// Worth of a word as a reason.
    fn worth(&self, word: &str, hash: u64) -> Worth {
        let by_ending = || self.endings.iter().find(|(ending, _)| ending.fits(word));
        if let Some(worth) = self.words.get(hash).or_else(|| by_ending().map(|(_, worth)| *worth)) {
            return worth;
        }
        // Fragments, sums of money, times of day. Terms that look so are in the list.
        let is_fragment = word.len() <= 2 || word.bytes().any(|b| b.is_ascii_digit());
        if word.len() > self.longest || is_fragment || has_apostrophe(word) {
            Worth::Nothing
        } else {
            Worth::Something
        }
    }
}

/// Whether a phrase may end with a word of this worth.
fn is_end(worth: Worth) -> bool {
    !matches!(worth, Worth::Nothing | Worth::First)
}

/// Whether a word has an apostrophe.
fn has_apostrophe(word: &str) -> bool {
    word.bytes().any(|b| b == b'\'') || (!word.is_ascii() && word.contains('’'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Tokens;
    use std::sync::LazyLock;

    static LEXICON: LazyLock<Lexicon> =
        LazyLock::new(|| Lexicon::embedded().expect("the lexicon inside the program is sound"));

    fn reason_factors(channel: Channel, text: &str) -> [u8; 2] {
        LEXICON.wording.plain.reason_factors(channel, text)
    }

    fn word(text: &str) -> bool {
        reason_factors(Channel::Words, text)[0] > 0
    }

    fn phrase(text: &str) -> bool {
        reason_factors(Channel::Phrases, text)[0] > 0
    }

    fn entry(text: &str) -> bool {
        LEXICON.wording.plain.is_reason(text, Tokens::new(text).as_slice())
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
