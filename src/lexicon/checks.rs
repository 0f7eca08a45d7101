//! What the rows of the lexicon's files are validated against, and the phrases of their forms.

use crate::lexicon::LexiconError;
use crate::lexicon::entries::SourceDocument;
use crate::lexicon::files::LexiconFiles;
use crate::lexicon::phrase_table::{PhraseTable, Phrases};
use crate::postings::TableError;
use crate::roles::{RoleId, RoleSet};
use crate::text::{Tokens, word_hash};
use serde::de::DeserializeOwned;

/// Most phrases of one form: more are taken for a typing error.
const MOST_ALTERNATIVES: usize = 128;

/// An error of a table with its path.
pub(super) fn error_in(file: &str, TableError { line, problem }: TableError) -> LexiconError {
    LexiconError::Line { file: file.to_owned(), line, problem }
}

/// The rows of a file, each with its line number, from 1; none if the folder does not have the file.
pub(super) fn rows<T: DeserializeOwned>(
    files: &LexiconFiles,
    name: &str,
) -> Result<Vec<(u64, T)>, LexiconError> {
    let Some((file, table)) = files.get(name) else { return Ok(Vec::new()) };
    table.rows().map_err(|error| error_in(file, error))
}

/// What rows are validated against.
pub(super) struct Checks<'a> {
    pub(super) roles: &'a RoleSet,
    pub(super) sources: &'a [SourceDocument],
    pub(super) files: &'a LexiconFiles,
    /// Hashes of words that a text may have between the words of a phrase.
    pub(super) skipped: &'a [u64],
}

impl Checks<'_> {
    /// The rows of a file, each with its line; none if the folder does not have the file.
    ///
    /// # Errors
    /// The first row that is none of this kind.
    pub(super) fn rows<T: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Vec<(u64, T)>, LexiconError> {
        rows(self.files, name)
    }

    /// Indexes phrases.
    pub(super) fn table<V: Copy>(&self, phrases: &Phrases<V>) -> PhraseTable<V> {
        PhraseTable::new(phrases, self.skipped)
    }

    /// An error of a line.
    pub(super) fn error(&self, name: &str, line: u64, problem: impl Into<String>) -> LexiconError {
        LexiconError::Line { file: self.files[name].0.clone(), line, problem: problem.into() }
    }

    pub(super) fn role(&self, name: &str, line: u64, id: &str) -> Result<RoleId, LexiconError> {
        self.roles.find(id).ok_or_else(|| {
            let known: Vec<&str> = self.roles.iter().map(|r| r.id.as_str()).collect();
            self.error(
                name,
                line,
                format!("unknown role {id:?}; roles.csv has {}", known.join(", ")),
            )
        })
    }

    pub(super) fn source(&self, name: &str, line: u64, id: &str) -> Result<(), LexiconError> {
        if self.sources.iter().any(|s| s.id == id) {
            return Ok(());
        }
        let problem = if id.is_empty() {
            "the source is missing".into()
        } else {
            format!("unknown source {id:?}; add it to sources.csv")
        };
        Err(self.error(name, line, problem))
    }

    /// The phrases of a form, as word hashes: one for each combination of its alternatives.
    pub(super) fn phrases(
        &self,
        name: &str,
        line: u64,
        form: &str,
    ) -> Result<Vec<Vec<u64>>, LexiconError> {
        let mut phrases: Vec<Vec<u64>> = vec![Vec::new()];
        for position in form.split_whitespace() {
            let choices: Vec<Vec<u64>> = position.split('|').map(words).collect();
            if choices.iter().any(Vec::is_empty) {
                return Err(self.error(
                    name,
                    line,
                    format!("{position:?} in form {form:?} has no word"),
                ));
            }
            phrases = phrases
                .iter()
                .flat_map(|p| choices.iter().map(move |c| [p.as_slice(), c].concat()))
                .collect();
            if phrases.len() > MOST_ALTERNATIVES {
                let problem = format!(
                    "form {form:?} has more than {MOST_ALTERNATIVES} alternatives; split it"
                );
                return Err(self.error(name, line, problem));
            }
        }
        if phrases[0].is_empty() {
            return Err(self.error(name, line, "a form is empty"));
        }
        Ok(phrases)
    }

    /// Adds the phrases of a form, none of which has a value yet.
    pub(super) fn add<V: Copy>(
        &self,
        phrases: &mut Phrases<V>,
        (name, line): (&str, u64),
        form: &str,
        value: V,
    ) -> Result<(), LexiconError> {
        for phrase in self.phrases(name, line, form)? {
            if phrases.insert(phrase, value).is_some() {
                return Err(self.repeated(name, line, form));
            }
        }
        Ok(())
    }

    pub(super) fn repeated(&self, name: &str, line: u64, form: &str) -> LexiconError {
        self.error(name, line, format!("form {form:?} stands twice; leave it out here or there"))
    }
}

/// The word hashes of an alternative. Fast path: most are one lower-case word.
fn words(alternative: &str) -> Vec<u64> {
    if !alternative.is_empty() && alternative.bytes().all(|b| b.is_ascii_lowercase()) {
        return vec![word_hash(alternative)];
    }
    Tokens::new(alternative).as_slice().iter().map(|token| token.hash).collect()
}
