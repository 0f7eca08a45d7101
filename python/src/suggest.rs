//! The rows of a table to label next.

use crate::columns::{Chosen, TextColumns, names_of};
use crate::errors::wrong;
use crate::input::TableArgument;
use crate::table::{Builders, Table, batch};
use crate::threads::Threads;
use arrow_array::{RecordBatch, UInt64Array};
use arrow_schema::Schema;
use arrow_select::concat::concat_batches;
use arrow_select::take::take_record_batch;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rolecall::evidence::LabelReader;
use rolecall::judge::Judge;
use rolecall::postings::Column;
use rolecall::report::{AddedColumn, Cell, ColumnType, renamed};
use rolecall::suggest::{Suggester, Suggestion};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names of the added columns: with the reasons, and for the labels if the table has none.
const ADDED: [&str; 2] = ["why", "role"];

/// The rows of a table whose labels would teach the model of a judge most, the most useful first.
pub(crate) fn suggested(
    py: Python,
    table: TableArgument,
    chosen: &Chosen,
    labels: &LabelReader,
    judge: &Judge,
    n: usize,
    threads: &Threads,
) -> PyResult<Table> {
    let reader = table.0.into_reader()?;
    let schema = reader.schema();
    let columns = chosen.find(&schema)?;
    let mut suggester = threads.detached(py, || Suggester::new(judge, n)).map_err(wrong)?;
    let (mut kept, mut first, mut labelled) = (BTreeMap::new(), 0, 0);
    for read in reader {
        let read: RecordBatch = read.map_err(wrong)?;
        let texts = TextColumns::new(&read, &columns)?;
        let describer = &suggester;
        let describe = |row| {
            let [id, title, company] =
                [Column::Id, Column::Title, Column::Company].map(|column| texts.get(column, row));
            describer.describe(id, title, company, &texts.description(row))
        };
        let mut described = Vec::with_capacity(texts.rows);
        threads.each(py, texts.rows, describe, |_, rows| {
            described.extend(rows);
            Ok(())
        })?;
        for (row, descriptor) in described.into_iter().enumerate() {
            if let Ok(label) = labels.read(texts.get(Column::Label, row)) {
                suggester.know(&descriptor, label);
                labelled += 1;
            } else {
                suggester.add(first + row as u64, descriptor);
            }
        }
        kept.insert(first, read.clone());
        first += read.num_rows() as u64;
        keep(&mut kept, suggester.kept());
    }
    let suggestions = threads.detached(py, || suggester.choose());
    let added = if columns.index_of(Column::Label).is_some() { &ADDED[..1] } else { &ADDED };
    let roles = judge.lexicon().roles();
    let reasons: Vec<String> = suggestions.iter().map(|suggestion| suggestion.why(roles)).collect();
    let (schema, rows) = rows(&schema, &kept, &suggestions, added, &reasons)?;
    let summary = PyDict::new(py);
    summary.set_item("rows_read", first)?;
    summary.set_item("labelled", labelled)?;
    summary.set_item("suggested", suggestions.len())?;
    Ok(Table { schema, batches: vec![rows], summary: summary.into_any().unbind() })
}

/// Forgets batches without any row that may still be suggested.
fn keep(kept: &mut BTreeMap<u64, RecordBatch>, rows: impl Iterator<Item = u64>) {
    let mut rows: Vec<u64> = rows.collect();
    rows.sort_unstable();
    kept.retain(|&first, batch| {
        let next = rows.partition_point(|&row| row < first);
        rows.get(next).is_some_and(|&row| row < first + batch.num_rows() as u64)
    });
}

/// The suggested rows, with the added columns behind their own.
fn rows(
    schema: &Arc<Schema>,
    kept: &BTreeMap<u64, RecordBatch>,
    suggestions: &[Suggestion],
    added: &[&str],
    reasons: &[String],
) -> PyResult<(Arc<Schema>, RecordBatch)> {
    let one = |suggestion: &Suggestion| {
        let (first, batch) = kept.range(..=suggestion.row).next_back()?;
        let index = UInt64Array::from(vec![suggestion.row - first]);
        Some(take_record_batch(batch, &index))
    };
    let taken: Vec<RecordBatch> =
        suggestions.iter().filter_map(one).collect::<Result<_, _>>().map_err(wrong)?;
    let own = concat_batches(schema, &taken).map_err(wrong)?;
    let added: Vec<AddedColumn> =
        added.iter().map(|&name| (name.to_owned(), ColumnType::Text)).collect();
    let mut builders = Builders::new(renamed(&names_of(schema), &added));
    let mut fields = schema.fields().to_vec();
    fields.extend(builders.fields());
    for why in reasons {
        builders.push(&[Cell::Text(why), Cell::Text("")][..added.len()]);
    }
    let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    let columns = [own.columns(), &builders.finish()].concat();
    Ok((schema.clone(), batch(&schema, columns)?))
}
