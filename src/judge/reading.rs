//! Classifying: the features of a posting are looked up in the model as the walk finds them. A property test
//! keeps it equal to extracting all evidence first.

use crate::bayes::scores::Scores;
use crate::evidence::{
    CommonWords, FeatureSink, Side, Span, Title, Walk, WalkedText, language, title_words,
};
use crate::judge::text_properties::{EvidenceAmount, TextProperties, fits_any_job};
use crate::lexicon::{Lexicon, Stub, TokenClasses};
use crate::model::{Known, Vocabulary, VocabularyEntry, Word};
use crate::text::{AppendBuffer, Token, combine};

/// Scratch buffers, reused for every posting.
#[derive(Debug, Default)]
pub(super) struct ReadBuffers {
    walked: WalkedText,
    found: FoundFeatures,
}

/// Features found in a posting, each once.
#[derive(Debug, Default)]
struct FoundFeatures {
    seen: Seen,
    /// Features of other channels, then words from `words_at`, then phrases from `phrases_at`.
    known: AppendBuffer<Known>,
    words_at: usize,
    phrases_at: usize,
    /// Indices of skills in the lexicon.
    skills: Vec<u32>,
    known_words: usize,
    /// Hashes of words without an entry, with repetitions.
    unknown_words: Vec<u64>,
    /// Distinct words that are entries, but not features.
    other_words: usize,
    common: CommonWords,
    /// Of the title.
    title: Vec<Known>,
    /// Vocabulary entry by token.
    entries: Vec<Word>,
    /// Candidate phrases that passed the Bloom filter: hash and first token.
    likely: AppendBuffer<(u64, u32)>,
    fetched: Vec<u64>,
}

impl ReadBuffers {
    /// Reads a raw title and a raw description; gives the parsed title and the scores.
    pub(super) fn read(
        &mut self,
        raw_title: &str,
        raw: &str,
        lexicon: &Lexicon,
        vocabulary: &Vocabulary,
    ) -> (Title, Scores) {
        self.found.clear(vocabulary.len());
        let mut sink = KnownFeatures { found: &mut self.found, vocabulary };
        let (title, stated) = Walk { lexicon }.over(raw_title, raw, &mut self.walked, &mut sink);
        let FoundFeatures { known, words_at, phrases_at, skills, title: of_title, .. } =
            &self.found;
        let (words, phrases) = known.as_slice().split_at(*phrases_at);
        let (others, words) = words.split_at(*words_at);
        let known = [words, phrases, others, of_title];
        (title, vocabulary.scores(known, skills, &self.walked.terms.mentions, stated))
    }

    /// Properties of the text that was read.
    pub(super) fn properties<'p>(&'p mut self, lexicon: &'p Lexicon) -> TextProperties<'p> {
        let Self { walked: WalkedText { clean, tokens, token_classes, terms }, found } = self;
        let tokens = tokens.as_slice();
        let language = if terms.other_language {
            lexicon.language()
        } else {
            let words = terms.words();
            language(clean.as_str(), token_classes, words, found.common, lexicon.language())
        };
        let (known_words, others) = (found.known_words, found.known_words + found.other_words);
        let has_skill_or_mention =
            !found.skills.is_empty() || terms.mentions.iter().any(|&n| n > 0);
        let skills = found.skills.len();
        let amount_of = |words| EvidenceAmount { words, known_words, has_skill_or_mention };
        // `is_too_little` is monotone in the words, so unknown words are deduplicated only if it holds with repetitions.
        let mut amount = amount_of(others + found.unknown_words.len());
        if amount.is_too_little(lexicon.is_foreign(language)) {
            found.unknown_words.sort_unstable();
            found.unknown_words.dedup();
            amount = amount_of(others + found.unknown_words.len());
        }
        TextProperties {
            text: clean,
            tokens,
            counts: &terms.counts,
            plain: &lexicon.wording.plain,
            known: found.known.as_slice().into(),
            language,
            amount,
            fits_any_job: fits_any_job(terms.words(), skills, &terms.mentions),
            stub: Stub::find(clean.as_str(), tokens, token_classes, lexicon, skills),
            words: terms.words(),
            several_jobs: terms.several_jobs,
            other_language: terms.other_language,
        }
    }
}

impl FoundFeatures {
    fn clear(&mut self, entries: usize) {
        self.seen.clear(entries);
        self.known.clear();
        self.skills.clear();
        self.title.clear();
        self.unknown_words.clear();
        (self.known_words, self.other_words, self.common) = (0, 0, CommonWords::default());
    }
}

/// Bit set of vocabulary entries.
#[derive(Debug, Default)]
struct Seen(Vec<u64>);

impl Seen {
    fn clear(&mut self, entries: usize) {
        self.0.clear();
        self.0.resize(entries.div_ceil(64), 0);
    }

    /// Whether an entry is in the set.
    fn has(&self, entry: VocabularyEntry) -> bool {
        self.0[entry as usize / 64] >> (entry % 64) & 1 == 1
    }

    /// Inserts an entry; whether it is new.
    #[inline]
    fn is_new(&mut self, entry: VocabularyEntry) -> bool {
        self.are_new()(entry)
    }

    /// [`Self::is_new`] with the slice borrowed once, for loops.
    #[inline]
    fn are_new(&mut self) -> impl FnMut(VocabularyEntry) -> bool {
        let bits = self.0.as_mut_slice();
        move |entry| {
            let (bits, mask) = (&mut bits[entry as usize / 64], 1 << (entry % 64));
            let new = *bits & mask == 0;
            *bits |= mask;
            new
        }
    }
}

/// Looks features up in the vocabulary as they are found.
struct KnownFeatures<'f> {
    found: &'f mut FoundFeatures,
    vocabulary: &'f Vocabulary,
}

impl KnownFeatures<'_> {
    #[inline(never)]
    fn single_words(&mut self, tokens: &[Token], counts: &[bool]) {
        let FoundFeatures { seen, known, unknown_words, entries: words, .. } = &mut *self.found;
        let features = self.vocabulary.features();
        known.reserve(words.len());
        let before = known.as_slice().len();
        let mut different = 0;
        let mut is_new = seen.are_new();
        let counting = words.iter().zip(counts).zip(0..);
        known.add_wanted(counting.map(|((word, &counts), at)| {
            let found = counts.then(|| word.entry());
            let Some(Some(entry)) = found else {
                unknown_words.extend(found.map(|_| tokens[at as usize].hash));
                return Default::default();
            };
            let is_new = is_new(entry);
            different += usize::from(is_new);
            (is_new & (entry < features), Known { feature: entry, at, length: 1 })
        }));
        drop(is_new);
        let known_words = known.as_slice().len() - before;
        let common_occurrences =
            words.iter().zip(counts).map(|(word, counts)| word.is_common() & counts);
        self.found.common = CommonWords {
            different: self.vocabulary.common().iter().filter(|&&word| seen.has(word)).count(),
            spoken: common_occurrences.map(u32::from).sum::<u32>() as usize,
        };
        self.found.words_at = before;
        self.found.phrases_at = before + known_words;
        self.found.known_words = known_words;
        self.found.other_words = different - known_words;
    }

    #[inline(never)]
    fn phrases(&mut self, tokens: &[Token], counts: &[bool]) {
        let FoundFeatures { seen, known, likely, fetched, .. } = &mut *self.found;
        likely.clear();
        likely.reserve(tokens.len());
        let may_be = self.vocabulary.may_be_phrase();
        let pairs = tokens.windows(2).zip(counts.windows(2)).zip(0..);
        likely.add_wanted(pairs.map(|((two, counts), at)| {
            let phrase = combine(two[0].hash, two[1].hash);
            (counts[0] & counts[1] & !two[1].breaks & may_be(phrase), (phrase, at))
        }));
        let likely = likely.as_slice();
        self.vocabulary.fetch_phrases(likely.iter().map(|l| l.0), fetched);
        let (entry, mut is_new) = (self.vocabulary.phrases(), seen.are_new());
        known.reserve(likely.len());
        known.add_wanted(likely.iter().zip(fetched).map(|(&(phrase, at), fetched)| {
            entry(phrase, *fetched).map_or_else(Default::default, |feature| {
                (is_new(feature), Known { feature, at, length: 2 })
            })
        }));
    }

    /// Records an entry; whether it is new.
    fn note(&mut self, entry: VocabularyEntry, span: Span) -> bool {
        let (at, length) = (span.at as u32, span.length as u32);
        let is_new = self.found.seen.is_new(entry);
        self.found.known.reserve(1);
        let is_feature = entry < self.vocabulary.features();
        self.found.known.add_if(is_new & is_feature, Known { feature: entry, at, length });
        is_new
    }
}

impl FeatureSink for KnownFeatures<'_> {
    fn token_classes(&mut self, tokens: &[Token], token_classes: &mut TokenClasses) {
        let FoundFeatures { entries, fetched, .. } = &mut *self.found;
        self.vocabulary.words(tokens, fetched, entries);
        let classes = entries.iter().map(|word| word.token_classes());
        token_classes.set(classes.zip(tokens.iter().map(|token| token.breaks)));
    }

    fn skill(&mut self, index: u32, span: Span) {
        if self.note(self.vocabulary.skill(index), span) {
            self.found.skills.push(index);
        }
    }

    fn mention(&mut self, index: u32, span: Span) {
        self.note(self.vocabulary.mention(index), span);
    }

    fn context(&mut self, side: Side, word: &Token, span: Span) {
        if let Some(entry) = self.vocabulary.context(side.key(word.hash)) {
            self.note(entry, span);
        }
    }

    fn words(&mut self, tokens: &[Token], counts: &[bool]) {
        self.single_words(tokens, counts);
        self.phrases(tokens, counts);
    }

    fn title(&mut self, _: &str, tokens: &[Token]) {
        let FoundFeatures { seen, title, .. } = &mut *self.found;
        title_words(tokens, |key, Span { at, length }| {
            let entry = self.vocabulary.title(key).filter(|&entry| seen.is_new(entry));
            title.extend(entry.map(|feature| Known {
                feature,
                at: at as u32,
                length: length as u32,
            }));
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::judge::{Judge, Settings};
    use crate::lexicon::Lexicon;
    use crate::model::Model;
    use crate::stacking::inputs::View;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static LEXICON: LazyLock<Lexicon> =
        LazyLock::new(|| Lexicon::embedded().expect("the lexicon inside the program is sound"));
    static MODEL: LazyLock<Model> =
        LazyLock::new(|| Model::embedded(&LEXICON).expect("the model inside the program is sound"));
    static JUDGES: LazyLock<[Judge; 3]> = LazyLock::new(|| {
        View::ALL.map(|view| Judge::new(&MODEL, &LEXICON, Settings { view, ..Settings::default() }))
    });

    fn same_verdict(title: &str, text: &str) {
        for judge in &*JUDGES {
            let evidence = judge.evidence(title, text);
            let slow = judge.verdict_on(title, &evidence, &MODEL.scores(&evidence));
            assert_eq!(judge.verdict(title, text), slow, "{title}: {text}");
        }
    }

    /// Random texts of known features, role names, lexicon entries and other words.
    fn text() -> impl Strategy<Value = String> {
        let known: Vec<String> = MODEL.features().map(|f| f.text.to_owned()).collect();
        let skills = LEXICON.skills().iter().map(|skill| skill.name.clone());
        let known: Vec<String> = known.into_iter().chain(skills).collect();
        let part = prop_oneof![
            8 => proptest::sample::select(known),
            2 => r"(the |a )?[Pp]roduct [Oo]wners?|PO|technical project manager|5 PM|product manager's",
            2 => r"\. |\n|<p>|&amp;|About us\n|- |â€™|[a-zA-ZäöüßéÀ0-9]{1,9}",
        ];
        prop::collection::vec(part, 0..80).prop_map(|parts| parts.join(" "))
    }

    proptest! {
        #[test]
        fn a_posting_read_once_gives_the_verdict_of_all_its_evidence(
            title in text().prop_map(|text| text.split(' ').take(6).collect::<Vec<_>>().join(" ")),
            text in text(),
        ) {
            same_verdict(&title, &text);
        }
    }

    #[test]
    fn sample_postings_get_the_same_verdict() {
        let mut rows =
            csv::Reader::from_path("data/sample_postings.csv").expect("the sample is there");
        let headers = rows.headers().expect("a header").clone();
        let column = |name: &str| headers.iter().position(|n| n == name).expect("a column");
        for row in rows.records() {
            let row = row.expect("a sound row");
            same_verdict(&row[column("title")], &row[column("description")]);
        }
    }
}
