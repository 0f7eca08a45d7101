//! Files that another program made messy, read by ours: see `tests/differential/`.

use rolecall::postings::{Column, ColumnNames, Dialect, PostingReader, Row};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// Reads the files in the lines of `ROLECALL_MESSY`, and writes what it finds in each behind it.
#[test]
#[ignore = "tests/differential/run gives it its files"]
fn messy_files_are_read() {
    let messy = std::env::var("ROLECALL_MESSY").expect("the name of a file");
    let lines = BufReader::new(fs::File::open(&messy).expect("it is there")).lines();
    let mut out = BufWriter::new(fs::File::create(messy + ".read").expect("there is room"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("messy");
    for line in lines {
        let file: Vec<u8> = serde_json::from_str(&line.expect("it is text")).expect("it is JSON");
        fs::write(&path, file).expect("there is room");
        writeln!(out, "{}", read(&path)).expect("there is room");
    }
}

fn read(path: &Path) -> Value {
    let names = ColumnNames(vec![(Column::Description, "c0".into())]);
    let dialect = Dialect {
        names,
        delimiter: Some(b','),
        // What the rows have in common is by chance.
        quote: Some(b'"'),
        ..Dialect::default()
    };
    let mut reader = match PostingReader::open(path, &dialect) {
        Ok(reader) => reader,
        Err(e) => return json!({ "error": e.to_string() }),
    };
    let (mut rows, mut rejected) = (Vec::new(), Vec::new());
    loop {
        let batch = reader.batch(64).expect("the file can be read");
        if batch.is_empty() {
            return json!({ "header": reader.header(), "rows": rows, "rejected": rejected });
        }
        let fields = |row: &Row| row.fields.iter().map(str::to_owned).collect::<Vec<_>>();
        rows.extend(batch.rows.iter().map(|row| json!([row.number, row.line, fields(row)])));
        rejected.extend(batch.rejected.iter().map(|r| json!([r.line, r.reason, r.raw])));
    }
}
