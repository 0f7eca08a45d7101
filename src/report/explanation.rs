//! An explanation as text.

use super::text::{fit, printable};
use crate::evidence::Step;
use crate::judge::{Contrast, Contribution, Explanation, MarkKind, QuestionScores, Quote};
use crate::stacking::inputs::Question;
use std::io::{self, Write};

/// Width of the column of names.
const NAME: usize = 46;
/// Width of each of the two columns of evidence, for the winner and for its rival.
const SIDE: usize = 44;

/// Writes an explanation with at most `top` features of each kind.
///
/// # Errors
/// Those of the writer.
pub fn write_explanation(
    out: &mut dyn Write,
    explanation: &Explanation,
    top: usize,
) -> io::Result<()> {
    if !explanation.title.is_empty() {
        writeln!(out, "{}", printable(&explanation.title))?;
    }
    let notes: String = explanation
        .notes
        .iter()
        .map(|note| format!("; {}", note.name().replace('_', " ")))
        .collect();
    writeln!(
        out,
        "{} with a confidence of {:.3}: {}{notes}\n",
        explanation.label,
        explanation.confidence,
        explanation.decision.name().replace('_', " ")
    )?;
    if let Some(Step { below, title, above, source }) = &explanation.ladder {
        let step = |step: &Option<String>| step.clone().unwrap_or_else(|| "-".to_owned());
        let (below, above) = (step(below), step(above));
        writeln!(out, "career ladder: {below} < {title} < {above} ({source})\n")?;
    }
    write_contrast(out, &explanation.contrast, top)?;
    for question in &explanation.questions {
        writeln!(out)?;
        write_question(out, question, top)?;
    }
    Ok(())
}

/// Writes an explanation as one line: row, title, verdict, confidence, decision, and at most `top` phrases of the
/// strongest evidence.
///
/// # Errors
/// Those of the writer.
pub fn write_explanation_line(
    out: &mut dyn Write,
    row: Option<u64>,
    explanation: &Explanation,
    top: usize,
) -> io::Result<()> {
    let Explanation { title, label, confidence, decision, contrast, .. } = explanation;
    let row = row.map(|row| format!("row {row}: ")).unwrap_or_default();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = if title.is_empty() { title } else { format!("{title}: ") };
    let decision = decision.name().replace('_', " ");
    let quotes = contrast.for_winner.iter().take(top).map(|quote| quote.text.as_str());
    let quotes = quotes.collect::<Vec<_>>().join("; ");
    let quotes = if quotes.is_empty() { quotes } else { format!(": {quotes}") };
    let line = format!("{row}{title}{label} {confidence:.2}, {decision}{quotes}");
    writeln!(out, "{}", printable(&line.replace(['\n', '\r'], " ")))
}

fn write_contrast(out: &mut dyn Write, contrast: &Contrast, top: usize) -> io::Result<()> {
    let quote = |quotes: &[Quote], i: usize| {
        let quoted = quotes.get(i).map(|q| format!("{:>5.2}  {}", q.strength.abs(), q.text));
        fit(&quoted.unwrap_or_default(), SIDE)
    };
    let heads = [&contrast.winner, &contrast.rival].map(|name| fit(&format!("for {name}"), SIDE));
    writeln!(out, "{}", heads.join("  ").trim_end())?;
    let longest = contrast.for_winner.len().max(contrast.for_rival.len());
    for i in 0..longest.min(top) {
        let sides = [quote(&contrast.for_winner, i), quote(&contrast.for_rival, i)];
        writeln!(out, "{}", sides.join("  ").trim_end())?;
    }
    if let (Some(next), false) = (&contrast.next_role, contrast.missing.is_empty()) {
        let names: Vec<&str> = contrast.missing.iter().map(|m| m.name.as_str()).collect();
        writeln!(out, "\nWould speak for {next}, and is not there: {}", names.join("; "))?;
    }
    writeln!(
        out,
        "\nThe text: [+ for {}], [- for {}], [= name not looked at], [# part not looked at]\n",
        contrast.winner, contrast.rival
    )?;
    let mut at = 0;
    for mark in &contrast.marks {
        let words = printable(&contrast.text[mark.at.clone()]);
        let before = printable(&contrast.text[at..mark.at.start]);
        let sign = match mark.kind {
            MarkKind::ForWinner => '+',
            MarkKind::ForRival => '-',
            MarkKind::Masked => '=',
            MarkKind::Ignored => '#',
        };
        write!(out, "{before}[{sign} {words}]")?;
        at = mark.at.end;
    }
    writeln!(out, "{}", printable(&contrast.text[at..]))
}

fn write_question(out: &mut dyn Write, question: &QuestionScores, top: usize) -> io::Result<()> {
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
    for Contribution { name, adds, pieces } in &question.parts {
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
