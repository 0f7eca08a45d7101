//! The features of a model and the entries of the lexicon, laid out for fast look-up while a text is read.

mod sums;
mod word;

use super::{Model, StoredFeature};
use crate::bayes::scores::Scores;
use crate::evidence::{Channel, Extractor, FeatureKey, Stated};
use crate::lexicon::PlainWords;
use crate::text::{HashTable, Token, combine, word_hash};
use std::collections::BTreeMap;
use sums::{ChannelSums, LANES, LARGEST_SMALL, WeightLanes};
pub(crate) use word::Word;

/// Index of an entry; those below the number of features are features of the model.
pub(crate) type VocabularyEntry = u32;

/// A feature in a posting that is in the vocabulary.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its entry.
    pub(crate) feature: VocabularyEntry,
    /// Index of the first token of its first occurrence.
    pub(crate) at: u32,
    /// Number of tokens.
    pub(crate) length: u32,
}

/// Hash tables from words, phrases and other features to entries, with the weights of the entries.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    words: HashTable,
    /// By the combined hash of both words.
    phrases: HashTable,
    contexts: HashTable,
    titles: HashTable,
    /// Entries of common words of English.
    common: Vec<VocabularyEntry>,
    /// Entries of the skills in the lexicon, and of the contexts of mentions.
    skills: Vec<VocabularyEntry>,
    mentions: Vec<VocabularyEntry>,
    /// By feature index in the model: its entry, if it is selected.
    by_feature: Vec<Option<VocabularyEntry>>,
    /// End of the entries of each channel.
    ends: [usize; Channel::ALL.len()],
    entries: usize,
    classes: usize,
    /// Lines of a feature.
    stride: usize,
    /// By feature, then by class.
    lines: Vec<WeightLanes>,
    /// Factor of each feature as a reason for a role, and for another job; see [`Self::reason_factors`].
    reason_factors: [Vec<u8>; 2],
    /// Whether no weight is larger than [`LARGEST_SMALL`].
    small: bool,
    /// Lexicon weights, by skill, then by role.
    lexicon: Vec<f64>,
}

/// A word that is no entry of the lexicon is given as a reason for a role if at least this many postings of roles have
/// it, or, in a small model, one in [`REASON_ONE_IN`]: rarer ones are mostly about a few companies.
const REASON_MIN_POSTINGS: u32 = 12;
const REASON_ONE_IN: u32 = 64;

impl Vocabulary {
    /// Adds the selected features of a model, and then the entries of the lexicon that are none of them.
    pub(crate) fn new(model: &Model, extractor: &Extractor) -> Self {
        let classes = model.header().postings.len();
        let lexicon = extractor.lexicon();
        let features = ModelFeatures::new(model, &lexicon.wording.plain);
        let ModelFeatures { mut words, named, ends, lines, phrases, contexts, titles, .. } =
            features;
        let mut entries = ends[Channel::ALL.len() - 1];
        let mut another = || {
            entries += 1;
            entries as VocabularyEntry - 1
        };
        let mut entry = |key| named.get(key).copied().unwrap_or_else(&mut another);
        let skills: Vec<VocabularyEntry> = extractor.skill_keys().iter().map(&mut entry).collect();
        let mentions: Vec<VocabularyEntry> =
            extractor.mention_keys().iter().map(&mut entry).collect();
        for (&word, &token_classes) in extractor.words() {
            words.entry(word).or_insert_with(|| Word::new(another())).add_classes(token_classes);
        }
        let common = lexicon.common_words().iter();
        let common = common.filter_map(|word| words[word].entry()).collect();
        let mut words: Vec<(u64, u32)> =
            words.into_iter().map(|(word, of)| (word, of.number())).collect();
        words.sort_unstable_by_key(|(_, of)| *of);
        let weights = |key| model.lexicon_weights(key).unwrap_or_default().iter().copied();
        Self {
            words: HashTable::new(&words, Word::new(entries as VocabularyEntry).number() as usize),
            phrases: HashTable::with_capacity(2 * phrases.len(), &phrases, entries),
            contexts: HashTable::new(&contexts, entries),
            titles: HashTable::new(&titles, entries),
            common,
            skills,
            mentions,
            by_feature: features.by_feature,
            ends,
            entries,
            classes,
            stride: classes.div_ceil(LANES),
            small: lines
                .iter()
                .flat_map(|line: &WeightLanes| line.0)
                .all(|steps| steps.unsigned_abs() <= LARGEST_SMALL),
            lines,
            reason_factors: features.reason_factors,
            lexicon: extractor.skill_keys().iter().flat_map(|&key| weights(key)).collect(),
        }
    }

    /// The entry of the feature at an index in the model, if it is selected.
    pub(crate) fn feature(&self, index: usize) -> Option<VocabularyEntry> {
        self.by_feature[index]
    }

    /// Number of entries.
    pub(crate) fn len(&self) -> usize {
        self.entries
    }

    /// Looks up words. All home slots are loaded before the first is compared: the cache misses then overlap, which is
    /// several times as fast. `fetched` is a scratch buffer.
    #[inline(never)]
    pub(crate) fn words(&self, tokens: &[Token], fetched: &mut Vec<u64>, words: &mut Vec<Word>) {
        fetched.clear();
        let (home_slot, value) = (self.words.home_slots(), self.words.values());
        fetched.extend(tokens.iter().map(|token| home_slot(token.hash)));
        words.clear();
        words.extend(
            tokens
                .iter()
                .zip(fetched)
                .map(|(token, slot)| Word::from_number(value(token.hash, *slot).unwrap_or(0))),
        );
    }

    /// The entries of common words of English.
    pub(crate) fn common(&self) -> &[VocabularyEntry] {
        &self.common
    }

    /// Gives whether two words may be a known phrase, by their combined hash; with few false positives.
    #[inline]
    pub(crate) fn may_be_phrase(&self) -> impl Fn(u64) -> bool {
        self.phrases.likely.may_have()
    }

    /// Loads the home slots of phrases with these hashes.
    pub(crate) fn fetch_phrases(&self, phrases: impl Iterator<Item = u64>, to: &mut Vec<u64>) {
        to.clear();
        to.extend(phrases.map(self.phrases.home_slots()));
    }

    /// Gives the entry of two words, by their combined hash and its home slot.
    #[inline]
    pub(crate) fn phrases(&self) -> impl Fn(u64, u64) -> Option<VocabularyEntry> {
        self.phrases.values()
    }

    /// The entry of a context.
    pub(crate) fn context(&self, key: FeatureKey) -> Option<VocabularyEntry> {
        self.contexts.get(key.number())
    }

    /// The entry of a word of a title, or of two.
    pub(crate) fn title(&self, key: FeatureKey) -> Option<VocabularyEntry> {
        self.titles.get(key.number())
    }

    /// The entry of a skill, by its index in the lexicon.
    pub(crate) fn skill(&self, index: u32) -> VocabularyEntry {
        self.skills[index as usize]
    }

    /// The entry of a feature of mentions, by its index in [`Extractor::mention_keys`].
    pub(crate) fn mention(&self, index: u32) -> VocabularyEntry {
        self.mentions[index as usize]
    }

    /// Number of entries that are features of the model; they come first.
    pub(crate) fn features(&self) -> VocabularyEntry {
        self.ends[Channel::ALL.len() - 1] as VocabularyEntry
    }

    /// The channel of a feature.
    pub(crate) fn channel(&self, feature: VocabularyEntry) -> Channel {
        let before = self.ends[..Channel::ALL.len() - 1].iter();
        Channel::ALL[before.map(|&end| usize::from(end <= feature as usize)).sum::<usize>()]
    }

    /// The difference between the weights of a feature for two classes, in steps.
    #[inline]
    pub(crate) fn difference(&self, contest: [usize; 2]) -> impl Fn(VocabularyEntry) -> i32 {
        let (stride, all) = (self.stride, self.lines.as_slice());
        let [class, other] = contest.map(|class| (class / LANES, class % LANES));
        move |feature| {
            let first = feature as usize * stride;
            let steps = |(line, lane): (usize, usize)| i32::from(all[first + line].0[lane % LANES]);
            steps(class) - steps(other)
        }
    }

    /// Factor on the weight of each feature as a reason for a role, or for another job; 0 if it is never given.
    pub(crate) fn reason_factors(&self, for_role: bool) -> &[u8] {
        &self.reason_factors[usize::from(!for_role)]
    }

    /// The scores of distinct features, and of distinct skills by their indices in the lexicon. The features are words,
    /// phrases, others of the text, and those of the title.
    #[inline(never)]
    pub(crate) fn scores(
        &self,
        [words, phrases, others, title]: [&[Known]; 4],
        skills: &[u32],
        mentions: &[u32],
        stated: Stated,
    ) -> Scores {
        let mut sums = ChannelSums::new(self.stride, self.small);
        sums.add(Channel::Words, words, &self.lines);
        sums.add(Channel::Phrases, phrases, &self.lines);
        sums.add(Channel::Title, title, &self.lines);
        for of_channel in others.chunk_by(|a, b| self.channel(a.feature) == self.channel(b.feature))
        {
            sums.add(self.channel(of_channel[0].feature), of_channel, &self.lines);
        }
        let roles = mentions.len() - 1;
        let mut lexicon = vec![0.0; roles];
        for &skill in skills {
            let weights = &self.lexicon[skill as usize * roles..];
            lexicon.iter_mut().zip(weights).for_each(|(sum, w)| *sum += w);
        }
        let lexicon = (lexicon, skills.len() as u32);
        Scores::of_sums(sums.finish(self.classes), lexicon, mentions.to_vec(), stated)
    }
}

/// The entries of the selected features of a model, as the fields of [`Vocabulary`].
struct ModelFeatures {
    words: BTreeMap<u64, Word>,
    phrases: Vec<(u64, VocabularyEntry)>,
    contexts: Vec<(u64, VocabularyEntry)>,
    titles: Vec<(u64, VocabularyEntry)>,
    /// Entries of skills and mentions.
    named: BTreeMap<FeatureKey, VocabularyEntry>,
    by_feature: Vec<Option<VocabularyEntry>>,
    ends: [usize; Channel::ALL.len()],
    lines: Vec<WeightLanes>,
    reason_factors: [Vec<u8>; 2],
}

impl ModelFeatures {
    fn new(model: &Model, plain: &PlainWords) -> Self {
        let roles = model.header().roles.len();
        let of_roles: u32 = model.header().postings[..roles].iter().sum();
        let min_of_roles = (of_roles / REASON_ONE_IN).min(REASON_MIN_POSTINGS);
        // The most frequent of each channel first, so that what is read most is close together in memory.
        let mut order: Vec<_> = model
            .features()
            .zip(0..)
            .filter(|(feature, _)| feature.is_selected())
            .map(|(feature, index)| (most_frequent_first(&feature), index))
            .collect();
        order.sort_unstable();
        let mut features = Self {
            words: BTreeMap::new(),
            phrases: Vec::new(),
            contexts: Vec::new(),
            titles: Vec::new(),
            named: BTreeMap::new(),
            by_feature: vec![None; model.features().count()],
            ends: [0; Channel::ALL.len()],
            lines: Vec::new(),
            reason_factors: [Vec::new(), Vec::new()],
        };
        for (entry, (_, index)) in (0..).zip(order) {
            let feature = model.feature(index);
            features.by_feature[index] = Some(entry);
            features.insert(&feature, entry);
            let mut factors = plain.reason_factors(feature.channel, feature.text);
            let of_roles: u32 = feature.postings[..roles].iter().sum();
            if feature.channel == Channel::Words && of_roles < min_of_roles {
                factors[0] = 0;
            }
            features
                .reason_factors
                .iter_mut()
                .zip(factors)
                .for_each(|(all, factor)| all.push(factor));
            features.ends[feature.channel as usize..].iter_mut().for_each(|end| *end += 1);
            for steps in feature.steps.chunks(LANES) {
                features.lines.push(WeightLanes(std::array::from_fn(|class| {
                    steps.get(class).copied().unwrap_or(0)
                })));
            }
        }
        features
    }

    /// Adds the key of a feature to the table of its channel.
    fn insert(&mut self, feature: &StoredFeature, entry: VocabularyEntry) {
        let key = || FeatureKey::new(feature.channel, feature.text);
        match feature.channel {
            Channel::Words => {
                self.words.insert(word_hash(feature.text), Word::new(entry));
            }
            Channel::Phrases => {
                let (first, second) = feature.text.split_once(' ').unwrap_or((feature.text, ""));
                self.phrases.push((combine(word_hash(first), word_hash(second)), entry));
            }
            Channel::Contexts => self.contexts.push((key().number(), entry)),
            Channel::Title => self.titles.push((key().number(), entry)),
            Channel::Skills | Channel::Mentions => {
                self.named.insert(key(), entry);
            }
        }
    }
}

/// Sort key of features: by channel, then the most frequent first.
fn most_frequent_first(feature: &StoredFeature) -> (Channel, u64) {
    (feature.channel, u64::MAX - feature.postings.iter().map(|&n| u64::from(n)).sum::<u64>())
}
