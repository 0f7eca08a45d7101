//! A model, and the file that it is read from.

use super::error::ModelError;
use super::features::{Features, StoredFeature};
use super::history::Retrain;
use super::store::{self, Header};
use super::training_state::TrainingState;
use super::training_state::{pack_training_state, read_training_state};
use crate::bayes::scores::Scores;
use crate::bayes::weights::{self, ClassTotals};
use crate::counts::count_matrix::frequent;
use crate::counts::feature_count::FeatureMap;
use crate::evidence::{Channel, Evidence, FeatureKey, Stated};
use crate::holdout::leave_one_out::LexiconWeights;
use crate::lexicon::Lexicon;
use crate::stacking::base::Base;
use crate::stacking::combination::Combination;
use crate::stacking::inputs::{Question, View};
use crate::stacking::probabilities::Probabilities;
use crate::stacking::summary::Summary;
use ndarray::Array2;
use rayon::slice::ParallelSliceMut;
use std::io::Write;
use std::sync::OnceLock;

static EMBEDDED: &[u8] = include_bytes!("../../models/default.rolecall");

/// A model file that was read while its lexicon may not have been yet.
#[derive(Debug)]
pub struct ModelFile {
    header: Header,
    features: Features,
    training_state: Vec<u8>,
}

impl ModelFile {
    /// Reads the model inside the program.
    ///
    /// # Errors
    /// None in a released program: a test reads it.
    pub fn embedded() -> Result<Self, ModelError> {
        Self::read(EMBEDDED)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let (header, features, training_state) = store::read(bytes)?;
        Ok(Self { header, features, training_state: training_state.to_vec() })
    }

    /// All of the model but its features.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The model, with the lexicon it was trained with.
    ///
    /// # Errors
    /// [`ModelError::Lexicon`] if it was trained with another, and a header whose parts do not fit
    /// together.
    pub fn with(self, lexicon: &Lexicon) -> Result<Model, ModelError> {
        Model::new(self.header, self.features, self.training_state, lexicon)
    }
}

/// A trained model.
#[derive(Debug, Clone)]
pub struct Model {
    pub(super) header: Header,
    pub(super) features: Features,
    /// Of the features, by their keys; made when first asked for.
    pub(super) places: OnceLock<FeatureMap<u32>>,
    pub(super) lexicon: LexiconWeights,
    /// Packed; empty in a compact model.
    pub(super) training_state: Vec<u8>,
}

impl Model {
    /// The model inside the program.
    ///
    /// # Errors
    /// [`ModelError::Lexicon`] if `lexicon` is not the one inside the program.
    pub fn embedded(lexicon: &Lexicon) -> Result<Self, ModelError> {
        ModelFile::embedded()?.with(lexicon)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// What is wrong with the file, or that it belongs to another lexicon.
    pub fn from_bytes(bytes: &[u8], lexicon: &Lexicon) -> Result<Self, ModelError> {
        ModelFile::read(bytes)?.with(lexicon)
    }

    /// Writes a model file.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, out: impl Write) -> std::io::Result<()> {
        store::write(&self.header, &self.features, &self.training_state, out)
    }

    /// The counts as sorted text: channel, feature, postings of each role and of each family
    /// of other jobs, and the buckets of organisations that show it.
    pub fn counts(&self) -> impl Iterator<Item = String> {
        self.features.iter().map(|feature| feature.line())
    }

    /// The model without what retraining needs: to give away. It scores the same. It still takes new
    /// rows, but its rare features are gone, and it does not know which rows it has counted.
    #[must_use]
    pub fn compact(mut self) -> Self {
        self.header.training_state = None;
        self.training_state = Vec::new();
        self
    }

    /// Whether it lacks what retraining needs to be exact.
    pub fn is_compact(&self) -> bool {
        self.header.training_state.is_none()
    }

    /// Its features, by channel and text.
    pub fn features(&self) -> impl Iterator<Item = StoredFeature<'_>> {
        self.features.iter()
    }

    /// The feature at a place.
    pub(crate) fn feature(&self, place: usize) -> StoredFeature<'_> {
        self.features.get(place)
    }

    /// All of the model but its features.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// A model of what was counted, with what stands in the header besides the counts: made while the training state
    /// are packed.
    pub(super) fn assemble(
        header: impl FnOnce() -> Result<Header, ModelError> + Send,
        training_state: &TrainingState,
        lexicon: &Lexicon,
    ) -> Result<Self, ModelError> {
        let (roles, classes) = (lexicon.roles().len(), lexicon.classes().len());
        let made = || {
            let header = header()?;
            let mut kept: Vec<_> = frequent(&training_state.matrix, [roles, classes])
                .map(|(key, text, feature_count)| (key.channel(), text, feature_count))
                .collect();
            kept.par_sort_unstable_by_key(|&(channel, text, _)| (channel, text));
            let mut features = Features::new(classes);
            for &(channel, text, ref feature_count) in &kept {
                features.push(
                    channel,
                    text,
                    &feature_count.postings,
                    feature_count.support.masks(),
                );
            }
            drop(kept);
            fit(&mut features, &LexiconWeights::new(lexicon))?;
            Ok::<_, ModelError>((header, features))
        };
        let (made, (hash, packed)) = rayon::join(made, || pack_training_state(training_state));
        let (mut header, features) = made?;
        let base = header.base.as_ref();
        header.postings = base.map_or(vec![0; classes], |base| base.postings.clone());
        header.organisations = base.map_or(0, |base| base.organisations);
        header.organisations += training_state.matrix.organisations() as u64;
        for row in &training_state.matrix.rows {
            header.postings[row.class()] += 1;
        }
        header.rows_hash = training_state.matrix.rows_hash();
        header.training_state = Some(hash);
        Self::new(header, features, packed, lexicon)
    }

    /// Whether it has counted other jobs than the roles.
    pub(super) fn knows_other(&self) -> bool {
        self.header.postings[self.header.roles.len()..].iter().any(|&n| n > 0)
    }

    /// What retraining needs.
    pub(super) fn training_state(&self) -> Result<TrainingState, ModelError> {
        if self.is_compact() {
            return Ok(TrainingState::of_compact(&self.features, self.header.roles.len()));
        }
        let training_state = read_training_state(&self.header, &self.training_state)?;
        if training_state.matrix.rows_hash() != self.header.rows_hash {
            return Err(ModelError::Corrupt("its rows are not those of its header".into()));
        }
        let Header { lexicon, roles, families, .. } = &self.header;
        let alike = |h: &Header| (&h.lexicon, &h.roles, &h.families) == (lexicon, roles, families);
        if training_state.before.iter().all(|before| alike(before) && check(before).is_ok()) {
            return Ok(training_state);
        }
        Err(ModelError::Corrupt("what it was before does not fit the rest".into()))
    }

    pub(super) fn new(
        header: Header,
        features: Features,
        training_state: Vec<u8>,
        lexicon: &Lexicon,
    ) -> Result<Self, ModelError> {
        let same = &header.roles == lexicon.roles() && header.families == lexicon.families();
        if header.lexicon != lexicon.hash() || !same {
            return Err(ModelError::other_lexicon(&header.lexicon, lexicon));
        }
        check(&header)?;
        let (places, lexicon) = (OnceLock::new(), LexiconWeights::new(lexicon));
        Ok(Self { header, features, places, lexicon, training_state })
    }

    /// The combinations, of both views and questions.
    pub(crate) fn combinations(&self) -> &[Combination] {
        &self.header.combinations
    }

    /// The combination of a view and a question.
    pub(crate) fn combination(&self, view: View, question: Question) -> &Combination {
        Combination::of(&self.header.combinations, view, question)
    }

    /// What a title says where there is no text, by the rows that the model learned from.
    pub fn said_by_title(&self, stated: Stated) -> Option<Probabilities> {
        self.summary(View::Whole)?.said_by_title(stated)
    }

    /// The figures and thresholds of a view.
    pub fn summary(&self, view: View) -> Option<&Summary> {
        self.header.held_out.iter().find(|summary| summary.view == view)
    }

    /// The place of a feature, if the model knows it.
    pub(crate) fn place(&self, key: FeatureKey) -> Option<usize> {
        let places = self.places.get_or_init(|| {
            let keys = self.features.iter().map(StoredFeature::key);
            keys.zip(0..).collect()
        });
        places.get(&key).map(|&place| place as usize)
    }

    /// The weights of a feature by class, in nats, if the model knows and selects it.
    pub(crate) fn weights(&self, key: FeatureKey) -> Option<Vec<f64>> {
        let feature = self.features.get(self.place(key)?);
        feature.is_selected().then(|| feature.weights().collect())
    }

    /// The lexicon's own centred weights of a feature.
    pub(crate) fn lexicon_weights(&self, key: FeatureKey) -> Option<&[f64]> {
        self.lexicon.centred(key)
    }

    /// The channel scores of a posting.
    pub(crate) fn scores(&self, evidence: &Evidence) -> Scores {
        let features = evidence.features().iter().map(|f| f.key);
        self.scores_of(features, evidence.mentions(), evidence.stated())
    }

    /// The channel scores of a posting with these features.
    pub(crate) fn scores_of(
        &self,
        features: impl Iterator<Item = FeatureKey>,
        mentions: &[u32],
        stated: Stated,
    ) -> Scores {
        let mut weights = Vec::new();
        let learned = |key, add: &mut dyn FnMut(&[f64])| {
            let known = self.place(key).map(|place| self.features.get(place));
            if let Some(feature) = known.filter(StoredFeature::is_selected) {
                weights.clear();
                weights.extend(feature.weights());
                add(&weights);
            }
        };
        let sizes = [self.header.roles.len(), self.header.postings.len()];
        Scores::new(features, mentions, stated, sizes, learned, |key| self.lexicon.centred(key))
    }

    /// What the model says of a posting.
    pub fn probabilities(&self, evidence: &Evidence, view: View) -> Probabilities {
        let scores = self.scores(evidence);
        Probabilities::new(&self.header.combinations, view, &scores)
    }
}

/// Fits each channel with linfa-bayes, and puts the weights in their places.
fn fit(features: &mut Features, lexicon: &LexiconWeights) -> Result<(), ModelError> {
    for channel in Channel::ALL {
        let places = features.of_channel(channel);
        let Some(first) = places.clone().next() else { continue };
        let classes = features.get(first).postings.len();
        let mut totals = ClassTotals::new(classes);
        for feature in places.clone().map(|place| features.get(place)) {
            totals.add(feature.postings, lexicon.of(feature.key()));
        }
        let normalisers = totals.normalisers();
        let mut class_counts = Array2::zeros((classes, places.len()));
        let mut column = vec![0.0; classes];
        for (j, feature) in places.clone().map(|place| features.get(place)).enumerate() {
            normalisers.shrunk_counts(feature.postings, lexicon.of(feature.key()), &mut column);
            column.iter().enumerate().for_each(|(class, &value)| class_counts[[class, j]] = value);
        }
        let fitted = weights::fit(class_counts).map_err(|e| ModelError::Fit(e.to_string()))?;
        let by_class = weights::log_probabilities(&fitted);
        for (j, place) in places.enumerate() {
            column.iter_mut().zip(&by_class).for_each(|(w, of_class)| *w = of_class[j]);
            weights::centre(&mut column);
            features.set_weights(place, &column);
        }
    }
    Ok(())
}

/// Postings of the largest model: sums of some of them stay far from the end of `u32`.
const MOST_POSTINGS: u64 = 1 << 31;

/// Refuses a header whose parts do not fit together.
fn check(header: &Header) -> Result<(), ModelError> {
    let roles = header.roles.len();
    let sizes = [roles, roles + header.families.len()];
    let sound = |postings: &[u32], combinations: &[Combination], held_out: &[Summary]| {
        let has = |view, question| {
            let own = |c: &&Combination| (c.view, c.question) == (view, question);
            combinations.iter().find(own).is_some_and(|c| c.fits(sizes))
        };
        postings.len() == sizes[1]
            && postings.iter().map(|&n| u64::from(n)).sum::<u64>() <= MOST_POSTINGS
            && View::ALL.iter().all(|&v| has(v, Question::Role) && has(v, Question::Scope))
            && View::ALL.iter().all(|v| held_out.iter().any(|s| s.view == *v))
            && held_out.iter().all(|s| s.closed.rows.max(s.open.rows) <= MOST_POSTINGS)
            && held_out.iter().all(|s| s.fits(roles, MOST_POSTINGS))
    };
    let Header { postings, organisations, combinations, held_out, history, base, .. } = header;
    let of_base = |base: &Base| {
        base.organisations <= MOST_POSTINGS
            && sound(&base.postings, &base.combinations, &base.held_out)
    };
    let remembered = |r: &Retrain| {
        r.flips.values().chain(r.read.left_out.values()).all(|&rows| rows <= MOST_POSTINGS)
    };
    let fits = sound(postings, combinations, held_out)
        && *organisations <= MOST_POSTINGS
        && history.iter().all(remembered)
        && base.as_ref().is_none_or(of_base);
    if fits { Ok(()) } else { Err(ModelError::Corrupt("its header does not hold together".into())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::collect::{Collector, Provenance};

    #[test]
    fn what_a_model_was_before_must_fit_it() {
        let lexicon = Lexicon::embedded().expect("the lexicon is sound");
        let model = Collector::lexicon_only(Provenance::default(), &lexicon).expect("a model");
        let retrained = |before: Header| {
            let mut training_state = model.training_state().expect("they are sound");
            training_state.before.push(before);
            let (hash, packed) = pack_training_state(&training_state);
            let header = Header { training_state: Some(hash), ..model.header.clone() };
            let model = Model::new(header, model.features.clone(), packed, &lexicon);
            model.expect("the rest is sound").training_state()
        };
        assert!(retrained(model.header.clone()).is_ok());
        let mut other = model.clone();
        other.header.rows_hash = String::new();
        assert!(matches!(other.training_state(), Err(ModelError::Corrupt(_))));
        let mut more_rows = model.header.clone();
        more_rows.held_out[0].open.rows = u64::MAX;
        for before in [
            Header { families: Vec::new(), ..model.header.clone() },
            Header { combinations: Vec::new(), ..model.header.clone() },
            Header { organisations: u64::MAX, ..model.header.clone() },
            more_rows,
        ] {
            assert!(matches!(retrained(before), Err(ModelError::Corrupt(_))));
        }
    }
}
