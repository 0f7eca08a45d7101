//! `suggest`: chooses the rows to label next.

use crate::cli::Outcome;
use crate::cli::args::Suggest;
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon_and_model};
use crate::cli::output::{report_json, say};
use crate::cli::sheet::{RowFile, check_endings};
use crate::cli::verdict_page::{KeptPosting, PageHead, add_to_hash, write_page};
use anyhow::Result;
use rayon::prelude::*;
use rolecall::evidence::LabelReader;
use rolecall::judge::{Judge, Settings};
use rolecall::lexicon::Lexicon;
use rolecall::postings::{Column, Columns, Row};
use rolecall::report::{AddedColumn, Cell, ColumnType, renamed};
use rolecall::suggest::{Descriptor, Suggester, Suggestion};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// Name of the added column with the reasons.
const WHY: &str = "why";
/// Name of the added column for the labels, if the file has none.
const LABEL: &str = "role";

pub(super) fn run(args: &Suggest) -> Result<Outcome> {
    let reading = &args.input.reading;
    check_endings(Some(&args.writing), [&reading.rejects])?;
    let written = reading.rejects.iter().chain(&args.report).map(Some);
    FilesRead::new(&args.input.files, &reading.common)
        .and(args.judging.model.as_ref(), "the model")
        .check_distinct([args.writing.output.as_ref()].into_iter().chain(written))?;
    let (lexicon, model) = lexicon_and_model(&reading.common, args.judging.model.as_deref())?;
    let Suggest { judging, .. } = args;
    let (view, closed) = (judging.asked.view(), judging.asked.closed);
    let settings = Settings { view, closed, quotes: false, ..Settings::default() };
    let judge = Judge::new(&model, &lexicon, settings);
    let mut postings = Postings::open(&args.input)?;
    let read = ReadRows::read(&mut postings, Suggester::new(&judge, args.number)?, &lexicon)?;
    write_sheet(args, &postings, &read, &judge)?;
    let (tally, outcome) = postings.finish()?;
    let ReadRows { suggestions, labelled, .. } = &read;
    let (suggested, labelled) = (suggestions.len(), *labelled);
    if reading.common.json {
        let read = tally.read;
        let report = json!({"rows_read": read, "labelled": labelled, "suggested": suggested});
        report_json(args.writing.output.as_deref(), &report)?;
    } else if !reading.common.quiet {
        say(&format!(
            "{suggested} of {} rows suggested, {labelled} have a label; label them and learn from them with train or \
             retrain --add",
            tally.read
        ));
    }
    if let Some(path) = &args.report {
        let head = PageHead::new(&args.input.files, judging.model.as_deref(), &model, true);
        let lead = format!("{suggested} of {} rows, the most useful to label first", tally.read);
        write_page(path, &judge, read.postings(&judge), &head, lead, &read.hash)?;
    }
    Ok(outcome)
}

/// What is kept of the rows: those that are suggested.
struct ReadRows {
    /// The most useful first.
    suggestions: Vec<Suggestion>,
    /// By number, with the columns of their file.
    rows: HashMap<u64, (Row, Columns)>,
    /// How many rows have a label.
    labelled: u64,
    /// Hash of all rows.
    hash: String,
}

impl ReadRows {
    fn read(postings: &mut Postings, mut suggester: Suggester, lexicon: &Lexicon) -> Result<Self> {
        let labels = LabelReader::new(lexicon);
        let (mut rows, mut labelled) = (HashMap::new(), 0);
        let mut hash = blake3::Hasher::new();
        let mut batch = postings.first()?;
        while let Some(read) = batch {
            let columns = postings.columns().clone();
            let describe = |row: &Row| {
                let [id, title, company, text] =
                    [Column::Id, Column::Title, Column::Company, Column::Description]
                        .map(|column| row.get(&columns, column));
                suggester.describe(id, title, company, text)
            };
            let described: Vec<Descriptor> = read.par_iter().map(describe).collect();
            let mut new = Vec::new();
            for (row, descriptor) in read.into_iter().zip(described) {
                add_to_hash(&mut hash, &row, &columns);
                if let Ok(label) = labels.read(row.get(&columns, Column::Label)) {
                    suggester.know(&descriptor, label);
                    labelled += 1;
                    continue;
                }
                suggester.add(row.number, descriptor);
                new.push(row);
            }
            let kept: HashSet<u64> = suggester.kept().collect();
            rows.retain(|number, _| kept.contains(number));
            let new = new.into_iter().filter(|row| kept.contains(&row.number));
            rows.extend(new.map(|row| (row.number, (row.detached(), columns.clone()))));
            batch = postings.next()?;
        }
        let hash = hash.finalize().to_hex().to_string();
        Ok(Self { suggestions: suggester.choose(), rows, labelled, hash })
    }

    /// The suggested rows for the page.
    fn postings(&self, judge: &Judge) -> Vec<KeptPosting> {
        let one = |suggestion: &Suggestion| {
            let (row, columns) = &self.rows[&suggestion.row];
            KeptPosting::new(row, columns, suggestion.why(judge.lexicon().roles()))
        };
        self.suggestions.iter().map(one).collect()
    }
}

/// Writes the suggested rows with the reasons, and a column for their labels.
fn write_sheet(args: &Suggest, postings: &Postings, read: &ReadRows, judge: &Judge) -> Result<()> {
    let mut layout = postings.layout();
    let label = postings.columns().index_of(Column::Label).is_none();
    let names = [Some(WHY), label.then_some(LABEL)].into_iter().flatten();
    let added: Vec<AddedColumn> = names.map(|name| (name.to_owned(), ColumnType::Text)).collect();
    layout.added = renamed(&layout.header, &added);
    let mut sheet = RowFile::open(&args.writing, &args.input.reading, Some(postings), &layout)?;
    for suggestion in &read.suggestions {
        let (row, _) = &read.rows[&suggestion.row];
        let why = suggestion.why(judge.lexicon().roles());
        let cells = [Cell::Text(&why), Cell::Text("")];
        sheet.write(|rows| rows.write(Some(row), None, &cells[..layout.added.len()]))?;
    }
    sheet.finish()
}
