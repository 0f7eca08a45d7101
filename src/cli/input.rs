//! Opens lexicon, model and postings, and counts the rows.

use super::Outcome;
use super::args::{CommonArgs, InputArgs, ReadingArgs};
use super::files::{expand_patterns, is_pipe};
use super::output::{if_it_lasts, say};
use super::progress_bar::RowsRead;
use super::rejected_rows::RejectedRows;
pub(crate) use super::rejected_rows::RowTally;
use anyhow::{Context, Result, bail};
use encoding_rs::UTF_8;
use rolecall::lexicon::{Lexicon, MissingFile};
use rolecall::model::{Model, ModelFile};
use rolecall::postings::{
    Batch, Column, Columns, InputForm, PostingReader, Row, Types, distinct, listed,
};
use rolecall::report::Layout;
use std::collections::{HashMap, HashSet};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Once;

/// Rows per batch.
const BATCH: usize = 512;
/// Name of the added column with the file of each row.
pub(crate) const SOURCE: &str = "source";

/// Whether the files that a folder does not have were said.
static MISSING_SAID: Once = Once::new();

/// The lexicon of the option, or the one inside the program. Says once which files the folder does not have.
pub(crate) fn lexicon(common: &CommonArgs) -> Result<Lexicon> {
    let Some(dir) = &common.lexicon else { return Ok(Lexicon::embedded()?) };
    let lexicon = Lexicon::from_dir(dir)?;
    let missing = lexicon.missing_files();
    if !missing.is_empty() && !common.quiet {
        let one = |file: &MissingFile| format!("{}.csv ({})", file.name, file.without);
        let missing: Vec<String> = missing.iter().map(one).collect();
        let message = format!("{} is without {}", dir.display(), missing.join(", "));
        MISSING_SAID.call_once(|| say(&message));
    }
    Ok(lexicon)
}

pub(crate) fn model(path: Option<&Path>, lexicon: &Lexicon) -> Result<Model> {
    model_file(path)?.with(lexicon).with_context(|| unusable(path))
}

/// A model and the lexicon it was trained with: that of the option, or else the one that the model holds, or else the
/// one inside the program.
pub(crate) fn lexicon_and_model(
    common: &CommonArgs,
    path: Option<&Path>,
) -> Result<(Lexicon, Model)> {
    let (lexicon, file) = rayon::join(|| lexicon(common), || model_file(path));
    let (lexicon, file) = (lexicon?, file?);
    let own = if common.lexicon.is_none() { file.lexicon() } else { Ok(None) };
    let lexicon = own.with_context(|| unusable(path))?.unwrap_or(lexicon);
    let model = file.with(&lexicon).with_context(|| unusable(path))?;
    Ok((lexicon, model))
}

/// The model of an option, if there is one, and the lexicon to use.
pub(crate) fn lexicon_and_chosen_model(
    common: &CommonArgs,
    path: Option<&Path>,
) -> Result<(Lexicon, Option<Model>)> {
    if path.is_none() {
        return Ok((lexicon(common)?, None));
    }
    let (lexicon, model) = lexicon_and_model(common, path)?;
    Ok((lexicon, Some(model)))
}

fn model_file(path: Option<&Path>) -> Result<ModelFile> {
    let Some(file) = path else { return ModelFile::embedded().with_context(|| unusable(path)) };
    let bytes = std::fs::read(file).with_context(|| unusable(path))?;
    ModelFile::read(&bytes).with_context(|| unusable(path))
}

/// Prefix of errors about a model.
fn unusable(path: Option<&Path>) -> String {
    path.map_or_else(|| "the embedded model cannot be used".to_owned(), |p| p.display().to_string())
}

/// The rows of all input files, in the union of their columns.
pub(crate) struct Postings<'a> {
    reading: &'a ReadingArgs,
    files: InputFiles<'a>,
    rejected: RejectedRows<'a>,
    pub(crate) tally: RowTally,
    rows_read: RowsRead,
}

/// Input files, read in turn.
struct InputFiles<'a> {
    reading: &'a ReadingArgs,
    /// The files after the current one. Standard input and pipes, which can be opened only once, stay open until
    /// their turn.
    remaining: std::vec::IntoIter<(PathBuf, Option<PostingReader>)>,
    reader: PostingReader,
    /// Union of the columns of all files; the last is the file column, if there are several files.
    header: Vec<String>,
    several: bool,
    /// Index in `header` of each column of the current file, if there are several.
    merged_index: Vec<usize>,
    columns: Columns,
    schema: Option<Types>,
    /// Rows of the files before the current one.
    before: u64,
}

impl<'a> InputFiles<'a> {
    fn open(paths: Vec<PathBuf>, reading: &'a ReadingArgs) -> Result<Self> {
        let several = paths.len() > 1;
        let mut first: Option<PostingReader> = None;
        let mut rest = Vec::new();
        let (mut header, mut known) = (Vec::new(), HashSet::new());
        let mut schema = None;
        let stdin = Path::new("-");
        if paths.iter().filter(|path| *path == stdin).count() > 1 {
            bail!("standard input can be read only once");
        }
        let all = paths.len();
        for (index, path) in paths.into_iter().enumerate() {
            let reader = open(&path, reading)?;
            if reader.is_empty() {
                if !reading.common.quiet {
                    say(&format!("{}: there are no rows in it", reader.file()));
                }
                if first.is_some() || index + 1 < all {
                    continue;
                }
            }
            if first.is_none() {
                schema = reader.schema().cloned();
            }
            schema = schema.filter(|schema| reader.schema() == Some(schema));
            let names = names(&reader, several).into_iter();
            header.extend(names.filter(|name| !several || known.insert(name.clone())));
            if first.is_none() {
                first = Some(reader);
            } else {
                let once = !reader.can_be_opened_again();
                rest.push((path, once.then_some(reader)));
            }
        }
        if several {
            let exists = known.contains(SOURCE);
            header.push(if exists { format!("{SOURCE}_file") } else { SOURCE.into() });
        }
        let reader = first.context("there is no file to read")?;
        let columns = Columns::default();
        let mut files = Self {
            reading,
            remaining: rest.into_iter(),
            reader,
            header,
            several,
            merged_index: Vec::new(),
            columns,
            schema,
            before: 0,
        };
        files.begin();
        Ok(files)
    }

    /// Sets the columns for the file that was opened.
    fn begin(&mut self) {
        say_columns(&self.reader, self.reading);
        self.columns = self.reader.columns().clone();
        if self.several {
            let index_of: HashMap<&str, usize> =
                self.header.iter().enumerate().rev().map(|(i, name)| (name.as_str(), i)).collect();
            let names = names(&self.reader, true);
            self.merged_index = names.iter().map(|name| index_of[name.as_str()]).collect();
            self.columns = self.columns.moved(&self.merged_index);
        }
    }

    /// Opens the next file; false if there is none.
    fn next(&mut self, read: u64) -> Result<bool> {
        let Some((path, reader)) = self.remaining.next() else { return Ok(false) };
        self.reader = reader.map_or_else(|| open(&path, self.reading), Ok)?;
        self.before = read;
        let known: HashSet<&String> = self.header.iter().collect();
        let names = names(&self.reader, self.several);
        if let Some(new) = names.iter().find(|name| !known.contains(name)) {
            bail!("{} changed: it had no column {new:?}; run again", self.reader.file());
        }
        self.begin();
        Ok(true)
    }

    /// The row in the union of columns, numbered over all files.
    fn in_merged_columns(&self, mut row: Row) -> Row {
        row.number += self.before;
        if self.several {
            let mut fields = vec![""; self.header.len()];
            for (&index, field) in self.merged_index.iter().zip(row.fields.iter()) {
                fields[index] = field;
            }
            if let Some(last) = fields.last_mut() {
                *last = self.reader.file();
            }
            row.fields = row.fields.replaced(fields);
        }
        row
    }
}

impl<'a> Postings<'a> {
    /// The rows of the named files, or of standard input.
    pub(crate) fn open(input: &'a InputArgs) -> Result<Self> {
        Self::of_files(&input.files, &input.reading)
    }

    /// The rows of files, or of standard input if there are none.
    pub(crate) fn of_files(files: &[PathBuf], reading: &'a ReadingArgs) -> Result<Self> {
        let files = InputFiles::open(expand_patterns(files)?, reading)?;
        let rejected = RejectedRows::create(reading)?;
        let (tally, rows_read) = (RowTally::default(), RowsRead::new(reading.common.quiet));
        Ok(Self { reading, files, rejected, tally, rows_read })
    }

    /// Switches to other files, which may have other columns.
    pub(crate) fn switch_to(&mut self, files: &[PathBuf]) -> Result<()> {
        self.files = InputFiles::open(expand_patterns(files)?, self.reading)?;
        self.rejected.begin_file();
        Ok(())
    }

    pub(crate) fn common(&self) -> &CommonArgs {
        &self.reading.common
    }

    /// Name of the current file, for messages.
    pub(crate) fn file(&self) -> &str {
        self.files.reader.file()
    }

    /// Union of the columns of all files.
    pub(crate) fn header(&self) -> &[String] {
        &self.files.header
    }

    /// Format of the current file.
    pub(crate) fn form(&self) -> InputForm {
        self.files.reader.form()
    }

    /// Delimiter of the current file, if it has one.
    pub(crate) fn delimiter(&self) -> Option<u8> {
        self.files.reader.delimiter()
    }

    /// Column assignment of the current file.
    pub(crate) fn columns(&self) -> &Columns {
        &self.files.columns
    }

    /// Layout for writing the rows unchanged.
    pub(crate) fn layout(&self) -> Layout {
        Layout {
            header: self.files.header.clone(),
            head: self.files.reader.head().filter(|_| !self.files.several).map(str::to_owned),
            appended: usize::from(self.files.several),
            schema: self.files.schema.clone(),
            mark: self.files.reader.has_mark(),
            ..Layout::default()
        }
    }

    /// Checks that a column was found; the error says how to name it.
    pub(crate) fn need(&self, column: Column) -> Result<()> {
        if self.columns().index_of(column).is_some() || self.files.reader.is_empty() {
            return Ok(());
        }
        bail!(
            "{}: no {name} column was found; the columns are {}. Choose one with --{name} COLUMN",
            self.file(),
            listed(self.header()),
            name = column.name(),
        )
    }

    /// The first batch; `None` if there are no rows.
    ///
    /// # Errors
    /// If there are rows, and none of them can be read.
    pub(crate) fn first(&mut self) -> Result<Option<Vec<Row>>> {
        let batch = self.next()?;
        if batch.is_none() {
            self.rejected.complete(self.tally)?;
        }
        Ok(batch)
    }

    /// The next batch, all of one file; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<Row>>> {
        loop {
            let Batch { rows, rejected } = self.files.reader.batch(BATCH)?;
            if rows.is_empty() && rejected.is_empty() {
                for note in self.files.reader.notes() {
                    if !self.reading.common.quiet {
                        say(&format!("{}: {note}", self.file()));
                    }
                }
                if self.files.next(self.tally.read)? {
                    self.rejected.begin_file();
                    continue;
                }
                return Ok(None);
            }
            self.tally.read += (rows.len() + rejected.len()) as u64;
            self.tally.rejected += rejected.len() as u64;
            self.rows_read.show(self.tally.read, self.files.reader.bytes_read());
            let reader = &self.files.reader;
            for row in &rejected {
                self.rejected.add(reader.file(), reader.head(), row)?;
            }
            if !rows.is_empty() {
                return Ok(Some(
                    rows.into_iter().map(|row| self.files.in_merged_columns(row)).collect(),
                ));
            }
        }
    }

    /// An error if there is no row at all.
    pub(crate) fn need_rows(&self) -> Result<()> {
        if self.tally.read == 0 {
            bail!("{}: there are no rows in it; at least one row is needed", self.file());
        }
        Ok(())
    }

    /// Completes the file of rejects and reports their number.
    pub(crate) fn finish(mut self) -> Result<(RowTally, Outcome)> {
        let outcome = self.rejected.complete(self.tally)?;
        Ok((self.tally, outcome))
    }
}

/// Says what is waited for if standard input is a terminal; `what` is to be typed.
pub(crate) fn say_if_typed(what: &str, quiet: bool) {
    if std::io::stdin().is_terminal() && !quiet {
        say(&format!(
            "reading {what} from the terminal: end with Ctrl-D on a line of its own, or stop with Ctrl-C and name a file"
        ));
    }
}

/// Opens a file; of a pipe that nothing comes from, it is said that it is waited for.
fn open(path: &Path, reading: &ReadingArgs) -> Result<PostingReader> {
    let said = (is_pipe(path) && !reading.common.quiet).then(|| {
        if_it_lasts(format!("waiting for what another program writes to {}", path.display()))
    });
    if path == Path::new("-") {
        say_if_typed("postings, CSV with a header line or JSON,", reading.common.quiet);
    }
    let reader = PostingReader::open(path, &reading.dialect());
    drop(said);
    Ok(reader?)
}

/// Column names of a file, made unique if there are several files, so that they can be matched.
fn names(reader: &PostingReader, several: bool) -> Vec<String> {
    if several { distinct(reader.header()) } else { reader.header().to_vec() }
}

/// Reports detected columns, encoding and delimiter of a file.
fn say_columns(reader: &PostingReader, reading: &ReadingArgs) {
    if reading.common.quiet || reader.is_empty() {
        return;
    }
    let mut messages = columns_taken(reader.header(), reader.columns());
    if reader.encoding() != UTF_8 {
        messages.push(format!("encoding {}", reader.encoding().name()));
    }
    if let Some(delimiter) = reader.delimiter().filter(|d| *d != b',') {
        messages.push(format!("delimiter {:?}", char::from(delimiter)));
    }
    if let Some(sheet) = reader.sheet() {
        messages.push(format!("sheet {sheet:?}"));
    }
    say(&format!("{}: {}", reader.file(), messages.join(", ")));
}

/// What is read from which column of a header, for a message.
pub(crate) fn columns_taken(header: &[String], columns: &Columns) -> Vec<String> {
    let quoted = |index: usize| format!("{:?}", header[index]);
    let taken = |column: Column| {
        let index = columns.index_of(column)?;
        let parts = if column == Column::Description { columns.parts() } else { &[] };
        let parts: Vec<String> = parts.iter().map(|&part| quoted(part)).collect();
        let from = if parts.is_empty() { quoted(index) } else { parts.join(" and ") };
        Some(format!("{} from {from}", column.name()))
    };
    Column::ALL.into_iter().filter_map(taken).collect()
}
