//! Rows, and rows set aside.

use super::columns::{Column, Columns};
use super::fields::Fields;

/// Types of the columns of a file.
#[cfg(feature = "parquet")]
pub type Types = arrow_schema::SchemaRef;
/// Types of the columns of a file: no form that is read has some.
#[cfg(not(feature = "parquet"))]
pub type Types = std::convert::Infallible;

/// A row that could be read.
#[derive(Debug, Clone)]
pub struct Row {
    /// Place among the rows of the file, from 1, without the header.
    pub number: u64,
    /// Line it starts on, from 1; in Parquet, which has no lines, its number.
    pub line: u64,
    /// Its fields, as text, in the order of the header.
    pub fields: Fields,
    /// The row as it stands in the file.
    pub original: Original,
    /// The text of the posting, where it is not simply that of a field.
    pub(super) description: Option<String>,
}

/// A row as it stands in its file.
#[derive(Debug, Clone)]
pub enum Original {
    /// The record of its fields; whether its quotes are right.
    Record {
        /// Whether it can be written as it stands.
        sound: bool,
    },
    /// A JSON object.
    Object(String),
    /// A row of a batch, from 0, and the same as a JSON object.
    #[cfg(feature = "parquet")]
    Arrow(std::sync::Arc<arrow_array::RecordBatch>, usize, String),
}

impl Original {
    /// The row as a JSON object, if it is one.
    pub fn object(&self) -> Option<&str> {
        match self {
            Self::Record { .. } => None,
            Self::Object(object) => Some(object),
            #[cfg(feature = "parquet")]
            Self::Arrow(_, _, object) => Some(object),
        }
    }
}

impl Row {
    /// The field of a column; empty if the file has no such column.
    pub fn get(&self, columns: &Columns, column: Column) -> &str {
        match &self.description {
            Some(text) if column == Column::Description => text,
            _ => columns.place(column).and_then(|i| self.fields.get(i)).unwrap_or(""),
        }
    }
}

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Line it starts on, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// Its bytes as they stand in the file.
    pub raw: Vec<u8>,
}

/// Some rows in their order.
#[derive(Debug, Default)]
pub struct Batch {
    /// Rows that could be read.
    pub rows: Vec<Row>,
    /// Rows that could not.
    pub rejected: Vec<Rejected>,
}

impl Batch {
    /// Rows read and set aside.
    pub fn len(&self) -> usize {
        self.rows.len() + self.rejected.len()
    }

    /// Whether there is none, as at the end of a file.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Joins the texts of several columns.
pub fn joined<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    texts.filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join("\n\n")
}
