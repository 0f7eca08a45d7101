//! An audit: findings as rows, and its summary as text.

use super::sheet::{AddedColumn, Cell, ColumnType};
use crate::audit::{AuditSummary, Estimate, Finding, SuspectGroup, Suspicion};
use std::io::{self, Write};

/// Columns of findings.
pub fn audit_columns() -> Vec<AddedColumn> {
    [
        ("row", ColumnType::Integer),
        ("id", ColumnType::Text),
        ("title", ColumnType::Text),
        ("stated_role", ColumnType::Text),
        ("suggested_role", ColumnType::Text),
        ("suspicion", ColumnType::Number),
        ("issue", ColumnType::Text),
        ("detail", ColumnType::Text),
        ("evidence_for", ColumnType::List),
        ("evidence_against", ColumnType::List),
        ("further_issues", ColumnType::List),
    ]
    .map(|(name, kind)| (name.to_owned(), kind))
    .into()
}

/// Calls `then` with the fields of a finding.
pub fn with_finding<T>(finding: &Finding, then: impl FnOnce(&[Cell]) -> T) -> T {
    let [evidence_for, evidence_against] = [&finding.evidence_for, &finding.evidence_against]
        .map(|texts| texts.iter().map(String::as_str).collect::<Vec<_>>());
    let further: Vec<&str> = finding.further.iter().map(|issue| issue.name()).collect();
    then(&[
        Cell::Integer(finding.row),
        Cell::Verbatim(&finding.id),
        Cell::Verbatim(&finding.title),
        Cell::Text(&finding.stated_role),
        Cell::Text(&finding.suggested_role),
        Cell::Number(finding.suspicion),
        Cell::Text(finding.issue.name()),
        Cell::Verbatim(&finding.detail),
        Cell::List(&evidence_for),
        Cell::List(&evidence_against),
        Cell::List(&further),
    ])
}

/// Calls `then` with the fields of a row that states a role. Issue, detail and evidence are those of `finding`, or
/// missing.
pub fn with_suspicion<T>(
    row: u64,
    [id, title]: [&str; 2],
    suspicion: &Suspicion,
    finding: Option<&Finding>,
    outcomes: &[String],
    then: impl FnOnce(&[Cell]) -> T,
) -> T {
    let common = [
        Cell::Integer(row),
        Cell::Verbatim(id),
        Cell::Verbatim(title),
        Cell::Text(&outcomes[suspicion.stated]),
        Cell::Text(&outcomes[suspicion.suggested]),
        Cell::Number(suspicion.wrong),
    ];
    match finding {
        Some(finding) => {
            with_finding(finding, |cells| then(&[&common, &cells[common.len()..]].concat()))
        }
        None => then(&[&common[..], &[Cell::Missing; 5]].concat()),
    }
}

/// Writes the summary of an audit.
///
/// # Errors
/// Those of the writer.
pub fn write_audit(out: &mut dyn Write, summary: &AuditSummary) -> io::Result<()> {
    writeln!(out, "{} rows state a role; judged {}", summary.rows, summary.method)?;
    writeln!(out, "estimated to be wrong: {}", estimate(&summary.wrong))?;
    for pair in summary.pairs.iter().filter(|pair| pair.estimate.rows >= 0.5) {
        writeln!(out, "  {} is {}: {}", pair.stated, pair.actual, estimate(&pair.estimate))?;
    }
    for (what, groups) in [("organisations", &summary.organisations), ("titles", &summary.titles)] {
        let is_wrong = |g: &&SuspectGroup| g.wrong >= 0.5;
        let names: Vec<String> = groups
            .iter()
            .filter(is_wrong)
            .take(5)
            .map(|g| {
                let share = 100.0 * g.wrong / g.rows as f64;
                format!("{} ({share:.0} % of {}, mostly {})", g.name, g.rows, g.mostly)
            })
            .collect();
        if !names.is_empty() {
            writeln!(out, "{what} with the most: {}", names.join("; "))?;
        }
    }
    writeln!(out, "reading the {} most suspect rows finds 80 % of them", summary.rows_to_read)?;
    let findings: Vec<String> = summary
        .findings
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(issue, n)| format!("{n} {}", issue.words()))
        .collect();
    let none = if findings.is_empty() { "none".to_owned() } else { findings.join(", ") };
    writeln!(out, "findings: {none}")
}

fn estimate(estimate: &Estimate) -> String {
    let Estimate { rows, interval } = estimate;
    match interval {
        Some([low, high]) => format!("{rows:.0} rows ({low:.0} to {high:.0})"),
        None => format!("{rows:.0} rows (of too few organisations to say how far off that is)"),
    }
}
