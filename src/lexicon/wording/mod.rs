//! The words of the language of the texts, which the lexicon has in files of their own.

mod experience_words;
mod language;
mod other_words;
mod pay_words;
mod plain_words;
mod title_words;
mod uses;
mod word_set;

pub(crate) use experience_words::{ExperienceWords, YearsSense};
pub(crate) use language::Language;
pub(crate) use other_words::{AbbreviationWords, LabelWord, LabelWords};
pub(crate) use pay_words::{PayWords, Period};
pub(crate) use plain_words::{PlainWords, Worth};
pub(crate) use title_words::{FunctionWord, TitleWords};
pub(crate) use word_set::{Pattern, WordSet, fits_any};

use super::LexiconError;
use super::checks::Checks;

/// The words of the language of the texts.
#[derive(Debug, Clone)]
pub(crate) struct Wording {
    /// The language; without it, texts in any language are read.
    pub(crate) language: Option<Language>,
    pub(crate) titles: TitleWords,
    pub(crate) experience: ExperienceWords,
    pub(crate) pay: PayWords,
    pub(crate) plain: PlainWords,
    pub(crate) abbreviations: AbbreviationWords,
    pub(crate) labels: LabelWords,
}

impl Wording {
    /// Reads the files. Those that the folder does not have are as if they were empty.
    ///
    /// # Errors
    /// The first invalid line.
    pub(super) fn load(checks: &Checks) -> Result<Self, LexiconError> {
        let language = Language::load(checks)?;
        Ok(Self {
            titles: TitleWords::load(checks)?,
            experience: ExperienceWords::load(checks)?,
            pay: PayWords::load(checks)?,
            plain: PlainWords::load(checks, language.as_ref())?,
            abbreviations: AbbreviationWords::load(checks)?,
            labels: LabelWords::load(checks)?,
            language,
        })
    }
}
