//! Which parts of a posting say nothing about the job.

use super::lexicon::{Part, Trie};
use crate::text::{Token, Tokens};
use std::ops::Range;

/// A line or sentence of at most this many words can be a heading.
const LONGEST_HEADING: usize = 6;

/// The tokens below headings of boilerplate, up to the next heading of content. None if that is more
/// than half of the text: then the headings are not what they seem.
pub(super) fn boilerplate(tokens: &Tokens, headings: &Trie<Part>, parts: &mut Vec<Range<usize>>) {
    parts.clear();
    let mut open: Option<usize> = None;
    let lines = tokens.sentences();
    let tokens = tokens.as_slice();
    for line in lines.filter(|line| line.len() <= LONGEST_HEADING) {
        let start = line.start;
        match (heading(&tokens[line], headings), open) {
            (Some(Part::Boilerplate), None) => open = Some(start),
            (Some(Part::Content), Some(from)) => {
                parts.push(from..start);
                open = None;
            }
            _ => {}
        }
    }
    parts.extend(open.map(|from| from..tokens.len()));
    let ignored: usize = parts.iter().map(ExactSizeIterator::len).sum();
    if 2 * ignored > tokens.len() {
        parts.clear();
    }
}

/// What a line announces, if it is a heading; boilerplate if it announces both.
fn heading(line: &[Token], headings: &Trie<Part>) -> Option<Part> {
    let found = (0..line.len())
        .filter(|&i| headings.may_begin(line[i].hash))
        .filter_map(|i| headings.longest(&line[i..], false, |_, _| true));
    found.map(|(part, _)| part).max_by_key(|part| *part == Part::Boilerplate)
}
