//! Removes HTML, entities, markdown escapes and control characters from a raw field.
//!
//! The result maps offsets back to the raw field, so that evidence can be quoted as written.
//! Every step is linear in the length of the field.

use super::layout::{has_letters_apart, unwrapped};
use super::mojibake::Garbled;
use memchr::{memchr, memchr_iter, memmem};
use std::ops::Range;
use wide::i8x16;

/// Text without markup, with a map of its UTF-8 offsets to those of the raw field.
#[derive(Debug, Default, Clone)]
pub struct CleanText {
    text: String,
    /// Offsets at which the difference to the raw offset changes, in order.
    anchors: Vec<Anchor>,
    repaired: usize,
    cut: bool,
}

/// The start of a piece of the text, which ends at the next anchor.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    /// Offset in the text.
    here: u32,
    /// Offset in the raw field.
    raw: u32,
    /// If the piece is a replacement, the length of what it replaces in the raw field.
    replaces: Option<u32>,
}

/// Bytes of a raw field that are read: no posting has a tenth of that, but a field with a broken quote can be a whole
/// file.
const LONGEST_FIELD: usize = 1 << 20;
/// Elements whose content is never prose.
const SKIPPED: [&str; 5] = ["script", "style", "svg", "template", "noscript"];
/// Inline elements: removing them must not split a word or a sentence.
const INLINE: [&str; 21] = [
    "a", "abbr", "b", "bdi", "big", "cite", "code", "del", "em", "font", "i", "ins", "mark", "s",
    "small", "span", "strong", "sub", "sup", "u", "wbr",
];
/// Bytes of the longest entity; the longest name in HTML has 31 characters.
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
        let full_length = raw.len();
        let raw = beginning(raw, LONGEST_FIELD);
        self.cut = raw.len() < full_length;
        let raw = &*unwrapped(raw);
        let once = if has_letters_apart(raw) { Some(joined(raw)) } else { decoded_markup(raw) };
        if let Some(once) = once {
            self.strip(&once.text);
            self.map_through(&once);
        } else {
            self.strip(raw);
        }
    }

    /// Composes the anchors, which lead to the text `once`, with those of `once`, so that they lead to its raw field.
    fn map_through(&mut self, once: &Self) {
        if self.anchors.first().is_none_or(|a| a.here > 0) {
            self.anchors.insert(0, Anchor { here: 0, raw: 0, replaces: None });
        }
        let ends = self.anchors.iter().skip(1).map(|a| a.here).chain([self.text.len() as u32]);
        let mut composed = Vec::with_capacity(self.anchors.len() + once.anchors.len());
        for (&Anchor { here, raw: there, replaces }, end) in self.anchors.iter().zip(ends) {
            let raw = once.raw_offset(there as usize) as u32;
            if let Some(bytes) = replaces {
                let end = once.raw_end((there + bytes) as usize) as u32;
                composed.push(Anchor { here, raw, replaces: Some(end - raw) });
                continue;
            }
            let before = once.anchors.partition_point(|a| a.here <= there);
            let first = before.checked_sub(1).map(|i| once.anchors[i]);
            composed.push(Anchor { here, raw, replaces: first.and_then(|first| first.replaces) });
            let inner = once.anchors[before..].iter().take_while(|a| a.here < there + (end - here));
            composed.extend(inner.map(|a| Anchor { here: here + (a.here - there), ..*a }));
        }
        self.anchors = composed;
    }

    /// The cleaned text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many garbled sequences (`â€™` for `’`) were repaired.
    pub(crate) fn repaired(&self) -> usize {
        self.repaired
    }

    /// Whether the field is so long that only its beginning was read.
    pub(crate) fn cut(&self) -> bool {
        self.cut
    }

    /// UTF-8 offset in the raw field of the character at an offset in the cleaned text.
    pub fn raw_offset(&self, offset: usize) -> usize {
        match self.anchor(offset) {
            Some(Anchor { raw, replaces: Some(_), .. }) => raw as usize,
            Some(Anchor { here, raw, .. }) => raw as usize + (offset - here as usize),
            None => offset,
        }
    }

    /// End in the raw field of the character that ends at an offset in the cleaned text.
    fn raw_end(&self, end: usize) -> usize {
        match end.checked_sub(1).and_then(|last| self.anchor(last)) {
            Some(Anchor { raw, replaces: Some(bytes), .. }) => (raw + bytes) as usize,
            Some(Anchor { here, raw, .. }) => raw as usize + (end - here as usize),
            None => end,
        }
    }

    /// Byte range of the raw field for one of the cleaned text.
    pub fn raw_span(&self, span: Range<usize>) -> Range<usize> {
        self.raw_offset(span.start)..self.raw_end(span.end)
    }

    /// The last anchor up to an offset in the text.
    fn anchor(&self, offset: usize) -> Option<Anchor> {
        let after = self.anchors.partition_point(|a| a.here as usize <= offset);
        after.checked_sub(1).map(|i| self.anchors[i])
    }

    /// Replaces the text by a raw field without markup.
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

    /// Pushes a character that may need normalisation, for a byte range of the raw field.
    fn push_char(&mut self, c: char, raw: Range<usize>) {
        let mut buffer = [0; 4];
        match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{0b}' | '\u{0c}' => self.replace("\n", raw),
            // Soft hyphens and zero-width characters occur within words.
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

    /// Pushes a piece that is at offset `raw` of the raw field, unchanged.
    fn push(&mut self, piece: &str, raw: usize) {
        if self.next() != Some(raw) {
            let here = self.text.len() as u32;
            self.anchors.push(Anchor { here, raw: raw as u32, replaces: None });
        }
        self.text.push_str(piece);
    }

    /// Pushes a piece in place of a byte range of the raw field.
    fn replace(&mut self, piece: &str, raw: Range<usize>) {
        if piece.len() == raw.len() {
            return self.push(piece, raw.start);
        }
        let (here, replaces) = (self.text.len() as u32, Some(raw.len() as u32));
        self.anchors.push(Anchor { here, raw: raw.start as u32, replaces });
        self.text.push_str(piece);
    }

    /// The offset in the raw field that continues the last piece; `None` after a replacement.
    fn next(&self) -> Option<usize> {
        let Some(last) = self.anchors.last() else { return Some(self.text.len()) };
        let ahead = self.text.len() - last.here as usize;
        last.replaces.is_none().then_some(last.raw as usize + ahead)
    }
}

/// The longest prefix of whole characters with at most `bytes` bytes.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&i| text.is_char_boundary(i));
    &text[..end.unwrap_or(0)]
}

/// Whether a byte is not copied unchanged: it begins a tag, an entity, an escape or a character beyond ASCII, or is a
/// backtick or a control character.
fn is_special(b: u8) -> bool {
    (b < b' ' && b != b'\n') | (b >= 0x80) | (b == b'<') | (b == b'&') | (b == b'\\') | (b == b'`')
}

/// Length of the leading run of bytes without special ones.
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

/// A bit mask of the bytes that are special (see [`is_special`]).
#[inline]
fn specials(bytes: [u8; 16]) -> u32 {
    // As signed numbers, bytes beyond ASCII are below all others.
    let bytes = i8x16::new(bytes.map(u8::cast_signed));
    let each = |b: u8| i8x16::splat(b.cast_signed());
    let low = bytes.simd_lt(each(b' ')) & !bytes.simd_eq(each(b'\n'));
    let signs = b"<&\\`".map(|sign| bytes.simd_eq(each(sign)));
    signs.into_iter().fold(low, |any, sign| any | sign).to_bitmask()
}

/// A tag or comment: its name, and the offset after it.
struct Tag<'a> {
    name: &'a str,
    end: usize,
}

/// Finds tags. Caches searches that fail, so that the total time is linear.
struct Tags<'a> {
    raw: &'a str,
    /// Offset of the next closing bracket that is known; `None` if there are no more.
    next_close: Option<usize>,
    /// Skipped elements without a closing tag.
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

    /// Offset of the next closing bracket.
    fn close_after(&mut self, at: usize) -> Option<usize> {
        let known = self.next_close?;
        if known <= at {
            self.next_close = memchr(b'>', &self.raw.as_bytes()[at..]).map(|i| at + i);
        }
        self.next_close
    }

    /// Where the content of a skipped element ends: after its closing tag, or if it has none, right after its opening
    /// tag, so that a stray `<style>` does not remove the posting.
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

/// The decoded entity at the start of `text`, and its length in bytes.
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

/// Joins letters separated by spaces into words, which have more than one space between them.
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
