//! Drift: how new rows differ from those a model has counted.

use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_count::{FeatureCount, FeatureMap, SUPPORT};
use crate::counts::feature_names::FeatureNames;
use crate::evidence::{Channel, FeatureKey};
use crate::examples::example::Example;
use serde::{Deserialize, Serialize};

/// Minimum expected number of rows with a feature for it to be evidence of drift.
const MIN_EXPECTED_ROWS: f64 = 5.0;
/// Features in each list of [`Drifted`].
const LISTED: usize = 8;

/// How the features of new rows differ from those a model has counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Drift {
    /// Share of the words of a row that the model has never counted, mean over the rows.
    pub(crate) words_never_seen: f64,
    /// Total variation distance between the labels of the new rows and of those before, 0 to 1.
    pub(crate) labels: f64,
    /// Mean of the squared z-scores of the features, given the labels of the rows. 1 is chance; similar postings of one
    /// organisation make it larger. None if the rows are too few.
    pub(crate) features: Option<f64>,
}

/// A feature that is more or less common in new rows than expected, given their labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shift {
    /// Its channel.
    pub(crate) channel: Channel,
    /// Its text.
    pub(crate) text: String,
    /// Expected number of rows with it.
    pub(crate) expected: f64,
    /// Number of rows with it.
    pub(crate) observed: u32,
    /// Its z-score: the difference in standard deviations.
    pub(crate) distance: f64,
}

/// The drift, with examples.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Drifted {
    /// The figures.
    #[serde(flatten)]
    pub(crate) drift: Drift,
    /// Words the model has never counted, with their number of rows, most frequent first.
    pub(crate) never_seen: Vec<(String, u32)>,
    /// Features that are more common than expected, largest difference first.
    pub(crate) more: Vec<Shift>,
    /// Features that are less common than expected, largest difference first.
    pub(crate) less: Vec<Shift>,
}

/// Compares rows with a count matrix, whose number of postings by class is `postings`; `names` has the texts of the
/// features of the rows.
pub(super) fn drift(
    matrix: &CountMatrix,
    postings: &[u32],
    rows: &[&Example],
    names: &FeatureNames,
    roles: usize,
) -> Drifted {
    let mut labels = vec![0u32; postings.len()];
    let mut observed_rows: FeatureMap<u32> = FeatureMap::default();
    let mut never: FeatureMap<u32> = FeatureMap::default();
    let mut words_never_seen = 0.0;
    for row in rows {
        labels[row.row.class()] += 1;
        let features = row.features();
        for feature in &features {
            *observed_rows.entry(feature.key()).or_default() += 1;
        }
        let keys = || features.iter().map(|f| f.key());
        let words = || keys().filter(|key| key.channel() == Channel::Words);
        let mut new = 0;
        for key in words().filter(|key| matrix.text(*key).is_none()) {
            *never.entry(key).or_default() += 1;
            new += 1;
        }
        words_never_seen += f64::from(new) / words().count().max(1) as f64;
    }

    let expectation = Expectation { labels: &labels, postings };
    let mut shifts = Vec::new();
    for (key, _, class_counts) in matrix.features() {
        let feature_count = FeatureCount::of(class_counts, roles, postings.len());
        let (expected, variance) = expectation.of(&feature_count.postings);
        if expected < MIN_EXPECTED_ROWS || feature_count.support.masks()[0].count_ones() < SUPPORT {
            continue;
        }
        let observed = observed_rows.get(&key).copied().unwrap_or(0);
        let distance = (f64::from(observed) - expected) / variance.sqrt();
        shifts.push((distance, key, expected, observed));
    }
    let mean = shifts.iter().map(|s| s.0 * s.0).sum::<f64>() / shifts.len() as f64;
    shifts.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    let shift = |&(distance, key, expected, observed): &(f64, FeatureKey, f64, u32)| {
        let text = matrix.text(key).unwrap_or_default().to_owned();
        Shift { channel: key.channel(), text, expected, observed, distance }
    };
    let drift = Drift {
        words_never_seen: words_never_seen / rows.len().max(1) as f64,
        labels: variation(&labels, postings),
        features: (!shifts.is_empty()).then_some(mean),
    };
    Drifted {
        drift,
        never_seen: most_frequent(never, names),
        more: shifts.iter().rev().filter(|s| s.0 > 0.0).take(LISTED).map(shift).collect(),
        less: shifts.iter().filter(|s| s.0 < 0.0).take(LISTED).map(shift).collect(),
    }
}

/// The texts of the most frequent features, with their number of rows.
fn most_frequent(rows: FeatureMap<u32>, names: &FeatureNames) -> Vec<(String, u32)> {
    let text = |(key, n)| Some((names.shard(key).text(key)?.to_owned(), n));
    let mut texts: Vec<(String, u32)> = rows.into_iter().filter_map(text).collect();
    texts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    texts.truncate(LISTED);
    texts
}

/// The expected number of rows with a feature, given the labels of the rows.
struct Expectation<'a> {
    /// New rows by class.
    labels: &'a [u32],
    /// Counted rows by class.
    postings: &'a [u32],
}

impl Expectation<'_> {
    /// Mean and variance of the number of rows with a feature. The variance is that of the rows plus that of the
    /// estimated share of each class, which is smoothed with one pseudo-posting of the mean share.
    fn of(&self, counted: &[u32]) -> (f64, f64) {
        let sum = |counts: &[u32]| counts.iter().map(|&n| f64::from(n)).sum::<f64>();
        let mean = sum(counted) / sum(self.postings).max(1.0);
        let (mut expected, mut variance) = (0.0, 0.0);
        for ((&rows, &all), &n) in self.labels.iter().zip(self.postings).zip(counted) {
            let (rows, all) = (f64::from(rows), f64::from(all) + 1.0);
            let share = (f64::from(n) + mean) / all;
            expected += rows * share;
            variance += share * (1.0 - share) * (rows + rows * rows / all);
        }
        (expected, variance.max(f64::MIN_POSITIVE))
    }
}

/// Total variation distance between two distributions, given as counts.
fn variation(a: &[u32], b: &[u32]) -> f64 {
    let sum = |counts: &[u32]| counts.iter().map(|&n| f64::from(n)).sum::<f64>().max(1.0);
    let (all_a, all_b) = (sum(a), sum(b));
    let distance = |(&a, &b): (&u32, &u32)| (f64::from(a) / all_a - f64::from(b) / all_b).abs();
    a.iter().zip(b).map(distance).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_follows_the_labels() {
        // 40 of 100 postings of the first class have it, none of the second.
        let expectation =
            |labels: [u32; 2]| Expectation { labels: &labels, postings: &[100, 100] }.of(&[40, 0]);
        let (expected, variance) = expectation([50, 0]);
        assert!((expected - 20.0).abs() < 0.1, "{expected}");
        assert!((variance - 50.0 * 0.24 * 1.5).abs() < 0.2, "{variance}");
        assert!(expectation([0, 50]).0 < 0.2);
        assert!((variation(&[3, 1], &[10, 10]) - 0.25).abs() < 1e-12);
        assert!(variation(&[0, 0], &[0, 0]) < 1e-12);
    }
}
