//! The page of verdicts: which rows are on it, and what is said of it.

use super::args::{DecisionArg, PageArgs};
use super::output::{say, write_file};
use anyhow::Result;
use rayon::prelude::*;
use rolecall::judge::{Decision, Judge, Verdict};
use rolecall::model::Model;
use rolecall::postings::{Column, Columns, Row};
use rolecall::report::{VerdictRow, VerdictSummary, write_verdict_page};
use std::collections::BinaryHeap;
use std::path::{Path, PathBuf};

/// A posting that is kept for the page.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeptPosting {
    row: u64,
    id: String,
    title: String,
    company: String,
    description: String,
    why: String,
}

impl KeptPosting {
    pub(crate) fn new(row: &Row, columns: &Columns, why: String) -> Self {
        let get = |column| row.get(columns, column).to_owned();
        Self {
            row: row.number,
            id: get(Column::Id),
            title: get(Column::Title),
            company: get(Column::Company),
            description: get(Column::Description),
            why,
        }
    }

    fn judged(self, judge: &Judge) -> VerdictRow {
        let Self { row, id, title, company, description, why } = self;
        let marked = judge.marked(&title, &description);
        VerdictRow { row, id, title, company, description, why, marked }
    }
}

/// Where a row stands in the order of a page: rows without anything to read last, the others by their confidence.
type Rank = (bool, u64, u64);

/// The rows that a page shows: those of some decisions that the model is least sure of.
pub(crate) struct LeastSure<'a> {
    path: &'a Path,
    only: &'a [DecisionArg],
    top: usize,
    /// The rows that are shown so far; the first of the heap is the last of the page.
    kept: BinaryHeap<(Rank, KeptPosting)>,
    rows: u64,
    fitting: u64,
    /// Hash of all rows, which tells the file from others.
    hash: blake3::Hasher,
}

impl<'a> LeastSure<'a> {
    /// None if no page is wanted.
    pub(crate) fn new(args: &'a PageArgs) -> Option<Self> {
        Some(Self {
            path: args.report.as_deref()?,
            only: &args.only,
            top: args.top,
            kept: BinaryHeap::new(),
            rows: 0,
            fitting: 0,
            hash: blake3::Hasher::new(),
        })
    }

    /// Adds a row, in the order of the file.
    pub(crate) fn add(&mut self, row: &Row, columns: &Columns, verdict: &Verdict) {
        self.rows += 1;
        add_to_hash(&mut self.hash, row, columns);
        let decision = verdict.decision;
        if !self.only.is_empty() && !self.only.iter().any(|only| only.decision() == decision) {
            return;
        }
        self.fitting += 1;
        let no_evidence = decision == Decision::NoEvidence;
        let rank: Rank = (no_evidence, verdict.confidence.to_bits(), row.number);
        if self.kept.len() >= self.top && self.kept.peek().is_none_or(|(last, _)| *last < rank) {
            return;
        }
        self.kept.push((rank, KeptPosting::new(row, columns, String::new())));
        if self.kept.len() > self.top {
            self.kept.pop();
        }
    }

    /// Writes the page, with charts of the whole file.
    pub(crate) fn write(self, judge: &Judge, page: &PageHead) -> Result<()> {
        let shown = self.kept.len();
        let only: Vec<&str> = self.only.iter().map(|only| only.decision().name()).collect();
        let of = match only.as_slice() {
            [] => format!("{} rows", self.rows),
            only => format!("{} rows ({}), of {}", self.fitting, only.join(", "), self.rows),
        };
        let left_out = self.fitting - shown as u64;
        let rest = if left_out > 0 { format!("; {left_out} are left out") } else { String::new() };
        let lead = format!("{shown} of {of}, the least confident first{rest}");
        let postings = self.kept.into_sorted_vec().into_iter().map(|(_, posting)| posting);
        let key = self.hash.finalize().to_hex().to_string();
        write_page(self.path, judge, postings.collect(), page, lead.clone(), &key)?;
        if !page.quiet {
            let advice = if left_out > 0 { ": --top N shows more" } else { "" };
            say(&format!("{}: {lead}{advice}", self.path.display()));
        }
        Ok(())
    }
}

/// Adds what a row says to a hash.
pub(crate) fn add_to_hash(hash: &mut blake3::Hasher, row: &Row, columns: &Columns) {
    for column in [Column::Id, Column::Title, Column::Company, Column::Description] {
        let field = row.get(columns, column);
        hash.update(&(field.len() as u64).to_le_bytes()).update(field.as_bytes());
    }
}

/// What a model is called: its file, what it was trained on, and its date, if one was given.
pub(crate) fn model_name(path: Option<&Path>, model: &Model) -> String {
    let name = path.map_or("the embedded model".into(), |path| path.display().to_string());
    let provenance = &model.header().provenance;
    let known = [provenance.data.as_deref(), provenance.date.as_deref()];
    let known: Vec<&str> = known.into_iter().flatten().collect();
    if known.is_empty() { name } else { format!("{name} ({})", known.join(", ")) }
}

/// What the files that are read are called.
pub(crate) fn files_name(files: &[PathBuf]) -> String {
    let name = files.first().and_then(|file| file.file_name());
    let file = name.map_or("standard input".into(), |name| name.to_string_lossy());
    let more = files.len().saturating_sub(1);
    if more > 0 { format!("{file} and {more} more") } else { file.into_owned() }
}

/// What stands at the head of a page.
pub(crate) struct PageHead {
    /// Name of the file of postings.
    pub(crate) file: String,
    /// By which model they were judged.
    pub(crate) method: String,
    pub(crate) charts: Vec<(&'static str, Vec<(String, u64)>)>,
    pub(crate) quiet: bool,
}

impl PageHead {
    pub(crate) fn new(files: &[PathBuf], path: Option<&Path>, model: &Model, quiet: bool) -> Self {
        let (file, method) = (files_name(files), model_name(path, model));
        Self { file, method, charts: Vec::new(), quiet }
    }
}

/// Judges postings again, for their marks, and writes their page.
pub(crate) fn write_page(
    path: &Path,
    judge: &Judge,
    postings: Vec<KeptPosting>,
    head: &PageHead,
    lead: String,
    key: &str,
) -> Result<()> {
    let rows: Vec<VerdictRow> =
        postings.into_par_iter().map(|posting| posting.judged(judge)).collect();
    let (method, charts) = (head.method.clone(), head.charts.clone());
    let summary = VerdictSummary { lead, method, charts };
    let roles = judge.lexicon().roles();
    write_file(path, |out| write_verdict_page(out, &summary, &rows, roles, &head.file, key))
}
