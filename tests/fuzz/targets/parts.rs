//! Model files taken apart, and put together again with whatever is in their parts: packed, and with
//! the checksum and the hash that fit.

use memchr::memmem;
use std::io::Read;

/// What is unpacked of a part, at most.
const MOST: u64 = 1 << 22;

/// The parts of a model file, unpacked.
pub struct Parts {
    /// The header and the features, without the last line.
    pub text: Vec<u8>,
    /// What retraining needs; empty in a compact model.
    pub workings: Vec<u8>,
}

impl Parts {
    /// Takes a file apart, if it is packed.
    pub fn of(file: &[u8]) -> Option<Self> {
        let mut text = Vec::new();
        let mut packed = zstd::Decoder::with_buffer(file).ok()?.single_frame().take(MOST);
        packed.read_to_end(&mut text).ok()?;
        text.truncate(memmem::rfind(&text, b"end\t")?);
        let mut workings = Vec::new();
        let packed = zstd::Decoder::with_buffer(packed.into_inner().finish()).ok()?;
        packed.take(MOST).read_to_end(&mut workings).ok()?;
        Some(Self { text, workings })
    }

    /// The file of these parts.
    pub fn file(mut self) -> Vec<u8> {
        let workings = if self.workings.is_empty() { Vec::new() } else { packed(&self.workings) };
        let key = b"\"workings\":\"";
        if let Some(at) = memmem::find(&self.text, key) {
            let hash = blake3::hash(&workings).to_hex();
            let place = self.text.iter_mut().skip(at + key.len());
            place.zip(hash.bytes()).for_each(|(old, new)| *old = new);
        }
        let hash = blake3::hash(&self.text).to_hex();
        self.text.extend(format!("end\t{hash}\n").into_bytes());
        [packed(&self.text), workings].concat()
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("memory")
}
