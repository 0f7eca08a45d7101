//! Postings to verdicts.

use super::facts::{Facts, is_foreign};
use super::quotes::{Quotes, nats};
use super::reading::Reading;
use crate::evidence::{
    Evidence, Extractor, FEW_WORDS, FeatureKey, Lexicon, Stub, Title, TitleRole,
};
use crate::metrics::top;
use crate::model::{Known, Model, Probabilities, Scores, View, Vocabulary};
use crate::roles::{Label, RoleId};
use serde::Serialize;
use std::cell::RefCell;

thread_local! {
    /// Each thread reads one posting after the other in the same room.
    static READING: RefCell<Reading> = RefCell::default();
    static QUOTES: RefCell<Quotes> = RefCell::default();
}

/// A text speaks for two roles if the second has this probability among the roles.
const MIXED: f64 = 0.1;

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

/// How to judge.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What of a posting is looked at.
    pub view: View,
    /// Whether every posting is given one of the roles.
    pub closed: bool,
    /// Share of accepted postings that should be right, above 0 and below 1.
    pub precision: f64,
    /// Whether the title is read as part of the text.
    pub use_title: bool,
    /// Whether verdicts quote the words that decided.
    pub quotes: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { view: View::Full, closed: false, precision: 0.9, use_title: false, quotes: true }
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
    /// One has to sign in to read the posting.
    LoginWall,
    /// The text is an error page, or asks whether one is human.
    ErrorPage,
    /// The text is a question about cookies.
    CookieNotice,
    /// The posting stands in an attachment, or behind a link.
    SeeAttachment,
    /// The text is the beginning of a posting.
    Teaser,
    /// The job is taken.
    Closed,
    /// The text is a word for nothing, such as `None`.
    Placeholder,
}

impl Note {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::TitleStatesTwoRoles => "title_states_two_roles",
            Self::TextSpeaksForTwoRoles => "text_speaks_for_two_roles",
            Self::UnknownLanguage => "unknown_language",
            Self::TooFewKnownWords => "too_few_known_words",
            Self::OnlyBeginningRead => "only_beginning_read",
            Self::SeveralJobs => "several_jobs",
            Self::OtherLanguageLeftOut => "other_language_left_out",
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

impl From<Stub> for Note {
    fn from(stub: Stub) -> Self {
        match stub {
            Stub::LoginWall => Self::LoginWall,
            Stub::ErrorPage => Self::ErrorPage,
            Stub::CookieNotice => Self::CookieNotice,
            Stub::SeeAttachment => Self::SeeAttachment,
            Stub::Teaser => Self::Teaser,
            Stub::Closed => Self::Closed,
            Stub::Placeholder => Self::Placeholder,
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
    /// The most probable role besides the label.
    pub second: Option<RoleId>,
    /// What a reader should know besides.
    pub notes: Vec<Note>,
    /// Of each role and of `other`; sum 1.
    pub probabilities: Vec<f64>,
    /// The words that decided, strongest first; none without [`Settings::quotes`].
    pub evidence: Vec<Phrase>,
    /// What the title states.
    pub title: Title,
    /// The language of the text by its ISO 639 code, if it can be told.
    pub language: Option<&'static str>,
    /// Garbled sequences of characters (`â€™` for `’`) that were read as they were meant.
    pub repaired: usize,
}

/// Judges postings by a model. Can be shared between threads.
#[derive(Debug, Clone)]
pub struct Judge<'a> {
    model: &'a Model,
    extractor: Extractor<'a>,
    vocabulary: Vocabulary,
    settings: Settings,
    /// Least confidence of an accepted role.
    threshold: f64,
}

impl<'a> Judge<'a> {
    /// A judge with a model and the lexicon it belongs to.
    pub fn new(model: &'a Model, lexicon: &'a Lexicon, settings: Settings) -> Self {
        let threshold = model.threshold(settings.view, settings.closed, settings.precision);
        let extractor = Extractor::new(lexicon);
        let vocabulary = Vocabulary::new(model, &extractor);
        Self { model, extractor, vocabulary, settings, threshold }
    }

    /// The model.
    pub fn model(&self) -> &'a Model {
        self.model
    }

    /// The lexicon.
    pub fn lexicon(&self) -> &'a Lexicon {
        self.extractor.lexicon()
    }

    /// How it judges.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Least confidence of an accepted role; above 1 if no confidence gives the precision asked for.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The text that is read of a posting.
    pub fn text<'t>(&self, title: &'t str, description: &'t str) -> std::borrow::Cow<'t, str> {
        if self.settings.use_title {
            format!("{title}\n{description}").into()
        } else {
            description.into()
        }
    }

    /// The evidence in a posting.
    pub fn evidence(&self, title: &str, description: &str) -> Evidence {
        self.extractor.extract(&self.text(title, description))
    }

    /// Judges a posting.
    pub fn verdict(&self, title: &str, description: &str) -> Verdict {
        READING.with_borrow_mut(|reading| {
            let text = self.text(title, description);
            let scores = reading.read(&text, &self.extractor, &self.vocabulary);
            self.verdict_of(title, &reading.facts(), &scores)
        })
    }

    /// Judges a posting by all of its evidence.
    pub(super) fn verdict_on(&self, title: &str, evidence: &Evidence, scores: &Scores) -> Verdict {
        self.verdict_of(title, &Facts::of(evidence, self.model, &self.vocabulary), scores)
    }

    /// What the combination makes of scores.
    pub(super) fn probabilities(&self, scores: &Scores) -> Probabilities {
        Probabilities::new(self.model.combinations(), self.settings.view, scores)
    }

    fn verdict_of(&self, title: &str, facts: &Facts, scores: &Scores) -> Verdict {
        let probabilities = self.probabilities(scores);
        let outcomes = if self.settings.closed {
            probabilities.closed.iter().copied().chain([0.0]).collect()
        } else {
            probabilities.open()
        };
        let outcome = top(&outcomes);
        let label =
            self.extractor.lexicon().roles().ids().nth(outcome).map_or(Label::Other, Label::Role);
        let confidence = outcomes[outcome];
        let stub = self.stub(title, facts);
        let decision = if stub.is_some() || self.says_nothing(facts) {
            Decision::NoEvidence
        } else {
            let few = facts.words < FEW_WORDS;
            match label {
                _ if facts.several_jobs => Decision::Review,
                Label::Other if few => Decision::Review,
                Label::Other if confidence >= self.settings.precision => Decision::OutOfScope,
                Label::Role(_) if confidence >= self.threshold => Decision::Accept,
                _ => Decision::Review,
            }
        };
        let title = Title::read(title, self.extractor.lexicon());
        let second = second_role(&probabilities.closed, label);
        let mut notes = Vec::new();
        if matches!(title.role, TitleRole::Several(_)) {
            notes.push(Note::TitleStatesTwoRoles);
        }
        let mixed = second.is_some_and(|role| probabilities.closed[role.index()] >= MIXED);
        if mixed && matches!(label, Label::Role(_)) && decision != Decision::NoEvidence {
            notes.push(Note::TextSpeaksForTwoRoles);
        }
        if decision == Decision::NoEvidence {
            let foreign = is_foreign(facts.language);
            let nothing = if foreign { Note::UnknownLanguage } else { Note::TooFewKnownWords };
            notes.push(stub.map_or(nothing, Note::from));
        }
        if facts.several_jobs {
            notes.push(Note::SeveralJobs);
        }
        if facts.other_language {
            notes.push(Note::OtherLanguageLeftOut);
        }
        if facts.text.cut() {
            notes.push(Note::OnlyBeginningRead);
        }
        Verdict {
            label,
            confidence,
            decision,
            second,
            notes,
            evidence: if self.settings.quotes {
                self.quotes(facts, self.contest(scores, &probabilities, label))
            } else {
                Vec::new()
            },
            probabilities: outcomes,
            title,
            language: facts.language,
            repaired: facts.text.repaired(),
        }
    }

    /// What the text of a posting is, if it is none; its title may be read before it.
    fn stub(&self, title: &str, facts: &Facts) -> Option<Stub> {
        let before = if self.settings.use_title { title.len() } else { 0 };
        if facts.tokens.len() >= FEW_WORDS + before {
            return None;
        }
        let is_title = |at: usize| facts.text.raw_offset(at) < before;
        let first = facts.tokens.partition_point(|token| is_title(token.start as usize));
        Stub::find(facts.text.as_str(), &facts.tokens[first..], self.lexicon())
    }

    fn says_nothing(&self, facts: &Facts) -> bool {
        // A model of the lexicon alone knows no words.
        if self.model.header().postings.iter().any(|&n| n > 0) {
            facts.telling.says_nothing(facts.language)
        } else {
            !facts.telling.shows_something
        }
    }

    /// The classes of the verdict and of its strongest rival: roles or families of other jobs.
    pub(super) fn contest(
        &self,
        scores: &Scores,
        probabilities: &Probabilities,
        label: Label,
    ) -> [usize; 2] {
        let (role, family) = scores.nearest(self.settings.view);
        let Label::Role(winner) = label else { return [family, role] };
        let Some(second) = second_role(&probabilities.closed, label) else { return [role, family] };
        let second_in_all = probabilities.closed[second.index()] * probabilities.in_scope;
        let rival_is_role = self.settings.closed || second_in_all >= 1.0 - probabilities.in_scope;
        [winner.index(), if rival_is_role { second.index() } else { family }]
    }

    /// The entry of a feature in the vocabulary, if the model knows it.
    pub(super) fn entry(&self, key: FeatureKey) -> Option<u32> {
        self.model.place(key).map(|place| self.vocabulary.feature(place))
    }

    /// How a feature speaks for a class against another, in nats; by its entry in the vocabulary.
    pub(super) fn strength(&self, feature: u32, contest: [usize; 2]) -> f64 {
        let steps = self.vocabulary.difference(contest)(feature);
        if self.looks_at(feature) { nats(steps) } else { 0.0 }
    }

    fn looks_at(&self, feature: u32) -> bool {
        self.settings.view.looks_at(self.vocabulary.channel(feature))
    }

    /// The words of a posting that speak for a label against another.
    pub fn reasons(&self, title: &str, description: &str, labels: [Label; 2]) -> Vec<Phrase> {
        let evidence = self.evidence(title, description);
        let (_, family) = self.model.scores(&evidence).nearest(self.settings.view);
        let class = |label| if let Label::Role(role) = label { role.index() } else { family };
        self.quotes(&Facts::of(&evidence, self.model, &self.vocabulary), labels.map(class))
    }

    /// The words that speak for a class against another; of equal ones the earlier first.
    fn quotes(&self, facts: &Facts, contest: [usize; 2]) -> Vec<Phrase> {
        let difference = self.vocabulary.difference(contest);
        let steps = |known: &Known| {
            let looked_at = self.settings.view == View::Full || self.looks_at(known.feature);
            if looked_at { difference(known.feature) } else { 0 }
        };
        QUOTES.with_borrow_mut(|quotes| quotes.of(facts, steps))
    }
}

/// The most probable role that is not the label.
pub(super) fn second_role(closed: &[f64], label: Label) -> Option<RoleId> {
    let mut closed = closed.to_vec();
    if let Label::Role(role) = label {
        closed[role.index()] = -1.0;
    }
    u8::try_from(top(&closed)).ok().map(RoleId)
}
