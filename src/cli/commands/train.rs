//! `train`: trains a model on labelled postings.

use crate::cli::Outcome;
use crate::cli::args::Train;
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon};
use crate::cli::labelled::{collect, named_two_labels, say_two_labels};
use crate::cli::output::{Output, report_json, say};
use crate::cli::progress_bar::Working;
use crate::cli::sheet::check_endings;
use anyhow::{Context, Result};
use rolecall::lexicon::Lexicon;
use rolecall::model::{Collector, Counting, Model, Provenance};
use rolecall::report::write_header;

pub(super) fn run(args: &Train) -> Result<Outcome> {
    check_endings(None, [&args.input.reading.rejects])?;
    let common = &args.input.reading.common;
    let rejects = args.input.reading.rejects.as_ref().map(Some);
    let read = if args.lexicon_only {
        FilesRead::lexicon(common)
    } else {
        FilesRead::new(&args.input.files, common)
    };
    read.check_distinct([Some(&args.output)].into_iter().chain(rejects))?;
    let lexicon = lexicon(common)?;
    let mut output = Output::open(Some(&args.output))?;
    let labelling = &args.labelling;
    let named = Provenance {
        data: labelling.data_name.clone(),
        date: labelling.date.clone(),
        ..Provenance::default()
    };
    let (model, outcome) = if args.lexicon_only {
        (Collector::lexicon_only(named, &lexicon)?, Outcome::Done)
    } else {
        let (mut collector, outcome) = collect_rows(args, &lexicon)?;
        let provenance = collector.provenance();
        (provenance.data, provenance.date) = (named.data, named.date);
        let counting = Counting { twice: labelling.count_twice };
        let _working = Working::new("training", args.input.reading.common.quiet);
        (collector.train(counting, &lexicon).context("no model was written")?, outcome)
    };
    model.write(&mut output).with_context(|| format!("cannot write {}", args.output.display()))?;
    output.finish()?;
    show(&model, args)?;
    Ok(outcome)
}

/// Collects the labelled rows, and says which are under two labels.
fn collect_rows(args: &Train, lexicon: &Lexicon) -> Result<(Collector, Outcome)> {
    let labelling = &args.labelling;
    let mut postings = Postings::open(&args.input)?;
    let (mut files, mut rows) = (Vec::<String>::new(), Vec::new());
    let collector = collect(&mut postings, labelling, lexicon, |file, row, _| {
        if files.last().is_none_or(|last| last != file) {
            files.push(file.to_owned());
        }
        rows.push((files.len() - 1, row.number));
    })?;
    postings.need_rows()?;
    let (_, outcome) = postings.finish()?;
    if !labelling.count_twice && !args.input.reading.common.quiet {
        let location = |row: usize| format!("{}, row {}", files[rows[row].0], rows[row].1);
        let found = named_two_labels(&collector.two_labels(), location, lexicon.roles());
        say_two_labels(&found, "correct one label, or learn both with --count-twice");
    }
    Ok((collector, outcome))
}

/// Says what the model is; as JSON to standard output, or to standard error if the model is written to the former.
fn show(model: &Model, args: &Train) -> Result<()> {
    if args.input.reading.common.json {
        report_json(Some(&args.output), model.header())?;
    } else if !args.input.reading.common.quiet {
        let mut text = Vec::new();
        write_header(&mut text, model.header(), model.features().count())?;
        let wrote = format!("wrote {}\n{}", args.output.display(), String::from_utf8_lossy(&text));
        say(wrote.trim_end());
    }
    Ok(())
}
