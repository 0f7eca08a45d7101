//! Keeps the bytes that were read until they are no longer needed, so that a row can be set aside
//! exactly as it stood.

use std::io::Read;

pub(super) struct Recorder<R> {
    inner: R,
    kept: Vec<u8>,
    /// Offset in the input of the first kept byte.
    start: u64,
}

impl<R: Read> Recorder<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, kept: Vec::new(), start: 0 }
    }

    /// The bytes from one offset to another, as far as they are kept.
    pub(super) fn bytes(&self, from: u64, to: u64) -> &[u8] {
        let at = |offset: u64| (offset.saturating_sub(self.start) as usize).min(self.kept.len());
        &self.kept[at(from)..at(to).max(at(from))]
    }

    /// Forgets what lies before an offset.
    pub(super) fn forget_before(&mut self, offset: u64) {
        let length = (offset.saturating_sub(self.start) as usize).min(self.kept.len());
        self.kept.drain(..length);
        self.start += length as u64;
    }
}

impl<R: Read> Read for Recorder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.kept.extend_from_slice(&buffer[..length]);
        Ok(length)
    }
}
