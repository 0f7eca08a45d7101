//! Writes JSON: an object per line, or an array of objects.

use super::{Cell, Layout, Replaced, decimals};
use crate::postings::{Row, distinct, members, with_value};
use memchr::memmem;
use std::io::{self, Write};

pub(super) struct JsonWriter<W> {
    out: W,
    in_array: bool,
    /// Quoted names of the input columns.
    keys: Vec<String>,
    header: Vec<String>,
    appended: usize,
    /// Quoted names of the added columns.
    added: Vec<String>,
    /// Names of the columns of the input whose place the added ones take.
    old: Vec<String>,
    rows: u64,
}

impl<W: Write> JsonWriter<W> {
    pub(super) fn new(out: W, in_array: bool, layout: &Layout) -> Self {
        Self {
            out,
            in_array,
            keys: distinct(&layout.header).iter().map(|name| quoted(name)).collect(),
            header: layout.header.clone(),
            appended: layout.appended,
            added: layout.added.iter().map(|(name, _)| quoted(name)).collect(),
            old: layout
                .old_columns
                .clone()
                .map_or(Vec::new(), |old_columns| layout.header[old_columns].to_vec()),
            rows: 0,
        }
    }

    pub(super) fn write(
        &mut self,
        row: Option<&Row>,
        replaced: Option<Replaced>,
        cells: &[Cell],
    ) -> io::Result<()> {
        let mut line = match row {
            None => "{".into(),
            Some(row) if !self.old.is_empty() => self.replaced_members(row, cells)?,
            Some(row) => self.input_members(row, replaced)?,
        };
        if row.is_none() || self.old.is_empty() {
            self.push_cells(&mut line, cells);
        }
        line.push('}');
        let between = match (self.in_array, self.rows) {
            (false, _) => "",
            (true, 0) => "[\n",
            (true, _) => ",\n",
        };
        self.rows += 1;
        let end = if self.in_array { "" } else { "\n" };
        self.out.write_all([between, &line, end].concat().as_bytes())
    }

    fn push_cells(&self, line: &mut String, cells: &[Cell]) {
        for (key, cell) in self.added.iter().zip(cells) {
            let value = match *cell {
                Cell::Missing => "null".into(),
                Cell::Verbatim(text) | Cell::Text(text) => quoted(text),
                Cell::Number(number) => decimals(number),
                Cell::Integer(number) => number.to_string(),
                Cell::List(texts) => {
                    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                    format!("[{}]", texts.join(","))
                }
            };
            member(line, key, &value);
        }
    }

    /// The members of the input object with the added ones in the place of the old ones, without the closing brace.
    fn replaced_members(&self, row: &Row, cells: &[Cell]) -> io::Result<String> {
        let object = match row.original.object() {
            Some(object) => object.to_owned(),
            None => self.object_of_fields(row, None) + "}",
        };
        let in_object =
            row.original.object().map_or(self.header.len(), |_| self.header.len() - self.appended);
        let (mut line, mut added) = (String::from("{"), false);
        for (key, value) in members(&object).map_err(io::Error::other)? {
            if !self.old.contains(&key) {
                member(&mut line, &quoted(&key), &value.get().replace(['\n', '\r'], " "));
            } else if !std::mem::replace(&mut added, true) {
                self.push_cells(&mut line, cells);
            }
        }
        for (key, field) in self.keys.iter().zip(row.fields.iter()).skip(in_object) {
            member(&mut line, key, &quoted(field));
        }
        if !added {
            self.push_cells(&mut line, cells);
        }
        Ok(line)
    }

    /// The fields of a row as members of an object, without the closing brace.
    fn object_of_fields(&self, row: &Row, replaced: Option<Replaced>) -> String {
        let mut line = String::from("{");
        for (column, (key, field)) in self.keys.iter().zip(row.fields.iter()).enumerate() {
            let field = replaced.filter(|r| r.0 == column).map_or(field, |r| r.1);
            member(&mut line, key, &quoted(field));
        }
        line
    }

    /// The members of the input object, without the closing brace.
    fn input_members(&self, row: &Row, replaced: Option<Replaced>) -> io::Result<String> {
        let Some(object) = row.original.object() else {
            return Ok(self.object_of_fields(row, replaced));
        };
        for key in &self.added {
            if memmem::find(object.as_bytes(), key.as_bytes()).is_some()
                && with_value(object, key.trim_matches('"'), "").is_some()
            {
                let problem = format!(
                    "row {} already has a member {key}, which is to be added; rename or drop it",
                    row.number
                );
                return Err(io::Error::other(problem));
            }
        }
        let replaced = replaced
            .and_then(|(column, text)| with_value(object, &self.header[column], &quoted(text)));
        let object = replaced.as_deref().unwrap_or(object);
        // Line breaks occur only between values: within strings they are escaped.
        let object = object.trim_end();
        let mut line = object.strip_suffix('}').unwrap_or(object).replace(['\n', '\r'], " ");
        let in_object = self.header.len() - self.appended;
        for (key, field) in self.keys.iter().zip(row.fields.iter()).skip(in_object) {
            member(&mut line, key, &quoted(field));
        }
        Ok(line)
    }

    pub(super) fn out(&mut self) -> &mut W {
        &mut self.out
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        if self.in_array {
            self.out.write_all(if self.rows == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        Ok(self.out)
    }
}

fn member(line: &mut String, key: &str, value: &str) {
    if line.trim_end().len() > 1 {
        line.push(',');
    }
    line.push_str(key);
    line.push(':');
    line.push_str(value);
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
