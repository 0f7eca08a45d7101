//! What a model reads in a posting, for other programs to learn from.

use crate::bayes::scores::Scores;
use crate::evidence::{Channel, Evidence};
use crate::lexicon::Lexicon;
use crate::model::Model;
use crate::roles::RoleSet;

/// The features of a posting that a model knows, and its scores.
#[derive(Debug, Clone, PartialEq)]
pub struct PostingFeatures {
    /// Channel and text of each, such as `words:backlog`, by channel.
    pub features: Vec<String>,
    /// In the order of [`score_names`].
    pub scores: Vec<f64>,
}

/// Names of the scores: by channel, the score of each role, and of the family of other jobs that has the largest; then the
/// lexicon's own score of each role.
pub fn score_names(roles: &RoleSet) -> Vec<String> {
    let roles: Vec<&str> = roles.ids().map(|role| roles.get(role).id.as_str()).collect();
    let of_channel = |channel: Channel| {
        let outcomes = roles.iter().copied().chain(["other"]);
        outcomes.map(move |outcome| format!("score_{}_{outcome}", channel.name()))
    };
    let channels = Channel::ALL.into_iter().flat_map(of_channel);
    channels.chain(roles.iter().map(|role| format!("score_lexicon_{role}"))).collect()
}

impl PostingFeatures {
    /// Reads them from the evidence of a posting.
    pub fn new(model: &Model, evidence: &Evidence, lexicon: &Lexicon) -> Self {
        let known = evidence.features().iter().filter(|f| model.feature_index(f.key).is_some());
        let features = known.map(|feature| {
            let text = evidence.feature_text(feature, lexicon);
            format!("{}:{text}", feature.key.channel().name())
        });
        let mut features: Vec<String> = features.collect();
        features.sort_unstable();
        Self { features, scores: numbers(&model.scores(evidence)) }
    }
}

fn numbers(scores: &Scores) -> Vec<f64> {
    let [roles, _] = scores.sizes();
    let of_channel = |sums: &[f64]| {
        let (of_roles, families) = sums.split_at(roles);
        let other = families.iter().copied().reduce(f64::max).unwrap_or_default();
        of_roles.iter().copied().chain([other]).collect::<Vec<f64>>()
    };
    let channels = scores.channels.iter().flat_map(|channel| of_channel(&channel.sums));
    channels.chain(scores.lexicon.sums.iter().copied()).collect()
}
