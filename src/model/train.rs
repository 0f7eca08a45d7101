//! Labelled rows to a model.

use super::combination::Combination;
use super::counts::{FeatureMap, SUPPORT, Tallies, Tally};
use super::examples::{Example, groups};
use super::held_out::{HeldOut, LexiconWeights};
use super::inputs::{Question, View};
use super::scores::Scores;
use super::store::{Features, Header, StoredFeature};
use super::summary::Summary;
use super::{Model, ModelError};
use crate::evidence::{Channel, Evidence, Lexicon};
use crate::roles::{Label, RoleSet};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Held-out probabilities come from combinations fitted without the row's group, in this many
/// parts.
const PARTS: usize = 10;
/// Stands in a model for labels that few rows have, or that are longer than a name.
pub const RARE_LABELS: &str = "(rare labels)";
/// Bytes of the longest label that a model names.
const LONGEST_LABEL: usize = 64;

/// Where a model comes from: never the postings themselves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// What the training data is called, if its owner named it.
    pub data: Option<String>,
    /// When it was trained, if its owner said so.
    pub date: Option<String>,
    /// Rows read.
    pub rows: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows with the title, company, text and label of another, and so not counted again.
    pub duplicates: u64,
    /// Rows left out because their label is not in the role set, by label; in a model, rare and
    /// long labels together as [`RARE_LABELS`], so that no row's own text gets into it.
    pub left_out: BTreeMap<String, u64>,
    /// Organisations, where a row without one counts as its own.
    pub organisations: u64,
    /// BLAKE3 hash over the hashes of the rows in sorted order: the same for the same rows in any
    /// order.
    pub rows_hash: String,
}

/// Collects labelled postings.
#[derive(Debug, Default)]
pub struct Collector {
    examples: Vec<Example>,
    /// Buckets that show a feature, and its text once they are enough.
    texts: FeatureMap<(u16, Option<Box<str>>)>,
    provenance: Provenance,
}

impl Collector {
    /// Adds one posting; `label` is an error with the reason or the text when there is no label of
    /// the role set.
    pub fn add(
        &mut self,
        evidence: &Evidence,
        title: &str,
        company: &str,
        label: Result<Label, &str>,
        lexicon: &Lexicon,
    ) {
        self.provenance.rows += 1;
        let label = match label {
            Ok(label) => label,
            Err(text) => {
                *self.provenance.left_out.entry(text.to_owned()).or_default() += 1;
                return;
            }
        };
        let example = Example::new(evidence, title, company, label, lexicon);
        for feature in evidence.features() {
            let (buckets, text) = self.texts.entry((feature.channel, feature.key)).or_default();
            *buckets |= u16::from(feature.plain) << example.bucket();
            if text.is_none() && buckets.count_ones() >= SUPPORT {
                *text = Some(evidence.feature_text(feature, lexicon).into());
            }
        }
        self.examples.push(example);
    }

    /// Notes rows that could not be read.
    pub fn reject(&mut self, rows: u64) {
        self.provenance.rows += rows;
        self.provenance.rejected += rows;
    }

    /// What has been collected so far.
    pub fn provenance(&mut self) -> &mut Provenance {
        &mut self.provenance
    }

    /// Trains a model on what was collected.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] if a role has fewer than two organisations, or fitting fails.
    pub fn train(self, lexicon: &Lexicon) -> Result<Model, ModelError> {
        if self.examples.is_empty() {
            let role = lexicon.roles().iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
            return Err(ModelError::TooFew { role, organisations: 0 });
        }
        self.model(lexicon)
    }

    /// A model of the lexicon alone, without any labelled posting. It accepts nothing, because nothing
    /// says how often it is right.
    ///
    /// # Errors
    /// None for a lexicon that could be read.
    pub fn lexicon_only(provenance: Provenance, lexicon: &Lexicon) -> Result<Model, ModelError> {
        Self { provenance, ..Self::default() }.model(lexicon)
    }

    fn model(mut self, lexicon: &Lexicon) -> Result<Model, ModelError> {
        self.examples.sort_unstable_by_key(|e| e.order);
        let before = self.examples.len();
        self.examples.dedup_by_key(|e| e.order);
        let examples: Vec<&Example> = self.examples.iter().collect();
        let mut provenance = self.provenance;
        provenance.left_out = without_rare(provenance.left_out);
        provenance.duplicates = (before - examples.len()) as u64;
        let groups_of = groups(&examples);
        provenance.organisations =
            groups_of.iter().enumerate().filter(|&(i, &g)| i == g).count() as u64;
        let mut hash = blake3::Hasher::new();
        for example in &examples {
            hash.update(&example.order);
        }
        provenance.rows_hash = hash.finalize().to_hex().to_string();

        let fitted = Fitted::new(&examples, lexicon)?;
        let held_out = held_out(&examples, &fitted)?;
        let mut kept: Vec<(Channel, &str, &Tally)> = Vec::new();
        for (key, tally) in fitted.tallies.features.iter().zip(&fitted.tallies.list) {
            // A feature with support has its text: both need the same number of buckets.
            if let Some((_, Some(text))) = self.texts.get(key).filter(|_| tally.takes_part(key.0)) {
                kept.push((key.0, text, tally));
            }
        }
        kept.sort_unstable_by_key(|&(channel, text, _)| (channel, text));
        let mut features = Features::new(fitted.tallies.classes);
        for (channel, text, tally) in kept {
            let support = tally.support();
            features.push(StoredFeature { channel, text, postings: &tally.postings, support });
        }
        let mut postings = vec![0; fitted.tallies.classes];
        for example in &examples {
            postings[example.class] += 1;
        }
        let header = Header {
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            roles: lexicon.roles().clone(),
            lexicon: lexicon.hash().to_owned(),
            families: lexicon.families().to_vec(),
            postings,
            provenance,
            held_out: View::ALL.map(|v| held_out.summary(v, &examples, lexicon.roles())).to_vec(),
            combinations: fitted.combinations,
        };
        Model::new(header, features, lexicon)
    }
}

/// Keeps the labels that are names of classes and not the text of single rows.
fn without_rare(labels: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut kept = BTreeMap::new();
    for (label, rows) in labels {
        let named = rows >= u64::from(SUPPORT) && label.len() <= LONGEST_LABEL;
        let label = if named { label } else { RARE_LABELS.to_owned() };
        *kept.entry(label).or_default() += rows;
    }
    kept
}

/// Counts, held-out scores of the rows counted, and the combinations fitted on them.
pub(crate) struct Fitted {
    pub(crate) tallies: Tallies,
    pub(crate) lexicon: LexiconWeights,
    pub(crate) scores: Vec<Scores>,
    pub(crate) combinations: Vec<Combination>,
    /// Numbers of roles and of classes.
    sizes: [usize; 2],
}

impl Fitted {
    pub(crate) fn new(examples: &[&Example], lexicon: &Lexicon) -> Result<Self, ModelError> {
        let roles = lexicon.roles().len();
        let required = if examples.is_empty() { 0 } else { 2 };
        for role in lexicon.roles().ids() {
            let mut of_role: Vec<u64> = examples
                .iter()
                .filter(|e| e.outcome == role.index())
                .map(|e| e.organisation)
                .collect();
            of_role.sort_unstable();
            of_role.dedup();
            if of_role.len() < required {
                let role = lexicon.roles().get(role).id.clone();
                return Err(ModelError::TooFew { role, organisations: of_role.len() });
            }
        }
        let tallies = Tallies::new(examples, roles + lexicon.families().len());
        let lexicon = LexiconWeights::new(lexicon);
        let scores = HeldOut::new(&tallies, &lexicon).scores(examples);
        let rows: Vec<(&Scores, usize)> =
            scores.iter().zip(examples).map(|(s, e)| (s, e.outcome)).collect();
        let sizes = [roles, tallies.classes];
        let combinations = combine(&rows, sizes)?;
        Ok(Self { tallies, lexicon, scores, combinations, sizes })
    }
}

/// Fits the combinations of both views and questions; `sizes` are the numbers of roles and classes.
fn combine(rows: &[(&Scores, usize)], sizes: [usize; 2]) -> Result<Vec<Combination>, ModelError> {
    let [roles, _] = sizes;
    let in_scope: Vec<(&Scores, usize)> = rows.iter().copied().filter(|r| r.1 < roles).collect();
    let scope: Vec<(&Scores, usize)> =
        rows.iter().map(|&(s, outcome)| (s, usize::from(outcome == roles))).collect();
    let mut combinations = Vec::new();
    for view in View::ALL {
        combinations.push(Combination::fit(view, Question::Role, &in_scope, sizes)?);
        combinations.push(Combination::fit(view, Question::Scope, &scope, sizes)?);
    }
    Ok(combinations)
}

/// What a model says of one posting.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Probabilities {
    /// Of each role, given that it is one of them; sum 1.
    pub closed: Vec<f64>,
    /// That it is one of the roles at all.
    pub in_scope: f64,
}

impl Probabilities {
    pub(crate) fn new(combinations: &[Combination], view: View, scores: &Scores) -> Self {
        let of = |question| Combination::of(combinations, view, question).probabilities(scores);
        Self { closed: of(Question::Role), in_scope: of(Question::Scope)[0] }
    }

    /// Of each role and then of `other`; sum 1.
    pub fn open(&self) -> Vec<f64> {
        let roles = self.closed.iter().map(|p| p * self.in_scope);
        roles.chain([1.0 - self.in_scope]).collect()
    }
}

/// Probabilities of each row by a model and combinations that never saw its group.
#[derive(Debug)]
pub struct HeldOutProbabilities {
    /// By view, then by row.
    pub views: [Vec<Probabilities>; 2],
}

fn held_out(examples: &[&Example], fitted: &Fitted) -> Result<HeldOutProbabilities, ModelError> {
    let (groups, scores) = (&groups(examples), &fitted.scores);
    let mut views = View::ALL.map(|_| Vec::with_capacity(examples.len()));
    let outside = |part: usize| {
        let rows = (0..examples.len()).filter(move |&i| groups[i] % PARTS != part);
        rows.map(|i| (&scores[i], examples[i].outcome)).collect::<Vec<_>>()
    };
    let combined: Result<Vec<_>, ModelError> =
        (0..PARTS).into_par_iter().map(|part| combine(&outside(part), fitted.sizes)).collect();
    let combined = combined?;
    for view in View::ALL {
        for (i, scores) in scores.iter().enumerate() {
            let p = Probabilities::new(&combined[groups[i] % PARTS], view, scores);
            views[view as usize].push(p);
        }
    }
    Ok(HeldOutProbabilities { views })
}

/// Held-out probabilities of rows, leaving out one organisation at a time.
///
/// # Errors
/// As [`Collector::train`].
pub fn leave_organisation_out(
    examples: &[&Example],
    lexicon: &Lexicon,
) -> Result<HeldOutProbabilities, ModelError> {
    let fitted = Fitted::new(examples, lexicon)?;
    held_out(examples, &fitted)
}

/// A model of some rows, to judge others by.
pub struct Trained<'a> {
    rows: Vec<&'a Example>,
    fitted: Fitted,
}

impl<'a> Trained<'a> {
    /// Trains on rows, or takes the lexicon alone if there are none.
    ///
    /// # Errors
    /// As [`Collector::train`].
    pub fn new(rows: &[&'a Example], lexicon: &Lexicon) -> Result<Self, ModelError> {
        let mut rows = rows.to_vec();
        rows.sort_unstable_by_key(|e| e.order);
        rows.dedup_by_key(|e| e.order);
        let fitted = Fitted::new(&rows, lexicon)?;
        Ok(Self { rows, fitted })
    }

    /// What it says of other rows.
    pub fn predict(&self, rows: &[&Example], view: View) -> Vec<Probabilities> {
        let scorer = HeldOut::new(&self.fitted.tallies, &self.fitted.lexicon);
        let predict = |e: &&Example| {
            Probabilities::new(&self.fitted.combinations, view, &scorer.score_new(e))
        };
        rows.iter().map(predict).collect()
    }

    /// Figures and thresholds from its own rows, held out.
    ///
    /// # Errors
    /// As [`Collector::train`].
    pub fn summary(&self, view: View, roles: &RoleSet) -> Result<Summary, ModelError> {
        Ok(held_out(&self.rows, &self.fitted)?.summary(view, &self.rows, roles))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_organisations_are_enough() {
        let lexicon = Lexicon::embedded().expect("the lexicon is sound");
        // Their groups are 0 and 10, and so in the same part: outside it there is no row.
        let rows: Vec<Example> = (0..20u8)
            .map(|i| Example {
                order: [i; 32],
                organisation: u64::from(i / 10),
                text: u64::from(i),
                outcome: usize::from(i % 3),
                class: usize::from(i % 3),
                of_role: true,
                features: Vec::new(),
                mentions: vec![0; 4],
            })
            .collect();
        let rows: Vec<&Example> = rows.iter().collect();
        let [full, _] = leave_organisation_out(&rows, &lexicon).expect("a model").views;
        assert!(full.iter().all(|p| (p.closed.iter().sum::<f64>() - 1.0).abs() < 1e-12));
    }
}
