//! An explanation as a web page.

use super::html::{escaped, table, write_page};
use crate::judge::{Contrast, Explanation, MarkKind, Quote};
use crate::stacking::inputs::Question;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes an explanation with at most `top` features of each kind as a single-file web page.
///
/// # Errors
/// Those of the writer.
pub fn write_explanation_page(
    out: &mut dyn Write,
    explanation: &Explanation,
    top: usize,
) -> io::Result<()> {
    let contrast = &explanation.contrast;
    let notes: Vec<String> =
        explanation.notes.iter().map(|note| note.name().replace('_', " ")).collect();
    let mut body = format!(
        "<p><b>{}</b> with a confidence of {:.3}: {}. {}</p>\n",
        escaped(&explanation.label),
        explanation.confidence,
        explanation.decision.name().replace('_', " "),
        notes.join("; ")
    );
    body += "<div class=\"plots\">\n";
    for (name, quotes) in
        [(&contrast.winner, &contrast.for_winner), (&contrast.rival, &contrast.for_rival)]
    {
        let rows = quotes.iter().take(top).map(|q: &Quote| {
            vec![q.text.clone(), q.channel.name().to_owned(), format!("{:.2}", q.strength.abs())]
        });
        let head = format!("for {name}");
        let _ = writeln!(body, "<div>{}</div>", table(&[&head, "channel", "nats"], rows));
    }
    body += "</div>\n";
    if let (Some(next), false) = (&contrast.next_role, contrast.missing.is_empty()) {
        let names: Vec<&str> = contrast.missing.iter().map(|m| m.name.as_str()).collect();
        let _ = writeln!(
            body,
            "<p>Would speak for {}, and is not there: {}</p>",
            escaped(next),
            escaped(&names.join("; "))
        );
    }
    body += &posting(contrast);
    for question in &explanation.questions {
        let asked = match question.question {
            Question::Role => "Which role, if it is one",
            Question::Scope => "Is it one of the roles",
        };
        let mut head = vec!["part"];
        head.extend(question.classes.iter().map(String::as_str));
        let line = |name: &str, values: &[f64], signed: bool| {
            let values =
                values.iter().map(|v| if signed { format!("{v:+.3}") } else { format!("{v:.3}") });
            std::iter::once(name.to_owned()).chain(values).collect::<Vec<_>>()
        };
        let mut rows = vec![line("prior", &question.prior, true)];
        rows.extend(question.parts.iter().map(|part| line(&part.name, &part.adds, true)));
        rows.push(line("score (nats)", &question.scores, true));
        rows.push(line("probability", &question.probabilities, false));
        let _ = write!(body, "<h2>{asked}</h2>\n{}", table(&head, rows));
    }
    let title = if explanation.title.is_empty() { "rolecall" } else { &explanation.title };
    write_page(out, title, &body)
}

fn posting(contrast: &Contrast) -> String {
    let mut html = format!(
        "<h2>The text</h2><p><mark class=\"for\">for {}</mark> <mark class=\"against\">for {}</mark> \
         <mark class=\"masked\">name not looked at</mark> <span class=\"ignored\">part not looked \
         at</span></p>\n<div class=\"posting\">",
        escaped(&contrast.winner),
        escaped(&contrast.rival)
    );
    let mut at = 0;
    for mark in &contrast.marks {
        html += &escaped(&contrast.text[at..mark.at.start]);
        let words = escaped(&contrast.text[mark.at.clone()]);
        let _ = match mark.kind {
            MarkKind::ForWinner => write!(html, "<mark class=\"for\">{words}</mark>"),
            MarkKind::ForRival => write!(html, "<mark class=\"against\">{words}</mark>"),
            MarkKind::Masked => write!(html, "<mark class=\"masked\">{words}</mark>"),
            MarkKind::Ignored => write!(html, "<span class=\"ignored\">{words}</span>"),
        };
        at = mark.at.end;
    }
    html + &escaped(&contrast.text[at..]) + "</div>\n"
}
