//! Sums of weights, many at a time.

use crate::evidence::Channel;
use crate::model::weights::STEPS;

/// Classes whose weights stand in one line.
pub(super) const LANES: usize = 16;
/// Features of the most extreme weights that can be added up in 32 bits.
const AT_ONCE: usize = 1 << 15;

/// The weights of some classes, in the steps of [`crate::model::weights`].
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(super) struct Line(pub(super) [i16; LANES]);

/// Sums of weights, in steps, by channel.
pub(super) struct Sums {
    /// By line, then by channel.
    now: Vec<[[i32; LANES]; Channel::ALL.len()]>,
    counts: [usize; Channel::ALL.len()],
    /// By channel, then by class: of the features that would be too many for 32 bits.
    before: Vec<[[f64; LANES]; Channel::ALL.len()]>,
}

impl Sums {
    pub(super) fn new(stride: usize) -> Self {
        Self {
            now: vec![[[0; LANES]; Channel::ALL.len()]; stride],
            counts: [0; Channel::ALL.len()],
            before: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn add(&mut self, channel: Channel, lines: &[Line]) {
        let channel = channel as usize;
        for (sums, line) in self.now.iter_mut().zip(lines) {
            let sums = &mut sums[channel];
            sums.iter_mut().zip(&line.0).for_each(|(sum, &steps)| *sum += i32::from(steps));
        }
        self.counts[channel] += 1;
        if self.counts[channel].is_multiple_of(AT_ONCE) {
            self.set_aside(channel);
        }
    }

    fn set_aside(&mut self, channel: usize) {
        self.before.resize(self.now.len(), [[0.0; LANES]; Channel::ALL.len()]);
        for (before, now) in self.before.iter_mut().zip(&mut self.now) {
            let now = std::mem::replace(&mut now[channel], [0; LANES]);
            before[channel].iter_mut().zip(now).for_each(|(sum, steps)| *sum += f64::from(steps));
        }
    }

    /// The sums by class in nats, and the number of features, of each channel.
    pub(super) fn finish(mut self, classes: usize) -> [(Vec<f64>, u32); Channel::ALL.len()] {
        std::array::from_fn(|channel| {
            self.set_aside(channel);
            let sums = self.before.iter().flat_map(|sums| sums[channel]).take(classes);
            (sums.map(|steps| steps / STEPS).collect(), self.counts[channel] as u32)
        })
    }
}
