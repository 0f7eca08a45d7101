//! Recognises names of roles with one typing error.

use super::{FoundForm, Reader};
use crate::lexicon::{Pattern, TitleWords};
use crate::text::Token;

/// Bytes of the shortest word that is corrected: shorter words are one edit from too many others.
const SHORTEST: u32 = 4;
/// Most words of a name before the misspelt one.
const BEFORE: usize = 3;

impl Reader<'_> {
    /// The role that a title states but for one typing error: "Product Manger".
    pub(super) fn misspelt(&self) -> Option<FoundForm> {
        let (names, words) = (&self.lexicon.name_words, &self.lexicon.wording.titles);
        let tokens = self.words.tokens();
        let is_name =
            |at: usize| tokens.get(at).is_some_and(|token| self.lexicon.is_name_word(token.hash));
        let mut found: Option<FoundForm> = None;
        let [mut before, mut current] = [false, is_name(0)];
        for (at, token) in tokens.iter().enumerate() {
            let next = is_name(at + 1);
            let skip = current || !(before || next) || token.end - token.start < SHORTEST;
            (before, current) = (current, next);
            if skip {
                continue;
            }
            let word = self.words.word(at);
            for (_, hash) in names.iter().filter(|(name, _)| is_typing_error(&word, name, words)) {
                let Some(right) = self.with_word(at, *hash) else { continue };
                if found.as_ref().is_some_and(|f| f.form.states != right.form.states) {
                    return None;
                }
                found = Some(right);
            }
        }
        found
    }

    /// The form of a role if token `at` is replaced by the word with this hash.
    fn with_word(&self, at: usize, hash: u64) -> Option<FoundForm> {
        let mut tokens: Vec<Token> = self.words.tokens().to_vec();
        tokens[at].hash = hash;
        (at.saturating_sub(BEFORE)..=at).find_map(|start| {
            let (form, length) =
                self.lexicon.titles.longest(&tokens[start..], false, |form, length| {
                    let has_it = length > 1 && start + length > at && form.written.is_none();
                    has_it && self.is_whole(start, start + length)
                })?;
            let found = FoundForm { at: start, end: start + length, form, words: None };
            found.names_role().then_some(found)
        })
    }
}

/// Whether a word is a misspelt `name`: their Damerau-Levenshtein distance is 1 (one letter more, less or changed, or
/// two neighbours exchanged), and it is no correct word.
fn is_typing_error(word: &str, name: &str, words: &TitleWords) -> bool {
    // "Projects" and "managed" are no typing errors.
    let is_inflected = |ending: &Pattern| ending.fits(word) && !ending.fits(name);
    is_one_edit(word.as_bytes(), name.as_bytes())
        && !words.inflections.iter().any(is_inflected)
        && !words.no_typing_errors.has_word(word)
}

/// Whether the Damerau-Levenshtein distance of two words is 1.
fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&a[..a.len() - same], &b[..b.len() - same]) {
        ([] | [_], [_]) | ([_], []) => true,
        ([a, c], [b, d]) => a == d && c == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_one_edit;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_edit_is_a_distance_of_one(a in "[abc]{0,6}", b in "[abc]{0,6}") {
            let one = strsim::osa_distance(&a, &b) == 1;
            prop_assert_eq!(is_one_edit(a.as_bytes(), b.as_bytes()), one);
        }
    }
}
