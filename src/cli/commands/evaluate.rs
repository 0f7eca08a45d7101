//! `evaluate`: metrics on held-out rows.

use crate::cli::Outcome;
use crate::cli::advice::cannot_keep;
use crate::cli::args::{Asked, Evaluate, Figure};
use crate::cli::evaluated_rows::{
    GivenModel, LabelledRow, LabelledRows, ReadRow, given_models, lexicon_of,
};
use crate::cli::files::FilesRead;
use crate::cli::output::{Output, say, write_file};
use crate::cli::progress_bar::Working;
use crate::cli::sheet::check_endings;
use crate::cli::verdict_page::{files_name, model_name};
use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use rolecall::judge::{
    Decision, Evaluation, Evaluations, Limits, PredictedRow, evaluate, learning_curve,
};
use rolecall::lexicon::Lexicon;
use rolecall::model::{
    Example, FeatureFile, Folds, Probabilities, View, drop_title_features, leave_organisation_out,
    outcome_names, remove_rare_features, split_between_folds,
};
use rolecall::report::{write_evaluation_page, write_evaluations};
use std::io::Write;
use std::path::Path;

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
    check_paths(args)?;
    let given = given_models(args)?;
    let lexicon = lexicon_of(args, &given)?;
    let mut read = LabelledRows::read(args, &given, &lexicon)?;
    distrust(args, &mut read.rows);
    read.rows.sort_by_key(|row| row.read.example.row);
    let mut examples: Vec<_> = read.rows.iter_mut().map(|row| &mut row.read.example).collect();
    remove_rare_features(&mut examples, &FeatureFile::default()).with_context(cannot_keep)?;
    let working = Working::new("training and predicting", args.input.reading.common.quiet);
    let predictions = predict(args, &given, &read, &lexicon)?;
    drop(working);
    let predicted: Vec<Vec<PredictedRow>> =
        predictions.iter().map(|predictions| predicted_rows(&read.rows, predictions)).collect();
    if let Some(path) = &args.predictions {
        let models: Vec<String> = given.iter().map(|g| g.path.display().to_string()).collect();
        write_predictions(path, &read.rows, &predicted, &models, &args.asked, &lexicon)?;
    }
    let mut evaluations = evaluations(args, &read, &predictions, &predicted, &lexicon);
    if args.curve {
        let examples: Vec<&Example> = read.rows.iter().map(|row| &row.read.example).collect();
        let folds = folds(args, &read.rows);
        let curve = learning_curve(&examples, &folds, args.asked.view(), &lexicon)?;
        evaluations.models[0].learning_curve = curve;
    }
    if let Some(path) = &args.html {
        let model = |given: &GivenModel| ("Model", model_name(Some(given.path), &given.model));
        let file = ("File", files_name(&args.input.files));
        let about: Vec<_> = std::iter::once(file).chain(given.iter().map(model)).collect();
        write_file(path, |out| write_evaluation_page(out, &evaluations, &about))?;
    }
    show(args, &evaluations)?;
    let below = evaluations.models.iter().filter(|evaluation| below(args, evaluation)).count();
    Ok(if below > 0 { Outcome::Noticed } else { read.outcome })
}

/// Refuses outputs that are inputs.
fn check_paths(args: &Evaluate) -> Result<()> {
    check_endings(None, [&args.predictions, &args.input.reading.rejects])?;
    let written = [&args.html, &args.predictions, &args.input.reading.rejects];
    // The report goes to standard output.
    let written = written.into_iter().flatten().map(Some).chain([None]);
    let read = FilesRead::new(&args.input.files, &args.input.reading.common);
    let read = args.models.iter().fold(read, |read, model| read.and(Some(model), "the model"));
    read.check_distinct(written)
}

/// The rows with their predictions.
fn predicted_rows<'r>(
    rows: &'r [LabelledRow],
    predictions: &'r Predictions,
) -> Vec<PredictedRow<'r>> {
    let predictions = predictions.probabilities.iter().zip(&predictions.limits);
    let predicted = |(row, (probabilities, &limits)): (&'r LabelledRow, (_, &_))| PredictedRow {
        example: &row.read.example,
        words: row.read.words,
        group: &row.group,
        probabilities,
        limits,
    };
    rows.iter().zip(predictions).map(predicted).collect()
}

/// Measures the predictions of each model.
fn evaluations(
    args: &Evaluate,
    read: &LabelledRows,
    predictions: &[Predictions],
    predicted: &[Vec<PredictedRow>],
    lexicon: &Lexicon,
) -> Evaluations {
    let (view, closed, by) = (args.asked.view(), args.asked.closed, read.by.as_deref());
    let evaluation = |(rows, (predictions, set_apart)): (&Vec<PredictedRow>, (&Predictions, _))| {
        let mut evaluation = evaluate(view, rows, lexicon.roles(), closed, by, args.precision);
        evaluation.method.clone_from(&predictions.method);
        evaluation.lexicon_only = predictions.lexicon_only;
        evaluation.set_apart = set_apart;
        evaluation
    };
    let set_apart = read.set_apart.iter().cloned();
    let models = predicted.iter().zip(predictions.iter().zip(set_apart)).map(evaluation).collect();
    Evaluations::new(models, predicted, lexicon.roles())
}

/// Writes the report to standard output.
fn show(args: &Evaluate, evaluations: &Evaluations) -> Result<()> {
    let mut out = Output::open(None)?;
    if !args.input.reading.common.json {
        write_evaluations(&mut out, evaluations)?;
    } else if let [one] = &evaluations.models[..] {
        writeln!(out, "{}", serde_json::to_string(one)?)?;
    } else {
        writeln!(out, "{}", serde_json::to_string(evaluations)?)?;
    }
    out.finish()
}

/// Drops title features if the labels repeat the titles, for they would leak the label. A given model still reads
/// titles, so its metrics are too good then.
fn distrust(args: &Evaluate, rows: &mut [LabelledRow]) {
    let mut examples: Vec<&mut Example> =
        rows.iter_mut().map(|row| &mut row.read.example).collect();
    let dropped = drop_title_features(&mut examples, false);
    if dropped > 0 && args.asked.view() == View::Whole && !args.input.reading.common.quiet {
        let so = if args.models.is_empty() {
            "titles are not read, as with --view text"
        } else {
            "the figures are too good; measure with --view text"
        };
        say(&format!(
            "the labels repeat what the titles state, so they cannot tell how good a title is as evidence: {so}"
        ));
    }
}

/// The predictions of each given model, or held-out ones.
fn predict(
    args: &Evaluate,
    given: &[GivenModel],
    read: &LabelledRows,
    lexicon: &Lexicon,
) -> Result<Vec<Predictions>> {
    let (rows, view) = (&read.rows, args.asked.view());
    let by_model = |(index, GivenModel { path, model, .. }): (usize, &GivenModel)| {
        let limits = model.summary(view).map(|s| Limits::new(s, args.asked.closed, args.precision));
        Predictions {
            method: format!("model {}", path.display()),
            lexicon_only: 0,
            probabilities: rows.iter().map(|row| row.read.predicted[index].clone()).collect(),
            limits: vec![limits; rows.len()],
        }
    };
    if !given.is_empty() {
        return Ok(given.iter().enumerate().map(by_model).collect());
    }
    if args.folds.is_some() {
        return Ok(vec![cross_validate(args, read, lexicon)?]);
    }
    let examples: Vec<&Example> = rows.iter().map(|row| &row.read.example).collect();
    let (probabilities, lexicon_only) = leave_organisation_out(&examples, view, lexicon)?;
    let method = "each without its organisation and its near copies".into();
    Ok(vec![Predictions { method, lexicon_only, probabilities, limits: vec![None; rows.len()] }])
}

/// Predictions by folds.
fn cross_validate(args: &Evaluate, read: &LabelledRows, lexicon: &Lexicon) -> Result<Predictions> {
    let (rows, view) = (&read.rows, args.asked.view());
    let fold_of = folds(args, rows);
    let count = fold_of.iter().max().map_or(0, |last| last + 1);
    if count < 2 {
        bail!("all rows are in the same fold; folds need at least two values");
    }
    let mut predictions = Predictions {
        method: method_of_folds(args, read, &fold_of, count),
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
        let limits = Limits::new(&summary, args.asked.closed, args.precision);
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

/// How rows are predicted by folds, and how many have a neighbour in another fold.
fn method_of_folds(
    args: &Evaluate,
    read: &LabelledRows,
    fold_of: &[usize],
    count: usize,
) -> String {
    let split = match split_between_folds(&read.ids(), |row| fold_of[row]) {
        0 => String::new(),
        n => format!(
            "; {n} rows have a row of their organisation or a near copy in another fold, so the figures are too good"
        ),
    };
    let column = || format!("column {}", args.folds.as_deref().unwrap_or_default());
    let of = if read.made_folds { "organisations".to_owned() } else { column() };
    format!("{count} folds of {of}{split}")
}

/// Fold of each row: by the column, or one of five by hash of the organisation.
fn folds(args: &Evaluate, rows: &[LabelledRow]) -> Vec<usize> {
    if args.folds.is_none() {
        return rows.iter().map(|row| (row.read.example.row.organisation % 5) as usize).collect();
    }
    let mut names: Vec<&str> = rows.iter().map(|row| row.fold.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    rows.iter().map(|row| names.partition_point(|name| *name < row.fold.as_str())).collect()
}

/// Writes the predictions of each model for each row; `models` has their names, which a column has if there are
/// several.
fn write_predictions(
    path: &Path,
    rows: &[LabelledRow],
    predicted: &[Vec<PredictedRow>],
    models: &[String],
    asked: &Asked,
    lexicon: &Lexicon,
) -> Result<()> {
    let mut output = Output::open(Some(path))?;
    let mut writer = csv::Writer::from_writer(&mut output);
    let names = outcome_names(lexicon.roles());
    let model_column = (models.len() > 1).then(|| "model".to_owned());
    let header = names.iter().map(|name| format!("p_{name}"));
    let first = std::iter::once("id".to_owned()).chain(model_column);
    let last = ["predicted_role", "decision"].map(str::to_owned);
    writer.write_record(first.chain(header).chain(last))?;
    for (model, predicted) in predicted.iter().enumerate() {
        for (row, predicted) in rows.iter().zip(predicted) {
            let p = predicted.probabilities;
            let values =
                if asked.closed { [p.closed.as_slice(), &[0.0]].concat() } else { p.open() };
            let (outcome, decision) = predicted.decided(asked.view(), asked.closed);
            let decision = decision.map_or("", Decision::name).to_owned();
            let of_model = models.get(model).filter(|_| models.len() > 1).cloned();
            let first = std::iter::once(row.id.clone()).chain(of_model);
            let values = values.iter().map(f64::to_string);
            writer.write_record(first.chain(values).chain([names[outcome].clone(), decision]))?;
        }
    }
    writer.flush()?;
    drop(writer);
    output.finish()
}

/// Whether a figure is below its floor; each is said.
fn below(args: &Evaluate, evaluation: &Evaluation) -> bool {
    let figures = evaluation.summary.counting(args.asked.closed);
    let mut any = false;
    for &(figure, floor) in &args.fail_below {
        let (name, value) = match figure {
            Figure::MacroF1 => ("macro-F1", figures.macro_f1),
            Figure::Accuracy => ("accuracy", figures.accuracy),
        };
        let of =
            if args.models.len() > 1 { format!("{}: ", evaluation.method) } else { String::new() };
        match value {
            Some(value) if value >= floor => continue,
            Some(value) => say(&format!("{of}{name} {value:.3} is below {floor}")),
            None => say(&format!(
                "{of}{name} is undefined, as no row tells of it, and not at least {floor}"
            )),
        }
        any = true;
    }
    any
}
