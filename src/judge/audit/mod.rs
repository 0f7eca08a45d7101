//! Which postings state another role than their duties are those of, and why.

mod conflicts;
mod decisions;
mod duplicates;
mod finding;
mod noise;
mod summary;

pub use decisions::{DecisionError, Decisions};
pub use duplicates::near_duplicates;
pub use finding::{Estimate, Finding, Group, Issue, Pair, Summary, TextPart};

use super::{Decision, Judge, Mark};
use crate::evidence::{Salary, TextLevel, Title, TitleRole};
use crate::metrics::top;
use crate::roles::Label;
use rayon::prelude::*;

/// A row is suspect from this probability of stating the wrong role on.
const SUSPECT: f64 = 0.5;
/// A row of a role reads like another job from this probability on.
const OUTSIDE: f64 = 0.9;
/// A text speaks for two roles if the second has this probability among the outcomes.
const MIXED: f64 = 0.3;

/// A posting to be audited.
#[derive(Debug, Clone)]
pub struct Audited {
    /// Place among the rows of the file, from 1, without the header.
    pub row: u64,
    /// Identity of the row, if the file has such a column.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its organisation.
    pub company: String,
    /// Its text.
    pub description: String,
    /// The level at which its text speaks of the job.
    pub level: Option<TextLevel>,
    /// The salary that its text states.
    pub salary: Option<Salary>,
    /// What it states, and what models say of its text that saw neither it nor its organisation.
    pub judged: Option<Judged>,
}

/// What a posting states, and what its text says.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The role that its label or its title states.
    pub stated: Label,
    /// Hash of its organisation.
    pub organisation: u64,
    /// The number of its group of nearly the same texts.
    pub group: usize,
    /// Probability of each outcome, in the title-blind view.
    pub probabilities: Vec<f64>,
    /// Probability that it is one of the roles, where `other` is no outcome but other jobs are known.
    pub in_scope: Option<f64>,
}

/// How suspect one row is.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicion {
    /// Place among the audited rows.
    pub place: usize,
    /// Place of the stated role among the outcomes.
    pub stated: usize,
    /// Place of the likeliest other outcome.
    pub suggested: usize,
    /// Probability that the stated role is wrong.
    pub wrong: f64,
    /// Probability of each outcome, given what is stated and how statements go wrong in this file.
    pub actual: Vec<f64>,
}

/// What an audit came to.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Every row with a stated role, most suspect first.
    pub suspicions: Vec<Suspicion>,
    /// What is the matter, most suspect first.
    pub findings: Vec<Finding>,
    /// What it amounts to.
    pub summary: Summary,
}

/// Audits postings; `judge` looks at texts without the names of the roles, and quotes them. `outcomes`
/// are the roles, and `other` if any row states it or the judgements know it.
pub fn audit(judge: &Judge, rows: &[Audited], outcomes: &[String], method: String) -> Audit {
    let judged: Vec<(usize, &Judged)> =
        rows.iter().enumerate().filter_map(|(i, row)| Some((i, row.judged.as_ref()?))).collect();
    let roles = judge.lexicon().roles();
    let stated: Vec<usize> = judged.iter().map(|(_, j)| j.stated.outcome(roles)).collect();
    let probabilities: Vec<Vec<f64>> =
        judged.iter().map(|(_, j)| j.probabilities.clone()).collect();
    let actual = noise::actual(&probabilities, &stated);
    let mut suspicions: Vec<Suspicion> = judged
        .iter()
        .zip(&stated)
        .zip(actual)
        .map(|((&(place, _), &stated), actual)| {
            let mut others = actual.clone();
            others[stated] = -1.0;
            Suspicion {
                place,
                stated,
                suggested: top(&others),
                wrong: 1.0 - actual[stated],
                actual,
            }
        })
        .collect();
    suspicions.sort_by(|a, b| b.wrong.total_cmp(&a.wrong).then(a.place.cmp(&b.place)));
    let auditor = Auditor { judge, rows, outcomes };
    let mut findings: Vec<Finding> =
        suspicions.par_iter().flat_map_iter(|s| auditor.findings(s)).collect();
    findings.extend(auditor.conflicts(&suspicions));
    findings.extend(auditor.undecided());
    findings.sort_by(|a, b| {
        b.suspicion.total_cmp(&a.suspicion).then(a.row.cmp(&b.row)).then(a.issue.cmp(&b.issue))
    });
    let summary = auditor.summary(&suspicions, &findings, method);
    Audit { suspicions, findings, summary }
}

struct Auditor<'a> {
    judge: &'a Judge<'a>,
    rows: &'a [Audited],
    outcomes: &'a [String],
}

impl Auditor<'_> {
    fn label(&self, outcome: usize) -> Label {
        let roles = self.judge.lexicon().roles();
        roles.ids().nth(outcome).map_or(Label::Other, Label::Role)
    }

    /// What is the matter with a row that states a role.
    fn findings(&self, suspicion: &Suspicion) -> Vec<Finding> {
        let row = &self.rows[suspicion.place];
        let name = |outcome: usize| self.outcomes[outcome].replace('_', " ");
        let (stated, suggested) = (name(suspicion.stated), name(suspicion.suggested));
        let mut found = Vec::new();
        let second = suspicion.actual[suspicion.suggested].min(suspicion.actual[suspicion.stated]);
        if suspicion.wrong >= SUSPECT {
            let other = self.label(suspicion.suggested) == Label::Other;
            let issue = if other { Issue::OutOfScope } else { Issue::MislabeledTitle };
            let detail = format!(
                "It states {stated}, and its duties read like those of {}.",
                if other { "another job".to_owned() } else { suggested.clone() }
            );
            found.push(self.finding(row, suspicion, issue, suspicion.wrong, detail));
        }
        let outside = row.judged.as_ref().and_then(|j| j.in_scope).map_or(0.0, |p| 1.0 - p);
        if outside >= OUTSIDE {
            let detail =
                format!("It states {stated}, and its text reads like that of another job.");
            found.push(self.finding(row, suspicion, Issue::OutOfScope, outside, detail));
        }
        if second >= MIXED {
            let detail = format!("Its duties are those of {stated} and of {suggested}.");
            found.push(self.finding(row, suspicion, Issue::MixedRole, second, detail));
        }
        if states_two(&row.title, self.judge) {
            let detail = "Its title states two roles.".to_owned();
            let issue = Issue::TitleStatesTwoRoles;
            found.push(self.finding(row, suspicion, issue, suspicion.wrong, detail));
        }
        found.extend(self.level_conflict(row, suspicion));
        found.extend(self.salary_conflict(row, suspicion));
        if !found.is_empty()
            && self.judge.verdict(&row.title, &row.description).decision == Decision::NoEvidence
        {
            // What is too short to tell cannot be the matter otherwise.
            let detail = "Its text is too short to tell.".to_owned();
            found = vec![self.finding(row, suspicion, Issue::TooLittleText, 0.0, detail)];
        }
        found
    }

    fn finding(
        &self,
        row: &Audited,
        suspicion: &Suspicion,
        issue: Issue,
        certainty: f64,
        detail: String,
    ) -> Finding {
        let labels = [suspicion.suggested, suspicion.stated].map(|outcome| self.label(outcome));
        let sides = self.judge.sides(&row.title, &row.description, labels);
        let judged = row.judged.as_ref();
        Finding {
            row: row.row,
            id: row.id.clone(),
            title: row.title.clone(),
            company: row.company.clone(),
            stated_role: self.outcomes[suspicion.stated].clone(),
            suggested_role: self.outcomes[suspicion.suggested].clone(),
            suspicion: certainty,
            issue,
            detail,
            probabilities: judged.map_or(Vec::new(), |j| j.probabilities.clone()),
            evidence_for: sides.quotes[0].iter().map(|q| q.text.clone()).collect(),
            evidence_against: sides.quotes[1].iter().map(|q| q.text.clone()).collect(),
            parts: parts(&sides.text, &sides.marks),
        }
    }
}

fn states_two(title: &str, judge: &Judge) -> bool {
    matches!(Title::read(title, judge.lexicon()).role, TitleRole::Several(_))
}

/// The whole text, cut at its marks.
fn parts(text: &str, marks: &[Mark]) -> Vec<TextPart> {
    let mut parts = Vec::new();
    let mut push = |range: std::ops::Range<usize>, kind| {
        if !range.is_empty() {
            parts.push(TextPart { text: text[range].to_owned(), kind });
        }
    };
    let mut at = 0;
    for mark in marks {
        push(at..mark.at.start, None);
        push(mark.at.clone(), Some(mark.kind));
        at = mark.at.end;
    }
    push(at..text.len(), None);
    parts
}
