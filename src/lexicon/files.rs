//! The files of a lexicon: which there are, and their bytes, to go with the models that were trained with it.

use crate::postings::Table;
use std::collections::BTreeMap;

/// A file of a lexicon.
pub(super) struct LexiconFile {
    /// Its name, without the extension.
    pub(super) name: &'static str,
    /// Its content in the lexicon inside the program.
    pub(super) embedded: &'static str,
    /// What is not read without it; `None` if every folder has it.
    pub(super) without: Option<&'static str>,
}

/// A file that the folder of a lexicon does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingFile {
    /// Its name, without the extension.
    pub name: &'static str,
    /// What is therefore not read or known.
    pub without: &'static str,
}

macro_rules! files {
    ($($name:literal $(: $without:literal)?),* $(,)?) => {
        [$(LexiconFile {
            name: $name,
            embedded: include_str!(concat!("../../data/roles/", $name, ".csv")),
            without: files!(@ $($without)?),
        }),*]
    };
    (@ $without:literal) => { Some($without) };
    (@) => { None };
}
/// All files. Those without a remark are in every folder.
pub(super) static FILES: [LexiconFile; 33] = files!(
    "sources",
    "roles",
    "skills",
    "duties",
    "dimensions": "no such entries",
    "challenges": "no such entries",
    "industries": "no such entries",
    "traits": "no such entries",
    "entry_points": "no such entries",
    "certifications": "no such entries",
    "facts": "no such entries",
    "titles",
    "mentions",
    "levels",
    "other_jobs": "other jobs are of one family",
    "headings": "nothing is left out by its heading",
    "boilerplate": "no sentence is left out as boilerplate",
    "stubs": "login walls and the like are not known",
    "sharing": "no notes on shared roles",
    "ladders": "no steps of careers",
    "experience": "no years to compare with",
    "market": "no --prior market",
    "salaries": "no salaries to compare with",
    "language": "texts may be in any language",
    "function_words": "no words are skipped in phrases, and titles of several jobs are not taken apart",
    "title_words": "words around titles are not known",
    "abbreviations": "abbreviations always name a role",
    "numbers": "numbers are read in digits only",
    "experience_words": "no years of experience are read",
    "pay_words": "no pay is read",
    "currencies": "currencies are read by sign and code only",
    "plain_words": "any word may be a reason",
    "labels": "labels are read by the names of the roles and `other` only",
);

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

/// The files that are not there.
pub(super) fn missing_from(files: &LexiconFiles) -> Vec<MissingFile> {
    let missing = FILES.iter().filter(|file| !files.contains_key(file.name));
    missing
        .filter_map(|&LexiconFile { name, without, .. }| {
            Some(MissingFile { name, without: without? })
        })
        .collect()
}

/// The content of files, serialised with postcard. A file that is not there has no records, not even a header.
///
/// # Panics
/// Never: memory can be written to.
pub(super) fn to_bytes(files: &LexiconFiles) -> Vec<u8> {
    let records = |file: &LexiconFile| {
        let records = files.get(file.name).map(|(_, table)| table.records());
        (file.name, records.unwrap_or_default())
    };
    let records: Records = FILES.iter().map(records).collect();
    postcard::to_stdvec(&records).expect("memory can be written to")
}

/// The files as they were serialised.
///
/// # Errors
/// What is missing or malformed.
pub(super) fn from_bytes(bytes: &[u8]) -> Result<LexiconFiles, String> {
    let records: Records = postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
    let file = |&LexiconFile { name, without, .. }: &LexiconFile| {
        let records = records.get(name);
        if without.is_some() && records.is_some_and(Vec::is_empty) {
            return None;
        }
        let table = records.and_then(|records| Table::of_records(records));
        let table = table.ok_or_else(|| format!("{name}.csv is missing or damaged"));
        Some(table.map(|table| (name, (format!("{name}.csv"), table))))
    };
    FILES.iter().filter_map(file).collect()
}
