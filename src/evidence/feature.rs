//! The features of a posting: their channels, keys and positions.

use crate::text::{combine, word_hash};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A group of features of one type, with a naive Bayes score of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Entries of the lexicon.
    Skills,
    /// Single words.
    Words,
    /// Two words in a row.
    Phrases,
    /// Names of roles: which, how often, which first.
    Mentions,
    /// How a role is spoken of: the words near its name, and the form of the name.
    Contexts,
    /// Single words of the title, and two in a row.
    Title,
}

impl Channel {
    /// All channels in order.
    pub const ALL: [Self; 6] =
        [Self::Skills, Self::Words, Self::Phrases, Self::Mentions, Self::Contexts, Self::Title];

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skills => "skills",
            Self::Words => "words",
            Self::Phrases => "phrases",
            Self::Mentions => "mentions",
            Self::Contexts => "contexts",
            Self::Title => "title",
        }
    }

    /// The key of a text's hash in this channel; the same word has another key in each channel.
    pub(crate) fn key(self, hash: u64) -> FeatureKey {
        FeatureKey(combine(hash, self as u64 + 1) >> FREE_BITS | (self as u64) << CHANNEL_AT)
    }
}

/// Bits of a key that are not of the hash: three for the channel, and one that [`Occurrence`] uses.
const FREE_BITS: u32 = 4;

/// Lowest bit of the channel in a key.
pub(crate) const CHANNEL_AT: u32 = u64::BITS - FREE_BITS;

/// Identity of a feature, in 63 bits: its channel in the highest three, and a hash of its text. Ordered by channel
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureKey(u64);

impl FeatureKey {
    /// The key of a feature from its text as models store it.
    pub fn new(channel: Channel, text: &str) -> Self {
        match channel {
            Channel::Skills | Channel::Words | Channel::Mentions => channel.key(word_hash(text)),
            Channel::Contexts => match text.split_once(' ') {
                Some(("...", after)) => Side::After.key(word_hash(after)),
                Some((before, "...")) => Side::Before.key(word_hash(before)),
                _ => Side::Form.key(word_hash(text.rsplit(' ').next().unwrap_or(text))),
            },
            Channel::Phrases => {
                let (first, second) = text.split_once(' ').unwrap_or((text, ""));
                channel.key(combine(word_hash(first), word_hash(second)))
            }
            Channel::Title => channel.key(match text.split_once(' ') {
                Some((first, second)) => combine(word_hash(first), word_hash(second)),
                None => word_hash(text),
            }),
        }
    }

    /// The channel of the feature.
    pub fn channel(self) -> Channel {
        Channel::ALL[(self.0 >> CHANNEL_AT) as usize]
    }

    /// The key as a number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// A key from its number; `None` if it has no valid channel.
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        ((number >> CHANNEL_AT) < Channel::ALL.len() as u64).then_some(Self(number))
    }
}

/// A feature of a posting, and whether it occurs in lower case. Ordered by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence(u64);

impl Occurrence {
    /// A feature, and whether it occurs in lower case.
    pub(crate) fn new(key: FeatureKey, plain: bool) -> Self {
        Self(key.0 << 1 | u64::from(plain))
    }

    /// The feature.
    pub(crate) fn key(self) -> FeatureKey {
        FeatureKey(self.0 >> 1)
    }

    /// Whether it occurs in lower case.
    pub(crate) fn plain(self) -> bool {
        self.0 & 1 == 1
    }

    /// As a number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// From its number; `None` if it has no valid channel.
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        FeatureKey::from_number(number >> 1).map(|_| Self(number))
    }
}

/// One feature of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Its identity.
    pub key: FeatureKey,
    /// Whether it occurs in lower case: names of people and companies hardly ever do.
    pub plain: bool,
    /// First token of its first occurrence: in the title for title words, else in the text.
    pub(super) token: u32,
    /// Skills: index in the lexicon. Mentions: index among the mention features. Contexts: the [`Side`]. Else 0.
    pub(super) term: u32,
    /// Number of tokens it covers.
    pub(super) length: u32,
}

impl Feature {
    /// The tokens of its first occurrence.
    pub(crate) fn tokens(&self) -> Range<usize> {
        let first = self.token as usize;
        first..first + self.length as usize
    }
}

/// Tokens of a text: index of the first, and their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) at: usize,
    pub(crate) length: usize,
}

/// Where a context word is, seen from the name of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
    /// The last word of the name itself: "manager" or "managers".
    Form,
}

impl Side {
    pub(super) const ALL: [Self; 3] = [Self::Before, Self::After, Self::Form];

    pub(super) fn text(self, word: &str) -> String {
        match self {
            Self::Before => format!("{word} ..."),
            Self::After => format!("... {word}"),
            Self::Form => format!("named as {word}"),
        }
    }

    /// The feature of a context word, by its hash.
    pub(crate) fn key(self, word: u64) -> FeatureKey {
        Channel::Contexts.key(combine(word, self as u64))
    }
}
