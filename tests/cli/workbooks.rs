//! Workbooks of spreadsheets.

use crate::workspace::{SAMPLE, Table, Workspace};
use calamine::{Data, Range, Reader, Xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use std::io::{Cursor, Write};

const DUTIES: &str = "You order the backlog of our ferry app, write user stories with acceptance criteria and plan each \
    sprint with the Scrum team.";

/// A sheet: its name, and what fills it.
type NamedSheet<'s> = (&'s str, &'s dyn Fn(&mut Worksheet));

/// A workbook with these sheets.
fn workbook(sheets: &[NamedSheet]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, fill) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a name");
        fill(sheet);
    }
    book.save_to_buffer().expect("memory")
}

fn write(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in (0..).zip(cells) {
        if !cell.is_empty() {
            sheet.write_string(row, column, *cell).expect("memory");
        }
    }
}

fn plain(sheet: &mut Worksheet) {
    write(sheet, 0, &["title", "description"]);
    write(sheet, 1, &["Product Owner", DUTIES]);
}

/// What `classify` makes of a file, and what it says.
fn classified(bytes: &[u8], options: &[&str]) -> (Table, String) {
    let workspace = Workspace::with("in.bin", bytes);
    let ran = workspace.rolecall(&[&["classify", "in.bin", "-o", "out.csv"], options].concat());
    let said = ran.succeeds().lines.join("\n");
    (workspace.table("out.csv"), said)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("jobs.xlsx", zip::write::SimpleFileOptions::default()).expect("memory");
    zip.write_all(bytes).expect("memory");
    zip.finish().expect("memory").into_inner()
}

#[test]
fn workbooks_are_read_as_their_sheets_show_them() {
    let book = workbook(&[("Jobs", &|sheet| {
        let header = ["id", "title", "description", "posted", "at", "took", "remote", "sum", "n"];
        write(sheet, 0, &header);
        let day = ExcelDateTime::from_ymd(2025, 10, 13).expect("a date");
        let time = day.clone().and_hms(12, 59, 2).expect("a time");
        sheet.write_number(1, 0, 4012.0).expect("memory");
        write(sheet, 1, &["", "Product Owner", DUTIES]);
        write(sheet, 3, &["b", "Baker", "Bread"]);
        let dated = |format| Format::new().set_num_format(format);
        sheet.write_with_format(1, 3, &day, &dated("dd.mm.yyyy")).expect("memory");
        sheet.write_with_format(1, 4, &time, &dated("yyyy-mm-dd hh:mm:ss")).expect("memory");
        sheet.write_with_format(1, 5, 1.25, &dated("[h]:mm:ss")).expect("memory");
        sheet.write_boolean(1, 6, true).expect("memory");
        sheet.write_formula(1, 7, Formula::new("=1/0").set_result("#DIV/0!")).expect("memory");
        sheet.write_number(1, 8, 0.1 + 0.2).expect("memory");
    })]);
    let (table, said) = classified(&book, &[]);
    let first = ["4012", "Product Owner", DUTIES, "2025-10-13", "2025-10-13T12:59:02"];
    assert_eq!(table.rows[0][..5], first);
    assert_eq!(table.rows[0][5..9], ["30:00:00", "TRUE", "#DIV/0!", "0.3"]);
    // A row without values is none, as an empty line.
    assert_eq!(table.rows.len(), 2);
    assert_eq!(table.column("title"), ["Product Owner", "Baker"]);
    assert!(said.contains("sheet \"Jobs\"") && said.contains("2 rows in, 2 out"), "{said}");
    for packed in [gzip(&book), zip(&book), gzip(&zip(&book))] {
        assert_eq!(classified(&packed, &[]).0.rows, table.rows);
    }
    let piped = Workspace::new().rolecall(&["classify"]).stdin(&book).succeeds().table();
    assert_eq!(piped.rows, table.rows);
}

#[test]
fn the_sheet_with_postings_is_found_or_told() {
    let book = workbook(&[
        ("About", &|sheet| write(sheet, 0, &["made", "by me"])),
        ("Empty", &|_| ()),
        ("May", &plain),
        ("June", &|sheet| {
            write(sheet, 0, &["title", "description"]);
            write(sheet, 1, &["Baker", "Bread"]);
        }),
    ]);
    let (table, said) = classified(&book, &[]);
    assert_eq!(table.column("title"), ["Product Owner"]);
    for says in ["sheet \"May\"", "with postings that are not read: \"June\"", "\"About\""] {
        assert!(said.contains(says), "{said}");
    }
    for name in ["June", "june "] {
        let (table, said) = classified(&book, &["--sheet", name]);
        assert_eq!(table.column("title"), ["Baker"]);
        assert!(!said.contains("not read"), "{said}");
    }
    let workspace = Workspace::with("in.xlsx", &book);
    let refused = workspace.rolecall(&["classify", "in.xlsx", "--sheet", "Jule"]).fails();
    assert!(refused.contains("no sheet \"Jule\"; its sheets are \"About\""), "{refused}");
    let refused = workspace.rolecall(&["classify", "in.xlsx", "--sheet", "About"]).fails();
    assert!(refused.contains("no column with the text"), "{refused}");
    let none = workspace.rolecall(&["classify", "in.xlsx", "--sheet", "Empty"]).succeeds();
    none.says(&["there are no rows in it"]);
}

#[test]
fn a_header_may_stand_below_titles_and_be_merged() {
    let book = workbook(&[("Jobs", &|sheet| {
        write(sheet, 1, &["Jobs of May"]);
        sheet.merge_range(3, 1, 3, 2, "Job", &Format::new()).expect("memory");
        sheet.merge_range(3, 3, 4, 3, "Employer", &Format::new()).expect("memory");
        write(sheet, 4, &["", "title", "description"]);
        write(sheet, 5, &["", "Product Owner", DUTIES, "Ferry"]);
        write(sheet, 6, &["", "Baker", "Bread", "Oven", "", "a word aside"]);
    })]);
    let (table, said) = classified(&book, &[]);
    assert_eq!(table.header[..5], ["title", "description", "Employer", "", "predicted_role"]);
    assert_eq!(table.rows[1][..4], ["Baker", "Bread", "Oven", "a word aside"]);
    assert!(said.contains("header is in row 5") && said.contains("company from"), "{said}");
}

#[test]
fn workbooks_of_open_document_are_read() {
    let (table, _) = classified(include_bytes!("../fixtures/plain.ods"), &[]);
    assert_eq!(table.column("title"), ["Product Owner", "Baker"]);
    assert_eq!(table.rows[1][1..3], ["Bread\nis good", "2.5"]);
}

/// A workbook of Excel up to 2003: a sheet About, the postings, and a hidden sheet with one more.
const OLD: &[u8] = include_bytes!("../fixtures/plain.xls");

#[test]
fn workbooks_of_excel_up_to_2003_are_read_as_their_sheets_show_them() {
    let (table, said) = classified(OLD, &[]);
    let first = ["4012", "Product Owner", DUTIES, "2025-10-13", "2025-10-13T12:59:02"];
    assert_eq!(table.rows[0][..5], first);
    assert_eq!(table.rows[0][5..10], ["30:00:00", "TRUE", "", "0.3", "Malmö"]);
    assert_eq!(
        table.rows[1][2..10],
        ["Bread\nis good", "", "", "12.5", "13.5", "", "#DIV/0!", "Київ"]
    );
    // Its text takes several records.
    assert_eq!(table.rows[2][2], format!("Много хлеба. {}", "x".repeat(9000)));
    assert_eq!(table.rows.len(), 3);
    for says in ["sheet \"Jobs\"", "header is in row 3", "not read: \"Old\"", "3 rows in, 3 out"] {
        assert!(said.contains(says), "{said}");
    }
    for packed in [gzip(OLD), zip(OLD)] {
        assert_eq!(classified(&packed, &[]).0.rows, table.rows);
    }
    let piped = Workspace::new().rolecall(&["classify"]).stdin(OLD).succeeds().table();
    assert_eq!(piped.rows, table.rows);
    assert_eq!(classified(OLD, &["--sheet", "old"]).0.column("title"), ["Old"]);
    let workspace = Workspace::with("in.xls", OLD);
    let refused = workspace.rolecall(&["classify", "in.xls", "--sheet", "May"]).fails();
    assert!(refused.contains("its sheets are \"About\", \"Jobs\", \"Old\""), "{refused}");
}

/// A record of a binary workbook: its kind, and what is in it.
fn record(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let data = parts.concat();
    let length = [data.len() as u8 | 0x80, (data.len() >> 7) as u8];
    // Kinds and lengths of more than seven bits take two bytes.
    let kind = if kind < 0x80 { vec![kind] } else { vec![kind, 1] };
    [&kind[..], &length, &data].concat()
}

/// A text behind its length.
fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let bytes = units.iter().flat_map(|unit| unit.to_le_bytes());
    (units.len() as u32).to_le_bytes().into_iter().chain(bytes).collect()
}

/// A binary workbook (`.xlsb`) with one sheet, whose last column has dates.
fn binary_workbook() -> Vec<u8> {
    let number = |n: u32| n.to_le_bytes();
    let mut sheet = [record(0x94, &[&[0; 16]]), record(0x91, &[])].concat();
    for (row, [title, text]) in (0..).zip([["title", "description"], ["Product Owner", DUTIES]]) {
        sheet.extend(record(0, &[&number(row)]));
        for (column, text) in (0..).zip([title, text]) {
            sheet.extend(record(6, &[&number(column), &number(0), &wide(text)]));
        }
    }
    sheet.extend(record(5, &[&number(2), &number(0), &45_943.0f64.to_le_bytes()]));
    sheet.extend(record(0x92, &[]));
    let names = record(0x9c, &[&number(0), &number(1), &wide("r1"), &wide("Jobs")]);
    let book = [names, record(0x90, &[]), record(0x9d, &[])].concat();
    // One format of cells: that of a day.
    let mut styles = vec![0xe9, 4, 4, 1, 0, 0, 0];
    styles.extend(record(0x2f, &[&[0, 0, 14, 0]]));
    let links =
        "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [
        ("xl/workbook.bin", book),
        ("xl/_rels/workbook.bin.rels", links.into()),
        ("xl/styles.bin", styles),
        ("xl/worksheets/sheet1.bin", sheet),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("memory");
        zip.write_all(&part).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

#[test]
fn binary_workbooks_are_read() {
    let (table, said) = classified(&binary_workbook(), &[]);
    assert_eq!(table.rows[0][..3], ["Product Owner", DUTIES, "2025-10-13"]);
    assert!(said.contains("sheet \"Jobs\"") && said.contains("1 rows in, 1 out"), "{said}");
}

#[test]
fn sheets_that_are_only_called_xls_are_read_or_named() {
    let page = format!(
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><meta charset=utf-8><style>td {{}}</style>\
         <table><tr><td>by</td><td>me</td></tr></table><table border=1>\n<tr><td colspan=2>Jobs of May</td></tr>\n\
         <tr><th>title</th><th>description</th></tr>\n<tr><td>Product Owner</td><td>{DUTIES}<br>A &amp; B</td></tr>\n\
         <tr><td>Baker</td><td>Bread</td></tr></table></html>"
    );
    let (table, _) = classified(page.as_bytes(), &[]);
    assert_eq!(table.column("title"), ["Product Owner", "Baker"]);
    assert_eq!(table.column("description")[0], format!("{DUTIES}\nA & B"));
    let tabs = format!("title\tdescription\r\nProduct Owner\t{DUTIES}\r\n");
    let wide: Vec<u8> = tabs.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [tabs.into_bytes(), [b"\xff\xfe", &wide[..]].concat()] {
        assert_eq!(classified(&bytes, &[]).0.column("title"), ["Product Owner"]);
    }
    for (bytes, says) in [
        (
            "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"></Workbook>",
            "Excel 2003",
        ),
        ("MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "web archive"),
        ("ID;PWXL;N;E\nC;Y1;X1;K\"title\"\n", "SYLK"),
        ("\t\0\u{4}\0\u{2}\0\u{10}\0", "before 1995"),
    ] {
        let workspace = Workspace::with("in.xls", bytes);
        let refused = workspace.rolecall(&["classify", "in.xls"]).fails();
        assert!(refused.contains(says) && refused.contains("save it as"), "{refused}");
    }
}

/// The old workbook with this stream in place of that of the workbook.
fn renamed(stream: &str) -> Vec<u8> {
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let old = wide("Workbook\0");
    let at = OLD.windows(old.len()).position(|bytes| bytes == old).expect("its name");
    let mut bytes = OLD.to_vec();
    let new = wide(stream);
    bytes[at..at + 64].fill(0);
    bytes[at..at + new.len()].copy_from_slice(&new);
    bytes
}

#[test]
fn workbooks_that_cannot_be_read_are_named() {
    let book = workbook(&[("Jobs", &plain)]);
    let mut locked = OLD.to_vec();
    // What follows the beginning of the workbook says that all else is encrypted.
    let second = 512 + 4 + 16;
    locked[second..second + 2].copy_from_slice(&[0x2f, 0]);
    // Sectors that lead to themselves.
    let mut circle = OLD.to_vec();
    let table = 512 * (1 + usize::from(circle[76]));
    for (number, next) in circle[table..table + 512].chunks_exact_mut(4).enumerate() {
        next.copy_from_slice(&(number as u32).to_le_bytes());
    }
    for (bytes, says) in [
        (book[..book.len() / 2].to_vec(), "damaged"),
        (OLD[..OLD.len() / 2].to_vec(), "damaged"),
        (circle, "in a circle"),
        (locked, "with a password; open it"),
        (
            renamed("EncryptedPackage"),
            "with a password: open it in its program and save it without",
        ),
        (renamed("WordDocument"), "a Word document"),
        (renamed("Notes"), "an old Office program"),
    ] {
        let workspace = Workspace::with("in.xlsx", &bytes);
        let refused = workspace.rolecall(&["classify", "in.xlsx", "-o", "out.csv"]).fails();
        assert!(refused.contains("in.xlsx") && refused.contains(says), "{refused}");
        assert_eq!(refused.trim().lines().count(), 1, "{refused}");
        assert!(!workspace.path("out.csv").exists());
    }
}

#[test]
fn formulas_without_values_are_counted() {
    let (table, said) = classified(include_bytes!("../fixtures/formulas.xlsx"), &[]);
    assert_eq!(table.rows[0][2], "");
    assert!(said.contains("1 formulas have no value"), "{said}");
}

/// The cells of the first sheet of a workbook.
fn cells(bytes: &[u8]) -> Range<Data> {
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let formulas = book.worksheet_formula("Sheet1").expect("a sheet");
    assert!(formulas.is_empty(), "{formulas:?}");
    book.worksheet_range("Sheet1").expect("a sheet")
}

#[test]
fn a_workbook_is_written_with_texts_and_numbers() {
    let table = Table {
        header: ["id", "title", "description"].map(str::to_owned).to_vec(),
        rows: [
            ["0012", "=1+1", DUTIES],
            ["https://ferry.example/1", "Product Owner", "_x0041_ \u{1}bell\n<b>&amp;"],
            ["", "Baker", ""],
        ]
        .map(|row| row.map(str::to_owned).to_vec())
        .to_vec(),
    };
    let workspace = Workspace::with("in.csv", table.bytes());
    let classify = |name: &str| {
        workspace.rolecall(&["classify", "in.csv", "-o", name]).succeeds();
        workspace.read(name)
    };
    let book = classify("out.xlsx");
    assert_eq!(classify("again.xlsx"), book, "the same rows give the same bytes");
    classify("out.csv");
    let expected = workspace.table("out.csv");
    let found = cells(&book);
    assert_eq!(found.get_size(), (4, expected.header.len()));
    for (row, cells) in expected.rows.iter().zip(found.rows().skip(1)) {
        for ((name, text), cell) in expected.header.iter().zip(row).zip(cells) {
            match cell {
                Data::Empty => assert_eq!(text, ""),
                Data::Float(number) => {
                    assert!(name.starts_with("p_") || name == "confidence", "{name}");
                    assert_eq!(&format!("{number:.6}"), text);
                }
                Data::String(shown) => assert_eq!(shown, text, "{name}"),
                other => panic!("{other:?}"),
            }
        }
    }
    let asked = workspace.rolecall(&["classify", "in.csv", "--format", "xlsx"]).succeeds();
    assert_eq!(asked.stdout, book);
    // Read again, by the name that it was given.
    let again = ["classify", "out.xlsx", "-o", "replaced.xlsx", "--replace"];
    workspace.rolecall(&again).succeeds();
    assert_eq!(cells(&workspace.read("replaced.xlsx")).get_size(), found.get_size());
    for [command, out] in [["audit", "findings.xlsx"], ["skills", "skills.xlsx"]] {
        workspace.rolecall(&[command, SAMPLE, "-o", out]).succeeds();
        workspace.rolecall(&[command, SAMPLE, "-o", "out.csv"]).succeeds();
        let rows = workspace.table("out.csv").rows.len() + 1;
        assert_eq!(cells(&workspace.read(out)).height(), rows);
    }
}

#[test]
fn what_a_cell_cannot_hold_is_cut_and_counted() {
    let text = format!("{DUTIES} {}", "ä".repeat(40_000));
    let workspace = Workspace::with("in.csv", format!("title,text\nProduct Owner,\"{text}\"\n"));
    let ran = workspace.rolecall(&["classify", "in.csv", "-o", "out.xlsx"]).succeeds();
    ran.says(&["out.xlsx: 1 cells were cut at 32,767 characters", ".parquet"]);
    let found = cells(&workspace.read("out.xlsx"));
    let cell = found.get_value((1, 1)).expect("it is there").to_string();
    assert_eq!(cell.chars().count(), 32_767);
    let quiet = workspace.rolecall(&["classify", "in.csv", "-o", "out.xlsx", "-q"]).succeeds();
    assert!(quiet.lines.is_empty());
}

#[test]
fn decisions_may_be_in_a_workbook() {
    let workspace = Workspace::with("in.csv", "id,title,text,role\n7,Baker,Bread,product_owner\n");
    let decisions = workbook(&[("Decisions", &|sheet| {
        write(sheet, 0, &["row", "id", "title", "decision", "role"]);
        sheet.write_number(1, 0, 1).expect("memory");
        sheet.write_number(1, 1, 7).expect("memory");
        write(sheet, 1, &["", "", "Baker", "accept", "other"]);
    })]);
    workspace.write("decisions.xlsx", decisions);
    let arguments = ["review", "decisions.xlsx", "in.csv", "-o", "out.csv"];
    workspace.rolecall(&arguments).succeeds().says(&["1 decisions applied"]);
    assert_eq!(workspace.table("out.csv").column("role"), ["other"]);
}
