//! The four channels of evidence in one posting.

use super::Lexicon;
use super::lexicon::Term;
use crate::text::{Capitals, CleanText, Token, Tokens, combine};
use serde::{Deserialize, Serialize};

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
}

impl Channel {
    /// All channels in order.
    pub const ALL: [Self; 4] = [Self::Skills, Self::Words, Self::Phrases, Self::Mentions];

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skills => "skills",
            Self::Words => "words",
            Self::Phrases => "phrases",
            Self::Mentions => "mentions",
        }
    }

    /// Keeps the same word apart in different channels.
    fn key(self, hash: u64) -> u64 {
        combine(hash, self as u64 + 1)
    }
}

/// One feature of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Its channel.
    pub channel: Channel,
    /// Identity of the feature: a hash of channel and text.
    pub key: u64,
    /// Whether it stands somewhere in small letters: names of people and companies hardly ever do.
    pub plain: bool,
    /// First token of its first occurrence.
    token: u32,
    /// Skills: place in the lexicon. Mentions: place in the list of mention features.
    term: u32,
    /// Tokens it covers.
    length: u32,
}

/// The evidence of one posting: each feature once, ordered by channel and key.
#[derive(Debug, Default, Clone)]
pub struct Evidence {
    features: Vec<Feature>,
    mentions: Vec<u32>,
    clean: CleanText,
    tokens: Tokens,
}

impl Evidence {
    /// The features, ordered by channel and key.
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

    /// Number of words in the text.
    pub fn words(&self) -> usize {
        self.tokens.as_slice().len()
    }

    /// Bytes of the cleaned text where a feature first stands.
    pub fn span(&self, feature: &Feature) -> std::ops::Range<usize> {
        let tokens = self.tokens.as_slice();
        let first = feature.token as usize;
        let last = first + feature.length as usize - 1;
        tokens[first].start as usize..tokens[last].end as usize
    }

    /// Text of a feature as models store it.
    pub fn feature_text(&self, feature: &Feature, lexicon: &Lexicon) -> String {
        let tokens = self.tokens.as_slice();
        let word = |i: u32| self.tokens.word(tokens[i as usize]);
        match feature.channel {
            Channel::Skills => lexicon.skills()[feature.term as usize].id.clone(),
            Channel::Words => word(feature.token).to_owned(),
            Channel::Phrases => {
                let second = feature.token + feature.length - 1;
                format!("{} {}", word(feature.token), word(second))
            }
            Channel::Mentions => mention_text(feature.term, lexicon),
        }
    }
}

/// The features that the mentions of one role give.
const MENTION_FEATURES: [&str; 5] =
    ["named", "named twice", "named four times", "named first", "named most"];

fn mention_text(term: u32, lexicon: &Lexicon) -> String {
    let each = MENTION_FEATURES.len() as u32;
    let name = lexicon.roles().iter().nth((term / each) as usize);
    let name = name.map_or("undecided", |r| r.id.as_str());
    format!("{name} {}", MENTION_FEATURES[(term % each) as usize])
}

/// Identity of a feature from its channel and stored text.
pub(crate) fn feature_key(channel: Channel, text: &str) -> u64 {
    match channel {
        Channel::Skills | Channel::Words | Channel::Mentions => channel.key(text_hash(text)),
        Channel::Phrases => {
            let (first, second) = text.split_once(' ').unwrap_or((text, ""));
            channel.key(combine(text_hash(first), text_hash(second)))
        }
    }
}

fn text_hash(text: &str) -> u64 {
    rapidhash::v3::rapidhash_v3(text.as_bytes())
}

/// Turns raw text into evidence.
#[derive(Debug, Clone)]
pub struct Extractor<'a> {
    lexicon: &'a Lexicon,
    skill_keys: Vec<u64>,
    mention_keys: Vec<u64>,
}

impl<'a> Extractor<'a> {
    /// An extractor for a lexicon.
    pub fn new(lexicon: &'a Lexicon) -> Self {
        let names = lexicon.roles().len() + 1;
        let skill_keys = lexicon.skills().iter().map(|s| feature_key(Channel::Skills, &s.id));
        let mention_keys = (0..(names * MENTION_FEATURES.len()) as u32)
            .map(|term| feature_key(Channel::Mentions, &mention_text(term, lexicon)));
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
        let Evidence { features, mentions, clean, tokens } = evidence;
        clean.set(raw);
        tokens.set(clean.as_str());
        features.clear();
        mentions.clear();
        mentions.resize(self.lexicon.roles().len() + 1, 0);
        let list = tokens.as_slice();
        let mut first_mention = None;
        // The token before this one, if a phrase may begin with it.
        let mut before: Option<usize> = None;
        let mut inside = 0;
        let mut masked_until = 0;
        for (i, token) in list.iter().enumerate() {
            if i >= masked_until && i >= inside {
                match self.term_at(list, i) {
                    Some((Term::Skill(term), length)) => {
                        let key = self.skill_keys[term as usize];
                        let (token, length) = (i as u32, length as u32);
                        let channel = Channel::Skills;
                        features.push(Feature { channel, key, plain: true, token, term, length });
                        inside = i + length as usize;
                    }
                    Some((Term::Mention { name, .. }, length)) => {
                        mentions[name as usize] += 1;
                        first_mention.get_or_insert((name, i, length));
                        if mentions[name as usize] == 1 {
                            self.push_mention(features, name, 0, i, length);
                        }
                        masked_until = i + length;
                    }
                    Some((Term::OtherJob, length)) => inside = i + length,
                    None => {}
                }
            }
            if i < masked_until || token.numeric {
                before = None;
                continue;
            }
            let plain = token.capitals == Capitals::None;
            let key = Channel::Words.key(token.hash);
            let at = i as u32;
            features.push(Feature {
                channel: Channel::Words,
                key,
                plain,
                token: at,
                term: 0,
                length: 1,
            });
            if let Some(first) = before.filter(|_| !token.breaks) {
                let key = Channel::Phrases.key(combine(list[first].hash, token.hash));
                let plain = plain && list[first].capitals == Capitals::None;
                let (channel, at) = (Channel::Phrases, first as u32);
                features.push(Feature { channel, key, plain, token: at, term: 0, length: 2 });
            }
            before = Some(i);
        }
        if let Some((name, at, length)) = first_mention {
            self.push_mention(features, name, 3, at, length);
            for (name, &count) in mentions.iter().enumerate() {
                if count >= 2 {
                    self.push_mention(features, name as u32, 1, at, length);
                }
                if count >= 4 {
                    self.push_mention(features, name as u32, 2, at, length);
                }
            }
            let most = mentions.iter().max().copied().unwrap_or(0);
            let mut top = mentions.iter().enumerate().filter(|&(_, &c)| c == most);
            if let (Some((name, _)), None) = (top.next(), top.next()) {
                self.push_mention(features, name as u32, 4, at, length);
            }
        }
        features.sort_unstable_by_key(|f| (f.channel, f.key, f.token));
        features.dedup_by(|again, first| {
            let same = (again.channel, again.key) == (first.channel, first.key);
            first.plain |= same && again.plain;
            same
        });
    }

    fn term_at(&self, tokens: &[Token], at: usize) -> Option<(Term, usize)> {
        self.lexicon.terms.longest(&tokens[at..], true, |term, length| {
            let Term::Mention { capitals: Some(capitals), .. } = term else { return true };
            // "5 PM" is a time of day.
            let hour = at > 0 && tokens[at - 1].numeric && !tokens[at].breaks;
            !hour && tokens[at..at + length].iter().all(|t| t.capitals == capitals)
        })
    }

    fn push_mention(
        &self,
        features: &mut Vec<Feature>,
        name: u32,
        kind: u32,
        at: usize,
        length: usize,
    ) {
        let term = name * MENTION_FEATURES.len() as u32 + kind;
        let key = self.mention_keys[term as usize];
        let (token, length) = (at as u32, length as u32);
        features.push(Feature {
            channel: Channel::Mentions,
            key,
            plain: true,
            token,
            term,
            length,
        });
    }
}
