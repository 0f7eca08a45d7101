//! The evidence of one posting, added up by channel.

use super::inputs::View;
use crate::evidence::Channel;
use crate::metrics::top;

/// The sums of one channel. They are divided by the square root of the number of its features:
/// evidence in a text is correlated, and the plain sum of naive Bayes saturates on long postings.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ChannelScore {
    /// By class.
    pub(crate) sums: Vec<f64>,
    /// Features that went into them.
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

/// What a sum over this many features is divided by.
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
    /// How often each role is named; last the names that leave it undecided.
    pub(crate) mentions: Vec<u32>,
}

impl Scores {
    /// Adds up features. `learned` says what the counts make of a feature, `lexicon` what the
    /// lexicon does (centred).
    pub(crate) fn new<'w, F, L>(
        features: impl Iterator<Item = (Channel, u64)>,
        mentions: &[u32],
        [roles, classes]: [usize; 2],
        mut learned: F,
        lexicon: L,
    ) -> Self
    where
        F: FnMut(Channel, u64, &mut dyn FnMut(&[f64])),
        L: Fn(u64) -> Option<&'w [f64]>,
    {
        let mut scores = Self {
            channels: std::array::from_fn(|_| ChannelScore::new(classes)),
            lexicon: ChannelScore::new(roles),
            mentions: mentions.to_vec(),
        };
        for (channel, key) in features {
            if let Some(weights) = lexicon(key).filter(|_| channel == Channel::Skills) {
                scores.lexicon.add(weights);
            }
            let sums = &mut scores.channels[channel as usize];
            learned(channel, key, &mut |weights| sums.add(weights));
        }
        scores.channels.iter_mut().for_each(ChannelScore::finish);
        scores.lexicon.finish();
        scores
    }

    /// Number of roles, and of classes: the roles and the families of other jobs.
    pub(crate) fn sizes(&self) -> [usize; 2] {
        [self.lexicon.sums.len(), self.channels[0].sums.len()]
    }

    /// The score of a class, all channels of a view together.
    pub(crate) fn sum(&self, view: View, class: usize) -> f64 {
        view.channels().iter().map(|&c| self.channels[c as usize].sums[class]).sum()
    }

    /// The role with the largest score, and the family of other jobs with the largest; the first of
    /// equals.
    pub(crate) fn nearest(&self, view: View) -> (usize, usize) {
        let [roles, classes] = self.sizes();
        let sums: Vec<f64> = (0..classes).map(|class| self.sum(view, class)).collect();
        (top(&sums[..roles]), roles + top(&sums[roles..]))
    }
}
