//! What a posting is judged to be.

use crate::evidence::Title;
use crate::lexicon::{Sharing, Stub};
use crate::roles::{Label, RoleId};
use serde::Serialize;

/// What to make of a verdict.
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

/// Words of the posting that decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phrase {
    /// As written.
    pub text: String,
    /// Its naive Bayes weight for the verdict against the strongest rival, in nats.
    pub strength: f64,
}

/// What a reader should know of a posting besides its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The title states two roles or more.
    TitleStatesTwoRoles,
    /// The text speaks for two roles.
    TextSpeaksForTwoRoles,
    /// The text speaks for something else than what the title states.
    TitleAndTextDisagree,
    /// The text is in a language that the model does not know.
    UnknownLanguage,
    /// The text has too few words that the model knows, or none that tell.
    TooFewKnownWords,
    /// The text is so long that only its beginning was read.
    OnlyBeginningRead,
    /// The text has several jobs, each under its title.
    SeveralJobs,
    /// A part of the text is in another language and was not looked at.
    OtherLanguageLeftOut,
    /// The text says that roles are shared.
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

/// What a posting is.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The most probable outcome.
    pub label: Label,
    /// Its probability.
    pub confidence: f64,
    /// What to make of it.
    pub decision: Decision,
    /// The most probable role besides the label; that of the title or of the text, where these disagree.
    pub second: Option<RoleId>,
    /// Which family of other jobs the posting is most like, if it is none of the roles.
    pub other_job: Option<usize>,
    /// What a reader should know besides.
    pub notes: Vec<Note>,
    /// Of each role and of `other`; sum 1.
    pub probabilities: Vec<f64>,
    /// The words that decided, strongest first; none without [`Settings::quotes`].
    pub evidence: Vec<Phrase>,
    /// What the title states.
    pub title: Title,
    /// The years of experience that the text asks for, at least.
    pub experience: Option<u32>,
    /// The language of the text by its ISO 639 code, if it can be told.
    pub language: Option<&'static str>,
    /// Garbled sequences of characters (`â€™` for `’`) that were read as they were meant.
    pub repaired: usize,
}
