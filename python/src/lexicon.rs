//! Loads the lexicon.

use crate::errors::wrong;
use pyo3::PyResult;
use rolecall::lexicon::Lexicon;
use rolecall::model::{Model, ModelFile};
use std::path::Path;
use std::sync::Arc;

/// The lexicon of a folder, or the embedded one.
pub(crate) fn lexicon_of(folder: Option<&Path>) -> PyResult<Arc<Lexicon>> {
    let lexicon = folder.map_or_else(Lexicon::embedded, Lexicon::from_dir);
    Ok(Arc::new(lexicon.map_err(wrong)?))
}

/// A model from the bytes of its file, and the lexicon it was trained with: that of the folder, or else the one that the
/// model holds, or else the embedded one.
pub(crate) fn model_of(bytes: &[u8], folder: Option<&Path>) -> PyResult<(Model, Arc<Lexicon>)> {
    let file = ModelFile::read(bytes).map_err(wrong)?;
    let own = if folder.is_none() { file.lexicon().map_err(wrong)? } else { None };
    let lexicon = own.map_or_else(|| lexicon_of(folder), |own| Ok(Arc::new(own)))?;
    Ok((file.with(&lexicon).map_err(wrong)?, lexicon))
}

/// Checks that two things were counted with the same lexicon.
pub(crate) fn need_same(one: &Lexicon, other: &Lexicon) -> PyResult<()> {
    if one.hash() == other.hash() {
        return Ok(());
    }
    Err(wrong("these were counted with different lexicons: count all with the same"))
}
