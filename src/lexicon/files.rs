//! The files of a lexicon as bytes, to go with the models that were trained with it.

use crate::postings::Table;
use std::collections::BTreeMap;

/// Path and content of each file, by name.
pub(super) type LexiconFiles = BTreeMap<&'static str, (String, Table)>;

/// The records of each file, by name: those of its [`Table`], so that a file that was only written differently gives
/// the same bytes.
type Records<'a> = BTreeMap<&'a str, Vec<Vec<&'a str>>>;

/// BLAKE3 hash of the content of files, in hexadecimal.
pub(super) fn hash_of(files: &LexiconFiles) -> String {
    let mut hash = blake3::Hasher::new();
    for (name, (_, table)) in files {
        hash.update(name.as_bytes()).update(&[0]);
        table.add_to_hash(&mut hash);
    }
    hash.finalize().to_hex().to_string()
}

/// The content of files, serialised with postcard.
///
/// # Panics
/// Never: memory can be written to.
pub(super) fn to_bytes(files: &LexiconFiles) -> Vec<u8> {
    let records: Records =
        files.iter().map(|(name, (_, table))| (*name, table.records())).collect();
    postcard::to_stdvec(&records).expect("memory can be written to")
}

/// The files with these names, as they were serialised.
///
/// # Errors
/// What is missing or malformed.
pub(super) fn from_bytes(
    bytes: &[u8],
    names: impl Iterator<Item = &'static str>,
) -> Result<LexiconFiles, String> {
    let records: Records = postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
    let file = |name: &'static str| {
        let table = records.get(name).and_then(|records| Table::of_records(records));
        let table = table.ok_or_else(|| format!("{name}.csv is missing or damaged"))?;
        Ok((name, (format!("{name}.csv"), table)))
    };
    names.map(file).collect()
}
