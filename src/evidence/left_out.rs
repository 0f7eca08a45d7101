//! Rows that are left out because they have no label.

use super::label::{LabelReader, Unread};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most labels that an error names.
const NAMED: usize = 8;

/// Rows that are left out for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// How many.
    pub rows: u64,
    /// The number of the first.
    pub first: u64,
}

/// Rows without a label, by the reason, or by the text in place of the label: none if there is no text.
#[derive(Debug, Clone, Default)]
pub struct LeftOutRows(BTreeMap<String, LeftOut>);

/// Labels that are not understood.
#[derive(Debug, thiserror::Error)]
#[error("labels are not understood: {named}")]
pub struct UnreadLabels {
    /// The most frequent of them, with why each is none, how many rows have it, and the first.
    named: String,
}

impl LeftOutRows {
    /// Counts a row by its number.
    pub fn note(&mut self, why: &str, row: u64) {
        if let Some(left_out) = self.0.get_mut(why) {
            left_out.rows += 1;
        } else {
            self.0.insert(why.to_owned(), LeftOut { rows: 1, first: row });
        }
    }

    /// The reasons, the most frequent first.
    pub fn by_frequency(&self) -> Vec<(&str, &LeftOut)> {
        let mut all: Vec<_> = self.0.iter().map(|(why, rows)| (why.as_str(), rows)).collect();
        all.sort_by_key(|(why, left_out)| (Reverse(left_out.rows), *why));
        all
    }

    /// Refuses texts that are no labels for a reader. Rows without any text, or with one that leaves the role open, may
    /// be left out.
    ///
    /// # Errors
    /// The labels that are not understood.
    pub fn refuse(&self, reader: &LabelReader) -> Result<(), UnreadLabels> {
        let mut unread = self.by_frequency();
        unread
            .retain(|(label, _)| !label.is_empty() && reader.read(label) != Err(Unread::Undecided));
        if unread.is_empty() {
            return Ok(());
        }
        let one = |(label, LeftOut { rows, first }): &(&str, &LeftOut)| {
            format!("{label:?} {} ({rows} rows, the first is row {first})", reader.why(label))
        };
        let named: Vec<String> = unread.iter().take(NAMED).map(one).collect();
        let more = unread.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Err(UnreadLabels { named: format!("{}{more}", named.join("; ")) })
    }
}

impl LabelReader<'_> {
    /// Why a text is no label, with the nearest roles.
    pub fn why(&self, text: &str) -> String {
        let nearest = self.lexicon().roles().nearest(text);
        let unread = self.read(text);
        if unread == Err(Unread::Undecided) {
            return "leaves the role open".to_owned();
        }
        match (unread == Err(Unread::Ambiguous), nearest.as_slice()) {
            (true, [] | [_]) => "may be more than one role".to_owned(),
            (true, several) => {
                format!("may be more than one role, such as {}", several.join(" or "))
            }
            (false, []) => "is neither a role nor `other`".to_owned(),
            (false, nearest) => {
                format!("is neither a role nor `other`; the nearest is {}", nearest.join(" or "))
            }
        }
    }
}
