//! Models: classify, explain, retrain, audit.

use crate::Pickled;
use crate::collect::collect;
use crate::columns::{Chosen, ColumnArgument, TextColumns, need};
use crate::errors::{interruptible, warn, wrong};
use crate::input::{OptionalText, TableArgument};
use crate::lexicon::lexicon_of;
use crate::table::{Builders, Table, batch, placed};
use crate::threads::{Threads, on_all_cores};
use arrow_array::RecordBatch;
use arrow_schema::Schema;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rolecall::audit::{Audit, AuditRows, By, Posting, Texts};
use rolecall::evidence::LabelReader;
use rolecall::judge::{Judge, Prior, Settings};
use rolecall::lexicon::Lexicon;
use rolecall::model::{Change, Counting, ModelError, OtherSource, TwoLabels, View, outcome_names};
use rolecall::postings::Column;
use rolecall::report::{added_columns, audit_columns, with_added_fields, with_finding};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A model, with the lexicon it was trained with.
#[pyclass(frozen, module = "rolecall", name = "Model")]
pub(crate) struct PyModel {
    model: Arc<rolecall::model::Model>,
    lexicon: Arc<Lexicon>,
    /// Folder of the lexicon; `None` for the embedded one.
    folder: Option<PathBuf>,
}

/// The view of this name.
fn view_of(name: &str) -> PyResult<View> {
    let view = View::ALL.into_iter().find(|view| view.name() == name);
    view.ok_or_else(|| {
        wrong(format!("view={name:?} is none of \"whole\", \"text\" and \"duties\""))
    })
}

/// Class prior: of all roles together, by role, or in the syntax of the command line.
#[derive(FromPyObject)]
enum Shares {
    Roles(f64),
    Each(BTreeMap<String, f64>),
    Named(String),
}

impl TryFrom<Shares> for Prior {
    type Error = String;

    fn try_from(shares: Shares) -> Result<Self, String> {
        match shares {
            Shares::Roles(share) => Self::of_roles(share),
            Shares::Each(each) => Self::of_each(each),
            Shares::Named(name) => Self::parse(&name),
        }
    }
}

#[pymethods]
impl PyModel {
    /// The model inside the package.
    #[staticmethod]
    fn default(py: Python) -> PyResult<Self> {
        on_all_cores(py, || {
            let lexicon = lexicon_of(None)?;
            let model = rolecall::model::Model::embedded(&lexicon).map_err(wrong)?;
            Ok(Self::new(model, lexicon, None))
        })?
    }

    /// Reads a model file; `lexicon` is the folder of the lexicon it was trained with, if that is not the
    /// one inside.
    #[staticmethod]
    #[pyo3(signature = (path, lexicon=None))]
    fn load(py: Python, path: PathBuf, lexicon: Option<PathBuf>) -> PyResult<Self> {
        let bytes = std::fs::read(&path)
            .map_err(|e| PyOSError::new_err((e.raw_os_error(), e.to_string(), path.clone())))?;
        Self::from_bytes(py, &bytes, lexicon)
            .map_err(|e| wrong(format!("{}: {}", path.display(), e.value(py))))
    }

    /// From the bytes of a model file.
    #[staticmethod]
    #[pyo3(signature = (bytes, lexicon=None))]
    fn from_bytes(py: Python, bytes: &[u8], lexicon: Option<PathBuf>) -> PyResult<Self> {
        on_all_cores(py, || {
            let folder = lexicon;
            let lexicon = lexicon_of(folder.as_deref())?;
            let model = rolecall::model::Model::from_bytes(bytes, &lexicon).map_err(wrong)?;
            Ok(Self::new(model, lexicon, folder))
        })?
    }

    /// The bytes of its file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let mut bytes = Vec::new();
        on_all_cores(py, || self.model.write(&mut bytes))??;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Writes its file: whole, or not at all.
    fn save(&self, py: Python, path: PathBuf) -> PyResult<()> {
        on_all_cores(py, || {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
            self.model.write(&mut file)?;
            file.flush()?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|e| e.error)?;
            Ok(())
        })?
    }

    /// The model without what retraining needs: to give away. It scores the same.
    fn compact(&self) -> Self {
        let model = rolecall::model::Model::clone(&self.model).compact();
        Self::new(model, self.lexicon.clone(), self.folder.clone())
    }

    /// What it was trained on, how good it is, and all else that stands in its header.
    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        object(py, self.model.header())
    }

    fn __repr__(&self) -> String {
        let header = self.model.header();
        let data = header.provenance.data.as_deref().unwrap_or("no named data");
        format!(
            "<rolecall.Model: {} postings; {data}>",
            header.postings.iter().map(|&n| u64::from(n)).sum::<u64>()
        )
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let from_bytes = slf.py().get_type::<Self>().getattr("from_bytes")?;
        Ok((from_bytes, (slf.get().to_bytes(slf.py())?, slf.get().folder.clone())))
    }

    /// The rows of a table with a role, a confidence and the reasons behind them.
    #[pyo3(signature = (table, *, title=None, description=None, closed=false, view="whole",
                        precision=0.9, prior=None, evidence=true, replace=false, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn classify(
        &self,
        py: Python,
        table: TableArgument,
        title: Option<String>,
        description: Option<ColumnArgument>,
        closed: bool,
        view: &str,
        precision: f64,
        prior: Option<Shares>,
        evidence: bool,
        replace: bool,
        threads: Option<usize>,
    ) -> PyResult<Table> {
        if !(precision > 0.0 && precision < 1.0) {
            return Err(wrong(format!("precision={precision} is not between 0 and 1")));
        }
        let view = view_of(view)?;
        let prior = prior.map(Prior::try_from).transpose().map_err(wrong)?;
        if let Some(prior) = &prior {
            prior.factors(&self.model, &self.lexicon, view).map_err(wrong)?;
        }
        let settings = Settings { view, closed, precision, prior, quotes: evidence };
        let threads = Threads::new(py, threads)?;
        let judge = threads.detached(py, || Judge::new(&self.model, &self.lexicon, settings));
        let chosen = Chosen::default().description(description).and(Column::Title, title);
        let reader = table.0.into_reader()?;
        let columns = chosen.find(&reader.schema())?;
        let roles = self.lexicon.roles();
        let schema = reader.schema();
        let (place, names) = placed(&schema, &added_columns(roles, evidence), replace)?;
        let mut added = Builders::new(names);
        let mut fields = schema.fields().to_vec();
        fields.splice(place.clone(), added.fields());
        let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
        let mut batches = Vec::new();
        for read in reader {
            let read: RecordBatch = read.map_err(wrong)?;
            let texts = TextColumns::new(&read, &columns)?;
            let verdict =
                |row| judge.verdict(texts.get(Column::Title, row), &texts.description(row));
            threads.each(py, texts.rows, verdict, |_, verdicts| {
                for verdict in &verdicts {
                    with_added_fields(verdict, &self.lexicon, evidence, |cells| added.push(cells));
                }
                Ok(())
            })?;
            let mut all = read.columns().to_vec();
            all.splice(place.clone(), added.finish());
            batches.push(batch(&schema, all)?);
        }
        Ok(Table { schema, batches, summary: py.None() })
    }

    /// Why one posting is judged as it is.
    #[pyo3(signature = (text, title=None, *, closed=false, view="whole"))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        text: OptionalText,
        title: Option<OptionalText>,
        closed: bool,
        view: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let view = view_of(view)?;
        let title = title.map_or_else(String::new, |title| title.0);
        let explanation = on_all_cores(py, || {
            let settings = Settings { view, closed, ..Settings::default() };
            Judge::new(&self.model, &self.lexicon, settings).explain(&title, &text.0)
        })?;
        object(py, &explanation)
    }

    /// The postings of a table whose title or label does not match the duties, by this model without the
    /// counts of each posting's organisation.
    #[pyo3(signature = (table, *, title=None, description=None, company=None, label=None, id=None,
                        threads=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn audit(
        &self,
        py: Python,
        table: TableArgument,
        title: Option<String>,
        description: Option<ColumnArgument>,
        company: Option<String>,
        label: Option<String>,
        id: Option<String>,
        threads: Option<usize>,
    ) -> PyResult<Table> {
        let chosen = audited([title, company, label, id], description);
        let model = self.model.clone();
        audited_by(py, table, &chosen, self.lexicon.clone(), threads, move |rows| {
            rows.audit(By::Model(&model, "given"), false)
        })
    }

    /// A model with the postings of a table added or taken out. Nothing says whether it is better:
    /// classify postings that neither has seen with both.
    #[pyo3(signature = (add=None, remove=None, *, merge=vec![], title=None, description=None,
                        company=None, label=None, label_from_title=false, count_twice=false,
                        relabel=false, data_name=None, date=None, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn retrain(
        &self,
        py: Python,
        add: Option<TableArgument>,
        remove: Option<TableArgument>,
        merge: Vec<PyRef<Self>>,
        title: Option<String>,
        description: Option<ColumnArgument>,
        company: Option<String>,
        label: Option<String>,
        label_from_title: bool,
        count_twice: bool,
        relabel: bool,
        data_name: Option<String>,
        date: Option<String>,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let chosen = Chosen::default()
            .description(description)
            .and(Column::Title, title)
            .and(Column::Company, company)
            .and(Column::Label, label);
        let threads = Threads::new(py, threads)?;
        let read = |table: Option<TableArgument>| {
            let Some(table) = table else { return Ok(Default::default()) };
            let mut read = collect(py, table, &chosen, label_from_title, &self.lexicon, &threads)?;
            read.0.drop_title_features(false);
            Ok::<_, PyErr>(read)
        };
        let (added, indices) = read(add)?;
        let mut change = Change {
            added,
            removed: read(remove)?.0,
            merged: merge.iter().map(|other| rolecall::model::Model::clone(&other.model)).collect(),
            counting: Counting { twice: count_twice },
            relabel,
        };
        let provenance = change.added.provenance();
        (provenance.data, provenance.date) = (data_name, date);
        let (model, lexicon) = (self.model.clone(), self.lexicon.clone());
        let retrained = interruptible(py, move || {
            threads.run(|| {
                let retrained = model.retrain(&change, &lexicon)?;
                let mut new = retrained.model;
                if !retrained.taken_back {
                    new.remember(retrained.record);
                }
                Ok::<_, rolecall::model::RetrainError>((new, retrained.two_labels))
            })
        })?;
        let (retrained, two_labels) = retrained.map_err(wrong)?;
        if !two_labels.is_empty() {
            warn(py, &two_labels_warning(&two_labels, &indices, &self.lexicon))?;
        }
        Ok(Self::new(retrained, self.lexicon.clone(), self.folder.clone()))
    }
}

/// Most rows that a warning names.
const NAMED: usize = 20;

/// Names rows under two labels; `indices` are those in the table.
fn two_labels_warning(found: &[TwoLabels], indices: &[usize], lexicon: &Lexicon) -> String {
    let names = outcome_names(lexicon.roles());
    let name = |two: &TwoLabels| {
        let location = match two.source {
            OtherSource::Row(row) => format!("row {}", indices[row]),
            OtherSource::Model => "the model".to_owned(),
        };
        let (label, other) = (&names[two.label], &names[two.other]);
        format!("row {} is {label}, and {other} in {location}", indices[two.row])
    };
    let named: Vec<String> = found.iter().take(NAMED).map(name).collect();
    format!(
        "{} rows under two labels are not learned (rows from 0: {}): correct one label, or replace that of the \
         model with relabel=True, or learn both with count_twice=True",
        found.len(),
        named.join("; ")
    )
}

impl PyModel {
    pub(crate) fn new(
        model: rolecall::model::Model,
        lexicon: Arc<Lexicon>,
        folder: Option<PathBuf>,
    ) -> Self {
        Self { model: Arc::new(model), lexicon, folder }
    }
}

/// The postings of a table whose title or label does not match the duties: by the table itself if it has
/// enough of each role, otherwise by the model inside the package as well.
#[pyfunction]
#[pyo3(signature = (table, *, title=None, description=None, company=None, label=None, id=None,
                    alone=false, lexicon=None, threads=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn audit(
    py: Python,
    table: TableArgument,
    title: Option<String>,
    description: Option<ColumnArgument>,
    company: Option<String>,
    label: Option<String>,
    id: Option<String>,
    alone: bool,
    lexicon: Option<PathBuf>,
    threads: Option<usize>,
) -> PyResult<Table> {
    let chosen = audited([title, company, label, id], description);
    let by = if alone { By::Themselves } else { By::Fitting };
    let lexicon = lexicon_of(lexicon.as_deref())?;
    audited_by(py, table, &chosen, lexicon, threads, move |rows| rows.audit(by, false))
}

fn audited(names: [Option<String>; 4], description: Option<ColumnArgument>) -> Chosen {
    let columns = [Column::Title, Column::Company, Column::Label, Column::Id];
    let chosen = Chosen::default().description(description);
    columns.into_iter().zip(names).fold(chosen, |chosen, (column, name)| chosen.and(column, name))
}

/// Rows read at a time.
const AT_ONCE: usize = 1024;

fn audited_by(
    py: Python,
    table: TableArgument,
    chosen: &Chosen,
    lexicon: Arc<Lexicon>,
    threads: Option<usize>,
    by: impl FnOnce(&AuditRows) -> Result<Audit, ModelError> + Send + 'static,
) -> PyResult<Table> {
    let reader = table.0.into_reader()?;
    let columns = chosen.find(&reader.schema())?;
    let labelled = columns.index_of(Column::Label).is_some();
    if !labelled {
        let schema = reader.schema();
        let names: Vec<String> = schema.fields().iter().map(|f| f.name().clone()).collect();
        need(&columns, Column::Title, &names)?;
    }
    let batches = reader
        .map(|batch| TextColumns::new(&batch.map_err(wrong)?, &columns))
        .collect::<PyResult<Vec<TextColumns>>>()?;
    let threads = Threads::new(py, threads)?;
    let audit = interruptible(py, move || {
        threads.run(|| {
            let mut rows = AuditRows::new(&lexicon);
            add_rows(&mut rows, &batches, labelled, &lexicon)?;
            rows.find_copies();
            if rows.stated_count() == 0 {
                return Ok(None);
            }
            by(&rows).map(Some)
        })
    })?;
    let audit = audit.map_err(wrong)?;
    let none = "no row states a role: none has a label or a title that states one";
    let audit = audit.ok_or_else(|| wrong(none))?;
    let mut findings = Builders::new(audit_columns());
    let schema = Arc::new(Schema::new(findings.fields()));
    for finding in &audit.findings {
        with_finding(finding, |cells| findings.push(cells));
    }
    let batches = vec![batch(&schema, findings.finish())?];
    Ok(Table { schema, batches, summary: object(py, &audit.summary)?.unbind() })
}

/// Adds the rows of batches, labelled by their column or by their titles.
fn add_rows(
    rows: &mut AuditRows,
    batches: &[TextColumns],
    labelled: bool,
    lexicon: &Lexicon,
) -> Result<(), ModelError> {
    let labels = LabelReader::new(lexicon);
    let mut number = 0;
    for texts in batches {
        for start in (0..texts.rows).step_by(AT_ONCE) {
            let range = start..texts.rows.min(start + AT_ONCE);
            let descriptions: Vec<_> = range.clone().map(|row| texts.description(row)).collect();
            let postings: Vec<Posting> = range
                .zip(&descriptions)
                .map(|(row, description)| {
                    number += 1;
                    let stated = if labelled {
                        texts.label(row, &labels)
                    } else {
                        texts.stated(row, lexicon)
                    };
                    let texts = Texts {
                        id: texts.get(Column::Id, row),
                        title: texts.get(Column::Title, row),
                        company: texts.get(Column::Company, row),
                        description,
                    };
                    Posting { row: number, texts, stated: stated.ok() }
                })
                .collect();
            rows.add(&postings).map_err(ModelError::Aside)?;
        }
    }
    Ok(())
}

/// Converts a value to Python objects, through JSON.
fn object<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    let json = serde_json::to_string(value).map_err(wrong)?;
    py.import("json")?.call_method1("loads", (json,))
}
