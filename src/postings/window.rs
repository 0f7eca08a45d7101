//! The part of a text that is looked at.

use std::io::{self, Read};

/// Bytes that are read at once, at least.
const STEP: usize = 1 << 18;

/// Text that is read as far as it is needed.
pub(super) struct Window {
    input: Box<dyn Read + Send>,
    bytes: Vec<u8>,
    /// Bytes of it that are done with.
    done: usize,
    at_end: bool,
}

impl Window {
    pub(super) fn new(input: Box<dyn Read + Send>) -> Self {
        Self { input, bytes: Vec::new(), done: 0, at_end: false }
    }

    /// What is read and not done with.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.done..]
    }

    /// Whether nothing follows the rest.
    pub(super) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Is done with so many bytes of the rest.
    pub(super) fn skip(&mut self, length: usize) {
        self.done += length;
    }

    /// Reads more, as much as there is at once. Room for as much again as there is makes looking at all
    /// of it each time cost no more than twice looking at it once.
    pub(super) fn more(&mut self) -> io::Result<()> {
        self.bytes.drain(..std::mem::take(&mut self.done));
        let length = self.bytes.len();
        self.bytes.resize(length + length.max(STEP), 0);
        let read = loop {
            match self.input.read(&mut self.bytes[length..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.bytes.truncate(length + *read.as_ref().unwrap_or(&0));
        self.at_end = read? == 0;
        Ok(())
    }
}
