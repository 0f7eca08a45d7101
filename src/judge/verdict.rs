//! The verdict on a posting.

use crate::evidence::Title;
use crate::lexicon::{Sharing, Stub};
use crate::roles::{Label, RoleId};
use serde::Serialize;

/// Decision on a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Confident enough for the precision asked for.
    Accept,
    /// Not sure which role, or whether it is one.
    Review,
    /// None of the roles.
    OutOfScope,
    /// Too little text, or text that the model does not know.
    NoEvidence,
}

impl Decision {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Review => "review",
            Self::OutOfScope => "out_of_scope",
            Self::NoEvidence => "no_evidence",
        }
    }
}

/// A phrase of the posting that decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phrase {
    /// As written.
    pub text: String,
    /// Naive Bayes log-odds of the label against its strongest rival, in nats.
    pub strength: f64,
}

/// Note on a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The title states two roles or more.
    TitleStatesTwoRoles,
    /// The text is evidence for two roles.
    TextSpeaksForTwoRoles,
    /// The text contradicts the role stated by the title.
    TitleAndTextDisagree,
    /// The text is in a language that the model does not know.
    UnknownLanguage,
    /// The text has too few known words, or too small a share of them.
    TooFewKnownWords,
    /// The text is so long that only its beginning was read.
    OnlyBeginningRead,
    /// The text has several jobs, each under its title.
    SeveralJobs,
    /// A part of the text in another language was ignored.
    OtherLanguageLeftOut,
    /// The text says how roles are shared or ranked.
    #[serde(untagged)]
    Sharing(Sharing),
    /// The text is no posting.
    #[serde(untagged)]
    NoPosting(Stub),
}

impl Note {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::TitleStatesTwoRoles => "title_states_two_roles",
            Self::TextSpeaksForTwoRoles => "text_speaks_for_two_roles",
            Self::TitleAndTextDisagree => "title_and_text_disagree",
            Self::UnknownLanguage => "unknown_language",
            Self::TooFewKnownWords => "too_few_known_words",
            Self::OnlyBeginningRead => "only_beginning_read",
            Self::SeveralJobs => "several_jobs",
            Self::OtherLanguageLeftOut => "other_language_left_out",
            Self::Sharing(sharing) => sharing.name(),
            Self::NoPosting(stub) => stub.name(),
        }
    }
}

/// Verdict on a posting.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The most probable outcome.
    pub label: Label,
    /// Its probability.
    pub confidence: f64,
    /// The decision.
    pub decision: Decision,
    /// The most probable role besides the label; where title and text disagree, the role of the other one.
    pub second: Option<RoleId>,
    /// Index of the most similar family of other jobs, if the label is `other`.
    pub other_job: Option<usize>,
    /// Notes on the posting.
    pub notes: Vec<Note>,
    /// Probability of each role and of `other`; sum 1.
    pub probabilities: Vec<f64>,
    /// The phrases that decided, strongest first; empty without [`quotes`](super::Settings::quotes).
    pub evidence: Vec<Phrase>,
    /// The parsed title.
    pub title: Title,
    /// Least years of experience that the text asks for.
    pub experience: Option<u32>,
    /// ISO 639 code of the language of the text, if it was detected.
    pub language: Option<&'static str>,
    /// Number of repaired mojibake sequences (`â€™` for `’`).
    pub repaired: usize,
}
