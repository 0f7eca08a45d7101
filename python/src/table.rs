//! Result tables, exported through the Arrow PyCapsule interface.

use crate::columns::names_of;
use crate::errors::wrong;
use crate::input::TableArgument;
use arrow_array::builder::{Float64Builder, ListBuilder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyIterator};
use pyo3_arrow::error::PyArrowResult;
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};
use rolecall::postings::listed;
use rolecall::report::{
    AddedColumn, Cell, ColumnType, added_before, decimals, named_as_before, renamed,
};
use std::ops::Range;
use std::sync::Arc;

/// Value of `__reduce__`: `from_arrow`, and its arguments.
type PickledTable<'py> = (Bound<'py, PyAny>, (Bound<'py, PyAny>, Py<PyAny>));

/// A table of Arrow: `pyarrow.table(t)`, `polars.DataFrame(t)`, `duckdb.sql("from t")` and whatever else knows
/// `__arrow_c_stream__` take it without copying. `len` is its number of rows.
#[pyclass(frozen, module = "rolecall")]
pub(crate) struct Table {
    pub(crate) schema: SchemaRef,
    pub(crate) batches: Vec<RecordBatch>,
    /// What it amounts to, if there is something to say besides the rows.
    #[pyo3(get)]
    pub(crate) summary: Py<PyAny>,
}

#[pymethods]
impl Table {
    /// The names of the columns, in order.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        names_of(&self.schema)
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        format!("<rolecall.Table: {} rows, {}>", self.__len__(), self.column_names().join(", "))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyArrowResult<Bound<'py, PyCapsule>> {
        to_schema_pycapsule(py, self.schema.as_ref())
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyArrowResult<Bound<'py, PyCapsule>> {
        let fields = self.schema.fields().clone();
        let field =
            Field::new_struct("", fields, false).with_metadata(self.schema.metadata().clone());
        let arrays = self
            .batches
            .clone()
            .into_iter()
            .map(|batch| Ok(Arc::new(StructArray::from(batch)) as ArrayRef));
        let reader = ArrayIterator::new(arrays, field.into());
        to_stream_pycapsule(py, Box::new(reader), requested_schema)
    }

    /// A column by its name, as a `pyarrow.ChunkedArray`.
    fn __getitem__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let names = slf.get().column_names();
        if !names.iter().any(|known| known == name) {
            let names = listed(&names);
            let wrong = format!("no column {name:?}; the columns are {names}");
            return Err(PyKeyError::new_err(wrong));
        }
        Self::to_pyarrow(slf)?.call_method1("column", (name,))
    }

    /// Its rows, one after the other, each a `dict`.
    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        Self::to_pyarrow(slf)?.call_method0("to_pylist")?.try_iter()
    }

    /// From a table of Arrow, and what `summary` says of it.
    #[staticmethod]
    #[pyo3(signature = (table, summary=None))]
    fn from_arrow(py: Python, table: TableArgument, summary: Option<Py<PyAny>>) -> PyResult<Self> {
        let reader = table.0.into_reader()?;
        let schema = reader.schema();
        let batches = reader.collect::<Result<_, _>>().map_err(wrong)?;
        Ok(Self { schema, batches, summary: summary.unwrap_or_else(|| py.None()) })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<PickledTable<'py>> {
        let py = slf.py();
        let from_arrow = py.get_type::<Self>().getattr("from_arrow")?;
        Ok((from_arrow, (Self::to_pyarrow(slf)?, slf.get().summary.clone_ref(py))))
    }

    /// As a `pyarrow.Table`.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    /// As a `pandas.DataFrame`; needs pyarrow.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_pyarrow(slf)?.call_method0("to_pandas")
    }

    /// As a `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }
}

/// The columns of a table whose place the added ones take, and what these are called beside the others.
pub(crate) fn placed(
    schema: &Schema,
    added: &[AddedColumn],
    replace: bool,
) -> PyResult<(Range<usize>, Vec<AddedColumn>)> {
    let header = names_of(schema);
    match added_before(&header, added) {
        Some(old_columns) if replace => {
            let names = named_as_before(&header, &old_columns, added);
            Ok((old_columns, names))
        }
        Some(old_columns) => Err(wrong(format!(
            "the table has a column {:?} already, because it was classified before; replace=True writes over it",
            header[old_columns.start]
        ))),
        None => Ok((header.len()..header.len(), renamed(&header, added))),
    }
}

/// Columns that are built row by row.
pub(crate) struct Builders(Vec<(String, ColumnBuilder)>);

impl Builders {
    pub(crate) fn new(columns: Vec<AddedColumn>) -> Self {
        Self(columns.into_iter().map(|(name, kind)| (name, ColumnBuilder::new(kind))).collect())
    }

    pub(crate) fn fields(&self) -> Vec<FieldRef> {
        let field = |(name, builder): &(String, ColumnBuilder)| {
            Arc::new(Field::new(name, builder.data_type(), true))
        };
        self.0.iter().map(field).collect()
    }

    pub(crate) fn push(&mut self, cells: &[Cell]) {
        self.0.iter_mut().zip(cells).for_each(|((_, builder), cell)| builder.push(cell));
    }

    /// The columns of the rows pushed since the last call.
    pub(crate) fn finish(&mut self) -> Vec<ArrayRef> {
        self.0.iter_mut().map(|(_, builder)| builder.finish()).collect()
    }
}

/// A record batch of columns.
pub(crate) fn batch(schema: &SchemaRef, columns: Vec<ArrayRef>) -> PyResult<RecordBatch> {
    RecordBatch::try_new(schema.clone(), columns).map_err(wrong)
}

enum ColumnBuilder {
    Text(StringBuilder),
    Number(Float64Builder),
    Integer(UInt64Builder),
    List(ListBuilder<StringBuilder>),
}

impl ColumnBuilder {
    fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Text | ColumnType::OfInput => Self::Text(StringBuilder::new()),
            ColumnType::Number => Self::Number(Float64Builder::new()),
            ColumnType::Integer => Self::Integer(UInt64Builder::new()),
            ColumnType::List => Self::List(ListBuilder::new(StringBuilder::new())),
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Self::Text(_) => DataType::Utf8,
            Self::Number(_) => DataType::Float64,
            Self::Integer(_) => DataType::UInt64,
            Self::List(_) => DataType::new_list(DataType::Utf8, true),
        }
    }

    fn push(&mut self, cell: &Cell) {
        match (self, cell) {
            (Self::Text(builder), Cell::Text(text) | Cell::Verbatim(text)) => {
                builder.append_value(text);
            }
            (Self::Text(builder), _) => builder.append_null(),
            // As in files.
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
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Number(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::List(builder) => Arc::new(builder.finish()),
        }
    }
}
