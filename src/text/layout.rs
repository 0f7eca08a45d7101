//! Undoes damage to the layout of a text by mail programs and scrapers: hard-wrapped lines, letters with spaces between
//! them.

use memchr::{memchr, memchr_iter, memrchr};
use std::borrow::Cow;

/// Widths at which lines may be wrapped, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 12..=132;
/// A narrower text may be a list of terms, so it must have [`LEAST_GOING_ON`] wraps before a lower-case word.
const NARROW: usize = 30;
/// Least wraps before a lower-case word in a narrow or double-spaced text.
const LEAST_GOING_ON: usize = 12;
/// Bytes of a line of the largest width, a few characters of which take more than one byte.
const LONGEST_LINE: usize = 200;
/// Least filled lines of a double-spaced text.
const LEAST_SPACED: usize = 8;
/// Markup at the end of lines, which is ignored.
const BREAKS: [&str; 4] = ["<br>", "<br/>", "<br />", "<BR>"];
/// Bytes of the sample that is checked for spaces between letters.
const SAMPLE: usize = 64;

/// A line of a text.
struct Line<'a> {
    /// Byte offset.
    start: usize,
    /// Without trailing spaces and [`BREAKS`].
    text: &'a str,
    /// Number of characters.
    chars: usize,
}

/// Replaces line ends of hard-wrapped text by spaces; byte offsets stay the same.
///
/// A wrap is a line end at which the first word of the next line did not fit. A text counts as wrapped if no line is
/// longer than a common width, and either all line ends within paragraphs are wraps, at least one of them before a
/// lower-case word, or there are several wraps, at least half of them before such a word.
pub(super) fn unwrapped(raw: &str) -> Cow<'_, str> {
    let Some(mut lines) = short_lines(raw) else { return raw.into() };
    let is_double_spaced = close_up(&mut lines);
    let several_words = lines.iter().filter(|line| !is_word(line.text));
    let width = several_words.map(|line| line.chars).max().unwrap_or(0);
    if !WIDTHS.contains(&width) {
        return raw.into();
    }
    let wraps = || lines.windows(2).filter(|pair| is_wrap(&pair[0], &pair[1], width));
    let small = wraps().filter(|pair| goes_on(pair[1].text)).count();
    let all = wraps().count();
    let within = lines.windows(2).filter(|pair| pair[0].chars > 0 && goes_with(pair[1].text));
    let are_all = within.count() == all;
    let half = 2 * small >= all;
    let is_wrapped = if width < NARROW || is_double_spaced {
        half && small >= LEAST_GOING_ON
    } else {
        small > 0 && (are_all || (all > 1 && half))
    };
    if !is_wrapped {
        return raw.into();
    }
    let mut bytes = raw.to_owned().into_bytes();
    for pair in wraps() {
        bytes[pair[0].start + pair[0].text.len()..pair[1].start].fill(b' ');
    }
    String::from_utf8(bytes).map_or_else(|_| raw.into(), Cow::Owned)
}

/// Removes one empty line after each line of a double-spaced text, and all but one of any more. Returns whether the
/// text is double-spaced.
fn close_up(lines: &mut Vec<Line>) -> bool {
    let filled = lines.iter().filter(|line| line.chars > 0).count();
    let spaced = lines.windows(2).filter(|pair| pair[0].chars > 0 && pair[1].chars == 0).count();
    if filled < LEAST_SPACED || 10 * spaced < 9 * (filled - 1) {
        return false;
    }
    let mut empty = 0;
    lines.retain(|line| {
        empty = if line.chars > 0 { 0 } else { empty + 1 };
        empty == 0 || empty == 2
    });
    true
}

/// The lines of a text, if there are several and none is long; lines of one word, which cannot be wrapped, may be long.
fn short_lines(raw: &str) -> Option<Vec<Line<'_>>> {
    memchr(b'\n', &raw.as_bytes()[..raw.len().min(LONGEST_LINE)])?;
    if has_long_line(raw) {
        return None;
    }
    let mut start = 0;
    let ends = memchr_iter(b'\n', raw.as_bytes()).chain([raw.len()]);
    let lines = ends.map(|end| {
        let start = std::mem::replace(&mut start, end + 1);
        let text = raw[start..end].trim_ascii_end();
        let text = BREAKS.iter().find_map(|mark| text.strip_suffix(mark)).unwrap_or(text);
        let text = text.trim_ascii_end();
        Line { start, text, chars: text.chars().count() }
    });
    Some(lines.collect())
}

/// Whether a line of several words is longer than [`LONGEST_LINE`]. Jumps from a line end to the last one within that
/// distance, so that most lines are not visited.
fn has_long_line(raw: &str) -> bool {
    let mut rest = raw.as_bytes();
    while rest.len() > LONGEST_LINE {
        let end = memrchr(b'\n', &rest[..=LONGEST_LINE])
            .unwrap_or_else(|| memchr(b'\n', rest).unwrap_or(rest.len()));
        let line = rest[..end].trim_ascii_end();
        if line.len() > LONGEST_LINE && line.trim_ascii_start().contains(&b' ') {
            return true;
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    false
}

fn is_word(line: &str) -> bool {
    !line.trim_ascii().bytes().any(|b| b == b' ')
}

/// Whether a line can continue the paragraph of the line before it.
fn goes_with(line: &str) -> bool {
    !line.is_empty() && !is_bullet(line)
}

/// Whether a line ended because the first word of the next one did not fit.
fn is_wrap(line: &Line, next: &Line, width: usize) -> bool {
    let Some(word) = next.text.split_ascii_whitespace().next() else { return false };
    (1..=width).contains(&line.chars)
        && line.chars + 1 + word.chars().count() > width
        && goes_with(next.text)
}

/// Whether a line begins like a list item.
fn is_bullet(line: &str) -> bool {
    let first = line.split_ascii_whitespace().next().unwrap_or_default();
    let number = first.strip_suffix(['.', ')']).unwrap_or_default();
    (!number.is_empty() && number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit()))
        || first.starts_with(['•', '·', '▪', '●', '◦', '‣', '–', '—', '\u{f0b7}'])
        || matches!(first, "-" | "*" | "+" | "o")
}

/// Whether a line begins in the middle of a sentence.
fn goes_on(line: &str) -> bool {
    line.trim_ascii_start().starts_with(char::is_lowercase)
}

/// Whether the letters of a text are separated: `Y o u   o w n   t h e   b a c k l o g`.
pub(super) fn has_letters_apart(raw: &str) -> bool {
    let sample = raw.as_bytes().get(..SAMPLE).unwrap_or(raw.as_bytes());
    let spaces = memchr_iter(b' ', sample).count();
    if 5 * spaces < 2 * sample.len() {
        return false;
    }
    let (mut alone, mut all) = (0, 0);
    for word in raw.split_whitespace() {
        all += 1;
        alone += usize::from(word.chars().count() == 1);
    }
    10 * alone >= 9 * all && alone >= SAMPLE / 2
}
