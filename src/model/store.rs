//! Model files: an [envelope](super::envelope), whose payload is
//!
//! ```text
//! {"tool":"0.1.0","roles":[...],...}
//! the files of its lexicon, if that is not the one inside the program
//! the features, serialised with postcard (see [`Features`])
//! ```
//!
//! This is all that scoring needs, and all of a compact model. Otherwise a second Zstandard frame follows with the
//! training state ([`crate::model::training_state`]), whose BLAKE3 hash is in the header.

use super::collect::Provenance;
use super::envelope::{Kind, open, seal};
use super::error::ModelError;
use super::features::Features;
use super::history::Retrain;
use crate::roles::RoleSet;
use crate::stacking::base::Base;
use crate::stacking::combination::Combination;
use crate::stacking::summary::Summary;
use serde::{Deserialize, Serialize};
use std::io::Write;

/// Zstandard level of a compact model, which is written once and read often.
const LEVEL: i32 = 19;
/// Zstandard level of a model with training state, which is written often.
pub(super) const TRAINING_STATE_LEVEL: i32 = 3;

/// All of a model but its features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the program that wrote it.
    pub(crate) tool: String,
    /// The roles it tells apart.
    pub(crate) roles: RoleSet,
    /// Hash of the lexicon it was trained with.
    pub lexicon: String,
    /// Size of the files of that lexicon in the model, before compression; 0 if it is the one inside the program.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) lexicon_bytes: usize,
    /// The families of other jobs.
    pub(crate) families: Vec<String>,
    /// Postings counted, by role and then by family of other jobs.
    pub postings: Vec<u32>,
    /// Number of organisations; rows without one count by their text.
    pub(crate) organisations: u64,
    /// BLAKE3 hash of the identities of the rows in sorted order: the same for the same rows in any order. Of a model
    /// that began as a compact one, of the rows added since.
    pub rows_hash: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Its retrains, in order.
    pub(crate) history: Vec<Retrain>,
    /// The compact model that it was retrained from, if it was.
    pub base: Option<Base>,
    /// BLAKE3 hash of the compressed training state; none in a compact model.
    pub(crate) training_state: Option<String>,
    /// Held-out figures and thresholds, by view.
    pub(crate) held_out: Vec<Summary>,
    /// Postings that it could not be tested on, because without their organisations and near copies there is no posting
    /// of some role.
    pub(crate) kept_out: usize,
    /// Logistic regressions from channel scores to probabilities, by view and question.
    pub(crate) combinations: Vec<Combination>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(bytes: &usize) -> bool {
    *bytes == 0
}

/// A model file, read.
pub(super) struct Stored<'b> {
    pub(super) header: Header,
    /// The files of its lexicon; empty if that is the one inside the program.
    pub(super) lexicon: Vec<u8>,
    pub(super) features: Features,
    /// Compressed.
    pub(super) training_state: &'b [u8],
}

/// Writes a model; `lexicon` has the files of its own lexicon, or is empty; `training_state` is compressed, or empty.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(
    header: &Header,
    lexicon: &[u8],
    features: &Features,
    training_state: &[u8],
    mut out: impl Write,
) -> std::io::Result<()> {
    let json = serde_json::to_string(header)?;
    let level = if training_state.is_empty() { LEVEL } else { TRAINING_STATE_LEVEL };
    out.write_all(&seal(Kind::Model, &header.lexicon, level, |payload| {
        writeln!(payload, "{json}")?;
        payload.write_all(lexicon)?;
        payload.write_all(&features.bytes())
    }))?;
    out.write_all(training_state)?;
    out.flush()
}

/// Reads a model, but for its training state.
///
/// # Errors
/// [`ModelError::Foreign`], [`ModelError::Newer`], [`ModelError::Older`] or [`ModelError::Corrupt`].
pub(super) fn read(bytes: &[u8]) -> Result<Stored<'_>, ModelError> {
    let corrupt = |what: &str| ModelError::Corrupt(what.to_owned());
    let (opened, training_state) = open(Kind::Model, bytes)?;
    let payload = opened.payload();
    let end = memchr::memchr(b'\n', payload).ok_or_else(|| corrupt("it ends early"))?;
    let header: Header = serde_json::from_slice(&payload[..end])
        .map_err(|e| ModelError::Corrupt(format!("its header: {e}")))?;
    if header.lexicon != opened.lexicon() {
        return Err(corrupt("its header names another lexicon"));
    }
    let classes = header.roles.len() + header.families.len();
    let rest = payload[end + 1..].split_at_checked(header.lexicon_bytes);
    let (lexicon, features) = rest.ok_or_else(|| corrupt("it ends within its lexicon"))?;
    let features = Features::from_bytes(features, classes)
        .map_err(|what| ModelError::Corrupt(format!("its features: {what}")))?;
    // Of the compressed bytes, because it is checked at every start.
    let hash =
        (!training_state.is_empty()).then(|| blake3::hash(training_state).to_hex().to_string());
    if header.training_state != hash {
        return Err(corrupt("the part that retraining needs does not fit the rest"));
    }
    Ok(Stored { header, lexicon: lexicon.to_vec(), features, training_state })
}
