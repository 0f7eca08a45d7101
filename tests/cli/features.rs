//! `features`: what a model reads in each posting.

use crate::workspace::{ROLES, Table, Workspace};

const CHANNELS: [&str; 6] = ["skills", "words", "phrases", "mentions", "contexts", "title"];

fn postings() -> Vec<u8> {
    let text = "You own the product backlog, write user stories and refine them with the team.";
    let rows = [["1", "Product Owner", "Acme", text, "product_owner"], ["2", "", "", text, ""]];
    let header = ["id", "title", "company", "description", "role"].map(str::to_owned).to_vec();
    let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
    Table { header, rows }.bytes()
}

#[test]
fn each_posting_is_a_row_of_features_and_scores() {
    let workspace = Workspace::with("in.csv", postings());
    let out = workspace.rolecall(&["features", "in.csv"]).succeeds().table();
    let scores = CHANNELS.iter().flat_map(|channel| {
        ROLES.iter().chain(&["other"]).map(move |outcome| format!("score_{channel}_{outcome}"))
    });
    let lexicon = ROLES.iter().map(|role| format!("score_lexicon_{role}"));
    let first = ["row", "id", "title", "company", "role", "features"].map(str::to_owned);
    let header: Vec<String> = first.into_iter().chain(scores).chain(lexicon).collect();
    assert_eq!(out.header, header);
    assert_eq!(out.column("role"), ["product_owner", ""]);
    let lists: Vec<Vec<&str>> =
        out.column("features").iter().map(|list| list.split("; ").collect()).collect();
    assert!(lists.iter().all(|list| list.is_sorted() && list.contains(&"words:backlog")));
    let of_title = |list: &[&str]| list.iter().filter(|f| f.starts_with("title:")).count();
    assert!(of_title(&lists[0]) > 0 && of_title(&lists[1]) == 0, "{lists:?}");
    // The scores are those of the same text, and what a Product Owner does speaks for one.
    for name in &header[6..] {
        let of_title = name.starts_with("score_title_");
        let column = out.column(name);
        assert!(of_title || column[0] == column[1], "{name}: {column:?}");
        assert!(!of_title || column[1] == "0.000000", "{name}: {column:?}");
    }
    let [owner, technical] =
        [ROLES[0], ROLES[2]].map(|role| out.numbers(&format!("score_skills_{role}"))[0]);
    assert!(owner > technical, "{owner} {technical}");
}

#[test]
fn lists_are_lists_where_the_form_has_them() {
    let workspace = Workspace::with("in.csv", postings());
    let lines = workspace.rolecall(&["features", "in.csv", "--format", "jsonl"]).succeeds();
    let first = lines.text().lines().next().expect("a row").to_owned();
    let row: serde_json::Value = serde_json::from_str(&first).expect("JSON");
    assert!(row["features"].as_array().is_some_and(|list| list.len() > 5), "{row}");
    assert!(row["score_words_other"].is_number(), "{row}");
    workspace.rolecall(&["features", "in.csv", "-o", "out.parquet"]).succeeds();
    assert!(workspace.read("out.parquet").starts_with(b"PAR1"));
}
