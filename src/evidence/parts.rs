//! Which parts of a posting say nothing about the job.

use super::lexicon::{Part, Trie};
use crate::text::Token;
use std::ops::Range;

/// A line or sentence of at most this many words can be a heading.
pub(super) const LONGEST_HEADING: usize = 6;

/// The tokens below headings of boilerplate, up to the next heading of content. None if that is more
/// than half of the text: then the headings are not what they seem. `heads` are the tokens that a heading
/// may begin with.
pub(super) fn boilerplate(
    tokens: &[Token],
    heads: &[u32],
    headings: &Trie<Part>,
    parts: &mut Vec<Range<usize>>,
) {
    parts.clear();
    let mut open: Option<usize> = None;
    let found = heads.iter().filter_map(|&at| {
        let at = at as usize;
        let line = short_line(tokens, at)?;
        let (part, _) = headings.longest(&tokens[at..line.end], false, |_, _| true)?;
        Some((line.start, part))
    });
    let mut found = found.peekable();
    while let Some((start, mut part)) = found.next() {
        // A line that announces both is taken for boilerplate.
        while let Some((_, other)) = found.next_if(|(line, _)| *line == start) {
            part = if other == Part::Boilerplate { other } else { part };
        }
        match (part, open) {
            (Part::Boilerplate, None) => open = Some(start),
            (Part::Content, Some(from)) => {
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

/// The line or sentence that a token is in, if it is short.
fn short_line(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let first = at.saturating_sub(LONGEST_HEADING - 1);
    let start = first + tokens[first..=at].iter().rposition(|token| token.breaks)?;
    let others = tokens[start + 1..].iter().take(LONGEST_HEADING).take_while(|token| !token.breaks);
    let length = 1 + others.count();
    (length <= LONGEST_HEADING).then_some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::lexicon::{Kinds, WordKinds};
    use crate::text::{Listed, Tokens};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_word_of_a_short_line_is_looked_at(
            lines in prop::collection::vec(prop_oneof![1..=8usize, 9..150usize], 0..40),
        ) {
            let lines: Vec<String> = lines.into_iter().map(|words| "word ".repeat(words)).collect();
            let tokens = Tokens::new(&lines.join("\n"));
            let tokens = tokens.as_slice();
            let (mut kinds, mut listed) = (WordKinds::default(), Listed::default());
            kinds.set(tokens.iter().map(|token| (Kinds::HEADING, token.breaks)));
            kinds.list_in_short_lines(&mut listed, Kinds::HEADING, LONGEST_HEADING);
            for at in 0..tokens.len() {
                let short = short_line(tokens, at).is_some();
                prop_assert!(!short || listed.as_slice().contains(&(at as u32)), "{}", at);
            }
            prop_assert!(listed.as_slice().iter().all(|&at| (at as usize) < tokens.len()));
        }
    }
}
