//! Differences between two models: counts, feature weights, combination weights, metrics.

use crate::evidence::Channel;
use crate::model::{Header, Model, StoredFeature};
use crate::stacking::inputs::{Question, View};
use crate::stacking::summary::Summary;
use serde::Serialize;
use std::collections::BTreeMap;

/// Differences between an old and a new model; pairs are `[old, new]`.
#[derive(Debug, Clone, Serialize)]
pub struct ModelChange {
    /// Postings by role and family of other jobs.
    pub(crate) postings: BTreeMap<String, [u32; 2]>,
    /// Organisations.
    pub(crate) organisations: [u64; 2],
    /// Retrains.
    pub(crate) retrains: [usize; 2],
    /// Changes of the features, by channel.
    pub(crate) channels: Vec<ChannelChange>,
    /// Features in both models, by descending weight change times the square root of their postings.
    pub(crate) moved: Vec<FeatureChange>,
    /// Features of the new model only, by descending weight, likewise.
    pub(crate) new: Vec<FeatureChange>,
    /// Features of the old model only, by descending weight, likewise.
    pub(crate) lost: Vec<FeatureChange>,
    /// Largest changes of combination weights.
    pub(crate) combination: Vec<WeightChange>,
    /// Held-out metrics, each model on its own rows.
    pub(crate) figures: Vec<FigureChange>,
}

/// How the features of a channel changed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChannelChange {
    /// The channel.
    pub(crate) channel: Channel,
    /// Number of features in both models, in the new only, and in the old only.
    pub(crate) features: [u64; 3],
    /// Mean absolute weight change over roles and the features in both models, in nats.
    pub(crate) mean_distance: f64,
}

/// A feature in two models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FeatureChange {
    /// Its channel.
    pub(crate) channel: Channel,
    /// Its text.
    pub(crate) text: String,
    /// The role whose weight differs most.
    pub(crate) role: String,
    /// Its weight for that role in nats, `[old, new]`.
    pub(crate) weight: [Option<f64>; 2],
    /// Postings of that role that contain it, `[old, new]`.
    pub(crate) postings: [u32; 2],
}

/// A combination weight in two models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct WeightChange {
    /// The view.
    pub(crate) view: View,
    /// The question.
    pub(crate) question: Question,
    /// The input.
    pub(crate) input: String,
    /// The class it is evidence for.
    pub(crate) class: String,
    /// The weight, `[old, new]`.
    pub(crate) weight: [f64; 2],
}

/// A metric of two models, each on its held-out rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FigureChange {
    /// The view.
    pub(crate) view: View,
    /// Name of the metric.
    pub(crate) name: &'static str,
    /// `[old, new]`; `None` for a figure of no rows, and for a threshold that no confidence reaches.
    pub(crate) value: [Option<f64>; 2],
}

/// Compares two models; each list has at most `limit` entries.
pub fn compare(old: &Model, new: &Model, limit: usize) -> ModelChange {
    let headers = [old.header(), new.header()];
    let names = headers[0].roles.iter().map(|r| &r.id).chain(&headers[0].families);
    let postings = names.enumerate().map(|(i, n)| (n.clone(), headers.map(|h| h.postings[i])));
    let postings = postings.collect();
    let roles: Vec<&str> = headers[0].roles.iter().map(|r| r.id.as_str()).collect();
    let (channels, changes) = feature_changes([old, new], &roles);
    let [moved, new_features, lost] = changes.map(|mut list| {
        list.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.text.cmp(&b.1.text)));
        list.into_iter().take(limit).map(|(_, moved)| moved).collect()
    });
    ModelChange {
        postings,
        organisations: headers.map(|h| h.organisations),
        retrains: headers.map(|h| h.history.len()),
        channels,
        moved,
        new: new_features,
        lost,
        combination: moved_weights(headers, limit),
        figures: View::ALL.iter().flat_map(|&view| figure_changes(headers, view)).collect(),
    }
}

/// Changes of the features by channel; and with their rank, of features in both models, in the new and in the old only.
fn feature_changes(
    models: [&Model; 2],
    roles: &[&str],
) -> (Vec<ChannelChange>, [Vec<(f64, FeatureChange)>; 3]) {
    let mut pairs: BTreeMap<(Channel, &str), [Option<StoredFeature>; 2]> = BTreeMap::new();
    for (side, model) in models.into_iter().enumerate() {
        for feature in model.features() {
            pairs.entry((feature.channel, feature.text)).or_default()[side] = Some(feature);
        }
    }
    let mut changes: [Vec<(f64, FeatureChange)>; 3] = Default::default();
    let mut channels: Vec<ChannelChange> = Vec::new();
    for channel in Channel::ALL {
        let mut features = [0; 3];
        let mut distance = 0.0;
        for (&(_, text), sides) in pairs.range((channel, "")..).take_while(|p| p.0.0 == channel) {
            let change = match sides {
                [Some(_), Some(_)] => 0,
                [None, _] => 1,
                [_, None] => 2,
            };
            features[change] += 1;
            let weight = |side: usize, role: usize| sides[side].as_ref().map(|w| w.weight(role));
            let far = |role: usize| match change {
                0 => weight(1, role).zip(weight(0, role)).map_or(0.0, |(a, b)| (a - b).abs()),
                _ => weight(0, role).or(weight(1, role)).unwrap_or(0.0),
            };
            let furthest = (0..roles.len()).max_by(|&a, &b| far(a).total_cmp(&far(b)));
            let Some(role) = furthest else { continue };
            let postings_with_it =
                [0, 1].map(|side| sides[side].as_ref().map_or(0, |w| w.postings[role]));
            distance += (0..roles.len()).map(far).sum::<f64>() / roles.len() as f64;
            let moved = FeatureChange {
                channel,
                text: text.to_owned(),
                role: roles[role].to_owned(),
                weight: [weight(0, role), weight(1, role)],
                postings: postings_with_it,
            };
            if far(role) > 0.0 {
                let rows = f64::from(postings_with_it[0].max(postings_with_it[1]));
                changes[change].push((far(role) * rows.sqrt(), moved));
            }
        }
        let mean_distance = distance / f64::max(features[0] as f64, 1.0);
        channels.push(ChannelChange { channel, features, mean_distance });
    }
    (channels, changes)
}

fn moved_weights(headers: [&Header; 2], limit: usize) -> Vec<WeightChange> {
    let [old, new] = headers.map(|h| {
        h.combinations.iter().flat_map(|c| {
            let named = c.named(&h.roles, &h.families).into_iter();
            named.map(move |(input, class, weight)| ((c.view, c.question, input, class), weight))
        })
    });
    let mut moved: Vec<WeightChange> = old
        .zip(new)
        .filter(|(a, b)| a.0 == b.0)
        .map(|(((view, question, input, class), old), (_, new))| WeightChange {
            view,
            question,
            input,
            class,
            weight: [old, new],
        })
        .filter(|m| m.weight[0].total_cmp(&m.weight[1]).is_ne())
        .collect();
    let distance = |m: &WeightChange| (m.weight[0] - m.weight[1]).abs();
    moved.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    moved.truncate(limit);
    moved
}

/// Precision whose thresholds are compared.
const PRECISION: f64 = 0.9;

fn figure_changes(headers: [&Header; 2], view: View) -> Vec<FigureChange> {
    let figure = |name, of: &dyn Fn(&Summary) -> Option<f64>| {
        let of_header = |h: &Header| h.held_out.iter().find(|s| s.view == view).and_then(of);
        FigureChange { view, name, value: headers.map(of_header) }
    };
    let threshold = |s: &Summary, closed| s.threshold(closed, PRECISION);
    vec![
        figure("macro-F1, which role", &|s| s.closed.macro_f1),
        figure("log-loss, which role", &|s| s.closed.log_loss),
        figure("macro-F1, which role or other", &|s| s.open.macro_f1),
        figure("log-loss, which role or other", &|s| s.open.log_loss),
        figure("average precision of scope", &|s| s.scope_average_precision),
        figure("threshold at .9", &|s| threshold(s, false)),
        figure("threshold at .9, closed", &|s| threshold(s, true)),
    ]
}
