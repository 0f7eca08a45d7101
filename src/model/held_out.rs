//! Scores from a model that never saw the posting's group: the totals less the group's own counts,
//! exactly.

use super::counts::{FeatureMap, Tallies, Tally};
use super::examples::{Example, RowId, groups};
use super::ledger::Ledger;
use super::scores::Scores;
use super::weights::Masses;
use crate::evidence::{Channel, FeatureKey, Lexicon};
use rayon::prelude::*;
use std::collections::HashMap;

/// The weights of the lexicon's entries by feature key.
#[derive(Debug, Clone)]
pub(crate) struct LexiconWeights {
    roles: usize,
    plain: FeatureMap<Vec<f64>>,
    centred: FeatureMap<Vec<f64>>,
}

impl LexiconWeights {
    pub(crate) fn new(lexicon: &Lexicon) -> Self {
        let roles = lexicon.roles().len();
        let plain: FeatureMap<Vec<f64>> = lexicon
            .skills()
            .iter()
            .map(|s| (FeatureKey::new(Channel::Skills, &s.id), s.weights(roles)))
            .collect();
        let centre = |weights: &Vec<f64>| {
            let mean = weights.iter().sum::<f64>() / roles as f64;
            weights.iter().map(|w| w - mean).collect()
        };
        let centred = plain.iter().map(|(&key, w)| (key, centre(w))).collect();
        Self { roles, plain, centred }
    }

    /// Weight for each role; empty for features that are no entry.
    pub(crate) fn of(&self, key: FeatureKey) -> &[f64] {
        self.plain.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Weight for each role less their mean.
    pub(crate) fn centred(&self, key: FeatureKey) -> Option<&[f64]> {
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

    /// The scores of the wanted rows, each by a model that has counted all rows but those of its
    /// group, with the places of the rows.
    pub(crate) fn scores(
        &self,
        examples: &[&Example],
        wanted: impl Fn(&Example) -> bool + Sync,
    ) -> Vec<(usize, Scores)> {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); examples.len()];
        let rows: Vec<RowId> = examples.iter().map(|e| e.row).collect();
        for (i, group) in groups(&rows).into_iter().enumerate() {
            members[group].push(i);
        }
        let mut scored: Vec<(usize, Scores)> = members
            .into_par_iter()
            .filter(|rows| rows.iter().any(|&i| wanted(examples[i])))
            .flat_map_iter(|rows| {
                let own: Vec<&Example> = rows.iter().map(|&i| examples[i]).collect();
                let own = self.tallies.part(&own);
                let masses = self.masses_without(&own);
                let rows: Vec<usize> = rows.into_iter().filter(|&i| wanted(examples[i])).collect();
                rows.into_iter().map(move |i| (i, self.score(examples[i], &own, &masses)))
            })
            .collect();
        scored.sort_unstable_by_key(|(i, _)| *i);
        scored
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
        let learned = |key: FeatureKey, add: &mut dyn FnMut(&[f64])| {
            let Some(place) = self.tallies.place(key) else { return };
            let all = &self.tallies.list[place];
            let rest = own.get(&place).map(|part| all.without(part));
            let tally = rest.as_ref().unwrap_or(all);
            if tally.takes_part(key.channel()) {
                let lexicon = self.lexicon.of(key);
                masses[key.channel() as usize].weights(&tally.postings, lexicon, &mut weights);
                add(&weights);
            }
        };
        let features = example.features.iter().map(|&(feature, _)| feature);
        let sizes = [self.lexicon.roles, self.tallies.classes];
        Scores::new(features, &example.mentions, sizes, learned, |key| self.lexicon.centred(key))
    }
}

/// The scores of rows by counts without those of the buckets in each row's mask.
pub(crate) fn scores_without(
    ledger: &Ledger,
    masks: &[u16],
    examples: &[&Example],
    lexicon: &LexiconWeights,
    sizes: [usize; 2],
) -> Vec<Scores> {
    let mut distinct = masks.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut scored: Vec<(usize, Scores)> = distinct
        .into_par_iter()
        .flat_map_iter(|mask| {
            let tallies = Tallies::of(ledger, mask, sizes);
            let counted = HeldOut::new(&tallies, lexicon);
            let own = (0..examples.len()).filter(|&i| masks[i] == mask);
            own.map(|i| (i, counted.score_new(examples[i]))).collect::<Vec<_>>()
        })
        .collect();
    scored.sort_unstable_by_key(|(i, _)| *i);
    scored.into_iter().map(|(_, scores)| scores).collect()
}

/// Adds a feature to the masses if it takes part, or takes it away.
fn change(
    masses: &mut AllMasses,
    feature: FeatureKey,
    tally: &Tally,
    lexicon: &LexiconWeights,
    by: fn(&mut Masses, &[u32], &[f64]),
) {
    if tally.takes_part(feature.channel()) {
        by(&mut masses[feature.channel() as usize], &tally.postings, lexicon.of(feature));
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
                let features: Vec<_> = features
                    .map(|f| (FeatureKey::new(Channel::Words, &f.to_string()), f != 3))
                    .collect();
                Example {
                    row: RowId { organisation: next(30), text: i, title: 0, class: outcome as u16 },
                    outcome,
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
        let held_out = HeldOut::new(&tallies, &lexicon).scores(&examples, |_| true);
        for (example, (_, scores)) in examples.iter().zip(held_out) {
            let rest: Vec<&Example> = examples
                .iter()
                .copied()
                .filter(|e| e.row.organisation != example.row.organisation)
                .collect();
            let without = Tallies::new(&rest, 4);
            assert_eq!(HeldOut::new(&without, &lexicon).score_new(example), scores);
        }
    }

    #[test]
    fn the_same_text_is_one_group_whatever_the_organisation() {
        let mut rows = rows();
        rows.iter_mut().enumerate().for_each(|(i, row)| row.row.organisation = i as u64);
        rows[5].row.text = rows[9].row.text;
        rows[7].row.organisation = rows[9].row.organisation;
        let groups = groups(&rows.iter().map(|e| e.row).collect::<Vec<_>>());
        assert_eq!([groups[5], groups[7], groups[9]], [5; 3]);
        assert_eq!(groups[6], 6);
    }
}
