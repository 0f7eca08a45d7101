//! Writes rows in any format: the columns of the input, and added columns after them.

#[cfg(feature = "parquet")]
mod columnar;
mod delimited;
mod json;
#[cfg(feature = "parquet")]
mod picked;
#[cfg(feature = "excel")]
mod workbook;

use crate::postings::{Row, Types};
#[cfg(feature = "parquet")]
use columnar::ColumnarWriter;
use delimited::DelimitedWriter;
use json::JsonWriter;
use std::io::{self, Write};
use std::ops::Range;
#[cfg(feature = "excel")]
use workbook::WorkbookWriter;

/// Formats of files of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetForm {
    /// Delimited text, with or without a header.
    Delimited {
        /// The delimiter.
        delimiter: u8,
        /// Whether there is a header.
        header: bool,
    },
    /// An object per line.
    JsonLines,
    /// An array of objects.
    JsonArray,
    /// Parquet.
    Parquet,
    /// A workbook of Excel.
    Workbook,
}

impl SheetForm {
    /// Whether it is packed within, so that packing it again gains nothing.
    pub fn is_packed(self) -> bool {
        matches!(self, Self::Parquet | Self::Workbook)
    }
}

/// Type of an added column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// Numbers, with six decimals.
    Number,
    /// Whole numbers.
    Integer,
    /// Lists of texts; joined by semicolons in delimited text.
    List,
    /// The type of the input column of this name, where the output keeps types; text elsewhere.
    OfInput,
}

/// A field of an added column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'c> {
    /// No value.
    Missing,
    /// Text that is protected against formula injection.
    Text(&'c str),
    /// Text of the input, written verbatim.
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

/// Name and type of an added column.
pub type AddedColumn = (String, ColumnType);

/// The columns of a file of rows.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// Names of the columns of the input.
    pub header: Vec<String>,
    /// Its raw header line, if it has one.
    pub head: Option<String>,
    /// Whether delimited records and the header line are copied verbatim.
    pub verbatim: bool,
    /// Number of trailing columns of `header` that are not in the raw rows.
    pub appended: usize,
    /// Types of the input columns, if it has types and they are kept.
    pub schema: Option<Types>,
    /// Name of the input column whose fields are replaced.
    pub rewritten: Option<String>,
    /// The added columns.
    pub added: Vec<AddedColumn>,
    /// Whether columns were chosen: those of the input are among the added ones, and no others come out.
    pub chosen: bool,
    /// The columns of `header` whose place the added ones take; none if they stand behind all.
    pub old_columns: Option<Range<usize>>,
    /// Whether delimited text begins with a byte order mark, as Excel needs it to know UTF-8.
    pub mark: bool,
}

impl Layout {
    /// The numbers of columns of the input before the added ones, and before those behind them.
    fn around_added(&self) -> (usize, usize) {
        let all = self.header.len();
        self.old_columns.as_ref().map_or((all, all), |old| (old.start, old.end))
    }

    /// Sets the input column whose fields are replaced.
    pub fn rewrite(&mut self, name: &str) {
        self.rewritten = Some(name.to_owned());
        // A nested field has no typed column that could be replaced.
        #[cfg(feature = "parquet")]
        self.schema.take_if(|schema| schema.index_of(name).is_err());
    }
}

/// Replacement of a field: column index and text.
pub(crate) type Replaced<'r> = (usize, &'r str);

/// A writer of rows.
pub struct Sheet<W: Write + Send>(Inner<W>);

enum Inner<W: Write + Send> {
    Delimited(DelimitedWriter<W>),
    Json(JsonWriter<W>),
    #[cfg(feature = "parquet")]
    Columnar(Box<ColumnarWriter<W>>),
    #[cfg(feature = "excel")]
    Workbook(Box<WorkbookWriter<W>>),
}

impl<W: Write + Send> Sheet<W> {
    /// Starts a file.
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
            #[cfg(not(feature = "excel"))]
            SheetForm::Workbook => {
                return Err(io::Error::other("this program was built without workbooks"));
            }
            #[cfg(feature = "excel")]
            SheetForm::Workbook => Inner::Workbook(Box::new(WorkbookWriter::new(out, layout)?)),
        }))
    }

    /// Writes the fields of an input row, if any, and the added fields.
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
            #[cfg(feature = "excel")]
            Inner::Workbook(sheet) => sheet.write(row, replaced, cells),
        }
    }

    /// Writes the cells of chosen columns; `row` has the typed values of those of the input.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_chosen(&mut self, row: Option<&Row>, cells: &[Cell]) -> io::Result<()> {
        self.write(row.filter(|_| self.keeps_types()), None, cells)
    }

    fn keeps_types(&self) -> bool {
        match self.0 {
            #[cfg(feature = "parquet")]
            Inner::Columnar(_) => true,
            _ => false,
        }
    }

    /// Number of fields that the form cannot hold as a whole, and that were cut.
    pub fn cut(&self) -> u64 {
        match &self.0 {
            #[cfg(feature = "excel")]
            Inner::Workbook(sheet) => sheet.cut(),
            _ => 0,
        }
    }

    /// The underlying writer, to which every row was written.
    ///
    /// # Errors
    /// For Parquet and workbooks, which are written in parts.
    pub fn out(&mut self) -> io::Result<&mut W> {
        match &mut self.0 {
            Inner::Delimited(sheet) => Ok(sheet.out()),
            Inner::Json(sheet) => Ok(sheet.out()),
            #[cfg(feature = "parquet")]
            Inner::Columnar(_) => Err(io::Error::other("Parquet is written in parts")),
            #[cfg(feature = "excel")]
            Inner::Workbook(_) => Err(io::Error::other("a workbook is written in parts")),
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
            #[cfg(feature = "excel")]
            Inner::Workbook(sheet) => sheet.finish(),
        }
    }
}

/// A number with six decimals, the format of all outputs.
pub fn decimals(number: f64) -> String {
    format!("{number:.6}")
}
