//! Evaluates predictions on labelled rows.

use super::limits::{Limits, may_be_role};
use super::verdict::Decision;
use crate::evidence::Stated;
use crate::examples::example::Example;
use crate::examples::identity::RowId;
use crate::examples::neighbours::Neighbours;
use crate::metrics::{Bin, Figures, Intervals, LEAST_GROUPS, figures, intervals, reliability, top};
use crate::roles::RoleSet;
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use crate::stacking::summary::{Summary, outcome_names, summarise};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// Upper bounds of the length groups of postings, in words; the last group is unbounded.
const LENGTHS: [usize; 3] = [100, 300, 600];
/// Least rows of a reported slice.
const LEAST_ROWS: usize = 10;

/// A labelled row and its held-out prediction.
#[derive(Debug, Clone)]
pub struct PredictedRow<'a> {
    /// The row.
    pub example: &'a Example,
    /// Words in its text.
    pub words: usize,
    /// Value that slices are grouped by; empty for none.
    pub group: &'a str,
    /// The prediction.
    pub probabilities: &'a Probabilities,
    /// Decision thresholds, from rows of other folds.
    pub limits: Option<Limits>,
}

impl PredictedRow<'_> {
    /// The most probable outcome, and the decision; `None` without limits.
    pub fn decided(&self, view: View, closed: bool) -> (usize, Option<Decision>) {
        let p = if closed { self.probabilities.closed.clone() } else { self.probabilities.open() };
        let best = top(&p);
        let other = best == self.probabilities.closed.len();
        let role_like = may_be_role(view, self.example.stated());
        (best, self.limits.map(|limits| limits.decide(other, p[best], role_like, self.words)))
    }
}

/// An evaluation of predictions.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// The metrics.
    #[serde(flatten)]
    pub summary: Summary,
    /// How the held-out predictions were made.
    pub method: String,
    /// Rows classified by the lexicon alone: without their organisations and near copies, some role has no training
    /// posting.
    pub lexicon_only: usize,
    /// Which role, on the rows labelled with one.
    pub(crate) closed_detail: Detail,
    /// Which role or `other`, on all rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open_detail: Option<Detail>,
    /// Precision of `accept`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accepted: Option<Decided>,
    /// Precision of `out_of_scope`, on all rows and on those whose title is like a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) out_of_scope: Option<[Decided; 2]>,
    /// Metrics by number of labelled rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub learning_curve: Vec<CurvePoint>,
}

/// Details of one question.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Detail {
    /// Confidence intervals; `None` with fewer than five independent groups of rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) intervals: Option<Intervals>,
    /// Accuracy by bin of confidence.
    pub(crate) reliability: Vec<Bin>,
    /// `[coverage, accuracy]` by descending confidence.
    pub(crate) coverage: Vec<[f64; 2]>,
    /// Metrics of groups of rows.
    pub(crate) slices: Vec<Slice>,
}

/// Metrics of a group of rows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Slice {
    /// What the rows are grouped by.
    pub(crate) by: String,
    /// Name of the group.
    pub(crate) name: String,
    /// Mean F1 of the classes with rows in the group.
    pub(crate) macro_f1: f64,
    /// Its metrics.
    pub(crate) figures: Figures,
}

/// Rows that got a decision, by thresholds from rows of other folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Decided {
    /// Precision asked for.
    pub(crate) precision: f64,
    /// Rows with the decision.
    pub(crate) rows: u64,
    /// Correct ones among them.
    pub(crate) right: u64,
}

/// A point of the learning curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Labelled rows of the roles; 0 for the lexicon alone.
    pub(crate) rows: u64,
    /// Mean F1 of the roles.
    pub(crate) macro_f1: f64,
    /// Log-loss in nats.
    pub(crate) log_loss: f64,
}

/// Evaluates rows. `by` names the column of their groups; `precision` is the one asked of `accept`.
pub fn evaluate(
    view: View,
    rows: &[PredictedRow],
    roles: &RoleSet,
    closed: bool,
    by: Option<&str>,
    precision: f64,
) -> Evaluation {
    let outcomes: Vec<usize> = rows.iter().map(|row| row.example.outcome).collect();
    let predicted: Vec<Probabilities> = rows.iter().map(|r| r.probabilities.clone()).collect();
    let stated: Vec<Stated> = rows.iter().map(|row| row.example.stated()).collect();
    let summary = summarise(view, &predicted, &outcomes, &stated, roles);
    let names = outcome_names(roles);
    let inside: Vec<&PredictedRow> =
        rows.iter().filter(|row| row.example.outcome < roles.len()).collect();
    let all: Vec<&PredictedRow> = rows.iter().collect();
    let open =
        (!closed && summary.has_other()).then(|| detail(&names, &all, by, Probabilities::open));
    let counted = if closed { &inside } else { &all };
    let decided = |decision: Decision, wanted: &dyn Fn(&PredictedRow) -> bool| {
        let rows = counted.iter().filter(|row| wanted(row));
        let decided = rows.map(|row| (row.decided(view, closed), row.example.outcome));
        let right = decided.filter(|((_, got), _)| *got == Some(decision));
        let right: Vec<bool> = right.map(|((best, _), truth)| best == truth).collect();
        let rows = right.len() as u64;
        Decided { precision, rows, right: right.iter().filter(|right| **right).count() as u64 }
    };
    let limited = rows.iter().any(|row| row.limits.is_some());
    let role_like = |row: &PredictedRow| row.example.states_role_like();
    Evaluation {
        summary,
        method: String::new(),
        lexicon_only: 0,
        closed_detail: detail(&names[..roles.len()], &inside, by, |p| p.closed.clone()),
        open_detail: open,
        accepted: limited.then(|| decided(Decision::Accept, &|_| true)),
        out_of_scope: (limited && !closed).then(|| {
            let out =
                |wanted: &dyn Fn(&PredictedRow) -> bool| decided(Decision::OutOfScope, wanted);
            [out(&|_| true), out(&role_like)]
        }),
        learning_curve: Vec::new(),
    }
}

fn detail(
    names: &[String],
    rows: &[&PredictedRow],
    by: Option<&str>,
    of: impl Fn(&Probabilities) -> Vec<f64> + Sync,
) -> Detail {
    let probabilities: Vec<Vec<f64>> = rows.par_iter().map(|row| of(row.probabilities)).collect();
    let truths: Vec<usize> = rows.iter().map(|row| row.example.outcome).collect();
    let organisations: Vec<u64> = rows.iter().map(|row| row.example.row.organisation).collect();
    let mut confidences: Vec<(f64, bool)> =
        probabilities.iter().zip(&truths).map(|(p, &t)| (p[top(p)], top(p) == t)).collect();
    let reliability = reliability(&confidences);
    confidences.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut of_length = vec![Vec::new(); LENGTHS.len() + 1];
    let mut of_group: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        of_length[LENGTHS.partition_point(|&least| least <= row.words)].push(i);
        if by.is_some() {
            of_group.entry(row.group).or_default().push(i);
        }
    }
    let of_length =
        of_length.into_iter().enumerate().map(|(i, rows)| (length_name(i), "words", rows));
    let by = by.unwrap_or_default();
    let of_group = of_group.into_iter().map(|(name, rows)| (name.to_owned(), by, rows));
    let slice = |(name, by, indices): (String, &str, Vec<usize>)| {
        let p: Vec<Vec<f64>> = indices.iter().map(|&i| probabilities[i].clone()).collect();
        let t: Vec<usize> = indices.iter().map(|&i| truths[i]).collect();
        let figures = figures(names, &p, &t);
        let present = figures.classes.iter().filter(|class| class.rows > 0);
        let macro_f1 = present.clone().map(|class| class.f1).sum::<f64>() / present.count() as f64;
        Slice { by: by.to_owned(), name, macro_f1, figures }
    };
    let slices = of_length.chain(of_group).filter(|(.., rows)| rows.len() >= LEAST_ROWS);
    let ids: Vec<RowId> = rows.iter().map(|row| row.example.row).collect();
    let enough = Neighbours::new(&ids).all_independent() >= LEAST_GROUPS;
    let intervals = || intervals(names, &probabilities, &truths, &organisations);
    Detail {
        intervals: enough.then(intervals).flatten(),
        reliability,
        coverage: coverage(&confidences),
        slices: slices.collect::<Vec<_>>().into_par_iter().map(slice).collect(),
    }
}

/// Name of a length group.
fn length_name(index: usize) -> String {
    let from = if index == 0 { 0 } else { LENGTHS[index - 1] };
    LENGTHS.get(index).map_or(format!("{from} and more"), |to| format!("{from} to {}", to - 1))
}

/// Accuracy of the most confident rows, at 100 levels of coverage.
fn coverage(sorted: &[(f64, bool)]) -> Vec<[f64; 2]> {
    let rows = sorted.len();
    let mut right = 0;
    let mut points: Vec<[f64; 2]> = Vec::new();
    for (i, (_, correct)) in sorted.iter().enumerate() {
        right += usize::from(*correct);
        let kept = i + 1;
        if kept * 100 / rows > i * 100 / rows {
            points.push([kept as f64 / rows as f64, right as f64 / kept as f64]);
        }
    }
    points
}
