//! Chooses rows one by one, each in view of those chosen before it.

use super::descriptor::Descriptor;
use super::promising::Promising;
use crate::examples::known::KnownPostings;
use crate::model::outcome_names;
use crate::roles::RoleSet;
use std::cmp::Ordering;

/// One row in so many is drawn at random: a model that learns from doubtful rows alone does not see what is common.
const DRAWN_EVERY: usize = 3;

/// A row that may be suggested.
#[derive(Debug, Clone)]
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
    promising: Promising,
    /// Rows drawn at random.
    drawn: std::vec::IntoIter<Candidate>,
    labels: Labels,
}

/// What is known of labels: those there are, and those expected of the rows chosen.
pub(super) struct Labels {
    pub(super) known: KnownPostings,
    /// By outcome: postings that are labelled, and those that are expected of the rows chosen.
    pub(super) counts: Vec<f64>,
}

impl Labels {
    /// What the label of a row is worth, if it is so similar (0 to 1) to one of those chosen.
    pub(super) fn worth(&self, row: &Descriptor, similar: f64) -> f64 {
        row.worth(&self.counts) * (1.0 - similar) / (f64::from(self.of_organisation(row)) + 1.0)
    }

    /// How many labels there are of the organisation of a row.
    pub(super) fn of_organisation(&self, row: &Descriptor) -> u32 {
        self.known.of_organisation(row.id)
    }

    /// Whether a text like that of a row is labelled or chosen.
    pub(super) fn have_text(&self, row: &Descriptor) -> bool {
        self.known.has_text(row.id)
    }

    /// Takes note of a row that is chosen.
    pub(super) fn expect(&mut self, row: &Descriptor) {
        self.known.add(row.id);
        self.counts.iter_mut().zip(&row.probabilities).for_each(|(count, p)| *count += p);
    }
}

impl Choice {
    pub(super) fn new(
        promising: Vec<Candidate>,
        drawn: Vec<Candidate>,
        known: KnownPostings,
        counts: Vec<f64>,
    ) -> Self {
        let labels = Labels { known, counts };
        Self { promising: Promising::new(promising, &labels), drawn: drawn.into_iter(), labels }
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
        let labels = &self.labels;
        let candidate = self.drawn.find(|candidate| !labels.have_text(&candidate.row))?;
        Some(self.choose(&candidate, true))
    }

    /// The row whose label is worth most beside those that are known.
    fn best(&mut self) -> Option<Suggestion> {
        let candidate = self.promising.best(&self.labels)?;
        Some(self.choose(&candidate, false))
    }

    fn choose(&mut self, candidate: &Candidate, drawn: bool) -> Suggestion {
        let Candidate { number, row, .. } = candidate;
        let new_organisation = self.labels.of_organisation(row) == 0;
        self.labels.expect(row);
        self.promising.compare_with(&row.sketch);
        let mut outcomes: Vec<(usize, f64)> =
            row.probabilities.iter().copied().enumerate().collect();
        outcomes.sort_by(|a, b| b.1.total_cmp(&a.1));
        Suggestion { row: *number, between: [outcomes[0], outcomes[1]], drawn, new_organisation }
    }
}
