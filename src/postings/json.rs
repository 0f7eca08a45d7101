//! Reads JSON objects, concatenated (usually one per line) or in an array. Nested values are columns named by their
//! dotted path.

use super::columns::{Column, Columns};
use super::objects::{FoundValue, ObjectContext, first, mended};
use super::row::{Batch, Original, Rejected, Row, joined};
use super::source::{AHEAD, Dialect, Problem, RowSource, Shape, takes_more};
use super::window::Window;
use serde::Deserializer as _;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io::Cursor;

/// Levels of nesting that become columns.
const LEVELS: usize = 6;
/// Levels of nesting in which arrays of postings are searched.
const DEEP: usize = 3;
/// Column of the fields that the first objects did not have, as a JSON object.
pub(super) const OTHERS: &str = "other_fields";

/// Paths and values of an object, in order. Strings are unescaped, null is empty, and all else is JSON text.
pub(super) type JsonFields = Vec<(String, String)>;

/// Rows of a text with JSON objects.
pub(super) struct JsonReader {
    window: Window,
    context: ObjectContext,
    /// Number of the next object, from 1.
    next: u64,
    /// Objects that were read ahead to find the columns.
    ahead: VecDeque<Object>,
    columns: ColumnIndex,
}

/// An object: its text and fields, or its bytes and why it is rejected.
struct Object {
    number: u64,
    line: u64,
    text: Result<(String, JsonFields), (Vec<u8>, String)>,
}

impl JsonReader {
    /// Reads up to [`AHEAD`] objects to find the columns.
    pub(super) fn open(window: Window, dialect: &Dialect) -> Result<(Self, Shape), Problem> {
        let line = window.line();
        let mut json = Self {
            window,
            context: ObjectContext::default(),
            next: 1,
            ahead: VecDeque::new(),
            columns: ColumnIndex::default(),
        };
        let (mut bytes, mut complete) = (0, false);
        // A large first object may be a document with the postings, if it is the only one.
        while !complete
            && json.ahead.len() < AHEAD
            && (bytes < super::source::BATCH_BYTES || json.ahead.len() == 1)
        {
            match json.object()? {
                Some((object, length)) => {
                    bytes += length;
                    json.ahead.push_back(object);
                }
                None => complete = true,
            }
        }
        let mut header = Vec::new();
        for (_, fields) in json.ahead.iter().filter_map(|object| object.text.as_ref().ok()) {
            json.columns.add(fields, &mut header);
        }
        if header.is_empty() {
            let wrong = json.ahead.iter().find_map(|object| object.text.as_ref().err());
            let why = wrong.map_or("it has no JSON object", |(_, why)| why);
            return Err(Problem::Content(why.into()));
        }
        let found = Columns::find(&header, &dialect.names);
        let described = found.as_ref().is_ok_and(|c| c.index_of(Column::Description).is_some());
        if let ([Object { text: Ok((text, _)), .. }], true, false) =
            (json.ahead.make_contiguous() as &[_], complete, described)
            && let Some(inner) = postings_within(text, dialect, DEEP)
        {
            let before = &text[..inner.as_ptr() as usize - text.as_ptr() as usize];
            let line = line + before.matches('\n').count() as u64;
            let window = Window::new(Box::new(Cursor::new(inner.to_owned())), line);
            return Self::open(window, dialect);
        }
        if !complete {
            header.push(OTHERS.into());
        }
        let columns = found?;
        Ok((json, Shape { header, columns, head: None, delimiter: None, schema: None }))
    }

    /// The next object and its length in bytes.
    fn object(&mut self) -> Result<Option<(Object, usize)>, Problem> {
        loop {
            let in_array = self.context.in_array;
            // Record separators precede objects in JSON text sequences (RFC 7464).
            self.window
                .pass(|b| b.is_ascii_whitespace() || b == 0x1e || (in_array && b == b','))?;
            let Some(&byte) = self.window.rest().first() else { return Ok(None) };
            if byte == (if in_array { b']' } else { b'[' }) {
                self.context = ObjectContext { in_array: !in_array, opening: Vec::new() };
                self.window.skip(1);
                continue;
            }
            let rest = self.window.rest();
            let (end, text) = match first(rest, &self.context, self.window.at_end()) {
                FoundValue::More => {
                    self.window.fill_more()?;
                    continue;
                }
                FoundValue::Object { end } => {
                    (end, Ok(String::from_utf8_lossy(&rest[..end]).into()))
                }
                FoundValue::Mended { end, text } => (end, Ok(text)),
                FoundValue::Wrong { end, why } => (end, Err(why)),
            };
            if in_array && text.is_ok() && self.context.opening.is_empty() {
                let colon = memchr::memchr(b':', &rest[..end]).unwrap_or(0);
                self.context.opening = rest[..colon].to_vec();
            }
            let raw = || rest[..end].trim_ascii_end().to_vec();
            let text = text.and_then(read).map_err(|why| (raw(), why));
            let object = Object { number: self.next, line: self.window.line(), text };
            self.next += 1;
            self.window.skip(end);
            return Ok(Some((object, end)));
        }
    }
}

impl RowSource for JsonReader {
    fn batch(&mut self, rows: usize, shape: &Shape) -> Result<Batch, Problem> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        while takes_more(&batch, bytes, rows) {
            let (object, length) = match self.ahead.pop_front() {
                Some(object) => (object, 0),
                None => match self.object()? {
                    Some(read) => read,
                    None => break,
                },
            };
            bytes += length;
            let Object { number, line, text } = object;
            match text {
                Ok((text, fields)) => {
                    let row = self.columns.row(fields, shape, Original::Object(text));
                    batch.rows.push(Row { number, line, ..row });
                }
                Err((raw, reason)) => batch.rejected.push(Rejected { line, reason, raw }),
            }
        }
        Ok(batch)
    }
}

/// Column indices by path.
#[derive(Default)]
pub(super) struct ColumnIndex(HashMap<String, usize>);

impl ColumnIndex {
    /// Appends the new paths of an object to the header.
    pub(super) fn add(&mut self, fields: &JsonFields, header: &mut Vec<String>) {
        for (path, _) in fields {
            if !self.0.contains_key(path) {
                self.0.insert(path.clone(), header.len());
                header.push(path.clone());
            }
        }
    }

    /// The row of an object.
    pub(super) fn row(&self, fields: JsonFields, shape: &Shape, original: Original) -> Row {
        let mut row = vec![String::new(); shape.header.len()];
        let mut others = serde_json::Map::new();
        for (path, text) in fields {
            match self.0.get(&path) {
                Some(&index) => row[index] = text,
                None if !text.is_empty() => _ = others.insert(path, text.into()),
                None => {}
            }
        }
        if let Some(last) = row.last_mut().filter(|_| !others.is_empty()) {
            *last = serde_json::Value::Object(others).to_string();
        }
        let parts = shape.columns.parts();
        let one = shape.columns.index_of(Column::Description);
        let text = |index: usize| strings(&row[index]);
        let description = if parts.is_empty() {
            one.map(text).and_then(|text| if let Cow::Owned(s) = text { Some(s) } else { None })
        } else {
            let texts: Vec<Cow<str>> = parts.iter().map(|&index| text(index)).collect();
            Some(joined(texts.iter().map(AsRef::as_ref)))
        };
        Row { number: 0, line: 0, fields: row.into_iter().collect(), original, description }
    }
}

/// An object and its fields, repaired if necessary.
fn read(text: String) -> Result<(String, JsonFields), String> {
    match fields(&text) {
        Ok(found) => Ok((text, found)),
        Err(e) => {
            let again = mended(text.as_bytes()).and_then(|text| Some((fields(&text).ok()?, text)));
            let (found, text) = again.ok_or_else(|| format!("it is not sound JSON: {e}"))?;
            Ok((text, found))
        }
    }
}

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
fn members(object: &str) -> serde_json::Result<Vec<(String, &RawValue)>> {
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
fn elements(array: &str) -> serde_json::Result<Vec<&RawValue>> {
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
fn strings(field: &str) -> Cow<'_, str> {
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
        let inner = path.strip_prefix(&key).map(|rest| (rest.is_empty(), rest.strip_prefix('.')));
        let new = match inner {
            Some((true, _)) => Some(value.to_owned()),
            Some((_, Some(rest))) => with_value(old.get(), rest, value),
            _ => None,
        };
        found |= new.is_some();
        let key = serde_json::Value::from(key);
        all.push(format!("{key}:{}", new.as_deref().unwrap_or(old.get())));
    }
    found.then(|| format!("{{{}}}", all.join(",")))
}

/// The array of postings within a document such as `{"jobs": [...]}`.
fn postings_within<'t>(object: &'t str, dialect: &Dialect, levels: usize) -> Option<&'t str> {
    let members = members(object).ok()?;
    let arrays = members.iter().map(|(_, v)| v.get()).filter(|v| v.starts_with('['));
    let objects = members.iter().map(|(_, v)| v.get()).filter(|v| v.starts_with('{'));
    let described = |array: &&str| {
        let some = elements(array).unwrap_or_default();
        some.iter().take(AHEAD).any(|element| {
            let header = fields(element.get()).unwrap_or_default();
            let header: Vec<String> = header.into_iter().map(|(path, _)| path).collect();
            Columns::find(&header, &dialect.names)
                .is_ok_and(|columns| columns.index_of(Column::Description).is_some())
        })
    };
    let mut arrays = arrays.filter(described);
    arrays.next().or_else(|| {
        let deeper = levels.checked_sub(1)?;
        objects.into_iter().find_map(|object| postings_within(object, dialect, deeper))
    })
}
