//! Labels as people write them: "PO", "product-owner", "IT Project Manager", "none".

use crate::lexicon::{LabelWord, Lexicon, Term, TitleStates};
use crate::roles::{Label, RoleId, letters_and_digits};
use crate::text::{CleanText, Token, Tokens};
use std::collections::HashMap;

/// What programs write for a field without a value. "N/A" is what people write.
const NO_VALUE: [&str; 12] =
    ["NA", "<NA>", "#N/A", "#NA", "NaN", "nan", "NAN", "NaT", "null", "NULL", "Null", "#REF!"];

/// Why a label cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// There is none: the field is empty, or holds what programs write for no value.
    Missing,
    /// It may stand for several roles, as "PM" does.
    Ambiguous,
    /// It says that the role is left open.
    Undecided,
    /// It is not understood.
    Unknown,
}

/// Reads labels: by a map of spellings, or else by their letters and digits, or else by the
/// abbreviations and the forms of titles in the lexicon. Typing errors are not corrected.
#[derive(Debug, Clone)]
pub struct LabelReader<'a> {
    lexicon: &'a Lexicon,
    /// Labels by the keys of spellings.
    mapped: HashMap<String, Label>,
}

impl<'a> LabelReader<'a> {
    /// A reader of labels of the lexicon's roles.
    pub fn new(lexicon: &'a Lexicon) -> Self {
        Self { lexicon, mapped: HashMap::new() }
    }

    /// The lexicon.
    pub fn lexicon(&self) -> &'a Lexicon {
        self.lexicon
    }

    /// Maps a spelling to a label, whatever it would be read as. Gives the label that it was mapped to before.
    pub fn map(&mut self, spelling: &str, label: Label) -> Option<Label> {
        self.mapped.insert(spelling_key(spelling), label)
    }

    /// Reads a label.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(&self, text: &str) -> Result<Label, Unread> {
        let text = text.trim();
        if let Some(&label) = self.mapped.get(&spelling_key(text)) {
            return Ok(label);
        }
        if NO_VALUE.contains(&text) || letters_and_digits(text).next().is_none() {
            return Err(Unread::Missing);
        }
        self.by_letters(text).map_or_else(|| self.by_form(text), Ok)
    }

    /// The label that letters and digits alone give: a role's id or name, or `other`.
    pub fn by_letters(&self, text: &str) -> Option<Label> {
        Label::parse(text, self.lexicon.roles())
    }

    /// Whether a text is a label beyond doubt: a role, or `other` by that name.
    pub fn is_plain(&self, text: &str) -> bool {
        self.read(text).is_ok_and(|label| label != Label::Other) || self.by_letters(text).is_some()
    }

    fn by_form(&self, text: &str) -> Result<Label, Unread> {
        let letters: String = letters_and_digits(text).collect();
        match self.lexicon.wording.labels.of_letters(&letters) {
            Some(LabelWord::Other) => return Ok(Label::Other),
            Some(LabelWord::Undecided) => return Err(Unread::Undecided),
            None => {}
        }
        // "P.O." is an abbreviation if its letters are put together.
        match self.by_words(&separated(text)).or_else(|| self.by_words(&letters)) {
            Some(Some(role)) => Ok(Label::Role(role)),
            Some(None) => Err(Unread::Ambiguous),
            None => Err(Unread::Unknown),
        }
    }

    /// The role that words name; inside, `None` if they leave it undecided.
    #[expect(clippy::option_option, reason = "words may leave the role undecided")]
    fn by_words(&self, words: &str) -> Option<Option<RoleId>> {
        let words = CleanText::new(words);
        let tokens = Tokens::new(words.as_str());
        let name = self.without_levels(tokens.as_slice());
        self.role_of_title(name).or_else(|| self.role_of_mention(name))
    }

    /// The role of a form of a title that the tokens are; inside, `None` if it leaves the role undecided.
    #[expect(clippy::option_option, reason = "a form may leave the role undecided")]
    fn role_of_title(&self, name: &[Token]) -> Option<Option<RoleId>> {
        let (form, _) =
            self.lexicon.titles.longest(name, false, |_, length| length == name.len())?;
        match form.states {
            TitleStates::Role(role) => Some(Some(role)),
            TitleStates::Undecided => Some(None),
            _ => None,
        }
    }

    /// The same for a name of a role in a text, among them abbreviations.
    #[expect(clippy::option_option, reason = "a name may leave the role undecided")]
    fn role_of_mention(&self, name: &[Token]) -> Option<Option<RoleId>> {
        let (term, _) =
            self.lexicon.terms.longest(name, false, |_, length| length == name.len())?;
        let Term::Mention { name, .. } = term else { return None };
        Some(self.lexicon.roles().ids().nth(name as usize))
    }

    /// The tokens between words for levels: "Senior PO", "Product Owner II".
    fn without_levels<'t>(&self, tokens: &'t [Token]) -> &'t [Token] {
        let level = |tokens| self.lexicon.levels.longest(tokens, false, |_, _| true);
        // A form may begin with a level itself: "Lead Product Owner", "VP of Product".
        let is_form = |name| self.role_of_title(name).is_some();
        let mut name = tokens;
        while !is_form(name)
            && let Some((Some(_), length)) = level(name)
            && length < name.len()
        {
            name = &name[length..];
        }
        while !is_form(name)
            && let [rest @ .., last] = name
            && !rest.is_empty()
            && let Some((Some(_), _)) = level(std::slice::from_ref(last))
        {
            name = rest;
        }
        name
    }
}

/// What spellings are told apart by: their letters and digits, or all of a text without any.
fn spelling_key(text: &str) -> String {
    let letters: String = letters_and_digits(text).collect();
    if letters.is_empty() { text.trim().to_owned() } else { letters }
}

/// A label with spaces for all other marks, and between the words of `ProductOwner`.
fn separated(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 4);
    let mut before = ' ';
    for c in text.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            words.push(' ');
        }
        words.push(if c.is_alphanumeric() { c } else { ' ' });
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, Unread> {
        let lexicon = Lexicon::embedded().expect("the lexicon inside the program is sound");
        let label = LabelReader::new(&lexicon).read(text)?;
        Ok(label.id(lexicon.roles()).to_owned())
    }

    #[test]
    fn spellings_of_people_are_read() {
        for (role, spellings) in [
            (
                "product_owner",
                &[
                    "product_owner",
                    "PRODUCT_OWNER",
                    " Product-Owner ",
                    "ProductOwner",
                    "product  owner",
                    "Product Owners",
                    "PO",
                    "po",
                    "P.O.",
                    "Senior PO",
                    "Lead Product Owner",
                    "Product Owner II",
                ][..],
            ),
            (
                "product_manager",
                &["Product Manager", "PdM", "CPO", "product mgmt", "VP of Product", "Group PM"],
            ),
            (
                "technical_project_manager",
                &[
                    "TPM",
                    "tpm",
                    "IT Project Manager",
                    "it-project-manager",
                    "Technical Program Manager",
                    "TechnicalProgramManager",
                    "technical_programme_manager",
                ],
            ),
            ("other", &["other", "OTHER", "None", "n/a", "N.A.", "none of these", "other job"]),
        ] {
            for spelling in spellings {
                assert_eq!(read(spelling).as_deref(), Ok(role), "{spelling}");
            }
        }
    }

    #[test]
    fn what_is_no_label_is_not_guessed() {
        for (why, texts) in [
            (Unread::Ambiguous, &["PM", "pm", "Project Manager", "Senior Program Manager"][..]),
            (Unread::Unknown, &["product_ower", "PO/PM", "chief", "Developer", "1", "Purchase PO"]),
            (Unread::Undecided, &["undecided", "Unclear", "not sure", "Don't know", "TBD"]),
            (Unread::Missing, &["", " ", "-", "?", "NaN", "NA", "#N/A", "null"]),
        ] {
            for text in texts {
                assert_eq!(read(text), Err(why), "{text}");
            }
        }
    }

    #[test]
    fn a_mapped_spelling_wins() {
        let lexicon = Lexicon::embedded().expect("the lexicon inside the program is sound");
        let mut labels = LabelReader::new(&lexicon);
        assert_eq!(labels.map("P.M.", Label::Other), None);
        assert_eq!(labels.map("-", Label::Other), None);
        assert_eq!(labels.map("product owner", Label::Other), None);
        for text in ["pm", "P M", " - ", "PRODUCT_OWNER"] {
            assert_eq!(labels.read(text), Ok(Label::Other), "{text}");
        }
        assert_eq!(labels.map("pm", Label::Other), Some(Label::Other));
    }
}
