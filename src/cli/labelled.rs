//! Reads labelled postings into a [`Collector`].

use super::advice::cannot_keep;
use super::args::{CommonArgs, Labelling};
use super::input::Postings;
use super::labels::RowLabels;
use super::output::say;
use super::row_cache::RowCache;
use anyhow::{Context, Result};
use rolecall::evidence::{Evidence, Extractor};
use rolecall::judge::ComparedPosting;
use rolecall::lexicon::Lexicon;
use rolecall::model::{Collector, Example, FeatureFile, OtherSource, TwoLabels, outcome_names};
use rolecall::postings::{Column, Columns, Row};
use rolecall::roles::RoleSet;
use serde::Serialize;
use std::sync::Arc;

/// Collects all remaining rows; `each` is called with every row that has a label.
pub(crate) fn collect(
    postings: &mut Postings,
    labelling: &Labelling,
    lexicon: &Lexicon,
    mut each: impl FnMut(&str, &Row, &Columns),
) -> Result<Collector> {
    let mut collector = Collector::default();
    let extractor = Extractor::new(lexicon);
    let by_title = labelling.label_from_title;
    postings.need(if by_title { Column::Title } else { Column::Label })?;
    let labels = RowLabels::given(&labelling.labels, lexicon, postings.common())?;
    let mut labels = labels.for_learning(&labelling.labels).or_of_titles(by_title);
    let before = postings.tally.rejected;
    let (names, features) = (collector.names(), FeatureFile::default());
    let mut cache = RowCache::default();
    let mut batch = postings.next()?;
    while let Some(rows) = batch {
        let (columns, file) = (&postings.columns().clone(), postings.file().to_owned());
        let read_row = |evidence: &mut Evidence, row: &Row| {
            let example = labels.of(row, columns).map(|label| {
                let (title, company) =
                    (row.get(columns, Column::Title), row.get(columns, Column::Company));
                extractor.extract_into(title, row.get(columns, Column::Description), evidence);
                names.note(evidence, lexicon);
                let example = Example::new(evidence, title, company, label, lexicon);
                example.in_file(&features).map_err(Arc::new)
            });
            (example, ())
        };
        let (read, next) =
            rayon::join(|| cache.map_rows(&rows, columns, read_row), || postings.next());
        for (row, (example, _)) in rows.iter().zip(read) {
            labels.note(row, columns, example.as_ref().err().map(String::as_str));
            match example {
                Ok(example) => {
                    collector.add_example(example.with_context(cannot_keep)?);
                    each(&file, row, columns);
                }
                Err(why) => collector.leave_out(&why),
            }
        }
        batch = next?;
    }
    collector.reject(postings.tally.rejected - before);
    drop_titles(&mut collector, labelling, postings.common());
    labels.finish()?;
    Ok(collector)
}

/// Drops title features if the labels repeat the titles, and says so.
fn drop_titles(collector: &mut Collector, labelling: &Labelling, common: &CommonArgs) {
    let dropped = collector.drop_title_features(labelling.label_from_title);
    if dropped > 0 && !common.quiet {
        say(&format!(
            "the labels repeat what the titles state, so they do not teach how far titles can be trusted: \
             the titles of {dropped} rows are not counted"
        ));
    }
}

/// Most rows under two labels that are named.
const TWO_LABELS_SAID: usize = 20;

/// A row under two labels, for people and for reports.
#[derive(Serialize)]
pub(crate) struct NamedTwoLabels {
    location: String,
    label: String,
    other_label: String,
    /// The row with the other label; `None` if the model has it.
    other_location: Option<String>,
}

/// Names rows under two labels by file and row.
pub(crate) fn named_two_labels(
    found: &[TwoLabels],
    location: impl Fn(usize) -> String,
    roles: &RoleSet,
) -> Vec<NamedTwoLabels> {
    let names = outcome_names(roles);
    let of_row = |two: &TwoLabels| NamedTwoLabels {
        location: location(two.row),
        label: names[two.label].clone(),
        other_label: names[two.other].clone(),
        other_location: match two.source {
            OtherSource::Row(row) => Some(location(row)),
            OtherSource::Model => None,
        },
    };
    found.iter().map(of_row).collect()
}

/// Reports rows that were not learned because they are under two labels; `remedies` is what to do about it.
pub(crate) fn say_two_labels(rows: &[NamedTwoLabels], remedies: &str) {
    for NamedTwoLabels { location, label, other_label, other_location } in
        rows.iter().take(TWO_LABELS_SAID)
    {
        let other = match other_location {
            Some(other) => format!("is labelled {other_label} in {other}"),
            None => format!("is known to the model as {other_label}"),
        };
        say(&format!("{location}: labelled {label}, but the same posting {other}"));
    }
    let more = rows.len().saturating_sub(TWO_LABELS_SAID);
    if more > 0 {
        say(&format!("and {more} more rows under two labels (retrain --json names them all)"));
    }
    if !rows.is_empty() {
        say(&format!("{} rows under two labels are not learned: {remedies}", rows.len()));
    }
}

/// A posting to compare models on, without its label.
pub(crate) fn compared_posting(file: &str, row: &Row, columns: &Columns) -> ComparedPosting {
    let id = row.get(columns, Column::Id);
    let id = if id.is_empty() { String::new() } else { format!(" ({id})") };
    ComparedPosting {
        location: format!("{file}, row {}{id}", row.number),
        title: row.get(columns, Column::Title).to_owned(),
        description: row.get(columns, Column::Description).to_owned(),
        label: None,
    }
}
