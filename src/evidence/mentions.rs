//! Features of the names of roles in a text: which, how often, which first, and the words around them.

use super::feature::{Side, Span};
use super::sink::FeatureSink;
use crate::lexicon::Lexicon;
use crate::text::Token;

/// A property of the mentions of one name, which is a feature.
#[derive(Debug, Clone, Copy)]
pub(super) enum Naming {
    Once,
    Twice,
    FourTimes,
    First,
    Most,
    Early,
}

impl Naming {
    pub(super) const ALL: [Self; 6] =
        [Self::Once, Self::Twice, Self::FourTimes, Self::First, Self::Most, Self::Early];

    fn text(self) -> &'static str {
        match self {
            Self::Once => "named",
            Self::Twice => "named twice",
            Self::FourTimes => "named four times",
            Self::First => "named first",
            Self::Most => "named most",
            Self::Early => "named early",
        }
    }
}

/// The text of a feature of mentions, by its index in [`Extractor::mention_keys`](super::Extractor).
pub(super) fn mention_text(term: u32, lexicon: &Lexicon) -> String {
    let each = Naming::ALL.len();
    let name = lexicon.roles().iter().nth(term as usize / each);
    let name = name.map_or("undecided", |r| r.id.as_str());
    format!("{name} {}", Naming::ALL[term as usize % each].text())
}

/// A name among this many first words is most likely that of the job.
const EARLY: usize = 30;
/// Most tokens between the name of a role and its context words, in the same sentence.
const WINDOW: usize = 5;

/// Hands on the form of a name and its context words.
pub(super) fn find_contexts(tokens: &[Token], at: usize, length: usize, to: &mut impl FeatureSink) {
    let end = at + length;
    to.context(Side::Form, &tokens[end - 1], Span { at, length });
    let in_sentence = |i: &usize| !tokens[i + 1].breaks;
    let before = (at.saturating_sub(WINDOW)..at).rev().take_while(in_sentence).count();
    for (i, word) in tokens.iter().enumerate().take(at).skip(at - before) {
        to.context(Side::Before, word, Span { at: i, length: end - i });
    }
    let after = tokens[end..].iter().take(WINDOW).take_while(|t| !t.breaks);
    for (i, word) in after.enumerate() {
        to.context(Side::After, word, Span { at, length: length + i + 1 });
    }
}

/// Hands on the features of mentions. In a text of several jobs, which name comes first means nothing.
pub(super) fn find_mentions(
    mentions: &[u32],
    named: &[Option<Span>],
    several_jobs: bool,
    to: &mut impl FeatureSink,
) {
    let first = named.iter().flatten().min();
    let most = mentions.iter().max().copied().unwrap_or(0);
    let alone = mentions.iter().filter(|&&count| count == most).count() == 1;
    for (name, (&count, occurrence)) in mentions.iter().zip(named).enumerate() {
        let Some(span) = *occurrence else { continue };
        for naming in Naming::ALL {
            let holds = match naming {
                Naming::Once => true,
                Naming::Twice => count >= 2,
                Naming::FourTimes => count >= 4,
                Naming::First => !several_jobs && occurrence.as_ref() == first,
                Naming::Most => count == most && alone,
                Naming::Early => !several_jobs && span.at < EARLY,
            };
            if holds {
                to.mention((name * Naming::ALL.len() + naming as usize) as u32, span);
            }
        }
    }
}
