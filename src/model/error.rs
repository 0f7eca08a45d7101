//! Errors of reading and training models.

use super::format_version::FORMAT;
use crate::lexicon::Lexicon;

/// Why a model could not be read or trained.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Not a file of the kind that was expected.
    #[error("this is not {0}")]
    Foreign(&'static str),
    /// Written by a newer version.
    #[error(
        "a newer rolecall wrote it, in model format {format}; this one, {version}, reads format {FORMAT}: use the newer \
         one, or train the model again with this one",
        version = env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The file's format.
        format: u32,
    },
    /// Written by an older version.
    #[error(
        "an older rolecall wrote it, in model format {format}; this one, {version}, reads format {FORMAT}: train the \
         model again from its labelled postings",
        version = env!("CARGO_PKG_VERSION")
    )]
    Older {
        /// The file's format.
        format: u32,
    },
    /// A damaged model file.
    #[error("the model is damaged: {0}; take it from its source again, or train it again")]
    Corrupt(String),
    /// Trained with another lexicon.
    #[error("the model was trained with another lexicon ({trained}) than the one in use ({used})")]
    Lexicon {
        /// Hash of the lexicon it was trained with.
        trained: String,
        /// Hash of the lexicon in use.
        used: String,
    },
    /// Used with another lexicon than the one that it holds.
    #[error(
        "the model holds the lexicon it was trained with ({trained}), and another lexicon is in use ({used})"
    )]
    OwnLexicon {
        /// Hash of the lexicon it was trained with.
        trained: String,
        /// Hash of the lexicon in use.
        used: String,
    },
    /// Not enough labelled rows.
    #[error(
        "role {role} has labelled postings of {organisations} organisations, those with near copies of \
         one text taken as one; a model needs at least 2 for every role"
    )]
    TooFew {
        /// The role.
        role: String,
        /// Its organisations, or its different texts if these are fewer.
        organisations: usize,
    },
    /// A compact model would leak the labels of the rows it was trained on.
    #[error(
        "the model was trained on just these rows, and a compact one cannot leave them out; audit by the \
         model it was exported from, or by the file itself"
    )]
    SameRows,
    /// Rows in a temporary file could not be read back.
    #[error(
        "the rows that were kept aside in a temporary file cannot be read back; run it again, with \
         TMPDIR naming a folder that nothing else clears"
    )]
    Aside(#[from] std::io::Error),
    /// The weights of a channel could not be fitted.
    #[error("the weights of a channel could not be fitted: {0}")]
    Fit(String),
}

impl ModelError {
    /// The error for data that belongs to the lexicon with the hash `trained`.
    pub(super) fn other_lexicon(trained: &str, used: &Lexicon) -> Self {
        Self::Lexicon { trained: short(trained), used: short(used.hash()) }
    }

    /// The error for a model that holds another lexicon than the one in use.
    pub(super) fn other_than_own(trained: &str, used: &Lexicon) -> Self {
        Self::OwnLexicon { trained: short(trained), used: short(used.hash()) }
    }
}

/// The first digits of a hash.
fn short(hash: &str) -> String {
    hash.chars().take(8).collect()
}
