//! Words around years of experience, and words for numbers.

use super::uses::{Cell, Uses, listed};
use super::word_set::{WordMap, WordSet};
use crate::lexicon::LexiconError;
use crate::lexicon::checks::Checks;

/// What a word tells about a sentence with years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum YearsSense {
    /// What somebody has done, or must have.
    Experience,
    /// A company, a plan or an age.
    Others,
    /// The company that writes: "our 20 years of experience".
    Ours,
    /// Who is sought.
    Sought,
    /// Before the years, a word of the company: "With over 20 years of experience, we".
    Company,
}

/// The uses in `experience_words.csv` that are senses.
const SENSES: [(&str, YearsSense); 5] = [
    ("experience", YearsSense::Experience),
    ("sought", YearsSense::Sought),
    ("not_sought", YearsSense::Others),
    ("ours", YearsSense::Ours),
    ("not_sought_before", YearsSense::Company),
];

/// The name of the file.
const FILE: &str = "experience_words";

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NumberRow {
    number: u32,
    words: String,
}

/// Words around years of experience.
#[derive(Debug, Clone)]
pub(crate) struct ExperienceWords {
    /// How the words for years begin.
    pub(crate) beginnings: Beginnings,
    /// The words for years.
    pub(crate) years: WordSet,
    /// Words between the numbers and the years: "or more".
    pub(crate) before_years: WordSet,
    /// Words between the two numbers of a range.
    pub(crate) up_to: WordSet,
    /// What words tell about their sentence.
    pub(crate) senses: WordMap<YearsSense>,
    /// What follows the years directly if they are those of a candidate: "of experience".
    pub(crate) after_years: Vec<String>,
    /// What follows them directly if they are not: "ago".
    pub(crate) not_after_years: Vec<String>,
    /// Numbers by word.
    pub(crate) numbers: WordMap<u32>,
    /// The letters of the words that are not those of ASCII, in lower case.
    letters: Vec<char>,
}

impl ExperienceWords {
    /// Reads `experience_words.csv` and `numbers.csv`.
    pub(super) fn load(checks: &Checks) -> Result<Self, LexiconError> {
        let uses: Vec<&str> = ["years", "before_years", "up_to", "after_years", "not_after_years"]
            .into_iter()
            .chain(SENSES.iter().map(|(name, _)| *name))
            .collect();
        let words = Uses::load(checks, FILE, &uses)?;
        let mut senses = Vec::new();
        for (name, sense) in SENSES {
            senses.extend(words.set(name)?.hashes().iter().map(|&hash| (hash, sense)));
        }
        let numbers = Numbers::load(checks)?;
        let texts = |of: &str| words.written(of).map(|(_, text)| text.to_owned()).collect();
        Ok(Self {
            beginnings: Beginnings::new(&words)?,
            years: words.set("years")?,
            before_years: words.set("before_years")?,
            up_to: words.set("up_to")?,
            senses: WordMap::new(senses),
            after_years: texts("after_years"),
            not_after_years: texts("not_after_years"),
            numbers: WordMap::new(numbers.hashes),
            letters: letters(words.all().chain(numbers.words.iter().map(String::as_str))),
        })
    }

    /// Whether a character belongs to a word. Other letters separate words: they are what is left of a broken encoding
    /// ("experienceÂ").
    pub(crate) fn is_letter(&self, c: char) -> bool {
        c.is_ascii_alphabetic()
            || (!c.is_ascii() && c.to_lowercase().any(|small| self.letters.contains(&small)))
    }
}

/// The letters of words that are not those of ASCII, in lower case, each once.
fn letters<'w>(words: impl Iterator<Item = &'w str>) -> Vec<char> {
    let letters = words.flat_map(str::chars).flat_map(char::to_lowercase);
    let mut letters: Vec<char> = letters.filter(|c| !c.is_ascii()).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

/// How words for years begin, by which they are searched for.
#[derive(Debug, Clone)]
pub(crate) struct Beginnings {
    /// Their first bytes, in either case; one again if they are fewer.
    pub(crate) first: [u8; 3],
    /// Their first two bytes, folded.
    two: Vec<[u8; 2]>,
}

impl Beginnings {
    fn new(words: &Uses) -> Result<Self, LexiconError> {
        let (mut first, mut two) = (Vec::new(), Vec::new());
        for (line, word) in words.written("years") {
            let &[one, other, ..] = word.as_bytes() else { continue };
            first.extend([one.to_ascii_lowercase(), one.to_ascii_uppercase()]);
            two.push(folded([one, other]));
            first.sort_unstable();
            first.dedup();
            if first.len() > 3 {
                let cell = Cell { file: FILE, line, column: "words" };
                let problem = "begins with another letter than the words before it";
                return Err(words.checks.word_error(cell, word, problem));
            }
        }
        let one = first.first().copied().unwrap_or_default();
        let first = std::array::from_fn(|i| first.get(i).copied().unwrap_or(one));
        Ok(Self { first, two })
    }

    /// Whether a word for years may begin with these bytes.
    pub(crate) fn may_begin(&self, text: &[u8]) -> bool {
        text.first_chunk().is_some_and(|two| self.two.contains(&folded(*two)))
    }
}

/// Bytes such that ASCII letters of either case are the same.
fn folded(bytes: [u8; 2]) -> [u8; 2] {
    bytes.map(|byte| byte.to_ascii_lowercase())
}

/// Words for numbers: each with its hash and its number.
#[derive(Default)]
struct Numbers {
    hashes: Vec<(u64, u32)>,
    words: Vec<String>,
}

impl Numbers {
    fn load(checks: &Checks) -> Result<Self, LexiconError> {
        const NAME: &str = "numbers";
        let mut numbers = Self::default();
        for (line, row) in checks.rows::<NumberRow>(NAME)? {
            let cell = Cell { file: NAME, line, column: "words" };
            for word in listed(&row.words) {
                let hash = checks.word(cell, word)?;
                if numbers.hashes.iter().any(|(known, _)| *known == hash) {
                    return Err(checks.word_error(cell, word, "stands for a number already"));
                }
                numbers.hashes.push((hash, row.number));
                numbers.words.push(word.to_owned());
            }
        }
        Ok(numbers)
    }
}
