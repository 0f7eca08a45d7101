//! Retraining: adding rows to a model, removing rows from it, and merging models. The counts are exact; the combination
//! and the thresholds are refitted to the sample of held-out scores.

use super::collect::Collector;
use super::collect::Counting;
use super::drift::{Drifted, drift};
use super::error::ModelError;
use super::familiarity::KnowsRows;
use super::history::Retrain;
use super::requirements::require_organisations;
use super::store::Header;
use super::trained::Model;
use super::two_labels::{OtherSource, TwoLabels, two_labels};
use crate::counts::count_matrix::frequent;
use crate::counts::count_matrix::{CountMatrix, NotContained};
use crate::counts::feature_names::FeatureNames;
use crate::evidence::{Channel, FeatureKey};
use crate::examples::example::Example;
use crate::examples::identity::RowId;
use crate::examples::rows::ids;
use crate::holdout::leave_group_out::HeldOutRow;
use crate::holdout::leave_group_out::scores_without;
use crate::lexicon::Lexicon;
use crate::model::training_state::TrainingState;
use crate::stacking::base::Base;
use crate::stacking::fit::Fit;
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// The changes of a retrain.
#[derive(Debug, Default)]
pub struct Change {
    /// Rows to add.
    pub added: Collector,
    /// Rows to remove, before any are added.
    pub removed: Collector,
    /// Models to merge.
    pub merged: Vec<Model>,
    /// How rows are counted.
    pub counting: Counting,
    /// Whether rows that the model knows under another label are learned under the new label instead of the old one.
    pub relabel: bool,
}

/// Why a model could not be retrained.
#[derive(Debug, thiserror::Error)]
pub enum RetrainError {
    /// Reading or training a model failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Rows to remove that are not in the model.
    #[error("{} rows to be removed were never added to the model", rows.len())]
    NotInModel {
        /// Indices among the rows to remove, in order.
        rows: Vec<usize>,
    },
    /// Merging would count rows twice: remove them from one of the models first, or set [`Counting::twice`].
    #[error("{rows} rows are in both models, and their counts cannot be told apart")]
    InBoth {
        /// Rows in more than one of the models.
        rows: usize,
    },
    /// A model to merge has no record of its rows.
    #[error(
        "a compact model cannot be merged: it keeps neither its rare features nor the record of its \
         rows; merge the model it was exported from"
    )]
    CompactMerge,
    /// There is no change to make.
    #[error("there is nothing to add, remove or merge")]
    Nothing,
}

impl From<NotContained> for RetrainError {
    fn from(_: NotContained) -> Self {
        // The rows are there, so their features must be.
        Self::Model(ModelError::Corrupt("its counts do not hold its rows".into()))
    }
}

/// The result of a retrain.
pub struct Retrained {
    /// The new model.
    pub model: Model,
    /// The record of the retrain.
    pub record: Retrain,
    /// Drift of the added rows; none without added rows.
    pub drifted: Option<Drifted>,
    /// Whether it reverted an earlier retrain, which is then no longer in the history.
    pub taken_back: bool,
    /// Indices of the rows that were added, among those collected, in canonical order.
    pub added: Vec<usize>,
    /// The rows that were not added, because the same posting has another label.
    pub two_labels: Vec<TwoLabels>,
    /// Whether removed rows had other features when they were added: their line breaks, capitals or markup have
    /// changed, and what differs stays counted.
    pub inexact: bool,
    /// Features that became frequent enough.
    pub new_features: Vec<FeatureTurn>,
    /// Features that are no longer frequent enough.
    pub lost_features: Vec<FeatureTurn>,
    /// The counts before and after.
    matrices: [CountMatrix; 2],
    /// Held-out probabilities of the rows of the sample, by view.
    held_out: HashMap<RowId, [Probabilities; View::ALL.len()]>,
}

/// Which of the rows to add were learned.
struct Learned {
    /// Their indices, in canonical order.
    indices: Vec<usize>,
    /// Rows that were not, because the same posting has another label.
    two_labels: Vec<TwoLabels>,
    /// Number of those that were in the model under another label, or still are.
    relabelled: usize,
}

impl Retrained {
    /// Whether the new model has counted a row.
    pub fn holds(&self, row: RowId) -> bool {
        [row, row.title_toggled()].iter().any(|&row| self.matrices[1].count(row) > 0)
    }

    /// The probabilities of labelled rows by the old and by the new model, both by counts without the buckets that
    /// would leak the label of a row: those of its organisation or its text. By row.
    pub fn beside(&self, old: &Model, rows: &[&Example], view: View) -> [Vec<Probabilities>; 2] {
        let masks = leaking_buckets(&self.matrices[1], rows);
        let before = old.classify_without(&self.matrices[0], &masks, rows, view);
        let known = |row: &&Example| self.held_out.get(&row.row).map(|v| v[view as usize].clone());
        let mut after: Vec<Option<Probabilities>> = rows.iter().map(known).collect();
        let rest: Vec<usize> = (0..rows.len()).filter(|&i| after[i].is_none()).collect();
        let (masks, rows): (Vec<u16>, Vec<&Example>) =
            rest.iter().map(|&i| (masks[i], rows[i])).unzip();
        let classified = self.model.classify_without(&self.matrices[1], &masks, &rows, view);
        rest.into_iter().zip(classified).for_each(|(i, p)| after[i] = Some(p));
        [before, after.into_iter().flatten().collect()]
    }
}

impl Model {
    /// Retrains the model.
    ///
    /// # Errors
    /// Why it is not possible; the model is not changed.
    pub fn retrain(&self, change: &Change, lexicon: &Lexicon) -> Result<Retrained, RetrainError> {
        let Change { added, removed, merged, counting, .. } = change;
        self.check_lexicon(lexicon)?;
        if [added, removed].iter().all(|c| c.examples.is_empty()) && merged.is_empty() {
            return Err(RetrainError::Nothing);
        }
        let sizes = lexicon.sizes();
        let mut training_state = self.training_state()?;
        let before = training_state.matrix.clone();

        let mut inexact = false;
        let removed_rows = remove(&mut training_state, &removed.examples, removed, &mut inexact)?;
        let merged_rows = merge(&mut training_state, merged, *counting, lexicon)?;

        let Learned { indices, two_labels, relabelled } =
            self.learn(&mut training_state, change, &mut inexact)?;

        let examples = at_indices(&added.examples, &indices);
        let drift = || self.drift(&before, &examples, &added.names);
        let drifted = (!examples.is_empty()).then(drift);
        let [new_features, lost_features] = turnover(&before, &training_state.matrix, sizes);
        let mut read = added.provenance.clone().without_rare();
        read.duplicates = (added.examples.len() - indices.len() - two_labels.len()) as u64;
        let record = Retrain {
            read,
            added: indices.len() as u64,
            relabelled: relabelled as u64,
            two_labels: two_labels.len() as u64,
            removed: removed_rows,
            merged: merged_rows,
            new_features: new_features.len() as u64,
            lost_features: lost_features.len() as u64,
            drift: drifted.as_ref().map(|d| d.drift.clone()),
            ..Retrain::default()
        };
        let only_removed = added.examples.is_empty() && merged.is_empty() && !inexact;
        let reverted =
            if only_removed { self.reverted(&mut training_state, lexicon)? } else { None };
        let taken_back = reverted.is_some();
        let (model, held_out) = if let Some(model) = reverted {
            (model, HashMap::new())
        } else {
            training_state.before.push(self.header_to_revert_to());
            self.refitted(&training_state, lexicon)?
        };
        Ok(Retrained {
            model,
            record,
            drifted,
            taken_back,
            added: indices,
            two_labels,
            inexact,
            new_features,
            lost_features,
            matrices: [before, training_state.matrix],
            held_out,
        })
    }

    /// How rows differ from those that the model has counted in a matrix.
    fn drift(&self, before: &CountMatrix, rows: &[&Example], names: &FeatureNames) -> Drifted {
        let all_known = self.knows_rows() == KnowsRows::All;
        drift(before, &self.header.postings, rows, names, all_known, self.header.roles.len())
    }

    /// An error if the model was trained with another lexicon.
    fn check_lexicon(&self, lexicon: &Lexicon) -> Result<(), ModelError> {
        if self.header.lexicon == lexicon.hash() {
            return Ok(());
        }
        Err(ModelError::other_lexicon(&self.header.lexicon, lexicon))
    }

    /// Adds the rows of a change to a training state, after removing those of other labels that they replace. Sets
    /// `inexact` if these had features that were not counted.
    fn learn(
        &self,
        training_state: &mut TrainingState,
        change: &Change,
        inexact: &mut bool,
    ) -> Result<Learned, RetrainError> {
        let Change { added, counting, .. } = change;
        let sizes = [self.header.roles.len(), self.header.postings.len()];
        let under_two_labels = |known: &CountMatrix| {
            if counting.twice { Vec::new() } else { two_labels(&added.examples, known, sizes[0]) }
        };
        let mut two_labels = under_two_labels(&training_state.matrix);
        let mut relabelled = 0;
        if change.relabel {
            let in_model = two_labels.iter().filter(|found| found.source == OtherSource::Model);
            let known: Vec<&Example> = in_model.map(|found| &added.examples[found.row]).collect();
            relabelled = known.len();
            let before = under_old_labels(&known, &training_state.matrix);
            remove(training_state, &before, added, inexact)?;
            // Two of these may differ from each other, too.
            two_labels = under_two_labels(&training_state.matrix);
        }
        let known = &training_state.matrix;
        let indices = absent(&added.examples, known, &two_labels, *counting, sizes[0]);
        let examples = at_indices(&added.examples, &indices);
        let has_other_label = |e: &&&Example| {
            known.of_posting(e.row).iter().any(|r| r.class().min(sizes[0]) != e.outcome)
        };
        relabelled += examples.iter().filter(has_other_label).count();
        self.add(training_state, &examples, added, sizes)?;
        Ok(Learned { indices, two_labels, relabelled })
    }

    /// Adds the counts of rows to a training state, and their held-out scores to its sample.
    fn add(
        &self,
        training_state: &mut TrainingState,
        examples: &[&Example],
        added: &Collector,
        sizes: [usize; 2],
    ) -> Result<(), RetrainError> {
        let part = CountMatrix::new(examples, added.names.clone());
        training_state.matrix = training_state.matrix.plus(&part).ok_or_else(too_large)?;
        let masks = leaking_buckets(&training_state.matrix, examples);
        let scores = scores_without(&training_state.matrix, &masks, examples, &self.lexicon, sizes);
        let rows = examples.iter().zip(scores).map(|(example, mut scores)| {
            scores.round();
            HeldOutRow { row: example.row, scores }
        });
        training_state.add_to_sample(rows);
        Ok(())
    }

    /// The model before an earlier retrain, if the rows are the same as then: removing the rows that retrains had added
    /// reverts these.
    fn reverted(
        &self,
        training_state: &mut TrainingState,
        lexicon: &Lexicon,
    ) -> Result<Option<Self>, ModelError> {
        let hash = training_state.matrix.rows_hash();
        let earlier = training_state.before.iter().position(|h| h.rows_hash == hash);
        let Some(index) = earlier else { return Ok(None) };
        let mut header = training_state.before[index].clone();
        header.history = self.header.history.iter().take(index).cloned().collect();
        training_state.before.truncate(index);
        Self::assemble(|| header, training_state, lexicon).map(Some)
    }

    /// The header that a training state keeps of this model.
    fn header_to_revert_to(&self) -> Header {
        Header { history: Vec::new(), training_state: None, ..self.header.clone() }
    }

    /// Adds the record of a retrain to the history.
    pub fn remember(&mut self, record: Retrain) {
        self.header.history.push(record);
    }

    /// This model with another training state, and combinations and thresholds fitted to its sample; and the held-out
    /// probabilities of the rows of the sample.
    fn refitted(
        &self,
        training_state: &TrainingState,
        lexicon: &Lexicon,
    ) -> Result<(Self, HashMap<RowId, [Probabilities; View::ALL.len()]>), ModelError> {
        let base = self.base();
        if base.is_none() {
            require_organisations(&training_state.matrix.rows, lexicon.roles())?;
        }
        let sizes = lexicon.sizes();
        let fit = Fit::new(
            &training_state.sample,
            sizes,
            base.as_ref(),
            Some(&self.header.combinations),
            lexicon.roles(),
        );
        let of_row = |i: usize| View::ALL.map(|view| fit.held_out[view as usize][i].clone());
        let views = (0..training_state.sample.len()).map(of_row);
        let held_out = training_state.sample.iter().map(|r| r.row).zip(views).collect();
        let header = Header {
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            combinations: fit.combinations,
            held_out: fit.summaries,
            kept_out: fit.kept_out,
            base,
            ..self.header.clone()
        };
        Ok((Self::assemble(|| header, training_state, lexicon)?, held_out))
    }

    /// The compact model that it is based on, if its rows are not all known.
    pub(super) fn base(&self) -> Option<Base> {
        let Header {
            base, training_state, postings, organisations, combinations, held_out, ..
        } = &self.header;
        base.clone().or_else(|| {
            training_state.is_none().then(|| Base {
                postings: postings.clone(),
                organisations: *organisations,
                combinations: combinations.clone(),
                held_out: held_out.clone(),
            })
        })
    }

    /// The probabilities of rows by the counts of a matrix without the buckets in the mask of each.
    fn classify_without(
        &self,
        matrix: &CountMatrix,
        masks: &[u16],
        rows: &[&Example],
        view: View,
    ) -> Vec<Probabilities> {
        let sizes = [self.header.roles.len(), self.header.postings.len()];
        let scores = scores_without(matrix, masks, rows, &self.lexicon, sizes);
        scores.iter().map(|s| Probabilities::new(&self.header.combinations, view, s)).collect()
    }
}

/// For each row a mask of the buckets of a count matrix that would leak its label.
fn leaking_buckets(matrix: &CountMatrix, examples: &[&Example]) -> Vec<u16> {
    matrix.leaking_buckets(&ids(examples))
}

fn too_large() -> RetrainError {
    RetrainError::Model(ModelError::Corrupt("its counts are larger than any file's".into()))
}

fn at_indices<'a>(examples: &'a [Example], indices: &[usize]) -> Vec<&'a Example> {
    indices.iter().map(|&i| &examples[i]).collect()
}

/// Removes rows from a training state, whose feature names `collected` has; gives their number. Sets `inexact` if the
/// rows have features that were not counted.
fn remove(
    training_state: &mut TrainingState,
    rows: &[Example],
    collected: &Collector,
    inexact: &mut bool,
) -> Result<u64, RetrainError> {
    let matrix = &training_state.matrix;
    let examples: Vec<_> = rows.iter().map(|e| matrix.as_counted(e)).collect();
    let examples: Vec<&Example> = examples.iter().map(AsRef::as_ref).collect();
    let indices = present(&examples, matrix)?;
    let examples: Vec<&Example> = indices.iter().map(|&i| examples[i]).collect();
    let part = CountMatrix::new(&examples, collected.names.clone());
    let as_then = |e: &&Example| matrix.of_posting(e.row).iter().any(|row| row.near == e.row.near);
    let is_sound = |difference: &CountMatrix| difference.is_consistent() || !matrix.is_consistent();
    let difference = matrix.minus(&part).ok().filter(is_sound);
    *inexact |= difference.is_none() || !examples.iter().all(as_then);
    training_state.matrix = match difference {
        Some(difference) => difference,
        None => matrix.minus_contained(&part)?,
    };
    training_state.remove_from_sample(&part.rows);
    Ok(examples.len() as u64)
}

/// Rows as a count matrix has them, under other labels.
fn under_old_labels(examples: &[&Example], matrix: &CountMatrix) -> Vec<Example> {
    let mut seen = HashSet::new();
    let first = |e: &&&Example| seen.insert(e.row.posting());
    let in_matrix = |e: &&Example| {
        let old = matrix.of_posting(e.row).iter().map(|row| row.class());
        old.map(|class| Example { row: e.row.with_class(class), ..Example::clone(e) })
            .collect::<Vec<_>>()
    };
    examples.iter().filter(first).flat_map(in_matrix).collect()
}

/// Adds the counts of models; gives their number of rows.
fn merge(
    training_state: &mut TrainingState,
    models: &[Model],
    counting: Counting,
    lexicon: &Lexicon,
) -> Result<u64, RetrainError> {
    let mut rows = 0;
    for model in models {
        model.check_lexicon(lexicon)?;
        if model.header.training_state.is_none() || model.header.base.is_some() {
            return Err(RetrainError::CompactMerge);
        }
        let other = model.training_state()?;
        let both =
            other.matrix.rows.iter().filter(|r| training_state.matrix.count(**r) > 0).count();
        if both > 0 && !counting.twice {
            return Err(RetrainError::InBoth { rows: both });
        }
        rows += other.matrix.rows.len() as u64;
        training_state.matrix = training_state.matrix.plus(&other.matrix).ok_or_else(too_large)?;
        training_state.cut = training_state.cut.min(other.cut);
        training_state.add_to_sample(other.sample);
    }
    Ok(rows)
}

/// Indices of the rows that are in a count matrix, each as often as it was counted at most.
fn present(examples: &[&Example], matrix: &CountMatrix) -> Result<Vec<usize>, RetrainError> {
    let mut seen: HashMap<RowId, usize> = HashMap::new();
    let (mut indices, mut missing) = (Vec::new(), Vec::new());
    for (i, example) in examples.iter().enumerate() {
        let times = seen.entry(example.row).or_default();
        *times += 1;
        match matrix.count(example.row) {
            0 => missing.push(i),
            counted if *times <= counted => indices.push(i),
            _ => {}
        }
    }
    if missing.is_empty() { Ok(indices) } else { Err(RetrainError::NotInModel { rows: missing }) }
}

/// Indices of the rows that are not in a count matrix, each once and none under two labels; or of all rows, if they are
/// to be counted twice. In canonical order: the same rows in another order give the same model.
fn absent(
    examples: &[Example],
    matrix: &CountMatrix,
    two_labels: &[TwoLabels],
    counting: Counting,
    roles: usize,
) -> Vec<usize> {
    let two_labels: HashSet<usize> = two_labels.iter().map(|found| found.row).collect();
    let mut indices: Vec<usize> = (0..examples.len()).collect();
    indices.sort_by(|&a, &b| examples[a].canonical_order(&examples[b]));
    let mut seen = HashSet::new();
    let known = |e: &Example| {
        matrix.of_posting(e.row).iter().any(|row| row.class().min(roles) == e.outcome)
    };
    indices.retain(|i| {
        let example = &examples[*i];
        let mut first = || seen.insert((example.row.posting(), example.outcome));
        counting.twice || (!two_labels.contains(i) && !known(example) && first())
    });
    indices
}

/// A feature that became frequent enough by a retrain, or no longer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeatureTurn {
    /// Its channel.
    pub(crate) channel: Channel,
    /// Its text.
    pub(crate) text: String,
    /// Postings with it, in the model in which it is frequent enough.
    pub(crate) postings: u32,
}

/// Features that are frequent enough after a change and not before, and the other way round; most frequent first.
fn turnover(before: &CountMatrix, after: &CountMatrix, sizes: [usize; 2]) -> [Vec<FeatureTurn>; 2] {
    let only_in = |a: &CountMatrix, b: &CountMatrix| {
        let others: HashSet<FeatureKey> = frequent(b, sizes).map(|(key, ..)| key).collect();
        let only = frequent(a, sizes).filter(|(key, ..)| !others.contains(key));
        let mut only: Vec<FeatureTurn> = only
            .map(|(key, text, feature_count)| FeatureTurn {
                channel: key.channel(),
                text: text.to_owned(),
                postings: feature_count.postings.iter().sum(),
            })
            .collect();
        only.sort_by(|a, b| b.postings.cmp(&a.postings).then_with(|| a.text.cmp(&b.text)));
        only
    };
    [only_in(after, before), only_in(before, after)]
}
