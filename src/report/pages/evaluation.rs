//! An evaluation as a web page.

use crate::judge::{Detail, Evaluation, Slice};
use crate::metrics::{Bin, Figures, Interval};
use crate::report::evaluation::{CLOSED, OPEN, share, short, view_name};
use askama::Template;
use std::io::{self, Write};

/// Writes an evaluation as a single-file web page.
///
/// # Errors
/// Those of the writer.
pub fn write_evaluation_page(out: &mut dyn Write, evaluation: &Evaluation) -> io::Result<()> {
    let summary = &evaluation.summary;
    let closed =
        Section { asked: CLOSED, figures: &summary.closed, detail: &evaluation.closed_detail };
    let open = |detail| Section { asked: OPEN, figures: &summary.open, detail };
    let scale = |rows: u64| (rows as f64).ln_1p();
    let points = &evaluation.learning_curve;
    let largest = points.iter().map(|p| scale(p.rows)).fold(1.0, f64::max);
    let page = EvaluationPage {
        title: format!("rolecall: {}", view_name(summary.view)),
        evaluation,
        sections: std::iter::once(closed)
            .chain(evaluation.open_detail.as_ref().map(open))
            .collect(),
        curve: points.iter().map(|p| [scale(p.rows) / largest, p.macro_f1]).collect(),
    };
    page.write_into(out)
}

#[derive(Template)]
#[template(path = "evaluation.html", config = "src/report/pages/askama.toml")]
struct EvaluationPage<'a> {
    title: String,
    evaluation: &'a Evaluation,
    sections: Vec<Section<'a>>,
    /// The learning curve, on a logarithmic scale of rows.
    curve: Vec<[f64; 2]>,
}

impl EvaluationPage<'_> {
    fn accepted_share(&self) -> String {
        self.evaluation.accepted.as_ref().map_or_else(String::new, |a| share(a.right, a.rows))
    }

    fn curve_marks(&self) -> Vec<(String, u64)> {
        let points = self.evaluation.learning_curve.iter();
        self.curve.iter().zip(points).map(|([x, _], point)| (across(*x), point.rows)).collect()
    }
}

/// The answers to one question.
struct Section<'a> {
    asked: &'static str,
    figures: &'a Figures,
    detail: &'a Detail,
}

impl Section<'_> {
    fn general(&self) -> [[String; 2]; 7] {
        let (figures, i) = (self.figures, self.detail.intervals.as_ref());
        let rows = [
            ("rows", figures.rows.to_string()),
            ("macro-F1", span(figures.macro_f1, i.map(|i| i.macro_f1))),
            ("accuracy", span(figures.accuracy, i.map(|i| i.accuracy))),
            ("log-loss", span(figures.log_loss, i.map(|i| i.log_loss))),
            ("Brier", span(figures.brier, None)),
            ("calibration error", span(figures.calibration_error, None)),
            ("coverage at 95 % accuracy", span(figures.coverage_at_95, None)),
        ];
        rows.map(|(name, value)| [name.to_owned(), value])
    }

    fn classes(&self) -> Vec<[String; 5]> {
        let rows = self.figures.classes.iter().enumerate().map(|(index, c)| {
            let i = self.detail.intervals.as_ref().map(|i| &i.classes[index]);
            [
                c.name.clone(),
                c.rows.to_string(),
                span(c.precision, i.map(|i| i.precision)),
                span(c.recall, i.map(|i| i.recall)),
                span(c.f1, i.map(|i| i.f1)),
            ]
        });
        rows.collect()
    }

    /// The head of the confusion matrix.
    fn predicted(&self) -> Vec<String> {
        let names = self.figures.classes.iter().map(|class| short(&class.name));
        std::iter::once(String::new()).chain(names).collect()
    }

    /// The confusion matrix: the rows of each class by prediction, and the opacity of their cells.
    fn confusion(&self) -> Vec<(&str, Vec<(u64, String)>)> {
        /// Highest opacity of a cell, so that its number remains legible.
        const DEEPEST: f64 = 0.6;
        let classes = self.figures.classes.iter().zip(&self.figures.confusion);
        let row = classes.map(|(class, row)| {
            let shade = |n: u64| format!("{:.2}", DEEPEST * n as f64 / class.rows.max(1) as f64);
            (class.name.as_str(), row.iter().map(|&n| (n, shade(n))).collect())
        });
        row.collect()
    }

    /// The bins of confidence that have rows.
    fn bins(&self) -> impl Iterator<Item = &Bin> {
        self.detail.reliability.iter().filter(|bin| bin.rows > 0)
    }

    /// The groups of rows, by the column that they are grouped by.
    fn slices(&self) -> impl Iterator<Item = &[Slice]> {
        self.detail.slices.chunk_by(|a, b| a.by == b.by)
    }
}

/// Points with x and y from 0 to 1, in pixels of the template.
fn line(points: &[[f64; 2]]) -> String {
    let points =
        points.iter().map(|[x, y]| format!("{},{:.1}", across(*x), 17.0 + (1.0 - y) * 260.0));
    points.collect::<Vec<_>>().join(" ")
}

fn across(x: f64) -> String {
    format!("{:.1}", 34.0 + x * 260.0)
}

fn span(value: f64, interval: Option<Interval>) -> String {
    match interval {
        Some([low, high]) => format!("{value:.3} ({low:.3} to {high:.3})"),
        None => format!("{value:.3}"),
    }
}
