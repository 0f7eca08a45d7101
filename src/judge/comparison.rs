//! Whether a retrain made a model better or worse.

use super::classify::{Judge, Settings};
use super::prediction_changes::{ComparedPosting, PredictionChanges};
use crate::lexicon::Lexicon;
use crate::model::{Change, Example, Model, Retrain, Retrained, View};

/// The rows that the model before and after a retrain may be compared on.
#[derive(Debug)]
pub struct ComparedRows<'a> {
    /// The rows to add, as collected.
    pub added: &'a [ComparedPosting],
    /// Other rows to compare on instead of the added ones.
    pub check: Option<(&'a [Example], &'a [ComparedPosting])>,
}

/// A model before and after a retrain, on rows that it is not judged by having seen.
#[derive(Debug)]
pub struct Comparison {
    /// What both were compared on.
    pub on: &'static str,
    /// Rows to check by that are in the new model, and were left out.
    pub known: usize,
    /// How predictions differ; none if there were no rows.
    pub changes: Option<PredictionChanges>,
}

impl Comparison {
    /// Compares both models on the rows to check by, or else on the added ones, each without its organisation.
    pub fn new(
        old: &Model,
        retrained: &Retrained,
        change: &Change,
        rows: &ComparedRows,
        lexicon: &Lexicon,
    ) -> Self {
        let (examples, postings, on, known) = match rows.check {
            None => {
                let (all, added) = (change.added.examples(), &retrained.added);
                let on = "the added rows, each judged without its organisation";
                (chosen(all, added), chosen(rows.added, added), on, 0)
            }
            Some((all, postings)) => {
                let mut unseen: Vec<usize> =
                    (0..all.len()).filter(|&i| !retrained.holds(all[i].row)).collect();
                unseen.sort_by_key(|&i| all[i].row);
                let known = all.len() - unseen.len();
                (chosen(all, &unseen), chosen(postings, &unseen), "the rows to check by", known)
            }
        };
        if examples.is_empty() {
            return Self { on, known, changes: None };
        }
        let view = View::Whole;
        let [before, after] = retrained.beside(old, &examples, view);
        let settings = Settings { view, ..Settings::default() };
        let judge = Judge::new(&retrained.model, lexicon, settings);
        let postings: Vec<ComparedPosting> = postings.into_iter().cloned().collect();
        let changes = PredictionChanges::new(&judge, &postings, [&before, &after]);
        Self { on, known, changes: Some(changes) }
    }
}

impl PredictionChanges {
    /// Notes in the record of a retrain what changed.
    pub fn record_in(&self, record: &mut Retrain) {
        record.difference.clone_from(&self.difference);
        record.flips.clone_from(&self.flipped);
    }
}

fn chosen<'a, T>(all: &'a [T], indices: &[usize]) -> Vec<&'a T> {
    indices.iter().map(|&i| &all[i]).collect()
}
