//! Training a model on labelled rows.

use super::collect::{Collector, Counting, Provenance};
use super::error::ModelError;
use super::requirements::{require_organisations, require_rows};
use super::sums::Sums;
use super::trained::Model;
use super::training_state::sample_cut;
use crate::counts::feature_counts::FeatureCounts;
use crate::examples::example::Example;
use crate::examples::identity::RowId;
use crate::examples::neighbours::{Neighbours, members};
use crate::examples::rows::ids;
use crate::holdout::leave_group_out::HeldOut;
use crate::holdout::leave_group_out::HeldOutRow;
use crate::holdout::leave_group_out::held_out;
use crate::lexicon::Lexicon;
use crate::roles::RoleSet;
use crate::stacking::combination::Combination;
use crate::stacking::fit::{Fitter, Parts};
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use crate::stacking::summary::Summary;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::HashSet;

impl Collector {
    /// Trains a model on what was collected.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if a role has fewer than two organisations, or fitting fails.
    pub fn train(self, counting: Counting, lexicon: &Lexicon) -> Result<Model, ModelError> {
        require_rows(self.examples.len(), lexicon.roles())?;
        self.model(counting, lexicon)
    }

    /// A model of the lexicon alone, without labelled postings. It accepts no prediction, because its precision is
    /// unknown.
    ///
    /// # Errors
    /// None for a valid lexicon.
    pub fn lexicon_only(provenance: Provenance, lexicon: &Lexicon) -> Result<Model, ModelError> {
        Self { provenance, ..Self::default() }.model(Counting::default(), lexicon)
    }

    fn model(mut self, counting: Counting, lexicon: &Lexicon) -> Result<Model, ModelError> {
        self.order(counting);
        let Self { examples, names, provenance } = self;
        let rows: Vec<&Example> = examples.iter().collect();
        require_organisations(&ids(&rows[..]), lexicon.roles())?;
        let mut sums = Sums::of(&rows, names, provenance);
        sums.sample(&rows, sums.cut(), lexicon);
        drop(rows);
        // Freed before the training state is serialised, which takes as much memory.
        drop(examples);
        sums.train(lexicon)
    }

    /// Sorts the postings by identity; removes duplicates and those under two labels, unless all are to be counted.
    pub(super) fn order(&mut self, counting: Counting) {
        if !counting.twice {
            let two: HashSet<usize> =
                self.two_labels().into_iter().map(|found| found.row).collect();
            let mut indices = 0..;
            self.examples.retain(|_| indices.next().is_none_or(|index| !two.contains(&index)));
            self.provenance.two_labels += two.len() as u64;
        }
        self.examples.sort_unstable_by(Example::canonical_order);
        if !counting.twice {
            let before = self.examples.len();
            self.examples.dedup_by_key(|e| (e.row.posting(), e.outcome));
            self.provenance.duplicates += (before - self.examples.len()) as u64;
            self.examples.shrink_to_fit();
        }
    }
}

/// Counts of rows, and held-out scores of the wanted ones.
struct CountedRows {
    held_out: HeldOut,
    rows: Vec<HeldOutRow>,
    sizes: [usize; 2],
}

impl CountedRows {
    /// Scores those wanted of the rows, of which there may be none, by their feature counts without their neighbours.
    fn new(
        examples: &[&Example],
        feature_counts: FeatureCounts,
        lexicon: &Lexicon,
        wanted: impl Fn(RowId) -> bool + Sync,
    ) -> Result<Self, ModelError> {
        require_organisations(&ids(examples), lexicon.roles())?;
        let (held_out, rows) = held_out(examples, feature_counts, lexicon, wanted);
        Ok(Self { held_out, rows, sizes: lexicon.sizes() })
    }

    fn fitter<'a>(&'a self, view: &'a View) -> Fitter<'a> {
        Fitter::new(&self.rows, self.sizes, None, None, std::slice::from_ref(view))
    }
}

/// The largest hash of a text in the sample that combinations are fitted to.
fn cut(examples: &[&Example]) -> u64 {
    sample_cut(examples.iter().map(|example| example.row.text))
}

/// The feature counts of rows.
fn feature_counts(rows: &[&Example], lexicon: &Lexicon) -> FeatureCounts {
    FeatureCounts::new(rows, None, None, lexicon.sizes()).expect("rows in memory can be read")
}

/// Held-out probabilities of rows in the order of their identities, each by the others without its organisation and its
/// near copies; and how many rows only the lexicon could score.
///
/// # Errors
/// As [`Collector::train`].
pub fn leave_organisation_out(
    examples: &[&Example],
    view: View,
    lexicon: &Lexicon,
) -> Result<(Vec<Probabilities>, usize), ModelError> {
    let counts = feature_counts(examples, lexicon);
    let CountedRows { rows, sizes, .. } = CountedRows::new(examples, counts, lexicon, |_| true)?;
    let cut = cut(examples);
    let sampled = rows.iter().enumerate().filter(|(_, scored)| scored.row.text <= cut);
    let (sampled, sample): (Vec<usize>, Vec<HeldOutRow>) =
        sampled.map(|(index, scored)| (index, scored.clone())).unzip();
    let fitter = Fitter::new(&sample, sizes, None, None, std::slice::from_ref(&view));
    let ids = ids(examples);
    let parts = Parts::new(&ids, &Neighbours::new(&ids));
    let combined = fitter.without_parts(&parts, &sampled);
    let of_row = |(index, row): (usize, &HeldOutRow)| {
        Probabilities::new(&combined[parts.of(index)], view, &row.scores)
    };
    let probabilities = rows.par_iter().enumerate().map(of_row).collect();
    Ok((probabilities, rows.iter().filter(|row| row.scores.lexicon_only).count()))
}

/// The distinct rows, sorted by identity.
fn each_once<'e>(rows: &[&'e Example]) -> Vec<&'e Example> {
    let mut rows = rows.to_vec();
    rows.sort_unstable_by(|a, b| a.canonical_order(b));
    rows.dedup_by_key(|e| e.row);
    rows
}

/// How many rows have a neighbour, a row of their organisation or a near copy, in another fold; `fold` gives the fold
/// of the row at an index.
pub fn split_between_folds(rows: &[RowId], fold: impl Fn(usize) -> usize) -> usize {
    Neighbours::new(rows).split_by(fold)
}

/// A fold for each row, of so many. Rows of one organisation and near copies are in one fold, and the folds are about
/// equally large. The order of the rows does not matter.
pub fn folds_of_organisations(rows: &[RowId], folds: usize) -> Vec<usize> {
    let mut groups = members(&Neighbours::new(rows).chains());
    groups.retain(|group| !group.is_empty());
    let least = |group: &[usize]| group.iter().map(|&row| rows[row]).min();
    groups.sort_by_cached_key(|group| (Reverse(group.len()), least(group)));
    let (mut sizes, mut fold_of) = (vec![0; folds], vec![0; rows.len()]);
    for group in groups {
        let smallest = (0..folds).min_by_key(|&fold| sizes[fold]).unwrap_or_default();
        sizes[smallest] += group.len();
        for row in group {
            fold_of[row] = smallest;
        }
    }
    fold_of
}

/// Rows for cross-validation: they are counted once, and for each model the rows that are left out are subtracted.
pub struct Folds<'e> {
    rows: Vec<&'e Example>,
    feature_counts: FeatureCounts,
}

impl<'e> Folds<'e> {
    /// Counts rows.
    pub fn new(rows: &[&'e Example], lexicon: &Lexicon) -> Self {
        let rows = each_once(rows);
        let feature_counts = feature_counts(&rows, lexicon);
        Self { rows, feature_counts }
    }

    /// Trains on some of the rows.
    ///
    /// # Errors
    /// As [`Collector::train`].
    pub fn train(
        &self,
        rows: &[&Example],
        view: View,
        lexicon: &Lexicon,
    ) -> Result<FoldModel, ModelError> {
        let rows = each_once(rows);
        let mut kept = rows.iter().peekable();
        let removed =
            self.rows.iter().filter(|all| kept.next_if(|row| row.row == all.row).is_none());
        let feature_counts = self.feature_counts.without(&removed.copied().collect::<Vec<_>>());
        FoldModel::by(&rows, feature_counts, view, lexicon)
    }
}

/// A model of some rows, as [`Collector::train`] makes it, to classify others in one view.
pub struct FoldModel {
    counted: CountedRows,
    view: View,
    combinations: Vec<Combination>,
}

impl FoldModel {
    /// Trains on rows; without any, it is the lexicon alone.
    ///
    /// # Errors
    /// As [`Collector::train`].
    pub(crate) fn new(
        rows: &[&Example],
        view: View,
        lexicon: &Lexicon,
    ) -> Result<Self, ModelError> {
        let rows = each_once(rows);
        Self::by(&rows, feature_counts(&rows, lexicon), view, lexicon)
    }

    fn by(
        rows: &[&Example],
        feature_counts: FeatureCounts,
        view: View,
        lexicon: &Lexicon,
    ) -> Result<Self, ModelError> {
        let cut = cut(rows);
        let counted = CountedRows::new(rows, feature_counts, lexicon, |row| row.text <= cut)?;
        let combinations = counted.fitter(&view).combinations();
        Ok(Self { counted, view, combinations })
    }

    /// The probabilities of other rows.
    pub fn predict(&self, rows: &[&Example]) -> Vec<Probabilities> {
        let all = self.counted.held_out.all();
        let predict = |same: &[&Example]| {
            let scores = all.score(same[0]);
            let predicted = Probabilities::new(&self.combinations, self.view, &scores);
            std::iter::repeat_n(predicted, same.len())
        };
        let same = |a: &&Example, b: &&Example| a.shares_features(b) && a.mentions == b.mentions;
        rows.par_chunk_by(same).flat_map_iter(predict).collect()
    }

    /// Figures and thresholds, from held-out probabilities of its training rows.
    pub fn summary(&self, roles: &RoleSet) -> Summary {
        let fitter = self.counted.fitter(&self.view);
        let held_out = fitter.held_out(&self.combinations).concat();
        fitter.summary(self.view, &held_out, roles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Channel, FeatureKey, Occurrence, Stated};
    use crate::examples::identity::RowId;

    /// `count` rows, some of each role, with `of_organisation` rows an organisation.
    fn rows(count: u64, of_organisation: u64) -> Vec<Example> {
        let word = |n: u64| FeatureKey::new(Channel::Words, &n.to_string());
        let row = |i: u64| {
            let mut features = [i % 3, 3 + i % 2].map(|n| Occurrence::new(word(n), true));
            features.sort_unstable();
            Example {
                row: RowId::new(i / of_organisation, i, 0, (i % 3) as u16),
                outcome: (i % 3) as usize,
                of_role: true,
                text: features.into_iter().collect(),
                title: [].into(),
                states: Stated::NO_TITLE,
                mentions: vec![0; 4],
            }
        };
        (0..count).map(row).collect()
    }

    #[test]
    fn folds_are_trained_as_their_rows_alone() {
        let lexicon = Lexicon::embedded().expect("the lexicon is sound");
        let rows = rows(60, 3);
        let rows: Vec<&Example> = rows.iter().chain(&rows[..9]).collect();
        let folds = Folds::new(&rows, &lexicon);
        // The rows that occur twice are in the last fold too.
        for fold in 0..4 {
            let (tested, others): (Vec<_>, Vec<_>) = (0..rows.len()).partition(|i| i / 20 == fold);
            let [tested, others] =
                [tested, others].map(|of| of.iter().map(|&i| rows[i]).collect::<Vec<_>>());
            let by_fold = folds.train(&others, View::Text, &lexicon).expect("a model");
            let alone = FoldModel::new(&others, View::Text, &lexicon).expect("a model");
            assert_eq!(by_fold.predict(&tested), alone.predict(&tested));
        }
    }

    #[test]
    fn folds_keep_organisations_together() {
        let mut ids: Vec<RowId> = rows(60, 3).iter().map(|row| row.row).collect();
        // A near copy ties two organisations.
        ids[0] = RowId::new(100, ids[59].text, 0, 0);
        let folds = folds_of_organisations(&ids, 4);
        assert_eq!(split_between_folds(&ids, |row| folds[row]), 0);
        for fold in 0..4 {
            let size = folds.iter().filter(|&&other| other == fold).count();
            assert!((12..=18).contains(&size), "{size}");
        }
        ids.reverse();
        let mut reversed = folds_of_organisations(&ids, 4);
        reversed.reverse();
        assert_eq!(reversed, folds);
    }

    #[test]
    fn two_organisations_are_enough() {
        let lexicon = Lexicon::embedded().expect("the lexicon is sound");
        // Their groups are 0 and 10, and so in the same fold: outside it there is no row.
        let rows = rows(20, 10);
        let rows: Vec<&Example> = rows.iter().collect();
        let (full, _) = leave_organisation_out(&rows, View::Text, &lexicon).expect("a model");
        assert!(full.iter().all(|p| (p.closed.iter().sum::<f64>() - 1.0).abs() < 1e-12));
    }
}
