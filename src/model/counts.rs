//! How many postings of each outcome show each feature: integers, so that adding, taking away and
//! merging are exact. Knows no logarithms.

use super::examples::{BUCKETS, Example};
use super::ledger::{Cell, Ledger};
use super::rows::{Rows, in_chunks};
use crate::evidence::{Channel, FeatureKey, Shown};
use crate::text::Sieve;
use rayon::prelude::*;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

/// A feature takes part only when at least this many buckets of organisations show it in small
/// letters: that leaves out the names of companies and people, and boilerplate.
pub const SUPPORT: u32 = 3;

/// A word or phrase that the roles do not share takes part only when at least this many buckets show
/// it: names that are sometimes written in small letters are rarer, and the rest of the rarer words
/// help the question of scope no more.
const OTHER_SUPPORT: u32 = 10;

/// Whether a feature takes part: `support` is that in all postings and that in those of a role.
fn takes_part(channel: Channel, support: [u32; 2]) -> bool {
    let listed = matches!(channel, Channel::Skills | Channel::Mentions);
    support[1] >= SUPPORT || support[0] >= if listed { SUPPORT } else { OTHER_SUPPORT }
}

/// Postings that show a feature, by class, and by bucket of organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// By class: the roles, then the families of other jobs.
    pub(crate) postings: Vec<u32>,
    /// Postings that show it in small letters: all, and those of a role.
    buckets: [[u32; BUCKETS]; 2],
    /// Masks of the buckets that show it in small letters.
    shown: [u16; 2],
}

impl Tally {
    pub(crate) fn new(classes: usize) -> Self {
        Self { postings: vec![0; classes], buckets: [[0; BUCKETS]; 2], shown: [0; 2] }
    }

    fn add(&mut self, example: &Example, plain: bool) {
        self.postings[example.row.class()] += 1;
        if plain {
            self.show(example.row.bucket(), 1, example.of_role);
        }
    }

    fn take(&mut self, example: &Example, plain: bool) {
        self.postings[example.row.class()] -= 1;
        if plain {
            let (bucket, parts) = (example.row.bucket(), 1 + usize::from(example.of_role));
            for (buckets, shown) in self.buckets.iter_mut().zip(&mut self.shown).take(parts) {
                buckets[bucket] -= 1;
                *shown &= !(u16::from(buckets[bucket] == 0) << bucket);
            }
        }
    }

    fn show(&mut self, bucket: usize, plain: u32, of_role: bool) {
        for (buckets, shown) in
            self.buckets.iter_mut().zip(&mut self.shown).take(1 + usize::from(of_role))
        {
            buckets[bucket] += plain;
            *shown |= u16::from(buckets[bucket] > 0) << bucket;
        }
    }

    /// The tally of the cells of a feature but those of the buckets in a mask; `roles` is the number
    /// of roles.
    pub(super) fn of(cells: &[Cell], without: u16, roles: usize, classes: usize) -> Self {
        let mut tally = Self::new(classes);
        tally.set(cells, without, roles);
        tally
    }

    /// The tally of the cells of a feature, if it takes part; `sizes` are the numbers of roles and of classes.
    pub(super) fn taking_part(key: FeatureKey, cells: &[Cell], sizes: [usize; 2]) -> Option<Self> {
        // Each cell is of one bucket: most features have too few.
        if cells.len() < SUPPORT as usize {
            return None;
        }
        Some(Self::of(cells, 0, sizes[0], sizes[1])).filter(|tally| tally.takes_part(key.channel()))
    }

    /// Makes it what [`Self::of`] gives.
    pub(super) fn set(&mut self, cells: &[Cell], without: u16, roles: usize) {
        self.postings.fill(0);
        (self.buckets, self.shown) = ([[0; BUCKETS]; 2], [0; 2]);
        for cell in cells {
            let bucket = cell.bucket();
            if bucket == BUCKETS {
                self.postings[cell.class()] += cell.postings;
            } else if without & (1 << bucket) == 0 {
                self.postings[cell.class()] += cell.postings;
                self.show(bucket, cell.plain, cell.class() < roles);
            }
        }
    }

    /// Masks of the buckets that show it in small letters: in all postings, in those of a role.
    pub(crate) fn buckets(&self) -> [u16; 2] {
        self.shown
    }

    /// Whether it takes part, as a feature of this channel.
    pub(crate) fn takes_part(&self, channel: Channel) -> bool {
        takes_part(channel, self.shown.map(u16::count_ones))
    }

    /// Whether it takes part even if that many of the buckets no longer show it in small letters.
    pub(crate) fn takes_part_with_less(&self, channel: Channel, buckets: u32) -> bool {
        takes_part(channel, self.shown.map(|shown| shown.count_ones().saturating_sub(buckets)))
    }

    /// Whether it takes part without some of the postings that show it in small letters: how many of each
    /// bucket, in all postings and in those of a role. `buckets` are those that have any.
    pub(crate) fn takes_part_without(
        &self,
        taken: &[[u32; BUCKETS]; 2],
        channel: Channel,
        buckets: impl Iterator<Item = usize>,
    ) -> bool {
        let mut shown = self.shown;
        for bucket in buckets {
            for ((shown, all), taken) in shown.iter_mut().zip(&self.buckets).zip(taken) {
                *shown &= !(u16::from(all[bucket] == taken[bucket]) << bucket);
            }
        }
        takes_part(channel, shown.map(u16::count_ones))
    }
}

/// A map by feature. Its keys are hashes already, and its order is never used.
pub(crate) type FeatureMap<V> = HashMap<FeatureKey, V, rapidhash::fast::RandomState>;

/// The features of a ledger that take part, with their texts and tallies, by key.
pub(super) fn taking_part(
    ledger: &Ledger,
    [roles, classes]: [usize; 2],
) -> impl Iterator<Item = (FeatureKey, &str, Tally)> {
    ledger.features().filter_map(move |(key, text, cells)| {
        // Without a text it stands nowhere in small letters.
        Some((key, text?, Tally::taking_part(key, cells, [roles, classes])?))
    })
}

/// Which features may be shown by enough organisations: for each hash of a feature the buckets that show
/// one of that hash. Features that share a hash can only seem more common than they are.
#[derive(Debug)]
pub struct Sketch {
    buckets: Vec<AtomicU16>,
}

const SKETCHED: usize = 1 << 23;

impl Default for Sketch {
    fn default() -> Self {
        Self { buckets: (0..SKETCHED).into_par_iter().map(|_| AtomicU16::new(0)).collect() }
    }
}

impl Sketch {
    /// Notes what a row shows; in any order, by any thread.
    pub fn note(&self, example: &Example) {
        let bucket = 1 << example.row.bucket();
        for feature in example.features.iter().filter(|f| f.plain()) {
            let buckets = self.of(feature.key());
            if buckets.load(Relaxed) & bucket == 0 {
                buckets.fetch_or(bucket, Relaxed);
            }
        }
    }

    fn of(&self, key: FeatureKey) -> &AtomicU16 {
        &self.buckets[key.number() as usize % SKETCHED]
    }

    fn may_take_part(&self, key: FeatureKey) -> bool {
        self.of(key).load(Relaxed).count_ones() >= SUPPORT
    }
}

/// Leaves out of rows what takes no part in a model of any of them, and is no entry of the lexicon: most of
/// what they show. Rows that stand next to each other and share their features go on doing so.
pub fn leave_out_rare(rows: &mut [&mut Example]) {
    let same = |a: &&mut Example, b: &&mut Example| Arc::ptr_eq(&a.features, &b.features);
    let sketch = Sketch::default();
    rows.par_chunk_by(same).for_each(|same| sketch.note(same[0]));
    let stays = |f: &Shown| f.key().channel() == Channel::Skills || sketch.may_take_part(f.key());
    rows.par_chunk_by_mut(same).for_each(|same| {
        let features: Arc<[Shown]> = same[0].features.iter().copied().filter(stays).collect();
        for row in same {
            row.features = features.clone();
        }
    });
}

/// Tallies of the features that take part. Others do not without some of the rows either.
#[derive(Debug, Clone)]
pub(crate) struct Tallies {
    /// Roles, and families of other jobs.
    pub(crate) classes: usize,
    /// Sorted.
    pub(crate) features: Vec<FeatureKey>,
    /// In the order of `features`.
    pub(crate) list: Vec<Tally>,
    places: FeatureMap<u32>,
    /// Most of what a row shows has no place.
    likely: Sieve,
}

/// The tallies of a part of the features, as they are counted.
#[derive(Debug, Clone, Default)]
struct Shard {
    places: FeatureMap<u32>,
    list: Vec<Tally>,
}

impl Shard {
    fn tally(&mut self, key: FeatureKey, classes: usize) -> &mut Tally {
        let place = *self.places.entry(key).or_insert_with(|| {
            self.list.push(Tally::new(classes));
            self.list.len() as u32 - 1
        });
        &mut self.list[place as usize]
    }
}

/// Parts of the features that are counted at the same time.
const SHARDS: usize = 8;

impl Tallies {
    /// Counts rows that a sketch was made of, and what was counted before them.
    pub(crate) fn new<R: Rows + ?Sized>(
        rows: &R,
        sketch: &Sketch,
        before: Option<&Ledger>,
        [roles, classes]: [usize; 2],
    ) -> io::Result<Self> {
        let mut shards: Vec<Shard> = vec![Shard::default(); SHARDS];
        let shard = |key: FeatureKey| key.number() as usize % SHARDS;
        for (key, _, cells) in before.into_iter().flat_map(Ledger::features) {
            *shards[shard(key)].tally(key, classes) = Tally::of(cells, 0, roles, classes);
        }
        in_chunks(rows, |chunk| {
            shards.par_iter_mut().enumerate().for_each(|(own, counted)| {
                for example in chunk {
                    for feature in example.features.iter().filter(|f| shard(f.key()) == own) {
                        let key = feature.key();
                        if counted.places.contains_key(&key) || sketch.may_take_part(key) {
                            counted.tally(key, classes).add(example, feature.plain());
                        }
                    }
                }
            });
        })?;
        let mut order: Vec<(FeatureKey, u32)> = Vec::new();
        for shard in &shards {
            let places = shard.places.iter().map(|(&key, &place)| (key, place));
            let part = |(key, place): &(FeatureKey, u32)| {
                shard.list[*place as usize].takes_part(key.channel())
            };
            order.extend(places.filter(part));
        }
        order.par_sort_unstable();
        let take = |&(key, place): &(FeatureKey, u32)| {
            std::mem::replace(&mut shards[shard(key)].list[place as usize], Tally::new(0))
        };
        let list = order.iter().map(take).collect();
        let features = order.into_iter().map(|(key, _)| key).collect();
        Ok(Self::from_sorted(features, list, classes))
    }

    /// The tallies of what was counted, and the places of their features in the ledger.
    pub(crate) fn of(ledger: &Ledger, [roles, classes]: [usize; 2]) -> (Self, Vec<u32>) {
        let (mut features, mut list, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for (place, (key, _, cells)) in ledger.features().enumerate() {
            if let Some(tally) = Tally::taking_part(key, cells, [roles, classes]) {
                features.push(key);
                list.push(tally);
                places.push(place as u32);
            }
        }
        (Self::from_sorted(features, list, classes), places)
    }

    /// The tallies without some of the rows, each of which was counted.
    pub(super) fn without(&self, rows: &[&Example]) -> Self {
        let mut list = self.list.clone();
        for row in rows {
            for feature in row.features.iter() {
                if let Some(place) = self.place(feature.key()) {
                    list[place].take(row, feature.plain());
                }
            }
        }
        let left = self.features.iter().copied().zip(list);
        let left = left.filter(|(key, tally)| tally.takes_part(key.channel()));
        let (features, list) = left.unzip();
        Self::from_sorted(features, list, self.classes)
    }

    fn from_sorted(features: Vec<FeatureKey>, list: Vec<Tally>, classes: usize) -> Self {
        let mut likely = Sieve::new(16 * features.len());
        for feature in &features {
            likely.insert(feature.number());
        }
        let places = features.iter().copied().zip(0..).collect();
        Self { classes, features, list, places, likely }
    }

    /// The place of a feature, if it takes part.
    pub(crate) fn place(&self, feature: FeatureKey) -> Option<usize> {
        if !self.likely.may_have()(feature.number()) {
            return None;
        }
        self.places.get(&feature).map(|&i| i as usize)
    }
}
