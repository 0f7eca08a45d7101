//! Matters that take no probability: the same text under several roles, and titles that state two.

use super::{Auditor, Finding, Issue, Suspicion, parts};
use crate::evidence::{Title, TitleRole};
use crate::roles::Label;
use std::collections::BTreeMap;

/// How sure it is that the same text under two roles is wrong once.
const SAME_TEXT: f64 = 0.5;
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
                found.push(self.finding(row, &suspicion, Issue::DuplicateConflict, certainty, detail));
            }
        }
        found
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
