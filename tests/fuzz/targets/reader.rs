//! Any bytes as a file of postings: every row is read or set aside, in order, and what is set aside
//! can be given back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall::postings::{Batch, Dialect, HEADER, PostingReader, REJECTED_COLUMNS, Rejected};
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

fuzz_target!(|bytes: &[u8]| {
    let path = FOLDER.path().join("postings");
    std::fs::write(&path, bytes).expect("room for a few bytes");
    let Some((head, rejected)) = read(&path) else { return };
    if !rejected.is_empty() {
        std::fs::write(&path, given_back(&head, &rejected)).expect("room for a few bytes");
        read(&path);
    }
});

/// The header line of a file and its rejected rows, if it can be read.
fn read(path: &Path) -> Option<(String, Vec<Rejected>)> {
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

/// A file of rejected rows.
fn given_back(head: &str, rejected: &[Rejected]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |record: [&[u8]; 4]| writer.write_record(record).expect("memory");
    write(REJECTED_COLUMNS.map(str::as_bytes));
    write([b"in.csv", b"1", HEADER.as_bytes(), head.as_bytes()]);
    for row in rejected {
        write([b"in.csv", row.line.to_string().as_bytes(), row.reason.as_bytes(), &row.raw]);
    }
    writer.into_inner().expect("memory")
}
