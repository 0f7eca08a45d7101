//! How many postings of each class have each feature: a sparse matrix of integers, so that adding, subtracting and
//! merging are exact.

pub(crate) mod count_matrix;
mod counting;
pub(crate) mod feature_count;
pub(crate) mod feature_counts;
pub(crate) mod feature_names;
pub(crate) mod sketch;
