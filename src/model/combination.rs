//! Channel scores to probabilities: logistic regression (linfa-logistic), fitted on scores from
//! models that never saw the posting's organisation, which is what calibrates it (stacking,
//! Wolpert 1992).

use super::inputs::{Input, Question, View};
use super::scores::Scores;
use crate::evidence::Channel;
use linfa::DatasetBase;
use linfa::prelude::Fit;
use linfa_logistic::{MultiFittedLogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// Intercept of a class that no row has: its probability is 0.
const ABSENT: f64 = -1e9;
/// What the lexicon's score counts where nothing else is known.
const LEXICON_WEIGHT: f64 = 4.0;
/// Labelled rows that the lexicon alone stands for.
const LEXICON_ROWS: f64 = 100.0;

/// Strength of the L2 penalty on the weights, for each question.
fn penalty(question: Question) -> f64 {
    match question {
        Question::Role => 3.0,
        Question::Scope => 10.0,
    }
}

/// Norms of the gradient at which a fit may end, over the sum of the rows: the first that works.
const GRADIENTS: [f64; 4] = [1e-3, 1e-2, 1e-1, 1.0];

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
    /// probability 0; without any row it is that of the lexicon.
    pub(crate) fn fit(
        view: View,
        question: Question,
        rows: &[(&Scores, usize)],
        sizes: [usize; 2],
    ) -> Result<Self, linfa_logistic::error::Error> {
        if rows.is_empty() {
            return Ok(Self::of_lexicon(view, question, sizes));
        }
        let inputs = Input::all(view, question, sizes);
        let classes = if question == Question::Role { sizes[0] } else { 2 };
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
        let mut x =
            Array2::from_shape_fn((rows.len(), inputs.len()), |(i, j)| inputs[j].value(rows[i].0));
        let scales = standardise(&mut x);
        let y: Array1<usize> = rows.iter().map(|r| r.1).collect();
        let model = minimise(&DatasetBase::new(x, y), penalty(question))?;
        for (column, &class) in model.classes().iter().enumerate() {
            fitted.intercept[class] = model.intercept()[column];
            for (input, (mean, deviation)) in scales.iter().enumerate() {
                let weight = model.params()[[input, column]] / deviation;
                fitted.weights[input][class] = weight;
                fitted.intercept[class] -= weight * mean;
            }
        }
        if question == Question::Role {
            fitted.held_near(&Self::of_lexicon(view, question, sizes), rows.len(), LEXICON_ROWS);
        }
        Ok(fitted)
    }

    /// The mean of this combination and a prior one, each weighted by the rows it stands for: with
    /// few rows the prior decides. A class that no row has stays absent.
    fn held_near(&mut self, prior: &Self, rows: usize, prior_rows: f64) {
        let share = rows as f64 / (rows as f64 + prior_rows);
        let mean = |own: &mut f64, prior: &f64| *own = share * *own + (1.0 - share) * prior;
        let weights = self.weights.iter_mut().flatten().zip(prior.weights.iter().flatten());
        weights.for_each(|(own, prior)| mean(own, prior));
        let present = self.intercept.iter_mut().zip(&prior.intercept).filter(|(b, _)| **b > ABSENT);
        present.for_each(|(own, prior)| mean(own, prior));
    }

    /// The one of a model without labelled rows: the lexicon's score and the share of the mentions for
    /// the role; names and skills for the scope. Set by hand, and so not calibrated.
    pub(crate) fn of_lexicon(view: View, question: Question, sizes: [usize; 2]) -> Self {
        let [roles, _] = sizes;
        let classes = if question == Question::Role { roles } else { 2 };
        let of_input = |input: &Input| {
            let mut weights = vec![0.0; classes];
            match (question, *input) {
                (Question::Role, Input::Lexicon(role)) => weights[role] = LEXICON_WEIGHT,
                (Question::Role, Input::MentionShare(name)) if name < roles => weights[name] = 1.0,
                (Question::Scope, Input::MentionCount(name)) if name < roles => weights[0] = 1.5,
                (Question::Scope, Input::Count(Channel::Skills)) => weights[0] = 1.0,
                _ => {}
            }
            weights
        };
        let weights = Input::all(view, question, sizes).iter().map(of_input).collect();
        let intercept = match question {
            Question::Role => vec![0.0; classes],
            Question::Scope => vec![-4.0, 0.0],
        };
        Self { view, question, weights, intercept }
    }

    /// The one for a view and a question; every model has all four.
    pub(crate) fn of(all: &[Self], view: View, question: Question) -> &Self {
        let fits = |c: &&Self| (c.view, c.question) == (view, question);
        all.iter().find(fits).expect("a checked model has every combination")
    }

    /// The probability of each class.
    pub(crate) fn probabilities(&self, scores: &Scores) -> Vec<f64> {
        softmax(&self.logits(scores))
    }

    /// The score of each class, in nats: intercept plus weight times input, input by input.
    pub(crate) fn logits(&self, scores: &Scores) -> Vec<f64> {
        let mut logits = self.intercept.clone();
        let inputs = Input::all(self.view, self.question, scores.sizes());
        for (input, weights) in inputs.iter().zip(&self.weights) {
            let value = input.value(scores);
            logits.iter_mut().zip(weights).for_each(|(l, w)| *l += w * value);
        }
        logits
    }
}

/// Brings each column to mean 0 and standard deviation 1, and says what they were: the penalty then
/// weighs on all inputs alike, and linfa-logistic, whose logarithm of a sum of exponentials takes the
/// largest of all rows together, stays accurate. A constant column becomes 0.
fn standardise(x: &mut Array2<f64>) -> Vec<(f64, f64)> {
    let rows = x.nrows() as f64;
    let columns = x.columns_mut().into_iter().map(|mut column| {
        let mean = column.sum() / rows;
        let variance = column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / rows;
        let deviation = if variance > 0.0 { variance.sqrt() } else { 1.0 };
        column.mapv_inplace(|v| (v - mean) / deviation);
        (mean, deviation)
    });
    columns.collect()
}

/// Fits by L-BFGS. Close to the minimum its line search can fail on rounding errors of the sum over
/// the rows, so the gradient need only be as small as it can get.
fn minimise(
    rows: &DatasetBase<Array2<f64>, Array1<usize>>,
    penalty: f64,
) -> Result<MultiFittedLogisticRegression<f64, usize>, linfa_logistic::error::Error> {
    let fit = |tolerance| {
        let settings = MultiLogisticRegression::default().alpha(penalty).max_iterations(200);
        settings.gradient_tolerance(tolerance).fit(rows)
    };
    let mut fitted = fit(GRADIENTS[0]);
    for tolerance in &GRADIENTS[1..] {
        if fitted.is_ok() {
            break;
        }
        fitted = fit(*tolerance);
    }
    fitted
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
