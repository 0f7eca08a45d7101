//! Scores by counts that a posting's neighbours, and the posting itself, are taken out of.

pub(crate) mod leave_one_out;
pub(crate) mod removals;
