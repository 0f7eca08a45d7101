//! Confidence intervals by a cluster bootstrap over groups of rows (Efron 1979; Field and Welsh 2007). Rows of an
//! organisation are correlated, so organisations are resampled instead of rows.

use super::{class_figures, macro_f1, top};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
/// Number of bootstrap samples.
const SAMPLES: usize = 1000;
/// Samples below the lower end of a 95 % interval, and above the upper one, in thousandths.
const TAIL: usize = 25;

/// Least number of groups for an interval.
pub(crate) const LEAST_GROUPS: usize = 5;

/// The lower and the upper end of a 95 % interval.
pub type Interval = [f64; 2];

/// Intervals of the metrics of one class, from the samples that define them; `None` if none does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ClassIntervals {
    /// Name of the class.
    pub(crate) name: String,
    /// Of precision.
    pub(crate) precision: Option<Interval>,
    /// Of recall.
    pub(crate) recall: Option<Interval>,
    /// Of F1.
    pub(crate) f1: Option<Interval>,
}

/// 95 % intervals of metrics.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Intervals {
    /// Of the unweighted mean of the F1 of the classes that have rows.
    pub(crate) macro_f1: Interval,
    /// Of the share of rows predicted correctly.
    pub(crate) accuracy: Interval,
    /// Of the log-loss, in nats.
    pub(crate) log_loss: Interval,
    /// By class.
    pub(crate) classes: Vec<ClassIntervals>,
}

/// Sums over a group of rows.
#[derive(Clone)]
struct Group {
    /// Nonzero cells of the confusion matrix: (truth * classes + prediction, rows).
    confusion: Vec<(usize, u64)>,
    rows: f64,
    log_loss: f64,
}

/// Metrics of bootstrap samples, in which groups are drawn with replacement: by metric (macro-F1, accuracy, log-loss,
/// then precision, recall and F1 of each class), then by sample. The seed is fixed, so that samples of different
/// predictions of the same rows are paired. Undefined figures are `None`, as in [`figures`](super::figures).
pub(super) fn samples(
    names: &[String],
    probabilities: &[Vec<f64>],
    truths: &[usize],
    groups: &[u64],
) -> Vec<Vec<Option<f64>>> {
    assert_eq!(probabilities.len(), groups.len(), "one group a row");
    let k = names.len();
    let groups = grouped(k, probabilities, truths, groups);
    let sample = |index: usize| -> Vec<Option<f64>> {
        let mut random = Random::after(index * groups.len());
        let mut confusion = vec![vec![0; k]; k];
        let (mut rows, mut log_loss) = (0.0, 0.0);
        for _ in 0..groups.len() {
            let group = &groups[random.below(groups.len())];
            for &(cell, n) in &group.confusion {
                confusion[cell / k][cell % k] += n;
            }
            rows += group.rows;
            log_loss += group.log_loss;
        }
        let classes: Vec<_> =
            (0..k).map(|class| class_figures(&names[class], class, &confusion)).collect();
        let right: u64 = (0..k).map(|class| confusion[class][class]).sum();
        let mean = |sum: f64| (rows > 0.0).then(|| sum / rows);
        let general = [macro_f1(&classes), mean(right as f64), mean(log_loss)];
        general
            .into_iter()
            .chain(classes.iter().flat_map(|c| [c.precision, c.recall, c.f1]))
            .collect()
    };
    let samples: Vec<Vec<_>> = (0..SAMPLES).into_par_iter().map(sample).collect();
    (0..3 + 3 * k).map(|figure| samples.iter().map(|sample| sample[figure]).collect()).collect()
}

/// The 95 % percentile interval of a metric from the bootstrap samples that define it; `None` if none does.
pub(super) fn ends(of_samples: impl IntoIterator<Item = Option<f64>>) -> Option<Interval> {
    let mut defined: Vec<f64> = of_samples.into_iter().flatten().collect();
    defined.sort_unstable_by(f64::total_cmp);
    let low = (defined.len() * TAIL).div_ceil(1000).checked_sub(1)?;
    Some([defined[low], defined[defined.len() - 1 - low]])
}

/// 95 % intervals of the metrics of predictions (rows x classes); `groups` has the group of each row. `None` for fewer
/// than five groups.
///
/// # Panics
/// If `truths` or `groups` is not as long as `probabilities`.
pub fn intervals(
    names: &[String],
    probabilities: &[Vec<f64>],
    truths: &[usize],
    groups: &[u64],
) -> Option<Intervals> {
    if different(groups) < LEAST_GROUPS {
        return None;
    }
    let mut figures = samples(names, probabilities, truths, groups).into_iter();
    let mut next = || ends(figures.next().expect("as many as were drawn"));
    let (macro_f1, accuracy, log_loss) = (next()?, next()?, next()?);
    let classes = names.iter().map(|name| ClassIntervals {
        name: name.clone(),
        precision: next(),
        recall: next(),
        f1: next(),
    });
    Some(Intervals { macro_f1, accuracy, log_loss, classes: classes.collect() })
}

/// Number of distinct groups.
pub(super) fn different(groups: &[u64]) -> usize {
    groups.iter().collect::<HashSet<_>>().len()
}

/// Column sums of values (rows x columns) and their 95 % intervals, from bootstrap samples of groups that all columns
/// share; no intervals for fewer than five groups.
///
/// # Panics
/// If `groups` is not as long as `values`.
pub fn sums(values: &[Vec<f64>], groups: &[u64]) -> Vec<(f64, Option<Interval>)> {
    assert_eq!(values.len(), groups.len(), "one group a row");
    let columns = values.first().map_or(0, Vec::len);
    let mut of_group: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (row, group) in values.iter().zip(groups) {
        add(of_group.entry(*group).or_insert_with(|| vec![0.0; columns]), row);
    }
    let of_group: Vec<f64> = of_group.into_values().flatten().collect();
    let count = of_group.len() / columns.max(1);
    let mut random = Random::after(0);
    let mut sampled = vec![Vec::with_capacity(SAMPLES); columns];
    for _ in 0..SAMPLES {
        let mut sum = vec![0.0; columns];
        for _ in 0..count {
            add(&mut sum, &of_group[random.below(count) * columns..][..columns]);
        }
        sampled.iter_mut().zip(sum).for_each(|(sampled, sum)| sampled.push(sum));
    }
    let mut all = vec![0.0; columns];
    of_group.chunks_exact(columns.max(1)).for_each(|row| add(&mut all, row));
    let interval = |sampled: Vec<f64>| {
        let enough = (count >= LEAST_GROUPS).then_some(sampled)?;
        ends(enough.into_iter().map(Some))
    };
    all.into_iter().zip(sampled.into_iter().map(interval)).collect()
}

fn add(sum: &mut [f64], values: &[f64]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// The groups in the order of their first rows; `k` is the number of classes.
fn grouped(k: usize, probabilities: &[Vec<f64>], truths: &[usize], groups: &[u64]) -> Vec<Group> {
    let mut indices = HashMap::new();
    let mut list: Vec<Group> = Vec::new();
    for ((p, &truth), group) in probabilities.iter().zip(truths).zip(groups) {
        let index = *indices.entry(group).or_insert(list.len());
        if index == list.len() {
            list.push(Group { confusion: Vec::new(), rows: 0.0, log_loss: 0.0 });
        }
        let group = &mut list[index];
        let cell = truth * k + top(p);
        match group.confusion.iter_mut().find(|(c, _)| *c == cell) {
            Some((_, n)) => *n += 1,
            None => group.confusion.push((cell, 1)),
        }
        group.rows += 1.0;
        group.log_loss -= p[truth].max(1e-15).ln();
    }
    list
}

/// `SplitMix64` (Steele et al. 2014): the same numbers on every platform.
struct Random(u64);

impl Random {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    /// The generator after `steps` numbers.
    fn after(steps: usize) -> Self {
        Self(SEED.wrapping_add(Self::STEP.wrapping_mul(steps as u64)))
    }

    /// A number from 0 up to `n`, exclusive.
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(Self::STEP);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * n as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_that_of_the_binomial_where_rows_stand_alone() {
        let names = ["a".to_owned(), "b".to_owned()];
        // 400 rows, 80 % right: the standard error is 0.02.
        let rows: Vec<Vec<f64>> =
            (0..400).map(|i| if i % 5 == 0 { vec![0.1, 0.9] } else { vec![0.9, 0.1] }).collect();
        let truths = vec![0; 400];
        let alone: Vec<u64> = (0..400).collect();
        let [low, high] =
            intervals(&names, &rows, &truths, &alone).expect("enough groups").accuracy;
        assert!((low - 0.76).abs() < 0.01 && (high - 0.84).abs() < 0.01, "{low} {high}");
        // Groups of twenty correlated rows have a wider interval.
        let grouped: Vec<u64> =
            (0..400).map(|i| if i % 5 == 0 { i / 100 } else { 9 + i / 20 }).collect();
        let [wide, _] =
            intervals(&names, &rows, &truths, &grouped).expect("enough groups").accuracy;
        assert!(wide < low, "{wide}");
    }

    #[test]
    fn the_ends_are_those_of_the_samples_that_define_a_figure() {
        let of = |defined: u32| ends((0..1000).map(|i| (i < defined).then(|| f64::from(i))));
        assert_eq!(of(1000), Some([24.0, 975.0]));
        assert_eq!(of(400), Some([9.0, 390.0]));
        assert_eq!((of(1), of(0)), (Some([0.0, 0.0]), None));
    }

    #[test]
    fn a_few_groups_have_no_interval() {
        let names = ["a".to_owned(), "b".to_owned()];
        let of = |groups: &[u64]| {
            let rows = vec![vec![0.9, 0.1]; groups.len()];
            let sums = sums(&rows, groups).into_iter().all(|(_, interval)| interval.is_some());
            (intervals(&names, &rows, &vec![0; groups.len()], groups).is_some(), sums)
        };
        assert_eq!(of(&[1, 2, 3, 4, 4, 4]), (false, false));
        assert_eq!(of(&[1, 2, 3, 4, 5]), (true, true));
    }
}
