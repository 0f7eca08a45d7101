//! The meaning of abbreviations that may name a role: "PO" is a Product Owner, a project office or a purchase order.

use super::sentences::between;
use crate::lexicon::Lexicon;
use crate::lexicon::{Term, TokenClasses};
use crate::text::Token;

/// Words on either side in which the words of another meaning are searched.
const WINDOW: usize = 4;

/// Cache for one text: the hashes of its abbreviations, and whether each means something else than a role.
#[derive(Debug, Default)]
pub(super) struct Abbreviations(Vec<(u64, bool)>);

impl Abbreviations {
    /// Whether the abbreviation at a token index means something else than a role. If the text spells it out, it has
    /// that meaning throughout; otherwise the words next to any of its occurrences decide.
    pub(super) fn is_other(
        &mut self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        at: usize,
        lexicon: &Lexicon,
    ) -> bool {
        let hash = tokens[at].hash;
        let known = self.0.iter().find(|(of, _)| *of == hash).map(|(_, other)| *other);
        let spelt_otherwise = known.unwrap_or_else(|| {
            let occurrences = || (0..tokens.len()).filter(|&i| tokens[i].hash == hash);
            let spelt =
                occurrences().find_map(|i| spelt_out(text, tokens, token_classes, i, lexicon));
            let other = spelt.unwrap_or_else(|| {
                occurrences().any(|i| is_near_other_meaning(tokens, i, lexicon))
            });
            self.0.push((hash, other));
            other
        });
        spelt_otherwise || is_near_other_meaning(tokens, at, lexicon)
    }
}

/// Whether the words next to an abbreviation that spell it out ("PO (Project Office)", "purchase order (PO)") are no
/// name of a role. `None` if no words spell it out.
fn spelt_out(
    text: &str,
    tokens: &[Token],
    token_classes: &TokenClasses,
    at: usize,
    lexicon: &Lexicon,
) -> Option<bool> {
    let word = tokens[at].word(text);
    let letters: Vec<char> = word.strip_suffix('s').unwrap_or(&word).chars().collect();
    let count = letters.len();
    if !(2..=4).contains(&count) {
        return None;
    }
    let spells = |start: usize| {
        letters.iter().zip(start..).all(|(letter, i)| tokens[i].word(text).starts_with(*letter))
    };
    let opens = |i: usize| between(text, tokens, i).iter().any(|b| matches!(b, b'(' | b'=' | b'['));
    let before = at.checked_sub(count).filter(|&start| opens(at) && spells(start));
    let behind = || {
        let start = at + 1;
        (start + count <= tokens.len() && opens(start) && spells(start)).then_some(start)
    };
    let start = before.or_else(behind)?;
    let name = lexicon.terms.longest_at(start, tokens, token_classes, |term, length| {
        length == count && matches!(term, Term::Mention { .. })
    });
    Some(name.is_none())
}

/// Whether a word near an abbreviation gives it another meaning: "PO" near "invoice" is a purchase order.
fn is_near_other_meaning(tokens: &[Token], at: usize, lexicon: &Lexicon) -> bool {
    let Some(words) = lexicon.wording.abbreviations.not_near(tokens[at].hash) else { return false };
    let before = (at.saturating_sub(WINDOW)..at).rev().take_while(|&i| !tokens[i + 1].breaks);
    let behind = (at + 1..tokens.len().min(at + 1 + WINDOW)).take_while(|&i| !tokens[i].breaks);
    before.chain(behind).any(|i| words.has(tokens[i].hash))
}
