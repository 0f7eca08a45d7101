//! Leave-one-group-out scores: by counts without the posting itself and its neighbours.

pub(crate) mod leave_group_out;
pub(crate) mod removals;
