//! Channels and texts of features, in columns: the form in which models, training states, and what is collected or
//! counted elsewhere all store them.

use crate::evidence::{Channel, FeatureKey};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Features with a text, sorted by channel.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "Columns")]
pub(super) struct FeatureTexts {
    /// End index of the features of each channel.
    channels: [u32; Channel::ALL.len()],
    /// One line each.
    texts: String,
    /// UTF-8 offsets of the ends of the lines.
    #[serde(skip)]
    ends: Vec<u32>,
}

/// As they are read, before they are checked.
#[derive(Deserialize)]
struct Columns {
    channels: [u32; Channel::ALL.len()],
    texts: String,
}

impl TryFrom<Columns> for FeatureTexts {
    type Error = &'static str;

    fn try_from(Columns { channels, texts }: Columns) -> Result<Self, Self::Error> {
        let ends: Vec<u32> =
            memchr::memchr_iter(b'\n', texts.as_bytes()).map(|end| end as u32).collect();
        let sound = channels.is_sorted()
            && channels.last().is_some_and(|&end| end as usize == ends.len())
            && u32::try_from(texts.len()).is_ok()
            && (texts.is_empty() || texts.ends_with('\n'))
            && texts.split_terminator('\n').all(is_feature);
        if sound { Ok(Self { channels, texts, ends }) } else { Err("the texts do not fit") }
    }
}

impl FeatureTexts {
    /// Appends a feature; channels must come in order.
    pub(super) fn push(&mut self, channel: Channel, text: &str) {
        self.texts.push_str(text);
        self.ends.push(self.texts.len() as u32);
        self.texts.push('\n');
        self.channels[channel as usize..].fill(self.ends.len() as u32);
    }

    /// Number of features.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The feature at an index.
    pub(super) fn get(&self, index: usize) -> (Channel, &str) {
        let channel = self.channels.iter().filter(|&&end| end as usize <= index).count();
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
        (Channel::ALL[channel], &self.texts[start as usize..self.ends[index] as usize])
    }

    /// The index range of the features of a channel.
    pub(super) fn of_channel(&self, channel: Channel) -> Range<usize> {
        let before = (channel as usize).checked_sub(1);
        let start = before.map_or(0, |before| self.channels[before]);
        start as usize..self.channels[channel as usize] as usize
    }

    /// Key and text of each feature.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FeatureKey, &str)> {
        (0..self.len()).map(|index| {
            let (channel, text) = self.get(index);
            (FeatureKey::new(channel, text), text)
        })
    }
}

/// Whether a text can be that of a feature: a single line without control characters.
fn is_feature(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_back_and_unsound_ones_refused() {
        let mut features = FeatureTexts::default();
        features.push(Channel::Words, "backlog");
        features.push(Channel::Words, "roadmap");
        features.push(Channel::Title, "owner");
        let bytes = postcard::to_stdvec(&features).expect("text can be serialised");
        let read: FeatureTexts = postcard::from_bytes(&bytes).expect("it was written");
        assert!(read.iter().eq(features.iter()));
        assert_eq!(read.get(2), (Channel::Title, "owner"));
        assert_eq!(read.of_channel(Channel::Words), 0..2);
        let unsound = |channels: [u32; 6], texts: &str| {
            let bytes = postcard::to_stdvec(&(channels, texts)).expect("it can be serialised");
            postcard::from_bytes::<FeatureTexts>(&bytes).is_err()
        };
        assert!(!unsound([0, 1, 1, 1, 1, 1], "word\n"));
        assert!(unsound([0, 1, 1, 1, 1, 2], "word\n"));
        assert!(unsound([0, 1, 0, 1, 1, 1], "word\n"));
        for texts in ["word", "\n", "two\twords\n"] {
            assert!(unsound([0, 1, 1, 1, 1, 1], texts), "{texts:?}");
        }
    }
}
