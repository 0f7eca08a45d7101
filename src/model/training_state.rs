//! The training state: what exact retraining needs and scoring does not. It has the count matrix, the held-out scores
//! of a sample of the rows, and the header before each retrain. It is the second part of a model file.

use super::error::ModelError;
use super::features::{Features, is_feature};
use super::store::{Header, TRAINING_STATE_LEVEL};
use crate::bayes::scores::Scores;
use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_count::{ClassCount, SLOTS_PER_CLASS};
use crate::evidence::{Channel, FeatureKey};
use crate::examples::identity::{BUCKETS, RowId};
use crate::examples::near_copies::NearKeys;
use crate::holdout::leave_group_out::HeldOutRow;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io::{self, BufWriter, Read, Write};

/// Rows whose held-out scores are stored: those with the smallest hashes of their text, a random sample that stays one
/// when rows are added, removed or merged.
const SAMPLE_ROWS: usize = 1 << 14;

/// The largest hash in the sample of rows with these hashes of texts.
pub(crate) fn sample_cut(texts: impl Iterator<Item = u64>) -> u64 {
    let mut texts: Vec<u64> = texts.collect();
    if texts.len() <= SAMPLE_ROWS {
        return u64::MAX;
    }
    *texts.select_nth_unstable(SAMPLE_ROWS - 1).1
}

/// What retraining needs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct TrainingState {
    pub(crate) matrix: CountMatrix,
    /// The largest hash of a text in the sample.
    pub(crate) cut: u64,
    /// In the order of the rows.
    pub(crate) sample: Vec<HeldOutRow>,
    /// The header of the model before each retrain of its history.
    pub(crate) before: Vec<Header>,
}

impl TrainingState {
    /// The training state of a compact model, whose rows are not known: its counts in the slot for an unknown bucket,
    /// and in each bucket of the support mask of a feature a plain count of 1 without a posting.
    pub(crate) fn of_compact(features: &Features, roles: usize) -> Self {
        let mut matrix = CountMatrix::default();
        let mut keys: Vec<(FeatureKey, usize)> = (0..features.len())
            .map(|i| (FeatureKey::new(features.get(i).channel, features.get(i).text), i))
            .collect();
        keys.sort_unstable();
        for (key, index) in keys {
            let feature = features.get(index);
            let mut class_counts = Vec::new();
            for (class, &postings) in feature.postings.iter().enumerate() {
                // The mask of the roles is stored with the first role, the rest of it with the first family.
                let mask = match class {
                    0 => feature.buckets[1],
                    c if c == roles => feature.buckets[0] & !feature.buckets[1],
                    _ => 0,
                };
                let slot = |bucket: usize| (class * SLOTS_PER_CLASS + bucket) as u16;
                let buckets = (0..BUCKETS).filter(|b| mask & (1 << b) != 0);
                class_counts.extend(buckets.map(|b| ClassCount {
                    slot: slot(b),
                    postings: 0,
                    plain: 1,
                }));
                class_counts.push(ClassCount { slot: slot(BUCKETS), postings, plain: 0 });
            }
            matrix.push(key, Some(feature.text), class_counts);
        }
        Self { matrix, cut: u64::MAX, ..Self::default() }
    }

    /// Adds rows to the sample, and shrinks it to its size.
    pub(crate) fn add_to_sample(&mut self, rows: impl IntoIterator<Item = HeldOutRow>) {
        self.sample.extend(rows);
        self.sample.retain(|r| r.row.text <= self.cut);
        self.cut = self.cut.min(sample_cut(self.sample.iter().map(|r| r.row.text)));
        self.sample.retain(|r| r.row.text <= self.cut);
        self.sample.sort_by_key(|r| r.row);
    }

    /// Removes rows from the sample; of equal rows the last.
    pub(crate) fn remove_from_sample(&mut self, rows: &[RowId]) {
        let mut removed = rows.iter().rev().peekable();
        self.sample.reverse();
        self.sample.retain(|r| {
            while removed.next_if(|row| **row > r.row).is_some() {}
            removed.next_if(|row| **row == r.row).is_none()
        });
        self.sample.reverse();
    }

    /// Writes it in the format of [`Stored`].
    ///
    /// # Errors
    /// Those of the writer.
    pub(crate) fn write(&self, mut out: impl Write) -> io::Result<()> {
        write_features(&self.matrix, &mut out)?;
        self.write_rows(&mut out)?;
        out.flush()
    }

    /// Writes the columns of the rows in [`Stored`], and the headers.
    fn write_rows(&self, mut out: impl Write) -> io::Result<()> {
        let rows = &self.matrix.rows;
        let bytes = |of: fn(&RowId) -> u64| -> Vec<u8> {
            rows.iter().flat_map(|row| of(row).to_le_bytes()).collect()
        };
        let mut next = 0;
        let row_index = |r: &HeldOutRow| {
            next += rows[next..].partition_point(|row| *row < r.row);
            next += 1;
            (next - 1) as u32
        };
        put(&bytes(|row| row.organisation), &mut out)?;
        put(&bytes(|row| row.text), &mut out)?;
        put(&rows.iter().map(|row| row.title).collect::<Vec<_>>(), &mut out)?;
        put(&rows.iter().map(|row| row.class).collect::<Vec<_>>(), &mut out)?;
        put(&rows.iter().flat_map(|row| row.near.bytes()).collect::<Vec<_>>(), &mut out)?;
        put(&self.cut, &mut out)?;
        put(&self.sample.iter().map(row_index).collect::<Vec<_>>(), &mut out)?;
        put(&self.sample.iter().flat_map(|r| r.scores.numbers()).collect::<Vec<_>>(), &mut out)?;
        let before = self.before.iter().map(serde_json::to_string);
        put(&before.collect::<Result<Vec<_>, _>>()?, &mut out)
    }

    /// From bytes; `sizes` are the numbers of roles and of classes.
    pub(crate) fn from_bytes(bytes: &[u8], sizes: [usize; 2]) -> Result<Self, ModelError> {
        let corrupt = |what: &str| ModelError::Corrupt(format!("its record of rows: {what}"));
        let stored: Stored = postcard::from_bytes(bytes).map_err(|e| corrupt(&e.to_string()))?;
        stored.training_state(sizes).ok_or_else(|| corrupt("parts do not fit together"))
    }
}

/// Writes the columns of the features in [`Stored`].
fn write_features(matrix: &CountMatrix, mut out: impl Write) -> io::Result<()> {
    let (named, unnamed): (Vec<u32>, Vec<u32>) =
        (0..matrix.len() as u32).partition(|&index| matrix.feature(index).1.is_some());
    let channel = |index: u32| matrix.feature(index).0.channel();
    let of_channel = |c| named.iter().filter(|&&index| channel(index) == c).count() as u32;
    let counts = Channel::ALL.map(of_channel).to_vec();
    let order = [by_text(matrix, &named), unnamed].concat();
    drop(named);
    // One pass over the features, for all columns: in this order they are cache misses.
    let parts: Vec<EncodedFeatures> = order
        .par_chunks(ENCODE_CHUNK)
        .map(|indices| EncodedFeatures::new(matrix, indices))
        .collect();
    let class_counts = parts.iter().map(|part| part.class_counts).sum();
    let bytes = |of: fn(&EncodedFeatures) -> &Vec<u8>| parts.iter().map(of);
    put(&counts, &mut out)?;
    // Each with its length: in numbers, or in bytes for columns of bytes.
    for (of, numbers) in [
        (bytes(|part| &part.texts), None),
        (bytes(|part| &part.keys), None),
        (bytes(|part| &part.counts), Some(order.len())),
        (bytes(|part| &part.slots), Some(class_counts)),
        (bytes(|part| &part.postings), Some(class_counts)),
        (bytes(|part| &part.plain), Some(class_counts)),
    ] {
        put(&numbers.unwrap_or_else(|| of.clone().map(Vec::len).sum()), &mut out)?;
        of.into_iter().try_for_each(|bytes| out.write_all(bytes))?;
    }
    Ok(())
}

/// Features that are encoded together.
const ENCODE_CHUNK: usize = 1 << 14;

/// Sorts the indices of features with a text by channel and text.
fn by_text(matrix: &CountMatrix, named: &[u32]) -> Vec<u32> {
    let feature = |index: u32| {
        let (key, text, _) = matrix.feature(index);
        (key.channel(), text.unwrap_or_default())
    };
    // The first eight bytes as an integer decide most comparisons without a cache miss.
    let mut sorted: Vec<(u64, u32)> = named
        .iter()
        .map(|&index| {
            let text = feature(index).1.as_bytes();
            let mut first = [0; size_of::<u64>()];
            let length = text.len().min(first.len());
            first[..length].copy_from_slice(&text[..length]);
            (u64::from_be_bytes(first), index)
        })
        .collect();
    // Those of a channel are adjacent already.
    for of_channel in sorted.chunk_by_mut(|a, b| feature(a.1).0 == feature(b.1).0) {
        of_channel.par_sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| feature(a.1).1.cmp(feature(b.1).1))
        });
    }
    sorted.into_iter().map(|(_, index)| index).collect()
}

/// Features in the columns of [`Stored`], encoded.
#[derive(Default)]
struct EncodedFeatures {
    texts: Vec<u8>,
    keys: Vec<u8>,
    counts: Vec<u8>,
    slots: Vec<u8>,
    postings: Vec<u8>,
    plain: Vec<u8>,
    class_counts: usize,
}

impl EncodedFeatures {
    fn new(matrix: &CountMatrix, indices: &[u32]) -> Self {
        let mut encoded = Self::default();
        for &index in indices {
            let (key, text, class_counts) = matrix.feature(index);
            match text {
                Some(text) => {
                    encoded.texts.extend_from_slice(text.as_bytes());
                    encoded.texts.push(b'\n');
                }
                None => encoded.keys.extend(key.number().to_le_bytes()),
            }
            put_varint(class_counts.len() as u32, &mut encoded.counts);
            for class_count in class_counts {
                put_varint(class_count.slot.into(), &mut encoded.slots);
                put_varint(class_count.postings, &mut encoded.postings);
                put_varint(class_count.plain, &mut encoded.plain);
            }
            encoded.class_counts += class_counts.len();
        }
        encoded
    }
}

/// Writes a varint as postcard does: seven bits a byte, the lowest first, the highest bit set in all but the last.
fn put_varint(mut number: u32, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn put<T: Serialize + ?Sized>(what: &T, out: &mut impl Write) -> io::Result<()> {
    postcard::to_io(what, out).map(drop).map_err(io::Error::other)
}

/// The serialised form: in columns, which compress better. Hashes are plain bytes, because they do not compress.
#[derive(Deserialize)]
struct Stored {
    /// Features with a text, by channel.
    named: Vec<u32>,
    /// Their texts, a line each, sorted within a channel.
    texts: String,
    /// Keys of the other features, sorted.
    unnamed: Vec<u8>,
    /// Number of class counts of each feature, those with a text first.
    class_counts: Vec<u16>,
    slots: Vec<u16>,
    postings: Vec<u32>,
    plain: Vec<u32>,
    organisations: Vec<u8>,
    row_texts: Vec<u8>,
    titles: Vec<u32>,
    classes: Vec<u16>,
    /// Near-copy keys, row by row.
    near: Vec<u8>,
    cut: u64,
    /// Indices of the sampled rows among the rows.
    sampled: Vec<u32>,
    /// Their scores, row by row.
    scores: Vec<i32>,
    /// Headers as JSON.
    before: Vec<String>,
}

impl Stored {
    fn training_state(self, sizes: [usize; 2]) -> Option<TrainingState> {
        let matrix = self.matrix(sizes[1])?;
        let width = Scores::width(sizes);
        if self.scores.len() != width * self.sampled.len() {
            return None;
        }
        let sample =
            self.sampled.iter().zip(self.scores.chunks_exact(width)).map(|(&index, numbers)| {
                let scores = Scores::from_numbers(numbers, sizes)?;
                Some(HeldOutRow { row: *matrix.rows.get(index as usize)?, scores })
            });
        let sample: Vec<HeldOutRow> = sample.collect::<Option<_>>()?;
        let before = self.before.iter().map(|h| serde_json::from_str(h).ok());
        let before = before.collect::<Option<_>>()?;
        sample.is_sorted_by_key(|r| r.row).then_some(TrainingState {
            cut: self.cut,
            matrix,
            sample,
            before,
        })
    }

    /// The count matrix, if its columns are consistent.
    fn matrix(&self, classes: usize) -> Option<CountMatrix> {
        let mut class_counts = self.slots.iter().zip(&self.postings).zip(&self.plain).map(
            |((&slot, &postings), &plain)| {
                ((slot as usize) < classes * SLOTS_PER_CLASS).then_some(ClassCount {
                    slot,
                    postings,
                    plain,
                })
            },
        );
        let mut counts = self.class_counts.iter();
        let mut of_feature = || -> Option<Vec<ClassCount>> {
            let count = *counts.next()?;
            let counted: Vec<ClassCount> =
                class_counts.by_ref().take(count as usize).collect::<Option<_>>()?;
            let complete = counted.len() == count as usize && count > 0;
            (complete && counted.is_sorted_by(|a, b| a.slot < b.slot)).then_some(counted)
        };
        let mut features: Vec<(FeatureKey, Option<&str>, Vec<ClassCount>)> = Vec::new();
        let mut texts = self.texts.lines();
        for (channel, &count) in Channel::ALL.into_iter().zip(&self.named) {
            for text in texts.by_ref().take(count as usize) {
                features.push((FeatureKey::new(channel, text), Some(text), of_feature()?));
            }
        }
        for number in hashes(&self.unnamed)? {
            features.push((FeatureKey::from_number(number)?, None, of_feature()?));
        }
        let rest =
            texts.next().is_some() || counts.next().is_some() || class_counts.next().is_some();
        features.sort_unstable_by_key(|f| f.0);
        if rest || !features.is_sorted_by(|a, b| a.0 < b.0) {
            return None;
        }
        let mut matrix = CountMatrix::default();
        for (key, text, class_counts) in features {
            let named = text.is_some() == class_counts.iter().any(|c| c.plain > 0);
            (named && text.is_none_or(is_feature)).then(|| matrix.push(key, text, class_counts))?;
        }
        matrix.rows = self.rows(classes)?;
        Some(matrix)
    }

    /// The rows, if they are sorted and their columns have one length.
    fn rows(&self, classes: usize) -> Option<Vec<RowId>> {
        let (organisations, texts) = (hashes(&self.organisations)?, hashes(&self.row_texts)?);
        let row_of = |class| RowId::new(0, 0, 0, class);
        let (near, rest) = self.near.as_chunks::<{ NearKeys::BYTES }>();
        let same = [texts.len(), self.titles.len(), self.classes.len(), near.len()];
        if same != [organisations.len(); 4]
            || !rest.is_empty()
            || self.classes.iter().any(|&class| row_of(class).class() >= classes)
        {
            return None;
        }
        let rows = organisations.iter().zip(&texts).zip(&self.titles).zip(&self.classes).zip(near);
        let row = |((((&organisation, &text), &title), &class), near)| {
            RowId::new(organisation, text, title, class).with_near(NearKeys::from_bytes(near))
        };
        let rows: Vec<RowId> = rows.map(row).collect();
        rows.is_sorted().then_some(rows)
    }
}

/// Hashes from little-endian bytes, if these are a multiple of eight.
fn hashes(bytes: &[u8]) -> Option<Vec<u64>> {
    let (chunks, rest) = bytes.as_chunks();
    rest.is_empty().then(|| chunks.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect())
}

/// Bytes of the largest training state, unpacked.
const LARGEST_TRAINING_STATE: u64 = 1 << 32;

/// Compresses the training state; gives the BLAKE3 hash of the compressed bytes too.
pub(super) fn pack_training_state(training_state: &TrainingState) -> (String, Vec<u8>) {
    let pack = || -> std::io::Result<Vec<u8>> {
        let mut packed = zstd::Encoder::new(Vec::new(), TRAINING_STATE_LEVEL)?;
        packed.include_checksum(true)?;
        training_state.write(BufWriter::new(&mut packed))?;
        packed.finish()
    };
    let packed = pack().expect("memory can be written to");
    (blake3::hash(&packed).to_hex().to_string(), packed)
}

/// Reads a compressed training state.
pub(super) fn read_training_state(
    header: &Header,
    packed: &[u8],
) -> Result<TrainingState, ModelError> {
    let corrupt = |what: String| ModelError::Corrupt(format!("its record of rows: {what}"));
    let mut unpacked = Vec::new();
    let decoder = zstd::Decoder::with_buffer(packed).map_err(|e| corrupt(e.to_string()))?;
    decoder
        .take(LARGEST_TRAINING_STATE)
        .read_to_end(&mut unpacked)
        .map_err(|e| corrupt(e.to_string()))?;
    TrainingState::from_bytes(&unpacked, [header.roles.len(), header.postings.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_in_lower_case_has_a_text() {
        let sizes = [3, 16];
        let empty = || -> Stored {
            let mut bytes = Vec::new();
            TrainingState::default().write(&mut bytes).expect("memory can be written to");
            postcard::from_bytes(&bytes).expect("what was written can be read")
        };
        let of_word = |texts: &str| Stored {
            named: vec![0, 1, 0, 0, 0],
            texts: texts.to_owned(),
            class_counts: vec![1],
            slots: vec![0],
            postings: vec![1],
            plain: vec![1],
            ..empty()
        };
        assert!(of_word("word\n").training_state(sizes).is_some());
        assert!(of_word("\n").training_state(sizes).is_none());
        assert!(of_word("two\twords\n").training_state(sizes).is_none());
    }
}
