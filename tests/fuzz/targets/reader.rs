//! Any bytes as a file of postings: every row is read or set aside, in order, and what is set aside
//! can be given back.
#![no_main]

mod rows;

use libfuzzer_sys::fuzz_target;
use rolecall::postings::{HEADER, REJECTED_COLUMNS, Rejected};
use rows::{file, read};

fuzz_target!(|bytes: &[u8]| {
    let Some((head, rejected)) = read(&file(bytes)) else { return };
    if !rejected.is_empty() {
        read(&file(&given_back(&head, &rejected)));
    }
});

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
