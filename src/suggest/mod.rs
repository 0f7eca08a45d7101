//! Which rows to label next: those that a model is unsure of, that differ from one another and from what it knows.

mod choose;
mod descriptor;
mod promising;
mod sketches;

pub use choose::Suggestion;
pub use descriptor::Descriptor;

use crate::evidence::Evidence;
use crate::examples::known::KnownPostings;
use crate::judge::Judge;
use crate::model::ModelError;
use crate::roles::Label;
use choose::{Candidate, Choice};
use std::collections::BinaryHeap;

/// Rows that are kept to choose from, at least.
const KEPT: usize = 2000;
/// Rows that are kept for each that is asked for, if those are more.
const KEPT_PER_ROW: usize = 4;

/// Chooses rows to label for a model. Only descriptors of the most promising rows are kept, and the order in which
/// rows come does not matter.
#[derive(Debug)]
pub struct Suggester<'a> {
    judge: &'a Judge<'a>,
    /// Postings that the model has learned from, and by outcome their number.
    of_model: KnownPostings,
    counts: Vec<f64>,
    /// Rows that have a label, and by outcome their number.
    labelled: KnownPostings,
    labels: Vec<f64>,
    wanted: usize,
    /// The most promising rows; the first of the heap is the least promising of them.
    kept: BinaryHeap<Candidate>,
    /// Rows drawn at random.
    drawn: BinaryHeap<Candidate>,
}

impl<'a> Suggester<'a> {
    /// A chooser of so many rows for the model of a judge.
    ///
    /// # Errors
    /// If the model is damaged.
    pub fn new(judge: &'a Judge, wanted: usize) -> Result<Self, ModelError> {
        let model = judge.model();
        let postings = &model.header().postings;
        let roles = judge.lexicon().roles().len();
        let others: u32 = postings[roles..].iter().sum();
        let counts: Vec<f64> =
            postings[..roles].iter().chain([&others]).map(|&n| f64::from(n)).collect();
        let (of_model, labelled) =
            (KnownPostings::new(model.known_rows()?), KnownPostings::default());
        let labels = vec![0.0; counts.len()];
        let (kept, drawn) = (BinaryHeap::new(), BinaryHeap::new());
        Ok(Self { judge, of_model, counts, labelled, labels, wanted, kept, drawn })
    }

    /// Describes a posting; `id` tells rows apart that are alike in all else.
    pub fn describe(&self, id: &str, title: &str, company: &str, text: &str) -> Descriptor {
        let mut evidence = Evidence::default();
        self.judge.extractor().extract_into(title, text, &mut evidence);
        Descriptor::new(self.judge, &evidence, [id, title, company, text])
    }

    /// Takes note of a row that has a label.
    pub fn know(&mut self, row: &Descriptor, label: Label) {
        self.labelled.add(row.id);
        self.labels[label.outcome(self.judge.lexicon().roles())] += 1.0;
    }

    /// Adds a row that may be suggested, by its number.
    pub fn add(&mut self, number: u64, row: Descriptor) {
        if row.nothing_to_read || self.of_model.has_text(row.id) {
            return;
        }
        let most = KEPT.max(KEPT_PER_ROW * self.wanted);
        let keep = |kept: &mut BinaryHeap<Candidate>, priority, row| {
            kept.push(Candidate { priority, number, row });
            if kept.len() > most {
                kept.pop();
            }
        };
        // Of a text that the model knows nothing in, it cannot tell what a label is worth.
        if row.judged {
            keep(&mut self.kept, row.worth(&self.counts), row.clone());
        }
        keep(&mut self.drawn, row.random_rank(), row);
    }

    /// The numbers of rows that may still be suggested.
    pub fn kept(&self) -> impl Iterator<Item = u64> {
        self.kept.iter().chain(&self.drawn).map(|candidate| candidate.number)
    }

    /// The rows to label, the most useful first.
    pub fn choose(self) -> Vec<Suggestion> {
        let counts = self.counts.iter().zip(&self.labels).map(|(a, b)| a + b).collect();
        let known = self.of_model.and(self.labelled);
        let drawn = self.drawn.into_sorted_vec();
        Choice::new(self.kept.into_sorted_vec(), drawn, known, counts).take(self.wanted)
    }
}
