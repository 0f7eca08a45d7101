//! An explanation for people.

use super::text::{fit, printable};
use crate::judge::{Explanation, Part, QuestionPart};
use crate::model::Question;
use std::io::{self, Write};

const NAME: usize = 46;

/// Writes an explanation with at most `top` features of each kind.
///
/// # Errors
/// Those of the writer.
pub fn write_explanation(
    out: &mut dyn Write,
    explanation: &Explanation,
    top: usize,
) -> io::Result<()> {
    for (i, question) in explanation.questions.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        write_question(out, question, top)?;
    }
    Ok(())
}

fn write_question(out: &mut dyn Write, question: &QuestionPart, top: usize) -> io::Result<()> {
    let asked = match question.question {
        Question::Role => "Which role is it, if it is one?",
        Question::Scope => "Is it one of the roles?",
    };
    writeln!(out, "{asked} (nats; they add up to the score)")?;
    let widths: Vec<usize> = question.classes.iter().map(|c| c.len().max(9)).collect();
    let names: String =
        question.classes.iter().zip(&widths).map(|(c, w)| format!("  {c:>w$}")).collect();
    writeln!(out, "{}{names}", " ".repeat(NAME))?;
    let line = |out: &mut dyn Write, name: &str, values: &[f64]| {
        let cells: String =
            values.iter().zip(&widths).map(|(v, w)| format!("  {v:>+w$.3}")).collect();
        writeln!(out, "{}{cells}", fit(name, NAME))
    };
    line(out, "prior", &question.prior)?;
    for Part { name, adds, pieces } in &question.parts {
        line(out, name, adds)?;
        for piece in pieces.iter().take(top) {
            line(out, &format!("    {}", printable(&piece.feature)), &piece.adds)?;
        }
        if pieces.len() > top {
            let mut rest = vec![0.0; adds.len()];
            for piece in &pieces[top..] {
                rest.iter_mut().zip(&piece.adds).for_each(|(sum, add)| *sum += add);
            }
            line(out, &format!("    {} more", pieces.len() - top), &rest)?;
        }
    }
    line(out, "score", &question.scores)?;
    let cells: String =
        question.probabilities.iter().zip(&widths).map(|(p, w)| format!("  {p:>w$.3}")).collect();
    writeln!(out, "{}{cells}", fit("probability", NAME))
}
