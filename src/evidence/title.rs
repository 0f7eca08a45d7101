//! What a job title states: a role, several, one that the text has to decide, or none; and a level.

use super::Lexicon;
use super::lexicon::TitleStates;
use crate::roles::{Label, RoleId};
use crate::text::{CleanText, Token, Tokens};
use std::borrow::Cow;
use std::cell::RefCell;

thread_local! {
    /// Each thread reads one title after the other in the same room.
    static ROOM: RefCell<(CleanText, Tokens)> = RefCell::default();
}

/// The role a title states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TitleRole {
    /// Exactly one role.
    One(RoleId),
    /// Two or more roles, in the order of the role set.
    Several(Vec<RoleId>),
    /// A form that leaves it to the text ("project manager").
    Undecided,
    /// No role.
    None,
}

/// What a title says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The role it states.
    pub role: TitleRole,
    /// The highest level it names, such as `senior`.
    pub level: Option<String>,
    /// The words that state it, in small letters: `it project manager`.
    pub form: String,
}

impl Title {
    /// Reads a title.
    pub fn read(title: &str, lexicon: &Lexicon) -> Self {
        ROOM.with_borrow_mut(|(clean, words)| {
            clean.set(title);
            words.set(clean.as_str());
            Self::of_words(clean.as_str(), words.as_slice(), lexicon)
        })
    }

    fn of_words(text: &str, tokens: &[Token], lexicon: &Lexicon) -> Self {
        let mut form: Vec<Cow<str>> = Vec::new();
        let mut roles: Vec<RoleId> = Vec::new();
        let mut undecided = false;
        let mut at = 0;
        while at < tokens.len() {
            match lexicon.titles.longest(&tokens[at..], false, |_, _| true) {
                Some((states, length)) => {
                    match states {
                        TitleStates::Role(role) => roles.push(role),
                        TitleStates::Undecided => undecided = true,
                        TitleStates::Neither => {}
                    }
                    let named = tokens[at..at + length].iter();
                    form.extend(named.map(|token| token.word(text)));
                    at += length;
                }
                None => at += 1,
            }
        }
        roles.sort_unstable();
        roles.dedup();
        let role = match roles.as_slice() {
            [] if undecided => TitleRole::Undecided,
            [] => TitleRole::None,
            [one] => TitleRole::One(*one),
            _ => TitleRole::Several(roles),
        };
        let level = (0..tokens.len())
            .filter_map(|i| lexicon.levels.longest(&tokens[i..], false, |_, _| true))
            .map(|(level, _)| &lexicon.level_list[level as usize])
            .max_by_key(|level| level.rank);
        Self { role, level: level.map(|l| l.id.clone()), form: form.join(" ") }
    }
    /// The role it states, as a label.
    ///
    /// # Errors
    /// Why it states none, or no single one.
    pub fn label(&self) -> Result<Label, &'static str> {
        match self.role {
            TitleRole::One(role) => Ok(Label::Role(role)),
            TitleRole::Several(_) => Err("title states several roles"),
            TitleRole::Undecided => Err("title leaves the role undecided"),
            TitleRole::None => Err("title states no role"),
        }
    }
}
