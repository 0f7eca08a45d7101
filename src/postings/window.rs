//! The part of a text that is looked at.

use memchr::memchr_iter;
use std::io::{self, Read};

/// Bytes that are read at once, at least.
const STEP: usize = 1 << 18;
/// Bytes from which on looking again and again is made rarer.
const MUCH: usize = 1 << 23;

/// Text that is read as far as it is needed.
pub(super) struct Window {
    input: Box<dyn Read + Send>,
    /// Room for bytes.
    bytes: Vec<u8>,
    /// Bytes that are done with, and those that are read.
    done: usize,
    read: usize,
    at_end: bool,
    line: u64,
    /// Whether the last byte done with is a carriage return, which a line feed may follow.
    after_return: bool,
}

impl Window {
    /// Text that begins on this line, from 1.
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

    /// What is read and not done with.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.done..self.read]
    }

    /// Whether nothing follows the rest.
    pub(super) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Line that the rest begins on, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Is done with so many bytes of the rest.
    pub(super) fn skip(&mut self, length: usize) {
        let done = &self.bytes[self.done..self.done + length];
        if let Some(&last) = done.last() {
            let half = u64::from(self.after_return && done[0] == b'\n');
            self.line += lines(done) - half;
            self.after_return = last == b'\r';
        }
        self.done += length;
    }

    /// Reads until so many bytes are there, or the end.
    pub(super) fn fill(&mut self, least: usize) -> io::Result<()> {
        while self.rest().len() < least && !self.at_end {
            self.more()?;
        }
        Ok(())
    }

    /// Reads more than there is: as much again, where that is much, so that looking at it again and again
    /// costs no more than looking twice.
    pub(super) fn fill_more(&mut self) -> io::Result<()> {
        let length = self.rest().len();
        self.fill(if length < MUCH { length + 1 } else { 2 * length })
    }

    /// Goes behind such bytes: another follows then, or the end.
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

    /// Reads more, as much as there is at once. Room for as much again as there is makes looking at all
    /// of it each time cost no more than twice looking at it once.
    fn more(&mut self) -> io::Result<()> {
        self.bytes.copy_within(self.done..self.read, 0);
        (self.done, self.read) = (0, self.read - self.done);
        let room = self.read + self.read.max(STEP);
        if self.bytes.len() < room {
            self.bytes.resize(room, 0);
        }
        let read = loop {
            match self.input.read(&mut self.bytes[self.read..room]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.read += read;
        self.at_end = read == 0;
        Ok(())
    }
}

/// Number of lines that end in some bytes.
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
