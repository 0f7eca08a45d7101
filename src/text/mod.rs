//! From a raw field to tokens: markup is removed ([`CleanText`]), words are found ([`Tokens`]).

mod clean;
mod tokens;

pub use clean::CleanText;
pub use tokens::{Capitals, Token, Tokens, combine};
