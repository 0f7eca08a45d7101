//! Named files of rows: format and compression.

use super::args::{Format, ReadingArgs, Writing};
use super::input::Postings;
use super::output::{Output, say};
use anyhow::{Context, Result, bail};
use flate2::write::GzEncoder;
use rolecall::postings::InputForm;
use rolecall::report::{Layout, Sheet, SheetForm};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file of rows that is being written.
pub(crate) struct RowFile {
    rows: Sheet<MaybeCompressed>,
    name: String,
    /// Whether nothing is said.
    quiet: bool,
}

/// An output, compressed or not.
pub(crate) enum MaybeCompressed {
    Plain(Output),
    Gzip(GzEncoder<Output>),
    Zstd(zstd::Encoder<'static, Output>),
}

impl Write for MaybeCompressed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Gzip(out) => out.write(bytes),
            Self::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Gzip(out) => out.flush(),
            Self::Zstd(out) => out.flush(),
        }
    }
}

/// Extension of a path in lower case, and that of its compression, if any.
fn extensions(path: &Path) -> (String, Option<String>) {
    let lower = |path: &Path| path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let packing = lower(path).filter(|e| ["gz", "zst"].contains(&e.as_str()));
    let inner = if packing.is_some() { path.with_extension("") } else { path.to_owned() };
    (lower(&inner).unwrap_or_default(), packing)
}

/// Endings of files that people write tables to, and that are not written here.
const OTHER_FORMS: [&str; 32] = [
    "xls", "xlsm", "xlsb", "ods", "numbers", "zip", "bz2", "xz", "7z", "rar", "tar", "tgz", "lz4",
    "br", "lzma", "feather", "arrow", "ipc", "orc", "avro", "db", "sqlite", "sqlite3", "h5",
    "pickle", "pkl", "html", "htm", "xml", "pdf", "docx", "yaml",
];

/// Checks that no output is called like a file of a form that it does not get. `rows` are the rows of a command;
/// `tables` are always CSV.
pub(crate) fn check_endings<'p>(
    rows: Option<&Writing>,
    tables: impl IntoIterator<Item = &'p Option<PathBuf>>,
) -> Result<()> {
    let ending = |path: &Path| {
        path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
    };
    // A form that is asked for by name is written under any name.
    if let Some(path) =
        rows.filter(|rows| rows.format.is_none()).and_then(|rows| rows.output.as_deref())
    {
        let (of_rows, packing) = extensions(path);
        let twice = packing.is_some() && ["parquet", "pq", "xlsx"].contains(&of_rows.as_str());
        if OTHER_FORMS.contains(&of_rows.as_str()) || twice {
            bail!(
                "{}: files that end in .{} cannot be written; the forms are .csv, .tsv, .jsonl and .json, packed if \
                 .gz or .zst follows, .xlsx and .parquet (or name one with --format)",
                path.display(),
                ending(path),
            );
        }
    }
    for path in tables.into_iter().flatten() {
        let ending = ending(path);
        let others = ["gz", "zst", "parquet", "pq", "xlsx", "json", "jsonl", "ndjson"];
        if [&OTHER_FORMS[..], &others].concat().contains(&ending.as_str()) {
            bail!("{}: it is written as CSV; name a file that ends in .csv", path.display());
        }
    }
    Ok(())
}

/// Format of rows, by `--format`, the name of the output, or the input.
pub(crate) fn form(
    writing: &Writing,
    reading: &ReadingArgs,
    postings: Option<&Postings>,
) -> Result<SheetForm> {
    let extension = writing.output.as_deref().map(|path| extensions(path).0).unwrap_or_default();
    let format = writing.format.or(match extension.as_str() {
        "csv" => Some(Format::Csv),
        "tsv" | "tab" => Some(Format::Tsv),
        "jsonl" | "ndjson" => Some(Format::Jsonl),
        "json" => Some(Format::Json),
        "parquet" | "pq" => Some(Format::Parquet),
        "xlsx" => Some(Format::Xlsx),
        _ => None,
    });
    let found = postings.and_then(Postings::delimiter);
    let json = postings.is_some_and(|postings| postings.form() == InputForm::Json);
    let delimiter = match format {
        None if json => return Ok(SheetForm::JsonLines),
        None => found,
        Some(Format::Csv) => reading.delimiter.or(found.filter(|d| *d != b'\t')),
        Some(Format::Tsv) => Some(b'\t'),
        Some(Format::Jsonl) => return Ok(SheetForm::JsonLines),
        Some(Format::Json) => return Ok(SheetForm::JsonArray),
        Some(Format::Parquet) => return Ok(SheetForm::Parquet),
        Some(Format::Xlsx) => return Ok(SheetForm::Workbook),
        Some(Format::Table) => bail!("only classify, audit and skills write a table"),
    };
    let delimiter = delimiter.or(reading.delimiter).unwrap_or(b',');
    Ok(SheetForm::Delimited { delimiter, header: !reading.no_header })
}

impl RowFile {
    /// Creates a file of rows; `postings` are the input whose format it follows by default.
    pub(crate) fn open(
        writing: &Writing,
        reading: &ReadingArgs,
        postings: Option<&Postings>,
        layout: &Layout,
    ) -> Result<Self> {
        let form = form(writing, reading, postings)?;
        if writing.bom && !matches!(form, SheetForm::Delimited { .. }) {
            bail!("--bom is for CSV and TSV; the other forms are always UTF-8");
        }
        let layout = Layout { mark: layout.mark || writing.bom, ..layout.clone() };
        let output = Output::open(writing.output.as_deref())?;
        let packing = writing.output.as_deref().and_then(|path| extensions(path).1);
        let output = match packing.as_deref().filter(|_| !form.is_packed()) {
            None => MaybeCompressed::Plain(output),
            Some("gz") => {
                MaybeCompressed::Gzip(GzEncoder::new(output, flate2::Compression::default()))
            }
            Some(_) => MaybeCompressed::Zstd(zstd::Encoder::new(output, 0)?),
        };
        Self::begin(writing, output, form, postings, &layout)
    }

    /// Creates a file of rows of a format on an open output.
    pub(crate) fn begin(
        writing: &Writing,
        output: MaybeCompressed,
        form: SheetForm,
        postings: Option<&Postings>,
        layout: &Layout,
    ) -> Result<Self> {
        let path = writing.output.as_deref().filter(|path| *path != Path::new("-"));
        let name = path.map_or("standard output".into(), |path| path.display().to_string());
        // Records are copied verbatim if input and output have the same delimiter.
        let found = postings.and_then(Postings::delimiter);
        let same =
            matches!(form, SheetForm::Delimited { delimiter, .. } if Some(delimiter) == found);
        let layout = Layout { verbatim: same && layout.appended == 0, ..layout.clone() };
        let rows = Sheet::new(output, form, &layout);
        let quiet = postings.is_some_and(|postings| postings.common().quiet);
        Ok(Self { rows: rows.with_context(|| format!("cannot write {name}"))?, name, quiet })
    }

    /// Writes; errors name the file.
    pub(crate) fn write(
        &mut self,
        write: impl FnOnce(&mut Sheet<MaybeCompressed>) -> io::Result<()>,
    ) -> Result<()> {
        write(&mut self.rows).with_context(|| format!("cannot write {}", self.name))
    }

    /// See [`Output::sync`].
    pub(crate) fn sync(&mut self) -> Result<u64> {
        let synced = self.rows.out().and_then(|out| match out {
            MaybeCompressed::Plain(out) => out.sync(),
            _ => Ok(0),
        });
        synced.with_context(|| format!("cannot write {}", self.name))
    }

    /// Completes the file.
    pub(crate) fn finish(self) -> Result<()> {
        let context = || format!("cannot write {}", self.name);
        if self.rows.cut() > 0 && !self.quiet {
            say(&format!(
                "{}: {} cells were cut at 32,767 characters, as Excel holds no more; .csv, .jsonl or .parquet has all",
                self.name,
                self.rows.cut()
            ));
        }
        match self.rows.finish().with_context(context)? {
            MaybeCompressed::Plain(out) => out.finish(),
            MaybeCompressed::Gzip(out) => out.finish().with_context(context)?.finish(),
            MaybeCompressed::Zstd(out) => out.finish().with_context(context)?.finish(),
        }
    }
}
