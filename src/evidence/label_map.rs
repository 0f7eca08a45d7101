//! What spellings of labels stand for, as the user says.

use super::label::LabelReader;
use crate::lexicon::Lexicon;
use crate::postings::listed;

/// A map of spellings that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// A spelling is mapped to something else than a role or `other`.
    #[error("{role:?} is no role; the roles are {roles}")]
    NoRole {
        /// The spelling.
        spelling: String,
        /// What it is mapped to.
        role: String,
        /// What it may be mapped to.
        roles: String,
    },
    /// A spelling is mapped twice, to different roles.
    #[error("{spelling:?} is mapped to two roles")]
    TwoRoles {
        /// The spelling.
        spelling: String,
    },
}

impl<'a> LabelReader<'a> {
    /// A reader with a map from spellings to labels of the lexicon's roles, or to what is read as one.
    ///
    /// # Errors
    /// The first spelling that is mapped to no role, or to two.
    pub fn mapped<'m>(
        lexicon: &'a Lexicon,
        map: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<Self, MapError> {
        let plain = Self::new(lexicon);
        let mut reader = plain.clone();
        for (spelling, role) in map {
            let label = plain.read(role).map_err(|_| MapError::NoRole {
                spelling: spelling.to_owned(),
                role: role.to_owned(),
                roles: outcomes(lexicon),
            })?;
            if reader.map(spelling, label).is_some_and(|before| before != label) {
                return Err(MapError::TwoRoles { spelling: spelling.to_owned() });
            }
        }
        Ok(reader)
    }
}

/// The roles and `other`, for messages.
fn outcomes(lexicon: &Lexicon) -> String {
    let roles = lexicon.roles().iter().map(|role| role.id.clone());
    listed(&roles.chain(["other".into()]).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roles::Label;

    #[test]
    fn a_map_is_to_roles_and_to_one_each() {
        let lexicon = Lexicon::embedded().expect("the lexicon inside the program is sound");
        let reader = LabelReader::mapped(&lexicon, [("PM", "product manager"), ("chef", "none")]);
        let reader = reader.expect("these are roles");
        assert_eq!(reader.read("chef"), Ok(Label::Other));
        assert_eq!(
            reader.read("pm").map(|label| label.id(lexicon.roles()).to_owned()),
            Ok("product_manager".to_owned())
        );
        let error = |map: [(&str, &str); 2]| {
            LabelReader::mapped(&lexicon, map).expect_err("it cannot be used").to_string()
        };
        let message = error([("chef", "other"), ("PM", "boss")]);
        assert!(message.starts_with("\"boss\" is no role; the roles are \"product_owner\""));
        assert_eq!(
            error([("P.M.", "product_owner"), ("pm", "other")]),
            "\"pm\" is mapped to two roles"
        );
    }
}
