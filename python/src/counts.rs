//! Counts of labelled postings for distributed training.

use crate::Pickled;
use crate::collect::{collect, learned_columns};
use crate::columns::{Chosen, ColumnArgument, TextColumns};
use crate::errors::{interruptible, warn, wrong};
use crate::input::TableArgument;
use crate::labels::{LabelOptions, Map};
use crate::lexicon::{lexicon_of, need_same};
use crate::model::PyModel;
use crate::threads::{Threads, on_all_cores};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rolecall::lexicon::Lexicon;
use rolecall::model::{Collector, Counting, Sampled, Sums, labels_repeat_titles, organisation};
use rolecall::postings::Column;
use rolecall::text::CleanText;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What was counted of n labelled postings: hashes of features and, of those in small letters, their words; never
/// postings. Add counts of parts of the data in any order, with `+` or `sum`, then train: the model is the same, byte for
/// byte, as that of all the data at once. `len` is n.
#[pyclass(frozen, module = "rolecall")]
pub(crate) struct Counts {
    pub(crate) collector: Collector,
    lexicon: Arc<Lexicon>,
    folder: Option<PathBuf>,
}

#[pymethods]
impl Counts {
    /// Counts the labelled postings of a table; arguments and errors are those of `rolecall.train`. Postings of one
    /// organisation may be in several parts.
    #[staticmethod]
    #[pyo3(signature = (table, *, title=None, description=None, company=None, label=None,
                        map=None, strict=false, label_from_title=false, lexicon=None, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn of(
        py: Python,
        table: TableArgument,
        title: Option<String>,
        description: Option<ColumnArgument>,
        company: Option<String>,
        label: Option<String>,
        map: Option<Map>,
        strict: bool,
        label_from_title: bool,
        lexicon: Option<PathBuf>,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let chosen = learned_columns([title, company, label], description);
        let labels = LabelOptions::new(label_from_title, map, strict)?;
        let folder = lexicon;
        let lexicon = lexicon_of(folder.as_deref())?;
        let threads = Threads::new(py, threads)?;
        let collector = collect(py, table, &chosen, &labels, &lexicon, &threads)?.collector;
        Ok(Self { collector, lexicon, folder })
    }

    /// Trains a model on what was counted; arguments and errors are those of `rolecall.train`.
    #[pyo3(signature = (*, count_twice=false, data_name=None, date=None, threads=None))]
    fn train(
        &self,
        py: Python,
        count_twice: bool,
        data_name: Option<String>,
        date: Option<String>,
        threads: Option<usize>,
    ) -> PyResult<PyModel> {
        let mut collector = self.copy(py).collector;
        collector.drop_title_features(false);
        let two_labels = if count_twice { 0 } else { collector.two_labels().len() };
        if two_labels > 0 {
            let what =
                "rows under two labels are not learned: correct one label, or learn both with";
            warn(py, &format!("{two_labels} {what} count_twice=True"))?;
        }
        let provenance = collector.provenance();
        (provenance.data, provenance.date) = (data_name, date);
        let (lexicon, threads) = (self.lexicon.clone(), Threads::new(py, threads)?);
        let model = interruptible(py, move || {
            threads.run(|| collector.train(Counting { twice: count_twice }, &lexicon))
        })?;
        Ok(PyModel::new(model.map_err(wrong)?, self.lexicon.clone()))
    }

    /// How many labels are another than the role that the title states, and how many titles state a role.
    fn differing(&self) -> (u64, u64) {
        self.collector.differing().into()
    }

    /// Whether labels are taken for those of the titles: if fewer than one in fifty of at least a hundred differs.
    ///
    /// differing, all: the sums of what `differing` gives for all parts of the data.
    #[staticmethod]
    fn labels_repeat_titles(differing: u64, all: u64) -> bool {
        labels_repeat_titles([differing, all])
    }

    /// These without the titles, for labels that repeat them.
    fn without_titles(&self, py: Python) -> Self {
        let mut counts = self.copy(py);
        counts.collector.drop_title_features(true);
        counts
    }

    /// A number for the organisation of each of n postings: the same for the same organisation, or for the same text
    /// where none is named. Gives a list of n.
    #[staticmethod]
    #[pyo3(signature = (table, *, description=None, company=None))]
    fn organisations(
        py: Python,
        table: TableArgument,
        description: Option<ColumnArgument>,
        company: Option<String>,
    ) -> PyResult<Vec<i64>> {
        let reader = table.0.into_reader()?;
        let chosen = Chosen::default().description(description).and(Column::Company, company);
        let columns = chosen.find(&reader.schema())?;
        let mut all = Vec::new();
        for batch in reader {
            let texts = TextColumns::new(&batch.map_err(wrong)?, &columns)?;
            let of_row = |row| {
                let text = CleanText::new(&texts.description(row));
                organisation(texts.get(Column::Company, row), &text).cast_signed()
            };
            py.detach(|| all.extend((0..texts.rows).map(of_row)));
        }
        Ok(all)
    }

    /// These added up by feature. Those of an organisation must all be there.
    #[pyo3(signature = (*, count_twice=false))]
    fn sums(&self, py: Python, count_twice: bool) -> PyResult<PySums> {
        let collector = self.collector.clone();
        let sums = on_all_cores(py, || collector.sums(Counting { twice: count_twice }))?;
        Ok(PySums { sums, lexicon: self.lexicon.clone(), folder: self.folder.clone() })
    }

    /// All of some counts: less work than one `+` after the other. Raises ValueError if there are none, or if
    /// they were counted with different lexicons.
    #[staticmethod]
    fn sum(py: Python, counts: &Bound<PyAny>) -> PyResult<Self> {
        let mut sum: Option<Self> = None;
        for counts in counts.try_iter()? {
            let counts = counts?.cast_into::<Self>()?;
            let counts = counts.get();
            match &mut sum {
                None => sum = Some(counts.copy(py)),
                Some(sum) => sum.add(py, counts)?,
            }
        }
        sum.ok_or_else(|| wrong("there are no counts to be added up"))
    }

    fn __add__(&self, py: Python, other: &Self) -> PyResult<Self> {
        let mut sum = self.copy(py);
        sum.add(py, other)?;
        Ok(sum)
    }

    /// For `sum([...])`, which begins with 0.
    fn __radd__<'py>(
        slf: &Bound<'py, Self>,
        zero: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let not_added = slf.py().NotImplemented().into_bound(slf.py());
        Ok(if zero.eq(0)? { slf.clone().into_any() } else { not_added })
    }

    /// The labelled postings.
    fn __len__(&self) -> usize {
        self.collector.examples().len()
    }

    fn __repr__(&self) -> String {
        format!("<rolecall.Counts: {} postings>", self.__len__())
    }

    /// As bytes, about two kilobytes for each posting.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = on_all_cores(py, || self.collector.to_bytes(&self.lexicon))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// From the bytes that `to_bytes` gives. Raises ValueError if they are none, of another version or lexicon,
    /// or damaged.
    #[staticmethod]
    #[pyo3(signature = (bytes, lexicon=None))]
    fn from_bytes(py: Python, bytes: &[u8], lexicon: Option<PathBuf>) -> PyResult<Self> {
        let folder = lexicon;
        let lexicon = lexicon_of(folder.as_deref())?;
        let collector = on_all_cores(py, || Collector::from_bytes(bytes, &lexicon))?;
        let collector = collector.map_err(wrong)?;
        Ok(Self { collector, lexicon, folder })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let py = slf.py();
        let from_bytes = py.get_type::<Self>().getattr("from_bytes")?;
        Ok((from_bytes, (slf.get().to_bytes(py)?, slf.get().folder.clone())))
    }
}

impl Counts {
    fn copy(&self, py: Python) -> Self {
        let Self { collector, lexicon, folder } = self;
        let collector = py.detach(|| collector.clone());
        Self { collector, lexicon: lexicon.clone(), folder: folder.clone() }
    }

    fn add(&mut self, py: Python, other: &Self) -> PyResult<()> {
        need_same(&self.lexicon, &other.lexicon)?;
        py.detach(|| self.collector.merge(other.collector.clone()));
        Ok(())
    }
}

/// A model of the labelled postings of a table: at least several organisations for each role.
///
/// table: n rows, as for `Model.classify`, with a label in each; rows without one are left out, and
/// `header["provenance"]` says how many.
/// title, description, company, label: names of columns, which are found if not named.
/// map: spellings of labels and what they stand for, as {"PM": "product_manager"}. Others are read as
/// `read_labels` reads them.
/// strict: refuse labels that are not understood, instead of leaving out their rows.
/// label_from_title: take the role that each title states for its label.
/// count_twice: count rows that are the same, and those under two labels, too.
/// data_name, date: name of the data and its date, for `header`.
/// lexicon: folder of the lexicon, instead of the one inside the package.
/// threads: number of threads, from 1 on; None for all cores.
///
/// Rows under two labels are not learned, and a UserWarning says how many. Raises TypeError for what is no table, and
/// ValueError for columns that are not found, labels that are refused, and if a role has too few organisations.
#[pyfunction]
#[pyo3(signature = (table, *, title=None, description=None, company=None, label=None,
                    map=None, strict=false, label_from_title=false, count_twice=false,
                    data_name=None, date=None, lexicon=None, threads=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn train(
    py: Python,
    table: TableArgument,
    title: Option<String>,
    description: Option<ColumnArgument>,
    company: Option<String>,
    label: Option<String>,
    map: Option<Map>,
    strict: bool,
    label_from_title: bool,
    count_twice: bool,
    data_name: Option<String>,
    date: Option<String>,
    lexicon: Option<PathBuf>,
    threads: Option<usize>,
) -> PyResult<PyModel> {
    let counts = Counts::of(
        py,
        table,
        title,
        description,
        company,
        label,
        map,
        strict,
        label_from_title,
        lexicon,
        threads,
    )?;
    counts.train(py, count_twice, data_name, date, threads)
}

/// What was counted of labelled postings, added up by feature: those of an organisation in one place.
#[pyclass(frozen, module = "rolecall._rolecall", name = "Sums")]
pub(crate) struct PySums {
    pub(crate) sums: Sums,
    pub(crate) lexicon: Arc<Lexicon>,
    pub(crate) folder: Option<PathBuf>,
}

#[pymethods]
impl PySums {
    /// All of some sums. Raises ValueError if there are none, or if they were counted with different lexicons.
    #[staticmethod]
    fn sum(py: Python, sums: &Bound<PyAny>) -> PyResult<Self> {
        let mut about: Option<(Arc<Lexicon>, Option<PathBuf>)> = None;
        // Balanced merge by number of parts: each part is merged O(log n) times.
        let mut added: Vec<(u32, Sums)> = Vec::new();
        for part in sums.try_iter()? {
            let part = part?.cast_into::<Self>()?;
            let part = part.get();
            let (lexicon, _) =
                about.get_or_insert_with(|| (part.lexicon.clone(), part.folder.clone()));
            need_same(lexicon, &part.lexicon)?;
            let (mut parts, mut sum) = (1, part.sums.clone());
            while let Some((before, other)) = added.pop_if(|(before, _)| *before == parts) {
                sum = on_all_cores(py, || other.plus(sum))?.map_err(wrong)?;
                parts += before;
            }
            added.push((parts, sum));
        }
        let mut sum: Option<Sums> = None;
        for (_, other) in added {
            sum = Some(match sum {
                None => other,
                Some(sum) => on_all_cores(py, || sum.plus(other))?.map_err(wrong)?,
            });
        }
        let about = about.zip(sum).ok_or_else(|| wrong("there are no sums to be added up"))?;
        let ((lexicon, folder), sums) = about;
        Ok(Self { sums, lexicon, folder })
    }

    /// The largest hash of a text in the sample, and the group of each organisation whose postings are to be
    /// scored. Raises ValueError if there are too few organisations.
    fn sampled(&self, py: Python) -> PyResult<(u64, BTreeMap<i64, i64>)> {
        let Sampled { cut, groups } =
            on_all_cores(py, || self.sums.sampled(&self.lexicon))?.map_err(wrong)?;
        let groups = groups.into_iter();
        Ok((
            cut,
            groups
                .map(|(organisation, group)| (organisation.cast_signed(), group.cast_signed()))
                .collect(),
        ))
    }

    /// What postings are scored by.
    fn others(&self, py: Python) -> PyResult<Self> {
        let sums = on_all_cores(py, || self.sums.others(&self.lexicon))?;
        Ok(Self { sums, lexicon: self.lexicon.clone(), folder: self.folder.clone() })
    }

    /// The scores of postings in the sample; these must be the `others`, and whole groups must be there.
    fn scored(&self, py: Python, counts: &Counts, cut: u64, count_twice: bool) -> PyResult<Self> {
        need_same(&self.lexicon, &counts.lexicon)?;
        let (sums, collector) = (self.sums.clone(), counts.collector.clone());
        let counting = Counting { twice: count_twice };
        let sums = on_all_cores(py, || sums.scored(collector, cut, counting, &self.lexicon))?;
        Ok(Self { sums, lexicon: self.lexicon.clone(), folder: self.folder.clone() })
    }

    /// A model of these and of the scores of the sample.
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
            let part = part?.cast_into::<Self>()?;
            need_same(&self.lexicon, &part.get().lexicon)?;
            sums = sums.with_scores(part.get().sums.clone());
        }
        let provenance = sums.provenance();
        (provenance.data, provenance.date) = (data_name, date);
        let (lexicon, threads) = (self.lexicon.clone(), Threads::new(py, threads)?);
        let model = interruptible(py, move || threads.run(|| sums.train(&lexicon)))?;
        Ok(PyModel::new(model.map_err(wrong)?, self.lexicon.clone()))
    }

    /// As bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &on_all_cores(py, || self.sums.to_bytes(&self.lexicon))?))
    }

    /// From the bytes that `to_bytes` gives. Raises ValueError.
    #[staticmethod]
    #[pyo3(signature = (bytes, lexicon=None))]
    fn from_bytes(py: Python, bytes: &[u8], lexicon: Option<PathBuf>) -> PyResult<Self> {
        let folder = lexicon;
        let lexicon = lexicon_of(folder.as_deref())?;
        let sums = on_all_cores(py, || Sums::from_bytes(bytes, &lexicon))?;
        Ok(Self { sums: sums.map_err(wrong)?, lexicon, folder })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let py = slf.py();
        let from_bytes = py.get_type::<Self>().getattr("from_bytes")?;
        Ok((from_bytes, (slf.get().to_bytes(py)?, slf.get().folder.clone())))
    }
}
