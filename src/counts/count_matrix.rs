//! Everything that a model has counted: every feature, however rare, and every row. Integers only, so
//! that adding, taking away and merging are exact, in any order.

use crate::counts::feature_count::{ClassCount, FeatureCount, FeatureMap, PLACES};
use crate::evidence::{CHANNEL_AT, Channel, Evidence, FeatureKey, Occurrence};
use crate::examples::example::{Example, RowId, rows_hash};
use crate::examples::neighbours::Neighbours;
use crate::lexicon::Lexicon;
use rapidhash::fast::RandomState;
use rayon::prelude::*;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// One feature: where its text and its class counts begin. They end where those of the next begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FeatureEntry {
    key: FeatureKey,
    text: u32,
    class_counts: u32,
}

/// Texts of features that stand somewhere in small letters. The others cannot take part, and are
/// mostly names: they are known by their key alone.
#[derive(Debug, Clone)]
pub(crate) struct FeatureNames {
    /// By the highest bits of the key.
    parts: Vec<Arc<SomeNames>>,
}

/// Bits of a key that do not say in which part its text is.
const WITHIN_PART: u32 = 56;
const NAME_PARTS: usize = Channel::ALL.len() << (CHANNEL_AT - WITHIN_PART);

#[derive(Debug, Default, Clone)]
struct SomeNames {
    text: String,
    places: FeatureMap<[u32; 2]>,
}

impl SomeNames {
    fn insert<'t>(&mut self, key: FeatureKey, text: impl FnOnce() -> Cow<'t, str>) {
        self.places.entry(key).or_insert_with(|| {
            let start = self.text.len() as u32;
            self.text.push_str(&text());
            [start, self.text.len() as u32]
        });
    }
}

impl Default for FeatureNames {
    fn default() -> Self {
        Self { parts: vec![Arc::default(); NAME_PARTS] }
    }
}

impl FeatureNames {
    /// Notes the texts of what postings show.
    pub(crate) fn note(&mut self, evidence: &[&Evidence], lexicon: &Lexicon) {
        self.parts.par_iter_mut().enumerate().for_each(|(own, part)| {
            let part = Arc::make_mut(part);
            for evidence in evidence {
                let features = evidence.features();
                let from = features.partition_point(|f| part_of(f.key) < own);
                let own = features[from..].iter().take_while(|f| part_of(f.key) == own);
                own.filter(|f| f.plain).for_each(|feature| {
                    part.insert(feature.key, || evidence.feature_text(feature, lexicon).into());
                });
            }
        });
    }

    /// Notes the text of a feature.
    pub(crate) fn insert(&mut self, key: FeatureKey, text: &str) {
        Arc::make_mut(&mut self.parts[part_of(key)]).insert(key, || text.into());
    }

    /// Notes what others have noted.
    pub(crate) fn extend(&mut self, others: Self) {
        for (part, other) in self.parts.iter_mut().zip(others.parts) {
            if part.places.is_empty() {
                *part = other;
                continue;
            }
            let part = Arc::make_mut(part);
            let mut places: Vec<_> = other.places.iter().collect();
            places.sort_unstable_by_key(|(_, [start, _])| *start);
            for (&key, &[start, end]) in places {
                part.insert(key, || other.text[start as usize..end as usize].into());
            }
        }
    }

    pub(crate) fn get(&self, key: FeatureKey) -> Option<&str> {
        let part = &self.parts[part_of(key)];
        let [start, end] = *part.places.get(&key)?;
        Some(&part.text[start as usize..end as usize])
    }

    /// Makes room: no feature before this one is asked for again.
    fn forget_before(&mut self, key: FeatureKey) {
        self.parts[..part_of(key)].fill_with(Arc::default);
    }
}

fn part_of(key: FeatureKey) -> usize {
    (key.number() >> WITHIN_PART) as usize
}

/// All that was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CountMatrix {
    /// Sorted by key.
    entries: Vec<FeatureEntry>,
    texts: String,
    /// By feature, then by place.
    class_counts: Vec<ClassCount>,
    /// Sorted. A row that was counted twice stands twice.
    pub(crate) rows: Vec<RowId>,
}

/// Something was to be taken away that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotThere;

impl CountMatrix {
    /// Counts rows.
    pub(crate) fn new(examples: &[&Example], mut names: FeatureNames) -> Self {
        let ends: Vec<Option<FeatureKey>> =
            starts(examples).into_iter().map(Some).chain([None]).collect();
        let mut matrix = Self::default();
        let mut begun = vec![0; examples.len()];
        let times = ends.len().div_ceil(AT_ONCE);
        // Some parts at a time, so that little is there twice.
        for ends in ends.chunks(AT_ONCE) {
            let cuts: Vec<_> = examples
                .par_iter()
                .zip(&begun)
                .map(|(example, &begun)| cuts(&example.features, begun, ends))
                .collect();
            let part = |part| {
                Self::part(examples, &names, |row: usize| cuts[row][part]..cuts[row][part + 1])
            };
            let parts: Vec<Self> = (0..ends.len()).into_par_iter().map(part).collect();
            if matrix.entries.is_empty() {
                matrix.make_room(&parts, times);
            }
            for part in &parts {
                matrix.append(part);
            }
            begun = cuts.iter().map(|cuts| cuts[ends.len()]).collect();
            if let Some(Some(next)) = ends.last() {
                names.forget_before(*next);
            }
        }
        matrix.rows = examples.iter().map(|e| e.row).collect();
        matrix.rows.sort_unstable();
        matrix
    }

    /// Counts some features of each row, by their places among its features: all that are between two
    /// keys.
    fn part(
        examples: &[&Example],
        names: &FeatureNames,
        own: impl Fn(usize) -> Range<u32>,
    ) -> Self {
        // The key, the place, and whether it stands in small letters, as one number: these sort fast.
        let mut shown: Vec<u128> =
            Vec::with_capacity((0..examples.len()).map(|r| own(r).len()).sum());
        for (row, example) in examples.iter().enumerate() {
            let Range { start, end } = own(row);
            let features = &example.features[start as usize..end as usize];
            let place = (example.row.class() * PLACES + example.row.bucket()) as u16;
            let number = |f: &Occurrence| {
                u128::from(f.key().number()) << KEY_AT
                    | u128::from(place) << 1
                    | u128::from(f.plain())
            };
            shown.extend(features.iter().map(number));
        }
        shown.sort_unstable();
        let mut matrix = Self::default();
        // Growing bit by bit leaves memory behind that is of no use.
        let different =
            |shift: u32| 1 + shown.windows(2).filter(|w| w[0] >> shift != w[1] >> shift).count();
        matrix.entries.reserve_exact(different(KEY_AT));
        matrix.class_counts.reserve_exact(different(1));
        for of_feature in shown.chunk_by(|a, b| a >> KEY_AT == b >> KEY_AT) {
            let class_counts =
                of_feature.chunk_by(|a, b| a >> 1 == b >> 1).map(|same| ClassCount {
                    place: (same[0] >> 1) as u16,
                    postings: same.len() as u32,
                    plain: same.iter().filter(|&s| s & 1 == 1).count() as u32,
                });
            let key = FeatureKey::from_number((of_feature[0] >> KEY_AT) as u64);
            let key = key.expect("it is the number of a key");
            matrix.push(key, names.get(key), class_counts);
        }
        matrix
    }

    /// Makes room for about so many times what is in some parts: growing bit by bit takes up to twice the room.
    fn make_room(&mut self, parts: &[Self], times: usize) {
        let room = |of: fn(&Self) -> usize| {
            let some: usize = parts.iter().map(of).sum();
            times * (some + some / 16)
        };
        self.entries.reserve_exact(room(|part| part.entries.len()));
        self.texts.reserve_exact(room(|part| part.texts.len()));
        self.class_counts.reserve_exact(room(|part| part.class_counts.len()));
    }

    /// Adds features after all others.
    fn append(&mut self, other: &Self) {
        let [texts, class_counts] = [self.texts.len() as u32, self.class_counts.len() as u32];
        self.entries.extend(other.entries.iter().map(|entry| FeatureEntry {
            text: entry.text + texts,
            class_counts: entry.class_counts + class_counts,
            ..*entry
        }));
        self.texts.push_str(&other.texts);
        self.class_counts.extend_from_slice(&other.class_counts);
    }

    /// Adds a feature after all others; one that shows nothing is left out.
    pub(crate) fn push(
        &mut self,
        key: FeatureKey,
        text: Option<&str>,
        class_counts: impl IntoIterator<Item = ClassCount>,
    ) {
        let first = self.class_counts.len();
        self.class_counts
            .extend(class_counts.into_iter().filter(|c| (c.postings, c.plain) != (0, 0)));
        if self.class_counts.len() == first {
            return;
        }
        let plain = self.class_counts[first..].iter().any(|c| c.plain > 0);
        self.entries.push(FeatureEntry {
            key,
            text: self.texts.len() as u32,
            class_counts: first as u32,
        });
        self.texts.push_str(text.filter(|_| plain).unwrap_or_default());
    }

    /// The key, the text if it stands somewhere in small letters, and the class counts of each feature, by
    /// key.
    pub(crate) fn features(
        &self,
    ) -> impl Iterator<Item = (FeatureKey, Option<&str>, &[ClassCount])> {
        (0..self.len() as u32).map(|place| self.feature(place))
    }

    /// The text of a feature, if it was ever seen; empty if it never stands in small letters.
    pub(crate) fn text(&self, key: FeatureKey) -> Option<&str> {
        let place = self.entries.binary_search_by_key(&key, |e| e.key).ok()?;
        Some(self.feature(place as u32).1.unwrap_or_default())
    }

    /// The class counts of the feature at a place.
    pub(crate) fn class_counts(&self, place: u32) -> &[ClassCount] {
        self.feature(place).2
    }

    /// Number of features.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The key, the text if it stands somewhere in small letters, and the class counts of the feature at a place.
    pub(crate) fn feature(&self, place: u32) -> (FeatureKey, Option<&str>, &[ClassCount]) {
        let place = place as usize;
        let (entry, next) = (self.entries[place], self.entries.get(place + 1));
        let text_end = next.map_or(self.texts.len(), |next| next.text as usize);
        let cells_end = next.map_or(self.class_counts.len(), |next| next.class_counts as usize);
        let text = &self.texts[entry.text as usize..text_end];
        let class_counts = &self.class_counts[entry.class_counts as usize..cells_end];
        (entry.key, Some(text).filter(|t| !t.is_empty()), class_counts)
    }

    /// The features that take part, and no rows; `sizes` are the numbers of roles and of classes.
    pub(crate) fn frequent(&self, sizes: [usize; 2]) -> Self {
        let mut matrix = Self::default();
        for (key, text, class_counts) in self.features() {
            if FeatureCount::frequent(key, class_counts, sizes).is_some() {
                matrix.push(key, text, class_counts.iter().copied());
            }
        }
        matrix
    }

    /// How often a row was counted.
    pub(crate) fn count(&self, row: RowId) -> usize {
        let start = self.rows.partition_point(|r| *r < row);
        self.rows[start..].iter().take_while(|r| **r == row).count()
    }

    /// This row as it was counted: with its title or without.
    pub(crate) fn as_counted<'e>(&self, example: &'e Example) -> Cow<'e, Example> {
        let turned = example.row.title_turned();
        if self.count(example.row) == 0 && self.count(turned) > 0 {
            Cow::Owned(example.title_turned())
        } else {
            Cow::Borrowed(example)
        }
    }

    /// Whether a posting was counted as something else.
    pub(crate) fn knows_otherwise(&self, row: RowId) -> bool {
        let start = self.rows.partition_point(|r| *r < RowId { class: 0, ..row });
        let same =
            self.rows[start..].iter().take_while(|r| RowId { class: row.class, ..**r } == row);
        same.into_iter().any(|r| r.class() != row.class())
    }

    /// BLAKE3 hash of the identities of the rows.
    pub(crate) fn rows_hash(&self) -> String {
        rows_hash(self.rows.iter().copied())
    }

    /// Number of organisations.
    pub(crate) fn organisations(&self) -> usize {
        self.rows.chunk_by(|a, b| a.organisation == b.organisation).count()
    }

    /// For each row a mask of the buckets whose rows could vouch for it: those that hold its organisation, or a
    /// near copy of its text.
    pub(crate) fn masks(&self, rows: &[RowId]) -> Vec<u16> {
        let copied = self.copies_of(rows);
        let all: Vec<RowId> = rows.iter().chain(copied).copied().collect();
        let texts = Neighbours::new(&all).texts;
        let bit = |row: &RowId| 1u16 << row.bucket();
        let mut of_text = vec![0; all.len()];
        for (row, &text) in all.iter().zip(&texts).skip(rows.len()) {
            of_text[text] |= bit(row);
        }
        let of_row = |(row, &text): (&RowId, &usize)| {
            let start = self.rows.partition_point(|r| r.organisation < row.organisation);
            let known = self.rows.get(start).is_some_and(|r| r.organisation == row.organisation);
            of_text[text] | if known { bit(row) } else { 0 }
        };
        rows.iter().zip(&texts).map(of_row).collect()
    }

    /// The rows that were counted and are near copies of some of these.
    fn copies_of(&self, rows: &[RowId]) -> Vec<&RowId> {
        let texts: HashSet<u64, RandomState> = rows.iter().map(|row| row.text).collect();
        let near: HashSet<(usize, u32), RandomState> =
            rows.iter().flat_map(|row| row.near.all()).collect();
        let is_copy = |row: &&RowId| {
            texts.contains(&row.text) || row.near.all().any(|key| near.contains(&key))
        };
        self.rows.par_iter().filter(is_copy).collect()
    }

    /// This and another together; nothing if a count becomes too large.
    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        let mut sum = self.join(other, u32::checked_add)?;
        sum.rows = [self.rows.as_slice(), &other.rows].concat();
        sum.rows.sort_unstable();
        Some(sum)
    }

    /// This without another that it contains.
    ///
    /// # Errors
    /// [`NotThere`] if it does not contain it.
    pub(crate) fn minus(&self, other: &Self) -> Result<Self, NotThere> {
        let mut rest = self.join(other, u32::checked_sub).ok_or(NotThere)?;
        let mut taken = other.rows.iter().peekable();
        let kept = self.rows.iter().filter(|row| taken.next_if(|t| t == row).is_none());
        rest.rows = kept.copied().collect();
        if taken.peek().is_some() { Err(NotThere) } else { Ok(rest) }
    }

    /// Joins the features of two, with `by` between the numbers of their class counts.
    fn join(&self, other: &Self, by: fn(u32, u32) -> Option<u32>) -> Option<Self> {
        let mut joined = Self::default();
        let (mut left, mut right) = (self.features().peekable(), other.features().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (None, None) => return Some(joined),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.0.cmp(&b.0),
            };
            let none = (None, &[][..]);
            let a = left.next_if(|_| order != Ordering::Greater);
            let b = right.next_if(|_| order != Ordering::Less);
            let key = a.or(b)?.0;
            let ((a_text, a), (b_text, b)) =
                (a.map_or(none, |(_, t, c)| (t, c)), b.map_or(none, |(_, t, c)| (t, c)));
            let class_counts = join_class_counts(a, b, by)?;
            joined.push(key, a_text.or(b_text), class_counts);
        }
    }
}

/// Features are counted in about so many parts, because a small part is sorted several times as fast.
const PARTS: usize = 64;
/// Parts that are counted at once.
const AT_ONCE: usize = 4;
/// Rows whose features say where the parts begin.
const PROBED: usize = 64;

/// Bits below a key where a feature that is shown stands as one number.
const KEY_AT: u32 = 17;

/// The features that the second and all later parts begin with.
fn starts(examples: &[&Example]) -> Vec<FeatureKey> {
    let probed = examples.iter().step_by(examples.len().div_ceil(PROBED).max(1));
    let mut keys: Vec<FeatureKey> =
        probed.flat_map(|example| example.features.iter().map(|f| f.key())).collect();
    keys.sort_unstable();
    keys.dedup();
    let each = keys.len().div_ceil(PARTS).max(1);
    keys.into_iter().step_by(each).skip(1).collect()
}

/// Where the features of a row are cut, from `begun` on: before each of the keys, or behind all.
fn cuts(features: &[Occurrence], begun: u32, keys: &[Option<FeatureKey>]) -> [u32; AT_ONCE + 1] {
    let mut cuts = [begun; AT_ONCE + 1];
    let mut at = begun as usize;
    for (cut, key) in cuts[1..].iter_mut().zip(keys) {
        at = key.map_or(features.len(), |key| first_not_before(features, at, key));
        *cut = at as u32;
    }
    cuts
}

/// The first feature from a place on that is not before a key, and near to the place.
fn first_not_before(features: &[Occurrence], from: usize, key: FeatureKey) -> usize {
    let (mut start, mut step) = (from, 4);
    while features.get(start + step).is_some_and(|f| f.key() < key) {
        start += step;
        step *= 2;
    }
    let end = features.len().min(start + step);
    start + features[start..end].partition_point(|f| f.key() < key)
}

fn join_class_counts(
    a: &[ClassCount],
    b: &[ClassCount],
    by: fn(u32, u32) -> Option<u32>,
) -> Option<Vec<ClassCount>> {
    let mut class_counts = a.to_vec();
    for class_count in b {
        let at = match class_counts.binary_search_by_key(&class_count.place, |c| c.place) {
            Ok(at) => at,
            Err(at) => {
                class_counts
                    .insert(at, ClassCount { place: class_count.place, postings: 0, plain: 0 });
                at
            }
        };
        let sum = &mut class_counts[at];
        sum.postings = by(sum.postings, class_count.postings)?;
        sum.plain = by(sum.plain, class_count.plain)?;
    }
    Some(class_counts)
}

/// The features of a count matrix that take part, with their texts and feature counts, by key.
pub(crate) fn frequent(
    matrix: &CountMatrix,
    [roles, classes]: [usize; 2],
) -> impl Iterator<Item = (FeatureKey, &str, FeatureCount)> {
    matrix.features().filter_map(move |(key, text, class_counts)| {
        // Without a text it stands nowhere in small letters.
        Some((key, text?, FeatureCount::frequent(key, class_counts, [roles, classes])?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Occurrence, Stated};
    use crate::model::training_state::TrainingState;
    use proptest::prelude::*;

    const CLASSES: u16 = 4;

    /// Rows with few organisations, texts and features, so that many are shared; some twice.
    fn rows() -> impl Strategy<Value = Vec<Example>> {
        let features = prop::collection::btree_map(0..30u32, any::<bool>(), 0..12);
        let row = (0..9u64, 0..40u64, 0..CLASSES, features);
        prop::collection::vec(row, 0..40).prop_map(|rows| {
            let example = |(organisation, text, class, features): (u64, u64, u16, _)| Example {
                row: RowId::new(organisation, text, 0, class),
                outcome: class.into(),
                of_role: class < 3,
                features: keys(features).into(),
                title: [].into(),
                states: Stated::NO_TITLE,
                mentions: Vec::new(),
            };
            rows.into_iter().map(example).collect()
        })
    }

    fn text(feature: u32) -> String {
        format!("feature{feature}")
    }

    fn keys(features: std::collections::BTreeMap<u32, bool>) -> Vec<Occurrence> {
        let key = |(f, plain)| Occurrence::new(FeatureKey::new(Channel::Words, &text(f)), plain);
        let mut keys: Vec<_> = features.into_iter().map(key).collect();
        keys.sort_unstable();
        keys
    }

    fn counted(rows: &[&Example]) -> CountMatrix {
        let mut names = FeatureNames::default();
        for feature in 0..30 {
            let key = FeatureKey::new(Channel::Words, &text(feature));
            let part = Arc::make_mut(&mut names.parts[part_of(key)]);
            let start = part.text.len() as u32;
            part.text.push_str(&text(feature));
            part.places.insert(key, [start, part.text.len() as u32]);
        }
        CountMatrix::new(rows, names)
    }

    fn written(training_state: &TrainingState) -> Vec<u8> {
        let mut bytes = Vec::new();
        training_state.write(&mut bytes).expect("memory can be written to");
        bytes
    }

    proptest! {
        #[test]
        fn sums_and_differences_are_those_of_the_rows(rows in rows(), split in any::<u64>()) {
            let (a, b): (Vec<(usize, &Example)>, Vec<_>) =
                rows.iter().enumerate().partition(|(i, _)| split >> (i % 64) & 1 == 0);
            let part = |part: Vec<(usize, &Example)>| {
                counted(&part.into_iter().map(|(_, row)| row).collect::<Vec<_>>())
            };
            let (all, a, b) = (counted(&rows.iter().collect::<Vec<_>>()), part(a), part(b));
            prop_assert_eq!(a.plus(&b), Some(all.clone()));
            prop_assert_eq!(b.plus(&a), Some(all.clone()));
            prop_assert_eq!(all.minus(&b), Ok(a.clone()));
            prop_assert_eq!(all.minus(&all), Ok(CountMatrix::default()));
            if !b.rows.is_empty() {
                prop_assert_eq!(a.minus(&all), Err(NotThere));
            }
        }

        #[test]
        fn what_is_written_can_be_read(rows in rows()) {
            let matrix = counted(&rows.iter().collect::<Vec<_>>());
            let training_state = TrainingState { matrix, ..TrainingState::default() };
            let sizes = [3, CLASSES.into()];
            let read = TrainingState::from_bytes(&written(&training_state), sizes);
            prop_assert_eq!(read.expect("it can be read"), training_state);
        }

        #[test]
        fn broken_bytes_are_refused_or_make_sense(bytes in prop::collection::vec(any::<u8>(), 0..200), rows in rows(), at in any::<prop::sample::Index>()) {
            let sizes = [3, CLASSES.into()];
            drop(TrainingState::from_bytes(&bytes, sizes));
            let matrix = counted(&rows.iter().collect::<Vec<_>>());
            let mut whole = written(&TrainingState { matrix, ..TrainingState::default() });
            let at = at.index(whole.len());
            whole[at] ^= bytes.first().copied().unwrap_or(1);
            drop(TrainingState::from_bytes(&whole, sizes));
        }
    }
}
