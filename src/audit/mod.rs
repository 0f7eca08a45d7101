//! Audit: finds postings whose stated role differs from the role of their duties.

mod assessed;
mod conflicts;
mod decisions;
mod finding;
mod noise;
mod row_issues;
mod rows;
mod steps;
mod summary;

use crate::audit::assessed::Assessed;
pub use crate::audit::assessed::Suspicion;
pub use crate::audit::decisions::{Decided, DecisionError, Decisions};
pub use crate::audit::finding::{AuditSummary, Estimate, Finding, Issue, Pair, SuspectGroup};
pub use crate::audit::rows::{AuditRows, Posting, Texts};
use crate::audit::rows::{ScoredRows, TitledRows};
pub use crate::audit::steps::{
    JoinedAudit, JoinedRows, LeftOut, PartScores, PartSuspicions, RowNumbers,
};
pub use crate::examples::identity::fingerprint;

use crate::audit::row_issues::{RowIssue, UNDECIDED};
use crate::evidence::{Evidence, FEW_WORDS};
use crate::judge::TextPart;
use crate::judge::contrast::sides;
use crate::judge::text_properties::EvidenceAmount;
use crate::model::{HeldOutWeights, HoldoutScores, Model, ModelCounts, ModelError, with_titles};
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use crate::stacking::summary::outcome_names;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::io;

/// The view of an audit. Role names are masked, since labels come from titles.
const VIEW: View = View::Duties;

/// Result of an audit.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Every row that states a role, most suspect first.
    pub suspicions: Vec<Suspicion>,
    /// Findings, most suspect first.
    pub findings: Vec<Finding>,
    /// The summary.
    pub summary: AuditSummary,
}

/// Source of the counts that rows are scored with. The counts of a row's organisation and of its near copies are
/// always left out.
#[derive(Debug, Clone, Copy)]
pub enum By<'m> {
    /// The audited rows, if there are enough of each role; otherwise the embedded model and the rows together.
    Fitting,
    /// The audited rows.
    Themselves,
    /// A model and its name.
    Model(&'m Model, &'m str),
}

/// Least rows and organisations of each role for an audit by the rows alone.
const ENOUGH: [usize; 2] = [30, 10];

impl AuditRows<'_> {
    /// Audits the rows; `texts` is whether findings include their texts.
    ///
    /// # Errors
    /// If a role has too few organisations for an audit by the rows alone, a compact model was trained on exactly
    /// these rows, the embedded model is needed and has another lexicon, or rows cannot be read back.
    pub fn audit(&self, by: By, texts: bool) -> Result<Audit, ModelError> {
        let outcomes = self.outcomes();
        let outcomes = outcomes.as_slice();
        let audit = match by {
            By::Model(model, name) => {
                let rows = ScoredRows::as_read(self);
                let counts = ModelCounts::new(model, &self.ids())?;
                let holdout = HoldoutScores::by_model(&rows, model, &counts)?;
                let titled = titled(&rows, model, &counts, self.state_titles())?;
                Auditor::new(&rows, &holdout, titled, outcomes, texts).audit(by_model(model, name))
            }
            By::Fitting | By::Themselves => {
                let alone = matches!(by, By::Themselves) || self.are_enough();
                let embedded = match by {
                    By::Themselves => None,
                    // Optional here: the embedded model only adds the evidence of titles.
                    _ if alone => Model::embedded(self.lexicon()).ok(),
                    _ => Some(Model::embedded(self.lexicon())?),
                };
                let rows = ScoredRows::counted(self);
                let holdout = HoldoutScores::by_rows(
                    &rows,
                    self.sketch(),
                    embedded.as_ref().filter(|_| !alone),
                    self.lexicon(),
                    |predicted| rows.corrections(predicted),
                )?;
                let titled = match embedded.as_ref().filter(|_| self.state_titles()) {
                    Some(model) => {
                        let counts = ModelCounts::new(model, &self.ids())?;
                        titled(&ScoredRows::as_read(self), model, &counts, true)?
                    }
                    None => None,
                };
                let how = if alone {
                    "by the file itself"
                } else {
                    "by the embedded model and the file together, because the file is small"
                };
                let method =
                    format!("{how}, each row without its organisation and its near copies");
                Auditor::new(&rows, &holdout, titled, outcomes, texts).audit(method)
            }
        };
        audit.map_err(ModelError::Aside)
    }

    /// Names of the outcomes: the roles, and `other` if any row states it.
    fn outcomes(&self) -> Vec<String> {
        let mut names = outcome_names(self.lexicon().roles());
        let highest = self.rows.iter().map(|row| row.stated).max();
        names.truncate(self.lexicon().roles().len().max(highest.map_or(0, |outcome| outcome + 1)));
        names
    }

    /// Whether each role has enough rows and organisations, see [`ENOUGH`].
    fn are_enough(&self) -> bool {
        let [least_rows, least_organisations] = ENOUGH;
        (0..self.lexicon().roles().len()).all(|role| {
            let of_role = || self.stated().filter(move |(stated, _)| *stated == role);
            let organisations: HashSet<u64> =
                of_role().map(|(_, organisation)| organisation).collect();
            of_role().count() >= least_rows && organisations.len() >= least_organisations
        })
    }
}

/// Probabilities of rows by a model that reads titles, if those state the roles and it has learned of titles.
fn titled(
    rows: &ScoredRows,
    model: &Model,
    counts: &ModelCounts,
    state_titles: bool,
) -> Result<Option<Vec<Probabilities>>, ModelError> {
    if state_titles { with_titles(&TitledRows(rows), model, counts) } else { Ok(None) }
}

/// How rows are judged by a model.
fn by_model(model: &Model, name: &str) -> String {
    let how = if model.is_compact() {
        "a compact one: if it was trained on these rows, it speaks for their labels"
    } else {
        "without the counts of the rows' organisations"
    };
    format!("by the model {name}, {how}")
}

/// How rows are judged, with what else there is to say of it: `alone` rows are judged by the lexicon alone.
fn whole_method(mut method: String, titled: bool, alone: usize) -> String {
    if titled {
        method.push_str(", and by what a model has learned of titles");
    }
    if alone > 0 {
        method.push_str(&format!(
            "; {alone} rows by the lexicon alone, because without these there is no posting of some role"
        ));
    }
    method
}

struct Auditor<'a> {
    assessed: Assessed<'a>,
    rows: &'a ScoredRows<'a>,
    holdout: &'a HoldoutScores<'a, ScoredRows<'a>>,
    texts: bool,
}

impl<'a> Auditor<'a> {
    fn new(
        rows: &'a ScoredRows<'a>,
        holdout: &'a HoldoutScores<'a, ScoredRows<'a>>,
        titled: Option<Vec<Probabilities>>,
        outcomes: &'a [String],
        texts: bool,
    ) -> Self {
        let assessed = Assessed {
            rows: rows.all,
            scored_index: &rows.scored_index,
            scored: holdout.all_probabilities(),
            knows_other: holdout.knows_other(),
            titled,
            outcomes,
        };
        Self { assessed, rows, holdout, texts }
    }

    /// Audits rows by their held-out scores.
    ///
    /// # Errors
    /// If the rows cannot be read back.
    fn audit(&self, method: String) -> io::Result<Audit> {
        let titled = self.assessed.titled.is_some();
        let method = whole_method(method, titled, self.holdout.lexicon_only());
        let suspicions = self.assessed.suspicions();
        let conflicts = self.assessed.duplicate_conflicts(&suspicions);
        let findings = self.findings(&suspicions, conflicts)?;
        let summary = self.assessed.summary(&suspicions, &findings, method);
        Ok(Audit { suspicions, findings, summary })
    }

    /// All findings, most suspect first; `conflicts` has those of near copies, by index among the suspicions.
    fn findings(
        &self,
        suspicions: &[Suspicion],
        conflicts: Vec<(usize, RowIssue)>,
    ) -> io::Result<Vec<Finding>> {
        // By index among the scored rows: indices of its suspicions, with their issues.
        let mut row_issues: HashMap<usize, Vec<(usize, Vec<RowIssue>)>> = HashMap::new();
        let mut conflicts: HashMap<usize, RowIssue> = conflicts.into_iter().collect();
        for (i, suspicion) in suspicions.iter().enumerate() {
            let mut of_row = self.assessed.row_issues(suspicion);
            of_row.extend(conflicts.remove(&i));
            if !of_row.is_empty() {
                row_issues
                    .entry(self.rows.scored_index[suspicion.index])
                    .or_default()
                    .push((i, of_row));
            }
        }
        let found = self.holdout.visit(
            |scored| row_issues.contains_key(&scored),
            |scored, _, without| {
                let of_row = |(i, row_issues): &(usize, Vec<RowIssue>)| {
                    self.finding(&suspicions[*i], row_issues, without)
                };
                row_issues[&scored].iter().map(of_row).collect::<io::Result<Vec<_>>>()
            },
        )?;
        let mut findings: Vec<Finding> =
            found.into_iter().flat_map(|(_, of_rows)| of_rows).collect();
        let undecided = self.rows.all.undecided.iter();
        findings.extend(self.holdout.with_all(|all| {
            undecided.map(|row| self.undecided(row, all)).collect::<io::Result<Vec<_>>>()
        })?);
        findings.sort_by(by_suspicion);
        Ok(findings)
    }

    /// The finding on one row, with evidence from the counts without it: its most certain issue, with the others.
    fn finding(
        &self,
        suspicion: &Suspicion,
        row_issues: &[RowIssue],
        without: &HeldOutWeights,
    ) -> io::Result<Finding> {
        let row = &self.rows.all.rows[suspicion.index];
        let family = self.holdout.family(self.rows.scored_index[suspicion.index]);
        let class = |outcome: usize| if outcome < self.assessed.roles() { outcome } else { family };
        self.rows.all.with_texts(row.texts, |texts| {
            let evidence = self.rows.all.extractor().extract("", texts.description);
            let known = |key| without.weights(key).is_some();
            let lexicon = self.rows.all.extractor().lexicon();
            let foreign = lexicon.is_foreign(evidence.language(lexicon));
            let too_little = EvidenceAmount::of(&evidence, known).is_too_little(foreign);
            let short = evidence.words() < FEW_WORDS;
            let unsupported =
                |m: &&RowIssue| !m.is_conflict() && (too_little || (short && m.needs_text()));
            let mut kept: Vec<&RowIssue> = row_issues.iter().filter(|m| !unsupported(m)).collect();
            // Of two as certain, a copy under another role says more: it can be looked up.
            let is_no_copy = |m: &RowIssue| m.issue != Issue::DuplicateConflict;
            kept.sort_by(|a, b| {
                let by_issue = is_no_copy(a).cmp(&is_no_copy(b)).then(a.issue.cmp(&b.issue));
                b.certainty.total_cmp(&a.certainty).then(by_issue)
            });
            let too_little_text = RowIssue::too_little_text();
            let (first, further) = match kept[..] {
                [first, ref further @ ..] => (first, further),
                [] => (&too_little_text, &[][..]),
            };
            let pair = [first.suggested.unwrap_or(suspicion.suggested), suspicion.stated];
            let quoted = self.quoted(&evidence, without, pair.map(class));
            let suggested = first.suggested.map(|outcome| self.assessed.outcomes[outcome].clone());
            let also = further.iter().map(|m| format!(" Also {}: {}", m.issue.words(), m.detail));
            Finding {
                row: row.row,
                stated_role: self.assessed.outcomes[suspicion.stated].clone(),
                suggested_role: suggested.unwrap_or_default(),
                suspicion: first.certainty,
                issue: first.issue,
                detail: first.detail.clone() + &also.collect::<String>(),
                further: further.iter().map(|row_issue| row_issue.issue).collect(),
                probabilities: self.assessed.probabilities(suspicion.index),
                ..quoted.finding(texts)
            }
        })
    }

    /// The finding on a row without a label whose title states several roles.
    fn undecided(&self, row: &rows::UndecidedTitle, all: &HeldOutWeights) -> io::Result<Finding> {
        let names = row.roles.iter().map(|role| self.assessed.outcomes[role.index()].as_str());
        let names: Vec<&str> = names.collect();
        self.rows.all.with_texts(row.texts, |texts| {
            let evidence = self.rows.all.extractor().extract("", texts.description);
            let pair = [row.roles[0].index(), row.roles[1].index()];
            let quoted = self.quoted(&evidence, all, pair);
            Finding {
                row: row.row,
                stated_role: names.join("+"),
                suspicion: UNDECIDED,
                issue: Issue::TitleStatesTwoRoles,
                detail: "Its title states two roles, and no label says which.".to_owned(),
                ..quoted.finding(texts)
            }
        })
    }

    /// The evidence for a class against another.
    fn quoted(
        &self,
        evidence: &Evidence,
        counts: &HeldOutWeights,
        [class, rival]: [usize; 2],
    ) -> Quoted {
        let lexicon = self.rows.all.extractor().lexicon();
        let sides = sides(evidence, lexicon, VIEW, [class, rival], |feature| {
            counts.weights(feature.key).map_or(0.0, |w| w[class] - w[rival])
        });
        Quoted {
            evidence: sides.quotes.map(|side| side.into_iter().map(|q| q.text).collect()),
            parts: if self.texts { TextPart::split(&sides.text, &sides.marks) } else { Vec::new() },
        }
    }
}

/// The order of findings: most suspect first.
fn by_suspicion(a: &Finding, b: &Finding) -> Ordering {
    b.suspicion.total_cmp(&a.suspicion).then(a.row.cmp(&b.row)).then(a.issue.cmp(&b.issue))
}

/// Phrases of a posting for and against a class.
struct Quoted {
    evidence: [Vec<String>; 2],
    parts: Vec<TextPart>,
}

impl Quoted {
    /// A finding on a posting, whose issue the caller fills in.
    fn finding(self, texts: Texts) -> Finding {
        let [evidence_for, evidence_against] = self.evidence;
        Finding {
            row: 0,
            id: texts.id.to_owned(),
            title: texts.title.to_owned(),
            company: texts.company.to_owned(),
            fingerprint: fingerprint(texts.description),
            stated_role: String::new(),
            suggested_role: String::new(),
            suspicion: 0.0,
            issue: Issue::TooLittleText,
            detail: String::new(),
            further: Vec::new(),
            probabilities: Vec::new(),
            evidence_for,
            evidence_against,
            parts: self.parts,
        }
    }
}
