//! `audit`: finds postings whose title does not match the duties.

use crate::cli::Outcome;
use crate::cli::advice::cannot_keep;
use crate::cli::args::AuditArgs as Args;
use crate::cli::files::FilesRead;
use crate::cli::input::{Postings, lexicon_and_chosen_model};
use crate::cli::labels::RowLabels;
use crate::cli::output::{report_json, say, write_file};
use crate::cli::progress_bar::Working;
use crate::cli::row_table::{CellRows, Holds, column};
use crate::cli::sheet::check_endings;
use anyhow::{Context, Result, bail};
use rolecall::audit::{Audit, AuditRows, By, Finding, Posting, Texts};
use rolecall::lexicon::Lexicon;
use rolecall::postings::{Column, Row};
use rolecall::report::{
    Cell, Layout, Selection, Width, audit_columns, with_finding, with_suspicion, write_audit,
    write_review_page,
};
use serde_json::json;
use std::collections::HashMap;

pub(super) fn run(args: &Args) -> Result<Outcome> {
    check_endings(Some(&args.writing), [&args.input.reading.rejects])?;
    let named = [args.report.as_ref(), args.input.reading.rejects.as_ref()].into_iter().flatten();
    FilesRead::new(&args.input.files, &args.input.reading.common)
        .and(args.model.as_ref(), "the model")
        .check_distinct([args.writing.output.as_ref()].into_iter().chain(named.map(Some)))?;
    let (lexicon, model) =
        lexicon_and_chosen_model(&args.input.reading.common, args.model.as_deref())?;
    let (rows, read, outcome) = read(args, &lexicon)?;
    if read == 0 {
        return nothing(args).map(|()| outcome);
    }
    if rows.stated_count() == 0 {
        bail!(
            "none of {read} rows states a role, by its label or else by its title; name the column with --label \
             COLUMN or --title COLUMN"
        );
    }
    let name = args.model.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let by = match &model {
        Some(model) => By::Model(model, &name),
        None if args.from_file => By::Themselves,
        None => By::Fitting,
    };
    let working = Working::new("auditing", args.input.reading.common.quiet);
    let mut audit = rows.audit(by, args.report.is_some()).map_err(anyhow::Error::from);
    drop(working);
    if args.from_file {
        audit = audit.context("the file cannot be judged by itself; leave out --from-file");
    }
    let mut audit = audit?;
    choose(args, &mut audit);
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

/// Keeps the findings that are asked for, and says how many are left out.
fn choose(args: &Args, audit: &mut Audit) {
    let all = audit.findings.len();
    let least = args.min_suspicion.unwrap_or(0.0);
    audit.findings.retain(|finding| finding.suspicion >= least);
    audit.findings.truncate(args.top.unwrap_or(all));
    let left_out = all - audit.findings.len();
    if left_out > 0 && !args.input.reading.common.quiet {
        say(&format!("{left_out} of {all} findings are left out, as asked"));
    }
}

/// Writes that there are no findings among no rows.
fn nothing(args: &Args) -> Result<()> {
    FindingRows::open(args)?.rows.finish()?;
    if args.input.reading.common.json {
        report_json(args.writing.output.as_deref(), &json!({"rows": 0}))?;
    } else if !args.input.reading.common.quiet {
        let page = if args.report.is_some() { ", and no page was written" } else { "" };
        say(&format!("0 rows to audit: there was nothing to do{page}"));
    }
    Ok(())
}

/// The rows, their number with those that could not be used, and the outcome.
fn read<'a>(args: &Args, lexicon: &'a Lexicon) -> Result<(AuditRows<'a>, u64, Outcome)> {
    let mut postings = Postings::open(&args.input)?;
    let labelled = postings.columns().index_of(Column::Label).is_some();
    if !labelled {
        postings.need(Column::Title)?;
    }
    let mut rows = AuditRows::new(lexicon);
    let mut batch = postings.first()?;
    let mut labels = RowLabels::given(&args.labels, lexicon, &args.input.reading.common)?;
    let labelled = labelled && !is_of_other_labels(&postings, batch.as_deref(), args, &labels)?;
    labels = labels.or_of_titles(!labelled);
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
                stated: {
                    let stated = labels.of(row, columns);
                    labels.note(row, columns, stated.as_ref().err().map(String::as_str));
                    stated.ok()
                },
            })
            .collect();
        let (added, next) = rayon::join(|| rows.add(&read), || postings.next());
        added.with_context(cannot_keep)?;
        batch = next?;
    }
    rows.find_copies();
    let (tally, outcome) = postings.finish()?;
    labels.finish()?;
    Ok((rows, tally.read, outcome))
}

/// Whether the label column was not chosen and holds something else than roles, by the first rows. Then the titles
/// state the roles, and that is said.
fn is_of_other_labels(
    postings: &Postings,
    rows: Option<&[Row]>,
    args: &Args,
    labels: &RowLabels,
) -> Result<bool> {
    let columns = postings.columns();
    let rows = rows.unwrap_or_default();
    let chosen = args.input.reading.columns.names().0.iter().any(|(c, _)| *c == Column::Label);
    let is_role = |row: &Row| labels.is_plain(row, columns);
    let (Some(index), false) = (columns.index_of(Column::Label), chosen) else { return Ok(false) };
    if rows.is_empty() || rows.iter().any(is_role) {
        return Ok(false);
    }
    postings.need(Column::Title)?;
    if !args.input.reading.common.quiet {
        let example =
            rows.iter().map(|row| row.get(columns, Column::Label)).find(|l| !l.is_empty());
        let example = example.map(|label| format!(", but {label:?}")).unwrap_or_default();
        say(&format!(
            "column {:?} holds no roles{example}: what the titles state is audited; name another column with --label",
            postings.header()[index]
        ));
    }
    Ok(true)
}

/// The rows of findings that are being written.
struct FindingRows {
    rows: CellRows,
    /// The columns that come out, if they are chosen.
    selection: Option<Selection>,
}

impl FindingRows {
    fn open(args: &Args) -> Result<Self> {
        let layout = Layout { added: audit_columns(), ..Layout::default() };
        let selection = (!args.select.is_empty()).then(|| Selection::named(&args.select, &layout));
        let selection = selection.transpose().context("--select")?;
        let columns = [
            column(0, "row", Width::Fixed(6), Holds::Text),
            column(2, "title", Width::Parts(1), Holds::Text),
            column(3, "stated", Width::Fixed(6), Holds::Role),
            column(4, "rather", Width::Fixed(6), Holds::Role),
            column(5, "susp.", Width::Fixed(5), Holds::Text),
            column(6, "issue", Width::Fixed(18), Holds::Name),
            column(8, "evidence", Width::Parts(1), Holds::Text),
        ];
        let layout = selection.as_ref().map_or(layout.clone(), |chosen| chosen.layout(&layout));
        let columns = selection.is_none().then(|| columns.into());
        let rows = CellRows::open(&args.writing, &args.input.reading, None, &layout, columns)?;
        Ok(Self { rows, selection })
    }

    fn write(&mut self, cells: &[Cell]) -> Result<()> {
        match &self.selection {
            Some(selection) => self.rows.write(None, &selection.cells(None, cells)),
            None => self.rows.write(None, cells),
        }
    }
}

fn write(args: &Args, rows: &AuditRows, audit: &Audit) -> Result<()> {
    let mut out = FindingRows::open(args)?;
    if args.all {
        let by_rank = audit.findings.iter().rev();
        let findings: HashMap<u64, &Finding> = by_rank.map(|f| (f.row, f)).collect();
        let outcomes = &audit.summary.outcomes;
        for suspicion in &audit.suspicions {
            rows.with_row(suspicion.index, |row, texts| {
                let (of, finding) = ([texts.id, texts.title], findings.get(&row).copied());
                with_suspicion(row, of, suspicion, finding, outcomes, |cells| out.write(cells))
            })??;
        }
    } else {
        for finding in &audit.findings {
            with_finding(finding, |cells| out.write(cells))?;
        }
    }
    out.rows.finish()?;
    let common = &args.input.reading.common;
    if common.json {
        report_json(args.writing.output.as_deref(), &audit.summary)?;
    } else if !common.quiet {
        let mut text = Vec::new();
        write_audit(&mut text, &audit.summary)?;
        say(String::from_utf8_lossy(&text).trim_end());
    }
    Ok(())
}
