//! `explain`: explains the verdict on one posting.

use crate::cli::Outcome;
use crate::cli::args::Explain;
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon_and_model};
use crate::cli::output::{Output, write_file};
use anyhow::{Context, Result, bail};
use rolecall::judge::{Judge, Settings};
use rolecall::postings::Column;
use rolecall::report::{write_explanation, write_explanation_page};
use std::io::{Read, Write};

pub(super) fn run(args: &Explain) -> Result<Outcome> {
    let written = [&args.html, &args.input.reading.rejects];
    // The explanation goes to standard output.
    FilesRead::new(&args.input.files, &args.input.reading.common)
        .and(args.judging.model.as_ref(), "the model")
        .check_distinct(written.into_iter().flatten().map(Some).chain([None]))?;
    let (title, description) = match args.row {
        Some(row) => find_row(args, row)?,
        None if args.input.files.is_empty() => {
            let mut text = Vec::new();
            std::io::stdin().read_to_end(&mut text).context("standard input")?;
            (String::new(), String::from_utf8(text).context("standard input is not UTF-8")?)
        }
        None => bail!("name the row with --row N (from 1, without the header)"),
    };
    let model = args.judging.model.as_deref();
    let (lexicon, model) = lexicon_and_model(&args.input.reading.common, model)?;
    let settings =
        Settings { view: args.judging.view(), closed: args.judging.closed, ..Settings::default() };
    let judge = Judge::new(&model, &lexicon, settings);
    let explanation = judge.explain(&title, &description);
    if let Some(path) = &args.html {
        write_file(path, |out| write_explanation_page(out, &explanation, args.top))?;
    }
    let mut out = Output::open(None)?;
    if args.input.reading.common.json {
        writeln!(out, "{}", serde_json::to_string(&explanation)?)?;
    } else {
        write_explanation(&mut out, &explanation, args.top)?;
    }
    out.finish()?;
    Ok(Outcome::Done)
}

fn find_row(args: &Explain, wanted: u64) -> Result<(String, String)> {
    let mut postings = Postings::open(&args.input)?;
    while let Some(rows) = postings.next()? {
        if let Some(row) = rows.iter().find(|row| row.number == wanted) {
            let get = |column| row.get(postings.columns(), column).to_owned();
            return Ok((get(Column::Title), get(Column::Description)));
        }
    }
    postings.need_rows()?;
    let (tally, _) = postings.finish()?;
    bail!("there is no readable row {wanted}; the file has {} rows", tally.read)
}
