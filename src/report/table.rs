//! Verdicts as a text table.

use super::text::fit;
use crate::judge::{Decision, Verdict};
use crate::roles::{Label, OTHER, RoleSet};
use std::io::{self, Write};

const CONFIDENCE: usize = 5;
const DECISION: usize = 12;
const LEAST_WIDTH: usize = 60;

/// Widths of the columns of a text table.
#[derive(Debug, Clone)]
pub struct TextTable {
    title: usize,
    role: usize,
    evidence: Option<usize>,
}

impl TextTable {
    /// A table of this width in terminal columns, with or without evidence.
    pub fn new(width: usize, roles: &RoleSet, evidence: bool) -> Self {
        let width = width.max(LEAST_WIDTH);
        let role = roles.iter().map(|r| r.name.len()).max().unwrap_or(0).max(OTHER.len());
        let rest = width.saturating_sub(role + CONFIDENCE + DECISION + 8);
        let title = (rest / 2).clamp(10, 40);
        Self { title, role, evidence: evidence.then(|| rest.saturating_sub(title)) }
    }

    /// Writes the header.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        self.line(out, ["title", "verdict", "conf.", "decision", "evidence"])
    }

    /// Writes a verdict.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn row(
        &self,
        out: &mut dyn Write,
        title: &str,
        verdict: &Verdict,
        roles: &RoleSet,
    ) -> io::Result<()> {
        let role = match (verdict.decision, verdict.label) {
            (Decision::NoEvidence, _) => "-",
            (_, Label::Role(id)) => &roles.get(id).name,
            (_, Label::Other) => OTHER,
        };
        let phrases: Vec<&str> = verdict.evidence.iter().map(|p| p.text.as_str()).collect();
        let confidence = format!("{:.2}", verdict.confidence);
        let decision = verdict.decision.name().replace('_', " ");
        self.line(out, [title, role, &confidence, &decision, &phrases.join("; ")])
    }

    fn line(&self, out: &mut dyn Write, fields: [&str; 5]) -> io::Result<()> {
        let widths = [self.title, self.role, CONFIDENCE, DECISION].into_iter().chain(self.evidence);
        let cells: Vec<String> = fields.iter().zip(widths).map(|(f, w)| fit(f, w)).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())
    }
}
