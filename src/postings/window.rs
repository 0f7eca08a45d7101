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
    bytes: Vec<u8>,
    /// Bytes of it that are done with.
    done: usize,
    at_end: bool,
    line: u64,
    /// Whether the last byte done with is a carriage return, which a line feed may follow.
    after_return: bool,
}

impl Window {
    /// Text that begins on this line, from 1.
    pub(super) fn new(input: Box<dyn Read + Send>, line: u64) -> Self {
        Self { input, bytes: Vec::new(), done: 0, at_end: false, line, after_return: false }
    }

    /// What is read and not done with.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.done..]
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
