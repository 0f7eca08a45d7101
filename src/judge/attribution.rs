//! Attribution of a score to features. The score is linear in the features of a posting, so the
//! contributions add up to it.

use crate::bayes::scores::{Scores, divisor};
use crate::evidence::{Channel, Feature};
use crate::model::Model;
use crate::stacking::inputs::{CombinationInput, LEXICON_SCALE, Question, View};

/// A linear function of the inputs of the combination, as weights of channels, lexicon and other inputs.
#[derive(Debug, Clone)]
pub(crate) struct Attribution {
    /// Weight by channel and class.
    channels: [Vec<f64>; Channel::ALL.len()],
    /// Weight of the lexicon by role.
    lexicon: Vec<f64>,
    /// Inputs that are not sums over features, with their weights.
    pub(crate) other: Vec<(CombinationInput, f64)>,
    /// The intercept.
    pub(crate) intercept: f64,
}

impl Attribution {
    /// The attribution of `of`, a linear function of the class scores such as `|s| s[0] - s[1]`.
    pub(crate) fn new(
        model: &Model,
        scores: &Scores,
        view: View,
        question: Question,
        of: impl Fn(&[f64]) -> f64,
    ) -> Self {
        let [roles, classes] = scores.sizes();
        let combination = model.combination(view, question);
        let mut parts = Self {
            channels: std::array::from_fn(|_| vec![0.0; classes]),
            lexicon: vec![0.0; roles],
            other: Vec::new(),
            intercept: of(&combination.intercept),
        };
        let inputs = CombinationInput::all(view, question, scores.sizes());
        for (input, weights) in inputs.into_iter().zip(&combination.weights) {
            let weight = of(weights);
            match input {
                CombinationInput::Channel(channel, role) => {
                    parts.channels[channel as usize][role] += weight;
                }
                CombinationInput::Family(channels, class) => parts.add(channels, class, weight),
                CombinationInput::Margin(channels) => {
                    let (role, family) = scores.nearest(channels);
                    parts.add(channels, role, weight);
                    parts.add(channels, family, -weight);
                }
                CombinationInput::Lexicon(role) => parts.lexicon[role] = weight / LEXICON_SCALE,
                other => parts.other.push((other, weight)),
            }
        }
        parts
    }

    fn add(&mut self, channels: &[Channel], class: usize, weight: f64) {
        for &channel in channels {
            self.channels[channel as usize][class] += weight;
        }
    }

    /// Contribution of a feature through its naive Bayes weights.
    pub(crate) fn learned(&self, model: &Model, scores: &Scores, feature: &Feature) -> f64 {
        let Some(weights) = model.weights(feature.key) else { return 0.0 };
        let channel = feature.key.channel() as usize;
        let dot: f64 = self.channels[channel].iter().zip(weights).map(|(a, b)| a * b).sum();
        dot / divisor(scores.channels[channel].features)
    }

    /// Contribution of a feature through the weights of the lexicon.
    pub(crate) fn lexicon(&self, model: &Model, scores: &Scores, feature: &Feature) -> f64 {
        if feature.key.channel() != Channel::Skills {
            return 0.0;
        }
        let Some(weights) = model.lexicon_weights(feature.key) else { return 0.0 };
        let dot: f64 = self.lexicon.iter().zip(weights).map(|(a, b)| a * b).sum();
        dot / divisor(scores.lexicon.features)
    }
}
