//! An evaluation as a web page.

use crate::judge::{CurvePoint, Detail, Evaluation, Evaluations, Slice};
use crate::metrics::{Bin, Figures, share_interval};
use crate::report::evaluation::{
    CLOSED, Compared, FIGURES, OPEN, compared, difference_cells, notes_on_rows, rows_compared,
    share, short, slice_name, view_name, with_interval,
};
use crate::report::text::figure;
use crate::stacking::inputs::View;
use askama::Template;
use std::io::{self, Write};

/// Writes evaluations of the same rows as a single-file web page: how the models compare, and each by itself. `about` is
/// what stands at its head: names and values.
///
/// # Errors
/// Those of the writer.
pub fn write_evaluation_page(
    out: &mut dyn Write,
    evaluations: &Evaluations,
    about: &[(&str, String)],
) -> io::Result<()> {
    let view = evaluations.models.first().map_or(View::Whole, |first| first.summary.view);
    let page = EvaluationPage {
        title: format!("rolecall: {}", view_name(view)),
        about,
        compared: compared(evaluations),
        parts: evaluations.models.iter().map(Part::new).collect(),
    };
    page.write_into(out)
}

/// Least rows of a bin of confidence whose share right says much.
const FEW_ROWS: u64 = 10;

#[derive(Template)]
#[template(path = "evaluation.html", config = "src/report/pages/askama.toml")]
struct EvaluationPage<'a> {
    title: String,
    about: &'a [(&'a str, String)],
    compared: Vec<Compared<'a>>,
    parts: Vec<Part<'a>>,
}

/// An evaluation by itself.
struct Part<'a> {
    evaluation: &'a Evaluation,
    sections: Vec<Section<'a>>,
    /// The learning curve, on a logarithmic scale of rows.
    curve: Vec<[f64; 2]>,
}

impl<'a> Part<'a> {
    fn new(evaluation: &'a Evaluation) -> Self {
        let summary = &evaluation.summary;
        let closed =
            Section { asked: CLOSED, figures: &summary.closed, detail: &evaluation.closed_detail };
        let open = |detail| Section { asked: OPEN, figures: &summary.open, detail };
        let scale = |rows: u64| (rows as f64).ln_1p();
        let points = &evaluation.learning_curve;
        let largest = points.iter().map(|p| scale(p.rows)).fold(1.0, f64::max);
        let point = |p: &CurvePoint| Some([scale(p.rows) / largest, p.macro_f1?]);
        Self {
            evaluation,
            sections: std::iter::once(closed)
                .chain(evaluation.open_detail.as_ref().map(open))
                .collect(),
            curve: points.iter().filter_map(point).collect(),
        }
    }

    fn notes(&self) -> Vec<String> {
        notes_on_rows(self.evaluation)
    }

    fn accepted_share(&self) -> String {
        self.evaluation.accepted.as_ref().map_or_else(String::new, |a| share(a.right, a.rows))
    }

    /// The marks below the learning curve; of two that would run into each other, the last.
    fn curve_marks(&self) -> Vec<(String, u64)> {
        /// Least distance between marks, in pixels.
        const APART: f64 = 32.0;
        let points = self.curve.iter().zip(&self.evaluation.learning_curve);
        let mut marks: Vec<(f64, u64)> = Vec::new();
        for ([x, _], point) in points.rev() {
            let x = left(*x);
            if marks.last().is_none_or(|(last, _)| last - x >= APART) {
                marks.push((x, point.rows));
            }
        }
        marks.into_iter().rev().map(|(x, rows)| (format!("{x:.1}"), rows)).collect()
    }
}

/// The answers to one question.
struct Section<'a> {
    asked: &'static str,
    figures: &'a Figures,
    detail: &'a Detail,
}

impl Section<'_> {
    /// The figures of all rows: name, value, and what it means.
    fn general(&self) -> [(&'static str, String, &'static str); 7] {
        let (figures, i) = (self.figures, self.detail.intervals.as_ref());
        [
            ("rows", figures.rows.to_string(), "labelled rows that were judged"),
            (
                "macro-F1",
                with_interval(figures.macro_f1, i.map(|i| i.macro_f1)),
                "mean F1 of the roles, a rare one counting as much as a common one: near 1 is good",
            ),
            (
                "accuracy",
                with_interval(figures.accuracy, i.map(|i| i.accuracy)),
                "share of rows that are right: near 1 is good, but see which role is common",
            ),
            (
                "log-loss",
                with_interval(figures.log_loss, i.map(|i| i.log_loss)),
                "confident mistakes cost the most, in nats: near 0 is good",
            ),
            (
                "Brier",
                figure(figures.brier),
                "mean squared distance of the probabilities from what is right: near 0 is good",
            ),
            (
                "calibration error",
                figure(figures.calibration_error),
                "how far confidence is from the share that is right: below 0.05 is good",
            ),
            (
                "coverage at 95 %",
                figure(figures.coverage_at_95),
                "share of rows, most confident first, of which 95 % are right: near 1 is good",
            ),
        ]
    }

    fn classes(&self) -> Vec<[String; 5]> {
        let rows = self.figures.classes.iter().enumerate().map(|(index, c)| {
            let i = self.detail.intervals.as_ref().map(|i| &i.classes[index]);
            [
                c.name.clone(),
                c.rows.to_string(),
                with_interval(c.precision, i.and_then(|i| i.precision)),
                with_interval(c.recall, i.and_then(|i| i.recall)),
                with_interval(c.f1, i.and_then(|i| i.f1)),
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

    /// The bins of confidence that have rows, each with its mean confidence and the share right.
    fn bins(&self) -> impl Iterator<Item = (&Bin, f64, f64)> {
        self.detail.reliability.iter().filter_map(|bin| Some((bin, bin.confidence?, bin.accuracy?)))
    }

    /// The bins as dots of the reliability diagram.
    fn dots(&self) -> impl Iterator<Item = Dot> {
        self.bins().map(|(bin, confidence, accuracy)| {
            let [low, high] = share_interval(accuracy, bin.rows).map(down);
            let few = bin.rows < FEW_ROWS;
            let rows = bin.rows;
            let text = format!("{rows} rows, confidence {confidence:.3}, right {accuracy:.3}");
            let radius = format!("{:.1}", 2.0 + (rows as f64).ln_1p());
            Dot { x: across(confidence), y: down(accuracy), low, high, radius, few, text }
        })
    }

    /// The groups of rows, by the column that they are grouped by.
    fn slices(&self) -> impl Iterator<Item = &[Slice]> {
        self.detail.slices.chunk_by(|a, b| a.by == b.by)
    }
}

/// A bin of confidence as a dot with its interval, in pixels of the template.
struct Dot {
    x: String,
    y: String,
    low: String,
    high: String,
    radius: String,
    /// Whether it is of few rows.
    few: bool,
    text: String,
}

/// Points with x and y from 0 to 1, in pixels of the template.
fn line(points: &[[f64; 2]]) -> String {
    let points = points.iter().map(|[x, y]| format!("{},{}", across(*x), down(*y)));
    points.collect::<Vec<_>>().join(" ")
}

fn left(x: f64) -> f64 {
    34.0 + x * 260.0
}

fn across(x: f64) -> String {
    format!("{:.1}", left(x))
}

fn down(y: f64) -> String {
    format!("{:.1}", 17.0 + (1.0 - y) * 260.0)
}
