//! The rows that could not be read: their file, and what is said of them.

use super::Outcome;
use super::args::ReadingArgs;
use super::output::{Output, say};
use anyhow::{Context, Result, bail};
use rolecall::postings::{HEADER, REJECTED_COLUMNS, Rejected};
use serde_json::json;

/// Numbers of rows read and rejected.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct RowTally {
    pub(crate) read: u64,
    pub(crate) rejected: u64,
}

impl RowTally {
    /// The report of a command that wrote so many rows.
    pub(crate) fn report(&self, written: u64) -> serde_json::Value {
        let Self { read, rejected } = self;
        json!({"rows_read": read, "rows_rejected": rejected, "rows_written": written})
    }
}

/// Receives rejected rows.
pub(crate) struct RejectedRows<'a> {
    reading: &'a ReadingArgs,
    writer: Option<csv::Writer<Output>>,
    first_reason: Option<String>,
    /// Whether the header of the current file was written.
    has_header: bool,
}

impl<'a> RejectedRows<'a> {
    /// Creates the file of `--rejects`, if there is one.
    pub(crate) fn create(reading: &'a ReadingArgs) -> Result<Self> {
        let writer = match &reading.rejects {
            None => None,
            Some(path) => {
                let mut writer = csv::Writer::from_writer(Output::open(Some(path))?);
                writer.write_record(REJECTED_COLUMNS)?;
                Some(writer)
            }
        };
        Ok(Self { reading, writer, first_reason: None, has_header: false })
    }

    /// Begins with the rows of another file.
    pub(crate) fn begin_file(&mut self) {
        self.has_header = false;
    }

    /// Adds a row of a file whose header line is `head`.
    pub(crate) fn add(
        &mut self,
        file: &str,
        head: Option<&str>,
        rejected: &Rejected,
    ) -> Result<()> {
        let Rejected { line, reason, raw } = rejected;
        let line = line.to_string();
        if self.first_reason.is_none() {
            self.first_reason = Some(format!("{file}, line {line}: {reason}"));
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        if !std::mem::replace(&mut self.has_header, true) {
            writer.write_record([file, "1", HEADER, head.unwrap_or_default()])?;
        }
        writer.write_record([file.as_bytes(), line.as_bytes(), reason.as_bytes(), raw])?;
        Ok(())
    }

    /// Writes what was added so far, for who reads it from a pipe.
    pub(crate) fn flush(&mut self) -> Result<()> {
        let flushed = self.writer.as_mut().map_or(Ok(()), csv::Writer::flush);
        flushed.context("cannot write the rejected rows")
    }

    /// Completes the file, and says how many rows of those read are in it.
    ///
    /// # Errors
    /// If no row could be read.
    pub(crate) fn complete(&mut self, tally: RowTally) -> Result<Outcome> {
        let RowTally { read, rejected } = tally;
        if let Some(writer) = self.writer.take() {
            let output = writer.into_inner().map_err(csv::IntoInnerError::into_error);
            output.context("cannot write the rejected rows")?.finish()?;
        }
        let noticed = self.reading.max_rejects.is_some_and(|most| rejected > most);
        let outcome = if noticed { Outcome::Noticed } else { Outcome::Done };
        let Some(reason) = self.first_reason.take() else { return Ok(outcome) };
        let where_to = match &self.reading.rejects {
            Some(path) => format!("they are in {}", path.display()),
            None => "--rejects FILE keeps them".into(),
        };
        if read == rejected {
            bail!("none of {read} rows could be read ({reason}); {where_to}");
        }
        if !self.reading.common.quiet {
            say(&format!("{rejected} of {read} rows could not be read ({reason}); {where_to}"));
        }
        Ok(outcome)
    }
}
