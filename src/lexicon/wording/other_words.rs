//! Words near which an abbreviation names no role, and what people write in place of a label.

use super::uses::{Cell, listed};
use super::word_set::{WordMap, WordSet};
use crate::lexicon::LexiconError;
use crate::lexicon::checks::Checks;
use crate::roles::letters_and_digits;
use crate::text::word_hash;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct AbbreviationRow {
    abbreviations: String,
    not_near: String,
}

/// Abbreviations that name no role near certain words: "PO" near "invoice" is a purchase order.
#[derive(Debug, Clone)]
pub(crate) struct AbbreviationWords(Vec<[WordSet; 2]>);

impl AbbreviationWords {
    /// Reads `abbreviations.csv`.
    pub(super) fn load(checks: &Checks) -> Result<Self, LexiconError> {
        const NAME: &str = "abbreviations";
        let mut all = Vec::new();
        for (line, row) in checks.rows::<AbbreviationRow>(NAME)? {
            let set = |column, words| -> Result<WordSet, LexiconError> {
                let cell = Cell { file: NAME, line, column };
                let hashes = listed(words).map(|word| checks.word(cell, word));
                Ok(WordSet::new(hashes.collect::<Result<_, _>>()?))
            };
            let abbreviations = set("abbreviations", &row.abbreviations)?;
            all.push([abbreviations, set("not_near", &row.not_near)?]);
        }
        Ok(Self(all))
    }

    /// The words near which the word with a hash names no role, if it is such an abbreviation.
    pub(crate) fn not_near(&self, hash: u64) -> Option<&WordSet> {
        self.0.iter().find(|[of, _]| of.has(hash)).map(|[_, words]| words)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelRow {
    label: String,
    spellings: String,
}

/// What a word in place of a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LabelWord {
    /// None of the roles.
    Other,
    /// The role is left open.
    Undecided,
}

/// What may stand in the column `label`.
const LABELS: [(&str, LabelWord); 2] =
    [("other", LabelWord::Other), ("undecided", LabelWord::Undecided)];

/// What people write in place of a label.
#[derive(Debug, Clone)]
pub(crate) struct LabelWords(WordMap<LabelWord>);

impl LabelWords {
    /// Reads `labels.csv`.
    pub(super) fn load(checks: &Checks) -> Result<Self, LexiconError> {
        const NAME: &str = "labels";
        let mut all = Vec::new();
        for (line, row) in checks.rows::<LabelRow>(NAME)? {
            let label = checks.choice(NAME, line, "label", &row.label, &LABELS)?;
            let key = |spelling| word_hash(&letters_and_digits(spelling).collect::<String>());
            all.extend(listed(&row.spellings).map(|spelling| (key(spelling), label)));
        }
        Ok(Self(WordMap::new(all)))
    }

    /// What is said by a text that has these letters and digits, in lower case.
    pub(crate) fn of_letters(&self, letters: &str) -> Option<LabelWord> {
        self.0.get(word_hash(letters))
    }
}
