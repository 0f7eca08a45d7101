//! What is kept of a row while rows are chosen.

use crate::evidence::{Channel, Evidence, FeatureKey};
use crate::examples::identity::RowId;
use crate::examples::near_copies::NearKeys;
use crate::judge::{Decision, Judge};
use std::cmp::Ordering;

/// Words of the shortest text that is worth a label.
const SHORTEST: usize = 20;
/// Dimensions of a [`Sketch`].
pub(super) const DIMENSIONS: usize = 64;

/// A random projection of the features of a text, of length 1: the product of two is about the cosine of their texts.
#[derive(Debug, Clone)]
pub(super) struct Sketch([f32; DIMENSIONS]);

impl Sketch {
    fn new(features: impl Iterator<Item = FeatureKey>) -> Self {
        let mut sums = [0.0f32; DIMENSIONS];
        for key in features {
            let weight = match key.channel() {
                Channel::Skills | Channel::Title => 2.0,
                Channel::Words => 1.0,
                _ => continue,
            };
            // One random bit for each dimension.
            let bits = key.number().wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let bits = (bits ^ (bits >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
            let bits = bits ^ (bits >> 32);
            for (i, sum) in sums.iter_mut().enumerate() {
                *sum += if bits >> i & 1 == 1 { weight } else { -weight };
            }
        }
        let length = sums.iter().map(|sum| sum * sum).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        Self(sums.map(|sum| sum / length))
    }

    pub(super) fn numbers(&self) -> &[f32; DIMENSIONS] {
        &self.0
    }

    /// The similarity of two texts, 0 to 1: the plain way of [`Sketches`](super::sketches::Sketches).
    #[cfg(test)]
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        let product: f32 = self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum();
        f64::from(product.max(0.0))
    }
}

/// What is kept of a row: some hundred bytes, and no text.
#[derive(Debug, Clone)]
pub struct Descriptor {
    /// With near-copy keys.
    pub(super) id: RowId,
    /// Probability of each role and of `other`.
    pub(super) probabilities: Vec<f64>,
    /// Entropy of the probabilities, as a share of the greatest there can be.
    pub(super) uncertainty: f64,
    pub(super) sketch: Sketch,
    /// Whether the model finds evidence in it.
    pub(super) judged: bool,
    /// Whether there is no text that could be judged.
    pub(super) nothing_to_read: bool,
    /// Hash of all fields: an order among rows that are alike, whatever their order in the file.
    order: u64,
}

impl Descriptor {
    pub(super) fn new(judge: &Judge, evidence: &Evidence, fields: [&str; 4]) -> Self {
        let [_, title, company, _] = fields;
        let scores = judge.model().scores(evidence);
        let verdict = judge.verdict_on(title, evidence, &scores);
        let mut hash = blake3::Hasher::new();
        for field in fields {
            hash.update(&(field.len() as u64).to_le_bytes()).update(field.as_bytes());
        }
        let order = hash.finalize().as_bytes()[..8].try_into().expect("a hash has 32 bytes");
        let keys = || evidence.features().iter().map(|feature| feature.key);
        Self {
            id: RowId::of_posting(title, company, evidence.text(), 0)
                .with_near(NearKeys::of(keys())),
            uncertainty: entropy(&verdict.probabilities),
            probabilities: verdict.probabilities,
            sketch: Sketch::new(keys()),
            judged: verdict.decision != Decision::NoEvidence,
            nothing_to_read: evidence.words() < SHORTEST
                || evidence.stub(judge.lexicon()).is_some(),
            order: u64::from_le_bytes(order),
        }
    }

    /// What its label is worth by itself: how unsure the model is, times how few labelled postings there are of the
    /// outcomes that it may have.
    pub(super) fn worth(&self, counts: &[f64]) -> f64 {
        let need: f64 =
            self.probabilities.iter().zip(counts).map(|(p, n)| p / (n + 1.0).sqrt()).sum();
        self.uncertainty * need
    }

    /// Its rank among rows drawn at random: a hash of what is in it.
    pub(super) fn random_rank(&self) -> f64 {
        (self.order >> 11) as f64
    }

    /// An order of rows by what is in them.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.order.cmp(&other.order)
    }
}

/// The entropy of probabilities, as a share of the greatest.
fn entropy(probabilities: &[f64]) -> f64 {
    let sum: f64 = probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
    sum / (probabilities.len() as f64).ln()
}

#[cfg(test)]
impl Descriptor {
    /// A row with these features.
    pub(super) fn of_features(
        id: RowId,
        probabilities: Vec<f64>,
        features: impl Iterator<Item = FeatureKey>,
    ) -> Self {
        Self {
            id,
            uncertainty: entropy(&probabilities),
            probabilities,
            sketch: Sketch::new(features),
            judged: true,
            nothing_to_read: false,
            order: 0,
        }
    }
}
