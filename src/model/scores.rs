//! The evidence of one posting, added up by channel.

use super::inputs::View;
use crate::evidence::Channel;
use crate::metrics::top;

/// What a model says of one feature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeatureWeights<'a> {
    /// Centred weight for each role, if the feature tells roles apart.
    pub(crate) role: Option<&'a [f64]>,
    /// Weight of each role against `other`, if the feature tells roles from other jobs.
    pub(crate) scope: Option<&'a [f64]>,
}

/// The sums of one channel. Each is divided by the square root of the number of its features:
/// evidence in a text is correlated, and the plain sum of naive Bayes saturates on long postings.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ChannelScore {
    /// By role.
    pub(crate) role: Vec<f64>,
    /// Features that went into `role`.
    pub(crate) role_features: u32,
    /// By role, against `other`.
    pub(crate) scope: Vec<f64>,
    /// Features that went into `scope`.
    pub(crate) scope_features: u32,
}

impl ChannelScore {
    fn new(roles: usize) -> Self {
        Self { role: vec![0.0; roles], scope: vec![0.0; roles], ..Self::default() }
    }

    fn add(&mut self, weights: FeatureWeights) {
        if let Some(role) = weights.role {
            self.role.iter_mut().zip(role).for_each(|(sum, w)| *sum += w);
            self.role_features += 1;
        }
        if let Some(scope) = weights.scope {
            self.scope.iter_mut().zip(scope).for_each(|(sum, w)| *sum += w);
            self.scope_features += 1;
        }
    }

    fn finish(&mut self) {
        let (role, scope) = (divisor(self.role_features), divisor(self.scope_features));
        self.role.iter_mut().for_each(|sum| *sum /= role);
        self.scope.iter_mut().for_each(|sum| *sum /= scope);
    }
}

/// What a sum over this many features is divided by.
pub(crate) fn divisor(features: u32) -> f64 {
    f64::from(features.max(1)).sqrt()
}

/// The channel scores of one posting.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Scores {
    /// In the order of [`Channel::ALL`].
    pub(crate) channels: [ChannelScore; 4],
    /// The lexicon's own weights, untouched by data; only `role` is used.
    pub(crate) lexicon: ChannelScore,
    /// How often each role is named; last the names that leave it undecided.
    pub(crate) mentions: Vec<u32>,
    /// Different words in the posting.
    pub(crate) words: u32,
}

impl Scores {
    /// Adds up features. `learned` says what the counts make of a feature, `lexicon` what the
    /// lexicon does (centred).
    pub(crate) fn new<'w, F, L>(
        features: impl Iterator<Item = (Channel, u64)>,
        mentions: &[u32],
        roles: usize,
        mut learned: F,
        lexicon: L,
    ) -> Self
    where
        F: FnMut(Channel, u64, &mut dyn FnMut(FeatureWeights)),
        L: Fn(u64) -> Option<&'w [f64]>,
    {
        let mut scores = Self {
            channels: std::array::from_fn(|_| ChannelScore::new(roles)),
            lexicon: ChannelScore::new(roles),
            mentions: mentions.to_vec(),
            words: 0,
        };
        for (channel, key) in features {
            scores.words += u32::from(channel == Channel::Words);
            if channel == Channel::Skills {
                scores.lexicon.add(FeatureWeights { role: lexicon(key), scope: None });
            }
            let sums = &mut scores.channels[channel as usize];
            learned(channel, key, &mut |weights| sums.add(weights));
        }
        scores.channels.iter_mut().for_each(ChannelScore::finish);
        scores.lexicon.finish();
        scores
    }

    /// The score of a role against `other`, all channels of a view together.
    pub(crate) fn scope_sum(&self, view: View, role: usize) -> f64 {
        view.channels().iter().map(|&c| self.channels[c as usize].scope[role]).sum()
    }

    /// The role with the largest of these; the first of equals.
    pub(crate) fn best_role(&self, view: View) -> usize {
        let sums: Vec<f64> =
            (0..self.lexicon.role.len()).map(|role| self.scope_sum(view, role)).collect();
        top(&sums)
    }
}
