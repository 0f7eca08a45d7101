//! An audit by a model, in steps on several machines. Texts stay where they are: the machine that joins the rows gets
//! numbers of each, and the names of organisations and of forms of titles.
//!
//! 1. Each machine reads its rows ([`AuditRows::add`]) and sends their numbers ([`AuditRows::numbers`]).
//! 2. These are joined ([`JoinedRows::new`]). Near copies and organisations are known then, and so is what of the
//!    model's counts is left out for each row ([`JoinedRows::left_out`]).
//! 3. Each machine scores its rows without that ([`AuditRows::scores`]).
//! 4. How titles go wrong is estimated from all rows, and which are suspect ([`JoinedRows::audit`]).
//! 5. Each machine finds what is the matter with its rows ([`AuditRows::findings`]).
//!
//! All findings together are those of [`AuditRows::audit`] by the same model, to the bit.

use crate::audit::assessed::{Assessed, Suspicion};
use crate::audit::finding::{AuditSummary, Finding};
use crate::audit::row_issues::RowIssue;
use crate::audit::rows::{AuditRows, ScoredRows};
use crate::audit::{Auditor, by_model, titled, whole_method};
use crate::examples::identity::{RowId, rows_hash};
use crate::lexicon::Lexicon;
use crate::model::{HoldoutScores, Message, Model, ModelCounts, ModelError};
use crate::stacking::probabilities::Probabilities;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// The numbers of a row that states a role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NumbersOfRow {
    /// Row number among those of its machine, from 1.
    pub(crate) row: u64,
    pub(crate) id: RowId,
    /// Index of the stated outcome.
    pub(crate) stated: usize,
    /// Indices of names.
    pub(crate) company: u32,
    pub(crate) form: u32,
    pub(crate) is_short: bool,
    pub(crate) max_power: f64,
}

/// What the machine that joins the rows needs to know of those of another one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RowNumbers {
    pub(crate) rows: Vec<NumbersOfRow>,
    /// Names of organisations and forms of titles.
    pub(crate) names: Vec<String>,
    /// By hash of each different posting whose title states one role: whether its label is another.
    pub(crate) titles: Vec<(u64, bool)>,
    /// Rows that were read, with those that state no role.
    pub(crate) read: u64,
}

/// What of a model's counts is left out for each row of a machine, and what else it must know of all rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeftOut {
    /// Hash of the rows in their order.
    rows: String,
    /// By row: the buckets of organisations with its neighbours.
    masks: Vec<u16>,
    /// Whether the model knows neighbours of any row of any machine.
    knows_neighbours: bool,
    /// Whether the stated roles are those of the titles.
    state_titles: bool,
    /// Names of the outcomes: the roles, then `other`.
    outcomes: Vec<String>,
}

/// What a model makes of the rows of a machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PartScores {
    /// Without their titles.
    scored: Vec<Probabilities>,
    /// With their titles, if those state the roles and the model has learned of titles.
    titled: Option<Vec<Probabilities>>,
    knows_other: bool,
    /// How many rows only the lexicon scores.
    lexicon_only: usize,
}

/// Which rows of a machine are suspect.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PartSuspicions {
    left_out: LeftOut,
    /// Rows of the machines before it.
    rows_before: u64,
    /// By index among its rows, most suspect first.
    suspicions: Vec<Suspicion>,
    /// Conflicts of near copies, by index among the suspicions.
    conflicts: Vec<(usize, RowIssue)>,
}

/// The rows of several machines.
#[derive(Debug)]
pub struct JoinedRows<'a> {
    rows: AuditRows<'a>,
    /// By machine: the index of its first row, and the number of the row before.
    starts: Vec<(usize, u64)>,
}

/// What is known of all rows, before findings are made.
#[derive(Debug, Clone)]
pub struct JoinedAudit {
    /// By machine, in the order of [`JoinedRows::new`].
    pub parts: Vec<PartSuspicions>,
    /// The summary, without the numbers of findings.
    pub summary: AuditSummary,
}

macro_rules! message {
    ($kind:ident, $name:literal) => {
        impl Message for $kind {
            const NAME: &str = $name;
        }

        impl $kind {
            /// Serialises and compresses them.
            pub fn to_bytes(&self, lexicon: &Lexicon) -> Vec<u8> {
                self.seal(lexicon)
            }

            /// Reads the bytes of [`Self::to_bytes`].
            ///
            /// # Errors
            /// What is wrong with them, and that they belong to another step, lexicon or rolecall.
            pub fn from_bytes(bytes: &[u8], lexicon: &Lexicon) -> Result<Self, ModelError> {
                Self::open(bytes, lexicon)
            }
        }
    };
}

message!(RowNumbers, "numbers of rows");
message!(LeftOut, "counts to leave out");
message!(PartScores, "scores");
message!(PartSuspicions, "suspicions");

/// The error for steps of different rows.
fn unfit() -> ModelError {
    let what = "the steps of the audit are not of the same rows in the same order; keep the rows between the steps";
    ModelError::Corrupt(what.to_owned())
}

impl RowNumbers {
    /// Whether no row states a role.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl<'a> JoinedRows<'a> {
    /// Joins the rows of several machines, which are numbered on from one to the next.
    pub fn new(parts: &[RowNumbers], lexicon: &'a Lexicon) -> Self {
        let (mut index, mut row) = (0, 0);
        let mut start = |part: &RowNumbers| {
            let start = (index, row);
            (index, row) = (index + part.rows.len(), row + part.read);
            start
        };
        let starts = parts.iter().map(&mut start).collect();
        Self { rows: AuditRows::of_numbers(parts, lexicon), starts }
    }

    /// The indices of the rows of each machine.
    fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = || self.starts.iter().map(|(start, _)| *start);
        starts().zip(starts().skip(1).chain([self.rows.stated_count()])).map(|(a, b)| a..b)
    }

    /// What of the counts of a model is left out for the rows of each machine.
    ///
    /// # Errors
    /// As [`AuditRows::audit`] by this model.
    pub fn left_out(&self, model: &Model) -> Result<Vec<LeftOut>, ModelError> {
        let ids = self.rows.ids();
        let ModelCounts { masks, knows_neighbours, .. } = ModelCounts::new(model, &ids)?;
        let (state_titles, outcomes) = (self.rows.state_titles(), self.rows.outcomes());
        let of_part = |range: Range<usize>| LeftOut {
            rows: rows_hash(ids[range.clone()].iter().copied()),
            masks: masks[range].to_vec(),
            knows_neighbours,
            state_titles,
            outcomes: outcomes.clone(),
        };
        Ok(self.ranges().map(of_part).collect())
    }

    /// Audits the rows by the scores of each machine and what was left out for them; `name` is that of the model.
    ///
    /// # Errors
    /// [`ModelError::Corrupt`] if the scores are not those of the rows.
    pub fn audit(
        &self,
        model: &Model,
        name: &str,
        left_out: Vec<LeftOut>,
        scores: Vec<PartScores>,
    ) -> Result<JoinedAudit, ModelError> {
        let fits =
            |(range, scores): (Range<usize>, &PartScores)| range.len() == scores.scored.len();
        if scores.len() != self.starts.len() || !self.ranges().zip(&scores).all(fits) {
            return Err(unfit());
        }
        let outcomes = self.rows.outcomes();
        let (mut untitled, mut titled) = (Vec::new(), Some(Vec::new()));
        let (mut knows_other, mut lexicon_only) = (false, 0);
        for part in scores {
            untitled.extend(part.scored);
            titled = titled.zip(part.titled).map(|(all, titled)| [all, titled].concat());
            knows_other |= part.knows_other;
            lexicon_only += part.lexicon_only;
        }
        let scored_index: Vec<usize> = (0..untitled.len()).collect();
        let assessed = Assessed {
            rows: &self.rows,
            scored_index: &scored_index,
            scored: &untitled,
            knows_other,
            titled,
            outcomes: &outcomes,
        };
        let method = whole_method(by_model(model, name), assessed.titled.is_some(), lexicon_only);
        let suspicions = assessed.suspicions();
        let conflicts = assessed.duplicate_conflicts(&suspicions);
        let summary = assessed.summary(&suspicions, &[], method);
        Ok(JoinedAudit { parts: self.parts(left_out, suspicions, conflicts), summary })
    }

    /// The suspicions and conflicts of each machine.
    fn parts(
        &self,
        left_out: Vec<LeftOut>,
        suspicions: Vec<Suspicion>,
        conflicts: Vec<(usize, RowIssue)>,
    ) -> Vec<PartSuspicions> {
        let part = |(left_out, &(_, rows_before)): (LeftOut, &(usize, u64))| PartSuspicions {
            left_out,
            rows_before,
            suspicions: Vec::new(),
            conflicts: Vec::new(),
        };
        let mut parts: Vec<PartSuspicions> =
            left_out.into_iter().zip(&self.starts).map(part).collect();
        let mut conflicts: BTreeMap<usize, RowIssue> = conflicts.into_iter().collect();
        for (i, suspicion) in suspicions.into_iter().enumerate() {
            let part = self.starts.partition_point(|(start, _)| *start <= suspicion.index) - 1;
            let (start, part) = (self.starts[part].0, &mut parts[part]);
            let conflict = conflicts.remove(&i);
            part.conflicts.extend(conflict.map(|conflict| (part.suspicions.len(), conflict)));
            part.suspicions.push(Suspicion { index: suspicion.index - start, ..suspicion });
        }
        parts
    }
}

impl AuditRows<'_> {
    /// What a model makes of the rows, without what is left out for each.
    ///
    /// # Errors
    /// [`ModelError::Corrupt`] if `left_out` is of other rows; if the model is damaged; or rows cannot be read back.
    pub fn scores(&self, model: &Model, left_out: &LeftOut) -> Result<PartScores, ModelError> {
        let counts = self.counts(model, left_out)?;
        let rows = ScoredRows::as_read(self);
        let holdout = HoldoutScores::by_model(&rows, model, &counts)?;
        let titled = titled(&rows, model, &counts, left_out.state_titles)?;
        Ok(PartScores {
            scored: holdout.all_probabilities().to_vec(),
            titled,
            knows_other: holdout.knows_other(),
            lexicon_only: holdout.lexicon_only(),
        })
    }

    /// The counts of a model for the rows.
    fn counts(&self, model: &Model, left_out: &LeftOut) -> Result<ModelCounts, ModelError> {
        if rows_hash(self.ids().into_iter()) != left_out.rows
            || left_out.masks.len() != self.stated_count()
        {
            return Err(unfit());
        }
        ModelCounts::of_part(model, left_out.masks.clone(), left_out.knows_neighbours)
    }

    /// The findings on the rows, most suspect first, numbered on from the machines before; `texts` is whether they
    /// include their texts.
    ///
    /// # Errors
    /// As [`Self::scores`].
    pub fn findings(
        &self,
        model: &Model,
        suspicions: &PartSuspicions,
        texts: bool,
    ) -> Result<Vec<Finding>, ModelError> {
        let PartSuspicions { left_out, rows_before, suspicions, conflicts } = suspicions;
        let counts = self.counts(model, left_out)?;
        let of_row = |suspicion: &Suspicion| suspicion.index < self.stated_count();
        if !suspicions.iter().all(of_row) {
            return Err(unfit());
        }
        let rows = ScoredRows::as_read(self);
        let holdout = HoldoutScores::by_model(&rows, model, &counts)?;
        let auditor = Auditor::new(&rows, &holdout, None, &left_out.outcomes, texts);
        let findings =
            auditor.findings(suspicions, conflicts.clone()).map_err(ModelError::Aside)?;
        let numbered = |finding: Finding| Finding { row: rows_before + finding.row, ..finding };
        Ok(findings.into_iter().map(numbered).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{By, Posting, Texts};
    use crate::evidence::{Extractor, Title};
    use crate::model::{Collector, Counting};
    use std::collections::BTreeSet;

    const ROLES: [&str; 3] = ["Product Owner", "Product Manager", "Technical Project Manager"];
    const DUTIES: [&str; 4] = [
        "You own the product backlog, refine user stories with the Scrum team and accept what was built in each sprint",
        "You set the product vision, interview customers, research the market and decide on pricing and the roadmap",
        "You plan milestones, track budget and risks of the project and report its status to the steering committee",
        "You bake bread at night, clean the ovens and sell rolls to our customers in the shop until noon",
    ];

    /// Titles, organisations and texts: wrong titles, reposts, near copies, titles of two roles and of none.
    fn postings() -> Vec<[String; 3]> {
        let posting = |i: usize| {
            let duty = if i.is_multiple_of(5) { (i / 5) % 4 } else { i % 3 };
            let title = match i % 23 {
                0 => "Product Owner / Product Manager".to_owned(),
                1 => "Baker".to_owned(),
                _ => {
                    format!("{}{}", if i.is_multiple_of(7) { "Senior " } else { "" }, ROLES[i % 3])
                }
            };
            let words = if i.is_multiple_of(11) { 1 } else { 6 };
            let more =
                (0..words).map(|k| format!("{} in area {} of {k}. ", DUTIES[duty], (i / 9) * k));
            [title, format!("Firm {}", i % 17), more.collect()]
        };
        let mut all: Vec<_> = (0..180).map(posting).collect();
        all.extend_from_within(20..40);
        all
    }

    fn rows<'a>(postings: &[[String; 3]], lexicon: &'a Lexicon) -> AuditRows<'a> {
        let mut rows = AuditRows::new(lexicon);
        for (row, [title, company, description]) in (1..).zip(postings) {
            let texts = Texts { id: "", title, company, description };
            rows.add(&[Posting { row, texts, stated: Title::read(title, lexicon).label().ok() }])
                .expect("there is room");
        }
        rows
    }

    /// A model that has learned from every third of the postings.
    fn model(postings: &[[String; 3]], lexicon: &Lexicon) -> Model {
        let extractor = Extractor::new(lexicon);
        let mut collector = Collector::default();
        for [title, company, text] in
            postings.iter().step_by(3).chain(postings.iter().skip(1).step_by(3))
        {
            let label = Title::read(title, lexicon).label().map_err(|_| title.as_str());
            collector.add(&extractor.extract(title, text), title, company, label, lexicon);
        }
        collector.train(Counting::default(), lexicon).expect("there are organisations enough")
    }

    /// The audit of the postings in parts, each step sent as bytes.
    fn in_steps(
        parts: &[&[[String; 3]]],
        model: &Model,
        lexicon: &Lexicon,
    ) -> (Vec<Finding>, Vec<Suspicion>, AuditSummary) {
        let numbers =
            parts.iter().map(|part| rows(part, lexicon).numbers().expect("it is read back"));
        let numbers = numbers.map(|n| {
            RowNumbers::from_bytes(&n.to_bytes(lexicon), lexicon).expect("it was written")
        });
        let joined = JoinedRows::new(&numbers.collect::<Vec<_>>(), lexicon);
        let left_out = joined.left_out(model).expect("the model is sound");
        let scores = parts.iter().zip(&left_out).map(|(part, left_out)| {
            let left_out =
                LeftOut::from_bytes(&left_out.to_bytes(lexicon), lexicon).expect("it was written");
            let scores =
                rows(part, lexicon).scores(model, &left_out).expect("the rows are the same");
            PartScores::from_bytes(&scores.to_bytes(lexicon), lexicon).expect("it was written")
        });
        let scores: Vec<PartScores> = scores.collect();
        let JoinedAudit { parts: suspicions, summary } =
            joined.audit(model, "given", left_out, scores).expect("the rows are the same");
        let findings = parts.iter().zip(&suspicions).flat_map(|(part, suspicions)| {
            let sent = PartSuspicions::from_bytes(&suspicions.to_bytes(lexicon), lexicon)
                .expect("it was written");
            rows(part, lexicon).findings(model, &sent, true).expect("the rows are the same")
        });
        let mut findings: Vec<Finding> = findings.collect();
        findings.sort_by(crate::audit::by_suspicion);
        let starts = joined.starts.iter().map(|(start, _)| *start);
        let all = starts.zip(suspicions).flat_map(|(start, part)| {
            part.suspicions.into_iter().map(move |s| Suspicion { index: start + s.index, ..s })
        });
        (findings, all.collect(), summary)
    }

    #[test]
    fn an_audit_in_steps_finds_what_an_audit_of_all_rows_finds() {
        let lexicon = Lexicon::embedded().expect("it is sound");
        let postings = postings();
        let trained = model(&postings, &lexicon);
        let compact = trained.clone().compact();
        for model in [&trained, &compact] {
            let mut whole = rows(&postings, &lexicon);
            whole.find_copies();
            let mut expected =
                whole.audit(By::Model(model, "given"), true).expect("it is judged by a model");
            expected.suspicions.sort_by_key(|s| s.index);
            let of_finding = |f: &Finding| [&[f.issue][..], &f.further].concat();
            let issues: BTreeSet<_> = expected.findings.iter().flat_map(of_finding).collect();
            assert!(issues.len() >= 4, "{issues:?}");
            for cuts in [vec![], vec![1, 90], vec![50, 50, 133]] {
                let (mut parts, mut rest) = (Vec::new(), postings.as_slice());
                let mut before = 0;
                for cut in cuts {
                    let (part, others) = rest.split_at(cut - before);
                    (before, rest) = (cut, others);
                    parts.push(part);
                }
                parts.push(rest);
                let (findings, mut suspicions, summary) = in_steps(&parts, model, &lexicon);
                suspicions.sort_by_key(|s| s.index);
                assert_eq!(suspicions, expected.suspicions);
                assert_eq!(findings, expected.findings);
                let counted =
                    AuditSummary { findings: summary.findings.clone(), ..expected.summary.clone() };
                assert_eq!(summary, counted);
            }
        }
    }

    #[test]
    fn steps_of_other_rows_are_refused() {
        let lexicon = Lexicon::embedded().expect("it is sound");
        let postings = postings();
        let model = model(&postings, &lexicon);
        let of = |part: &[[String; 3]]| rows(part, &lexicon).numbers().expect("it is read back");
        let joined = JoinedRows::new(&[of(&postings[..100])], &lexicon);
        let left_out = joined.left_out(&model).expect("the model is sound");
        let others = rows(&postings[100..], &lexicon);
        let mut turned = postings[..100].to_vec();
        turned.reverse();
        for others in [others, rows(&turned, &lexicon)] {
            let error = others.scores(&model, &left_out[0]).expect_err("they are other rows");
            assert!(error.to_string().contains("not of the same rows"), "{error}");
        }
        let error =
            joined.audit(&model, "given", left_out.clone(), Vec::new()).expect_err("scores lack");
        assert!(error.to_string().contains("not of the same rows"), "{error}");
        let error = PartScores::from_bytes(&left_out[0].to_bytes(&lexicon), &lexicon)
            .expect_err("they are no scores");
        assert!(error.to_string().contains("stand where scores should"), "{error}");
    }
}
