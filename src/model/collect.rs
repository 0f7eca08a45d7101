//! Labelled postings, gathered to be counted.

use super::examples::Example;
use super::ledger::Names;
use crate::evidence::{Evidence, Lexicon};
use crate::roles::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Stands in a model for labels that few rows have, or that are longer than a name.
pub const RARE_LABELS: &str = "(rare labels)";
/// A label that a model names is that of so many rows.
const NAMED_FROM: u64 = 3;
/// Bytes of the longest label that a model names.
const LONGEST_LABEL: usize = 64;

/// Where counts come from: never the postings themselves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// What the data is called, if its owner named it.
    pub data: Option<String>,
    /// When it was counted, if its owner said so.
    pub date: Option<String>,
    /// Rows read.
    pub rows: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows with the title, company, text and label of another, and so not counted again.
    pub duplicates: u64,
    /// Rows left out because their label is not in the role set, by label; in a model, rare and
    /// long labels together as [`RARE_LABELS`], so that no row's own text gets into it.
    pub left_out: BTreeMap<String, u64>,
}

impl Provenance {
    /// As a model keeps it: with the labels that are names of classes and not the text of single
    /// rows.
    pub(super) fn without_rare(mut self) -> Self {
        for (label, rows) in std::mem::take(&mut self.left_out) {
            let named = rows >= NAMED_FROM && label.len() <= LONGEST_LABEL;
            let label = if named { label } else { RARE_LABELS.to_owned() };
            *self.left_out.entry(label).or_default() += rows;
        }
        self
    }

    /// Adds what was counted elsewhere.
    pub(super) fn add(&mut self, other: Self) {
        self.data = self.data.take().or(other.data);
        self.date = self.date.take().or(other.date);
        self.rows += other.rows;
        self.rejected += other.rejected;
        self.duplicates += other.duplicates;
        for (label, rows) in other.left_out {
            *self.left_out.entry(label).or_default() += rows;
        }
    }
}

/// Gathers labelled postings.
#[derive(Debug, Default, Clone)]
pub struct Collector {
    pub(super) examples: Vec<Example>,
    pub(super) names: Names,
    pub(super) provenance: Provenance,
}

impl Collector {
    /// Adds one posting; `label` is an error with the reason or the text when there is no label of
    /// the role set. Gives the posting as it will be counted.
    pub fn add(
        &mut self,
        evidence: &Evidence,
        title: &str,
        company: &str,
        label: Result<Label, &str>,
        lexicon: &Lexicon,
    ) -> Option<&Example> {
        match label {
            Ok(label) => {
                let example = Example::new(evidence, title, company, label, lexicon);
                self.note(&[evidence], lexicon);
                self.add_example(example);
                self.examples.last()
            }
            Err(text) => {
                self.leave_out(text);
                None
            }
        }
    }

    /// Adds one posting as it will be counted. The texts of its features must have been noted.
    pub fn add_example(&mut self, example: Example) {
        self.provenance.rows += 1;
        self.examples.push(example);
    }

    /// Notes the texts of features.
    pub fn note(&mut self, evidence: &[&Evidence], lexicon: &Lexicon) {
        self.names.note(evidence, lexicon);
    }

    /// Notes a row without a label of the role set: the reason, or the text that stands there instead.
    pub fn leave_out(&mut self, why: &str) {
        self.provenance.rows += 1;
        *self.provenance.left_out.entry(why.to_owned()).or_default() += 1;
    }

    /// Notes rows that could not be read.
    pub fn reject(&mut self, rows: u64) {
        self.provenance.rows += rows;
        self.provenance.rejected += rows;
    }

    /// What has been collected so far.
    pub fn provenance(&mut self) -> &mut Provenance {
        &mut self.provenance
    }

    /// The postings with a label, in the order they came in.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }
}
