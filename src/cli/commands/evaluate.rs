//! `evaluate`: how good it is on rows it has not seen.

use super::train::given_label;
use crate::cli::Outcome;
use crate::cli::args::{Evaluate, Figure};
use crate::cli::input::{Postings, lexicon, model, say_left_out};
use crate::cli::output::{Output, say};
use crate::evidence::{Extractor, Lexicon};
use crate::model::{
    Example, Probabilities, Summary, leave_organisation_out, outcome_names, summarise,
    train_and_predict,
};
use crate::postings::{Column, listed};
use crate::report::write_summary;
use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::Write;

/// A labelled row.
struct Labelled {
    id: String,
    fold: String,
    example: Example,
    /// What the model given says of it.
    predicted: Option<Probabilities>,
}

pub(super) fn run(args: &Evaluate) -> Result<Outcome> {
    let lexicon = lexicon(&args.input.common)?;
    let (mut rows, outcome) = read(args, &lexicon)?;
    rows.sort_by_key(|row| row.example.order);
    let predicted = predict(args, &rows, &lexicon)?;
    if let Some(path) = &args.predictions {
        let mut output = Output::open(Some(path))?;
        write_predictions(&mut output, &rows, &predicted, args.judging.closed, &lexicon)?;
        output.finish()?;
    }
    let examples: Vec<&Example> = rows.iter().map(|row| &row.example).collect();
    let summary = summarise(args.judging.view(), &predicted, &examples, lexicon.roles());
    let mut out = Output::open(None)?;
    if args.input.common.json {
        writeln!(out, "{}", serde_json::to_string(&summary)?)?;
    } else {
        write_summary(&mut out, &summary, args.judging.closed)?;
    }
    out.finish()?;
    Ok(if below(args, &summary) { Outcome::Noticed } else { outcome })
}

fn read(args: &Evaluate, lexicon: &Lexicon) -> Result<(Vec<Labelled>, Outcome)> {
    let extractor = Extractor::new(lexicon);
    let given = match &args.judging.model {
        Some(path) => Some(model(Some(path), lexicon)?),
        None => None,
    };
    let mut postings = Postings::open(&args.input)?;
    postings.need(Column::Label)?;
    if args.predictions.is_some() {
        postings.need(Column::Id)?;
    }
    let fold = match &args.folds {
        None => None,
        Some(name) => {
            Some(postings.header().iter().position(|h| h == name).with_context(|| {
                format!(
                    "no column {name:?} for --folds; the columns are {}",
                    listed(postings.header())
                )
            })?)
        }
    };
    let mut labelled = Vec::new();
    let mut left_out: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(rows) = postings.next()? {
        let columns = postings.columns();
        let read: Vec<Result<Labelled, String>> = rows
            .par_iter()
            .map(|row| {
                let label = given_label(row, columns, lexicon)?;
                let evidence = extractor.extract(row.get(columns, Column::Description));
                let (title, company) =
                    (row.get(columns, Column::Title), row.get(columns, Column::Company));
                let view = args.judging.view();
                Ok(Labelled {
                    id: row.get(columns, Column::Id).to_owned(),
                    fold: fold.and_then(|i| row.fields.get(i)).unwrap_or_default().to_owned(),
                    predicted: given.as_ref().map(|model| model.probabilities(&evidence, view)),
                    example: Example::new(&evidence, title, company, label, lexicon),
                })
            })
            .collect();
        for row in read {
            match row {
                Ok(row) => labelled.push(row),
                Err(label) => *left_out.entry(label).or_default() += 1,
            }
        }
    }
    let (_, outcome) = postings.finish()?;
    say_left_out(&left_out, false, &args.input.common);
    if labelled.is_empty() {
        bail!("no row has a label of the role set; name the column with --label COLUMN");
    }
    Ok((labelled, outcome))
}

fn predict(args: &Evaluate, rows: &[Labelled], lexicon: &Lexicon) -> Result<Vec<Probabilities>> {
    let view = args.judging.view();
    if args.judging.model.is_some() {
        return Ok(rows.iter().filter_map(|row| row.predicted.clone()).collect());
    }
    if args.folds.is_none() {
        let examples: Vec<&Example> = rows.iter().map(|row| &row.example).collect();
        let [full, blind] = leave_organisation_out(&examples, lexicon)?.views;
        return Ok(if args.judging.title_blind { blind } else { full });
    }
    let mut folds: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        folds.entry(&row.fold).or_default().push(i);
    }
    if folds.len() < 2 {
        bail!("all rows are in the same fold; folds need at least two values");
    }
    let mut predicted = vec![None; rows.len()];
    for (fold, members) in &folds {
        let train: Vec<&Example> =
            rows.iter().filter(|row| row.fold != **fold).map(|row| &row.example).collect();
        let test: Vec<&Example> = members.iter().map(|&i| &rows[i].example).collect();
        let of_fold = train_and_predict(&train, &test, view, lexicon)
            .with_context(|| format!("fold {fold:?} cannot be predicted from the others"))?;
        for (&i, p) in members.iter().zip(of_fold) {
            predicted[i] = Some(p);
        }
    }
    Ok(predicted.into_iter().flatten().collect())
}

fn write_predictions(
    out: &mut Output,
    rows: &[Labelled],
    predicted: &[Probabilities],
    closed: bool,
    lexicon: &Lexicon,
) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let names = outcome_names(lexicon.roles());
    let header = names.iter().map(|name| format!("p_{name}"));
    writer.write_record(std::iter::once("id".to_owned()).chain(header))?;
    for (row, p) in rows.iter().zip(predicted) {
        let values = if closed { [p.closed.as_slice(), &[0.0]].concat() } else { p.open() };
        let values = values.iter().map(f64::to_string);
        writer.write_record(std::iter::once(row.id.clone()).chain(values))?;
    }
    Ok(writer.flush()?)
}

fn below(args: &Evaluate, summary: &Summary) -> bool {
    let figures = summary.counting(args.judging.closed);
    let mut any = false;
    for &(figure, floor) in &args.fail_below {
        let (name, value) = match figure {
            Figure::MacroF1 => ("macro-F1", figures.macro_f1),
            Figure::Accuracy => ("accuracy", figures.accuracy),
        };
        if value < floor {
            say(&format!("{name} {value:.3} is below {floor}"));
            any = true;
        }
    }
    any
}
