//! From a raw field to tokens: markup is removed ([`CleanText`]), words are found ([`Tokens`]).

mod bloom_filter;
mod clean;
mod layout;
mod listed;
mod mojibake;
mod table;
mod tokens;

pub(crate) use bloom_filter::BloomFilter;
pub use clean::CleanText;
pub(crate) use clean::beginning;
pub(crate) use listed::AppendBuffer;
pub(crate) use table::HashTable;
pub(crate) use tokens::word_hash;
pub use tokens::{Capitals, Token, Tokens, combine};
