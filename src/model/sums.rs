//! Distributed counting: the counts of several machines are summed by feature, so that no posting has to be moved to
//! where the model is fitted.

use super::collect::Counting;
use super::collect::{Collector, Provenance};
use super::envelope::{Kind, open_with, read, seal};
use super::error::ModelError;
use super::requirements::{require_organisations, require_rows};
use super::store::Header;
use super::trained::Model;
use crate::counts::count_matrix::CountMatrix;
use crate::counts::feature_counts::FeatureCounts;
use crate::counts::feature_names::FeatureNames;
use crate::examples::example::Example;
use crate::examples::identity::RowId;
use crate::examples::neighbours::Neighbours;
use crate::holdout::leave_group_out::held_out;
use crate::lexicon::Lexicon;
use crate::model::training_state::{TrainingState, sample_cut};
use crate::stacking::fit::Fit;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Counts of labelled postings, summed by feature.
///
/// The postings of an organisation must be counted on one machine. Then, in three steps:
///
/// 1. Each machine counts its postings ([`Collector::sums`]), and all sums are added up ([`Self::plus`]).
/// 2. The postings of the groups in [`Self::sampled`] are brought together by group, all neighbours in one, and scored
///    by [`Self::others`] without their neighbours ([`Self::scored`], [`Self::with_scores`]).
/// 3. The model is fitted ([`Self::train`]): the same, byte for byte, as from all postings at once.
#[derive(Debug, Clone)]
pub struct Sums {
    training_state: TrainingState,
    provenance: Provenance,
}

/// Which postings the combination is fitted to, as [`Sums::sampled`] gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    /// The largest hash of a text in the sample.
    pub cut: u64,
    /// The group of each organisation, if any posting of the group is in the sample: all postings of a group must be
    /// scored on one machine.
    pub groups: BTreeMap<u64, u64>,
}

impl Collector {
    /// Counts what was collected.
    pub fn sums(mut self, counting: Counting) -> Sums {
        self.order(counting);
        let rows: Vec<&Example> = self.examples.iter().collect();
        Sums::of(&rows, self.names, self.provenance)
    }
}

impl Sums {
    pub(super) fn of(rows: &[&Example], names: Arc<FeatureNames>, provenance: Provenance) -> Self {
        let matrix = CountMatrix::new(rows, names);
        Self {
            training_state: TrainingState { matrix, cut: u64::MAX, ..TrainingState::default() },
            provenance,
        }
    }

    /// The largest hash of a text in the sample of all rows.
    pub(super) fn cut(&self) -> u64 {
        sample_cut(self.training_state.matrix.rows.iter().map(|row| row.text))
    }

    /// Sets the held-out scores of those rows that are in the sample, each by all counts without its neighbours.
    pub(super) fn sample(&mut self, rows: &[&Example], cut: u64, lexicon: &Lexicon) {
        let sampled = |row: RowId| row.text <= cut;
        let (feature_counts, _) =
            FeatureCounts::from_matrix(&self.training_state.matrix, lexicon.sizes());
        self.training_state.sample = held_out(rows, feature_counts, lexicon, sampled).1;
    }

    /// The sum of these and others.
    ///
    /// # Errors
    /// [`ModelError::Corrupt`] if a count overflows.
    pub fn plus(mut self, other: Self) -> Result<Self, ModelError> {
        let matrix = self.training_state.matrix.plus(&other.training_state.matrix);
        let large = || ModelError::Corrupt("a count is above 4,294,967,295".to_owned());
        self.training_state.matrix = matrix.ok_or_else(large)?;
        self.provenance.add(other.provenance);
        Ok(self)
    }

    /// Which postings must be scored.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if a role has fewer than two organisations.
    pub fn sampled(&self, lexicon: &Lexicon) -> Result<Sampled, ModelError> {
        let (cut, rows) = (self.cut(), &self.training_state.matrix.rows);
        require_rows(rows.len(), lexicon.roles())?;
        require_organisations(rows, lexicon.roles())?;
        let group_of = Neighbours::new(rows).chains();
        let mut wanted = vec![false; rows.len()];
        for (row, &group) in rows.iter().zip(&group_of) {
            wanted[group] |= row.text <= cut;
        }
        let groups = rows.iter().zip(&group_of).filter(|(_, group)| wanted[**group]);
        let groups = groups.map(|(row, &group)| (row.organisation, group as u64)).collect();
        Ok(Sampled { cut, groups })
    }

    /// The counts that postings are scored by: the features that are frequent enough, and no row.
    #[must_use]
    pub fn others(&self, lexicon: &Lexicon) -> Self {
        let matrix = self.training_state.matrix.frequent(lexicon.sizes());
        let provenance = Provenance::default();
        Self {
            training_state: TrainingState { matrix, cut: u64::MAX, ..TrainingState::default() },
            provenance,
        }
    }

    /// The held-out scores of the collected postings that are in the sample. The groups must be complete, and these
    /// sums must be [`Self::others`].
    #[must_use]
    pub fn scored(
        mut self,
        mut collected: Collector,
        cut: u64,
        counting: Counting,
        lexicon: &Lexicon,
    ) -> Self {
        collected.order(counting);
        let rows: Vec<&Example> = collected.examples.iter().collect();
        self.sample(&rows, cut, lexicon);
        self.training_state.matrix = CountMatrix::default();
        self.training_state.matrix.rows =
            self.training_state.sample.iter().map(|scored| scored.row).collect();
        self
    }

    /// These with the scores of some of their postings, from [`Self::scored`].
    #[must_use]
    pub fn with_scores(mut self, scored: Self) -> Self {
        self.training_state.sample.extend(scored.training_state.sample);
        self
    }

    /// Trains a model.
    ///
    /// # Errors
    /// [`ModelError::Corrupt`] if the scores are not those of the sample, or fitting fails.
    pub fn train(self, lexicon: &Lexicon) -> Result<Model, ModelError> {
        let Self { mut training_state, provenance } = self;
        training_state.cut = sample_cut(training_state.matrix.rows.iter().map(|row| row.text));
        training_state.sample.sort_by_key(|scored| scored.row);
        let sampled =
            training_state.matrix.rows.iter().filter(|row| row.text <= training_state.cut);
        if !sampled.eq(training_state.sample.iter().map(|scored| &scored.row)) {
            let why = "the scores are not those of the rows that were asked for";
            return Err(ModelError::Corrupt(why.to_owned()));
        }
        let header = || {
            let fit =
                Fit::new(&training_state.sample, lexicon.sizes(), None, None, lexicon.roles());
            Header {
                tool: env!("CARGO_PKG_VERSION").to_owned(),
                roles: lexicon.roles().clone(),
                lexicon: lexicon.hash().to_owned(),
                lexicon_bytes: 0,
                families: lexicon.families().to_vec(),
                postings: Vec::new(),
                organisations: 0,
                rows_hash: String::new(),
                provenance: provenance.without_rare(),
                history: Vec::new(),
                base: None,
                training_state: None,
                held_out: fit.summaries,
                kept_out: fit.kept_out,
                combinations: fit.combinations,
            }
        };
        Model::assemble(header, &training_state, lexicon)
    }

    /// The provenance of the counts.
    pub fn provenance(&mut self) -> &mut Provenance {
        &mut self.provenance
    }

    /// Serialises and compresses them.
    ///
    /// # Panics
    /// Never: numbers and text can be serialised.
    pub fn to_bytes(&self, lexicon: &Lexicon) -> Vec<u8> {
        seal(Kind::Sums, lexicon.hash(), 1, |bytes| {
            postcard::to_io(&self.provenance, &mut *bytes).map_err(std::io::Error::other)?;
            self.training_state.write(bytes)
        })
    }

    /// Reads the bytes of [`Self::to_bytes`].
    ///
    /// # Errors
    /// What is wrong with them, and that they belong to another lexicon or another rolecall.
    pub fn from_bytes(bytes: &[u8], lexicon: &Lexicon) -> Result<Self, ModelError> {
        let opened = open_with(Kind::Sums, bytes, lexicon)?;
        let (provenance, rest) = read(Kind::Sums, opened.payload())?;
        let training_state = TrainingState::from_bytes(rest, lexicon.sizes())?;
        Ok(Self { training_state, provenance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Extractor;
    use crate::model::envelope::open;
    use crate::roles::Label;

    const PARTS: usize = 3;

    /// Postings of each role by several organisations, some twice, and some of one text by two organisations; those of
    /// an organisation in one of the parts.
    fn collected(lexicon: &Lexicon, parts: usize) -> Vec<Collector> {
        let mut collectors = vec![Collector::default(); parts];
        for (i, role) in lexicon.roles().ids().enumerate() {
            for organisation in 0..7 {
                let name = &lexicon.roles().get(role).name;
                let of = organisation % 5;
                let text =
                    format!("As {name} you plan the backlog {i} of the firm, which is number {of}");
                let evidence = Extractor::new(lexicon).extract("", &text);
                let company = format!("Firm {organisation}");
                let collector = &mut collectors[organisation % parts];
                for _ in 0..=organisation % 2 {
                    collector.add(&evidence, name, &company, Ok(Label::Role(role)), lexicon);
                }
                collector.leave_out("chef");
            }
        }
        collectors
    }

    fn bytes(model: &Model) -> Vec<u8> {
        let mut bytes = Vec::new();
        model.write(&mut bytes).expect("memory");
        bytes
    }

    fn sent(sums: &Sums, lexicon: &Lexicon) -> Sums {
        Sums::from_bytes(&sums.to_bytes(lexicon), lexicon).expect("it was written")
    }

    #[test]
    fn sums_of_parts_make_the_model_of_all_rows() {
        let lexicon = Lexicon::embedded().expect("it is sound");
        for twice in [false, true] {
            let counting = Counting { twice };
            let all = collected(&lexicon, 1).remove(0).train(counting, &lexicon);
            let sums = collected(&lexicon, PARTS).into_iter().map(|part| part.sums(counting));
            let sums =
                sums.map(|part| sent(&part, &lexicon)).reduce(|a, b| a.plus(b).expect("small"));
            let mut sums = sums.expect("there are parts");
            let Sampled { cut, groups } = sums.sampled(&lexicon).expect("there are rows enough");
            let others = sent(&sums.others(&lexicon), &lexicon);
            // Complete groups, on two machines.
            let mut machines = [Collector::default(), Collector::default()];
            for mut part in collected(&lexicon, PARTS) {
                for example in std::mem::take(&mut part.examples) {
                    let group = groups[&example.row.organisation];
                    machines[group as usize % 2].add_example(example);
                }
            }
            for machine in machines {
                let scored = others.clone().scored(machine, cut, counting, &lexicon);
                sums = sums.with_scores(sent(&scored, &lexicon));
            }
            let model = sums.train(&lexicon).expect("there are rows enough");
            assert!(bytes(&model) == bytes(&all.expect("there are rows enough")));
        }
    }

    #[test]
    fn a_sample_without_scores_is_refused() {
        let lexicon = Lexicon::embedded().expect("it is sound");
        let sums = collected(&lexicon, 1).remove(0).sums(Counting::default());
        let error = sums.train(&lexicon).expect_err("no row was scored");
        assert!(error.to_string().contains("the scores are not those"), "{error}");
    }

    #[test]
    fn damaged_bytes_are_refused_or_make_sense() {
        let lexicon = Lexicon::embedded().expect("it is sound");
        let sums = collected(&lexicon, 1).remove(0).sums(Counting::default());
        let whole = sums.to_bytes(&lexicon);
        let (opened, _) = open(Kind::Sums, &whole).expect("it was sealed");
        let bytes = opened.payload();
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 1;
            // The checksum fits, as that of one who does it on purpose.
            let packed = seal(Kind::Sums, lexicon.hash(), 1, |bytes| {
                bytes.extend_from_slice(&damaged);
                Ok(())
            });
            if let Ok(read) = Sums::from_bytes(&packed, &lexicon) {
                drop(read.sampled(&lexicon));
                drop(read.plus(sums.clone()));
            }
            assert!(Sums::from_bytes(&packed[..packed.len() - 1], &lexicon).is_err());
        }
    }
}
