//! Labelled postings as training sees them: hashes of features, never text.

use crate::evidence::{Evidence, Lexicon, Shown};
use crate::roles::Label;
use crate::text::CleanText;
use std::sync::Arc;

/// Organisations fall into this many buckets. A feature's support is the number of buckets that
/// show it: buckets add up where sets of organisations would not, and support in three buckets
/// means support in at least three organisations.
pub(super) const BUCKETS: usize = 16;

/// Identity of a labelled posting: the same title, organisation, text and class give the same. Puts
/// rows in one order, whatever order they came in.
///
/// Two postings of one organisation and title but different texts are taken for the same with a
/// probability of 2^-64; two of the same text but different titles or spellings of the organisation, of
/// 2^-32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    /// Hash of the organisation, or of the text where no organisation is named.
    pub organisation: u64,
    /// Hash of the text.
    pub text: u64,
    /// Hash of the title and of the organisation as written.
    pub title: u32,
    /// Place of what it is counted as.
    pub(super) class: u16,
}

impl RowId {
    /// Place of what it is counted as: a role's place, or past them that of a family of other jobs.
    pub fn class(self) -> usize {
        self.class as usize
    }

    /// This row as one with the text of another.
    #[must_use]
    pub(crate) fn with_text_of(self, other: Self) -> Self {
        Self { text: other.text, ..self }
    }

    /// As bytes, for hashing.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let Self { organisation, text, title, class } = self;
        let numbers = [organisation, text, title.into(), class.into()];
        numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
    }

    /// The bucket of its organisation.
    pub fn bucket(self) -> usize {
        (self.organisation % BUCKETS as u64) as usize
    }
}

/// BLAKE3 hash of the identities of rows in an order.
pub(crate) fn rows_hash(rows: impl Iterator<Item = RowId>) -> String {
    let mut hash = blake3::Hasher::new();
    for row in rows {
        hash.update(&row.bytes());
    }
    hash.finalize().to_hex().to_string()
}

/// One labelled posting.
#[derive(Debug, Clone)]
pub struct Example {
    /// Which posting it is.
    pub row: RowId,
    /// Place of its label among the outcomes: a role's place, or the number of roles for `other`.
    pub outcome: usize,
    /// Whether it is one of the roles.
    pub of_role: bool,
    /// Its features, ordered.
    pub features: Arc<[Shown]>,
    /// How often each role is named; last the names that leave it undecided.
    pub mentions: Vec<u32>,
}

impl Example {
    /// The features of a labelled posting.
    pub fn new(
        evidence: &Evidence,
        title: &str,
        company: &str,
        label: Label,
        lexicon: &Lexicon,
    ) -> Self {
        let outcome = label.outcome(lexicon.roles());
        let row = RowId {
            organisation: organisation(company, evidence.text()),
            text: short_hash(evidence.text().as_str()),
            title: short_hash(&format!("{title}\0{company}")) as u32,
            class: lexicon.class(label, title) as u16,
        };
        Self {
            row,
            outcome,
            of_role: label != Label::Other,
            features: evidence.features().iter().map(|f| Shown::new(f.key, f.plain)).collect(),
            mentions: evidence.mentions().to_vec(),
        }
    }
}

/// Hash of the organisation of a posting, or of its text where no organisation is named.
pub fn organisation(company: &str, text: &CleanText) -> u64 {
    let name: String =
        company.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    short_hash(if name.is_empty() { text.as_str() } else { &name })
}

fn short_hash(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
}

/// Puts rows that must not vouch for each other into one group: the same organisation, or the same
/// text under two organisations. Gives each row the number of its group, counted from 0 in the
/// order of the rows.
pub(super) fn groups(rows: &[RowId]) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..rows.len()).collect();
    for key in [|row: &RowId| row.organisation, |row: &RowId| row.text] {
        let mut first = std::collections::HashMap::new();
        for (i, row) in rows.iter().enumerate() {
            let other = *first.entry(key(row)).or_insert(i);
            join(&mut parent, i, other);
        }
    }
    (0..rows.len()).map(|i| root(&mut parent, i)).collect()
}

/// Puts the groups of two rows together; a group is known by its first row.
pub(crate) fn join(parent: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parent, a), root(parent, b));
    parent[a.max(b)] = a.min(b);
}

/// The first row of the group of a row.
pub(crate) fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}
