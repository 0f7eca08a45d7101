//! An evaluation as a web page.

use super::evaluation::{CLOSED, OPEN, share, short, view_name};
use super::html::{Plot, escaped, table, write_page};
use crate::judge::{CurvePoint, Detail, Evaluation};
use crate::metrics::{Figures, Interval};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes an evaluation as a single-file web page.
///
/// # Errors
/// Those of the writer.
pub fn write_evaluation_page(out: &mut dyn Write, evaluation: &Evaluation) -> io::Result<()> {
    let summary = &evaluation.summary;
    let mut body = format!("<p>Judged by {}.</p>\n", escaped(&evaluation.method));
    body += &section(CLOSED, &summary.closed, &evaluation.closed_detail);
    if let Some(detail) = &evaluation.open_detail {
        body += &section(OPEN, &summary.open, detail);
        let ap = summary.scope_average_precision;
        let _ = writeln!(body, "<p>Average precision of “is one of the roles”: {ap:.3}</p>");
    }
    if let Some(accepted) = &evaluation.accepted {
        let _ = writeln!(
            body,
            "<h2>Accepted rows</h2><p>At a precision of {} asked for, {} rows were accepted and {} of \
             them right ({}).</p>",
            accepted.precision,
            accepted.rows,
            accepted.right,
            share(accepted.right, accepted.rows)
        );
    }
    if !evaluation.learning_curve.is_empty() {
        body += &curve(&evaluation.learning_curve);
    }
    write_page(out, &format!("rolecall: {}", view_name(summary.view)), &body)
}

fn section(asked: &str, figures: &Figures, detail: &Detail) -> String {
    let mut first = asked.chars();
    let heading: String =
        first.next().into_iter().flat_map(char::to_uppercase).chain(first).collect();
    let span = |value: f64, interval: Option<Interval>| match interval {
        Some([low, high]) => format!("{value:.3} ({low:.3} to {high:.3})"),
        None => format!("{value:.3}"),
    };
    let i = detail.intervals.as_ref();
    let general = [
        ("rows", figures.rows.to_string()),
        ("macro-F1", span(figures.macro_f1, i.map(|i| i.macro_f1))),
        ("accuracy", span(figures.accuracy, i.map(|i| i.accuracy))),
        ("log-loss", span(figures.log_loss, i.map(|i| i.log_loss))),
        ("Brier", format!("{:.3}", figures.brier)),
        ("calibration error", format!("{:.3}", figures.calibration_error)),
        ("coverage at 95 % accuracy", format!("{:.3}", figures.coverage_at_95)),
    ];
    let mut html = format!("<h2>{heading}</h2>\n");
    html += &table(
        &["figure", "value (95 % interval, organisations resampled)"],
        general.map(|(name, value)| vec![name.to_owned(), value]),
    );
    let classes = figures.classes.iter().enumerate().map(|(index, c)| {
        let i = i.map(|i| &i.classes[index]);
        vec![
            c.name.clone(),
            c.rows.to_string(),
            span(c.precision, i.map(|i| i.precision)),
            span(c.recall, i.map(|i| i.recall)),
            span(c.f1, i.map(|i| i.f1)),
        ]
    });
    html += &table(&["role", "rows", "precision", "recall", "F1"], classes);
    html += &confusion(figures);
    html += "<div class=\"plots\">\n";
    html += &reliability(detail);
    html += &coverage(detail);
    html += "</div>\n";
    let bins = detail.reliability.iter().filter(|bin| bin.rows > 0).map(|bin| {
        vec![
            format!("{:.1} to {:.1}", bin.from, bin.from + 0.1),
            bin.rows.to_string(),
            format!("{:.3}", bin.confidence),
            format!("{:.3}", bin.accuracy),
        ]
    });
    html += &table(&["confidence", "rows", "mean confidence", "share right"], bins);
    html + &slices(detail)
}

/// One table for each column that rows are grouped by.
fn slices(detail: &Detail) -> String {
    let mut html = String::new();
    let mut by = "";
    let mut rows: Vec<Vec<String>> = Vec::new();
    for slice in &detail.slices {
        if by != slice.by && !rows.is_empty() {
            html += &slice_table(by, std::mem::take(&mut rows));
        }
        by = &slice.by;
        let f = &slice.figures;
        rows.push(vec![
            slice.name.clone(),
            f.rows.to_string(),
            format!("{:.3}", slice.macro_f1),
            format!("{:.3}", f.accuracy),
            format!("{:.3}", f.log_loss),
        ]);
    }
    if !rows.is_empty() {
        html += &slice_table(by, rows);
    }
    html
}

fn slice_table(by: &str, rows: Vec<Vec<String>>) -> String {
    let head = [by, "rows", "macro-F1", "accuracy", "log-loss"];
    format!("<h3>By {}</h3>\n{}", escaped(by), table(&head, rows))
}

/// Highest opacity of a cell, so that its number remains legible.
const DEEPEST: f64 = 0.6;

fn confusion(figures: &Figures) -> String {
    let mut html = "<h3>Truth (lines) and prediction (columns)</h3><table><tr><th></th>".to_owned();
    for class in &figures.classes {
        let _ = write!(html, "<th>{}</th>", escaped(&short(&class.name)));
    }
    html += "</tr>";
    for (class, row) in figures.classes.iter().zip(&figures.confusion) {
        let _ = write!(html, "\n<tr><td>{}</td>", escaped(&class.name));
        for &n in row {
            let shade = DEEPEST * n as f64 / class.rows.max(1) as f64;
            let _ = write!(html, "<td style=\"background:rgba(43,108,176,{shade:.2})\">{n}</td>");
        }
        html += "</tr>";
    }
    html + "</table>\n"
}

fn tenths() -> Vec<(f64, String)> {
    [0.0, 0.5, 1.0].map(|x| (x, x.to_string())).to_vec()
}

fn reliability(detail: &Detail) -> String {
    let mut plot =
        Plot::new("confidence", "share right", &tenths()).line(&[[0.0, 0.0], [1.0, 1.0]], "#bbb");
    for bin in detail.reliability.iter().filter(|bin| bin.rows > 0) {
        let text = format!(
            "{} rows, confidence {:.3}, right {:.3}",
            bin.rows, bin.confidence, bin.accuracy
        );
        let radius = 2.0 + (bin.rows as f64).ln_1p();
        plot = plot.dot([bin.confidence, bin.accuracy], radius, &text);
    }
    plot.figure("Reliability: on the line, confidence means what it says")
}

fn coverage(detail: &Detail) -> String {
    Plot::new("share of rows kept, most confident first", "share right", &tenths())
        .line(&detail.coverage, "#2b6cb0")
        .figure("Coverage against accuracy")
}

fn curve(points: &[CurvePoint]) -> String {
    let scale = |rows: u64| (rows as f64).ln_1p();
    let largest = points.iter().map(|p| scale(p.rows)).fold(1.0, f64::max);
    let x = |p: &CurvePoint| scale(p.rows) / largest;
    let marks: Vec<(f64, String)> = points.iter().map(|p| (x(p), p.rows.to_string())).collect();
    let line: Vec<[f64; 2]> = points.iter().map(|p| [x(p), p.macro_f1]).collect();
    let plot = Plot::new("labelled rows of the roles", "macro-F1", &marks).line(&line, "#2b6cb0");
    let rows = points.iter().map(|p| {
        vec![p.rows.to_string(), format!("{:.3}", p.macro_f1), format!("{:.3}", p.log_loss)]
    });
    format!(
        "<h2>Learning curve</h2>\n{}{}",
        plot.figure("With 0 rows the lexicon judges alone"),
        table(&["labelled rows", "macro-F1", "log-loss"], rows)
    )
}
