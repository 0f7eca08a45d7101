//! The features of a model with the highest weights for each role.

use crate::evidence::Channel;
use crate::model::Model;
use serde::Serialize;

/// The features of a role and channel with the highest weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopFeatures {
    /// The role.
    pub(crate) role: String,
    /// The channel.
    pub(crate) channel: Channel,
    /// The features by descending weight.
    pub(crate) features: Vec<TopFeature>,
}

/// A feature that is evidence for a role.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TopFeature {
    /// Its text.
    pub(crate) text: String,
    /// Naive Bayes weight for the role against the mean of all classes, in nats.
    pub(crate) weight: f64,
    /// Postings of the role that contain it.
    pub(crate) postings: u32,
}

/// At most `limit` features of each role and channel, by descending positive weight.
pub fn strongest(model: &Model, limit: usize) -> Vec<TopFeatures> {
    let header = model.header();
    let mut all = Vec::new();
    for (role, name) in header.roles.iter().enumerate() {
        for channel in Channel::ALL {
            let of_channel = model.features().filter(|f| f.channel == channel);
            let mut features: Vec<TopFeature> = of_channel
                .map(|feature| TopFeature {
                    text: feature.text.to_owned(),
                    weight: feature.weight(role),
                    postings: feature.postings[role],
                })
                .filter(|feature| feature.weight > 0.0)
                .collect();
            features.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.text.cmp(&b.text)));
            features.truncate(limit);
            all.push(TopFeatures { role: name.id.clone(), channel, features });
        }
    }
    all
}
