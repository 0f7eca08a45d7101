//! Reads feeds and other XML as JSON objects, one for each posting.

use super::columns::{Column, ColumnNames, Columns};
use super::element::Element;
use super::json::LeftOut;
use super::window::Window;
use encoding_rs::UTF_8;
use encoding_rs_io::DecodeReaderBytesBuilder;
use memchr::memchr_iter;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::io::{self, BufRead, BufReader, Read};

/// Most levels of elements.
const DEEPEST: usize = 128;
/// Bytes of the largest posting, and of the largest text or tag.
const LARGEST: usize = 1 << 26;
/// Names of what is left out that are kept.
const KEPT: usize = 256;
/// Names of elements that are postings, in lower case.
const POSTINGS: [&str; 22] = [
    "item",
    "entry",
    "job",
    "jobposting",
    "jobad",
    "joboffer",
    "joblisting",
    "jobpositionposting",
    "posting",
    "position",
    "positionopening",
    "vacancy",
    "opening",
    "offer",
    "listing",
    "advert",
    "opportunity",
    "requisition",
    "stelle",
    "anzeige",
    "stellenanzeige",
    "stellenangebot",
];
/// Roots of feeds, which may have no entries.
const FEEDS: [&str; 3] = ["rss", "feed", "rdf"];
/// Markup that may stand in a text.
const MARKUP: [&str; 32] = [
    "p",
    "div",
    "span",
    "br",
    "hr",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "a",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "tbody",
    "thead",
    "tr",
    "td",
    "th",
    "section",
    "article",
    "blockquote",
];

/// A feed as its postings. Each stands on the line on which it begins.
pub(super) struct FeedObjects {
    xml: Reader<Metered>,
    /// Name of the elements that are postings, in lower case.
    posting: String,
    /// The elements that are open: those around a posting by name, and those in it.
    around: Vec<String>,
    within: Vec<Element>,
    /// Levels of markup in a text.
    markup: usize,
    /// Bytes of the posting so far, and the line on which it begins.
    length: usize,
    line: u64,
    left_out: LeftOut,
    ready: Vec<u8>,
    given: usize,
    /// Line ends before what was written.
    lines: u64,
    done: bool,
}

impl FeedObjects {
    /// Postings that are elements of this name, in lower case.
    pub(super) fn new(text: Window, posting: String, left_out: LeftOut) -> io::Result<Self> {
        let lines = text.line() - 1;
        let mut xml = Reader::from_reader(Metered::new(text)?);
        xml.config_mut().allow_dangling_amp = true;
        xml.config_mut().expand_empty_elements = true;
        Ok(Self {
            xml,
            posting,
            around: Vec::new(),
            within: Vec::new(),
            markup: 0,
            length: 0,
            line: 0,
            left_out,
            ready: Vec::new(),
            given: 0,
            lines,
            done: false,
        })
    }

    fn step(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        self.xml.get_mut().left = LARGEST;
        let event = match self.xml.read_event_into(buffer) {
            Ok(event) => event,
            Err(quick_xml::Error::Io(error)) => {
                return Err(io::Error::new(error.kind(), error.to_string()));
            }
            Err(error) => return Err(self.broken(&error.to_string())),
        };
        match event {
            Event::Start(tag) => self.start(&tag)?,
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.xml10_content())?,
            Event::CData(text) => self.text(&text.xml10_content())?,
            Event::GeneralRef(entity) => {
                let text = of_entity(&entity, self.markup > 0);
                self.text(&text)?;
            }
            Event::Eof if self.around.is_empty() && self.within.is_empty() => self.done = true,
            Event::Eof => return Err(self.broken("the file ends within an element")),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart) -> io::Result<()> {
        if self.around.len() + self.within.len() + self.markup >= DEEPEST {
            return Err(self.broken("elements are nested too deep"));
        }
        let name = tag.name();
        let (local, name) = (tag.local_name(), name.as_ref());
        let lower = local.as_ref().to_lowercase();
        if self.within.is_empty() && lower != self.posting {
            self.around.push(name.to_owned());
            return Ok(());
        }
        self.add_length(name.len())?;
        if let Some(element) = self.within.last_mut()
            && (self.markup > 0 || MARKUP.contains(&lower.as_str()))
        {
            self.markup += 1;
            element.text.push_str(&format!("<{lower}>"));
            return Ok(());
        }
        if self.within.is_empty() {
            (self.line, self.length) = (self.xml.get_ref().line, 0);
        }
        let attributes = attributes(tag).map_err(|why| self.broken(&why))?;
        self.add_length(attributes.iter().map(|(name, value)| name.len() + value.len()).sum())?;
        self.within.push(Element::new(name, attributes));
        Ok(())
    }

    fn end(&mut self) {
        let Some(element) = self.within.last_mut() else {
            self.around.pop();
            return;
        };
        if self.markup > 0 {
            self.markup -= 1;
            // Markup within a text needs no end to be read.
            element.text.push(' ');
            return;
        }
        let Some(element) = self.within.pop() else { return };
        if let Some(outer) = self.within.last_mut() {
            outer.add(element);
            return;
        }
        let ends = self.line.saturating_sub(1 + self.lines);
        self.lines += ends;
        self.ready.resize(self.ready.len() + ends as usize, b'\n');
        self.ready.extend(element.row().bytes());
        self.ready.push(b' ');
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        if let Some(element) = self.within.last_mut() {
            element.text.push_str(text);
            return self.add_length(text.len());
        }
        if !text.trim().is_empty() {
            let last = self.around.len().saturating_sub(2);
            let name = format!("{:?}", self.around[last..].join("."));
            let mut left_out =
                self.left_out.lock().map_err(|_| io::Error::other("a thread failed"))?;
            if left_out.len() < KEPT || left_out.contains_key(&name) {
                *left_out.entry(name).or_default() += 1;
            }
        }
        Ok(())
    }

    fn add_length(&mut self, bytes: usize) -> io::Result<()> {
        self.length += bytes;
        if self.length > LARGEST {
            return Err(self.broken("a posting of more than 64 MB"));
        }
        Ok(())
    }

    fn broken(&self, why: &str) -> io::Error {
        let line = self.xml.get_ref().line;
        io::Error::other(format!(
            "line {line}: the XML is broken or cut ({why}); save it again, or convert it to CSV or JSON"
        ))
    }
}

impl Read for FeedObjects {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut event = Vec::new();
        while self.given == self.ready.len() && !self.done {
            self.ready.clear();
            self.given = 0;
            self.step(&mut event)?;
        }
        let read = (&self.ready[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

/// The attributes of a tag that are no names of formats.
fn attributes(tag: &BytesStart) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let name = attribute.key.as_ref();
        if !name.starts_with("xmlns") && !name.starts_with("xml:") {
            let value = htmlize::unescape_attribute(attribute.value.as_ref());
            all.push((name.to_owned(), value.into_owned()));
        }
    }
    Ok(all)
}

/// What an entity stands for; within markup, what would be markup stays escaped. Entities that a file declares are none.
fn of_entity(entity: &BytesRef, in_markup: bool) -> String {
    let name = entity.xml10_content();
    let escaped = format!("&{name};");
    if in_markup && ["lt", "amp"].contains(&&*name) {
        return escaped;
    }
    match entity.resolve_char_ref() {
        Ok(Some(letter)) => letter.to_string(),
        _ => htmlize::unescape(escaped.as_str()).into_owned(),
    }
}

/// The name of the elements in a text that are postings, in lower case, by its beginning; `None` if there are none.
pub(super) fn posting_name(sample: &[u8], chosen: &ColumnNames) -> Option<String> {
    let sample = String::from_utf8_lossy(sample);
    let mut xml = Reader::from_str(&sample);
    xml.config_mut().allow_dangling_amp = true;
    xml.config_mut().expand_empty_elements = true;
    let (mut open, mut root): (Vec<(String, Vec<String>)>, Option<String>) = (Vec::new(), None);
    let mut best: Option<(usize, String)> = None;
    while let Ok(event) = xml.read_event() {
        match event {
            Event::Start(tag) if open.len() < DEEPEST => {
                let name = tag.local_name().as_ref().to_lowercase();
                if POSTINGS.contains(&name.as_str()) {
                    return Some(name);
                }
                root.get_or_insert_with(|| name.clone());
                if let Some((_, inner)) = open.last_mut().filter(|(_, inner)| inner.len() < KEPT) {
                    inner.push(name.clone());
                }
                open.push((name, Vec::new()));
            }
            Event::End(_) => {
                let Some((name, inner)) = open.pop() else { break };
                let columns = Columns::find(&inner, chosen);
                let described =
                    columns.is_ok_and(|found| found.index_of(Column::Description).is_some());
                if described && best.as_ref().is_none_or(|(level, _)| open.len() < *level) {
                    best = Some((open.len(), name));
                }
            }
            Event::Start(_) | Event::Eof => break,
            _ => {}
        }
    }
    let feed = root.filter(|root| FEEDS.contains(&root.as_str())).map(|_| POSTINGS[0].to_owned());
    best.map(|(_, name)| name).or(feed)
}

/// Counts lines, and stops at texts and tags without end.
struct Metered {
    text: BufReader<Box<dyn Read + Send>>,
    /// Line of the next byte, from 1.
    line: u64,
    /// Bytes that may still be read for a text or a tag.
    left: usize,
}

impl Metered {
    /// The text behind its declaration: it is decoded already, whatever that says.
    fn new(mut text: Window) -> io::Result<Self> {
        let line = text.line();
        let mut declaration = 0;
        text.fill(1 << 10)?;
        if text.rest().starts_with(b"<?xml") {
            declaration = memchr::memmem::find(text.rest(), b"?>").map_or(0, |end| end + 2);
        }
        text.skip(declaration);
        let line = line.max(text.line());
        // Bytes that are no text become the mark of such ones.
        let decoded = DecodeReaderBytesBuilder::new().encoding(Some(UTF_8)).build(text);
        let text: Box<dyn Read + Send> = Box::new(decoded);
        Ok(Self { text: BufReader::new(text), line, left: LARGEST })
    }
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Metered {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            let line = self.line;
            let problem = format!(
                "line {line}: a text or tag of more than 64 MB; leave it out, and try again"
            );
            return Err(io::Error::other(problem));
        }
        self.text.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        let ends = memchr_iter(b'\n', &self.text.buffer()[..length]).count();
        self.line += ends as u64;
        self.left = self.left.saturating_sub(length);
        self.text.consume(length);
    }
}
