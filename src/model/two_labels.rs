//! Rows under two labels: a posting that is labelled differently in one batch, or in a batch and in a model.

use crate::counts::count_matrix::CountMatrix;
use crate::examples::example::Example;
use std::collections::HashMap;

/// A row whose label differs from that of the same posting elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoLabels {
    /// Its index among the rows.
    pub row: usize,
    /// Index of its label: a role's index, or the number of roles for `other`.
    pub label: usize,
    /// Index of the other label.
    pub other: usize,
    /// Where the other label is.
    pub source: OtherSource,
}

/// Where a posting has another label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherSource {
    /// In the row with this index.
    Row(usize),
    /// In the model.
    Model,
}

/// The rows under two labels, in order. A posting that a model knows is compared with the model.
pub(super) fn two_labels(
    examples: &[Example],
    known: &CountMatrix,
    roles: usize,
) -> Vec<TwoLabels> {
    // The first row of each posting, and the first with another label.
    let mut of_posting: HashMap<_, (usize, Option<usize>)> = HashMap::new();
    for (i, example) in examples.iter().enumerate() {
        let (first, other) = of_posting.entry(example.row.posting()).or_insert((i, None));
        if other.is_none() && examples[*first].outcome != example.outcome {
            *other = Some(i);
        }
    }
    let found = |(row, example): (usize, &Example)| {
        let label = example.outcome;
        let known: Vec<usize> =
            known.of_posting(example.row).iter().map(|r| r.class().min(roles)).collect();
        let (other, source) = if let Some(&other) = known.first() {
            (!known.contains(&label)).then_some((other, OtherSource::Model))?
        } else {
            let (first, second) = of_posting[&example.row.posting()];
            let second = second?;
            let other = if examples[first].outcome == label { second } else { first };
            (examples[other].outcome, OtherSource::Row(other))
        };
        Some(TwoLabels { row, label, other, source })
    };
    examples.iter().enumerate().filter_map(found).collect()
}
