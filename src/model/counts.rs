//! How many postings of each outcome show each feature: integers, so that adding, taking away and
//! merging are exact. Knows no logarithms.

use super::examples::{BUCKETS, Example};
use crate::evidence::Channel;
use std::collections::HashMap;

/// A feature takes part only when at least this many buckets of organisations show it in small
/// letters: that leaves out the names of companies and people, and boilerplate.
pub const SUPPORT: u32 = 3;

/// A word or phrase that the roles do not share takes part only when at least this many buckets show
/// it: names that are sometimes written in small letters are rarer, and the rest of the rarer words
/// help the question of scope no more.
const OTHER_SUPPORT: u32 = 10;

/// Which question a count is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// Which of the roles is it?
    Role,
    /// Is it one of the roles at all?
    Scope,
}

/// The counts of one feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    /// Postings of each outcome that show it: the roles, then `other`.
    pub(crate) postings: &'a [u32],
    /// Whether it takes part in telling roles apart.
    pub(crate) role: bool,
    /// Whether it takes part in telling roles from other jobs.
    pub(crate) scope: bool,
}

impl<'a> Cell<'a> {
    /// The counts of a feature of this channel, with its support in all postings and in those of a
    /// role.
    pub(crate) fn new(channel: Channel, postings: &'a [u32], support: [u32; 2]) -> Self {
        let role = support[1] >= SUPPORT;
        let listed = matches!(channel, Channel::Skills | Channel::Mentions);
        let scope = role || support[0] >= if listed { SUPPORT } else { OTHER_SUPPORT };
        Self { postings, role, scope }
    }
}

/// Postings that show a feature, by outcome, and by bucket of organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) postings: Vec<u32>,
    /// Postings that show it in small letters: all, and those of a role.
    buckets: [[u32; BUCKETS]; 2],
}

impl Tally {
    fn new(outcomes: usize) -> Self {
        Self { postings: vec![0; outcomes], buckets: [[0; BUCKETS]; 2] }
    }

    fn add(&mut self, example: &Example, plain: bool) {
        self.postings[example.outcome] += 1;
        if plain {
            self.buckets[0][example.bucket()] += 1;
            let of_role = example.outcome + 1 < self.postings.len();
            self.buckets[1][example.bucket()] += u32::from(of_role);
        }
    }

    /// This tally without the postings of another that it contains.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        for (a, b) in rest.postings.iter_mut().zip(&other.postings) {
            *a -= b;
        }
        for (a, b) in rest.buckets.as_flattened_mut().iter_mut().zip(other.buckets.as_flattened()) {
            *a -= b;
        }
        rest
    }

    /// Buckets that show it in small letters: in all postings, in those of a role.
    pub(crate) fn support(&self) -> [u32; 2] {
        self.buckets.map(|b| b.iter().map(|&n| u32::from(n > 0)).sum())
    }

    pub(crate) fn cell(&self, channel: Channel) -> Cell<'_> {
        Cell::new(channel, &self.postings, self.support())
    }
}

/// Identity of a feature.
pub(crate) type FeatureKey = (Channel, u64);

/// A map by feature. Its keys are hashes already, and its order is never used.
pub(crate) type FeatureMap<V> = HashMap<FeatureKey, V, rapidhash::fast::RandomState>;

/// Tallies of the features that enough organisations show.
#[derive(Debug, Clone)]
pub(crate) struct Tallies {
    /// Roles, and `other`.
    pub(crate) outcomes: usize,
    /// Sorted.
    pub(crate) features: Vec<FeatureKey>,
    /// In the order of `features`.
    pub(crate) list: Vec<Tally>,
    places: FeatureMap<u32>,
}

impl Tallies {
    /// Counts a set of rows.
    pub(crate) fn new(examples: &[&Example], outcomes: usize) -> Self {
        let mut buckets: FeatureMap<u16> = FeatureMap::default();
        for example in examples {
            for &(feature, plain) in &example.features {
                *buckets.entry(feature).or_default() |= u16::from(plain) << example.bucket();
            }
        }
        let mut features: Vec<FeatureKey> = buckets
            .into_iter()
            .filter(|(_, buckets)| buckets.count_ones() >= SUPPORT)
            .map(|(feature, _)| feature)
            .collect();
        features.sort_unstable();
        let places = features.iter().enumerate().map(|(i, &f)| (f, i as u32)).collect();
        let mut counted =
            Self { outcomes, list: vec![Tally::new(outcomes); features.len()], features, places };
        for example in examples {
            for &(feature, plain) in &example.features {
                if let Some(place) = counted.place(feature) {
                    counted.list[place].add(example, plain);
                }
            }
        }
        counted
    }

    /// The place of a feature, if enough organisations show it.
    pub(crate) fn place(&self, feature: FeatureKey) -> Option<usize> {
        self.places.get(&feature).map(|&i| i as usize)
    }

    /// The tallies of some of the rows that were counted, by place.
    pub(crate) fn part(&self, examples: &[&Example]) -> HashMap<usize, Tally> {
        let mut part = HashMap::new();
        for example in examples {
            for &(feature, plain) in &example.features {
                if let Some(place) = self.place(feature) {
                    part.entry(place)
                        .or_insert_with(|| Tally::new(self.outcomes))
                        .add(example, plain);
                }
            }
        }
        part
    }
}
