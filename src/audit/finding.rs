//! Findings and summary of an audit.

use crate::judge::TextPart;
use crate::metrics::Interval;
use serde::{Deserialize, Serialize};

/// Issue with a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issue {
    /// The duties are those of a role other than the stated one.
    MislabeledTitle,
    /// The title states a role, and the text is that of another job.
    OutOfScope,
    /// Nearly the same text states another role in another row.
    DuplicateConflict,
    /// The duties are those of two roles.
    MixedRole,
    /// The title states two roles.
    TitleStatesTwoRoles,
    /// The title says one level and the text another.
    LevelConflict,
    /// The salary is far outside the band of role and level.
    SalaryConflict,
    /// The level in the title contradicts the years of experience that the text asks for.
    ExperienceConflict,
    /// The text is too short to tell.
    TooLittleText,
}

impl Issue {
    /// All issues, most serious first.
    pub(crate) const ALL: [Self; 9] = [
        Self::MislabeledTitle,
        Self::OutOfScope,
        Self::DuplicateConflict,
        Self::MixedRole,
        Self::TitleStatesTwoRoles,
        Self::LevelConflict,
        Self::SalaryConflict,
        Self::ExperienceConflict,
        Self::TooLittleText,
    ];

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::MislabeledTitle => "mislabeled_title",
            Self::OutOfScope => "out_of_scope",
            Self::DuplicateConflict => "duplicate_conflict",
            Self::MixedRole => "mixed_role",
            Self::TitleStatesTwoRoles => "title_states_two_roles",
            Self::LevelConflict => "level_conflict",
            Self::SalaryConflict => "salary_conflict",
            Self::ExperienceConflict => "experience_conflict",
            Self::TooLittleText => "too_little_text",
        }
    }

    /// Its name in sentences.
    pub(crate) fn words(self) -> String {
        self.name().replace('_', " ")
    }
}

/// An issue with one posting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Row number in the file, from 1, without the header.
    pub row: u64,
    /// Identity of the row, if the file has such a column.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its organisation.
    pub company: String,
    /// Hash of its text, by which a decision finds the row again.
    pub fingerprint: String,
    /// The role stated by the label or the title.
    pub stated_role: String,
    /// The role, or `other`, that the text is evidence for; empty if that is not the issue.
    pub suggested_role: String,
    /// Confidence in the issue, 0 to 1.
    pub suspicion: f64,
    /// The issue.
    pub issue: Issue,
    /// One sentence about it, and one about each further issue.
    pub detail: String,
    /// Further issues of the row, of which there is less confidence.
    pub further: Vec<Issue>,
    /// Probability of each role and of `other` with role names masked; sum 1.
    pub probabilities: Vec<f64>,
    /// Phrases for the suggested role, strongest first.
    pub evidence_for: Vec<String>,
    /// Phrases for the stated role, strongest first.
    pub evidence_against: Vec<String>,
    /// The text with its marks, if asked for.
    pub parts: Vec<TextPart>,
}

/// An estimated number of rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub rows: f64,
    /// Its 95 % interval; `None` with fewer than five independent groups of rows.
    pub interval: Option<Interval>,
}

/// Estimated number of rows that state one role and are of another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// The stated role.
    pub stated: String,
    /// The true role.
    pub actual: String,
    /// The number of rows.
    pub estimate: Estimate,
}

/// Estimate for a group of rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuspectGroup {
    /// Its name: an organisation, or a form of title.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Estimated number of them that state the wrong role.
    pub wrong: f64,
    /// The most frequent true role of these.
    pub mostly: String,
}

/// Summary of an audit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditSummary {
    /// How the probabilities were computed.
    pub method: String,
    /// Names of the outcomes: the roles, then `other`.
    pub outcomes: Vec<String>,
    /// Rows with a stated role.
    pub rows: u64,
    /// Findings by issue.
    pub findings: Vec<(Issue, u64)>,
    /// Estimated number of rows that state the wrong role.
    pub wrong: Estimate,
    /// The same by pair of stated and true role.
    pub pairs: Vec<Pair>,
    /// Organisations with the most wrong titles.
    pub organisations: Vec<SuspectGroup>,
    /// Forms of titles with the most wrong titles.
    pub titles: Vec<SuspectGroup>,
    /// Number of most suspect rows that hold 80 % of the wrong ones.
    pub rows_to_read: u64,
}
