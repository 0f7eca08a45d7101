//! Metrics as text.

use crate::judge::{Decided, Detail, Evaluation};
use crate::metrics::{Figures, Interval, Intervals};
use crate::stacking::inputs::View;
use crate::stacking::summary::Summary;
use std::io::{self, Write};

/// Display name of a view.
pub(super) fn view_name(view: View) -> &'static str {
    match view {
        View::Whole => "whole view",
        View::Text => "text view",
        View::Duties => "duties view",
    }
}

pub(super) const CLOSED: &str = "which role, of the rows that have one";
pub(super) const OPEN: &str = "which role or other, of all rows";

/// Writes the metrics of a view.
///
/// # Errors
/// Those of the writer.
pub(crate) fn write_summary(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    writeln!(out, "{}: {CLOSED}", view_name(summary.view))?;
    write_figures(out, &summary.closed)?;
    if summary.has_other() {
        writeln!(out, "\n{}: {OPEN}", view_name(summary.view))?;
        write_figures(out, &summary.open)?;
        write_scope(out, summary)?;
    }
    Ok(())
}

fn write_decided(out: &mut dyn Write, what: &str, decided: &Decided) -> io::Result<()> {
    let Decided { precision, rows, right } = *decided;
    let share = share(right, rows);
    writeln!(
        out,
        "{what} at a precision of {precision}: {rows} rows, of which {right} right ({share})"
    )
}

/// Writes an evaluation.
///
/// # Errors
/// Those of the writer.
pub fn write_evaluation(out: &mut dyn Write, evaluation: &Evaluation) -> io::Result<()> {
    let summary = &evaluation.summary;
    writeln!(out, "judged by {}\n", evaluation.method)?;
    if evaluation.lexicon_only > 0 {
        writeln!(out, "{}\n", lexicon_only(evaluation.lexicon_only))?;
    }
    writeln!(out, "{}: {CLOSED}", view_name(summary.view))?;
    write_figures(out, &summary.closed)?;
    write_detail(out, &evaluation.closed_detail)?;
    if let Some(detail) = &evaluation.open_detail {
        writeln!(out, "\n{}: {OPEN}", view_name(summary.view))?;
        write_figures(out, &summary.open)?;
        write_scope(out, summary)?;
        write_detail(out, detail)?;
    }
    if let Some(accepted) = &evaluation.accepted {
        writeln!(out)?;
        write_decided(out, "accepted", accepted)?;
    }
    if let Some([all, role_like]) = &evaluation.out_of_scope {
        write_decided(out, "out of scope", all)?;
        write_decided(out, "out of scope, though the title sounds like a role,", role_like)?;
    }
    if !evaluation.learning_curve.is_empty() {
        writeln!(out, "\nwith fewer labelled rows of the roles   rows  macro-F1  log-loss")?;
        for point in &evaluation.learning_curve {
            let name = if point.rows == 0 { "the lexicon alone" } else { "" };
            writeln!(
                out,
                "  {name:<36} {:>5}     {:.3}     {:.3}",
                point.rows, point.macro_f1, point.log_loss
            )?;
        }
    }
    Ok(())
}

pub(super) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "-".into() } else { format!("{:.3}", part as f64 / whole as f64) }
}

fn write_scope(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    writeln!(
        out,
        "  average precision of \"is one of the roles\"  {:.3}",
        summary.scope_average_precision
    )
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

fn write_intervals(out: &mut dyn Write, i: &Intervals) -> io::Result<()> {
    let span = |[low, high]: Interval| format!("{low:.3} to {high:.3}");
    writeln!(
        out,
        "  95 % intervals (organisations resampled)  macro-F1 {}  accuracy {}  log-loss {}",
        span(i.macro_f1),
        span(i.accuracy),
        span(i.log_loss)
    )?;
    for class in &i.classes {
        writeln!(
            out,
            "    {:26}  precision {}  recall {}  F1 {}",
            class.name,
            span(class.precision),
            span(class.recall),
            span(class.f1)
        )?;
    }
    Ok(())
}

fn write_detail(out: &mut dyn Write, detail: &Detail) -> io::Result<()> {
    match &detail.intervals {
        Some(intervals) => write_intervals(out, intervals)?,
        None => writeln!(out, "  no 95 % intervals: they need five organisations or more")?,
    }
    writeln!(out, "  confidence     rows  mean confidence  right")?;
    for bin in detail.reliability.iter().filter(|bin| bin.rows > 0) {
        let (from, to) = (bin.from, bin.from + 0.1);
        writeln!(
            out,
            "  {from:.1} to {to:.1}  {:>7}            {:.3}  {:.3}",
            bin.rows, bin.confidence, bin.accuracy
        )?;
    }
    let mut by = "";
    for slice in &detail.slices {
        if by != slice.by {
            by = &slice.by;
            writeln!(out, "  by {by:27}     rows  macro-F1  accuracy  log-loss")?;
        }
        let f = &slice.figures;
        writeln!(
            out,
            "    {:28}  {:>7}     {:.3}     {:.3}     {:.3}",
            super::text::fit(&slice.name, 28),
            f.rows,
            slice.macro_f1,
            f.accuracy,
            f.log_loss
        )?;
    }
    Ok(())
}

/// Initials of a role: `product_owner` is PO.
pub(super) fn short(name: &str) -> String {
    match name.split('_').collect::<Vec<_>>().as_slice() {
        [one] => (*one).to_owned(),
        words => {
            words.iter().filter_map(|w| w.chars().next()).map(|c| c.to_ascii_uppercase()).collect()
        }
    }
}

/// Note on rows that were classified by the lexicon alone.
pub(super) fn lexicon_only(rows: usize) -> String {
    format!(
        "{rows} of the rows are judged by the lexicon alone and teach nothing of how sure verdicts are: without their\n\
         organisations and near copies there is no posting of some role."
    )
}
