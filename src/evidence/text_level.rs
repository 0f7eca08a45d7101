//! The level that a text states for its job: "we are looking for a senior product manager".

use super::Evidence;
use crate::lexicon::Lexicon;
use crate::lexicon::{TitleForm, TitleStates, TitleWords, WordSet};
use std::ops::Range;

/// Words before the name of a role in which its level is searched.
const BEFORE: usize = 3;
/// Words before those that tell whose job it is.
const CONTEXT: usize = 6;
/// A level and a role within this many first words are the headline.
const HEADLINE: usize = 3;
/// A level named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLevel {
    /// Name, such as `senior`.
    pub id: String,
    /// Rank, from 0 for the lowest.
    pub rank: u32,
    /// Byte range of the text with the level and the name of the role.
    pub at: Range<usize>,
}

/// The level at the first name of a role that is the advertised job.
pub fn text_level(evidence: &Evidence, lexicon: &Lexicon) -> Option<TextLevel> {
    let tokens = evidence.tokens().as_slice();
    for at in 0..tokens.len() {
        let named = lexicon.titles.longest(&tokens[at..], false, |form, _| form.written.is_none());
        let Some((TitleForm { states: TitleStates::Role(_), .. }, length)) = named else {
            continue;
        };
        let start = at.saturating_sub(BEFORE);
        let context = &tokens[at.saturating_sub(BEFORE + CONTEXT)..at];
        let said = |words: &WordSet| context.iter().any(|token| words.has(token.hash));
        let TitleWords { advertised, others, .. } = &lexicon.wording.titles;
        if said(others) || !(said(advertised) || start <= HEADLINE) {
            continue;
        }
        let named = (start..at).filter(|&i| !tokens[i + 1..=at].iter().any(|t| t.breaks));
        let end = at + length;
        // The name may contain the level: "director of product".
        let level = named
            .chain(at..end)
            .filter_map(|i| {
                Some((i, lexicon.levels.longest(&tokens[i..end], false, |_, _| true)?.0?))
            })
            .map(|(i, level)| (i, &lexicon.level_list[level as usize]))
            .max_by_key(|(_, level)| level.rank);
        if let Some((first, level)) = level {
            let bytes = tokens[first.min(at)].start as usize..tokens[end - 1].end as usize;
            return Some(TextLevel { id: level.id.clone(), rank: level.rank, at: bytes });
        }
    }
    None
}
