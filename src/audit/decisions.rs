//! A reviewer's decisions on the findings of an audit.

use crate::postings::line_at;
use crate::roles::{Label, RoleSet};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read;

/// A line of a file of decisions.
#[derive(Debug, Deserialize)]
struct DecisionLine {
    row: u64,
    id: String,
    title: String,
    /// [`fingerprint`] of the text; files written by hand may lack the column.
    #[serde(default)]
    text: String,
    decision: String,
    role: String,
}

/// Decisions by row number, with the line of each in the file of decisions.
#[derive(Debug, Default)]
pub struct Decisions {
    by_row: BTreeMap<u64, (u64, DecisionLine)>,
    wrong: Vec<DecisionError>,
    /// Number of applied decisions.
    pub applied: u64,
    /// Number of rows skipped by the reviewer.
    pub skipped: u64,
}

/// A decision that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionError {
    /// Line in the file of decisions, from 1.
    pub line: u64,
    /// The reason.
    pub problem: String,
}

impl Decisions {
    /// Reads decisions: CSV with the columns `row`, `id`, `title`, `decision` (accept, keep, other or
    /// skip), `role`, and optionally `text`, the fingerprint of the text, as audits write it.
    ///
    /// # Errors
    /// If the file cannot be read, is no CSV or lacks a column.
    pub fn read(mut file: impl Read, roles: &RoleSet) -> Result<Self, csv::Error> {
        let mut decisions = Self::default();
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let mut reader = csv::Reader::from_reader(text.as_slice());
        let header = reader.headers()?.clone();
        for record in reader.records() {
            let record = record?;
            let at = record.position().map_or(0, |position| line_at(&text, position));
            let line: DecisionLine = record.deserialize(Some(&header))?;
            let mut wrong = |problem: String| {
                decisions.wrong.push(DecisionError { line: at, problem });
            };
            match line.decision.as_str() {
                "skip" => decisions.skipped += 1,
                "accept" | "keep" | "other" if Label::parse(&line.role, roles).is_none() => {
                    wrong(format!("{:?} is neither a role nor `other`", line.role));
                }
                "accept" | "keep" | "other" => {
                    if let Some((_, first)) = decisions.by_row.get(&line.row) {
                        if first.role != line.role {
                            wrong(format!("row {} is decided twice, differently", line.row));
                        }
                        continue;
                    }
                    decisions.by_row.insert(line.row, (at, line));
                }
                other => {
                    wrong(format!("the decision {other:?} is not accept, keep, other or skip"));
                }
            }
        }
        Ok(decisions)
    }

    /// Removes and returns the label decided for a row, if identity, title and text are unchanged.
    pub fn take(&mut self, row: u64, id: &str, title: &str, text: &str) -> Option<String> {
        let (at, line) = self.by_row.remove(&row)?;
        let same_row = same(&line.id, id) && same(&line.title, title);
        if same_row && (line.text.is_empty() || line.text == fingerprint(text)) {
            self.applied += 1;
            return Some(line.role);
        }
        let problem = if same_row {
            format!("the text of row {row} is another than when it was decided on")
        } else {
            format!("row {row} was {:?} when it was decided on, and is {title:?} now", line.title)
        };
        self.wrong.push(DecisionError { line: at, problem });
        None
    }

    /// The decisions that were not applied, by line; call it after the last row.
    pub fn unapplied(&mut self) -> Vec<DecisionError> {
        let missing = std::mem::take(&mut self.by_row).into_iter().map(|(row, (line, _))| {
            DecisionError { line, problem: format!("the file has no row {row}") }
        });
        self.wrong.extend(missing);
        self.wrong.sort_by_key(|error| error.line);
        std::mem::take(&mut self.wrong)
    }
}

/// A short hash of a text. The letter in front keeps spreadsheets from reading it as a number.
pub(crate) fn fingerprint(text: &str) -> String {
    format!("t{}", &blake3::hash(text.as_bytes()).to_hex()[..15])
}

/// Whether a field is unchanged, apart from the apostrophe that defuses spreadsheet formulas.
fn same(decided: &str, now: &str) -> bool {
    decided == now || decided.strip_prefix('\'') == Some(now)
}
