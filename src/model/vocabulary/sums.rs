//! SIMD sums of weights.

use super::Known;
use crate::bayes::weights::STEPS;
use crate::evidence::Channel;
use std::hint::black_box;
use wide::{i16x8, i32x8};

/// Classes in one [`WeightLanes`].
pub(super) const LANES: usize = 16;
/// Number of features whose weights can be added in 32 bits without overflow.
const MAX_IN_I32: usize = 1 << 15;
/// Features whose lines are prefetched together.
const PREFETCHED: usize = 64;
/// Number of features that are added in 16 bits, if no weight is larger than [`LARGEST_SMALL`].
const SMALL: usize = 4;
pub(super) const LARGEST_SMALL: u16 = i16::MAX as u16 / SMALL as u16;

/// The weights of a feature for [`LANES`] classes, in the steps of [`crate::bayes::weights`].
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(super) struct WeightLanes(pub(super) [i16; LANES]);

impl WeightLanes {
    fn halves(&self) -> [i16x8; 2] {
        let (eights, _) = self.0.as_chunks::<8>();
        [i16x8::new(eights[0]), i16x8::new(eights[1])]
    }
}

/// Running sums of weights, in steps, by channel.
pub(super) struct ChannelSums {
    /// Whether all weights are at most [`LARGEST_SMALL`].
    small: bool,
    /// By line, then by channel: sums since the last flush.
    current: Vec<[[i32; LANES]; Channel::ALL.len()]>,
    /// Number of features in `current`, by channel.
    pending: [usize; Channel::ALL.len()],
    /// Number of features, by channel.
    counts: [usize; Channel::ALL.len()],
    /// By line, then by channel: flushed sums, which may be too large for 32 bits.
    flushed: Vec<[[f64; LANES]; Channel::ALL.len()]>,
}

impl ChannelSums {
    /// Sums of 0, with `stride` lines of each feature. `small` is whether all weights are at most [`LARGEST_SMALL`].
    pub(super) fn new(stride: usize, small: bool) -> Self {
        Self {
            small,
            current: vec![[[0; LANES]; Channel::ALL.len()]; stride],
            pending: [0; Channel::ALL.len()],
            counts: [0; Channel::ALL.len()],
            flushed: Vec::new(),
        }
    }

    /// Adds features of one channel. Their lines are loaded together first: the cache misses then overlap, which is
    /// several times as fast.
    #[inline]
    pub(super) fn add(&mut self, channel: Channel, features: &[Known], lines: &[WeightLanes]) {
        let channel = channel as usize;
        let stride = self.current.len();
        for chunk in features.chunks(PREFETCHED) {
            if self.pending[channel] + chunk.len() > MAX_IN_I32 {
                self.flush(channel);
            }
            self.pending[channel] += chunk.len();
            let line = |known: &Known, i| &lines[known.feature as usize * stride + i];
            black_box(chunk.iter().fold(0, |all, known| all ^ line(known, 0).0[0]));
            for (i, sums) in self.current.iter_mut().enumerate() {
                let added = if self.small {
                    sum::<SMALL>(chunk, |known| line(known, i))
                } else {
                    sum::<1>(chunk, |known| line(known, i))
                };
                sums[channel].iter_mut().zip(added).for_each(|(sum, n)| *sum += n);
            }
            self.counts[channel] += chunk.len();
        }
    }

    /// Adds the current sums of a channel to the flushed ones.
    fn flush(&mut self, channel: usize) {
        self.pending[channel] = 0;
        self.flushed.resize(self.current.len(), [[0.0; LANES]; Channel::ALL.len()]);
        for (flushed, current) in self.flushed.iter_mut().zip(&mut self.current) {
            let current = std::mem::replace(&mut current[channel], [0; LANES]);
            flushed[channel]
                .iter_mut()
                .zip(current)
                .for_each(|(sum, steps)| *sum += f64::from(steps));
        }
    }

    /// The sums by class in nats, and the number of features, of each channel.
    pub(super) fn finish(mut self, classes: usize) -> [(Vec<f64>, u32); Channel::ALL.len()] {
        std::array::from_fn(|channel| {
            self.flush(channel);
            let sums = self.flushed.iter().flat_map(|sums| sums[channel]).take(classes);
            (sums.map(|steps| steps / STEPS).collect(), self.counts[channel] as u32)
        })
    }
}

/// The sum of the lines of features, `N` of which can be added in 16 bits.
#[inline]
fn sum<'l, const N: usize>(
    features: &[Known],
    line: impl Fn(&Known) -> &'l WeightLanes,
) -> [i32; LANES] {
    let mut all = [i32x8::ZERO; 2];
    let mut add = |halves: [i16x8; 2]| {
        all.iter_mut().zip(halves).for_each(|(all, half)| *all += i32x8::from_i16x8(half));
    };
    let (chunks, rest) = features.as_chunks::<N>();
    for features in chunks {
        let lines = features.iter().map(|known| line(known).halves());
        add(lines.fold([i16x8::ZERO; 2], |[low, high], line| [low + line[0], high + line[1]]));
    }
    for known in rest {
        add(line(known).halves());
    }
    let [low, high] = all.map(i32x8::to_array);
    std::array::from_fn(|class| if class < 8 { low[class] } else { high[class - 8] })
}
