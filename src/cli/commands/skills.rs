//! `skills`: lists the lexicon, or the skills found in each posting.

use crate::cli::Outcome;
use crate::cli::args::Skills;
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon};
use crate::cli::output::report_json;
use crate::cli::row_table::{CellRows, Holds, ReadColumn, column};
use crate::cli::sheet::check_endings;
use anyhow::Result;
use rayon::prelude::*;
use rolecall::evidence::{Channel, Evidence, Extractor};
use rolecall::lexicon::Lexicon;
use rolecall::postings::Column;
use rolecall::report::{Cell, ColumnType, Layout, Width};

pub(super) fn run(args: &Skills) -> Result<Outcome> {
    check_endings(Some(&args.writing), [&args.input.reading.rejects])?;
    let common = &args.input.reading.common;
    let read = match &args.input.files[..] {
        [] => FilesRead::lexicon(common),
        files => FilesRead::new(files, common),
    };
    let rejects = args.input.reading.rejects.as_ref().map(Some);
    read.check_distinct([args.writing.output.as_ref()].into_iter().chain(rejects))?;
    let lexicon = lexicon(common)?;
    if args.input.files.is_empty() {
        list(args, &lexicon)?;
        return Ok(Outcome::Done);
    }
    extract(args, &lexicon)
}

fn sheet(
    args: &Skills,
    columns: &[(&str, ColumnType)],
    for_reading: Vec<ReadColumn>,
) -> Result<CellRows> {
    let added = columns.iter().map(|&(name, kind)| (name.to_owned(), kind)).collect();
    let layout = Layout { added, ..Layout::default() };
    CellRows::open(&args.writing, &args.input.reading, None, &layout, Some(for_reading))
}

fn list(args: &Skills, lexicon: &Lexicon) -> Result<()> {
    let text = ["id", "name", "kind", "role"].map(|name| (name, ColumnType::Text));
    let rest =
        [("weight", ColumnType::Text), ("source", ColumnType::Text), ("section", ColumnType::Text)];
    let for_reading = vec![
        column(1, "name", Width::Parts(3), Holds::Text),
        column(2, "kind", Width::Fixed(14), Holds::Name),
        column(3, "role", Width::Fixed(6), Holds::Role),
        column(4, "weight", Width::Fixed(6), Holds::Text),
        column(7, "forms", Width::Parts(4), Holds::Text),
    ];
    let columns = [&text[..], &rest, &[("forms", ColumnType::List)]].concat();
    let mut sheet = sheet(args, &columns, for_reading)?;
    for skill in lexicon.skills() {
        let forms: Vec<&str> = skill.forms.iter().map(String::as_str).collect();
        for claim in &skill.claims {
            let cells = [
                Cell::Verbatim(&skill.id),
                Cell::Verbatim(&skill.name),
                Cell::Verbatim(skill.kind),
                Cell::Verbatim(&lexicon.roles().get(claim.role).id),
                Cell::Verbatim(&claim.weight.to_string()),
                Cell::Verbatim(&claim.source),
                Cell::Verbatim(&claim.section),
                Cell::List(&forms),
            ];
            sheet.write(None, &cells)?;
        }
    }
    for ListedEntry { name, kind, role, weight, source, section } in numbers(lexicon) {
        let id = format!("{kind}_{role}_{weight}");
        let texts = [&id, &name, kind, role, &weight, source, section].map(Cell::Verbatim);
        let forms = [name.as_str()];
        let cells: Vec<Cell> = texts.into_iter().chain([Cell::List(&forms)]).collect();
        sheet.write(None, &cells)?;
    }
    sheet.finish()
}

/// An entry of the documents besides skills.
struct ListedEntry<'l> {
    name: String,
    kind: &'static str,
    role: &'l str,
    /// Ladder step, lower salary bound, years of experience, or number of jobs.
    weight: String,
    source: &'l str,
    section: &'l str,
}

fn numbers(lexicon: &Lexicon) -> impl Iterator<Item = ListedEntry<'_>> {
    let ladders = lexicon.ladders().iter().map(|rung| ListedEntry {
        name: rung.title.clone(),
        kind: "ladders",
        role: &rung.role,
        weight: rung.rank.to_string(),
        source: &rung.source,
        section: &rung.section,
    });
    let salaries = lexicon.salaries().iter().map(|band| ListedEntry {
        name: format!(
            "{} to {} {} a year ({})",
            band.low,
            String::from(band.high),
            band.currency,
            band.level
        ),
        kind: "salaries",
        role: &band.role,
        weight: band.low.to_string(),
        source: &band.source,
        section: &band.section,
    });
    let experience = lexicon.experience().iter().map(|band| ListedEntry {
        name: format!("{} to {} years", band.low, band.high),
        kind: "experience",
        role: &band.role,
        weight: band.high.to_string(),
        source: &band.source,
        section: &band.section,
    });
    let market = lexicon.market().iter().map(|count| ListedEntry {
        name: format!("{} jobs", count.jobs),
        kind: "market",
        role: &count.role,
        weight: count.jobs.to_string(),
        source: &count.source,
        section: &count.section,
    });
    ladders.chain(salaries).chain(experience).chain(market)
}

fn extract(args: &Skills, lexicon: &Lexicon) -> Result<Outcome> {
    let extractor = Extractor::new(lexicon);
    let mut postings = Postings::open(&args.input)?;
    let columns = [
        ("row", ColumnType::Integer),
        ("id", ColumnType::Text),
        ("skill", ColumnType::Text),
        ("text", ColumnType::Text),
        ("start", ColumnType::Integer),
        ("end", ColumnType::Integer),
    ];
    let for_reading = vec![
        column(0, "row", Width::Fixed(7), Holds::Text),
        column(1, "id", Width::Fixed(12), Holds::Text),
        column(2, "skill", Width::Parts(1), Holds::Name),
        column(3, "text", Width::Parts(1), Holds::Text),
    ];
    let mut batch = postings.first()?;
    let mut sheet = sheet(args, &columns, for_reading)?;
    let mut written = 0u64;
    while let Some(rows) = batch {
        let columns = postings.columns();
        let evidence: Vec<Evidence> = rows
            .par_iter()
            .map(|row| extractor.extract("", row.get(columns, Column::Description)))
            .collect();
        for (row, evidence) in rows.iter().zip(&evidence) {
            let skills = evidence.features().iter().filter(|f| f.key.channel() == Channel::Skills);
            let mut found: Vec<_> = skills.map(|f| (evidence.span(f), f)).collect();
            found.sort_by_key(|(span, _)| span.start);
            for (span, feature) in found {
                let raw = evidence.text().raw_span(span.clone());
                let cells = [
                    Cell::Integer(row.number),
                    Cell::Verbatim(row.get(columns, Column::Id)),
                    Cell::Verbatim(&evidence.feature_text(feature, lexicon)),
                    Cell::Text(&evidence.text().as_str()[span]),
                    Cell::Integer(raw.start as u64),
                    Cell::Integer(raw.end as u64),
                ];
                sheet.write(None, &cells)?;
                written += 1;
            }
        }
        batch = postings.next()?;
    }
    let (tally, outcome) = postings.finish()?;
    sheet.finish()?;
    if args.input.reading.common.json {
        report_json(args.writing.output.as_deref(), &tally.report(written))?;
    }
    Ok(outcome)
}
