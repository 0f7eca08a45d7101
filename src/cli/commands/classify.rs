//! `classify`: adds a verdict to each row.

use super::classify_lines;
use crate::cli::Outcome;
use crate::cli::args::Classify;
use crate::cli::files::{FilesRead, expand_patterns, link_target};
use crate::cli::input::{Postings, lexicon_and_model};
use crate::cli::output::{Output, report_json, say};
use crate::cli::progress::{self, Progress};
use crate::cli::rejected_rows::RowTally;
use crate::cli::row_table::{CellRows, has_colours, table_width};
use crate::cli::sheet::{MaybeCompressed, RowFile, check_endings, form};
use crate::cli::verdict_page::{LeastSure, PageHead};
use anyhow::{Context, Result, anyhow, bail};
use rayon::prelude::*;
use rolecall::evidence::TitleRole;
use rolecall::judge::{Decision, Judge, Limits, Note, Settings, Verdict};
use rolecall::model::Model;
use rolecall::postings::{Column, Columns, Row};
use rolecall::report::{
    AddedColumn, Layout, Selection, SheetForm, VerdictTable, added_before, added_columns,
    named_as_before, renamed, with_added_fields,
};
use rolecall::roles::{Label, RoleSet};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn run(args: &Classify) -> Result<Outcome> {
    let reading = &args.input.reading;
    check_endings(Some(&args.writing), [&reading.rejects])?;
    let output = args.writing.output.as_ref();
    let parts = output.filter(|_| args.run.resume).map(|path| progress::files_of(path));
    let read = FilesRead::new(&args.input.files, &reading.common);
    read.and(args.judging.model.as_ref(), "the model").check_distinct(
        [output].into_iter().chain(
            (reading.rejects.iter().chain(&args.page.report).chain(parts.iter().flatten()))
                .map(Some),
        ),
    )?;
    let (lexicon, model) = lexicon_and_model(&reading.common, args.judging.model.as_deref())?;
    let settings = Settings {
        view: args.judging.asked.view(),
        closed: args.judging.asked.closed,
        precision: args.precision,
        prior: args.prior.clone(),
        quotes: !args.columns.no_evidence,
    };
    if let Some(prior) = &args.prior {
        prior
            .factors(&model, &lexicon, args.judging.asked.view())
            .map_err(|why| anyhow!("--prior: {why}"))?;
    }
    let judge = Judge::new(&model, &lexicon, settings);
    if args.run.line_buffered {
        return classify_lines::run(args, &judge);
    }
    let mut postings = Postings::open(&args.input)?;
    say_if_none_is_accepted(args, &judge);
    // Read first: if no row can be read, no output is created.
    let first = postings.first()?;
    let mut run = ClassifyRun::open(args, &judge, &postings)?;
    let batch = run.first_new(first, &mut postings)?;
    run.classify(batch, &mut postings)?;
    let (tally, outcome) = postings.finish()?;
    if run.summary.rows_written + tally.rejected != tally.read {
        bail!(
            "{} rows were read and {} written: the .rolecall-state of the earlier run is damaged; delete it to start \
             anew",
            tally.read,
            run.summary.rows_written
        );
    }
    let page = run.page.take();
    let summary = run.finish()?;
    page.map(|page| page.write(&judge, &summary.page_head(args, &model))).transpose()?;
    summary.say_all(args, &judge, tally)?;
    Ok(outcome)
}

pub(super) fn say_if_none_is_accepted(args: &Classify, judge: &Judge) {
    if judge.limits().role.is_none() && !args.input.reading.common.quiet {
        say(&format!(
            "no confidence gave a precision of {} on held-out rows, so no role is accepted; ask for a lower --precision",
            args.precision
        ));
    }
}

pub(super) fn classify_row(judge: &Judge, row: &Row, columns: &Columns) -> Verdict {
    judge.verdict(row.get(columns, Column::Title), row.get(columns, Column::Description))
}

fn added(judge: &Judge) -> Vec<AddedColumn> {
    added_columns(judge.lexicon().roles(), judge.settings().quotes)
}

/// Adds the columns of verdicts to those of the input: under free names, or in the place of those of an earlier run.
pub(super) fn add_columns(layout: &mut Layout, args: &Classify, judge: &Judge) -> Result<()> {
    let added = added(judge);
    if let Some(old_columns) = added_before(&layout.header, &added) {
        if !args.replace {
            bail!(
                "the input already has the columns that classify adds ({:?} and so on), because it was classified \
                 before; --replace writes over them",
                layout.header[old_columns.start]
            );
        }
        layout.added = named_as_before(&layout.header, &old_columns, &added);
        layout.old_columns = Some(old_columns);
        return Ok(());
    }
    layout.added = renamed(&layout.header, &added);
    let others = layout.added.iter().zip(&added).filter(|(new, old)| new != old);
    let others: Vec<String> =
        others.map(|((new, _), (old, _))| format!("{new:?} instead of {old:?}")).collect();
    if !others.is_empty() && !args.input.reading.common.quiet {
        say(&format!(
            "the input has columns of its own that are called like added ones; added: {}",
            others.join(", ")
        ));
    }
    Ok(())
}

/// The columns that come out, if they are chosen: those of `--select`, or with `--slim` what tells the row and the
/// verdict.
fn selection(args: &Classify, layout: &Layout, columns: &Columns) -> Result<Option<Selection>> {
    if !args.columns.select.is_empty() {
        return Ok(Some(Selection::named(&args.columns.select, layout).context("--select")?));
    }
    let telling = [Column::Id, Column::Title].map(|column| columns.index_of(column));
    let telling = telling.into_iter().flatten();
    Ok(args.columns.slim.then(|| Selection::with_added(telling, layout)))
}

/// A classified batch to be written.
struct ClassifiedBatch {
    rows: Vec<Row>,
    columns: Columns,
    verdicts: Vec<Verdict>,
    /// Rows of the input up to the end of the batch.
    read: u64,
}

/// A run with its output.
struct ClassifyRun<'a> {
    judge: &'a Judge<'a>,
    rows: RowWriter,
    summary: ClassifySummary,
    page: Option<LeastSure<'a>>,
    progress: Option<Progress>,
    /// Rows of the input written by an earlier run.
    done: u64,
}

impl<'a> ClassifyRun<'a> {
    fn open(args: &'a Classify, judge: &'a Judge, postings: &Postings) -> Result<Self> {
        let (writing, reading) = (&args.writing, &args.input.reading);
        let new = |rows| Self {
            judge,
            rows,
            summary: ClassifySummary::default(),
            page: LeastSure::new(&args.page),
            progress: None,
            done: 0,
        };
        let mut layout = postings.layout();
        add_columns(&mut layout, args, judge)?;
        let selection = selection(args, &layout, postings.columns())?;
        if let Some(width) =
            table_width(writing).filter(|_| !args.run.resume && args.columns.select.is_empty())
        {
            let mut output = Output::open_for_table(writing.output.as_deref())?;
            let table = VerdictTable::new(width, judge.lexicon().roles(), judge.settings().quotes)
                .coloured(has_colours(writing));
            table.head(&mut output).context("cannot write the table")?;
            return Ok(new(RowWriter::Table(output, table)));
        }
        if let Some(selection) = selection.as_ref().filter(|_| !args.run.resume) {
            let rows =
                CellRows::open(writing, reading, Some(postings), &selection.layout(&layout), None)?;
            return Ok(new(RowWriter::Chosen(rows, selection.clone())));
        }
        let Some(path) = writing.output.as_ref().filter(|_| args.run.resume) else {
            let sheet = RowFile::open(writing, reading, Some(postings), &layout)?;
            return Ok(new(RowWriter::Sheet(Box::new(sheet))));
        };
        let form = resumable(form(writing, reading, Some(postings))?, path)?;
        let (progress, part, done) = Progress::open(path, identity(args, judge)?)?;
        let form = match form {
            // The header was written by the earlier run.
            SheetForm::Delimited { delimiter, .. } if done.rows > 0 => {
                SheetForm::Delimited { delimiter, header: false }
            }
            form => form,
        };
        layout.mark = (layout.mark || writing.bom) && done.rows == 0;
        let target = if path.is_symlink() { link_target(path) } else { path.clone() };
        let output = Output::keep(&target, progress.part.clone(), part, done.bytes)?;
        let output = MaybeCompressed::Plain(output);
        let chosen = selection.as_ref().map_or(layout.clone(), |chosen| chosen.layout(&layout));
        let sheet = RowFile::begin(writing, output, form, Some(postings), &chosen)?;
        if done.rows > 0 && !reading.common.quiet {
            say(&format!("going on behind row {}, where an earlier run was stopped", done.rows));
        }
        let rows = match selection {
            Some(selection) => RowWriter::Chosen(CellRows::Sheet(Box::new(sheet)), selection),
            None => RowWriter::Sheet(Box::new(sheet)),
        };
        let progress = Some(progress);
        Ok(Self { judge, rows, summary: done.counted, page: None, progress, done: done.rows })
    }

    /// The first rows that no earlier run has written, in the first batch or those after it.
    fn first_new(
        &self,
        first: Option<Vec<Row>>,
        postings: &mut Postings,
    ) -> Result<Option<Vec<Row>>> {
        let mut batch = first;
        while let Some(rows) = &mut batch {
            rows.retain(|row| row.number > self.done);
            if !rows.is_empty() {
                break;
            }
            batch = postings.next()?;
        }
        if postings.tally.read < self.done {
            bail!(
                "the earlier run had read {} rows, and there are {}; delete its .rolecall-state to start anew",
                self.done,
                postings.tally.read
            );
        }
        Ok(batch)
    }

    /// Classifies and writes the rows of a batch and of all after it: while a batch is classified, the previous one is
    /// written and the next one read.
    fn classify(&mut self, first: Option<Vec<Row>>, postings: &mut Postings) -> Result<()> {
        let judge = self.judge;
        let mut batch = first;
        let mut classified: Option<ClassifiedBatch> = None;
        while let Some(rows) = batch {
            let columns = postings.columns().clone();
            let read = postings.tally.read;
            let verdicts = || {
                let verdict = |row| classify_row(judge, row, &columns);
                rows.par_iter().with_max_len(16).map(verdict).collect()
            };
            let (verdicts, next) = rayon::join(verdicts, || {
                classified.take().map_or(Ok(()), |classified| self.write(&classified))?;
                postings.next()
            });
            classified = Some(ClassifiedBatch { rows, columns, verdicts, read });
            batch = next?;
        }
        classified.map_or(Ok(()), |classified| self.write(&classified))
    }

    fn write(&mut self, classified: &ClassifiedBatch) -> Result<()> {
        for (row, verdict) in classified.rows.iter().zip(&classified.verdicts) {
            self.rows.write(row, &classified.columns, verdict, self.judge)?;
            self.summary.add(verdict, self.judge.lexicon().roles());
            if let Some(page) = &mut self.page {
                page.add(row, &classified.columns, verdict);
            }
        }
        self.save(classified.read)
    }

    /// Saves the state of a resumable run if due.
    fn save(&mut self, read: u64) -> Result<()> {
        let (RowWriter::Sheet(sheet) | RowWriter::Chosen(CellRows::Sheet(sheet), _)) =
            &mut self.rows
        else {
            return Ok(());
        };
        if let Some(progress) = self.progress.as_mut().filter(|progress| progress.is_due()) {
            progress.save(read, sheet.sync()?, &self.summary)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<ClassifySummary> {
        match self.rows {
            RowWriter::Sheet(sheet) => sheet.finish()?,
            RowWriter::Chosen(rows, _) => rows.finish()?,
            RowWriter::Table(out, _) => out.finish()?,
        }
        self.progress.map(Progress::finish).transpose()?;
        Ok(self.summary)
    }
}

/// Checks that an output format can be resumed.
fn resumable(form: SheetForm, path: &Path) -> Result<SheetForm> {
    let packed = path.extension().is_some_and(|e| e == "gz" || e == "zst");
    if packed || form.is_packed() || form == SheetForm::JsonArray {
        bail!("--resume needs an output of lines that is not packed: .csv, .tsv or .jsonl");
    }
    if path == Path::new("-") || path.metadata().is_ok_and(|found| !found.is_file()) {
        let name = path.display();
        bail!("--resume needs a file to write to, and {name} is none; name one with --output");
    }
    Ok(form)
}

/// Hash of inputs and options; a run is resumed only with the same.
fn identity(args: &Classify, judge: &Judge) -> Result<String> {
    let mut files = Vec::new();
    for path in expand_patterns(&args.input.files)? {
        if path == Path::new("-") || path.metadata().is_ok_and(|found| !found.is_file()) {
            bail!(
                "--resume needs files, and {} cannot be read again from its start",
                path.display()
            );
        }
        let about = path.metadata().with_context(|| format!("cannot read {}", path.display()))?;
        files.push((path, about.len(), about.modified().ok()));
    }
    let model = args.judging.model.as_ref().map(std::fs::read).transpose()?;
    let options = format!(
        "{} {files:?} {:?} {:?} {:?} {:?} {:?} {} {} {:?} {}",
        env!("CARGO_PKG_VERSION"),
        args.input.reading.dialect(),
        args.input.reading.common.lexicon,
        args.writing.format,
        judge.settings(),
        model.map(|bytes| blake3::hash(&bytes)),
        args.replace,
        args.writing.bom,
        args.columns.select,
        args.columns.slim,
    );
    Ok(blake3::hash(options.as_bytes()).to_hex().to_string())
}

/// Output of the rows.
enum RowWriter {
    Sheet(Box<RowFile>),
    /// The columns that are chosen.
    Chosen(CellRows, Selection),
    Table(Output, VerdictTable),
}

impl RowWriter {
    fn write(
        &mut self,
        row: &Row,
        columns: &Columns,
        verdict: &Verdict,
        judge: &Judge,
    ) -> Result<()> {
        let (roles, evidence) = (judge.lexicon().roles(), judge.settings().quotes);
        match self {
            Self::Sheet(sheet) => with_added_fields(verdict, judge.lexicon(), evidence, |cells| {
                sheet.write(|rows| rows.write(Some(row), None, cells))
            }),
            Self::Chosen(rows, selection) => {
                with_added_fields(verdict, judge.lexicon(), evidence, |cells| {
                    rows.write(Some(row), &selection.cells(Some(row), cells))
                })
            }
            Self::Table(out, table) => table
                .row(out, row.get(columns, Column::Title), verdict, roles)
                .context("cannot write the table"),
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ClassifySummary {
    rows_read: u64,
    rows_written: u64,
    rows_rejected: u64,
    /// Rows by predicted role or `other`.
    predicted: BTreeMap<String, u64>,
    decisions: BTreeMap<String, u64>,
    /// Rows with repaired mojibake.
    repaired: u64,
    /// Rows whose title states a role and whose label is `other`.
    titles_judged_other: u64,
    /// Rows in a language that the model does not know, by its ISO 639 code.
    #[serde(default)]
    unknown_languages: BTreeMap<String, u64>,
    /// The decision thresholds.
    #[serde(default)]
    thresholds: Thresholds,
}

/// Least confidence of each decision; `None` where no confidence is enough.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Thresholds {
    accept: Option<f64>,
    out_of_scope: Option<f64>,
    /// The same where the title is like a role, or is not read.
    out_of_scope_role_like: Option<f64>,
}

impl Thresholds {
    fn new(judge: &Judge) -> Self {
        let Limits { role, other, role_like_other } = *judge.limits();
        Self { accept: role, out_of_scope: other, out_of_scope_role_like: role_like_other }
    }

    fn say(&self, closed: bool) {
        let from = |least: Option<f64>| {
            least.map_or("never".to_owned(), |least| format!("from {least:.2}"))
        };
        let mut text = format!("accepted {}", from(self.accept));
        if !closed {
            text += &format!(
                ", out of scope {} ({} where the title may be that of a role)",
                from(self.out_of_scope),
                from(self.out_of_scope_role_like)
            );
        }
        say(&text);
    }
}

impl ClassifySummary {
    pub(super) fn add(&mut self, verdict: &Verdict, roles: &RoleSet) {
        self.rows_written += 1;
        self.repaired += u64::from(verdict.repaired > 0);
        let states_role = matches!(verdict.title.role, TitleRole::One(_) | TitleRole::Several(_));
        self.titles_judged_other += u64::from(states_role && verdict.label == Label::Other);
        *self.decisions.entry(verdict.decision.name().to_owned()).or_default() += 1;
        if let Some(language) =
            verdict.language.filter(|_| verdict.notes.contains(&Note::UnknownLanguage))
        {
            *self.unknown_languages.entry(language.to_owned()).or_default() += 1;
        }
        if verdict.decision != Decision::NoEvidence {
            *self.predicted.entry(verdict.label.id(roles).to_owned()).or_default() += 1;
        }
    }

    /// Says how many rows are in languages that the model does not know, the most frequent first.
    fn say_languages(&self) {
        let rows: u64 = self.unknown_languages.values().sum();
        if rows == 0 {
            return;
        }
        let mut languages: Vec<(&String, &u64)> = self.unknown_languages.iter().collect();
        languages.sort_by_key(|&(language, rows)| (Reverse(*rows), language));
        let named: Vec<String> =
            languages.iter().map(|(language, rows)| format!("{rows} {language}")).collect();
        let share = 100.0 * rows as f64 / self.rows_written as f64;
        say(&format!(
            "{rows} rows ({share:.1} %) are in a language that the model does not know, and their texts are not judged: {}",
            named.join(", ")
        ));
    }

    /// The head of the page of verdicts, with charts of all rows.
    fn page_head(&self, args: &Classify, model: &Model) -> PageHead {
        let counts = |counts: &BTreeMap<String, u64>| {
            counts.iter().map(|(name, &rows)| (name.clone(), rows)).collect()
        };
        let quiet = args.input.reading.common.quiet;
        let head = PageHead::new(&args.input.files, args.judging.model.as_deref(), model, quiet);
        let charts =
            vec![("Verdicts", counts(&self.predicted)), ("Decisions", counts(&self.decisions))];
        PageHead { charts, ..head }
    }

    /// Reports on a run that is complete.
    pub(super) fn say_all(mut self, args: &Classify, judge: &Judge, tally: RowTally) -> Result<()> {
        self.thresholds = Thresholds::new(judge);
        self.rows_read = tally.read;
        self.rows_rejected = tally.rejected;
        self.say(args)
    }

    fn say(&self, args: &Classify) -> Result<()> {
        let common = &args.input.reading.common;
        if common.json {
            return report_json(args.writing.output.as_deref(), self);
        }
        if common.quiet {
            return Ok(());
        }
        if self.repaired > 0 {
            say(&format!(
                "{} rows have garbled characters, such as â€™ for ’; they were read as they were meant",
                self.repaired
            ));
        }
        let list = |counts: &mut dyn Iterator<Item = (&str, &u64)>| {
            counts
                .map(|(name, n)| format!("{n} {}", name.replace('_', " ")))
                .collect::<Vec<_>>()
                .join(", ")
        };
        if self.rows_read == 0 {
            say("0 rows in, 0 out: there was nothing to do");
            return Ok(());
        }
        say(&format!(
            "{} rows in, {} out, {} set aside: {} ({})",
            self.rows_read,
            self.rows_written,
            self.rows_rejected,
            list(&mut self.predicted.iter().map(|(k, v)| (k.as_str(), v))),
            list(&mut self.decisions.iter().map(|(k, v)| (k.as_str(), v))),
        ));
        self.say_languages();
        self.thresholds.say(args.judging.asked.closed);
        if self.titles_judged_other > 0 && args.prior.is_none() {
            say(&format!(
                "{} rows whose title states a role were judged other; if the file holds more postings of the \
                 roles than a job board does, say how many (--prior SHARE)",
                self.titles_judged_other
            ));
        }
        Ok(())
    }
}
