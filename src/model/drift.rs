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

/// What chance alone would give: the drift of as many rows like those that the model has counted, with their labels
/// drawn from the model's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct ChanceDrift {
    /// Share of never-counted words in one more row: that of the words that only one row has (Good 1953). `None` if
    /// the model began as a compact one, which forgot its rare words.
    pub(crate) words_never_seen: Option<f64>,
    /// Mean total variation distance of the labels.
    pub(crate) labels: f64,
}

/// The drift, with examples.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Drifted {
    /// The figures.
    #[serde(flatten)]
    pub(crate) drift: Drift,
    /// What chance alone would give; `None` of a retrain that a model remembers.
    pub(crate) chance: Option<ChanceDrift>,
    /// Words the model has never counted, with their number of rows, most frequent first.
    pub(crate) never_seen: Vec<(String, u32)>,
    /// Features that are more common than expected, largest difference first.
    pub(crate) more: Vec<Shift>,
    /// Features that are less common than expected, largest difference first.
    pub(crate) less: Vec<Shift>,
}

/// Numbers of rows.
struct ObservedRows {
    /// By class.
    labels: Vec<u32>,
    of_feature: FeatureMap<u32>,
    /// By word that the model has never counted.
    never_seen: FeatureMap<u32>,
    /// Mean share of such words in a row.
    words_never_seen: f64,
}

impl ObservedRows {
    fn new(rows: &[&Example], matrix: &CountMatrix, classes: usize) -> Self {
        let mut labels = vec![0; classes];
        let (mut of_feature, mut never_seen) = (FeatureMap::default(), FeatureMap::default());
        let mut words_never_seen = 0.0;
        for row in rows {
            labels[row.row.class()] += 1;
            let features = row.features();
            for feature in &features {
                *of_feature.entry(feature.key()).or_default() += 1;
            }
            let keys = || features.iter().map(|f| f.key());
            let words = || keys().filter(|key| key.channel() == Channel::Words);
            let mut new = 0;
            for key in words().filter(|key| matrix.text(*key).is_none()) {
                *never_seen.entry(key).or_default() += 1;
                new += 1;
            }
            words_never_seen += f64::from(new) / words().count().max(1) as f64;
        }
        words_never_seen /= rows.len().max(1) as f64;
        Self { labels, of_feature, never_seen, words_never_seen }
    }
}

/// Compares rows with a count matrix, whose number of postings by class is `postings`; `names` has the texts of the
/// features of the rows, and `all_known` is whether every row that was counted is in the matrix.
pub(super) fn drift(
    matrix: &CountMatrix,
    postings: &[u32],
    rows: &[&Example],
    names: &FeatureNames,
    all_known: bool,
    roles: usize,
) -> Drifted {
    let sizes = [roles, postings.len()];
    let ObservedRows { labels, of_feature, never_seen, words_never_seen } =
        ObservedRows::new(rows, matrix, postings.len());
    let expectation = Expectation { labels: &labels, postings };
    let mut shifts = Vec::new();
    for (key, _, class_counts) in matrix.features() {
        let feature_count = FeatureCount::of(class_counts, roles, postings.len());
        let (expected, variance) = expectation.of(&feature_count.postings);
        if expected < MIN_EXPECTED_ROWS || feature_count.support.masks()[0].count_ones() < SUPPORT {
            continue;
        }
        let observed = of_feature.get(&key).copied().unwrap_or(0);
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
        words_never_seen,
        labels: variation(&labels, postings),
        features: (!shifts.is_empty()).then_some(mean),
    };
    Drifted {
        drift,
        chance: Some(ChanceDrift {
            words_never_seen: all_known.then(|| words_of_one_row(matrix, sizes)).flatten(),
            labels: variation_by_chance(&labels, postings),
        }),
        never_seen: most_frequent(never_seen, names),
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

/// The share of the words of the counted rows that stand in no other row; `None` if there are no rows.
fn words_of_one_row(matrix: &CountMatrix, [roles, classes]: [usize; 2]) -> Option<f64> {
    let (mut once, mut all) = (0, 0);
    for (key, _, class_counts) in matrix.features() {
        if key.channel() == Channel::Words {
            let of_classes = FeatureCount::of(class_counts, roles, classes).postings;
            let rows = of_classes.iter().map(|&n| u64::from(n)).sum::<u64>();
            all += rows;
            once += u64::from(rows == 1);
        }
    }
    (all > 0).then(|| once as f64 / all as f64)
}

/// Mean total variation distance between the shares of the classes in two samples of these sizes, both drawn from the
/// shares in `b`: half the sum of the mean distances, each that of a normal distribution.
fn variation_by_chance(a: &[u32], b: &[u32]) -> f64 {
    let sum = |counts: &[u32]| counts.iter().map(|&n| f64::from(n)).sum::<f64>().max(1.0);
    let (all_a, all_b) = (sum(a), sum(b));
    let distance = |&n: &u32| {
        let share = f64::from(n) / all_b;
        let variance = share * (1.0 - share) * (1.0 / all_a + 1.0 / all_b);
        (variance * std::f64::consts::FRAC_2_PI).sqrt()
    };
    b.iter().map(distance).sum::<f64>() / 2.0
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

    #[test]
    fn labels_that_are_drawn_from_the_same_shares_are_as_far_apart_as_chance_says() {
        // All ways to draw 10 rows of two equally common classes, beside very many rows.
        let ways = |k: u32| (1..=k).fold(1.0, |ways, i| ways * f64::from(11 - i) / f64::from(i));
        let apart = |k: u32| variation(&[k, 10 - k], &[1 << 30, 1 << 30]);
        let mean: f64 = (0..=10).map(|k| ways(k) / 1024.0 * apart(k)).sum();
        let chance = variation_by_chance(&[10, 0], &[1 << 30, 1 << 30]);
        assert!((mean - chance).abs() < 0.01, "{mean} {chance}");
        assert!(variation_by_chance(&[10, 0], &[7, 0]) < 1e-12);
    }
}
