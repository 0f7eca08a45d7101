//! Writes delimited text with quotes, escapes and ends of its own as the usual one, record by record.

use super::window::Window;
use memchr::{memchr_iter, memchr2, memchr3};
use std::io::{self, Read};

/// Bytes of the longest record: a longer one has an unclosed quote.
const LONGEST: usize = 1 << 20;

/// How a text differs from the usual one, in every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quirks {
    pub(super) delimiter: u8,
    pub(super) quote: u8,
    /// What stands before a quote in a quoted field, besides another quote, and before a delimiter in others.
    pub(super) escape: Option<u8>,
    /// The number of columns, if rows have an empty field more.
    pub(super) surplus: Option<usize>,
    /// What stands before the quote that opens a field, such as a space.
    pub(super) before: Option<u8>,
    /// Whether rows begin with their number, which the header leaves out.
    pub(super) numbered: bool,
}

/// The first record of a buffer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// More bytes are needed.
    More,
    /// A record: its length in bytes without the line end, and with it.
    Record { length: usize, end: usize },
    /// A quoted field is not closed, or goes on after its closing quote.
    Odd,
}

/// A field without its quotes and escapes, and whether it was quoted.
pub(super) type QuirkyField = (Vec<u8>, bool);

impl Quirks {
    /// The way of a usual table.
    pub(super) const fn usual(delimiter: u8) -> Self {
        let (escape, surplus, before) = (None, None, None);
        Self { delimiter, quote: b'"', escape, surplus, before, numbered: false }
    }

    /// Reads the first record of a buffer into its fields; `at_end` is whether no bytes follow.
    pub(super) fn record(
        &self,
        bytes: &[u8],
        at_end: bool,
        fields: &mut Vec<QuirkyField>,
    ) -> Found {
        fields.clear();
        let more = if bytes.len() > LONGEST || at_end { Found::Odd } else { Found::More };
        let mut at = 0;
        loop {
            let mut field = Vec::new();
            let is_before = |byte: &&u8| Some(**byte) == self.before;
            let skipped = bytes[at.min(bytes.len())..].iter().take_while(is_before).count();
            let quoted = bytes.get(at + skipped) == Some(&self.quote);
            if quoted {
                at += skipped;
                match self.quoted(bytes, at + 1, &mut field) {
                    Some(end) if end < bytes.len() || at_end => at = end,
                    _ => return more,
                }
                if bytes.get(at).is_some_and(|&b| b != self.delimiter && b != b'\n' && b != b'\r') {
                    return Found::Odd;
                }
            } else {
                at = self.unquoted(bytes, at, &mut field);
            }
            fields.push((field, quoted));
            match bytes.get(at) {
                Some(b) if *b == self.delimiter => at += 1,
                None if !at_end => return more,
                Some(b'\r') if at + 1 == bytes.len() && !at_end => return more,
                Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => {
                    return Found::Record { length: at, end: at + 2 };
                }
                Some(_) => return Found::Record { length: at, end: at + 1 },
                None => return Found::Record { length: at, end: at },
            }
        }
    }

    /// Where a quoted field ends behind its closing quote, if it is closed.
    fn quoted(&self, bytes: &[u8], from: usize, field: &mut Vec<u8>) -> Option<usize> {
        let escape = self.escape.unwrap_or(self.quote);
        let mut at = from;
        loop {
            let next = at + memchr2(self.quote, escape, &bytes[at..])?;
            field.extend_from_slice(&bytes[at..next]);
            let second = bytes.get(next + 1).copied();
            if bytes[next] == self.quote && second != Some(self.quote) {
                return Some(next + 1);
            }
            let escapes = second.is_some_and(|b| b == self.quote || b == escape);
            field.push(if escapes { second? } else { bytes[next] });
            at = next + 1 + usize::from(escapes);
        }
    }

    /// Where a field without quotes ends.
    fn unquoted(&self, bytes: &[u8], from: usize, field: &mut Vec<u8>) -> usize {
        let mut at = from;
        while let Some(&byte) = bytes.get(at) {
            if byte == self.delimiter || byte == b'\n' || byte == b'\r' {
                break;
            }
            let next = bytes.get(at + 1).copied().filter(|_| self.escape == Some(byte));
            let escaped = next
                .filter(|b| *b == self.delimiter || *b == byte || *b == self.quote || *b == b'\n');
            field.push(escaped.unwrap_or(byte));
            at += 1 + usize::from(escaped.is_some());
        }
        at
    }

    /// The fields that a row counts.
    pub(super) fn count(&self, fields: &[QuirkyField]) -> usize {
        let surplus = self.surplus.is_some_and(|columns| fields.len() == columns + 1)
            && fields.last().is_some_and(|(field, _)| field.is_empty());
        let numbered = self.numbered && fields.first().is_some_and(|(_, quoted)| *quoted);
        fields.len() - usize::from(surplus) - usize::from(numbered)
    }
}

/// A text in the usual dialect.
pub(super) struct Requoted {
    text: Window,
    quirks: Quirks,
    fields: Vec<QuirkyField>,
    ready: Vec<u8>,
    given: usize,
    /// Whether the header was passed.
    begun: bool,
}

impl Requoted {
    pub(super) fn new(text: Window, quirks: Quirks) -> Self {
        Self { text, quirks, fields: Vec::new(), ready: Vec::new(), given: 0, begun: false }
    }

    /// Passes the next record; false if there is none.
    fn step(&mut self) -> io::Result<bool> {
        loop {
            self.text.fill(1)?;
            let rest = self.text.rest();
            if rest.is_empty() {
                return Ok(false);
            }
            match self.quirks.record(rest, self.text.at_end(), &mut self.fields) {
                Found::More => self.text.fill_more()?,
                Found::Record { length, end } => {
                    let count = if self.quirks.numbered {
                        self.fields.len()
                    } else {
                        self.quirks.count(&self.fields)
                    };
                    if self.quirks.numbered && !std::mem::replace(&mut self.begun, true) {
                        self.ready.push(self.quirks.delimiter);
                    }
                    self.push_fields(count);
                    self.ready.extend_from_slice(&self.text.rest()[length..end]);
                    self.text.skip(end);
                    return Ok(true);
                }
                // Set aside by who reads it.
                Found::Odd => {
                    let line = memchr2(b'\n', b'\r', rest).map_or(rest.len(), |at| at + 1);
                    self.ready.extend_from_slice(&rest[..line]);
                    self.text.skip(line);
                    return Ok(true);
                }
            }
        }
    }

    fn push_fields(&mut self, count: usize) {
        for (index, (field, quoted)) in self.fields[..count].iter().enumerate() {
            if index > 0 {
                self.ready.push(self.quirks.delimiter);
            }
            let special = *quoted
                || memchr3(b'"', b'\n', b'\r', field).is_some()
                || field.contains(&self.quirks.delimiter);
            if !special {
                self.ready.extend_from_slice(field);
                continue;
            }
            self.ready.push(b'"');
            let mut from = 0;
            for quote in memchr_iter(b'"', field) {
                self.ready.extend_from_slice(&field[from..=quote]);
                from = quote;
            }
            self.ready.extend_from_slice(&field[from..]);
            self.ready.push(b'"');
        }
    }
}

impl Read for Requoted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.ready.clear();
            self.given = 0;
            if !self.step()? {
                return Ok(0);
            }
        }
        let read = (&self.ready[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKSLASH: Quirks = Quirks { escape: Some(b'\\'), ..Quirks::usual(b',') };

    fn usual(text: &str, quirks: Quirks) -> String {
        let window = Window::new(Box::new(io::Cursor::new(text.to_owned())), 1);
        let mut out = String::new();
        Requoted::new(window, quirks).read_to_string(&mut out).expect("memory");
        out
    }

    #[test]
    fn quotes_and_escapes_become_the_usual_ones() {
        let single = Quirks { quote: b'\'', escape: None, ..BACKSLASH };
        let surplus = Quirks { escape: None, surplus: Some(2), ..BACKSLASH };
        let spaced = Quirks { before: Some(b' '), ..Quirks::usual(b',') };
        let numbered = Quirks { numbered: true, ..Quirks::usual(b',') };
        for (text, quirks, expected) in [
            ("1,\"a \\\"b\\\", c\"\r\n2,x", BACKSLASH, "1,\"a \"\"b\"\", c\"\r\n2,x"),
            ("1,\"C:\\dir\\\\\"\n", BACKSLASH, "1,\"C:\\dir\\\"\n"),
            ("1,a\\, \"b\"\n", BACKSLASH, "1,\"a, \"\"b\"\"\"\n"),
            ("1,\"never\nclosed\n", BACKSLASH, "1,\"never\nclosed\n"),
            ("'a, b','it''s'\n", single, "\"a, b\",\"it's\"\n"),
            ("1,x,\n2,y,z\n3,w\n", surplus, "1,x\n2,y,z\n3,w\n"),
            ("1,  \"a, b\", c\n", spaced, "1,\"a, b\", c\n"),
            ("a,b\n\"1\",x,y\n", numbered, ",a,b\n\"1\",x,y\n"),
        ] {
            assert_eq!(usual(text, quirks), expected, "{text}");
        }
    }
}
