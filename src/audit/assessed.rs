//! Rows with their held-out probabilities: which of them are suspect.

use crate::audit::noise;
use crate::audit::rows::AuditRows;
use crate::metrics::top;
use crate::stacking::probabilities::Probabilities;
use serde::{Deserialize, Serialize};

/// Least probability of any role for a short text that states a role.
const SHORT_TEXT_IN_SCOPE: f64 = 0.5;

/// Probability that a row states the wrong role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspicion {
    /// Index among the rows that state a role.
    pub index: usize,
    /// Index of the stated role among the outcomes.
    pub(crate) stated: usize,
    /// Index of the most probable other outcome.
    pub(crate) suggested: usize,
    /// Probability that the stated role is wrong, by `ranking`.
    pub(crate) wrong: f64,
    /// Posterior of the true outcome given the stated one and the label noise of the file, sharpened to rank rows.
    pub(crate) ranking: Vec<f64>,
    /// The same, less sharpened, for estimates of numbers of rows.
    pub(crate) counting: Vec<f64>,
}

impl Suspicion {
    /// Expected number of wrong rows, at most 1.
    pub(crate) fn expected_wrong(&self) -> f64 {
        1.0 - self.counting[self.stated]
    }
}

/// Rows with what counts without them make of them.
pub(crate) struct Assessed<'a> {
    pub(crate) rows: &'a AuditRows<'a>,
    /// For each row, the index of its probabilities in `scored`.
    pub(crate) scored_index: &'a [usize],
    /// Held-out probabilities, without titles.
    pub(crate) scored: &'a [Probabilities],
    /// Whether the counts include other jobs.
    pub(crate) knows_other: bool,
    /// Probabilities of each row by a model that reads titles.
    pub(crate) titled: Option<Vec<Probabilities>>,
    /// Names of the outcomes: the roles, then `other`.
    pub(crate) outcomes: &'a [String],
}

impl Assessed<'_> {
    pub(crate) fn roles(&self) -> usize {
        self.rows.lexicon().roles().len()
    }

    /// Held-out probability of each outcome of a row.
    pub(crate) fn probabilities(&self, index: usize) -> Vec<f64> {
        self.outcomes_of(self.predicted(index))
    }

    fn outcomes_of(&self, predicted: Probabilities) -> Vec<f64> {
        if self.outcomes.len() > self.roles() { predicted.open() } else { predicted.closed }
    }

    /// Held-out probabilities of a row, without its title.
    fn predicted(&self, index: usize) -> Probabilities {
        self.with_short_text_floor(index, self.scored[self.scored_index[index]].clone())
    }

    /// Applies [`SHORT_TEXT_IN_SCOPE`]: a short text is no evidence that the job is another than the stated one.
    fn with_short_text_floor(&self, index: usize, mut predicted: Probabilities) -> Probabilities {
        let row = &self.rows.rows[index];
        if row.is_short && row.stated < self.roles() {
            predicted.in_scope = f64::max(predicted.in_scope, SHORT_TEXT_IN_SCOPE);
        }
        predicted
    }

    /// Probability of `other` where the counts know it and it is no outcome; 0 otherwise.
    pub(crate) fn other_probability(&self, index: usize) -> f64 {
        let known = self.outcomes.len() == self.roles() && self.knows_other;
        if known { 1.0 - self.predicted(index).in_scope } else { 0.0 }
    }

    /// All rows, most suspect first.
    pub(crate) fn suspicions(&self) -> Vec<Suspicion> {
        let order = self.rows.canonical_order();
        let stated: Vec<usize> = order.iter().map(|&i| self.rows.rows[i].stated).collect();
        let probabilities: Vec<Vec<f64>> =
            order.iter().map(|&index| self.probabilities(index)).collect();
        let max_power = |i: usize| self.rows.rows[order[i]].max_power;
        let mut counting =
            noise::true_class(probabilities.clone(), &stated, noise::COUNTING, |_| noise::COUNTING);
        let mut ranking = noise::true_class(probabilities, &stated, noise::RANKING, max_power);
        for (i, titled) in
            self.titled.iter().flat_map(|all| order.iter().map(|&i| &all[i])).enumerate()
        {
            let titled = self.outcomes_of(self.with_short_text_floor(order[i], titled.clone()));
            if stated[i] == self.roles() {
                counting[i].clone_from(&titled);
            }
            noise::geometric_mean(&mut ranking[i], &titled);
        }
        let suspicion = |((&index, &stated), (ranking, counting)): (_, (Vec<f64>, Vec<f64>))| {
            let mut others = ranking.clone();
            others[stated] = -1.0;
            let suggested = top(&others);
            let wrong = 1.0 - ranking[stated];
            Suspicion { index, stated, suggested, wrong, ranking, counting }
        };
        let mut suspicions: Vec<Suspicion> = order
            .iter()
            .zip(&stated)
            .zip(ranking.into_iter().zip(counting))
            .map(suspicion)
            .collect();
        suspicions.sort_by(|a, b| b.wrong.total_cmp(&a.wrong));
        suspicions
    }
}
