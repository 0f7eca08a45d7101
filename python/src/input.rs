//! What callers pass: tables, texts.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyString};
use pyo3_arrow::input::AnyRecordBatch;

/// A table of any library, as Arrow; `rolecall/_tables.py` knows what they are, and says what is none.
pub(crate) struct TableArgument(pub(crate) AnyRecordBatch);

impl<'py> FromPyObject<'_, 'py> for TableArgument {
    type Error = PyErr;

    fn extract(table: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let tables = table.py().import("rolecall._tables")?;
        let arrow = tables.call_method1("as_arrow", (table,))?;
        Ok(Self(arrow.extract()?))
    }
}

/// A text; none for `None` and what else stands for no value in a table: NaN, `pandas.NA`.
pub(crate) struct OptionalText(pub(crate) String);

impl<'py> FromPyObject<'_, 'py> for OptionalText {
    type Error = PyErr;

    fn extract(text: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = text.cast::<PyString>() {
            return Ok(Self(text.to_string()));
        }
        let not_a_number = text.cast::<PyFloat>().is_ok_and(|number| number.value().is_nan());
        let kind = text.get_type().name()?;
        if text.is_none() || not_a_number || kind == "NAType" {
            return Ok(Self(String::new()));
        }
        Err(PyTypeError::new_err(format!(
            "{} of type {kind} is no text: give a str, or None where there is none",
            text.repr()?
        )))
    }
}
