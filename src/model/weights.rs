//! Counts to naive Bayes weights.
//!
//! Two questions are asked of the same counts: which of the roles is it, and is it a role at all
//! (all roles together against `other`). For each, and for each channel on its own, a feature `f`
//! has for class `k` the weight
//!
//! ```text
//! w(f,k) = ln(m(f,k) + ALPHA) - ln(sum over g of (m(g,k) + ALPHA))
//! m(f,k) = M * ( n(f,k) / N(k)  +  BACKGROUND * mean over j of n(f,j) / N(j) )  +  LEXICON * l(f,k)
//! ```
//!
//! where `n` counts the postings of a class that show `f`, `N(k)` is the sum of `n(f,k)` over the
//! channel, `M` the geometric mean of the smallest and the largest `N`, and `l` the weight of a
//! lexicon entry. This is multinomial naive Bayes on binary counts (McCallum and Nigam 1998) with
//! pseudo-counts: every class gets the same mass, so that a rare role is not drowned, and is drawn
//! towards what all classes have in common. Weights are kept centred: less their mean over the
//! classes. Natural logarithms throughout.

use super::counts::{Cell, Question};
use linfa::DatasetBase;
use linfa::prelude::Fit;
use linfa_bayes::{MultinomialNb, MultinomialNbParams, NaiveBayesError};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Added to every cell (Lidstone smoothing).
pub(crate) const ALPHA: f64 = 0.5;
/// Mass of the background distribution, as a share of the mass of a class.
pub(crate) const BACKGROUND: f64 = 1.0;
/// Pseudo-postings that a lexicon weight of 1 stands for.
pub(crate) const LEXICON: f64 = 0.3;

/// Sums over the features of one channel for one question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Masses {
    /// Sum of the counts, by class.
    pub(crate) counted: Vec<u64>,
    /// Number of features.
    pub(crate) features: u64,
    /// Sum of the lexicon weights, by class.
    pub(crate) lexicon: Vec<f64>,
}

/// The counts of a cell by the classes of a question; `two` is room for the two of scope.
pub(crate) fn classes<'a>(question: Question, cell: Cell<'a>, two: &'a mut [u32; 2]) -> &'a [u32] {
    let (other, roles) = cell.postings.split_last().expect("there is an outcome besides the roles");
    match question {
        Question::Role => roles,
        Question::Scope => {
            *two = [roles.iter().sum(), *other];
            two
        }
    }
}

impl Masses {
    /// No features yet.
    pub(crate) fn new(classes: usize) -> Self {
        Self { counted: vec![0; classes], features: 0, lexicon: vec![0.0; classes] }
    }

    /// Adds a feature.
    pub(crate) fn add(&mut self, counts: &[u32], lexicon: &[f64]) {
        self.features += 1;
        self.counted.iter_mut().zip(counts).for_each(|(m, &n)| *m += u64::from(n));
        self.lexicon.iter_mut().zip(lexicon).for_each(|(m, l)| *m += l);
    }

    /// Takes a feature away.
    pub(crate) fn remove(&mut self, counts: &[u32], lexicon: &[f64]) {
        self.features -= 1;
        self.counted.iter_mut().zip(counts).for_each(|(m, &n)| *m -= u64::from(n));
        self.lexicon.iter_mut().zip(lexicon).for_each(|(m, l)| *m -= l);
    }

    /// The mass that every class is scaled to.
    fn common(&self) -> f64 {
        let least = self.counted.iter().copied().min().unwrap_or(0).max(1);
        let most = self.counted.iter().copied().max().unwrap_or(0).max(1);
        (least as f64 * most as f64).sqrt()
    }

    /// The cells of a feature, `m(f,k)` above, by class. `lexicon` may be empty.
    pub(crate) fn cells(&self, counts: &[u32], lexicon: &[f64], out: &mut [f64]) {
        let common = self.common();
        let mut background = 0.0;
        for ((cell, &n), &mass) in out.iter_mut().zip(counts).zip(&self.counted) {
            *cell = f64::from(n) / mass.max(1) as f64;
            background += *cell;
        }
        background *= BACKGROUND / out.len() as f64;
        for (k, cell) in out.iter_mut().enumerate() {
            *cell =
                common * (*cell + background) + LEXICON * lexicon.get(k).copied().unwrap_or(0.0);
        }
    }

    /// The centred weights of a feature, by class. `lexicon` may be empty.
    pub(crate) fn weights(&self, counts: &[u32], lexicon: &[f64], out: &mut [f64]) {
        self.cells(counts, lexicon, out);
        let common = self.common();
        // The shares of a class sum to 1, unless it has no postings.
        let shares = |k: usize| f64::from(u8::from(self.counted[k] > 0));
        let background = BACKGROUND * (0..out.len()).map(shares).sum::<f64>() / out.len() as f64;
        for (k, weight) in out.iter_mut().enumerate() {
            let total = common * (shares(k) + background)
                + LEXICON * self.lexicon[k]
                + ALPHA * self.features as f64;
            *weight = (*weight + ALPHA).ln() - total.ln();
        }
        centre(out);
    }
}

pub(super) fn centre(weights: &mut [f64]) {
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    weights.iter_mut().for_each(|w| *w -= mean);
}

/// A naive Bayes model fitted by linfa-bayes, in the form its parameters are written down.
#[derive(Deserialize)]
struct Fitted {
    classes: HashMap<usize, FittedClass>,
}

#[derive(Deserialize)]
struct FittedClass {
    _class_count: usize,
    _prior: f64,
    _feature_count: Array1<f64>,
    feature_log_prob: Array1<f64>,
}

/// Fits naive Bayes to the cells of all features of a channel (classes x features).
///
/// Its parameters depend on the rows through the sum of each class alone, so one row a class with
/// that sum gives the parameters that all the rows would.
pub(crate) fn fit(cells: Array2<f64>) -> Result<MultinomialNb<f64, usize>, NaiveBayesError> {
    let targets = Array1::from_iter(0..cells.nrows());
    MultinomialNbParams::new().alpha(ALPHA).fit(&DatasetBase::new(cells, targets))
}

/// The log-probabilities of a fitted model: of each class, then of each feature.
pub(crate) fn log_probabilities(model: &MultinomialNb<f64, usize>) -> Vec<Array1<f64>> {
    let bytes = postcard::to_stdvec(model).expect("a fitted model can be written down");
    let mut fitted: Fitted = postcard::from_bytes(&bytes).expect("what was written can be read");
    let of_class = |class| fitted.classes.remove(&class).map(|c| c.feature_log_prob);
    (0..).map_while(of_class).collect()
}
