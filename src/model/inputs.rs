//! Which numbers the combination sees, by view and question.

use super::scores::Scores;
use crate::evidence::Channel;
use crate::roles::RoleSet;
use serde::{Deserialize, Serialize};

/// What the lexicon's own scores are divided by.
pub(crate) const LEXICON_SCALE: f64 = 10.0;
/// Mentions that every name is given.
const MENTION_SMOOTHING: f64 = 0.5;

/// What is asked of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// Which of the roles is it?
    Role,
    /// Is it one of the roles at all?
    Scope,
}

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

    /// Whether it looks at a channel.
    pub fn looks_at(self, channel: Channel) -> bool {
        self.channels().contains(&channel)
    }

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
    /// The score of a family of other jobs, all channels together.
    Family(View, usize),
    /// The best score of a role less the best of a family, all channels together: a posting need be
    /// like one role only, and is judged against the job it is most like.
    Margin(View),
    /// ln(1 + number of mentions of a name).
    MentionCount(usize),
    /// ln(1 + number of a channel's features that the model knows); of skills, all.
    Count(Channel),
}

impl Input {
    /// All inputs of a view and a question, in order.
    pub(crate) fn all(view: View, question: Question, sizes: [usize; 2]) -> Vec<Self> {
        let mut all = Vec::new();
        Self::each(view, question, sizes, |input| all.push(input));
        all
    }

    /// Hands on all inputs of a view and a question, in order.
    pub(crate) fn each(
        view: View,
        question: Question,
        [roles, classes]: [usize; 2],
        mut then: impl FnMut(Self),
    ) {
        let channels = view.channels();
        for &channel in channels {
            (0..roles).for_each(|role| then(Self::Channel(channel, role)));
        }
        (0..roles).for_each(|role| then(Self::Lexicon(role)));
        // One more name than roles: the one that leaves the role undecided.
        let names = if view == View::Full { 0..roles + 1 } else { 0..0 };
        match question {
            Question::Role => names.for_each(|name| then(Self::MentionShare(name))),
            Question::Scope => {
                (roles..classes).for_each(|class| then(Self::Family(view, class)));
                then(Self::Margin(view));
                names.for_each(|name| then(Self::MentionCount(name)));
                channels.iter().map(|&channel| Self::Count(channel)).for_each(then);
            }
        }
    }

    /// Its name for people.
    pub(crate) fn name(self, roles: &RoleSet, families: &[String]) -> String {
        let role = |i: usize| roles.iter().nth(i).map_or("an undecided role", |r| r.id.as_str());
        match self {
            Self::Channel(channel, i) => format!("{} for {}", channel.name(), role(i)),
            Self::Lexicon(i) => format!("lexicon for {}", role(i)),
            Self::MentionShare(i) => format!("share of mentions of {}", role(i)),
            Self::Family(_, class) => {
                let family = class.checked_sub(roles.len()).and_then(|i| families.get(i));
                format!("likeness to {}", family.map_or("other jobs", String::as_str))
            }
            Self::Margin(_) => "best role less best other job".to_owned(),
            Self::MentionCount(i) => format!("number of mentions of {}", role(i)),
            Self::Count(channel) => format!("number of {}", channel.name()),
        }
    }

    /// Its value for a posting.
    pub(crate) fn value(self, scores: &Scores) -> f64 {
        match self {
            Self::Channel(channel, role) => scores.channels[channel as usize].sums[role],
            Self::Lexicon(role) => scores.lexicon.sums[role] / LEXICON_SCALE,
            Self::MentionShare(name) => {
                let smoothed = |n: u32| f64::from(n) + MENTION_SMOOTHING;
                let all: f64 = scores.mentions.iter().map(|&n| smoothed(n)).sum();
                (smoothed(scores.mentions[name]) / all).ln()
            }
            Self::Family(view, class) => scores.sum(view, class),
            Self::Margin(view) => {
                let (role, family) = scores.nearest(view);
                scores.sum(view, role) - scores.sum(view, family)
            }
            Self::MentionCount(name) => f64::from(scores.mentions[name]).ln_1p(),
            Self::Count(Channel::Skills) => f64::from(scores.lexicon.features).ln_1p(),
            Self::Count(channel) => f64::from(scores.channels[channel as usize].features).ln_1p(),
        }
    }
}
