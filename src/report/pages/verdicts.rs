//! Verdicts as a review page.

use super::charts::{Chart, bars, words};
use super::review::{PageDetail, PageIssue, PagePosting, ReviewPage, Wording, rounded};
use crate::audit::fingerprint;
use crate::judge::MarkedVerdict;
use crate::report::rows::title_role;
use crate::roles::RoleSet;
use crate::stacking::summary::outcome_names;
use std::io::{self, Write};

const WORDING: Wording = Wording {
    issue: "Decision",
    stated: "Title states",
    suggested: "Verdict",
    measure: "confidence",
    accept: "accept the verdict",
    keep: "keep the role that the title states",
    evidence_for: "for the verdict",
    evidence_against: "for the other side",
};

/// A posting with its verdict.
#[derive(Debug)]
pub struct VerdictRow {
    /// Row number in the file, from 1, without the header.
    pub row: u64,
    /// Identity of the row, if the file has such a column.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its organisation.
    pub company: String,
    /// Its text as written.
    pub description: String,
    /// Why it is worth a look, if more is known than the verdict says.
    pub why: String,
    /// The verdict, with its marks.
    pub marked: MarkedVerdict,
}

/// What a page of verdicts says at its head.
#[derive(Debug)]
pub struct VerdictSummary {
    /// Which rows are on the page, of how many, and in which order.
    pub lead: String,
    /// By which model they were judged.
    pub method: String,
    /// Charts of all rows of the file: a title, and numbers by name.
    pub charts: Vec<(&'static str, Vec<(String, u64)>)>,
}

/// Writes the page, a single file without external resources. The browser stores decisions under `key`.
///
/// # Errors
/// Those of the writer.
pub fn write_verdict_page(
    out: &mut dyn Write,
    summary: &VerdictSummary,
    rows: &[VerdictRow],
    roles: &RoleSet,
    file: &str,
    key: &str,
) -> io::Result<()> {
    let page = ReviewPage {
        key,
        file,
        lead: summary.lead.clone(),
        method: &summary.method,
        wording: &WORDING,
        charts: charts(summary),
        outcomes: &outcome_names(roles),
        postings: rows.iter().map(|row| posting(row, roles)).collect(),
        details: rows.iter().map(|row| detail(row, roles)).collect(),
    };
    page.write(out)
}

fn posting<'a>(row: &'a VerdictRow, roles: &'a RoleSet) -> PagePosting<'a> {
    let verdict = &row.marked.verdict;
    PagePosting {
        row: row.row,
        id: &row.id,
        title: &row.title,
        company: &row.company,
        text: fingerprint(&row.description),
        stated: title_role(&verdict.title.role, roles),
        suggested: verdict.label.id(roles),
        measure: rounded(verdict.confidence),
        issues: vec![verdict.decision.name()],
    }
}

fn detail<'a>(row: &'a VerdictRow, roles: &'a RoleSet) -> PageDetail<'a> {
    let MarkedVerdict { verdict, rival, evidence_for, evidence_against, parts } = &row.marked;
    let notes = verdict.notes.iter().map(|note| words(note.name()));
    let why = Some(row.why.clone()).filter(|why| !why.is_empty());
    PageDetail {
        matters: vec![PageIssue {
            issue: verdict.decision.name(),
            measure: rounded(verdict.confidence),
            suggested: verdict.label.id(roles),
            detail: why.into_iter().chain(notes).collect::<Vec<_>>().join("; "),
        }],
        probabilities: verdict.probabilities.iter().copied().map(rounded).collect(),
        evidence_for,
        against: evidence_against,
        rival,
        parts,
    }
}

fn charts(summary: &VerdictSummary) -> Vec<Chart> {
    let bar = |(name, rows): &(String, u64)| (words(name), *rows as f64, None, rows.to_string());
    let charts = summary.charts.iter().filter(|(_, rows)| !rows.is_empty());
    charts.map(|(title, rows)| Chart { title, bars: bars(rows.iter().map(bar)) }).collect()
}
