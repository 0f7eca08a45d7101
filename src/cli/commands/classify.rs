//! `classify`: the same rows with a verdict.

use crate::cli::Outcome;
use crate::cli::args::{Classify, Format};
use crate::cli::input::{Postings, lexicon, model};
use crate::cli::output::{Output, say};
use crate::evidence::Lexicon;
use crate::judge::{Decision, Judge, Settings, Verdict};
use crate::postings::{Column, Columns, Row};
use crate::report::{Table, added_columns, added_fields};
use crate::roles::RoleSet;
use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::Path;

/// Width of a table that is not on a terminal.
const TABLE_WIDTH: usize = 160;

pub(super) fn run(args: &Classify) -> Result<Outcome> {
    let lexicon = lexicon(&args.input.reading.common)?;
    let model = model(args.judging.model.as_deref(), &lexicon)?;
    let settings = Settings {
        view: args.judging.view(),
        closed: args.judging.closed,
        precision: args.precision,
        use_title: args.use_title,
    };
    let judge = Judge::new(&model, &lexicon, settings);
    let mut postings = Postings::open(&args.input)?;
    let roles = lexicon.roles();
    refuse_taken_names(postings.header(), roles)?;
    if judge.threshold() > 1.0 && !args.input.reading.common.quiet {
        say(&format!(
            "no confidence gave a precision of {} on held-out rows, so no role is accepted; ask for a lower --precision",
            args.precision
        ));
    }
    // Read before anything is written: an input without rows is an error.
    let mut batch = postings.next()?;
    postings.need_rows()?;
    let mut rows = Rows::open(args, &postings, &lexicon)?;
    let mut summary = Summary::default();
    while let Some(rows_in) = batch {
        let columns = postings.columns().clone();
        let judge = &judge;
        let (verdicts, next) = rayon::join(
            || rows_in.par_iter().map(|row| judge_row(judge, row, &columns)).collect::<Vec<_>>(),
            || postings.next(),
        );
        for (row, verdict) in rows_in.iter().zip(&verdicts) {
            rows.write(row, &columns, verdict, roles).with_context(|| not_written(args))?;
            summary.add(verdict, roles);
        }
        batch = next?;
    }
    let (tally, outcome) = postings.finish()?;
    rows.finish(args)?;
    summary.rows_read = tally.read;
    summary.rows_rejected = tally.rejected;
    summary.say(args)?;
    Ok(outcome)
}

fn not_written(args: &Classify) -> String {
    let path = args.output.as_ref().map(|p| p.display().to_string());
    format!("cannot write {}", path.as_deref().unwrap_or("standard output"))
}

fn judge_row(judge: &Judge, row: &Row, columns: &Columns) -> Verdict {
    judge.verdict(row.get(columns, Column::Title), row.get(columns, Column::Description))
}

fn refuse_taken_names(header: &[String], roles: &RoleSet) -> Result<()> {
    let added = added_columns(roles);
    let taken: Vec<&String> = added.iter().filter(|name| header.contains(name)).collect();
    if let Some(first) = taken.first() {
        bail!(
            "the input already has {} of the columns that classify adds ({first:?} among them), as if it \
             had been classified before; rename or drop them, or classify the file it was made from",
            taken.len()
        );
    }
    Ok(())
}

/// Where the rows go.
enum Rows {
    Csv(Box<csv::Writer<Output>>),
    Table(Output, Table),
}

impl Rows {
    fn open(args: &Classify, postings: &Postings, lexicon: &Lexicon) -> Result<Self> {
        let terminal = std::io::stdout().is_terminal() && to_stdout(args.output.as_deref());
        let format = args.format.unwrap_or(if terminal { Format::Table } else { Format::Csv });
        let mut output = Output::open(args.output.as_deref())?;
        if format == Format::Table {
            let width = terminal_size::terminal_size().filter(|_| terminal);
            let width = width.map_or(TABLE_WIDTH, |(w, _)| w.0.into());
            let table = Table::new(width, lexicon.roles());
            table.head(&mut output)?;
            return Ok(Self::Table(output, table));
        }
        let mut writer =
            csv::WriterBuilder::new().delimiter(postings.delimiter()).from_writer(output);
        if !args.input.reading.no_header {
            let added = added_columns(lexicon.roles());
            writer.write_record(postings.header().iter().chain(&added))?;
        }
        Ok(Self::Csv(Box::new(writer)))
    }

    fn write(
        &mut self,
        row: &Row,
        columns: &Columns,
        verdict: &Verdict,
        roles: &RoleSet,
    ) -> Result<()> {
        match self {
            Self::Csv(writer) => {
                let added = added_fields(verdict, roles);
                writer.write_record(row.fields.iter().chain(added.iter().map(String::as_str)))?;
            }
            Self::Table(out, table) => {
                table.row(out, row.get(columns, Column::Title), verdict, roles)?;
            }
        }
        Ok(())
    }

    fn finish(self, args: &Classify) -> Result<()> {
        match self {
            Self::Csv(writer) => {
                let output = writer.into_inner().map_err(csv::IntoInnerError::into_error);
                output.with_context(|| not_written(args))?.finish()
            }
            Self::Table(out, _) => out.finish(),
        }
    }
}

fn to_stdout(path: Option<&Path>) -> bool {
    path.is_none_or(|p| p == Path::new("-"))
}

#[derive(Debug, Default, Serialize)]
struct Summary {
    rows_read: u64,
    rows_written: u64,
    rows_rejected: u64,
    /// Rows given each role or `other`.
    predicted: BTreeMap<String, u64>,
    decisions: BTreeMap<&'static str, u64>,
}

impl Summary {
    fn add(&mut self, verdict: &Verdict, roles: &RoleSet) {
        self.rows_written += 1;
        *self.decisions.entry(verdict.decision.name()).or_default() += 1;
        if verdict.decision != Decision::NoEvidence {
            *self.predicted.entry(verdict.label.id(roles).to_owned()).or_default() += 1;
        }
    }

    fn say(&self, args: &Classify) -> Result<()> {
        if args.input.reading.common.quiet {
            return Ok(());
        }
        if args.input.reading.common.json {
            writeln!(std::io::stderr(), "{}", serde_json::to_string(self)?)?;
            return Ok(());
        }
        let list = |counts: &mut dyn Iterator<Item = (&str, &u64)>| {
            counts
                .map(|(name, n)| format!("{n} {}", name.replace('_', " ")))
                .collect::<Vec<_>>()
                .join(", ")
        };
        say(&format!(
            "{} rows in, {} out, {} set aside: {} ({})",
            self.rows_read,
            self.rows_written,
            self.rows_rejected,
            list(&mut self.predicted.iter().map(|(k, v)| (k.as_str(), v))),
            list(&mut self.decisions.iter().map(|(k, v)| (*k, v))),
        ));
        Ok(())
    }
}
