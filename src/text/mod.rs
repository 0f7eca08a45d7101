//! From a raw field to tokens: markup is removed ([`CleanText`]), words are found ([`Tokens`]).

mod clean;
mod mojibake;
mod tokens;

pub use clean::CleanText;
pub(crate) use clean::beginning;
pub use tokens::{Capitals, Token, Tokens, combine};
