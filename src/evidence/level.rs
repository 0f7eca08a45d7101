//! The level at which a text speaks of its own job: "we are looking for a senior product manager".

use super::Evidence;
use crate::lexicon::Lexicon;
use crate::lexicon::{TitleForm, TitleStates};
use std::ops::Range;

/// Words before the name of a role in which its level stands.
const BEFORE: usize = 3;
/// Words before that which say of whom it is spoken.
const CONTEXT: usize = 6;
/// Words that begin a text: a level and a role there are its headline.
const HEADLINE: usize = 3;
/// The job itself: "we are looking for a director of product".
const OWN: [&str; 9] =
    ["looking", "seeking", "seek", "seeks", "hiring", "hire", "searching", "recruiting", "as"];
/// Another person: "reports to the director of product".
const OTHERS: [&str; 14] = [
    "report",
    "reports",
    "reporting",
    "with",
    "alongside",
    "by",
    "support",
    "supports",
    "supporting",
    "mentor",
    "manage",
    "managing",
    "other",
    "between",
];

/// A level named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLevel {
    /// Name, such as `senior`.
    pub id: String,
    /// Place from the lowest (0) upwards.
    pub rank: u32,
    /// Bytes of the text: the level and the name of the role.
    pub at: Range<usize>,
}

/// The level beside the first name of a role that is that of the job.
pub fn text_level(evidence: &Evidence, lexicon: &Lexicon) -> Option<TextLevel> {
    let text = evidence.text().as_str();
    let tokens = evidence.tokens().as_slice();
    for at in 0..tokens.len() {
        let named = lexicon.titles.longest(&tokens[at..], false, |form, _| form.written.is_none());
        let Some((TitleForm { states: TitleStates::Role(_), .. }, length)) = named else {
            continue;
        };
        let start = at.saturating_sub(BEFORE);
        let context = &tokens[at.saturating_sub(BEFORE + CONTEXT)..at];
        let said = |list: &[&str]| context.iter().any(|token| list.contains(&&*token.word(text)));
        if said(&OTHERS) || !(said(&OWN) || start <= HEADLINE) {
            continue;
        }
        let named = (start..at).filter(|&i| !tokens[i + 1..=at].iter().any(|t| t.breaks));
        let end = at + length;
        // The name may have the level in it: "director of product".
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
