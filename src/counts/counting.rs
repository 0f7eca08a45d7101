//! Counts the features of rows, a range of keys at a time: the tables of one range stay in the cache.

use crate::counts::count_matrix::{CountMatrix, both, join_class_counts};
use crate::counts::feature_count::{ClassCount, FeatureMap, SLOTS_PER_CLASS};
use crate::counts::feature_names::FeatureNames;
use crate::evidence::{FeatureKey, Occurrence};
use crate::examples::example::Example;
use rayon::prelude::*;
use std::sync::Arc;

/// Number of ranges of keys, about.
const PARTS: usize = 64;
/// Rows whose features are in memory at once.
const CHUNK_ROWS: usize = if cfg!(test) { 7 } else { 1024 };
/// Rows whose features are sampled to choose where the parts begin.
const SAMPLED_ROWS: usize = 64;
/// Occurrences that a part keeps at least before it counts them, and a quarter of its class counts: these are copied
/// each time, so that an occurrence costs about four copies, however many rows there are.
const PENDING: usize = if cfg!(test) { 11 } else { 1 << 14 };

impl CountMatrix {
    /// Counts rows, some at a time: features are in a file, and those of all rows at once would fill the memory.
    pub(crate) fn new(examples: &[&Example], mut names: Arc<FeatureNames>) -> Self {
        let starts = part_starts(examples);
        let mut parts: Vec<Part> = (0..=starts.len()).map(|_| Part::default()).collect();
        for examples in examples.chunks(CHUNK_ROWS) {
            let features: Vec<Vec<Occurrence>> =
                examples.par_iter().map(|example| example.features()).collect();
            let cuts: Vec<_> =
                features.par_iter().map(|features| cuts(features, &starts)).collect();
            parts.par_iter_mut().enumerate().for_each_init(
                Scratch::default,
                |scratch, (index, part)| {
                    for ((example, features), cuts) in examples.iter().zip(&features).zip(&cuts) {
                        part.add(example, &features[cuts[index]..cuts[index + 1]]);
                    }
                    if part.pending.len() >= PENDING.max(part.class_counts.len() / 4) {
                        part.count(scratch);
                    }
                },
            );
        }
        let mut matrix = Self::of_parts(parts, &mut names);
        matrix.rows = examples.iter().map(|e| e.row).collect();
        matrix.rows.sort_unstable();
        matrix
    }

    /// Puts parts together, in the order of their keys, and adds the texts of features. Parts and texts are freed as
    /// soon as they are taken over: so the matrix grows as they shrink.
    fn of_parts(parts: Vec<Part>, names: &mut Arc<FeatureNames>) -> Self {
        let mut matrix = Self::default();
        let sum = |of: fn(&Part) -> usize| parts.iter().map(of).sum();
        // Growing step by step would take up to twice the memory.
        matrix.reserve_exact(
            sum(|part| part.keys.len()),
            sum(|part| part.class_counts.len() + part.pending.len()),
        );
        let mut scratch = Scratch::default();
        for mut part in parts {
            part.count(&mut scratch);
            part.keys.sort_unstable();
            for &(key, number) in &part.keys {
                let texts = names.shard(key);
                let class_counts = &part.class_counts[part.of_number(number as usize)];
                matrix.push(key, texts.text(key), class_counts.iter().copied());
            }
            if let (Some(last), Some(names)) = (part.keys.last(), Arc::get_mut(names)) {
                names.free_before(last.0);
            }
        }
        matrix
    }
}

/// The counts of the features between two keys.
#[derive(Default)]
struct Part {
    /// By feature, its number: the order in which it was met first.
    numbers: FeatureMap<u32>,
    /// The features with their numbers, in the order of these; sorted when all are counted.
    keys: Vec<(FeatureKey, u32)>,
    /// Occurrences that are not counted yet: the number of the feature, and the slot doubled, and one more where it is in
    /// lower case.
    pending: Vec<(u32, u32)>,
    /// What is counted, by number, then by slot.
    class_counts: Vec<ClassCount>,
    /// By number, where its class counts end.
    ends: Vec<u32>,
}

impl Part {
    /// Adds those features of a row that are in the part.
    fn add(&mut self, example: &Example, features: &[Occurrence]) {
        let Self { numbers, keys, pending, .. } = self;
        let slot = (example.row.class() * SLOTS_PER_CLASS + example.row.bucket()) as u32;
        pending.extend(features.iter().map(|feature| {
            let number = *numbers.entry(feature.key()).or_insert_with(|| {
                keys.push((feature.key(), keys.len() as u32));
                keys.len() as u32 - 1
            });
            (number, slot << 1 | u32::from(feature.plain()))
        }));
    }

    /// Counts the pending occurrences.
    fn count(&mut self, scratch: &mut Scratch) {
        let Scratch { slots, new, joined } = scratch;
        let pending_ends = self.sort_pending(slots);
        let mut start = 0;
        let mut ends = Vec::with_capacity(self.keys.len());
        let mut class_counts = Vec::with_capacity(self.class_counts.len() + self.pending.len() / 4);
        for (number, &end) in pending_ends.iter().enumerate() {
            let before = &self.class_counts[self.of_number(number)];
            new.clear();
            new.extend(class_counts_of(&mut slots[start..end as usize]));
            start = end as usize;
            if new.is_empty() || before.is_empty() {
                class_counts.extend_from_slice(before);
                class_counts.extend_from_slice(new);
            } else {
                join_class_counts(before, new, |a, b| both(a, b, u32::checked_add), joined)
                    .expect("there are fewer than 2^32 rows");
                class_counts.extend_from_slice(joined);
            }
            ends.push(class_counts.len() as u32);
        }
        self.pending.clear();
        (self.class_counts, self.ends) = (class_counts, ends);
    }

    /// Sorts the slots of the pending occurrences into `slots` by number; gives by number where they end.
    fn sort_pending(&self, slots: &mut Vec<u32>) -> Vec<u32> {
        let mut ends = vec![0; self.keys.len()];
        for &(number, _) in &self.pending {
            ends[number as usize] += 1;
        }
        let mut next = 0;
        for end in &mut ends {
            next += std::mem::replace(end, next);
        }
        slots.resize(self.pending.len(), 0);
        for &(number, slot) in &self.pending {
            let end = &mut ends[number as usize];
            slots[*end as usize] = slot;
            *end += 1;
        }
        ends
    }

    /// The range of the class counts of the feature of a number, which may not be counted yet.
    fn of_number(&self, number: usize) -> std::ops::Range<usize> {
        let end = |number: usize| {
            self.ends.get(number).map_or(self.class_counts.len(), |&end| end as usize)
        };
        number.checked_sub(1).map_or(0, end)..end(number)
    }
}

/// Scratch buffers.
#[derive(Default)]
struct Scratch {
    /// Slots of pending occurrences, as [`Part::pending`] has them, by number.
    slots: Vec<u32>,
    /// Those of a feature: new ones, and old and new ones together.
    new: Vec<ClassCount>,
    joined: Vec<ClassCount>,
}

/// The class counts of the occurrences of a feature, by slot; sorts these.
fn class_counts_of(slots: &mut [u32]) -> impl Iterator<Item = ClassCount> {
    slots.sort_unstable();
    slots.chunk_by(|a, b| a >> 1 == b >> 1).map(|same| ClassCount {
        slot: (same[0] >> 1) as u16,
        postings: same.len() as u32,
        plain: same.iter().filter(|&slot| slot & 1 == 1).count() as u32,
    })
}

/// The keys that the second and all later parts begin with.
fn part_starts(examples: &[&Example]) -> Vec<FeatureKey> {
    let sampled = examples.iter().step_by(examples.len().div_ceil(SAMPLED_ROWS).max(1));
    let mut keys: Vec<FeatureKey> =
        sampled.flat_map(|example| example.features()).map(Occurrence::key).collect();
    keys.sort_unstable();
    keys.dedup();
    let part_len = keys.len().div_ceil(PARTS).max(1);
    keys.into_iter().step_by(part_len).skip(1).collect()
}

/// The indices that split the sorted features of a row before each of the keys; with the first and the last.
fn cuts(features: &[Occurrence], keys: &[FeatureKey]) -> Vec<usize> {
    let mut at = 0;
    let before = keys.iter().map(|&key| {
        at = first_not_before(features, at, key);
        at
    });
    std::iter::once(0).chain(before).chain([features.len()]).collect()
}

/// The first feature from an index on that is not before a key, by exponential search: it is mostly close.
fn first_not_before(features: &[Occurrence], from: usize, key: FeatureKey) -> usize {
    let (mut start, mut step) = (from, 4);
    while features.get(start + step).is_some_and(|f| f.key() < key) {
        start += step;
        step *= 2;
    }
    let end = features.len().min(start + step);
    start + features[start..end].partition_point(|f| f.key() < key)
}
