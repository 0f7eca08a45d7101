//! What is in a model, for people.

use super::evaluation::write_summary;
use super::text::printable;
use crate::model::Header;
use std::io::{self, Write};

/// Writes where a model comes from and how good it is.
///
/// # Errors
/// Those of the writer.
pub fn write_header(out: &mut dyn Write, header: &Header, features: usize) -> io::Result<()> {
    let p = &header.provenance;
    writeln!(out, "written by     rolecall {}", printable(&header.tool))?;
    writeln!(out, "trained on     {}", printable(p.data.as_deref().unwrap_or("unnamed data")))?;
    if let Some(date) = &p.date {
        writeln!(out, "date           {}", printable(date))?;
    }
    let roles = header.roles.iter().map(|r| &r.id);
    let counted: Vec<String> = roles
        .chain(&header.families)
        .zip(&header.postings)
        .map(|(name, n)| format!("{} {n}", printable(name)))
        .collect();
    writeln!(out, "postings       {}", counted.join(", "))?;
    writeln!(out, "organisations  {}", p.organisations)?;
    for (label, n) in &p.left_out {
        writeln!(out, "left out       {n} labelled {:?}", printable(label))?;
    }
    if p.duplicates > 0 {
        writeln!(out, "counted once   {} rows that stood twice", p.duplicates)?;
    }
    if p.rejected > 0 {
        writeln!(out, "unreadable     {} rows", p.rejected)?;
    }
    writeln!(out, "features       {features}")?;
    writeln!(out, "lexicon        {}", header.lexicon)?;
    writeln!(out, "rows hash      {}", p.rows_hash)?;
    if header.postings.iter().all(|&n| n == 0) {
        return writeln!(
            out,
            "\nNo labelled postings: it judges by the lexicon alone, and accepts nothing."
        );
    }
    writeln!(out, "\nOn organisations it had not seen (leave one organisation out):")?;
    for summary in &header.held_out {
        writeln!(out)?;
        write_summary(out, summary)?;
    }
    Ok(())
}
