//! Reads the labelled postings of a table.

use crate::columns::{Chosen, TextColumns, need};
use crate::errors::wrong;
use crate::input::TableArgument;
use crate::threads::Threads;
use pyo3::prelude::*;
use rolecall::evidence::{Extractor, LabelReader};
use rolecall::lexicon::Lexicon;
use rolecall::model::{Collector, Example};
use rolecall::postings::Column;

/// Collects labelled postings, and the index in the table of each.
pub(crate) fn collect(
    py: Python,
    table: TableArgument,
    chosen: &Chosen,
    label_from_title: bool,
    lexicon: &Lexicon,
    threads: &Threads,
) -> PyResult<(Collector, Vec<usize>)> {
    let reader = table.0.into_reader()?;
    let columns = chosen.find(&reader.schema())?;
    let names: Vec<String> = reader.schema().fields().iter().map(|f| f.name().clone()).collect();
    need(&columns, if label_from_title { Column::Title } else { Column::Label }, &names)?;
    let (extractor, labels) = (Extractor::new(lexicon), LabelReader::new(lexicon));
    let (mut collector, mut indices, mut index) = (Collector::default(), Vec::new(), 0..);
    let feature_names = collector.names();
    for batch in reader {
        let texts = TextColumns::new(&batch.map_err(wrong)?, &columns)?;
        let label = |row| {
            if label_from_title { texts.stated(row, lexicon) } else { texts.label(row, &labels) }
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
                        indices.push(index);
                        collector.add_example(example);
                    }
                    Err(why) => collector.leave_out(&why),
                }
            }
            Ok(())
        })?;
    }
    if label_from_title {
        collector.drop_title_features(true);
    }
    Ok((collector, indices))
}
