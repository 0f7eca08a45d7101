//! From tokens to evidence: the role [`lexicon`] and the [`Channel`]s.
//!
//! Evidence knows no labels: the same text gives the same features at training and at use.

mod extract;
pub mod lexicon;
mod parts;
mod title;

pub use extract::{Channel, Evidence, Extractor, Feature, FeatureKey};
pub use lexicon::Lexicon;
pub use title::{Title, TitleRole};
