//! From a raw field to tokens: markup is removed ([`clean`]), words are found ([`tokens`]).

mod clean;
mod tokens;

pub use clean::CleanText;
pub use tokens::{Capitals, Token, Tokens, combine};
