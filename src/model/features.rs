//! The features of a model, in columns: there are tens of thousands, read at every start.

use super::feature_texts::FeatureTexts;
use crate::bayes::weights::{LARGEST, STEPS, is_selected};
use crate::evidence::{Channel, FeatureKey};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One feature of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoredFeature<'a> {
    /// Its channel.
    pub(crate) channel: Channel,
    /// A lexicon id, a word, two words, or the context of a role's name.
    pub(crate) text: &'a str,
    /// Postings with it, by role and then by family of other jobs.
    pub(crate) postings: &'a [u32],
    /// Bit masks of the buckets of organisations in which it occurs in lower case: in all postings, in those of a role.
    pub(crate) buckets: [u16; 2],
    /// Naive Bayes log-probabilities by class, less their mean over the classes, in 1024ths of a nat.
    pub(crate) steps: &'a [i16],
}

impl StoredFeature<'_> {
    /// Its naive Bayes weight for a class against the mean of all, in nats.
    pub(crate) fn weight(&self, class: usize) -> f64 {
        f64::from(self.steps[class]) / STEPS
    }

    /// Its weights by class, in nats.
    pub(super) fn weights(&self) -> impl Iterator<Item = f64> {
        (0..self.steps.len()).map(|class| self.weight(class))
    }

    /// Whether it is used for scoring.
    pub(super) fn is_selected(&self) -> bool {
        is_selected(self.channel, self.weights())
    }

    /// Number of buckets of organisations in which it occurs in lower case: in all postings, in those of a role.
    pub(crate) fn support(&self) -> [u32; 2] {
        self.buckets.map(u16::count_ones)
    }

    /// Its key.
    pub(super) fn key(self) -> FeatureKey {
        FeatureKey::new(self.channel, self.text)
    }

    /// Its counts as a line of text.
    pub(super) fn line(&self) -> String {
        let numbers = self.postings.iter().copied().chain(self.support());
        let numbers: String = numbers.map(|n| format!("\t{n}")).collect();
        format!("{}\t{}{numbers}\n", self.channel.name(), self.text)
    }
}

/// Features, sorted by channel, in columns, which compress better than rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Features {
    #[serde(skip)]
    classes: usize,
    texts: FeatureTexts,
    /// By feature, then by class.
    postings: Vec<u32>,
    /// By feature.
    buckets: Vec<[u16; 2]>,
    /// By feature, then by class.
    steps: Vec<i16>,
}

impl Features {
    pub(super) fn new(classes: usize) -> Self {
        Self {
            classes,
            texts: FeatureTexts::default(),
            postings: Vec::new(),
            buckets: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Appends a feature with weights of 0; channels must come in order.
    pub(super) fn push(
        &mut self,
        channel: Channel,
        text: &str,
        postings: &[u32],
        buckets: [u16; 2],
    ) {
        self.texts.push(channel, text);
        self.postings.extend_from_slice(postings);
        self.buckets.push(buckets);
        self.steps.resize(self.postings.len(), 0);
    }

    /// Sets the weights of a feature, in whole 1024ths of a nat.
    pub(super) fn set_weights(&mut self, index: usize, weights: &[f64]) {
        let steps = &mut self.steps[index * self.classes..][..self.classes];
        steps.iter_mut().zip(weights).for_each(|(step, w)| *step = (w * STEPS) as i16);
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(crate) fn get(&self, index: usize) -> StoredFeature<'_> {
        let (channel, text) = self.texts.get(index);
        StoredFeature {
            channel,
            text,
            postings: &self.postings[index * self.classes..][..self.classes],
            buckets: self.buckets[index],
            steps: &self.steps[index * self.classes..][..self.classes],
        }
    }

    /// The index range of the features of a channel.
    pub(crate) fn of_channel(&self, channel: Channel) -> Range<usize> {
        self.texts.of_channel(channel)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = StoredFeature<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Serialises with postcard.
    pub(super) fn bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("numbers and text can be serialised")
    }

    /// Deserialises with postcard.
    ///
    /// # Errors
    /// What is malformed or inconsistent.
    pub(super) fn from_bytes(bytes: &[u8], classes: usize) -> Result<Self, String> {
        let (mut features, rest): (Self, _) =
            postcard::take_from_bytes(bytes).map_err(|e| e.to_string())?;
        features.classes = classes;
        let Self { texts, postings, buckets, steps, .. } = &features;
        let n = texts.len();
        let sound = rest.is_empty()
            && buckets.len() == n
            && postings.len() == n * classes
            && steps.len() == n * classes
            && steps.iter().all(|&step| f64::from(step).abs() <= LARGEST * STEPS);
        if sound { Ok(features) } else { Err("parts do not fit together".to_owned()) }
    }
}
