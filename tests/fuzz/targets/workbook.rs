//! The parts of a workbook: every row is read, in order, or the whole is refused.
#![no_main]

mod rows;

use libfuzzer_sys::fuzz_target;
use rows::{file, read};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The files of a workbook. One of them is what is made up.
const PARTS: [(&str, &str); 8] = [
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
    ("xl/worksheets/sheet1.bin", ""),
    ("xl/sharedStrings.bin", ""),
];

/// A file of a binary workbook that is made up, beside those that are sound: the sheet "a", and what it is.
const BINARY: [(&str, &[u8]); 2] = [
    (
        "xl/workbook.bin",
        b"\x9c\x01\x16\0\0\0\0\x01\0\0\0\x02\0\0\0r\x001\0\x01\0\0\0a\0\x90\x01\0\x9d\x01\0",
    ),
    (
        "xl/_rels/workbook.bin.rels",
        b"<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.bin\"/></Relationships>",
    ),
];
/// Parts that are of a workbook as XML.
const OF_XML: usize = 5;

fuzz_target!(|bytes: &[u8]| {
    let Some((&part, made_up)) = bytes.split_first() else { return };
    let part = usize::from(part) % PARTS.len();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, content: &[u8]| {
        zip.start_file(name, SimpleFileOptions::default()).expect("memory");
        zip.write_all(content).expect("memory");
    };
    let name = PARTS[part].0;
    if name.ends_with(".bin") {
        // A string that the sheet names, and a sheet that names it.
        let text = b"\x9f\x01\x08\x01\0\0\0\x01\0\0\0\x13\x0d\0\x04\0\0\0t\0e\0x\0t\0";
        let sheet = [
            &b"\x94\x01\x10"[..],
            &[0; 16],
            b"\x91\x01\0\0\x04\0\0\0\0\x07\x0c",
            &[0; 12],
            b"\x92\x01\0",
        ]
        .concat();
        for (other, content) in BINARY {
            add(other, content);
        }
        let is_sheet = name.contains("sheet1");
        add("xl/worksheets/sheet1.bin", if is_sheet { made_up } else { &sheet });
        add("xl/sharedStrings.bin", if is_sheet { text } else { made_up });
    } else if name == "content.xml" {
        add("mimetype", b"application/vnd.oasis.opendocument.spreadsheet");
        add("META-INF/manifest.xml", b"<manifest/>");
        add("content.xml", made_up);
    } else {
        for (index, (name, usual)) in PARTS[..OF_XML].iter().enumerate() {
            add(name, if index == part { made_up } else { usual.as_bytes() });
        }
    }
    read(&file(&zip.finish().expect("memory").into_inner()));
});
