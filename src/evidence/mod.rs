//! From tokens to evidence: features of each [`Channel`], some of them from the role [`lexicon`](crate::lexicon).
//!
//! Evidence depends on no label: a text has the same features at training and at prediction.

mod abbreviations;
mod boilerplate;
mod experience;
mod extract;
mod feature;
mod jobs;
mod ladder;
mod language;
mod level;
mod other_language;
mod plain_words;
mod reasons;
mod salary;
mod sections;
mod sentences;
mod stub;
mod title;
mod title_words;

pub use experience::{Experience, asked_experience};
pub use extract::{Evidence, Extractor};
pub(crate) use extract::{TermMatches, TermSink};
pub(crate) use feature::{CHANNEL_AT, Side, Span};
pub use feature::{Channel, Feature, FeatureKey, Occurrence};
pub use ladder::{Step, ladder_step};
pub(crate) use language::{CommonWords, language};
pub use level::{TextLevel, text_level};
pub(crate) use reasons::{is_reason, may_begin, may_end, reason_factors};
pub use salary::{Salary, stated_salary};
pub(crate) use stub::FEW_WORDS;
pub use title::{Title, TitleRole};
pub use title_words::Stated;
pub(crate) use title_words::{is_title, title_words};
