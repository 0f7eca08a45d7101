//! Classifies postings.

use super::limits::{Limits, may_be_role};
use super::prior::{Prior, shifted};
use super::quotes::{QuoteBuffers, nats};
use super::reading::ReadBuffers;
use super::verdict::{Decision, Note, Phrase, Verdict};
use crate::bayes::scores::Scores;
use crate::evidence::{
    Evidence, Extractor, FeatureKey, Stated, Title, TitleRole, asked_experience,
};
use crate::judge::text_properties::TextProperties;
use crate::lexicon::Lexicon;
use crate::metrics::top;
use crate::model::{Known, Model, Vocabulary};
use crate::roles::{Label, RoleId};
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use std::cell::RefCell;

thread_local! {
    /// Scratch buffers, reused for every posting of a thread.
    static READ_BUFFERS: RefCell<ReadBuffers> = RefCell::default();
    static QUOTE_BUFFERS: RefCell<QuoteBuffers> = RefCell::default();
}

/// A text is evidence for two roles if the second has this probability among the roles.
const MIXED: f64 = 0.1;
/// Text and title disagree if the stated role has less than this probability by the text.
const DISAGREES: f64 = 0.2;
/// Text and title disagree if the title states no role and the roles have this probability by the text.
const HIDDEN_ROLE: f64 = 0.9;

/// Settings of a [`Judge`].
#[derive(Debug, Clone)]
pub struct Settings {
    /// Parts of a posting that are used.
    pub view: View,
    /// Whether every posting gets a role, never `other`.
    pub closed: bool,
    /// Precision wanted for accepted postings, in (0, 1).
    pub precision: f64,
    /// Class prior, if it differs from that of the training rows.
    pub prior: Option<Prior>,
    /// Whether verdicts quote the words that decided.
    pub quotes: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { view: View::Whole, closed: false, precision: 0.9, prior: None, quotes: true }
    }
}

/// Classifies postings with a model. Can be shared between threads.
#[derive(Debug, Clone)]
pub struct Judge<'a> {
    model: &'a Model,
    extractor: Extractor<'a>,
    vocabulary: Vocabulary,
    settings: Settings,
    /// Thresholds of the view, and of its text-only view for postings without a title.
    limits: [Limits; 2],
    /// Prior correction by view: one factor per outcome, or empty for none.
    factors: [Vec<f64>; View::ALL.len()],
}

impl<'a> Judge<'a> {
    /// A judge with a model and the lexicon it was trained with.
    pub fn new(model: &'a Model, lexicon: &'a Lexicon, settings: Settings) -> Self {
        let limits = [settings.view, settings.view.of_text()].map(|view| {
            let Settings { closed, precision, .. } = settings;
            let limits = model.summary(view).map(|summary| Limits::new(summary, closed, precision));
            let limits = limits.unwrap_or_default();
            if settings.prior.is_some() { limits.at_least(precision) } else { limits }
        });
        let factors =
            |view| Some(settings.prior.as_ref()?.factors(model, lexicon, view).unwrap_or_default());
        let factors = View::ALL.map(|view| factors(view).unwrap_or_default());
        let extractor = Extractor::new(lexicon);
        let vocabulary = Vocabulary::new(model, &extractor);
        Self { model, extractor, vocabulary, settings, limits, factors }
    }

    /// The model.
    pub fn model(&self) -> &'a Model {
        self.model
    }

    /// The lexicon.
    pub fn lexicon(&self) -> &'a Lexicon {
        self.extractor.lexicon()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The confidence thresholds of decisions.
    pub fn limits(&self) -> &Limits {
        &self.limits[0]
    }

    /// The extractor of evidence.
    pub(crate) fn extractor(&self) -> &Extractor<'a> {
        &self.extractor
    }

    /// Extracts the evidence of a posting.
    pub(crate) fn evidence(&self, title: &str, description: &str) -> Evidence {
        self.extractor.extract(title, description)
    }

    /// Classifies a posting.
    pub fn verdict(&self, title: &str, description: &str) -> Verdict {
        READ_BUFFERS.with_borrow_mut(|buffers| {
            let (title, scores) =
                buffers.read(title, description, self.lexicon(), &self.vocabulary);
            self.verdict_of(title, &buffers.properties(self.lexicon()), &scores)
        })
    }

    /// Classifies a posting from its extracted evidence: the slow reference for [`Self::verdict`].
    pub(crate) fn verdict_on(&self, title: &str, evidence: &Evidence, scores: &Scores) -> Verdict {
        let title = Title::read(title, self.lexicon());
        self.verdict_of(
            title,
            &TextProperties::of(evidence, self.lexicon(), self.model, &self.vocabulary),
            scores,
        )
    }

    /// Outcome probabilities of scores, in the view of the settings.
    pub(super) fn probabilities(&self, scores: &Scores) -> Probabilities {
        self.probabilities_in(self.settings.view, scores)
    }

    fn probabilities_in(&self, view: View, scores: &Scores) -> Probabilities {
        let probabilities = Probabilities::new(self.model.combinations(), view, scores);
        self.shifted(view.of(scores), probabilities)
    }

    /// Probabilities after the prior correction.
    fn shifted(&self, view: View, probabilities: Probabilities) -> Probabilities {
        match self.factors[view as usize].as_slice() {
            [] => probabilities,
            factors => shifted(&probabilities, factors),
        }
    }

    /// Probabilities by the stated role alone, if titles are used and the text is empty.
    pub(super) fn title_probabilities(
        &self,
        scores: &Scores,
        no_text: bool,
    ) -> Option<Probabilities> {
        let by_title = no_text && self.settings.view == View::Whole;
        let probabilities =
            by_title.then(|| self.model.title_probabilities(scores.stated)).flatten()?;
        Some(self.shifted(View::Whole, probabilities))
    }

    /// Probability of each role and of `other`, which is 0 in closed mode.
    fn outcomes(&self, probabilities: &Probabilities) -> Vec<f64> {
        if self.settings.closed {
            probabilities.closed.iter().copied().chain([0.0]).collect()
        } else {
            probabilities.open()
        }
    }

    fn label(&self, outcome: usize) -> Label {
        self.lexicon().roles().ids().nth(outcome).map_or(Label::Other, Label::Role)
    }

    fn verdict_of(&self, title: Title, properties: &TextProperties, scores: &Scores) -> Verdict {
        let stub = properties.stub;
        let no_evidence = stub.is_some() || self.has_too_little(properties);
        let by_title =
            self.title_probabilities(scores, stub.is_some() || properties.tokens.is_empty());
        let probabilities = by_title.unwrap_or_else(|| self.probabilities(scores));
        let outcomes = self.outcomes(&probabilities);
        let outcome = top(&outcomes);
        let label = self.label(outcome);
        let confidence = outcomes[outcome];
        let decision = self.decision(label, confidence, no_evidence, properties, scores.stated);
        let disagreement = if no_evidence { None } else { self.disagreement(scores, label) };
        let second = disagreement.flatten().or_else(|| second_role(&probabilities.closed, label));
        let mut notes = Vec::new();
        if matches!(title.role, TitleRole::Several(_)) {
            notes.push(Note::TitleStatesTwoRoles);
        }
        if disagreement.is_some() {
            notes.push(Note::TitleAndTextDisagree);
        }
        let mixed = second.is_some_and(|role| probabilities.closed[role.index()] >= MIXED);
        if mixed && matches!(label, Label::Role(_)) && !no_evidence {
            notes.push(Note::TextSpeaksForTwoRoles);
        }
        if no_evidence {
            let foreign = self.lexicon().is_foreign(properties.language);
            let nothing = if foreign { Note::UnknownLanguage } else { Note::TooFewKnownWords };
            notes.push(stub.map_or(nothing, Note::NoPosting));
        }
        if properties.several_jobs {
            notes.push(Note::SeveralJobs);
        }
        // Skipped without a mention of a role: such a text cannot say that roles are shared.
        if scores.mentions.iter().any(|&n| n > 0) {
            notes.extend(self.lexicon().sharing(properties.tokens).map(Note::Sharing));
        }
        if properties.other_language {
            notes.push(Note::OtherLanguageLeftOut);
        }
        if properties.text.cut() {
            notes.push(Note::OnlyBeginningRead);
        }
        let pair = self.winner_and_rival(scores, &probabilities, label);
        let family = || pair[0] - self.lexicon().roles().len();
        Verdict {
            label,
            confidence,
            decision,
            second,
            other_job: (label == Label::Other && decision != Decision::NoEvidence).then(family),
            notes,
            evidence: if self.settings.quotes { self.quotes(properties, pair) } else { Vec::new() },
            probabilities: outcomes,
            title,
            experience: asked_experience(properties.text.as_str(), self.lexicon())
                .map(|asked| asked.least),
            language: properties.language,
            repaired: properties.text.repaired(),
        }
    }

    /// Decides on a label. Without evidence in the text, a title that states a role leads to review.
    fn decision(
        &self,
        label: Label,
        confidence: f64,
        no_evidence: bool,
        properties: &TextProperties,
        stated: Stated,
    ) -> Decision {
        let view = self.settings.view;
        if no_evidence {
            let by_title = view == View::Whole && stated.roles() > 0;
            return if by_title { Decision::Review } else { Decision::NoEvidence };
        }
        if properties.several_jobs {
            return Decision::Review;
        }
        let limits = &self.limits[usize::from(!stated.has_title())];
        let (other, role_like) = (label == Label::Other, may_be_role(view, stated));
        match limits.decide(other, confidence, role_like, properties.words) {
            // The title alone would decide.
            Decision::Accept if properties.fits_any_job => Decision::Review,
            decision => decision,
        }
    }

    /// `Some` if the text contradicts the role stated by the title; inside, the second role to report: that of
    /// the title if the label is that of the text, and vice versa.
    #[expect(clippy::option_option, reason = "there may be a disagreement without another role")]
    fn disagreement(&self, scores: &Scores, label: Label) -> Option<Option<RoleId>> {
        if self.settings.view != View::Whole || !scores.stated.has_title() {
            return None;
        }
        // Fast exit for the common case: neither title nor text is like a role.
        if !scores.stated.is_role_like() && !scores.is_most_like_a_role(View::Text.channels()) {
            return None;
        }
        let of_text = self.probabilities_in(View::Text, scores);
        let outcomes = self.outcomes(&of_text);
        let read = match self.label(top(&outcomes)) {
            Label::Role(role) => Some(role),
            Label::Other => None,
        };
        let read = read.filter(|role| label != Label::Role(*role));
        let Some(stated) = scores.stated.one() else {
            let none = !scores.stated.is_role_like();
            return (none && of_text.in_scope >= HIDDEN_ROLE).then_some(read);
        };
        if label != Label::Role(stated) {
            return Some(Some(stated));
        }
        (outcomes[stated.index()] < DISAGREES).then_some(read)
    }

    fn has_too_little(&self, properties: &TextProperties) -> bool {
        // A lexicon-only model has no word counts.
        if self.model.header().postings.iter().any(|&n| n > 0) {
            properties.amount.is_too_little(self.lexicon().is_foreign(properties.language))
        } else {
            !properties.amount.has_skill_or_mention
        }
    }

    /// Class indices of the verdict and of its strongest rival, each a role or a family of other jobs.
    pub(super) fn winner_and_rival(
        &self,
        scores: &Scores,
        probabilities: &Probabilities,
        label: Label,
    ) -> [usize; 2] {
        let (role, family) = scores.nearest(self.settings.view.of(scores).channels());
        let Label::Role(winner) = label else { return [family, role] };
        let Some(second) = second_role(&probabilities.closed, label) else { return [role, family] };
        let second_in_all = probabilities.closed[second.index()] * probabilities.in_scope;
        let rival_is_role = self.settings.closed || second_in_all >= 1.0 - probabilities.in_scope;
        [winner.index(), if rival_is_role { second.index() } else { family }]
    }

    /// Vocabulary index of a feature, if the model has it.
    pub(super) fn entry(&self, key: FeatureKey) -> Option<u32> {
        self.vocabulary.feature(self.model.feature_index(key)?)
    }

    /// Log-odds of a feature for a pair of classes, in nats; 0 if the view does not use its channel.
    pub(super) fn strength(&self, feature: u32, pair: [usize; 2]) -> f64 {
        let steps = self.vocabulary.difference(pair)(feature);
        if self.reads(feature) { nats(steps) } else { 0.0 }
    }

    fn reads(&self, feature: u32) -> bool {
        self.settings.view.reads(self.vocabulary.channel(feature))
    }

    /// The phrases of a posting that are evidence for the first label against the second.
    pub(crate) fn reasons(
        &self,
        title: &str,
        description: &str,
        labels: [Label; 2],
    ) -> Vec<Phrase> {
        let evidence = self.evidence(title, description);
        let (_, family) = self.model.scores(&evidence).nearest(self.settings.view.channels());
        let class = |label| if let Label::Role(role) = label { role.index() } else { family };
        self.quotes(
            &TextProperties::of(&evidence, self.lexicon(), self.model, &self.vocabulary),
            labels.map(class),
        )
    }

    /// The phrases that are evidence for the first class against the second; ties in order of position.
    fn quotes(&self, properties: &TextProperties, pair: [usize; 2]) -> Vec<Phrase> {
        let difference = self.vocabulary.difference(pair);
        let ready = self.vocabulary.reason_factors(pair[0] < self.lexicon().roles().len());
        let reason_factors = |known: &Known| {
            let looked_at = self.settings.view != View::Duties || self.reads(known.feature);
            if looked_at { ready[known.feature as usize] } else { 0 }
        };
        let steps = |known: &Known| difference(known.feature);
        let channel = |known: &Known| self.vocabulary.channel(known.feature);
        QUOTE_BUFFERS
            .with_borrow_mut(|buffers| buffers.quote(properties, steps, reason_factors, channel))
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
