//! The language of the texts, which the lexicon is for.

use super::uses::{Cell, listed};
use super::word_set::WordSet;
use crate::lexicon::LexiconError;
use crate::lexicon::checks::Checks;
use crate::text::known_language;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageRow {
    language: String,
    longest_word: usize,
    common_words: String,
    /// `names`, as if it were left out, or `nouns`.
    #[serde(default)]
    capitals: String,
}

/// What may stand in the column `capitals`: whether nouns have capitals.
const CAPITALS: [(&str, bool); 2] = [("names", false), ("nouns", true)];

/// The language of the texts.
#[derive(Debug, Clone)]
pub(crate) struct Language {
    /// ISO 639 code, of two letters where there is one.
    pub(crate) code: &'static str,
    /// Most bytes of a word of the language. Longer ones are host names and the like.
    pub(super) longest_word: usize,
    /// Whether nouns have capitals, and not only names.
    pub(crate) nouns_have_capitals: bool,
    /// Its most frequent words, which tell it from other languages.
    pub(crate) common: WordSet,
}

impl Language {
    /// Reads `language.csv`; `None` if there is none.
    pub(super) fn load(checks: &Checks) -> Result<Option<Self>, LexiconError> {
        const NAME: &str = "language";
        let rows: Vec<(u64, LanguageRow)> = checks.rows(NAME)?;
        if let Some((line, _)) = rows.get(1) {
            return Err(checks.error(NAME, *line, "a lexicon is for one language; leave this out"));
        }
        let Some((line, row)) = rows.into_iter().next() else { return Ok(None) };
        let code = known_language(&row.language).ok_or_else(|| {
            let problem = format!(
                "column language: {:?} is no language that is told apart; write its code of ISO 639-1, such as en or de",
                row.language
            );
            checks.error(NAME, line, problem)
        })?;
        let cell = Cell { file: NAME, line, column: "common_words" };
        let hash = |word| checks.word(cell, word);
        let common = listed(&row.common_words).map(hash).collect::<Result<Vec<_>, _>>()?;
        if common.is_empty() {
            let problem =
                "column common_words is empty; list about fifty of the most frequent words";
            return Err(checks.error(NAME, line, problem));
        }
        let capitals = if row.capitals.is_empty() { "names" } else { &row.capitals };
        let nouns_have_capitals = checks.choice(NAME, line, "capitals", capitals, &CAPITALS)?;
        let longest_word = row.longest_word;
        Ok(Some(Self { code, longest_word, nouns_have_capitals, common: WordSet::new(common) }))
    }
}
