//! What a model needs to be retrained exactly, and not to score: the count matrix, the held-out scores of a
//! sample of its rows, and what it was before each retrain. The second part of a model file.

use super::error::ModelError;
use super::features::{Features, is_feature};
use super::store::{Header, TRAINING_STATE_LEVEL};
use crate::bayes::scores::Scores;
use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_count::{ClassCount, PLACES};
use crate::evidence::{Channel, FeatureKey};
use crate::examples::example::{BUCKETS, RowId};
use crate::examples::near_copies::NearKeys;
use crate::holdout::leave_one_out::HeldOutRow;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io::{self, BufWriter, Read, Write};

/// Rows whose held-out scores are kept: those with the smallest hashes, which is a random sample that
/// adding, taking away and merging keep random.
const SAMPLE: usize = 1 << 14;

/// The largest hash of a text in the sample of these rows.
pub(crate) fn sample_cut(texts: impl Iterator<Item = u64>) -> u64 {
    let mut texts: Vec<u64> = texts.collect();
    if texts.len() <= SAMPLE {
        return u64::MAX;
    }
    *texts.select_nth_unstable(SAMPLE - 1).1
}

/// All that retraining needs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct TrainingState {
    pub(crate) matrix: CountMatrix,
    /// Rows whose text has no larger hash are in the sample.
    pub(crate) cut: u64,
    /// In the order of the rows.
    pub(crate) sample: Vec<HeldOutRow>,
    /// The model before each retrain of its history.
    pub(crate) before: Vec<Header>,
}

impl TrainingState {
    /// The start for a model whose rows are not known: its counts in a bucket of their own, and one
    /// sign for each bucket of organisations that shows a feature.
    pub(crate) fn of_compact(features: &Features, roles: usize) -> Self {
        let mut matrix = CountMatrix::default();
        let mut keys: Vec<(FeatureKey, usize)> = (0..features.len())
            .map(|i| (FeatureKey::new(features.get(i).channel, features.get(i).text), i))
            .collect();
        keys.sort_unstable();
        for (key, place) in keys {
            let feature = features.get(place);
            let mut class_counts = Vec::new();
            for (class, &postings) in feature.postings.iter().enumerate() {
                // The signs of the roles stand with the first role, those of the rest with the first family.
                let signs = match class {
                    0 => feature.buckets[1],
                    c if c == roles => feature.buckets[0] & !feature.buckets[1],
                    _ => 0,
                };
                let at = |bucket: usize| (class * PLACES + bucket) as u16;
                let signs = (0..BUCKETS).filter(|b| signs & (1 << b) != 0);
                class_counts.extend(signs.map(|b| ClassCount {
                    place: at(b),
                    postings: 0,
                    plain: 1,
                }));
                class_counts.push(ClassCount { place: at(BUCKETS), postings, plain: 0 });
            }
            matrix.push(key, Some(feature.text), class_counts);
        }
        Self { matrix, cut: u64::MAX, ..Self::default() }
    }

    /// Takes rows into the sample that are small enough, and leaves out what is then too much.
    pub(crate) fn resample(&mut self, rows: impl IntoIterator<Item = HeldOutRow>) {
        self.sample.extend(rows);
        self.sample.retain(|r| r.row.text <= self.cut);
        self.cut = self.cut.min(sample_cut(self.sample.iter().map(|r| r.row.text)));
        self.sample.retain(|r| r.row.text <= self.cut);
        self.sample.sort_by_key(|r| r.row);
    }

    /// Takes rows out of the sample; of rows that stand there twice, the later.
    pub(crate) fn forget(&mut self, rows: &[RowId]) {
        let mut gone = rows.iter().rev().peekable();
        self.sample.reverse();
        self.sample.retain(|r| {
            while gone.next_if(|row| **row > r.row).is_some() {}
            gone.next_if(|row| **row == r.row).is_none()
        });
        self.sample.reverse();
    }

    /// Writes it: what [`Stored`] reads.
    ///
    /// # Errors
    /// Those of the writer.
    pub(crate) fn write(&self, mut out: impl Write) -> io::Result<()> {
        let matrix = &self.matrix;
        let (named, unnamed): (Vec<u32>, Vec<u32>) =
            (0..matrix.len() as u32).partition(|&place| matrix.feature(place).1.is_some());
        let channel = |place: u32| matrix.feature(place).0.channel();
        let of_channel = |c| named.iter().filter(|&&place| channel(place) == c).count() as u32;
        let counts = Channel::ALL.map(of_channel).to_vec();
        let order = [by_text(matrix, &named), unnamed].concat();
        drop(named);
        // Each feature is looked at once: they are all over the memory.
        let parts: Vec<Written> =
            order.par_chunks(WRITTEN).map(|places| Written::new(matrix, places)).collect();
        let class_counts = parts.iter().map(|part| part.class_counts).sum();
        let bytes = |of: fn(&Written) -> &Vec<u8>| parts.iter().map(of);
        put(&counts, &mut out)?;
        // Each with how many numbers it has; of the others, bytes are what counts.
        for (of, numbers) in [
            (bytes(|part| &part.texts), None),
            (bytes(|part| &part.keys), None),
            (bytes(|part| &part.counts), Some(order.len())),
            (bytes(|part| &part.places), Some(class_counts)),
            (bytes(|part| &part.postings), Some(class_counts)),
            (bytes(|part| &part.plain), Some(class_counts)),
        ] {
            put(&numbers.unwrap_or_else(|| of.clone().map(Vec::len).sum()), &mut out)?;
            of.into_iter().try_for_each(|bytes| out.write_all(bytes))?;
        }
        drop(parts);
        let rows = &matrix.rows;
        let bytes = |of: fn(&RowId) -> u64| -> Vec<u8> {
            rows.iter().flat_map(|row| of(row).to_le_bytes()).collect()
        };
        let mut at = 0;
        let place = |r: &HeldOutRow| {
            at += rows[at..].partition_point(|row| *row < r.row);
            at += 1;
            (at - 1) as u32
        };
        put(&bytes(|row| row.organisation), &mut out)?;
        put(&bytes(|row| row.text), &mut out)?;
        put(&rows.iter().map(|row| row.title).collect::<Vec<_>>(), &mut out)?;
        put(&rows.iter().map(|row| row.class).collect::<Vec<_>>(), &mut out)?;
        put(&rows.iter().flat_map(|row| row.near.bytes()).collect::<Vec<_>>(), &mut out)?;
        put(&self.cut, &mut out)?;
        put(&self.sample.iter().map(place).collect::<Vec<_>>(), &mut out)?;
        put(&self.sample.iter().flat_map(|r| r.scores.numbers()).collect::<Vec<_>>(), &mut out)?;
        let before = self.before.iter().map(serde_json::to_string);
        put(&before.collect::<Result<Vec<_>, _>>()?, &mut out)?;
        out.flush()
    }

    /// From bytes; `sizes` are the numbers of roles and of classes.
    pub(crate) fn from_bytes(bytes: &[u8], sizes: [usize; 2]) -> Result<Self, ModelError> {
        let corrupt = |what: &str| ModelError::Corrupt(format!("its record of rows: {what}"));
        let stored: Stored = postcard::from_bytes(bytes).map_err(|e| corrupt(&e.to_string()))?;
        stored.training_state(sizes).ok_or_else(|| corrupt("parts do not fit together"))
    }
}

/// Features that are written together.
const WRITTEN: usize = 1 << 14;

/// Places of features with a text, in the order of channels and texts.
fn by_text(matrix: &CountMatrix, named: &[u32]) -> Vec<u32> {
    let feature = |place: u32| {
        let (key, text, _) = matrix.feature(place);
        (key.channel(), text.unwrap_or_default())
    };
    // The first letters tell most of them apart, without a look at where they stand.
    let mut sorted: Vec<(u64, u32)> = named
        .iter()
        .map(|&place| {
            let text = feature(place).1.as_bytes();
            let mut first = [0; size_of::<u64>()];
            let length = text.len().min(first.len());
            first[..length].copy_from_slice(&text[..length]);
            (u64::from_be_bytes(first), place)
        })
        .collect();
    // Those of a channel stand together already.
    for of_channel in sorted.chunk_by_mut(|a, b| feature(a.1).0 == feature(b.1).0) {
        of_channel.par_sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| feature(a.1).1.cmp(feature(b.1).1))
        });
    }
    sorted.into_iter().map(|(_, place)| place).collect()
}

/// Some features in the columns of [`Stored`], as they are written.
#[derive(Default)]
struct Written {
    texts: Vec<u8>,
    keys: Vec<u8>,
    counts: Vec<u8>,
    places: Vec<u8>,
    postings: Vec<u8>,
    plain: Vec<u8>,
    class_counts: usize,
}

impl Written {
    fn new(matrix: &CountMatrix, places: &[u32]) -> Self {
        let mut written = Self::default();
        for &place in places {
            let (key, text, class_counts) = matrix.feature(place);
            match text {
                Some(text) => {
                    written.texts.extend_from_slice(text.as_bytes());
                    written.texts.push(b'\n');
                }
                None => written.keys.extend(key.number().to_le_bytes()),
            }
            put_number(class_counts.len() as u32, &mut written.counts);
            for class_count in class_counts {
                put_number(class_count.place.into(), &mut written.places);
                put_number(class_count.postings, &mut written.postings);
                put_number(class_count.plain, &mut written.plain);
            }
            written.class_counts += class_counts.len();
        }
        written
    }
}

/// Writes a number as postcard does: seven bits a byte, the lowest first, the highest bit set in all but the
/// last.
fn put_number(mut number: u32, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn put<T: Serialize + ?Sized>(what: &T, out: &mut impl Write) -> io::Result<()> {
    postcard::to_io(what, out).map(drop).map_err(io::Error::other)
}

/// Columns, because like packs well with like. Hashes are bytes, because they do not pack at all.
#[derive(Deserialize)]
struct Stored {
    /// Features with a text, by channel.
    named: Vec<u32>,
    /// Their texts, a line each, sorted within a channel.
    texts: String,
    /// Keys of the other features, sorted.
    unnamed: Vec<u8>,
    /// Cells of each feature: first those with a text.
    class_counts: Vec<u16>,
    places: Vec<u16>,
    postings: Vec<u32>,
    plain: Vec<u32>,
    organisations: Vec<u8>,
    row_texts: Vec<u8>,
    titles: Vec<u32>,
    classes: Vec<u16>,
    /// What near copies share, row by row.
    near: Vec<u8>,
    cut: u64,
    /// Places of the sampled rows among the rows.
    sampled: Vec<u32>,
    /// Their scores, row by row.
    scores: Vec<i32>,
    /// JSON.
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
            self.sampled.iter().zip(self.scores.chunks_exact(width)).map(|(&at, numbers)| {
                let scores = Scores::from_numbers(numbers, sizes)?;
                Some(HeldOutRow { row: *matrix.rows.get(at as usize)?, scores })
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

    fn matrix(&self, classes: usize) -> Option<CountMatrix> {
        let hashes = |bytes: &[u8]| -> Option<Vec<u64>> {
            let chunks = bytes.chunks_exact(8);
            chunks.remainder().is_empty().then(|| {
                chunks.map(|c| u64::from_le_bytes(c.try_into().expect("eight bytes"))).collect()
            })
        };
        let mut class_counts = self.places.iter().zip(&self.postings).zip(&self.plain).map(
            |((&place, &postings), &plain)| {
                ((place as usize) < classes * PLACES).then_some(ClassCount {
                    place,
                    postings,
                    plain,
                })
            },
        );
        let mut counts = self.class_counts.iter();
        let mut of_feature = || -> Option<Vec<ClassCount>> {
            let count = *counts.next()?;
            let own: Vec<ClassCount> =
                class_counts.by_ref().take(count as usize).collect::<Option<_>>()?;
            let whole = own.len() == count as usize && count > 0;
            (whole && own.is_sorted_by(|a, b| a.place < b.place)).then_some(own)
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
        matrix.rows = rows.map(row).collect();
        matrix.rows.is_sorted().then_some(matrix)
    }
}

/// Workings that unpack to more than this are none.
const LARGEST_TRAINING_STATE: u64 = 1 << 32;

/// Packs what retraining needs, and gives the hash of that.
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

/// Reads what retraining needs, as packed.
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
    fn a_feature_in_small_letters_has_a_text() {
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
            places: vec![0],
            postings: vec![1],
            plain: vec![1],
            ..empty()
        };
        assert!(of_word("word\n").training_state(sizes).is_some());
        assert!(of_word("\n").training_state(sizes).is_none());
        assert!(of_word("two\twords\n").training_state(sizes).is_none());
    }
}
