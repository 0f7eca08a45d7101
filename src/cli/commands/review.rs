//! `review`: applies the decisions of the review page, for corrected training rows.

use crate::cli::Outcome;
use crate::cli::args::Review;
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon};
use crate::cli::labels::label_reader;
use crate::cli::output::{report_json, say};
use crate::cli::sheet::{RowFile, check_endings};
use anyhow::{Context, Result, anyhow, bail};
use rolecall::audit::{DecisionError, Decisions};
use rolecall::postings::Column;
use rolecall::report::{AddedColumn, Cell, ColumnType, Layout, renamed};

/// Most decisions named in errors.
const NAMED: usize = 10;
/// Name of the added label column if the file has none.
const LABEL: &str = "role";
/// Name of the added column with the decisions.
const REVIEWED: &str = "reviewed";

pub(super) fn run(args: &Review) -> Result<Outcome> {
    check_endings(Some(&args.writing), [&args.input.reading.rejects])?;
    let rejects = args.input.reading.rejects.as_ref().map(Some);
    FilesRead::new(&args.input.files, &args.input.reading.common)
        .and_postings(std::slice::from_ref(&args.decisions))
        .check_distinct([args.writing.output.as_ref()].into_iter().chain(rejects))?;
    let lexicon = lexicon(&args.input.reading.common)?;
    let labels = label_reader(&args.labels, &lexicon)?;
    let context = || args.decisions.display().to_string();
    let file = std::fs::read(&args.decisions).with_context(context)?;
    let mut decisions =
        Decisions::read(file, &labels).map_err(|e| anyhow!("{}, {e}", context()))?;
    if let Some(DecisionError { line, problem }) =
        decisions.not_understood().first().filter(|_| args.labels.strict)
    {
        bail!("{}, line {line}: {problem}", context());
    }
    let mut postings = Postings::open(&args.input)?;
    let written = write_rows(args, &mut postings, &mut decisions)?;
    let (tally, outcome) = postings.finish()?;
    let unapplied = decisions.unapplied();
    if args.input.reading.common.json {
        let mut report = tally.report(written);
        report["decisions_applied"] = decisions.applied.into();
        report["decisions_not_applied"] = unapplied.len().into();
        report["rows_skipped"] = decisions.skipped.into();
        report_json(args.writing.output.as_deref(), &report)?;
    } else if !args.input.reading.common.quiet {
        say(&format!(
            "{written} rows written, {} decisions applied, {} rows skipped by the reviewer",
            decisions.applied, decisions.skipped
        ));
    }
    say_unapplied(&unapplied, &context());
    Ok(if unapplied.is_empty() { outcome } else { Outcome::Noticed })
}

/// Writes the rows that were decided on, or all, and gives their number.
fn write_rows(args: &Review, postings: &mut Postings, decisions: &mut Decisions) -> Result<u64> {
    let label_column = postings.columns().index_of(Column::Label);
    let mut layout = postings.layout();
    if let Some(column) = label_column {
        layout.rewrite(&postings.header()[column]);
    }
    add_columns(&mut layout, label_column.is_none(), args);
    let mut batch = postings.first()?;
    let mut sheet = RowFile::open(&args.writing, &args.input.reading, Some(postings), &layout)?;
    let mut written = 0u64;
    while let Some(rows) = batch {
        let columns = postings.columns();
        for row in &rows {
            let get = |column| row.get(columns, column);
            let (id, title, text) = (get(Column::Id), get(Column::Title), get(Column::Description));
            let decided = decisions.take(row.number, id, title, text);
            let label = decided.as_ref().and_then(|decided| decided.label.as_deref());
            if label.is_none() && !args.all {
                continue;
            }
            let label = label.unwrap_or_else(|| get(Column::Label));
            let replaced = label_column.map(|column| (column, label));
            let decision = decided.as_ref().map(|decided| decided.decision.as_str());
            let added = [Cell::Text(label), decision.into()];
            let added = &added[usize::from(label_column.is_some())..];
            let added = &added[..layout.added.len()];
            sheet.write(|rows| rows.write(Some(row), replaced, added))?;
            written += 1;
        }
        batch = postings.next()?;
    }
    sheet.finish()?;
    Ok(written)
}

/// Says which decisions were not applied, and why; `file` is the name of their file.
fn say_unapplied(unapplied: &[DecisionError], file: &str) {
    for DecisionError { line, problem } in unapplied.iter().take(NAMED) {
        say(&format!("{file}, line {line}: not applied: {problem}"));
    }
    if unapplied.len() > NAMED {
        say(&format!("and {} more decisions were not applied", unapplied.len() - NAMED));
    }
}

/// Adds columns under names that the input leaves free: for labels if it has none, and for the decisions if all rows
/// are written.
fn add_columns(layout: &mut Layout, label: bool, args: &Review) {
    let names = [label.then_some(LABEL), args.all.then_some(REVIEWED)].into_iter().flatten();
    let added: Vec<AddedColumn> = names.map(|name| (name.to_owned(), ColumnType::Text)).collect();
    layout.added = renamed(&layout.header, &added);
    let name = layout.added.first().filter(|_| label).map(|(name, _)| name.as_str());
    if let Some(name) = name.filter(|name| *name != LABEL && !args.input.reading.common.quiet) {
        say(&format!(
            "the file has a column {LABEL:?} that is not its label, so the added one is {name:?}; name the label with \
             --label"
        ));
    }
}
