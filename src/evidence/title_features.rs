//! The features of a title, and the roles it states as a number.

use super::feature::Span;
use super::title::MOST_WORDS;
use super::{Channel, FeatureKey, Title, TitleRole};
use crate::roles::RoleId;
use crate::text::{Token, combine, word_hash};

/// What exports write in place of a missing title.
const PLACEHOLDERS: [&[&str]; 7] =
    [&["n", "a"], &["na"], &["nan"], &["none"], &["null"], &["unknown"], &["untitled"]];

/// Whether these tokens are a title: not empty, and no placeholder.
pub(crate) fn is_title(tokens: &[Token]) -> bool {
    let is_placeholder = |words: &&[&str]| {
        let words = words.iter().map(|word| word_hash(word));
        words.eq(tokens.iter().map(|token| token.hash))
    };
    !tokens.is_empty() && (tokens.len() > 2 || !PLACEHOLDERS.iter().any(is_placeholder))
}

/// Hands on each word of a title and each two words in a row, with their tokens. Numbers do not count as words, and
/// only the first [`MOST_WORDS`] tokens are read.
pub(crate) fn title_words(tokens: &[Token], mut then: impl FnMut(FeatureKey, Span)) {
    let mut before: Option<&Token> = None;
    let tokens = if is_title(tokens) { tokens } else { &[] };
    for (at, token) in tokens.iter().enumerate().take(MOST_WORDS) {
        if token.numeric {
            before = None;
            continue;
        }
        then(Channel::Title.key(token.hash), Span { at, length: 1 });
        if let Some(first) = before {
            let both = Channel::Title.key(combine(first.hash, token.hash));
            then(both, Span { at: at - 1, length: 2 });
        }
        before = Some(token);
    }
}

/// What a title states, as a model input: no title, no role, an undecided role, or a set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated(i32);

impl Default for Stated {
    fn default() -> Self {
        Self::NO_TITLE
    }
}

impl Stated {
    /// There is no title, or it is not used as evidence.
    pub const NO_TITLE: Self = Self(-1);
    const UNDECIDED: Self = Self(-2);
    const NONE: Self = Self(0);

    /// What a title states; `is_there` is whether it is a title.
    pub fn new(title: &Title, is_there: bool) -> Self {
        match &title.role {
            _ if !is_there => Self::NO_TITLE,
            TitleRole::One(role) => Self(1 << role.index()),
            TitleRole::Several(roles) => {
                Self(roles.iter().fold(0, |bits, role| bits | 1 << role.index()))
            }
            TitleRole::Undecided => Self::UNDECIDED,
            TitleRole::None => Self::NONE,
        }
    }

    /// Whether there is a title.
    pub fn has_title(self) -> bool {
        self != Self::NO_TITLE
    }

    /// Whether the title leaves the role undecided.
    pub fn is_undecided(self) -> bool {
        self == Self::UNDECIDED
    }

    /// Whether the title states one role, several, or an undecided one.
    pub fn is_role_like(self) -> bool {
        self.has_title() && self != Self::NONE
    }

    /// Number of stated roles.
    pub fn roles(self) -> u32 {
        if self.has_title() && !self.is_undecided() { self.0.count_ones() } else { 0 }
    }

    /// Whether a role, by its index, is stated.
    pub fn has(self, role: usize) -> bool {
        self.roles() > 0 && self.0 >> role & 1 == 1
    }

    /// The role, if exactly one is stated.
    pub fn one(self) -> Option<RoleId> {
        (self.roles() == 1).then(|| RoleId(self.0.trailing_zeros() as u8))
    }

    /// Index of the title's category among `roles` single roles, undecided, and none; `None` for no title or several
    /// roles.
    pub(crate) fn kind(self, roles: usize) -> Option<usize> {
        let one = self.one().map(RoleId::index).filter(|&role| role < roles);
        let none = self == Self::NONE;
        one.or_else(|| self.is_undecided().then_some(roles)).or_else(|| none.then_some(roles + 1))
    }

    /// As a number.
    pub(crate) fn number(self) -> i32 {
        self.0
    }

    /// From its number.
    pub(crate) fn from_number(number: i32) -> Self {
        Self(number)
    }
}
