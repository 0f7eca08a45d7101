//! Sums of weights, many at a time.

use super::Known;
use crate::bayes::weights::STEPS;
use crate::evidence::Channel;
use std::hint::black_box;
use wide::{i16x8, i32x8};

/// Classes whose weights stand in one line.
pub(super) const LANES: usize = 16;
/// Features of the most extreme weights that can be added up in 32 bits.
const AT_ONCE: usize = 1 << 15;
/// Features whose lines are fetched together.
const FETCHED: usize = 64;
/// So many are added up in 16 bits, if no weight is larger than that allows.
const SMALL: usize = 4;
pub(super) const LARGEST_SMALL: u16 = i16::MAX as u16 / SMALL as u16;

/// The weights of some classes, in the steps of [`crate::bayes::weights`].
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(super) struct WeightLanes(pub(super) [i16; LANES]);

impl WeightLanes {
    fn halves(&self) -> [i16x8; 2] {
        let (eights, _) = self.0.as_chunks::<8>();
        [i16x8::new(eights[0]), i16x8::new(eights[1])]
    }
}

/// Sums of weights, in steps, by channel.
pub(super) struct ChannelSums {
    small: bool,
    /// By line, then by channel.
    now: Vec<[[i32; LANES]; Channel::ALL.len()]>,
    /// Features in them.
    held: [usize; Channel::ALL.len()],
    counts: [usize; Channel::ALL.len()],
    /// By channel, then by class: of the features that would be too many for 32 bits.
    before: Vec<[[f64; LANES]; Channel::ALL.len()]>,
}

impl ChannelSums {
    /// No sums, of so many lines of each feature. `small` is whether all weights are at most
    /// [`LARGEST_SMALL`].
    pub(super) fn new(stride: usize, small: bool) -> Self {
        Self {
            small,
            now: vec![[[0; LANES]; Channel::ALL.len()]; stride],
            held: [0; Channel::ALL.len()],
            counts: [0; Channel::ALL.len()],
            before: Vec::new(),
        }
    }

    /// Adds the lines of features of one channel. They are fetched together, because the memory then
    /// answers several times as fast.
    #[inline]
    pub(super) fn add(&mut self, channel: Channel, features: &[Known], lines: &[WeightLanes]) {
        let channel = channel as usize;
        let stride = self.now.len();
        for some in features.chunks(FETCHED) {
            if self.held[channel] + some.len() > AT_ONCE {
                self.set_aside(channel);
            }
            self.held[channel] += some.len();
            let line = |known: &Known, i| &lines[known.feature as usize * stride + i];
            black_box(some.iter().fold(0, |all, known| all ^ line(known, 0).0[0]));
            for (i, sums) in self.now.iter_mut().enumerate() {
                let own = if self.small {
                    sum::<SMALL>(some, |known| line(known, i))
                } else {
                    sum::<1>(some, |known| line(known, i))
                };
                sums[channel].iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
            }
            self.counts[channel] += some.len();
        }
    }

    fn set_aside(&mut self, channel: usize) {
        self.held[channel] = 0;
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

/// The sum of lines, of which `N` can be added up in 16 bits.
#[inline]
fn sum<'l, const N: usize>(
    features: &[Known],
    line: impl Fn(&Known) -> &'l WeightLanes,
) -> [i32; LANES] {
    let mut all = [i32x8::ZERO; 2];
    let mut add = |halves: [i16x8; 2]| {
        all.iter_mut().zip(halves).for_each(|(all, half)| *all += i32x8::from_i16x8(half));
    };
    let (some, rest) = features.as_chunks::<N>();
    for features in some {
        let lines = features.iter().map(|known| line(known).halves());
        add(lines.fold([i16x8::ZERO; 2], |[low, high], line| [low + line[0], high + line[1]]));
    }
    for known in rest {
        add(line(known).halves());
    }
    let [low, high] = all.map(i32x8::to_array);
    std::array::from_fn(|class| if class < 8 { low[class] } else { high[class - 8] })
}
