//! What a verdict rests on besides the scores.

use crate::evidence::{Channel, Evidence, FEW_WORDS, FeatureKey};
use crate::lexicon::{Lexicon, Stub};
use crate::model::{Known, Model, Vocabulary};
use crate::text::{CleanText, Token};
use std::borrow::Cow;
use std::ops::Range;

/// A posting with fewer known words than this, and without any skill or role name, says nothing.
const LEAST_WORDS: usize = 15;
/// Where less than this share of the words is known, the text is in another language or no text.
const LEAST_KNOWN: f64 = 0.6;
/// Language of the postings that the embedded model has learned from. Other models may know others, which
/// shows in the words they know; terms in English are among them in any language.
const LANGUAGE: &str = "en";
const LEAST_KNOWN_FOREIGN: f64 = 0.85;

/// What is known of the text of a posting.
#[derive(Debug)]
pub(crate) struct TextProperties<'p> {
    pub(crate) text: &'p CleanText,
    pub(crate) tokens: &'p [Token],
    /// By token, whether it counts as a word.
    pub(crate) counts: &'p [bool],
    /// Each feature once, in any order.
    pub(crate) known: Cow<'p, [Known]>,
    pub(crate) language: Option<&'static str>,
    pub(crate) amount: EvidenceAmount,
    /// Whether a short text neither names a role nor shows several entries of the lexicon: it may be of any job.
    pub(crate) fits_any_job: bool,
    /// What the text is, if it is no posting.
    pub(crate) stub: Option<Stub>,
    /// Words in the parts that are looked at.
    pub(crate) words: usize,
    pub(crate) several_jobs: bool,
    /// Whether a part in another language is not looked at.
    pub(crate) other_language: bool,
}

impl<'p> TextProperties<'p> {
    /// From all evidence of a posting.
    pub(crate) fn of(
        evidence: &'p Evidence,
        lexicon: &Lexicon,
        model: &Model,
        vocabulary: &Vocabulary,
    ) -> Self {
        let known = evidence.features().iter().filter_map(|f| {
            let feature = vocabulary.feature(model.place(f.key)?)?;
            let Range { start, end } = f.tokens();
            Some(Known { feature, at: start as u32, length: (end - start) as u32 })
        });
        Self {
            text: evidence.text(),
            tokens: evidence.tokens().as_slice(),
            counts: evidence.counting(),
            known: known.collect(),
            language: evidence.language(),
            amount: EvidenceAmount::of(evidence, |key| model.place(key).is_some()),
            fits_any_job: fits_any_job(
                evidence.words_looked_at(),
                evidence.skills(),
                evidence.mentions(),
            ),
            stub: evidence.stub(lexicon),
            words: evidence.words_looked_at(),
            several_jobs: evidence.several_jobs(),
            other_language: evidence.other_language_left_out(),
        }
    }
}

/// A short text shows more entries of the lexicon than this, or names a role, if it is of one.
const MOST_SKILLS_OF_ANY: usize = 1;

/// Whether a text of so many words, which shows so many entries and names roles so often, may be of any job.
pub(crate) fn fits_any_job(words: usize, skills: usize, mentions: &[u32]) -> bool {
    words < FEW_WORDS && skills <= MOST_SKILLS_OF_ANY && mentions.iter().all(|&n| n == 0)
}

/// How much a text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EvidenceAmount {
    /// Different words.
    pub(crate) words: usize,
    /// Those that the model knows.
    pub(crate) known_words: usize,
    /// Whether it names a role or shows a skill.
    pub(crate) has_skill_or_mention: bool,
}

impl EvidenceAmount {
    /// From all evidence; `known` tells the features that a model knows.
    pub(crate) fn of(evidence: &Evidence, known: impl Fn(FeatureKey) -> bool) -> Self {
        let of = |channel| evidence.features().iter().filter(move |f| f.key.channel() == channel);
        Self {
            words: of(Channel::Words).count(),
            known_words: of(Channel::Words).filter(|f| known(f.key)).count(),
            has_skill_or_mention: evidence.mentions().iter().any(|&n| n > 0)
                || of(Channel::Skills).next().is_some(),
        }
    }

    /// Whether a text says too little, or is in another language.
    pub(crate) fn is_too_little(self, language: Option<&str>) -> bool {
        let share = self.known_words as f64 / self.words.max(1) as f64;
        let foreign = share < LEAST_KNOWN_FOREIGN && is_foreign(language);
        foreign
            || share < LEAST_KNOWN
            || (self.known_words < LEAST_WORDS && !self.has_skill_or_mention)
    }
}

pub(crate) fn is_foreign(language: Option<&str>) -> bool {
    language.is_some_and(|language| language != LANGUAGE)
}
