//! The weights that the lexicon gives its entries.

use crate::bayes::weights::centre;
use crate::counts::feature_count::FeatureMap;
use crate::evidence::{Channel, FeatureKey};
use crate::lexicon::Lexicon;

/// The weights of the lexicon's entries by feature key.
#[derive(Debug, Clone)]
pub(crate) struct LexiconWeights {
    pub(crate) roles: usize,
    plain: FeatureMap<Vec<f64>>,
    centred: FeatureMap<Vec<f64>>,
}

impl LexiconWeights {
    pub(crate) fn new(lexicon: &Lexicon) -> Self {
        let roles = lexicon.roles().len();
        let plain: FeatureMap<Vec<f64>> = lexicon
            .skills()
            .iter()
            .map(|s| (FeatureKey::new(Channel::Skills, &s.id), s.weights(roles)))
            .collect();
        let centred = plain.iter().map(|(&key, weights)| {
            let mut weights = weights.clone();
            centre(&mut weights);
            (key, weights)
        });
        let centred = centred.collect();
        Self { roles, plain, centred }
    }

    /// Weight for each role; empty for features that are no entry of the lexicon.
    pub(crate) fn of(&self, key: FeatureKey) -> &[f64] {
        match key.channel() {
            Channel::Skills => self.plain.get(&key).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// Weight for each role less their mean.
    pub(crate) fn centred(&self, key: FeatureKey) -> Option<&[f64]> {
        if key.channel() != Channel::Skills {
            return None;
        }
        self.centred.get(&key).map(Vec::as_slice)
    }
}
