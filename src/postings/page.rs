//! Finds the data of schema.org in a web page (JSON-LD).

use super::objects::mended_text;
use super::window::Window;
use htmlize::unescape;
use memchr::{memchr, memchr_iter, memmem};
use serde::de::IgnoredAny;
use std::io::{self, Read};

/// Bytes of the longest tag of a script that is looked at.
const TAG: usize = 1 << 11;
/// Bytes of the largest script with data.
const LARGEST: usize = 1 << 26;
/// First bytes of a script in which it may be marked as text of XML.
const WRAPPED: usize = 64;
const CDATA: &[u8] = b"<![CDATA[";
const SCRIPT: &[u8] = b"<script";
const SCRIPT_END: &[u8] = b"</script";

/// Reads a page as its JSON: all else is left out but the line ends, so that lines keep their numbers.
pub(super) struct PageData {
    page: Window,
    inside: Inside,
    ready: Vec<u8>,
    /// Bytes of `ready` that were given.
    given: usize,
    done: bool,
}

/// What the rest of a page begins in.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Markup,
    Comment,
    /// A script, and whether it holds data.
    Script(bool),
}

impl PageData {
    pub(super) fn new(page: Window) -> Self {
        Self { page, inside: Inside::Markup, ready: Vec::new(), given: 0, done: false }
    }

    /// Passes the next part of the page.
    fn step(&mut self) -> io::Result<()> {
        self.page.fill(1)?;
        if self.page.rest().is_empty() {
            self.done = true;
            return Ok(());
        }
        match self.inside {
            Inside::Markup => self.markup(),
            Inside::Comment => match self.find(b"-->", false)? {
                Some(end) => {
                    self.inside = Inside::Markup;
                    self.leave_out(end + 3);
                    Ok(())
                }
                None => Ok(()),
            },
            Inside::Script(data) => self.script(data),
        }
    }

    fn markup(&mut self) -> io::Result<()> {
        let rest = self.page.rest();
        let tag = memchr(b'<', rest).unwrap_or(rest.len());
        if tag > 0 {
            self.leave_out(tag);
            return Ok(());
        }
        self.page.fill(TAG)?;
        let rest = self.page.rest();
        if rest.starts_with(b"<!--") {
            self.inside = Inside::Comment;
            self.leave_out(4);
            return Ok(());
        }
        let after = rest.get(SCRIPT.len());
        let is_script = starts_with(rest, SCRIPT)
            && after.is_some_and(|&b| b.is_ascii_whitespace() || b"/>".contains(&b));
        let end = if is_script { tag_end(&rest[..rest.len().min(TAG)]) } else { None };
        let Some(end) = end else {
            self.leave_out(1);
            return Ok(());
        };
        let data = memmem::find(&rest[..end].to_ascii_lowercase(), b"ld+json").is_some();
        self.inside = Inside::Script(data);
        self.leave_out(end);
        Ok(())
    }

    fn script(&mut self, data: bool) -> io::Result<()> {
        let Some(end) = self.find(SCRIPT_END, data)? else { return Ok(()) };
        if data {
            let json = json_of(&self.page.rest()[..end]);
            self.ready.extend(json);
            self.ready.push(b' ');
            self.page.skip(end);
        } else {
            self.leave_out(end);
        }
        self.inside = Inside::Markup;
        Ok(())
    }

    /// Where a mark stands in the rest, or its end if the page has none. Without one in the rest, all of that is left
    /// out, unless it is to be kept.
    fn find(&mut self, mark: &[u8], keep: bool) -> io::Result<Option<usize>> {
        loop {
            let rest = self.page.rest();
            let found = memchr_iter(mark[0], rest).find(|&at| starts_with(&rest[at..], mark));
            if found.is_some() {
                return Ok(found);
            }
            if self.page.at_end() {
                let all = rest.len();
                self.done = !keep;
                return Ok(keep.then_some(all));
            }
            if !keep {
                let before = rest.len().saturating_sub(mark.len() - 1);
                self.leave_out(before);
            } else if rest.len() > LARGEST {
                let line = self.page.line();
                let problem = format!(
                    "line {line}: a script of more than 64 MB; leave it out, and try again"
                );
                return Err(io::Error::other(problem));
            }
            self.page.fill_more()?;
        }
    }

    /// Passes bytes of the page but for their line ends.
    fn leave_out(&mut self, length: usize) {
        let length = length.min(self.page.rest().len());
        let ends = memchr_iter(b'\n', &self.page.rest()[..length]).count();
        self.ready.resize(self.ready.len() + ends, b'\n');
        self.page.skip(length);
    }
}

impl Read for PageData {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.done {
            self.ready.clear();
            self.given = 0;
            self.step()?;
        }
        let read = (&self.ready[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

fn starts_with(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
}

/// The length of a tag, whose attributes may hold angle brackets.
fn tag_end(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, &byte) in tag.iter().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None if byte == b'>' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The JSON in a script, without comments around it; some pages escape its quotes.
fn json_of(script: &[u8]) -> Vec<u8> {
    let opened = memmem::find(&script[..script.len().min(WRAPPED)], CDATA);
    let from = opened.map_or(0, |at| at + CDATA.len());
    let closed = opened.and_then(|_| memmem::rfind(script, b"]]>"));
    let inner = &script[from..closed.unwrap_or(script.len()).max(from)];
    let begin = inner.iter().position(|b| b"{[".contains(b)).unwrap_or(inner.len());
    let end = inner.iter().rposition(|b| b"}]".contains(b)).map_or(begin, |at| at + 1).max(begin);
    let (begin, end) = (from + begin, from + end);
    let mut json = lines_of(&script[..begin]);
    json.extend(sound(&script[begin..end]).bytes());
    // As many line ends as there were.
    let missing = lines_of(script).len().saturating_sub(lines_of(&json).len());
    json.resize(json.len() + missing, b'\n');
    json
}

/// A value, mended if it can be; on one line otherwise, so that it costs nothing behind it.
fn sound(value: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(value);
    if memchr(b'"', value).is_none() && memmem::find(value, b"&quot;").is_some() {
        text = unescape(text.into_owned());
    }
    if serde_json::from_str::<IgnoredAny>(&text).is_ok() {
        return text.into_owned();
    }
    mended_text(&text).unwrap_or_else(|| text.replace(['\n', '\r'], " "))
}

fn lines_of(bytes: &[u8]) -> Vec<u8> {
    vec![b'\n'; memchr_iter(b'\n', bytes).count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(page: &str) -> String {
        let mut text = String::new();
        let window = Window::new(Box::new(std::io::Cursor::new(page.to_owned())), 1);
        PageData::new(window).read_to_string(&mut text).expect("memory");
        text
    }

    #[test]
    fn scripts_with_data_are_found() {
        for (page, found) in [
            (
                "<html>\n<script type='application/ld+json'>\n{\"a\": 1}\n</script>\n",
                "\n\n{\"a\": 1}\n \n",
            ),
            ("<SCRIPT a='>' TYPE=\"application/LD+JSON\">//<![CDATA[\n[1]//]]></SCRIPT>", "\n[1] "),
            ("<script type=application/ld+json>{&quot;a&quot;: 1}", "{\"a\": 1} "),
            ("<!-- <script type='application/ld+json'>{}</script> --><p>{}", ""),
            ("<script>let a = '<script type=\"application/ld+json\">{}';</script>", ""),
            (
                "<script type='application/ld+json'>{\"a\":\n\"b\nc\"}</script>\n<p>",
                "{\"a\":\n\"b\\u000ac\"}\n \n",
            ),
            ("<script type='application/ld+json'>{\"a\"\n}</script>", "{\"a\" }\n "),
            ("<scripts type='application/ld+json'>{}", ""),
        ] {
            assert_eq!(data(page), found, "{page}");
        }
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        for part in ["<script ", "<script type='application/ld+json'>", "<!-", "<"] {
            assert!(data(&part.repeat(1 << 16)).len() <= part.len() << 16);
        }
    }
}
