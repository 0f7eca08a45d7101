//! Files of the lexicon that list words by what they are used for: `use,words`.

use super::word_set::{Pattern, WordSet};
use crate::lexicon::LexiconError;
use crate::lexicon::checks::Checks;
use crate::text::{Tokens, combine};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct UseRow {
    r#use: String,
    words: String,
}

/// Where a list of words is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a> {
    /// The file, without the extension.
    pub(super) file: &'a str,
    /// From 1.
    pub(super) line: u64,
    /// The name of the column.
    pub(super) column: &'a str,
}

/// The rows of such a file; none if the folder has no such file.
pub(super) struct Uses<'a> {
    pub(super) checks: &'a Checks<'a>,
    name: &'static str,
    rows: Vec<(u64, UseRow)>,
}

impl<'a> Uses<'a> {
    /// Reads a file of the lexicon by its name; `known` are the uses that it may have.
    ///
    /// # Errors
    /// An unknown use, or a word that has the same use twice.
    pub(super) fn load(
        checks: &'a Checks<'a>,
        name: &'static str,
        known: &[&str],
    ) -> Result<Self, LexiconError> {
        let rows: Vec<(u64, UseRow)> = checks.rows(name)?;
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for (line, row) in &rows {
            if !known.contains(&row.r#use.as_str()) {
                let problem = format!(
                    "column use: {:?} is no use of words; the uses are {}",
                    row.r#use,
                    known.join(", ")
                );
                return Err(checks.error(name, *line, problem));
            }
            let cell = Cell { file: name, line: *line, column: "words" };
            for word in listed(&row.words) {
                if seen.contains(&(&row.r#use, word)) {
                    return Err(checks.word_error(cell, word, "stands twice; leave one out"));
                }
                seen.push((&row.r#use, word));
            }
        }
        Ok(Self { checks, name, rows })
    }

    fn cell(&self, line: u64) -> Cell<'static> {
        Cell { file: self.name, line, column: "words" }
    }

    /// What is listed for a use, as written, with the line it is on.
    pub(super) fn written(&self, of: &str) -> impl Iterator<Item = (u64, &str)> {
        let rows = self.rows.iter().filter(move |(_, row)| row.r#use == of);
        rows.flat_map(|(line, row)| listed(&row.words).map(|word| (*line, word)))
    }

    /// All that is listed, as written.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().flat_map(|(_, row)| listed(&row.words))
    }

    /// The words of a use.
    ///
    /// # Errors
    /// What is not one word.
    pub(super) fn set(&self, of: &str) -> Result<WordSet, LexiconError> {
        let hashes = self.written(of).map(|(line, word)| self.checks.word(self.cell(line), word));
        Ok(WordSet::new(hashes.collect::<Result<_, _>>()?))
    }

    /// The hashes of the words of a use, or of two words in a row.
    ///
    /// # Errors
    /// What is neither.
    pub(super) fn phrases(&self, of: &str) -> Result<Vec<u64>, LexiconError> {
        let hash = |(line, phrase): (u64, &str)| match Tokens::new(phrase).as_slice() {
            [one] => Ok(one.hash),
            [first, second] => Ok(combine(first.hash, second.hash)),
            _ => {
                Err(self.checks.word_error(self.cell(line), phrase, "is neither one word nor two"))
            }
        };
        self.written(of).map(hash).collect()
    }

    /// The words and beginnings or endings of words of a use.
    ///
    /// # Errors
    /// What is none.
    pub(super) fn patterns(&self, of: &str) -> Result<Vec<Pattern>, LexiconError> {
        let pattern = |(line, written)| self.checks.pattern(self.cell(line), written);
        self.written(of).map(pattern).collect()
    }
}

/// The words in a field, which are separated by semicolons.
pub(super) fn listed(words: &str) -> impl Iterator<Item = &str> {
    words.split(';').map(str::trim).filter(|word| !word.is_empty())
}

impl Checks<'_> {
    /// The hash of a word.
    ///
    /// # Errors
    /// It is not one word.
    pub(super) fn word(&self, cell: Cell, word: &str) -> Result<u64, LexiconError> {
        match Tokens::new(word).as_slice() {
            [one] => Ok(one.hash),
            _ => Err(self.word_error(cell, word, "is not one word")),
        }
    }

    /// What a field stands for, of several.
    ///
    /// # Errors
    /// It is none of them.
    pub(super) fn choice<V: Copy>(
        &self,
        file: &str,
        line: u64,
        column: &str,
        field: &str,
        among: &[(&str, V)],
    ) -> Result<V, LexiconError> {
        among.iter().find(|(name, _)| *name == field).map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = among.iter().map(|(name, _)| *name).collect();
            let problem = format!("column {column}: {field:?} is none of {}", names.join(", "));
            self.error(file, line, problem)
        })
    }

    /// A word, or the beginning or ending of words.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn pattern(&self, cell: Cell, written: &str) -> Result<Pattern, LexiconError> {
        let problem = "is neither a word nor the beginning (owner*) or ending (*ly) of words";
        Pattern::read(written).ok_or_else(|| self.word_error(cell, written, problem))
    }

    /// An error about a word.
    pub(super) fn word_error(&self, cell: Cell, word: &str, problem: &str) -> LexiconError {
        let Cell { file, line, column } = cell;
        self.error(file, line, format!("column {column}: {word:?} {problem}"))
    }
}
