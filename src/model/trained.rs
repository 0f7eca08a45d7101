//! A model, and reading and writing it.

use super::error::ModelError;
use super::features::{Features, StoredFeature};
use super::history::Retrain;
use super::store::{self, Header, Stored};
use super::training_state::TrainingState;
use super::training_state::{pack_training_state, read_training_state};
use crate::bayes::lexicon_weights::LexiconWeights;
use crate::bayes::scores::Scores;
use crate::bayes::weights::{self, ClassTotals};
use crate::counts::count_matrix::{CountMatrix, frequent};
use crate::counts::feature_count::FeatureMap;
use crate::evidence::{Channel, Evidence, FeatureKey, Stated};
use crate::examples::identity::RowId;
use crate::lexicon::Lexicon;
use crate::stacking::base::Base;
use crate::stacking::combination::Combination;
use crate::stacking::inputs::{Question, View};
use crate::stacking::probabilities::Probabilities;
use crate::stacking::summary::Summary;
use ndarray::Array2;
use rayon::slice::ParallelSliceMut;
use std::io::Write;
use std::sync::{Arc, OnceLock};

static EMBEDDED: &[u8] = include_bytes!("../../models/default.rolecall");

/// The content of a model file, before it is checked against its lexicon.
#[derive(Debug)]
pub struct ModelFile {
    header: Header,
    /// The files of its own lexicon; empty if that is the one inside the program.
    lexicon: Vec<u8>,
    features: Features,
    training_state: Vec<u8>,
}

impl ModelFile {
    /// Reads the model embedded in the program.
    ///
    /// # Errors
    /// None in practice: a test reads it.
    pub fn embedded() -> Result<Self, ModelError> {
        Self::read(EMBEDDED)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// That the file is damaged or of another format.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let Stored { header, lexicon, features, training_state } = store::read(bytes)?;
        Ok(Self { header, lexicon, features, training_state: training_state.to_vec() })
    }

    /// All of the model except its features.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The lexicon that it was trained with, if the model holds it; `None` if that is the one inside the program.
    ///
    /// # Errors
    /// [`ModelError::Corrupt`] if the lexicon is unsound or another than that of the header.
    pub fn lexicon(&self) -> Result<Option<Lexicon>, ModelError> {
        if self.lexicon.is_empty() {
            return Ok(None);
        }
        let corrupt = |what| ModelError::Corrupt(format!("its lexicon: {what}"));
        let lexicon = Lexicon::from_own_files(&self.lexicon).map_err(corrupt)?;
        if lexicon.hash() != self.header.lexicon {
            return Err(corrupt("it does not fit its hash".to_owned()));
        }
        Ok(Some(lexicon))
    }

    /// The model, given the lexicon it was trained with.
    ///
    /// # Errors
    /// [`ModelError::Lexicon`] or [`ModelError::OwnLexicon`] if it was trained with another, [`ModelError::Corrupt`] if
    /// its header is inconsistent.
    pub fn with(self, lexicon: &Lexicon) -> Result<Model, ModelError> {
        if !self.lexicon.is_empty() && self.header.lexicon != lexicon.hash() {
            return Err(ModelError::other_than_own(&self.header.lexicon, lexicon));
        }
        Model::new(self.header, self.features, self.training_state, lexicon)
    }
}

/// A trained model.
#[derive(Debug, Clone)]
pub struct Model {
    pub(super) header: Header,
    pub(super) features: Features,
    /// Feature indices by key, built on first use.
    pub(super) indices: OnceLock<FeatureMap<u32>>,
    pub(super) lexicon: LexiconWeights,
    /// The files of its own lexicon; `None` if that is the one inside the program.
    pub(super) own_lexicon: Option<Arc<[u8]>>,
    /// Compressed; empty in a compact model.
    pub(super) training_state: Vec<u8>,
}

impl Model {
    /// The model embedded in the program.
    ///
    /// # Errors
    /// [`ModelError::Lexicon`] if `lexicon` is not the one embedded in the program.
    pub fn embedded(lexicon: &Lexicon) -> Result<Self, ModelError> {
        ModelFile::embedded()?.with(lexicon)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// That the file is damaged or of another format, or that it belongs to another lexicon.
    pub fn from_bytes(bytes: &[u8], lexicon: &Lexicon) -> Result<Self, ModelError> {
        ModelFile::read(bytes)?.with(lexicon)
    }

    /// Writes a model file.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, out: impl Write) -> std::io::Result<()> {
        let lexicon = self.own_lexicon.as_deref().unwrap_or_default();
        store::write(&self.header, lexicon, &self.features, &self.training_state, out)
    }

    /// The counts as sorted lines below a header, separated by tabs: channel, feature, postings of each role and of each
    /// family of other jobs, and the number of buckets of organisations in all postings and in those of a role.
    pub fn counts(&self) -> impl Iterator<Item = String> {
        let Header { roles, families, .. } = &self.header;
        let classes = roles.iter().map(|role| &role.id).chain(families).map(String::as_str);
        let names = ["channel", "feature"].into_iter().chain(classes);
        let names: Vec<&str> = names.chain(["buckets", "buckets_of_roles"]).collect();
        let lines = self.features.iter().map(|feature| feature.line());
        std::iter::once(names.join("\t") + "\n").chain(lines)
    }

    /// The model without its training state, to distribute. It scores the same. It can still be retrained on new rows,
    /// but without its rare features, and without a record of the rows it has counted.
    #[must_use]
    pub fn compact(mut self) -> Self {
        self.header.training_state = None;
        self.training_state = Vec::new();
        self
    }

    /// Whether it has no training state.
    pub fn is_compact(&self) -> bool {
        self.header.training_state.is_none()
    }

    /// Its features, by channel and text.
    pub fn features(&self) -> impl Iterator<Item = StoredFeature<'_>> {
        self.features.iter()
    }

    /// The feature at an index.
    pub(crate) fn feature(&self, index: usize) -> StoredFeature<'_> {
        self.features.get(index)
    }

    /// All of the model except its features.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Builds a model from a training state and the fields of its header that do not follow from that. The features are
    /// fitted after the training state is compressed: both at once take half a second less, and a quarter more memory.
    pub(super) fn assemble(
        header: impl FnOnce() -> Header,
        training_state: &TrainingState,
        lexicon: &Lexicon,
    ) -> Result<Self, ModelError> {
        let [roles, classes] = lexicon.sizes();
        let (hash, packed) = pack_training_state(training_state);
        let mut header = header();
        let mut features = frequent_features(&training_state.matrix, [roles, classes]);
        fit(&mut features, &LexiconWeights::new(lexicon))?;
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

    /// Whether it has counted postings of other jobs.
    pub(super) fn knows_other(&self) -> bool {
        self.header.postings[self.header.roles.len()..].iter().any(|&n| n > 0)
    }

    /// The training state, or one made from the counts of a compact model.
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

    /// The rows that it has learned from; none of a compact model, which does not know them.
    pub(crate) fn known_rows(&self) -> Result<Vec<RowId>, ModelError> {
        Ok(self.training_state()?.matrix.rows)
    }

    pub(super) fn new(
        mut header: Header,
        features: Features,
        training_state: Vec<u8>,
        lexicon: &Lexicon,
    ) -> Result<Self, ModelError> {
        let same = &header.roles == lexicon.roles() && header.families == lexicon.families();
        if header.lexicon != lexicon.hash() || !same {
            return Err(ModelError::other_lexicon(&header.lexicon, lexicon));
        }
        check(&header)?;
        let own_lexicon = lexicon.own_files.clone();
        header.lexicon_bytes = own_lexicon.as_ref().map_or(0, |files| files.len());
        let (indices, lexicon) = (OnceLock::new(), LexiconWeights::new(lexicon));
        Ok(Self { header, features, indices, lexicon, own_lexicon, training_state })
    }

    /// The combinations, of both views and questions.
    pub(crate) fn combinations(&self) -> &[Combination] {
        &self.header.combinations
    }

    /// The combination of a view and a question.
    pub(crate) fn combination(&self, view: View, question: Question) -> &Combination {
        Combination::of(&self.header.combinations, view, question)
    }

    /// The probabilities of a posting without text, by its title alone.
    pub fn title_probabilities(&self, stated: Stated) -> Option<Probabilities> {
        self.summary(View::Whole)?.title_probabilities(stated)
    }

    /// The figures and thresholds of a view.
    pub fn summary(&self, view: View) -> Option<&Summary> {
        self.header.held_out.iter().find(|summary| summary.view == view)
    }

    /// The index of a feature, if the model has it.
    pub(crate) fn feature_index(&self, key: FeatureKey) -> Option<usize> {
        let indices = self.indices.get_or_init(|| {
            let keys = self.features.iter().map(StoredFeature::key);
            keys.zip(0..).collect()
        });
        indices.get(&key).map(|&index| index as usize)
    }

    /// The weights of a feature by class, in nats, if the model has and selects it.
    pub(crate) fn weights(&self, key: FeatureKey) -> Option<Vec<f64>> {
        let feature = self.features.get(self.feature_index(key)?);
        feature.is_selected().then(|| feature.weights().collect())
    }

    /// The centred lexicon weights of a feature.
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
            let known = self.feature_index(key).map(|index| self.features.get(index));
            if let Some(feature) = known.filter(StoredFeature::is_selected) {
                weights.clear();
                weights.extend(feature.weights());
                add(&weights);
            }
        };
        let sizes = [self.header.roles.len(), self.header.postings.len()];
        Scores::new(features, mentions, stated, sizes, learned, |key| self.lexicon.centred(key))
    }

    /// The probabilities of a posting.
    pub fn probabilities(&self, evidence: &Evidence, view: View) -> Probabilities {
        let scores = self.scores(evidence);
        Probabilities::new(&self.header.combinations, view, &scores)
    }
}

/// The features of a count matrix that are frequent enough, by channel and text, without weights.
fn frequent_features(matrix: &CountMatrix, sizes: [usize; 2]) -> Features {
    let mut kept: Vec<_> = frequent(matrix, sizes)
        .map(|(key, text, feature_count)| (key.channel(), text, feature_count))
        .collect();
    kept.par_sort_unstable_by_key(|&(channel, text, _)| (channel, text));
    let mut features = Features::new(sizes[1]);
    for (channel, text, feature_count) in kept {
        features.push(channel, text, &feature_count.postings, feature_count.support.masks());
    }
    features
}

/// Fits each channel with linfa-bayes, and sets the weights of the features.
fn fit(features: &mut Features, lexicon: &LexiconWeights) -> Result<(), ModelError> {
    for channel in Channel::ALL {
        let indices = features.of_channel(channel);
        let Some(first) = indices.clone().next() else { continue };
        let classes = features.get(first).postings.len();
        let mut totals = ClassTotals::new(classes);
        for feature in indices.clone().map(|index| features.get(index)) {
            totals.add(feature.postings, lexicon.of(feature.key()));
        }
        let normalisers = totals.normalisers();
        let mut counts = Array2::zeros((classes, indices.len()));
        let mut column = vec![0.0; classes];
        for (j, feature) in indices.clone().map(|index| features.get(index)).enumerate() {
            normalisers.shrunk_counts(feature.postings, lexicon.of(feature.key()), &mut column);
            column.iter().enumerate().for_each(|(class, &value)| counts[[class, j]] = value);
        }
        let fitted = weights::fit(counts).map_err(|e| ModelError::Fit(e.to_string()))?;
        let by_class = weights::log_probabilities(&fitted);
        for (j, index) in indices.enumerate() {
            column.iter_mut().zip(&by_class).for_each(|(w, of_class)| *w = of_class[j]);
            weights::centre(&mut column);
            features.set_weights(index, &column);
        }
    }
    Ok(())
}

/// Maximum number of postings of a model, so that sums of a few counts fit into `u32`.
const MOST_POSTINGS: u64 = 1 << 31;

/// Fails if a header is inconsistent.
fn check(header: &Header) -> Result<(), ModelError> {
    let roles = header.roles.len();
    let sizes = [roles, roles + header.families.len()];
    let sound = |postings: &[u32], combinations: &[Combination], held_out: &[Summary]| {
        let has = |view, question| {
            let is_wanted = |c: &&Combination| (c.view, c.question) == (view, question);
            combinations.iter().find(is_wanted).is_some_and(|c| c.fits(sizes))
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
    let in_range = |r: &Retrain| {
        r.flips.values().chain(r.read.left_out.values()).all(|&rows| rows <= MOST_POSTINGS)
    };
    let fits = sound(postings, combinations, held_out)
        && *organisations <= MOST_POSTINGS
        && history.iter().all(in_range)
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
