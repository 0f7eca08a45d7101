//! Reads JSON objects, concatenated (usually one per line) or in an array, and what pages and feeds become. Nested values
//! are columns named by their dotted path.

use super::columns::{Column, Columns, MissingColumn};
use super::json_values::{JsonFields, elements, fields, strings};
use super::objects::{FoundValue, ObjectContext, first, mended};
use super::row::{Batch, Original, Rejected, Row, joined};
use super::source::{AHEAD, BATCH_BYTES, Dialect, Problem, RowSource, Shape, takes_more};
use super::unfold::{
    Unfolded, Unfolder, is_job_posting, is_list_of_postings, is_of_other_type, left_out, record,
};
use super::window::Window;
use memchr::memchr_iter;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex};

/// Most columns of a table of JSON objects; further fields go to the column [`OTHERS`].
const MOST_COLUMNS: usize = 4096;
/// Bytes that a field of a row takes.
const FIELD: usize = 48;
/// Column of the fields that the first objects did not have, as a JSON object.
pub(super) const OTHERS: &str = "other_fields";

/// What stands in a feed outside of the rows: names, and how often.
pub(super) type LeftOut = Arc<Mutex<BTreeMap<String, u64>>>;

/// Where objects are from.
#[derive(Debug, PartialEq)]
pub(super) enum Origin {
    /// A text of JSON.
    Text,
    /// The data in a web page, of which only job postings are rows.
    Page,
    /// A feed, of which each object is a row.
    Feed,
}

/// What is wrong with a page without a row.
const NO_POSTING: &str = "it is a web page (HTML) without data of a job posting (JSON-LD, or a table); copy its text to a \
                          CSV file, with a column for the text";

/// Rows of a text with JSON objects.
pub(super) struct JsonReader {
    window: Window,
    origin: Origin,
    /// What stands in a feed outside of the rows.
    outside: LeftOut,
    context: ObjectContext,
    /// Number of the next row, from 1.
    next: u64,
    /// Rows that were found and not yet returned.
    waiting: VecDeque<Object>,
    unfolder: Unfolder,
    /// Whether values that neither are postings nor hold any are no rows, because others hold the postings.
    only_within: bool,
    /// Whether there are objects of the type `JobPosting`, so that those of other types are no postings.
    only_job_postings: bool,
    /// The names that a list of names gave to the lists of values after it.
    names: Option<Vec<String>>,
    columns: ColumnIndex,
}

/// A row: its object, or its bytes and why it is rejected.
struct Object {
    line: u64,
    /// Bytes that were read for it.
    length: usize,
    text: Result<String, (Vec<u8>, String)>,
    /// The fields of the object, if they were read.
    fields: Option<JsonFields>,
}

/// The first values of a text.
#[derive(Default)]
struct Ahead {
    /// Each with what it is, if it could be read.
    values: Vec<(Object, Option<Unfolded>)>,
    /// Whether the text has no more.
    complete: bool,
}

impl Ahead {
    /// Whether no value is a posting and some hold postings.
    fn only_within(&self) -> bool {
        let any = |is: fn(&Unfolded) -> bool| {
            self.values.iter().any(|(_, unfolded)| unfolded.as_ref().is_some_and(is))
        };
        any(|unfolded| matches!(unfolded, Unfolded::Within(_)))
            && !any(|unfolded| matches!(unfolded, Unfolded::Posting))
    }

    /// Whether it is sound that there are no rows: nothing is there, or what would hold postings.
    fn may_have_no_rows(&self) -> bool {
        let all_read = || self.values.iter().all(|(_, unfolded)| unfolded.is_some());
        self.values.is_empty() || (self.only_within() && all_read())
    }

    /// The largest list in the only value, if that neither is a posting nor holds any: its path, and the fields of its
    /// objects.
    fn list_in_only_value(&self) -> Option<(String, Vec<String>)> {
        match &self.values[..] {
            [(Object { text: Ok(text), .. }, Some(Unfolded::Nothing))] if self.complete => {
                Unfolder::largest_list(text)
            }
            _ => None,
        }
    }
}

impl JsonReader {
    /// Reads up to [`AHEAD`] values to find the postings and their columns. The header is empty if there are none.
    pub(super) fn open(
        window: Window,
        dialect: &Dialect,
        origin: Origin,
        outside: LeftOut,
    ) -> Result<(Self, Shape), Problem> {
        let only_job_postings = origin == Origin::Page;
        let mut json = Self {
            window,
            origin,
            outside,
            context: ObjectContext::new(false),
            next: 1,
            waiting: VecDeque::new(),
            unfolder: Unfolder::new(&dialect.names),
            only_within: false,
            only_job_postings,
            names: None,
            columns: ColumnIndex::default(),
        };
        let ahead = json.read_ahead()?;
        json.only_within = ahead.only_within();
        let (may_be_empty, complete) = (ahead.may_have_no_rows(), ahead.complete);
        let list = ahead.list_in_only_value();
        for (value, unfolded) in ahead.values {
            json.wait(value, unfolded);
        }
        let mut shape = Shape { header: json.header_of_waiting(), ..Shape::default() };
        if shape.header.is_empty() {
            let mut waiting = json.waiting.iter().take(AHEAD);
            return match waiting.find_map(|object| object.text.as_ref().err()) {
                Some((_, why)) => Err(Problem::Content(why.as_str().into())),
                None if json.origin == Origin::Page => Err(Problem::Content(NO_POSTING.into())),
                None if may_be_empty => Ok((json, shape)),
                None => Err(Problem::Content("it has no JSON object with fields".into())),
            };
        }
        let found = Columns::find(&shape.header, &dialect.names);
        if let Some((path, header)) = list
            && found.as_ref().map_or(true, |c| c.index_of(Column::Description).is_none())
        {
            let problem = MissingColumn::description(&header, &[]);
            return Err(Problem::Content(format!("in its list {path:?}, {problem}").into()));
        }
        shape.columns = found?;
        let wide = shape.header.len() > MOST_COLUMNS;
        if wide {
            let keeps = |index| index < MOST_COLUMNS || shape.columns.uses(index);
            shape.header = json.columns.keep(&shape.header, keeps);
            shape.columns = Columns::find(&shape.header, &dialect.names)?;
        }
        if wide || !complete || json.waiting.len() > AHEAD {
            shape.header.push(OTHERS.into());
        }
        Ok((json, shape))
    }

    /// The values up to the first row, and those after it up to [`AHEAD`] values or [`BATCH_BYTES`].
    fn read_ahead(&mut self) -> Result<Ahead, Problem> {
        let mut ahead = Ahead::default();
        let (mut bytes, mut rows) = (0, false);
        // A large first value may be a document with the postings, if it is the only one.
        while !rows
            || (ahead.values.len() < AHEAD && (bytes < BATCH_BYTES || ahead.values.len() == 1))
        {
            let Some(value) = self.value()? else {
                ahead.complete = true;
                break;
            };
            bytes += value.length;
            let value = self.named(value);
            let unfolded = match &value.text {
                Ok(text) if text.is_empty() => continue,
                Ok(_) if self.origin == Origin::Feed => Some(Unfolded::Posting),
                Ok(text) => Some(self.unfolder.unfold(text)),
                Err(_) => None,
            };
            rows |= !matches!(&unfolded, Some(Unfolded::Within(parts)) if parts.is_empty());
            self.only_job_postings |= value.text.as_ref().is_ok_and(|t| is_job_posting(t));
            ahead.values.push((value, unfolded));
        }
        if let ([(Object { text: Ok(text), .. }, unfolded)], true) =
            (&mut ahead.values[..], ahead.complete)
            && matches!(unfolded, Some(Unfolded::Posting))
            && self.origin == Origin::Text
        {
            *unfolded = Some(self.unfolder.unfold_alone(text));
        }
        Ok(ahead)
    }

    /// The columns of the first rows that wait, whose fields are kept with them.
    fn header_of_waiting(&mut self) -> Vec<String> {
        let mut header = Vec::new();
        for object in self.waiting.iter_mut().take(AHEAD) {
            let Ok(text) = &object.text else { continue };
            let known = object.fields.take();
            let fields = known.unwrap_or_else(|| fields(text).unwrap_or_default());
            self.columns.add(&fields, &mut header);
            object.fields = Some(fields);
        }
        header
    }

    /// The next value of the text.
    fn value(&mut self) -> Result<Option<Object>, Problem> {
        loop {
            let in_array = self.context.in_array;
            // Record separators precede objects in JSON text sequences (RFC 7464), and some programs end the lines of
            // objects with commas.
            self.window.pass(|b| b.is_ascii_whitespace() || b == 0x1e || b == b',')?;
            let Some(&byte) = self.window.rest().first() else { return Ok(None) };
            let begins = byte == b'[' && !in_array && !self.is_array_of_values()?;
            if begins || (byte == b']' && in_array) {
                self.context.enter(begins);
                self.window.skip(1);
                continue;
            }
            let rest = self.window.rest();
            let found = first(rest, &self.context, self.window.at_end());
            let failed = !matches!(found, FoundValue::Value { .. });
            let (end, text) = match found {
                FoundValue::More => {
                    self.window.fill_more()?;
                    continue;
                }
                FoundValue::Value { end } => {
                    (end, Ok(String::from_utf8_lossy(&rest[..end]).into()))
                }
                FoundValue::Mended { end, text } => (end, Ok(text)),
                FoundValue::Wrong { end, why } => (end, Err(why)),
            };
            if in_array && text.is_ok() && byte == b'{' && self.context.opening.is_empty() {
                let colon = memchr::memchr(b':', &rest[..end]).unwrap_or(0);
                self.context.opening = rest[..colon].to_vec();
            }
            let (text, fields) = match text.and_then(read) {
                Ok((text, fields)) => (Ok(text), fields),
                Err(why) => (Err((rest[..end].trim_ascii_end().to_vec(), why)), None),
            };
            let seen = rest.len();
            self.context.consume(end, failed.then_some(seen));
            let object = Object { line: self.window.line(), length: end, text, fields };
            self.window.skip(end);
            return Ok(Some(object));
        }
    }

    /// Whether the array that begins here has values that are neither objects nor arrays.
    fn is_array_of_values(&mut self) -> Result<bool, Problem> {
        loop {
            let inner = self.window.rest()[1..].iter().find(|b| !b.is_ascii_whitespace());
            match inner {
                Some(byte) => return Ok(!b"{[]".contains(byte)),
                None if self.window.at_end() => return Ok(false),
                None => self.window.fill_more()?,
            }
        }
    }

    /// The object that a list of values stands for, if a list of names came before it; a list of names is no row, and
    /// becomes an empty text.
    fn named(&mut self, mut value: Object) -> Object {
        let Ok(text) = &value.text else { return value };
        let scalars = text.starts_with('[')
            && elements(text).is_ok_and(|all| !all.iter().any(|v| v.get().starts_with(['{', '['])));
        if !scalars {
            return value;
        }
        let object = if let Some(names) = &self.names {
            record(names, text)
        } else {
            self.names = self.unfolder.names_in(text);
            let why =
                "it is a list of values, and no list with the names of the columns comes before it";
            self.names.as_ref().map(|_| String::new()).ok_or_else(|| why.into())
        };
        value.text = object.map_err(|why| (text.clone().into_bytes(), why));
        value
    }

    /// Adds the rows of a value to those that wait.
    fn wait(&mut self, value: Object, unfolded: Option<Unfolded>) {
        match (unfolded, &value.text) {
            // An empty list among postings does not make a page of an object.
            (Some(Unfolded::Within(parts)), Ok(text)) if self.only_within || !parts.is_empty() => {
                let (mut line, mut at) = (value.line, 0);
                for part in parts {
                    if let (Origin::Page, Ok(object)) = (&self.origin, &part.object)
                        && !is_job_posting(object)
                    {
                        self.unfolder.leave_out(object);
                        continue;
                    }
                    // Tables by column go through the text again and again.
                    if part.at >= at {
                        line += memchr_iter(b'\n', &text.as_bytes()[at..part.at]).count() as u64;
                        at = part.at;
                    }
                    let text = part.object.map_err(|(raw, why)| (raw.into_bytes(), why));
                    self.waiting.push_back(Object { line, length: 0, text, fields: None });
                }
            }
            (_, Ok(text)) if self.origin == Origin::Page && !is_job_posting(text) => {
                self.unfolder.leave_out(text);
            }
            (Some(Unfolded::Nothing), Ok(text)) if self.only_within => {
                self.unfolder.leave_out(text);
            }
            (_, Ok(text)) if self.only_job_postings && is_of_other_type(text) => {
                self.unfolder.leave_out(text);
            }
            _ => self.waiting.push_back(value),
        }
    }

    /// The next row; the bytes that were read are added to `bytes`.
    fn next(&mut self, shape: &Shape, bytes: &mut usize) -> Result<Option<Object>, Problem> {
        loop {
            if let Some(object) = self.waiting.pop_front() {
                return Ok(Some(object));
            }
            let Some(value) = self.value()? else { return Ok(None) };
            *bytes += value.length;
            let value = self.named(value);
            match &value.text {
                Ok(text) if text.is_empty() => {}
                Ok(text) if self.unfolds(value.fields.as_ref(), shape) => {
                    let unfolded = self.unfolder.unfold(text);
                    self.wait(value, Some(unfolded));
                }
                _ => return Ok(Some(value)),
            }
        }
    }

    /// Whether a value may be something else than a row.
    fn unfolds(&self, fields: Option<&JsonFields>, shape: &Shape) -> bool {
        match self.origin {
            Origin::Feed => false,
            Origin::Page => true,
            Origin::Text => !fields.is_some_and(|fields| is_plain(fields, shape)),
        }
    }
}

/// Whether an object has a text where others had it, and no list of postings.
fn is_plain(fields: &JsonFields, shape: &Shape) -> bool {
    let text = shape.columns.index_of(Column::Description).map(|index| &shape.header[index]);
    let mut has_text = false;
    for (path, value) in fields {
        if path == "@type" || (value.starts_with('[') && is_list_of_postings(path)) {
            return false;
        }
        has_text |= Some(path) == text && !value.starts_with('[');
    }
    has_text
}

impl RowSource for JsonReader {
    fn batch(&mut self, rows: usize, shape: &Shape) -> Result<Batch, Problem> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        while takes_more(&batch, bytes, rows) {
            let Some(object) = self.next(shape, &mut bytes)? else { break };
            bytes += FIELD * shape.header.len();
            let Object { line, text, fields: known, .. } = object;
            let number = self.next;
            self.next += 1;
            let read = text.and_then(|text| match known.map_or_else(|| fields(&text), Ok) {
                Ok(fields) => Ok((text, fields)),
                Err(e) => Err((text.into_bytes(), format!("it is not sound JSON: {e}"))),
            });
            match read {
                Ok((text, fields)) => {
                    let row = self.columns.row(fields, shape, Original::Object(text));
                    batch.rows.push(Row { number, line, ..row });
                }
                Err((raw, reason)) => batch.rejected.push(Rejected { line, reason, raw }),
            }
        }
        Ok(batch)
    }

    fn notes(&self) -> Vec<String> {
        match self.outside.lock() {
            Ok(outside) if !outside.is_empty() => vec![left_out(&outside)],
            _ => self.unfolder.notes(),
        }
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

    /// Forgets the columns for which `keeps` does not hold; gives the header of the others.
    fn keep(&mut self, header: &[String], keeps: impl Fn(usize) -> bool) -> Vec<String> {
        let kept = (0..header.len()).filter(|index| keeps(*index));
        let kept: Vec<String> = kept.map(|index| header[index].clone()).collect();
        self.0 = kept.iter().cloned().zip(0..).collect();
        kept
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

/// A value, repaired if necessary, and its fields if it is an object.
pub(super) fn read(text: String) -> Result<(String, Option<JsonFields>), String> {
    if text.starts_with('[') {
        return Ok((text, None));
    }
    match fields(&text) {
        Ok(found) => Ok((text, Some(found))),
        Err(e) => {
            let again = mended(text.as_bytes()).and_then(|text| Some((fields(&text).ok()?, text)));
            let (found, text) = again.ok_or_else(|| format!("it is not sound JSON: {e}"))?;
            Ok((text, Some(found)))
        }
    }
}
