//! What machines that audit together send each other, in an envelope.

use super::envelope::{Kind, open_with, read, seal};
use super::error::ModelError;
use crate::lexicon::Lexicon;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What one machine sends another.
pub(crate) trait Message: Serialize + DeserializeOwned {
    /// What it is, so that nothing else is taken for it.
    const NAME: &str;

    /// Serialises and compresses it.
    ///
    /// # Panics
    /// Never: numbers and text can be serialised.
    fn seal(&self, lexicon: &Lexicon) -> Vec<u8> {
        seal(Kind::Audit, lexicon.hash(), 1, |bytes| {
            postcard::to_io(&(Self::NAME, self), &mut *bytes).map_err(std::io::Error::other)?;
            Ok(())
        })
    }

    /// Reads the bytes of [`Self::seal`].
    ///
    /// # Errors
    /// What is wrong with them, and that they are another message, or belong to another lexicon or another rolecall.
    fn open(bytes: &[u8], lexicon: &Lexicon) -> Result<Self, ModelError> {
        let opened = open_with(Kind::Audit, bytes, lexicon)?;
        let (name, rest): (String, _) = read(Kind::Audit, opened.payload())?;
        if name != Self::NAME {
            return Err(ModelError::Corrupt(format!(
                "{name} of an audit stand where {} should",
                Self::NAME
            )));
        }
        Ok(read(Kind::Audit, rest)?.0)
    }
}
