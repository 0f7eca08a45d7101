//! Rows written to a file, in any form: the columns of the input as they are, and columns behind them.

#[cfg(feature = "parquet")]
mod columnar;
mod delimited;
mod json;

use crate::postings::{Row, Types};
#[cfg(feature = "parquet")]
use columnar::ColumnarWriter;
use delimited::DelimitedWriter;
use json::JsonWriter;
use std::io::{self, Write};

/// Forms of files of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetForm {
    /// Fields with this byte between them, and a line of names before them if there is to be one.
    Delimited {
        /// The byte between fields.
        delimiter: u8,
        /// Whether the first line has the names.
        header: bool,
    },
    /// An object a line.
    JsonLines,
    /// An array of objects.
    JsonArray,
    /// Parquet.
    Parquet,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// Numbers with six decimals.
    Number,
    /// Whole numbers.
    Integer,
    /// Several texts; in tables of text, with semicolons between them.
    List,
}

/// A field behind the columns of the input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'c> {
    /// Nothing.
    Missing,
    /// Text that a spreadsheet must not take for a formula.
    Text(&'c str),
    /// Text of the input, which stays as it is.
    Verbatim(&'c str),
    /// A number.
    Number(f64),
    /// A whole number.
    Integer(u64),
    /// Several texts.
    List(&'c [&'c str]),
}

impl<'c> From<Option<&'c str>> for Cell<'c> {
    fn from(text: Option<&'c str>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }
}

/// A column behind those of the input.
pub type AddedColumn = (String, ColumnType);

/// The columns of a file of rows.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// Names of the columns of the input.
    pub header: Vec<String>,
    /// Its header line as it stands, if it has one.
    pub head: Option<String>,
    /// Whether records of text, and the header line, are written as they stand.
    pub verbatim: bool,
    /// How many of the last of these columns are not in the rows as they stand in the input.
    pub appended: usize,
    /// Types of the columns of the input, if it has some and rows stay as they stand.
    pub schema: Option<Types>,
    /// The column of the input whose fields are written otherwise.
    pub rewritten: Option<String>,
    /// What stands behind them.
    pub added: Vec<AddedColumn>,
}

impl Layout {
    /// Says which column of the input is written otherwise.
    pub fn rewrite(&mut self, name: &str) {
        self.rewritten = Some(name.to_owned());
        // What is within something else has no column of its own type.
        #[cfg(feature = "parquet")]
        self.schema.take_if(|schema| schema.index_of(name).is_err());
    }
}

/// A field of the input that is written otherwise: the place of its column, and the text.
pub type Replaced<'r> = (usize, &'r str);

/// Writes rows.
pub struct Sheet<W: Write + Send>(Inner<W>);

enum Inner<W: Write + Send> {
    Delimited(DelimitedWriter<W>),
    Json(JsonWriter<W>),
    #[cfg(feature = "parquet")]
    Columnar(Box<ColumnarWriter<W>>),
}

impl<W: Write + Send> Sheet<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn new(out: W, form: SheetForm, layout: &Layout) -> io::Result<Self> {
        Ok(Self(match form {
            SheetForm::Delimited { delimiter, header } => {
                Inner::Delimited(DelimitedWriter::new(out, delimiter, header, layout)?)
            }
            SheetForm::JsonLines => Inner::Json(JsonWriter::new(out, false, layout)),
            SheetForm::JsonArray => Inner::Json(JsonWriter::new(out, true, layout)),
            #[cfg(not(feature = "parquet"))]
            SheetForm::Parquet => {
                return Err(io::Error::other("this program was built without Parquet"));
            }
            #[cfg(feature = "parquet")]
            SheetForm::Parquet => Inner::Columnar(Box::new(ColumnarWriter::new(out, layout)?)),
        }))
    }

    /// Writes a row of the input, or of none, with the fields behind it.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(
        &mut self,
        row: Option<&Row>,
        replaced: Option<Replaced>,
        cells: &[Cell],
    ) -> io::Result<()> {
        match &mut self.0 {
            Inner::Delimited(sheet) => sheet.write(row, replaced, cells),
            Inner::Json(sheet) => sheet.write(row, replaced, cells),
            #[cfg(feature = "parquet")]
            Inner::Columnar(sheet) => sheet.write(row, replaced, cells),
        }
    }

    /// The writer, which has every row that was written; not in Parquet, which is written in parts.
    ///
    /// # Errors
    /// If it is Parquet.
    pub fn out(&mut self) -> io::Result<&mut W> {
        match &mut self.0 {
            Inner::Delimited(sheet) => Ok(sheet.out()),
            Inner::Json(sheet) => Ok(sheet.out()),
            #[cfg(feature = "parquet")]
            Inner::Columnar(_) => Err(io::Error::other("Parquet is written in parts")),
        }
    }

    /// Completes the file.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(self) -> io::Result<W> {
        match self.0 {
            Inner::Delimited(sheet) => Ok(sheet.finish()),
            Inner::Json(sheet) => sheet.finish(),
            #[cfg(feature = "parquet")]
            Inner::Columnar(sheet) => sheet.finish(),
        }
    }
}

/// A number as it is written everywhere.
pub fn decimals(number: f64) -> String {
    format!("{number:.6}")
}
