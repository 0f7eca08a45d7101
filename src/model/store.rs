//! Model files, compressed with Zstandard.
//!
//! ```text
//! rolecall-model 8
//! {"tool":"0.1.0","roles":[...],...}
//! the features, serialised with postcard (see [`Features`])
//! BLAKE3 hash of all before, 32 bytes
//! ```
//!
//! This is all that scoring needs, and all of a compact model. Otherwise a second Zstandard frame follows with the
//! training state ([`crate::model::training_state`]), whose BLAKE3 hash is in the header. A model file is data: nothing
//! in it is executed, and every number is checked.

use super::collect::Provenance;
use super::error::ModelError;
use super::features::Features;
use super::format_version::FORMAT;
use super::history::Retrain;
use crate::postings::MODEL_MAGIC as MAGIC;
use crate::roles::RoleSet;
use crate::stacking::base::Base;
use crate::stacking::combination::Combination;
use crate::stacking::summary::Summary;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// Bytes of the largest model, unpacked, without training state.
const MAX_BYTES: u64 = 1 << 30;
/// Most models unpack to fewer bytes than this: the largest buffer that is allocated up front.
const MAX_PREALLOCATED: u64 = 1 << 26;
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

/// Writes a model; `training_state` is compressed, or empty.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(
    header: &Header,
    features: &Features,
    training_state: &[u8],
    mut out: impl Write,
) -> std::io::Result<()> {
    let mut bytes = format!("{MAGIC}{FORMAT}\n{}\n", serde_json::to_string(header)?).into_bytes();
    bytes.extend(features.bytes());
    bytes.extend(blake3::hash(&bytes).as_bytes());
    pack(&bytes, if training_state.is_empty() { LEVEL } else { TRAINING_STATE_LEVEL }, &mut out)?;
    out.write_all(training_state)?;
    out.flush()
}

fn pack(bytes: &[u8], level: i32, out: impl Write) -> std::io::Result<()> {
    let mut packed = zstd::Encoder::new(out, level)?;
    packed.include_checksum(true)?;
    packed.set_pledged_src_size(Some(bytes.len() as u64))?;
    packed.write_all(bytes)?;
    packed.finish().map(drop)
}

/// Reads a model without its training state, and gives the bytes of that, compressed.
///
/// # Errors
/// [`ModelError::Foreign`], [`ModelError::Newer`] or [`ModelError::Corrupt`].
pub(super) fn read(bytes: &[u8]) -> Result<(Header, Features, &[u8]), ModelError> {
    if !bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Err(ModelError::Foreign);
    }
    let corrupt = |what: &str| ModelError::Corrupt(what.to_owned());
    let mut unpacked = Vec::new();
    let decoder =
        zstd::Decoder::with_buffer(bytes).map_err(|e| ModelError::Corrupt(e.to_string()))?;
    let mut decoder = decoder.single_frame().take(MAX_BYTES + 1);
    let result = unpack(&mut decoder, size(bytes), &mut unpacked);
    let following = decoder.into_inner().finish();
    if !unpacked.starts_with(MAGIC.as_bytes()) && (result.is_ok() || unpacked.len() >= MAGIC.len())
    {
        return Err(ModelError::Foreign);
    }
    result.map_err(|e| ModelError::Corrupt(e.to_string()))?;
    if unpacked.len() as u64 > MAX_BYTES {
        return Err(corrupt("it unpacks to more than a gigabyte"));
    }
    let (format, rest) = line(&unpacked[MAGIC.len()..]).ok_or_else(|| corrupt("it ends early"))?;
    let format = str::from_utf8(format).ok().and_then(|format| format.parse().ok());
    let format = format.ok_or_else(|| corrupt("it has no format number"))?;
    if format != FORMAT {
        return Err(ModelError::Newer { format });
    }
    let (rest, hash) = rest.split_last_chunk().ok_or_else(|| corrupt("it ends early"))?;
    if blake3::hash(&unpacked[..unpacked.len() - hash.len()]) != *hash {
        return Err(corrupt("its checksum does not fit its content"));
    }
    let (header, features) = line(rest).ok_or_else(|| corrupt("it ends early"))?;
    let header: Header = serde_json::from_slice(header)
        .map_err(|e| ModelError::Corrupt(format!("its header: {e}")))?;
    let classes = header.roles.len() + header.families.len();
    let features = Features::from_bytes(features, classes)
        .map_err(|what| ModelError::Corrupt(format!("its features: {what}")))?;
    // Of the compressed bytes, because it is checked at every start.
    let hash = (!following.is_empty()).then(|| blake3::hash(following).to_hex().to_string());
    if header.training_state != hash {
        return Err(corrupt("the part that retraining needs does not fit the rest"));
    }
    Ok((header, features, following))
}

/// Splits off the first line.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// The uncompressed size in the header of a frame, or 0 if that is none or more than to allocate up front.
fn size(frame: &[u8]) -> usize {
    let size = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten();
    size.filter(|&size| size <= MAX_PREALLOCATED).unwrap_or(0) as usize
}

/// Decompresses a frame; the expected size is read into a preallocated buffer, which is faster.
fn unpack(packed: &mut impl Read, size: usize, unpacked: &mut Vec<u8>) -> std::io::Result<()> {
    *unpacked = vec![0; size];
    let mut filled = 0;
    while filled < size {
        match packed.read(&mut unpacked[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) => {
                unpacked.truncate(filled);
                return Err(error);
            }
        }
    }
    unpacked.truncate(filled);
    packed.read_to_end(unpacked).map(drop)
}
