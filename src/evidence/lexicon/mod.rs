//! The role lexicon: everything `data/roles/` says about the roles, checked and ready to match.

mod entries;
mod load;
mod trie;

pub use entries::{Claim, Level, Rung, Salary, Skill, Source, TitleStates};
pub use load::LexiconError;
pub use trie::Trie;

use crate::roles::RoleSet;
use crate::text::Capitals;

/// What a phrase of the lexicon stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// A skill, duty or other listed matter: its place in [`Lexicon::skills`].
    Skill(u32),
    /// The name of another job that contains the name of a role ("director of product marketing").
    OtherJob,
    /// The name of a role: its place in the role set, or one past the last role for names that
    /// leave the role undecided ("project manager").
    Mention {
        /// Place in the role set, or its length.
        name: u32,
        /// How it must be written ("PO", "POs"), if that matters.
        capitals: Option<Capitals>,
    },
}

/// The role lexicon.
#[derive(Debug, Clone)]
pub struct Lexicon {
    pub(super) roles: RoleSet,
    pub(super) sources: Vec<Source>,
    pub(super) skills: Vec<Skill>,
    pub(super) terms: Trie<Term>,
    pub(super) titles: Trie<TitleStates>,
    pub(super) levels: Trie<u32>,
    pub(super) level_list: Vec<Level>,
    pub(super) ladders: Vec<Rung>,
    pub(super) salaries: Vec<Salary>,
    pub(super) hash: String,
}

impl Lexicon {
    /// The roles, in the order of the model's columns.
    pub fn roles(&self) -> &RoleSet {
        &self.roles
    }

    /// Every skill, duty and other listed matter, in the order of the files.
    pub fn skills(&self) -> &[Skill] {
        &self.skills
    }

    /// The source documents.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The career ladders.
    pub fn ladders(&self) -> &[Rung] {
        &self.ladders
    }

    /// The salary bands.
    pub fn salaries(&self) -> &[Salary] {
        &self.salaries
    }

    /// BLAKE3 hash of the files, in hexadecimal: a model belongs to the lexicon it was trained with.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}
