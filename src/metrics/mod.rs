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

/// Metrics of one class. A ratio whose denominator is 0 is 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassFigures {
    /// Name of the class.
    pub name: String,
    /// Rows of the class.
    pub rows: u64,
    /// Share of the rows predicted as the class that are of it.
    pub precision: f64,
    /// Share of the rows of the class that are predicted as it.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
}

/// Metrics of a set of predictions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Rows.
    pub rows: u64,
    /// Unweighted mean of the classes' F1.
    pub macro_f1: f64,
    /// Share of rows predicted correctly.
    pub accuracy: f64,
    /// Mean of -ln of the probability of the true class, clipped to at least 1e-15; in nats.
    pub log_loss: f64,
    /// Mean squared distance between the probabilities and the one-hot truth, summed over the classes (Brier 1950): 0
    /// to 2.
    pub brier: f64,
    /// Expected calibration error: mean distance between confidence and accuracy over ten equally wide bins of
    /// confidence, weighted by rows (Naeini et al. 2015).
    pub calibration_error: f64,
    /// Largest share of rows, most confident first, with an accuracy of at least 95 %.
    pub coverage_at_95: f64,
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

/// Metrics of probabilities (rows x classes) against the indices of the true classes.
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
    let n = rows.max(1) as f64;
    Figures {
        rows: rows as u64,
        macro_f1: classes.iter().map(|c| c.f1).sum::<f64>() / k as f64,
        accuracy: right as f64 / n,
        log_loss: log_loss / n,
        brier: brier / n,
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
    let ratio = |a: u64, b: u64| if b == 0 { 0.0 } else { a as f64 / b as f64 };
    ClassFigures {
        name: name.to_owned(),
        rows,
        precision: ratio(right, predicted),
        recall: ratio(right, rows),
        f1: ratio(2 * right, rows + predicted),
    }
}

/// Rows of similar confidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower edge of the confidence.
    pub(crate) from: f64,
    /// Rows.
    pub(crate) rows: u64,
    /// Mean confidence; 0 if there are no rows.
    pub(crate) confidence: f64,
    /// Share of the rows predicted correctly; 0 if there are no rows.
    pub(crate) accuracy: f64,
}

/// Reliability diagram: accuracy in ten equally wide bins of confidence, from (confidence, whether correct).
pub fn reliability(confidences: &[(f64, bool)]) -> Vec<Bin> {
    let edge = |bin: usize| bin as f64 / BINS as f64;
    let mut bins: Vec<Bin> =
        (0..BINS).map(|bin| Bin { from: edge(bin), ..Bin::default() }).collect();
    for &(confidence, right) in confidences {
        let bin = &mut bins[(1..BINS).filter(|&bin| confidence >= edge(bin)).count()];
        bin.rows += 1;
        bin.confidence += confidence;
        bin.accuracy += f64::from(u8::from(right));
    }
    for bin in &mut bins {
        let rows = bin.rows.max(1) as f64;
        bin.confidence /= rows;
        bin.accuracy /= rows;
    }
    bins
}

/// Expected calibration error, from (confidence, whether correct).
fn calibration_error(confidences: &[(f64, bool)]) -> f64 {
    let gap = |bin: &Bin| (bin.confidence - bin.accuracy).abs() * bin.rows as f64;
    reliability(confidences).iter().map(gap).sum::<f64>() / confidences.len().max(1) as f64
}

/// Largest share of rows, most confident first, with at least this precision.
fn coverage(confidences: &[(f64, bool)], precision: f64) -> f64 {
    let kept = most_confident(confidences, |right, rows| right as f64 >= precision * rows as f64).0;
    kept as f64 / confidences.len().max(1) as f64
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
/// to 1, 0 if no row is positive.
pub fn average_precision(scores: &[f64], positive: &[bool]) -> f64 {
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
    sum / all.max(1) as f64
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
        assert_eq!(by(0), (1.0, 0.5, 2.0 / 3.0));
        assert_eq!(by(1), (1.0 / 3.0, 1.0, 0.5));
        assert_eq!(by(2), (1.0, 0.5, 2.0 / 3.0));
        assert!((f.macro_f1 - 11.0 / 18.0).abs() < 1e-12);
        assert!((f.accuracy - 0.6).abs() < 1e-12);
        let log_loss = -(0.8f64.ln() + 0.4f64.ln() + 0.7f64.ln() + 0.2f64.ln() + 0.4f64.ln()) / 5.0;
        assert!((f.log_loss - log_loss).abs() < 1e-12);
        // Bins .8: .8 right; .5: .5 wrong; .7: .7 right; .6: .6 wrong; .4: .4 right.
        assert!((f.calibration_error - (0.2 + 0.5 + 0.3 + 0.6 + 0.6) / 5.0).abs() < 1e-12);
        assert!((f.coverage_at_95 - 0.4).abs() < 1e-12);
        assert!((f.brier - (0.06 + 0.62 + 0.14 + 1.04 + 0.54) / 5.0).abs() < 1e-12);
    }

    #[test]
    fn a_class_never_seen_has_no_ratio() {
        let f = figures(&names(), &[vec![1.0, 0.0, 0.0]], &[0]);
        assert_eq!((f.classes[2].precision, f.classes[2].recall, f.classes[2].f1), (0.0, 0.0, 0.0));
        assert!(figures(&names(), &[], &[]).log_loss.abs() < 1e-12);
    }

    #[test]
    fn average_precision_by_hand() {
        let ap = average_precision(&[0.9, 0.8, 0.7, 0.6], &[true, false, true, false]);
        assert!((ap - f64::midpoint(1.0, 2.0 / 3.0)).abs() < 1e-12);
        // Ties count together: both rows at precision one half.
        assert!((average_precision(&[0.5, 0.5], &[true, false]) - 0.5).abs() < 1e-12);
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
    }
}
