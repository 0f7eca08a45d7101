//! Channel scores to probabilities: logistic regression (linfa-logistic), fitted on scores from
//! models that never saw the posting's organisation, which is what calibrates it (stacking,
//! Wolpert 1992).

use super::counts::Question;
use super::inputs::{Input, View};
use super::scores::Scores;
use linfa::DatasetBase;
use linfa::prelude::Fit;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// Intercept of a class that no row has: its probability is 0.
const ABSENT: f64 = -1e9;

/// Strength of the L2 penalty on the weights, for each question.
fn penalty(question: Question) -> f64 {
    match question {
        Question::Role => 3.0,
        Question::Scope => 1.0,
    }
}

/// A fitted combination for one view and question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Combination {
    /// The view it is for.
    pub view: View,
    /// The question it answers.
    pub question: Question,
    /// By input, then by class: the roles, or (is a role, is another job).
    pub(crate) weights: Vec<Vec<f64>>,
    /// By class.
    pub(crate) intercept: Vec<f64>,
}

impl Combination {
    /// Fits to rows of held-out scores and their classes. A class with no row gets the
    /// probability 0.
    pub(crate) fn fit(
        view: View,
        question: Question,
        rows: &[(&Scores, usize)],
        classes: usize,
        roles: usize,
    ) -> Result<Self, linfa_logistic::error::Error> {
        let inputs = Input::all(view, question, roles);
        let mut fitted = Self {
            view,
            question,
            weights: vec![vec![0.0; classes]; inputs.len()],
            intercept: vec![ABSENT; classes],
        };
        let mut present: Vec<usize> = rows.iter().map(|r| r.1).collect();
        present.sort_unstable();
        present.dedup();
        if let [only] = present.as_slice() {
            fitted.intercept[*only] = 0.0;
            return Ok(fitted);
        }
        let x =
            Array2::from_shape_fn((rows.len(), inputs.len()), |(i, j)| inputs[j].value(rows[i].0));
        let y: Array1<usize> = rows.iter().map(|r| r.1).collect();
        let model = MultiLogisticRegression::default()
            .alpha(penalty(question))
            .max_iterations(200)
            .gradient_tolerance(1e-3)
            .fit(&DatasetBase::new(x, y))?;
        for (column, &class) in model.classes().iter().enumerate() {
            fitted.intercept[class] = model.intercept()[column];
            for (input, weights) in fitted.weights.iter_mut().enumerate() {
                weights[class] = model.params()[[input, column]];
            }
        }
        Ok(fitted)
    }

    /// The probability of each class.
    pub(crate) fn probabilities(&self, scores: &Scores, roles: usize) -> Vec<f64> {
        softmax(&self.logits(scores, roles))
    }

    /// The score of each class, in nats: intercept plus weight times input, input by input.
    pub(crate) fn logits(&self, scores: &Scores, roles: usize) -> Vec<f64> {
        let mut logits = self.intercept.clone();
        for (input, weights) in
            Input::all(self.view, self.question, roles).iter().zip(&self.weights)
        {
            let value = input.value(scores);
            logits.iter_mut().zip(weights).for_each(|(l, w)| *l += w * value);
        }
        logits
    }
}

/// exp(x) over its sum, without overflow.
pub(crate) fn softmax(logits: &[f64]) -> Vec<f64> {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exp: Vec<f64> = logits.iter().map(|l| (l - most).exp()).collect();
    let sum: f64 = exp.iter().sum();
    exp.iter().map(|e| e / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softmax_bears_any_size() {
        assert_eq!(softmax(&[-2000.0, -2000.0]), [0.5, 0.5]);
        assert_eq!(softmax(&[f64::NEG_INFINITY, 3.0]), [0.0, 1.0]);
    }
}
