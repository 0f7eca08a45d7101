//! An explanation as a web page.

use crate::judge::{Explanation, MarkKind, TextPart};
use crate::stacking::inputs::Question;
use askama::Template;
use std::io::{self, Write};

/// Writes an explanation with at most `top` features of each kind as a single-file web page. `about` is
/// what stands at its head: names and values.
///
/// # Errors
/// Those of the writer.
pub fn write_explanation_page(
    out: &mut dyn Write,
    explanation: &Explanation,
    top: usize,
    about: &[(&str, String)],
) -> io::Result<()> {
    let notes: Vec<_> = explanation.notes.iter().map(|n| n.name().replace('_', " ")).collect();
    let page = ExplanationPage {
        title: if explanation.title.is_empty() { "rolecall" } else { &explanation.title },
        explanation,
        about,
        decision: explanation.decision.name().replace('_', " "),
        notes: notes.join("; "),
        parts: TextPart::split(&explanation.contrast.text, &explanation.contrast.marks),
        top,
    };
    page.write_into(out)
}

#[derive(Template)]
#[template(path = "explanation.html", config = "src/report/pages/askama.toml")]
struct ExplanationPage<'a> {
    title: &'a str,
    explanation: &'a Explanation,
    about: &'a [(&'a str, String)],
    decision: String,
    notes: String,
    parts: Vec<TextPart>,
    top: usize,
}
