//! The page of verdicts: which rows are on it, and that its decisions are read.

use crate::workspace::{SAMPLE, Table, Workspace};
use serde_json::Value;

/// The data of a page.
fn data(workspace: &Workspace, page: &str) -> Value {
    let page = String::from_utf8(workspace.read(page)).expect("a page is UTF-8");
    let (_, rest) = page.split_once("id=\"data\">").expect("the page has data");
    let (json, _) = rest.split_once("</script>").expect("the data end");
    serde_json::from_str(json).expect("they are JSON")
}

fn column(data: &Value, name: &str) -> Vec<Value> {
    let postings = data["postings"].as_array().expect("a list");
    postings.iter().map(|posting| posting[name].clone()).collect()
}

#[test]
fn the_least_confident_rows_come_first_and_the_others_are_counted() {
    let workspace = Workspace::new();
    let classify = ["classify", SAMPLE, "-o", "out.csv", "--report", "page.html"];
    let ran = workspace.rolecall(&classify).succeeds();
    ran.says(&["page.html: 85 of 85 rows, the least confident first"]);
    let all = data(&workspace, "page.html");
    let confidences: Vec<f64> =
        column(&all, "measure").iter().map(|c| c.as_f64().expect("a number")).collect();
    assert!(confidences.is_sorted(), "{confidences:?}");
    let out = workspace.table("out.csv");
    let (decisions, roles) = (out.column("decision"), out.column("predicted_role"));
    for (row, role) in column(&all, "row").iter().zip(column(&all, "suggested")) {
        let row = row.as_u64().expect("a number") as usize;
        assert_eq!(roles[row - 1], role.as_str().expect("a role"));
    }
    let few = [&classify[..], &["--only", "review,accept", "--top", "7"]].concat();
    let ran = workspace.rolecall(&few).succeeds();
    ran.says(&["7 of 65 rows (review, accept), of 85", "58 are left out: --top"]);
    let rows: Vec<usize> = column(&data(&workspace, "page.html"), "row")
        .iter()
        .map(|row| row.as_u64().expect("a number") as usize)
        .collect();
    assert_eq!(rows.len(), 7);
    assert!(rows.iter().all(|row| ["review", "accept"].contains(&decisions[row - 1])));
    assert_eq!(rows[0], column(&all, "row")[0].as_u64().expect("a number") as usize);
}

#[test]
fn a_page_changes_no_verdict_and_is_the_same_with_any_number_of_threads() {
    let workspace = Workspace::new();
    workspace.rolecall(&["classify", SAMPLE, "-o", "plain.csv"]).succeeds();
    for threads in ["1", "3"] {
        let page = format!("{threads}.html");
        let options = ["-o", "out.csv", "--report", &page, "--threads", threads];
        workspace.rolecall(&[&["classify", SAMPLE], &options[..]].concat()).succeeds();
        assert_eq!(workspace.read("out.csv"), workspace.read("plain.csv"));
    }
    assert_eq!(workspace.read("1.html"), workspace.read("3.html"));
    let refused = ["classify", SAMPLE, "--only", "review", "-o", "out.csv"];
    let ran = workspace.rolecall(&refused).command().output().expect("it runs");
    assert_eq!(ran.status.code(), Some(2));
}

#[test]
fn what_is_decided_on_the_page_finds_its_row() {
    let workspace = Workspace::new();
    workspace.rolecall(&["classify", SAMPLE, "-o", "out.csv", "--report", "page.html"]).succeeds();
    let posting = &data(&workspace, "page.html")["postings"][3];
    let text = |name: &str| posting[name].as_str().expect("a text").to_owned();
    let decision = format!(
        "row,id,title,text,stated_role,decision,role\n1,{},\"{}\",{},none,other,product_owner\n",
        text("id"),
        text("title"),
        text("text")
    );
    workspace.write("decisions.csv", decision);
    let mut verdicts = workspace.table("out.csv");
    verdicts.rows.reverse();
    workspace.write("verdicts.csv", verdicts.bytes());
    let review = ["review", "decisions.csv", "verdicts.csv", "--all", "-o", "all.csv"];
    workspace.rolecall(&review).succeeds().says(&["85 rows written, 1 decisions applied"]);
    let all = workspace.table("all.csv");
    assert_eq!(all.column("predicted_role"), verdicts.column("predicted_role"));
    let reviewed: Vec<usize> =
        (0..85).filter(|&row| all.column("reviewed")[row] == "other").collect();
    let [row] = reviewed[..] else { panic!("one row is decided on: {reviewed:?}") };
    assert_eq!(all.column("id")[row], text("id"));
    assert_eq!(all.column("role")[row], "product_owner");
}

#[test]
fn hostile_postings_are_data() {
    let hostile = "</script><script>window.pwned=1</script>";
    let table = Table {
        header: ["id", "title", "company", "description"].map(str::to_owned).to_vec(),
        rows: vec![vec![hostile.to_owned(); 4]],
    };
    let workspace = Workspace::with("in.csv", table.bytes());
    let classify = ["classify", "in.csv", "-o", "out.csv", "--report", "page.html"];
    workspace.rolecall(&classify).succeeds();
    let page = String::from_utf8(workspace.read("page.html")).expect("a page is UTF-8");
    assert!(!page.contains("<script>window"));
    assert_eq!(column(&data(&workspace, "page.html"), "title"), [hostile]);
}
