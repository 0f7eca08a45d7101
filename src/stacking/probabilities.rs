//! What combinations make of the scores of a posting.

use crate::bayes::scores::Scores;
use crate::stacking::combination::Combination;
use crate::stacking::inputs::{Question, View};
use serde::{Deserialize, Serialize};

/// What a model says of one posting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Probabilities {
    /// Of each role, given that it is one of them; sum 1.
    pub closed: Vec<f64>,
    /// That it is one of the roles at all.
    pub in_scope: f64,
}

impl Probabilities {
    pub(crate) fn new(combinations: &[Combination], view: View, scores: &Scores) -> Self {
        let view = view.of(scores);
        let of = |question| {
            if scores.lexicon_only {
                return Combination::of_lexicon(view, question, scores.sizes())
                    .probabilities(scores);
            }
            Combination::of(combinations, view, question).probabilities(scores)
        };
        Self { closed: of(Question::Role), in_scope: of(Question::Scope)[0] }
    }

    /// Of each role and then of `other`; sum 1.
    pub fn open(&self) -> Vec<f64> {
        let roles = self.closed.iter().map(|p| p * self.in_scope);
        roles.chain([1.0 - self.in_scope]).collect()
    }
}
