//! Evaluates predictions on labelled rows.

use super::limits::{Limits, may_be_role};
use super::verdict::Decision;
use crate::evidence::Stated;
use crate::examples::example::Example;
use crate::examples::identity::RowId;
use crate::examples::neighbours::Neighbours;
use crate::metrics::{
    Bin, Difference, Figures, Intervals, LEAST_GROUPS, figures, intervals, reliability, top,
};
use crate::model::KnowsRows;
use crate::roles::RoleSet;
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use crate::stacking::summary::{Summary, outcome_names, summarise};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// Upper bounds of the length groups of postings, in words; the last group is unbounded.
const LENGTHS: [usize; 3] = [100, 300, 600];
/// Least rows of a group that is reported apart.
pub(crate) const LEAST_ROWS: usize = 10;

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
    /// Rows that are not judged, and those that the model was helped with.
    pub set_apart: RowsSetApart,
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

/// Labelled rows that are not judged, and judged ones that a model was helped with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RowsSetApart {
    /// Rows left out because a model was trained on them.
    pub known: u64,
    /// Rows left out because they have no fold.
    pub without_fold: u64,
    /// Judged rows that the model was trained on.
    pub known_and_judged: u64,
    /// Other judged rows of which it was trained on a row of the organisation or a near copy.
    pub neighbours_known: u64,
    /// Which of its rows the model knows; `None` without a given model.
    pub knows_rows: Option<KnowsRows>,
}

/// How a model differs from the first one on the same rows.
#[derive(Debug, Clone, Serialize)]
pub struct ModelDifference {
    /// The model.
    pub(crate) model: String,
    /// The first model.
    pub(crate) against: String,
    /// Which role, on the rows labelled with one; `None` if there are none.
    pub(crate) closed: Option<Difference>,
    /// Which role or `other`, on all rows; `None` if only roles are asked for.
    pub(crate) open: Option<Difference>,
}

/// Evaluations of models on the same rows.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluations {
    /// By model.
    pub models: Vec<Evaluation>,
    /// Each model after the first against the first, with the same bootstrap samples of organisations.
    pub(crate) differences: Vec<ModelDifference>,
}

impl Evaluations {
    /// Compares evaluations by the predictions that they are of, which are of the same rows.
    ///
    /// # Panics
    /// If there is not one list of predictions a model, or they are not of the same rows.
    pub fn new(models: Vec<Evaluation>, predicted: &[Vec<PredictedRow>], roles: &RoleSet) -> Self {
        assert_eq!(models.len(), predicted.len(), "one list of predictions a model");
        let compared = models.iter().zip(predicted).skip(1).map(|(model, rows)| {
            let (closed, open) = difference([&predicted[0], rows], roles);
            let open = open.filter(|_| model.open_detail.is_some());
            let names = [&model.method, &models[0].method].map(Clone::clone);
            let [model, against] = names;
            ModelDifference { model, against, closed, open }
        });
        let differences = compared.collect();
        Self { models, differences }
    }
}

/// The differences between the predictions of two models for the same rows: which role, and which role or other.
fn difference(
    [old, new]: [&[PredictedRow]; 2],
    roles: &RoleSet,
) -> (Option<Difference>, Option<Difference>) {
    let names = outcome_names(roles);
    let of_rows = |names: &[String], of: &dyn Fn(&Probabilities) -> Vec<f64>| {
        let is_in = |row: &&PredictedRow| row.example.outcome < names.len();
        let [before, after] = [old, new].map(|rows| {
            rows.iter().filter(is_in).map(|row| of(row.probabilities)).collect::<Vec<_>>()
        });
        let rows = || old.iter().filter(is_in).map(|row| row.example);
        let truths: Vec<usize> = rows().map(|example| example.outcome).collect();
        let groups: Vec<u64> = rows().map(|example| example.row.organisation).collect();
        Difference::new(names, [&before, &after], &truths, &groups)
    };
    let closed = of_rows(&names[..roles.len()], &|p| p.closed.clone());
    (closed, of_rows(&names, &Probabilities::open))
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
    /// Name of the group; empty for rows without a value.
    pub(crate) name: String,
    /// How many groups these are, if they are those of too few rows to be reported apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) small_groups: Option<usize>,
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
    /// Mean F1 of the roles; `None` if no row has one.
    pub(crate) macro_f1: Option<f64>,
    /// Log-loss in nats; `None` if no row has a role.
    pub(crate) log_loss: Option<f64>,
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
        set_apart: RowsSetApart::default(),
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
    let of_length = of_length.into_iter().enumerate().map(|(i, rows)| (length_name(i), rows));
    let of_length = with_small_together("words", of_length.collect());
    let of_group = of_group.into_iter().map(|(name, rows)| (name.to_owned(), rows));
    let of_group = with_small_together(by.unwrap_or_default(), of_group.collect());
    let slice = |group: Group| {
        let p: Vec<Vec<f64>> = group.rows.iter().map(|&i| probabilities[i].clone()).collect();
        let t: Vec<usize> = group.rows.iter().map(|&i| truths[i]).collect();
        let Group { by, name, small_groups, .. } = group;
        Slice { by, name, small_groups, figures: figures(names, &p, &t) }
    };
    let groups = [of_length, of_group].concat();
    let ids: Vec<RowId> = rows.iter().map(|row| row.example.row).collect();
    let enough = Neighbours::new(&ids).all_independent() >= LEAST_GROUPS;
    let intervals = || intervals(names, &probabilities, &truths, &organisations);
    Detail {
        intervals: enough.then(intervals).flatten(),
        reliability,
        coverage: coverage(&confidences),
        slices: groups.into_par_iter().map(slice).collect(),
    }
}

/// Rows that are reported together.
#[derive(Clone)]
struct Group {
    by: String,
    name: String,
    small_groups: Option<usize>,
    rows: Vec<usize>,
}

/// The groups of rows, and last in one those of too few rows to be reported apart; groups without rows are none.
fn with_small_together(by: &str, groups: Vec<(String, Vec<usize>)>) -> Vec<Group> {
    let (large, small): (Vec<_>, Vec<_>) = groups
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .partition(|(_, rows)| rows.len() >= LEAST_ROWS);
    let by = by.to_owned();
    let group = |(name, rows)| Group { by: by.clone(), name, small_groups: None, rows };
    let mut groups: Vec<Group> = large.into_iter().map(group).collect();
    if !small.is_empty() {
        let (count, rows) = (small.len(), small.into_iter().flat_map(|(_, rows)| rows).collect());
        groups.push(Group { by, name: String::new(), small_groups: Some(count), rows });
    }
    groups
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
