//! How the predictions of two models differ on the same postings.

use super::classify::Judge;
use super::verdict::Phrase;
use crate::metrics::{Difference, top};
use crate::roles::Label;
use crate::stacking::probabilities::Probabilities;
use crate::stacking::summary::outcome_names;
use serde::Serialize;
use std::collections::BTreeMap;

/// A posting that two models classify.
#[derive(Debug, Clone)]
pub struct ComparedPosting {
    /// File and row, for messages.
    pub location: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub description: String,
    /// Index of its label among the outcomes, and hash of its organisation; `None` without a label.
    pub label: Option<(usize, u64)>,
}

/// A posting whose label changed from the old to the new model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Flip {
    /// File and row.
    pub(crate) place: String,
    /// Its title.
    pub(crate) title: String,
    /// Its true label, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// Label predicted by the old model.
    pub(crate) old: String,
    /// Probability of `old` by the old model.
    pub(crate) old_confidence: f64,
    /// Label predicted by the new model.
    pub(crate) new: String,
    /// Probability of `new` by the new model.
    pub(crate) new_confidence: f64,
    /// Evidence for the new label against the old one by the new model, by descending weight.
    pub(crate) evidence: Vec<Phrase>,
}

/// How the predictions of two models differ on postings.
#[derive(Debug, Clone, Serialize)]
pub struct PredictionChanges {
    /// Postings classified.
    pub(crate) rows: u64,
    /// Difference in metrics, if any posting has a label.
    pub difference: Option<Difference>,
    /// Count of changed postings by `OLD to NEW`.
    pub flipped: BTreeMap<String, u64>,
    /// The changed postings, largest change in probability first.
    pub(crate) flips: Vec<Flip>,
}

impl PredictionChanges {
    /// Compares the predictions of an old and a new model; `judge` has the new model.
    ///
    /// If no posting is labelled `other`, the comparison is between roles only.
    pub fn new(judge: &Judge, rows: &[ComparedPosting], [old, new]: [&[Probabilities]; 2]) -> Self {
        let names = outcome_names(judge.lexicon().roles());
        let roles = names.len() - 1;
        let labels: Vec<usize> = rows.iter().filter_map(|r| Some(r.label?.0)).collect();
        let closed = !labels.is_empty() && labels.iter().all(|&l| l < roles);
        let outcomes = |p: &Probabilities| if closed { p.closed.clone() } else { p.open() };
        let [old, new] = [old, new].map(|all| all.iter().map(outcomes).collect::<Vec<_>>());
        let labelled: Vec<usize> = (0..rows.len()).filter(|&i| rows[i].label.is_some()).collect();
        let of_labelled = |all: &[Vec<f64>]| labelled.iter().map(|&i| all[i].clone()).collect();
        let [old_labelled, new_labelled]: [Vec<Vec<f64>>; 2] = [&old, &new].map(|p| of_labelled(p));
        let groups: Vec<u64> = rows.iter().filter_map(|r| Some(r.label?.1)).collect();
        let classes = if closed { &names[..roles] } else { &names[..] };
        let difference = Difference::new(classes, [&old_labelled, &new_labelled], &labels, &groups);
        let mut flipped = BTreeMap::new();
        let mut flips: Vec<(f64, Flip)> = Vec::new();
        for ((row, old), new) in rows.iter().zip(&old).zip(&new) {
            let (before, after) = (top(old), top(new));
            if before == after {
                continue;
            }
            let pair = format!("{} to {}", names[before], names[after]);
            *flipped.entry(pair).or_default() += 1;
            let label = |outcome| {
                judge.lexicon().roles().ids().nth(outcome).map_or(Label::Other, Label::Role)
            };
            let evidence =
                judge.reasons(&row.title, &row.description, [label(after), label(before)]);
            let flip = Flip {
                place: row.location.clone(),
                title: row.title.clone(),
                label: row.label.map(|(label, _)| names[label].clone()),
                old: names[before].clone(),
                old_confidence: old[before],
                new: names[after].clone(),
                new_confidence: new[after],
                evidence,
            };
            flips.push((new[after] - old[after], flip));
        }
        flips.sort_by(|a, b| b.0.total_cmp(&a.0));
        let flips = flips.into_iter().map(|(_, flip)| flip).collect();
        Self { rows: rows.len() as u64, difference, flipped, flips }
    }
}
