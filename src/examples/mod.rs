//! Labelled postings as training sees them: hashes of features, never text; their organisations; and which of them must
//! not be used to score each other.

pub(crate) mod example;
pub(crate) mod feature_list;
pub(crate) mod identity;
pub(crate) mod known;
pub(crate) mod near_copies;
pub(crate) mod neighbours;
pub(crate) mod organisation;
pub(crate) mod rows;
