//! Explains a verdict: the contribution of every feature to every score.

use super::attribution::Attribution;
use super::classify::Judge;
use super::contrast::Contrast;
use super::verdict::{Decision, Note};
use crate::bayes::scores::Scores;
use crate::evidence::{Channel, Evidence, Feature, Step, ladder_step};
use crate::roles::Label;
use crate::stacking::combination::softmax;
use crate::stacking::inputs::{CombinationInput, Question, View};
use crate::stacking::probabilities::Probabilities;
use serde::Serialize;

/// Explanation of a verdict.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The title.
    pub(crate) title: String,
    /// The most probable outcome: a role, or `other`.
    pub(crate) label: String,
    /// Its probability.
    pub(crate) confidence: f64,
    /// The decision.
    pub(crate) decision: Decision,
    /// Notes on the posting.
    pub(crate) notes: Vec<Note>,
    /// Step of the title on the career ladder of the role, if a document has one.
    pub(crate) ladder: Option<Step>,
    /// Evidence for the label and for its rival.
    pub(crate) contrast: Contrast,
    /// The scores of both questions: which role, then whether any.
    pub questions: Vec<QuestionScores>,
}

/// One question: the score of a class is the sum of its prior and its contributions.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionScores {
    /// The question.
    pub(crate) question: Question,
    /// Its classes: the roles, or `in scope` and `other`.
    pub(crate) classes: Vec<String>,
    /// Intercept of each class, in nats.
    pub prior: Vec<f64>,
    /// Contribution of each group of evidence.
    pub parts: Vec<Contribution>,
    /// Score of each class in nats.
    pub scores: Vec<f64>,
    /// Softmax of the scores.
    pub probabilities: Vec<f64>,
}

/// Contribution of a group of evidence.
#[derive(Debug, Clone, Serialize)]
pub struct Contribution {
    /// A channel; `lexicon` for the weights of the lexicon; `naming` for mentions of roles; `title states` for
    /// the role stated by the title; `amount` for the number of features.
    pub(crate) name: String,
    /// Contribution to the score of each class in nats: the sum of `pieces`.
    pub adds: Vec<f64>,
    /// Its features, by descending spread of contributions.
    pub pieces: Vec<FeatureContribution>,
}

/// Contribution of a feature.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureContribution {
    /// The feature.
    pub(crate) feature: String,
    /// Byte range of its first occurrence in the raw description; `None` for words of the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<(usize, usize)>,
    /// Contribution to the score of each class, in nats.
    pub adds: Vec<f64>,
}

type InputTest = fn(CombinationInput) -> bool;

/// Groups of inputs that are not sums over features.
const INPUT_GROUPS: [(&str, InputTest); 3] = [
    ("naming", |i| {
        matches!(i, CombinationInput::MentionShare(_) | CombinationInput::MentionCount(_))
    }),
    ("title states", |i| {
        matches!(
            i,
            CombinationInput::States(_)
                | CombinationInput::StatesUndecided
                | CombinationInput::StatesNone
        )
    }),
    ("amount", |i| matches!(i, CombinationInput::Count(_))),
];

impl Judge<'_> {
    /// Explains the verdict on a posting.
    pub fn explain(&self, title: &str, description: &str) -> Explanation {
        let evidence = self.evidence(title, description);
        let scores = self.model().scores(&evidence);
        let by_title = self.title_probabilities(&scores, evidence.has_no_text(self.lexicon()));
        let explain = |question| match &by_title {
            Some(by_title) => self.question_of_title(question, by_title),
            None => self.explain_question(question, &evidence, &scores),
        };
        let mut questions = vec![explain(Question::Role)];
        if !self.settings().closed {
            questions.push(explain(Question::Scope));
        }
        let probabilities = by_title.clone().unwrap_or_else(|| self.probabilities(&scores));
        let verdict = self.verdict_on(title, &evidence, &scores);
        let ladder = match verdict.label {
            Label::Role(role) => {
                let role = &self.lexicon().roles().get(role).id;
                let read = self.settings().view == View::Whole && !title.is_empty();
                ladder_step(&verdict.title, role, self.lexicon()).filter(|_| read)
            }
            Label::Other => None,
        };
        Explanation {
            title: title.to_owned(),
            ladder,
            label: verdict.label.id(self.lexicon().roles()).to_owned(),
            confidence: verdict.confidence,
            decision: verdict.decision,
            notes: verdict.notes,
            contrast: self.contrast(&evidence, &scores, &probabilities, verdict.label),
            questions,
        }
    }

    /// A question answered by the stated role alone, which is all the evidence.
    fn question_of_title(&self, question: Question, by_title: &Probabilities) -> QuestionScores {
        let probabilities = match question {
            Question::Role => by_title.closed.clone(),
            Question::Scope => vec![by_title.in_scope, 1.0 - by_title.in_scope],
        };
        let scores: Vec<f64> = probabilities.iter().map(|p| p.ln()).collect();
        let classes = self.classes(question);
        let (prior, parts) = (scores.clone(), Vec::new());
        QuestionScores { question, classes, prior, parts, scores, probabilities }
    }

    fn classes(&self, question: Question) -> Vec<String> {
        match question {
            Question::Role => self.model().header().roles.iter().map(|r| r.id.clone()).collect(),
            Question::Scope => vec!["in scope".into(), "other".into()],
        }
    }

    fn explain_question(
        &self,
        question: Question,
        evidence: &Evidence,
        scores: &Scores,
    ) -> QuestionScores {
        let (model, view) = (self.model(), self.settings().view.of(scores));
        let classes = self.classes(question);
        let by_class: Vec<Attribution> = (0..classes.len())
            .map(|k| Attribution::new(model, scores, view, question, |s| s[k]))
            .collect();
        let each = |of: &dyn Fn(&Attribution) -> f64| by_class.iter().map(of).collect::<Vec<f64>>();
        let lexicon = self.lexicon();
        let piece = |feature: &Feature, adds| {
            let of_text = feature.key.channel() != Channel::Title;
            let raw = of_text.then(|| evidence.text().raw_span(evidence.span(feature)));
            let name = evidence.feature_text(feature, lexicon);
            FeatureContribution { feature: name, at: raw.map(|raw| (raw.start, raw.end)), adds }
        };
        let of_channel =
            |channel| evidence.features().iter().filter(move |f| f.key.channel() == channel);
        let mut parts: Vec<Contribution> = Vec::new();
        for &channel in view.channels() {
            let pieces =
                of_channel(channel).map(|f| piece(f, each(&|a| a.learned(model, scores, f))));
            parts.push(Contribution::new(channel.name(), pieces.collect(), classes.len()));
        }
        let pieces =
            of_channel(Channel::Skills).map(|f| piece(f, each(&|a| a.lexicon(model, scores, f))));
        parts.push(Contribution::new("lexicon", pieces.collect(), classes.len()));
        let of_inputs = |wanted: InputTest| {
            let inputs =
                by_class[0].other.iter().enumerate().filter(move |(_, (input, _))| wanted(*input));
            let pieces = inputs.map(|(i, &(input, _))| FeatureContribution {
                feature: self.input_name(input, scores),
                at: None,
                adds: each(&|a| a.other[i].1 * input.value(scores)),
            });
            pieces.collect::<Vec<_>>()
        };
        for (name, is_of_group) in INPUT_GROUPS {
            parts.push(Contribution::new(name, of_inputs(is_of_group), classes.len()));
        }
        parts.retain(|part| !part.pieces.is_empty());
        let prior = each(&|a| a.intercept);
        let mut sums = prior.clone();
        for part in &parts {
            sums.iter_mut().zip(&part.adds).for_each(|(sum, add)| *sum += add);
        }
        let probabilities = softmax(sums.clone());
        QuestionScores { question, classes, prior, parts, scores: sums, probabilities }
    }

    fn input_name(&self, input: CombinationInput, scores: &Scores) -> String {
        match input {
            CombinationInput::MentionShare(name) | CombinationInput::MentionCount(name) => {
                let id = self.model().header().roles.iter().nth(name).map(|r| r.id.clone());
                let id = id.unwrap_or_else(|| "undecided name".into());
                format!(
                    "{id}, named {} of {} times",
                    scores.mentions[name],
                    scores.mentions.iter().sum::<u32>()
                )
            }
            CombinationInput::States(_)
            | CombinationInput::StatesUndecided
            | CombinationInput::StatesNone => {
                input.name(&self.model().header().roles, self.lexicon().families())
            }
            CombinationInput::Count(Channel::Skills) => {
                format!("{} skills", scores.lexicon.features)
            }
            CombinationInput::Count(channel) => {
                format!("{} {} known", scores.channels[channel as usize].features, channel.name())
            }
            _ => unreachable!("the other inputs are sums over features"),
        }
    }
}

impl Contribution {
    fn new(name: &str, mut pieces: Vec<FeatureContribution>, classes: usize) -> Self {
        let mut adds = vec![0.0; classes];
        for piece in &pieces {
            adds.iter_mut().zip(&piece.adds).for_each(|(sum, add)| *sum += add);
        }
        let spread = |p: &FeatureContribution| {
            let most = p.adds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            most - p.adds.iter().copied().fold(f64::INFINITY, f64::min)
        };
        pieces.sort_by(|a, b| {
            spread(b).total_cmp(&spread(a)).then_with(|| a.feature.cmp(&b.feature))
        });
        Self { name: name.to_owned(), adds, pieces }
    }
}
