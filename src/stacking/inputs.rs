//! Which numbers the combination sees, by view and question.

use crate::bayes::scores::{Scores, nearest};
use crate::evidence::Channel;
use crate::roles::RoleSet;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The channel of the title.
const TITLE: &[Channel] = &[Channel::Title];
/// What the lexicon's own scores are divided by.
pub(crate) const LEXICON_SCALE: f64 = 10.0;
/// Mentions that every name is given.
const MENTION_SMOOTHING: f64 = 0.5;

fn smoothed(mentions: u32) -> f64 {
    f64::from(mentions) + MENTION_SMOOTHING
}

/// What is asked of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// Which of the roles is it?
    Role,
    /// Is it one of the roles at all?
    Scope,
}

/// What of a posting is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// The title and the text.
    #[default]
    Whole,
    /// The text.
    Text,
    /// The text with the roles' names masked: for labels that came from titles.
    Duties,
}

/// The channels of the text.
const TEXT: &[Channel] =
    &[Channel::Skills, Channel::Words, Channel::Phrases, Channel::Mentions, Channel::Contexts];

/// Those of them that do not read the names of roles.
const DUTIES: &[Channel] = &[Channel::Skills, Channel::Words, Channel::Phrases];

impl View {
    /// All views.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Text, Self::Duties];

    /// Name in options and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Text => "text",
            Self::Duties => "duties",
        }
    }

    /// Whether it reads a channel.
    pub fn reads(self, channel: Channel) -> bool {
        self.channels().contains(&channel)
    }

    /// The channels it reads.
    pub fn channels(self) -> &'static [Channel] {
        match self {
            Self::Whole => &Channel::ALL,
            Self::Text => TEXT,
            Self::Duties => DUTIES,
        }
    }

    /// The view of the text that it has.
    pub(crate) fn of_text(self) -> Self {
        if self == Self::Whole { Self::Text } else { self }
    }

    /// The names whose mentions it reads: one more than the roles, the last of those that leave the role undecided.
    fn names(self, roles: usize) -> Range<usize> {
        if self == Self::Duties { 0..0 } else { 0..roles + 1 }
    }

    /// The channels of the text, and that of the title.
    fn parts(self) -> &'static [&'static [Channel]] {
        match self {
            Self::Whole => &[TEXT, TITLE],
            Self::Text => &[TEXT],
            Self::Duties => &[DUTIES],
        }
    }

    /// The view in which a posting is judged: by its text alone where it has no title.
    pub(crate) fn of(self, scores: &Scores) -> Self {
        if scores.stated.has_title() { self } else { self.of_text() }
    }
}

/// One number that the combination sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CombinationInput {
    /// A channel's score for a role.
    Channel(Channel, usize),
    /// The lexicon's own score for a role, over ten: its weights are about ten times as large as
    /// learned ones.
    Lexicon(usize),
    /// ln of the share of a name among the mentions, smoothed by half a mention each.
    MentionShare(usize),
    /// The score of a family of other jobs, some channels together.
    Family(&'static [Channel], usize),
    /// The best score of a role less the best of a family, some channels together: a posting need be
    /// like one role only, and is judged against the job it is most like.
    Margin(&'static [Channel]),
    /// The share of a role among those that the title states.
    States(usize),
    /// 1 if the title states a role that the text has to decide.
    StatesUndecided,
    /// 1 if the title states no role.
    StatesNone,
    /// ln(1 + number of mentions of a name).
    MentionCount(usize),
    /// ln(1 + number of a channel's features that the model knows); of skills, all.
    Count(Channel),
}

impl CombinationInput {
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
        for &channel in view.channels() {
            (0..roles).for_each(|role| then(Self::Channel(channel, role)));
        }
        (0..roles).for_each(|role| then(Self::Lexicon(role)));
        let names = view.names(roles);
        match question {
            Question::Role => names.for_each(|name| then(Self::MentionShare(name))),
            Question::Scope => {
                for part in view.parts() {
                    (roles..classes).for_each(|class| then(Self::Family(part, class)));
                    then(Self::Margin(part));
                }
                names.for_each(|name| then(Self::MentionCount(name)));
                view.channels().iter().for_each(|&channel| then(Self::Count(channel)));
            }
        }
        if view == View::Whole {
            (0..roles).for_each(|role| then(Self::States(role)));
            then(Self::StatesUndecided);
            then(Self::StatesNone);
        }
    }

    /// Hands on the values of all inputs of a view and a question for a posting, in order: each that of
    /// [`Self::value`]. What several have in common is added up once.
    pub(crate) fn each_value(
        view: View,
        question: Question,
        scores: &Scores,
        mut then: impl FnMut(f64),
    ) {
        let [roles, _] = scores.sizes();
        for &channel in view.channels() {
            scores.channels[channel as usize].sums[..roles].iter().for_each(|&sum| then(sum));
        }
        scores.lexicon.sums.iter().for_each(|sum| then(sum / LEXICON_SCALE));
        let mentions = &scores.mentions[view.names(roles)];
        match question {
            Question::Role => {
                let all: f64 = scores.mentions.iter().map(|&n| smoothed(n)).sum();
                for &n in mentions {
                    then((smoothed(n) / all).ln());
                }
            }
            Question::Scope => {
                for part in view.parts() {
                    let sums = scores.sums(part);
                    sums[roles..].iter().for_each(|&sum| then(sum));
                    let (role, family) = nearest(&sums, roles);
                    then(sums[role] - sums[family]);
                }
                for &n in mentions {
                    then(f64::from(n).ln_1p());
                }
                view.channels().iter().for_each(|&c| then(Self::Count(c).value(scores)));
            }
        }
        if view == View::Whole {
            (0..roles).for_each(|role| then(Self::States(role).value(scores)));
            then(Self::StatesUndecided.value(scores));
            then(Self::StatesNone.value(scores));
        }
    }

    /// Whether it is of the title.
    pub(crate) fn is_of_title(self) -> bool {
        match self {
            Self::Channel(channel, _) | Self::Count(channel) => channel == Channel::Title,
            Self::Family(channels, _) | Self::Margin(channels) => channels == TITLE,
            Self::States(_) | Self::StatesUndecided | Self::StatesNone => true,
            Self::Lexicon(_) | Self::MentionShare(_) | Self::MentionCount(_) => false,
        }
    }

    /// Its name for people.
    pub(crate) fn name(self, roles: &RoleSet, families: &[String]) -> String {
        let of = |channels: &[Channel]| if channels == TITLE { "title: " } else { "" };
        let role = |i: usize| roles.iter().nth(i).map_or("an undecided role", |r| r.id.as_str());
        match self {
            Self::Channel(channel, i) => format!("{} for {}", channel.name(), role(i)),
            Self::Lexicon(i) => format!("lexicon for {}", role(i)),
            Self::MentionShare(i) => format!("share of mentions of {}", role(i)),
            Self::Family(channels, class) => {
                let family = class.checked_sub(roles.len()).and_then(|i| families.get(i));
                format!(
                    "{}likeness to {}",
                    of(channels),
                    family.map_or("other jobs", String::as_str)
                )
            }
            Self::Margin(channels) => format!("{}best role less best other job", of(channels)),
            Self::States(i) => format!("title states {}", role(i)),
            Self::StatesUndecided => "title states an undecided role".to_owned(),
            Self::StatesNone => "title states no role".to_owned(),
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
                let all: f64 = scores.mentions.iter().map(|&n| smoothed(n)).sum();
                (smoothed(scores.mentions[name]) / all).ln()
            }
            Self::Family(channels, class) => scores.sums(channels)[class],
            Self::Margin(channels) => {
                let (sums, (role, family)) = (scores.sums(channels), scores.nearest(channels));
                sums[role] - sums[family]
            }
            Self::States(role) if scores.stated.has(role) => 1.0 / f64::from(scores.stated.roles()),
            Self::States(_) => 0.0,
            Self::StatesUndecided => f64::from(u8::from(scores.stated.is_undecided())),
            Self::StatesNone => f64::from(u8::from(!scores.stated.is_role_like())),
            Self::MentionCount(name) => f64::from(scores.mentions[name]).ln_1p(),
            Self::Count(Channel::Skills) => f64::from(scores.lexicon.features).ln_1p(),
            Self::Count(channel) => f64::from(scores.channels[channel as usize].features).ln_1p(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Stated;
    use proptest::prelude::*;

    fn scores() -> impl Strategy<Value = Scores> {
        let channel = || (prop::collection::vec(-9.0..9.0f64, 5), 0..40u32);
        let channels = prop::collection::vec(channel(), Channel::ALL.len());
        let lexicon = (prop::collection::vec(-9.0..9.0f64, 3), 0..40u32);
        (channels, lexicon, prop::collection::vec(0..9u32, 4), -2..8i32).prop_map(
            |(channels, lexicon, mentions, stated)| {
                let channels = channels.try_into().expect("one of each");
                Scores::of_sums(channels, lexicon, mentions, Stated::from_number(stated))
            },
        )
    }

    proptest! {
        #[test]
        fn all_values_at_once_are_those_of_each_input(scores in scores()) {
            for (view, question) in View::ALL.into_iter().flat_map(|view| {
                [Question::Role, Question::Scope].map(|question| (view, question))
            }) {
                let mut values = Vec::new();
                CombinationInput::each_value(view, question, &scores, |value| values.push(value));
                let inputs = CombinationInput::all(view, question, scores.sizes());
                let each: Vec<f64> = inputs.iter().map(|input| input.value(&scores)).collect();
                prop_assert_eq!(values, each);
            }
        }
    }
}
