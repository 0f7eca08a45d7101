//! The records in the files of `data/roles/`.

use crate::roles::RoleId;
use serde::{Deserialize, Serialize};

/// A source document.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDocument {
    /// Short name that entries refer to.
    pub id: String,
    /// Title of the document.
    pub(crate) title: String,
}

/// An entry that the documents list: a skill, a duty, a metric, a certificate and so on.
#[derive(Debug, Clone, Serialize)]
pub struct Skill {
    /// Name in models and output.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Name of its file without the extension: `skills`, `duties`, ...
    pub kind: &'static str,
    /// Where the documents list it.
    pub claims: Vec<Claim>,
    /// The phrases that match it, as written in the file (alternatives separated by `|`).
    pub forms: Vec<String>,
}

impl Skill {
    /// Strength of evidence by role: its largest weight in any listing, 0 for roles that no listing names.
    pub fn weights(&self, roles: usize) -> Vec<f64> {
        let mut weights = vec![0.0; roles];
        for claim in &self.claims {
            let weight: &mut f64 = &mut weights[claim.role.index()];
            *weight = weight.max(claim.weight);
        }
        weights
    }
}

/// One listing of a skill in a document: evidence for a role, with its strength.
#[derive(Debug, Clone, Serialize)]
pub struct Claim {
    /// The role that the skill is evidence for.
    pub role: RoleId,
    /// Strength, above 0 and at most 100: the percentage where the document gives one.
    pub weight: f64,
    /// Id of the source document.
    pub source: String,
    /// Heading or list in the document.
    pub section: String,
}

/// What a form in a job title states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TitleStates {
    /// One of the roles.
    Role(RoleId),
    /// One of several roles, which the text has to decide ("project manager").
    Undecided,
    /// Another job that contains the words of a role ("product marketing manager").
    Neither,
    /// The role named after it is another person's ("reporting to").
    Anothers,
    /// A job that serves people of the role named next to it ("recruiter").
    Serves,
}

/// A form in a job title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TitleForm {
    /// Its meaning.
    pub(crate) states: TitleStates,
    /// Hash of its last word with the capitals it must have, if that is an abbreviation (`PO`).
    pub(crate) written: Option<u64>,
    /// For an undecided form, the role it becomes with one word before it: "technical project manager".
    pub(crate) may_be: Option<RoleId>,
    /// Index of the level that the form itself is on.
    pub(crate) level: Option<u32>,
}

impl TitleForm {
    /// The role it states.
    pub(crate) fn role(&self) -> Option<RoleId> {
        match self.states {
            TitleStates::Role(role) => Some(role),
            _ => None,
        }
    }

    /// Whether it states a role, even an undecided one.
    pub(crate) fn names_role(&self) -> bool {
        matches!(self.states, TitleStates::Role(_) | TitleStates::Undecided)
    }
}

/// What a heading or title begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HeadingPart {
    /// The description of the job.
    Content,
    /// Boilerplate of any job: benefits, pay, equal opportunity, how to apply.
    Boilerplate,
    /// A job that is none of the roles, recognised by the last word of its title.
    OtherJob,
    /// A job with the name of a role, by the index in [`Term::Mention`](crate::lexicon::Term::Mention).
    #[serde(skip)]
    Title(u32),
}

/// A level of seniority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Level {
    /// Name, such as `senior`.
    pub(crate) id: String,
    /// Rank, from 0 for the lowest.
    pub(crate) rank: u32,
}

/// One step of a career ladder.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Role id.
    pub role: String,
    /// Rank, from 1 for the lowest.
    pub rank: u32,
    /// Title at this step.
    pub title: String,
    /// Id of the source document.
    pub source: String,
    /// Heading or list in the document.
    pub section: String,
}

/// A salary band.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SalaryBand {
    /// Role id.
    pub role: String,
    /// Level id, or `any`.
    pub level: String,
    /// Lower end, in `currency` per year.
    pub low: f64,
    /// Upper end, in `currency` per year.
    pub high: Upper,
    /// ISO 4217 code.
    pub currency: String,
    /// Id of the source document.
    pub source: String,
    /// Heading or list in the document.
    pub section: String,
}

/// How the roles are shared or ranked, as a text states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// One person is both.
    OnePersonTwoRoles,
    /// Several Product Owners work for one Product Manager.
    SeveralOwnersOneManager,
    /// A Product Owner stands above Product Managers: a common misunderstanding of the names.
    OwnerAboveManager,
}

impl Sharing {
    /// Name in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OnePersonTwoRoles => "one_person_two_roles",
            Self::SeveralOwnersOneManager => "several_owners_one_manager",
            Self::OwnerAboveManager => "owner_above_manager",
        }
    }
}

/// Years of experience that a document gives for a role.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExperienceBand {
    /// Role id.
    pub role: String,
    /// Minimum, in years.
    pub low: u32,
    /// Maximum, in years.
    pub high: u32,
    /// Id of the source document.
    pub source: String,
    /// Heading or list in the document.
    pub section: String,
}

/// How many jobs of a role there are.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JobCount {
    /// Role id.
    pub role: String,
    /// Number of jobs, 1 or more.
    pub jobs: u64,
    /// Id of the source document.
    pub source: String,
    /// Heading or list in the document.
    pub section: String,
}

/// The upper end of a band: `140000`, or `250000+` if it is open above.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Upper {
    /// The amount.
    pub(crate) amount: f64,
    /// Whether the band has no upper limit.
    pub(crate) open: bool,
}

impl TryFrom<String> for Upper {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let amount = text.strip_suffix('+').unwrap_or(&text);
        let amount = amount.parse().map_err(|_| {
            format!("{text:?} is no amount; write 140000, or 250000+ for a band that is open above")
        })?;
        Ok(Self { amount, open: text.ends_with('+') })
    }
}

impl From<Upper> for String {
    fn from(upper: Upper) -> Self {
        format!("{}{}", upper.amount, if upper.open { "+" } else { "" })
    }
}

/// How surely a form marks a sentence as boilerplate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Strength {
    /// One such form is enough.
    Sure,
    /// Two different forms are needed.
    Likely,
}

/// A text in place of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stub {
    /// A request to sign in.
    LoginWall,
    /// An error message, or a test whether the reader is human.
    ErrorPage,
    /// A question about cookies.
    CookieNotice,
    /// The posting is elsewhere: in an attachment, on a linked page.
    SeeAttachment,
    /// Only the beginning of a posting.
    Teaser,
    /// A note that the job is filled.
    Closed,
    /// A word for a missing value: `None`, `n/a`.
    Placeholder,
}

impl Stub {
    /// Name in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LoginWall => "login_wall",
            Self::ErrorPage => "error_page",
            Self::CookieNotice => "cookie_notice",
            Self::SeeAttachment => "see_attachment",
            Self::Teaser => "teaser",
            Self::Closed => "closed",
            Self::Placeholder => "placeholder",
        }
    }
}
