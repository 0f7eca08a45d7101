//! Texts that stand where a posting should be: login walls, error pages, teasers.

use super::sentences::{Reach, around};
use crate::lexicon::{Lexicon, Stub, TokenClasses};
use crate::text::Token;

/// A text of fewer words may not say what the job is, and then reads like another one.
pub(crate) const FEW_WORDS: usize = 100;
/// A text that was cut off is one of fewer words than this.
const LONGEST_TEASER: usize = 50;
/// So many words of a longer sentence are of the same matter.
const LONGEST_SENTENCE: usize = 20;
/// A word for nothing is one of so few.
const PLACEHOLDER_EACH: usize = 4;
/// A page that is no posting shows at most so many entries of the lexicon.
const MOST_SKILLS: usize = 1;
/// A page with its menus is shorter than this,
const LONGEST_PAGE: usize = 400;
/// has so many entries of the lexicon at most,
const MOST_SKILLS_OF_PAGE: usize = 5;
/// and one of so many of its words stands in a sentence with such a form. Of 12,320 postings, the one nearest to that
/// shows 9 entries.
const OF_PAGE: usize = 4;
/// How a text ends that was cut off.
const CUT_OFF: [&str; 5] = ["...", "…", "[...]", "[…]", "(...)"];

impl Stub {
    /// What a text is, if it is no posting: one of few words, half of which stand in sentences with such a form, or a
    /// longer page of which a quarter do. One that shows several entries of the lexicon, `skills`, is the posting of a
    /// job that has to do with such pages.
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
            let says_so = match stub {
                Self::Placeholder => PLACEHOLDER_EACH * length >= tokens.len(),
                Self::Teaser => sentence.end == tokens.len(),
                _ => true,
            };
            if says_so {
                first = first.or(Some(stub));
                words += sentence.len().min(LONGEST_SENTENCE);
                from = sentence.end;
            }
        }
        let most = first.filter(|stub| match stub {
            Self::Teaser => tokens.len() < LONGEST_TEASER,
            Self::LoginWall | Self::ErrorPage | Self::CookieNotice if is_long => {
                OF_PAGE * words >= tokens.len()
            }
            _ => !is_long && 2 * words >= tokens.len() && skills <= most_skills,
        });
        let last = text.split_whitespace().next_back().unwrap_or_default();
        // An address may be cut off in any text.
        let cut = CUT_OFF.iter().any(|end| last.ends_with(end)) && !last.contains('/');
        most.or_else(|| (cut && tokens.len() < LONGEST_TEASER).then_some(Self::Teaser))
    }
}
