//! The training state: what exact retraining needs and scoring does not. It has the count matrix, the held-out scores
//! of a sample of the rows, and the header before each retrain. It is the second part of a model file.

use super::envelope::pack;
use super::error::ModelError;
use super::feature_texts::FeatureTexts;
use super::features::Features;
use super::store::{Header, TRAINING_STATE_LEVEL};
use crate::bayes::scores::Scores;
use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_count::{ClassCount, SLOTS_PER_CLASS};
use crate::evidence::FeatureKey;
use crate::examples::identity::{BUCKETS, RowId};
use crate::examples::near_copies::NearKeys;
use crate::holdout::leave_group_out::HeldOutRow;
use rayon::prelude::*;
use serde::{Deserialize, Serialize, Serializer};
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
        let features = EncodedFeatures::new(&self.matrix);
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
        let before = self.before.iter().map(serde_json::to_string);
        let stored = Stored {
            texts: features.texts,
            unnamed: &features.columns.keys,
            class_counts: &features.columns.counts,
            slots: &features.columns.slots,
            postings: &features.columns.postings,
            plain: &features.columns.plain,
            organisations: &bytes(|row| row.organisation),
            row_texts: &bytes(|row| row.text),
            titles: rows.iter().map(|row| row.title).collect(),
            classes: rows.iter().map(|row| row.class).collect(),
            near: &rows.iter().flat_map(|row| row.near.bytes()).collect::<Vec<_>>(),
            cut: self.cut,
            sampled: self.sample.iter().map(row_index).collect(),
            scores: self.sample.iter().flat_map(|r| r.scores.numbers()).collect(),
            before: before.collect::<Result<_, _>>()?,
        };
        postcard::to_io(&stored, &mut out).map_err(io::Error::other)?;
        out.flush()
    }

    /// From bytes; `sizes` are the numbers of roles and of classes.
    pub(crate) fn from_bytes(bytes: &[u8], sizes: [usize; 2]) -> Result<Self, ModelError> {
        let corrupt = |what: &str| ModelError::Corrupt(format!("its record of rows: {what}"));
        let stored: Stored = postcard::from_bytes(bytes).map_err(|e| corrupt(&e.to_string()))?;
        stored.training_state(sizes).ok_or_else(|| corrupt("parts do not fit together"))
    }
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

/// The features of a matrix in the columns of [`Stored`].
struct EncodedFeatures {
    texts: FeatureTexts,
    columns: FeatureColumns,
}

impl EncodedFeatures {
    fn new(matrix: &CountMatrix) -> Self {
        let (named, unnamed): (Vec<u32>, Vec<u32>) =
            (0..matrix.len() as u32).partition(|&index| matrix.feature(index).1.is_some());
        let named = by_text(matrix, &named);
        let mut texts = FeatureTexts::default();
        for &index in &named {
            let (key, text, _) = matrix.feature(index);
            texts.push(key.channel(), text.unwrap_or_default());
        }
        // One pass over the features, for all columns: in this order they are cache misses.
        let mut parts: Vec<FeatureColumns> = [named, unnamed]
            .concat()
            .par_chunks(ENCODE_CHUNK)
            .map(|indices| FeatureColumns::new(matrix, indices))
            .collect();
        let mut columns = FeatureColumns::default();
        for column in FeatureColumns::ALL {
            for part in &mut parts {
                column(&mut columns).append(column(part));
            }
        }
        Self { texts, columns }
    }
}

/// Columns of features, encoded: keys in eight bytes, the others as varints.
#[derive(Default)]
struct FeatureColumns {
    keys: Vec<u8>,
    counts: Vec<u8>,
    slots: Vec<u8>,
    postings: Vec<u8>,
    plain: Vec<u8>,
}

impl FeatureColumns {
    const ALL: [fn(&mut Self) -> &mut Vec<u8>; 5] = [
        |columns| &mut columns.keys,
        |columns| &mut columns.counts,
        |columns| &mut columns.slots,
        |columns| &mut columns.postings,
        |columns| &mut columns.plain,
    ];

    fn new(matrix: &CountMatrix, indices: &[u32]) -> Self {
        let mut columns = Self::default();
        for &index in indices {
            let (key, text, class_counts) = matrix.feature(index);
            if text.is_none() {
                columns.keys.extend(key.number().to_le_bytes());
            }
            put_varint(class_counts.len() as u32, &mut columns.counts);
            for class_count in class_counts {
                put_varint(class_count.slot.into(), &mut columns.slots);
                put_varint(class_count.postings, &mut columns.postings);
                put_varint(class_count.plain, &mut columns.plain);
            }
        }
        columns
    }
}

/// Writes a varint: seven bits a byte, the lowest first, the highest bit set in all but the last.
fn put_varint(mut number: u32, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// Reads varints.
struct Varints<'a>(&'a [u8]);

impl Iterator for Varints<'_> {
    type Item = u32;

    /// The next one; none at the end, or if it is cut or too large.
    fn next(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..u32::BITS).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let bits = u32::from(byte & 0x7f);
            if bits.leading_zeros() < shift {
                return None;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

/// As a byte string, not one by one.
fn as_bytes<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bytes(bytes)
}

/// The serialised form: in columns, which compress better. Hashes are plain bytes, because they do not compress.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    /// Sorted by text within a channel.
    texts: FeatureTexts,
    /// Keys of the other features, sorted.
    #[serde(serialize_with = "as_bytes")]
    unnamed: &'a [u8],
    /// Number of class counts of each feature, those with a text first.
    #[serde(serialize_with = "as_bytes")]
    class_counts: &'a [u8],
    #[serde(serialize_with = "as_bytes")]
    slots: &'a [u8],
    #[serde(serialize_with = "as_bytes")]
    postings: &'a [u8],
    #[serde(serialize_with = "as_bytes")]
    plain: &'a [u8],
    #[serde(serialize_with = "as_bytes")]
    organisations: &'a [u8],
    #[serde(serialize_with = "as_bytes")]
    row_texts: &'a [u8],
    titles: Vec<u32>,
    classes: Vec<u16>,
    /// Near-copy keys, row by row.
    #[serde(serialize_with = "as_bytes")]
    near: &'a [u8],
    cut: u64,
    /// Indices of the sampled rows among the rows.
    sampled: Vec<u32>,
    /// Their scores, row by row.
    scores: Vec<i32>,
    /// Headers as JSON.
    before: Vec<String>,
}

impl Stored<'_> {
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
        let [mut counts, mut slots, mut postings, mut plain] =
            [self.class_counts, self.slots, self.postings, self.plain].map(Varints);
        let mut class_count = || {
            let slot = slots.next().filter(|&slot| (slot as usize) < classes * SLOTS_PER_CLASS)?;
            let (postings, plain) = (postings.next()?, plain.next()?);
            Some(ClassCount { slot: slot as u16, postings, plain })
        };
        let mut of_feature = || -> Option<Vec<ClassCount>> {
            let count = counts.next().filter(|&count| count > 0)?;
            let counted: Vec<ClassCount> =
                (0..count).map(|_| class_count()).collect::<Option<_>>()?;
            counted.is_sorted_by(|a, b| a.slot < b.slot).then_some(counted)
        };
        let mut features: Vec<(FeatureKey, Option<&str>, Vec<ClassCount>)> = Vec::new();
        for (key, text) in self.texts.iter() {
            features.push((key, Some(text), of_feature()?));
        }
        for number in hashes(self.unnamed)? {
            features.push((FeatureKey::from_number(number)?, None, of_feature()?));
        }
        let rest = [counts, slots, postings, plain].iter().any(|column| !column.0.is_empty());
        features.sort_unstable_by_key(|f| f.0);
        if rest || !features.is_sorted_by(|a, b| a.0 < b.0) {
            return None;
        }
        let mut matrix = CountMatrix::default();
        for (key, text, class_counts) in features {
            let named = text.is_some() == class_counts.iter().any(|c| c.plain > 0);
            named.then(|| matrix.push(key, text, class_counts))?;
        }
        matrix.rows = self.rows(classes)?;
        Some(matrix)
    }

    /// The rows, if they are sorted and their columns have one length.
    fn rows(&self, classes: usize) -> Option<Vec<RowId>> {
        let (organisations, texts) = (hashes(self.organisations)?, hashes(self.row_texts)?);
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
    let packed = pack(TRAINING_STATE_LEVEL, None, |out| training_state.write(BufWriter::new(out)));
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn varints_are_read_back(numbers in prop::collection::vec(any::<u32>(), 0..40), shift in 0..32u32) {
            let numbers: Vec<u32> = numbers.into_iter().map(|n| n >> shift).collect();
            let mut bytes = Vec::new();
            for &number in &numbers {
                put_varint(number, &mut bytes);
            }
            let mut read = Varints(&bytes);
            prop_assert_eq!(read.by_ref().collect::<Vec<_>>(), numbers);
            prop_assert!(read.0.is_empty());
        }
    }

    #[test]
    fn a_varint_that_is_cut_or_too_large_is_none() {
        assert_eq!(Varints(&[0x80]).next(), None);
        assert_eq!(Varints(&[0xff, 0xff, 0xff, 0xff, 0x0f]).next(), Some(u32::MAX));
        assert_eq!(Varints(&[0xff, 0xff, 0xff, 0xff, 0x10]).next(), None);
        assert_eq!(Varints(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]).next(), None);
    }
}
