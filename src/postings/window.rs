//! A sliding window over an input stream.

use memchr::memchr_iter;
use std::io::{self, Read};

/// Least capacity for each read, in bytes.
const STEP: usize = 1 << 18;
/// From this length of the rest on, [`Window::fill_more`] doubles it.
const MUCH: usize = 1 << 23;

/// A buffer over the part of an input that is read and not yet consumed.
pub(super) struct Window {
    input: Box<dyn Read + Send>,
    /// Buffer.
    bytes: Vec<u8>,
    /// End of the consumed bytes in the buffer.
    done: usize,
    /// End of the read bytes in the buffer.
    read: usize,
    /// Whether the input has ended.
    at_end: bool,
    /// Line of the first byte that is not consumed, from 1.
    line: u64,
    /// Whether the last consumed byte is a carriage return, which a line feed may follow.
    after_return: bool,
}

impl Window {
    /// A window over an input that begins on this line, from 1.
    pub(super) fn new(input: Box<dyn Read + Send>, line: u64) -> Self {
        Self {
            input,
            bytes: Vec::new(),
            done: 0,
            read: 0,
            at_end: false,
            line,
            after_return: false,
        }
    }

    /// The bytes that are read and not consumed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.done..self.read]
    }

    /// Whether no bytes follow the rest.
    pub(super) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Line of the start of the rest, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Consumes `length` bytes of the rest.
    pub(super) fn skip(&mut self, length: usize) {
        let done = &self.bytes[self.done..self.done + length];
        if let Some(&last) = done.last() {
            let half = u64::from(self.after_return && done[0] == b'\n');
            self.line += lines(done) - half;
            self.after_return = last == b'\r';
        }
        self.done += length;
    }

    /// Reads until the rest has `least` bytes, or the input ends.
    pub(super) fn fill(&mut self, least: usize) -> io::Result<()> {
        while self.rest().len() < least && !self.at_end {
            self.more()?;
        }
        Ok(())
    }

    /// Extends the rest. A long rest is doubled, so that parsing it again after each call takes linear time in total.
    pub(super) fn fill_more(&mut self) -> io::Result<()> {
        let length = self.rest().len();
        self.fill(if length < MUCH { length + 1 } else { 2 * length })
    }

    /// Consumes all leading bytes for which `such` holds.
    pub(super) fn pass(&mut self, such: impl Fn(u8) -> bool) -> io::Result<()> {
        loop {
            self.fill(1)?;
            let length = self.rest().iter().take_while(|b| such(**b)).count();
            self.skip(length);
            if !self.rest().is_empty() || self.at_end {
                return Ok(());
            }
        }
    }

    /// Reads once, into a buffer with capacity for as much again as the rest.
    fn more(&mut self) -> io::Result<()> {
        self.bytes.copy_within(self.done..self.read, 0);
        (self.done, self.read) = (0, self.read - self.done);
        let capacity = self.read + self.read.max(STEP);
        if self.bytes.len() < capacity {
            self.bytes.resize(capacity, 0);
        }
        let read = loop {
            match self.input.read(&mut self.bytes[self.read..capacity]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.read += read;
        self.at_end = read == 0;
        Ok(())
    }
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill(1)?;
        let read = self.rest().read(buffer)?;
        self.skip(read);
        Ok(read)
    }
}

/// Number of line ends (LF, CR or CR LF).
fn lines(bytes: &[u8]) -> u64 {
    let feeds = memchr_iter(b'\n', bytes).count();
    let returns = memchr_iter(b'\r', bytes).filter(|&at| bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + returns) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_however_they_end() {
        let text = "a\r\n\r\nb\rc\n\rd";
        let mut window = Window::new(Box::new(text.as_bytes()), 1);
        window.fill(text.len()).expect("it is there");
        for _ in 0..text.len() {
            window.skip(1);
        }
        assert_eq!(window.line(), 6);
    }
}
