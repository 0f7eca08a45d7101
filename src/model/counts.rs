//! How many postings of each outcome show each feature: integers, so that adding, taking away and
//! merging are exact. Knows no logarithms.

use super::examples::{BUCKETS, Example};
use super::ledger::{Cell, Ledger};
use crate::evidence::{Channel, FeatureKey};
use std::collections::HashMap;

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
}

impl Tally {
    pub(crate) fn new(classes: usize) -> Self {
        Self { postings: vec![0; classes], buckets: [[0; BUCKETS]; 2] }
    }

    fn add(&mut self, example: &Example, plain: bool) {
        self.postings[example.row.class()] += 1;
        if plain {
            self.buckets[0][example.row.bucket()] += 1;
            self.buckets[1][example.row.bucket()] += u32::from(example.of_role);
        }
    }

    /// The tally of the cells of a feature but those of the buckets in a mask; `roles` is the number
    /// of roles.
    pub(super) fn of(cells: &[Cell], without: u16, roles: usize, classes: usize) -> Self {
        let mut tally = Self::new(classes);
        tally.set(cells, without, roles);
        tally
    }

    /// Makes it what [`Self::of`] gives.
    pub(super) fn set(&mut self, cells: &[Cell], without: u16, roles: usize) {
        self.postings.fill(0);
        self.buckets = [[0; BUCKETS]; 2];
        for cell in cells {
            let bucket = cell.bucket();
            if bucket == BUCKETS {
                self.postings[cell.class()] += cell.postings;
            } else if without & (1 << bucket) == 0 {
                self.postings[cell.class()] += cell.postings;
                self.buckets[0][bucket] += cell.plain;
                self.buckets[1][bucket] += if cell.class() < roles { cell.plain } else { 0 };
            }
        }
    }

    /// Makes it equal to another of as many classes.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.postings.copy_from_slice(&other.postings);
        self.buckets = other.buckets;
    }

    /// Takes away a posting that was counted.
    pub(crate) fn remove(&mut self, example: &Example, plain: bool) {
        self.postings[example.row.class()] -= 1;
        if plain {
            self.buckets[0][example.row.bucket()] -= 1;
            self.buckets[1][example.row.bucket()] -= u32::from(example.of_role);
        }
    }

    /// Masks of the buckets that show it in small letters: in all postings, in those of a role.
    pub(crate) fn buckets(&self) -> [u16; 2] {
        self.buckets.map(|b| {
            b.iter().enumerate().map(|(i, &n)| u16::from(n > 0) << i).fold(0, |a, b| a | b)
        })
    }

    /// Whether it takes part, as a feature of this channel.
    pub(crate) fn takes_part(&self, channel: Channel) -> bool {
        takes_part(channel, self.buckets().map(u16::count_ones))
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
        let text = text?;
        let tally = Tally::of(cells, 0, roles, classes);
        tally.takes_part(key.channel()).then_some((key, text, tally))
    })
}

/// Tallies of the features that enough organisations show.
#[derive(Debug, Clone)]
pub(crate) struct Tallies {
    /// Roles, and families of other jobs.
    pub(crate) classes: usize,
    /// Sorted.
    pub(crate) features: Vec<FeatureKey>,
    /// In the order of `features`.
    pub(crate) list: Vec<Tally>,
    places: FeatureMap<u32>,
}

impl Tallies {
    /// Counts a set of rows.
    pub(crate) fn new(examples: &[&Example], classes: usize) -> Self {
        let mut buckets: FeatureMap<u16> = FeatureMap::default();
        for example in examples {
            for &(feature, plain) in &example.features {
                *buckets.entry(feature).or_default() |= u16::from(plain) << example.row.bucket();
            }
        }
        let mut features: Vec<FeatureKey> = buckets
            .into_iter()
            .filter(|(_, buckets)| buckets.count_ones() >= SUPPORT)
            .map(|(feature, _)| feature)
            .collect();
        features.sort_unstable();
        let list = vec![Tally::new(classes); features.len()];
        let mut counted = Self::from_sorted(features, list, classes);
        for example in examples {
            for &(feature, plain) in &example.features {
                if let Some(place) = counted.place(feature) {
                    counted.list[place].add(example, plain);
                }
            }
        }
        counted
    }

    /// The tallies of all that was counted, and the cells that each is the sum of.
    pub(crate) fn of(ledger: &Ledger, [roles, classes]: [usize; 2]) -> (Self, Vec<&[Cell]>) {
        let (mut features, mut list, mut of_feature) = (Vec::new(), Vec::new(), Vec::new());
        for (key, text, cells) in ledger.features() {
            let tally = Tally::of(cells, 0, roles, classes);
            if text.is_some() && tally.buckets()[0].count_ones() >= SUPPORT {
                features.push(key);
                list.push(tally);
                of_feature.push(cells);
            }
        }
        (Self::from_sorted(features, list, classes), of_feature)
    }

    fn from_sorted(features: Vec<FeatureKey>, list: Vec<Tally>, classes: usize) -> Self {
        let places = features.iter().enumerate().map(|(i, &f)| (f, i as u32)).collect();
        Self { classes, features, list, places }
    }

    /// The place of a feature, if enough organisations show it.
    pub(crate) fn place(&self, feature: FeatureKey) -> Option<usize> {
        self.places.get(&feature).map(|&i| i as usize)
    }
}
