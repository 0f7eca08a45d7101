//! Files that wait for their name until they are whole. Those of killed runs are cleared by the next one.

use super::files::Identity;
use std::fs::{File, Permissions, TryLockError};
use std::io;
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// How the names of such files begin and end.
const PREFIX: &str = ".rolecall-";
const SUFFIX: &str = ".part";

/// Makes such a file in a folder, locked as long as it is written; with permissions that are not those of any temporary
/// file, if they are given.
///
/// # Errors
/// If the folder cannot be written to.
pub(super) fn unfinished_in(
    folder: &Path,
    permissions: Option<Permissions>,
) -> io::Result<NamedTempFile> {
    clear(folder);
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    loop {
        let file = builder.tempfile_in(folder)?;
        // Before it was locked, another run may have taken it for one of a killed run.
        match file.as_file().try_lock() {
            Err(TryLockError::WouldBlock) => {}
            Ok(()) if Identity::of(file.path()) != Identity::of_file(file.as_file()) => {}
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
}

/// Deletes the unfinished files of runs that were killed: those that no process has locked.
fn clear(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(PREFIX) || !name.ends_with(SUFFIX) {
            continue;
        }
        let Ok(file) = File::open(entry.path()) else { continue };
        if file.try_lock().is_ok() {
            // What cannot be deleted is in nobody's way.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
