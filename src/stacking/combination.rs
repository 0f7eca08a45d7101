//! Channel scores to probabilities: logistic regression, fitted on scores from models that never saw
//! the posting's organisation, which is what calibrates it (stacking, Wolpert 1992).

use super::inputs::{CombinationInput, Question, View};
use super::logistic::{self, Rows};
use crate::bayes::scores::Scores;
use crate::evidence::Channel;
use crate::roles::{OTHER, RoleSet};
use ndarray::{Array2, ShapeBuilder};
use serde::{Deserialize, Serialize};

/// Intercept of a class that no row has: its probability is 0.
const ABSENT: f64 = -1e9;
/// What the lexicon's score counts where nothing else is known.
const LEXICON_WEIGHT: f64 = 4.0;
/// Labelled rows that the lexicon alone stands for, and the text alone where titles are read.
const LEXICON_ROWS: f64 = 100.0;

/// Strength of the L2 penalty on the weights, for each question.
fn penalty(question: Question) -> f64 {
    match question {
        Question::Role => 3.0,
        Question::Scope => 10.0,
    }
}

/// No fit gives a larger weight or intercept, and scores stay finite with them.
const LARGEST: f64 = 1e12;

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

/// A row that a combination is fitted to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FitRow<'a> {
    /// The values of the inputs.
    pub(crate) values: &'a [f64],
    pub(crate) class: usize,
    /// How often it counts.
    pub(crate) times: u16,
}

impl Combination {
    /// Fits to rows of inputs, made of held-out scores, and their classes. A class with no row gets the
    /// probability 0; without any row it is that of the lexicon. `start` is where the search begins. With a base
    /// it is shrunk towards that of the base, in proportion to the rows, and is that as long as a class has no row.
    /// Without one, the combination of title and text is shrunk towards that of the text, `text`.
    pub(crate) fn fit(
        (view, question): (View, Question),
        rows: &[FitRow],
        sizes: [usize; 2],
        base: Option<(&Self, f64)>,
        start: Option<&[Self]>,
        text: Option<&Self>,
    ) -> Self {
        let classes = if question == Question::Role { sizes[0] } else { 2 };
        if let Some((combination, _)) = base
            && (0..classes).any(|class| rows.iter().all(|row| row.class != class))
        {
            return combination.clone();
        }
        if rows.is_empty() {
            return Self::of_lexicon(view, question, sizes);
        }
        let inputs = CombinationInput::all(view, question, sizes);
        let mut fitted = Self {
            view,
            question,
            weights: vec![vec![0.0; classes]; inputs.len()],
            intercept: vec![ABSENT; classes],
        };
        let mut present: Vec<usize> = rows.iter().map(|r| r.class).collect();
        present.sort_unstable();
        present.dedup();
        if let [only] = present.as_slice() {
            fitted.intercept[*only] = 0.0;
            return fitted;
        }
        let columns = (rows.len(), inputs.len()).f();
        let x = Array2::from_shape_fn(columns, |(i, j)| rows[i].values[j]);
        let index_of = |class| present.iter().position(|&c| c == class).expect("it is of a row");
        let classes = rows.iter().map(|r| index_of(r.class)).collect();
        let times = rows.iter().map(|r| f64::from(r.times)).collect();
        let start = start.map(|all| Self::of(all, view, question).of_classes(&present));
        let weights = logistic::fit(Rows { x, classes, times }, penalty(question), start);
        for (of_class, &class) in weights.rows().into_iter().zip(&present) {
            let to = fitted.weights.iter_mut().chain([&mut fitted.intercept]);
            to.zip(of_class).for_each(|(to, weight)| to[class] = *weight);
        }
        if let Some((combination, base_rows)) = base {
            fitted.shrink_towards(combination, rows.len(), base_rows);
        } else if let Some(text) = text {
            fitted.shrink_towards(&text.without_title(view, sizes), rows.len(), LEXICON_ROWS);
        } else if question == Question::Role {
            fitted.shrink_towards(
                &Self::of_lexicon(view, question, sizes),
                rows.len(),
                LEXICON_ROWS,
            );
        }
        fitted
    }

    /// Its weights by these classes and by input, last the intercepts.
    fn of_classes(&self, classes: &[usize]) -> Array2<f64> {
        let shape = (classes.len(), self.weights.len() + 1);
        Array2::from_shape_fn(shape, |(row, input)| {
            self.weights.get(input).unwrap_or(&self.intercept)[classes[row]]
        })
    }

    /// Whether there is a row of every class that it gives a probability.
    pub(crate) fn is_covered(&self, rows: &[FitRow]) -> bool {
        let has = |class: usize| rows.iter().any(|row| row.class == class);
        (0..self.intercept.len()).all(|class| self.intercept[class] <= ABSENT || has(class))
    }

    /// The mean of this combination and a prior one, each weighted by the rows it stands for: with
    /// few rows the prior decides. A class that no row has stays absent.
    fn shrink_towards(&mut self, prior: &Self, rows: usize, prior_rows: f64) {
        let share = rows as f64 / (rows as f64 + prior_rows);
        let mean = |own: &mut f64, prior: &f64| *own = share * *own + (1.0 - share) * prior;
        let weights = self.weights.iter_mut().flatten().zip(prior.weights.iter().flatten());
        weights.for_each(|(own, prior)| mean(own, prior));
        let present = self.intercept.iter_mut().zip(&prior.intercept).filter(|(b, _)| **b > ABSENT);
        present.for_each(|(own, prior)| mean(own, prior));
    }

    /// This combination of the text as one of a view that also reads titles, which say nothing.
    pub(crate) fn without_title(&self, view: View, sizes: [usize; 2]) -> Self {
        let mut of_text = self.weights.iter();
        let none = vec![0.0; self.intercept.len()];
        let weights = CombinationInput::all(view, self.question, sizes).into_iter().map(|input| {
            let own = (!input.is_of_title()).then(|| of_text.next()).flatten();
            own.unwrap_or(&none).clone()
        });
        let weights = weights.collect();
        Self { view, question: self.question, weights, intercept: self.intercept.clone() }
    }

    /// The one of a model without labelled rows: the lexicon's score and the share of the mentions for
    /// the role; names and skills for the scope. Set by hand, and so not calibrated.
    pub(crate) fn of_lexicon(view: View, question: Question, sizes: [usize; 2]) -> Self {
        let [roles, _] = sizes;
        let classes = if question == Question::Role { roles } else { 2 };
        let of_input = |input: &CombinationInput| {
            let mut weights = vec![0.0; classes];
            match (question, *input) {
                (Question::Role, CombinationInput::Lexicon(role)) => weights[role] = LEXICON_WEIGHT,
                (Question::Role, CombinationInput::MentionShare(name)) if name < roles => {
                    weights[name] = 1.0;
                }
                (Question::Scope, CombinationInput::MentionCount(name)) if name < roles => {
                    weights[0] = 1.5;
                }
                (Question::Scope, CombinationInput::Count(Channel::Skills)) => weights[0] = 1.0,
                _ => {}
            }
            weights
        };
        let weights = CombinationInput::all(view, question, sizes).iter().map(of_input).collect();
        let intercept = match question {
            Question::Role => vec![0.0; classes],
            Question::Scope => vec![-4.0, 0.0],
        };
        Self { view, question, weights, intercept }
    }

    /// Whether its numbers fit a model of so many roles and classes.
    pub(crate) fn fits(&self, sizes: [usize; 2]) -> bool {
        let classes = if self.question == Question::Role { sizes[0] } else { 2 };
        self.weights.len() == CombinationInput::all(self.view, self.question, sizes).len()
            && self.weights.iter().chain([&self.intercept]).all(|w| w.len() == classes)
            && self.weights.iter().flatten().chain(&self.intercept).all(|w| w.abs() <= LARGEST)
    }

    /// The one for a view and a question; every model has all four.
    pub(crate) fn of(all: &[Self], view: View, question: Question) -> &Self {
        let fits = |c: &&Self| (c.view, c.question) == (view, question);
        all.iter().find(fits).expect("a checked model has every combination")
    }

    /// Its weights, with the names of their inputs and classes.
    pub(crate) fn named(&self, roles: &RoleSet, families: &[String]) -> Vec<(String, String, f64)> {
        let classes: Vec<&str> = match self.question {
            Question::Role => roles.iter().map(|r| r.id.as_str()).collect(),
            Question::Scope => vec!["in scope", OTHER],
        };
        let inputs = CombinationInput::all(
            self.view,
            self.question,
            [roles.len(), roles.len() + families.len()],
        );
        let named = inputs.iter().zip(&self.weights).flat_map(|(input, weights)| {
            let name = input.name(roles, families);
            let of_class =
                move |(class, weight): (&&str, &f64)| (name.clone(), (*class).to_owned(), *weight);
            classes.iter().zip(weights).map(of_class)
        });
        named.collect()
    }

    /// The probability of each class.
    pub(crate) fn probabilities(&self, scores: &Scores) -> Vec<f64> {
        softmax(self.logits(scores))
    }

    /// The score of each class, in nats: intercept plus weight times input, input by input.
    pub(crate) fn logits(&self, scores: &Scores) -> Vec<f64> {
        let mut logits = self.intercept.clone();
        let mut weights = self.weights.iter();
        CombinationInput::each_value(self.view, self.question, scores, |value| {
            let weights = weights.next().into_iter().flatten();
            logits.iter_mut().zip(weights).for_each(|(l, w)| *l += w * value);
        });
        logits
    }
}

/// exp(x) over its sum, without overflow.
pub(crate) fn softmax(mut logits: Vec<f64>) -> Vec<f64> {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for logit in &mut logits {
        *logit = (*logit - most).exp();
    }
    let sum: f64 = logits.iter().sum();
    for exp in &mut logits {
        *exp /= sum;
    }
    logits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softmax_bears_any_size() {
        assert_eq!(softmax(vec![-2000.0, -2000.0]), [0.5, 0.5]);
        assert_eq!(softmax(vec![f64::NEG_INFINITY, 3.0]), [0.0, 1.0]);
    }

    #[test]
    fn a_search_may_begin_far_off() {
        let sizes = [3, 16];
        let (view, question) = (View::Text, Question::Scope);
        let inputs = CombinationInput::all(view, question, sizes).len();
        let rows: Vec<Vec<f64>> = (0..40)
            .map(|row| (0..inputs).map(|input| (row * (input + 3) % 7) as f64).collect())
            .collect();
        let row = |(i, values): (usize, &Vec<f64>)| (i % 2, values.clone());
        let rows: Vec<(usize, Vec<f64>)> = rows.iter().enumerate().map(row).collect();
        let rows: Vec<FitRow> =
            rows.iter().map(|(class, values)| FitRow { values, class: *class, times: 1 }).collect();
        let fit = |start: Option<&[Combination]>| {
            Combination::fit((view, question), &rows, sizes, None, start, None).of_classes(&[0, 1])
        };
        let from_nothing = fit(None);
        let far = [LARGEST, -LARGEST, f64::NAN].map(|weight| {
            let mut start = Combination::of_lexicon(view, question, sizes);
            start.weights.iter_mut().for_each(|weights| weights[0] = weight);
            start
        });
        for start in far {
            let off = fit(Some(&[start])) - &from_nothing;
            assert!(off.iter().all(|w| w.abs() < 1e-6), "{off}");
        }
    }
}
