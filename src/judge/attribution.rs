//! What each feature adds to a score. The score is linear in the features of a posting, so the
//! parts add up to it.

use crate::evidence::{Channel, Evidence, Feature};
use crate::model::{Input, LEXICON_SCALE, Model, Question, Scores, View, divisor};

/// A linear function of the combination's inputs, by what they are made of.
#[derive(Debug, Clone)]
pub(crate) struct Attribution {
    /// By channel, then by role.
    roles: [Vec<f64>; 4],
    /// By channel, then by role.
    scope: [Vec<f64>; 4],
    /// By role.
    lexicon: Vec<f64>,
    /// Inputs that are no sum over features.
    pub(crate) rest: Vec<(Input, f64)>,
    /// The part that no evidence has.
    pub(crate) intercept: f64,
}

impl Attribution {
    /// The score that `of` makes of the scores of the classes: `|s| s[0] - s[1]`.
    pub(crate) fn new(
        model: &Model,
        scores: &Scores,
        view: View,
        question: Question,
        of: impl Fn(&[f64]) -> f64,
    ) -> Self {
        let roles = model.header().roles.len();
        let combination = model.combination(view, question);
        let mut parts = Self {
            roles: std::array::from_fn(|_| vec![0.0; roles]),
            scope: std::array::from_fn(|_| vec![0.0; roles]),
            lexicon: vec![0.0; roles],
            rest: Vec::new(),
            intercept: of(&combination.intercept),
        };
        for (input, weights) in
            Input::all(view, question, roles).into_iter().zip(&combination.weights)
        {
            let weight = of(weights);
            match input {
                Input::Channel(channel, role) => parts.roles[channel as usize][role] = weight,
                Input::Scope(channel, role) => parts.scope[channel as usize][role] += weight,
                Input::BestScope(view) => {
                    let best = scores.best_role(view);
                    for &channel in view.channels() {
                        parts.scope[channel as usize][best] += weight;
                    }
                }
                Input::Lexicon(role) => parts.lexicon[role] = weight / LEXICON_SCALE,
                other => parts.rest.push((other, weight)),
            }
        }
        parts
    }

    /// What a feature adds through the counts.
    pub(crate) fn learned(&self, model: &Model, scores: &Scores, feature: &Feature) -> f64 {
        let Some((cell, weights)) = model.feature(feature.channel, feature.key) else { return 0.0 };
        let channel = feature.channel as usize;
        let sums = &scores.channels[channel];
        let roles = self.roles[channel].len();
        let mut sum = 0.0;
        if cell.tells_roles_apart() {
            let dot: f64 =
                self.roles[channel].iter().zip(&weights[..roles]).map(|(a, b)| a * b).sum();
            sum += dot / divisor(sums.role_features);
        }
        let dot: f64 = self.scope[channel].iter().zip(&weights[roles..]).map(|(a, b)| a * b).sum();
        sum + dot / divisor(sums.scope_features)
    }

    /// What a feature adds through the lexicon's own weights.
    pub(crate) fn lexicon(&self, model: &Model, scores: &Scores, feature: &Feature) -> f64 {
        if feature.channel != Channel::Skills {
            return 0.0;
        }
        let Some(weights) = model.lexicon_weights(feature.key) else { return 0.0 };
        let dot: f64 = self.lexicon.iter().zip(weights).map(|(a, b)| a * b).sum();
        dot / divisor(scores.lexicon.role_features)
    }

    /// What each feature of a posting adds, in the order of its features.
    pub(crate) fn all(&self, model: &Model, scores: &Scores, evidence: &Evidence) -> Vec<f64> {
        let add = |f| self.learned(model, scores, f) + self.lexicon(model, scores, f);
        evidence.features().iter().map(add).collect()
    }
}
