//! Models: classify, explain, retrain, audit.

use crate::Pickled;
use crate::audit::{Audited, audited_columns};
use crate::collect::learned_columns;
use crate::columns::{Chosen, ColumnArgument, TextColumns};
use crate::errors::wrong;
use crate::input::{OptionalText, TableArgument};
use crate::json::object;
use crate::labels::{LabelOptions, Map};
use crate::lexicon::{lexicon_of, model_of};
use crate::retrain::{RetrainOptions, Tables, retrained};
use crate::suggest::suggested;
use crate::table::{Builders, Table, batch, placed};
use crate::threads::{Threads, on_all_cores};
use arrow_array::RecordBatch;
use arrow_schema::Schema;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rolecall::audit::By;
use rolecall::judge::{Judge, Prior, Settings};
use rolecall::lexicon::Lexicon;
use rolecall::model::{Counting, View};
use rolecall::postings::Column;
use rolecall::report::{added_columns, with_added_fields};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A model, with the lexicon it was trained with.
#[pyclass(frozen, from_py_object, module = "rolecall", name = "Model")]
#[derive(Clone)]
pub(crate) struct PyModel {
    pub(crate) model: Arc<rolecall::model::Model>,
    pub(crate) lexicon: Arc<Lexicon>,
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
    /// The model inside the package. It scores, and can be added to; it has no record of the rows it has learned, so
    /// that none can be taken out.
    #[staticmethod]
    fn default(py: Python) -> PyResult<Self> {
        on_all_cores(py, || {
            let lexicon = lexicon_of(None)?;
            let model = rolecall::model::Model::embedded(&lexicon).map_err(wrong)?;
            Ok(Self::new(model, lexicon))
        })?
    }

    /// Reads a model file. It holds the lexicon it was trained with, if that is not the one inside the package.
    ///
    /// lexicon: the folder of that lexicon: if it is given, it must be the same.
    ///
    /// Raises OSError if the file cannot be read, and ValueError if it is no model, one of another version or
    /// damaged, or belongs to another lexicon.
    #[staticmethod]
    #[pyo3(signature = (path, lexicon=None))]
    fn load(py: Python, path: PathBuf, lexicon: Option<PathBuf>) -> PyResult<Self> {
        let bytes = std::fs::read(&path)
            .map_err(|e| PyOSError::new_err((e.raw_os_error(), e.to_string(), path.clone())))?;
        Self::from_bytes(py, &bytes, lexicon)
            .map_err(|e| wrong(format!("{}: {}", path.display(), e.value(py))))
    }

    /// From the bytes of a model file; see `load`. Raises ValueError.
    #[staticmethod]
    #[pyo3(signature = (bytes, lexicon=None))]
    fn from_bytes(py: Python, bytes: &[u8], lexicon: Option<PathBuf>) -> PyResult<Self> {
        on_all_cores(py, || {
            let (model, lexicon) = model_of(bytes, lexicon.as_deref())?;
            Ok(Self::new(model, lexicon))
        })?
    }

    /// The bytes of its file: the same model gives the same bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let mut bytes = Vec::new();
        on_all_cores(py, || self.model.write(&mut bytes))??;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Writes its file: whole, or not at all. Raises OSError.
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
        Self::new(model, self.lexicon.clone())
    }

    /// What it was trained on, how good it is, and all else in it but its features: `postings` by class, `roles`,
    /// `provenance`, `held_out` (figures on rows it was not fitted to), `history` (its retrains).
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
        Ok((from_bytes, (slf.get().to_bytes(slf.py())?, None)))
    }

    /// Classifies n postings: the rows of a table, in their order, with the columns of their verdicts behind their own.
    ///
    /// Added are `predicted_role` (the id of a role, or "other"), `confidence` (0 to 1), `decision` ("accept", "review",
    /// "out_of_scope", "no_evidence"), `p_` and the id of each role and `p_other` (0 to 1, together 1), `second_role`, `other_job`,
    /// `title_role`, `title_level`, `experience_years`, `language`, `notes` and `evidence` (a list of the phrases that decided,
    /// strongest first). If the table has a column of such a name, the added one is called `rolecall_notes` or the like.
    ///
    /// table: a data frame of pandas or Polars, a table of PyArrow, a relation of DuckDB, a list of dicts, or texts.
    /// title, description: names of columns; `description` may be several, whose texts are joined. Found if not named.
    /// closed: give every posting one of the roles, and `p_other` no value.
    /// view: what is read: "whole" (title and text), "text", or "duties" (the text with the roles' names masked).
    /// precision: the share of accepted postings that should be right, between 0 and 1.
    /// prior: how common the roles are in the table: all together (0 to 1), by role as {"product_owner": 0.2}, or "market".
    /// evidence: whether to give the column `evidence`; without it is a little faster.
    /// replace: write over the columns of an earlier run.
    /// threads: number of threads, from 1 on; None for all cores.
    ///
    /// Raises TypeError for what is no table or no text, and ValueError for columns that are not found and for
    /// arguments out of range.
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

    /// Why one posting is judged as it is: a dict, as `rolecall explain --json` writes it, with `label`, `confidence`
    /// (0 to 1), `decision`, `notes`, and in `questions` what each feature adds to the scores (in nats).
    ///
    /// text, title: a str; None and NaN are no text.
    /// closed, view: as in `classify`.
    ///
    /// Raises TypeError for what is no text, and ValueError for a view that there is not.
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

    /// The postings of a table whose title or label does not match the duties, by this model without the counts of
    /// each posting's organisation; see `rolecall.audit`, which needs no model.
    #[pyo3(signature = (table, *, title=None, description=None, company=None, label=None, id=None,
                        map=None, strict=false, threads=None))]
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
        map: Option<Map>,
        strict: bool,
        threads: Option<usize>,
    ) -> PyResult<Table> {
        let audited = Audited {
            table,
            chosen: audited_columns([title, company, label, id], description),
            labels: LabelOptions::new(false, map, strict)?,
            lexicon: self.lexicon.clone(),
            threads,
        };
        let model = self.model.clone();
        audited.findings(py, move |rows| rows.audit(By::Model(&model, "given"), false))
    }

    /// The rows of a table to label next: those whose labels would teach the model most, the most useful first.
    ///
    /// Chosen are rows that the model is unsure of, that differ from one another and from what it has learned, and one
    /// in three at random. Rows with a label are not suggested, and count as known.
    ///
    /// table: as in `classify`, of rows with and without labels.
    /// n: how many rows, at most.
    /// title, description, company, label, id: names of columns, which are found if not named.
    /// closed, view: as in `classify`; map: as in `rolecall.train`.
    /// threads: number of threads, from 1 on; None for all cores.
    ///
    /// Returns a table of at most n rows with all their columns, `why` behind them and, if the table has no label column, an
    /// empty `role`; `summary` has the numbers `rows_read`, `labelled` and `suggested`. Raises as `classify`.
    #[pyo3(signature = (table, n=50, *, title=None, description=None, company=None, label=None,
                        id=None, closed=false, view="whole", map=None, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn suggest(
        &self,
        py: Python,
        table: TableArgument,
        n: usize,
        title: Option<String>,
        description: Option<ColumnArgument>,
        company: Option<String>,
        label: Option<String>,
        id: Option<String>,
        closed: bool,
        view: &str,
        map: Option<Map>,
        threads: Option<usize>,
    ) -> PyResult<Table> {
        let view = view_of(view)?;
        let chosen = audited_columns([title, company, label, id], description);
        let threads = Threads::new(py, threads)?;
        let labels = LabelOptions::new(false, map, false)?;
        let labels = labels.reader(&self.lexicon)?;
        let settings = Settings { view, closed, quotes: false, ..Settings::default() };
        let judge = threads.detached(py, || Judge::new(&self.model, &self.lexicon, settings));
        suggested(py, table, &chosen, &labels, &judge, n, &threads)
    }

    /// A model with the rows of a table added or taken out, or with other models merged into it. The counts are exact:
    /// adding and removing the same rows gives the same model, byte for byte.
    ///
    /// add, remove: tables of labelled postings, with columns and labels as for `rolecall.train`. What is removed must
    /// have the title, company, text and label it was added with.
    /// check: a table of labelled postings to compare the old and the new model on; otherwise they are compared on the
    /// added rows, each without its organisation.
    /// merge: models that have learned other rows with the same lexicon.
    /// relabel: a row that the model knows under another label gets the new one.
    /// count_twice: count rows that are the same, and those under two labels, too.
    /// allow_worse: give the new model though it is worse than the old one by more than chance.
    /// data_name, date: names of the data and its date, for `header`.
    ///
    /// Rows under two labels, or under another than the model knows, are not learned, and a UserWarning names them.
    /// Raises WorseModelError if the new model is worse, and ValueError if rows to remove were never added, if a model
    /// to merge is compact, has learned the same rows or has another lexicon, and as `rolecall.train`.
    #[pyo3(signature = (add=None, remove=None, *, check=None, merge=None, title=None,
                        description=None, company=None, label=None, map=None, strict=false,
                        label_from_title=false, count_twice=false, relabel=false,
                        allow_worse=false, data_name=None, date=None, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn retrain(
        &self,
        py: Python,
        add: Option<TableArgument>,
        remove: Option<TableArgument>,
        check: Option<TableArgument>,
        merge: Option<Vec<PyRef<Self>>>,
        title: Option<String>,
        description: Option<ColumnArgument>,
        company: Option<String>,
        label: Option<String>,
        map: Option<Map>,
        strict: bool,
        label_from_title: bool,
        count_twice: bool,
        relabel: bool,
        allow_worse: bool,
        data_name: Option<String>,
        date: Option<String>,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let options = RetrainOptions {
            chosen: learned_columns([title, company, label], description),
            labels: LabelOptions::new(label_from_title, map, strict)?,
            counting: Counting { twice: count_twice },
            relabel,
            allow_worse,
            data_name,
            date,
            threads,
        };
        let clone = |other: &PyRef<Self>| rolecall::model::Model::clone(&other.model);
        let merged = merge.unwrap_or_default().iter().map(clone).collect();
        let tables = Tables { add, remove, check };
        let model = retrained(py, &self.model, tables, merged, options, &self.lexicon)?;
        Ok(Self::new(model, self.lexicon.clone()))
    }
}

impl PyModel {
    pub(crate) fn new(model: rolecall::model::Model, lexicon: Arc<Lexicon>) -> Self {
        Self { model: Arc::new(model), lexicon }
    }
}
