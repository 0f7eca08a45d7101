//! The envelope of what rolecall writes for itself to read: models, and what is counted for Python and Spark. It is
//! compressed with Zstandard:
//!
//! ```text
//! rolecall-model 9
//! BLAKE3 hash of the lexicon, in hexadecimal digits
//! the payload
//! BLAKE3 hash of all before, 32 bytes
//! ```
//!
//! What is read is data: nothing in it is executed, and every number is checked.

use super::error::ModelError;
use super::format_version::FORMAT;
use crate::lexicon::Lexicon;
use crate::postings::MODEL_MAGIC;
use std::cmp::Ordering;
use std::fmt::Display;
use std::io::{self, Read, Write};

/// What is in an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A model, without its training state.
    Model,
    /// Labelled postings that were collected.
    Counts,
    /// Counts that are summed by feature.
    Sums,
    /// What machines tell each other of rows that they audit together.
    Audit,
}

/// Most files unpack to fewer bytes than this: the largest buffer that is allocated up front.
const MAX_PREALLOCATED: u64 = 1 << 26;

impl Kind {
    /// What it begins with.
    fn magic(self) -> &'static str {
        match self {
            Self::Model => MODEL_MAGIC,
            Self::Counts => "rolecall-counts ",
            Self::Sums => "rolecall-sums ",
            Self::Audit => "rolecall-audit ",
        }
    }

    /// What it is, for messages.
    fn name(self) -> &'static str {
        match self {
            Self::Model => "a rolecall model",
            Self::Counts => "what rolecall collected",
            Self::Sums => "what rolecall counted",
            Self::Audit => "a step of an audit by rolecall",
        }
    }

    /// The most bytes that it may unpack to.
    fn max_bytes(self) -> u64 {
        match self {
            Self::Model => 1 << 30,
            Self::Counts | Self::Sums | Self::Audit => 1 << 32,
        }
    }

    fn corrupt(self, what: &dyn Display) -> ModelError {
        let what = what.to_string();
        ModelError::Corrupt(match self {
            Self::Model => what,
            Self::Counts | Self::Sums | Self::Audit => format!("{}: {what}", self.name()),
        })
    }
}

/// An envelope that was opened.
pub(super) struct Opened {
    bytes: Vec<u8>,
    /// Offsets of the ends of the first line, of the line of the lexicon, and of the payload.
    ends: [usize; 3],
}

impl Opened {
    /// Hash of the lexicon.
    pub(super) fn lexicon(&self) -> &str {
        str::from_utf8(&self.bytes[self.ends[0] + 1..self.ends[1]]).unwrap_or_default()
    }

    /// The payload.
    pub(super) fn payload(&self) -> &[u8] {
        &self.bytes[self.ends[1] + 1..self.ends[2]]
    }
}

/// Puts a payload into an envelope, at a level of Zstandard.
///
/// # Panics
/// If `payload` fails, which writes to memory.
pub(super) fn seal(
    kind: Kind,
    lexicon: &str,
    level: i32,
    payload: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> Vec<u8> {
    let mut bytes = format!("{}{FORMAT}\n{lexicon}\n", kind.magic()).into_bytes();
    payload(&mut bytes).expect("memory can be written to");
    bytes.extend(blake3::hash(&bytes).as_bytes());
    pack(level, Some(bytes.len() as u64), |out| out.write_all(&bytes))
}

/// Opens an envelope; gives the bytes that follow it, too.
///
/// # Errors
/// [`ModelError::Foreign`], [`ModelError::Newer`], [`ModelError::Older`] or [`ModelError::Corrupt`].
pub(super) fn open(kind: Kind, bytes: &[u8]) -> Result<(Opened, &[u8]), ModelError> {
    if !bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Err(ModelError::Foreign(kind.name()));
    }
    let mut unpacked = Vec::new();
    let decoder = zstd::Decoder::with_buffer(bytes).map_err(|e| kind.corrupt(&e))?;
    let mut decoder = decoder.single_frame().take(kind.max_bytes() + 1);
    let result = unpack(&mut decoder, size(bytes), &mut unpacked);
    let following = decoder.into_inner().finish();
    let magic = kind.magic();
    if !unpacked.starts_with(magic.as_bytes()) && (result.is_ok() || unpacked.len() >= magic.len())
    {
        return Err(ModelError::Foreign(kind.name()));
    }
    result.map_err(|e| kind.corrupt(&e))?;
    if unpacked.len() as u64 > kind.max_bytes() {
        return Err(kind.corrupt(&format!("it unpacks to more than {} bytes", kind.max_bytes())));
    }
    let line_end = |from: usize| {
        let end = memchr::memchr(b'\n', &unpacked[from..]).map(|end| from + end);
        end.ok_or_else(|| kind.corrupt(&"it ends early"))
    };
    let first = line_end(0)?;
    let format = str::from_utf8(&unpacked[magic.len()..first]).ok().and_then(|f| f.parse().ok());
    let format: u32 = format.ok_or_else(|| kind.corrupt(&"it has no format number"))?;
    match format.cmp(&FORMAT) {
        Ordering::Less => return Err(ModelError::Older { format }),
        Ordering::Greater => return Err(ModelError::Newer { format }),
        Ordering::Equal => {}
    }
    let second = line_end(first + 1)?;
    let (sealed, hash) = match unpacked.split_last_chunk() {
        Some((sealed, hash)) if sealed.len() > second => (sealed, hash),
        _ => return Err(kind.corrupt(&"it ends early")),
    };
    if blake3::hash(sealed) != *hash {
        return Err(kind.corrupt(&"its checksum does not fit its content"));
    }
    let ends = [first, second, sealed.len()];
    Ok((Opened { bytes: unpacked, ends }, following))
}

/// Opens an envelope that nothing follows, with the lexicon in use.
///
/// # Errors
/// As [`open`], and [`ModelError::Lexicon`].
pub(super) fn open_with(kind: Kind, bytes: &[u8], used: &Lexicon) -> Result<Opened, ModelError> {
    let (opened, following) = open(kind, bytes)?;
    if !following.is_empty() {
        return Err(kind.corrupt(&"something follows it"));
    }
    if opened.lexicon() != used.hash() {
        return Err(ModelError::other_lexicon(opened.lexicon(), used));
    }
    Ok(opened)
}

/// Deserialises a payload with postcard.
///
/// # Errors
/// [`ModelError::Corrupt`].
pub(super) fn read<'a, T: serde::Deserialize<'a>>(
    kind: Kind,
    payload: &'a [u8],
) -> Result<(T, &'a [u8]), ModelError> {
    postcard::take_from_bytes(payload).map_err(|e| kind.corrupt(&e))
}

/// The error for parts of a payload that do not fit together.
pub(super) fn unfit(kind: Kind) -> ModelError {
    kind.corrupt(&"parts do not fit together")
}

/// Compresses what `write` writes, with its size if that is known.
///
/// # Panics
/// If `write` fails, which writes to memory.
pub(super) fn pack(
    level: i32,
    size: Option<u64>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Vec<u8> {
    let pack = || {
        let mut packed = zstd::Encoder::new(Vec::new(), level)?;
        packed.include_checksum(true)?;
        packed.set_pledged_src_size(size)?;
        write(&mut packed)?;
        packed.finish()
    };
    pack().expect("memory can be written to")
}

/// The uncompressed size in the header of a frame, or 0 if that is none or more than to allocate up front.
fn size(frame: &[u8]) -> usize {
    let size = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten();
    size.filter(|&size| size <= MAX_PREALLOCATED).unwrap_or(0) as usize
}

/// Decompresses a frame; the expected size is read into a preallocated buffer, which is faster.
fn unpack(packed: &mut impl Read, size: usize, unpacked: &mut Vec<u8>) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_opened_and_what_was_changed_is_refused() {
        let sealed =
            |kind, lexicon: &str| seal(kind, lexicon, 1, |bytes| bytes.write_all(b"a\npayload"));
        let bytes = sealed(Kind::Sums, "abc");
        let (opened, following) = open(Kind::Sums, &bytes).expect("it was sealed");
        assert_eq!((opened.lexicon(), opened.payload()), ("abc", &b"a\npayload"[..]));
        assert!(following.is_empty());
        let more = [&bytes[..], b"more"].concat();
        let (_, following) = open(Kind::Sums, &more).expect("it was sealed");
        assert_eq!(following, b"more");
        // Another kind, another lexicon, another byte, a cut.
        assert!(matches!(open(Kind::Counts, &bytes), Err(ModelError::Foreign(_))));
        let lexicon = Lexicon::embedded().expect("it is sound");
        let other = open_with(Kind::Sums, &bytes, &lexicon);
        assert!(matches!(other, Err(ModelError::Lexicon { .. })));
        let more = [&sealed(Kind::Sums, lexicon.hash())[..], b"more"].concat();
        assert!(matches!(open_with(Kind::Sums, &more, &lexicon), Err(ModelError::Corrupt(_))));
        let plain = zstd::decode_all(&*bytes).expect("it was packed");
        for at in 0..plain.len() {
            let mut changed = plain.clone();
            changed[at] ^= 1;
            let changed = zstd::encode_all(&*changed, 1).expect("memory");
            assert!(open(Kind::Sums, &changed).is_err(), "byte {at}");
            let cut = zstd::encode_all(&plain[..at], 1).expect("memory");
            assert!(open(Kind::Sums, &cut).is_err(), "cut at {at}");
        }
    }
}
