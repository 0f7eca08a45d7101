//! `audit`: whose title does not match the duties.

use crate::cli::Outcome;
use crate::cli::args::Audit as Args;
use crate::cli::input::{Postings, lexicon, model};
use crate::cli::labelled::{given_label, stated_label};
use crate::cli::output::{Output, say, write_file};
use crate::evidence::{Evidence, Extractor, Lexicon, Salary, TextLevel, stated_salary, text_level};
use crate::judge::{Audit, Audited, Judge, Judged, Settings, audit, near_duplicates};
use crate::model::{Change, Collector, Example, Model, Probabilities, RowId, View, outcome_names};
use crate::postings::Column;
use crate::report::{audit_columns, audit_fields, finding_fields, write_audit, write_review_page};
use crate::roles::Label;
use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::io::Write;

/// A file can teach a role by itself from so many rows, of so many organisations, on.
const ENOUGH: [usize; 2] = [30, 10];

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let lexicon = lexicon(&args.input.reading.common)?;
    let (mut rows, mut collector, outcome) = read(args, &lexicon)?;
    let places: Vec<usize> = (0..rows.len()).filter(|&i| rows[i].1.is_some()).collect();
    let examples: Vec<&Example> = collector.examples().iter().collect();
    if examples.is_empty() {
        bail!("no row states a role: none has a label or a title that states one");
    }
    let groups = near_duplicates(&examples);
    collector.group(&groups);
    let ids: Vec<RowId> = collector.examples().iter().map(|e| e.row).collect();
    let open = collector.examples().iter().any(|e| !e.of_role);
    let Taught { model, said, method, scope } = teach(args, collector, &lexicon)?;
    for ((&place, id), (&group, probabilities)) in
        places.iter().zip(&ids).zip(groups.iter().zip(said))
    {
        let stated = rows[place].1.expect("it has one");
        rows[place].0.judged = Some(Judged {
            stated,
            organisation: id.organisation,
            group,
            in_scope: (scope && !open).then_some(probabilities.in_scope),
            probabilities: if open { probabilities.open() } else { probabilities.closed },
        });
    }
    let rows: Vec<Audited> = rows.into_iter().map(|(row, _)| row).collect();
    let names = outcome_names(lexicon.roles());
    let outcomes = if open { &names[..] } else { &names[..lexicon.roles().len()] };
    let settings = Settings { view: View::TitleBlind, ..Settings::default() };
    let judge = Judge::new(&model, &lexicon, settings);
    let audit = audit(&judge, &rows, outcomes, method);
    if let Some(path) = &args.report {
        let name = args.input.files.first().and_then(|file| file.file_name());
        let name = name.map_or("standard input".into(), |name| name.to_string_lossy());
        let key = key(&ids);
        write_file(path, |out| {
            write_review_page(out, &audit.summary, &audit.findings, &name, &key)
        })?;
    }
    write(args, &rows, &audit, outcomes)?;
    let noticed = args.fail_on_findings && !audit.findings.is_empty();
    Ok(if noticed { Outcome::Noticed } else { outcome })
}

/// Decisions are kept for just these rows.
fn key(ids: &[RowId]) -> String {
    let mut hash = blake3::Hasher::new();
    for id in ids {
        hash.update(&id.bytes());
    }
    hash.finalize().to_hex().to_string()
}

type Rows = Vec<(Audited, Option<Label>)>;

/// Reads the rows; those that state a role go to the collector too.
fn read(args: &Args, lexicon: &Lexicon) -> Result<(Rows, Collector, Outcome)> {
    let extractor = Extractor::new(lexicon);
    let mut postings = Postings::open(&args.input)?;
    let labelled = postings.columns().place(Column::Label).is_some();
    if !labelled {
        postings.need(Column::Title)?;
    }
    let (mut rows, mut collector) = (Vec::new(), Collector::default());
    while let Some(batch) = postings.next()? {
        let columns = postings.columns();
        let read: Vec<(Evidence, Option<TextLevel>, Option<Salary>)> = batch
            .par_iter()
            .map(|row| {
                let evidence = extractor.extract(row.get(columns, Column::Description));
                let level = text_level(&evidence, lexicon);
                let salary = stated_salary(evidence.text().as_str());
                (evidence, level, salary)
            })
            .collect();
        for (row, (evidence, level, salary)) in batch.iter().zip(read) {
            let get = |column| row.get(columns, column).to_owned();
            let label = if labelled { given_label } else { stated_label };
            let label = label(row, columns, lexicon).ok();
            let (title, company) = (get(Column::Title), get(Column::Company));
            if let Some(label) = label {
                collector.add(&evidence, &title, &company, Ok(label), lexicon);
            }
            let (id, description) = (get(Column::Id), get(Column::Description));
            let row = row.number;
            let audited =
                Audited { row, id, title, company, description, level, salary, judged: None };
            rows.push((audited, label));
        }
    }
    Ok((rows, collector, postings.finish()?.1))
}

/// A model to quote by, and what is said of the rows by counts that neither they nor their
/// organisations are among.
struct Taught {
    model: Model,
    said: Vec<Probabilities>,
    method: String,
    /// Whether it knows other jobs.
    scope: bool,
}

fn teach(args: &Args, collector: Collector, lexicon: &Lexicon) -> Result<Taught> {
    let scope = true;
    if let Some(path) = &args.model {
        let model = model(Some(path), lexicon)?;
        let examples: Vec<&Example> = collector.examples().iter().collect();
        let said = model.judge_without(&examples)?;
        let mut method = format!("by the model {}", path.display());
        method.push_str(if model.is_compact() {
            ", a compact one: if it was trained on these rows, it speaks for their labels"
        } else {
            ", without the counts of the rows' organisations"
        });
        return Ok(Taught { model, said, method, scope });
    }
    let ids: Vec<RowId> = collector.examples().iter().map(|e| e.row).collect();
    if args.from_file || enough(&ids, lexicon.roles().len()) {
        let scope = collector.examples().iter().any(|e| !e.of_role);
        let (model, held_out) = collector
            .train_and_judge(lexicon)
            .context("the file cannot be judged by itself; leave out --from-file")?;
        let said = in_order(&ids, &held_out)?;
        let method =
            "by the file itself, each row without its organisation and its near-duplicates".into();
        return Ok(Taught { model, said, method, scope });
    }
    let embedded = Model::embedded(lexicon)?;
    let change = Change { added: collector, ..Change::default() };
    let retrained = embedded.retrain(&change, lexicon)?;
    let examples: Vec<&Example> = change.added.examples().iter().collect();
    let [_, said] = retrained.beside(&embedded, &examples, View::TitleBlind);
    let method =
        "by the embedded model and the file together, because the file is small; each row \
                  without its organisation's rows in the file"
            .into();
    Ok(Taught { model: retrained.model, said, method, scope })
}

fn in_order(ids: &[RowId], said: &HashMap<RowId, Probabilities>) -> Result<Vec<Probabilities>> {
    let of = |id| said.get(id).cloned().context("a row was not judged");
    ids.iter().map(of).collect()
}

/// Whether each role that is stated at all has enough rows.
fn enough(ids: &[RowId], roles: usize) -> bool {
    let [least_rows, least_organisations] = ENOUGH;
    (0..roles).all(|role| {
        let of_role = || ids.iter().filter(move |id| id.class() == role);
        let organisations: HashSet<u64> = of_role().map(|id| id.organisation).collect();
        of_role().count() >= least_rows && organisations.len() >= least_organisations
    })
}

fn write(args: &Args, rows: &[Audited], audit: &Audit, outcomes: &[String]) -> Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(args.input.reading.delimiter)
        .from_writer(Output::open(args.output.as_deref())?);
    writer.write_record(audit_columns())?;
    if args.all {
        let findings: HashMap<u64, _> = audit.findings.iter().rev().map(|f| (f.row, f)).collect();
        for suspicion in &audit.suspicions {
            let row = &rows[suspicion.place];
            writer.write_record(audit_fields(row, suspicion, findings.get(&row.row), outcomes))?;
        }
    } else {
        for finding in &audit.findings {
            writer.write_record(finding_fields(finding))?;
        }
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)?.finish()?;
    let common = &args.input.reading.common;
    if common.json {
        writeln!(std::io::stderr(), "{}", serde_json::to_string(&audit.summary)?)?;
    } else if !common.quiet {
        let mut text = Vec::new();
        write_audit(&mut text, &audit.summary)?;
        say(String::from_utf8_lossy(&text).trim_end());
    }
    Ok(())
}
