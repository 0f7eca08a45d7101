//! Compares two sets of predictions of the same rows.

use super::intervals::{Interval, LEAST_GROUPS, different, ends, samples};
use super::{Figures, figures};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Least increase of log-loss that counts as worse, in nats.
const LEAST_LOSS: f64 = 0.005;

/// A metric of two models, and the 95 % interval of the difference new - old.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct MetricChange {
    /// Of the old model.
    pub(crate) old: f64,
    /// Of the new model.
    pub(crate) new: f64,
    /// Of new - old, by a cluster bootstrap over organisations.
    pub(crate) interval: Interval,
}

/// Metrics of two models on the same rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Rows.
    pub(crate) rows: u64,
    /// Groups of rows, the clusters of the bootstrap.
    pub(crate) groups: u64,
    /// Unweighted mean of the classes' F1.
    pub(crate) macro_f1: MetricChange,
    /// Share of rows predicted correctly.
    pub(crate) accuracy: MetricChange,
    /// In nats.
    pub(crate) log_loss: MetricChange,
}

/// `macro-F1 0.812 to 0.774, log-loss 0.410 to 0.530, on 120 rows of 40 organisations`.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { rows, groups, macro_f1, log_loss, .. } = self;
        let f1 = format!("macro-F1 {:.3} to {:.3}", macro_f1.old, macro_f1.new);
        let loss = format!("log-loss {:.3} to {:.3}", log_loss.old, log_loss.new);
        write!(f, "{f1}, {loss}, on {rows} rows of {groups} organisations")
    }
}

impl Difference {
    /// Compares predictions (rows x classes) with the true classes; `groups` has the group of each row. `None` if there
    /// are no rows.
    ///
    /// # Panics
    /// If the predictions, truths and groups are not equally many.
    pub(crate) fn new(
        names: &[String],
        [old, new]: [&[Vec<f64>]; 2],
        truths: &[usize],
        groups: &[u64],
    ) -> Option<Self> {
        let (old_samples, new_samples) =
            (samples(names, old, truths, groups), samples(names, new, truths, groups));
        let [old, new] = [old, new].map(|p| figures(names, p, truths));
        let change = |figure: usize, of: fn(&Figures) -> Option<f64>| {
            let differences = old_samples[figure].iter().zip(&new_samples[figure]);
            let interval = ends(differences.map(|(old, new)| Some((*new)? - (*old)?)))?;
            Some(MetricChange { old: of(&old)?, new: of(&new)?, interval })
        };
        Some(Self {
            rows: truths.len() as u64,
            groups: different(groups) as u64,
            macro_f1: change(0, |f| f.macro_f1)?,
            accuracy: change(1, |f| f.accuracy)?,
            log_loss: change(2, |f| f.log_loss)?,
        })
    }

    /// Whether there are enough groups for its intervals to be told.
    pub(crate) fn has_intervals(&self) -> bool {
        self.groups >= LEAST_GROUPS as u64
    }

    /// Whether the new model is significantly worse: the whole interval of macro-F1 is below 0, or that of log-loss
    /// above 0 and the increase at least 0.005 nats.
    pub fn worse(&self) -> bool {
        let loss =
            self.log_loss.interval[0] > 0.0 && self.log_loss.new - self.log_loss.old >= LEAST_LOSS;
        self.has_intervals() && (loss || self.macro_f1.interval[1] < 0.0)
    }
}
