//! Files that one process at a time may change. A lock ends with its process.

use super::files::Identity;
use super::output::{if_it_lasts, say};
use anyhow::{Context, Result, bail};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A locked file.
pub(crate) struct LockedFile {
    file: File,
    path: PathBuf,
    size: u64,
    written: Option<SystemTime>,
}

impl LockedFile {
    /// Locks a file that is read to be replaced, after waiting for other processes that do so.
    pub(crate) fn to_replace(path: &Path) -> Result<Self> {
        let name = path.display();
        let _said =
            if_it_lasts(format!("waiting for another process that is about to replace {name}"));
        loop {
            let file = File::open(path).with_context(|| name.to_string())?;
            if let Err(error) = file.lock() {
                say_unlocked(path, &error);
            }
            // The process that was waited for has replaced the file.
            if Identity::of(path) == Identity::of_file(&file) {
                return Self::new(file, path);
            }
        }
    }

    /// Opens a partial file or makes it, and locks it. Gives whether it was there.
    pub(crate) fn partial(path: &Path) -> Result<(Self, bool)> {
        let context = || format!("cannot write {}", path.display());
        loop {
            let mut options = OpenOptions::new();
            options.read(true).write(true);
            let (file, existed) = match options.clone().create_new(true).open(path) {
                Ok(file) => (file, false),
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                    match options.open(path) {
                        // Another process has just given it its name.
                        Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                        opened => (opened.with_context(context)?, true),
                    }
                }
                Err(e) => return Err(e).with_context(context),
            };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => bail!(
                    "{} is being written by another run of this command; wait until it ends",
                    path.display()
                ),
                Err(TryLockError::Error(error)) => say_unlocked(path, &error),
            }
            if Identity::of(path) == Identity::of_file(&file) {
                return Ok((Self::new(file, path)?, existed));
            }
        }
    }

    fn new(file: File, path: &Path) -> Result<Self> {
        let found = file.metadata().with_context(|| path.display().to_string())?;
        let (size, written) = (found.len(), found.modified().ok());
        Ok(Self { file, path: path.to_owned(), size, written })
    }

    /// Size in bytes when it was locked.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The file, for writing; the lock stays until it is closed.
    pub(crate) fn into_file(self) -> File {
        self.file
    }

    /// An error if the path leads to another file by now, or the file has changed: not every program looks at locks.
    pub(crate) fn check_unchanged(&self) -> Result<()> {
        let same = Identity::of(&self.path) == Identity::of_file(&self.file);
        let found = self.file.metadata();
        let unchanged =
            found.is_ok_and(|now| now.len() == self.size && now.modified().ok() == self.written);
        if !same || !unchanged {
            bail!(
                "{} was changed by another program after it was read; it is left as it is now: run again",
                self.path.display()
            );
        }
        Ok(())
    }
}

/// Says that a file system has no locks.
fn say_unlocked(path: &Path, error: &std::io::Error) {
    say(&format!("{} cannot be locked ({error}); run one process at a time", path.display()));
}
