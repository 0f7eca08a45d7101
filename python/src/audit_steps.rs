//! Audits by a model in steps on several machines, for Spark.

use crate::audit::{Audited, NONE_STATED, ReadTable, audited_columns, findings_table};
use crate::columns::ColumnArgument;
use crate::errors::{interruptible, wrong};
use crate::input::TableArgument;
use crate::json::object;
use crate::labels::{LabelOptions, Map};
use crate::model::PyModel;
use crate::table::Table;
use crate::threads::Threads;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rolecall::audit::{
    AuditRows, JoinedAudit, JoinedRows, LeftOut, PartScores, PartSuspicions, RowNumbers,
};
use rolecall::model::{Model, ModelError};
use std::sync::Arc;

/// The postings of one machine, to be audited by a model together with those of others. `JoinedAudit` has the steps.
#[pyclass(frozen, module = "rolecall._rolecall")]
pub(crate) struct AuditPart {
    table: Arc<ReadTable>,
    model: Arc<Model>,
    threads: Option<usize>,
}

/// The steps of an audit on the machine that joins the numbers of all others.
#[pyclass(frozen, module = "rolecall._rolecall", name = "JoinedAudit")]
pub(crate) struct PyJoinedAudit {
    numbers: Vec<RowNumbers>,
    model: PyModel,
}

#[pymethods]
impl AuditPart {
    /// Of a table; the arguments are those of `Model.audit`. `labelled` is whether a label column states the roles, as
    /// the first rows of all have shown.
    #[new]
    #[pyo3(signature = (model, table, *, labelled=None, title=None, description=None, company=None, label=None,
                        id=None, map=None, strict=false, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        py: Python,
        model: &PyModel,
        table: TableArgument,
        labelled: Option<bool>,
        title: Option<String>,
        description: Option<ColumnArgument>,
        company: Option<String>,
        label: Option<String>,
        id: Option<String>,
        map: Option<Map>,
        strict: bool,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let audited = Audited {
            table,
            chosen: audited_columns([title, company, label, id], description),
            labels: LabelOptions::new(false, map, strict)?,
            lexicon: model.lexicon.clone(),
            threads,
        };
        let table = Arc::new(audited.read(py, labelled)?);
        Ok(Self { table, model: model.model.clone(), threads })
    }

    /// Whether a label column states the roles; otherwise the titles do.
    #[getter]
    fn labelled(&self) -> bool {
        self.table.labelled
    }

    /// A table of findings without any.
    #[staticmethod]
    fn no_findings(py: Python) -> PyResult<Table> {
        findings_table(&[], py.None().into_bound(py))
    }

    /// The numbers of the rows.
    fn numbers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let lexicon = self.table.lexicon.clone();
        let numbers = self.run(py, |rows, _| rows.numbers().map_err(ModelError::Aside))?;
        Ok(PyBytes::new(py, &numbers.to_bytes(&lexicon)))
    }

    /// The scores of the rows, without what `JoinedAudit.left_out` gives. Raises ValueError if that is of other rows.
    fn scores<'py>(&self, py: Python<'py>, left_out: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let lexicon = self.table.lexicon.clone();
        let left_out = LeftOut::from_bytes(left_out, &lexicon).map_err(wrong)?;
        let scores = self.run(py, move |rows, model| rows.scores(model, &left_out))?;
        Ok(PyBytes::new(py, &scores.to_bytes(&lexicon)))
    }

    /// The findings on the rows, by what `JoinedAudit.suspicions` gives. Raises ValueError if that is of other rows.
    fn findings(&self, py: Python, suspicions: &[u8]) -> PyResult<Table> {
        let suspicions = PartSuspicions::from_bytes(suspicions, &self.table.lexicon);
        let suspicions = suspicions.map_err(wrong)?;
        let findings = self.run(py, move |rows, model| rows.findings(model, &suspicions, false))?;
        findings_table(&findings, py.None().into_bound(py))
    }
}

impl AuditPart {
    /// Does a step, without the GIL.
    fn run<T: Send + 'static>(
        &self,
        py: Python,
        step: impl FnOnce(&AuditRows, &Model) -> Result<T, ModelError> + Send + 'static,
    ) -> PyResult<T> {
        let threads = Threads::new(py, self.threads)?;
        let (table, model) = (self.table.clone(), self.model.clone());
        interruptible(py, move || threads.run(|| step(&table.rows()?, &model).map_err(wrong)))?
    }
}

#[pymethods]
impl PyJoinedAudit {
    /// Of what `AuditPart.numbers` gave for each part, in their order. Raises ValueError if no row states a role.
    #[new]
    fn new(model: PyModel, numbers: Vec<Vec<u8>>) -> PyResult<Self> {
        let read = |bytes: &Vec<u8>| RowNumbers::from_bytes(bytes, &model.lexicon).map_err(wrong);
        let numbers = numbers.iter().map(read).collect::<PyResult<Vec<_>>>()?;
        if numbers.iter().all(RowNumbers::is_empty) {
            return Err(wrong(NONE_STATED));
        }
        Ok(Self { numbers, model })
    }

    /// For each part, what it leaves out of the counts of the model. Raises ValueError if the model is a compact one of
    /// just these rows.
    fn left_out<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let PyModel { model, lexicon } = &self.model;
        let left_out = py.detach(|| JoinedRows::new(&self.numbers, lexicon).left_out(model));
        let left_out = left_out.map_err(wrong)?;
        Ok(left_out.iter().map(|part| PyBytes::new(py, &part.to_bytes(lexicon))).collect())
    }

    /// For each part, which rows are suspect, by what `AuditPart.scores` gave; and the summary, without the numbers of
    /// findings. Raises ValueError if the scores are not those of the rows.
    fn suspicions<'py>(
        &self,
        py: Python<'py>,
        scores: Vec<Vec<u8>>,
    ) -> PyResult<(Vec<Bound<'py, PyBytes>>, Bound<'py, PyAny>)> {
        let PyModel { model, lexicon } = &self.model;
        let read = |bytes: &Vec<u8>| PartScores::from_bytes(bytes, lexicon).map_err(wrong);
        let scores = scores.iter().map(read).collect::<PyResult<Vec<_>>>()?;
        let audit = py.detach(|| {
            let joined = JoinedRows::new(&self.numbers, lexicon);
            let left_out = joined.left_out(model)?;
            joined.audit(model, "given", left_out, scores)
        });
        let JoinedAudit { parts, summary } = audit.map_err(wrong)?;
        let parts = parts.iter().map(|part| PyBytes::new(py, &part.to_bytes(lexicon)));
        Ok((parts.collect(), object(py, &summary)?))
    }
}
