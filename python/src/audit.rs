//! Postings whose title or label does not match the duties.

use crate::columns::{Chosen, ColumnArgument, TextColumns, names_of, need};
use crate::errors::{interruptible, wrong};
use crate::input::TableArgument;
use crate::json::object;
use crate::labels::{LabelOptions, Map, warn_of_other_labels};
use crate::lexicon::lexicon_of;
use crate::table::{Builders, Table, batch};
use crate::threads::Threads;
use arrow_schema::Schema;
use pyo3::prelude::*;
use rolecall::audit::{Audit, AuditRows, By, Finding, Posting, Texts};
use rolecall::evidence::{LabelReader, LeftOutRows};
use rolecall::lexicon::Lexicon;
use rolecall::model::ModelError;
use rolecall::postings::Column;
use rolecall::report::{audit_columns, with_finding};
use std::path::PathBuf;
use std::sync::Arc;

/// The postings of a table whose title or label does not match the duties: by the table itself if it has enough of
/// each role, otherwise by the model inside the package as well.
///
/// table: n rows, as for `Model.classify`. What a row is said to be is its label, if there is a label column that holds
/// roles, and otherwise the role that its title states.
/// title, description, company, label, id: names of columns, which are found if not named.
/// map, strict: as in `rolecall.train`.
/// alone: by the table itself, even if it has few of a role.
/// lexicon: folder of the lexicon, instead of the one inside the package.
/// threads: number of threads, from 1 on; None for all cores.
///
/// Returns a table of the findings, most suspect first, with `row` (from 1), `id`, `title`, `stated_role`,
/// `suggested_role`, `suspicion` (0 to 1), `issue`, the evidence for and against, and the `further_issues` of the row; its `summary` is a dict. Raises TypeError for what
/// is no table, and ValueError for columns that are not found and if no row states a role.
#[pyfunction]
#[pyo3(signature = (table, *, title=None, description=None, company=None, label=None, id=None,
                    map=None, strict=false, alone=false, lexicon=None, threads=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn audit(
    py: Python,
    table: TableArgument,
    title: Option<String>,
    description: Option<ColumnArgument>,
    company: Option<String>,
    label: Option<String>,
    id: Option<String>,
    map: Option<Map>,
    strict: bool,
    alone: bool,
    lexicon: Option<PathBuf>,
    threads: Option<usize>,
) -> PyResult<Table> {
    let audited = Audited {
        table,
        chosen: audited_columns([title, company, label, id], description),
        labels: LabelOptions::new(false, map, strict)?,
        lexicon: lexicon_of(lexicon.as_deref())?,
        threads,
    };
    let by = if alone { By::Themselves } else { By::Fitting };
    audited.findings(py, move |rows| rows.audit(by, false))
}

/// The columns that an audit reads: title, organisation, label and id, and the description.
pub(crate) fn audited_columns(
    names: [Option<String>; 4],
    description: Option<ColumnArgument>,
) -> Chosen {
    let columns = [Column::Title, Column::Company, Column::Label, Column::Id];
    let chosen = Chosen::default().description(description);
    columns.into_iter().zip(names).fold(chosen, |chosen, (column, name)| chosen.and(column, name))
}

/// Rows read at a time.
const AT_ONCE: usize = 1024;

/// A table to be audited.
pub(crate) struct Audited {
    pub(crate) table: TableArgument,
    pub(crate) chosen: Chosen,
    pub(crate) labels: LabelOptions,
    pub(crate) lexicon: Arc<Lexicon>,
    pub(crate) threads: Option<usize>,
}

/// A table whose columns were read.
pub(crate) struct ReadTable {
    batches: Vec<TextColumns>,
    /// Whether the label column states the roles; otherwise the titles do.
    pub(crate) labelled: bool,
    labels: LabelOptions,
    pub(crate) lexicon: Arc<Lexicon>,
}

impl Audited {
    /// Reads the table; `labelled` is whether a label column states the roles, if another table has shown that.
    pub(crate) fn read(self, py: Python, labelled: Option<bool>) -> PyResult<ReadTable> {
        let Self { table, chosen, labels, lexicon, .. } = self;
        let reader = table.0.into_reader()?;
        let columns = chosen.find(&reader.schema())?;
        let names: Vec<String> = names_of(&reader.schema());
        let batches = reader
            .map(|batch| TextColumns::new(&batch.map_err(wrong)?, &columns))
            .collect::<PyResult<Vec<TextColumns>>>()?;
        let label = columns.index_of(Column::Label);
        let is_other = || -> PyResult<bool> {
            Ok(!chosen.has(Column::Label) && holds_no_roles(&batches, &labels.reader(&lexicon)?))
        };
        let labelled = match labelled {
            Some(labelled) => labelled,
            None => label.is_some() && !is_other()?,
        };
        if !labelled {
            need(&columns, Column::Title, &names)?;
            if let Some(index) = label {
                warn_of_other_labels(py, &names[index])?;
            }
        }
        Ok(ReadTable { batches, labelled, labels, lexicon })
    }

    /// The findings, with the summary of the audit.
    pub(crate) fn findings(
        self,
        py: Python,
        by: impl FnOnce(&AuditRows) -> Result<Audit, ModelError> + Send + 'static,
    ) -> PyResult<Table> {
        let threads = self.threads;
        let read = self.read(py, None)?;
        let threads = Threads::new(py, threads)?;
        let audit = interruptible(py, move || {
            threads.run(|| {
                let mut rows = read.rows()?;
                rows.find_copies();
                if rows.stated_count() == 0 {
                    return Ok(None);
                }
                by(&rows).map(Some).map_err(wrong)
            })
        })?;
        let audit = audit?.ok_or_else(|| wrong(NONE_STATED))?;
        findings_table(&audit.findings, object(py, &audit.summary)?)
    }
}

/// Why there is nothing to audit.
pub(crate) const NONE_STATED: &str =
    "no row states a role: none has a label or a title that states one";

impl ReadTable {
    /// The rows to be audited.
    pub(crate) fn rows(&self) -> PyResult<AuditRows<'_>> {
        let mut rows = AuditRows::new(&self.lexicon);
        let labels = self.labelled.then_some(&self.labels);
        add_rows(&mut rows, &self.batches, labels, &self.lexicon)?;
        Ok(rows)
    }
}

/// Findings as a table.
pub(crate) fn findings_table(found: &[Finding], summary: Bound<PyAny>) -> PyResult<Table> {
    let mut findings = Builders::new(audit_columns());
    let schema = Arc::new(Schema::new(findings.fields()));
    for finding in found {
        with_finding(finding, |cells| findings.push(cells));
    }
    let batches = vec![batch(&schema, findings.finish())?];
    Ok(Table { schema, batches, summary: summary.unbind() })
}

/// Whether none of the first rows has a role in the label column.
fn holds_no_roles(batches: &[TextColumns], labels: &LabelReader) -> bool {
    let Some(first) = batches.iter().find(|batch| batch.rows > 0) else { return false };
    !(0..first.rows.min(AT_ONCE)).any(|row| labels.is_plain(first.get(Column::Label, row)))
}

/// Adds the rows of batches, labelled by their column or by their titles.
fn add_rows(
    rows: &mut AuditRows,
    batches: &[TextColumns],
    labels: Option<&LabelOptions>,
    lexicon: &Lexicon,
) -> PyResult<()> {
    let reader = labels.map(|labels| labels.reader(lexicon)).transpose()?;
    let mut left_out = LeftOutRows::default();
    let mut number = 0;
    for texts in batches {
        for start in (0..texts.rows).step_by(AT_ONCE) {
            let range = start..texts.rows.min(start + AT_ONCE);
            let descriptions: Vec<_> = range.clone().map(|row| texts.description(row)).collect();
            let posting = |(row, description)| {
                let stated = match &reader {
                    Some(reader) => texts.label(row, reader),
                    None => texts.stated(row, lexicon),
                };
                if let Err(why) = &stated {
                    left_out.note(why, number);
                }
                number += 1;
                let [id, title, company] =
                    [Column::Id, Column::Title, Column::Company].map(|c| texts.get(c, row));
                let texts = Texts { id, title, company, description };
                Posting { row: number, texts, stated: stated.ok() }
            };
            let postings: Vec<Posting> =
                range.zip(descriptions.iter().map(AsRef::as_ref)).map(posting).collect();
            rows.add(&postings).map_err(|error| wrong(ModelError::Aside(error)))?;
        }
    }
    labels.zip(reader).map_or(Ok(()), |(labels, reader)| labels.check(&left_out, &reader))
}
