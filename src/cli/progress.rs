//! Saved state of a run, so that it can be resumed.

use super::files::link_target;
use super::locked_file::LockedFile;
use super::unfinished_file::unfinished_in;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Interval between saves.
const EVERY: Duration = Duration::from_millis(200);

/// Saved state of a run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ResumeState<T> {
    /// Hash of inputs and options.
    of: String,
    /// Rows read.
    pub(crate) rows: u64,
    /// Bytes of output for those rows.
    pub(crate) bytes: u64,
    /// Summary of those rows by the command.
    pub(crate) counted: T,
}

/// A resumable run.
pub(crate) struct Progress {
    of: String,
    /// Path of the partial output.
    pub(crate) part: PathBuf,
    state: PathBuf,
    saved: Instant,
}

/// The files of a resumable run that writes `output`: the partial output, and the saved state.
pub(crate) fn files_of(output: &Path) -> [PathBuf; 2] {
    // Behind a link, beside the file that it leads to, so that the output can be renamed.
    let output = if output.is_symlink() { link_target(output) } else { output.to_owned() };
    ["part", "state"].map(|what| {
        let mut name = output.file_name().unwrap_or_default().to_owned();
        name.push(format!(".rolecall-{what}"));
        output.with_file_name(name)
    })
}

impl Progress {
    /// Opens the run that writes `output`, its partial output and its saved state; `of` is the hash of inputs and
    /// options. The partial output is locked, so that one run at a time writes to it.
    pub(crate) fn open<T>(output: &Path, of: String) -> Result<(Self, File, ResumeState<T>)>
    where
        T: Default + for<'de> Deserialize<'de>,
    {
        let [part, state] = files_of(output);
        let (file, existed) = LockedFile::partial(&part)?;
        let done = match fs::read(&state) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                ResumeState { of, ..ResumeState::default() }
            }
            // Complete: it was stopped between renaming the output and removing the state.
            Ok(_) if !existed => ResumeState { of, ..ResumeState::default() },
            read => {
                let read = read.with_context(|| state.display().to_string())?;
                let done: ResumeState<T> = serde_json::from_slice(&read).with_context(|| {
                    format!("{} is damaged; delete it to start anew", state.display())
                })?;
                if done.of != of || file.size() < done.bytes {
                    bail!(
                        "{} is of a run with other files, another model or other options; delete it to \
                         start anew",
                        state.display()
                    );
                }
                done
            }
        };
        let progress = Self { of: done.of.clone(), part, state, saved: Instant::now() };
        Ok((progress, file.into_file(), done))
    }

    /// Whether a save is due.
    pub(crate) fn is_due(&self) -> bool {
        self.saved.elapsed() >= EVERY
    }

    /// Saves the state atomically.
    pub(crate) fn save<T: Serialize>(&mut self, rows: u64, bytes: u64, counted: T) -> Result<()> {
        let done = ResumeState { of: self.of.clone(), rows, bytes, counted };
        let context = || format!("cannot write {}", self.state.display());
        let folder = self.state.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let mut file = unfinished_in(folder, None).with_context(context)?;
        serde_json::to_writer(&mut file, &done).with_context(context)?;
        file.as_file().sync_data().with_context(context)?;
        file.persist(&self.state).map_err(|e| e.error).with_context(context)?;
        self.saved = Instant::now();
        Ok(())
    }

    /// Removes the state of a complete run.
    pub(crate) fn finish(self) -> Result<()> {
        match fs::remove_file(&self.state) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(e).with_context(|| format!("cannot remove {}", self.state.display()))
            }
            _ => Ok(()),
        }
    }
}
