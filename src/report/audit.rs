//! An audit: findings as rows, and what they amount to.

use super::rows::defused;
use crate::judge::{Estimate, Finding, Group, Summary, Suspicion};
use std::io::{self, Write};

/// Names of the columns of findings.
pub fn audit_columns() -> [&'static str; 10] {
    [
        "row",
        "id",
        "title",
        "stated_role",
        "suggested_role",
        "suspicion",
        "issue",
        "detail",
        "evidence_for",
        "evidence_against",
    ]
}

/// The fields of a finding.
pub fn finding_fields(finding: &Finding) -> [String; 10] {
    [
        finding.row.to_string(),
        finding.id.clone(),
        finding.title.clone(),
        finding.stated_role.clone(),
        finding.suggested_role.clone(),
        format!("{:.6}", finding.suspicion),
        finding.issue.name().to_owned(),
        finding.detail.clone(),
        defused(finding.evidence_for.join("; ")),
        defused(finding.evidence_against.join("; ")),
    ]
}

/// The fields of a row that states a role, with its strongest finding if there is one; a row without
/// has nothing but its number, identity and title.
pub fn audit_fields(
    row: u64,
    [id, title]: [&str; 2],
    suspicion: &Suspicion,
    finding: Option<&Finding>,
    outcomes: &[String],
) -> [String; 10] {
    let mut fields = finding.map_or_else(Default::default, finding_fields);
    fields[0] = row.to_string();
    id.clone_into(&mut fields[1]);
    title.clone_into(&mut fields[2]);
    fields[3].clone_from(&outcomes[suspicion.stated]);
    fields[4].clone_from(&outcomes[suspicion.suggested]);
    fields[5] = format!("{:.6}", suspicion.wrong);
    fields
}

/// Writes what an audit amounts to.
///
/// # Errors
/// Those of the writer.
pub fn write_audit(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    writeln!(out, "{} rows state a role; judged {}", summary.rows, summary.method)?;
    writeln!(out, "estimated to be wrong: {}", estimate(&summary.wrong))?;
    for pair in summary.pairs.iter().filter(|pair| pair.estimate.rows >= 0.5) {
        writeln!(out, "  {} is {}: {}", pair.stated, pair.actual, estimate(&pair.estimate))?;
    }
    for (what, groups) in [("organisations", &summary.organisations), ("titles", &summary.titles)] {
        let told = |g: &&Group| g.wrong >= 0.5;
        let told: Vec<String> = groups
            .iter()
            .filter(told)
            .take(5)
            .map(|g| {
                let share = 100.0 * g.wrong / g.rows as f64;
                format!("{} ({share:.0} % of {}, mostly {})", g.name, g.rows, g.mostly)
            })
            .collect();
        if !told.is_empty() {
            writeln!(out, "{what} with the most: {}", told.join("; "))?;
        }
    }
    writeln!(out, "reading the {} most suspect rows finds 80 % of them", summary.rows_to_read)?;
    let findings: Vec<String> = summary
        .findings
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(issue, n)| format!("{n} {}", issue.name().replace('_', " ")))
        .collect();
    let none = if findings.is_empty() { "none".to_owned() } else { findings.join(", ") };
    writeln!(out, "findings: {none}")
}

fn estimate(estimate: &Estimate) -> String {
    let Estimate { rows, interval: [low, high] } = estimate;
    format!("{rows:.0} rows ({low:.0} to {high:.0})")
}
