//! Metrics as text.

use super::text::{figure, fit, printable};
use crate::judge::{
    Decided, Detail, Evaluation, Evaluations, LEAST_ROWS, ModelDifference, RowsSetApart, Slice,
};
use crate::metrics::{Difference, Figures, Interval, Intervals, MetricChange};
use crate::model::KnowsRows;
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
fn write_evaluation(out: &mut dyn Write, evaluation: &Evaluation) -> io::Result<()> {
    let summary = &evaluation.summary;
    writeln!(out, "judged by {}", evaluation.method)?;
    for note in notes_on_rows(evaluation) {
        writeln!(out, "{note}")?;
    }
    writeln!(out)?;
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
                "  {name:<36} {:>5}     {:>5}     {:>5}",
                point.rows,
                figure(point.macro_f1),
                figure(point.log_loss)
            )?;
        }
    }
    Ok(())
}

/// Writes evaluations: of several models their differences, and then each by itself.
///
/// # Errors
/// Those of the writer.
pub fn write_evaluations(out: &mut dyn Write, evaluations: &Evaluations) -> io::Result<()> {
    for of_question in compared(evaluations) {
        writeln!(out, "{}: {}", of_question.asked, rows_compared(of_question.differences[0].1))?;
        let names = of_question.models.iter().map(|(name, _)| *name);
        let longest = names.map(|name| name.chars().count()).max().unwrap_or(0);
        let width = longest.clamp(5, NAME);
        let line = |out: &mut dyn Write, name: &str, cells: [String; 3]| {
            let cells = cells.map(|cell| fit(&cell, FIGURE)).join("  ");
            writeln!(out, "  {}  {}", fit(name, width), cells.trim_end())
        };
        line(out, "", FIGURES.map(str::to_owned))?;
        for (name, cells) in of_question.models {
            line(out, name, cells)?;
        }
        writeln!(out, "  difference from {}", printable(&evaluations.models[0].method))?;
        for (name, difference) in of_question.differences {
            line(out, name, difference_cells(difference))?;
        }
        writeln!(out)?;
    }
    for (i, evaluation) in evaluations.models.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        write_evaluation(out, evaluation)?;
    }
    Ok(())
}

/// Greatest width of a column of models.
const NAME: usize = 40;
/// Width of a figure with its interval.
const FIGURE: usize = 25;
/// The figures that models are compared by.
pub(super) const FIGURES: [&str; 3] = ["macro-F1", "accuracy", "log-loss"];

/// How models compare on one question.
pub(super) struct Compared<'e> {
    /// What is asked.
    pub(super) asked: &'static str,
    /// By model, [`FIGURES`] with their intervals.
    pub(super) models: Vec<(&'e str, [String; 3])>,
    /// By model after the first, what differs from the first.
    pub(super) differences: Vec<(&'e str, &'e Difference)>,
}

/// How models compare, by question; nothing if there is one model, or no row.
pub(super) fn compared<'e>(evaluations: &'e Evaluations) -> Vec<Compared<'e>> {
    let question = |open: bool| {
        let model = |e: &'e Evaluation| {
            let Evaluation { method, summary, closed_detail, open_detail, .. } = e;
            let (figures, detail) = match open_detail {
                Some(detail) if open => (&summary.open, detail),
                _ => (&summary.closed, closed_detail),
            };
            (method.as_str(), general(figures, detail.intervals.as_ref()))
        };
        let of_model = |d: &'e ModelDifference| {
            let difference = if open { &d.open } else { &d.closed };
            Some((d.model.as_str(), difference.as_ref()?))
        };
        Compared {
            asked: if open { OPEN } else { CLOSED },
            models: evaluations.models.iter().map(model).collect(),
            differences: evaluations.differences.iter().filter_map(of_model).collect(),
        }
    };
    [false, true].map(question).into_iter().filter(|c| !c.differences.is_empty()).collect()
}

/// [`FIGURES`] with their intervals.
fn general(f: &Figures, i: Option<&Intervals>) -> [String; 3] {
    [
        with_interval(f.macro_f1, i.map(|i| i.macro_f1)),
        with_interval(f.accuracy, i.map(|i| i.accuracy)),
        with_interval(f.log_loss, i.map(|i| i.log_loss)),
    ]
}

/// A figure and its interval, if there is one.
pub(super) fn with_interval(value: Option<f64>, interval: Option<Interval>) -> String {
    match interval {
        Some([low, high]) => format!("{} ({low:.3} to {high:.3})", figure(value)),
        None => figure(value),
    }
}

/// The differences in [`FIGURES`], with their intervals if there are enough organisations.
pub(super) fn difference_cells(difference: &Difference) -> [String; 3] {
    let Difference { macro_f1, accuracy, log_loss, .. } = difference;
    [macro_f1, accuracy, log_loss].map(|change| {
        let MetricChange { old, new, interval: [low, high] } = change;
        let by = new - old;
        if difference.has_intervals() {
            format!("{by:+.3} ({low:+.3} to {high:+.3})")
        } else {
            format!("{by:+.3}")
        }
    })
}

/// Of which rows models are compared.
pub(super) fn rows_compared(difference: &Difference) -> String {
    let Difference { rows, groups, .. } = difference;
    let intervals = if difference.has_intervals() {
        "95 % intervals, the same organisations drawn for every model"
    } else {
        "no intervals: they need five organisations or more"
    };
    format!("{rows} rows of {groups} organisations ({intervals})")
}

pub(super) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "-".into() } else { format!("{:.3}", part as f64 / whole as f64) }
}

fn write_scope(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    writeln!(
        out,
        "  average precision of \"is one of the roles\"  {}",
        figure(summary.scope_average_precision)
    )
}

fn write_figures(out: &mut dyn Write, f: &Figures) -> io::Result<()> {
    writeln!(
        out,
        "  rows {}  macro-F1 {}  accuracy {}  log-loss {}  Brier {}  calibration error {}  coverage at 95 % {}",
        f.rows,
        figure(f.macro_f1),
        figure(f.accuracy),
        figure(f.log_loss),
        figure(f.brier),
        figure(f.calibration_error),
        figure(f.coverage_at_95)
    )?;
    let width = f.classes.iter().map(|c| c.name.len()).max().unwrap_or(0);
    let header: String = f.classes.iter().map(|c| format!("  {:>7.7}", short(&c.name))).collect();
    writeln!(out, "  {:width$}     rows  precision  recall     F1   predicted:{header}", "role")?;
    for (class, row) in f.classes.iter().zip(&f.confusion) {
        let cells: String = row.iter().map(|n| format!("  {n:>7}")).collect();
        writeln!(
            out,
            "  {:width$}  {:>7}      {:>5}   {:>5}  {:>5}             {cells}",
            class.name,
            class.rows,
            figure(class.precision),
            figure(class.recall),
            figure(class.f1)
        )?;
    }
    Ok(())
}

fn write_intervals(out: &mut dyn Write, i: &Intervals) -> io::Result<()> {
    let span = |[low, high]: Interval| format!("{low:.3} to {high:.3}");
    let of_class = |interval: Option<Interval>| interval.map_or_else(|| "-".to_owned(), span);
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
            of_class(class.precision),
            of_class(class.recall),
            of_class(class.f1)
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
            "  {from:.1} to {to:.1}  {:>7}            {:>5}  {:>5}",
            bin.rows,
            figure(bin.confidence),
            figure(bin.accuracy)
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
            "    {:28}  {:>7}     {:>5}     {:>5}     {:>5}",
            fit(&slice_name(slice), 28),
            f.rows,
            figure(f.macro_f1),
            figure(f.accuracy),
            figure(f.log_loss)
        )?;
    }
    Ok(())
}

/// What a group of rows is called.
pub(super) fn slice_name(slice: &Slice) -> String {
    match slice.small_groups {
        Some(1) => format!("1 group of fewer than {LEAST_ROWS}"),
        Some(groups) => format!("{groups} groups of fewer than {LEAST_ROWS}"),
        None if slice.name.is_empty() => "(no value)".to_owned(),
        None => slice.name.clone(),
    }
}

/// What is to be known of the rows: those that are left out, and those that the model was helped with.
pub(super) fn notes_on_rows(evaluation: &Evaluation) -> Vec<String> {
    let RowsSetApart { known, without_fold, known_and_judged, neighbours_known, knows_rows } =
        &evaluation.set_apart;
    let counted = [
        (*without_fold, "rows have no fold and are left out"),
        (*known, "rows are left out: a model was trained on them"),
        (
            *known_and_judged,
            "of the rows are those that the model was trained on: the figures are too good",
        ),
        (
            *neighbours_known,
            "of the rows have a row of their organisation or a near copy among those that the model was trained on: \
             the figures are too good",
        ),
        (evaluation.lexicon_only as u64, LEXICON_ONLY),
    ];
    let counted = counted.into_iter().filter(|(rows, _)| *rows > 0);
    let unknown = match knows_rows {
        None | Some(KnowsRows::All) => None,
        Some(KnowsRows::SinceCompact) => Some(
            "the model began as a compact one, whose rows it does not know: the figures may be too good",
        ),
        Some(KnowsRows::None) => Some(
            "the model is a compact one, which does not know its rows: where these are among them, the figures are too \
             good",
        ),
    };
    counted.map(|(rows, what)| format!("{rows} {what}")).chain(unknown.map(str::to_owned)).collect()
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
pub(super) const LEXICON_ONLY: &str = "of the rows are judged by the lexicon alone and teach nothing of how sure verdicts are: without their \
     organisations and near copies there is no posting of some role";
