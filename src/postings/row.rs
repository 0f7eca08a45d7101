//! Rows, and rejected rows.

use super::columns::{Column, Columns};
use super::fields::Fields;
use memchr::memmem;

/// Schema of a Parquet file.
#[cfg(feature = "parquet")]
pub type Types = arrow_schema::SchemaRef;
/// Schema of a file: no other format has one.
#[cfg(not(feature = "parquet"))]
pub type Types = std::convert::Infallible;

/// What databases write for no value.
const NO_VALUE: &str = "\\N";

/// A valid row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Number among the rows of the file, from 1, without the header.
    pub number: u64,
    /// Line of its start, from 1; in Parquet, which has no lines, its number.
    pub line: u64,
    /// Its fields as text, in the order of the header.
    pub fields: Fields,
    /// The row as it is in the file.
    pub(crate) original: Original,
    /// The text of the posting, if it is not that of a single field.
    pub(super) description: Option<String>,
}

/// A row as it is in its file.
#[derive(Debug, Clone)]
pub(crate) enum Original {
    /// A record of delimited text.
    Record {
        /// Whether its quotes are right, so that it can be copied as it is.
        sound: bool,
    },
    /// A JSON object.
    Object(String),
    /// A batch, the index of the row in it, and the row as a JSON object.
    #[cfg(feature = "parquet")]
    Arrow(std::sync::Arc<arrow_array::RecordBatch>, usize, String),
}

impl Original {
    /// The row as a JSON object; `None` for delimited text.
    pub(crate) fn object(&self) -> Option<&str> {
        match self {
            Self::Record { .. } => None,
            Self::Object(object) => Some(object),
            #[cfg(feature = "parquet")]
            Self::Arrow(_, _, object) => Some(object),
        }
    }
}

impl Row {
    /// The field of a column; empty if the file has no such column, or a database wrote that it has no value.
    pub fn get(&self, columns: &Columns, column: Column) -> &str {
        match &self.description {
            Some(text) if column == Column::Description => text,
            _ => {
                let field = columns.index_of(column).and_then(|i| self.fields.get(i));
                field.filter(|field| *field != NO_VALUE).unwrap_or("")
            }
        }
    }
}

impl Row {
    /// The record or the JSON object of the row.
    pub fn as_written(&self) -> &str {
        self.original.object().unwrap_or_else(|| self.fields.record())
    }

    /// The row by itself: of Parquet without the batch that it was read with, which would stay in memory with it.
    #[must_use]
    pub fn detached(self) -> Self {
        #[cfg(feature = "parquet")]
        if let Original::Arrow(batch, at, object) = &self.original {
            let index = arrow_array::UInt64Array::from(vec![*at as u64]);
            if let Ok(one) = arrow_select::take::take_record_batch(batch, &index) {
                let original = Original::Arrow(std::sync::Arc::new(one), 0, object.clone());
                return Self { original, ..self };
            }
        }
        self
    }
}

/// A rejected row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Line of its start, from 1.
    pub line: u64,
    /// Why it was rejected.
    pub reason: String,
    /// Its bytes in the file.
    pub raw: Vec<u8>,
}

/// Consecutive rows.
#[derive(Debug, Default)]
pub struct Batch {
    /// Valid rows, in order.
    pub rows: Vec<Row>,
    /// Rejected rows, in order.
    pub rejected: Vec<Rejected>,
}

impl Batch {
    /// Number of valid and rejected rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len() + self.rejected.len()
    }

    /// Whether there are no rows, as at the end of a file.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Joins the non-blank texts of several columns, with empty lines between them; what one before has is not repeated.
pub fn joined<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut all: Vec<&str> = Vec::new();
    for text in texts {
        let text_bytes = text.trim().as_bytes();
        if !all.iter().any(|before| memmem::find(before.as_bytes(), text_bytes).is_some())
            && !text_bytes.is_empty()
        {
            all.push(text);
        }
    }
    all.join("\n\n")
}
