//! Chooses rows one by one, each in view of those chosen before it.

use super::descriptor::Descriptor;
use crate::examples::known::KnownPostings;
use crate::model::outcome_names;
use crate::roles::RoleSet;
use std::cmp::Ordering;

/// One row in so many is drawn at random: a model that learns from doubtful rows alone does not see what is common.
const DRAWN_EVERY: usize = 3;

/// A row that may be suggested.
#[derive(Debug)]
pub(super) struct Candidate {
    /// How useful its label is by itself.
    pub(super) priority: f64,
    pub(super) number: u64,
    pub(super) row: Descriptor,
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The most promising come first. Rows that are alike in all fields are ordered by their numbers.
impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let alike = || self.row.compare(&other.row).then(self.number.cmp(&other.number));
        other.priority.total_cmp(&self.priority).then_with(alike)
    }
}

/// A row to label.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Its number.
    pub row: u64,
    /// The two most probable outcomes with their probabilities: roles by their index, then `other`.
    pub between: [(usize, f64); 2],
    /// Whether it was drawn at random, and not for what the model makes of it.
    pub drawn: bool,
    /// Whether no labelled posting is of its organisation.
    pub new_organisation: bool,
}

impl Suggestion {
    /// Why it is suggested: `product_owner 0.50 or product_manager 0.45; a new organisation`.
    pub fn why(&self, roles: &RoleSet) -> String {
        let names = outcome_names(roles);
        let [first, second] = self.between.map(|(outcome, p)| format!("{} {p:.2}", names[outcome]));
        let organisation = if self.new_organisation { "; a new organisation" } else { "" };
        if self.drawn {
            return format!("drawn at random: {first}{organisation}");
        }
        format!("{first} or {second}{organisation}")
    }
}

/// The rows that are chosen from.
pub(super) struct Choice {
    /// Rows that are promising by themselves.
    promising: Vec<Candidate>,
    /// By promising row: how much it resembles the most similar of those that were chosen.
    similar: Vec<f64>,
    /// Rows drawn at random.
    drawn: std::vec::IntoIter<Candidate>,
    known: KnownPostings,
    /// By outcome: postings that are labelled, and those that are expected of the rows chosen.
    counts: Vec<f64>,
}

impl Choice {
    pub(super) fn new(
        promising: Vec<Candidate>,
        drawn: Vec<Candidate>,
        known: KnownPostings,
        counts: Vec<f64>,
    ) -> Self {
        let similar = vec![0.0; promising.len()];
        Self { promising, similar, drawn: drawn.into_iter(), known, counts }
    }

    /// The best rows, one after the other, with rows drawn at random between them.
    pub(super) fn take(mut self, wanted: usize) -> Vec<Suggestion> {
        let next = |position: usize| {
            let first =
                if position % DRAWN_EVERY == DRAWN_EVERY - 1 { self.draw() } else { self.best() };
            first.or_else(|| self.best()).or_else(|| self.draw())
        };
        (0..wanted).map_while(next).collect()
    }

    fn draw(&mut self) -> Option<Suggestion> {
        let known = &self.known;
        let Candidate { number, row, .. } =
            self.drawn.find(|candidate| !known.has_text(candidate.row.id))?;
        Some(self.choose(number, &row, true))
    }

    /// The row whose label is worth most beside those that are known.
    fn best(&mut self) -> Option<Suggestion> {
        let worth = |index: usize| {
            let row = &self.promising[index].row;
            let of_organisation = f64::from(self.known.of_organisation(row.id));
            row.worth(&self.counts) * (1.0 - self.similar[index]) / (of_organisation + 1.0)
        };
        let open =
            (0..self.promising.len()).filter(|&i| !self.known.has_text(self.promising[i].row.id));
        let worths = open.map(|index| (worth(index), index));
        let (_, best) = worths.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
        let Candidate { number, row, .. } = &self.promising[best];
        let (number, row) = (*number, row.clone());
        Some(self.choose(number, &row, false))
    }

    fn choose(&mut self, number: u64, row: &Descriptor, drawn: bool) -> Suggestion {
        let new_organisation = self.known.of_organisation(row.id) == 0;
        self.known.add(row.id);
        self.counts.iter_mut().zip(&row.probabilities).for_each(|(count, p)| *count += p);
        for (similar, other) in self.similar.iter_mut().zip(&self.promising) {
            *similar = similar.max(row.sketch.similarity(&other.row.sketch));
        }
        let mut outcomes: Vec<(usize, f64)> =
            row.probabilities.iter().copied().enumerate().collect();
        outcomes.sort_by(|a, b| b.1.total_cmp(&a.1));
        Suggestion { row: number, between: [outcomes[0], outcomes[1]], drawn, new_organisation }
    }
}
