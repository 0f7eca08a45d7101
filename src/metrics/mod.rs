//! Metrics of predictions: from probabilities and true classes.
//!
//! Written here because linfa's `ConfusionMatrix` swaps precision and recall when it is built the documented way, and
//! its F1 is not the mean of the classes' F1. Tested against hand-counted cases and scikit-learn.

mod difference;
mod intervals;

pub use difference::Difference;
pub(crate) use difference::MetricChange;
pub(crate) use intervals::LEAST_GROUPS;
pub use intervals::{Interval, Intervals, intervals, sums};

use serde::{Deserialize, Serialize};

/// Number of equally wide bins of the calibration error.
const BINS: usize = 10;

/// Metrics of one class. What its rows cannot tell is `None`: see [`figures`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassFigures {
    /// Name of the class.
    pub name: String,
    /// Rows of the class.
    pub rows: u64,
    /// Share of the rows predicted as the class that are of it; `None` if no row is predicted as it.
    pub precision: Option<f64>,
    /// Share of the rows of the class that are predicted as it; `None` if it has no rows.
    pub recall: Option<f64>,
    /// Harmonic mean of precision and recall; `None` if it has no rows.
    pub f1: Option<f64>,
}

/// Metrics of a set of predictions; all are `None` if there are no rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Rows.
    pub rows: u64,
    /// Unweighted mean of the F1 of the classes that have rows.
    pub macro_f1: Option<f64>,
    /// Share of rows predicted correctly.
    pub accuracy: Option<f64>,
    /// Mean of -ln of the probability of the true class, clipped to at least 1e-15; in nats.
    pub log_loss: Option<f64>,
    /// Mean squared distance between the probabilities and the one-hot truth, summed over the classes (Brier 1950): 0
    /// to 2.
    pub brier: Option<f64>,
    /// Expected calibration error: mean distance between confidence and accuracy over ten equally wide bins of
    /// confidence, weighted by rows (Naeini et al. 2015).
    pub calibration_error: Option<f64>,
    /// Largest share of rows, most confident first, with an accuracy of at least 95 %.
    pub coverage_at_95: Option<f64>,
    /// By class.
    pub classes: Vec<ClassFigures>,
    /// Rows by truth, then by prediction.
    pub confusion: Vec<Vec<u64>>,
}

/// Index of the most probable class; the first of equals.
pub fn top(probabilities: &[f64]) -> usize {
    let better =
        |best: usize, i: usize| if probabilities[i] > probabilities[best] { i } else { best };
    (1..probabilities.len()).fold(0, better)
}

/// Metrics of probabilities (rows x classes) against the indices of the true classes. A figure that no row tells of is
/// undefined, not 0: recall and F1 of a class without rows, which the mean of F1 leaves out, too, and all figures of no
/// rows.
///
/// # Panics
/// If `truths` is not as long as `probabilities`, or has a class beyond `names`.
pub fn figures(names: &[String], probabilities: &[Vec<f64>], truths: &[usize]) -> Figures {
    assert_eq!(probabilities.len(), truths.len(), "one truth a row");
    let (k, rows) = (names.len(), truths.len());
    let mut confusion = vec![vec![0; k]; k];
    let (mut log_loss, mut brier) = (0.0, 0.0);
    let mut confidences = Vec::with_capacity(rows);
    for (p, &truth) in probabilities.iter().zip(truths) {
        let predicted = top(p);
        confusion[truth][predicted] += 1;
        log_loss -= p[truth].max(1e-15).ln();
        brier += p
            .iter()
            .enumerate()
            .map(|(i, p)| (p - f64::from(u8::from(i == truth))).powi(2))
            .sum::<f64>();
        confidences.push((p[predicted], predicted == truth));
    }
    let classes: Vec<ClassFigures> =
        (0..k).map(|class| class_figures(&names[class], class, &confusion)).collect();
    let right: u64 = (0..k).map(|class| confusion[class][class]).sum();
    let mean = |sum: f64| (rows > 0).then(|| sum / rows as f64);
    Figures {
        rows: rows as u64,
        macro_f1: macro_f1(&classes),
        accuracy: mean(right as f64),
        log_loss: mean(log_loss),
        brier: mean(brier),
        calibration_error: calibration_error(&confidences),
        coverage_at_95: coverage(&confidences, 0.95),
        classes,
        confusion,
    }
}

fn class_figures(name: &str, class: usize, confusion: &[Vec<u64>]) -> ClassFigures {
    let right = confusion[class][class];
    let rows: u64 = confusion[class].iter().sum();
    let predicted: u64 = confusion.iter().map(|row| row[class]).sum();
    let share = |of: u64| (of > 0).then(|| right as f64 / of as f64);
    ClassFigures {
        name: name.to_owned(),
        rows,
        precision: share(predicted),
        recall: share(rows),
        f1: (rows > 0).then(|| (2 * right) as f64 / (rows + predicted) as f64),
    }
}

/// Unweighted mean of the F1 of the classes that have rows.
fn macro_f1(classes: &[ClassFigures]) -> Option<f64> {
    let defined: Vec<f64> = classes.iter().filter_map(|class| class.f1).collect();
    (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64)
}

/// Rows of similar confidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower edge of the confidence.
    pub(crate) from: f64,
    /// Rows.
    pub(crate) rows: u64,
    /// Mean confidence; `None` if there are no rows.
    pub(crate) confidence: Option<f64>,
    /// Share of the rows predicted correctly; `None` if there are no rows.
    pub(crate) accuracy: Option<f64>,
}

/// Reliability diagram: accuracy in ten equally wide bins of confidence, from (confidence, whether correct).
pub fn reliability(confidences: &[(f64, bool)]) -> Vec<Bin> {
    let edge = |bin: usize| bin as f64 / BINS as f64;
    let mut sums = [(0, 0.0, 0.0); BINS];
    for &(confidence, right) in confidences {
        let bin = &mut sums[(1..BINS).filter(|&bin| confidence >= edge(bin)).count()];
        *bin = (bin.0 + 1, bin.1 + confidence, bin.2 + f64::from(u8::from(right)));
    }
    let bin = |(bin, (rows, confidence, right)): (usize, (u64, f64, f64))| {
        let mean = |sum: f64| (rows > 0).then(|| sum / rows as f64);
        Bin { from: edge(bin), rows, confidence: mean(confidence), accuracy: mean(right) }
    };
    sums.into_iter().enumerate().map(bin).collect()
}

/// Expected calibration error, from (confidence, whether correct); `None` for no rows.
fn calibration_error(confidences: &[(f64, bool)]) -> Option<f64> {
    let gap = |bin: &Bin| Some((bin.confidence? - bin.accuracy?).abs() * bin.rows as f64);
    let gaps: f64 = reliability(confidences).iter().filter_map(gap).sum();
    (!confidences.is_empty()).then(|| gaps / confidences.len() as f64)
}

/// Largest share of rows, most confident first, with at least this precision; `None` for no rows.
fn coverage(confidences: &[(f64, bool)], precision: f64) -> Option<f64> {
    let kept = most_confident(confidences, |right, rows| right as f64 >= precision * rows as f64).0;
    (!confidences.is_empty()).then(|| kept as f64 / confidences.len() as f64)
}

/// One-sided 90 % lower bound of the share of correct rows when `right` of `rows` are (Wilson 1927): 0 for no rows.
pub(crate) fn lower_bound(right: usize, rows: usize) -> f64 {
    const Z: f64 = 1.281_551_565_545;
    if rows == 0 {
        return 0.0;
    }
    let (n, share) = (rows as f64, right as f64 / rows as f64);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    (share + Z * Z / (2.0 * n) - spread) / (1.0 + Z * Z / n)
}

/// 95 % interval of the share of correct rows when this share of `rows` is, which are taken as independent (Wilson 1927):
/// 0 to 1 for no rows.
pub(crate) fn share_interval(share: f64, rows: u64) -> Interval {
    const Z: f64 = 1.959_963_984_540;
    if rows == 0 {
        return [0.0, 1.0];
    }
    let n = rows as f64;
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let middle = share + Z * Z / (2.0 * n);
    [middle - spread, middle + spread].map(|end| (end / (1.0 + Z * Z / n)).clamp(0.0, 1.0))
}

/// The largest number of most confident rows for which `enough(correct, rows)` holds, and the confidence of the last of
/// them (infinite if none). Rows of equal confidence are kept or dropped together.
pub fn most_confident(
    confidences: &[(f64, bool)],
    enough: impl Fn(usize, usize) -> bool,
) -> (usize, f64) {
    let mut sorted = confidences.to_vec();
    sorted.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut best) = (0, (0, f64::INFINITY));
    for (i, &(confidence, correct)) in sorted.iter().enumerate() {
        right += usize::from(correct);
        let last_of_equals = sorted.get(i + 1).is_none_or(|next| next.0 < confidence);
        if last_of_equals && enough(right, i + 1) {
            best = (i + 1, confidence);
        }
    }
    best
}

/// Average precision of a ranking by score, best first (area under the precision-recall curve, as in scikit-learn): 0
/// to 1, `None` if no row is positive.
pub fn average_precision(scores: &[f64], positive: &[bool]) -> Option<f64> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let all = positive.iter().filter(|&&p| p).count();
    let (mut hits, mut hits_before, mut sum) = (0usize, 0usize, 0.0);
    for (i, &row) in order.iter().enumerate() {
        hits += usize::from(positive[row]);
        if order.get(i + 1).is_none_or(|&next| scores[next] < scores[row]) {
            sum += (hits - hits_before) as f64 * hits as f64 / (i + 1) as f64;
            hits_before = hits;
        }
    }
    (all > 0).then(|| sum / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["a", "b", "c"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_case_counted_by_hand() {
        let p = vec![
            vec![0.8, 0.1, 0.1],
            vec![0.4, 0.5, 0.1],
            vec![0.1, 0.7, 0.2],
            vec![0.2, 0.6, 0.2],
            vec![0.3, 0.3, 0.4],
        ];
        let f = figures(&names(), &p, &[0, 0, 1, 2, 2]);
        assert_eq!(f.confusion, [[1, 1, 0], [0, 1, 0], [0, 1, 1]]);
        let by = |i: usize| (f.classes[i].precision, f.classes[i].recall, f.classes[i].f1);
        assert_eq!(by(0), (Some(1.0), Some(0.5), Some(2.0 / 3.0)));
        assert_eq!(by(1), (Some(1.0 / 3.0), Some(1.0), Some(0.5)));
        assert_eq!(by(2), (Some(1.0), Some(0.5), Some(2.0 / 3.0)));
        let close = |figure: Option<f64>, expected: f64| {
            assert!((figure.expect("there are rows") - expected).abs() < 1e-12, "{figure:?}");
        };
        close(f.macro_f1, 11.0 / 18.0);
        close(f.accuracy, 0.6);
        let log_loss = -(0.8f64.ln() + 0.4f64.ln() + 0.7f64.ln() + 0.2f64.ln() + 0.4f64.ln()) / 5.0;
        close(f.log_loss, log_loss);
        // Bins .8: .8 right; .5: .5 wrong; .7: .7 right; .6: .6 wrong; .4: .4 right.
        close(f.calibration_error, (0.2 + 0.5 + 0.3 + 0.6 + 0.6) / 5.0);
        close(f.coverage_at_95, 0.4);
        close(f.brier, (0.06 + 0.62 + 0.14 + 1.04 + 0.54) / 5.0);
    }

    #[test]
    fn a_figure_that_no_row_tells_of_is_undefined_and_not_zero() {
        let f = figures(&names(), &[vec![0.4, 0.6, 0.0], vec![1.0, 0.0, 0.0]], &[0, 0]);
        let by = |i: usize| (f.classes[i].precision, f.classes[i].recall, f.classes[i].f1);
        // A row is predicted as the second class, which has none; the third is not even predicted.
        assert_eq!(by(1), (Some(0.0), None, None));
        assert_eq!(by(2), (None, None, None));
        assert_eq!(f.macro_f1, f.classes[0].f1);
        let none = figures(&names(), &[], &[]);
        assert_eq!((none.macro_f1, none.accuracy, none.log_loss), (None, None, None));
        assert_eq!((none.brier, none.calibration_error, none.coverage_at_95), (None, None, None));
        assert_eq!(average_precision(&[0.5], &[false]), None);
        let bins = reliability(&[(0.95, true)]);
        assert_eq!((bins[0].accuracy, bins[9].accuracy), (None, Some(1.0)));
    }

    #[test]
    fn average_precision_by_hand() {
        let ap = average_precision(&[0.9, 0.8, 0.7, 0.6], &[true, false, true, false]);
        let ap = ap.expect("some are positive");
        assert!((ap - f64::midpoint(1.0, 2.0 / 3.0)).abs() < 1e-12);
        // Ties count together: both rows at precision one half.
        assert_eq!(average_precision(&[0.5, 0.5], &[true, false]), Some(0.5));
    }

    #[test]
    fn equal_confidences_are_kept_together() {
        let rows = [(0.9, true), (0.8, true), (0.8, false), (0.7, true)];
        let share = |p| move |right: usize, rows: usize| right as f64 >= p * rows as f64;
        assert_eq!(most_confident(&rows, share(0.9)), (1, 0.9));
        assert_eq!(most_confident(&rows, share(0.75)), (4, 0.7));
        assert_eq!(most_confident(&[(0.9, false)], share(0.5)).0, 0);
    }

    #[test]
    fn few_rows_prove_little() {
        // Wilson's interval at 80 % (10 % on either side), by hand.
        assert!((lower_bound(9, 10) - 0.717_6).abs() < 1e-4);
        assert!(lower_bound(3, 3) < 0.9 && lower_bound(30, 30) > 0.9);
        assert!(lower_bound(0, 0).abs() < 1e-12);
        // Of 5 in 10 and of 10 in 10, as in the literature.
        let close = |[low, high]: Interval, expected: [f64; 2]| {
            assert!((low - expected[0]).abs() < 1e-3 && (high - expected[1]).abs() < 1e-3);
        };
        close(share_interval(0.5, 10), [0.2366, 0.7634]);
        close(share_interval(1.0, 10), [0.7225, 1.0]);
        close(share_interval(0.0, 0), [0.0, 1.0]);
    }
}
