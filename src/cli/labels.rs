//! Reads the labels of rows, and says what became of them.

use super::args::{CommonArgs, LabelArgs};
use super::output::say;
use anyhow::{Context, Result, bail};
use rolecall::evidence::{LabelReader, Title, Unread};
use rolecall::lexicon::Lexicon;
use rolecall::postings::{Column, Columns, Row, listed};
use rolecall::roles::Label;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most labels that are named.
const LABELS_SAID: usize = 8;

/// The labels of rows: those in the label column, or those that titles state.
pub(crate) struct RowLabels<'a> {
    reader: LabelReader<'a>,
    from_titles: bool,
    strict: bool,
    quiet: bool,
    /// Labels in other words than the names of roles, and how many rows have them.
    reworded: BTreeMap<String, (Label, u64)>,
    /// Reasons for which rows are left out, or the texts that are no labels.
    left_out: BTreeMap<String, LeftOut>,
}

/// Rows that are left out for the same reason.
struct LeftOut {
    rows: u64,
    /// The number of the first.
    first: u64,
}

/// A reader of labels by the spellings that were given for roles.
pub(crate) fn label_reader<'a>(args: &LabelArgs, lexicon: &'a Lexicon) -> Result<LabelReader<'a>> {
    let names = || {
        let roles = lexicon.roles().iter().map(|role| role.id.clone());
        listed(&roles.chain(["other".into()]).collect::<Vec<_>>())
    };
    let plain = LabelReader::new(lexicon);
    let mut reader = plain.clone();
    for (spelling, role) in &args.map {
        let label = plain.read(role).ok().with_context(|| {
            format!("--map {spelling}={role}: {role:?} is no role; the roles are {}", names())
        })?;
        if reader.map(spelling, label).is_some_and(|before| before != label) {
            bail!("--map: {spelling:?} is mapped to two roles");
        }
    }
    Ok(reader)
}

impl<'a> RowLabels<'a> {
    /// The labels of the label column.
    pub(crate) fn given(
        args: &LabelArgs,
        lexicon: &'a Lexicon,
        common: &CommonArgs,
    ) -> Result<Self> {
        Ok(Self {
            reader: label_reader(args, lexicon)?,
            from_titles: false,
            strict: args.strict,
            quiet: common.quiet,
            reworded: BTreeMap::new(),
            left_out: BTreeMap::new(),
        })
    }

    /// The labels that titles state, instead of those of the column.
    pub(crate) fn or_of_titles(self, from_titles: bool) -> Self {
        Self { from_titles, ..self }
    }

    /// The label of a row, or why there is none: the text in its place, or what the title states.
    pub(crate) fn of(&self, row: &Row, columns: &Columns) -> Result<Label, String> {
        if self.from_titles {
            let title = Title::read(row.get(columns, Column::Title), self.reader.lexicon());
            return title.label().map_err(str::to_owned);
        }
        let text = row.get(columns, Column::Label);
        self.reader.read(text).map_err(|unread| match unread {
            Unread::Missing => String::new(),
            Unread::Ambiguous | Unread::Unknown => text.trim().to_owned(),
        })
    }

    /// Whether the label of a row is beyond doubt: a role, or `other` by that name.
    pub(crate) fn is_plain(&self, row: &Row, columns: &Columns) -> bool {
        let text = row.get(columns, Column::Label);
        self.of(row, columns).is_ok_and(|label| label != Label::Other)
            || self.reader.by_letters(text).is_some()
    }

    /// Counts what became of a row's label.
    pub(crate) fn note(&mut self, row: &Row, columns: &Columns, why_none: Option<&str>) {
        if let Some(why) = why_none {
            let new = || LeftOut { rows: 0, first: row.number };
            self.left_out.entry(why.to_owned()).or_insert_with(new).rows += 1;
            return;
        }
        let text = row.get(columns, Column::Label).trim();
        if self.from_titles || self.reader.by_letters(text).is_some() {
            return;
        }
        if let Some((_, rows)) = self.reworded.get_mut(text) {
            *rows += 1;
        } else if let Ok(label) = self.reader.read(text) {
            self.reworded.insert(text.to_owned(), (label, 1));
        }
    }

    /// Says which labels were read in other words, and which rows are left out.
    ///
    /// # Errors
    /// If a label was not understood, and that is to be refused.
    pub(crate) fn finish(&self) -> Result<()> {
        let mut left_out: Vec<(&str, &LeftOut)> =
            self.left_out.iter().map(|(why, rows)| (why.as_str(), rows)).collect();
        left_out.sort_by_key(|(why, left_out)| (Reverse(left_out.rows), *why));
        if self.strict {
            self.refuse(&left_out)?;
        }
        if !self.quiet {
            self.say_reworded();
            self.say_left_out(&left_out);
        }
        Ok(())
    }

    fn refuse(&self, left_out: &[(&str, &LeftOut)]) -> Result<()> {
        let unread: Vec<_> = left_out.iter().filter(|(label, _)| !label.is_empty()).collect();
        if unread.is_empty() || self.from_titles {
            return Ok(());
        }
        let one = |(label, LeftOut { rows, first }): &&(&str, &LeftOut)| {
            format!("{label:?} {} ({rows} rows, the first is row {first})", self.why(label))
        };
        let named: Vec<String> = unread.iter().take(LABELS_SAID).map(one).collect();
        let more = unread.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        bail!(
            "labels are not understood: {}{more}; correct them, or say what they stand for with --map LABEL=ROLE",
            named.join("; ")
        )
    }

    /// Why a text is no label.
    fn why(&self, label: &str) -> String {
        let nearest = self.reader.lexicon().roles().nearest(label);
        let ambiguous = self.reader.read(label) == Err(Unread::Ambiguous);
        match (ambiguous, nearest.as_slice()) {
            (true, [] | [_]) => "may be more than one role".to_owned(),
            (true, several) => {
                format!("may be more than one role, such as {}", several.join(" or "))
            }
            (false, []) => "is neither a role nor `other`".to_owned(),
            (false, nearest) => {
                format!("is neither a role nor `other`; the nearest is {}", nearest.join(" or "))
            }
        }
    }

    fn say_reworded(&self) {
        let roles = self.reader.lexicon().roles();
        let mut reworded: Vec<_> = self.reworded.iter().collect();
        reworded.sort_by_key(|(text, (_, rows))| (Reverse(*rows), *text));
        let one = |(text, (label, rows)): &(&String, &(Label, u64))| {
            format!("{text:?} as {} ({rows} rows)", label.id(roles))
        };
        let named: Vec<String> = reworded.iter().take(LABELS_SAID).map(one).collect();
        let more = reworded.len() - named.len();
        let more = if more > 0 { format!(" and {more} more spellings") } else { String::new() };
        if !named.is_empty() {
            say(&format!("labels read: {}{more}", named.join(", ")));
        }
    }

    /// Says the most frequent reasons why rows are left out.
    fn say_left_out(&self, left_out: &[(&str, &LeftOut)]) {
        for (why, LeftOut { rows, first }) in left_out.iter().take(LABELS_SAID) {
            let reason = match *why {
                "" => "they have no label".to_owned(),
                why if self.from_titles => why.to_owned(),
                label => format!("label {label:?} {} (first in row {first})", self.why(label)),
            };
            say(&format!("{rows} rows are left out: {reason}"));
        }
        let rest = left_out.get(LABELS_SAID..).unwrap_or_default();
        if !rest.is_empty() {
            let rows: u64 = rest.iter().map(|(_, left_out)| left_out.rows).sum();
            say(&format!("{rows} rows with {} more such labels are left out", rest.len()));
        }
        if !self.from_titles && left_out.iter().any(|(label, _)| !label.is_empty()) {
            say(
                "--map LABEL=ROLE says what a label stands for; --strict refuses those that are not understood",
            );
        }
    }
}
