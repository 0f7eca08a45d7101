//! Evidence in a posting for the verdict and for its strongest rival, parts of the text that are ignored,
//! and expected skills that are missing.

use super::classify::{Judge, second_role};
use super::quotes::{LEAST_READY, QuoteSource, one_line};
use crate::bayes::scores::Scores;
use crate::evidence::{Channel, Evidence, Feature, FeatureKey};
use crate::lexicon::Lexicon;
use crate::roles::{Label, OTHER, RoleId};
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use serde::Serialize;
use std::ops::Range;

/// Least strength of evidence that is marked, in nats.
const LEAST: f64 = 0.5;
/// Most missing skills that are named.
const MISSING: usize = 8;

/// Evidence for the verdict and for its rival.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Contrast {
    /// The class of the verdict: a role, or `other` and a family of other jobs.
    pub(crate) winner: String,
    /// The strongest rival, likewise.
    pub(crate) rival: String,
    /// Evidence for the winner against the rival, strongest first.
    pub(crate) for_winner: Vec<Quote>,
    /// Evidence for the rival against the winner, strongest first.
    pub(crate) for_rival: Vec<Quote>,
    /// The most probable role besides the label.
    pub(crate) next_role: Option<String>,
    /// Skills that are evidence for the next role and are missing, strongest first.
    pub(crate) missing: Vec<Missing>,
    /// The cleaned text.
    pub(crate) text: String,
    /// Marked parts of the text, in order and without overlap.
    pub(crate) marks: Vec<Mark>,
}

/// Evidence in a posting for each of two classes.
pub(crate) struct Sides {
    /// By class, strongest first.
    pub(crate) quotes: [Vec<Quote>; 2],
    /// The cleaned text.
    pub(crate) text: String,
    /// Marked parts of the text, in order and without overlap.
    pub(crate) marks: Vec<Mark>,
}

/// Words of the posting.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Quote {
    /// As written.
    pub(crate) text: String,
    /// The channel of its feature.
    pub(crate) channel: Channel,
    /// Naive Bayes log-odds of winner against rival, in nats.
    pub(crate) strength: f64,
}

/// A skill of the lexicon that is not in the posting.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Missing {
    /// Its display name.
    pub(crate) name: String,
    /// Naive Bayes log-odds of the next role against the winner, in nats.
    pub(crate) strength: f64,
}

/// Kind of a marked part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MarkKind {
    /// Evidence for the winner.
    ForWinner,
    /// Evidence for the rival.
    ForRival,
    /// A role name that the view masks.
    Masked,
    /// An ignored section: benefits, pay, equal opportunity and the like.
    Ignored,
}

/// A marked part of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Mark {
    /// Byte range in the cleaned text.
    pub(crate) at: Range<usize>,
    /// Its kind.
    pub(crate) kind: MarkKind,
}

impl Judge<'_> {
    /// The evidence for the verdict and for its rival.
    pub(crate) fn contrast(
        &self,
        evidence: &Evidence,
        scores: &Scores,
        probabilities: &Probabilities,
        label: Label,
    ) -> Contrast {
        let pair = self.winner_and_rival(scores, probabilities, label);
        let classes = self.lexicon().classes();
        let roles = self.lexicon().roles().len();
        let name = |class: usize| {
            if class < roles {
                classes[class].clone()
            } else {
                format!("{OTHER}: {}", classes[class])
            }
        };
        let next = second_role(&probabilities.closed, label);
        let strength =
            |f: &Feature| self.entry(f.key).map_or(0.0, |entry| self.strength(entry, pair));
        let Sides { quotes: [for_winner, for_rival], text, marks } =
            sides(evidence, self.lexicon(), self.settings().view, pair, strength);
        Contrast {
            winner: name(pair[0]),
            rival: name(pair[1]),
            for_winner,
            for_rival,
            next_role: next.map(|role| self.lexicon().roles().get(role).id.clone()),
            missing: next.map_or(Vec::new(), |role| self.missing(evidence, role, pair[0])),
            text,
            marks,
        }
    }

    fn missing(&self, evidence: &Evidence, role: RoleId, winner: usize) -> Vec<Missing> {
        let is_present = |key| evidence.features().iter().any(|f| f.key == key);
        let strength = |key| {
            let weights = self.model().weights(key)?;
            Some(weights[role.index()] - weights[winner])
        };
        let mut missing: Vec<Missing> = self
            .lexicon()
            .skills()
            .iter()
            .filter_map(|skill| {
                let key = FeatureKey::new(Channel::Skills, &skill.id);
                let strength = strength(key).filter(|s| *s >= LEAST && !is_present(key))?;
                Some(Missing { name: skill.name.clone(), strength })
            })
            .collect();
        missing.sort_by(|a, b| b.strength.total_cmp(&a.strength));
        missing.truncate(MISSING);
        missing
    }
}

/// Evidence for each class of `pair`; `strength` is the log-odds of a feature in nats, positive for the first.
pub(crate) fn sides(
    evidence: &Evidence,
    lexicon: &Lexicon,
    view: View,
    pair: [usize; 2],
    strength: impl Fn(&Feature) -> f64,
) -> Sides {
    let text = evidence.text().as_str();
    let source = QuoteSource {
        text,
        tokens: evidence.tokens().as_slice(),
        counts: evidence.counts_as_word(),
        plain: &lexicon.wording.plain,
    };
    let for_role = pair.map(|class| class < lexicon.roles().len());
    let mut candidates: Vec<(f64, f64, &Feature)> = Vec::new();
    for feature in evidence.features() {
        let strength = strength(feature);
        let channel = feature.key.channel();
        let read = view.reads(channel) && channel != Channel::Title;
        if strength.abs() < LEAST || !read {
            continue;
        }
        let text = evidence.feature_text(feature, lexicon);
        let side = usize::from(strength < 0.0);
        let factors = lexicon.wording.plain.reason_factors(feature.key.channel(), &text);
        let ready = factors[usize::from(!for_role[side])];
        let rank = strength.abs() * f64::from(ready);
        if rank >= LEAST_READY {
            candidates.push((rank, strength, feature));
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut marks: Vec<Mark> =
        evidence.ignored().map(|at| Mark { at, kind: MarkKind::Ignored }).collect();
    let mut sides: [Vec<Quote>; 2] = [Vec::new(), Vec::new()];
    for (_, strength, feature) in candidates {
        let channel = feature.key.channel();
        let words = source
            .reason(channel, feature.tokens(), |words| overlaps(&marks, &source.bytes(words)));
        let Some(words) = words else { continue };
        let side = usize::from(strength < 0.0);
        let quote = Quote { text: one_line(source.words(&words)), channel, strength };
        sides[side].push(quote);
        let kind = [MarkKind::ForWinner, MarkKind::ForRival][side];
        marks.push(Mark { at: source.bytes(&words), kind });
    }
    if !view.reads(Channel::Mentions) {
        let names = evidence.features().iter().filter(|f| f.key.channel() == Channel::Mentions);
        for at in names.map(|f| evidence.span(f)) {
            if !overlaps(&marks, &at) {
                marks.push(Mark { at, kind: MarkKind::Masked });
            }
        }
    }
    marks.sort_by_key(|mark| mark.at.start);
    Sides { quotes: sides, text: text.to_owned(), marks }
}

fn overlaps(marks: &[Mark], at: &Range<usize>) -> bool {
    marks.iter().any(|mark| at.start < mark.at.end && mark.at.start < at.end)
}
