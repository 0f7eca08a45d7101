//! Model files taken apart, and put together again with whatever is in their parts: packed, and with
//! the checksum and the hash that fit.

use memchr::memmem;
use std::io::Read;

/// What is unpacked of a part, at most.
const MOST: u64 = 1 << 22;

/// Bytes of the checksum.
const HASH: usize = 32;
/// Numbers that are hard to bear.
const HARD: [&str; 8] =
    ["0", "1", "65535", "4294967295", "18446744073709551615", "1e-308", "1e12", "1e308"];

/// The parts of a model file, unpacked.
pub struct Parts {
    /// The header and the columns of features, without the checksum.
    pub features: Vec<u8>,
    /// What retraining needs; empty in a compact model.
    pub training_state: Vec<u8>,
}

impl Parts {
    /// Takes a file apart, if it is packed.
    pub fn of(file: &[u8]) -> Option<Self> {
        let mut features = Vec::new();
        let mut packed = zstd::Decoder::with_buffer(file).ok()?.single_frame().take(MOST);
        packed.read_to_end(&mut features).ok()?;
        features.truncate(features.len().checked_sub(HASH)?);
        let mut training_state = Vec::new();
        let packed = zstd::Decoder::with_buffer(packed.into_inner().finish()).ok()?;
        packed.take(MOST).read_to_end(&mut training_state).ok()?;
        Some(Self { features, training_state })
    }

    /// Puts a hard number in the place of one in the header; `choice` says which and where.
    pub fn renumber(&mut self, choice: usize) {
        let before = |at: usize| b",:[\t-".contains(&self.features[at - 1]);
        let starts = (1..self.features.len()).filter(|&i| self.features[i].is_ascii_digit() && before(i));
        let starts: Vec<usize> = starts.collect();
        let Some(&start) = starts.get(choice / HARD.len() % starts.len().max(1)) else { return };
        let of_number = |b: &&u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
        let length = self.features[start..].iter().take_while(of_number).count();
        self.features.splice(start..start + length, HARD[choice % HARD.len()].bytes());
    }

    /// The file of these parts.
    pub fn file(mut self) -> Vec<u8> {
        let training_state = if self.training_state.is_empty() { Vec::new() } else { packed(&self.training_state) };
        let key = b"\"training_state\":\"";
        if let Some(at) = memmem::find(&self.features, key) {
            let hash = blake3::hash(&training_state).to_hex();
            let place = self.features.iter_mut().skip(at + key.len());
            place.zip(hash.bytes()).for_each(|(old, new)| *old = new);
        }
        self.features.extend(blake3::hash(&self.features).as_bytes());
        [packed(&self.features), training_state].concat()
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("memory")
}
