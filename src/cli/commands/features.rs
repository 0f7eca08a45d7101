//! `features`: what a model reads in each posting, for other programs.

use crate::cli::Outcome;
use crate::cli::args::Features;
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon_and_model};
use crate::cli::output::report_json;
use crate::cli::sheet::{RowFile, check_endings};
use anyhow::Result;
use rayon::prelude::*;
use rolecall::evidence::{Evidence, Extractor};
use rolecall::judge::{PostingFeatures, score_names};
use rolecall::postings::{Column, Row};
use rolecall::report::{Cell, ColumnType, Layout};

/// Columns of the input that stand before the features, under these names.
const COPIED: [(&str, Column); 4] = [
    ("id", Column::Id),
    ("title", Column::Title),
    ("company", Column::Company),
    ("role", Column::Label),
];

pub(super) fn run(args: &Features) -> Result<Outcome> {
    let reading = &args.input.reading;
    check_endings(Some(&args.writing), [&reading.rejects])?;
    let rejects = reading.rejects.as_ref().map(Some);
    FilesRead::new(&args.input.files, &reading.common)
        .and(args.model.as_ref(), "the model")
        .check_distinct([args.writing.output.as_ref()].into_iter().chain(rejects))?;
    let (lexicon, model) = lexicon_and_model(&reading.common, args.model.as_deref())?;
    let extractor = Extractor::new(&lexicon);
    let mut postings = Postings::open(&args.input)?;
    let mut batch = postings.first()?;
    let named = |name: &str, kind| (name.to_owned(), kind);
    let added = [named("row", ColumnType::Integer)]
        .into_iter()
        .chain(COPIED.map(|(name, _)| named(name, ColumnType::Text)))
        .chain([named("features", ColumnType::List)])
        .chain(score_names(lexicon.roles()).iter().map(|name| named(name, ColumnType::Number)))
        .collect();
    let layout = Layout { added, ..Layout::default() };
    let mut written = 0u64;
    let mut sheet = RowFile::open(&args.writing, reading, None, &layout)?;
    while let Some(rows) = batch {
        let columns = postings.columns();
        let read = |evidence: &mut Evidence, row: &Row| {
            let (title, text) =
                (row.get(columns, Column::Title), row.get(columns, Column::Description));
            extractor.extract_into(title, text, evidence);
            PostingFeatures::new(&model, evidence, &lexicon)
        };
        let read: Vec<PostingFeatures> =
            rows.par_iter().map_init(Evidence::default, read).collect();
        for (row, PostingFeatures { features, scores }) in rows.iter().zip(&read) {
            let features: Vec<&str> = features.iter().map(String::as_str).collect();
            let cells: Vec<Cell> = [Cell::Integer(row.number)]
                .into_iter()
                .chain(COPIED.map(|(_, column)| Cell::Verbatim(row.get(columns, column))))
                .chain([Cell::List(&features)])
                .chain(scores.iter().map(|&score| Cell::Number(score)))
                .collect();
            sheet.write(|rows| rows.write(None, None, &cells))?;
            written += 1;
        }
        batch = postings.next()?;
    }
    let (tally, outcome) = postings.finish()?;
    sheet.finish()?;
    if reading.common.json {
        report_json(args.writing.output.as_deref(), &tally.report(written))?;
    }
    Ok(outcome)
}
