//! Recognises texts in place of a posting: login walls, error pages, teasers.

use super::sentences::{Reach, around};
use crate::lexicon::{Lexicon, Stub, TokenClasses};
use crate::text::Token;

/// A text of fewer words may not state what the job is, and can then look like another one.
pub(crate) const FEW_WORDS: usize = 100;
/// A teaser, which was cut off, has fewer words than this.
const LONGEST_TEASER: usize = 50;
/// At most this many words of a sentence count for its form.
const LONGEST_SENTENCE: usize = 20;
/// A placeholder makes up at least 1/`PLACEHOLDER_EACH` of the words.
const PLACEHOLDER_EACH: usize = 4;
/// A short page that is no posting has at most this many lexicon entries.
const MOST_SKILLS: usize = 1;
/// A page with its menus has fewer words than this,
const LONGEST_PAGE: usize = 400;
/// at most this many lexicon entries,
const MOST_SKILLS_OF_PAGE: usize = 5;
/// and at least 1/`OF_PAGE` of its words in sentences with such a form. The nearest of 12,320 postings has 9 entries.
const OF_PAGE: usize = 4;
/// Endings of a text that was cut off.
const CUT_OFF: [&str; 5] = ["...", "…", "[...]", "[…]", "(...)"];

impl Stub {
    /// What a text is, if it is no posting: it is short, and half of its words are in sentences with such a form, or it
    /// is a longer page, and a quarter of them are. A text with several lexicon entries (`skills`) is a posting about
    /// such pages.
    pub(crate) fn find(
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        lexicon: &Lexicon,
        skills: usize,
    ) -> Option<Self> {
        let is_long = tokens.len() >= FEW_WORDS;
        let most_skills = if is_long { MOST_SKILLS_OF_PAGE } else { MOST_SKILLS };
        if tokens.len() >= LONGEST_PAGE || (is_long && skills > most_skills) {
            return None;
        }
        if tokens.is_empty() {
            return (!text.trim().is_empty()).then_some(Self::Placeholder);
        }
        let form = |at: usize| lexicon.stubs.longest(&tokens[at..], false, |_, _| true);
        let (mut first, mut words, mut from) = (None, 0, 0);
        for at in 0..tokens.len() {
            let Some((stub, length)) = form(at).filter(|_| at >= from) else { continue };
            let sentence =
                around(text, tokens, token_classes, at, Reach::Sentence).unwrap_or(at..at + length);
            let counts = match stub {
                Self::Placeholder => PLACEHOLDER_EACH * length >= tokens.len(),
                Self::Teaser => sentence.end == tokens.len(),
                _ => true,
            };
            if counts {
                first = first.or(Some(stub));
                words += sentence.len().min(LONGEST_SENTENCE);
                from = sentence.end;
            }
        }
        let found = first.filter(|stub| match stub {
            Self::Teaser => tokens.len() < LONGEST_TEASER,
            Self::LoginWall | Self::ErrorPage | Self::CookieNotice if is_long => {
                OF_PAGE * words >= tokens.len()
            }
            _ => !is_long && 2 * words >= tokens.len() && skills <= most_skills,
        });
        let last = text.split_whitespace().next_back().unwrap_or_default();
        // A web address may be cut off in any text.
        let cut = CUT_OFF.iter().any(|end| last.ends_with(end)) && !last.contains('/');
        found.or_else(|| (cut && tokens.len() < LONGEST_TEASER).then_some(Self::Teaser))
    }
}
