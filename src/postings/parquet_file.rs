//! Reads Parquet files.

use super::arrow_text::{RowTexts, row_texts, wrong_texts};
use super::columns::Columns;
use super::json::{ColumnIndex, OTHERS};
use super::json_values::fields;
use super::panics::{DAMAGED, without_panics};
use super::row::{Batch, Original, Rejected, Row};
use super::source::{AHEAD, Dialect, Problem, RowSource, Shape};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Fields};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::collections::{BTreeSet, VecDeque};
use std::fmt::Display;
use std::fs::File;
use std::sync::Arc;

/// Rows of a Parquet file.
pub(super) struct ColumnarReader {
    reader: ParquetRecordBatchReader,
    next: u64,
    columns_by_path: ColumnIndex,
    /// Rows of the current batch that were not yet returned: index in the batch, and JSON object, or why it is rejected.
    waiting: VecDeque<(Arc<RecordBatch>, usize, String, Option<String>)>,
    /// Columns that have no text, and are only carried along.
    carried: BTreeSet<String>,
}

impl ColumnarReader {
    pub(super) fn open(file: File, dialect: &Dialect) -> Result<(Self, Shape), Problem> {
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file))?;
        let schema = Some(builder.schema().clone());
        let mut paths = Vec::new();
        let others = named("", builder.schema().fields(), &mut paths);
        let (mut header, mut columns_by_path) = (Vec::new(), ColumnIndex::default());
        columns_by_path
            .add(&paths.into_iter().map(|path| (path, String::new())).collect(), &mut header);
        if others {
            header.push(OTHERS.into());
        }
        let columns = Columns::find(&header, &dialect.names)?;
        let reader = guarded(|| builder.with_batch_size(AHEAD).build())?;
        let rows = Self {
            reader,
            next: 1,
            columns_by_path,
            waiting: VecDeque::new(),
            carried: BTreeSet::new(),
        };
        Ok((rows, Shape { header, columns, schema, ..Shape::default() }))
    }
}

impl RowSource for ColumnarReader {
    fn batch(&mut self, rows: usize, shape: &Shape) -> Result<Batch, Problem> {
        let mut batch = Batch::default();
        if self.waiting.is_empty() {
            let Some(read) = guarded(|| self.reader.next().transpose())? else {
                return Ok(batch);
            };
            let RowTexts { objects, carried } = guarded(|| row_texts(&read))?;
            let used: Vec<&String> = shape.used().collect();
            if let Some(name) = used.iter().find(|name| carried.contains(**name)) {
                let problem = format!("its column {name:?} has a type that is no text");
                return Err(Problem::Content(problem.into()));
            }
            self.carried.extend(carried);
            let mut wrong = wrong_texts(&read, &used);
            let read = Arc::new(read);
            let rows = objects.into_iter().enumerate();
            let row = |(index, object)| (read.clone(), index, object, wrong.remove(&index));
            self.waiting = rows.map(row).collect();
        }
        for (read, index, object, wrong) in self.waiting.drain(..rows.min(self.waiting.len())) {
            let (number, line) = (self.next, self.next);
            self.next += 1;
            if let Some(reason) = wrong {
                batch.rejected.push(Rejected { line, reason, raw: object.into_bytes() });
                continue;
            }
            match fields(&object) {
                Ok(found) => {
                    let original = Original::Arrow(read, index, object);
                    let row = self.columns_by_path.row(found, shape, original);
                    batch.rows.push(Row { number, line, ..row });
                }
                Err(e) => {
                    let (reason, raw) = (e.to_string(), object.into_bytes());
                    batch.rejected.push(Rejected { line, reason, raw });
                }
            }
        }
        Ok(batch)
    }

    fn notes(&self) -> Vec<String> {
        if self.carried.is_empty() {
            return Vec::new();
        }
        let names: Vec<String> = self.carried.iter().map(|name| format!("{name:?}")).collect();
        vec![format!(
            "columns of types without text, which only Parquet keeps: {}",
            names.join(", ")
        )]
    }
}

/// Appends the paths of columns to `out`. Returns whether there are maps, whose keys become paths of their own.
fn named(path: &str, of: &Fields, out: &mut Vec<String>) -> bool {
    let mut maps = false;
    for field in of {
        let name = field.name();
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        maps |= match field.data_type() {
            DataType::Struct(inner) if !inner.is_empty() => named(&path, inner, out),
            other => {
                out.push(path);
                matches!(other, DataType::Map(..))
            }
        };
    }
    maps
}

/// Runs `read` and says what is wrong with the file: the library panics on some damaged ones.
fn guarded<T, E: Display>(read: impl FnOnce() -> Result<T, E>) -> Result<T, Problem> {
    without_panics(DAMAGED, read).map_err(|why| {
        let problem = match why.split_once("Disabled feature at compile time: ") {
            Some((_, codec)) => format!(
                "it is packed with {codec}, which is not read; write it again packed with zstd, snappy, \
                 gzip or lz4"
            ),
            None => format!("it is a damaged Parquet file: {why}"),
        };
        Problem::Content(problem.into())
    })
}
