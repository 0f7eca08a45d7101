//! Naive Bayes weights from counts, and the scores of a posting by channel from the weights.

pub(crate) mod lexicon_weights;
pub(crate) mod ln;
pub(crate) mod scores;
pub(crate) mod weights;
