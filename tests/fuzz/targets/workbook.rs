//! The parts of a workbook: every row is read, in order, or the whole is refused.
#![no_main]

mod rows;

use libfuzzer_sys::fuzz_target;
use rows::{file, read};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The files of a workbook. One of them is what is made up.
const PARTS: [(&str, &str); 6] = [
    (
        "xl/worksheets/sheet1.xml",
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>",
    ),
    ("xl/sharedStrings.xml", "<sst><si><t>text</t></si></sst>"),
    ("xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>"),
    (
        "xl/workbook.xml",
        "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
    ),
    ("content.xml", ""),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((&part, made_up)) = bytes.split_first() else { return };
    let part = usize::from(part) % PARTS.len();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, content: &[u8]| {
        zip.start_file(name, SimpleFileOptions::default()).expect("memory");
        zip.write_all(content).expect("memory");
    };
    if PARTS[part].0 == "content.xml" {
        add("mimetype", b"application/vnd.oasis.opendocument.spreadsheet");
        add("META-INF/manifest.xml", b"<manifest/>");
        add("content.xml", made_up);
    } else {
        for (index, (name, usual)) in PARTS[..PARTS.len() - 1].iter().enumerate() {
            add(name, if index == part { made_up } else { usual.as_bytes() });
        }
    }
    read(&file(&zip.finish().expect("memory").into_inner()));
});
