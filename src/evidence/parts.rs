//! Which parts of a posting say nothing about the job.

use super::lexicon::{Kinds, Part, Trie};
use crate::text::Tokens;
use std::ops::Range;

/// A line or sentence of at most this many words can be a heading.
const LONGEST_HEADING: usize = 6;

/// The tokens below headings of boilerplate, up to the next heading of content. None if that is more
/// than half of the text: then the headings are not what they seem.
pub(super) fn boilerplate(
    tokens: &Tokens,
    headings: &Trie<Part>,
    kinds: impl Fn(usize) -> Kinds,
    parts: &mut Vec<Range<usize>>,
) {
    parts.clear();
    let mut open: Option<usize> = None;
    let lines = tokens.sentences();
    let tokens = tokens.as_slice();
    for line in lines.filter(|line| line.len() <= LONGEST_HEADING) {
        let Range { start, end } = line;
        let heads = line.filter(|&at| kinds(at).has(Kinds::HEADING));
        let found = heads.filter_map(|at| headings.longest(&tokens[at..end], false, |_, _| true));
        // A line that announces both is taken for boilerplate.
        let part = found.map(|(part, _)| part).max_by_key(|part| *part == Part::Boilerplate);
        match (part, open) {
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
