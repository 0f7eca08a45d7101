//! Finds the ends of CSV records, also of malformed ones.
//!
//! A record is sound if each quoted field is closed before a delimiter or a line end, and it has as many fields as the
//! header. Other records are read if their meaning is clear. Otherwise they are rejected up to the next line at which a
//! sound record begins, so that an unclosed quote costs its own line and not the rest of the file.

use memchr::{memchr, memchr_iter, memchr2, memchr3};
use std::ops::{Range, RangeInclusive};

/// Bytes of the longest record: a longer one has an unclosed quote. Small in tests, so that they reach it, like
/// [`REACH`].
const LONGEST: usize = if cfg!(test) { 1 << 12 } else { 1 << 26 };
/// Lines that are tried as the start of a sound record.
const TRIED: usize = 1000;
/// Bytes of each tried line that are read.
const REACH: usize = if cfg!(test) { 1 << 5 } else { 1 << 16 };

/// The first record of a buffer; `end` is its length in bytes with its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordEnd {
    /// More bytes are needed.
    More,
    /// A readable record; `sound` is whether its quotes are right and it has as many fields as the header.
    Record { end: usize, sound: bool },
    /// Bytes to be rejected.
    Wrong { end: usize, why: Wrong },
}

/// Why a record is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It has this wrong number of fields.
    Fields(usize),
    /// A quoted field is not closed, or goes on after its closing quote.
    Quote,
}

/// The start of a buffer, parsed strictly.
enum Scan {
    More,
    /// A record: its length in bytes, and the number of its fields.
    Record {
        end: usize,
        fields: usize,
    },
    /// A quoted field is not closed, or goes on after its closing quote.
    Odd,
}

/// Parses the first record strictly.
fn scan(bytes: &[u8], delimiter: u8, at_end: bool) -> Scan {
    let ends =
        |at: usize| bytes.get(at).is_none_or(|&b| b == delimiter || b == b'\n' || b == b'\r');
    let (mut at, mut fields) = (0, 1);
    loop {
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                let Some(quote) = memchr(b'"', &bytes[at..]) else {
                    return if at_end { Scan::Odd } else { Scan::More };
                };
                at += quote + 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
            if at == bytes.len() && !at_end {
                return Scan::More;
            }
            if !ends(at) {
                return Scan::Odd;
            }
        } else {
            match memchr3(delimiter, b'\n', b'\r', &bytes[at..]) {
                Some(length) => at += length,
                None if at_end => at = bytes.len(),
                None => return Scan::More,
            }
        }
        match bytes.get(at) {
            Some(&b) if b == delimiter => (at, fields) = (at + 1, fields + 1),
            Some(b'\r') if at + 1 == bytes.len() && !at_end => return Scan::More,
            _ => return Scan::Record { end: after_line(bytes, at), fields },
        }
    }
}

/// Start of the next line, if a line ends at `at`.
fn after_line(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => at + 2,
        Some(_) => at + 1,
        None => at,
    }
}

/// Length of the first line, with its line end.
fn line(bytes: &[u8]) -> usize {
    memchr2(b'\n', b'\r', bytes).map_or(bytes.len(), |at| after_line(bytes, at))
}

/// The first record of a buffer; `fields` are the numbers of fields that it may have, up to that of the header; `at_end`
/// is whether no bytes follow. The result does not depend on how many bytes after the record are in the buffer.
pub(super) fn first(
    bytes: &[u8],
    delimiter: u8,
    fields: &RangeInclusive<usize>,
    at_end: bool,
) -> RecordEnd {
    let at_end = at_end && bytes.len() <= LONGEST;
    let bytes = &bytes[..bytes.len().min(LONGEST)];
    match scan(bytes, delimiter, at_end) {
        Scan::Record { end, fields: found } if fields.contains(&found) => {
            RecordEnd::Record { end, sound: found == *fields.end() }
        }
        Scan::Record { end, fields: found } => RecordEnd::Wrong { end, why: Wrong::Fields(found) },
        Scan::More if bytes.len() < LONGEST => RecordEnd::More,
        Scan::More | Scan::Odd => mended(bytes, delimiter, fields, at_end),
    }
}

/// A record with wrong quotes: readable if its line has the right number of fields and an even number of quotes.
fn mended(bytes: &[u8], delimiter: u8, fields: &RangeInclusive<usize>, at_end: bool) -> RecordEnd {
    // A line that may continue after the buffer is read when it is complete.
    let may_go_on = |end: usize| end == bytes.len() && !at_end && bytes.len() < LONGEST;
    let line_end = line(bytes);
    if may_go_on(line_end) {
        return RecordEnd::More;
    }
    let closed = memchr_iter(b'"', &bytes[..line_end]).count().is_multiple_of(2);
    if closed && fields.contains(&count(&bytes[..line_end], delimiter)) {
        return RecordEnd::Record { end: line_end, sound: false };
    }
    let mut end = line_end;
    for _ in 0..TRIED {
        let rest = &bytes[end..];
        let reached = &rest[..rest.len().min(REACH)];
        match scan(reached, delimiter, at_end && reached.len() == rest.len()) {
            _ if rest.is_empty() => break,
            Scan::Record { end: length, fields: found }
                if fields.contains(&found) && !has_stray_quotes(&rest[..length], delimiter) =>
            {
                break;
            }
            Scan::More if reached.len() < REACH && may_go_on(bytes.len()) => {
                return RecordEnd::More;
            }
            _ => end += line(rest),
        }
        if may_go_on(end) {
            return RecordEnd::More;
        }
    }
    RecordEnd::Wrong { end, why: Wrong::Quote }
}

/// Number of fields of a line with wrong quotes, as [`fields`] reads them.
fn count(line: &[u8], delimiter: u8) -> usize {
    let mut found = 0;
    each_field(line, delimiter, &mut |_, _| found += 1);
    found
}

/// Whether there are quotes in fields that are not quoted.
fn has_stray_quotes(record: &[u8], delimiter: u8) -> bool {
    let mut stray = false;
    each_field(record, delimiter, &mut |field, quoted| {
        stray |= !quoted && record[field].contains(&b'"');
    });
    stray
}

/// Calls `then` for each field of a record, with its byte range without quotes around it, and whether it is quoted. A
/// field that goes on after its closing quote counts as not quoted.
fn each_field(record: &[u8], delimiter: u8, then: &mut dyn FnMut(Range<usize>, bool)) {
    let record = match record {
        [rest @ .., b'\r', b'\n'] | [rest @ .., b'\n' | b'\r'] => rest,
        all => all,
    };
    let mut at = 0;
    loop {
        let rest = &record[at..];
        let end = if let [b'"', inner @ ..] = rest {
            let closed = closing(inner);
            if closed + 1 >= inner.len() || inner[closed + 1] == delimiter {
                then(at + 1..at + 1 + closed, true);
                closed + 2
            } else {
                let end = closed + 2 + until(&inner[closed + 1..], delimiter);
                then(at..at + end, false);
                end
            }
        } else {
            let end = until(rest, delimiter);
            then(at..at + end, false);
            end
        };
        if end >= rest.len() {
            return;
        }
        at += end + 1;
    }
}

/// Offset of the next delimiter, or the end.
fn until(bytes: &[u8], delimiter: u8) -> usize {
    memchr(delimiter, bytes).unwrap_or(bytes.len())
}

/// Offset of the closing quote of a field, of which `inner` is after the opening quote; the end if there is none.
fn closing(inner: &[u8]) -> usize {
    let mut at = 0;
    while let Some(quote) = memchr(b'"', &inner[at..]) {
        at += quote;
        if inner.get(at + 1) != Some(&b'"') {
            return at;
        }
        at += 2;
    }
    inner.len()
}

/// A field of a record.
pub(super) enum Field {
    /// Byte range of the record.
    Bytes(Range<usize>),
    /// Text that differs from the record.
    Text(String),
}

/// Pushes the fields of a record. Doubled quotes of quoted fields become single ones.
pub(super) fn fields(record: &str, delimiter: u8, mut push: impl FnMut(Field)) {
    each_field(record.as_bytes(), delimiter, &mut |field, quoted| {
        let text = &record[field.clone()];
        if quoted && memchr(b'"', text.as_bytes()).is_some() {
            push(Field::Text(unescaped(text)));
        } else if let Some(inner) = text.strip_prefix('"').filter(|_| !quoted) {
            let (inner, behind) = inner.split_at(closing(inner.as_bytes()));
            push(Field::Text(unescaped(inner) + behind.strip_prefix('"').unwrap_or(behind)));
        } else {
            push(Field::Bytes(field));
        }
    });
}

/// Replaces doubled quotes by single ones.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(quote) = memchr(b'"', &text.as_bytes()[from..]) {
        let end = from + quote + 1;
        plain.push_str(&text[from..end]);
        from = end + usize::from(text.as_bytes().get(end) == Some(&b'"'));
    }
    plain + &text[from..]
}

/// The index of the field that contains a byte, from 0, and the byte's offset in it, from 1.
pub(super) fn position(record: &[u8], delimiter: u8, at: usize) -> (usize, usize) {
    let (mut field, mut found) = (0, (0, at + 1));
    each_field(record, delimiter, &mut |bytes, _| {
        if bytes.start <= at {
            found = (field, at - bytes.start + 1);
        }
        field += 1;
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The records of bytes that arrive `step` at a time.
    fn records(bytes: &[u8], step: usize) -> Vec<(Vec<u8>, Option<Wrong>)> {
        let (mut at, mut there, mut all) = (0, 0, Vec::new());
        loop {
            let at_end = there == bytes.len();
            if at_end && at == there {
                return all;
            }
            let (end, why) = match first(&bytes[at..there], b',', &(2..=2), at_end) {
                RecordEnd::More => {
                    assert!(!at_end, "there is no more");
                    there = bytes.len().min(there + step);
                    continue;
                }
                RecordEnd::Record { end, .. } => (end, None),
                RecordEnd::Wrong { end, why } => (end, Some(why)),
            };
            assert!(end > 0, "it goes on");
            all.push((bytes[at..at + end].to_vec(), why));
            at += end;
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_however_the_bytes_come(
            parts in prop::collection::vec(r#"a{1,9}|a{300,400}|"|""|,|\n|\r|\r\n"#, 0..120),
            step in 1..100usize,
        ) {
            let bytes = parts.concat().into_bytes();
            let all = records(&bytes, bytes.len().max(1));
            prop_assert_eq!(&all, &records(&bytes, step));
            let joined: Vec<u8> = all.into_iter().flat_map(|(record, _)| record).collect();
            prop_assert_eq!(joined, bytes);
        }
    }

    #[test]
    fn a_long_line_with_a_wrong_quote_stays_whole() {
        let long = format!("1,\"a \"{}\" b\"\n", "x".repeat(4 * REACH));
        let bytes = format!("{long}2,y\n");
        let all = records(bytes.as_bytes(), REACH);
        assert_eq!(all, [(long.into_bytes(), None), (b"2,y\n".to_vec(), None)]);
    }
}
