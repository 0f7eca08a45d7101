//! Two sets of predictions of the same rows, compared.

use super::intervals::{Interval, LEAST_GROUPS, different, ends, samples};
use super::{Figures, figures};
use serde::{Deserialize, Serialize};

/// A log-loss that is worse by less than this is not called worse, in nats.
const LEAST_LOSS: f64 = 0.005;

/// A figure of two models, and the 95 % interval of new less old.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MetricChange {
    /// Of the old model.
    pub old: f64,
    /// Of the new model.
    pub new: f64,
    /// Of new less old, rows of an organisation drawn together.
    pub interval: Interval,
}

/// How two models do on the same rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Rows.
    pub rows: u64,
    /// Groups of rows that are drawn together.
    pub groups: u64,
    /// Mean of the F1 of the classes.
    pub macro_f1: MetricChange,
    /// Share of rows predicted right.
    pub accuracy: MetricChange,
    /// In nats.
    pub log_loss: MetricChange,
}

impl Difference {
    /// Compares predictions (rows x classes) of rows with these truths, each of a group.
    ///
    /// # Panics
    /// If the predictions, truths and groups are not equally many.
    pub fn new(
        names: &[String],
        [old, new]: [&[Vec<f64>]; 2],
        truths: &[usize],
        groups: &[u64],
    ) -> Self {
        let (old_samples, new_samples) =
            (samples(names, old, truths, groups), samples(names, new, truths, groups));
        let [old, new] = [old, new].map(|p| figures(names, p, truths));
        let change = |place: usize, of: fn(&Figures) -> f64| {
            let differences = old_samples[place].iter().zip(&new_samples[place]);
            let differences = differences.map(|(old, new)| new - old).collect();
            MetricChange { old: of(&old), new: of(&new), interval: ends(differences) }
        };
        Self {
            rows: truths.len() as u64,
            groups: different(groups) as u64,
            macro_f1: change(0, |f| f.macro_f1),
            accuracy: change(1, |f| f.accuracy),
            log_loss: change(2, |f| f.log_loss),
        }
    }

    /// Whether the new model is worse by more than chance explains: the whole interval of macro-F1
    /// or of log-loss is on the wrong side.
    pub fn worse(&self) -> bool {
        let loss =
            self.log_loss.interval[0] > 0.0 && self.log_loss.new - self.log_loss.old >= LEAST_LOSS;
        self.groups >= LEAST_GROUPS as u64 && (loss || self.macro_f1.interval[1] < 0.0)
    }
}
