//! Removes HTML, entities, markdown escapes and control characters from a raw field.
//!
//! The result remembers where each piece of it stood, so that evidence can be quoted as written.
//! Every step is linear in the length of the field.

use super::layout::{has_letters_apart, unwrapped};
use super::mojibake::Garbled;
use memchr::{memchr, memchr_iter, memmem};
use std::ops::Range;
use wide::i8x16;

/// Text without markup, and the way back to the raw field it came from.
#[derive(Debug, Default, Clone)]
pub struct CleanText {
    text: String,
    /// Where text and raw field stop advancing together.
    anchors: Vec<Anchor>,
    repaired: usize,
    cut: bool,
}

/// A piece of a text, up to the next.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    /// Its offset in the text.
    here: u32,
    /// That in the raw field.
    raw: u32,
    /// Bytes of the raw field that it stands for, if it is not as it stood there.
    replaces: Option<u32>,
}

/// Bytes of a raw field that are looked at: no posting is a tenth as long, and a field with a broken
/// quote can be a whole file.
const LONGEST_FIELD: usize = 1 << 20;
/// Elements whose content is never prose.
const SKIPPED: [&str; 5] = ["script", "style", "svg", "template", "noscript"];
/// Elements that stand inside a line: removing them must not split a word or a sentence.
const INLINE: [&str; 21] = [
    "a", "abbr", "b", "bdi", "big", "cite", "code", "del", "em", "font", "i", "ins", "mark", "s",
    "small", "span", "strong", "sub", "sup", "u", "wbr",
];
/// The longest entity name in HTML is 31 characters.
const LONGEST_ENTITY: usize = 40;

impl CleanText {
    /// Cleans a raw field.
    pub fn new(raw: &str) -> Self {
        let mut clean = Self::default();
        clean.set(raw);
        clean
    }

    /// Cleans a raw field into this buffer, keeping its allocation.
    pub fn set(&mut self, raw: &str) {
        let whole = raw;
        let raw = beginning(whole, LONGEST_FIELD);
        self.cut = raw.len() < whole.len();
        let raw = &*unwrapped(raw);
        let once = if has_letters_apart(raw) { Some(joined(raw)) } else { decoded_markup(raw) };
        if let Some(once) = once {
            self.strip(&once.text);
            self.lead_through(&once);
        } else {
            self.strip(raw);
        }
    }

    /// Makes the anchors lead past `once`, the text that this one was made of, to its raw field.
    fn lead_through(&mut self, once: &Self) {
        if self.anchors.first().is_none_or(|a| a.here > 0) {
            self.anchors.insert(0, Anchor { here: 0, raw: 0, replaces: None });
        }
        let ends = self.anchors.iter().skip(1).map(|a| a.here).chain([self.text.len() as u32]);
        let mut led = Vec::with_capacity(self.anchors.len() + once.anchors.len());
        for (&Anchor { here, raw: there, replaces }, end) in self.anchors.iter().zip(ends) {
            let raw = once.raw_offset(there as usize) as u32;
            if let Some(bytes) = replaces {
                let end = once.raw_end((there + bytes) as usize) as u32;
                led.push(Anchor { here, raw, replaces: Some(end - raw) });
                continue;
            }
            let before = once.anchors.partition_point(|a| a.here <= there);
            let first = before.checked_sub(1).map(|i| once.anchors[i]);
            led.push(Anchor { here, raw, replaces: first.and_then(|first| first.replaces) });
            let inner = once.anchors[before..].iter().take_while(|a| a.here < there + (end - here));
            led.extend(inner.map(|a| Anchor { here: here + (a.here - there), ..*a }));
        }
        self.anchors = led;
    }

    /// The cleaned text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many garbled sequences (`â€™` for `’`) were repaired.
    pub fn repaired(&self) -> usize {
        self.repaired
    }

    /// Whether the field is so long that only its beginning was looked at.
    pub fn cut(&self) -> bool {
        self.cut
    }

    /// Byte offset in the raw field of a character at a byte offset in the cleaned text.
    pub fn raw_offset(&self, offset: usize) -> usize {
        match self.anchor(offset) {
            Some(Anchor { raw, replaces: Some(_), .. }) => raw as usize,
            Some(Anchor { here, raw, .. }) => raw as usize + (offset - here as usize),
            None => offset,
        }
    }

    /// Where the character that ends at a byte offset in the cleaned text ends in the raw field.
    fn raw_end(&self, end: usize) -> usize {
        match end.checked_sub(1).and_then(|last| self.anchor(last)) {
            Some(Anchor { raw, replaces: Some(bytes), .. }) => (raw + bytes) as usize,
            Some(Anchor { here, raw, .. }) => raw as usize + (end - here as usize),
            None => end,
        }
    }

    /// Bytes of the raw field that some characters of the cleaned text stand for.
    pub fn raw_span(&self, span: Range<usize>) -> Range<usize> {
        self.raw_offset(span.start)..self.raw_end(span.end)
    }

    fn anchor(&self, offset: usize) -> Option<Anchor> {
        let after = self.anchors.partition_point(|a| a.here as usize <= offset);
        after.checked_sub(1).map(|i| self.anchors[i])
    }

    fn strip(&mut self, raw: &str) {
        self.text.clear();
        self.anchors.clear();
        self.repaired = 0;
        self.text.reserve(raw.len());
        let bytes = raw.as_bytes();
        let mut tags = Tags::new(raw);
        let mut garbled = Garbled::new(raw);
        let mut at = 0;
        while at < raw.len() {
            let run = plain_run(&bytes[at..]);
            if run > 0 {
                self.push(&raw[at..at + run], at);
                at += run;
                continue;
            }
            match bytes[at] {
                b'<' => {
                    if let Some(tag) = tags.at(at) {
                        if !INLINE.iter().any(|inline| tag.name.eq_ignore_ascii_case(inline)) {
                            self.replace("\n", at..tag.end);
                        }
                        at = tag.end;
                    } else {
                        self.push("<", at);
                        at += 1;
                    }
                }
                b'&' => {
                    if let Some((text, length)) = entity(&raw[at..]) {
                        for c in text.chars() {
                            self.push_char(c, at..at + length);
                        }
                        at += length;
                    } else {
                        self.push("&", at);
                        at += 1;
                    }
                }
                b'\\' => {
                    // Markdown escapes: "\-" is a dash. A trailing backslash is dropped.
                    at += 1;
                    if !bytes.get(at).is_some_and(u8::is_ascii_punctuation) {
                        self.push(" ", at - 1);
                    }
                }
                _ => {
                    if let Some((c, length)) = garbled.at(at) {
                        self.push_char(c, at..at + length);
                        self.repaired += 1;
                        at += length;
                    } else {
                        let c = raw[at..].chars().next().expect("`at` is inside the text");
                        self.push_char(c, at..at + c.len_utf8());
                        at += c.len_utf8();
                    }
                }
            }
        }
    }

    /// Pushes one character that needs a closer look, for the bytes of the raw field that it stands for.
    fn push_char(&mut self, c: char, raw: Range<usize>) {
        let mut buffer = [0; 4];
        match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{0b}' | '\u{0c}' => self.replace("\n", raw),
            // Soft hyphens and zero-width characters stand inside words.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}' => {}
            '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{60}' | '\u{b4}' => self.replace("'", raw),
            '\u{2010}' | '\u{2011}' => self.replace("-", raw),
            c if c.is_control() || c.is_whitespace() => self.replace(" ", raw),
            c => self.replace(c.encode_utf8(&mut buffer), raw),
        }
    }

    /// Pushes a piece that stands so in the raw field.
    fn push(&mut self, piece: &str, raw: usize) {
        if self.next() != Some(raw) {
            let here = self.text.len() as u32;
            self.anchors.push(Anchor { here, raw: raw as u32, replaces: None });
        }
        self.text.push_str(piece);
    }

    /// Pushes a piece for bytes of the raw field.
    fn replace(&mut self, piece: &str, raw: Range<usize>) {
        if piece.len() == raw.len() {
            return self.push(piece, raw.start);
        }
        let (here, replaces) = (self.text.len() as u32, Some(raw.len() as u32));
        self.anchors.push(Anchor { here, raw: raw.start as u32, replaces });
        self.text.push_str(piece);
    }

    /// The place in the raw field of what comes next, as long as the two advance together.
    fn next(&self) -> Option<usize> {
        let Some(last) = self.anchors.last() else { return Some(self.text.len()) };
        let ahead = self.text.len() - last.here as usize;
        last.replaces.is_none().then_some(last.raw as usize + ahead)
    }
}

/// The beginning of a text: at most so many bytes, of whole characters.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&i| text.is_char_boundary(i));
    &text[..end.unwrap_or(0)]
}

/// Whether a byte needs a closer look: it begins a tag, an entity, an escape, a character beyond ASCII,
/// or is a backtick or a control character.
fn is_special(b: u8) -> bool {
    (b < b' ' && b != b'\n') | (b >= 0x80) | (b == b'<') | (b == b'&') | (b == b'\\') | (b == b'`')
}

/// Length of the run of bytes that pass through unchanged.
fn plain_run(bytes: &[u8]) -> usize {
    let (blocks, rest) = bytes.as_chunks::<32>();
    for (block, from) in blocks.iter().zip((0..).step_by(32)) {
        let (halves, _) = block.as_chunks::<16>();
        let special = specials(halves[0]) | specials(halves[1]) << 16;
        if special != 0 {
            return from + special.trailing_zeros() as usize;
        }
    }
    let special = rest.iter().position(|&b| is_special(b));
    special.map_or(bytes.len(), |at| bytes.len() - rest.len() + at)
}

/// A bit for each of 16 bytes that [`is_special`].
#[inline]
fn specials(bytes: [u8; 16]) -> u32 {
    // As numbers with a sign, those beyond ASCII are below all others.
    let bytes = i8x16::new(bytes.map(u8::cast_signed));
    let each = |b: u8| i8x16::splat(b.cast_signed());
    let low = bytes.simd_lt(each(b' ')) & !bytes.simd_eq(each(b'\n'));
    let signs = b"<&\\`".map(|sign| bytes.simd_eq(each(sign)));
    signs.into_iter().fold(low, |any, sign| any | sign).to_bitmask()
}

struct Tag<'a> {
    name: &'a str,
    end: usize,
}

/// Finds tags, remembering where there are no more closing brackets so that no search is repeated.
struct Tags<'a> {
    raw: &'a str,
    next_close: Option<usize>,
    missing: Vec<&'static str>,
}

impl<'a> Tags<'a> {
    fn new(raw: &'a str) -> Self {
        Self { raw, next_close: Some(0), missing: Vec::new() }
    }

    /// The tag that opens at `at`, if it is one: "a < b" and "<3" are not.
    fn at(&mut self, at: usize) -> Option<Tag<'a>> {
        let rest = &self.raw[at + 1..];
        if rest.starts_with("!--") {
            let end =
                memmem::find(rest.as_bytes(), b"-->").map_or(self.raw.len(), |i| at + 1 + i + 3);
            return Some(Tag { name: "!--", end });
        }
        let name_at = usize::from(rest.starts_with(['/', '!', '?']));
        let rest = &rest[name_at..];
        let length = rest.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
        let name = &rest[..length];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let end = self.close_after(at)? + 1;
        if name_at == 0
            && let Some(element) = SKIPPED.iter().find(|element| name.eq_ignore_ascii_case(element))
        {
            return Some(Tag { end: self.skip(element, end), name });
        }
        Some(Tag { name, end })
    }

    fn close_after(&mut self, at: usize) -> Option<usize> {
        let known = self.next_close?;
        if known <= at {
            self.next_close = memchr(b'>', &self.raw.as_bytes()[at..]).map(|i| at + i);
        }
        self.next_close
    }

    /// Where the content of a skipped element ends: behind its closing tag, or (when it has none)
    /// right behind its opening tag, so that a stray `<style>` does not swallow the posting.
    fn skip(&mut self, element: &'static str, from: usize) -> usize {
        if self.missing.contains(&element) {
            return from;
        }
        let bytes = self.raw.as_bytes();
        let mut at = from;
        while let Some(open) = memmem::find(&bytes[at..], b"</") {
            let name = at + open + 2;
            let end = name + element.len();
            if bytes.get(name..end).is_some_and(|n| n.eq_ignore_ascii_case(element.as_bytes())) {
                return memchr(b'>', &bytes[end..]).map_or(bytes.len(), |i| end + i + 1);
            }
            at = name;
        }
        self.missing.push(element);
        from
    }
}

/// The character(s) an entity at the start of `text` stands for, and its length in bytes.
fn entity(text: &str) -> Option<(String, usize)> {
    let window = &text.as_bytes()[..text.len().min(LONGEST_ENTITY)];
    let end = memchr(b';', window)? + 1;
    let name = &window[1..end - 1];
    if name.is_empty() || !name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'#') {
        return None;
    }
    let source = &text[..end];
    let decoded = htmlize::unescape(source);
    (decoded != source).then(|| (decoded.into_owned(), end))
}

/// A text whose letters stand apart, with its words whole: those have more than one space between them.
fn joined(raw: &str) -> CleanText {
    let mut once = CleanText::default();
    let mut at = 0;
    while at < raw.len() {
        let spaces = raw[at..].bytes().take_while(|b| *b == b' ').count();
        let end = raw[at + spaces..].find(' ').map_or(raw.len(), |i| at + spaces + i);
        let from = if spaces > 1 { at + spaces - 1 } else { at + spaces };
        once.push(&raw[from..end], from);
        at = end;
    }
    once
}

/// Undoes one level of escaping when a field holds escaped markup ("&lt;p&gt;").
fn decoded_markup(raw: &str) -> Option<CleanText> {
    let first = memchr_iter(b'&', raw.as_bytes()).find(|&at| raw[at..].starts_with("&lt;"))?;
    let escaped = |tag: &str| memmem::find(&raw.as_bytes()[first..], tag.as_bytes()).is_some();
    if !["&lt;p", "&lt;br", "&lt;li", "&lt;ul", "&lt;div", "&lt;/"].into_iter().any(escaped) {
        return None;
    }
    let mut once = CleanText::default();
    let mut at = 0;
    while at < raw.len() {
        let next = memchr(b'&', &raw.as_bytes()[at..]).map_or(raw.len(), |i| at + i);
        once.push(&raw[at..next], at);
        at = next;
        if at < raw.len() {
            let (text, length) = entity(&raw[at..]).unwrap_or_else(|| ("&".into(), 1));
            once.replace(&text, at..at + length);
            at += length;
        }
    }
    Some(once)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_at_special_bytes() {
        for (byte, at) in (0..=u8::MAX).flat_map(|byte| (0..70).map(move |at| (byte, at))) {
            let mut bytes = [b'a'; 70];
            bytes[at] = byte;
            let end = if is_special(byte) { at } else { bytes.len() };
            assert_eq!(plain_run(&bytes), end, "{byte} at {at}");
        }
    }

    #[test]
    fn markup_becomes_text() {
        let cases = [
            ("plain text", "plain text"),
            ("<p>One</p><p>Two</p>", "\nOne\n\nTwo\n"),
            ("a <b>bold</b>er word", "a bolder word"),
            ("R&amp;D &#8217;s &nbsp;x", "R&D 's  x"),
            ("&lt;p&gt;Own&lt;/p&gt;&amp;nbsp;it", "\nOwn\n it"),
            ("a < b and <3", "a < b and <3"),
            ("<script>alert('x')</script>after", "\nafter"),
            ("<STYLE>p{}</Style >after", "\nafter"),
            ("<style>no end", "\nno end"),
            ("<!-- note -->text<!-- open", "\ntext\n"),
            ("AT&T &unknown; &", "AT&T &unknown; &"),
            (r"cross\-functional C\+\+", "cross-functional C++"),
            ("soft\u{ad}ware\u{200b}", "software"),
            ("it\u{2019}s\u{7}", "it's "),
            ("one\r\ntwo", "one\n\ntwo"),
        ];
        for (raw, clean) in cases {
            assert_eq!(CleanText::new(raw).as_str(), clean, "{raw}");
        }
    }

    #[test]
    fn offsets_lead_back_to_the_raw_field() {
        for raw in ["<p>Own the <b>back</b>log &amp; roadmap</p>", "&lt;p&gt;the&amp;nbsp;roadmap"]
        {
            let clean = CleanText::new(raw);
            let at = clean.as_str().find("roadmap").expect("the word is kept");
            let start = clean.raw_offset(at);
            assert_eq!(&raw[start..start + 7], "roadmap");
        }
    }

    #[test]
    fn the_end_of_a_word_is_that_in_the_raw_field() {
        for (raw, word, written) in [
            ("a caf&eacute; here", "café", "caf&eacute;"),
            ("a caf&eacute;</b> &amp;", "café", "caf&eacute;"),
            ("a cafÃ© here", "café", "cafÃ©"),
            ("an â\u{82}’ here", "\u{2092}", "â\u{82}’"),
            ("&lt;p&gt;a caf&amp;eacute;&lt;/p&gt;", "café", "caf&amp;eacute;"),
            ("&lt;p&gt;a caf&eacute;s", "cafés", "caf&eacute;s"),
        ] {
            let clean = CleanText::new(raw);
            let at = clean.as_str().find(word).expect("the word is kept");
            assert_eq!(&raw[clean.raw_span(at..at + word.len())], written);
        }
    }

    #[test]
    fn of_a_field_without_end_the_beginning_is_looked_at() {
        let short = "a".repeat(LONGEST_FIELD);
        assert!(!CleanText::new(&short).cut());
        for (raw, kept) in [
            ("word ".repeat(LONGEST_FIELD), LONGEST_FIELD),
            ("€".repeat(LONGEST_FIELD), LONGEST_FIELD - 1),
            (format!("{short}&lt;p&gt;"), LONGEST_FIELD),
        ] {
            let mut clean = CleanText::new(&raw);
            assert!(clean.cut());
            assert_eq!(clean.as_str().len(), kept);
            clean.set("short");
            assert!(!clean.cut());
        }
    }
}
