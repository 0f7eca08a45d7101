//! Figures for people.

use crate::metrics::Figures;
use crate::model::{Summary, View};
use std::io::{self, Write};

/// Writes the figures of a view; only those of the closed question if `closed`.
///
/// # Errors
/// Those of the writer.
pub fn write_summary(out: &mut dyn Write, summary: &Summary, closed: bool) -> io::Result<()> {
    let view = match summary.view {
        View::Full => "full view",
        View::TitleBlind => "title-blind view",
    };
    writeln!(out, "{view}: which role, of the rows that have one")?;
    write_figures(out, &summary.closed)?;
    if !closed && summary.has_other() {
        writeln!(out, "\n{view}: which role or other, of all rows")?;
        write_figures(out, &summary.open)?;
        writeln!(
            out,
            "  average precision of \"is one of the roles\"  {:.3}",
            summary.scope_average_precision
        )?;
    }
    Ok(())
}

fn write_figures(out: &mut dyn Write, f: &Figures) -> io::Result<()> {
    writeln!(
        out,
        "  rows {}  macro-F1 {:.3}  accuracy {:.3}  log-loss {:.3}  Brier {:.3}  calibration error {:.3}  coverage at 95 % {:.3}",
        f.rows, f.macro_f1, f.accuracy, f.log_loss, f.brier, f.calibration_error, f.coverage_at_95
    )?;
    let width = f.classes.iter().map(|c| c.name.len()).max().unwrap_or(0);
    let header: String = f.classes.iter().map(|c| format!("  {:>7.7}", short(&c.name))).collect();
    writeln!(out, "  {:width$}     rows  precision  recall     F1   predicted:{header}", "role")?;
    for (class, row) in f.classes.iter().zip(&f.confusion) {
        let cells: String = row.iter().map(|n| format!("  {n:>7}")).collect();
        writeln!(
            out,
            "  {:width$}  {:>7}      {:.3}   {:.3}  {:.3}             {cells}",
            class.name, class.rows, class.precision, class.recall, class.f1
        )?;
    }
    Ok(())
}

/// First letters of a role's words: `product_owner` is PO.
fn short(name: &str) -> String {
    match name.split('_').collect::<Vec<_>>().as_slice() {
        [one] => (*one).to_owned(),
        words => {
            words.iter().filter_map(|w| w.chars().next()).map(|c| c.to_ascii_uppercase()).collect()
        }
    }
}
