//! Labelled postings, gathered to be counted.

use crate::counts::count_matrix::FeatureNames;
use crate::evidence::Evidence;
use crate::examples::example::Example;
use crate::lexicon::Lexicon;
use crate::roles::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Stands in a model for labels that few rows have, or that are longer than a name.
pub const RARE_LABELS: &str = "(rare labels)";
/// Labels are taken for those of the titles if fewer than one in so many is another than the role that the
/// title states. Of real titles that state a role, one in twenty is wrong.
const LEAST_DIFFERING: u64 = 50;
/// Fewer titles that state a role do not tell.
const LEAST_STATING: u64 = 100;
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
    /// Rows whose title is no evidence, because their labels repeat what the titles state.
    #[serde(default)]
    pub labels_of_titles: u64,
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
        self.labels_of_titles += other.labels_of_titles;
        for (label, rows) in other.left_out {
            *self.left_out.entry(label).or_default() += rows;
        }
    }
}

/// How many labels are another than the role that the title states, of all whose title states one.
fn differing<'e>(rows: impl Iterator<Item = &'e Example>) -> [u64; 2] {
    let differs = rows.filter_map(Example::differs_from_title);
    differs.fold([0, 0], |[n, all], differs| [n + u64::from(differs), all + 1])
}

/// Whether labels are taken for those of the titles, by how many are another than the role that the title
/// states, of all whose title states one: if fewer than one in fifty of at least a hundred is.
pub fn labels_repeat_titles([differing, all]: [u64; 2]) -> bool {
    all >= LEAST_STATING && differing * LEAST_DIFFERING < all
}

/// As [`Collector::distrust_titles`], for rows wherever they are.
pub fn distrust_titles(rows: &mut [&mut Example], labels_are_of_titles: bool) -> u64 {
    if !labels_are_of_titles && !labels_repeat_titles(differing(rows.iter().map(|row| &**row))) {
        return 0;
    }
    let mut lost = 0;
    for row in rows {
        if row.stated().is_there() {
            **row = row.title_turned();
            lost += 1;
        }
    }
    lost
}

/// Gathers labelled postings.
#[derive(Debug, Default, Clone)]
pub struct Collector {
    pub(super) examples: Vec<Example>,
    pub(super) names: FeatureNames,
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

    /// Labels that came from titles must not teach how far titles can be trusted: where they did, no title
    /// is counted. So it is where hardly any label is another than the role that its title states
    /// ([`labels_repeat_titles`]), or where the caller knows it. Says how many postings lost their title.
    pub fn distrust_titles(&mut self, labels_are_of_titles: bool) -> u64 {
        let mut examples: Vec<&mut Example> = self.examples.iter_mut().collect();
        let lost = distrust_titles(&mut examples, labels_are_of_titles);
        self.provenance.labels_of_titles += lost;
        lost
    }

    /// How many labels are another than the role that the title states, of all whose title states one.
    pub fn differing(&self) -> [u64; 2] {
        differing(self.examples.iter())
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

/// How rows are counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counting {
    /// Count a row again that stands twice.
    pub twice: bool,
}
