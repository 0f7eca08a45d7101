//! Retrains a model, and refuses one that is worse.

use crate::collect::{Collected, collect};
use crate::columns::Chosen;
use crate::errors::{interruptible, warn, wrong};
use crate::input::TableArgument;
use crate::labels::LabelOptions;
use crate::threads::Threads;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rolecall::judge::{ComparedPosting, ComparedRows, Comparison};
use rolecall::lexicon::Lexicon;
use rolecall::metrics::Difference;
use rolecall::model::{
    Change, Collector, Counting, Model, OtherSource, RetrainError, TwoLabels, outcome_names,
};
use std::sync::Arc;

pyo3::create_exception!(
    rolecall,
    WorseModelError,
    PyValueError,
    "The retrained model is worse than the one before by more than chance, on rows of organisations that neither was judged by."
);

/// The tables of a retrain.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) add: Option<TableArgument>,
    pub(crate) remove: Option<TableArgument>,
    pub(crate) check: Option<TableArgument>,
}

/// How a model is retrained.
pub(crate) struct RetrainOptions {
    pub(crate) chosen: Chosen,
    pub(crate) labels: LabelOptions,
    pub(crate) counting: Counting,
    pub(crate) relabel: bool,
    pub(crate) allow_worse: bool,
    pub(crate) data_name: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) threads: Option<usize>,
}

/// A retrain that was done.
struct Done {
    model: Model,
    two_labels: Vec<TwoLabels>,
    /// How the new model differs, if it is worse.
    worse: Option<Difference>,
}

/// The model after adding and removing rows and merging models.
pub(crate) fn retrained(
    py: Python,
    old: &Arc<Model>,
    tables: Tables,
    merged: Vec<Model>,
    options: RetrainOptions,
    lexicon: &Arc<Lexicon>,
) -> PyResult<Model> {
    let RetrainOptions { chosen, labels, counting, relabel, allow_worse, .. } = options;
    let threads = Threads::new(py, options.threads)?;
    let read = |table: Option<TableArgument>| {
        let Some(table) = table else { return Ok(Collected::default()) };
        let mut read = collect(py, table, &chosen, &labels, lexicon, &threads)?;
        read.collector.drop_title_features(false);
        Ok::<_, PyErr>(read)
    };
    let removed = read(tables.remove)?.collector;
    let Collected { collector: mut added, indices } = read(tables.add)?;
    let check = read(tables.check)?.collector;
    let provenance = added.provenance();
    (provenance.data, provenance.date) = (options.data_name, options.date);
    let change = Change { added, removed, merged, counting, relabel };
    let (old, known) = (old.clone(), lexicon.clone());
    let done = interruptible(py, move || threads.run(|| retrain(&old, &change, &check, &known)))?;
    let Done { model, two_labels, worse } = done.map_err(wrong)?;
    if !two_labels.is_empty() {
        warn(py, &two_labels_warning(&two_labels, &indices, lexicon))?;
    }
    match worse {
        Some(difference) if !allow_worse => Err(WorseModelError::new_err(format!(
            "the new model is worse than the old one by more than chance: {difference}; \
             allow_worse=True gives it all the same"
        ))),
        _ => Ok(model),
    }
}

fn retrain(
    old: &Model,
    change: &Change,
    check: &Collector,
    lexicon: &Lexicon,
) -> Result<Done, RetrainError> {
    let mut retrained = old.retrain(change, lexicon)?;
    let [added, checked] = [&change.added, check].map(compared);
    let check = (!checked.is_empty()).then_some((check.examples(), checked.as_slice()));
    let rows = ComparedRows { added: &added, check };
    if let Some(changes) = Comparison::new(old, &retrained, change, &rows, lexicon).changes {
        changes.record_in(&mut retrained.record);
    }
    let worse = retrained.record.difference.clone().filter(Difference::worse);
    if !retrained.taken_back {
        retrained.model.remember(retrained.record);
    }
    Ok(Done { model: retrained.model, two_labels: retrained.two_labels, worse })
}

/// Rows to compare models on: their labels and organisations. Nobody is shown them, so they need no texts.
fn compared(rows: &Collector) -> Vec<ComparedPosting> {
    let [location, title, description] = [const { String::new() }; 3];
    let nameless = ComparedPosting { location, title, description, label: None };
    let of_row = |label| ComparedPosting { label: Some(label), ..nameless.clone() };
    rows.examples().iter().map(|e| of_row((e.outcome, e.row.organisation))).collect()
}

/// Most rows that a warning names.
const NAMED: usize = 20;

/// Names rows under two labels; `indices` are those in the table.
fn two_labels_warning(found: &[TwoLabels], indices: &[usize], lexicon: &Lexicon) -> String {
    let names = outcome_names(lexicon.roles());
    let name = |two: &TwoLabels| {
        let location = match two.source {
            OtherSource::Row(row) => format!("row {}", indices[row]),
            OtherSource::Model => "the model".to_owned(),
        };
        let (label, other) = (&names[two.label], &names[two.other]);
        format!("row {} is {label}, and {other} in {location}", indices[two.row])
    };
    let named: Vec<String> = found.iter().take(NAMED).map(name).collect();
    format!(
        "{} rows under two labels are not learned (rows from 0: {}): correct one label, or replace that of the \
         model with relabel=True, or learn both with count_twice=True",
        found.len(),
        named.join("; ")
    )
}
