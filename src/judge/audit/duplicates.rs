//! Postings with nearly the same text: `MinHash` (Broder 1997) over the pairs of words in a text, with
//! bands of hashes as buckets (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3).

use crate::evidence::Channel;
use crate::model::{Example, join, root};
use rayon::prelude::*;
use std::collections::HashMap;

const BANDS: usize = 16;
/// Hashes of a band.
const WIDTH: usize = 4;
const HASHES: usize = BANDS * WIDTH;
/// Least share of equal hashes, which estimates the share of pairs of words that two texts share.
const ALIKE: f64 = 0.6;
/// A text of fewer pairs is too short to be called a copy.
const LEAST_PAIRS: usize = 20;

type Signature = [u32; HASHES];

/// Groups rows whose texts are nearly the same: for each row the place of the first of its group.
pub fn near_duplicates(rows: &[&Example]) -> Vec<usize> {
    let signatures: Vec<Option<Signature>> = rows.par_iter().map(|row| signature(row)).collect();
    let mut parent: Vec<usize> = (0..rows.len()).collect();
    for band in 0..BANDS {
        let mut first: HashMap<[u32; WIDTH], usize> = HashMap::new();
        for (i, signature) in signatures.iter().enumerate() {
            let Some(signature) = signature else { continue };
            let key: [u32; WIDTH] = std::array::from_fn(|i| signature[band * WIDTH + i]);
            let other = *first.entry(key).or_insert(i);
            let alike = signatures[other].as_ref().is_some_and(|o| likeness(o, signature) >= ALIKE);
            if other != i && alike {
                join(&mut parent, i, other);
            }
        }
    }
    (0..rows.len()).map(|i| root(&mut parent, i)).collect()
}

fn signature(row: &Example) -> Option<Signature> {
    let pairs = row.features.iter().filter(|(key, _)| key.channel() == Channel::Phrases);
    let pairs: Vec<u64> = pairs.map(|(key, _)| key.number()).collect();
    (pairs.len() >= LEAST_PAIRS).then(|| {
        let mut least = [u32::MAX; HASHES];
        for pair in pairs {
            for (i, least) in least.iter_mut().enumerate() {
                *least = mixed(pair, i as u64).min(*least);
            }
        }
        least
    })
}

/// One of many hash functions (the finaliser of `SplitMix64`).
fn mixed(value: u64, which: u64) -> u32 {
    let z = value ^ which.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 32) as u32
}

fn likeness(a: &Signature, b: &Signature) -> f64 {
    let equal = a.iter().zip(b).filter(|(a, b)| a == b).count();
    equal as f64 / HASHES as f64
}
