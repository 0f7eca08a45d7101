//! Words in titles and headings, and around the titles of jobs in texts.

use super::uses::Uses;
use super::word_set::{Pattern, WordMap, WordSet};
use crate::lexicon::LexiconError;
use crate::lexicon::checks::Checks;
use std::collections::BTreeMap;
use std::ops::BitOr;

/// What a function word does in a title, as bit flags.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FunctionWord(u8);

impl FunctionWord {
    /// Joins two jobs, or two halves of one: "and".
    pub(crate) const JOINING: Self = Self(1);
    /// Ends the name of a job: "product manager for trainers".
    pub(crate) const PREPOSITION: Self = Self(2);
    /// Stands before the second half of a name: "manager of products".
    pub(crate) const OF: Self = Self(4);
    /// Stands before the people whom a job serves: "copywriter for product managers".
    pub(crate) const FOR: Self = Self(8);
    /// Stands before a name.
    pub(crate) const DETERMINER: Self = Self(16);
    /// A number, or a word such as "several".
    pub(crate) const NUMBER: Self = Self(32);

    /// Whether it is any of these.
    pub(crate) fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }
}

impl BitOr for FunctionWord {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The uses in `function_words.csv` that are those of titles.
const FUNCTIONS: [(&str, FunctionWord); 6] = [
    ("joining", FunctionWord::JOINING),
    ("prepositions", FunctionWord::PREPOSITION),
    ("of", FunctionWord::OF),
    ("for", FunctionWord::FOR),
    ("determiners", FunctionWord::DETERMINER),
    ("numbers", FunctionWord::NUMBER),
];

/// Words in titles and around them.
#[derive(Debug, Clone)]
pub(crate) struct TitleWords {
    /// Words that texts may have between the words of a phrase: "prioritize the backlog".
    pub(crate) skipped: WordSet,
    /// What function words do in titles.
    pub(crate) function: WordMap<FunctionWord>,
    /// Words that are lower case in titles, too.
    pub(crate) lower_case: WordSet,
    /// Last words of names that are people, and no discipline.
    pub(crate) people: Vec<Pattern>,
    /// Endings of a plural.
    pub(crate) plural: Vec<Pattern>,
    /// Last words of names of roles that can be the title above the text of a job.
    pub(crate) heads: WordSet,
    /// Words next to a number for a level: "level 2".
    pub(crate) level_nouns: WordSet,
    /// Endings that make another form of a word: "projects" is no typing error.
    pub(crate) inflections: Vec<Pattern>,
    /// Correct words one edit from a word of a name.
    pub(crate) no_typing_errors: WordSet,
    /// Words that may precede the title of a job on its line.
    pub(crate) before_title: WordSet,
    /// Words of a line about somebody else than the applicant.
    pub(crate) no_title: WordSet,
    /// Words that may precede the keyword of a heading.
    pub(crate) before_heading: WordSet,
    /// Words before the advertised job: "we are looking for a director of product".
    pub(crate) advertised: WordSet,
    /// Words before another person: "reports to the director of product".
    pub(crate) others: WordSet,
}

impl TitleWords {
    /// Reads `function_words.csv` and `title_words.csv`.
    pub(super) fn load(checks: &Checks) -> Result<Self, LexiconError> {
        let uses: Vec<&str> = ["skipped", "lower_case"]
            .into_iter()
            .chain(FUNCTIONS.iter().map(|(name, _)| *name))
            .collect();
        let words = Uses::load(checks, "function_words", &uses)?;
        let mut function: BTreeMap<u64, FunctionWord> = BTreeMap::new();
        for (name, does) in FUNCTIONS {
            for &hash in words.set(name)?.hashes() {
                let known = function.entry(hash).or_default();
                *known = *known | does;
            }
        }
        let around = Uses::load(
            checks,
            "title_words",
            &[
                "people",
                "plural",
                "heads",
                "level_nouns",
                "inflections",
                "no_typing_errors",
                "before_title",
                "no_title",
                "before_heading",
                "advertised",
                "others",
            ],
        )?;
        Ok(Self {
            skipped: words.set("skipped")?,
            function: WordMap::new(function),
            lower_case: words.set("lower_case")?,
            people: around.patterns("people")?,
            plural: around.patterns("plural")?,
            heads: around.set("heads")?,
            level_nouns: around.set("level_nouns")?,
            inflections: around.patterns("inflections")?,
            no_typing_errors: around.set("no_typing_errors")?,
            before_title: around.set("before_title")?,
            no_title: around.set("no_title")?,
            before_heading: around.set("before_heading")?,
            advertised: around.set("advertised")?,
            others: around.set("others")?,
        })
    }

    /// Whether the word with a hash joins two jobs.
    pub(crate) fn is_joining(&self, hash: u64) -> bool {
        self.function.get(hash).is_some_and(|word| word.has(FunctionWord::JOINING))
    }
}
