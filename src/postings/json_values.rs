//! Reads the members, elements and fields of JSON text.

use serde::Deserializer as _;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Levels of nesting that become columns.
const LEVELS: usize = 6;

/// Paths and values of an object, in order. Strings are unescaped, null is empty, and all else is JSON text.
pub(super) type JsonFields = Vec<(String, String)>;

/// The fields of an object.
pub(super) fn fields(object: &str) -> serde_json::Result<JsonFields> {
    let mut all = Vec::new();
    flatten("", object, LEVELS, &mut all)?;
    Ok(all)
}

/// Appends the fields of an object to `out`; objects within up to `levels` are replaced by their fields.
fn flatten(
    path: &str,
    object: &str,
    levels: usize,
    out: &mut JsonFields,
) -> serde_json::Result<()> {
    for (key, value) in members(object)? {
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        let text = value.get();
        match text.as_bytes()[0] {
            b'{' if levels > 1 && text.len() > 2 => flatten(&path, text, levels - 1, out)?,
            b'"' => out.push((path, serde_json::from_str(text)?)),
            b'n' => out.push((path, String::new())),
            _ => out.push((path, text.to_owned())),
        }
    }
    Ok(())
}

/// The members of an object, in order.
pub(crate) fn members(object: &str) -> serde_json::Result<Vec<(String, &RawValue)>> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    let mut text = serde_json::Deserializer::from_str(object);
    let members = text.deserialize_map(Members)?;
    text.end().map(|()| members)
}

/// The elements of an array.
pub(super) fn elements(array: &str) -> serde_json::Result<Vec<&RawValue>> {
    struct Elements;
    impl<'de> Visitor<'de> for Elements {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
            let mut elements = Vec::new();
            while let Some(element) = array.next_element()? {
                elements.push(element);
            }
            Ok(elements)
        }
    }
    let mut text = serde_json::Deserializer::from_str(array);
    let elements = text.deserialize_seq(Elements)?;
    text.end().map(|()| elements)
}

/// The strings within a field that is a JSON array or object, one per line; other fields as they are.
pub(super) fn strings(field: &str) -> Cow<'_, str> {
    fn walk(value: &str, levels: usize, out: &mut Vec<String>) -> Option<()> {
        let levels = levels.checked_sub(1)?;
        match value.as_bytes().first()? {
            b'{' => members(value).ok()?.iter().try_for_each(|(_, v)| walk(v.get(), levels, out)),
            b'[' => elements(value).ok()?.iter().try_for_each(|v| walk(v.get(), levels, out)),
            b'"' => serde_json::from_str(value).ok().map(|text| out.push(text)),
            _ => Some(()),
        }
    }
    let mut texts = Vec::new();
    let nested = field.starts_with(['[', '{']) && walk(field, LEVELS, &mut texts).is_some();
    if nested { texts.join("\n").into() } else { field.into() }
}

/// The object with the value at a path replaced by `value` (JSON); `None` if it has no such path.
pub(crate) fn with_value(object: &str, path: &str, value: &str) -> Option<String> {
    let members = members(object).ok()?;
    let mut found = false;
    let mut all = Vec::with_capacity(members.len());
    for (key, old) in members {
        let new = match path.strip_prefix(&key) {
            Some("") => Some(value.to_owned()),
            Some(rest) => {
                rest.strip_prefix('.').and_then(|rest| with_value(old.get(), rest, value))
            }
            None => None,
        };
        found |= new.is_some();
        let key = serde_json::Value::from(key);
        all.push(format!("{key}:{}", new.as_deref().unwrap_or(old.get())));
    }
    found.then(|| format!("{{{}}}", all.join(",")))
}
