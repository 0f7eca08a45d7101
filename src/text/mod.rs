//! From a raw field to tokens: [`CleanText`] removes markup, [`Tokens`] splits into words.

mod append_buffer;
mod bloom_filter;
mod clean;
mod layout;
mod mojibake;
mod table;
mod tokens;

pub(crate) use crate::text::append_buffer::AppendBuffer;
pub(crate) use bloom_filter::BloomFilter;
pub use clean::CleanText;
pub(crate) use clean::beginning;
pub(crate) use table::HashTable;
pub(crate) use tokens::word_hash;
pub use tokens::{Capitals, Token, Tokens, combine};
