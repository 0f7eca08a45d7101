//! The channels of evidence in one posting.

use super::Lexicon;
use super::lexicon::Term;
use super::parts::boilerplate;
use crate::text::{Capitals, CleanText, Token, Tokens, combine};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A kind of evidence.
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
    /// How a role is spoken of: the words beside its name, and in which form it is named.
    Contexts,
}

impl Channel {
    /// All channels in order.
    pub const ALL: [Self; 5] =
        [Self::Skills, Self::Words, Self::Phrases, Self::Mentions, Self::Contexts];

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skills => "skills",
            Self::Words => "words",
            Self::Phrases => "phrases",
            Self::Mentions => "mentions",
            Self::Contexts => "contexts",
        }
    }

    /// Keeps the same word apart in different channels.
    fn key(self, hash: u64) -> FeatureKey {
        FeatureKey(combine(hash, self as u64 + 1) >> CHANNEL_BITS | (self as u64) << CHANNEL_AT)
    }
}

const CHANNEL_BITS: u32 = 3;
const CHANNEL_AT: u32 = u64::BITS - CHANNEL_BITS;

/// Identity of a feature: its channel in the highest bits, and a hash of its text. Ordered by
/// channel first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureKey(u64);

impl FeatureKey {
    /// The key of a feature of this text, as models store it.
    pub fn new(channel: Channel, text: &str) -> Self {
        match channel {
            Channel::Skills | Channel::Words | Channel::Mentions => channel.key(text_hash(text)),
            Channel::Contexts => match text.split_once(' ') {
                Some(("...", after)) => Side::After.key(text_hash(after)),
                Some((before, "...")) => Side::Before.key(text_hash(before)),
                _ => Side::Form.key(text_hash(text.rsplit(' ').next().unwrap_or(text))),
            },
            Channel::Phrases => {
                let (first, second) = text.split_once(' ').unwrap_or((text, ""));
                channel.key(combine(text_hash(first), text_hash(second)))
            }
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

    /// A key from its number, if it is one.
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        ((number >> CHANNEL_AT) < Channel::ALL.len() as u64).then_some(Self(number))
    }
}

/// One feature of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// What it is.
    pub key: FeatureKey,
    /// Whether it stands somewhere in small letters: names of people and companies hardly ever do.
    pub plain: bool,
    /// First token of its first occurrence.
    token: u32,
    /// Skills: place in the lexicon. Mentions: place in the list of mention features. Contexts:
    /// the [`Side`].
    term: u32,
    /// Tokens it covers.
    length: u32,
}

/// The evidence of one posting: each feature once, ordered by key.
#[derive(Debug, Default, Clone)]
pub struct Evidence {
    features: Vec<Feature>,
    mentions: Vec<u32>,
    clean: CleanText,
    tokens: Tokens,
    /// Tokens of parts that say nothing about the job.
    ignored: Vec<Range<usize>>,
}

impl Evidence {
    /// The features, ordered by key.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// How often each role is named, in the order of the role set; last the names that leave the
    /// role undecided.
    pub fn mentions(&self) -> &[u32] {
        &self.mentions
    }

    /// The cleaned text.
    pub fn text(&self) -> &CleanText {
        &self.clean
    }

    /// The words of the text.
    pub(super) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Number of words in the text.
    pub fn words(&self) -> usize {
        self.tokens.as_slice().len()
    }

    /// Bytes of the cleaned text where a feature first stands.
    pub fn span(&self, feature: &Feature) -> Range<usize> {
        let tokens = self.tokens.as_slice();
        let first = feature.token as usize;
        let last = first + feature.length as usize - 1;
        tokens[first].start as usize..tokens[last].end as usize
    }

    /// Bytes of the cleaned text of the parts that say nothing about the job, and are not looked at.
    pub fn ignored(&self) -> impl Iterator<Item = Range<usize>> {
        let tokens = self.tokens.as_slice();
        let span = |part: &Range<usize>| {
            tokens[part.start].start as usize..tokens[part.end - 1].end as usize
        };
        self.ignored.iter().map(span)
    }

    /// Text of a feature as models store it.
    pub fn feature_text(&self, feature: &Feature, lexicon: &Lexicon) -> String {
        let tokens = self.tokens.as_slice();
        let word = |i: u32| self.tokens.word(tokens[i as usize]);
        match feature.key.channel() {
            Channel::Skills => lexicon.skills()[feature.term as usize].id.clone(),
            Channel::Words => word(feature.token).to_owned(),
            Channel::Phrases => {
                let second = feature.token + feature.length - 1;
                format!("{} {}", word(feature.token), word(second))
            }
            Channel::Mentions => mention_text(feature.term, lexicon),
            Channel::Contexts => {
                let side = Side::ALL[feature.term as usize];
                let at = if side == Side::Before { 0 } else { feature.length - 1 };
                side.text(word(feature.token + at))
            }
        }
    }
}

/// Where a word stands beside the name of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
    /// The last word of the name itself: one product manager, or product managers.
    Form,
}

impl Side {
    const ALL: [Self; 3] = [Self::Before, Self::After, Self::Form];

    fn text(self, word: &str) -> String {
        match self {
            Self::Before => format!("{word} ..."),
            Self::After => format!("... {word}"),
            Self::Form => format!("named as {word}"),
        }
    }

    fn key(self, word: u64) -> FeatureKey {
        Channel::Contexts.key(combine(word, self as u64))
    }
}

/// What is said of the mentions of one name.
#[derive(Debug, Clone, Copy)]
enum Naming {
    Once,
    Twice,
    FourTimes,
    First,
    Most,
    Early,
}

impl Naming {
    const ALL: [Self; 6] =
        [Self::Once, Self::Twice, Self::FourTimes, Self::First, Self::Most, Self::Early];

    fn text(self) -> &'static str {
        match self {
            Self::Once => "named",
            Self::Twice => "named twice",
            Self::FourTimes => "named four times",
            Self::First => "named first",
            Self::Most => "named most",
            Self::Early => "named early",
        }
    }
}

fn mention_text(term: u32, lexicon: &Lexicon) -> String {
    let each = Naming::ALL.len();
    let name = lexicon.roles().iter().nth(term as usize / each);
    let name = name.map_or("undecided", |r| r.id.as_str());
    format!("{name} {}", Naming::ALL[term as usize % each].text())
}

fn text_hash(text: &str) -> u64 {
    rapidhash::v3::rapidhash_v3(text.as_bytes())
}

/// Turns raw text into evidence.
#[derive(Debug, Clone)]
pub struct Extractor<'a> {
    lexicon: &'a Lexicon,
    skill_keys: Vec<FeatureKey>,
    mention_keys: Vec<FeatureKey>,
}

impl<'a> Extractor<'a> {
    /// An extractor for a lexicon.
    pub fn new(lexicon: &'a Lexicon) -> Self {
        let names = lexicon.roles().len() + 1;
        let skill_keys = lexicon.skills().iter().map(|s| FeatureKey::new(Channel::Skills, &s.id));
        let mention_keys = (0..(names * Naming::ALL.len()) as u32)
            .map(|term| FeatureKey::new(Channel::Mentions, &mention_text(term, lexicon)));
        Self { lexicon, skill_keys: skill_keys.collect(), mention_keys: mention_keys.collect() }
    }

    /// The lexicon it looks for.
    pub fn lexicon(&self) -> &'a Lexicon {
        self.lexicon
    }

    /// The evidence in a raw text field.
    pub fn extract(&self, raw: &str) -> Evidence {
        let mut evidence = Evidence::default();
        self.extract_into(raw, &mut evidence);
        evidence
    }

    /// The evidence in a raw text field, keeping the allocations of `evidence`.
    pub fn extract_into(&self, raw: &str, evidence: &mut Evidence) {
        let Evidence { features, mentions, clean, tokens, ignored } = evidence;
        clean.set(raw);
        tokens.set(clean.as_str());
        features.clear();
        mentions.clear();
        mentions.resize(self.lexicon.roles().len() + 1, 0);
        // Where each name first stands: its first token, and how many tokens it has.
        let mut named = vec![None; mentions.len()];
        let tokens = tokens.as_slice();
        *ignored = boilerplate(tokens, &self.lexicon.headings);
        let mut ahead = ignored.iter().peekable();
        // The token before this one, if a phrase may begin with it.
        let mut before: Option<usize> = None;
        let mut matched_until = 0;
        let mut masked_until = 0;
        for (i, token) in tokens.iter().enumerate() {
            ahead.next_if(|part| part.end <= i);
            if ahead.peek().is_some_and(|part| part.contains(&i)) {
                before = None;
                continue;
            }
            if i >= matched_until
                && let Some((term, length)) = self.term_at(tokens, i)
            {
                matched_until = i + length;
                match term {
                    Term::Skill(place) => {
                        let key = self.skill_keys[place as usize];
                        features.push(feature(key, place, i, length));
                    }
                    Term::Mention { name, .. } => {
                        mentions[name as usize] += 1;
                        named[name as usize].get_or_insert((i, length));
                        masked_until = i + length;
                        push_contexts(features, tokens, i, length);
                    }
                    Term::OtherJob => {}
                }
            }
            if i < masked_until || token.numeric {
                before = None;
                continue;
            }
            let plain = token.capitals == Capitals::None;
            let key = Channel::Words.key(token.hash);
            features.push(Feature { plain, ..feature(key, 0, i, 1) });
            if let Some(first) = before.filter(|_| !token.breaks) {
                let plain = plain && tokens[first].capitals == Capitals::None;
                let key = Channel::Phrases.key(combine(tokens[first].hash, token.hash));
                features.push(Feature { plain, ..feature(key, 0, first, 2) });
            }
            before = Some(i);
        }
        self.push_mentions(features, mentions, &named);
        features.sort_unstable_by_key(|f| (f.key, f.token));
        features.dedup_by(|again, first| {
            let same = again.key == first.key;
            first.plain |= same && again.plain;
            same
        });
    }

    fn push_mentions(
        &self,
        features: &mut Vec<Feature>,
        mentions: &[u32],
        named: &[Option<(usize, usize)>],
    ) {
        let first = named.iter().flatten().min();
        let most = mentions.iter().max().copied().unwrap_or(0);
        let alone = mentions.iter().filter(|&&count| count == most).count() == 1;
        for (name, (&count, place)) in mentions.iter().zip(named).enumerate() {
            let Some((at, length)) = *place else { continue };
            for naming in Naming::ALL {
                let holds = match naming {
                    Naming::Once => true,
                    Naming::Twice => count >= 2,
                    Naming::FourTimes => count >= 4,
                    Naming::First => place.as_ref() == first,
                    Naming::Most => count == most && alone,
                    Naming::Early => at < EARLY,
                };
                if holds {
                    let term = name * Naming::ALL.len() + naming as usize;
                    let key = self.mention_keys[term];
                    features.push(feature(key, term as u32, at, length));
                }
            }
        }
    }

    fn term_at(&self, tokens: &[Token], at: usize) -> Option<(Term, usize)> {
        self.lexicon.terms.longest(&tokens[at..], true, |term, length| {
            let Term::Mention { capitals: Some(capitals), .. } = term else { return true };
            // "5 PM" is a time of day.
            let hour = at > 0 && tokens[at - 1].numeric && !tokens[at].breaks;
            !hour && tokens[at..at + length].iter().all(|t| t.capitals == capitals)
        })
    }
}

/// A name among the first words is most likely that of the job.
const EARLY: usize = 30;
/// Words this far from the name of a role, in the same sentence, say how it is spoken of.
const WINDOW: usize = 5;

fn push_contexts(features: &mut Vec<Feature>, tokens: &[Token], at: usize, length: usize) {
    let end = at + length;
    let mut push = |side: Side, word: &Token, first, length| {
        let plain = side == Side::Form || word.capitals == Capitals::None;
        let key = side.key(word.hash);
        let feature = feature(key, side as u32, first, length);
        features.push(Feature { plain, ..feature });
    };
    push(Side::Form, &tokens[end - 1], at, length);
    for i in (at.saturating_sub(WINDOW)..at).rev().take_while(|&i| !tokens[i + 1].breaks) {
        push(Side::Before, &tokens[i], i, end - i);
    }
    let after = tokens[end..].iter().take(WINDOW).take_while(|t| !t.breaks);
    for (i, word) in after.enumerate() {
        push(Side::After, word, at, length + i + 1);
    }
}

fn feature(key: FeatureKey, term: u32, token: usize, length: usize) -> Feature {
    Feature { key, plain: true, token: token as u32, term, length: length as u32 }
}
