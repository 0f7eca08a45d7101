//! `audit`: whose title does not match the duties.

use crate::cli::Outcome;
use crate::cli::args::Audit as Args;
use crate::cli::files::apart;
use crate::cli::input::{Postings, lexicon, model};
use crate::cli::labelled::{given_label, stated_label};
use crate::cli::output::{say, write_file};
use crate::cli::sheet::Sheet;
use crate::evidence::Lexicon;
use crate::judge::{Audit, AuditRows, Finding, Judgeable, Posting, Saying, Texts, audit};
use crate::model::{Model, ModelError, Unseen};
use crate::postings::Column;
use crate::report::{
    Layout, audit_columns, with_finding, with_suspicion, write_audit, write_review_page,
};
use anyhow::{Context, Result, bail};
use std::collections::{HashMap, HashSet};
use std::io::Write;

/// A file can teach a role by itself from so many rows, of so many organisations, on.
const ENOUGH: [usize; 2] = [30, 10];

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let named = [args.report.as_ref(), args.input.reading.rejects.as_ref()].into_iter().flatten();
    apart(&args.input.files, [args.writing.output.as_ref()].into_iter().chain(named.map(Some)))?;
    let lexicon = lexicon(&args.input.reading.common)?;
    let (rows, outcome) = read(args, &lexicon)?;
    if rows.stating() == 0 {
        bail!("no row states a role: none has a label or a title that states one");
    }
    let texts = args.report.is_some();
    let audit = if let Some(path) = &args.model {
        let model = model(Some(path), &lexicon)?;
        let judgeable = Judgeable::as_read(&rows);
        let unseen = Unseen::by_model(&judgeable, judgeable.groups(), &model)?;
        let how = if model.is_compact() {
            "a compact one: if it was trained on these rows, it speaks for their labels"
        } else {
            "without the counts of the rows' organisations"
        };
        let method = format!("by the model {}, {how}", path.display());
        audit(&judgeable, &unseen, Saying { method, texts })
    } else {
        let alone = args.from_file || enough(&rows, lexicon.roles().len());
        let embedded = if alone { None } else { Some(Model::embedded(&lexicon)?) };
        let judgeable = Judgeable::counted(&rows);
        let unseen = Unseen::by_rows(&judgeable, judgeable.sketch(), embedded.as_ref(), &lexicon);
        let unseen = if alone {
            unseen.context("the file cannot be judged by itself; leave out --from-file")?
        } else {
            unseen?
        };
        let how = if alone {
            "by the file itself"
        } else {
            "by the embedded model and the file together, because the file is small"
        };
        let method = format!("{how}, each row without its organisation and its near-duplicates");
        audit(&judgeable, &unseen, Saying { method, texts })
    };
    let audit = audit.map_err(ModelError::Aside)?;
    if let Some(path) = &args.report {
        let name = args.input.files.first().and_then(|file| file.file_name());
        let name = name.map_or("standard input".into(), |name| name.to_string_lossy());
        write_file(path, |out| {
            write_review_page(out, &audit.summary, &audit.findings, &name, &rows.hash())
        })?;
    }
    write(args, &rows, &audit)?;
    let noticed = args.fail_on_findings && !audit.findings.is_empty();
    Ok(if noticed { Outcome::Noticed } else { outcome })
}

fn read<'a>(args: &Args, lexicon: &'a Lexicon) -> Result<(AuditRows<'a>, Outcome)> {
    let mut postings = Postings::open(&args.input)?;
    let labelled = postings.columns().place(Column::Label).is_some();
    if !labelled {
        postings.need(Column::Title)?;
    }
    let label = if labelled { given_label } else { stated_label };
    let mut rows = AuditRows::new(lexicon);
    let mut batch = postings.next()?;
    while let Some(read) = batch {
        let columns = &postings.columns().clone();
        let read: Vec<Posting> = read
            .iter()
            .map(|row| Posting {
                row: row.number,
                texts: Texts {
                    id: row.get(columns, Column::Id),
                    title: row.get(columns, Column::Title),
                    company: row.get(columns, Column::Company),
                    description: row.get(columns, Column::Description),
                },
                stated: label(row, columns, lexicon).ok(),
            })
            .collect();
        let (added, next) = rayon::join(|| rows.add(&read), || postings.next());
        added.with_context(|| {
            let folder = std::env::temp_dir();
            format!(
                "cannot keep rows aside in a temporary file in {}; name a folder with room in TMPDIR",
                folder.display()
            )
        })?;
        batch = next?;
    }
    rows.group();
    Ok((rows, postings.finish()?.1))
}

/// Whether each role has enough rows.
fn enough(rows: &AuditRows, roles: usize) -> bool {
    let [least_rows, least_organisations] = ENOUGH;
    (0..roles).all(|role| {
        let of_role = || rows.stated().filter(move |(stated, _)| *stated == role);
        let organisations: HashSet<u64> = of_role().map(|(_, organisation)| organisation).collect();
        of_role().count() >= least_rows && organisations.len() >= least_organisations
    })
}

fn write(args: &Args, rows: &AuditRows, audit: &Audit) -> Result<()> {
    let layout = Layout { added: audit_columns(), ..Layout::default() };
    let mut sheet = Sheet::open(&args.writing, &args.input.reading, None, &layout)?;
    if args.all {
        let strongest = audit.findings.iter().rev();
        let findings: HashMap<u64, &Finding> = strongest.map(|f| (f.row, f)).collect();
        let outcomes = &audit.summary.outcomes;
        for suspicion in &audit.suspicions {
            rows.with_row(suspicion.place, |row, texts| {
                let (of, finding) = ([texts.id, texts.title], findings.get(&row).copied());
                with_suspicion(row, of, suspicion, finding, outcomes, |cells| {
                    sheet.write(|rows| rows.write(None, None, cells))
                })
            })??;
        }
    } else {
        for finding in &audit.findings {
            with_finding(finding, |cells| sheet.write(|rows| rows.write(None, None, cells)))?;
        }
    }
    sheet.finish()?;
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
