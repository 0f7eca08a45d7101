//! Model files: text, one feature a line, compressed with Zstandard.
//!
//! ```text
//! rolecall-model 1
//! {"tool":"0.1.0","roles":[...],...}
//! skills<TAB>user_stories<TAB>15<TAB>80<TAB>12<TAB>96<TAB>16<TAB>14
//! ...
//! end<TAB>BLAKE3 of all lines before
//! ```
//!
//! The numbers of a feature are the postings of each role and of each family of other jobs that show
//! it, then the buckets of organisations that do in small letters: of all postings, and of those of
//! a role. A model file is data: nothing in it is executed, and every number is checked.

use super::ModelError;
use super::combination::Combination;
use super::summary::Summary;
use super::train::Provenance;
use crate::evidence::Channel;
use crate::roles::RoleSet;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// Raised when older programs could not read a new file.
pub const FORMAT: u32 = 1;
const MAGIC: &str = "rolecall-model ";
/// A file that unpacks to more than this is no model.
const LARGEST: u64 = 1 << 30;
const LEVEL: i32 = 19;

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
    /// Where it comes from.
    pub provenance: Provenance,
    /// How good it was on organisations it had not seen, by view.
    pub held_out: Vec<Summary>,
    /// Channel scores to probabilities, by view and question.
    pub combinations: Vec<Combination>,
}

/// One feature of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredFeature<'a> {
    /// Its channel.
    pub channel: Channel,
    /// A lexicon id, a word, two words, or what is said of a role's name.
    pub text: &'a str,
    /// Postings that show it, by role and then by family of other jobs.
    pub postings: &'a [u32],
    /// Buckets of organisations that show it in small letters: in all postings, in those of a role.
    pub support: [u32; 2],
}

impl StoredFeature<'_> {
    /// As a line of text.
    pub(super) fn line(&self) -> String {
        let numbers = self.postings.iter().chain(&self.support).map(|n| format!("\t{n}"));
        format!("{}\t{}{}\n", self.channel.name(), self.text, numbers.collect::<String>())
    }
}

/// The features of a model, packed: a model has tens of thousands and is read at every start.
#[derive(Debug, Clone)]
pub(crate) struct Features {
    classes: usize,
    texts: String,
    /// Channel, end of its text, support.
    rows: Vec<(Channel, u32, [u32; 2])>,
    /// By feature, then by class.
    postings: Vec<u32>,
}

impl Features {
    pub(super) fn new(classes: usize) -> Self {
        Self { classes, texts: String::new(), rows: Vec::new(), postings: Vec::new() }
    }

    pub(super) fn push(&mut self, feature: StoredFeature) {
        self.texts.push_str(feature.text);
        self.rows.push((feature.channel, self.texts.len() as u32, feature.support));
        self.postings.extend_from_slice(feature.postings);
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, place: usize) -> StoredFeature<'_> {
        let (channel, end, support) = self.rows[place];
        let start = place.checked_sub(1).map_or(0, |before| self.rows[before].1);
        StoredFeature {
            channel,
            text: &self.texts[start as usize..end as usize],
            postings: &self.postings[place * self.classes..][..self.classes],
            support,
        }
    }

    /// The places of the features of a channel; features are sorted by channel.
    pub(crate) fn of_channel(&self, channel: Channel) -> std::ops::Range<usize> {
        let start = self.rows.partition_point(|row| row.0 < channel);
        start..self.rows.partition_point(|row| row.0 <= channel)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = StoredFeature<'_>> {
        (0..self.len()).map(|place| self.get(place))
    }
}

/// Writes a model.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(header: &Header, features: &Features, out: impl Write) -> std::io::Result<()> {
    let mut text = format!("{MAGIC}{FORMAT}\n{}\n", serde_json::to_string(header)?);
    for feature in features.iter() {
        text.push_str(&feature.line());
    }
    let hash = blake3::hash(text.as_bytes()).to_hex();
    text.push_str(&format!("end\t{hash}\n"));
    let mut packed = zstd::Encoder::new(out, LEVEL)?;
    packed.include_checksum(true)?;
    packed.write_all(text.as_bytes())?;
    packed.finish()?.flush()
}

/// Reads a model.
///
/// # Errors
/// [`ModelError::Foreign`], [`ModelError::Newer`] or [`ModelError::Corrupt`].
pub(super) fn read(bytes: &[u8]) -> Result<(Header, Features), ModelError> {
    if !bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Err(ModelError::Foreign);
    }
    let corrupt = |what: &str| ModelError::Corrupt(what.to_owned());
    let mut unpacked = Vec::new();
    let decoder =
        zstd::Decoder::with_buffer(bytes).map_err(|e| ModelError::Corrupt(e.to_string()))?;
    let result = decoder.take(LARGEST + 1).read_to_end(&mut unpacked);
    if !unpacked.starts_with(MAGIC.as_bytes()) && (result.is_ok() || unpacked.len() >= MAGIC.len())
    {
        return Err(ModelError::Foreign);
    }
    result.map_err(|e| ModelError::Corrupt(e.to_string()))?;
    if unpacked.len() as u64 > LARGEST {
        return Err(corrupt("it unpacks to more than a gigabyte"));
    }
    let text = std::str::from_utf8(&unpacked).map_err(|_| corrupt("it is not text"))?;
    let (format, rest) =
        text[MAGIC.len()..].split_once('\n').ok_or_else(|| corrupt("it ends early"))?;
    let format: u32 = format.parse().map_err(|_| corrupt("it has no format number"))?;
    if format != FORMAT {
        return Err(ModelError::Newer { format });
    }
    let end = text.rfind("end\t").ok_or_else(|| corrupt("its last line is missing"))?;
    if text[end + 4..].trim_end() != blake3::hash(&text.as_bytes()[..end]).to_hex().as_str() {
        return Err(corrupt("its checksum does not fit its content"));
    }
    let (header, rest) = rest.split_once('\n').ok_or_else(|| corrupt("it ends early"))?;
    let header: Header = serde_json::from_str(header)
        .map_err(|e| ModelError::Corrupt(format!("its header: {e}")))?;
    let classes = header.roles.len() + header.families.len();
    let mut features = Features::new(classes);
    let mut numbers = vec![0; classes + 2];
    let start = text.len() - rest.len();
    for line in text[start..end].lines() {
        let feature =
            feature(line, &mut numbers).ok_or_else(|| corrupt("a feature's line is not right"))?;
        features.push(feature);
    }
    if !features.rows.is_sorted_by_key(|row| row.0) {
        return Err(corrupt("its features are out of order"));
    }
    Ok((header, features))
}

/// Reads the line of a feature; `numbers` is room for exactly its numbers.
fn feature<'a>(line: &'a str, numbers: &'a mut [u32]) -> Option<StoredFeature<'a>> {
    let (channel, rest) = split_at_tab(line)?;
    let channel = Channel::ALL.into_iter().find(|c| c.name() == channel)?;
    let (text, mut rest) = split_at_tab(rest)?;
    let (last, others) = numbers.split_last_mut()?;
    for number in others {
        let (field, after) = split_at_tab(rest)?;
        *number = field.parse().ok()?;
        rest = after;
    }
    *last = rest.parse().ok()?;
    let (postings, support) = numbers.split_at(numbers.len() - 2);
    Some(StoredFeature { channel, text, postings, support: [support[0], support[1]] })
}

fn split_at_tab(text: &str) -> Option<(&str, &str)> {
    let at = text.bytes().position(|b| b == b'\t')?;
    Some((&text[..at], &text[at + 1..]))
}
