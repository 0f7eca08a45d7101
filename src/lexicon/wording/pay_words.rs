//! Words around amounts of money.

use super::uses::{Cell, Uses, listed};
use super::word_set::{WordMap, WordSet};
use crate::lexicon::LexiconError;
use crate::lexicon::checks::Checks;
use crate::lexicon::currency::currency_code;

/// The period that an amount is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// The uses in `pay_words.csv` that are periods.
const PERIODS: [(&str, Period); 5] = [
    ("hour", Period::Hour),
    ("day", Period::Day),
    ("week", Period::Week),
    ("month", Period::Month),
    ("year", Period::Year),
];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CurrencyRow {
    currency: String,
    words: String,
}

/// Words around amounts of money.
#[derive(Debug, Clone)]
pub(crate) struct PayWords {
    /// Words for pay.
    pub(crate) pay: WordSet,
    /// Words for other money. The word nearest to an amount decides.
    pub(crate) not_pay: WordSet,
    /// Words for periods.
    pub(crate) periods: WordMap<Period>,
    /// Words between an amount and the word for its period.
    pub(crate) before_period: WordSet,
    /// Words between the two amounts of a range, each with a space behind.
    pub(crate) up_to: Vec<String>,
    /// What may stand between the first amount and these, as written.
    pub(crate) before_up_to: Vec<String>,
    /// ISO 4217 codes by the names of currencies.
    pub(crate) currencies: WordMap<&'static str>,
    /// Words after a number that is in thousands.
    pub(crate) thousand: WordSet,
    /// Words after a number that is too large for pay.
    pub(crate) too_large: WordSet,
}

impl PayWords {
    /// Reads `pay_words.csv` and `currencies.csv`.
    pub(super) fn load(checks: &Checks) -> Result<Self, LexiconError> {
        let uses: Vec<&str> =
            ["pay", "not_pay", "before_period", "up_to", "before_up_to", "thousand", "too_large"]
                .into_iter()
                .chain(PERIODS.iter().map(|(name, _)| *name))
                .collect();
        let words = Uses::load(checks, "pay_words", &uses)?;
        let mut periods = Vec::new();
        for (name, period) in PERIODS {
            periods.extend(words.phrases(name)?.into_iter().map(|hash| (hash, period)));
        }
        Ok(Self {
            pay: words.set("pay")?,
            not_pay: words.set("not_pay")?,
            periods: WordMap::new(periods),
            before_period: words.set("before_period")?,
            up_to: words.written("up_to").map(|(_, word)| format!("{word} ")).collect(),
            before_up_to: words.written("before_up_to").map(|(_, text)| text.to_owned()).collect(),
            currencies: currencies(checks)?,
            thousand: words.set("thousand")?,
            too_large: words.set("too_large")?,
        })
    }
}

/// Reads `currencies.csv`.
fn currencies(checks: &Checks) -> Result<WordMap<&'static str>, LexiconError> {
    const NAME: &str = "currencies";
    let mut all = Vec::new();
    for (line, row) in checks.rows::<CurrencyRow>(NAME)? {
        let code = currency_code(&row.currency).ok_or_else(|| {
            let problem =
                format!("column currency: {:?} is no code of ISO 4217, such as EUR", row.currency);
            checks.error(NAME, line, problem)
        })?;
        let cell = Cell { file: NAME, line, column: "words" };
        for word in listed(&row.words) {
            all.push((checks.word(cell, word)?, code));
        }
    }
    Ok(WordMap::new(all))
}
