//! Leave-one-group-out scores: by counts without the posting itself and its neighbours.

mod group_counts;
pub(crate) mod leave_group_out;
pub(crate) mod removals;
