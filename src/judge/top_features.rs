//! What in a model speaks for each role.

use crate::evidence::Channel;
use crate::model::Model;
use serde::Serialize;

/// The strongest features of a role in a channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopFeatures {
    /// The role.
    pub role: String,
    /// The channel.
    pub channel: Channel,
    /// Its features, strongest first.
    pub features: Vec<TopFeature>,
}

/// A feature that speaks for a role.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopFeature {
    /// Its text.
    pub text: String,
    /// Its naive Bayes weight for the role against the mean of all classes, in nats.
    pub weight: f64,
    /// Postings of the role that show it.
    pub postings: u32,
}

/// At most `most` features of each role and channel, strongest first.
pub fn strongest(model: &Model, most: usize) -> Vec<TopFeatures> {
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
                .filter(|strong| strong.weight > 0.0)
                .collect();
            features.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.text.cmp(&b.text)));
            features.truncate(most);
            all.push(TopFeatures { role: name.id.clone(), channel, features });
        }
    }
    all
}
