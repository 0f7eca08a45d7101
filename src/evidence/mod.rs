//! From tokens to evidence: features of each [`Channel`], some of them from the role [`lexicon`](crate::lexicon).
//!
//! Evidence depends on no label: a text has the same features at training and at prediction.

mod abbreviations;
mod boilerplate;
mod experience;
mod extract;
mod feature;
mod label;
mod label_map;
mod ladder;
mod language;
mod left_out;
mod mentions;
mod other_language;
mod reasons;
mod salary;
mod sections;
mod sentences;
mod sink;
mod stub;
mod text_level;
mod title;
mod title_features;
mod titles_in_text;
mod walk;

pub use experience::{Experience, asked_experience};
pub use extract::{Evidence, Extractor};
pub(crate) use feature::{CHANNEL_AT, Occurrence, Side, Span};
pub use feature::{Channel, Feature, FeatureKey};
pub use label::{LabelReader, Unread};
pub use label_map::MapError;
pub(crate) use ladder::{Step, ladder_step};
pub(crate) use language::{CommonWords, language};
pub use left_out::{LeftOut, LeftOutRows, UnreadLabels};
pub use salary::{Salary, stated_salary};
pub(crate) use sink::FeatureSink;
pub(crate) use stub::FEW_WORDS;
pub use text_level::{TextLevel, text_level};
pub use title::{Title, TitleRole};
pub use title_features::Stated;
pub(crate) use title_features::title_words;
pub(crate) use walk::{Walk, WalkedText};
