//! Reads Parquet files.

use super::columns::Columns;
use super::json::{ColumnIndex, OTHERS};
use super::json_values::fields;
use super::panics::{DAMAGED, without_panics};
use super::row::{Batch, Original, Rejected, Row};
use super::source::{AHEAD, Dialect, Problem, RowSource, Shape};
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, LargeStringArray, RecordBatch};
use arrow_json::writer::{LineDelimited, WriterBuilder};
use arrow_schema::{ArrowError, DataType, FieldRef, Fields, Schema};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::collections::VecDeque;
use std::fmt::Display;
use std::fs::File;
use std::sync::Arc;

/// Rows of a Parquet file.
pub(super) struct ColumnarReader {
    reader: ParquetRecordBatchReader,
    next: u64,
    columns_by_path: ColumnIndex,
    /// Rows of the current batch that were not yet returned: index in the batch, and JSON object.
    waiting: VecDeque<(Arc<RecordBatch>, usize, String)>,
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
        let rows = Self { reader, next: 1, columns_by_path, waiting: VecDeque::new() };
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
            let objects = guarded(|| objects(&read))?;
            let read = Arc::new(read);
            let rows = objects.into_iter().enumerate();
            self.waiting = rows.map(|(index, object)| (read.clone(), index, object)).collect();
        }
        for (read, index, object) in self.waiting.drain(..rows.min(self.waiting.len())) {
            let (number, line) = (self.next, self.next);
            self.next += 1;
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

/// The rows of a batch as JSON objects.
fn objects(batch: &RecordBatch) -> Result<Vec<String>, ArrowError> {
    let mut writer =
        WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
    writer.write(&texts(batch)?)?;
    writer.finish()?;
    let text = String::from_utf8(writer.into_inner());
    let text = text.map_err(|e| ArrowError::JsonError(e.to_string()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Converts binary columns to text, because some programs write text as binary. Values that are not UTF-8 become
/// hexadecimal digits.
fn texts(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (mut columns, mut schema): (Vec<ArrayRef>, Vec<FieldRef>) = Default::default();
    for (column, field) in batch.columns().iter().zip(batch.schema().fields()) {
        let texts: LargeStringArray = match field.data_type() {
            DataType::Binary => column.as_binary::<i32>().iter().map(text).collect(),
            DataType::LargeBinary => column.as_binary::<i64>().iter().map(text).collect(),
            DataType::BinaryView => column.as_binary_view().iter().map(text).collect(),
            _ => {
                schema.push(field.clone());
                columns.push(column.clone());
                continue;
            }
        };
        schema.push(Arc::new(field.as_ref().clone().with_data_type(DataType::LargeUtf8)));
        columns.push(Arc::new(texts));
    }
    RecordBatch::try_new(Arc::new(Schema::new(schema)), columns)
}

/// A binary value as text.
fn text(value: Option<&[u8]>) -> Option<String> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    value.map(|bytes| String::from_utf8(bytes.into()).unwrap_or_else(|_| hex(bytes)))
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
