//! Loads the lexicon.

use crate::errors::wrong;
use pyo3::PyResult;
use rolecall::lexicon::Lexicon;
use std::path::Path;
use std::sync::Arc;

/// The lexicon of a folder, or the embedded one.
pub(crate) fn lexicon_of(folder: Option<&Path>) -> PyResult<Arc<Lexicon>> {
    let lexicon = folder.map_or_else(Lexicon::embedded, Lexicon::from_dir);
    Ok(Arc::new(lexicon.map_err(wrong)?))
}

/// Checks that two things were counted with the same lexicon.
pub(crate) fn need_same(one: &Lexicon, other: &Lexicon) -> PyResult<()> {
    if one.hash() == other.hash() {
        return Ok(());
    }
    Err(wrong("these were counted with different lexicons: count all with the same"))
}
