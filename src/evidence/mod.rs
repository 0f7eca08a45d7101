//! From tokens to evidence: the role [`lexicon`] and the [`Channel`]s.
//!
//! Evidence knows no labels: the same text gives the same features at training and at use.

mod abbreviations;
mod boilerplate;
mod experience;
mod extract;
mod feature;
mod halves;
mod jobs;
mod ladder;
mod language;
mod level;
mod parts;
mod plain_words;
mod reasons;
mod salary;
mod sentences;
mod stub;
mod title;
mod title_words;

pub use experience::{Experience, asked_experience};
pub use extract::{Evidence, Extractor};
pub(crate) use extract::{Finds, Terms};
pub(crate) use feature::{CHANNEL_AT, Side, Span};
pub use feature::{Channel, Feature, FeatureKey, Occurrence};
pub use ladder::{Step, ladder_step};
pub(crate) use language::{CommonWords, language};
pub use level::{TextLevel, text_level};
pub(crate) use reasons::{may_begin, may_end, readiness, says_something};
pub use salary::{Salary, stated_salary};
pub(crate) use stub::FEW_WORDS;
pub use title::{Title, TitleRole};
pub use title_words::Stated;
pub(crate) use title_words::{is_title, title_words};
