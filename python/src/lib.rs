//! rolecall for Python: tables in and out through the Arrow PyCapsule interface.

mod audit;
mod audit_steps;
mod collect;
mod columns;
mod counts;
mod errors;
mod input;
mod json;
mod labels;
mod lexicon;
mod model;
mod retrain;
mod suggest;
mod table;
mod threads;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::path::PathBuf;

/// Value of `__reduce__`: `from_bytes`, and its arguments, the bytes and the folder of the lexicon.
type Pickled<'py> = (Bound<'py, PyAny>, (Bound<'py, PyBytes>, Option<PathBuf>));

#[pymodule]
mod _rolecall {
    #[pymodule_export]
    use super::audit::audit;
    #[pymodule_export]
    use super::audit_steps::{AuditPart, PyJoinedAudit};
    #[pymodule_export]
    use super::counts::{Counts, PySums, train};
    #[pymodule_export]
    use super::labels::read_labels;
    #[pymodule_export]
    use super::model::PyModel;
    #[pymodule_export]
    use super::retrain::WorseModelError;
    #[pymodule_export]
    use super::table::Table;

    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "it is what Python calls it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
