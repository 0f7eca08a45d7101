//! Postings with nearly the same text: `MinHash` (Broder 1997) over the pairs of words in a text, all
//! hashes from one hash function (one permutation hashing, Li, Owen and Zhang 2012, with the empty places
//! filled as by Shrivastava 2017), and bands of hashes as buckets (Leskovec, Rajaraman and Ullman, Mining
//! of Massive Datasets, chapter 3).

use crate::evidence::Channel;
use crate::model::{Example, join, root};
use rapidhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

const BANDS: usize = 16;
/// Hashes of a band.
const WIDTH: usize = 4;
const HASHES: usize = BANDS * WIDTH;
/// Least share of equal hashes, which estimates the share of pairs of words that two texts share.
const ALIKE: f64 = 0.6;
/// A text of fewer pairs is too short to be called a copy.
const LEAST_PAIRS: usize = 20;

/// The least hash of the pairs of words that fall into each place.
pub(super) type Signature = [u32; HASHES];

/// Groups rows whose texts are nearly the same: for each row the place of the first of its group. A
/// text without a signature is alone.
pub(super) fn near_duplicates(signatures: &[Option<Arc<Signature>>]) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..signatures.len()).collect();
    for band in 0..BANDS {
        let mut first: HashMap<&[u32], usize, RandomState> = HashMap::default();
        for (i, signature) in signatures.iter().enumerate() {
            let Some(signature) = signature else { continue };
            let key = &signature[band * WIDTH..][..WIDTH];
            let other = *first.entry(key).or_insert(i);
            let alike = signatures[other].as_ref().is_some_and(|o| likeness(o, signature) >= ALIKE);
            if other != i && alike {
                join(&mut parent, i, other);
            }
        }
    }
    (0..signatures.len()).map(|i| root(&mut parent, i)).collect()
}

/// The signature of a text; none if it is too short.
pub(super) fn signature(row: &Example) -> Option<Signature> {
    let keys = row.features.iter().map(|f| f.key());
    let pairs = keys.filter(|key| key.channel() == Channel::Phrases);
    let (mut least, mut count) = ([u32::MAX; HASHES], 0);
    for key in pairs {
        let hash = mixed(key.number());
        let place = &mut least[hash as usize % HASHES];
        *place = (*place).min((hash >> 32) as u32);
        count += 1;
    }
    if count < LEAST_PAIRS {
        return None;
    }
    let filled = least;
    for (i, value) in least.iter_mut().enumerate().filter(|(_, value)| **value == u32::MAX) {
        let tried = (1u64..).map(|k| filled[mixed((i as u64) << 32 | k) as usize % HASHES]);
        *value = tried.into_iter().find(|value| *value != u32::MAX)?;
    }
    Some(least)
}

/// A hash of a hash (the finaliser of `SplitMix64`).
fn mixed(value: u64) -> u64 {
    let z = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn likeness(a: &Signature, b: &Signature) -> f64 {
    let equal = a.iter().zip(b).filter(|(a, b)| a == b).count();
    equal as f64 / HASHES as f64
}
