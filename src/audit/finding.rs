//! What an audit finds.

use crate::judge::MarkKind;
use crate::metrics::Interval;
use serde::Serialize;

/// What is the issue with a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Issue {
    /// The duties are those of another role than the one stated.
    MislabeledTitle,
    /// The title states a role, and the text is that of another job.
    OutOfScope,
    /// The same text stands under another role elsewhere.
    DuplicateConflict,
    /// The duties are those of two roles.
    MixedRole,
    /// The title states two roles.
    TitleStatesTwoRoles,
    /// The title says one level and the text another.
    LevelConflict,
    /// The salary is far outside the band of the role and level.
    SalaryConflict,
    /// The level in the title and the years of experience that the text asks for cannot both be.
    ExperienceConflict,
    /// The text is too short to tell.
    TooLittleText,
}

impl Issue {
    /// All of them, in the order of their weight.
    pub const ALL: [Self; 9] = [
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
}

/// A part of the text of a posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextPart {
    /// Its words; all parts together are the whole cleaned text.
    pub text: String,
    /// What it speaks for: the winner is the suggested role, the rival the stated one.
    pub kind: Option<MarkKind>,
}

/// Something that is the issue with one posting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Place among the rows of the file, from 1, without the header.
    pub row: u64,
    /// Identity of the row, if the file has such a column.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its organisation.
    pub company: String,
    /// Hash of its text, for a decision to be known by.
    pub fingerprint: String,
    /// The role stated by the label or the title.
    pub stated_role: String,
    /// The role, or `other`, that the text speaks for; empty if that is not the issue.
    pub suggested_role: String,
    /// How sure it is that something is the issue, 0 to 1.
    pub suspicion: f64,
    /// What is the issue.
    pub issue: Issue,
    /// One sentence on it.
    pub detail: String,
    /// Probability of each role and of `other`, without the names of the roles; sum 1.
    pub probabilities: Vec<f64>,
    /// Phrases for the suggested role, strongest first.
    pub evidence_for: Vec<String>,
    /// Phrases for the stated role, strongest first.
    pub evidence_against: Vec<String>,
    /// The text with its evidence, if it was asked for.
    pub parts: Vec<TextPart>,
}

/// A number of rows that is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub rows: f64,
    /// Its 95 % interval; none where fewer than five organisations stand behind it.
    pub interval: Option<Interval>,
}

/// Rows of one stated role that are estimated to be of another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// The stated role.
    pub stated: String,
    /// The role that they are.
    pub actual: String,
    /// How many.
    pub estimate: Estimate,
}

/// How a group of rows reads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuspectGroup {
    /// Its name: an organisation, or a form of title.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// How many of them are estimated to state the wrong role.
    pub wrong: f64,
    /// What most of these are.
    pub mostly: String,
}

/// What an audit amounts to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditSummary {
    /// How the rows were judged.
    pub method: String,
    /// Names of the outcomes: the roles, then `other`.
    pub outcomes: Vec<String>,
    /// Rows with a stated role.
    pub rows: u64,
    /// Findings by issue.
    pub findings: Vec<(Issue, u64)>,
    /// Rows that state the wrong role.
    pub wrong: Estimate,
    /// The same by pair of roles.
    pub pairs: Vec<Pair>,
    /// Organisations with the most wrong titles.
    pub organisations: Vec<SuspectGroup>,
    /// Forms of titles with the most wrong titles.
    pub titles: Vec<SuspectGroup>,
    /// Rows to be read, most suspect first, to find 80 % of the wrong ones.
    pub rows_to_read: u64,
}
