//! `review`: decisions from the review page to corrected training rows.

use crate::cli::Outcome;
use crate::cli::args::Review;
use crate::cli::input::{Postings, lexicon};
use crate::cli::output::{Output, say};
use crate::judge::{DecisionError, Decisions};
use crate::postings::Column;
use anyhow::{Context, Result, bail};

/// Decisions that are named when they cannot be applied.
const NAMED: usize = 10;
/// Name of the label column where the file has none.
const LABEL: &str = "role";

pub(super) fn run(args: &Review) -> Result<Outcome> {
    let lexicon = lexicon(&args.input.reading.common)?;
    let said = || args.decisions.display().to_string();
    let file = std::fs::File::open(&args.decisions).with_context(said)?;
    let mut decisions = Decisions::read(file, lexicon.roles()).with_context(said)?;
    let mut postings = Postings::open(&args.input)?;
    let place = postings.columns().place(Column::Label);
    if place.is_none() && postings.header().iter().any(|name| name == LABEL) {
        bail!("the file has a column {LABEL:?} that is not its label; name the label with --label");
    }
    let mut writer = csv::WriterBuilder::new()
        .delimiter(postings.delimiter())
        .from_writer(Output::open(args.output.as_deref())?);
    let added = place.is_none().then_some(LABEL);
    writer.write_record(postings.header().iter().map(String::as_str).chain(added))?;
    let mut written = 0u64;
    while let Some(rows) = postings.next()? {
        let columns = postings.columns();
        for row in &rows {
            let get = |column| row.get(columns, column);
            let (id, title, text) = (get(Column::Id), get(Column::Title), get(Column::Description));
            let decided = decisions.take(row.number, id, title, text);
            let label = match &decided {
                Some(label) => label.as_str(),
                None if args.all => get(Column::Label),
                None => continue,
            };
            let fields = row.fields.iter().enumerate();
            let fields = fields.map(|(i, field)| if Some(i) == place { label } else { field });
            writer.write_record(fields.chain(added.map(|_| label)))?;
            written += 1;
        }
    }
    let (_, outcome) = postings.finish()?;
    writer.into_inner().map_err(csv::IntoInnerError::into_error)?.finish()?;
    let left = decisions.left();
    if !args.input.reading.common.quiet {
        say(&format!(
            "{written} rows written, {} decisions applied, {} rows skipped by the reviewer",
            decisions.applied, decisions.skipped
        ));
    }
    for DecisionError { line, problem } in left.iter().take(NAMED) {
        say(&format!("{}, line {line}: not applied: {problem}", said()));
    }
    if left.len() > NAMED {
        say(&format!("and {} more decisions were not applied", left.len() - NAMED));
    }
    Ok(if left.is_empty() { outcome } else { Outcome::Noticed })
}
