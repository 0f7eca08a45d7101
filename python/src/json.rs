//! Values of the library as Python objects.

use crate::errors::wrong;
use pyo3::prelude::*;
use serde::Serialize;

/// Converts a value to Python objects, through JSON.
pub(crate) fn object<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    let json = serde_json::to_string(value).map_err(wrong)?;
    py.import("json")?.call_method1("loads", (json,))
}
