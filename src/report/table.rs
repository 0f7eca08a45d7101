//! Rows as a table for reading, one line each.

use super::evaluation::short;
use super::sheet::{AddedColumn, Cell, ColumnType};
use super::text::fit;
use crate::judge::{Decision, Verdict};
use crate::roles::{Label, OTHER, RoleSet};
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};

const CONFIDENCE: usize = 5;
const DECISION: usize = 12;
const LEAST_WIDTH: usize = 60;
/// Characters between columns.
const GAP: usize = 2;

/// How wide a column of a table is, in terminal columns.
#[derive(Debug, Clone, Copy)]
pub enum Width {
    /// So wide.
    Fixed(usize),
    /// So many parts of what the fixed columns leave.
    Parts(usize),
}

/// A table of text whose rows are written one by one.
#[derive(Debug, Clone)]
pub struct TextTable {
    names: Vec<String>,
    widths: Vec<usize>,
    coloured: bool,
}

impl TextTable {
    /// A table of this width in terminal columns.
    pub fn new<'n>(width: usize, columns: impl IntoIterator<Item = (&'n str, Width)>) -> Self {
        let (names, columns): (Vec<String>, Vec<Width>) =
            columns.into_iter().map(|(name, width)| (name.to_owned(), width)).unzip();
        let (mut fixed, mut parts) = (GAP * columns.len().saturating_sub(1), 0);
        for column in &columns {
            match column {
                Width::Fixed(width) => fixed += width,
                Width::Parts(share) => parts += share,
            }
        }
        let rest = width.max(LEAST_WIDTH).saturating_sub(fixed);
        let width = |column: &Width| match column {
            Width::Fixed(width) => *width,
            Width::Parts(share) => rest * share / parts,
        };
        let widths = columns.iter().map(width).collect();
        Self { names, widths, coloured: false }
    }

    /// The same table, with styles if `coloured`. What it says does not depend on them.
    #[must_use]
    pub fn coloured(self, coloured: bool) -> Self {
        Self { coloured, ..self }
    }

    /// A table of rows with these columns.
    pub fn of_columns(width: usize, columns: &[AddedColumn]) -> Self {
        let column = |(name, kind): &'_ AddedColumn| match kind {
            ColumnType::Number | ColumnType::Integer => Width::Fixed(name.len().clamp(5, 10)),
            ColumnType::Text | ColumnType::OfInput => Width::Parts(2),
            ColumnType::List => Width::Parts(3),
        };
        Self::new(width, columns.iter().map(|named| (named.0.as_str(), column(named))))
    }

    /// Writes the names of the columns.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        let styles = vec![Style::new().bold(); self.names.len()];
        self.styled_line(out, &self.names, &styles)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn line(&self, out: &mut dyn Write, fields: &[impl AsRef<str>]) -> io::Result<()> {
        self.styled_line(out, fields, &[])
    }

    /// Writes a row whose first cells have these styles; the cells lose their control characters.
    fn styled_line(
        &self,
        out: &mut dyn Write,
        fields: &[impl AsRef<str>],
        styles: &[Style],
    ) -> io::Result<()> {
        let cells = fields.iter().zip(&self.widths).map(|(field, &w)| fit(field.as_ref(), w));
        let mut cells: Vec<String> = cells.collect();
        if let Some(last) = cells.last_mut() {
            last.truncate(last.trim_end().len());
        }
        if self.coloured {
            for (cell, style) in cells.iter_mut().zip(styles) {
                *cell = format!("{style}{cell}{style:#}");
            }
        }
        writeln!(out, "{}", cells.join("  ").trim_end())
    }
}

/// A cell for reading: numbers with two decimals.
pub fn cell_text(cell: &Cell) -> String {
    match *cell {
        Cell::Missing => String::new(),
        Cell::Text(text) | Cell::Verbatim(text) => text.to_owned(),
        Cell::Number(number) => format!("{number:.2}"),
        Cell::Integer(number) => number.to_string(),
        Cell::List(texts) => texts.join("; "),
    }
}

/// A cell for reading with the initials of a role, or the words of another name.
pub fn cell_words(cell: &Cell, is_role: bool) -> String {
    let text = cell_text(cell);
    if is_role { short(&text) } else { text.replace('_', " ") }
}

/// A table of verdicts.
#[derive(Debug, Clone)]
pub struct VerdictTable(TextTable);

impl VerdictTable {
    /// A table of this width in terminal columns, with or without evidence.
    pub fn new(width: usize, roles: &RoleSet, evidence: bool) -> Self {
        let width = width.max(LEAST_WIDTH);
        let role = roles.iter().map(|r| r.name.len()).max().unwrap_or(0).max(OTHER.len());
        let rest = width.saturating_sub(role + CONFIDENCE + DECISION + 4 * GAP);
        let title = (rest / 2).clamp(10, 40);
        let columns = [
            ("title", Width::Fixed(title)),
            ("verdict", Width::Fixed(role)),
            ("conf.", Width::Fixed(CONFIDENCE)),
            ("decision", Width::Fixed(DECISION)),
        ];
        let evidence = evidence.then(|| ("evidence", Width::Fixed(rest.saturating_sub(title))));
        Self(TextTable::new(width, columns.into_iter().chain(evidence)))
    }

    /// See [`TextTable::coloured`].
    #[must_use]
    pub fn coloured(self, coloured: bool) -> Self {
        Self(self.0.coloured(coloured))
    }

    /// Writes the header.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        self.0.head(out)
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
        let style = match verdict.decision {
            Decision::Accept => AnsiColor::Green.on_default(),
            Decision::Review => AnsiColor::Yellow.on_default(),
            Decision::OutOfScope | Decision::NoEvidence => Style::new().dimmed(),
        };
        let styles = [Style::new(), style, Style::new(), style];
        self.0.styled_line(
            out,
            &[title, role, &confidence, &decision, &phrases.join("; ")],
            &styles,
        )
    }
}
