//! The scores of one posting: its weights, summed by channel.

use crate::bayes::weights::is_selected;
use crate::evidence::{Channel, FeatureKey, Stated};
use crate::metrics::top;

/// The sums of one channel, divided by the square root of the number of its features: the features of a text are
/// correlated, and the plain sum of naive Bayes saturates on long postings.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ChannelScore {
    /// By class.
    pub(crate) sums: Vec<f64>,
    /// Number of features in them.
    pub(crate) features: u32,
}

impl ChannelScore {
    fn new(classes: usize) -> Self {
        Self { sums: vec![0.0; classes], features: 0 }
    }

    fn add(&mut self, weights: &[f64]) {
        self.sums.iter_mut().zip(weights).for_each(|(sum, w)| *sum += w);
        self.features += 1;
    }

    fn finish(&mut self) {
        let divisor = divisor(self.features);
        self.sums.iter_mut().for_each(|sum| *sum /= divisor);
    }
}

/// A count as model files store it.
fn stored_count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Steps per unit of a stored score.
const STEPS: f64 = 1024.0;

/// The divisor of a sum over this many features.
pub(crate) fn divisor(features: u32) -> f64 {
    f64::from(features.max(1)).sqrt()
}

/// The channel scores of one posting.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Scores {
    /// In the order of [`Channel::ALL`]; by class.
    pub(crate) channels: [ChannelScore; Channel::ALL.len()],
    /// The lexicon's own weights, untouched by data; by role.
    pub(crate) lexicon: ChannelScore,
    /// How often each role is named; last the ambiguous names.
    pub(crate) mentions: Vec<u32>,
    /// What the title states.
    pub(crate) stated: Stated,
    /// Whether only the lexicon scores it: without the posting's neighbours there was no posting of some role.
    pub(crate) lexicon_only: bool,
}

impl Scores {
    /// Sums the weights of the selected features. `learned` passes on the weights from the counts, `lexicon` gives
    /// those of the lexicon (centred).
    pub(crate) fn new<'w, F, L>(
        features: impl Iterator<Item = FeatureKey>,
        mentions: &[u32],
        stated: Stated,
        [roles, classes]: [usize; 2],
        mut learned: F,
        lexicon: L,
    ) -> Self
    where
        F: FnMut(FeatureKey, &mut dyn FnMut(&[f64])),
        L: Fn(FeatureKey) -> Option<&'w [f64]>,
    {
        let mut scores = Self {
            channels: std::array::from_fn(|_| ChannelScore::new(classes)),
            lexicon: ChannelScore::new(roles),
            mentions: mentions.to_vec(),
            stated,
            lexicon_only: false,
        };
        for key in features {
            if let Some(weights) = lexicon(key) {
                scores.lexicon.add(weights);
            }
            let channel = key.channel();
            let sums = &mut scores.channels[channel as usize];
            learned(key, &mut |weights| {
                if is_selected(channel, weights.iter().copied()) {
                    sums.add(weights);
                }
            });
        }
        scores.channels.iter_mut().for_each(ChannelScore::finish);
        scores.lexicon.finish();
        scores
    }

    /// From the plain sums of each channel and of the lexicon, each with its number of features.
    pub(crate) fn of_sums(
        channels: [(Vec<f64>, u32); Channel::ALL.len()],
        lexicon: (Vec<f64>, u32),
        mentions: Vec<u32>,
        stated: Stated,
    ) -> Self {
        let of = |(sums, features)| {
            let mut score = ChannelScore { sums, features };
            score.finish();
            score
        };
        let (channels, lexicon) = (channels.map(of), of(lexicon));
        Self { channels, lexicon, mentions, stated, lexicon_only: false }
    }

    /// Rounds the sums to the steps of a model file, so that combinations are fitted to exactly the stored scores.
    pub(crate) fn round(&mut self) {
        let channels = self.channels.iter_mut().flat_map(|c| &mut c.sums);
        channels.chain(&mut self.lexicon.sums).for_each(|v| *v = (*v * STEPS).round() / STEPS);
    }

    /// How many numbers [`Self::numbers`] gives.
    pub(crate) fn width([roles, classes]: [usize; 2]) -> usize {
        Channel::ALL.len() * (classes + 1) + (roles + 1) + (roles + 1) + 2
    }

    /// As integers: the sums and the number of features of each channel and of the lexicon, then the mentions, what the
    /// title states, and whether only the lexicon scores it.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = i32> {
        let of_channel = |c: &ChannelScore| {
            let sums: Vec<i32> = c.sums.iter().map(|v| (v * STEPS).round() as i32).collect();
            sums.into_iter().chain([stored_count(c.features)])
        };
        let channels = self.channels.iter().chain([&self.lexicon]).flat_map(of_channel);
        let mentions = self.mentions.iter().map(|&n| stored_count(n));
        channels.chain(mentions).chain([self.stated.number(), i32::from(self.lexicon_only)])
    }

    /// From integers, [`Self::width`] of them; none if a count is negative.
    pub(crate) fn from_numbers(numbers: &[i32], [roles, classes]: [usize; 2]) -> Option<Self> {
        let mut rest = numbers;
        let mut next = |sums: usize| -> Option<ChannelScore> {
            let (channel, after) = rest.split_at_checked(sums + 1)?;
            rest = after;
            let (&features, sums) = channel.split_last()?;
            let sums = sums.iter().map(|&v| f64::from(v) / STEPS).collect();
            Some(ChannelScore { sums, features: features.try_into().ok()? })
        };
        let mut channels: [ChannelScore; Channel::ALL.len()] = Default::default();
        for channel in &mut channels {
            *channel = next(classes)?;
        }
        let lexicon = next(roles)?;
        let (mentions, &[stated, lexicon_only]) = rest.split_last_chunk()?;
        let mentions = mentions.iter().map(|&n| n.try_into().ok()).collect::<Option<_>>()?;
        let (stated, lexicon_only) = (Stated::from_number(stated), lexicon_only != 0);
        Some(Self { channels, lexicon, mentions, stated, lexicon_only })
    }

    /// Number of roles, and of classes: the roles and the families of other jobs.
    pub(crate) fn sizes(&self) -> [usize; 2] {
        [self.lexicon.sums.len(), self.channels[0].sums.len()]
    }

    /// The score of each class, summed over channels.
    pub(crate) fn sums(&self, channels: &[Channel]) -> Vec<f64> {
        let [_, classes] = self.sizes();
        let mut sums = vec![0.0; classes];
        for &channel in channels {
            let of_channel = &self.channels[channel as usize].sums;
            sums.iter_mut().zip(of_channel).for_each(|(sum, score)| *sum += score);
        }
        sums
    }

    /// Whether the class with the largest score over channels is a role.
    pub(crate) fn is_most_like_a_role(&self, channels: &[Channel]) -> bool {
        let sums = self.sums(channels);
        let (role, family) = nearest(&sums, self.sizes()[0]);
        sums[role] >= sums[family]
    }

    /// The role with the largest score, and the family of other jobs with the largest, as classes; the first of ties.
    pub(crate) fn nearest(&self, channels: &[Channel]) -> (usize, usize) {
        nearest(&self.sums(channels), self.sizes()[0])
    }
}

/// The role, and the family of other jobs, with the largest score, as classes; the first of ties.
pub(crate) fn nearest(sums: &[f64], roles: usize) -> (usize, usize) {
    (top(&sums[..roles]), roles + top(&sums[roles..]))
}
