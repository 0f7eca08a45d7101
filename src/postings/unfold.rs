//! Finds the postings in a JSON value: the value itself, or what its lists and objects hold.
//!
//! A posting is an object with a text. Around postings stand pages of an API, lists by department, objects keyed by
//! identity, graphs of schema.org and tables by column. An object that has a text of its own is a posting, and its
//! lists are a part of it, unless their name says that they hold postings.

use super::columns::{Column, ColumnNames, Columns, plain};
use super::json_values::{elements, fields, members};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Levels of nesting in which postings are searched.
const DEEP: usize = 8;
/// Headers whose columns are remembered.
const KNOWN: usize = 256;
/// What a whole text is called whose rows are the values of its keys, or the cells of its columns.
const EACH_KEY: &str = "each key";
const EACH_COLUMN: &str = "each column";
/// Least fields of a posting in a list that may as well be a part of a posting.
const WIDE: usize = 3;
/// Names of lists that hold postings even where the object around them has a text, normalised as by [`plain`].
const OF_POSTINGS: [&str; 23] = [
    "job",
    "posting",
    "item",
    "entry",
    "jobs",
    "postings",
    "jobpostings",
    "jobads",
    "joboffers",
    "joblistings",
    "listings",
    "vacancies",
    "positions",
    "openings",
    "offers",
    "opportunities",
    "requisitions",
    "items",
    "entries",
    "results",
    "hits",
    "graph",
    "itemlistelement",
];
/// More names of lists that hold postings if there are any.
const OF_ANYTHING: [&str; 14] = [
    "data",
    "list",
    "value",
    "values",
    "records",
    "rows",
    "nodes",
    "edges",
    "elements",
    "content",
    "pages",
    "departments",
    "documents",
    "docs",
];
/// Beginnings of names of lists of other postings than that in which they stand.
const OF_OTHERS: [&str; 6] = ["similar", "related", "recommended", "suggested", "other", "more"];
/// Names of objects with a text that tell of the postings and are none.
const AROUND: [&str; 8] = ["feed", "channel", "site", "website", "meta", "page", "seo", "board"];
/// Names of what says that something failed.
const FAILED: [&str; 4] = ["error", "errors", "fault", "exception"];

/// What a JSON value is.
#[derive(Debug)]
pub(super) enum Unfolded {
    /// A posting.
    Posting,
    /// Neither a posting nor something that holds any.
    Nothing,
    /// Something that holds postings, or that holds none where they would be.
    Within(Vec<Part>),
}

/// A row within a value.
#[derive(Debug)]
pub(super) struct Part {
    /// Where it begins in the value, in bytes.
    pub(super) at: usize,
    /// The object, or its text and why it is none.
    pub(super) object: Result<String, (String, String)>,
}

/// Finds postings, and remembers what it leaves out.
#[derive(Debug, Default)]
pub(super) struct Unfolder {
    names: ColumnNames,
    /// Whether the value is all that a file has, so that it is rather a board with a text than a posting with a list.
    alone: bool,
    /// Title and text by header.
    known: HashMap<Vec<String>, Found>,
    /// Lists and objects that rows were taken from.
    taken: BTreeSet<String>,
    /// Lists in postings that hold objects like postings.
    parts: BTreeSet<String>,
    /// What stood beside them, or among the rows, and how often.
    left_out: BTreeMap<String, u64>,
}

/// Paths of title and text in an object.
#[derive(Debug, Clone, Default)]
struct Found {
    title: Option<String>,
    description: Option<String>,
}

/// An object as it is seen.
enum Seen<'t> {
    Posting { found: Found, fields: usize },
    Nothing,
    Within(Gathered<'t>),
}

/// Rows that were found within a value.
#[derive(Default)]
struct Gathered<'t> {
    rows: Vec<(&'t str, Result<Cow<'t, str>, String>)>,
    taken: BTreeSet<String>,
    left_out: BTreeMap<String, u64>,
    /// Whether the rows of a list have titles, and several fields.
    titled: bool,
    wide: bool,
}

impl<'t> Gathered<'t> {
    fn add(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.taken.extend(other.taken);
        for (what, count) in other.left_out {
            *self.left_out.entry(what).or_default() += count;
        }
        self.titled |= other.titled;
        self.wide |= other.wide;
    }

    /// Adds the objects in the object at a path that are postings, and the rows within others; gives the keys of the
    /// rest.
    fn add_objects<'k>(
        &mut self,
        path: &str,
        objects: Vec<(&'k String, &'t str, Seen<'t>)>,
        strict: bool,
    ) -> Vec<&'k String> {
        let alike = alike(&objects, strict);
        if alike > 0 {
            self.taken.insert(if path.is_empty() { EACH_KEY.into() } else { path.to_owned() });
            (self.titled, self.wide) = (true, true);
        }
        // Objects without a text among many with one are postings, too.
        let most = 2 * alike > objects.len();
        let others = !self.rows.is_empty();
        let mut rest = Vec::new();
        for (key, value, seen) in objects {
            match seen {
                Seen::Within(inner) => self.add(inner),
                _ if is_around(key) => rest.push(key),
                Seen::Posting { found, .. } if alike > 0 || (others && is_beside(key, &found)) => {
                    self.rows.push((value, Ok(with_key(key, value))));
                }
                Seen::Nothing if most => self.rows.push((value, Ok(with_key(key, value)))),
                _ => rest.push(key),
            }
        }
        rest
    }

    fn leave_out(&mut self, what: String) {
        *self.left_out.entry(what).or_default() += 1;
    }
}

impl Unfolder {
    /// Finds postings whose columns may be chosen.
    pub(super) fn new(names: &ColumnNames) -> Self {
        Self { names: names.clone(), ..Self::default() }
    }

    /// What a value is that is all that a file has.
    pub(super) fn unfold_alone(&mut self, value: &str) -> Unfolded {
        self.alone = true;
        let unfolded = self.unfold(value);
        self.alone = false;
        unfolded
    }

    /// What an object or array is.
    pub(super) fn unfold(&mut self, value: &str) -> Unfolded {
        let gathered = if value.starts_with('[') {
            self.list("", value, DEEP)
        } else {
            match self.object("", value, DEEP, false) {
                Seen::Posting { .. } => return Unfolded::Posting,
                Seen::Nothing if !self.has_title(value) && is_empty_board(value, DEEP) => {
                    Gathered::default()
                }
                Seen::Nothing => return Unfolded::Nothing,
                Seen::Within(gathered) => gathered,
            }
        };
        self.taken.extend(gathered.taken);
        for (what, count) in gathered.left_out {
            *self.left_out.entry(what).or_default() += count;
        }
        let mut rows = gathered.rows;
        rows.sort_by_key(|(at, _)| at.as_ptr());
        let part = |(at, object): (&str, Result<Cow<str>, String>)| Part {
            at: at.as_ptr() as usize - value.as_ptr() as usize,
            object: object.map(Cow::into_owned).map_err(|why| (at.to_owned(), why)),
        };
        Unfolded::Within(rows.into_iter().map(part).collect())
    }

    /// Whether an object has a title, and not only a name, which a board may have.
    fn has_title(&mut self, object: &str) -> bool {
        let header = fields(object).unwrap_or_default().into_iter().map(|(path, _)| path);
        self.found(header.collect()).title.is_some_and(|title| plain(&title) != "name")
    }

    /// Counts a value that is no row.
    pub(super) fn leave_out(&mut self, value: &str) {
        let what = kind(&fields(value).unwrap_or_default());
        *self.left_out.entry(what).or_default() += 1;
    }

    /// Whether something was left out that is no posting, and what rows were taken from, for a message.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.taken.is_empty() {
            let quoted = |name: &String| match name.as_str() {
                EACH_KEY | EACH_COLUMN => name.clone(),
                name => format!("{name:?}"),
            };
            let taken = named(self.taken.iter().map(quoted));
            notes.push(format!("the rows are from {taken}"));
        }
        if !self.parts.is_empty() {
            let parts = named(self.parts.iter().map(|name| format!("{name:?}")));
            notes.push(format!(
                "postings hold lists of objects like postings, which are no rows: {parts}; for rows of them, give \
                 these lists alone"
            ));
        }
        if !self.left_out.is_empty() {
            notes.push(left_out(&self.left_out));
        }
        notes
    }

    /// The largest list of objects in a value that holds no postings, by its path, with the fields of its objects.
    pub(super) fn largest_list(value: &str) -> Option<(String, Vec<String>)> {
        fn search(path: &str, object: &str, levels: usize) -> Option<(usize, String, Vec<String>)> {
            let levels = levels.checked_sub(1)?;
            let inner = |(key, value): &(String, &RawValue)| {
                let path = joined(path, key);
                if value.get().starts_with('{') {
                    return search(&path, value.get(), levels);
                }
                let objects = elements(value.get()).ok()?;
                let mut header = Vec::new();
                for object in objects.iter().take(20) {
                    for (path, _) in fields(object.get()).unwrap_or_default() {
                        if !header.contains(&path) {
                            header.push(path);
                        }
                    }
                }
                (!header.is_empty()).then_some((objects.len(), path, header))
            };
            members(object).ok()?.iter().filter_map(inner).max_by_key(|(size, ..)| *size)
        }
        search("", value, DEEP).map(|(_, path, header)| (path, header))
    }

    /// Title and text of an object with these fields.
    fn found(&mut self, header: Vec<String>) -> Found {
        if let Some(found) = self.known.get(&header) {
            return found.clone();
        }
        let columns = Columns::find(&header, &self.names).unwrap_or_default();
        let path = |column| columns.index_of(column).map(|index| header[index].clone());
        let found = Found { title: path(Column::Title), description: path(Column::Description) };
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        self.known.insert(header, found.clone());
        found
    }

    /// What an object is; `strict` is whether an object around it has a title, so that it may be a part of a posting.
    fn object<'t>(&mut self, path: &str, object: &'t str, levels: usize, strict: bool) -> Seen<'t> {
        let Some(levels) = levels.checked_sub(1) else { return Seen::Nothing };
        let (Ok(inner), Ok(fields)) = (members(object), fields(object)) else {
            return Seen::Nothing;
        };
        if let Some(table) = self.by_column(path, &inner) {
            return Seen::Within(table);
        }
        let found = self.found(fields.into_iter().map(|(path, _)| path).collect());
        let own = |path: &Option<String>| -> Option<&'t str> {
            let path = path.as_ref()?;
            inner.iter().find(|(key, _)| key == path).map(|(_, value)| value.get())
        };
        let mut lists = Vec::new();
        for (key, value) in inner.iter().filter(|(_, value)| value.get().starts_with('[')) {
            lists.push((key, self.list(&joined(path, key), value.get(), levels)));
        }
        let of_postings =
            |name: &String| lists.iter().any(|(key, list)| *key == name && list.titled);
        // A list of postings is no text.
        let text = own(&found.description)
            .filter(|_| !found.description.as_ref().is_some_and(of_postings));
        let titled = own(&found.title).is_some_and(|title| title.starts_with('"'));
        let strict = strict || titled;
        let mut all = Gathered::default();
        let mut rest: Vec<&String> = Vec::new();
        for (key, list) in lists {
            if !list.rows.is_empty() && self.takes(key, &list, text.is_some(), strict) {
                all.add(list);
                continue;
            }
            if text.is_some() && list.titled && list.wide {
                self.parts.insert(key.clone());
            }
            rest.push(key);
        }
        let mut objects = Vec::new();
        for (key, value) in inner.iter().filter(|(_, value)| !value.get().starts_with('[')) {
            if value.get().starts_with('{') && text.is_none() {
                let seen = self.object(&joined(path, key), value.get(), levels, strict);
                objects.push((key, value.get(), seen));
            } else {
                rest.push(key);
            }
        }
        rest.extend(all.add_objects(path, objects, strict));
        if all.rows.is_empty() {
            // Its own text, or one in an object in it.
            if found.description.is_some() && (text.is_some() || own(&found.description).is_none())
            {
                return Seen::Posting { found, fields: inner.len() };
            }
            return Seen::Nothing;
        }
        for key in rest.into_iter().filter(|key| !key.starts_with('@')) {
            all.leave_out(format!("{:?}", joined(path, key)));
        }
        Seen::Within(all)
    }

    /// Whether the rows of a list are postings, rather than parts of the object it is in; `with_text` is whether that
    /// has a text of its own.
    fn takes(&self, key: &str, list: &Gathered, with_text: bool, strict: bool) -> bool {
        let key = plain(key);
        let named = OF_POSTINGS.contains(&key.as_str());
        if !with_text {
            return !strict || named || (list.titled && list.wide);
        }
        // The whole file is rather a board with a text than a posting with a list of objects like it.
        let board = self.alone && !OF_OTHERS.iter().any(|other| key.starts_with(other));
        list.titled && (named || (board && list.wide))
    }

    /// The rows of an array. Those without a text count if there are some with one.
    fn list<'t>(&mut self, path: &str, array: &'t str, levels: usize) -> Gathered<'t> {
        let mut all = Gathered::default();
        let (Some(levels), Ok(values)) = (levels.checked_sub(1), elements(array)) else {
            return all;
        };
        let texts: Vec<&'t str> = values.iter().map(|value| value.get()).collect();
        if let Some((first, rest)) = texts.split_first()
            && let Some(names) = self.names_in(first)
        {
            all.rows = records(&names, rest);
            all.taken.insert(path.to_owned());
            (all.titled, all.wide) = (true, true);
            return all;
        }
        let (mut bare, mut postings) = (Vec::new(), Vec::new());
        for text in texts {
            match text.as_bytes()[0] {
                b'{' => match self.object(path, text, levels, false) {
                    Seen::Within(inner) => all.add(inner),
                    Seen::Posting { found, fields } => {
                        all.titled |= found.title.is_some();
                        all.wide |= fields >= WIDE;
                        postings.push(text);
                    }
                    Seen::Nothing => bare.push(text),
                },
                b'[' => all.add(self.list(path, text, levels)),
                _ => all.leave_out(format!("values in {path:?}")),
            }
        }
        if postings.is_empty() {
            for text in bare {
                all.leave_out(kind(&fields(text).unwrap_or_default()));
            }
            return all;
        }
        if !path.is_empty() {
            all.taken.insert(path.to_owned());
        }
        // In their order.
        postings.extend(bare);
        postings.sort_by_key(|text| text.as_ptr());
        let types: Vec<Typed> = postings.iter().map(|text| typed(text)).collect();
        let only = types.contains(&Typed::JobPosting);
        for (text, of) in postings.into_iter().zip(types) {
            match of {
                Typed::Other(name) if only => all.leave_out(name),
                _ => all.rows.push((text, Ok(text.into()))),
            }
        }
        all
    }

    /// The rows of a table by column, such as `{"title": {"0": ...}, "text": {"0": ...}}`, or of one that names its
    /// columns beside lists of values.
    fn by_column<'t>(
        &mut self,
        path: &str,
        inner: &[(String, &'t RawValue)],
    ) -> Option<Gathered<'t>> {
        let mut arrays = inner.iter().filter(|(_, value)| value.get().starts_with('['));
        let names = arrays.find_map(|(key, value)| Some((key, self.names_in(value.get())?)));
        if let Some((names_in, names)) = names {
            return beside_names(path, inner, names_in, &names);
        }
        let found = self.found(inner.iter().map(|(key, _)| key.clone()).collect());
        let (title, description) = (found.title?, found.description?);
        let column = |name: &String| {
            let (_, value) = inner.iter().find(|(key, _)| key == name)?;
            cells(value.get())
        };
        let keys = |cells: &[(String, &str)]| -> Vec<String> {
            cells.iter().map(|(key, _)| key.clone()).collect()
        };
        let rows = keys(&column(&description)?);
        if rows.is_empty() || keys(&column(&title)?) != rows {
            return None;
        }
        let mut all = Gathered { titled: true, wide: true, ..Gathered::default() };
        all.taken.insert(if path.is_empty() { EACH_COLUMN.into() } else { path.to_owned() });
        let (mut names, mut columns) = (Vec::new(), Vec::new());
        for (name, _) in inner {
            match column(name).filter(|cells| keys(cells) == rows) {
                Some(cells) => {
                    names.push(name.clone());
                    columns.push(cells);
                }
                None => all.leave_out(format!("{:?}", joined(path, name))),
            }
        }
        let text = names.iter().position(|name| *name == description)?;
        for (row, key) in rows.iter().enumerate() {
            let cells: Vec<&str> = columns.iter().map(|cells| cells[row].1).collect();
            let object = object_of(&names, &cells);
            all.rows.push((cells[text], Ok(with_key(key, &object).into_owned().into())));
        }
        Some(all)
    }

    /// The names in an array of names, one of them that of a text.
    pub(super) fn names_in(&mut self, array: &str) -> Option<Vec<String>> {
        let values = elements(array).ok().filter(|values| values.len() > 1)?;
        let name = |value: &&RawValue| serde_json::from_str::<String>(value.get()).ok();
        let names: Vec<String> = values.iter().map(name).collect::<Option<_>>()?;
        self.found(names.clone()).description.map(|_| names)
    }
}

/// The message of what was left out, with how often.
pub(super) fn left_out(all: &BTreeMap<String, u64>) -> String {
    let each = |(what, n): (&String, &u64)| format!("{n} {what}");
    format!("left out, as no postings: {}", named(all.iter().map(each)))
}

/// The first of some names.
fn named(all: impl Iterator<Item = String>) -> String {
    const NAMED: usize = 10;
    let all: Vec<String> = all.collect();
    let more = all.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    all[..all.len().min(NAMED)].join(", ") + &more
}

/// The rows of an object that has the names of its columns under `names_in`, and lists of values beside them.
fn beside_names<'t>(
    path: &str,
    inner: &[(String, &'t RawValue)],
    names_in: &str,
    names: &[String],
) -> Option<Gathered<'t>> {
    let lists = |value: &'t RawValue| -> Option<Vec<&'t str>> {
        let rows: Vec<_> = elements(value.get()).ok()?.iter().map(|row| row.get()).collect();
        (!rows.is_empty() && rows.iter().all(|row| row.starts_with('['))).then_some(rows)
    };
    let mut others = inner.iter().filter(|(key, _)| key != names_in);
    let (rows_in, rows) = others.find_map(|(key, value)| Some((key, lists(value)?)))?;
    let mut all = Gathered { titled: true, wide: true, ..Gathered::default() };
    all.rows = records(names, &rows);
    all.taken.insert(joined(path, rows_in));
    for (key, _) in inner.iter().filter(|(key, _)| key != names_in && key != rows_in) {
        all.leave_out(format!("{:?}", joined(path, key)));
    }
    Some(all)
}

/// The cells of a column, each with its key: an object whose keys have digits, or an array of several values.
fn cells(column: &str) -> Option<Vec<(String, &str)>> {
    let cells: Vec<(String, &str)> = match column.as_bytes()[0] {
        b'{' => members(column).ok()?.into_iter().map(|(key, cell)| (key, cell.get())).collect(),
        b'[' => {
            let cells = elements(column).ok().filter(|cells| cells.len() > 1)?;
            cells.iter().enumerate().map(|(row, cell)| (row.to_string(), cell.get())).collect()
        }
        _ => return None,
    };
    let is_cell =
        |(key, cell): &(String, &str)| key.bytes().any(|b| b.is_ascii_digit()) && is_scalar(cell);
    cells.iter().all(is_cell).then_some(cells)
}

/// The number of postings in an object that is keyed by what identifies them, which have the same columns; 0 if it is
/// another object.
fn alike(objects: &[(&String, &str, Seen)], strict: bool) -> usize {
    let numbered = objects.iter().all(|(key, ..)| key.bytes().any(|b| b.is_ascii_digit()));
    let mut like: Option<&Found> = None;
    let mut alike = 0;
    for (key, _, seen) in objects {
        let Seen::Posting { found, fields } = seen else { continue };
        if is_around(key) {
            continue;
        }
        let description = found.description.as_deref().map(plain).unwrap_or_default();
        // A heading and a text are a section.
        let section =
            !numbered && *fields < WIDE && (strict || !description.contains("description"));
        if is_company(key) || section || (strict && found.title.is_none()) {
            return 0;
        }
        let first = like.get_or_insert(found);
        let same = first.title == found.title && first.description == found.description;
        alike += usize::from(same);
    }
    if alike < 2 { 0 } else { alike }
}

/// Whether an object with a text that stands beside postings is one.
fn is_beside(key: &str, found: &Found) -> bool {
    let title =
        found.title.as_deref().map(|title| plain(title.rsplit('.').next().unwrap_or(title)));
    let titled = title.is_some_and(|title| title != "name");
    titled && !is_company(key)
}

fn is_around(key: &str) -> bool {
    AROUND.contains(&plain(key).as_str())
}

fn is_company(key: &str) -> bool {
    Column::Company.known().contains(&plain(key).as_str())
}

/// Rows of values, by the names of their columns.
fn records<'t>(names: &[String], rows: &[&'t str]) -> Vec<(&'t str, Result<Cow<'t, str>, String>)> {
    rows.iter().map(|row| (*row, record(names, row).map(Cow::Owned))).collect()
}

/// The object of a row of values; an error if it has not one for each name.
pub(super) fn record(names: &[String], row: &str) -> Result<String, String> {
    let cells = elements(row).map_err(|e| format!("it is not sound JSON: {e}"))?;
    if cells.len() != names.len() {
        return Err(format!("the row has {} values and the header {}", cells.len(), names.len()));
    }
    let cells: Vec<&str> = cells.iter().map(|cell| cell.get()).collect();
    Ok(object_of(names, &cells))
}

fn object_of(names: &[String], cells: &[&str]) -> String {
    let member = |(name, cell): (&String, &&str)| format!("{}:{cell}", json(name));
    let all: Vec<String> = names.iter().zip(cells).map(member).collect();
    format!("{{{}}}", all.join(","))
}

/// An object with the key that stood before it, unless that is its number in a list or its identity.
fn with_key<'t>(key: &str, object: &'t str) -> Cow<'t, str> {
    let inner = members(object).unwrap_or_default();
    let own = inner.iter().find(|(name, _)| name == "id").map(|(_, value)| value.get());
    let number = key.bytes().all(|b| b.is_ascii_digit());
    let known = own.is_some_and(|own| own == key || own == json(key));
    let name = if own.is_none() { "id" } else { "key" };
    if number || known || inner.is_empty() || inner.iter().any(|(other, _)| other == name) {
        return object.into();
    }
    format!("{{{}:{},{}", json(name), json(key), object[1..].trim_start()).into()
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn is_scalar(value: &str) -> bool {
    !value.starts_with(['{', '['])
}

/// Whether a name says that a list holds postings even where the object around it has a text.
pub(super) fn is_list_of_postings(path: &str) -> bool {
    OF_POSTINGS.contains(&plain(path.rsplit('.').next().unwrap_or(path)).as_str())
}

/// Whether an object says that there are no postings: its lists are empty, one has a usual name, and nothing failed.
fn is_empty_board(object: &str, levels: usize) -> bool {
    fn search(object: &str, levels: usize) -> Option<bool> {
        let levels = levels.checked_sub(1)?;
        let mut usual = false;
        for (key, value) in members(object).ok()? {
            let (name, value) = (plain(&key), value.get());
            let empty = elements(value).is_ok_and(|all| all.is_empty());
            if FAILED.contains(&name.as_str()) && !empty && !["null", "false"].contains(&value) {
                return None;
            }
            match value.as_bytes()[0] {
                b'[' if !empty => return None,
                b'[' => usual |= [&OF_POSTINGS[..], &OF_ANYTHING].concat().contains(&&*name),
                b'{' => usual |= search(value, levels)?,
                b'n' => usual |= OF_POSTINGS.contains(&&*name),
                _ => {}
            }
        }
        Some(usual)
    }
    search(object, levels).unwrap_or(false)
}

/// The type of an object of schema.org.
#[derive(PartialEq, Eq)]
enum Typed {
    JobPosting,
    Other(String),
    None,
}

fn typed(object: &str) -> Typed {
    if !object.contains("\"@type\"") {
        return Typed::None;
    }
    let fields = fields(object).unwrap_or_default();
    let is_type = |path: &str| path == "@type" || path.ends_with(".@type");
    if fields.iter().any(|(path, value)| is_type(path) && value.contains("JobPosting")) {
        return Typed::JobPosting;
    }
    if fields.iter().any(|(path, _)| path == "@type") {
        return Typed::Other(kind(&fields));
    }
    Typed::None
}

/// Whether an object is a job posting of schema.org, or holds one.
pub(super) fn is_job_posting(object: &str) -> bool {
    object.starts_with('{') && typed(object) == Typed::JobPosting
}

/// Whether an object of schema.org has another type and holds no job posting.
pub(super) fn is_of_other_type(object: &str) -> bool {
    object.starts_with('{') && matches!(typed(object), Typed::Other(_))
}

/// What an object without a posting is called in a message.
fn kind(fields: &[(String, String)]) -> String {
    match fields.iter().find(|(path, _)| path == "@type") {
        Some((_, name)) => name.clone(),
        None => "without a text".into(),
    }
}
