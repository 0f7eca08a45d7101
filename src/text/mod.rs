//! From a raw field to tokens: [`CleanText`] removes markup, [`Tokens`] splits into words.

mod append_buffer;
mod bloom_filter;
mod clean;
mod languages;
mod layout;
mod mojibake;
mod table;
mod tokens;

pub(crate) use crate::text::append_buffer::AppendBuffer;
pub(crate) use bloom_filter::BloomFilter;
pub use clean::CleanText;
pub(crate) use clean::beginning;
pub(crate) use languages::{known_language, language_code};
pub(crate) use table::HashTable;
pub use tokens::{Capitals, Token, Tokens, combine};
pub(crate) use tokens::{lower_hash, word_hash};
