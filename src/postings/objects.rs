//! Finds the ends of JSON objects, concatenated or in an array.
//!
//! A malformed object is repaired if its meaning is clear; otherwise it is rejected, up to the start of the next
//! object.

use memchr::{memchr, memchr_iter, memmem};
use serde_json::Deserializer;
use serde_json::error::Category;
use serde_json::value::RawValue;

/// Bytes of the longest object; small in tests, so that they reach it.
const LONGEST: usize = if cfg!(test) { 1 << 9 } else { 1 << 26 };
/// Bytes of the longest object that is repaired.
const MENDED: usize = 1 << 20;
/// Most bytes that may be read in vain before the ends of objects are searched less far.
const MOST_IN_VAIN: usize = 4 * LONGEST;
/// Bytes that may be read in vain for each one that is consumed.
const GAIN: usize = 64;
/// Bytes in which the end of an object is always searched.
const LEAST: usize = if cfg!(test) { 1 << 8 } else { 1 << 14 };

/// The first object in a buffer; `end` is its length in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FoundValue {
    /// More bytes are needed.
    More,
    /// A valid object or array.
    Value { end: usize },
    /// A malformed object, and its repaired text.
    Mended { end: usize, text: String },
    /// Bytes to be rejected.
    Wrong { end: usize, why: String },
}

/// What surrounds the objects.
#[derive(Debug, Clone)]
pub(super) struct ObjectContext {
    /// Whether they are in an array.
    pub(super) in_array: bool,
    /// How objects of the array begin, up to the colon after the first key; empty if unknown.
    pub(super) opening: Vec<u8>,
    /// Bytes that may still be read in vain to find the ends of objects. What was read in vain is taken off, and a
    /// multiple of what was consumed is added, so that the time for all malformed objects stays linear.
    allowance: usize,
}

impl ObjectContext {
    /// The context at the beginning of a text or an array.
    pub(super) fn new(in_array: bool) -> Self {
        Self { in_array, opening: Vec::new(), allowance: MOST_IN_VAIN }
    }

    /// The same in or behind an array.
    pub(super) fn enter(&mut self, in_array: bool) {
        *self = Self { allowance: self.allowance, ..Self::new(in_array) };
    }

    /// Notes that `length` bytes were consumed; `in_vain` is how many were there if they were no sound object.
    pub(super) fn consume(&mut self, length: usize, in_vain: Option<usize>) {
        let cost = in_vain.map_or(0, |bytes| bytes.min(self.reach()));
        let gained = self.allowance.saturating_add(GAIN.saturating_mul(length));
        self.allowance = gained.saturating_sub(cost).min(MOST_IN_VAIN);
    }

    /// Most bytes in which the end of an object is searched.
    fn reach(&self) -> usize {
        self.allowance.clamp(LEAST, LONGEST)
    }
}

/// The first object or array of a buffer, which does not begin with whitespace; `at_end` is whether no bytes follow it.
pub(super) fn first(bytes: &[u8], context: &ObjectContext, at_end: bool) -> FoundValue {
    let reach = context.reach();
    let at_end = at_end && bytes.len() <= reach;
    let cut = bytes.len() >= reach;
    let bytes = &bytes[..bytes.len().min(reach)];
    let mut values = Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    let why = match values.next() {
        Some(Ok(_)) if b"{[".contains(&bytes[0]) => {
            return FoundValue::Value { end: values.byte_offset() };
        }
        // A number may continue after the buffer.
        Some(Ok(_)) if values.byte_offset() == bytes.len() && !at_end && !cut => {
            return FoundValue::More;
        }
        Some(Ok(_)) => {
            let why = "it is not a JSON object".into();
            return FoundValue::Wrong { end: values.byte_offset(), why };
        }
        Some(Err(e)) if e.classify() == Category::Eof => {
            if !at_end && !cut {
                return FoundValue::More;
            }
            if cut && reach == LONGEST {
                too_long()
            } else {
                "the JSON object is not closed".into()
            }
        }
        Some(Err(e)) => {
            let length = malformed_length(bytes, context, at_end || cut);
            let Some(length) = length else { return FoundValue::More };
            if let Some(text) = length.checked_sub(1).and_then(|_| mended(&bytes[..length])) {
                return FoundValue::Mended { end: length, text };
            }
            let text = e.to_string();
            let what = text.split(" at line").next().unwrap_or(&text);
            format!("it is not sound JSON: {what}")
        }
        None => "there is no JSON object".into(),
    };
    match next(bytes, context, at_end || cut) {
        Some(end) => FoundValue::Wrong { end, why },
        None => FoundValue::More,
    }
}

fn too_long() -> String {
    format!(
        "the JSON object is not closed within {} MiB; of a larger document give the postings one a line, \
         as `jq -c '.jobs[]'` writes them",
        LONGEST >> 20
    )
}

/// Length of a malformed object: that of its line, or in an array, up to its closing bracket (0 if there is none).
/// `None` if more bytes are needed; `all` is whether there are no more.
fn malformed_length(bytes: &[u8], context: &ObjectContext, all: bool) -> Option<usize> {
    if !context.in_array {
        return match memchr(b'\n', bytes) {
            Some(end) => Some(bytes[..end].trim_ascii_end().len()),
            None if all => Some(bytes.trim_ascii_end().len()),
            None => None,
        };
    }
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    let most = MENDED.min(context.reach());
    for (at, &byte) in bytes.iter().enumerate().take(most) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'\n' if quoted => return Some(0),
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return Some(at + usize::from(depth == 1)),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    (all || bytes.len() >= most).then_some(0)
}

/// Repairs an object; see [`mended_text`].
pub(super) fn mended(bytes: &[u8]) -> Option<String> {
    mended_text(std::str::from_utf8(bytes).ok().filter(|text| text.starts_with('{'))?)
}

/// Repairs a value with control characters in its strings, lone surrogates, or numbers that JSON does not have.
pub(super) fn mended_text(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut quoted = false;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\\' if quoted => {
                let escape = rest.get(..2)?;
                let lone = escape == "\\u" && is_lone_surrogate(rest);
                let length = if lone { 6 } else { 2 };
                out.push_str(if lone { "\\ufffd" } else { escape });
                // Copies both halves of a pair, so that the second is not taken for a lone surrogate.
                let pair = escape == "\\u" && !lone && surrogate(rest).is_some();
                if pair {
                    out.push_str(rest.get(2..12)?);
                }
                if pair { 12 } else { length }
            }
            c if quoted && u32::from(c) < 0x20 => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
                1
            }
            'N' | 'I' | '-' if !quoted => {
                let names = ["NaN", "Infinity", "-Infinity"];
                let name = names.into_iter().find(|name| rest.starts_with(name));
                out.push_str(if name.is_some() { "null" } else { &rest[..1] });
                name.map_or(1, str::len)
            }
            c => {
                quoted ^= c == '"';
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    serde_json::from_str::<&RawValue>(&out).is_ok().then_some(out)
}

/// The surrogate of an escape sequence, if it is one.
fn surrogate(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..0xe000).contains(unit))
}

fn is_lone_surrogate(rest: &str) -> bool {
    let Some(unit) = surrogate(rest) else { return false };
    let second = rest.get(6..).and_then(surrogate);
    unit >= 0xdc00 || second.is_none_or(|second| second < 0xdc00)
}

/// Offset of the next object; if there is none, the end of the bytes if they are all, else `None`.
fn next(bytes: &[u8], context: &ObjectContext, all: bool) -> Option<usize> {
    let found = if context.in_array {
        let opening: &[u8] = if context.opening.is_empty() { b"{" } else { &context.opening };
        memmem::find_iter(&bytes[1..], opening).map(|at| at + 1).find(|&at| {
            let before = bytes[..at].trim_ascii_end().strip_suffix(b",");
            before.is_some_and(|before| before.trim_ascii_end().ends_with(b"}"))
        })
    } else {
        memchr_iter(b'\n', bytes).map(|at| at + 1).find(|&at| {
            let first = bytes[at..].iter().find(|b| !b" \t\r".contains(b));
            first.is_some_and(|b| b"{[".contains(b))
        })
    };
    found.or_else(|| all.then_some(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The objects of bytes that arrive `step` at a time, and the rejected bytes.
    fn objects(bytes: &[u8], step: usize) -> Vec<Result<String, String>> {
        let (mut at, mut there, mut all) = (0, 0, Vec::new());
        let mut context = ObjectContext::new(false);
        loop {
            let at_end = there == bytes.len();
            let space = bytes[at..there].iter().take_while(|b| b.is_ascii_whitespace()).count();
            at += space;
            if at == there && at_end {
                return all;
            }
            let found = if at == there {
                FoundValue::More
            } else {
                first(&bytes[at..there], &context, at_end)
            };
            let failed = !matches!(found, FoundValue::Value { .. });
            let text = |end| String::from_utf8_lossy(&bytes[at..at + end]).into_owned();
            let (end, what) = match found {
                FoundValue::More => {
                    assert!(!at_end, "there is no more");
                    there = bytes.len().min(there + step);
                    continue;
                }
                FoundValue::Value { end } => (end, Ok(text(end))),
                FoundValue::Mended { end, text } => (end, Ok(text)),
                FoundValue::Wrong { end, .. } => (end, Err(text(end))),
            };
            assert!(end > 0, "it goes on");
            context.consume(end, failed.then_some(there - at));
            all.push(what);
            at += end;
        }
    }

    proptest! {
        #[test]
        fn the_same_objects_are_found_however_the_bytes_come(
            parts in prop::collection::vec(
                r#"\{"a":1\}|\{"a":"b\\"|\{|\}|"|\[|NaN|12|[a-z]{1,9}|\n|,|\{"a":"x{60}"\}"#, 0..60,
            ),
            step in 1..100usize,
        ) {
            let bytes = parts.concat().into_bytes();
            prop_assert_eq!(objects(&bytes, bytes.len().max(1)), objects(&bytes, step));
        }
    }

    #[test]
    fn an_object_that_is_wrong_costs_its_line_only() {
        let text =
            "{\"a\":1}\n{\"a\":\"never closed\n{\"a\":3}\n{\"a\":4\n{\"a\":5}\n12\n{\"a\":6}";
        let all = objects(text.as_bytes(), 7);
        let sound: Vec<&String> = all.iter().flatten().collect();
        assert_eq!(sound, ["{\"a\":1}", "{\"a\":3}", "{\"a\":5}", "{\"a\":6}"]);
        assert_eq!(all.len(), 7);
    }

    #[test]
    fn mistakes_that_exporters_make_are_mended() {
        for (wrong, meant) in [
            ("{\"a\":NaN,\"b\":-Infinity}", "{\"a\":null,\"b\":null}"),
            ("{\"a\":\"tab\there\"}", "{\"a\":\"tab\\u0009here\"}"),
            ("{\"a\":\"\\ud83d\"}", "{\"a\":\"\\ufffd\"}"),
        ] {
            assert_eq!(mended(wrong.as_bytes()).as_deref(), Some(meant));
        }
        assert_eq!(mended(b"{\"a\":\"\\ud83d\\ude00 NaN\"}").map(|m| m.len()), Some(24));
    }
}
