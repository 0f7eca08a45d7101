//! The level that a title names.

use super::{FoundForm, Reader};
use std::ops::Range;

impl Reader<'_> {
    /// The highest level of the job, not of other people (`of_others` are token ranges about them).
    pub(super) fn level(&self, found: &[FoundForm], of_others: &[Range<usize>]) -> Option<String> {
        let role_end = found.iter().filter(|f| f.names_role()).map(|f| f.end).max();
        let mut highest: Option<u32> = found.iter().find_map(|f| f.form.level);
        let mut at = 0;
        while at < self.words.len() {
            let Some((level, length)) = self.words.level(at, self.lexicon) else {
                at += 1;
                continue;
            };
            let Some(level) = level else {
                at += length;
                continue;
            };
            let others = of_others.iter().any(|words| words.contains(&at));
            let of_job =
                role_end.is_none_or(|end| at < end || self.is_of_job(at, length, level, end));
            if of_job && !others {
                let rank = |level: u32| self.lexicon.level_list[level as usize].rank;
                highest = highest.filter(|&known| rank(known) >= rank(level)).or(Some(level));
            }
            at += 1;
        }
        highest.map(|level| self.lexicon.level_list[level as usize].id.clone())
    }

    /// Whether a level word after the name of the role is the job's level, and not part of another name:
    /// "Product Owner II, Senior Living".
    fn is_of_job(&self, at: usize, length: usize, level: u32, role_end: usize) -> bool {
        let words = self.words;
        let start = words.phrase_start(at).max(role_end);
        let end = words.phrase_end(at + length);
        if start > role_end && !words.is_separated(start) && words.is_preposition(start - 1) {
            return false;
        }
        let level_nouns = &self.lexicon.wording.titles.level_nouns;
        let of_level = |mut from: usize, to: usize| {
            while from < to {
                let next = words.behind_levels(from, to, self.lexicon);
                let filler = level_nouns.has(words.tokens()[from].hash);
                if next == from && !filler && !words.tokens()[from].numeric {
                    return false;
                }
                from = next.max(from + 1);
            }
            true
        };
        let is_lowest = self.lexicon.level_list[level as usize].rank == 0;
        let follows =
            start == role_end && !(role_end < words.len() && words.is_separated(role_end));
        (follows && of_level(start, at))
            || of_level(start, end)
            || (is_lowest && at + length == end)
    }
}
