//! Issues of a row, by its stated role and its probabilities.

use crate::audit::Suspicion;
use crate::audit::assessed::Assessed;
use crate::audit::finding::Issue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Least probability of a wrong role for a finding.
const SUSPECT: f64 = 0.5;
/// Least probability of `other` for a row of a role to be out of scope.
const OTHER_JOB: f64 = 0.9;
/// Least probability of the second outcome for a mixed role.
const MIXED: f64 = 0.3;
/// Confidence that one of two rows with the same text and different roles is wrong.
const SAME_TEXT: f64 = 0.5;
/// Most rows of other roles that a row's text is compared with, of those in one chain of near copies.
const MOST_COMPARED: usize = 256;
/// Suspicion of a title of two roles, which is not necessarily wrong.
pub(crate) const UNDECIDED: f64 = 0.5;

/// An issue with a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RowIssue {
    pub(crate) issue: Issue,
    /// Confidence, 0 to 1; replaced by the suspicion for a title of two roles.
    pub(crate) certainty: f64,
    /// Index of another outcome, if that is the issue.
    pub(crate) suggested: Option<usize>,
    /// One sentence.
    pub(crate) detail: String,
}

impl RowIssue {
    /// Whether it follows from what a text lacks, so that a short text does not support it.
    pub(crate) fn needs_text(&self) -> bool {
        self.issue == Issue::OutOfScope
    }

    /// Whether it contradicts in pay, level or experience, for which a few words are enough.
    pub(crate) fn is_conflict(&self) -> bool {
        match self.issue {
            Issue::LevelConflict | Issue::SalaryConflict | Issue::ExperienceConflict => true,
            Issue::MislabeledTitle
            | Issue::OutOfScope
            | Issue::DuplicateConflict
            | Issue::MixedRole
            | Issue::TitleStatesTwoRoles
            | Issue::TooLittleText => false,
        }
    }

    /// A title that states two roles.
    pub(crate) fn two_roles() -> Self {
        Self {
            issue: Issue::TitleStatesTwoRoles,
            certainty: UNDECIDED,
            suggested: None,
            detail: "Its title states two roles.".to_owned(),
        }
    }

    /// A text that is too short, so that no other issue is supported.
    pub(crate) fn too_little_text() -> Self {
        Self {
            issue: Issue::TooLittleText,
            certainty: 0.0,
            suggested: None,
            detail: "Its text is too short to tell.".to_owned(),
        }
    }
}

impl Assessed<'_> {
    /// The issues of a row that states a role.
    pub(crate) fn row_issues(&self, suspicion: &Suspicion) -> Vec<RowIssue> {
        let row = &self.rows.rows[suspicion.index];
        let name = |outcome: usize| self.outcomes[outcome].replace('_', " ");
        let (stated, suggested) = (name(suspicion.stated), name(suspicion.suggested));
        let mut found = Vec::new();
        let mut push = |issue, certainty, detail| {
            let suggested = Some(suspicion.suggested);
            found.push(RowIssue { issue, certainty, suggested, detail });
        };
        if suspicion.wrong >= SUSPECT {
            let other = suspicion.suggested >= self.roles();
            let issue = if other { Issue::OutOfScope } else { Issue::MislabeledTitle };
            let read = if other { "another job" } else { &suggested };
            let detail = format!("It states {stated}, and its duties read like those of {read}.");
            push(issue, suspicion.wrong, detail);
        }
        let other = self.other_probability(suspicion.index);
        if other >= OTHER_JOB {
            let detail =
                format!("It states {stated}, and its text reads like that of another job.");
            push(Issue::OutOfScope, other, detail);
        }
        let second =
            suspicion.ranking[suspicion.suggested].min(suspicion.ranking[suspicion.stated]);
        if second >= MIXED {
            let detail = format!("Its duties are those of {stated} and of {suggested}.");
            push(Issue::MixedRole, second, detail);
        }
        for row_issue in &row.row_issues {
            let mut row_issue = row_issue.clone();
            if row_issue.issue == Issue::TitleStatesTwoRoles {
                (row_issue.certainty, row_issue.suggested) =
                    (suspicion.wrong, Some(suspicion.suggested));
            }
            found.push(row_issue);
        }
        found
    }

    /// Near copies that state different roles, by index among the suspicions.
    pub(crate) fn duplicate_conflicts(&self, suspicions: &[Suspicion]) -> Vec<(usize, RowIssue)> {
        let mut copies: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (i, suspicion) in suspicions.iter().enumerate() {
            copies.entry(self.rows.copies()[suspicion.index]).or_default().push(i);
        }
        let mut found = Vec::new();
        for copies in copies.values().filter(|copies| copies.len() > 1) {
            // Chains of near copies, by what they state.
            let mut stating: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for &i in copies {
                stating.entry(suspicions[i].stated).or_default().push(i);
            }
            let row = |i: usize| &self.rows.rows[suspicions[i].index];
            for &i in copies {
                let copy = &suspicions[i];
                let others = stating.iter().filter(|(stated, _)| **stated != copy.stated);
                let mut others = others.flat_map(|(_, others)| others).take(MOST_COMPARED);
                let Some(&other) = others.find(|&&other| row(i).has_text_of(row(other))) else {
                    continue;
                };
                let other = &suspicions[other];
                let detail = format!(
                    "Row {} has nearly the same text and states {}.",
                    self.rows.rows[other.index].row,
                    self.outcomes[other.stated].replace('_', " ")
                );
                let row_issue = RowIssue {
                    issue: Issue::DuplicateConflict,
                    certainty: copy.wrong.max(SAME_TEXT),
                    suggested: Some(other.stated),
                    detail,
                };
                found.push((i, row_issue));
            }
        }
        found
    }
}
