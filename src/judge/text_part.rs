//! The text of a posting, split at its marks.

use super::contrast::{Mark, MarkKind};
use serde::Serialize;
use std::ops::Range;

/// A part of the text of a posting, marked or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextPart {
    /// Its text; all parts together are the cleaned text.
    pub text: String,
    /// Its mark, if any: the winner is the suggested role, the rival the stated one.
    pub(crate) kind: Option<MarkKind>,
}

impl TextPart {
    /// Splits a text at its marks.
    pub(crate) fn split(text: &str, marks: &[Mark]) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut push = |range: Range<usize>, kind| {
            if !range.is_empty() {
                parts.push(Self { text: text[range].to_owned(), kind });
            }
        };
        let mut at = 0;
        for mark in marks {
            push(at..mark.at.start, None);
            push(mark.at.clone(), Some(mark.kind));
            at = mark.at.end;
        }
        push(at..text.len(), None);
        parts
    }
}
