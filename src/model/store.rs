//! Model files: text, one feature a line, compressed with Zstandard.
//!
//! ```text
//! rolecall-model 4
//! {"tool":"0.1.0","roles":[...],...}
//! skills<TAB>user_stories<TAB>15<TAB>80<TAB>12<TAB>...<TAB>65535<TAB>16383<TAB>1540<TAB>-210<TAB>...
//! ...
//! end<TAB>BLAKE3 of all lines before
//! ```
//!
//! The numbers of a feature are the postings of each role and of each family of other jobs that show
//! it, then masks of the buckets of organisations that do in small letters: of all postings, and of
//! those of a role; last the weights that were fitted to all of them, by class, in 1024ths of a nat. This
//! is all that scoring needs, and all of a compact model. Otherwise a second Zstandard frame follows with what retraining needs ([`super::workings`]), whose BLAKE3 hash
//! stands in the header. A model file is data: nothing in it is executed, and every number is checked.

use super::ModelError;
use super::collect::Provenance;
use super::combination::Combination;
use super::fit::Base;
use super::retrain::Retrain;
use super::summary::Summary;
use super::weights::{self, STEPS};
use super::workings::Workings;
use crate::evidence::{Channel, FeatureKey};
use crate::roles::RoleSet;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// Raised when older programs could not read a new file.
pub const FORMAT: u32 = 4;
pub(crate) const MAGIC: &str = "rolecall-model ";
/// A file that unpacks to more than this is no model.
const LARGEST: u64 = 1 << 30;
/// So are workings that unpack to more than this.
const LARGEST_WORKINGS: u64 = 1 << 32;
/// A model that is given away is packed once and read often.
const LEVEL: i32 = 19;
/// One that is retrained is written often.
const WORKING_LEVEL: i32 = 3;

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
    pub workings: Option<String>,
    /// How good it was on organisations it had not seen, by view.
    pub held_out: Vec<Summary>,
    /// Channel scores to probabilities, by view and question.
    pub combinations: Vec<Combination>,
}

/// One feature of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoredFeature<'a> {
    /// Its channel.
    pub channel: Channel,
    /// A lexicon id, a word, two words, or what is said of a role's name.
    pub text: &'a str,
    /// Postings that show it, by role and then by family of other jobs.
    pub postings: &'a [u32],
    /// Masks of the buckets of organisations that show it in small letters: in all postings, in those
    /// of a role.
    pub buckets: [u16; 2],
    /// Naive Bayes log-probabilities by class, less their mean over the classes, in nats.
    pub weights: &'a [f64],
}

impl StoredFeature<'_> {
    /// Buckets of organisations that show it in small letters: in all postings, in those of a role.
    pub fn support(&self) -> [u32; 2] {
        self.buckets.map(u16::count_ones)
    }

    /// Its key.
    pub(super) fn key(self) -> FeatureKey {
        FeatureKey::new(self.channel, self.text)
    }

    /// As a line of text that ends with these numbers.
    pub(super) fn line(&self, last: impl IntoIterator<Item = i64>) -> String {
        let numbers = self.postings.iter().map(|&n| i64::from(n)).chain(last);
        let numbers: String = numbers.map(|n| format!("\t{n}")).collect();
        format!("{}\t{}{numbers}\n", self.channel.name(), self.text)
    }
}

/// The features of a model, packed: a model has tens of thousands and is read at every start.
#[derive(Debug, Clone)]
pub(crate) struct Features {
    classes: usize,
    texts: String,
    /// Channel, end of its text, buckets.
    rows: Vec<(Channel, u32, [u16; 2])>,
    /// By feature, then by class.
    postings: Vec<u32>,
    /// By feature, then by class.
    weights: Vec<f64>,
}

impl Features {
    pub(super) fn new(classes: usize) -> Self {
        let (postings, weights) = (Vec::new(), Vec::new());
        Self { classes, texts: String::new(), rows: Vec::new(), postings, weights }
    }

    pub(super) fn push(&mut self, feature: StoredFeature) {
        self.texts.push_str(feature.text);
        self.rows.push((feature.channel, self.texts.len() as u32, feature.buckets));
        self.postings.extend_from_slice(feature.postings);
        self.weights.extend_from_slice(feature.weights);
    }

    /// Where the weights of a feature stand.
    pub(super) fn weights_mut(&mut self, place: usize) -> &mut [f64] {
        &mut self.weights[place * self.classes..][..self.classes]
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, place: usize) -> StoredFeature<'_> {
        let (channel, end, buckets) = self.rows[place];
        let start = place.checked_sub(1).map_or(0, |before| self.rows[before].1);
        StoredFeature {
            channel,
            text: &self.texts[start as usize..end as usize],
            postings: &self.postings[place * self.classes..][..self.classes],
            buckets,
            weights: &self.weights[place * self.classes..][..self.classes],
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

/// Writes a model; `workings` as packed, or empty.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(
    header: &Header,
    features: &Features,
    workings: &[u8],
    mut out: impl Write,
) -> std::io::Result<()> {
    let mut text = format!("{MAGIC}{FORMAT}\n{}\n", serde_json::to_string(header)?);
    for feature in features.iter() {
        let weights = feature.weights.iter().map(|w| (w * STEPS) as i64);
        text.push_str(&feature.line(feature.buckets.map(i64::from).into_iter().chain(weights)));
    }
    let hash = blake3::hash(text.as_bytes()).to_hex();
    text.push_str(&format!("end\t{hash}\n"));
    pack(text.as_bytes(), if workings.is_empty() { LEVEL } else { WORKING_LEVEL }, &mut out)?;
    out.write_all(workings)?;
    out.flush()
}

fn pack(bytes: &[u8], level: i32, out: impl Write) -> std::io::Result<()> {
    let mut packed = zstd::Encoder::new(out, level)?;
    packed.include_checksum(true)?;
    packed.write_all(bytes)?;
    packed.finish().map(drop)
}

/// Packs what retraining needs, and gives the hash of that.
pub(super) fn pack_workings(workings: &Workings) -> (String, Vec<u8>) {
    let bytes = workings.bytes();
    let mut packed = Vec::new();
    pack(&bytes, WORKING_LEVEL, &mut packed).expect("memory can be written to");
    (blake3::hash(&packed).to_hex().to_string(), packed)
}

/// Reads what retraining needs, as packed.
pub(super) fn read_workings(header: &Header, packed: &[u8]) -> Result<Workings, ModelError> {
    let corrupt = |what: String| ModelError::Corrupt(format!("its record of rows: {what}"));
    let mut unpacked = Vec::new();
    let decoder = zstd::Decoder::with_buffer(packed).map_err(|e| corrupt(e.to_string()))?;
    decoder
        .take(LARGEST_WORKINGS)
        .read_to_end(&mut unpacked)
        .map_err(|e| corrupt(e.to_string()))?;
    Workings::from_bytes(&unpacked, [header.roles.len(), header.postings.len()])
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
    let result = decoder.read_to_end(&mut unpacked);
    let following = decoder.into_inner().finish();
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
    let mut numbers = Numbers::new(classes);
    let start = text.len() - rest.len();
    for line in text[start..end].lines() {
        let feature = numbers.read(line).ok_or_else(|| corrupt("a feature's line is not right"))?;
        features.push(feature);
    }
    if !features.rows.is_sorted_by_key(|row| row.0) {
        return Err(corrupt("its features are out of order"));
    }
    // Packed, because this is checked at every start.
    let hash = (!following.is_empty()).then(|| blake3::hash(following).to_hex().to_string());
    if header.workings != hash {
        return Err(corrupt("the part that retraining needs does not fit the rest"));
    }
    Ok((header, features, following))
}

/// Room for the numbers of a feature.
struct Numbers {
    postings: Vec<u32>,
    weights: Vec<f64>,
}

impl Numbers {
    fn new(classes: usize) -> Self {
        Self { postings: vec![0; classes], weights: vec![0.0; classes] }
    }

    /// Reads the line of a feature.
    fn read<'a>(&'a mut self, line: &'a str) -> Option<StoredFeature<'a>> {
        let (channel, rest) = line.split_once('\t')?;
        let channel = Channel::ALL.into_iter().find(|c| c.name() == channel)?;
        let (text, rest) = rest.split_once('\t')?;
        let mut rest = rest.as_bytes();
        for postings in &mut self.postings {
            *postings = number(&mut rest)?.try_into().ok()?;
        }
        let mut buckets = [0; 2];
        for mask in &mut buckets {
            *mask = number(&mut rest)?.try_into().ok()?;
        }
        for weight in &mut self.weights {
            *weight = number(&mut rest)? as f64 / STEPS;
            (weight.abs() <= weights::LARGEST).then_some(())?;
        }
        let Self { postings, weights } = self;
        (rest.is_empty() && is_feature(text)).then_some(StoredFeature {
            channel,
            text,
            postings,
            buckets,
            weights,
        })
    }
}

/// Whether a text can be that of a feature, and stand in a line.
pub(super) fn is_feature(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_control)
}

/// Takes a number of at most ten digits and the tab behind it off the start of a line. Written for this
/// one form, because a model has a million of them.
fn number(rest: &mut &[u8]) -> Option<i64> {
    let negative = rest.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let (mut value, first) = (0, at);
    while let Some(digit) = rest.get(at).filter(|byte| byte.is_ascii_digit() && at < first + 10) {
        value = value * 10 + i64::from(digit - b'0');
        at += 1;
    }
    let tab = match rest.get(at) {
        None => 0,
        Some(b'\t') => 1,
        Some(_) => return None,
    };
    *rest = &rest[at + tab..];
    (at > first).then_some(if negative { -value } else { value })
}
