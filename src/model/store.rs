//! Model files, compressed with Zstandard.
//!
//! ```text
//! rolecall-model 7
//! {"tool":"0.1.0","roles":[...],...}
//! the features in the form of postcard (see [`Features`])
//! BLAKE3 of all before, in 32 bytes
//! ```
//!
//! This is all that scoring needs, and all of a compact model. Otherwise a second Zstandard frame follows
//! with what retraining needs ([`crate::model::training_state`]), whose BLAKE3 hash stands in the header. A model file
//! is data: nothing in it is executed, and every number is checked.

use super::collect::Provenance;
use super::error::ModelError;
use super::features::Features;
use super::format::FORMAT;
use super::history::Retrain;
use crate::postings::MODEL_MAGIC as MAGIC;
use crate::roles::RoleSet;
use crate::stacking::base::Base;
use crate::stacking::combination::Combination;
use crate::stacking::summary::Summary;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// A file that unpacks to more than this is no model.
const LARGEST: u64 = 1 << 30;
/// Most unpack to less than this.
const LIKELY: u64 = 1 << 26;
/// A model that is given away is packed once and read often.
const LEVEL: i32 = 19;
/// One that is retrained is written often.
pub(super) const TRAINING_STATE_LEVEL: i32 = 3;

/// All of a model but its features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the program that wrote it.
    pub tool: String,
    /// The roles it tells apart.
    pub roles: RoleSet,
    /// Hash of the lexicon it was trained with.
    pub lexicon: String,
    /// The families of other jobs.
    pub families: Vec<String>,
    /// Postings counted, by role and then by family of other jobs.
    pub postings: Vec<u32>,
    /// Organisations, where a row without one counts as its own.
    pub organisations: u64,
    /// BLAKE3 hash of the identities of the rows in sorted order: the same for the same rows in any
    /// order. Of a model that began as a compact one, of the rows added since.
    pub rows_hash: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What it was retrained with since, in order.
    pub history: Vec<Retrain>,
    /// What it began as, if that was a compact model.
    pub base: Option<Base>,
    /// BLAKE3 hash of what retraining needs, as packed; none in a compact model.
    pub training_state: Option<String>,
    /// How good it was on organisations it had not seen, by view.
    pub held_out: Vec<Summary>,
    /// Postings that it could not be tried on, because without their organisations and near copies there is no
    /// posting of some role.
    pub kept_out: usize,
    /// Channel scores to probabilities, by view and question.
    pub combinations: Vec<Combination>,
}

/// Writes a model; `training_state` as packed, or empty.
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

/// Reads a model but for what retraining needs, and gives the bytes that follow.
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
    let mut decoder = decoder.single_frame().take(LARGEST + 1);
    let result = unpack(&mut decoder, size(bytes), &mut unpacked);
    let following = decoder.into_inner().finish();
    if !unpacked.starts_with(MAGIC.as_bytes()) && (result.is_ok() || unpacked.len() >= MAGIC.len())
    {
        return Err(ModelError::Foreign);
    }
    result.map_err(|e| ModelError::Corrupt(e.to_string()))?;
    if unpacked.len() as u64 > LARGEST {
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
    // Packed, because this is checked at every start.
    let hash = (!following.is_empty()).then(|| blake3::hash(following).to_hex().to_string());
    if header.training_state != hash {
        return Err(corrupt("the part that retraining needs does not fit the rest"));
    }
    Ok((header, features, following))
}

/// The first line, and what follows.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// The size that a frame says it unpacks to, if it is one to make room for held-out.
fn size(frame: &[u8]) -> usize {
    let size = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten();
    size.filter(|&size| size <= LIKELY).unwrap_or(0) as usize
}

/// Unpacks a whole frame, which is quicker at once than bit by bit.
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
