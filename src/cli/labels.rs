//! Reads the labels of rows, and says what became of them.

use super::advice::quoted;
use super::args::{CommonArgs, LabelArgs};
use super::output::say;
use anyhow::{Result, anyhow, bail};
use rolecall::evidence::{LabelReader, LeftOut, LeftOutRows, MapError, Title, Unread};
use rolecall::lexicon::Lexicon;
use rolecall::postings::{Column, Columns, Row, listed};
use rolecall::roles::Label;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most labels that are named.
const LABELS_SAID: usize = 8;
/// Rows from which a label that is near no role is no typing error, but the name of a role that the lexicon lacks.
const ROWS_OF_A_ROLE: u64 = 5;

/// The labels of rows: those in the label column, or those that titles state.
pub(crate) struct RowLabels<'a> {
    reader: LabelReader<'a>,
    from_titles: bool,
    refused: Refused,
    quiet: bool,
    /// Labels in other words than the names of roles, and how many rows have them.
    reworded: BTreeMap<String, (Label, u64)>,
    /// Rows that are left out.
    left_out: LeftOutRows,
}

/// Which labels that are not understood are refused; the rows of others are left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refused {
    None,
    /// Those that seem to be roles which the lexicon lacks.
    Roles,
    All,
}

/// A reader of labels by the spellings that were given for roles.
pub(crate) fn label_reader<'a>(args: &LabelArgs, lexicon: &'a Lexicon) -> Result<LabelReader<'a>> {
    let map = args.map.iter().map(|(spelling, role)| (spelling.as_str(), role.as_str()));
    LabelReader::mapped(lexicon, map).map_err(|error| match &error {
        MapError::NoRole { spelling, role, .. } => anyhow!("--map {spelling}={role}: {error}"),
        MapError::TwoRoles { .. } => anyhow!("--map: {error}"),
    })
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
            refused: if args.strict { Refused::All } else { Refused::None },
            quiet: common.quiet,
            reworded: BTreeMap::new(),
            left_out: LeftOutRows::default(),
        })
    }

    /// The same labels, to learn from: roles that the lexicon lacks are refused, unless they are to be left out.
    pub(crate) fn for_learning(self, args: &LabelArgs) -> Self {
        let roles = !args.lenient && self.refused == Refused::None;
        let refused = if roles { Refused::Roles } else { self.refused };
        Self { refused, ..self }
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
            Unread::Ambiguous | Unread::Undecided | Unread::Unknown => text.trim().to_owned(),
        })
    }

    /// Whether the label of a row is beyond doubt: a role, or `other` by that name.
    pub(crate) fn is_plain(&self, row: &Row, columns: &Columns) -> bool {
        self.reader.is_plain(row.get(columns, Column::Label))
    }

    /// Counts what became of a row's label.
    pub(crate) fn note(&mut self, row: &Row, columns: &Columns, why_none: Option<&str>) {
        if let Some(why) = why_none {
            self.left_out.note(why, row.number);
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
        match self.refused {
            Refused::None => {}
            _ if self.from_titles => {}
            Refused::Roles => self.refuse_unknown_roles()?,
            Refused::All => self.left_out.refuse(&self.reader).map_err(|error| {
                anyhow!("{error}; correct them, or say what they stand for with --map LABEL=ROLE")
            })?,
        }
        if !self.quiet {
            self.say_reworded();
            self.say_left_out(&self.left_out.by_frequency());
        }
        Ok(())
    }

    /// Refuses labels that seem to be roles which the lexicon lacks: not near the name of one, and of several rows.
    fn refuse_unknown_roles(&self) -> Result<()> {
        let roles = self.reader.lexicon().roles();
        let is_role = |(label, left_out): &(&str, &LeftOut)| {
            let unknown = !label.is_empty() && self.reader.read(label) == Err(Unread::Unknown);
            unknown && left_out.rows >= ROWS_OF_A_ROLE && roles.nearest(label).is_empty()
        };
        let mut unknown = self.left_out.by_frequency();
        unknown.retain(is_role);
        let one = |(label, LeftOut { rows, first }): &(&str, &LeftOut)| {
            format!("{label:?} ({rows} rows, the first is row {first})")
        };
        let named: Vec<String> = unknown.iter().take(LABELS_SAID).map(one).collect();
        let more = unknown.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        if named.is_empty() {
            return Ok(());
        }
        let known: Vec<String> = roles.iter().map(|role| role.id.clone()).collect();
        bail!(
            "labels name roles that the lexicon lacks: {}{more}; it has {} and `other`. Give a lexicon with them \
             (--lexicon DIR), say what they stand for (--map LABEL=ROLE, such as --map {}=other), or leave their rows \
             out (--lenient)",
            named.join(", "),
            listed(&known),
            quoted(unknown[0].0)
        )
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
                label => {
                    format!("label {label:?} {} (first in row {first})", self.reader.why(label))
                }
            };
            say(&format!("{rows} rows are left out: {reason}"));
        }
        let rest = left_out.get(LABELS_SAID..).unwrap_or_default();
        if !rest.is_empty() {
            let rows: u64 = rest.iter().map(|(_, left_out)| left_out.rows).sum();
            say(&format!("{rows} rows with {} more such labels are left out", rest.len()));
        }
        let unread = |label: &str| {
            !matches!(self.reader.read(label), Err(Unread::Missing | Unread::Undecided))
        };
        if !self.from_titles && left_out.iter().any(|(label, _)| unread(label)) {
            say(
                "--map LABEL=ROLE says what a label stands for; --strict refuses those that are not understood",
            );
        }
    }
}
