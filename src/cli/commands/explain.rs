//! `explain`: explains the verdict on one posting.

use crate::cli::Outcome;
use crate::cli::args::Explain;
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon_and_model, say_if_typed};
use crate::cli::output::{Output, write_file};
use crate::cli::verdict_page::{files_name, model_name};
use anyhow::{Context, Result, bail};
use rolecall::judge::{Explanation, Judge, Settings};
use rolecall::postings::Column;
use rolecall::report::{write_explanation, write_explanation_line, write_explanation_page};
use serde::Serialize;
use std::io::{Read, Write};

pub(super) fn run(args: &Explain) -> Result<Outcome> {
    let written = [&args.html, &args.input.reading.rejects];
    // The explanation goes to standard output.
    FilesRead::new(&args.input.files, &args.input.reading.common)
        .and(args.judging.model.as_ref(), "the model")
        .check_distinct(written.into_iter().flatten().map(Some).chain([None]))?;
    if args.html.is_some() && args.row.iter().cloned().flatten().nth(1).is_some() {
        bail!("--html shows one row: name one with --row");
    }
    let postings = match args.row.is_empty() {
        false => find_rows(args)?,
        true if args.input.files.is_empty() => vec![one_posting(args)?],
        true => bail!("name the row with --row N (from 1, without the header)"),
    };
    let model = args.judging.model.as_deref();
    let (lexicon, model) = lexicon_and_model(&args.input.reading.common, model)?;
    let (view, closed) = (args.judging.asked.view(), args.judging.asked.closed);
    let judge = Judge::new(&model, &lexicon, Settings { view, closed, ..Settings::default() });
    let mut out = Output::open(None)?;
    for (i, posting) in postings.iter().enumerate() {
        let explanation = judge.explain(&posting.title, &posting.description);
        if let Some(path) = &args.html {
            let row = posting.row.map(|row| format!(", row {row}")).unwrap_or_default();
            let about = [
                ("File", files_name(&args.input.files) + &row),
                ("Model", model_name(args.judging.model.as_deref(), judge.model())),
            ];
            write_file(path, |out| write_explanation_page(out, &explanation, args.top, &about))?;
        }
        let several = posting.row.filter(|_| postings.len() > 1);
        if args.input.reading.common.json {
            let explained = Explained { row: several, explanation: &explanation };
            writeln!(out, "{}", serde_json::to_string(&explained)?)?;
        } else if args.brief {
            write_explanation_line(&mut out, posting.row, &explanation, args.top)?;
        } else {
            let between = if i > 0 { "\n" } else { "" };
            several.map_or(Ok(()), |row| writeln!(out, "{between}row {row}"))?;
            write_explanation(&mut out, &explanation, args.top)?;
        }
    }
    out.finish()?;
    Ok(Outcome::Done)
}

/// A posting to explain.
struct Posting {
    /// Its row; `None` on standard input.
    row: Option<u64>,
    title: String,
    description: String,
}

/// An explanation, and of which row it is if there are several.
#[derive(Serialize)]
struct Explained<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    #[serde(flatten)]
    explanation: &'e Explanation,
}

/// The posting on standard input.
fn one_posting(args: &Explain) -> Result<Posting> {
    say_if_typed("the text of one posting", args.input.reading.common.quiet);
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text).context("standard input")?;
    let description = String::from_utf8(text).context("standard input is not UTF-8")?;
    Ok(Posting { row: None, title: String::new(), description })
}

/// The rows that are asked for, in the order of the file.
fn find_rows(args: &Explain) -> Result<Vec<Posting>> {
    let last = args.row.iter().map(|rows| *rows.end()).max().unwrap_or_default();
    let mut found = Vec::new();
    let mut postings = Postings::open(&args.input)?;
    while let Some(rows) = postings.next()? {
        for row in rows.iter().filter(|row| args.row.iter().any(|rows| rows.contains(&row.number)))
        {
            let get = |column| row.get(postings.columns(), column).to_owned();
            let (title, description) = (get(Column::Title), get(Column::Description));
            found.push(Posting { row: Some(row.number), title, description });
        }
        if rows.last().is_some_and(|row| row.number >= last) {
            break;
        }
    }
    postings.need_rows()?;
    // They are in the order of the file.
    let is_found =
        |number: u64| found.binary_search_by_key(&Some(number), |posting| posting.row).is_ok();
    if let Some(missing) = args.row.iter().cloned().flatten().find(|&number| !is_found(number)) {
        let (tally, _) = postings.finish()?;
        bail!("there is no readable row {missing}; the file has {} rows", tally.read);
    }
    Ok(found)
}
