//! A model, and the differences between two, as text.

use super::evaluation::write_summary;
use super::retrain::write_remembered;
use super::text::{figure, fit, printable};
use crate::judge::{FeatureChange, ModelChange, TopFeatures};
use crate::model::Header;
use std::io::{self, Write};

/// Writes provenance and held-out metrics of a model.
///
/// # Errors
/// Those of the writer.
pub fn write_header(out: &mut dyn Write, header: &Header, features: usize) -> io::Result<()> {
    let p = &header.provenance;
    writeln!(out, "written by     rolecall {}", printable(&header.tool))?;
    writeln!(out, "trained on     {}", printable(p.data.as_deref().unwrap_or("unnamed data")))?;
    if let Some(date) = &p.date {
        writeln!(out, "date           {}", printable(date))?;
    }
    let roles = header.roles.iter().map(|r| &r.id);
    let counted: Vec<String> = roles
        .chain(&header.families)
        .zip(&header.postings)
        .map(|(name, n)| format!("{} {n}", printable(name)))
        .collect();
    writeln!(out, "postings       {}", counted.join(", "))?;
    writeln!(out, "organisations  {}", header.organisations)?;
    for (label, n) in &p.left_out {
        writeln!(out, "left out       {n} labelled {:?}", printable(label))?;
    }
    if p.duplicates > 0 {
        writeln!(out, "counted once   {} rows that stood twice", p.duplicates)?;
    }
    if p.two_labels > 0 {
        writeln!(out, "not learned    {} rows under two labels", p.two_labels)?;
    }
    if p.rejected > 0 {
        writeln!(out, "unreadable     {} rows", p.rejected)?;
    }
    writeln!(out, "features       {features}")?;
    write_retraining(out, header)?;
    writeln!(out, "lexicon        {}", header.lexicon)?;
    writeln!(out, "rows hash      {}", header.rows_hash)?;
    for (i, record) in header.history.iter().enumerate() {
        write_remembered(out, i + 1, record)?;
    }
    if header.postings.iter().all(|&n| n == 0) {
        return writeln!(
            out,
            "\nNo labelled postings: it judges by the lexicon alone, and accepts nothing."
        );
    }
    writeln!(out, "\nOn organisations it had not seen (leave one organisation out):")?;
    for summary in &header.held_out {
        writeln!(out)?;
        write_summary(out, summary)?;
    }
    if header.kept_out > 0 {
        writeln!(out, "\n{} {}", header.kept_out, super::evaluation::LEXICON_ONLY)?;
    }
    Ok(())
}

/// Writes whether retraining is exact.
fn write_retraining(out: &mut dyn Write, header: &Header) -> io::Result<()> {
    match (&header.base, &header.training_state) {
        (None, Some(_)) => {
            writeln!(out, "retraining     exact: it knows every row it has counted")?;
        }
        (_, None) => writeln!(
            out,
            "retraining     compact: it takes new rows, but its rare features are gone and it does not know\n\
             {:15}which rows it has counted, so none can be removed or noticed when they come again",
            ""
        )?,
        (Some(base), Some(_)) => writeln!(
            out,
            "retraining     exact for the rows since; it began as a compact model of {} postings, whose\n\
             {:15}rows it does not know",
            base.postings.iter().sum::<u32>(),
            ""
        )?,
    }
    Ok(())
}

/// Writes the features with the highest weights for each role.
///
/// # Errors
/// Those of the writer.
pub fn write_strongest(out: &mut dyn Write, strongest: &[TopFeatures]) -> io::Result<()> {
    let mut role = "";
    for of_channel in strongest.iter().filter(|s| !s.features.is_empty()) {
        if role != of_channel.role {
            role = &of_channel.role;
            writeln!(
                out,
                "\nstrongest for {}: naive Bayes weight in nats, postings",
                printable(role)
            )?;
        }
        let features = of_channel.features.iter();
        let features = features.map(|f| format!("{} ({:.1}, {})", f.text, f.weight, f.postings));
        let features: Vec<String> = features.collect();
        writeln!(out, "  {:9} {}", of_channel.channel.name(), printable(&features.join("; ")))?;
    }
    Ok(())
}

/// Writes the differences between two models.
///
/// # Errors
/// Those of the writer.
pub fn write_model_change(out: &mut dyn Write, change: &ModelChange) -> io::Result<()> {
    writeln!(out, "{:34}      old       new", "")?;
    let [old, new] = change.organisations;
    writeln!(out, "{:34} {old:>8}  {new:>8}", "organisations")?;
    for (name, [old, new]) in &change.postings {
        writeln!(out, "postings  {} {old:>8}  {new:>8}", fit(name, 24))?;
    }
    let [old, new] = change.retrains;
    writeln!(out, "{:34} {old:>8}  {new:>8}", "retrains")?;
    writeln!(out, "\nfeatures       in both       new      lost   mean change of weight")?;
    for c in &change.channels {
        let [both, new, lost] = c.features;
        writeln!(
            out,
            "  {:11} {both:>8}  {new:>8}  {lost:>8}   {:.3}",
            c.channel.name(),
            c.mean_distance
        )?;
    }
    write_moved(out, "moved furthest", &change.moved)?;
    write_moved(out, "strongest of the new", &change.new)?;
    write_moved(out, "strongest of the lost", &change.lost)?;
    if !change.combination.is_empty() {
        writeln!(out, "\ncombination: moved furthest")?;
    }
    for m in &change.combination {
        writeln!(
            out,
            "  {:+.3} to {:+.3}  {} speaks for {} ({})",
            m.weight[0],
            m.weight[1],
            m.input,
            m.class,
            super::evaluation::view_name(m.view)
        )?;
    }
    writeln!(out, "\neach on rows it had not seen                          old    new")?;
    for f in &change.figures {
        let [old, new] = f.value.map(figure);
        writeln!(
            out,
            "  {:17} {:31}  {old:>5}  {new:>5}",
            super::evaluation::view_name(f.view),
            f.name
        )?;
    }
    Ok(())
}

fn write_moved(out: &mut dyn Write, what: &str, moved: &[FeatureChange]) -> io::Result<()> {
    if !moved.is_empty() {
        writeln!(out, "\n{what}: weight for a role in nats, postings of the role")?;
    }
    for m in moved {
        let weight = |side: usize| m.weight[side].map_or("    -".into(), |w| format!("{w:+5.2}"));
        writeln!(
            out,
            "  {} ({}) to {} ({})  {} {}  for {}",
            weight(0),
            m.postings[0],
            weight(1),
            m.postings[1],
            m.channel.name(),
            printable(&m.text),
            m.role
        )?;
    }
    Ok(())
}
