//! Opens what the command line names, and keeps account of the rows.

use super::Outcome;
use super::args::{Common, Input, Reading};
use super::output::{Output, say};
use crate::evidence::Lexicon;
use crate::model::Model;
use crate::postings::{Batch, Column, Columns, HEADER, PostingReader, REJECTED, Row, listed};
use crate::roles::RoleSet;
use anyhow::{Context, Result, bail};
use encoding_rs::UTF_8;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rows that are worked on together.
const BATCH: usize = 512;
/// Unusable labels that are named.
const LABELS_SAID: usize = 8;

pub(crate) fn lexicon(common: &Common) -> Result<Lexicon> {
    Ok(match &common.lexicon {
        Some(dir) => Lexicon::from_dir(dir)?,
        None => Lexicon::embedded()?,
    })
}

pub(crate) fn model(path: Option<&Path>, lexicon: &Lexicon) -> Result<Model> {
    let Some(path) = path else {
        return Model::embedded(lexicon).context("the embedded model cannot be used");
    };
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    Model::from_bytes(&bytes, lexicon).with_context(|| path.display().to_string())
}

/// Says which rows have no label that can be used: the commonest reasons, with their counts and the
/// nearest labels.
pub(crate) fn say_left_out(
    left_out: &BTreeMap<String, u64>,
    by_title: bool,
    roles: &RoleSet,
    common: &Common,
) {
    if common.quiet {
        return;
    }
    let mut labels: Vec<(&String, &u64)> = left_out.iter().collect();
    labels.sort_by_key(|&(label, n)| (std::cmp::Reverse(n), label));
    for (label, n) in labels.iter().take(LABELS_SAID) {
        let reason = if by_title {
            (*label).clone()
        } else {
            let nearest = roles.nearest(label).join(" or ");
            let nearest =
                if nearest.is_empty() { nearest } else { format!("; the nearest is {nearest}") };
            format!("label {label:?} is neither a role nor `other`{nearest}")
        };
        say(&format!("{n} rows are left out: {reason}"));
    }
    let rest = labels.get(LABELS_SAID..).unwrap_or_default();
    if !rest.is_empty() {
        let rows: u64 = rest.iter().map(|(_, n)| *n).sum();
        say(&format!("{rows} rows with {} more such labels are left out", rest.len()));
    }
}

/// Rows read and set aside.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) read: u64,
    pub(crate) rejected: u64,
}

/// The rows of all input files.
pub(crate) struct Postings<'a> {
    reading: &'a Reading,
    waiting: std::vec::IntoIter<PathBuf>,
    reader: PostingReader,
    rejects: Option<csv::Writer<Output>>,
    /// Whether the rejected rows have their header.
    headed: bool,
    first_reason: Option<String>,
    pub(crate) tally: Tally,
}

impl<'a> Postings<'a> {
    /// The rows of the files named, or of standard input.
    pub(crate) fn open(input: &'a Input) -> Result<Self> {
        let files = if input.files.is_empty() { vec!["-".into()] } else { input.files.clone() };
        Self::of_files(files, &input.reading)
    }

    /// The rows of files, at least one.
    pub(crate) fn of_files(files: Vec<PathBuf>, reading: &'a Reading) -> Result<Self> {
        let mut waiting = files.into_iter();
        let first = waiting.next().expect("there is at least one input");
        let reader = open(&first, reading)?;
        let rejects = match &reading.rejects {
            None => None,
            Some(path) => {
                let mut writer = csv::Writer::from_writer(Output::open(Some(path))?);
                writer.write_record(REJECTED)?;
                Some(writer)
            }
        };
        let (first_reason, tally) = (None, Tally::default());
        Ok(Self { reading, waiting, reader, rejects, headed: false, first_reason, tally })
    }

    /// Goes on with other files, which may have other columns.
    pub(crate) fn go_on(&mut self, files: Vec<PathBuf>) -> Result<()> {
        self.waiting = files.into_iter();
        let first = self.waiting.next().expect("there is at least one input");
        self.reader = open(&first, self.reading)?;
        self.headed = false;
        Ok(())
    }

    pub(crate) fn common(&self) -> &Common {
        &self.reading.common
    }

    /// Name of the file that is being read, for messages.
    pub(crate) fn file(&self) -> &str {
        self.reader.file()
    }

    pub(crate) fn header(&self) -> &[String] {
        self.reader.header()
    }

    /// The byte between the fields of the file that is being read.
    pub(crate) fn delimiter(&self) -> u8 {
        self.reader.delimiter()
    }

    pub(crate) fn columns(&self) -> &Columns {
        self.reader.columns()
    }

    /// The column of this kind, or an error that says how to name it.
    pub(crate) fn need(&self, column: Column) -> Result<()> {
        if self.columns().place(column).is_some() {
            return Ok(());
        }
        bail!(
            "{}: no {name} column was found; the columns are {}. Choose one with --{name} COLUMN",
            self.reader.file(),
            listed(self.header()),
            name = column.name(),
        )
    }

    /// The next rows; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<Row>>> {
        loop {
            let Batch { rows, rejected } = self.reader.batch(BATCH)?;
            self.tally.read += (rows.len() + rejected.len()) as u64;
            self.tally.rejected += rejected.len() as u64;
            for reject in &rejected {
                let line = reject.line.to_string();
                if self.first_reason.is_none() {
                    self.first_reason =
                        Some(format!("{}, line {line}: {}", self.reader.file(), reject.reason));
                }
                if let Some(writer) = &mut self.rejects {
                    let head = self.reader.head();
                    if !std::mem::replace(&mut self.headed, true) {
                        writer.write_record([self.reader.file(), "1", HEADER, head])?;
                    }
                    let fields: [&[u8]; 4] = [
                        self.reader.file().as_bytes(),
                        line.as_bytes(),
                        reject.reason.as_bytes(),
                        &reject.raw,
                    ];
                    writer.write_record(fields)?;
                }
            }
            if !rows.is_empty() {
                return Ok(Some(rows));
            }
            if rejected.is_empty() && !self.next_file()? {
                return Ok(None);
            }
        }
    }

    fn next_file(&mut self) -> Result<bool> {
        let Some(path) = self.waiting.next() else { return Ok(false) };
        let reader = open(&path, self.reading)?;
        if reader.header() != self.reader.header() {
            bail!(
                "{} has other columns than {}; give them one at a time",
                reader.file(),
                self.reader.file()
            );
        }
        self.reader = reader;
        Ok(true)
    }

    /// An error if there is no row at all.
    pub(crate) fn need_rows(&self) -> Result<()> {
        if self.tally.read == 0 {
            bail!(
                "{}: it has a header and no rows; at least one row is needed",
                self.reader.file()
            );
        }
        Ok(())
    }

    /// Completes the file of rejects and says how many rows there were.
    pub(crate) fn finish(self) -> Result<(Tally, Outcome)> {
        self.need_rows()?;
        let Tally { read, rejected } = self.tally;
        if let Some(writer) = self.rejects {
            let output = writer.into_inner().map_err(csv::IntoInnerError::into_error);
            output.context("cannot write the rejected rows")?.finish()?;
        }
        if let Some(reason) = self.first_reason.filter(|_| !self.reading.common.quiet) {
            let where_to = match &self.reading.rejects {
                Some(path) => format!("they are in {}", path.display()),
                None => "--rejects FILE keeps them".into(),
            };
            say(&format!("{rejected} of {read} rows could not be read ({reason}); {where_to}"));
        }
        let noticed = self.reading.max_rejects.is_some_and(|most| rejected > most);
        Ok((self.tally, if noticed { Outcome::Noticed } else { Outcome::Done }))
    }
}

fn open(path: &Path, reading: &Reading) -> Result<PostingReader> {
    let reader = PostingReader::open(path, &reading.dialect())?;
    if !reading.common.quiet {
        let named = Column::ALL.into_iter().filter_map(|column| {
            let place = reader.columns().place(column)?;
            Some(format!("{} from {:?}", column.name(), reader.header()[place]))
        });
        let mut told: Vec<String> = named.collect();
        if reader.encoding() != UTF_8 {
            told.push(format!("encoding {}", reader.encoding().name()));
        }
        if reader.delimiter() != b',' {
            told.push(format!("delimiter {:?}", char::from(reader.delimiter())));
        }
        say(&format!("{}: {}", reader.file(), told.join(", ")));
    }
    Ok(reader)
}
