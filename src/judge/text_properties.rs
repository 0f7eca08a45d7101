//! Properties of a text that a verdict needs besides the scores.

use crate::evidence::{Channel, Evidence, FEW_WORDS, FeatureKey};
use crate::lexicon::{Lexicon, PlainWords, Stub};
use crate::model::{Known, Model, Vocabulary};
use crate::text::{CleanText, Token};
use std::borrow::Cow;
use std::ops::Range;

/// A posting with fewer known words and no skill or role name has too little evidence.
const LEAST_WORDS: usize = 15;
/// Below this share of known words, the text is in an unknown language or no prose.
const LEAST_KNOWN: f64 = 0.6;
/// The same of a text in another language than that of the lexicon: terms occur in any language.
const LEAST_KNOWN_FOREIGN: f64 = 0.85;

/// Properties of the text of a posting.
#[derive(Debug)]
pub(crate) struct TextProperties<'p> {
    pub(crate) text: &'p CleanText,
    pub(crate) tokens: &'p [Token],
    /// By token, whether it counts as a word.
    pub(crate) counts: &'p [bool],
    /// Words that are no reasons.
    pub(crate) plain: &'p PlainWords,
    /// Known features, each once, unordered.
    pub(crate) known: Cow<'p, [Known]>,
    pub(crate) language: Option<&'static str>,
    pub(crate) amount: EvidenceAmount,
    /// See [`fits_any_job`].
    pub(crate) fits_any_job: bool,
    /// Kind of the text, if it is no posting.
    pub(crate) stub: Option<Stub>,
    /// Words outside ignored parts.
    pub(crate) words: usize,
    pub(crate) several_jobs: bool,
    /// Whether a part in another language is ignored.
    pub(crate) other_language: bool,
}

impl<'p> TextProperties<'p> {
    /// From extracted evidence.
    pub(crate) fn of(
        evidence: &'p Evidence,
        lexicon: &'p Lexicon,
        model: &Model,
        vocabulary: &Vocabulary,
    ) -> Self {
        let known = evidence.features().iter().filter_map(|f| {
            let feature = vocabulary.feature(model.feature_index(f.key)?)?;
            let Range { start, end } = f.tokens();
            Some(Known { feature, at: start as u32, length: (end - start) as u32 })
        });
        Self {
            text: evidence.text(),
            tokens: evidence.tokens().as_slice(),
            counts: evidence.counts_as_word(),
            plain: &lexicon.wording.plain,
            known: known.collect(),
            language: evidence.language(lexicon),
            amount: EvidenceAmount::of(evidence, |key| model.feature_index(key).is_some()),
            fits_any_job: fits_any_job(
                evidence.words_not_ignored(),
                evidence.skills(),
                evidence.mentions(),
            ),
            stub: evidence.stub(lexicon),
            words: evidence.words_not_ignored(),
            several_jobs: evidence.several_jobs(),
            other_language: evidence.other_language_left_out(),
        }
    }
}

/// Most skills of a short text that may be of any job.
const MOST_SKILLS_OF_ANY: usize = 1;

/// Whether a text is short, names no role and has hardly a skill: it may be of any job.
pub(crate) fn fits_any_job(words: usize, skills: usize, mentions: &[u32]) -> bool {
    words < FEW_WORDS && skills <= MOST_SKILLS_OF_ANY && mentions.iter().all(|&n| n == 0)
}

/// Amount of evidence in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EvidenceAmount {
    /// Distinct words.
    pub(crate) words: usize,
    /// Distinct words that the model knows.
    pub(crate) known_words: usize,
    /// Whether there is a mention of a role or a skill.
    pub(crate) has_skill_or_mention: bool,
}

impl EvidenceAmount {
    /// From extracted evidence; `known` is whether a model has a feature.
    pub(crate) fn of(evidence: &Evidence, known: impl Fn(FeatureKey) -> bool) -> Self {
        let of = |channel| evidence.features().iter().filter(move |f| f.key.channel() == channel);
        Self {
            words: of(Channel::Words).count(),
            known_words: of(Channel::Words).filter(|f| known(f.key)).count(),
            has_skill_or_mention: evidence.mentions().iter().any(|&n| n > 0)
                || of(Channel::Skills).next().is_some(),
        }
    }

    /// Whether the text has too few known words; `foreign` is whether it is in another language than that of the lexicon.
    pub(crate) fn is_too_little(self, foreign: bool) -> bool {
        let share = self.known_words as f64 / self.words.max(1) as f64;
        (foreign && share < LEAST_KNOWN_FOREIGN)
            || share < LEAST_KNOWN
            || (self.known_words < LEAST_WORDS && !self.has_skill_or_mention)
    }
}
