//! `suggest`: the same rows whatever their order, none of them known, and no two alike.

use crate::workspace::{SAMPLE, SAMPLE_MODEL, Table, Workspace};
use std::collections::BTreeSet;

/// A model that was trained on the first rows of the sample, and the sample without its labels.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    let mut table = Table::of(SAMPLE);
    let labelled = Table { header: table.header.clone(), rows: table.rows[..30].to_vec() };
    workspace.write("labelled.csv", labelled.bytes());
    workspace.rolecall(&["train", "labelled.csv", "-o", "first.rolecall"]).succeeds();
    let role = table.place("role");
    table.header.remove(role);
    table.rows.iter_mut().for_each(|row| drop(row.remove(role)));
    workspace.write("in.csv", table.bytes());
    workspace
}

fn suggest(workspace: &Workspace, file: &str, more: &[&str]) -> Table {
    let arguments = ["suggest", file, "--model", "first.rolecall"];
    workspace.rolecall(&[&arguments[..], more].concat()).succeeds().table()
}

#[test]
fn rows_come_with_reasons_and_a_column_to_fill() {
    let workspace = workspace();
    let found = suggest(&workspace, "in.csv", &["-n", "12"]);
    let input = workspace.table("in.csv");
    assert_eq!(found.header, [&input.header[..], &["why".to_owned(), "role".to_owned()]].concat());
    assert_eq!(found.rows.len(), 12);
    assert!(found.column("role").iter().all(|role| role.is_empty()));
    let drawn = found.column("why").iter().filter(|why| why.contains("at random")).count();
    assert_eq!(drawn, 4, "{:?}", found.column("why"));
    let doubtful = found.column("why").iter().filter(|why| why.contains(" or ")).count();
    assert_eq!(doubtful, 8);
    for row in &found.rows {
        assert!(input.rows.contains(&row[..input.header.len()].to_vec()));
    }
    // What the model has learned from is not suggested again.
    let learned: BTreeSet<&str> = input.column("id")[..30].iter().copied().collect();
    assert!(found.column("id").iter().all(|id| !learned.contains(id)));
    let all = suggest(&workspace, "in.csv", &["-n", "1000"]);
    let ids: BTreeSet<&str> = all.column("id").into_iter().collect();
    assert_eq!(ids.len(), all.rows.len());
    assert!(all.rows.len() <= 55);
}

#[test]
fn the_order_of_rows_and_the_number_of_threads_do_not_matter() {
    let workspace = workspace();
    let found = suggest(&workspace, "in.csv", &["-n", "20", "--threads", "1"]);
    assert_eq!(suggest(&workspace, "in.csv", &["-n", "20", "--threads", "3"]), found);
    let mut table = workspace.table("in.csv");
    table.rows.reverse();
    table.rows.swap(3, 40);
    workspace.write("other_order.csv", table.bytes());
    assert_eq!(suggest(&workspace, "other_order.csv", &["-n", "20"]), found);
    let columns = ["--no-evidence", "-q", "-o", "in.parquet"];
    workspace.rolecall(&[&["classify", "in.csv"], &columns[..]].concat()).succeeds();
    let of_parquet = suggest(&workspace, "in.parquet", &["-n", "20", "--format", "csv"]);
    assert_eq!(of_parquet.column("id"), found.column("id"));
    assert_eq!(of_parquet.column("description"), found.column("description"));
    let piped = ["suggest", "--model", "first.rolecall", "-n", "20"];
    let piped = workspace.rolecall(&piped).stdin(workspace.read("in.csv")).succeeds().table();
    assert_eq!(piped, found);
}

#[test]
fn no_two_rows_are_near_copies_and_none_is_one_of_a_labelled_row() {
    let workspace = workspace();
    let mut table = workspace.table("in.csv");
    let [id, company, text] = ["id", "company", "description"].map(|name| table.place(name));
    let copies: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| {
            let mut copy = row.clone();
            copy[id] += "-copy";
            copy[company] += " Staffing";
            copy[text] += "\nRef. 4012, apply by email.";
            copy
        })
        .collect();
    table.rows.extend(copies);
    workspace.write("copies.csv", table.bytes());
    let found = suggest(&workspace, "copies.csv", &["-n", "200"]);
    let originals = |table: &Table| -> Vec<String> {
        table.column("id").iter().map(|id| id.trim_end_matches("-copy").to_owned()).collect()
    };
    let ids = originals(&found);
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    // The same where labels are in the file, and the model does not know its rows.
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    let compact = ["model", "export", "sample.rolecall", "--compact", "-o", "compact.rolecall"];
    workspace.rolecall(&compact).succeeds();
    let mut labelled = Table::of(SAMPLE);
    let role = labelled.place("role");
    labelled.rows[20..].iter_mut().for_each(|row| row[role].clear());
    let copy = labelled.rows[..5].iter().map(|row| {
        let mut copy = row.clone();
        (copy[id], copy[role]) = (format!("{}-copy", copy[id]), String::new());
        copy
    });
    let copy: Vec<Vec<String>> = copy.collect();
    labelled.rows.extend(copy);
    workspace.write("labelled.csv", labelled.bytes());
    let arguments = ["suggest", "labelled.csv", "--model", "compact.rolecall", "-n", "200"];
    let ran = workspace.rolecall(&arguments).succeeds();
    ran.says(&["20 have a label"]);
    let found = ran.table();
    assert_eq!(found.header, [&labelled.header[..], &["why".to_owned()]].concat());
    let known: BTreeSet<&str> = labelled.column("id")[..20].iter().copied().collect();
    let ids = originals(&found);
    assert!(ids.iter().all(|id| !known.contains(id.as_str())), "{ids:?}");
}

#[test]
fn a_page_shows_the_same_rows() {
    let workspace = workspace();
    let found = suggest(&workspace, "in.csv", &["-n", "9", "--report", "page.html"]);
    let page = String::from_utf8(workspace.read("page.html")).expect("a page is UTF-8");
    assert!(page.contains("9 of 85 rows, the most useful to label first"));
    for id in found.column("id") {
        assert!(page.contains(&format!("\"id\":\"{id}\"")), "{id}");
    }
    let nothing = ["suggest", "empty.csv", "--model", "first.rolecall"];
    workspace.write("empty.csv", "title,description\n");
    let ran = workspace.rolecall(&nothing).succeeds();
    ran.says(&["0 of 0 rows suggested"]);
}
