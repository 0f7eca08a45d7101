//! Files as they come: other delimiters, encodings and packings, quotes that are wrong, and rejected
//! rows that are mended and given back.

use crate::workspace::{PLAIN, Table, Workspace};

/// The posting that every file here has.
fn posting() -> (String, String) {
    let plain = Table::of(PLAIN);
    (plain.column("title")[0].to_owned(), plain.column("description")[0].replace('"', "'"))
}

/// The lines that a file becomes.
fn judged_as(name: &str, bytes: impl AsRef<[u8]>, out: &str, more: &[&str]) -> Vec<String> {
    let workspace = Workspace::with(name, bytes);
    workspace.rolecall(&[&["classify", name, "-o", out, "-q"], more].concat()).succeeds();
    let written = String::from_utf8(workspace.read(out)).expect("it is UTF-8");
    written.lines().map(str::to_owned).collect()
}

fn judged(bytes: impl AsRef<[u8]>, more: &[&str]) -> Vec<String> {
    judged_as("in.csv", bytes, "out.csv", more)
}

#[test]
fn delimiters_are_found_and_kept() {
    let (title, text) = posting();
    for delimiter in [",", "\t", ";", "|"] {
        let file = format!("title{delimiter}text\n\"{title}\"{delimiter}\"{text}\"\n");
        let head = format!("title{delimiter}text{delimiter}predicted_role");
        let written = |more| judged_as("in.txt", &file, "out.txt", more)[0].clone();
        for more in [&[][..], &["--delimiter", delimiter]] {
            assert!(written(more).starts_with(&head), "{delimiter:?} {more:?}");
        }
    }
}

#[test]
fn encodings_are_found_or_told() {
    let row = "Produktbesitzer,Für “größere” Märkte – auch in Köln\n";
    let file = format!("title,text\n{row}");
    let mac = encoding_rs::MACINTOSH.encode(&file).0;
    let western = encoding_rs::WINDOWS_1252.encode(&file).0;
    let wide: Vec<u8> = file.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [&mac[..], &western, &wide, file.as_bytes(), format!("\u{feff}{file}").as_bytes()]
    {
        assert!(judged(bytes, &[])[1].starts_with(row.trim_end()), "{bytes:?}");
    }
    let told = judged(b"title,text\nA,\xa4\n", &["--encoding", "iso-8859-15"]);
    assert!(told[1].starts_with("A,€,"), "{told:?}");
}

#[test]
fn a_quote_that_is_not_closed_costs_its_row_only() {
    let many = "4,\"good, text\"\n5,more\n".repeat(2000);
    for (wrong, rows) in [("3,\"never closed\n", 1), ("3,\"he said \"yes\"\nand left\n", 1)] {
        let workspace = Workspace::with("in.csv", format!("id,text\n1,one\n{wrong}{many}"));
        let arguments = ["classify", "in.csv", "--rejects", "wrong.csv", "-o", "out.csv"];
        let ran = workspace.rolecall(&arguments).succeeds();
        ran.says(&["line 3", "not closed", "wrong.csv"]);
        assert_eq!(workspace.table("out.csv").rows.len(), 4001);
        let rejected = workspace.table("wrong.csv");
        assert_eq!(rejected.rows.len(), 1 + rows);
        assert_eq!(rejected.column("raw")[1], wrong.trim_end());
    }
    // A quote within a line can be read.
    let read = judged("id,text\n1,5\" pipe\n2,\"a \"small\" one\"\n", &[]);
    assert!(read[1].starts_with("1,5\" pipe,") && read[2].starts_with("2,\"a small\"\" one\"\"\""));
}

#[test]
fn rejected_rows_can_be_mended_and_given_back() {
    let workspace = Workspace::with("in.csv", "id,text\n1,one\n2,two,too\n3,\"x\n4,four\n");
    let reject = ["classify", "in.csv", "--rejects", "wrong.csv", "-o", "out.csv"];
    workspace.rolecall(&reject).succeeds();
    let mended = String::from_utf8(workspace.read("wrong.csv")).expect("it is UTF-8");
    workspace
        .write("mended.csv", mended.replace("2,two,too", "2,two too").replace("3,\"\"x", "3,x"));
    let again = ["classify", "mended.csv", "-o", "rest.csv", "--max-rejects", "0"];
    workspace.rolecall(&again).succeeds();
    let rest = workspace.table("rest.csv");
    assert_eq!(rest.column("id"), ["2", "3"]);
    assert_eq!(rest.column("text"), ["two too", "x"]);
    workspace
        .rolecall(&["classify", "wrong.csv", "-o", "rest.csv", "--max-rejects", "0"])
        .notices();
}

#[test]
fn columns_without_names_go_by_number() {
    let rows = judged(
        "Product Owner,Own the backlog\nBaker,Bread\n",
        &["--no-header", "--title", "1", "--description", "2"],
    );
    assert_eq!(rows.len(), 2);
    assert!(rows[1].starts_with("Baker,Bread,"), "{rows:?}");
}

#[test]
fn lines_may_end_as_on_old_macintoshes() {
    let rows = judged("title,text\rBaker,Bread\rCook,Soup\r", &[]);
    assert_eq!(rows.len(), 3);
}

#[test]
fn what_was_found_is_said() {
    let workspace = Workspace::with("in.csv", b"\n\ntitle\ttext\nA\tK\xf6ln\n");
    let ran = workspace.rolecall(&["classify", "in.csv", "-o", "out.csv"]).succeeds();
    ran.says(&["encoding windows-1252", "delimiter '\\t'"]);
}
