//! `retrain`: adds rows to a model, removes rows, merges models, and reports the changes.

use crate::cli::Outcome;
use crate::cli::args::RetrainArgs;
use crate::cli::files::{FilesRead, is_same};
use crate::cli::input::{Postings, RowTally, lexicon_and_model, model};
use crate::cli::labelled::{
    NamedTwoLabels, collect, compared_posting, named_two_labels, say_two_labels,
};
use crate::cli::locked_file::LockedFile;
use crate::cli::output::{Output, report_json, say};
use crate::cli::sheet::check_endings;
use crate::cli::terminal::Terminal;
use anyhow::{Context, Result, bail};
use rolecall::judge::{ComparedPosting, ComparedRows, Comparison, PredictionChanges};
use rolecall::lexicon::Lexicon;
use rolecall::metrics::Difference;
use rolecall::model::{
    Change, Collector, Counting, Drifted, FeatureTurn, Model, Retrain as Record, RetrainError,
    Retrained,
};
use rolecall::postings::{Columns, Row};
use rolecall::report::{write_drift, write_prediction_changes, write_retrain, write_turnover};
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};
use std::path::PathBuf;

/// Most rows named in an error.
const NAMED: usize = 5;

/// Report of a retrain.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    record: &'a Record,
    taken_back: bool,
    new_features: &'a [FeatureTurn],
    lost_features: &'a [FeatureTurn],
    drifted: Option<&'a Drifted>,
    compared_on: &'static str,
    beside: Option<&'a PredictionChanges>,
    under_two_labels: &'a [NamedTwoLabels],
    worse: bool,
    written: bool,
}

pub(super) fn run(args: &RetrainArgs) -> Result<Outcome> {
    let common = &args.reading.common;
    let replaced = check_outputs(args)?;
    let (lexicon, old) = lexicon_and_model(common, args.model.as_deref())?;
    let merged: Result<Vec<Model>> =
        args.merge.iter().map(|path| model(Some(path), &lexicon)).collect();
    let merged = merged?;
    let output = NewModel { output: Output::open(Some(&args.output))?, replaced, args };
    say_if_compact(&old, args);
    let RetrainInput { added, removed, check, tally, outcome } =
        RetrainInput::read(args, &lexicon)?;
    if added.1.is_empty()
        && removed.1.is_empty()
        && merged.is_empty()
        && let Some(tally) = tally
    {
        return keep(&old, output, &tally).map(|()| outcome);
    }
    let counting = Counting { twice: args.labelling.count_twice };
    let relabel = args.relabel;
    let change = Change { added: added.0, removed: removed.0, merged, counting, relabel };
    let retrained = old.retrain(&change, &lexicon);
    let mut retrained = retrained.map_err(|e| name_rows(e, &removed.1, &old))?;
    let location = |row: usize| added.1[row].location.clone();
    let two_labels = named_two_labels(&retrained.two_labels, location, lexicon.roles());
    if !common.quiet {
        say_not_exact(&retrained, &two_labels);
    }
    let (compared_on, changes) = compare(&old, &mut retrained, &change, &added.1, &check, &lexicon);
    let worse = retrained.record.difference.as_ref().is_some_and(Difference::worse);
    let written = !worse || args.allow_worse;
    if written {
        if !retrained.taken_back {
            retrained.model.remember(retrained.record.clone());
        }
        output.write(&retrained.model)?;
    }
    let report = Report {
        record: &retrained.record,
        taken_back: retrained.taken_back,
        new_features: &retrained.new_features,
        lost_features: &retrained.lost_features,
        drifted: retrained.drifted.as_ref(),
        compared_on,
        beside: changes.as_ref(),
        under_two_labels: &two_labels,
        worse,
        written,
    };
    show(&report, args)?;
    if !written {
        say_worse(args);
        return Ok(Outcome::Noticed);
    }
    Ok(outcome)
}

fn say_worse(args: &RetrainArgs) {
    say(&format!(
        "{} was not written: the new model is worse than the old one by more than chance; \
         --allow-worse writes it all the same",
        args.output.display()
    ));
}

/// Refuses outputs that are inputs. The model may be replaced: it is locked then.
fn check_outputs(args: &RetrainArgs) -> Result<Option<LockedFile>> {
    check_endings(None, [&args.reading.rejects])?;
    let mut read = FilesRead::lexicon(&args.reading.common);
    for files in [&args.add, &args.remove, &args.check] {
        read = read.and_postings(files);
    }
    for model in &args.merge {
        read = read.and(Some(model), "a model to merge");
    }
    let replaced = args.model.as_ref().filter(|model| is_same(model, &args.output));
    let rejects = args.reading.rejects.as_ref().map(Some);
    let report = (args.output.as_os_str() != "-").then_some(None);
    read.check_distinct([Some(&args.output)].into_iter().chain(rejects).chain(report))?;
    let not_model = replaced.is_none().then_some(Some(&args.output));
    FilesRead::default()
        .and(args.model.as_ref(), "the model")
        .check_distinct(not_model.into_iter().chain(rejects))?;
    replaced.map(|model| LockedFile::to_replace(model)).transpose()
}

/// The file that the new model is written to.
struct NewModel<'a> {
    output: Output,
    /// The old model, if it is the same file.
    replaced: Option<LockedFile>,
    args: &'a RetrainArgs,
}

impl NewModel<'_> {
    fn write(mut self, model: &Model) -> Result<()> {
        let context = || format!("cannot write {}", self.args.output.display());
        model.write(&mut self.output).with_context(context)?;
        self.replaced.as_ref().map_or(Ok(()), LockedFile::check_unchanged)?;
        self.output.finish()
    }
}

/// Writes the model as it was, if the files have no rows at all.
fn keep(old: &Model, output: NewModel, tally: &RowTally) -> Result<()> {
    if tally.read > 0 {
        bail!(
            "none of the {} rows has a label that is a role or `other`; name the column of the labels with \
             --label, or take the titles for labels with --label-from-title",
            tally.read
        );
    }
    let args = output.args;
    output.write(old)?;
    if args.reading.common.json {
        let report = json!({"rows_added": 0, "rows_removed": 0, "written": true});
        report_json(Some(&args.output), &report)?;
    } else if !args.reading.common.quiet {
        say(&format!("no row to add or remove: {} is the model as it was", args.output.display()));
    }
    Ok(())
}

/// Says which rows are under two labels, and whether some could not be removed exactly.
fn say_not_exact(retrained: &Retrained, two_labels: &[NamedTwoLabels]) {
    say_two_labels(
        two_labels,
        "correct one label; or let the new label replace that of the model with --relabel, or learn both with \
         --count-twice",
    );
    if retrained.inexact {
        say(
            "some removed rows were added with other line breaks, capitals or markup: they are no longer \
             known, but words and phrases that differ stay counted",
        );
    }
}

fn say_if_compact(old: &Model, args: &RetrainArgs) {
    if old.is_compact() && !args.reading.common.quiet {
        say(
            "the model to start from is a compact one: its counts are added to, but features it left \
             out start from nothing, rows it has counted before are not noticed, and none can be removed",
        );
    }
}

/// Prints the report to standard output, or to standard error if the model is written to the former.
fn show(report: &Report, args: &RetrainArgs) -> Result<()> {
    let common = &args.reading.common;
    if common.json {
        return report_json(Some(&args.output), report);
    }
    let mut text = Vec::new();
    if !common.quiet {
        write(&mut text, report, args)?;
    }
    if args.output.as_os_str() == "-" {
        return Ok(Terminal::new(io::stderr()).write_all(&text)?);
    }
    let mut out = Output::open(None)?;
    out.write_all(&text)?;
    out.finish()
}

type ReadRows = (Collector, Vec<ComparedPosting>);

/// The rows read.
struct RetrainInput {
    added: ReadRows,
    removed: ReadRows,
    check: ReadRows,
    /// Rows of the files to add and to remove; `None` if no such file is named.
    tally: Option<RowTally>,
    outcome: Outcome,
}

impl RetrainInput {
    fn read<'a>(args: &'a RetrainArgs, lexicon: &Lexicon) -> Result<Self> {
        let mut postings: Option<Postings> = None;
        let read = |postings: &mut Option<Postings<'a>>, files: &[PathBuf]| -> Result<ReadRows> {
            if files.is_empty() {
                return Ok(ReadRows::default());
            }
            let postings = match postings {
                Some(postings) => {
                    postings.switch_to(files)?;
                    postings
                }
                None => postings.insert(Postings::of_files(files, &args.reading)?),
            };
            let mut rows = Vec::new();
            let each = |file: &str, row: &Row, columns: &Columns| {
                rows.push(compared_posting(file, row, columns));
            };
            let collector = collect(postings, &args.labelling, lexicon, each)?;
            let labels = collector.examples().iter().map(|e| (e.outcome, e.row.organisation));
            rows.iter_mut().zip(labels).for_each(|(row, label)| row.label = Some(label));
            Ok((collector, rows))
        };
        let (removed, mut added) =
            (read(&mut postings, &args.remove)?, read(&mut postings, &args.add)?);
        let tally = postings.as_ref().map(|postings| postings.tally);
        let check = read(&mut postings, &args.check)?;
        let outcome = match postings {
            Some(postings) => postings.finish()?.1,
            None => Outcome::Done,
        };
        let provenance = added.0.provenance();
        provenance.data.clone_from(&args.labelling.data_name);
        provenance.date.clone_from(&args.labelling.date);
        Ok(Self { added, removed, check, tally, outcome })
    }
}

/// Adds the rows that could not be removed to the error.
fn name_rows(error: RetrainError, removed: &[ComparedPosting], model: &Model) -> anyhow::Error {
    let RetrainError::NotInModel { rows } = &error else { return error.into() };
    let named: Vec<String> = rows
        .iter()
        .take(NAMED)
        .map(|&i| format!("{} {:?}", removed[i].location, removed[i].title))
        .collect();
    let more = rows.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let compact = model.is_compact() || model.header().base.is_some();
    let why = if compact {
        "it began as a compact model, which keeps no record of its rows"
    } else {
        "title, organisation, text and label must be those they were added with"
    };
    anyhow::anyhow!("{error}: {}{more}; {why}", named.join("; "))
}

/// Compares both models on the rows of `--check`, or else on the added ones, for the record.
fn compare(
    old: &Model,
    retrained: &mut Retrained,
    change: &Change,
    added: &[ComparedPosting],
    check: &ReadRows,
    lexicon: &Lexicon,
) -> (&'static str, Option<PredictionChanges>) {
    let check = (!check.1.is_empty()).then_some((check.0.examples(), check.1.as_slice()));
    let rows = ComparedRows { added, check };
    let Comparison { on, known, changes } = Comparison::new(old, retrained, change, &rows, lexicon);
    if known > 0 {
        say(&format!("{known} of the rows to check by are in the model, and are not looked at"));
    }
    if let Some(changes) = &changes {
        changes.record_in(&mut retrained.record);
    }
    (on, changes)
}

fn write(out: &mut dyn Write, report: &Report, args: &RetrainArgs) -> io::Result<()> {
    if report.written {
        writeln!(out, "wrote {}", args.output.display())?;
    }
    if report.taken_back {
        writeln!(out, "These rows were all that an earlier retrain added: it is taken back.")?;
    }
    write_retrain(out, report.record)?;
    write_turnover(out, "new", report.new_features, args.top)?;
    write_turnover(out, "lost", report.lost_features, args.top)?;
    if let Some(drifted) = report.drifted {
        write_drift(out, drifted, args.top)?;
    }
    match report.beside {
        Some(changes) => {
            writeln!(out, "compared on    {}", report.compared_on)?;
            let more = write_prediction_changes(out, changes, args.top)?;
            if more > 0 {
                writeln!(out, "  and {more} more (--json names them all)")?;
            }
            Ok(())
        }
        None => {
            writeln!(out, "compared on    nothing: there are no rows to compare by (--check FILE)")
        }
    }
}
