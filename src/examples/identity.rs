//! Which postings are the same one: nothing else decides it, for training, retraining, audits, decisions of
//! reviewers, and counts from Python and Spark.
//!
//! Spreadsheets and job boards change what they save again: line ends, white space, letter case, punctuation, markup.
//! A posting is therefore known by the letters and digits of its clean title, organisation and text.

use crate::examples::near_copies::NearKeys;
use crate::examples::organisation;
use crate::text::CleanText;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Organisations are hashed into this many buckets. A feature's support is the number of buckets in which it occurs:
/// masks of buckets are small where sets of organisations are not, and three buckets mean at least three
/// organisations.
pub(crate) const BUCKETS: usize = 16;

/// Identity of a labelled posting, by its title, organisation, text and class. Its order is the canonical order of
/// rows.
///
/// Two postings of one organisation and title but different texts collide with a probability of 2^-64; two of the same
/// text but different titles or names of the organisation, of 2^-32.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct RowId {
    /// Hash of the organisation, or of the text where no organisation is named.
    pub organisation: u64,
    /// Hash of the text.
    pub text: u64,
    /// Hash of the title and of the organisation's name with its legal form.
    pub title: u32,
    /// Index of its class, and a bit for whether it is counted without its title.
    pub(crate) class: u16,
    /// Near-copy keys of its text. They follow from the text, and are no part of the identity.
    pub(crate) near: NearKeys,
}

impl PartialEq for RowId {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for RowId {}

impl PartialOrd for RowId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RowId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl Hash for RowId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

/// The bit of a class that says that the title is not counted.
const WITHOUT_TITLE: u16 = 1 << 15;

impl RowId {
    /// The identity of a posting, by its title and organisation as written and its clean text.
    pub(crate) fn of_posting(title: &str, company: &str, text: &CleanText, class: usize) -> Self {
        let text = text_hash(text.as_str());
        let [title, name] = [title, company].map(CleanText::new);
        let title = [title.as_str(), name.as_str()].map(letters_and_digits).join(&b"\0"[..]);
        let organisation = organisation_hash(name.as_str()).unwrap_or(text);
        Self::new(organisation, text, short_hash(&title) as u32, class as u16)
    }

    /// A row without near-copy keys.
    pub(crate) fn new(organisation: u64, text: u64, title: u32, class: u16) -> Self {
        Self { organisation, text, title, class, near: NearKeys::default() }
    }

    /// This row with the near-copy keys of its text.
    pub(crate) fn with_near(self, near: NearKeys) -> Self {
        Self { near, ..self }
    }

    /// Whether the texts of two rows are the same or nearly so.
    pub(crate) fn has_text_of(&self, other: &Self) -> bool {
        self.text == other.text || self.near.are_close(other.near)
    }

    /// What identity and order are defined by.
    fn parts(&self) -> (u64, u64, u32, u16) {
        (self.organisation, self.text, self.title, self.class)
    }

    /// What the posting is known by whatever its label: its organisation, text and title.
    pub(crate) fn posting(self) -> (u64, u64, u32) {
        (self.organisation, self.text, self.title)
    }

    /// Index of its class: a role's index, or the number of roles plus that of a family of other jobs.
    pub fn class(self) -> usize {
        (self.class & !WITHOUT_TITLE) as usize
    }

    /// Whether its title is counted.
    pub(crate) fn with_title(self) -> bool {
        self.class & WITHOUT_TITLE == 0
    }

    /// The same row, its title counted if it was not, and the other way round.
    pub(crate) fn title_toggled(self) -> Self {
        Self { class: self.class ^ WITHOUT_TITLE, ..self }
    }

    /// This row with the text of another.
    #[must_use]
    pub(crate) fn with_text_of(self, other: Self) -> Self {
        Self { text: other.text, near: other.near, ..self }
    }

    /// This row with another class.
    #[must_use]
    pub(crate) fn with_class(self, class: usize) -> Self {
        Self { class: class as u16 | (self.class & WITHOUT_TITLE), ..self }
    }

    /// As bytes, for hashing.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let (organisation, text, title, class) = self.parts();
        let numbers = [organisation, text, title.into(), class.into()];
        numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
    }

    /// The bucket of its organisation.
    pub fn bucket(self) -> usize {
        (self.organisation % BUCKETS as u64) as usize
    }
}

/// BLAKE3 hash of the identities of rows, in the order given.
pub(crate) fn rows_hash(rows: impl Iterator<Item = RowId>) -> String {
    let mut hash = blake3::Hasher::new();
    for row in rows {
        hash.update(&row.bytes());
    }
    hash.finalize().to_hex().to_string()
}

/// Hash of the organisation of a posting, or of its text where no organisation is named.
pub fn organisation(company: &str, text: &CleanText) -> u64 {
    let named = organisation_hash(CleanText::new(company).as_str());
    named.unwrap_or_else(|| text_hash(text.as_str()))
}

/// Hash of an organisation by its clean name; none if that is no name.
fn organisation_hash(company: &str) -> Option<u64> {
    let name = organisation::name(company);
    (!name.is_empty()).then(|| short_hash(name.as_bytes()))
}

/// Hash of a clean text.
fn text_hash(clean: &str) -> u64 {
    short_hash(&letters_and_digits(clean))
}

/// The hash of a text in files of decisions. The letter in front keeps spreadsheets from reading it as a number.
pub fn fingerprint(raw: &str) -> String {
    format!("t{:015x}", text_hash(CleanText::new(raw).as_str()) >> 4)
}

/// The hashes that a text may have in files of decisions: earlier versions hashed texts as written.
pub(crate) fn fingerprints(raw: &str) -> [String; 2] {
    [fingerprint(raw), format!("t{}", &blake3::hash(raw.as_bytes()).to_hex()[..15])]
}

/// Whether two raw fields, such as titles, are the same but for what a spreadsheet may change.
pub(crate) fn same_field(a: &str, b: &str) -> bool {
    a == b || {
        let [a, b] = [a, b].map(CleanText::new);
        letters_and_digits(a.as_str()) == letters_and_digits(b.as_str())
    }
}

/// The first 64 bits of a hash.
fn short_hash(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
}

/// A byte that does not count.
const DROPPED: u8 = 0;
/// A flag of a byte that counts only after one that counts: C++ and C# are not C.
const SUFFIX: u8 = 0x80;

/// What ASCII bytes count as: letters in lower case.
const COUNTED: [u8; 128] = {
    let mut counted = [DROPPED; 128];
    let mut byte = 0;
    while byte < counted.len() as u8 {
        if byte.is_ascii_alphanumeric() {
            counted[byte as usize] = byte.to_ascii_lowercase();
        } else if byte == b'+' || byte == b'#' {
            counted[byte as usize] = byte | SUFFIX;
        }
        byte += 1;
    }
    counted
};

/// The letters and digits of a clean text, in lower case and canonical composition, with `+` and `#` after them.
fn letters_and_digits(clean: &str) -> Vec<u8> {
    let mut kept = Vec::with_capacity(clean.len());
    let mut rest = clean;
    while let Some(first) = rest.bytes().position(|byte| !byte.is_ascii()) {
        let start = rest[..first].rfind(|c: char| c.is_ascii_whitespace()).map_or(0, |at| at + 1);
        let word = rest[start..].split(|c: char| c.is_ascii_whitespace()).next().unwrap_or("");
        push_ascii(&rest[..start], &mut kept);
        kept.extend(beyond_ascii(word).into_bytes());
        rest = &rest[start + word.len()..];
    }
    push_ascii(rest, &mut kept);
    kept
}

/// Appends what counts of an ASCII text.
fn push_ascii(text: &str, kept: &mut Vec<u8>) {
    let text = text.as_bytes();
    let mut end = kept.len();
    kept.resize(end + text.len(), 0);
    // Where the last `+` or `#` that counts ends.
    let mut suffix_end = 0;
    for (at, &byte) in text.iter().enumerate() {
        let mut counted_as = COUNTED[byte as usize & 0x7f];
        if counted_as & SUFFIX != 0 {
            let before =
                at.checked_sub(1).map_or(DROPPED, |before| COUNTED[text[before] as usize & 0x7f]);
            let counts = before != DROPPED && (before & SUFFIX == 0 || suffix_end == at);
            (counted_as, suffix_end) = if counts { (byte, at + 1) } else { (DROPPED, suffix_end) };
        }
        kept[end] = counted_as;
        end += usize::from(counted_as != DROPPED);
    }
    kept.truncate(end);
}

/// What counts of a word that is not ASCII.
fn beyond_ascii(word: &str) -> String {
    let mut counts = false;
    let counted = |c: &char| {
        counts = c.is_alphanumeric() || counts && (is_combining_mark(*c) || "+#".contains(*c));
        counts
    };
    word.nfc().flat_map(char::to_lowercase).filter(counted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The plain way: word by word, character by character.
        #[test]
        fn what_counts_is_that_of_each_word(text in "([a-cA-C0-2+# .\n\u{e9}\u{301}\u{130}]|C\\+\\+|##){0,60}") {
            let words: String = text.split_ascii_whitespace().map(beyond_ascii).collect();
            prop_assert_eq!(letters_and_digits(&text), words.into_bytes());
        }
    }

    fn row(title: &str, company: &str, text: &str) -> RowId {
        RowId::of_posting(title, company, &CleanText::new(text), 0)
    }

    #[test]
    fn saving_again_makes_no_other_row() {
        const TEXT: &str = "You own the C++ backlog.\n\n- Caf\u{e9} & R&D\n- \u{201c}40 h\u{201d}";
        let posting = row("Product Owner (C#)", "Acme, Inc.", TEXT);
        for (title, company, text) in [
            ("Product Owner (C#)", "Acme, Inc.", TEXT.replace('\n', "\r\n")),
            ("  product owner\u{a0}(C#) ", "ACME Inc", TEXT.to_uppercase()),
            ("<b>Product</b> Owner (C&#35;)", "Acme, Inc.", TEXT.replace("\n\n", " ")),
            (
                "Product Owner (C#)",
                "<i>Acme</i>, Inc.",
                "<p>You <b>own</b> the C&#43;+ backlog.</p><ul><li>Cafe\u{301} &amp; R&amp;D</li>\
                 <li>&quot;40&nbsp;h&quot;</li></ul>"
                    .to_owned(),
            ),
            ("Product Owner (C#)", "Acme, Inc.", format!("{TEXT}\u{200b}  \n")),
        ] {
            assert_eq!(row(title, company, &text), posting, "{title} {company} {text}");
            assert_eq!(fingerprint(&text), fingerprint(TEXT), "{text}");
        }
    }

    #[test]
    fn other_letters_and_digits_make_another_row() {
        let rows = [
            row("Developer", "Acme", "10 days in Bonn"),
            row("Developer", "Acme", "10 days in B\u{f6}nn"),
            row("Developer", "Acme", "11 days in Bonn"),
            row("Developer", "Acme", "10 days in Bonn see https://a.example"),
            row("Developer", "Acme", "10 days in Bonn see https://b.example"),
            row("Developer", "Acme Labs", "10 days in Bonn"),
            row("Developer", "Acme GmbH", "10 days in Bonn"),
            row("Developer", "", "10 days in Bonn"),
            row("C Developer", "Acme", "10 days in Bonn"),
            row("C++ Developer", "Acme", "10 days in Bonn"),
            row("C# Developer", "Acme", "10 days in Bonn"),
            row("C# Developer\u{301}", "Acme", "10 days in Bonn"),
            // Where a title ends and an organisation begins.
            row("Developer Acme", "", "10 days in Bonn"),
        ];
        for (i, a) in rows.iter().enumerate() {
            assert!(rows[..i].iter().all(|b| a != b), "{i}");
        }
    }

    #[test]
    fn an_organisation_is_known_by_its_name_or_else_by_the_text() {
        let organisation = |company, text: &str| organisation(company, &CleanText::new(text));
        assert_ne!(organisation("N/A", "one"), organisation("N/A", "another"));
        assert_eq!(organisation("N/A", "one"), organisation("", "one"));
        assert_eq!(organisation("", "one"), organisation("", "<p>One</p>\r\n"));
        assert_eq!(organisation("Procter &amp; Gamble", ""), organisation("PROCTER & GAMBLE", ""));
    }

    #[test]
    fn a_text_without_letters_is_as_good_as_none() {
        assert_eq!(text_hash(" -- \n# ++"), text_hash(""));
        assert_ne!(text_hash("1"), text_hash(""));
    }
}
