//! Finds features that are too rare, before they are counted: an upper bound of the support of each.

use crate::counts::feature_count::SUPPORT;
use crate::evidence::{Channel, FeatureKey, Occurrence};
use crate::examples::example::Example;
use crate::examples::feature_list::FeatureFile;
use rayon::prelude::*;
use std::io;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

/// For each hash slot the mask of the buckets of organisations in which a feature of that slot occurs. Features that
/// share a slot can only seem more frequent than they are.
#[derive(Debug)]
pub(crate) struct Sketch {
    buckets: Vec<AtomicU16>,
}

/// Hash slots.
const SLOTS: usize = 1 << 23;

impl Default for Sketch {
    fn default() -> Self {
        Self { buckets: (0..SLOTS).into_par_iter().map(|_| AtomicU16::new(0)).collect() }
    }
}

impl Sketch {
    /// Adds the features of a row; in any order, from any thread.
    pub(crate) fn note(&self, example: &Example) {
        let bucket = 1 << example.row.bucket();
        for feature in example.features().into_iter().filter(|f| f.plain()) {
            let buckets = self.of(feature.key());
            if buckets.load(Relaxed) & bucket == 0 {
                buckets.fetch_or(bucket, Relaxed);
            }
        }
    }

    fn of(&self, key: FeatureKey) -> &AtomicU16 {
        &self.buckets[key.number() as usize % SLOTS]
    }

    /// Whether a feature may be frequent enough.
    pub(crate) fn may_be_frequent(&self, key: FeatureKey) -> bool {
        enough(self.of(key))
    }

    /// [`Self::may_be_frequent`] for all features, in a sixteenth of the memory: a bit for each slot.
    fn common(&self) -> impl Fn(FeatureKey) -> bool {
        let bits = |buckets: &[AtomicU16]| {
            buckets.iter().rev().fold(0, |bits, buckets| bits << 1 | u64::from(enough(buckets)))
        };
        let bits: Vec<u64> = self.buckets.par_chunks(64).map(bits).collect();
        move |key| {
            let slot = key.number() as usize % SLOTS;
            bits[slot / 64] >> (slot % 64) & 1 == 1
        }
    }
}

fn enough(buckets: &AtomicU16) -> bool {
    buckets.load(Relaxed).count_ones() >= SUPPORT
}

/// Removes from the texts of rows the features that are not frequent enough in a model of any of them and are no entries
/// of the lexicon: most of their features. The others go to a file; adjacent rows that share their features go on doing
/// so.
///
/// # Errors
/// If the file cannot be written.
pub fn remove_rare_features(rows: &mut [&mut Example], file: &FeatureFile) -> io::Result<()> {
    let same = |a: &&mut Example, b: &&mut Example| a.shares_features(b);
    let sketch = Sketch::default();
    rows.par_chunk_by(same).for_each(|same| sketch.note(same[0]));
    let common = sketch.common();
    let stays = |f: &Occurrence| f.key().channel() == Channel::Skills || common(f.key());
    rows.par_chunk_by_mut(same).try_for_each(|same| {
        let mut features = same[0].text.to_vec();
        features.retain(stays);
        let text = file.keep(&features)?;
        for row in same {
            row.text = text.clone();
        }
        Ok(())
    })
}
