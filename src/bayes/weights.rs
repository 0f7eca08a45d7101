//! Naive Bayes weights from counts.
//!
//! The classes are the roles and the families of other jobs. In each channel separately, a feature `f` has for class
//! `k` the weight
//!
//! ```text
//! w(f,k) = ln(m(f,k) + ALPHA) - ln(sum over g of (m(g,k) + ALPHA))
//! m(f,k) = M * (n(f,k) + B * b(f)) / (N(k) + B)  +  LEXICON * l(f,k)
//! ```
//!
//! where `n(f,k)` counts the postings of class `k` with `f`, `N(k)` is its sum over the channel, `b(f)` the mean of
//! `n(f,j) / N(j)` over the classes, `B` the smallest `N` above 0 times BACKGROUND, `M` the geometric mean of the
//! smallest and the largest `N`, and `l` the weight of a lexicon entry. This is multinomial naive Bayes on binary
//! counts (Nigam et al. 2000) with a Dirichlet prior: a class with few postings is shrunk towards the mean of all
//! classes, a class with many hardly at all; then every class gets the same total `M`, so that a rare role is not
//! outweighed. Natural logarithms throughout. The weights are centred, less their mean over the classes, and rounded to
//! 1024ths of a nat: sums of them are then exact, and the same in any order.

#![expect(clippy::inline_always, reason = "compiled for each instruction set")]

use crate::bayes::ln::ln;
use crate::evidence::Channel;
use fearless_simd::{Level, dispatch};
use linfa::DatasetBase;
use linfa::prelude::Fit;
use linfa_bayes::{MultinomialNb, MultinomialNbParams, NaiveBayesError};
use ndarray::{Array1, Array2};
use serde::Deserialize;
use std::collections::HashMap;

/// Added to every count (Lidstone smoothing).
pub(crate) const ALPHA: f64 = 0.5;
/// Weight of the prior, the mean distribution of the classes, as a multiple of the smallest class total.
pub(crate) const BACKGROUND: f64 = 10.0;
/// Pseudo-count of a lexicon weight of 1.
pub(crate) const LEXICON: f64 = 0.3;

/// Sums over the features of one channel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClassTotals {
    /// Sum of the counts, by class.
    pub(crate) counted: Vec<u64>,
    /// Number of features.
    pub(crate) features: u64,
    /// Sum of the lexicon weights, by class.
    pub(crate) lexicon: Vec<f64>,
}

impl ClassTotals {
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

    /// Removes a feature.
    pub(crate) fn remove(&mut self, counts: &[u32], lexicon: &[f64]) {
        self.features -= 1;
        self.counted.iter_mut().zip(counts).for_each(|(m, &n)| *m -= u64::from(n));
        self.lexicon.iter_mut().zip(lexicon).for_each(|(m, l)| *m -= l);
    }

    /// The smallest total of a class that has any postings.
    fn smallest(&self) -> f64 {
        self.counted.iter().copied().filter(|&total| total > 0).min().unwrap_or(1) as f64
    }

    /// What the weights of all features have in common.
    pub(crate) fn normalisers(&self) -> Normalisers {
        let largest = self.counted.iter().copied().max().unwrap_or(0).max(1);
        let common = (self.smallest() * largest as f64).sqrt();
        let background = BACKGROUND * self.smallest();
        // The relative frequencies of a class sum to 1, unless it has no postings.
        let present = self.counted.iter().filter(|&&total| total > 0).count();
        let shares = present as f64 / self.counted.len() as f64;
        let totals = self.counted.iter().zip(&self.lexicon).map(|(&counted, lexicon)| {
            let counted = counted as f64;
            let total = common * (counted + background * shares) / (counted + background)
                + LEXICON * lexicon
                + ALPHA * self.features as f64;
            total.ln()
        });
        Normalisers {
            background,
            shares: self.counted.iter().map(|&total| (total.max(1) as f64).recip()).collect(),
            factors: self
                .counted
                .iter()
                .map(|&total| common / (total as f64 + background))
                .collect(),
            totals: totals.collect(),
        }
    }
}

/// What the weights of all features of a channel have in common.
#[derive(Debug, Clone)]
pub(crate) struct Normalisers {
    /// The weight of the prior, `B` above.
    background: f64,
    /// `1 / N(k)` above, by class.
    shares: Vec<f64>,
    /// `M / (N(k) + B)` above, by class.
    factors: Vec<f64>,
    /// Logarithms of the sums of the smoothed counts, by class.
    totals: Vec<f64>,
}

impl Normalisers {
    /// The shrunk counts of a feature, `m(f,k)` above, by class. `lexicon` may be empty.
    #[inline(always)]
    pub(crate) fn shrunk_counts(&self, counts: &[u32], lexicon: &[f64], out: &mut [f64]) {
        let shares = counts.iter().zip(&self.shares).map(|(&n, share)| f64::from(n) * share);
        let background = self.background * (shares.sum::<f64>() / out.len() as f64);
        for ((count, &n), factor) in out.iter_mut().zip(counts).zip(&self.factors) {
            *count = factor * (f64::from(n) + background);
        }
        for (count, weight) in out.iter_mut().zip(lexicon) {
            *count += LEXICON * weight;
        }
    }

    /// The centred weights of a feature, by class. `lexicon` may be empty.
    #[inline(always)]
    pub(crate) fn weights(&self, counts: &[u32], lexicon: &[f64], out: &mut [f64]) {
        self.shrunk_counts(counts, lexicon, out);
        for (weight, total) in out.iter_mut().zip(&self.totals) {
            *weight = ln(*weight + ALPHA) - total;
        }
        centre(out);
    }
}

/// The centred weights of features (features x classes), each from its normalisers, counts and lexicon weights: as
/// [`Normalisers::weights`], vectorised for the instruction set of the processor.
pub(crate) fn weigh<'a>(
    features: impl Iterator<Item = (&'a Normalisers, &'a [u32], &'a [f64])>,
    out: &mut [f64],
    classes: usize,
) {
    dispatch!(Level::new(), _level => {
        for ((normalisers, counts, lexicon), out) in features.zip(out.chunks_exact_mut(classes)) {
            normalisers.weights(counts, lexicon, out);
        }
    });
}

/// Steps per nat: weights are multiples of one over this.
pub(crate) const STEPS: f64 = 1024.0;
/// Of a number this large the last bit is one step: adding and subtracting it rounds to steps.
const ROUNDER: f64 = 1.5 * (1u64 << 52) as f64 / STEPS;
/// The largest weight, in nats, so that each fits in 16 bits.
pub(crate) const LARGEST: f64 = 31.0;

/// The smallest largest absolute weight of a selected phrase, in nats. Few reach it: of the 26,158 of the embedded
/// model, about a hundred. The others cost time and add little to their words. Chosen from 0 to 2 on the rows of the
/// first edition.
const LEAST_PHRASE_WEIGHT: f64 = 1.75;

/// Whether a feature with these weights, by class, is selected for scoring.
pub(crate) fn is_selected(channel: Channel, mut weights: impl Iterator<Item = f64>) -> bool {
    channel != Channel::Phrases || weights.any(|weight| weight.abs() >= LEAST_PHRASE_WEIGHT)
}

/// Subtracts the mean of weights, clamps and rounds them.
#[inline(always)]
pub(crate) fn centre(weights: &mut [f64]) {
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    for weight in weights {
        *weight = ((*weight - mean).clamp(-LARGEST, LARGEST) + ROUNDER) - ROUNDER;
    }
}

/// A naive Bayes model fitted by linfa-bayes, in its serialised form.
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

/// Fits naive Bayes to the shrunk counts of all features of a channel (classes x features).
///
/// The parameters depend only on the sum of the rows of each class, so one row a class with that sum gives the same
/// parameters as all rows.
pub(crate) fn fit(counts: Array2<f64>) -> Result<MultinomialNb<f64, usize>, NaiveBayesError> {
    let targets = Array1::from_iter(0..counts.nrows());
    MultinomialNbParams::new().alpha(ALPHA).fit(&DatasetBase::new(counts, targets))
}

/// The log-probabilities of a fitted model, by class, then by feature.
pub(crate) fn log_probabilities(model: &MultinomialNb<f64, usize>) -> Vec<Array1<f64>> {
    let bytes = postcard::to_stdvec(model).expect("a fitted model can be serialised");
    let mut fitted: Fitted = postcard::from_bytes(&bytes).expect("what was written can be read");
    let of_class = |class| fitted.classes.remove(&class).map(|c| c.feature_log_prob);
    (0..).map_while(of_class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use linfa::prelude::Predict;
    use proptest::prelude::*;

    const FEATURES: usize = 12;
    /// Rounding error of ours.
    const TOLERANCE: f64 = FEATURES as f64 / STEPS;

    /// Rows of 0 and 1 with the index of their class.
    fn documents() -> impl Strategy<Value = Vec<(Vec<u32>, usize)>> {
        let row = (prop::collection::vec(0..2u32, FEATURES), 0..3usize);
        prop::collection::vec(row, 3..40)
    }

    fn sums(documents: &[(Vec<u32>, usize)]) -> Vec<Vec<u32>> {
        let count =
            |f: usize, k: usize| documents.iter().filter(|d| d.1 == k).map(|d| d.0[f]).sum();
        (0..FEATURES).map(|f| (0..3).map(|k| count(f, k)).collect()).collect()
    }

    proptest! {
        #[test]
        fn our_scores_are_linfas_parameters_times_the_row(documents in documents(), pseudo in 0.0..9.0) {
            let counts = sums(&documents);
            let lexicon = |f: usize| if f == 0 { vec![pseudo, 0.0, 1.0] } else { Vec::new() };
            let mut totals = ClassTotals::new(3);
            for (f, counts) in counts.iter().enumerate() {
                totals.add(counts, &lexicon(f));
            }
            let normalisers = totals.normalisers();
            let mut shrunk = Array2::zeros((3, FEATURES));
            let mut ours = vec![vec![0.0; 3]; FEATURES];
            for (f, counts) in counts.iter().enumerate() {
                let mut column = [0.0; 3];
                normalisers.shrunk_counts(counts, &lexicon(f), &mut column);
                (0..3).for_each(|k| shrunk[[k, f]] = column[k]);
                normalisers.weights(counts, &lexicon(f), &mut ours[f]);
            }
            let entry = lexicon(0);
            let weighed = counts.iter().enumerate().map(|(f, counts)| {
                (&normalisers, counts.as_slice(), if f == 0 { entry.as_slice() } else { &[] })
            });
            let mut at_once = vec![0.0; 3 * FEATURES];
            weigh(weighed, &mut at_once, 3);
            prop_assert_eq!(at_once, ours.concat());
            let model = fit(shrunk).expect("the counts are sound");
            let parameters = log_probabilities(&model);
            for (row, _) in &documents {
                let dense: Array1<f64> = row.iter().map(|&n| f64::from(n)).collect();
                let theirs: Vec<f64> = parameters.iter().map(|p| p.dot(&dense)).collect();
                let mean = theirs.iter().sum::<f64>() / 3.0;
                let score = |k: usize| (0..FEATURES).filter(|&f| row[f] > 0).map(|f| ours[f][k]).sum::<f64>();
                for (k, theirs) in theirs.iter().enumerate() {
                    prop_assert!((score(k) - (theirs - mean)).abs() < TOLERANCE);
                }
                // linfa breaks ties by hash order: compare only where there is a winner.
                let best = crate::metrics::top(&[score(0), score(1), score(2)]);
                let clear = (0..3).all(|k| k == best || score(best) - score(k) > TOLERANCE);
                let choice = model.predict(&dense.insert_axis(ndarray::Axis(0)))[0];
                prop_assert!(!clear || choice == best);
            }
        }

        #[test]
        fn one_row_a_class_fits_like_all_rows(documents in documents()) {
            let present: Vec<usize> = (0..3).filter(|k| documents.iter().any(|d| d.1 == *k)).collect();
            prop_assume!(present.len() == 3);
            let counts = sums(&documents);
            let summed = Array2::from_shape_fn((3, FEATURES), |(k, f)| f64::from(counts[f][k]));
            let rows = Array2::from_shape_fn((documents.len(), FEATURES), |(i, f)| f64::from(documents[i].0[f]));
            let targets: Array1<usize> = documents.iter().map(|d| d.1).collect();
            let all = MultinomialNbParams::new().alpha(ALPHA).fit(&DatasetBase::new(rows, targets));
            let all = log_probabilities(&all.expect("the rows are sound"));
            prop_assert_eq!(all, log_probabilities(&fit(summed).expect("the sums are sound")));
        }
    }
}
