//! Reads the tables of web pages as JSON objects: many programs export a sheet as a page with a table, and call it `.xls`.

use super::columns::{ColumnNames, distinct};
use super::table_header::{FIRST_ROWS, header_index};
use htmlize::unescape;
use memchr::{memchr_iter, memmem};
use std::fmt::Write;

/// Most columns of a table.
const MOST_COLUMNS: u32 = 1 << 14;
/// Most columns that cells of several rows are known to take.
const MOST_TAKEN: usize = 1 << 8;
/// Bytes of the longest tag.
const LONGEST_TAG: usize = 1 << 12;
/// Most tables within each other.
const DEEPEST: usize = 16;
/// Elements whose ends are ends of lines.
const LINES: [&str; 12] =
    ["br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "table"];
/// Elements whose content is not shown.
const HIDDEN: [&str; 3] = ["script", "style", "title"];

/// A row of a table.
#[derive(Debug, Default)]
struct TableRow {
    /// The line on which it begins, from 1.
    line: u64,
    /// The cells that are not empty, each with its column, from 0.
    cells: Vec<(u32, String)>,
}

/// A table, as far as it was read.
#[derive(Debug, Default)]
struct HtmlTable {
    rows: Vec<TableRow>,
    /// The column of the next cell.
    column: u32,
    /// For how many rows yet cells of rows before take each column.
    taken: Vec<u32>,
    /// The text of the cell that is open, its column, and how many it takes.
    cell: Option<(String, u32, u32)>,
}

/// The rows of the first table of a page that has a column for the text, as JSON objects that begin on the lines of their
/// rows, if the page begins on `line`; `None` if it has no such table. The number of its other tables.
pub(super) fn table_objects(page: &str, line: u64, chosen: &ColumnNames) -> Option<(String, u64)> {
    let tables = tables(page, line);
    let (chosen, (index, names)) =
        tables.iter().enumerate().find_map(|(at, table)| Some((at, table.header(chosen)?)))?;
    let others =
        tables.iter().enumerate().filter(|(at, other)| *at != chosen && other.rows.len() > 1);
    let (others, table) = (others.count() as u64, &tables[chosen]);
    let (mut objects, mut at) = (String::new(), line);
    for row in table.rows.iter().skip(index + 1).filter(|row| !row.cells.is_empty()) {
        while at < row.line {
            objects.push('\n');
            at += 1;
        }
        let fields = row.cells.iter().filter_map(|(column, text)| {
            Some((names.get(*column as usize)?, serde_json::Value::from(text.as_str())))
        });
        let fields: Vec<String> = fields
            .map(|(name, text)| format!("{}:{text}", serde_json::Value::from(name.as_str())))
            .collect();
        let _ = write!(objects, "{{{}}} ", fields.join(","));
    }
    Some((objects, others))
}

impl HtmlTable {
    /// The index of the header, and the names of all columns, if one of them is for the text.
    fn header(&self, chosen: &ColumnNames) -> Option<(usize, Vec<String>)> {
        let first: Vec<&TableRow> = self.rows.iter().take(FIRST_ROWS).collect();
        let texts = |row: &&TableRow| row.cells.iter().map(|(_, text)| text.clone()).collect();
        let rows: Vec<Vec<String>> = first.iter().map(texts).collect();
        let (index, true) = header_index(&rows, chosen)? else { return None };
        let last =
            self.rows.iter().filter_map(|row| row.cells.last()).map(|(column, _)| column + 1);
        let mut names = vec![String::new(); last.max()? as usize];
        for (column, name) in &first[index].cells {
            names[*column as usize].clone_from(name);
        }
        Some((index, distinct(&names)))
    }

    fn begin_row(&mut self, line: u64) {
        self.end_cell();
        self.column = 0;
        self.rows.push(TableRow { line, cells: Vec::new() });
    }

    fn begin_cell(&mut self, tag: &str) {
        self.end_cell();
        while let Some(rows) = self.taken.get_mut(self.column as usize).filter(|rows| **rows > 0) {
            *rows -= 1;
            self.column += 1;
        }
        let (width, height) = (span(tag, "colspan"), span(tag, "rowspan"));
        if height > 1 {
            let begin = self.column as usize;
            let end = (begin + width as usize).min(MOST_TAKEN);
            self.taken.resize(self.taken.len().max(end), 0);
            if let Some(taken) = self.taken.get_mut(begin..end) {
                taken.fill(height - 1);
            }
        }
        self.cell = Some((String::new(), self.column, width));
    }

    fn end_cell(&mut self) {
        let Some((text, column, width)) = self.cell.take() else { return };
        let text = text.trim();
        if let Some(row) = self.rows.last_mut()
            && !text.is_empty()
            && column < MOST_COLUMNS
        {
            row.cells.push((column, text.to_owned()));
        }
        self.column = column.saturating_add(width);
    }
}

/// How many columns or rows a cell takes, by its tag.
fn span(tag: &str, attribute: &str) -> u32 {
    let value = tag.split_once(attribute).map_or("", |(_, behind)| behind);
    let value = value.trim_start_matches(|c: char| c.is_whitespace() || "=\"'".contains(c));
    let digits = value.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(1).clamp(1, MOST_COLUMNS)
}

/// The tables of a page, in the order in which they begin. The text of a table within a cell is also that of the cell.
fn tables(page: &str, mut line: u64) -> Vec<HtmlTable> {
    let mut all: Vec<HtmlTable> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = page;
    while !rest.is_empty() {
        let (text, behind) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        for &index in open.iter().filter(|_| !text.is_empty()) {
            if let Some((cell, ..)) = &mut all[index].cell {
                add_text(cell, text);
            }
        }
        let tag = tag(behind);
        line += memchr_iter(b'\n', text.as_bytes()).count() as u64;
        let name = tag.trim_start_matches('<').to_lowercase();
        let (is_end, name) = name.strip_prefix('/').map_or((false, &*name), |name| (true, name));
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        match (name, is_end, open.last()) {
            ("table", false, _) if open.len() < DEEPEST => {
                open.push(all.len());
                all.push(HtmlTable::default());
            }
            ("table", true, Some(&index)) => {
                all[index].end_cell();
                open.pop();
            }
            ("tr", false, Some(&index)) => all[index].begin_row(line),
            ("td" | "th", false, Some(&index)) => all[index].begin_cell(&tag.to_lowercase()),
            ("td" | "th" | "tr", true, Some(&index)) => all[index].end_cell(),
            _ => {}
        }
        if LINES.contains(&name) {
            for &index in &open {
                if let Some((cell, ..)) = &mut all[index].cell {
                    cell.truncate(cell.trim_end_matches(' ').len());
                    cell.push('\n');
                }
            }
        }
        let hidden =
            if is_end || !HIDDEN.contains(&name) { 0 } else { hidden(&behind[tag.len()..], name) };
        let (passed, next) = behind.split_at(tag.len() + hidden);
        line += memchr_iter(b'\n', passed.as_bytes()).count() as u64;
        rest = next;
    }
    if let Some(&last) = open.last() {
        all[last].end_cell();
    }
    all
}

/// Appends a text of a page, in which white space is no more than a space.
fn add_text(cell: &mut String, text: &str) {
    let text = unescape(text);
    let begins = text.starts_with(|c: char| c.is_ascii_whitespace());
    for (index, word) in text.split_ascii_whitespace().enumerate() {
        if (index > 0 || begins) && !cell.ends_with(['\n', ' ']) && !cell.is_empty() {
            cell.push(' ');
        }
        cell.push_str(word);
    }
    if text.ends_with(|c: char| c.is_ascii_whitespace()) && !cell.ends_with(['\n', ' ']) {
        cell.push(' ');
    }
}

/// The tag or comment that a text begins with; an angle bracket alone otherwise.
fn tag(text: &str) -> &str {
    if text.starts_with("<!--") {
        let end = memmem::find(text.as_bytes(), b"-->").map_or(text.len(), |at| at + 3);
        return &text[..end];
    }
    let mut quote = None;
    // Bytes of a longer tag would be read again and again.
    for (at, byte) in text.bytes().enumerate().take(LONGEST_TAG).skip(1) {
        match quote {
            Some(open) if byte == open => quote = None,
            None if byte == b'>' => return &text[..=at],
            None if byte == b'<' => break,
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            _ => {}
        }
    }
    &text[..text.len().min(1)]
}

/// Bytes up to the end of a hidden element.
fn hidden(text: &str, name: &str) -> usize {
    let mut at = 0;
    while let Some(found) = memmem::find(&text.as_bytes()[at..], b"</") {
        at += found + 2;
        if text.as_bytes()[at..]
            .get(..name.len())
            .is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()))
        {
            return at - 2;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(page: &str) -> Option<(String, u64)> {
        table_objects(page, 1, &ColumnNames::default())
    }

    #[test]
    fn rows_of_a_table_are_objects_on_their_lines() {
        let page = "<table><tr><td colspan=2>Jobs<tr>\n<th>title<th rowspan=1>Description</tr>\
                    <TR class='a>b'>\n<td>A &amp; B</td><td>Own <b>it</b>,<br>\n plan it</td></tr>\n\
                    <!-- <tr><td>none --><tr><td></td></tr><tr><td rowspan=2>C<td>D<tr><td>E</table>";
        let (found, others) = objects(page).expect("a table");
        assert_eq!(others, 0);
        let lines: Vec<&str> = found.lines().map(str::trim).collect();
        let (first, last) = (lines[1], lines[4]);
        assert_eq!(first, r#"{"title":"A & B","Description":"Own it,\nplan it"}"#);
        let behind = r#"{"title":"C","Description":"D"} {"Description":"E"}"#;
        assert_eq!(last, behind);
    }

    #[test]
    fn tables_within_tables_are_read_whether_they_are_the_sheet_or_a_text() {
        let inner = "<table><tr><td>title<td>text<tr><td>A<td>B</table>";
        let (found, others) = objects(&format!("<table><tr><td>{inner}</table>")).expect("a table");
        assert_eq!((found.trim(), others), (r#"{"title":"A","text":"B"}"#, 0));
        let text = "<table><tr><td>title<td>text<tr><td>A<td>B <table><tr><td>C</table></table>";
        assert_eq!(objects(text).expect("a table").0.trim(), r#"{"title":"A","text":"B\n\nC"}"#);
        assert_eq!(objects("<table><tr><td>menu<td>about</table>"), None);
    }
}
