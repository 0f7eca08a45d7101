//! Writes JSON: an object per line, or an array of objects.

use super::{Cell, Layout, Replaced, decimals};
use crate::postings::{Row, distinct, with_value};
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
            Some(row) => self.input_members(row, replaced)?,
        };
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
            member(&mut line, key, &value);
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

    /// The members of the input object, without the closing brace.
    fn input_members(&self, row: &Row, replaced: Option<Replaced>) -> io::Result<String> {
        let Some(object) = row.original.object() else {
            let mut line = String::from("{");
            for (column, (key, field)) in self.keys.iter().zip(row.fields.iter()).enumerate() {
                let field = replaced.filter(|r| r.0 == column).map_or(field, |r| r.1);
                member(&mut line, key, &quoted(field));
            }
            return Ok(line);
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
