//! Held-out probabilities of rows, by counts without them and their neighbours: for audits.

use super::error::ModelError;
use super::requirements::require_organisations;
use super::store::Header;
use super::trained::Model;
use crate::bayes::lexicon_weights::LexiconWeights;
use crate::bayes::scores::Scores;
use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_counts::FeatureCounts;
use crate::counts::sketch::Sketch;
use crate::evidence::{Channel, FeatureKey, Occurrence};
use crate::examples::example::Example;
use crate::examples::identity::{RowId, rows_hash};
use crate::examples::neighbours::Neighbours;
use crate::examples::rows::{Relabelled, Rows, ids};
use crate::holdout::leave_group_out::HeldOutRow;
use crate::holdout::leave_group_out::{BucketHoldout, HeldOut, RemainingCounts};
use crate::lexicon::Lexicon;
use crate::model::training_state::sample_cut;
use crate::stacking::combination::Combination;
use crate::stacking::fit::{Fitter, Parts};
use crate::stacking::inputs::{Question, View};
use crate::stacking::probabilities::Probabilities;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// The views that rows are classified in: without titles, because labels come from titles.
const VIEWS: [View; 2] = [View::Duties, View::Text];

/// Weight of the duties in the mean of both views that decides whether a posting is a role at all. Chosen from 0 to 1
/// on the real titles of the first edition: from .3 to .5 ranks other jobs best, and roles no worse.
const DUTIES_SHARE: f64 = 1.0 / 3.0;
/// Logits are clamped to this, in nats.
const LARGEST_LOGIT: f64 = 30.0;

/// Probabilities of rows, without their titles, by counts without them and their neighbours: rows of the same
/// organisation, or with nearly the same text.
///
/// Which role it is follows from the duties alone, because a text repeats the name of the role in its title. For
/// whether it is a role at all the names are evidence too.
pub(crate) struct HoldoutScores<'a, R: Rows> {
    rows: Relabelled<'a, R>,
    sizes: [usize; 2],
    counts: CountSource,
    /// Row by row, as [`Scores::numbers`].
    scores: Vec<i32>,
    /// Row by row.
    probabilities: Vec<Probabilities>,
    knows_other: bool,
}

enum CountSource {
    /// The rows themselves are counted; their neighbours are removed.
    OfRows { held_out: Box<HeldOut>, neighbours: Neighbours },
    /// A model has counted some of the rows; the buckets of organisations with their neighbours are removed.
    OfModel { matrix: Arc<CountMatrix>, lexicon: LexiconWeights, masks: Vec<u16> },
}

impl<'a, R: Rows> HoldoutScores<'a, R> {
    /// By counts of the rows themselves, and of a model whose rows are not among them if one is given.
    ///
    /// Labels that are most likely wrong should not be trained on. So the rows of the roles are classified by their
    /// duties first: `correct` gets the index of each and the probability of each role, and gives the new roles of
    /// those to relabel. They are relabelled, unless a role would have too few rows then.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if a role has fewer than two organisations and there is no model; or what the rows are
    /// read with, or fitting fails.
    pub(crate) fn by_rows(
        rows: &'a R,
        sketch: &Sketch,
        model: Option<&Model>,
        lexicon: &Lexicon,
        correct: impl FnOnce(&[(usize, Vec<f64>)]) -> BTreeMap<usize, usize>,
    ) -> Result<Self, ModelError> {
        let sizes = lexicon.sizes();
        let as_stated = ids(rows);
        if model.is_none() {
            require_organisations(&as_stated, lexicon.roles())?;
        }
        let before = model.map(Model::training_state).transpose()?;
        let before = before.as_ref().map(|training_state| &training_state.matrix);
        let feature_counts = FeatureCounts::new(rows, Some(sketch), before, sizes)?;
        let neighbours = Neighbours::new(&as_stated);
        let held_out = HeldOut::new(feature_counts, LexiconWeights::new(lexicon));
        let first_pass = FirstPass { rows, ids: &as_stated, neighbours: &neighbours, sizes };
        let mut rows = Relabelled { rows, roles: correct(&first_pass.roles(&held_out, model)?) };
        let mut ids = ids(&rows);
        if model.is_none() && require_organisations(&ids, lexicon.roles()).is_err() {
            rows.roles.clear();
            ids = as_stated;
        }
        let held_out = Box::new(held_out.relabelled(rows.rows, &rows.roles)?);
        let counts = CountSource::OfRows { held_out, neighbours };
        let mut holdout_scores = Self::scored(rows, sizes, counts)?;
        holdout_scores.probabilities = holdout_scores.fitted(&ids, model);
        holdout_scores.knows_other =
            ids.iter().any(|row| row.class() >= sizes[0]) || model.is_some_and(Model::knows_other);
        Ok(holdout_scores)
    }

    /// By the counts of a model that may have counted rows. A compact model has no record of its rows, so nothing is
    /// removed from it.
    ///
    /// # Errors
    /// What the rows are read with.
    pub(crate) fn by_model(
        rows: &'a R,
        model: &Model,
        counts: &ModelCounts,
    ) -> Result<Self, ModelError> {
        let (matrix, masks) = (counts.matrix.clone(), counts.masks.clone());
        let header = model.header();
        let sizes = [header.roles.len(), header.postings.len()];
        let counts = CountSource::OfModel { matrix, lexicon: model.lexicon.clone(), masks };
        let mut holdout_scores = Self::scored(Relabelled::unchanged(rows), sizes, counts)?;
        let shifts = VIEWS.map(|view| shift(model, view));
        let probabilities =
            |i| without_title(&header.combinations, &holdout_scores.scores(i), shifts);
        holdout_scores.probabilities =
            (0..rows.count()).into_par_iter().map(probabilities).collect();
        holdout_scores.knows_other = model.knows_other();
        Ok(holdout_scores)
    }

    fn scored(
        rows: Relabelled<'a, R>,
        sizes: [usize; 2],
        counts: CountSource,
    ) -> Result<Self, ModelError> {
        let mut holdout_scores = Self {
            rows,
            sizes,
            counts,
            scores: Vec::new(),
            probabilities: Vec::new(),
            knows_other: false,
        };
        let score = |_, row: &Example, without: &HeldOutWeights| {
            let mut scores = without.0.score(row);
            scores.round();
            Ok(scores.numbers().collect::<Vec<i32>>())
        };
        let scores = holdout_scores.visit(|_| true, score)?;
        holdout_scores.scores = scores.into_iter().flat_map(|(_, numbers)| numbers).collect();
        Ok(holdout_scores)
    }

    /// Probabilities of rows by combinations that were fitted without them and their neighbours.
    fn fitted(&self, ids: &[RowId], model: Option<&Model>) -> Vec<Probabilities> {
        let CountSource::OfRows { neighbours, .. } = &self.counts else { return Vec::new() };
        let cut = sample_cut(ids.iter().map(|row| row.text));
        let sampled: Vec<usize> = (0..ids.len()).filter(|&i| ids[i].text <= cut).collect();
        let row = |&i: &usize| HeldOutRow { row: ids[i], scores: self.scores(i) };
        let rows: Vec<HeldOutRow> = sampled.iter().map(row).collect();
        let base = model.and_then(Model::base);
        let fitter = Fitter::new(&rows, self.sizes, base.as_ref(), None, &VIEWS);
        let parts = Parts::new(ids, neighbours);
        let combined = fitter.without_parts(&parts, &sampled);
        // The share of the model in the rows that the combinations are fitted to.
        let share = base.as_ref().map_or(0.0, |base| {
            let of_model = base.rows(Question::Scope, self.sizes[0]);
            of_model / (of_model + rows.len() as f64)
        });
        let shifts = VIEWS.map(|view| share * model.map_or(0.0, |model| shift(model, view)));
        let probabilities = |i| without_title(&combined[parts.of(i)], &self.scores(i), shifts);
        (0..ids.len()).into_par_iter().map(probabilities).collect()
    }

    fn scores(&self, index: usize) -> Scores {
        let width = Scores::width(self.sizes);
        Scores::from_numbers(&self.scores[index * width..][..width], self.sizes)
            .expect("they are the numbers of scores")
    }

    /// The probabilities of all rows.
    pub(crate) fn all_probabilities(&self) -> &[Probabilities] {
        &self.probabilities
    }

    /// How many rows only the lexicon scores, because without their neighbours there is no posting of some role.
    pub(crate) fn lexicon_only(&self) -> usize {
        (0..self.rows.count()).filter(|&index| self.scores(index).lexicon_only).count()
    }

    /// Whether the counts include other jobs.
    pub(crate) fn knows_other(&self) -> bool {
        self.knows_other
    }

    /// The family of other jobs with the largest score for the row at an index, as a class.
    pub(crate) fn family(&self, index: usize) -> usize {
        self.scores(index).nearest(View::Duties.channels()).1
    }

    /// Calls `then` with the index and the counts without its neighbours of each wanted row; results in the order of
    /// rows.
    ///
    /// # Errors
    /// Those of `then`, and of what the rows are read with.
    pub(crate) fn visit<T: Send>(
        &self,
        wanted: impl Fn(usize) -> bool + Sync,
        then: impl Fn(usize, &Example, &HeldOutWeights) -> io::Result<T> + Sync,
    ) -> io::Result<Vec<(usize, T)>> {
        let then = |i: usize, row: &Example, remaining: &RemainingCounts| {
            then(i, row, &HeldOutWeights(remaining))
        };
        match &self.counts {
            CountSource::OfRows { held_out, neighbours } => {
                held_out.by_neighbours(&self.rows, neighbours, wanted, then)
            }
            CountSource::OfModel { matrix, lexicon, masks } => {
                BucketHoldout::new(matrix, lexicon, self.sizes)
                    .by_mask(&self.rows, masks, wanted, then)
            }
        }
    }

    /// Calls `then` with all counts.
    pub(crate) fn with_all<T>(&self, then: impl FnOnce(&HeldOutWeights) -> T) -> T {
        match &self.counts {
            CountSource::OfRows { held_out, .. } => then(&HeldOutWeights(&held_out.all())),
            CountSource::OfModel { matrix, lexicon, .. } => {
                then(&HeldOutWeights(&BucketHoldout::new(matrix, lexicon, self.sizes).without(0)))
            }
        }
    }
}

/// The probabilities of rows with their titles, by the counts of a model without them and their neighbours, as in
/// [`HoldoutScores::by_model`]. None if the model was not trained on titles.
///
/// # Errors
/// As [`HoldoutScores::by_model`].
pub(crate) fn with_titles(
    rows: &impl Rows,
    model: &Model,
    counts: &ModelCounts,
) -> Result<Option<Vec<Probabilities>>, ModelError> {
    let knows_titles = model.features().any(|feature| feature.channel == Channel::Title);
    if !knows_titles {
        return Ok(None);
    }
    let probabilities = |scores: &Scores| {
        let combinations = &model.header().combinations;
        Probabilities::new(combinations, View::Whole, scores)
    };
    if !counts.knows_neighbours {
        let score = |index| -> Result<Probabilities, ModelError> {
            let row = rows.get(index)?;
            let features = row.features().into_iter().map(Occurrence::key);
            Ok(probabilities(&model.scores_of(features, &row.mentions, row.stated())))
        };
        return (0..rows.count()).into_par_iter().map(score).collect::<Result<_, _>>().map(Some);
    }
    let sizes = [model.header().roles.len(), model.header().postings.len()];
    let buckets = BucketHoldout::new(&counts.matrix, &model.lexicon, sizes);
    let by_row = buckets.by_mask(
        rows,
        &counts.masks,
        |_| true,
        |_, row, remaining| Ok(probabilities(&remaining.score(row))),
    )?;
    Ok(Some(by_row.into_iter().map(|(_, probabilities)| probabilities).collect()))
}

/// The counts of a model, and what of them is left out for each row.
pub(crate) struct ModelCounts {
    matrix: Arc<CountMatrix>,
    /// By row: the buckets of organisations with its neighbours; 0 for a compact model, which has no record of its rows.
    pub(crate) masks: Vec<u16>,
    /// Whether the model has counted neighbours of any row.
    pub(crate) knows_neighbours: bool,
}

impl ModelCounts {
    /// For rows with these identities, all that are audited.
    ///
    /// # Errors
    /// [`ModelError::SameRows`] for a compact model of just these rows; if the model is damaged.
    pub(crate) fn new(model: &Model, ids: &[RowId]) -> Result<Self, ModelError> {
        if model.is_compact() {
            let mut same = ids.to_vec();
            same.sort_unstable();
            same.dedup();
            if rows_hash(same.into_iter()) == model.header().rows_hash {
                return Err(ModelError::SameRows);
            }
        }
        let matrix = Arc::new(model.training_state()?.matrix);
        let masks = matrix.leaking_buckets(ids);
        let knows_neighbours = masks.iter().any(|&mask| mask != 0);
        Ok(Self { matrix, masks, knows_neighbours })
    }

    /// For some of the rows, of which another machine knows what is left out.
    ///
    /// # Errors
    /// If the model is damaged.
    pub(crate) fn of_part(
        model: &Model,
        masks: Vec<u16>,
        knows_neighbours: bool,
    ) -> Result<Self, ModelError> {
        let matrix = Arc::new(model.training_state()?.matrix);
        Ok(Self { matrix, masks, knows_neighbours })
    }
}

/// The rows of the roles with their original labels, classified before any are corrected.
struct FirstPass<'a, R> {
    rows: &'a R,
    ids: &'a [RowId],
    neighbours: &'a Neighbours,
    sizes: [usize; 2],
}

impl<R: Rows> FirstPass<'_, R> {
    /// The index and the probability of each role, by the duties alone, of each row that is of a role.
    fn roles(
        &self,
        held_out: &HeldOut,
        model: Option<&Model>,
    ) -> Result<Vec<(usize, Vec<f64>)>, ModelError> {
        let is_of_role = |index: usize| self.ids[index].class() < self.sizes[0];
        let score = |_, row: &Example, remaining: &RemainingCounts| {
            let mut scores = remaining.score(row);
            scores.round();
            Ok(HeldOutRow { row: row.row, scores })
        };
        let scored = held_out.by_neighbours(self.rows, self.neighbours, is_of_role, score)?;
        let (indices, rows): (Vec<usize>, Vec<HeldOutRow>) = scored.into_iter().unzip();
        let base = model.and_then(Model::base);
        let fitter = Fitter::new(&rows, self.sizes, base.as_ref(), None, &[View::Duties]);
        let held_out = fitter.held_out(&fitter.combinations()).concat();
        Ok(indices.into_iter().zip(held_out.into_iter().map(|p| p.closed)).collect())
    }
}

/// The probabilities of a posting without its title; `shifts` are added to the logits of its being a role, by view.
fn without_title(combinations: &[Combination], scores: &Scores, shifts: [f64; 2]) -> Probabilities {
    let [duties, text] = VIEWS.map(|view| Probabilities::new(combinations, view, scores));
    let logit = |p: f64| (p / (1.0 - p)).ln().clamp(-LARGEST_LOGIT, LARGEST_LOGIT);
    let mean = DUTIES_SHARE * (logit(duties.in_scope) + shifts[0])
        + (1.0 - DUTIES_SHARE) * (logit(text.in_scope) + shifts[1]);
    Probabilities { closed: duties.closed, in_scope: 1.0 / (1.0 + (-mean).exp()) }
}

/// Prior shift, in nats: the log-odds of a role among the postings of a model less those among the rows that a view was
/// fitted to, where postings with a title like that of a role count more than once.
fn shift(model: &Model, view: View) -> f64 {
    let Header { roles, postings, .. } = model.header();
    let odds = |counts: &[u64]| {
        let (of_roles, others) = counts.split_at_checked(roles.len()).unwrap_or_default();
        let [of_roles, others] = [of_roles, others].map(|n| n.iter().sum::<u64>() as f64);
        of_roles / others
    };
    let counted: Vec<u64> = postings.iter().map(|&n| n.into()).collect();
    let fitted = model.summary(view).map_or(&[][..], |summary| &summary.fitted_rows);
    Some((odds(&counted) / odds(fitted)).ln()).filter(|shift| shift.is_finite()).unwrap_or(0.0)
}

/// Counts without those of a row and its neighbours.
pub(crate) struct HeldOutWeights<'a>(&'a RemainingCounts<'a>);

impl HeldOutWeights<'_> {
    /// The weights of a feature by class; none if it is not frequent enough or not selected.
    pub(crate) fn weights(&self, key: FeatureKey) -> Option<Vec<f64>> {
        self.0.weights(key)
    }
}
