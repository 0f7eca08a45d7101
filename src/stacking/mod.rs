//! Channel scores to calibrated probabilities: the inputs of each view, logistic regression, figures and thresholds.

pub(crate) mod base;
pub(crate) mod combination;
pub(crate) mod fit;
pub(crate) mod inputs;
mod logistic;
pub(crate) mod probabilities;
pub(crate) mod summary;
