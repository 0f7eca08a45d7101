//! Matters that take no probability: the same text under several roles, and titles that state two.

use super::{Audited, Auditor, Finding, Issue, Suspicion, parts};
use crate::evidence::{Title, TitleRole};
use crate::roles::Label;
use std::collections::BTreeMap;

/// How sure it is that the same text under two roles is wrong once.
const SAME_TEXT: f64 = 0.5;
/// Levels this far apart are not a matter of taste.
const LEVELS_APART: u32 = 3;
/// A salary is far outside a band if it reaches only this share of it, or the band this share of it.
const FAR: f64 = 0.6;
/// A title of two roles is the matter, but not wrong.
const UNDECIDED: f64 = 0.5;

impl Auditor<'_> {
    /// Rows with nearly the same text that state different roles.
    pub(super) fn conflicts(&self, suspicions: &[Suspicion]) -> Vec<Finding> {
        let mut groups: BTreeMap<usize, Vec<&Suspicion>> = BTreeMap::new();
        for suspicion in suspicions {
            if let Some(judged) = &self.rows[suspicion.place].judged {
                groups.entry(judged.group).or_default().push(suspicion);
            }
        }
        let mut found = Vec::new();
        for group in groups.values().filter(|g| g.iter().any(|s| s.stated != g[0].stated)) {
            for suspicion in group {
                let other = group.iter().find(|s| s.stated != suspicion.stated);
                let Some(other) = other else { continue };
                let row = &self.rows[suspicion.place];
                let detail = format!(
                    "Row {} has nearly the same text and states {}.",
                    self.rows[other.place].row,
                    self.outcomes[other.stated].replace('_', " ")
                );
                let suspicion = Suspicion { suggested: other.stated, ..(*suspicion).clone() };
                let certainty = suspicion.wrong.max(SAME_TEXT);
                found.push(self.finding(
                    row,
                    &suspicion,
                    Issue::DuplicateConflict,
                    certainty,
                    detail,
                ));
            }
        }
        found
    }

    /// The title says one level and the text quite another.
    pub(super) fn level_conflict(&self, row: &Audited, of: &Suspicion) -> Option<Finding> {
        if self.label(of.stated) == Label::Other {
            return None;
        }
        let title = Title::read(&row.title, self.judge.lexicon()).level?;
        let text = row.level.as_ref()?;
        let rank = self.judge.lexicon().rank(&title)?;
        let steps = rank.abs_diff(text.rank);
        (steps >= LEVELS_APART).then(|| {
            let detail = format!(
                "Its title says {title}, and its text speaks of a job at the level {}.",
                text.id
            );
            let certainty = 1.0 - 1.0 / f64::from(steps);
            let mut finding = self.finding(row, of, Issue::LevelConflict, certainty, detail);
            finding.suggested_role = String::new();
            finding
        })
    }

    /// The salary is far outside the band of the documents for the stated role and level.
    pub(super) fn salary_conflict(&self, row: &Audited, of: &Suspicion) -> Option<Finding> {
        let salary = row.salary.as_ref().filter(|s| s.currency == "USD")?;
        let role = &self.outcomes[of.stated];
        let level = Title::read(&row.title, self.judge.lexicon()).level;
        let [lowest, highest] = self.judge.lexicon().salary_band(role, level.as_deref())?;
        let [low, high] = salary.yearly();
        let ratio = if high < lowest { high / lowest } else { highest / low };
        (ratio < FAR).then(|| {
            let level = level.map(|level| format!(" ({level})")).unwrap_or_default();
            let detail = format!(
                "It states a salary of {low:.0} to {high:.0} US dollars a year; the band of the documents for {}{level} \
                 is {lowest:.0} to {highest:.0}.",
                role.replace('_', " ")
            );
            let mut finding = self.finding(row, of, Issue::SalaryConflict, 1.0 - ratio, detail);
            finding.suggested_role = String::new();
            finding
        })
    }

    /// Rows that state no single role because their title states several.
    pub(super) fn undecided(&self) -> Vec<Finding> {
        let found = self.rows.iter().filter(|row| row.judged.is_none()).filter_map(|row| {
            let TitleRole::Several(several) = Title::read(&row.title, self.judge.lexicon()).role
            else {
                return None;
            };
            let [first, second] = [several[0], several[1]];
            let labels = [first, second].map(Label::Role);
            let sides = self.judge.sides(&row.title, &row.description, labels);
            let names: Vec<&str> =
                several.iter().map(|role| self.outcomes[role.index()].as_str()).collect();
            Some(Finding {
                row: row.row,
                id: row.id.clone(),
                title: row.title.clone(),
                company: row.company.clone(),
                stated_role: names.join("+"),
                suggested_role: String::new(),
                suspicion: UNDECIDED,
                issue: Issue::TitleStatesTwoRoles,
                detail: "Its title states two roles, and no label says which.".to_owned(),
                probabilities: Vec::new(),
                evidence_for: sides.quotes[0].iter().map(|q| q.text.clone()).collect(),
                evidence_against: sides.quotes[1].iter().map(|q| q.text.clone()).collect(),
                parts: parts(&sides.text, &sides.marks),
            })
        });
        found.collect()
    }
}
