//! What a model knows, laid out to be looked up while a text is read.

mod sums;
mod word;

use super::{Model, StoredFeature};
use crate::bayes::scores::Scores;
use crate::evidence::{Channel, Extractor, FeatureKey, Stated, readiness};
use crate::lexicon::common_words::common_words;
use crate::text::{HashTable, Token, combine, word_hash};
use std::collections::BTreeMap;
use sums::{ChannelSums, LANES, LARGEST_SMALL, WeightLanes};
pub(crate) use word::Word;

/// Something that is known, by its number: below the number of features that of a feature.
pub(crate) type VocabularyEntry = u32;

/// A feature of a posting that the model knows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its entry.
    pub(crate) feature: VocabularyEntry,
    /// The token it first begins with, and how many it has.
    pub(crate) at: u32,
    pub(crate) length: u32,
}

/// What a model knows.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    words: HashTable,
    /// By the hashes of both words.
    phrases: HashTable,
    contexts: HashTable,
    titles: HashTable,
    /// Common words of English.
    common: Vec<VocabularyEntry>,
    /// Of the entries of the lexicon, and of what is said of mentions.
    skills: Vec<VocabularyEntry>,
    mentions: Vec<VocabularyEntry>,
    /// Of the features of the model, by their places; none of those that are not selected.
    places: Vec<Option<VocabularyEntry>>,
    /// Where the features of each channel end.
    ends: [usize; Channel::ALL.len()],
    entries: usize,
    classes: usize,
    /// Lines of a feature; by feature, then by class.
    stride: usize,
    lines: Vec<WeightLanes>,
    /// How readily each feature is given as a reason for a role, and for another job.
    readiness: [Vec<u8>; 2],
    /// Whether no weight is larger than [`LARGEST_SMALL`].
    small: bool,
    /// The lexicon's own weights, by entry, then by role.
    lexicon: Vec<f64>,
}

/// A word that is no entry of the lexicon is given as a reason for a role if so many postings of roles have it, or, in
/// a small model, one in so many: rarer ones are mostly of the matter of a few companies.
const LEAST_FOR_REASON: u32 = 12;
const EACH_FOR_REASON: u32 = 64;

impl Vocabulary {
    /// What a model knows, and the entries of the lexicon.
    pub(crate) fn new(model: &Model, extractor: &Extractor) -> Self {
        let classes = model.header().postings.len();
        let roles = model.header().roles.len();
        let of_roles: u32 = model.header().postings[..roles].iter().sum();
        let least_of_roles = (of_roles / EACH_FOR_REASON).min(LEAST_FOR_REASON);
        let mut ends = [0; Channel::ALL.len()];
        let mut lines = Vec::new();
        let mut ready = [Vec::new(), Vec::new()];
        // The commonest of each channel first: then what is looked at most stands together.
        let mut order: Vec<_> = model
            .features()
            .zip(0..)
            .filter(|(feature, _)| feature.is_selected())
            .map(|(feature, place)| (commonest_first(&feature), place))
            .collect();
        order.sort_unstable();
        let mut places = vec![None; model.features().count()];
        let mut named = BTreeMap::new();
        let mut words: BTreeMap<u64, Word> = BTreeMap::new();
        let (mut phrases, mut contexts, mut titles) = (Vec::new(), Vec::new(), Vec::new());
        for (entry, (_, place)) in (0..).zip(order) {
            places[place] = Some(entry);
            let feature = model.feature(place);
            match feature.channel {
                Channel::Words => {
                    words.insert(word_hash(feature.text), Word::new(entry));
                }
                Channel::Phrases => {
                    let (first, second) =
                        feature.text.split_once(' ').unwrap_or((feature.text, ""));
                    phrases.push((combine(word_hash(first), word_hash(second)), entry));
                }
                Channel::Contexts | Channel::Title => {
                    let key = FeatureKey::new(feature.channel, feature.text).number();
                    let of_title = feature.channel == Channel::Title;
                    let keys = if of_title { &mut titles } else { &mut contexts };
                    keys.push((key, entry));
                }
                Channel::Skills | Channel::Mentions => {
                    named.insert(FeatureKey::new(feature.channel, feature.text), entry);
                }
            }
            let mut own = readiness(feature.channel, feature.text);
            let of_roles: u32 = feature.postings[..roles].iter().sum();
            if feature.channel == Channel::Words && of_roles < least_of_roles {
                own[0] = 0;
            }
            ready.iter_mut().zip(own).for_each(|(ready, own)| ready.push(own));
            ends[feature.channel as usize..].iter_mut().for_each(|end| *end += 1);
            for steps in feature.steps.chunks(LANES) {
                lines.push(WeightLanes(std::array::from_fn(|class| {
                    steps.get(class).copied().unwrap_or(0)
                })));
            }
        }
        let mut entries = ends[Channel::ALL.len() - 1];
        let mut another = || {
            entries += 1;
            entries as VocabularyEntry - 1
        };
        let mut entry = |key| named.get(key).copied().unwrap_or_else(&mut another);
        let skills: Vec<VocabularyEntry> = extractor.skill_keys().iter().map(&mut entry).collect();
        let mentions: Vec<VocabularyEntry> =
            extractor.mention_keys().iter().map(&mut entry).collect();
        for (&word, &kinds) in extractor.words() {
            words.entry(word).or_insert_with(|| Word::new(another())).add_kinds(kinds);
        }
        let common = common_words().filter_map(|word| words[&word].entry()).collect();
        let mut words: Vec<(u64, u32)> =
            words.into_iter().map(|(word, of)| (word, of.number())).collect();
        words.sort_unstable_by_key(|(_, of)| *of);
        let weights = |key| model.lexicon_weights(key).unwrap_or_default().iter().copied();
        Self {
            words: HashTable::new(&words, Word::new(entries as VocabularyEntry).number() as usize),
            phrases: HashTable::with_room(2 * phrases.len(), &phrases, entries),
            contexts: HashTable::new(&contexts, entries),
            titles: HashTable::new(&titles, entries),
            common,
            skills,
            mentions,
            places,
            ends,
            entries,
            classes,
            stride: classes.div_ceil(LANES),
            small: lines
                .iter()
                .flat_map(|line: &WeightLanes| line.0)
                .all(|steps| steps.unsigned_abs() <= LARGEST_SMALL),
            lines,
            readiness: ready,
            lexicon: extractor.skill_keys().iter().flat_map(|&key| weights(key)).collect(),
        }
    }

    /// The entry of the feature at a place in the model, if it is selected.
    pub(crate) fn feature(&self, place: usize) -> Option<VocabularyEntry> {
        self.places[place]
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries
    }

    /// Looks up words. What stands where each is looked for first is fetched before the first is looked at, because the memory then answers several times as fast.
    #[inline(never)]
    pub(crate) fn words(&self, tokens: &[Token], fetched: &mut Vec<u64>, words: &mut Vec<Word>) {
        fetched.clear();
        let (first, value) = (self.words.home_slots(), self.words.values());
        fetched.extend(tokens.iter().map(|token| first(token.hash)));
        words.clear();
        words.extend(
            tokens.iter().zip(fetched).map(|(token, fetched)| {
                Word::from_number(value(token.hash, *fetched).unwrap_or(0))
            }),
        );
    }

    /// The entries of common words of English.
    pub(crate) fn common(&self) -> &[VocabularyEntry] {
        &self.common
    }

    /// Says whether two words may be a phrase that is known, by the hash of both; hardly ever if not.
    #[inline]
    pub(crate) fn may_be_phrase(&self) -> impl Fn(u64) -> bool {
        self.phrases.likely.may_have()
    }

    /// Fetches what stands where the phrases with these hashes are looked for first.
    pub(crate) fn fetch_phrases(&self, phrases: impl Iterator<Item = u64>, to: &mut Vec<u64>) {
        to.clear();
        to.extend(phrases.map(self.phrases.home_slots()));
    }

    /// Gives the entry of two words, by the hash of both and by what was fetched for it.
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

    /// The entry of a skill, by its place in the lexicon.
    pub(crate) fn skill(&self, place: u32) -> VocabularyEntry {
        self.skills[place as usize]
    }

    /// The entry of what is said of mentions, by its place in [`Extractor::mention_keys`].
    pub(crate) fn mention(&self, place: u32) -> VocabularyEntry {
        self.mentions[place as usize]
    }

    /// How many entries are features of the model: the first.
    pub(crate) fn features(&self) -> VocabularyEntry {
        self.ends[Channel::ALL.len() - 1] as VocabularyEntry
    }

    /// The channel of a feature.
    pub(crate) fn channel(&self, feature: VocabularyEntry) -> Channel {
        let before = self.ends[..Channel::ALL.len() - 1].iter();
        Channel::ALL[before.map(|&end| usize::from(end <= feature as usize)).sum::<usize>()]
    }

    /// The weight of a feature for a class less that for another, in steps.
    #[inline]
    pub(crate) fn difference(&self, contest: [usize; 2]) -> impl Fn(VocabularyEntry) -> i32 {
        let (stride, all) = (self.stride, self.lines.as_slice());
        let [class, other] = contest.map(|class| (class / LANES, class % LANES));
        move |feature| {
            let first = feature as usize * stride;
            let steps = |(line, at): (usize, usize)| i32::from(all[first + line].0[at % LANES]);
            steps(class) - steps(other)
        }
    }

    /// How readily each feature is given as a reason, for a role or for another job; 0 if it is none that a
    /// person would name.
    pub(crate) fn readiness(&self, for_role: bool) -> &[u8] {
        &self.readiness[usize::from(!for_role)]
    }

    /// Adds up features, each different, and skills of the lexicon by their places, each different too. The
    /// features are words, phrases, others of the text, and those of the title.
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
        for some in others.chunk_by(|a, b| self.channel(a.feature) == self.channel(b.feature)) {
            sums.add(self.channel(some[0].feature), some, &self.lines);
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

/// Orders features by channel, and then the commonest first.
fn commonest_first(feature: &StoredFeature) -> (Channel, u64) {
    (feature.channel, u64::MAX - feature.postings.iter().map(|&n| u64::from(n)).sum::<u64>())
}
