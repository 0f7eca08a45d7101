//! Collects labelled postings for counting.

use super::two_labels::{TwoLabels, two_labels};
use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_names::FeatureNames;
use crate::evidence::Evidence;
use crate::examples::example::Example;
use crate::lexicon::Lexicon;
use crate::roles::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Replaces labels in a model that few rows have, or that are longer than a name.
pub(crate) const RARE_LABELS: &str = "(rare labels)";
/// Labels are considered derived from titles if fewer than one in this many differs from the role that the title
/// states. Of real titles that state a role, one in twenty is wrong.
const ONE_DIFFERING_IN: u64 = 50;
/// The minimum number of titles that state a role to decide that.
const LEAST_STATING: u64 = 100;
/// The minimum number of rows of a label that a model names.
const MIN_NAMED_ROWS: u64 = 3;
/// Bytes of the longest label that a model names.
const MAX_LABEL_BYTES: usize = 64;

/// Where counts come from: never the postings themselves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Name of the data, if given.
    pub data: Option<String>,
    /// Date of the data, if given.
    pub date: Option<String>,
    /// Rows read.
    pub rows: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows with the same title, company, text and label as another, not counted again.
    pub duplicates: u64,
    /// Rows that were not counted because the same posting has another label.
    #[serde(default)]
    pub two_labels: u64,
    /// Rows whose title is not counted, because the labels repeat what the titles state.
    #[serde(default)]
    pub labels_of_titles: u64,
    /// Rows left out because their label is not in the role set, by label; in a model, rare and long labels are
    /// replaced by `(rare labels)`, so that it contains no text of single rows.
    pub left_out: BTreeMap<String, u64>,
}

impl Provenance {
    /// With rare and long labels, which may be the text of single rows, replaced.
    pub(super) fn without_rare(mut self) -> Self {
        for (label, rows) in std::mem::take(&mut self.left_out) {
            let named = rows >= MIN_NAMED_ROWS && label.len() <= MAX_LABEL_BYTES;
            let label = if named { label } else { RARE_LABELS.to_owned() };
            *self.left_out.entry(label).or_default() += rows;
        }
        self
    }

    /// Adds the numbers of another; its name and date where this has none.
    pub(super) fn add(&mut self, other: Self) {
        self.data = self.data.take().or(other.data);
        self.date = self.date.take().or(other.date);
        self.rows += other.rows;
        self.rejected += other.rejected;
        self.duplicates += other.duplicates;
        self.two_labels += other.two_labels;
        self.labels_of_titles += other.labels_of_titles;
        for (label, rows) in other.left_out {
            *self.left_out.entry(label).or_default() += rows;
        }
    }
}

/// How many labels differ from the role that the title states, and how many titles state one.
fn differing<'e>(rows: impl Iterator<Item = &'e Example>) -> [u64; 2] {
    let differs = rows.filter_map(Example::differs_from_title);
    differs.fold([0, 0], |[n, all], differs| [n + u64::from(differs), all + 1])
}

/// Whether labels are considered derived from titles: if fewer than one in fifty of at least a hundred differs from the
/// role that the title states.
pub fn labels_repeat_titles([differing, all]: [u64; 2]) -> bool {
    all >= LEAST_STATING && differing * ONE_DIFFERING_IN < all
}

/// As [`Collector::drop_title_features`], for any rows.
pub fn drop_title_features(rows: &mut [&mut Example], labels_are_of_titles: bool) -> u64 {
    if !labels_are_of_titles && !labels_repeat_titles(differing(rows.iter().map(|row| &**row))) {
        return 0;
    }
    let mut lost = 0;
    for row in rows {
        if row.stated().has_title() {
            **row = row.title_toggled();
            lost += 1;
        }
    }
    lost
}

/// Collects labelled postings.
#[derive(Debug, Default, Clone)]
pub struct Collector {
    pub(super) examples: Vec<Example>,
    pub(super) names: Arc<FeatureNames>,
    pub(super) provenance: Provenance,
}

impl Collector {
    /// Adds a posting; `label` is an error with the reason or the text if it is no label of the role set. Gives the
    /// posting as it will be counted.
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
                self.names.note(evidence, lexicon);
                self.add_example(example);
                self.examples.last()
            }
            Err(text) => {
                self.leave_out(text);
                None
            }
        }
    }

    /// Stops counting titles if the labels are derived from them: a model would learn to trust titles too much. They
    /// are if hardly any label differs from the role that its title states ([`labels_repeat_titles`]), or if the caller
    /// says so. Gives the number of postings that lost their title.
    pub fn drop_title_features(&mut self, labels_are_of_titles: bool) -> u64 {
        let mut examples: Vec<&mut Example> = self.examples.iter_mut().collect();
        let lost = drop_title_features(&mut examples, labels_are_of_titles);
        self.provenance.labels_of_titles += lost;
        lost
    }

    /// How many labels differ from the role that the title states, and how many titles state one.
    pub fn differing(&self) -> [u64; 2] {
        differing(self.examples.iter())
    }

    /// Adds a posting as it will be counted. The texts of its features must be added to [`Self::names`].
    pub fn add_example(&mut self, example: Example) {
        self.provenance.rows += 1;
        self.examples.push(example);
    }

    /// The texts of features, to which threads may add at once.
    pub fn names(&self) -> Arc<FeatureNames> {
        self.names.clone()
    }

    /// Counts a row without a label of the role set, by the reason, or by the text in place of the label.
    pub fn leave_out(&mut self, why: &str) {
        self.provenance.rows += 1;
        *self.provenance.left_out.entry(why.to_owned()).or_default() += 1;
    }

    /// Counts rows that could not be read.
    pub fn reject(&mut self, rows: u64) {
        self.provenance.rows += rows;
        self.provenance.rejected += rows;
    }

    /// The rows under two labels, in order: they are not counted, unless rows are counted twice.
    pub fn two_labels(&self) -> Vec<TwoLabels> {
        two_labels(&self.examples, &CountMatrix::default(), 0)
    }

    /// The provenance of what has been collected so far.
    pub fn provenance(&mut self) -> &mut Provenance {
        &mut self.provenance
    }

    /// The labelled postings, in the order they were added.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }
}

/// How rows are counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counting {
    /// Count every row, also one that occurs twice, or under two labels.
    pub twice: bool,
}
