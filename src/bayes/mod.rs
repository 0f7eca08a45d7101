//! Counts to naive Bayes weights, and weights to the scores of a posting by channel.

pub(crate) mod ln;
pub(crate) mod scores;
pub(crate) mod weights;
