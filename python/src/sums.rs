//! Counts added up by feature where the postings are, so that no posting goes where a model is fitted.

use crate::Pickled;
use crate::counts::Counts;
use crate::errors::{interruptible, wrong};
use crate::model::{PyModel, lexicon_of};
use crate::rows::Threads;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rolecall::evidence::Lexicon;
use rolecall::model::{Counting, Sampled, Sums as Added};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What was counted of labelled postings, added up by feature: those of an organisation in one place.
#[pyclass(frozen, module = "rolecall._rolecall", name = "Sums")]
pub(crate) struct PySums {
    pub(crate) sums: Added,
    pub(crate) lexicon: Arc<Lexicon>,
    pub(crate) folder: Option<PathBuf>,
}

#[pymethods]
impl PySums {
    /// All of some sums.
    #[staticmethod]
    fn sum(py: Python, sums: &Bound<PyAny>) -> PyResult<Self> {
        let mut about = None;
        // By the number of parts: like is added to like, so that each is gone through seldom.
        let mut added: Vec<(u32, Added)> = Vec::new();
        for part in sums.try_iter()? {
            let part = part?.cast_into::<Self>()?;
            let part = part.get();
            about = Some((part.lexicon.clone(), part.folder.clone()));
            let (mut parts, mut sum) = (1, part.sums.clone());
            while let Some((before, other)) = added.pop_if(|(before, _)| *before == parts) {
                sum = py.detach(|| other.plus(sum)).map_err(wrong)?;
                parts += before;
            }
            added.push((parts, sum));
        }
        let mut sum: Option<Added> = None;
        for (_, other) in added {
            sum = Some(match sum {
                None => other,
                Some(sum) => py.detach(|| sum.plus(other)).map_err(wrong)?,
            });
        }
        let about = about.zip(sum).ok_or_else(|| wrong("there are no sums to be added up"))?;
        let ((lexicon, folder), sums) = about;
        Ok(Self { sums, lexicon, folder })
    }

    /// The largest hash of a text in the sample, and the group of each organisation whose postings are to be
    /// scored.
    fn sampled(&self, py: Python) -> PyResult<(u64, BTreeMap<i64, i64>)> {
        let Sampled { cut, groups } =
            py.detach(|| self.sums.sampled(&self.lexicon)).map_err(wrong)?;
        let groups = groups.into_iter();
        Ok((cut, groups.map(|(own, group)| (own.cast_signed(), group.cast_signed())).collect()))
    }

    /// What postings are scored by.
    fn others(&self, py: Python) -> Self {
        let sums = py.detach(|| self.sums.others(&self.lexicon));
        Self { sums, lexicon: self.lexicon.clone(), folder: self.folder.clone() }
    }

    /// The scores of postings in the sample; these must be the `others`, and whole groups must be there.
    fn scored(&self, py: Python, counts: &Counts, cut: u64, count_twice: bool) -> Self {
        let (sums, collector) = (self.sums.clone(), counts.collector.clone());
        let counting = Counting { twice: count_twice };
        let sums = py.detach(|| sums.scored(collector, cut, counting, &self.lexicon));
        Self { sums, lexicon: self.lexicon.clone(), folder: self.folder.clone() }
    }

    /// Trains a model on the sums and the scores of a sample.
    #[pyo3(signature = (scored, *, data_name=None, date=None, threads=None))]
    fn train(
        &self,
        py: Python,
        scored: &Bound<PyAny>,
        data_name: Option<String>,
        date: Option<String>,
        threads: Option<usize>,
    ) -> PyResult<PyModel> {
        let mut sums = self.sums.clone();
        for part in scored.try_iter()? {
            sums = sums.with_scores(part?.cast_into::<Self>()?.get().sums.clone());
        }
        let provenance = sums.provenance();
        (provenance.data, provenance.date) = (data_name, date);
        let (lexicon, threads) = (self.lexicon.clone(), Threads::new(threads)?);
        let model = interruptible(py, move || threads.run(|| sums.train(&lexicon)))?;
        Ok(PyModel::new(model.map_err(wrong)?, self.lexicon.clone(), self.folder.clone()))
    }

    /// As bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.sums.to_bytes(&self.lexicon)))
    }

    /// From bytes.
    #[staticmethod]
    #[pyo3(signature = (bytes, lexicon=None))]
    fn from_bytes(py: Python, bytes: &[u8], lexicon: Option<PathBuf>) -> PyResult<Self> {
        let folder = lexicon;
        let lexicon = lexicon_of(folder.as_deref())?;
        let sums = py.detach(|| Added::from_bytes(bytes, &lexicon));
        Ok(Self { sums: sums.map_err(wrong)?, lexicon, folder })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let py = slf.py();
        let made = py.get_type::<Self>().getattr("from_bytes")?;
        Ok((made, (slf.get().to_bytes(py), slf.get().folder.clone())))
    }
}
