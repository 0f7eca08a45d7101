//! Tells web pages and XML by their beginning.

use super::columns::ColumnNames;
use super::feed::{FeedObjects, posting_name};
use super::html_table::table_objects;
use super::json::{JsonReader, LeftOut, Origin};
use super::page::PageData;
use super::source::{Dialect, Problem, Shape};
use super::window::Window;
use memchr::memmem;
use std::io::Cursor;
use std::sync::PoisonError;

/// First bytes by which a text is told.
const BEGINNING: usize = 1 << 10;
/// First bytes of XML in which an element that is a posting is sought.
const SAMPLE: usize = 1 << 20;
/// What XML of Excel 2003 declares.
const OF_EXCEL: &[u8] = b"urn:schemas-microsoft-com:office:spreadsheet";
/// Elements with which a part of a page begins.
const OF_PAGES: [&str; 11] =
    ["html", "head", "body", "div", "script", "meta", "title", "main", "article", "table", "style"];
/// Bytes of the largest page of which a table is read.
const LARGEST: usize = 1 << 28;

/// How a text is marked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// As a web page.
    Page,
    /// As a feed or other XML.
    Xml,
}

/// How a text is marked up, by its first bytes; `None` if it is not.
pub(super) fn markup(bytes: &[u8]) -> Option<Markup> {
    let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(BEGINNING)]).to_lowercase();
    let mut rest = beginning.as_str();
    let mut declared = false;
    loop {
        rest = rest.trim_start();
        if rest.starts_with("<!doctype html") {
            return Some(Markup::Page);
        }
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?xml") {
            "?>"
        } else if rest.starts_with("<!doctype") {
            ">"
        } else {
            break;
        };
        declared = true;
        // What is longer than the beginning of a text tells nothing of its root.
        let Some((_, behind)) = rest.split_once(end) else { return Some(Markup::Xml) };
        rest = behind;
    }
    let Some(root) = rest.strip_prefix('<') else { return declared.then_some(Markup::Xml) };
    let name: &str = root.split(|c: char| !c.is_alphanumeric() && !":-_.".contains(c)).next()?;
    if OF_PAGES.contains(&name) {
        return Some(Markup::Page);
    }
    let is_tag = name.starts_with(char::is_alphabetic) && root.contains('>');
    (declared || is_tag).then_some(Markup::Xml)
}

/// The rows of a text that is marked up.
pub(super) fn of_markup(
    mut window: Window,
    markup: Markup,
    dialect: &Dialect,
) -> Result<(JsonReader, Shape), Problem> {
    let (line, outside) = (window.line(), LeftOut::default());
    if markup == Markup::Page {
        if let Some((objects, others)) = of_table(&mut window, &dialect.names)? {
            if others > 0 {
                outside
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert("table".into(), others);
            }
            let rows = Window::new(Box::new(Cursor::new(objects)), line);
            return JsonReader::open(rows, dialect, Origin::Feed, outside);
        }
        let page = Window::new(Box::new(PageData::new(window)), line);
        return JsonReader::open(page, dialect, Origin::Page, outside);
    }
    window.fill(SAMPLE)?;
    let sample = &window.rest()[..window.rest().len().min(SAMPLE)];
    let Some(name) = posting_name(sample, &dialect.names) else {
        let problem = if memmem::find(sample, OF_EXCEL).is_some() {
            "it is a workbook as XML of Excel 2003; open it in a spreadsheet program and save it as .xlsx or CSV"
        } else {
            "it is XML without an element that looks like a posting; convert it to CSV or JSON"
        };
        return Err(Problem::Content(problem.into()));
    };
    let feed = FeedObjects::new(window, name, outside.clone())?;
    JsonReader::open(Window::new(Box::new(feed), line), dialect, Origin::Feed, outside)
}

/// The rows of a table of a page without data of postings, as objects, and the number of other tables.
fn of_table(window: &mut Window, names: &ColumnNames) -> Result<Option<(String, u64)>, Problem> {
    window.fill(SAMPLE)?;
    let beginning = String::from_utf8_lossy(window.rest()).to_lowercase();
    if !beginning.contains("<tr") || beginning.contains("ld+json") {
        return Ok(None);
    }
    window.fill(LARGEST + 1)?;
    if window.rest().len() > LARGEST {
        let problem = "it is a web page of more than 256 MB; save its table as CSV";
        return Err(Problem::Content(problem.into()));
    }
    Ok(table_objects(&String::from_utf8_lossy(window.rest()), window.line(), names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_feeds_are_told_apart() {
        for (text, found) in [
            ("<!DOCTYPE html><p>", Some(Markup::Page)),
            ("<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC \"x\">", Some(Markup::Page)),
            ("<!-- saved -->\n<HTML lang=en>", Some(Markup::Page)),
            ("<div class=\"x\">", Some(Markup::Page)),
            ("<?xml version='1.0'?><rss><item><![CDATA[<html>", Some(Markup::Xml)),
            ("<!DOCTYPE jobs><jobs>", Some(Markup::Xml)),
            ("<jobs><job>", Some(Markup::Xml)),
            ("<5 years,text\n", None),
            ("title,text\n<p>,<b>\n", None),
        ] {
            assert_eq!(markup(text.as_bytes()), found, "{text}");
        }
    }
}
