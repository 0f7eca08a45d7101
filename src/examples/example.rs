//! Labelled postings as training sees them: hashes of features, never text.

use crate::evidence::{Channel, Evidence, Occurrence, Stated};
use crate::examples::near_copies::NearKeys;
use crate::examples::organisation::{organisation, short_hash};
use crate::lexicon::Lexicon;
use crate::roles::Label;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Organisations are hashed into this many buckets. A feature's support is the number of buckets in which it occurs:
/// masks of buckets are small where sets of organisations are not, and three buckets mean at least three
/// organisations.
pub(crate) const BUCKETS: usize = 16;

/// Identity of a labelled posting, by its title, organisation, text and class. Its order is the canonical order of
/// rows.
///
/// Two postings of one organisation and title but different texts collide with a probability of 2^-64; two of the same
/// text but different titles or spellings of the organisation, of 2^-32.
#[derive(Debug, Clone, Copy)]
pub struct RowId {
    /// Hash of the organisation, or of the text where no organisation is named.
    pub organisation: u64,
    /// Hash of the text.
    pub(crate) text: u64,
    /// Hash of the title and of the organisation as written.
    pub(crate) title: u32,
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
    /// A row without near-copy keys.
    pub(crate) fn new(organisation: u64, text: u64, title: u32, class: u16) -> Self {
        Self { organisation, text, title, class, near: NearKeys::default() }
    }

    /// This row with the near-copy keys of its text.
    pub(crate) fn with_near(self, near: NearKeys) -> Self {
        Self { near, ..self }
    }

    /// What identity and order are defined by.
    fn parts(&self) -> (u64, u64, u32, u16) {
        (self.organisation, self.text, self.title, self.class)
    }

    /// Index of its class: a role's index, or the number of roles plus that of a family of other jobs.
    pub(crate) fn class(self) -> usize {
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
    pub(crate) fn bucket(self) -> usize {
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

/// One labelled posting.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its identity.
    pub row: RowId,
    /// Index of its label: a role's index, or the number of roles for `other`.
    pub outcome: usize,
    /// Whether it is one of the roles.
    pub(crate) of_role: bool,
    /// Its features that are counted, sorted.
    pub(crate) features: Arc<[Occurrence]>,
    /// The features of its title, counted or not.
    pub(crate) title: Arc<[Occurrence]>,
    /// What its title states.
    pub(crate) states: Stated,
    /// How often each role is named; last the ambiguous names.
    pub(crate) mentions: Vec<u32>,
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
            near: NearKeys::of(evidence.features().iter().map(|f| f.key)),
        };
        let occurrences = || evidence.features().iter().map(|f| Occurrence::new(f.key, f.plain));
        Self {
            row,
            outcome,
            of_role: label != Label::Other,
            features: occurrences().collect(),
            title: occurrences().filter(|f| is_of_title(*f)).collect(),
            states: evidence.stated(),
            mentions: evidence.mentions().to_vec(),
        }
    }

    /// An example all of whose features are counted.
    pub(crate) fn of_parts(
        row: RowId,
        roles: usize,
        features: Arc<[Occurrence]>,
        states: Stated,
        mentions: Vec<u32>,
    ) -> Self {
        let outcome = row.class().min(roles);
        let title = features.iter().copied().filter(|f| is_of_title(*f)).collect();
        Self { row, outcome, of_role: outcome < roles, features, title, states, mentions }
    }

    /// This row without the features of its title, with the same identity.
    #[must_use]
    pub(crate) fn without_title(self) -> Self {
        let features = self.features.iter().copied().filter(|f| !is_of_title(*f)).collect();
        Self { features, title: Arc::new([]), states: Stated::NO_TITLE, ..self }
    }

    /// All of its features, those of its title among them.
    pub(crate) fn all_features(&self) -> impl Iterator<Item = &Occurrence> {
        let uncounted = if self.row.with_title() { &[] } else { &*self.title };
        self.features.iter().chain(uncounted)
    }

    /// What its title states, if the title is counted.
    pub fn stated(&self) -> Stated {
        if self.row.with_title() { self.states } else { Stated::NO_TITLE }
    }

    /// Whether its title is like that of a role, counted or not.
    pub(crate) fn states_role_like(&self) -> bool {
        self.states.is_role_like()
    }

    /// Whether its label differs from the role that its title states, if the title is counted and states one role.
    pub(crate) fn differs_from_title(&self) -> Option<bool> {
        self.stated().one().map(|role| role.index() != self.outcome)
    }

    /// The same row, its title counted if it was not, and the other way round.
    #[must_use]
    pub(crate) fn title_toggled(&self) -> Self {
        let features = if self.row.with_title() {
            self.features.iter().copied().filter(|f| !is_of_title(*f)).collect()
        } else {
            self.all_features().copied().collect()
        };
        Self { row: self.row.title_toggled(), features, ..self.clone() }
    }
}

fn is_of_title(feature: Occurrence) -> bool {
    feature.key().channel() == Channel::Title
}
