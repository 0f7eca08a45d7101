//! rolecall for Python: tables in and out through the Arrow PyCapsule interface.

mod collect;
mod columns;
mod counts;
mod errors;
mod lexicon;
mod model;
mod rows;
mod table;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::path::PathBuf;

/// Value of `__reduce__`: `from_bytes`, and its arguments, the bytes and the folder of the lexicon.
type Pickled<'py> = (Bound<'py, PyAny>, (Bound<'py, PyBytes>, Option<PathBuf>));

#[pymodule]
mod _rolecall {
    #[pymodule_export]
    use super::counts::{Counts, PySums, train};
    #[pymodule_export]
    use super::model::{PyModel, audit};
    #[pymodule_export]
    use super::table::Table;
}
