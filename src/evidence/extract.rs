//! Extracts the features of a posting, by channel.

use super::feature::{CHANNEL_AT, Channel, Feature, FeatureKey, Side, Span};
use super::mentions::{Naming, mention_text};
use super::sink::FeatureSink;
use super::title_features::{Stated, title_words};
use super::walk::{Walk, WalkedText};
use crate::lexicon::{Lexicon, Stub, TokenClass, TokenClasses};
use crate::text::{CleanText, HashTable, Token, Tokens, combine};
use std::collections::BTreeMap;
use std::ops::Range;

/// The evidence of one posting: each feature once, ordered by key.
#[derive(Debug, Default, Clone)]
pub struct Evidence {
    features: Vec<Feature>,
    /// Scratch buffer for sorting the features.
    unsorted: Vec<Feature>,
    walked: WalkedText,
    /// The cleaned title.
    title: String,
    title_tokens: Vec<Token>,
    stated: Stated,
}

impl Evidence {
    /// The features, ordered by key.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Mentions by role, in the order of the role set; last those of names that leave the role undecided.
    pub fn mentions(&self) -> &[u32] {
        &self.walked.terms.mentions
    }

    /// Whether the text is no posting: it has no word, or is a login wall, an error page and the like.
    pub fn has_no_text(&self, lexicon: &Lexicon) -> bool {
        self.walked.tokens.as_slice().is_empty() || self.stub(lexicon).is_some()
    }

    /// What the text is if it is no posting.
    pub(crate) fn stub(&self, lexicon: &Lexicon) -> Option<Stub> {
        let skills = self.skills();
        Stub::find(
            self.walked.clean.as_str(),
            self.walked.tokens.as_slice(),
            &self.walked.token_classes,
            lexicon,
            skills,
        )
    }

    /// Number of lexicon entries that occur in the text.
    pub(crate) fn skills(&self) -> usize {
        self.features.iter().filter(|f| f.key.channel() == Channel::Skills).count()
    }

    /// What the title states.
    pub fn stated(&self) -> Stated {
        self.stated
    }

    /// The cleaned text.
    pub fn text(&self) -> &CleanText {
        &self.walked.clean
    }

    /// The tokens of the text.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.walked.tokens
    }

    /// The token classes of the text.
    pub(super) fn token_classes(&self) -> &TokenClasses {
        &self.walked.token_classes
    }

    /// By token, whether it counts as a word: see [`TermMatches::counts`](super::sink::TermMatches::counts).
    pub(crate) fn counts_as_word(&self) -> &[bool] {
        &self.walked.terms.counts
    }

    /// Number of words outside the ignored parts.
    pub(crate) fn words_not_ignored(&self) -> usize {
        self.walked.terms.words()
    }

    /// Number of words in the text.
    pub fn words(&self) -> usize {
        self.walked.tokens.as_slice().len()
    }

    /// Byte range of the first occurrence of a feature: in the cleaned title for title words, else in the cleaned text.
    pub fn span(&self, feature: &Feature) -> Range<usize> {
        let of_title = feature.key.channel() == Channel::Title;
        let tokens = if of_title { &self.title_tokens } else { self.walked.tokens.as_slice() };
        let tokens = &tokens[feature.tokens()];
        tokens[0].start as usize..tokens[tokens.len() - 1].end as usize
    }

    /// Byte ranges of the ignored parts of the cleaned text, which say nothing about the job.
    pub fn ignored(&self) -> impl Iterator<Item = Range<usize>> {
        let tokens = self.walked.tokens.as_slice();
        let span = |part: &Range<usize>| {
            tokens[part.start].start as usize..tokens[part.end - 1].end as usize
        };
        self.walked.terms.ignored.iter().map(span)
    }

    /// Whether the text describes several jobs, each under its title.
    pub fn several_jobs(&self) -> bool {
        self.walked.terms.several_jobs
    }

    /// Whether a part in another language is ignored.
    pub fn other_language_left_out(&self) -> bool {
        self.walked.terms.other_language
    }

    /// Text of a feature, as models store it.
    pub fn feature_text(&self, feature: &Feature, lexicon: &Lexicon) -> String {
        let of_title = feature.key.channel() == Channel::Title;
        let (tokens, text) = if of_title {
            (self.title_tokens.as_slice(), self.title.as_str())
        } else {
            (self.walked.tokens.as_slice(), self.walked.clean.as_str())
        };
        let word = |i: u32| tokens[i as usize].word(text);
        match feature.key.channel() {
            Channel::Skills => lexicon.skills()[feature.term as usize].id.clone(),
            Channel::Words => word(feature.token).into_owned(),
            Channel::Title if feature.length == 1 => word(feature.token).into_owned(),
            Channel::Phrases | Channel::Title => {
                let second = feature.token + feature.length - 1;
                format!("{} {}", word(feature.token), word(second))
            }
            Channel::Mentions => mention_text(feature.term, lexicon),
            Channel::Contexts => {
                let side = Side::ALL[feature.term as usize];
                let at = if side == Side::Before { 0 } else { feature.length - 1 };
                side.text(&word(feature.token + at))
            }
        }
    }
}

/// Turns raw text into evidence.
#[derive(Debug, Clone)]
pub struct Extractor<'a> {
    lexicon: &'a Lexicon,
    skill_keys: Vec<FeatureKey>,
    mention_keys: Vec<FeatureKey>,
    words: BTreeMap<u64, TokenClass>,
    /// Token class by word hash.
    token_classes: HashTable,
    /// Whether words with capitals are as plain as those without.
    nouns_have_capitals: bool,
}

impl<'a> Extractor<'a> {
    /// An extractor for a lexicon.
    pub fn new(lexicon: &'a Lexicon) -> Self {
        let names = lexicon.roles().len() + 1;
        let skill_keys = lexicon.skills().iter().map(|s| FeatureKey::new(Channel::Skills, &s.id));
        let mention_keys = (0..(names * Naming::ALL.len()) as u32)
            .map(|term| FeatureKey::new(Channel::Mentions, &mention_text(term, lexicon)));
        let words = lexicon.words();
        let token_classes: Vec<_> =
            words.iter().map(|(&word, token_classes)| (word, token_classes.number())).collect();
        Self {
            lexicon,
            skill_keys: skill_keys.collect(),
            mention_keys: mention_keys.collect(),
            words,
            nouns_have_capitals: lexicon.nouns_have_capitals(),
            token_classes: HashTable::new(&token_classes, 1 << TokenClass::BITS),
        }
    }

    /// The lexicon.
    pub fn lexicon(&self) -> &'a Lexicon {
        self.lexicon
    }

    /// Feature keys of the lexicon's entries, in their order.
    pub(crate) fn skill_keys(&self) -> &[FeatureKey] {
        &self.skill_keys
    }

    /// Feature keys of mentions: by name, then by [`Naming`].
    pub(crate) fn mention_keys(&self) -> &[FeatureKey] {
        &self.mention_keys
    }

    /// Token classes by word hash; other words have none.
    pub(crate) fn words(&self) -> &BTreeMap<u64, TokenClass> {
        &self.words
    }

    fn token_class(&self, word: u64) -> TokenClass {
        TokenClass::from_number(self.token_classes.get(word).unwrap_or(0))
    }

    /// The evidence in a raw title, which may be empty, and a raw text field.
    pub fn extract(&self, title: &str, raw: &str) -> Evidence {
        let mut evidence = Evidence::default();
        self.extract_into(title, raw, &mut evidence);
        evidence
    }

    /// The same as [`Self::extract`], reusing the allocations of `evidence`.
    pub fn extract_into(&self, title: &str, raw: &str, evidence: &mut Evidence) {
        let Evidence { features, unsorted, walked, title: clean_title, title_tokens, stated } =
            evidence;
        features.clear();
        let mut sink = Collected { features, title: clean_title, title_tokens, extractor: self };
        (_, *stated) = Walk { lexicon: self.lexicon }.over(title, raw, walked, &mut sink);
        sort_by_key(features, unsorted);
        features.dedup_by(|again, first| {
            let same = again.key == first.key;
            first.plain |= same && again.plain;
            same
        });
    }
}

/// Bits of a key that the radix pass sorts by: the channel and the first eight bits of the hash.
const FIRST_BITS: u32 = u64::BITS - 1 - CHANNEL_AT + 8;
/// More features than this are sorted by the standard library: insertion takes quadratic time.
const MOST_INSERTED: usize = 1 << 13;

/// Stable sort by key: one pass of a radix sort on the first bits, after which each feature is close to its index, and
/// insertion.
fn sort_by_key(features: &mut [Feature], unsorted: &mut Vec<Feature>) {
    if features.len() > MOST_INSERTED {
        return features.sort_by_key(|f| f.key);
    }
    let first_bits = |f: &Feature| (f.key.number() >> (u64::BITS - 1 - FIRST_BITS)) as usize;
    unsorted.clear();
    unsorted.extend_from_slice(features);
    let mut starts = [0u16; 1 << FIRST_BITS];
    for feature in unsorted.iter() {
        starts[first_bits(feature)] += 1;
    }
    let mut next = 0;
    for start in &mut starts {
        next += std::mem::replace(start, next);
    }
    for feature in unsorted {
        let at = &mut starts[first_bits(feature)];
        features[usize::from(*at)] = *feature;
        *at += 1;
    }
    for index in 1..features.len() {
        let feature = features[index];
        let mut at = index;
        while at > 0 && features[at - 1].key > feature.key {
            features[at] = features[at - 1];
            at -= 1;
        }
        features[at] = feature;
    }
}

/// Collects features with what their texts are made from.
struct Collected<'f> {
    features: &'f mut Vec<Feature>,
    title: &'f mut String,
    title_tokens: &'f mut Vec<Token>,
    extractor: &'f Extractor<'f>,
}

impl Collected<'_> {
    fn push(&mut self, key: FeatureKey, term: u32, span: Span, plain: bool) {
        let (token, length) = (span.at as u32, span.length as u32);
        self.features.push(Feature { key, plain, token, term, length });
    }
}

impl FeatureSink for Collected<'_> {
    fn token_classes(&mut self, tokens: &[Token], token_classes: &mut TokenClasses) {
        let class = |token: &Token| (self.extractor.token_class(token.hash), token.breaks);
        token_classes.set(tokens.iter().map(class));
    }

    fn skill(&mut self, index: u32, span: Span) {
        self.push(self.extractor.skill_keys[index as usize], index, span, true);
    }

    fn mention(&mut self, index: u32, span: Span) {
        self.push(self.extractor.mention_keys[index as usize], index, span, true);
    }

    fn context(&mut self, side: Side, word: &Token, span: Span) {
        let plain = side == Side::Form || word.plain || self.extractor.nouns_have_capitals;
        self.push(side.key(word.hash), side as u32, span, plain);
    }

    fn words(&mut self, tokens: &[Token], counts: &[bool]) {
        let mut before: Option<&Token> = None;
        let nouns_have_capitals = self.extractor.nouns_have_capitals;
        let is_plain = |token: &Token| token.plain || nouns_have_capitals;
        for (at, (token, &counts)) in tokens.iter().zip(counts).enumerate() {
            if counts {
                let key = Channel::Words.key(token.hash);
                self.push(key, 0, Span { at, length: 1 }, is_plain(token));
            }
            if let Some(first) = before.filter(|_| counts && !token.breaks) {
                let key = Channel::Phrases.key(combine(first.hash, token.hash));
                let plain = is_plain(first) && is_plain(token);
                self.push(key, 0, Span { at: at - 1, length: 2 }, plain);
            }
            before = Some(token).filter(|_| counts);
        }
    }

    fn title(&mut self, text: &str, tokens: &[Token]) {
        text.clone_into(self.title);
        self.title_tokens.clear();
        self.title_tokens.extend_from_slice(tokens);
        title_words(tokens, |key, span| self.push(key, 0, span, true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn features_are_sorted_as_by_the_standard_library(
            words in prop::collection::vec(0..400u64, 0..2000),
            copies in prop_oneof![9 => Just(1), 1 => Just(10)],
        ) {
            let feature = |(token, word): (u32, &u64)| {
                let key = Channel::ALL[*word as usize % 6].key(combine(*word, 1));
                Feature { key, plain: true, token, term: 0, length: 1 }
            };
            let mut features: Vec<Feature> = (0..).zip(words.repeat(copies).iter()).map(feature).collect();
            let mut expected = features.clone();
            expected.sort_by_key(|f| f.key);
            sort_by_key(&mut features, &mut Vec::new());
            prop_assert_eq!(features, expected);
        }
    }
}
