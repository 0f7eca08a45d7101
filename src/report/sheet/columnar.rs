//! Writes Parquet.

use super::picked::Picked;
use super::{AddedColumn, Cell, ColumnType, Layout, Replaced, decimals};
use crate::postings::{Original, Row, distinct};
use arrow_array::builder::{Float64Builder, ListBuilder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use arrow_select::take::take_record_batch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

/// Rows per record batch.
const BATCH: usize = 1024;
/// Bytes of a row group, which bounds memory.
const GROUP: usize = 1 << 25;

pub(super) struct ColumnarWriter<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: SchemaRef,
    /// Whether columns of the input keep their types; builders of the others, which are text.
    takes_rows: bool,
    texts: Vec<StringBuilder>,
    /// Index of the typed column that is rewritten as text, and its builder.
    rewritten: Option<(usize, StringBuilder)>,
    added: Vec<Builder>,
    /// Whether no columns come out but those.
    chosen: bool,
    /// Columns of the input whose place the added ones take.
    old_columns: Range<usize>,
    /// Input batch of the pending rows, and their indices in it.
    input_rows: Option<(Arc<RecordBatch>, Vec<u32>)>,
    rows: usize,
}

impl<W: Write + Send> ColumnarWriter<W> {
    pub(super) fn new(out: W, layout: &Layout) -> io::Result<Self> {
        let text = |name: &String| Arc::new(Field::new(name, DataType::Utf8, true)) as FieldRef;
        let mut fields: Vec<FieldRef> = Vec::new();
        let mut rewritten = None;
        let mut texts = distinct(&layout.header);
        let carried = layout.schema.as_ref().filter(|_| !layout.chosen);
        if let Some(schema) = carried {
            fields.extend(schema.fields().iter().cloned());
            texts.drain(..layout.header.len() - layout.appended);
            if let Some(name) = &layout.rewritten {
                let column = schema.index_of(name).map_err(io::Error::other)?;
                fields[column] = text(name);
                rewritten = Some((column, StringBuilder::new()));
            }
        }
        let typed = fields.len();
        fields.extend(texts.iter().map(text));
        let added: Vec<Builder> =
            layout.added.iter().map(|column| Builder::new(column, layout)).collect();
        let takes_rows = typed > 0 || added.iter().any(|b| matches!(b, Builder::Picked(_)));
        let named = layout.added.iter().zip(&added);
        let old_columns = old_columns(&fields, layout);
        let added_fields = named.map(|((name, _), builder)| Arc::new(builder.field(name)));
        fields.splice(old_columns.clone(), added_fields);
        let metadata = carried.map(|s| s.metadata().clone()).unwrap_or_default();
        let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties))?;
        let texts = texts.iter().map(|_| StringBuilder::new()).collect();
        Ok(Self {
            writer,
            schema,
            takes_rows,
            texts,
            rewritten,
            added,
            chosen: layout.chosen,
            old_columns,
            input_rows: None,
            rows: 0,
        })
    }

    pub(super) fn write(
        &mut self,
        row: Option<&Row>,
        replaced: Option<Replaced>,
        cells: &[Cell],
    ) -> io::Result<()> {
        if let Some(row) = row {
            if self.takes_rows {
                self.take(row)?;
            }
            let first = row.fields.len() - self.texts.len();
            let whole = matches!(row.original, Original::Record { .. });
            for (column, builder) in (first..).zip(&mut self.texts) {
                let replaced = replaced.filter(|r| r.0 == column).map(|r| r.1);
                let field = replaced.or(row.fields.get(column));
                builder.append_option(field.filter(|field| whole || !field.is_empty()));
            }
            if let (Some((_, builder)), Some((_, text))) = (&mut self.rewritten, replaced) {
                builder.append_value(text);
            }
        }
        for (builder, cell) in self.added.iter_mut().zip(cells) {
            builder.push(cell);
        }
        self.rows += 1;
        if self.rows == BATCH { self.flush_batch() } else { Ok(()) }
    }

    /// Adds an input row to the pending rows.
    fn take(&mut self, row: &Row) -> io::Result<()> {
        let Original::Arrow(batch, at, _) = &row.original else {
            return Err(io::Error::other("rows of Parquet and others cannot stand together"));
        };
        if self.input_rows.as_ref().is_some_and(|(current, _)| !Arc::ptr_eq(current, batch)) {
            self.flush_batch()?;
        }
        let (_, indices) = self.input_rows.get_or_insert_with(|| (batch.clone(), Vec::new()));
        indices.push(*at as u32);
        Ok(())
    }

    fn flush_batch(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.rows) == 0 {
            return Ok(());
        }
        let input_rows =
            self.input_rows.take().map(|(batch, rows)| (batch, UInt32Array::from(rows)));
        let mut columns: Vec<ArrayRef> = Vec::new();
        if let Some((batch, rows)) = input_rows.as_ref().filter(|_| !self.chosen) {
            let rows = take_record_batch(batch, rows).map_err(io::Error::other)?;
            columns.extend(rows.columns().iter().cloned());
        }
        if let Some((column, builder)) = &mut self.rewritten {
            columns[*column] = Arc::new(builder.finish());
        }
        columns.extend(self.texts.iter_mut().map(|text| Arc::new(text.finish()) as ArrayRef));
        let added = self.added.iter_mut().map(|builder| builder.finish(input_rows.as_ref()));
        let added = added.collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
        columns.splice(self.old_columns.clone(), added);
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        self.writer.write(&batch.map_err(io::Error::other)?)?;
        if self.writer.in_progress_size() > GROUP {
            self.writer.flush()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.flush_batch()?;
        Ok(self.writer.into_inner()?)
    }
}

/// Where the added columns go among the others; an object is one column here, and several in the layout.
fn old_columns(fields: &[FieldRef], layout: &Layout) -> Range<usize> {
    let names =
        layout.old_columns.clone().map_or(&[][..], |old_columns| &layout.header[old_columns]);
    let is_old = |field: &FieldRef| names.contains(field.name());
    let start = fields.iter().position(is_old).unwrap_or(fields.len());
    start..fields.len().min(start + names.len())
}

/// Builds a column beside those of the input.
enum Builder {
    Text(StringBuilder),
    Number(Float64Builder),
    Integer(UInt64Builder),
    List(ListBuilder<StringBuilder>),
    Picked(Picked),
}

impl Builder {
    fn new((name, kind): &AddedColumn, layout: &Layout) -> Self {
        match kind {
            ColumnType::OfInput => layout
                .schema
                .as_ref()
                .and_then(|schema| Picked::named(name, schema.fields()))
                .map_or_else(|| Self::Text(StringBuilder::new()), Self::Picked),
            ColumnType::Text => Self::Text(StringBuilder::new()),
            ColumnType::Number => Self::Number(Float64Builder::new()),
            ColumnType::Integer => Self::Integer(UInt64Builder::new()),
            ColumnType::List => Self::List(ListBuilder::new(StringBuilder::new())),
        }
    }

    fn field(&self, name: &str) -> Field {
        let kind = match self {
            Self::Text(_) => DataType::Utf8,
            Self::Number(_) => DataType::Float64,
            Self::Integer(_) => DataType::UInt64,
            Self::List(_) => DataType::new_list(DataType::Utf8, true),
            Self::Picked(picked) => return picked.field(name),
        };
        Field::new(name, kind, true)
    }

    fn push(&mut self, cell: &Cell) {
        match (self, cell) {
            (Self::Text(builder), Cell::Text(text) | Cell::Verbatim(text)) => {
                builder.append_value(text);
            }
            (Self::Text(builder), _) => builder.append_null(),
            // As everywhere else: with six decimals.
            (Self::Number(builder), Cell::Number(number)) => {
                builder.append_option(decimals(*number).parse().ok());
            }
            (Self::Number(builder), _) => builder.append_null(),
            (Self::Integer(builder), Cell::Integer(number)) => builder.append_value(*number),
            (Self::Integer(builder), _) => builder.append_null(),
            (Self::List(builder), Cell::List(texts)) => {
                builder.append_value(texts.iter().map(|text| Some(*text)));
            }
            (Self::List(builder), _) => builder.append_null(),
            // Its values are those of the input rows.
            (Self::Picked(_), _) => {}
        }
    }

    fn finish(
        &mut self,
        rows: Option<&(Arc<RecordBatch>, UInt32Array)>,
    ) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Number(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::List(builder) => Arc::new(builder.finish()),
            Self::Picked(picked) => {
                let (batch, rows) = rows.ok_or_else(no_row)?;
                picked.values(batch, rows)?
            }
        })
    }
}

fn no_row() -> ArrowError {
    ArrowError::InvalidArgumentError("a column of the input has no row of it".to_owned())
}
