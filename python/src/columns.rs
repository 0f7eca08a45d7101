//! Column assignment of a table, and zero-copy access to its texts.

use crate::errors::wrong;
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, StringViewArray};
use arrow_cast::{can_cast_types, cast};
use arrow_schema::{DataType, Schema};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use rolecall::evidence::{LabelReader, Title, Unread};
use rolecall::lexicon::Lexicon;
use rolecall::postings::{Column, ColumnNames, Columns, joined, listed};
use rolecall::roles::Label;
use std::borrow::Cow;

/// Column names given by the caller; the others are detected.
#[derive(Debug, Default)]
pub(crate) struct Chosen(ColumnNames);

/// One column or several.
#[derive(FromPyObject)]
pub(crate) enum ColumnArgument {
    One(String),
    Several(Vec<String>),
}

impl Chosen {
    pub(crate) fn and(mut self, column: Column, name: Option<String>) -> Self {
        self.0.0.extend(name.map(|name| (column, name)));
        self
    }

    pub(crate) fn description(mut self, names: Option<ColumnArgument>) -> Self {
        let names = match names {
            None => Vec::new(),
            Some(ColumnArgument::One(name)) => vec![name],
            Some(ColumnArgument::Several(names)) => names,
        };
        self.0.0.extend(names.into_iter().map(|name| (Column::Description, name)));
        self
    }

    /// Whether a column was named.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.0.0.iter().any(|(named, _)| *named == column)
    }

    /// Assigns the columns of a table.
    pub(crate) fn find(&self, schema: &Schema) -> PyResult<Columns> {
        let header = names_of(schema);
        let mut columns = Columns::find(&header, &self.0).map_err(wrong)?;
        if !self.has(Column::Description) {
            let kind = |index: usize| schema.field(index).data_type();
            columns.retain_parts(|index| can_cast_types(kind(index), &DataType::Utf8View));
        }
        need(&columns, Column::Description, &header)?;
        Ok(columns)
    }
}

/// The names of the columns of a table.
pub(crate) fn names_of(schema: &Schema) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}

/// Checks that a column was found.
pub(crate) fn need(columns: &Columns, column: Column, header: &[String]) -> PyResult<()> {
    if columns.index_of(column).is_some() {
        return Ok(());
    }
    let (name, header) = (column.name(), listed(header));
    Err(wrong(format!(
        "no column with the {name} was found; the columns are {header}. Choose one: {name}=..."
    )))
}

/// The text columns of a batch.
pub(crate) struct TextColumns {
    columns: [Option<StringViewArray>; Column::ALL.len()],
    /// Columns of the description, if there are several.
    parts: Vec<StringViewArray>,
    pub(crate) rows: usize,
}

impl TextColumns {
    pub(crate) fn new(batch: &RecordBatch, columns: &Columns) -> PyResult<Self> {
        let text = |index: usize| -> PyResult<StringViewArray> {
            let column = batch.column(index);
            // Views are zero-copy for text; other types are converted.
            let views = cast(column, &DataType::Utf8View).map_err(|_| {
                let schema = batch.schema();
                let field = schema.field(index);
                let (name, kind) = (field.name(), field.data_type());
                PyTypeError::new_err(format!("column {name:?} has no texts but {kind}"))
            })?;
            Ok(views.as_string_view().clone())
        };
        let mut found = [const { None }; Column::ALL.len()];
        for column in Column::ALL {
            found[column as usize] = columns.index_of(column).map(text).transpose()?;
        }
        let parts = columns.parts().iter().map(|&index| text(index)).collect::<PyResult<_>>()?;
        Ok(Self { columns: found, parts, rows: batch.num_rows() })
    }

    pub(crate) fn get(&self, column: Column, row: usize) -> &str {
        self.columns[column as usize].as_ref().map_or("", |texts| at(texts, row))
    }

    pub(crate) fn description(&self, row: usize) -> Cow<'_, str> {
        if self.parts.is_empty() {
            return self.get(Column::Description, row).into();
        }
        joined(self.parts.iter().map(|texts| at(texts, row))).into()
    }

    /// The label in its column, or the text that is none.
    pub(crate) fn label(&self, row: usize, labels: &LabelReader) -> Result<Label, String> {
        let text = self.get(Column::Label, row);
        labels.read(text).map_err(|unread| match unread {
            Unread::Missing => String::new(),
            Unread::Ambiguous | Unread::Undecided | Unread::Unknown => text.trim().to_owned(),
        })
    }

    /// The role that the title states, or why there is none.
    pub(crate) fn stated(&self, row: usize, lexicon: &Lexicon) -> Result<Label, String> {
        Title::read(self.get(Column::Title, row), lexicon).label().map_err(str::to_owned)
    }
}

fn at(texts: &StringViewArray, row: usize) -> &str {
    if texts.is_null(row) { "" } else { texts.value(row) }
}
