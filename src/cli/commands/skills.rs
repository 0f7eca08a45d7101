//! `skills`: the lexicon, or the skills that each posting shows.

use crate::cli::Outcome;
use crate::cli::args::Skills;
use crate::cli::input::{Postings, lexicon};
use crate::cli::output::Output;
use crate::evidence::{Channel, Evidence, Extractor, Lexicon};
use crate::postings::Column;
use anyhow::Result;
use rayon::prelude::*;

pub(super) fn run(args: &Skills) -> Result<Outcome> {
    let lexicon = lexicon(&args.input.reading.common)?;
    let mut writer = csv::Writer::from_writer(Output::open(None)?);
    let outcome = if args.input.files.is_empty() {
        list(&mut writer, &lexicon)?;
        Outcome::Done
    } else {
        extract(args, &mut writer, &lexicon)?
    };
    writer.into_inner().map_err(csv::IntoInnerError::into_error)?.finish()?;
    Ok(outcome)
}

fn list(writer: &mut csv::Writer<Output>, lexicon: &Lexicon) -> Result<()> {
    writer.write_record(["id", "name", "kind", "role", "weight", "source", "section", "forms"])?;
    for skill in lexicon.skills() {
        for claim in &skill.claims {
            writer.write_record([
                &skill.id,
                &skill.name,
                skill.kind,
                &lexicon.roles().get(claim.role).id,
                &claim.weight.to_string(),
                &claim.source,
                &claim.section,
                &skill.forms.join("; "),
            ])?;
        }
    }
    Ok(())
}

fn extract(args: &Skills, writer: &mut csv::Writer<Output>, lexicon: &Lexicon) -> Result<Outcome> {
    let extractor = Extractor::new(lexicon);
    let mut postings = Postings::open(&args.input)?;
    writer.write_record(["row", "id", "skill", "text", "start", "end"])?;
    while let Some(rows) = postings.next()? {
        let columns = postings.columns();
        let evidence: Vec<Evidence> = rows
            .par_iter()
            .map(|row| extractor.extract(row.get(columns, Column::Description)))
            .collect();
        for (row, evidence) in rows.iter().zip(&evidence) {
            let skills = evidence.features().iter().filter(|f| f.key.channel() == Channel::Skills);
            let mut found: Vec<_> = skills.map(|f| (evidence.span(f), f)).collect();
            found.sort_by_key(|(span, _)| span.start);
            for (span, feature) in found {
                let raw = |offset| evidence.text().raw_offset(offset);
                writer.write_record([
                    &row.number.to_string(),
                    row.get(columns, Column::Id),
                    &evidence.feature_text(feature, lexicon),
                    &evidence.text().as_str()[span.clone()],
                    &raw(span.start).to_string(),
                    &(raw(span.end - 1) + 1).to_string(),
                ])?;
            }
        }
    }
    Ok(postings.finish()?.1)
}
