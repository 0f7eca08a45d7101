//! How good a model is on rows whose organisations it never saw, and the thresholds that follow.

use crate::evidence::Stated;
use crate::metrics::{Figures, average_precision, figures, lower_bound, most_confident, top};
use crate::roles::{OTHER, RoleSet};
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use serde::{Deserialize, Serialize};

/// Precisions for which a threshold is kept, in hundredths.
const PRECISIONS: std::ops::RangeInclusive<u32> = 50..=99;

/// The least confidence at which the held-out rows given a role show, with 90 % confidence, that this
/// share of such rows is right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// Share right, above 0 and below 1.
    pub precision: f64,
    /// Least confidence; `None` if no confidence was enough.
    pub confidence: Option<f64>,
}

/// Held-out figures of one view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The view.
    pub view: View,
    /// Rows of the roles only, each given one of the roles.
    pub closed: Figures,
    /// All rows, each given a role or `other`.
    pub open: Figures,
    /// Average precision of "is one of the roles"; `None` if no row is one.
    pub scope_average_precision: Option<f64>,
    /// When every row must be given a role.
    pub closed_thresholds: Vec<Threshold>,
    /// When a row may be given `other`.
    pub open_thresholds: Vec<Threshold>,
    /// Rows by outcome, as often as they counted where it was fitted whether a posting is a role.
    pub fitted_rows: Vec<u64>,
    /// Rows by which of the roles the title states, or whether an undecided one or none, then by outcome; nothing in
    /// views that do not read titles.
    pub by_title: Vec<Vec<u64>>,
    /// Of `other`, for rows whose title sounds like a role: the share that is right is of the rows given `other`.
    pub other_thresholds: Vec<Threshold>,
}

impl Summary {
    /// The figures that count: of all rows, unless only roles are asked for or there is no other
    /// row.
    pub fn counting(&self, closed: bool) -> &Figures {
        if closed || !self.has_other() { &self.closed } else { &self.open }
    }

    /// The least confidence in a role for this precision; none if no confidence is enough.
    pub fn threshold(&self, closed: bool, precision: f64) -> Option<f64> {
        let thresholds = if closed { &self.closed_thresholds } else { &self.open_thresholds };
        enough(thresholds, precision)
    }

    /// The least confidence in `other` for this precision, where the title sounds like a role; none if no
    /// confidence is enough.
    pub fn other_threshold(&self, precision: f64) -> Option<f64> {
        enough(&self.other_thresholds, precision)
    }

    /// What a title says where there is no text: the shares of the rows whose title states the same, with one more
    /// row that is spread evenly. Nothing if there is none.
    pub fn title_probabilities(&self, stated: Stated) -> Option<Probabilities> {
        let roles = self.by_title.first()?.len() - 1;
        let rows = &self.by_title[stated.kind(roles)?];
        let all: u64 = rows.iter().sum();
        let each = 1.0 / (roles + 1) as f64;
        let share = |&n: &u64| (n as f64 + each) / (all as f64 + 1.0);
        let in_scope: f64 = rows[..roles].iter().map(share).sum();
        let closed = rows[..roles].iter().map(|n| share(n) / in_scope).collect();
        (all > 0).then_some(Probabilities { closed, in_scope })
    }

    /// The same figures with thresholds shrunk towards its own: means of its own and those of newer
    /// rows, each weighted by its rows.
    pub(crate) fn moved(&self, newer: &[Self]) -> Self {
        let mut moved = self.clone();
        let Some(newer) = newer.iter().find(|s| s.view == self.view) else { return moved };
        let near = |own: &mut [Threshold], other: &[Threshold], rows: [u64; 2]| {
            let share = rows[1] as f64 / (rows[0] + rows[1]).max(1) as f64;
            for (own, other) in own.iter_mut().zip(other) {
                own.confidence = match (own.confidence, other.confidence) {
                    (Some(a), Some(b)) => Some((1.0 - share) * a + share * b),
                    (a, b) => {
                        if share <= 0.5 {
                            a
                        } else {
                            b
                        }
                    }
                };
            }
        };
        let rows = |of: fn(&Self) -> &Figures| [of(self).rows, of(newer).rows];
        near(&mut moved.closed_thresholds, &newer.closed_thresholds, rows(|s| &s.closed));
        near(&mut moved.open_thresholds, &newer.open_thresholds, rows(|s| &s.open));
        near(&mut moved.other_thresholds, &newer.other_thresholds, rows(|s| &s.open));
        moved
    }

    /// Whether its counts are of so many roles, and of so many rows at most.
    pub(crate) fn fits(&self, roles: usize, most: u64) -> bool {
        let counts = self.by_title.iter().chain([&self.fitted_rows]);
        counts.clone().all(|rows| rows.len() == roles + 1)
            && counts.flatten().all(|&n| n <= most)
            && (self.by_title.is_empty() || self.by_title.len() == roles + 2)
    }

    /// Whether any row is none of the roles.
    pub fn has_other(&self) -> bool {
        self.open.rows > self.closed.rows
    }
}

/// Names of the outcomes: the roles, then `other`.
pub fn outcome_names(roles: &RoleSet) -> Vec<String> {
    roles.iter().map(|r| r.id.clone()).chain([OTHER.to_owned()]).collect()
}

/// The least confidence that is kept for this precision.
fn enough(thresholds: &[Threshold], precision: f64) -> Option<f64> {
    thresholds.iter().find(|t| t.precision >= precision - 1e-9)?.confidence
}

/// The figures of a set of predictions, with the place of each row's label among the outcomes and what its
/// title states.
pub(crate) fn summarise(
    view: View,
    predicted: &[Probabilities],
    outcomes: &[usize],
    stated: &[Stated],
    roles: &RoleSet,
) -> Summary {
    let names = outcome_names(roles);
    let n = roles.len();
    let open: Vec<Vec<f64>> = predicted.iter().map(Probabilities::open).collect();
    let inside: Vec<usize> = (0..outcomes.len()).filter(|&i| outcomes[i] < n).collect();
    let closed: Vec<Vec<f64>> = inside.iter().map(|&i| predicted[i].closed.clone()).collect();
    let closed_truths: Vec<usize> = inside.iter().map(|&i| outcomes[i]).collect();
    let in_scope: Vec<f64> = predicted.iter().map(|p| p.in_scope).collect();
    let is_role: Vec<bool> = outcomes.iter().map(|&o| o < n).collect();
    Summary {
        view,
        closed: figures(&names[..n], &closed, &closed_truths),
        open: figures(&names, &open, outcomes),
        scope_average_precision: average_precision(&in_scope, &is_role),
        closed_thresholds: thresholds(&closed, &closed_truths, |_, predicted| predicted < n),
        open_thresholds: thresholds(&open, outcomes, |_, predicted| predicted < n),
        fitted_rows: vec![0; names.len()],
        by_title: if view == View::Whole { by_title(outcomes, stated, n) } else { Vec::new() },
        other_thresholds: thresholds(&open, outcomes, |row, predicted| {
            predicted == n && stated[row].is_role_like()
        }),
    }
}

/// Rows by what the title states, then by outcome.
fn by_title(outcomes: &[usize], stated: &[Stated], roles: usize) -> Vec<Vec<u64>> {
    let mut rows = vec![vec![0; roles + 1]; roles + 2];
    for (&outcome, stated) in outcomes.iter().zip(stated) {
        if let Some(kind) = stated.kind(roles) {
            rows[kind][outcome] += 1;
        }
    }
    rows
}

/// Thresholds of the rows that `wanted` chooses by their places and what is predicted.
fn thresholds(
    probabilities: &[Vec<f64>],
    truths: &[usize],
    wanted: impl Fn(usize, usize) -> bool,
) -> Vec<Threshold> {
    let chosen: Vec<(f64, bool)> = probabilities
        .iter()
        .zip(truths)
        .enumerate()
        .filter(|(row, (p, _))| wanted(*row, top(p)))
        .map(|(_, (p, &truth))| (p[top(p)], top(p) == truth))
        .collect();
    let at = |hundredths: u32| {
        let precision = f64::from(hundredths) / 100.0;
        let enough = |right, rows| lower_bound(right, rows) >= precision;
        let (kept, confidence) = most_confident(&chosen, enough);
        Threshold { precision, confidence: (kept > 0).then_some(confidence) }
    };
    PRECISIONS.map(at).collect()
}
