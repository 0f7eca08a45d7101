//! Labelled postings as training sees them: hashes of features, never text.

use crate::evidence::{Channel, Evidence, Lexicon};
use crate::roles::Label;

/// Organisations fall into this many buckets. A feature's support is the number of buckets that
/// show it: buckets add up where sets of organisations would not, and support in three buckets
/// means support in at least three organisations.
pub(super) const BUCKETS: usize = 16;

/// One labelled posting.
#[derive(Debug, Clone)]
pub struct Example {
    /// Hash of the row: puts rows in one order, whatever order they came in.
    pub order: [u8; 32],
    /// Hash of the organisation, or of the text where no organisation is named.
    pub organisation: u64,
    /// Hash of the text.
    pub text: u64,
    /// Place of its label among the outcomes: a role's place, or the number of roles for `other`.
    pub outcome: usize,
    /// Place of what it is counted as: a role's place, or past them that of a family of other jobs.
    pub class: usize,
    /// Whether it is one of the roles.
    pub of_role: bool,
    /// Its features, ordered by channel and key, and whether they stand in small letters.
    pub features: Vec<((Channel, u64), bool)>,
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
        let text = evidence.text().as_str();
        let mut row = blake3::Hasher::new();
        for part in [title, company, text] {
            row.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        row.update(&(outcome as u64).to_le_bytes());
        let name: String =
            company.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let text = short_hash(text);
        Self {
            order: *row.finalize().as_bytes(),
            organisation: if name.is_empty() { text } else { short_hash(&name) },
            text,
            outcome,
            class: lexicon.class(label, title),
            of_role: label != Label::Other,
            features: evidence.features().iter().map(|f| ((f.channel, f.key), f.plain)).collect(),
            mentions: evidence.mentions().to_vec(),
        }
    }

    /// The bucket of its organisation.
    pub fn bucket(&self) -> usize {
        (self.organisation % BUCKETS as u64) as usize
    }
}

fn short_hash(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
}

/// Puts rows that must not vouch for each other into one group: the same organisation, or the same
/// text under two organisations. Gives each row the number of its group, counted from 0 in the
/// order of the rows.
pub(super) fn groups(examples: &[&Example]) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..examples.len()).collect();
    for key in [|e: &Example| e.organisation, |e: &Example| e.text] {
        let mut first = std::collections::HashMap::new();
        for (i, example) in examples.iter().enumerate() {
            let other = *first.entry(key(example)).or_insert(i);
            let (a, b) = (root(&mut parent, i), root(&mut parent, other));
            parent[a.max(b)] = a.min(b);
        }
    }
    (0..examples.len()).map(|i| root(&mut parent, i)).collect()
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}
