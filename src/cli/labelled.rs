//! Reads labelled postings, to be counted.

use super::args::Labelling;
use super::input::{Postings, say_left_out};
use crate::evidence::{Extractor, Lexicon, Title, TitleRole};
use crate::judge::Given;
use crate::model::{Collector, Example};
use crate::postings::{Column, Columns, Row};
use crate::roles::Label;
use anyhow::Result;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// Collects the rows of the files that are open, up to their end; `each` is told of every row that
/// has a label.
pub(crate) fn collect(
    postings: &mut Postings,
    labelling: &Labelling,
    lexicon: &Lexicon,
    mut each: impl FnMut(&str, &Row, &Columns),
) -> Result<Collector> {
    let mut collector = Collector::default();
    let extractor = Extractor::new(lexicon);
    let label: fn(&Row, &Columns, &Lexicon) -> Result<Label, String> = if labelling.label_from_title
    {
        postings.need(Column::Title)?;
        stated_label
    } else {
        postings.need(Column::Label)?;
        given_label
    };
    let before = postings.tally.rejected;
    let mut made = Made::default();
    while let Some(rows) = postings.next()? {
        let columns = postings.columns();
        let read = made.of_rows(&rows, columns, |row| match label(row, columns, lexicon) {
            Ok(label) => {
                let evidence = extractor.extract(row.get(columns, Column::Description));
                let (title, company) =
                    (row.get(columns, Column::Title), row.get(columns, Column::Company));
                let example = Example::new(&evidence, title, company, label, lexicon);
                (Ok(example), Some(evidence))
            }
            Err(why) => (Err(why), None),
        });
        let evidence = read.iter().filter_map(|(_, evidence)| evidence.as_ref()?.as_ref());
        collector.note(&evidence.collect::<Vec<_>>(), lexicon);
        for (row, (example, _)) in rows.iter().zip(read) {
            match example {
                Ok(example) => {
                    collector.add_example(example);
                    each(postings.file(), row, columns);
                }
                Err(why) => collector.leave_out(&why),
            }
        }
    }
    collector.reject(postings.tally.rejected - before);
    let left_out = &collector.provenance().left_out;
    let by_title = labelling.label_from_title;
    say_left_out(left_out, by_title, lexicon.roles(), postings.common());
    Ok(collector)
}

/// What was made of rows, for rows with the same texts: exports hold many postings several times.
pub(crate) struct Made<T> {
    of: HashMap<[u8; blake3::OUT_LEN], T>,
}

impl<T> Default for Made<T> {
    fn default() -> Self {
        Self { of: HashMap::new() }
    }
}

impl<T: Clone + Send + Sync> Made<T> {
    /// What `make` makes of rows by their texts and labels: what is kept, and what only the first of
    /// equal rows gets.
    pub(crate) fn of_rows<E: Send>(
        &mut self,
        rows: &[Row],
        columns: &Columns,
        make: impl Fn(&Row) -> (T, E) + Sync,
    ) -> Vec<(T, Option<E>)> {
        let keys: Vec<_> = rows.par_iter().map(|row| key(row, columns)).collect();
        let mut seen = HashSet::new();
        let new = |i: &usize| !self.of.contains_key(&keys[*i]) && seen.insert(keys[*i]);
        let new: Vec<usize> = (0..rows.len()).filter(new).collect();
        let of_new: Vec<(T, E)> = new.par_iter().map(|&i| make(&rows[i])).collect();
        let mut extras: Vec<Option<E>> = rows.iter().map(|_| None).collect();
        for (i, (kept, extra)) in new.into_iter().zip(of_new) {
            self.of.insert(keys[i], kept);
            extras[i] = Some(extra);
        }
        keys.iter().map(|key| self.of[key].clone()).zip(extras).collect()
    }
}

/// A hash of all that a labelled row is made of.
fn key(row: &Row, columns: &Columns) -> [u8; blake3::OUT_LEN] {
    let mut hash = blake3::Hasher::new();
    for column in [Column::Description, Column::Title, Column::Company, Column::Label] {
        let text = row.get(columns, column);
        hash.update(&text.len().to_le_bytes()).update(text.as_bytes());
    }
    hash.finalize().into()
}

/// A posting to be judged, without its label.
pub(crate) fn given(file: &str, row: &Row, columns: &Columns) -> Given {
    let id = row.get(columns, Column::Id);
    let id = if id.is_empty() { String::new() } else { format!(" ({id})") };
    Given {
        place: format!("{file}, row {}{id}", row.number),
        title: row.get(columns, Column::Title).to_owned(),
        description: row.get(columns, Column::Description).to_owned(),
        label: None,
    }
}

/// The label that stands in the label column, or what stands there instead.
pub(crate) fn given_label(
    row: &Row,
    columns: &Columns,
    lexicon: &Lexicon,
) -> Result<Label, String> {
    let text = row.get(columns, Column::Label);
    Label::parse(text, lexicon.roles()).ok_or_else(|| text.trim().to_owned())
}

/// The role that the title states, or why there is none.
pub(crate) fn stated_label(
    row: &Row,
    columns: &Columns,
    lexicon: &Lexicon,
) -> Result<Label, String> {
    match Title::read(row.get(columns, Column::Title), lexicon).role {
        TitleRole::One(role) => Ok(Label::Role(role)),
        TitleRole::Several(_) => Err("title states several roles".into()),
        TitleRole::Undecided => Err("title leaves the role undecided".into()),
        TitleRole::None => Err("title states no role".into()),
    }
}
