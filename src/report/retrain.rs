//! The changes of a retrain as text.

use super::evaluation::{FIGURES, difference_cells};
use super::text::printable;
use crate::judge::{Flip, PredictionChanges};
use crate::metrics::{Difference, MetricChange};
use crate::model::{Drifted, FeatureTurn, Retrain, Shift};
use std::io::{self, Write};

/// Writes the numbers of rows and features added and removed.
///
/// # Errors
/// Those of the writer.
pub fn write_retrain(out: &mut dyn Write, record: &Retrain) -> io::Result<()> {
    let counts = [
        (record.added, "added"),
        (record.removed, "removed"),
        (record.merged, "merged from models"),
        (record.read.duplicates, "not counted twice"),
        (record.relabelled, "known under another label"),
        (record.two_labels, "not learned because of two labels"),
        (record.read.left_out.values().sum(), "left out for their label"),
        (record.read.rejected, "unreadable"),
    ];
    let counts: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    writeln!(out, "rows           {counts}")?;
    writeln!(out, "features       {} new, {} lost", record.new_features, record.lost_features)
}

/// Writes some of the features that became frequent enough in a retrain, or no longer are.
///
/// # Errors
/// Those of the writer.
pub fn write_turnover(
    out: &mut dyn Write,
    what: &str,
    features: &[FeatureTurn],
    top: usize,
) -> io::Result<()> {
    if features.is_empty() {
        return Ok(());
    }
    let named: Vec<&str> = features.iter().take(top).map(|f| f.text.as_str()).collect();
    let more = features.len().saturating_sub(top);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    writeln!(out, "  {what:<13}{}{more}", printable(&named.join("; ")))
}

/// Writes the drift of new rows against earlier ones.
///
/// # Errors
/// Those of the writer.
pub fn write_drift(out: &mut dyn Write, drifted: &Drifted, top: usize) -> io::Result<()> {
    let drift = &drifted.drift;
    let features = match drift.features {
        Some(drift) => format!("features {drift:.2} times as far off (by chance 1)"),
        None => "too few rows to tell of the features".to_owned(),
    };
    let by_chance = |share: f64| format!(" (by chance {:.1})", share * 100.0);
    let words = drifted.chance.and_then(|chance| chance.words_never_seen).map(by_chance);
    let labels = drifted.chance.map(|chance| format!("by chance {:.2}, ", chance.labels));
    writeln!(
        out,
        "drift          {:.1} % of the words never seen before{}; labels {:.2} apart ({}from 0 to 1); {features}",
        drift.words_never_seen * 100.0,
        words.unwrap_or_default(),
        drift.labels,
        labels.unwrap_or_default()
    )?;
    let words: Vec<String> = drifted
        .never_seen
        .iter()
        .take(top)
        .map(|(word, rows)| format!("{word} ({rows})"))
        .collect();
    if !words.is_empty() {
        writeln!(out, "  never seen   {}", printable(&words.join("; ")))?;
    }
    for (what, shifts) in [("more often", &drifted.more), ("less often", &drifted.less)] {
        let shift =
            |s: &Shift| format!("{} ({} rows, expected {:.0})", s.text, s.observed, s.expected);
        let shifts: Vec<String> = shifts.iter().take(top).map(shift).collect();
        if !shifts.is_empty() {
            writeln!(out, "  {what:<13}{}", printable(&shifts.join("; ")))?;
        }
    }
    Ok(())
}

/// Writes how the predictions of two models differ on rows, with at most `top` of the flips. Returns how many it left out.
///
/// # Errors
/// Those of the writer.
pub fn write_prediction_changes(
    out: &mut dyn Write,
    changes: &PredictionChanges,
    top: usize,
) -> io::Result<usize> {
    if let Some(difference) = &changes.difference {
        write_difference(out, difference)?;
    }
    let flipped: u64 = changes.flipped.values().sum();
    writeln!(out, "flips          {flipped} of {} rows", changes.rows)?;
    for (pair, rows) in &changes.flipped {
        writeln!(out, "  {rows:>6}  {pair}")?;
    }
    for flip in changes.flips.iter().take(top) {
        write_flip(out, flip)?;
    }
    Ok(changes.flips.len().saturating_sub(top))
}

pub(super) fn write_difference(out: &mut dyn Write, difference: &Difference) -> io::Result<()> {
    let Difference { rows, groups, macro_f1, accuracy, log_loss } = difference;
    writeln!(
        out,
        "                old    new    difference (95 %), {rows} rows of {groups} organisations"
    )?;
    let changes = [macro_f1, accuracy, log_loss].into_iter().zip(difference_cells(difference));
    for (name, (change, by)) in FIGURES.iter().zip(changes) {
        let MetricChange { old, new, .. } = change;
        writeln!(out, "  {name:<12}  {old:.3}  {new:.3}  {by}")?;
    }
    Ok(())
}

fn write_flip(out: &mut dyn Write, flip: &Flip) -> io::Result<()> {
    let label = match &flip.label {
        Some(label) if *label == flip.new => ", now right".to_owned(),
        Some(label) if *label == flip.old => ", now wrong".to_owned(),
        Some(label) => format!(", labelled {label}"),
        None => String::new(),
    };
    let title = flip.title.split_whitespace().collect::<Vec<_>>().join(" ");
    writeln!(
        out,
        "  {}  {}\n    {} {:.2} to {} {:.2}{label}: {}",
        printable(&flip.place),
        printable(&title),
        flip.old,
        flip.old_confidence,
        flip.new,
        flip.new_confidence,
        printable(&flip.evidence.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("; "))
    )
}

/// Writes a retrain from the history of a model.
pub(super) fn write_remembered(
    out: &mut dyn Write,
    number: usize,
    record: &Retrain,
) -> io::Result<()> {
    let name = record.read.data.as_deref().unwrap_or("unnamed data");
    let date = record.read.date.as_deref().map(|d| format!(", {d}")).unwrap_or_default();
    writeln!(out, "\nretrain {number}      {}{}", printable(name), printable(&date))?;
    write_retrain(out, record)?;
    if let Some(drift) = &record.drift {
        write_drift(out, &Drifted { drift: drift.clone(), ..Drifted::default() }, 0)?;
    }
    if let Some(difference) = &record.difference {
        write_difference(out, difference)?;
    }
    let flipped: u64 = record.flips.values().sum();
    if flipped > 0 {
        writeln!(out, "flips          {flipped} rows")?;
    }
    Ok(())
}
