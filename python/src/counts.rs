//! Labelled postings, counted here and there, and trained on together.

use crate::Pickled;
use crate::columns::{Chosen, ColumnArgument, TextColumns, need};
use crate::errors::{interruptible, wrong};
use crate::model::{PyModel, lexicon_of};
use crate::rows::Threads;
use crate::sums::PySums;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use pyo3_arrow::input::AnyRecordBatch;
use rolecall::evidence::{Extractor, Lexicon};
use rolecall::model::{Collector, Counting, Example, labels_repeat_titles, organisation};
use rolecall::postings::Column;
use rolecall::text::CleanText;
use std::path::PathBuf;
use std::sync::Arc;

/// What was counted of labelled postings: hashes of features and, of those
/// in small letters, their words; never postings. Add counts of parts of the
/// data in any order, then train: the model is the same as that of all the data at once.
#[pyclass(frozen, module = "rolecall")]
pub(crate) struct Counts {
    pub(crate) collector: Collector,
    lexicon: Arc<Lexicon>,
    folder: Option<PathBuf>,
}

#[pymethods]
impl Counts {
    /// Counts the labelled postings of a table.
    #[staticmethod]
    #[pyo3(signature = (table, *, title=None, description=None, company=None, label=None,
                        label_from_title=false, lexicon=None, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn of(
        py: Python,
        table: AnyRecordBatch,
        title: Option<String>,
        description: Option<ColumnArgument>,
        company: Option<String>,
        label: Option<String>,
        label_from_title: bool,
        lexicon: Option<PathBuf>,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let chosen = Chosen::default()
            .description(description)
            .and(Column::Title, title)
            .and(Column::Company, company)
            .and(Column::Label, label);
        let folder = lexicon;
        let lexicon = lexicon_of(folder.as_deref())?;
        let collector =
            collect(py, table, &chosen, label_from_title, &lexicon, &Threads::new(threads)?)?;
        Ok(Self { collector, lexicon, folder })
    }

    /// Trains a model on what was counted.
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
        collector.distrust_titles(false);
        let provenance = collector.provenance();
        (provenance.data, provenance.date) = (data_name, date);
        let (lexicon, threads) = (self.lexicon.clone(), Threads::new(threads)?);
        let model = interruptible(py, move || {
            threads.run(|| collector.train(Counting { twice: count_twice }, &lexicon))
        })?;
        Ok(PyModel::new(model.map_err(wrong)?, self.lexicon.clone(), self.folder.clone()))
    }

    /// How many labels are another than the role that the title states, and how many titles state a role.
    fn differing(&self) -> (u64, u64) {
        self.collector.differing().into()
    }

    /// Whether labels are taken for those of the titles, by what `differing` says of all.
    #[staticmethod]
    fn labels_repeat_titles(differing: u64, all: u64) -> bool {
        labels_repeat_titles([differing, all])
    }

    /// These without the titles, for labels that repeat them.
    fn without_titles(&self, py: Python) -> Self {
        let mut counts = self.copy(py);
        counts.collector.distrust_titles(true);
        counts
    }

    /// A number for the organisation of each posting of a table: the same for the same organisation, or for
    /// the same text where none is named.
    #[staticmethod]
    #[pyo3(signature = (table, *, description=None, company=None))]
    fn organisations(
        py: Python,
        table: AnyRecordBatch,
        description: Option<ColumnArgument>,
        company: Option<String>,
    ) -> PyResult<Vec<i64>> {
        let reader = table.into_reader()?;
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
    fn sums(&self, py: Python, count_twice: bool) -> PySums {
        let collector = self.collector.clone();
        let sums = py.detach(|| collector.sums(Counting { twice: count_twice }));
        PySums { sums, lexicon: self.lexicon.clone(), folder: self.folder.clone() }
    }

    /// All of some counts, each added to what is there: less work than one `+` after the other.
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

    /// The labelled postings.
    fn __len__(&self) -> usize {
        self.collector.examples().len()
    }

    fn __repr__(&self) -> String {
        format!("<rolecall.Counts: {} postings>", self.__len__())
    }

    /// As bytes, about two kilobytes for each posting.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.collector.to_bytes(&self.lexicon));
        PyBytes::new(py, &bytes)
    }

    /// From bytes.
    #[staticmethod]
    #[pyo3(signature = (bytes, lexicon=None))]
    fn from_bytes(py: Python, bytes: &[u8], lexicon: Option<PathBuf>) -> PyResult<Self> {
        let folder = lexicon;
        let lexicon = lexicon_of(folder.as_deref())?;
        let collector = py.detach(|| Collector::from_bytes(bytes, &lexicon)).map_err(wrong)?;
        Ok(Self { collector, lexicon, folder })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let py = slf.py();
        let made = py.get_type::<Self>().getattr("from_bytes")?;
        Ok((made, (slf.get().to_bytes(py), slf.get().folder.clone())))
    }
}

impl Counts {
    fn copy(&self, py: Python) -> Self {
        let Self { collector, lexicon, folder } = self;
        let collector = py.detach(|| collector.clone());
        Self { collector, lexicon: lexicon.clone(), folder: folder.clone() }
    }

    fn add(&mut self, py: Python, other: &Self) -> PyResult<()> {
        if self.lexicon.hash() != other.lexicon.hash() {
            return Err(wrong(
                "these were counted with different lexicons: count all with the same",
            ));
        }
        py.detach(|| self.collector.merge(other.collector.clone()));
        Ok(())
    }
}

/// Counts labelled postings.
pub(crate) fn collect(
    py: Python,
    table: AnyRecordBatch,
    chosen: &Chosen,
    label_from_title: bool,
    lexicon: &Lexicon,
    threads: &Threads,
) -> PyResult<Collector> {
    let reader = table.into_reader()?;
    let columns = chosen.find(&reader.schema())?;
    let names: Vec<String> = reader.schema().fields().iter().map(|f| f.name().clone()).collect();
    need(&columns, if label_from_title { Column::Title } else { Column::Label }, &names)?;
    let extractor = Extractor::new(lexicon);
    let mut collector = Collector::default();
    for batch in reader {
        let texts = TextColumns::new(&batch.map_err(wrong)?, &columns)?;
        let label = |row| {
            if label_from_title { texts.stated(row, lexicon) } else { texts.label(row, lexicon) }
        };
        let make = |row| {
            label(row).map(|label| {
                let (title, company) =
                    (texts.get(Column::Title, row), texts.get(Column::Company, row));
                let evidence = extractor.extract(title, &texts.description(row));
                (Example::new(&evidence, title, company, label, lexicon), evidence)
            })
        };
        threads.each(py, texts.rows, make, |_, made| {
            let evidence: Vec<_> = made.iter().flatten().map(|(_, evidence)| evidence).collect();
            threads.run(|| collector.note(&evidence, lexicon));
            for row in made {
                match row {
                    Ok((example, _)) => collector.add_example(example),
                    Err(why) => collector.leave_out(&why),
                }
            }
            Ok(())
        })?;
    }
    if label_from_title {
        collector.distrust_titles(true);
    }
    Ok(collector)
}

/// Trains a model on the labelled postings of a table.
#[pyfunction]
#[pyo3(signature = (table, *, title=None, description=None, company=None, label=None,
                    label_from_title=false, count_twice=false, data_name=None, date=None,
                    lexicon=None, threads=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn train(
    py: Python,
    table: AnyRecordBatch,
    title: Option<String>,
    description: Option<ColumnArgument>,
    company: Option<String>,
    label: Option<String>,
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
        label_from_title,
        lexicon,
        threads,
    )?;
    counts.train(py, count_twice, data_name, date, threads)
}
