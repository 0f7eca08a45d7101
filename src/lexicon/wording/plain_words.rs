//! Words that are no reason for a verdict, by class. A model may learn from them, but a person would not name them as
//! reasons.

use super::language::Language;
use super::uses::{Cell, listed};
use super::word_set::{Pattern, WordMap, WordSet};
use crate::lexicon::LexiconError;
use crate::lexicon::checks::Checks;
use std::collections::HashSet;

/// How much a word is worth as a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Worth {
    /// No phrase begins or ends with it.
    Nothing,
    /// Only the second word of a phrase, after a word that is a reason on its own.
    Second,
    /// Only the first word of a phrase, before a word that is a reason on its own.
    First,
    /// Either word of a phrase, if the other is a reason on its own.
    Little,
    /// A reason on its own.
    Something,
}

/// What `plain_words.csv` says of the words of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClassWorth {
    /// They are worth as much.
    Worth(Worth),
    /// No phrase ends with such a word,
    NotLast,
    /// but with these.
    Last,
    /// No quoted phrase is extended to end with such a word.
    NotLastQuoted,
    /// No quoted phrase begins with such a word as it is written here: "it" is not "IT".
    NotFirstQuoted,
}

/// What may stand in the column `worth`.
const WORTHS: [(&str, ClassWorth); 9] = [
    ("nothing", ClassWorth::Worth(Worth::Nothing)),
    ("second", ClassWorth::Worth(Worth::Second)),
    ("first", ClassWorth::Worth(Worth::First)),
    ("little", ClassWorth::Worth(Worth::Little)),
    ("something", ClassWorth::Worth(Worth::Something)),
    ("not_last", ClassWorth::NotLast),
    ("last", ClassWorth::Last),
    ("not_last_quoted", ClassWorth::NotLastQuoted),
    ("not_first_quoted", ClassWorth::NotFirstQuoted),
];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainRow {
    class: String,
    worth: String,
    words: String,
}

/// Words that are no reasons, or no ends of phrases.
#[derive(Debug, Clone)]
pub(crate) struct PlainWords {
    /// Worth of words by hash.
    pub(crate) words: WordMap<Worth>,
    /// Worth of other words by their beginning or ending.
    pub(crate) endings: Vec<(Pattern, Worth)>,
    /// With which no phrase ends...
    pub(crate) not_last: Vec<Pattern>,
    /// ...but with these.
    pub(crate) last: WordSet,
    /// With which no quoted phrase is extended to end.
    pub(crate) not_last_quoted: Vec<Pattern>,
    /// With which, as written, no quoted phrase begins.
    pub(crate) not_first_quoted: Vec<String>,
    /// Longer words, in bytes, are host names and the like.
    pub(crate) longest: usize,
}

impl PlainWords {
    /// Reads `plain_words.csv`.
    pub(super) fn load(checks: &Checks, language: Option<&Language>) -> Result<Self, LexiconError> {
        const NAME: &str = "plain_words";
        let (mut words, mut seen) = (Vec::new(), HashSet::new());
        let (mut endings, mut last) = (Vec::new(), Vec::new());
        let (mut not_last, mut not_last_quoted) = (Vec::new(), Vec::new());
        let mut not_first_quoted = Vec::new();
        for (line, row) in checks.rows::<PlainRow>(NAME)? {
            if row.class.is_empty() {
                return Err(checks.error(NAME, line, "column class: the class has no name"));
            }
            let said = checks.choice(NAME, line, "worth", &row.worth, &WORTHS)?;
            let cell = Cell { file: NAME, line, column: "words" };
            for word in listed(&row.words) {
                match said {
                    ClassWorth::Worth(worth) if word.contains('*') => {
                        endings.push((checks.pattern(cell, word)?, worth));
                    }
                    ClassWorth::Worth(worth) => {
                        let hash = checks.word(cell, word)?;
                        if !seen.insert(hash) {
                            let problem = "has a class already; leave it out here or there";
                            return Err(checks.word_error(cell, word, problem));
                        }
                        words.push((hash, worth));
                    }
                    ClassWorth::Last => last.push(checks.word(cell, word)?),
                    ClassWorth::NotLast => {
                        not_last.push(checks.pattern(cell, word)?);
                    }
                    ClassWorth::NotFirstQuoted => not_first_quoted.push(word.to_owned()),
                    ClassWorth::NotLastQuoted => not_last_quoted.push(checks.pattern(cell, word)?),
                }
            }
        }
        Ok(Self {
            words: WordMap::new(words),
            endings,
            not_last,
            last: WordSet::new(last),
            not_last_quoted,
            not_first_quoted,
            longest: language.map_or(usize::MAX, |language| language.longest_word),
        })
    }
}
