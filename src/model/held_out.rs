//! Scores from a model that never saw the posting's group: the totals less the group's own counts,
//! exactly.

use super::counts::{Tallies, Tally};
use super::examples::{Example, groups};
use super::scores::Scores;
use super::weights::Masses;
use crate::evidence::{Channel, Lexicon, feature_key};
use rayon::prelude::*;
use std::collections::HashMap;

/// The weights of the lexicon's entries by feature key.
#[derive(Debug, Clone)]
pub(crate) struct LexiconWeights {
    roles: usize,
    plain: HashMap<u64, Vec<f64>>,
    centred: HashMap<u64, Vec<f64>>,
}

impl LexiconWeights {
    pub(crate) fn new(lexicon: &Lexicon) -> Self {
        let roles = lexicon.roles().len();
        let plain: HashMap<u64, Vec<f64>> = lexicon
            .skills()
            .iter()
            .map(|s| (feature_key(Channel::Skills, &s.id), s.weights(roles)))
            .collect();
        let centre = |weights: &Vec<f64>| {
            let mean = weights.iter().sum::<f64>() / roles as f64;
            weights.iter().map(|w| w - mean).collect()
        };
        let centred = plain.iter().map(|(&key, w)| (key, centre(w))).collect();
        Self { roles, plain, centred }
    }

    /// Weight for each role; empty for features that are no entry.
    pub(crate) fn of(&self, (channel, key): (Channel, u64)) -> &[f64] {
        match channel {
            Channel::Skills => self.plain.get(&key).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// Weight for each role less their mean.
    pub(crate) fn centred(&self, key: u64) -> Option<&[f64]> {
        self.centred.get(&key).map(Vec::as_slice)
    }
}

/// Masses by channel.
pub(crate) type AllMasses = [Masses; Channel::ALL.len()];

/// Counts with what is needed to score by them.
pub(crate) struct HeldOut<'a> {
    pub(crate) tallies: &'a Tallies,
    pub(crate) lexicon: &'a LexiconWeights,
    masses: AllMasses,
}

impl<'a> HeldOut<'a> {
    pub(crate) fn new(tallies: &'a Tallies, lexicon: &'a LexiconWeights) -> Self {
        let mut masses: AllMasses = std::array::from_fn(|_| Masses::new(tallies.classes));
        for (&feature, tally) in tallies.features.iter().zip(&tallies.list) {
            change(&mut masses, feature, tally, lexicon, Masses::add);
        }
        Self { tallies, lexicon, masses }
    }

    /// The scores of each row by a model that has counted all rows but those of its group.
    pub(crate) fn scores(&self, examples: &[&Example]) -> Vec<Scores> {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); examples.len()];
        for (i, group) in groups(examples).into_iter().enumerate() {
            members[group].push(i);
        }
        let mut scored: Vec<(usize, Scores)> = members
            .into_par_iter()
            .filter(|rows| !rows.is_empty())
            .flat_map_iter(|rows| {
                let own: Vec<&Example> = rows.iter().map(|&i| examples[i]).collect();
                let own = self.tallies.part(&own);
                let masses = self.masses_without(&own);
                rows.into_iter().map(move |i| (i, self.score(examples[i], &own, &masses)))
            })
            .collect();
        scored.sort_unstable_by_key(|(i, _)| *i);
        scored.into_iter().map(|(_, s)| s).collect()
    }

    fn masses_without(&self, own: &HashMap<usize, Tally>) -> AllMasses {
        let mut masses = self.masses.clone();
        let mut places: Vec<usize> = own.keys().copied().collect();
        places.sort_unstable();
        for place in places {
            let (feature, tally) = (self.tallies.features[place], &self.tallies.list[place]);
            change(&mut masses, feature, tally, self.lexicon, Masses::remove);
            change(&mut masses, feature, &tally.without(&own[&place]), self.lexicon, Masses::add);
        }
        masses
    }

    /// The scores of a posting that none of the counted rows belongs to.
    pub(crate) fn score_new(&self, example: &Example) -> Scores {
        self.score(example, &HashMap::new(), &self.masses)
    }

    fn score(&self, example: &Example, own: &HashMap<usize, Tally>, masses: &AllMasses) -> Scores {
        let mut weights = vec![0.0; self.tallies.classes];
        let learned = |channel, key, add: &mut dyn FnMut(&[f64])| {
            let Some(place) = self.tallies.place((channel, key)) else { return };
            let all = &self.tallies.list[place];
            let rest = own.get(&place).map(|part| all.without(part));
            let tally = rest.as_ref().unwrap_or(all);
            if tally.takes_part(channel) {
                let lexicon = self.lexicon.of((channel, key));
                masses[channel as usize].weights(&tally.postings, lexicon, &mut weights);
                add(&weights);
            }
        };
        let features = example.features.iter().map(|&(feature, _)| feature);
        let sizes = [self.lexicon.roles, self.tallies.classes];
        Scores::new(features, &example.mentions, sizes, learned, |key| self.lexicon.centred(key))
    }
}

/// Adds a feature to the masses if it takes part, or takes it away.
fn change(
    masses: &mut AllMasses,
    feature: (Channel, u64),
    tally: &Tally,
    lexicon: &LexiconWeights,
    by: fn(&mut Masses, &[u32], &[f64]),
) {
    if tally.takes_part(feature.0) {
        by(&mut masses[feature.0 as usize], &tally.postings, lexicon.of(feature));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of several organisations over few features, the same at every run.
    fn rows() -> Vec<Example> {
        let mut state = 7u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        (0..120u64)
            .map(|i| {
                let outcome = next(4) as usize;
                let features =
                    (0..40).filter(|&f| next(5) < if f % 4 == outcome as u64 { 3 } else { 1 });
                let features: Vec<_> = features.map(|f| ((Channel::Words, f), f != 3)).collect();
                Example {
                    order: [i as u8; 32],
                    organisation: next(30),
                    text: i,
                    outcome,
                    class: outcome,
                    of_role: outcome < 3,
                    features,
                    mentions: vec![0; 4],
                }
            })
            .collect()
    }

    #[test]
    fn taking_a_group_out_equals_never_having_seen_it() {
        let rows = rows();
        let examples: Vec<&Example> = rows.iter().collect();
        let lexicon = LexiconWeights::new(&Lexicon::embedded().expect("the lexicon is sound"));
        let tallies = Tallies::new(&examples, 4);
        let held_out = HeldOut::new(&tallies, &lexicon).scores(&examples);
        for (example, scores) in examples.iter().zip(held_out) {
            let rest: Vec<&Example> = examples
                .iter()
                .copied()
                .filter(|e| e.organisation != example.organisation)
                .collect();
            let without = Tallies::new(&rest, 4);
            assert_eq!(HeldOut::new(&without, &lexicon).score_new(example), scores);
        }
    }

    #[test]
    fn the_same_text_is_one_group_whatever_the_organisation() {
        let mut rows = rows();
        rows.iter_mut().enumerate().for_each(|(i, row)| row.organisation = i as u64);
        rows[5].text = rows[9].text;
        rows[7].organisation = rows[9].organisation;
        let groups = groups(&rows.iter().collect::<Vec<_>>());
        assert_eq!([groups[5], groups[7], groups[9]], [5; 3]);
        assert_eq!(groups[6], 6);
    }
}
