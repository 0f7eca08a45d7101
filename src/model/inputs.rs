//! Which numbers the combination sees, by view and question.

use super::counts::Question;
use super::scores::Scores;
use crate::evidence::Channel;
use serde::{Deserialize, Serialize};

/// What the lexicon's own scores are divided by.
pub(crate) const LEXICON_SCALE: f64 = 10.0;
/// Mentions that every name is given.
const MENTION_SMOOTHING: f64 = 0.5;

/// What of a posting is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// All channels.
    Full,
    /// Without the names of the roles: for labels that came from titles.
    TitleBlind,
}

impl View {
    /// Both views.
    pub const ALL: [Self; 2] = [Self::Full, Self::TitleBlind];

    /// The channels it looks at.
    pub fn channels(self) -> &'static [Channel] {
        match self {
            Self::Full => &Channel::ALL,
            Self::TitleBlind => &[Channel::Skills, Channel::Words, Channel::Phrases],
        }
    }
}

/// One number that the combination sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// A channel's score for a role.
    Channel(Channel, usize),
    /// The lexicon's own score for a role, over ten: its weights are about ten times as large as
    /// learned ones.
    Lexicon(usize),
    /// ln of the share of a name among the mentions, smoothed by half a mention each.
    MentionShare(usize),
    /// A channel's score for a role against `other`.
    Scope(Channel, usize),
    /// The score against `other` of the role with the best, all channels together: a posting need
    /// be like one role only.
    BestScope(View),
    /// ln(1 + number of mentions of a name).
    MentionCount(usize),
    /// ln(1 + number of different words), over three.
    Length,
}

impl Input {
    /// All inputs of a view and a question, in order.
    pub(crate) fn all(view: View, question: Question, roles: usize) -> Vec<Self> {
        let channels = view.channels();
        // One more name than roles: the one that leaves the role undecided.
        let names = if view == View::Full { 0..roles + 1 } else { 0..0 };
        let lexicon = (0..roles).map(Self::Lexicon);
        match question {
            Question::Role => channels
                .iter()
                .flat_map(|&c| (0..roles).map(move |r| Self::Channel(c, r)))
                .chain(lexicon)
                .chain(names.map(Self::MentionShare))
                .collect(),
            Question::Scope => channels
                .iter()
                .flat_map(|&c| (0..roles).map(move |r| Self::Scope(c, r)))
                .chain([Self::BestScope(view)])
                .chain(lexicon)
                .chain(names.map(Self::MentionCount))
                .chain([Self::Length])
                .collect(),
        }
    }

    /// Its value for a posting.
    pub(crate) fn value(self, scores: &Scores) -> f64 {
        match self {
            Self::Channel(channel, role) => scores.channels[channel as usize].role[role],
            Self::Lexicon(role) => scores.lexicon.role[role] / LEXICON_SCALE,
            Self::MentionShare(name) => {
                let smoothed = |n: u32| f64::from(n) + MENTION_SMOOTHING;
                let all: f64 = scores.mentions.iter().map(|&n| smoothed(n)).sum();
                (smoothed(scores.mentions[name]) / all).ln()
            }
            Self::Scope(channel, role) => scores.channels[channel as usize].scope[role],
            Self::BestScope(view) => scores.scope_sum(view, scores.best_role(view)),
            Self::MentionCount(name) => f64::from(scores.mentions[name]).ln_1p(),
            Self::Length => f64::from(scores.words).ln_1p() / 3.0,
        }
    }
}
