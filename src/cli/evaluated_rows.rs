//! Reads the labelled rows that `evaluate` measures predictions on.

use super::Outcome;
use super::advice::cannot_keep;
use super::args::Evaluate;
use super::input::{Postings, lexicon, lexicon_and_model};
use super::labels::RowLabels;
use super::output::say;
use super::row_cache::RowCache;
use anyhow::{Context, Result, bail};
use rolecall::evidence::{Evidence, Extractor};
use rolecall::judge::RowsSetApart;
use rolecall::lexicon::Lexicon;
use rolecall::model::{
    Example, Familiarity, FeatureFile, Model, Probabilities, RowId, View, folds_of_organisations,
};
use rolecall::postings::{Column, Columns, Row, listed};
use rolecall::roles::Label;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Default column that rows are grouped by.
const SOURCE: &str = "source";

/// A model to measure, with its lexicon.
pub(crate) struct GivenModel<'a> {
    pub(crate) path: &'a PathBuf,
    pub(crate) lexicon: Lexicon,
    pub(crate) model: Model,
}

/// A labelled row.
pub(crate) struct LabelledRow {
    /// Its number in the input, from 1.
    number: u64,
    pub(crate) id: String,
    pub(crate) fold: String,
    pub(crate) group: String,
    pub(crate) read: ReadRow,
}

/// A row as read, by texts and label.
#[derive(Clone)]
pub(crate) struct ReadRow {
    pub(crate) words: usize,
    /// Whether its text has no posting.
    pub(crate) no_text: bool,
    pub(crate) example: Example,
    /// Predictions of the given models.
    pub(crate) predicted: Vec<Probabilities>,
}

/// The rows to measure on, and how they are grouped.
pub(crate) struct LabelledRows {
    pub(crate) rows: Vec<LabelledRow>,
    /// Name of the column that figures are reported by.
    pub(crate) by: Option<String>,
    /// Whether the folds were made of organisations, and come from no column.
    pub(crate) made_folds: bool,
    /// By given model, or once without one.
    pub(crate) set_apart: Vec<RowsSetApart>,
    pub(crate) outcome: Outcome,
}

/// The models to measure.
///
/// # Errors
/// If one cannot be read, or has other roles than the first.
pub(crate) fn given_models(args: &Evaluate) -> Result<Vec<GivenModel<'_>>> {
    let common = &args.input.reading.common;
    let mut given: Vec<GivenModel> = Vec::new();
    for path in &args.models {
        let (lexicon, model) = lexicon_and_model(common, Some(path))?;
        if let Some(first) = given.first().filter(|f| f.lexicon.roles() != lexicon.roles()) {
            let names = |lexicon: &Lexicon| {
                listed(&lexicon.roles().iter().map(|role| role.id.clone()).collect::<Vec<_>>())
            };
            bail!(
                "{} tells {} apart, and {} {}: models are compared on the same roles; measure each by itself",
                first.path.display(),
                names(&first.lexicon),
                path.display(),
                names(&lexicon)
            );
        }
        given.push(GivenModel { path, lexicon, model });
    }
    Ok(given)
}

/// The lexicon that labels are read by: that of the first model, or without one that of the option.
pub(crate) fn lexicon_of(args: &Evaluate, given: &[GivenModel]) -> Result<Lexicon> {
    let common = &args.input.reading.common;
    given.first().map_or_else(|| lexicon(common), |first| Ok(first.lexicon.clone()))
}

impl LabelledRows {
    /// Reads the labelled rows; those that are not to be measured on are left out, and counted.
    ///
    /// # Errors
    /// If no row is left.
    pub(crate) fn read(args: &Evaluate, given: &[GivenModel], lexicon: &Lexicon) -> Result<Self> {
        let reader = RowReader::new(args.asked.view(), given, lexicon);
        let mut postings = Postings::open(&args.input)?;
        postings.need(Column::Label)?;
        if args.predictions.is_some() {
            postings.need(Column::Id)?;
        }
        let header = postings.header();
        let made_folds = made_folds(args, header)?;
        let fold = args.folds.as_ref().filter(|_| made_folds.is_none());
        let fold = fold.map(|name| column_index(header, name, "--folds")).transpose()?;
        let by = match &args.by {
            Some(name) => Some((column_index(header, name, "--by")?, name.clone())),
            None => header.iter().position(|h| h == SOURCE).map(|i| (i, SOURCE.to_owned())),
        };
        let mut labels = RowLabels::given(&args.labels, lexicon, &args.input.reading.common)?;
        let columns = [fold, by.as_ref().map(|(index, _)| *index)];
        let rows = read_rows(&reader, &mut postings, &mut labels, columns)?;
        postings.need_rows()?;
        let (_, outcome) = postings.finish()?;
        labels.finish()?;
        if rows.is_empty() {
            bail!("no row has a label of the role set; name the column with --label COLUMN");
        }
        let (by, set_apart) = (by.map(|(_, name)| name), Vec::new());
        let mut read = Self { rows, by, made_folds: made_folds.is_some(), set_apart, outcome };
        let without_fold = if fold.is_some() { read.leave_out_without_fold(args)? } else { 0 };
        read.leave_out_known(args, given, without_fold)?;
        if let Some(count) = made_folds {
            read.make_folds(count);
        }
        Ok(read)
    }

    /// The identities of the rows.
    pub(crate) fn ids(&self) -> Vec<RowId> {
        self.rows.iter().map(|row| row.read.example.row).collect()
    }

    /// Puts rows into so many folds by their organisations.
    fn make_folds(&mut self, count: usize) {
        let folds = folds_of_organisations(&self.ids(), count);
        for (row, fold) in self.rows.iter_mut().zip(folds) {
            row.fold = fold.to_string();
        }
    }

    /// Leaves out the rows whose field of the folds is empty: neither tested nor trained on.
    fn leave_out_without_fold(&mut self, args: &Evaluate) -> Result<u64> {
        let first = self.rows.iter().find(|row| row.fold.is_empty()).map(|row| row.number);
        let Some(first) = first else { return Ok(0) };
        let all = self.rows.len();
        self.rows.retain(|row| !row.fold.is_empty());
        let left_out = all - self.rows.len();
        let column = args.folds.as_deref().unwrap_or_default();
        if self.rows.is_empty() {
            bail!(
                "none of the {all} labelled rows has a fold in column {column:?}; name another with --folds"
            );
        }
        if !args.input.reading.common.quiet {
            say(&format!(
                "{left_out} rows have no fold in column {column:?} (the first is row {first}): they are left out, \
                 neither trained on nor tested"
            ));
        }
        Ok(left_out as u64)
    }

    /// Leaves out the rows that one of the models was trained on, unless they are to be kept, and counts what each
    /// model was helped with.
    fn leave_out_known(
        &mut self,
        args: &Evaluate,
        given: &[GivenModel],
        without_fold: u64,
    ) -> Result<()> {
        let ids = self.ids();
        let mut known = vec![false; ids.len()];
        let mut familiar = Vec::new();
        for GivenModel { path, model, .. } in given {
            let of_rows = model.familiarity(&ids);
            let of_rows = of_rows.with_context(|| path.display().to_string())?;
            let itself = of_rows.iter().map(|familiarity| *familiarity == Familiarity::Itself);
            known.iter_mut().zip(itself).for_each(|(known, itself)| *known |= itself);
            familiar.push(of_rows);
        }
        let is_left_out = |row: usize| known[row] && !args.keep_known;
        let left_out = (0..ids.len()).filter(|&row| is_left_out(row)).count();
        if left_out == ids.len() {
            let models = if given.len() == 1 { "the model was" } else { "the models were" };
            bail!(
                "{models} trained on all {left_out} labelled rows: measure on rows that are new, or by --folds without a \
                 model; --keep-known measures all the same, and too well"
            );
        }
        if left_out > 0 && !args.input.reading.common.quiet {
            say(&format!(
                "{left_out} of {} labelled rows are left out: a model was trained on them (--keep-known keeps them)",
                ids.len()
            ));
        }
        let set_apart = |of_rows: &[Familiarity], model: Option<&Model>| {
            let count = |wanted| {
                let judged = (0..of_rows.len()).filter(|&row| !is_left_out(row));
                judged.filter(|&row| of_rows[row] == wanted).count() as u64
            };
            RowsSetApart {
                known: left_out as u64,
                without_fold,
                known_and_judged: count(Familiarity::Itself),
                neighbours_known: count(Familiarity::Neighbour),
                knows_rows: model.map(Model::knows_rows),
            }
        };
        self.set_apart = if given.is_empty() {
            vec![set_apart(&[], None)]
        } else {
            let models = given.iter().map(|given| Some(&given.model));
            familiar.iter().zip(models).map(|(of_rows, model)| set_apart(of_rows, model)).collect()
        };
        let mut row = 0..ids.len();
        self.rows.retain(|_| row.next().is_some_and(|row| !is_left_out(row)));
        Ok(())
    }
}

/// Reads the rows that have a label, with their fields of the two columns: fold and group.
fn read_rows(
    reader: &RowReader,
    postings: &mut Postings,
    labels: &mut RowLabels,
    [fold, by]: [Option<usize>; 2],
) -> Result<Vec<LabelledRow>> {
    let mut cache = RowCache::default();
    let mut labelled = Vec::new();
    let mut batch = postings.next()?;
    while let Some(rows) = batch {
        let columns = &postings.columns().clone();
        let read_row = |evidence: &mut Evidence, row: &Row| {
            let label = labels.of(row, columns);
            (label.map(|label| reader.read(row, columns, label, evidence)), ())
        };
        let (read, next) =
            rayon::join(|| cache.map_rows(&rows, columns, read_row), || postings.next());
        for (row, (read, _)) in rows.iter().zip(read) {
            labels.note(row, columns, read.as_ref().err().map(String::as_str));
            let Ok(read) = read else { continue };
            let read = read.with_context(cannot_keep)?;
            let field = |column: Option<usize>| {
                column.and_then(|i| row.fields.get(i)).unwrap_or_default().trim().to_owned()
            };
            labelled.push(LabelledRow {
                number: row.number,
                id: row.get(columns, Column::Id).to_owned(),
                fold: field(fold),
                group: field(by),
                read,
            });
        }
        batch = next?;
    }
    Ok(labelled)
}

/// How many folds of organisations are to be made, if it is no column that is named.
fn made_folds(args: &Evaluate, header: &[String]) -> Result<Option<usize>> {
    let is_column = |name: &String| args.input.reading.no_header || header.contains(name);
    let number = args.folds.as_ref().filter(|name| !is_column(name));
    let count = number.and_then(|number| number.parse::<usize>().ok());
    if count.is_some_and(|count| count < 2) {
        bail!("--folds needs a column of folds, or at least 2 of them");
    }
    Ok(count)
}

/// Index of the column that an option names.
fn column_index(header: &[String], name: &String, option: &str) -> Result<usize> {
    header.iter().position(|h| h == name).with_context(|| {
        format!("no column {name:?} for {option}; the columns are {}", listed(header))
    })
}

/// Reads rows as examples of their labels, and classifies them by the given models.
struct RowReader<'a> {
    extractor: Extractor<'a>,
    lexicon: &'a Lexicon,
    view: View,
    /// Each with an extractor, if its lexicon is another.
    models: Vec<(&'a GivenModel<'a>, Option<Extractor<'a>>)>,
    features: FeatureFile,
}

impl<'a> RowReader<'a> {
    fn new(view: View, given: &'a [GivenModel], lexicon: &'a Lexicon) -> Self {
        let with_extractor = |given: &'a GivenModel<'a>| {
            let other = given.lexicon.hash() != lexicon.hash();
            (given, other.then(|| Extractor::new(&given.lexicon)))
        };
        let models = given.iter().map(with_extractor).collect();
        let (extractor, features) = (Extractor::new(lexicon), FeatureFile::default());
        Self { extractor, lexicon, view, models, features }
    }

    fn read(
        &self,
        row: &Row,
        columns: &Columns,
        label: Label,
        evidence: &mut Evidence,
    ) -> Result<ReadRow, Arc<io::Error>> {
        let [title, company, text] = [Column::Title, Column::Company, Column::Description]
            .map(|column| row.get(columns, column));
        self.extractor.extract_into(title, text, evidence);
        let predict = |(given, extractor): &(&GivenModel, Option<Extractor>)| match extractor {
            Some(extractor) => self.predict(given, &extractor.extract(title, text)),
            None => self.predict(given, evidence),
        };
        let example = Example::new(evidence, title, company, label, self.lexicon);
        Ok(ReadRow {
            words: evidence.words(),
            no_text: evidence.has_no_text(self.lexicon),
            predicted: self.models.iter().map(predict).collect(),
            example: example.in_file(&self.features).map_err(Arc::new)?,
        })
    }

    /// Prediction of a given model: by the stated role alone if the text has no posting.
    fn predict(&self, given: &GivenModel, evidence: &Evidence) -> Probabilities {
        let by_title = self.view == View::Whole && evidence.has_no_text(&given.lexicon);
        let probabilities = by_title.then(|| given.model.title_probabilities(evidence.stated()));
        let probabilities = probabilities.flatten();
        probabilities.unwrap_or_else(|| given.model.probabilities(evidence, self.view))
    }
}
