//! `classify --line-buffered`: each line of standard input is answered before the next one is read.

use super::classify::{ClassifySummary, add_columns, classify_row, say_if_none_is_accepted};
use crate::cli::Outcome;
use crate::cli::args::{Classify, Format};
use crate::cli::input::columns_taken;
use crate::cli::output::{Output, say};
use crate::cli::rejected_rows::{RejectedRows, RowTally};
use anyhow::{Context, Result, bail};
use rolecall::judge::{Judge, Verdict};
use rolecall::postings::{InputForm, LineReader, Rejected, Row};
use rolecall::report::{
    Layout, Sheet, SheetForm, added_columns, with_added_fields, with_rejected_fields,
};
use std::io::{self, Write};
use std::path::Path;

/// Where lines come from, in messages.
const FILE: &str = "standard input";

/// Answers every line of standard input.
pub(super) fn run(args: &Classify, judge: &Judge) -> Result<Outcome> {
    let reading = &args.input.reading;
    if args.input.files.iter().any(|file| file != Path::new("-")) {
        bail!("--line-buffered reads standard input: leave the names of files out");
    }
    say_if_none_is_accepted(args, judge);
    let mut rejects = RejectedRows::create(reading)?;
    let (mut tally, mut summary) = (RowTally::default(), ClassifySummary::default());
    if let Some(mut lines) = LineReader::open(io::stdin(), &reading.dialect())? {
        let mut answers = Answers::new(args, judge, &lines)?;
        answers.send()?;
        while let Some(line) = lines.next_row()? {
            tally.read += 1;
            let rejected = match line {
                Err(rejected) => Some(rejected),
                Ok(row) => answers.row(&row, &lines, &mut summary),
            };
            if let Some(rejected) = rejected {
                tally.rejected += 1;
                answers.rejected(&rejected, &lines)?;
                rejects.add(FILE, lines.head(), &rejected)?;
                rejects.flush()?;
            }
            answers.send()?;
        }
    }
    let outcome = rejects.complete(tally)?;
    summary.say_all(args, judge, tally)?;
    Ok(outcome)
}

/// Writes answers to standard output.
struct Answers<'a> {
    args: &'a Classify,
    judge: &'a Judge<'a>,
    out: Output,
    form: SheetForm,
    /// The columns of the last row, and what writes such rows; an object may have others than the one before.
    last: Option<(Vec<String>, Sheet<Vec<u8>>)>,
    /// Writes answers to lines of JSON that are no rows.
    no_rows: Sheet<Vec<u8>>,
    said: bool,
}

impl<'a> Answers<'a> {
    fn new(args: &'a Classify, judge: &'a Judge<'a>, lines: &LineReader) -> Result<Self> {
        let form = form(args, lines)?;
        let added = added_columns(judge.lexicon().roles(), judge.settings().quotes);
        let no_rows = Layout { added, ..Layout::default() };
        let no_rows = Sheet::new(Vec::new(), SheetForm::JsonLines, &no_rows)?;
        let out = Output::open(None)?;
        let mut answers = Self { args, judge, out, form, last: None, no_rows, said: false };
        if lines.form() == InputForm::Delimited {
            answers.follow(lines)?;
        }
        Ok(answers)
    }

    /// Makes what writes rows with the columns of the last line, and says once which they are.
    fn follow(&mut self, lines: &LineReader) -> Result<&mut Sheet<Vec<u8>>> {
        let known = self.last.take().filter(|(header, _)| header == lines.header());
        let (header, sheet) = match known {
            Some(known) => known,
            None => (lines.header().to_vec(), self.sheet(lines)?),
        };
        Ok(&mut self.last.insert((header, sheet)).1)
    }

    fn sheet(&mut self, lines: &LineReader) -> Result<Sheet<Vec<u8>>> {
        let quiet = self.args.input.reading.common.quiet;
        if !std::mem::replace(&mut self.said, true) && !quiet {
            say(&format!("{FILE}: {}", columns_taken(lines.header(), lines.columns()).join(", ")));
        }
        let same = matches!(self.form, SheetForm::Delimited { delimiter, .. } if Some(delimiter) == lines.delimiter());
        let mut layout = Layout {
            header: lines.header().to_vec(),
            head: lines.head().map(str::to_owned),
            verbatim: same,
            mark: lines.has_mark() || self.args.writing.bom,
            ..Layout::default()
        };
        add_columns(&mut layout, self.args, self.judge)?;
        Ok(Sheet::new(Vec::new(), self.form, &layout)?)
    }

    /// Judges a row and writes it; gives it back if it cannot be written.
    fn row(
        &mut self,
        row: &Row,
        lines: &LineReader,
        summary: &mut ClassifySummary,
    ) -> Option<Rejected> {
        let verdict = classify_row(self.judge, row, lines.columns());
        let Err(error) = self.write(row, &verdict, lines) else {
            summary.add(&verdict, self.judge.lexicon().roles());
            return None;
        };
        let raw = row.as_written().as_bytes().to_vec();
        Some(Rejected { line: row.line, reason: format!("{error:#}"), raw })
    }

    fn write(&mut self, row: &Row, verdict: &Verdict, lines: &LineReader) -> Result<()> {
        let judge = self.judge;
        let sheet = self.follow(lines)?;
        with_added_fields(verdict, judge.lexicon(), judge.settings().quotes, |cells| {
            sheet.write(Some(row), None, cells)
        })?;
        Ok(())
    }

    /// Writes the answer to a line that could not be read.
    fn rejected(&mut self, rejected: &Rejected, lines: &LineReader) -> Result<()> {
        let blank = (lines.form() == InputForm::Delimited).then(|| lines.blank_row());
        let (roles, quotes) = (self.judge.lexicon().roles(), self.judge.settings().quotes);
        let sheet = match (&blank, &mut self.last) {
            (Some(_), Some((_, sheet))) => sheet,
            _ => &mut self.no_rows,
        };
        let reason = format!("line {}: {}", rejected.line, rejected.reason);
        with_rejected_fields(roles, quotes, &reason, |cells| {
            sheet.write(blank.as_ref(), None, cells)
        })?;
        Ok(())
    }

    /// Sends what was written.
    fn send(&mut self) -> Result<()> {
        let last = self.last.as_mut().map(|(_, sheet)| sheet);
        for sheet in last.into_iter().chain([&mut self.no_rows]) {
            let written = sheet.out()?;
            self.out.write_all(written).context("cannot write standard output")?;
            written.clear();
        }
        self.out.flush().context("cannot write standard output")
    }
}

/// Form of the answers: that of the lines, or another one of lines.
fn form(args: &Classify, lines: &LineReader) -> Result<SheetForm> {
    let json = lines.form() == InputForm::Json;
    let delimiter = match args.writing.format {
        None if json => return Ok(SheetForm::JsonLines),
        Some(Format::Jsonl) => return Ok(SheetForm::JsonLines),
        Some(Format::Csv | Format::Tsv) if json => {
            bail!(
                "objects have no common columns: --line-buffered answers JSON with --format jsonl"
            )
        }
        Some(Format::Tsv) => Some(b'\t'),
        Some(Format::Csv) => lines.delimiter().filter(|delimiter| *delimiter != b'\t'),
        None => lines.delimiter(),
        Some(Format::Json | Format::Parquet | Format::Xlsx | Format::Table) => {
            bail!("--line-buffered answers line by line: with --format jsonl, csv or tsv")
        }
    };
    let header = !args.input.reading.no_header;
    Ok(SheetForm::Delimited { delimiter: delimiter.unwrap_or(b','), header })
}
