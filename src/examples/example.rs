//! Labelled postings as training sees them: hashes of features, never text.

use crate::evidence::{Channel, Evidence, Feature, Occurrence, Stated};
use crate::examples::feature_list::{FeatureFile, FeatureList};
use crate::examples::identity::RowId;
use crate::examples::near_copies::NearKeys;
use crate::lexicon::Lexicon;
use crate::roles::Label;
use std::cmp::Ordering;
use std::io;
use std::sync::Arc;

/// One labelled posting.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its identity.
    pub row: RowId,
    /// Index of its label: a role's index, or the number of roles for `other`.
    pub outcome: usize,
    /// Whether it is one of the roles.
    pub(crate) of_role: bool,
    /// The features of its text.
    pub(crate) text: FeatureList,
    /// The features of its title, counted or not: as keys they come after those of the text.
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
        let class = lexicon.class(label, title);
        let near = NearKeys::of(evidence.features().iter().map(|f| f.key));
        let row = RowId::of_posting(title, company, evidence.text(), class).with_near(near);
        let features = evidence.features();
        let of_text = features.partition_point(|f| f.key.channel() < Channel::Title);
        let (text, title) = features.split_at(of_text);
        let occurrences = |features: &[Feature]| {
            features.iter().map(|f| Occurrence::new(f.key, f.plain)).collect()
        };
        Self {
            row,
            outcome,
            of_role: label != Label::Other,
            text: FeatureList::InMemory(occurrences(text)),
            title: occurrences(title),
            states: evidence.stated(),
            mentions: evidence.mentions().to_vec(),
        }
    }

    /// An example all of whose features are counted.
    pub(crate) fn of_parts(
        row: RowId,
        roles: usize,
        features: &[Occurrence],
        states: Stated,
        mentions: Vec<u32>,
    ) -> Self {
        let outcome = row.class().min(roles);
        let (text, title) = features.split_at(features.partition_point(|f| !is_of_title(*f)));
        let text = text.iter().copied().collect();
        let title = title.into();
        Self { row, outcome, of_role: outcome < roles, text, title, states, mentions }
    }

    /// The canonical order: by identity, and of one row saved in several ways by its features.
    pub(crate) fn canonical_order(&self, other: &Self) -> Ordering {
        let rest = |a: &Self, b: &Self| {
            a.features()
                .cmp(&b.features())
                .then_with(|| (&a.title, &a.mentions).cmp(&(&b.title, &b.mentions)))
        };
        self.row.cmp(&other.row).then_with(|| rest(self, other))
    }

    /// The same, with the features of its text in a file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn in_file(self, file: &FeatureFile) -> io::Result<Self> {
        Ok(Self { text: self.text.in_file(file)?, ..self })
    }

    /// Its features that are counted, sorted.
    pub(crate) fn features(&self) -> Vec<Occurrence> {
        if self.row.with_title() { self.all_features() } else { self.text.to_vec() }
    }

    /// All of its features, those of its title among them, sorted.
    pub(crate) fn all_features(&self) -> Vec<Occurrence> {
        let mut features = self.text.to_vec();
        features.extend_from_slice(&self.title);
        features
    }

    /// Whether it has the features of another, because both share them.
    pub(crate) fn shares_features(&self, other: &Self) -> bool {
        let of_title = |example: &Self| (example.row.with_title(), example.title.clone());
        self.text.is_same(&other.text) && of_title(self) == of_title(other)
    }

    /// This row without the features of its title, with the same identity.
    #[must_use]
    pub(crate) fn without_title(self) -> Self {
        Self { title: Arc::new([]), states: Stated::NO_TITLE, ..self }
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
        Self { row: self.row.title_toggled(), ..self.clone() }
    }
}

fn is_of_title(feature: Occurrence) -> bool {
    feature.key().channel() == Channel::Title
}
