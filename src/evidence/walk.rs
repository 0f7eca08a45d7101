//! The walk over a posting: its title and text are cleaned and cut into tokens, and what is found is handed to a sink.
//! One sink makes evidence, another looks the features of a model up.

use super::abbreviations::Abbreviations;
use super::boilerplate::leave_out;
use super::feature::Span;
use super::mentions::{find_contexts, find_mentions};
use super::other_language::leave_out_others;
use super::sections::{LONGEST_HEADING, leave_out_sections};
use super::sink::{FeatureSink, TermMatches};
use super::title::Title;
use super::title_features::{Stated, is_title};
use crate::lexicon::{Lexicon, Term, TokenClass, TokenClasses};
use crate::text::{CleanText, Token, Tokens};

/// A text after the walk, and its scratch buffers.
#[derive(Debug, Default, Clone)]
pub(crate) struct WalkedText {
    pub(crate) clean: CleanText,
    pub(crate) tokens: Tokens,
    pub(crate) token_classes: TokenClasses,
    pub(crate) terms: TermMatches,
}

/// Walks over postings.
pub(crate) struct Walk<'a> {
    pub(crate) lexicon: &'a Lexicon,
}

impl Walk<'_> {
    /// Walks over a raw title, which may be empty, and a raw text. Gives what the title states.
    pub(crate) fn over(
        &self,
        title: &str,
        raw: &str,
        walked: &mut WalkedText,
        sink: &mut impl FeatureSink,
    ) -> (Title, Stated) {
        let WalkedText { clean, tokens, token_classes, terms } = walked;
        clean.set(raw);
        let text = clean.as_str();
        tokens.set(text);
        let tokens = tokens.as_slice();
        sink.token_classes(tokens, token_classes);
        self.find_terms(text, tokens, token_classes, terms, sink);
        sink.words(tokens, &terms.counts);
        let mut is_there = false;
        let title = Title::read_with_words(title, self.lexicon, |text, tokens| {
            is_there = is_title(tokens);
            sink.title(text, tokens);
        });
        let stated = Stated::new(&title, is_there);
        (title, stated)
    }

    /// Finds lexicon entries and names of roles from left to right, hands them to `to`, and marks which tokens count as
    /// words. `token_classes` are those of the tokens.
    fn find_terms(
        &self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        terms: &mut TermMatches,
        to: &mut impl FeatureSink,
    ) {
        self.find_ignored_parts(text, tokens, token_classes, terms);
        self.find_starts(tokens, token_classes, terms);
        let TermMatches { mentions, ignored, counts, several_jobs, starts, .. } = terms;
        // The first occurrence of each name.
        let mut named = vec![None; mentions.len()];
        let mut ahead = ignored.iter().peekable();
        let mut abbreviations = Abbreviations::default();
        let mut from = 0;
        for at in starts.as_slice().iter().map(|&at| at as usize) {
            while let Some(part) = ahead.next_if(|part| part.start <= at) {
                from = from.max(part.end);
            }
            if at < from {
                continue;
            }
            let Some((term, length)) = self.term_at(text, tokens, token_classes, at) else {
                continue;
            };
            let span = Span { at, length };
            from = at + length;
            match term {
                Term::Skill { index, may_hold_name } => {
                    if may_hold_name
                        && let Some(name) = self.name_in(text, tokens, token_classes, span)
                    {
                        if name.at + name.length > from {
                            // It is the name of a role with words before it.
                            from = name.at;
                            self.find_skill_before(from, tokens, token_classes, at, to);
                            continue;
                        }
                        // A certificate or department named after a role: its words do not count.
                        counts[name.at..name.at + name.length].fill(false);
                    }
                    to.skill(index, span);
                }
                Term::Mention { capitals: Some(_), .. }
                    if abbreviations.is_other(text, tokens, token_classes, at, self.lexicon) => {}
                Term::Mention { name, discipline, .. } => {
                    if let Some(index) = discipline {
                        to.skill(index, span);
                    }
                    mentions[name as usize] += 1;
                    named[name as usize].get_or_insert(span);
                    counts[at..at + length].fill(false);
                    find_contexts(tokens, at, length, to);
                }
                Term::OtherJob => {}
            }
        }
        find_mentions(mentions, &named, *several_jobs, to);
    }

    /// Sets which tokens count as words, as far as the ignored parts tell, and where lexicon entries may begin.
    fn find_starts(&self, tokens: &[Token], token_classes: &TokenClasses, terms: &mut TermMatches) {
        let TermMatches { mentions, ignored, counts, starts, prefetched, .. } = terms;
        mentions.clear();
        mentions.resize(self.lexicon.roles().len() + 1, 0);
        counts.clear();
        counts.extend(tokens.iter().map(|token| !token.numeric));
        for part in ignored.iter() {
            counts[part.clone()].fill(false);
        }
        token_classes.append_beginnings(starts, TokenClass::BEGINS);
        self.lexicon.terms.keep_starts(tokens, token_classes, starts);
        self.lexicon.terms.prefetch(tokens, starts.as_slice(), prefetched);
    }

    /// Sets the ignored parts of `terms`, and whether the text has several jobs or a part in another language.
    fn find_ignored_parts(
        &self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        terms: &mut TermMatches,
    ) {
        let TermMatches { ignored, several_jobs, other_language, starts, .. } = terms;
        token_classes.append_beginnings(starts, TokenClass::BOILERPLATE);
        self.lexicon.boilerplate.keep_starts(tokens, token_classes, starts);
        leave_out(
            text,
            tokens,
            token_classes,
            starts.as_slice(),
            &self.lexicon.boilerplate,
            ignored,
        );
        token_classes.append_in_short_lines(starts, TokenClass::HEADING, LONGEST_HEADING);
        self.lexicon.headings.keep_starts(tokens, token_classes, starts);
        *several_jobs = leave_out_sections(
            text,
            tokens,
            token_classes,
            starts.as_slice(),
            self.lexicon,
            ignored,
        );
        *other_language =
            leave_out_others(text, tokens, token_classes, self.lexicon.language(), ignored);
    }

    /// The longest term that begins at token `at`, with its length.
    fn term_at(
        &self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        at: usize,
    ) -> Option<(Term, usize)> {
        self.lexicon.terms.longest_at(at, tokens, token_classes, |term, length| {
            is_written_so(term, text, tokens, at, length)
        })
    }

    /// Hands on the longest entry that begins at token `at` and ends up to token `end`.
    fn find_skill_before(
        &self,
        end: usize,
        tokens: &[Token],
        token_classes: &TokenClasses,
        at: usize,
        to: &mut impl FeatureSink,
    ) {
        let before = |term, length| matches!(term, Term::Skill { .. }) && at + length <= end;
        if let Some((Term::Skill { index, .. }, length)) =
            self.lexicon.terms.longest_at(at, tokens, token_classes, before)
        {
            to.skill(index, Span { at, length });
        }
    }

    /// The first name of a role that begins within a phrase.
    fn name_in(
        &self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        phrase: Span,
    ) -> Option<Span> {
        let name_at = |at: usize| {
            let found = self.lexicon.terms.longest_at(at, tokens, token_classes, |term, length| {
                !matches!(term, Term::Skill { .. }) && is_written_so(term, text, tokens, at, length)
            });
            found.map(|(_, length)| Span { at, length })
        };
        (phrase.at..phrase.at + phrase.length)
            .filter(|&at| token_classes.has(at, TokenClass::BEGINS))
            .find_map(name_at)
    }
}

/// Whether a name of a role has the capitals it needs.
fn is_written_so(term: Term, text: &str, tokens: &[Token], at: usize, length: usize) -> bool {
    let Term::Mention { capitals: Some(capitals), .. } = term else { return true };
    // "5 PM" is a time of day.
    let hour = at > 0 && tokens[at - 1].numeric && !tokens[at].breaks;
    !hour && tokens[at..at + length].iter().all(|t| t.capitals(text) == capitals)
}
