//! `model`: shows, compares and exports models.

use crate::cli::Outcome;
use crate::cli::args::{ModelCommand, ReadingArgs};
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon_and_model, model};
use crate::cli::labelled::compared_posting;
use crate::cli::output::{Output, say};
use anyhow::{Context, Result};
use rayon::prelude::*;
use rolecall::evidence::{Extractor, LabelReader};
use rolecall::judge::{ComparedPosting, Judge, PredictionChanges, Settings, compare, strongest};
use rolecall::lexicon::Lexicon;
use rolecall::model::{Example, Model, Probabilities, View};
use rolecall::postings::Column;
use rolecall::report::{
    write_header, write_model_change, write_prediction_changes, write_strongest,
};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) fn run(command: &ModelCommand) -> Result<Outcome> {
    match command {
        ModelCommand::Show { file, top, common } => {
            let (_, model) = lexicon_and_model(common, file.as_deref())?;
            let strongest = strongest(&model, *top);
            let mut out = Output::open(None)?;
            if common.json {
                let mut value = serde_json::to_value(model.header())?;
                value["features"] = model.features().count().into();
                value["strongest"] = serde_json::to_value(&strongest)?;
                writeln!(out, "{value}")?;
            } else {
                write_header(&mut out, model.header(), model.features().count())?;
                write_strongest(&mut out, &strongest)?;
            }
            out.finish()?;
            Ok(Outcome::Done)
        }
        ModelCommand::Compare { old, new, rows, top, reading } => {
            FilesRead::lexicon(&reading.common)
                .and_postings(rows)
                .and(Some(old), "a model")
                .and(Some(new), "a model")
                .check_distinct(reading.rejects.iter().map(Some).chain([None]))?;
            let (lexicon, new) = lexicon_and_model(&reading.common, Some(new))?;
            let old = model(Some(old), &lexicon)?;
            let change = compare(&old, &new, *top);
            let (changes, outcome) = if rows.is_empty() {
                (None, Outcome::Done)
            } else {
                let (changes, outcome) = classify_by_both(&old, &new, rows, reading, &lexicon)?;
                (Some(changes), outcome)
            };
            let mut out = Output::open(None)?;
            if reading.common.json {
                writeln!(out, "{}", json!({ "models": change, "rows": changes }))?;
            } else {
                write_model_change(&mut out, &change)?;
                if let Some(changes) = changes {
                    writeln!(out, "\non the rows given, by both models as they are:")?;
                    write_prediction_changes(&mut out, &changes, *top)?;
                }
            }
            out.finish()?;
            Ok(outcome)
        }
        ModelCommand::Export { file, compact, output, common, .. } => {
            FilesRead::lexicon(common)
                .and(file.as_ref(), "the model")
                .check_distinct([output.as_ref()])?;
            let (_, model) = lexicon_and_model(common, file.as_deref())?;
            export(model, *compact, output.as_deref(), common.quiet)
        }
    }
}

/// Writes the compact model or the counts.
fn export(model: Model, compact: bool, output: Option<&Path>, quiet: bool) -> Result<Outcome> {
    let mut out = Output::open(output)?;
    if compact {
        model.compact().write(&mut out).context("cannot write the model")?;
    } else {
        for line in model.counts() {
            out.write_all(line.as_bytes())?;
        }
    }
    out.finish()?;
    if compact && !quiet {
        say("this compact model scores as the whole one does. It still learns from new rows \
             (retrain --add), but its rare features are gone, it does not know which rows it has \
             counted, and so none of them can be removed or noticed when they come again, and it \
             cannot be merged into another");
    }
    Ok(Outcome::Done)
}

/// Classifies rows with two models; no row is held out.
fn classify_by_both(
    old: &Model,
    new: &Model,
    files: &[PathBuf],
    reading: &ReadingArgs,
    lexicon: &Lexicon,
) -> Result<(PredictionChanges, Outcome)> {
    let (extractor, labels) = (Extractor::new(lexicon), LabelReader::new(lexicon));
    let mut postings = Postings::of_files(files, reading)?;
    let (mut rows, mut by_old, mut by_new) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(batch) = postings.next()? {
        let columns = postings.columns();
        let file = postings.file();
        let classified: Vec<(ComparedPosting, Probabilities, Probabilities)> = batch
            .par_iter()
            .map(|row| {
                let get = |column| row.get(columns, column);
                let evidence = extractor.extract(get(Column::Title), get(Column::Description));
                let label = labels.read(get(Column::Label)).ok().map(|label| {
                    let (title, company) = (get(Column::Title), get(Column::Company));
                    let example = Example::new(&evidence, title, company, label, lexicon);
                    (example.outcome, example.row.organisation)
                });
                let posting = ComparedPosting { label, ..compared_posting(file, row, columns) };
                let [old, new] = [old, new].map(|m| m.probabilities(&evidence, View::Whole));
                (posting, old, new)
            })
            .collect();
        for (posting, old, new) in classified {
            rows.push(posting);
            by_old.push(old);
            by_new.push(new);
        }
    }
    postings.need_rows()?;
    let judge = Judge::new(new, lexicon, Settings::default());
    let changes = PredictionChanges::new(&judge, &rows, [&by_old, &by_new]);
    Ok((changes, postings.finish()?.1))
}
