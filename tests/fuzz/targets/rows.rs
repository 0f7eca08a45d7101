//! Reads a file of postings, and checks that every row is read or set aside, in order.

use rolecall::postings::{Batch, Dialect, PostingReader, Rejected};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

/// A file with these bytes.
pub fn file(bytes: &[u8]) -> PathBuf {
    let path = FOLDER.path().join("postings");
    std::fs::write(&path, bytes).expect("room for a few bytes");
    path
}

/// The header line of a file and its rejected rows, if it can be read.
pub fn read(path: &Path) -> Option<(String, Vec<Rejected>)> {
    let mut reader = PostingReader::open(path, &Dialect::default()).ok()?;
    let (mut all, mut line, mut next) = (Vec::new(), 1, 1);
    loop {
        let Batch { rows, rejected } = reader.batch(7).ok()?;
        if rows.is_empty() && rejected.is_empty() {
            return Some((reader.head().unwrap_or_default().to_owned(), all));
        }
        let end = next + (rows.len() + rejected.len()) as u64;
        assert!(rows.is_sorted_by(|a, b| a.number < b.number));
        assert!(rows.iter().all(|row| (next..end).contains(&row.number)));
        assert!(rows.is_sorted_by_key(|row| row.line));
        assert!(rejected.is_sorted_by_key(|row| row.line));
        let lines = || rows.iter().map(|r| r.line).chain(rejected.iter().map(|r| r.line));
        assert!(lines().all(|of_row| of_row >= line));
        assert!(rejected.iter().all(|row| !row.raw.is_empty() && !row.reason.is_empty()));
        (line, next) = (lines().max().unwrap_or(line), end);
        all.extend(rejected);
    }
}
