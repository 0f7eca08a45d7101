//! `train`: labelled postings to a model.

use crate::cli::Outcome;
use crate::cli::args::Train;
use crate::cli::input::{Postings, lexicon, say_left_out};
use crate::cli::output::{Output, say};
use crate::evidence::{Evidence, Extractor, Lexicon, Title, TitleRole};
use crate::model::{Collector, Provenance};
use crate::postings::{Column, Columns, Row};
use crate::report::write_header;
use crate::roles::Label;
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::io::Write;

pub(super) fn run(args: &Train) -> Result<Outcome> {
    let lexicon = lexicon(&args.input.common)?;
    let mut output = Output::open(Some(&args.output))?;
    let named = Provenance {
        data: args.data_name.clone(),
        date: args.date.clone(),
        ..Provenance::default()
    };
    let (model, outcome) = if args.lexicon_only {
        (Collector::lexicon_only(named, &lexicon)?, Outcome::Done)
    } else {
        let (mut collector, outcome) = read(args, &lexicon)?;
        let provenance = collector.provenance();
        (provenance.data, provenance.date) = (named.data, named.date);
        (collector.train(&lexicon).context("no model was written")?, outcome)
    };
    model.write(&mut output).with_context(|| format!("cannot write {}", args.output.display()))?;
    output.finish()?;
    if args.input.common.json {
        writeln!(std::io::stdout(), "{}", serde_json::to_string(model.header())?)?;
    } else if !args.input.common.quiet {
        let mut text = Vec::new();
        write_header(&mut text, model.header(), model.features().count())?;
        let wrote = format!("wrote {}\n{}", args.output.display(), String::from_utf8_lossy(&text));
        say(wrote.trim_end());
    }
    Ok(outcome)
}

fn read(args: &Train, lexicon: &Lexicon) -> Result<(Collector, Outcome)> {
    let mut collector = Collector::default();
    let extractor = Extractor::new(lexicon);
    let mut postings = Postings::open(&args.input)?;
    let label: fn(&Row, &Columns, &Lexicon) -> Result<Label, String> = if args.label_from_title {
        postings.need(Column::Title)?;
        stated_label
    } else {
        postings.need(Column::Label)?;
        given_label
    };
    while let Some(rows) = postings.next()? {
        let columns = postings.columns();
        let evidence: Vec<Evidence> = rows
            .par_iter()
            .map(|row| extractor.extract(row.get(columns, Column::Description)))
            .collect();
        for (row, evidence) in rows.iter().zip(&evidence) {
            let label = label(row, columns, lexicon);
            let (title, company) =
                (row.get(columns, Column::Title), row.get(columns, Column::Company));
            collector.add(
                evidence,
                title,
                company,
                label.as_ref().copied().map_err(String::as_str),
                lexicon,
            );
        }
    }
    let (tally, outcome) = postings.finish()?;
    collector.reject(tally.rejected);
    let left_out = &collector.provenance().left_out;
    say_left_out(left_out, args.label_from_title, &args.input.common);
    Ok((collector, outcome))
}

pub(super) fn given_label(
    row: &Row,
    columns: &Columns,
    lexicon: &Lexicon,
) -> Result<Label, String> {
    let text = row.get(columns, Column::Label);
    Label::parse(text, lexicon.roles()).ok_or_else(|| text.trim().to_owned())
}

fn stated_label(row: &Row, columns: &Columns, lexicon: &Lexicon) -> Result<Label, String> {
    match Title::read(row.get(columns, Column::Title), lexicon).role {
        TitleRole::One(role) => Ok(Label::Role(role)),
        TitleRole::Several(_) => Err("title states several roles".into()),
        TitleRole::Undecided => Err("title leaves the role undecided".into()),
        TitleRole::None => Err("title states no role".into()),
    }
}
