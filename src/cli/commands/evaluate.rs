//! `evaluate`: metrics on held-out rows.

use crate::cli::Outcome;
use crate::cli::advice::cannot_keep;
use crate::cli::args::{Evaluate, Figure, Judging};
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon, model};
use crate::cli::labels::RowLabels;
use crate::cli::output::{Output, say, write_file};
use crate::cli::progress_bar::Working;
use crate::cli::row_cache::RowCache;
use crate::cli::sheet::check_endings;
use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use rolecall::evidence::{Evidence, Extractor};
use rolecall::judge::{Decision, Limits, PredictedRow, evaluate, learning_curve};
use rolecall::lexicon::Lexicon;
use rolecall::model::{
    Example, FeatureFile, Folds, Model, Probabilities, RowId, Summary, View, drop_title_features,
    folds_of_organisations, leave_organisation_out, outcome_names, remove_rare_features,
    split_between_folds,
};
use rolecall::postings::{Column, Columns, Row, listed};
use rolecall::report::{write_evaluation, write_evaluation_page};
use rolecall::roles::Label;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// Default column that rows are grouped by.
const SOURCE: &str = "source";

/// A labelled row.
struct Labelled {
    id: String,
    fold: String,
    group: String,
    read: ReadRow,
}

/// A row as read, by texts and label.
#[derive(Clone)]
struct ReadRow {
    words: usize,
    /// Whether its text has no posting.
    no_text: bool,
    example: Example,
    /// Prediction of the given model, if any.
    predicted: Option<Probabilities>,
}

/// How the rows are grouped.
struct Grouping {
    /// Name of the column that figures are reported by.
    by: Option<String>,
    /// Number of folds of organisations that were made, if they are of no column.
    made_folds: Option<usize>,
}

/// Predictions of the rows.
struct Predictions {
    method: String,
    /// Rows predicted by the lexicon alone.
    lexicon_only: usize,
    probabilities: Vec<Probabilities>,
    /// By row.
    limits: Vec<Option<Limits>>,
}

pub(super) fn run(args: &Evaluate) -> Result<Outcome> {
    check_endings(None, [&args.predictions, &args.input.reading.rejects])?;
    let written = [&args.html, &args.predictions, &args.input.reading.rejects];
    // The report goes to standard output.
    let written = written.into_iter().flatten().map(Some).chain([None]);
    FilesRead::new(&args.input.files, &args.input.reading.common)
        .and(args.judging.model.as_ref(), "the model")
        .check_distinct(written)?;
    let lexicon = lexicon(&args.input.reading.common)?;
    let given =
        args.judging.model.as_deref().map(|path| model(Some(path), &lexicon)).transpose()?;
    let (mut rows, grouping, outcome) = read(args, given.as_ref(), &lexicon)?;
    distrust(args, given.is_some(), &mut rows);
    rows.sort_by_key(|row| row.read.example.row);
    let mut examples: Vec<&mut Example> =
        rows.iter_mut().map(|row| &mut row.read.example).collect();
    remove_rare_features(&mut examples, &FeatureFile::default()).with_context(cannot_keep)?;
    let working = Working::new("training and predicting", args.input.reading.common.quiet);
    let predictions = predict(args, given.as_ref(), &rows, &grouping, &lexicon)?;
    drop(working);
    let predicted_rows: Vec<PredictedRow> = rows
        .iter()
        .zip(predictions.probabilities.iter().zip(&predictions.limits))
        .map(|(row, (probabilities, &limits))| PredictedRow {
            example: &row.read.example,
            words: row.read.words,
            group: &row.group,
            probabilities,
            limits,
        })
        .collect();
    if let Some(path) = &args.predictions {
        let ids = rows.iter().map(|row| row.id.as_str());
        write_predictions(path, ids, &predicted_rows, &args.judging, &lexicon)?;
    }
    let view = args.judging.view();
    let mut evaluation = evaluate(
        view,
        &predicted_rows,
        lexicon.roles(),
        args.judging.closed,
        grouping.by.as_deref(),
        args.precision,
    );
    evaluation.method = predictions.method;
    evaluation.lexicon_only = predictions.lexicon_only;
    if args.curve {
        let examples: Vec<&Example> = rows.iter().map(|row| &row.read.example).collect();
        let folds = folds(args, &rows);
        evaluation.learning_curve = learning_curve(&examples, &folds, view, &lexicon)?;
    }
    if let Some(path) = &args.html {
        write_file(path, |out| write_evaluation_page(out, &evaluation))?;
    }
    let mut out = Output::open(None)?;
    if args.input.reading.common.json {
        writeln!(out, "{}", serde_json::to_string(&evaluation)?)?;
    } else {
        write_evaluation(&mut out, &evaluation)?;
    }
    out.finish()?;
    Ok(if below(args, &evaluation.summary) { Outcome::Noticed } else { outcome })
}

/// Drops title features if the labels repeat the titles, for they would leak the label. A given model still reads
/// titles, so its metrics are too good then.
fn distrust(args: &Evaluate, given: bool, rows: &mut [Labelled]) {
    let mut examples: Vec<&mut Example> =
        rows.iter_mut().map(|row| &mut row.read.example).collect();
    let dropped = drop_title_features(&mut examples, false);
    if dropped > 0 && args.judging.view() == View::Whole && !args.input.reading.common.quiet {
        let so = if given {
            "the figures are too good; measure with --view text"
        } else {
            "titles are not read, as with --view text"
        };
        say(&format!(
            "the labels repeat what the titles state, so they cannot tell how good a title is as evidence: {so}"
        ));
    }
}

/// The labelled rows, and how they are grouped.
fn read(
    args: &Evaluate,
    model: Option<&Model>,
    lexicon: &Lexicon,
) -> Result<(Vec<Labelled>, Grouping, Outcome)> {
    let (extractor, view) = (Extractor::new(lexicon), args.judging.view());
    let reader = RowReader { extractor, model, view, lexicon, features: FeatureFile::default() };
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
    let mut cache = RowCache::default();
    let mut labelled = Vec::new();
    let mut labels = RowLabels::given(&args.labels, lexicon, &args.input.reading.common)?;
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
                column.and_then(|i| row.fields.get(i)).unwrap_or_default().to_owned()
            };
            labelled.push(Labelled {
                id: row.get(columns, Column::Id).to_owned(),
                fold: field(fold),
                group: field(by.as_ref().map(|(i, _)| *i)),
                read,
            });
        }
        batch = next?;
    }
    postings.need_rows()?;
    let (_, outcome) = postings.finish()?;
    labels.finish()?;
    if labelled.is_empty() {
        bail!("no row has a label of the role set; name the column with --label COLUMN");
    }
    if let Some(count) = made_folds {
        make_folds(&mut labelled, count);
    }
    let grouping = Grouping { by: by.map(|(_, name)| name), made_folds };
    Ok((labelled, grouping, outcome))
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

/// Puts rows into so many folds by their organisations.
fn make_folds(rows: &mut [Labelled], count: usize) {
    let folds = folds_of_organisations(&ids(rows), count);
    for (row, fold) in rows.iter_mut().zip(folds) {
        row.fold = fold.to_string();
    }
}

fn ids(rows: &[Labelled]) -> Vec<RowId> {
    rows.iter().map(|row| row.read.example.row).collect()
}

/// Reads rows as examples of their labels.
struct RowReader<'a> {
    extractor: Extractor<'a>,
    model: Option<&'a Model>,
    view: View,
    lexicon: &'a Lexicon,
    features: FeatureFile,
}

impl RowReader<'_> {
    fn read(
        &self,
        row: &Row,
        columns: &Columns,
        label: Label,
        evidence: &mut Evidence,
    ) -> Result<ReadRow, Arc<io::Error>> {
        let (title, company) = (row.get(columns, Column::Title), row.get(columns, Column::Company));
        self.extractor.extract_into(title, row.get(columns, Column::Description), evidence);
        let no_text = evidence.has_no_text(self.lexicon);
        let predict = |model| predict_row(model, evidence, no_text, self.view);
        let example = Example::new(evidence, title, company, label, self.lexicon);
        Ok(ReadRow {
            words: evidence.words(),
            no_text,
            predicted: self.model.map(predict),
            example: example.in_file(&self.features).map_err(Arc::new)?,
        })
    }
}

/// Index of the column that an option names.
fn column_index(header: &[String], name: &String, option: &str) -> Result<usize> {
    header.iter().position(|h| h == name).with_context(|| {
        format!("no column {name:?} for {option}; the columns are {}", listed(header))
    })
}

/// Prediction of a given model: by the stated role alone if the text has no posting.
fn predict_row(model: &Model, evidence: &Evidence, no_text: bool, view: View) -> Probabilities {
    let by_title = view == View::Whole && no_text;
    let probabilities = by_title.then(|| model.title_probabilities(evidence.stated())).flatten();
    probabilities.unwrap_or_else(|| model.probabilities(evidence, view))
}

/// Held-out predictions, or those of the given model.
fn predict(
    args: &Evaluate,
    model: Option<&Model>,
    rows: &[Labelled],
    grouping: &Grouping,
    lexicon: &Lexicon,
) -> Result<Predictions> {
    let view = args.judging.view();
    if let (Some(path), Some(model)) = (&args.judging.model, model) {
        let limits =
            model.summary(view).map(|s| Limits::new(s, args.judging.closed, args.precision));
        return Ok(Predictions {
            method: format!("model {}", path.display()),
            lexicon_only: 0,
            probabilities: rows.iter().filter_map(|row| row.read.predicted.clone()).collect(),
            limits: vec![limits; rows.len()],
        });
    }
    if args.folds.is_none() {
        let examples: Vec<&Example> = rows.iter().map(|row| &row.read.example).collect();
        let (probabilities, lexicon_only) = leave_organisation_out(&examples, view, lexicon)?;
        return Ok(Predictions {
            method: "each without its organisation and its near copies".into(),
            lexicon_only,
            probabilities,
            limits: vec![None; rows.len()],
        });
    }
    cross_validate(args, rows, grouping, lexicon)
}

/// Predictions by folds.
fn cross_validate(
    args: &Evaluate,
    rows: &[Labelled],
    grouping: &Grouping,
    lexicon: &Lexicon,
) -> Result<Predictions> {
    let view = args.judging.view();
    let fold_of = folds(args, rows);
    let count = fold_of.iter().max().map_or(0, |last| last + 1);
    if count < 2 {
        bail!("all rows are in the same fold; folds need at least two values");
    }
    let split = match split_between_folds(&ids(rows), |row| fold_of[row]) {
        0 => String::new(),
        n => format!(
            "; {n} rows have a row of their organisation or a near copy in another fold, so the figures are too good"
        ),
    };
    let column = || format!("column {}", args.folds.as_deref().unwrap_or_default());
    let of = grouping.made_folds.map_or_else(column, |_| "organisations".to_owned());
    let mut predictions = Predictions {
        method: format!("{count} folds of {of}{split}"),
        lexicon_only: 0,
        probabilities: vec![Probabilities::default(); rows.len()],
        limits: vec![None; rows.len()],
    };
    let all: Vec<&Example> = rows.iter().map(|row| &row.read.example).collect();
    let all = Folds::new(&all, lexicon);
    let of_fold = |fold: usize| -> Result<_> {
        let (members, others): (Vec<usize>, Vec<usize>) =
            (0..rows.len()).partition(|&i| fold_of[i] == fold);
        let examples =
            |indices: &[usize]| indices.iter().map(|&i| &rows[i].read.example).collect::<Vec<_>>();
        let name = &rows[members[0]].fold;
        let trained = all
            .train(&examples(&others), view, lexicon)
            .with_context(|| format!("fold {name:?} cannot be predicted from the others"))?;
        let summary = trained.summary(lexicon.roles());
        let limits = Limits::new(&summary, args.judging.closed, args.precision);
        let mut predicted = trained.predict(&examples(&members));
        for (predicted, &i) in predicted.iter_mut().zip(&members) {
            let ReadRow { no_text, example, .. } = &rows[i].read;
            let by_title = view == View::Whole && *no_text;
            let probabilities =
                by_title.then(|| summary.title_probabilities(example.stated())).flatten();
            if let Some(probabilities) = probabilities {
                *predicted = probabilities;
            }
        }
        Ok((members, predicted, limits))
    };
    for of_fold in (0..count).into_par_iter().map(of_fold).collect::<Vec<_>>() {
        let (members, predicted, limits) = of_fold?;
        for (i, p) in members.into_iter().zip(predicted) {
            predictions.probabilities[i] = p;
            predictions.limits[i] = Some(limits);
        }
    }
    Ok(predictions)
}

/// Fold of each row: by the column, or one of five by hash of the organisation.
fn folds(args: &Evaluate, rows: &[Labelled]) -> Vec<usize> {
    if args.folds.is_none() {
        return rows.iter().map(|row| (row.read.example.row.organisation % 5) as usize).collect();
    }
    let mut names: Vec<&str> = rows.iter().map(|row| row.fold.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    rows.iter().map(|row| names.partition_point(|name| *name < row.fold.as_str())).collect()
}

fn write_predictions<'r>(
    path: &Path,
    ids: impl Iterator<Item = &'r str>,
    rows: &[PredictedRow],
    judging: &Judging,
    lexicon: &Lexicon,
) -> Result<()> {
    let mut output = Output::open(Some(path))?;
    let mut writer = csv::Writer::from_writer(&mut output);
    let names = outcome_names(lexicon.roles());
    let header = names.iter().map(|name| format!("p_{name}"));
    let last = ["predicted_role", "decision"].map(str::to_owned);
    writer.write_record(std::iter::once("id".to_owned()).chain(header).chain(last))?;
    for (id, row) in ids.zip(rows) {
        let p = row.probabilities;
        let values = if judging.closed { [p.closed.as_slice(), &[0.0]].concat() } else { p.open() };
        let (outcome, decision) = row.decided(judging.view(), judging.closed);
        let decision = decision.map_or("", Decision::name).to_owned();
        let values = values.iter().map(f64::to_string).chain([names[outcome].clone(), decision]);
        writer.write_record(std::iter::once(id.to_owned()).chain(values))?;
    }
    writer.flush()?;
    drop(writer);
    output.finish()
}

fn below(args: &Evaluate, summary: &Summary) -> bool {
    let figures = summary.counting(args.judging.closed);
    let mut any = false;
    for &(figure, floor) in &args.fail_below {
        let (name, value) = match figure {
            Figure::MacroF1 => ("macro-F1", figures.macro_f1),
            Figure::Accuracy => ("accuracy", figures.accuracy),
        };
        if value < floor {
            say(&format!("{name} {value:.3} is below {floor}"));
            any = true;
        }
    }
    any
}
