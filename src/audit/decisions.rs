//! A reviewer's decisions on the findings of an audit.

use crate::evidence::LabelReader;
use crate::examples::identity::{fingerprints, same_field};
use crate::postings::{Table, TableError};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// A line of a file of decisions.
#[derive(Debug, Deserialize)]
struct DecisionLine {
    row: u64,
    id: String,
    title: String,
    /// [`fingerprint`](crate::audit::fingerprint) of the text; files written by hand may lack the column.
    #[serde(default)]
    text: String,
    decision: String,
    role: String,
}

/// A decision.
#[derive(Debug)]
struct Decision {
    /// Its line in the file of decisions.
    line: u64,
    id: String,
    title: String,
    text: String,
    /// The label decided for; `None` if the reviewer skipped the row.
    label: Option<String>,
    applied: bool,
    /// Why it does not apply to the row with its number.
    problem: Option<String>,
}

impl Decision {
    /// Whether it was made on a row with this identity, title and text.
    fn fits(&self, id: &str, title: &str, text: &str) -> bool {
        self.fits_title(id, title)
            && (self.text.is_empty() || fingerprints(text).contains(&self.text))
    }

    fn fits_title(&self, id: &str, title: &str) -> bool {
        same_id(&self.id, id) && same_field(&self.title, title)
    }
}

/// Decisions by row number.
#[derive(Debug, Default)]
pub struct Decisions {
    by_row: BTreeMap<u64, Decision>,
    /// Row numbers by the hash of the text.
    rows_of: HashMap<String, Vec<u64>>,
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
    /// Reads decisions: a table with the columns `row`, `id`, `title`, `decision` (accept, keep, other or
    /// skip), `role`, and optionally `text`, the [`fingerprint`](crate::audit::fingerprint) of the text.
    ///
    /// # Errors
    /// If the file is no table or lacks a column.
    pub fn read(file: Vec<u8>, labels: &LabelReader) -> Result<Self, TableError> {
        let roles = labels.lexicon().roles();
        let mut decisions = Self::default();
        for (at, line) in Table::read(file)?.rows::<DecisionLine>()? {
            let mut wrong = |problem: String| {
                decisions.wrong.push(DecisionError { line: at, problem });
            };
            let label = labels.read(&line.role).ok();
            let label = match (line.decision.to_lowercase().as_str(), label) {
                ("skip", _) => {
                    decisions.skipped += 1;
                    None
                }
                ("accept" | "keep" | "other", Some(label)) => Some(label.id(roles).to_owned()),
                ("accept" | "keep" | "other", None) => {
                    wrong(format!("{:?} is neither a role nor `other`", line.role));
                    continue;
                }
                _ => {
                    let other = &line.decision;
                    wrong(format!("the decision {other:?} is not accept, keep, other or skip"));
                    continue;
                }
            };
            let DecisionLine { row, id, title, text, .. } = line;
            let first = decisions.by_row.get(&row).and_then(|first| first.label.as_ref());
            match (first, &label) {
                (Some(first), Some(label)) if first != label => {
                    wrong(format!("row {row} is decided twice, differently"));
                }
                (None, _) => {
                    decisions.rows_of.entry(text.clone()).or_default().push(row);
                    let (applied, problem) = (false, None);
                    let decision = Decision { line: at, id, title, text, label, applied, problem };
                    decisions.by_row.insert(row, decision);
                }
                _ => {}
            }
        }
        decisions.rows_of.remove("");
        Ok(decisions)
    }

    /// The decisions that are not understood, by line.
    pub fn not_understood(&self) -> &[DecisionError] {
        &self.wrong
    }

    /// The label decided for a row: the decision on its number, if identity, title and text are unchanged, or else one
    /// on a row with the same ones, because rows may have moved.
    pub fn take(&mut self, row: u64, id: &str, title: &str, text: &str) -> Option<String> {
        let mut found = None;
        if let Some(decision) = self.by_row.get_mut(&row) {
            if decision.fits(id, title, text) {
                found = Some(row);
            } else if decision.fits_title(id, title) {
                decision.problem =
                    Some(format!("the text of row {row} is another than when it was decided on"));
            } else {
                decision.problem = Some(format!(
                    "row {row} was {:?} when it was decided on, and is {title:?} now",
                    decision.title
                ));
            }
        }
        let decision = self.by_row.get_mut(&found.or_else(|| self.moved(id, title, text))?)?;
        let label = decision.label.clone()?;
        self.applied += u64::from(!decision.applied);
        decision.applied = true;
        Some(label)
    }

    /// The number that a row had when it was decided on; none if rows like it were decided on differently.
    fn moved(&self, id: &str, title: &str, text: &str) -> Option<u64> {
        if self.rows_of.is_empty() {
            return None;
        }
        let hashes = fingerprints(text);
        let rows = hashes.iter().filter_map(|hash| self.rows_of.get(hash)).flatten().copied();
        let mut fitting = rows.filter(|row| self.by_row[row].fits_title(id, title));
        let first = fitting.next()?;
        fitting.all(|row| self.by_row[&row].label == self.by_row[&first].label).then_some(first)
    }

    /// The decisions that were not applied, by line; call it after the last row.
    pub fn unapplied(&mut self) -> Vec<DecisionError> {
        let unapplied = std::mem::take(&mut self.by_row).into_iter();
        let unapplied = unapplied.filter(|(_, d)| d.label.is_some() && !d.applied);
        self.wrong.extend(unapplied.map(|(row, Decision { line, problem, .. })| {
            let missing = || format!("the file has no row {row}");
            DecisionError { line, problem: problem.unwrap_or_else(missing) }
        }));
        self.wrong.sort_by_key(|error| error.line);
        std::mem::take(&mut self.wrong)
    }
}

/// Whether an identity is unchanged, apart from white space and the apostrophe that defuses spreadsheet formulas.
fn same_id(decided: &str, now: &str) -> bool {
    let (decided, now) = (decided.trim(), now.trim());
    decided == now || decided.strip_prefix('\'') == Some(now)
}
