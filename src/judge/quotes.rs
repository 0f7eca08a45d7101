//! The phrases of a posting that decided its label.

use super::verdict::Phrase;
use crate::bayes::weights::STEPS;
use crate::evidence::Channel;
use crate::judge::text_properties::TextProperties;
use crate::lexicon::PlainWords;
use crate::model::Known;
use crate::text::{AppendBuffer, Token};
use std::ops::Range;

/// Most phrases that a verdict quotes.
const MAX_QUOTES: usize = 6;
/// Number of candidate features that usually suffices: some are uninformative or overlap.
const ENOUGH: i32 = 20;
/// Least rank of a quoted feature, nats times reason factor: 1 nat for a word, .33 for a phrase, .25 for a lexicon
/// entry that is evidence for a role.
pub(super) const LEAST_READY: f64 = 1.0;
/// The same in quantised steps.
const LEAST_RANK: i32 = (LEAST_READY * STEPS) as i32;

/// Scratch buffers of [`Self::quote`].
#[derive(Debug, Default)]
pub(super) struct QuoteBuffers {
    /// Rank by known feature: steps times reason factor.
    ranks: Vec<i32>,
    indices: AppendBuffer<u32>,
    /// Sort keys of four 32-bit parts, most significant first: `i32::MAX - rank`, token, feature, index. Integer
    /// keys sort branchless.
    sort_keys: Vec<u128>,
}

impl QuoteBuffers {
    /// The phrases of the highest-ranked features, at their first occurrence, ties by position, without overlap.
    /// `steps` is the quantised weight of a feature, `reason_factors` its factor as a reason, `channel` its channel.
    pub(super) fn quote(
        &mut self,
        properties: &TextProperties,
        steps: impl Fn(&Known) -> i32,
        reason_factors: impl Fn(&Known) -> u8,
        channel: impl Fn(&Known) -> Channel,
    ) -> Vec<Phrase> {
        let Self { ranks, indices, sort_keys } = self;
        ranks.clear();
        ranks.extend(
            properties.known.iter().map(|known| steps(known) * i32::from(reason_factors(known))),
        );
        let highest = ranks.iter().copied().max().unwrap_or(0);
        // Descending cuts: few features pass the first, and the others are seldom needed.
        for least in [highest / 4 * 3, highest / 8 * 5, highest / 2, highest / 4, 0] {
            let least = least.max(LEAST_RANK);
            let stronger = |rank: i32| rank >= least;
            let count: i32 = ranks.iter().map(|&rank| i32::from(stronger(rank))).sum();
            if count < ENOUGH && least > LEAST_RANK {
                continue;
            }
            indices.clear();
            indices.reserve(ranks.len());
            indices.add_wanted(ranks.iter().zip(0..).map(|(&rank, index)| (stronger(rank), index)));
            sort_keys.clear();
            sort_keys.extend(indices.as_slice().iter().map(|&index| {
                let known = &properties.known[index as usize];
                let weaker = i32::MAX.abs_diff(ranks[index as usize]);
                [weaker, known.at, known.feature, index]
                    .iter()
                    .fold(0, |key, &part| key << 32 | u128::from(part))
            }));
            sort_keys.sort_unstable();
            let known = sort_keys.iter().map(|&key| &properties.known[key as u32 as usize]);
            let quoted = quote_ranked(properties, known, &steps, &channel);
            if quoted.len() == MAX_QUOTES || least <= LEAST_RANK {
                return quoted;
            }
        }
        Vec::new()
    }
}

/// The first phrases of ranked features that are informative and neither overlap nor repeat.
fn quote_ranked<'k>(
    properties: &TextProperties,
    ranked: impl Iterator<Item = &'k Known>,
    steps: impl Fn(&Known) -> i32,
    channel: impl Fn(&Known) -> Channel,
) -> Vec<Phrase> {
    let source = QuoteSource {
        text: properties.text.as_str(),
        tokens: properties.tokens,
        counts: properties.counts,
        plain: properties.plain,
    };
    let mut quoted: Vec<(Range<usize>, Phrase)> = Vec::with_capacity(MAX_QUOTES);
    for known in ranked {
        let (first, length) = (known.at as usize, known.length as usize);
        let overlaps = |words: &Range<usize>| {
            let of =
                |(other, _): &(Range<usize>, _)| words.start < other.end && other.start < words.end;
            quoted.iter().any(of)
        };
        let words = source.reason(channel(known), first..first + length, overlaps);
        let Some(words) = words else { continue };
        if quoted.iter().any(|(other, _)| source.repeats(&words, other)) {
            continue;
        }
        let text = one_line(source.words(&words));
        quoted.push((words, Phrase { text, strength: nats(steps(known)) }));
        if quoted.len() == MAX_QUOTES {
            break;
        }
    }
    quoted.into_iter().map(|(_, phrase)| phrase).collect()
}

/// The text that is quoted from.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuoteSource<'s> {
    pub(super) text: &'s str,
    pub(super) tokens: &'s [Token],
    /// By token, whether it counts as a word.
    pub(super) counts: &'s [bool],
    pub(super) plain: &'s PlainWords,
}

impl<'s> QuoteSource<'s> {
    /// The tokens to quote for a feature at `at`, or `None` if they are uninformative or overlap others. A phrase
    /// is extended by one word on each side that likely belongs to it.
    pub(super) fn reason(
        &self,
        channel: Channel,
        at: Range<usize>,
        overlaps: impl Fn(&Range<usize>) -> bool,
    ) -> Option<Range<usize>> {
        let names = match channel {
            Channel::Skills => self.plain.is_reason(self.text, &self.tokens[at.clone()]),
            Channel::Words | Channel::Phrases => !self.is_cut(&at),
            Channel::Mentions | Channel::Contexts => true,
            Channel::Title => false,
        };
        if !names || overlaps(&at) {
            return None;
        }
        if channel != Channel::Phrases {
            return Some(at);
        }
        let mut whole = at;
        if whole.start > 0
            && self.are_joined(whole.start)
            && self.goes_on(whole.start - 1, |text, word| self.plain.may_begin(text, word))
        {
            whole.start -= usize::from(!overlaps(&(whole.start - 1..whole.end)));
        }
        if whole.end < self.tokens.len()
            && self.are_joined(whole.end)
            && self.goes_on(whole.end, |text, word| self.plain.may_end(text, word))
        {
            whole.end += usize::from(!overlaps(&(whole.start..whole.end + 1)));
        }
        (!self.is_cut(&whole)).then_some(whole)
    }

    /// The text of tokens.
    pub(super) fn words(&self, at: &Range<usize>) -> &'s str {
        &self.text[self.bytes(at)]
    }

    /// The byte range of tokens.
    pub(super) fn bytes(&self, at: &Range<usize>) -> Range<usize> {
        self.tokens[at.start].start as usize..self.tokens[at.end - 1].end as usize
    }

    /// Whether only a space or a hyphen separates a token from the one before.
    fn are_joined(&self, token: usize) -> bool {
        let between = self.tokens[token - 1].end as usize..self.tokens[token].start as usize;
        matches!(&self.text[between], " " | "-") && !self.tokens[token].breaks
    }

    /// Whether the words of the shorter range are contained in the longer.
    fn repeats(&self, one: &Range<usize>, other: &Range<usize>) -> bool {
        let [one, other] = [one, other].map(|at| &self.tokens[at.clone()]);
        let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
        let same = |words: &[Token]| words.iter().zip(short).all(|(a, b)| a.hash == b.hash);
        long.windows(short.len()).any(same)
    }

    /// Whether a phrase may be extended by a token.
    fn goes_on(&self, token: usize, may: impl Fn(&str, Token) -> bool) -> bool {
        self.counts[token] && may(self.text, self.tokens[token])
    }

    /// Whether tokens are part of a longer word with hyphens or slashes, or begin with a word that is spelt like
    /// a term, as the pronoun "it".
    fn is_cut(&self, at: &Range<usize>) -> bool {
        let bytes = self.bytes(at);
        let joins = |sign: Option<&u8>, beyond: Option<&u8>| {
            matches!(sign, Some(b'-' | b'/' | b'_'))
                && beyond.is_some_and(u8::is_ascii_alphanumeric)
        };
        let mut before = self.text.as_bytes()[..bytes.start].iter().rev();
        let mut after = self.text.as_bytes()[bytes.end..].iter();
        self.plain.is_cut(self.words(at))
            || joins(before.next(), before.next())
            || joins(after.next(), after.next())
    }
}

/// Quantised weight to nats.
pub(super) fn nats(steps: i32) -> f64 {
    f64::from(steps) / STEPS
}

/// Text with each run of whitespace replaced by a space.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}
