//! Reads the labelled postings of a table.

use crate::columns::{Chosen, ColumnArgument, TextColumns, names_of, need};
use crate::errors::wrong;
use crate::input::TableArgument;
use crate::labels::LabelOptions;
use crate::threads::Threads;
use pyo3::prelude::*;
use rolecall::evidence::{Extractor, LeftOutRows};
use rolecall::lexicon::Lexicon;
use rolecall::model::{Collector, Example};
use rolecall::postings::Column;

/// Labelled postings of a table.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) collector: Collector,
    /// The index in the table of each posting, from 0.
    pub(crate) indices: Vec<usize>,
}

/// The columns that are learned from: title, organisation and label, and the description.
pub(crate) fn learned_columns(
    [title, company, label]: [Option<String>; 3],
    description: Option<ColumnArgument>,
) -> Chosen {
    Chosen::default()
        .description(description)
        .and(Column::Title, title)
        .and(Column::Company, company)
        .and(Column::Label, label)
}

/// Collects labelled postings.
pub(crate) fn collect(
    py: Python,
    table: TableArgument,
    chosen: &Chosen,
    labels: &LabelOptions,
    lexicon: &Lexicon,
    threads: &Threads,
) -> PyResult<Collected> {
    let reader = table.0.into_reader()?;
    let columns = chosen.find(&reader.schema())?;
    let column = if labels.from_title { Column::Title } else { Column::Label };
    need(&columns, column, &names_of(&reader.schema()))?;
    let (extractor, label_reader) = (Extractor::new(lexicon), labels.reader(lexicon)?);
    let (mut collected, mut left_out, mut index) =
        (Collected::default(), LeftOutRows::default(), 0..);
    let feature_names = collected.collector.names();
    for batch in reader {
        let texts = TextColumns::new(&batch.map_err(wrong)?, &columns)?;
        let label = |row| {
            if labels.from_title {
                texts.stated(row, lexicon)
            } else {
                texts.label(row, &label_reader)
            }
        };
        let make = |row| {
            label(row).map(|label| {
                let (title, company) =
                    (texts.get(Column::Title, row), texts.get(Column::Company, row));
                let evidence = extractor.extract(title, &texts.description(row));
                feature_names.note(&evidence, lexicon);
                Example::new(&evidence, title, company, label, lexicon)
            })
        };
        threads.each(py, texts.rows, make, |_, rows| {
            for (row, index) in rows.into_iter().zip(&mut index) {
                match row {
                    Ok(example) => {
                        collected.indices.push(index);
                        collected.collector.add_example(example);
                    }
                    Err(why) => {
                        left_out.note(&why, index as u64);
                        collected.collector.leave_out(&why);
                    }
                }
            }
            Ok(())
        })?;
    }
    if labels.from_title {
        collected.collector.drop_title_features(true);
    } else {
        labels.check(&left_out, &label_reader)?;
    }
    Ok(collected)
}
