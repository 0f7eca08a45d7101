//! What a model knows of rows that it is to be measured on.

use super::error::ModelError;
use super::trained::Model;
use crate::examples::identity::RowId;
use crate::examples::known::KnownPostings;
use serde::Serialize;

/// What a model was trained on that would help it with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Familiarity {
    /// The row itself, under whatever label.
    Itself,
    /// A row of its organisation, or a near copy of its text.
    Neighbour,
    /// Nothing.
    Unseen,
}

/// Which rows a model can tell that it was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KnowsRows {
    /// All.
    All,
    /// Only those that were added to a compact model.
    SinceCompact,
    /// None: it is a compact model.
    None,
}

impl Model {
    /// What the model was trained on of each row, as far as it knows its rows.
    ///
    /// # Errors
    /// [`ModelError::Corrupt`] if its training state is unsound.
    pub fn familiarity(&self, rows: &[RowId]) -> Result<Vec<Familiarity>, ModelError> {
        let known = KnownPostings::new(self.known_rows()?);
        let of = |&row: &RowId| {
            if known.has_posting(row) {
                Familiarity::Itself
            } else if known.has_text(row) || known.of_organisation(row) > 0 {
                Familiarity::Neighbour
            } else {
                Familiarity::Unseen
            }
        };
        Ok(rows.iter().map(of).collect())
    }

    /// Which of its rows the model knows.
    pub fn knows_rows(&self) -> KnowsRows {
        match (self.is_compact(), &self.header().base) {
            (true, _) => KnowsRows::None,
            (false, Some(_)) => KnowsRows::SinceCompact,
            (false, None) => KnowsRows::All,
        }
    }
}
