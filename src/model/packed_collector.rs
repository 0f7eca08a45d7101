//! The wire format of a [`Collector`], to collect on one machine and count on another.

use super::envelope::{Kind, open_with, read, seal, unfit};
use super::error::ModelError;
use super::feature_texts::FeatureTexts;
use crate::evidence::{FeatureKey, Occurrence, Stated};
use crate::examples::example::Example;
use crate::examples::identity::RowId;
use crate::examples::near_copies::NearKeys;
use crate::lexicon::Lexicon;
use crate::model::collect::{Collector, Provenance};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The serialised fields. Features are stored as text where they have one, and as keys otherwise.
#[derive(Serialize, Deserialize)]
struct PackedCollector {
    texts: FeatureTexts,
    /// Keys of the other features.
    unnamed: Vec<u64>,
    rows: Vec<PackedRow>,
    provenance: Provenance,
}

#[derive(Serialize, Deserialize)]
struct PackedRow {
    organisation: u64,
    text: u64,
    title: u32,
    class: u16,
    near: NearKeys,
    /// Twice the index of each feature, plus one if it occurs in lower case.
    features: Vec<u32>,
    mentions: Vec<u32>,
    /// What the title states, as a number.
    states: i32,
}

impl Collector {
    /// Adds what another has collected. The trained model is the same in either order.
    pub fn merge(&mut self, other: Self) {
        let Self { examples, names, provenance } = other;
        self.examples.extend(examples);
        self.names.extend(&names);
        self.provenance.add(provenance);
    }

    /// Serialises and compresses it, to about two kilobytes for each posting.
    ///
    /// # Panics
    /// Never: numbers and text can be serialised.
    pub fn to_bytes(&self, lexicon: &Lexicon) -> Vec<u8> {
        let mut keys: Vec<FeatureKey> =
            self.examples.iter().flat_map(Example::all_features).map(Occurrence::key).collect();
        keys.sort_unstable();
        keys.dedup();
        let (mut named, mut unnamed) = (Vec::new(), Vec::new());
        for key in keys {
            match self.names.shard(key).text(key) {
                Some(text) => named.push((key, text.to_owned())),
                None => unnamed.push(key),
            }
        }
        let keys = named.iter().map(|n| n.0).chain(unnamed.iter().copied());
        let indices: HashMap<FeatureKey, u32> = keys.zip(0..).collect();
        let packed = |f: &Occurrence| indices[&f.key()] << 1 | u32::from(f.plain());
        let row = |example: &Example| PackedRow {
            organisation: example.row.organisation,
            text: example.row.text,
            title: example.row.title,
            class: example.row.class,
            near: example.row.near,
            features: example.all_features().iter().map(packed).collect(),
            mentions: example.mentions.clone(),
            states: example.states.number(),
        };
        let mut texts = FeatureTexts::default();
        for (key, text) in &named {
            texts.push(key.channel(), text);
        }
        let collector = PackedCollector {
            texts,
            unnamed: unnamed.iter().map(|key| key.number()).collect(),
            rows: self.examples.iter().map(row).collect(),
            provenance: self.provenance.clone(),
        };
        seal(Kind::Counts, lexicon.hash(), 1, |bytes| {
            postcard::to_io(&collector, bytes).map(drop).map_err(std::io::Error::other)
        })
    }

    /// Reads the bytes of [`Self::to_bytes`].
    ///
    /// # Errors
    /// What is wrong with them, and that they belong to another lexicon or another rolecall.
    pub fn from_bytes(bytes: &[u8], lexicon: &Lexicon) -> Result<Self, ModelError> {
        let opened = open_with(Kind::Counts, bytes, lexicon)?;
        let (packed, _): (PackedCollector, _) = read(Kind::Counts, opened.payload())?;
        packed.collector(lexicon).ok_or_else(|| unfit(Kind::Counts))
    }
}

impl PackedCollector {
    fn collector(self, lexicon: &Lexicon) -> Option<Collector> {
        let [roles, classes] = lexicon.sizes();
        let mut collector = Collector { provenance: self.provenance, ..Collector::default() };
        let mut keys = Vec::new();
        for (key, text) in self.texts.iter() {
            collector.names.insert(key, text);
            keys.push(key);
        }
        let named = keys.len();
        for number in self.unnamed {
            keys.push(FeatureKey::from_number(number)?);
        }
        for row in self.rows {
            let PackedRow { organisation, text, title, class, near, features, mentions, states } =
                row;
            let occurrences = features.into_iter().map(|packed| {
                let (index, plain) = ((packed >> 1) as usize, packed & 1 == 1);
                // Only features with a text can occur in lower case.
                (!plain || index < named).then_some(Occurrence::new(*keys.get(index)?, plain))
            });
            let mut occurrences = occurrences.collect::<Option<Vec<Occurrence>>>()?;
            occurrences.sort_unstable();
            let row = RowId::new(organisation, text, title, class).with_near(near);
            let sound = row.class() < classes
                && mentions.len() == roles + 1
                && occurrences.is_sorted_by(|a, b| a.key() < b.key());
            let states = Stated::from_number(states);
            sound.then(|| {
                let counted = if row.with_title() { row } else { row.title_toggled() };
                let example = Example::of_parts(counted, roles, &occurrences, states, mentions);
                collector.examples.push(if row.with_title() {
                    example
                } else {
                    example.title_toggled()
                });
            })?;
        }
        Some(collector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Extractor;
    use crate::model::Counting;
    use crate::model::envelope::open;
    use crate::roles::Label;

    /// Postings of each role by several organisations, some in one collector and some in the other.
    fn collected(lexicon: &Lexicon) -> [Collector; 2] {
        let mut parts = [Collector::default(), Collector::default()];
        for (i, role) in lexicon.roles().ids().enumerate() {
            for organisation in 0..4 {
                let name = &lexicon.roles().get(role).name;
                let text =
                    format!("As {name} you plan the backlog {i} of firm number {organisation}");
                let evidence = Extractor::new(lexicon).extract("", &text);
                let company = format!("Firm {organisation}");
                let part = &mut parts[organisation % 2];
                part.add(&evidence, name, &company, Ok(Label::Role(role)), lexicon);
                part.leave_out("chef");
            }
        }
        parts
    }

    fn model(collector: Collector, lexicon: &Lexicon) -> Vec<u8> {
        let model = collector.train(Counting::default(), lexicon).expect("there are rows enough");
        let mut bytes = Vec::new();
        model.write(&mut bytes).expect("memory");
        bytes
    }

    #[test]
    fn parts_make_the_same_model_whichever_comes_first() {
        let lexicon = Lexicon::embedded().expect("it is sound");
        let [mut one, other] = collected(&lexicon);
        one.merge(other);
        let expected = model(one, &lexicon);
        let [one, other] = collected(&lexicon);
        let again = |c: &Collector| Collector::from_bytes(&c.to_bytes(&lexicon), &lexicon);
        let [one, mut other] = [again(&one), again(&other)].map(|c| c.expect("it was written"));
        other.merge(one);
        assert!(model(other, &lexicon) == expected);
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let lexicon = Lexicon::embedded().expect("it is sound");
        let [one, _] = collected(&lexicon);
        let whole = one.to_bytes(&lexicon);
        let (opened, _) = open(Kind::Counts, &whole).expect("it was sealed");
        let bytes = opened.payload();
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 1;
            // The checksum fits, as that of one who does it on purpose.
            let packed = seal(Kind::Counts, lexicon.hash(), 1, |bytes| {
                bytes.extend_from_slice(&damaged);
                Ok(())
            });
            if let Ok(read) = Collector::from_bytes(&packed, &lexicon) {
                drop(read.train(Counting::default(), &lexicon));
            }
            assert!(Collector::from_bytes(&packed[..packed.len() - 1], &lexicon).is_err());
        }
    }
}
