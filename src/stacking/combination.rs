//! Channel scores to probabilities: logistic regression (linfa-logistic), fitted on scores from
//! models that never saw the posting's organisation, which is what calibrates it (stacking,
//! Wolpert 1992).

use crate::bayes::scores::Scores;
use crate::evidence::Channel;
use crate::roles::{OTHER, RoleSet};
use crate::stacking::inputs::{CombinationInput, Question, View};
use crate::stacking::newton::Loss;
use linfa::DatasetBase;
use linfa::prelude::Fit;
use linfa_logistic::error::Error;
use linfa_logistic::{LogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2, Axis, ShapeBuilder, stack};
use serde::{Deserialize, Serialize};

/// Intercept of a class that no row has: its probability is 0.
const ABSENT: f64 = -1e9;
/// A search does not begin with an intercept below this.
const LEAST_START: f64 = -10.0;
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

/// A column with a smaller deviation, as a share of its mean, is constant but for rounding: the mean of
/// equal numbers is not quite that number.
const CONSTANT: f64 = 1e-9;
/// No fit gives a larger weight or intercept, and scores stay finite with them.
const LARGEST: f64 = 1e12;

/// Norms of the gradient at which a fit may end, by row: the first that works.
const GRADIENTS: [f64; 3] = [1e-5, 1e-4, 1e-3];
const ITERATIONS: u64 = 200;

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
    ) -> Result<Self, Error> {
        let classes = if question == Question::Role { sizes[0] } else { 2 };
        if let Some((combination, _)) = base
            && (0..classes).any(|class| rows.iter().all(|row| row.class != class))
        {
            return Ok(combination.clone());
        }
        if rows.is_empty() {
            return Ok(Self::of_lexicon(view, question, sizes));
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
            return Ok(fitted);
        }
        // Column by column, as gradients are summed.
        let shape = (rows.len(), inputs.len()).f();
        let count = rows.len();
        let x = Array2::from_shape_fn(shape, |(i, j)| rows[i].values[j]);
        let y = rows.iter().map(|r| r.class).collect();
        let times = rows.iter().map(|r| f32::from(r.times)).collect();
        let rows = DatasetBase::new(x, y).with_weights(times);
        let from_nothing = |_: &[(f64, f64)]| shares(rows.targets(), &present, inputs.len());
        let known = start.map(|all| Self::of(all, view, question));
        let from_known = known
            .map(|c| minimise(&rows, penalty(question), |scales| c.scaled(scales, &present)))
            .and_then(Result::ok);
        // A search that begins too far off fails.
        let (params, scales) = match from_known {
            Some(minimum) => minimum,
            None => minimise(&rows, penalty(question), from_nothing)?,
        };
        let (weights, intercepts) = params.view().split_at(Axis(0), inputs.len());
        for (column, &class) in present.iter().enumerate() {
            fitted.intercept[class] = intercepts[[0, column]];
            for (input, (mean, deviation)) in scales.iter().enumerate() {
                let weight = weights[[input, column]] / deviation;
                fitted.weights[input][class] = weight;
                fitted.intercept[class] -= weight * mean;
            }
        }
        if let Some((combination, base_rows)) = base {
            fitted.held_near(combination, count, base_rows);
        } else if let Some(text) = text {
            fitted.held_near(&text.without_title(view, sizes), count, LEXICON_ROWS);
        } else if question == Question::Role {
            fitted.held_near(&Self::of_lexicon(view, question, sizes), count, LEXICON_ROWS);
        }
        Ok(fitted)
    }

    /// Its weights for these classes on inputs of this mean and deviation; last the intercepts.
    fn scaled(&self, scales: &[(f64, f64)], classes: &[usize]) -> Array2<f64> {
        let last = scales.len();
        let weight = |(input, column): (usize, usize)| {
            let class = classes[column];
            if input < last {
                return self.weights[input][class] * scales[input].1;
            }
            let moved = self.weights.iter().zip(scales).map(|(w, (mean, _))| w[class] * mean);
            f64::max(self.intercept[class] + moved.sum::<f64>(), LEAST_START)
        };
        Array2::from_shape_fn((last + 1, classes.len()), weight)
    }

    /// Whether there is a row of every class that it gives a probability.
    pub(crate) fn is_covered(&self, rows: &[FitRow]) -> bool {
        let has = |class: usize| rows.iter().any(|row| row.class == class);
        (0..self.intercept.len()).all(|class| self.intercept[class] <= ABSENT || has(class))
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

/// Where a search begins without anything known: no weights, and intercepts that give each class its
/// share of the rows.
fn shares(y: &Array1<usize>, classes: &[usize], inputs: usize) -> Array2<f64> {
    let share = |class: usize| y.iter().filter(|&&c| c == class).count() as f64 / y.len() as f64;
    Array2::from_shape_fn((inputs + 1, classes.len()), |(input, column)| {
        if input < inputs { 0.0 } else { share(classes[column]).ln() }
    })
}

/// Brings each column to mean 0 and a standard deviation, and says what it was shifted and divided by:
/// the penalty then weighs on all inputs alike. A constant column becomes 0. `times` is how often each row counts.
fn standardised(
    x: &Array2<f64>,
    times: &Array1<f64>,
    deviation: f64,
) -> (Array2<f64>, Vec<(f64, f64)>) {
    let (mut x, rows) = (x.clone(), times.sum());
    let columns = x.columns_mut().into_iter().map(|mut column| {
        let mean = column.dot(times) / rows;
        let squares = column.mapv(|v| (v - mean).powi(2));
        let own = (squares.dot(times) / rows).sqrt();
        let divisor = if own > CONSTANT * mean.abs() { own / deviation } else { 1.0 };
        column.mapv_inplace(|v| (v - mean) / divisor);
        (mean, divisor)
    });
    let scales = columns.collect();
    (x, scales)
}

/// Weights by input and class, last the intercepts; and the scales of the inputs.
type Minimum = (Array2<f64>, Vec<(f64, f64)>);

/// Fits by L-BFGS, with two classes from where Newton's method gets to.
///
/// The first step of the search is as long as the gradient. With several classes it can make logits so
/// large that linfa-logistic, which takes the largest of all rows together out of its sums of
/// exponentials, finds a cost that is not that of its gradient, and gives up. On inputs of a small
/// deviation the first step is small, and the search slower. Close to the minimum it can fail on
/// rounding errors of the sum over the rows; then the gradient need only be as small as it can get.
fn minimise(
    rows: &Rows,
    penalty: f64,
    start: impl Fn(&[(f64, f64)]) -> Array2<f64>,
) -> Result<Minimum, Error> {
    let times = rows.weights.mapv(f64::from);
    let fit = |deviation: f64, gradient: f64| {
        let (x, scales) = standardised(&rows.records, &times, deviation);
        let start = start(&scales);
        let search = if start.ncols() == 2 { search_two } else { search_several };
        let (penalty, gradient) = (penalty * deviation.powi(2), gradient * times.sum() * deviation);
        let rows = DatasetBase::new(x, rows.targets.clone()).with_weights(rows.weights.clone());
        Ok((search(&rows, penalty, gradient, &start)?, scales))
    };
    let small = times.sum().sqrt().recip();
    let mut fitted = fit(1.0, GRADIENTS[0]);
    for (deviation, gradient) in
        [(small, GRADIENTS[0])].into_iter().chain(GRADIENTS[1..].iter().map(|&g| (1.0, g)))
    {
        if fitted.is_ok() {
            break;
        }
        fitted = fit(deviation, gradient);
    }
    fitted
}

/// The weights are how often rows count.
type Rows = DatasetBase<Array2<f64>, Array1<usize>>;

/// The same rows, each as often as it counts: linfa-logistic knows no weights.
fn repeated(rows: &Rows) -> Rows {
    if rows.weights.iter().all(|&times| times <= 1.0) {
        return rows.clone();
    }
    let repeat = |(row, &times)| {
        std::iter::repeat(row).zip(0u16..).take_while(move |(_, n)| f32::from(*n) < times)
    };
    let places: Vec<usize> =
        rows.weights.iter().enumerate().flat_map(repeat).map(|(row, _)| row).collect();
    let shape = (places.len(), rows.records.ncols()).f();
    let records = Array2::from_shape_fn(shape, |(i, j)| rows.records[[places[i], j]]);
    DatasetBase::new(records, places.iter().map(|&place| rows.targets[place]).collect())
}

fn search_several(
    rows: &Rows,
    penalty: f64,
    gradient: f64,
    start: &Array2<f64>,
) -> Result<Array2<f64>, Error> {
    let settings = MultiLogisticRegression::default().alpha(penalty).max_iterations(ITERATIONS);
    let settings = settings.initial_params(start.clone()).gradient_tolerance(gradient);
    let fitted = settings.fit(&repeated(rows))?;
    let mut params = fitted.params().clone();
    params.push_row(fitted.intercept().view()).expect("one intercept a class");
    Ok(params)
}

/// Two classes have opposite weights, so that one set of them is enough: the same minimum, in half the
/// time.
fn search_two(
    rows: &Rows,
    penalty: f64,
    gradient: f64,
    start: &Array2<f64>,
) -> Result<Array2<f64>, Error> {
    let first = *rows.targets.iter().min().expect("there are rows");
    let times = rows.weights.mapv(f64::from);
    let of_first = rows.targets.iter().zip(&times).filter(|(class, _)| **class == first);
    let firsts: f64 = of_first.map(|(_, times)| times).sum();
    // linfa-logistic finds the weights of the commoner class.
    let sign = if 2.0 * firsts > times.sum() { 1.0 } else { -1.0 };
    let difference = (&start.column(0) - &start.column(1)) * sign;
    let y = rows.targets.mapv(|class| if class == first { sign } else { -sign });
    let loss = Loss { x: &rows.records, y: &y, times: &times, penalty: penalty / 2.0 };
    let difference = loss.nearer(difference, gradient);
    let settings = LogisticRegression::default().alpha(penalty / 2.0).max_iterations(ITERATIONS);
    let settings = settings.initial_params(difference).gradient_tolerance(gradient);
    let fitted = settings.fit(&repeated(rows))?;
    let sign = if fitted.labels().pos.class == first { 0.5 } else { -0.5 };
    let half = fitted.params().iter().copied().chain([fitted.intercept()]).map(|w| w * sign);
    let half: Array1<f64> = half.collect();
    Ok(stack![Axis(1), half, -&half])
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
        let fit = |start: &[Combination]| {
            Combination::fit((view, question), &rows, sizes, None, Some(start), None)
        };
        let far = [LARGEST, -LARGEST, f64::NAN].map(|weight| {
            let mut start = Combination::of_lexicon(view, question, sizes);
            start.weights.iter_mut().for_each(|weights| weights[0] = weight);
            start
        });
        for start in far {
            assert_eq!(fit(&[start]).expect("a fit").weights.len(), inputs);
        }
    }

    #[test]
    fn a_constant_column_becomes_zero() {
        // What no posting naming a role looks like.
        for rows in 1..200 {
            let (x, scales) =
                standardised(&Array2::from_elem((rows, 1), 0.25f64.ln()), &Array1::ones(rows), 1.0);
            assert!(x.iter().all(|v| v.abs() < 1e-9), "{rows} rows");
            assert!((scales[0].1 - 1.0).abs() < 1e-9);
        }
    }
}
