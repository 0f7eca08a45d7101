//! A reviewer's decisions on the findings of an audit.

use crate::evidence::LabelReader;
use crate::examples::identity::{fingerprints, same_field};
use crate::postings::{Table, TableError};
use serde::Deserialize;
use std::collections::HashMap;

/// A line of a file of decisions. Files written by hand may lack the columns that tell a row apart, if one is there.
#[derive(Debug, Deserialize)]
struct DecisionLine {
    #[serde(default)]
    row: Option<u64>,
    #[serde(default)]
    id: String,
    #[serde(default)]
    title: Option<String>,
    /// [`fingerprint`](crate::audit::fingerprint) of the text.
    #[serde(default)]
    text: String,
    decision: String,
    #[serde(default)]
    role: String,
}

/// What was decided about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// `accept`, `keep`, `other` or `skip`.
    pub decision: String,
    /// The label decided for; `None` if the row was skipped.
    pub label: Option<String>,
}

/// A decision, and the row it was made on.
#[derive(Debug)]
struct Decision {
    /// Its line in the file of decisions.
    line: u64,
    row: Option<u64>,
    id: String,
    title: Option<String>,
    text: String,
    decided: Decided,
    applied: bool,
    /// Why it does not apply to the row with its number or its id.
    problem: Option<String>,
}

impl Decision {
    fn fits_title(&self, title: &str) -> bool {
        self.title.as_ref().is_none_or(|decided| same_field(decided, title))
    }

    fn fits_text(&self, text: &str) -> bool {
        self.text.is_empty() || fingerprints(text).contains(&self.text)
    }

    fn fits_id(&self, id: &str) -> bool {
        self.id.is_empty() || id.is_empty() || key_of_id(&self.id) == key_of_id(id)
    }

    /// Whether two decisions are on the same row.
    fn is_on_row_of(&self, other: &Self) -> bool {
        let told_apart = |a: &Self| (key_of_id(&a.id).to_owned(), a.title.clone(), a.text.clone());
        if self.id.is_empty() && other.id.is_empty() {
            return self.row.is_some() && self.row == other.row;
        }
        told_apart(self) == told_apart(other)
    }
}

/// The decisions of a reviewer. A row has the decision on its id, or else on a row of the same title and text, or else
/// on its number: sheets are sorted, filtered and numbered anew.
#[derive(Debug, Default)]
pub struct Decisions {
    all: Vec<Decision>,
    /// Indices by id, by the hash of the text, and by row number.
    by_id: HashMap<String, Vec<usize>>,
    by_text: HashMap<String, Vec<usize>>,
    by_row: HashMap<u64, usize>,
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
    /// Reads decisions: a table with the columns `decision` (accept, keep, other or skip) and `role`, and those that
    /// tell the row: `row`, its number; `id`; `title`; `text`, the [`fingerprint`](crate::audit::fingerprint) of the
    /// text.
    ///
    /// # Errors
    /// If the file is no table or lacks a column.
    pub fn read(file: Vec<u8>, labels: &LabelReader) -> Result<Self, TableError> {
        let mut decisions = Self::default();
        for (at, line) in Table::read(file)?.rows::<DecisionLine>()? {
            let added = decided(&line, labels).and_then(|decided| decisions.add(at, line, decided));
            decisions.wrong.extend(added.err().map(|problem| DecisionError { line: at, problem }));
        }
        Ok(decisions)
    }

    /// Adds a decision, unless it repeats an earlier one.
    fn add(&mut self, at: u64, line: DecisionLine, decided: Decided) -> Result<(), String> {
        let DecisionLine { row, id, title, text, .. } = line;
        let (applied, problem) = (false, None);
        let decision = Decision { line: at, row, id, title, text, decided, applied, problem };
        if row.is_none() && decision.id.is_empty() && decision.text.is_empty() {
            return Err("it does not say of which row it is: by `row`, `id` or `text`".into());
        }
        self.skipped += u64::from(decision.decided.label.is_none());
        let of_id = self.by_id.get(key_of_id(&decision.id)).into_iter().flatten();
        let of_row = row.and_then(|row| self.by_row.get(&row));
        let mut earlier = of_id.chain(of_row).copied();
        if let Some(index) = earlier.find(|&index| self.all[index].is_on_row_of(&decision)) {
            return self.add_again(index, decision);
        }
        let index = self.all.len();
        if !decision.id.is_empty() {
            self.by_id.entry(key_of_id(&decision.id).to_owned()).or_default().push(index);
        }
        if !decision.text.is_empty() {
            self.by_text.entry(decision.text.clone()).or_default().push(index);
        }
        self.by_row.extend(row.map(|row| (row, index)));
        self.all.push(decision);
        Ok(())
    }

    /// Adds a decision on a row that was decided on before: the first counts, unless it was to skip the row.
    fn add_again(&mut self, index: usize, decision: Decision) -> Result<(), String> {
        let first = &mut self.all[index];
        match (&first.decided.label, &decision.decided.label) {
            (Some(label), Some(other)) if label != other => {
                let id = || format!("with the id {:?}", decision.id);
                let row = decision.row.map_or_else(id, |row| row.to_string());
                return Err(format!(
                    "row {row} is decided twice, differently: see line {}",
                    first.line
                ));
            }
            (None, Some(_)) => *first = decision,
            _ => {}
        }
        Ok(())
    }

    /// The decisions that are not understood, by line.
    pub fn not_understood(&self) -> &[DecisionError] {
        &self.wrong
    }

    /// What was decided about a row, by its number, id, title and text.
    pub fn take(&mut self, row: u64, id: &str, title: &str, text: &str) -> Option<Decided> {
        self.note_changes(row, id, title, text);
        let index = (self.on_id(row, id, title, text))
            .or_else(|| self.on_text(row, title, text))
            .or_else(|| self.on_number(row, id, title, text))?;
        let decision = &mut self.all[index];
        self.applied += u64::from(!decision.applied && decision.decided.label.is_some());
        decision.applied = true;
        Some(decision.decided.clone())
    }

    /// The decision on an id. Without the hash of a text, it is applied once.
    fn on_id(&self, row: u64, id: &str, title: &str, text: &str) -> Option<usize> {
        let found = self.by_id.get(key_of_id(id))?.iter().copied().filter(|&index| {
            let decision = &self.all[index];
            let once = !decision.text.is_empty() || !decision.applied || decision.row == Some(row);
            once && decision.fits_title(title) && decision.fits_text(text)
        });
        self.agreed(&found.collect::<Vec<_>>(), row)
    }

    /// The decision on a row of the same title and text, whatever its id is now.
    fn on_text(&self, row: u64, title: &str, text: &str) -> Option<usize> {
        if self.by_text.is_empty() {
            return None;
        }
        let hashes = fingerprints(text);
        let found = hashes.iter().filter_map(|hash| self.by_text.get(hash)).flatten().copied();
        self.agreed(
            &found.filter(|&index| self.all[index].fits_title(title)).collect::<Vec<_>>(),
            row,
        )
    }

    fn on_number(&self, row: u64, id: &str, title: &str, text: &str) -> Option<usize> {
        let index = *self.by_row.get(&row)?;
        let decision = &self.all[index];
        let fits = decision.fits_id(id) && decision.fits_title(title) && decision.fits_text(text);
        fits.then_some(index)
    }

    /// The decision on the row with this number, or else any of several that agree.
    fn agreed(&self, found: &[usize], row: u64) -> Option<usize> {
        let of_row = found.iter().find(|&&index| self.all[index].row == Some(row)).copied();
        let label = |index: usize| &self.all[index].decided.label;
        let agree = found.windows(2).all(|two| label(two[0]) == label(two[1]));
        of_row.or_else(|| found.first().copied().filter(|_| agree))
    }

    /// Notes how a row that a decision may be meant for differs from that which was decided on.
    fn note_changes(&mut self, row: u64, id: &str, title: &str, text: &str) {
        let of_id = self.by_id.get(key_of_id(id)).into_iter().flatten();
        let meant: Vec<usize> = of_id.chain(self.by_row.get(&row)).copied().collect();
        for index in meant {
            let decision = &mut self.all[index];
            let now = (decision.fits_id(id), decision.fits_title(title), decision.fits_text(text));
            decision.problem = match now {
                (true, true, true) => continue,
                (true, true, false) => {
                    Some(format!("the text of row {row} is another than when it was decided on"))
                }
                _ => {
                    let was = decision.title.clone().unwrap_or_else(|| decision.id.clone());
                    Some(format!(
                        "row {row} was {was:?} when it was decided on, and is {title:?} now"
                    ))
                }
            };
        }
    }

    /// The decisions that were not applied, by line; call it after the last row.
    pub fn unapplied(&mut self) -> Vec<DecisionError> {
        let unapplied = std::mem::take(&mut self.all).into_iter();
        let unapplied = unapplied.filter(|d| d.decided.label.is_some() && !d.applied);
        self.wrong.extend(unapplied.map(|Decision { line, row, id, problem, .. }| {
            let row = row.map(|row| format!("no row {row}"));
            let id = (!id.is_empty()).then(|| format!("no id {id:?}"));
            let lacks: Vec<String> = row.into_iter().chain(id).collect();
            let lacks = if lacks.is_empty() { "no such text".into() } else { lacks.join(" and ") };
            let missing = || format!("the file has {lacks}");
            DecisionError { line, problem: problem.unwrap_or_else(missing) }
        }));
        self.wrong.sort_by_key(|error| error.line);
        std::mem::take(&mut self.wrong)
    }
}

/// What a line decides.
fn decided(line: &DecisionLine, labels: &LabelReader) -> Result<Decided, String> {
    let decision = line.decision.to_lowercase();
    let label = match (decision.as_str(), labels.read(&line.role)) {
        ("skip", _) => None,
        ("accept" | "keep" | "other", Ok(label)) => Some(label.id(labels.lexicon().roles())),
        ("accept" | "keep" | "other", Err(_)) => {
            return Err(format!("{:?} is neither a role nor `other`", line.role));
        }
        _ => {
            let other = &line.decision;
            return Err(format!("the decision {other:?} is not accept, keep, other or skip"));
        }
    };
    let label = label.map(str::to_owned);
    Ok(Decided { decision, label })
}

/// An id without white space and the apostrophe that defuses spreadsheet formulas.
fn key_of_id(id: &str) -> &str {
    let id = id.trim();
    id.strip_prefix('\'').unwrap_or(id)
}
