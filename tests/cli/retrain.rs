//! `retrain`: exact counts, what it reports, what it refuses; and a process that is killed.

use crate::workspace::{PLAIN, SAMPLE, SAMPLE_MODEL, Table, Workspace};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// The sample in two files: every third row in `new.csv`, the others in `old.csv`; and a model of the
/// latter.
fn split() -> Workspace {
    let workspace = Workspace::new();
    let sample = Table::of(SAMPLE);
    let part = |wanted: fn(usize) -> bool| {
        let rows = sample.rows.iter().enumerate().filter(|(i, _)| wanted(*i));
        Table { header: sample.header.clone(), rows: rows.map(|(_, row)| row.clone()).collect() }
    };
    workspace.write("old.csv", part(|i| i % 3 > 0).bytes());
    workspace.write("new.csv", part(|i| i % 3 == 0).bytes());
    workspace.rolecall(&["train", "old.csv", "-o", "old.rolecall"]).succeeds();
    workspace
}

fn counts(workspace: &Workspace, model: &str) -> String {
    workspace.rolecall(&["model", "export", model, "--counts"]).succeeds().text().to_owned()
}

/// The new rows with every role taken for the next.
fn wrong(workspace: &Workspace) -> Table {
    let mut table = workspace.table("new.csv");
    let role = table.place("role");
    for row in &mut table.rows {
        let next = match row[role].as_str() {
            "product_owner" => "product_manager",
            "product_manager" => "technical_project_manager",
            "technical_project_manager" => "product_owner",
            _ => continue,
        };
        row[role] = next.into();
    }
    table
}

#[test]
fn adding_and_merging_count_as_training_does() {
    let workspace = split();
    workspace.write("all.rolecall", &*SAMPLE_MODEL);
    let all = counts(&workspace, "all.rolecall");
    for threads in ["1", "2"] {
        let arguments = ["retrain", "old.rolecall", "--add", "new.csv", "-o", "added.rolecall"];
        workspace.rolecall(&[&arguments[..], &["--threads", threads]].concat()).succeeds();
        assert!(counts(&workspace, "added.rolecall") == all, "{threads} threads");
    }
    workspace.rolecall(&["train", "new.csv", "-o", "new.rolecall"]).succeeds();
    for [start, merged] in [["old", "new"], ["new", "old"]] {
        let [start, merged] = [start, merged].map(|name| format!("{name}.rolecall"));
        let arguments = ["retrain", &start, "--merge", &merged, "-o", "merged.rolecall"];
        workspace.rolecall(&arguments).succeeds();
        assert!(counts(&workspace, "merged.rolecall") == all, "{start} and {merged}");
    }
}

#[test]
fn removing_what_was_added_gives_the_bytes_of_before() {
    let workspace = split();
    let mut rows = workspace.table("new.csv");
    workspace.write("b.csv", Table { rows: rows.rows.split_off(15), ..rows.clone() }.bytes());
    workspace.write("a.csv", rows.bytes());
    let retrain = |from: &str, what: &str, file: &str, to: &str| {
        let arguments = ["retrain", from, what, file, "-o", to, "--allow-worse"];
        workspace.rolecall(&arguments).succeeds().text().to_owned()
    };
    retrain("old.rolecall", "--add", "a.csv", "1.rolecall");
    retrain("1.rolecall", "--add", "b.csv", "2.rolecall");
    let said = retrain("2.rolecall", "--remove", "b.csv", "3.rolecall");
    assert!(said.contains("taken back"), "{said}");
    assert!(workspace.read("3.rolecall") == workspace.read("1.rolecall"));
    retrain("3.rolecall", "--remove", "a.csv", "4.rolecall");
    assert!(workspace.read("4.rolecall") == workspace.read("old.rolecall"));
    // In another order only the counts can be the same.
    retrain("2.rolecall", "--remove", "a.csv", "5.rolecall");
    retrain("old.rolecall", "--add", "b.csv", "6.rolecall");
    assert!(counts(&workspace, "5.rolecall") == counts(&workspace, "6.rolecall"));
    // All at once, in place.
    workspace.write("old-copy.rolecall", workspace.read("old.rolecall"));
    retrain("2.rolecall", "--remove", "new.csv", "2.rolecall");
    assert!(workspace.read("2.rolecall") == workspace.read("old.rolecall"));
}

#[test]
fn rows_that_were_never_added_are_not_removed() {
    let workspace = split();
    let refused = workspace
        .rolecall(&["retrain", "old.rolecall", "--remove", "new.csv", "-o", "x.rolecall"])
        .fails();
    for part in ["29 rows", "new.csv, row 1", "s001", "and 24 more", "title, organisation"] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
}

#[test]
fn a_row_is_not_counted_twice_unless_asked() {
    let workspace = split();
    let add = |file: &str, to: &str, more: &[&str]| {
        let arguments = ["retrain", "old.rolecall", "--add", file, "-o", to, "--allow-worse"];
        workspace.rolecall(&[&arguments[..], more].concat()).succeeds().text().to_owned()
    };
    add("new.csv", "once.rolecall", &[]);
    let mut twice = workspace.table("new.csv");
    twice.rows.extend(twice.rows.clone());
    twice.rows.extend(workspace.table("old.csv").rows[..5].to_vec());
    workspace.write("twice.csv", twice.bytes());
    let said = add("twice.csv", "twice.rolecall", &[]);
    assert!(said.contains("29 added, 34 not counted twice"), "{said}");
    assert!(counts(&workspace, "twice.rolecall") == counts(&workspace, "once.rolecall"));
    let said = add("twice.csv", "both.rolecall", &["--count-twice"]);
    assert!(said.contains("63 added"), "{said}");
    workspace
        .rolecall(&["train", "old.csv", "twice.csv", "--count-twice", "-o", "t.rolecall"])
        .succeeds();
    assert!(counts(&workspace, "both.rolecall") == counts(&workspace, "t.rolecall"));
    assert!(counts(&workspace, "both.rolecall") != counts(&workspace, "once.rolecall"));
    // A row leaves as often as it came.
    let back = ["retrain", "both.rolecall", "--remove", "twice.csv", "-o", "back.rolecall"];
    workspace.rolecall(&back).succeeds();
    assert!(workspace.read("back.rolecall") == workspace.read("old.rolecall"));
    // Counts of the same rows in two models cannot be told apart.
    let merge = ["retrain", "once.rolecall", "--merge", "old.rolecall", "-o", "m.rolecall"];
    let refused = workspace.rolecall(&merge).fails();
    assert!(refused.contains("56 rows are in both") && refused.contains("--remove"), "{refused}");
    workspace.rolecall(&[&merge[..], &["--count-twice"]].concat()).succeeds();
}

#[test]
fn a_row_under_two_labels_is_named_and_not_learned_unless_asked() {
    let workspace = split();
    let mut table = workspace.table("old.csv");
    let role = table.place("role");
    table.rows.truncate(2);
    let before = table.clone();
    workspace.write("before.csv", table.bytes());
    table.rows.iter_mut().for_each(|row| row[role] = "technical_project_manager".into());
    workspace.write("after.csv", table.bytes());
    let retrain = |added: &str, to: &str, more: &[&str]| {
        let all = ["retrain", "old.rolecall", "--add", added, "-o", to, "--allow-worse"];
        workspace.rolecall(&[&all[..], more].concat()).succeeds()
    };
    let ran = retrain("after.csv", "x.rolecall", &[]);
    let row = "after.csv, row 1 (s002): labelled technical_project_manager";
    ran.says(&[row, "the same posting is known to the model as product_owner"]);
    ran.says(&["2 rows under two labels", "--relabel", "--count-twice"]);
    assert!(ran.text().contains("2 not learned because of two labels"), "{}", ran.text());
    assert!(counts(&workspace, "x.rolecall") == counts(&workspace, "old.rolecall"));
    let report = retrain("after.csv", "x.rolecall", &["--json"]).json();
    assert_eq!(report["under_two_labels"][0]["other_label"], "product_owner");
    assert_eq!(report["two_labels"], 2);
    // The new label in place of the old one, or both.
    let ran = retrain("after.csv", "new.rolecall", &["--remove", "before.csv"]);
    assert!(ran.text().contains("2 added, 2 removed"), "{}", ran.text());
    assert!(!ran.text().contains("two labels"), "{}", ran.text());
    let ran = retrain("after.csv", "relabelled.rolecall", &["--relabel"]);
    assert!(ran.text().contains("2 added, 2 known under another label"), "{}", ran.text());
    assert!(counts(&workspace, "relabelled.rolecall") == counts(&workspace, "new.rolecall"));
    let ran = retrain("after.csv", "both.rolecall", &["--count-twice"]);
    assert!(ran.text().contains("2 added, 2 known under another label"), "{}", ran.text());
    // In one batch: neither is learned, in training neither.
    let week = workspace.table("new.csv");
    let mut two = week.clone();
    two.rows.push(week.rows[0].clone());
    let last = two.rows.last_mut().expect("a row");
    last[role] = if week.rows[0][role] == "other" { "product_owner" } else { "other" }.into();
    workspace.write("two.csv", two.bytes());
    let only = Table { rows: week.rows[1..].to_vec(), ..week.clone() };
    workspace.write("only.csv", only.bytes());
    let ran = retrain("two.csv", "two.rolecall", &[]);
    ran.says(&["two.csv, row 1 (s001)", "in two.csv, row 30 (s001)"]);
    ran.says(&["two.csv, row 30 (s001)", "in two.csv, row 1 (s001)"]);
    retrain("only.csv", "only.rolecall", &[]);
    assert!(counts(&workspace, "two.rolecall") == counts(&workspace, "only.rolecall"));
    for (files, to) in [(["old.csv", "two.csv"], "t2"), (["old.csv", "only.csv"], "t1")] {
        let ran = workspace.rolecall(&["train", files[0], files[1], "-o", to]).succeeds();
        if to == "t2" {
            ran.says(&["two.csv, row 57: labelled", "in two.csv, row 86"]);
            ran.says(&["2 rows under two labels", "--count-twice"]);
        }
    }
    assert!(counts(&workspace, "t2") == counts(&workspace, "t1"));
    let known = Table { rows: before.rows, ..before }.bytes();
    workspace.write("known.csv", known);
    let ran = retrain("known.csv", "known.rolecall", &[]);
    assert!(ran.text().contains("2 not counted twice"), "{}", ran.text());
}

#[test]
fn rows_that_a_spreadsheet_saved_again_are_the_same_rows() {
    let workspace = split();
    let mut saved = workspace.table("new.csv");
    let [text, title, company] = ["description", "title", "company"].map(|name| saved.place(name));
    for row in &mut saved.rows {
        row[text] = format!(" {} \r\n", row[text].replace("\r\n", "\n").replace('\n', "\r\n"));
        row[title] = row[title].replace("&amp;", "&").to_uppercase();
        row[company] = row[company].replace(' ', "  ");
    }
    workspace.write("saved.csv", saved.bytes());
    let retrain = |from: &str, what: &str, file: &str, to: &str| {
        let arguments = ["retrain", from, what, file, "-o", to, "--allow-worse"];
        workspace.rolecall(&arguments).succeeds()
    };
    retrain("old.rolecall", "--add", "new.csv", "1.rolecall");
    let ran = retrain("1.rolecall", "--add", "saved.csv", "2.rolecall");
    assert!(ran.text().contains("29 not counted twice"), "{}", ran.text());
    assert!(counts(&workspace, "2.rolecall") == counts(&workspace, "1.rolecall"));
    let ran = retrain("1.rolecall", "--remove", "saved.csv", "3.rolecall");
    assert!(ran.text().contains("29 removed"), "{}", ran.text());
    // Capitals are features: what differs of them stays, and that is said.
    for row in saved.rows.iter_mut().filter(|row| !row[text].contains('&')) {
        row[text] = row[text].to_uppercase();
    }
    workspace.write("capitals.csv", saved.bytes());
    let ran = retrain("1.rolecall", "--remove", "capitals.csv", "4.rolecall");
    ran.says(&["other line breaks, capitals or markup"]);
    assert!(ran.text().contains("29 removed"), "{}", ran.text());
    let ran = retrain("4.rolecall", "--add", "new.csv", "5.rolecall");
    assert!(ran.text().contains("29 added"), "{}", ran.text());
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let workspace = split();
    let week = workspace.table("new.csv");
    let mut other = week.clone();
    other.rows.reverse();
    other.rows.swap(3, 17);
    workspace.write("other.csv", other.bytes());
    let models = ["new.csv", "other.csv"].map(|file| {
        let model = format!("{file}.rolecall");
        let arguments = ["retrain", "old.rolecall", "--add", file, "-o", &model, "--allow-worse"];
        workspace.rolecall(&arguments).succeeds();
        workspace.read(&model)
    });
    assert!(models[0] == models[1]);
}

#[test]
fn a_retrain_says_what_it_changes_and_the_model_remembers() {
    let workspace = split();
    let named = ["--data-name", "Week 2", "--date", "2020-02-29"];
    let arguments = ["retrain", "old.rolecall", "--add", "new.csv", "-o", "new.rolecall"];
    let ran = workspace.rolecall(&[&arguments[..], &named].concat()).succeeds();
    for part in ["29 added", "new, 0 lost", "never seen", "drift", "macro-F1", "flips"] {
        assert!(ran.text().contains(part), "{part}: {}", ran.text());
    }
    let report =
        workspace.rolecall(&[&arguments[..], &named, &["--json"]].concat()).succeeds().json();
    assert_eq!(report["written"], true);
    assert_eq!(report["difference"]["rows"], 29);
    let flips = report["beside"]["flips"].as_array().expect("a list");
    assert_eq!(
        flips.len() as u64,
        report["flips"]
            .as_object()
            .expect("pairs")
            .values()
            .map(|n| n.as_u64().expect("a number"))
            .sum::<u64>()
    );
    for flip in flips {
        assert_ne!(flip["old"], flip["new"]);
        assert!(flip["evidence"].is_array());
    }
    let shown = workspace.rolecall(&["model", "show", "new.rolecall"]).succeeds();
    for part in ["retrain 1", "Week 2", "2020-02-29", "29 added", "strongest for product_owner"] {
        assert!(shown.text().contains(part), "{part}: {}", shown.text());
    }
    let shown = workspace.rolecall(&["model", "show", "new.rolecall", "--json"]).succeeds().json();
    assert_eq!(shown["history"][0]["added"], 29);
    assert_eq!(shown["history"][0]["difference"], report["difference"]);
}

#[test]
fn a_model_that_is_worse_is_not_written() {
    let workspace = split();
    workspace.write("wrong.csv", wrong(&workspace).bytes());
    let arguments = ["retrain", "old.rolecall", "--add", "wrong.csv", "--check", "new.csv"];
    let output = ["-o", "worse.rolecall"];
    let ran = workspace.rolecall(&[&arguments[..], &output].concat()).notices();
    ran.says(&["worse.rolecall", "not written", "--allow-worse"]);
    assert!(!workspace.files().contains(&"worse.rolecall".to_owned()));
    let before = workspace.read("old.rolecall");
    workspace.rolecall(&[&arguments[..], &["-o", "old.rolecall"]].concat()).notices();
    assert!(workspace.read("old.rolecall") == before);
    workspace.rolecall(&[&arguments[..], &output, &["--allow-worse"]].concat()).succeeds();
    workspace.rolecall(&["classify", PLAIN, "--model", "worse.rolecall"]).succeeds();
}

#[test]
fn a_compact_model_still_learns_and_says_what_it_cannot() {
    let workspace = split();
    let export = ["model", "export", "old.rolecall", "--compact", "-o", "compact.rolecall"];
    workspace.rolecall(&export).succeeds().says(&["rare features are gone", "removed"]);
    assert!(workspace.read("compact.rolecall").len() < workspace.read("old.rolecall").len() / 3);
    assert!(counts(&workspace, "compact.rolecall") == counts(&workspace, "old.rolecall"));
    let judged =
        |model: &str| workspace.rolecall(&["classify", SAMPLE, "--model", model]).succeeds().stdout;
    assert!(judged("compact.rolecall") == judged("old.rolecall"));
    let shown = workspace.rolecall(&["model", "show", "compact.rolecall"]).succeeds();
    assert!(shown.text().contains("compact"), "{}", shown.text());

    let add =
        ["retrain", "compact.rolecall", "--add", "new.csv", "-o", "more.rolecall", "--allow-worse"];
    let ran = workspace.rolecall(&add).succeeds();
    ran.says(&["compact", "start from nothing"]);
    // Features that both have are counted as ever.
    let count = |model: &str| {
        let lines = counts(&workspace, model);
        let line = lines.lines().find(|l| l.starts_with("skills\tuser_stories\t"));
        line.map(|l| l.split('\t').skip(2).take(4).map(str::to_owned).collect::<Vec<_>>())
    };
    workspace.write("all.rolecall", &*SAMPLE_MODEL);
    assert_eq!(count("more.rolecall"), count("all.rolecall"));
    let refused = ["retrain", "more.rolecall", "--remove", "old.csv", "-o", "x.rolecall"];
    let refused = workspace.rolecall(&refused).fails();
    assert!(refused.contains("56 rows") && refused.contains("compact"), "{refused}");
    let remove = ["retrain", "more.rolecall", "--remove", "new.csv", "-o", "back.rolecall"];
    workspace.rolecall(&remove).succeeds();
    assert!(counts(&workspace, "back.rolecall") == counts(&workspace, "old.rolecall"));
    let merge = ["retrain", "old.rolecall", "--merge", "compact.rolecall", "-o", "x.rolecall"];
    assert!(workspace.rolecall(&merge).fails().contains("compact"));
}

#[test]
fn the_embedded_model_can_be_retrained() {
    let workspace = split();
    let ran = workspace.rolecall(&["retrain", "--add", SAMPLE, "-o", "own.rolecall"]).succeeds();
    assert!(ran.text().contains("85 added"), "{}", ran.text());
    let run = workspace.rolecall(&["classify", PLAIN, "--model", "own.rolecall", "--closed"]);
    let output = run.succeeds().table();
    assert_eq!(output.column("predicted_role"), output.column("role"));
}

#[test]
fn models_are_compared() {
    let workspace = split();
    workspace.write("all.rolecall", &*SAMPLE_MODEL);
    let arguments = ["model", "compare", "old.rolecall", "all.rolecall"];
    let ran = workspace.rolecall(&[&arguments[..], &["--rows", SAMPLE]].concat()).succeeds();
    for part in ["organisations", "moved furthest", "strongest of the new", "flips", "macro-F1"] {
        assert!(ran.text().contains(part), "{part}: {}", ran.text());
    }
    let report = workspace.rolecall(&[&arguments[..], &["--json"]].concat()).succeeds().json();
    assert_eq!(report["models"]["postings"]["product_owner"], serde_json::json!([9, 19]));
    assert!(report["models"]["moved"].as_array().is_some_and(|moved| !moved.is_empty()));
    assert!(report["rows"].is_null());
    let same = workspace.rolecall(&["model", "compare", "all.rolecall", "all.rolecall", "--json"]);
    let same = same.succeeds().json();
    assert_eq!(same["models"]["moved"], serde_json::json!([]));
    assert_eq!(same["models"]["combination"], serde_json::json!([]));
}

#[test]
fn nothing_to_do_is_an_error() {
    let workspace = split();
    let refused = workspace.rolecall(&["retrain", "old.rolecall", "-o", "x.rolecall"]).fails();
    assert!(refused.contains("nothing to add, remove or merge"), "{refused}");
}

#[test]
fn a_damaged_record_of_rows_is_refused() {
    let workspace = split();
    let whole = workspace.read("old.rolecall");
    let mut flipped = whole.clone();
    let last = whole.len() - 100;
    flipped[last] ^= 1;
    for bytes in [flipped, whole[..whole.len() - 1].to_vec(), [&whole[..], b"more"].concat()] {
        workspace.write("bad.rolecall", bytes);
        let arguments = ["retrain", "bad.rolecall", "--add", "new.csv", "-o", "x.rolecall"];
        assert!(workspace.rolecall(&arguments).fails().contains("damaged"));
        assert!(
            workspace
                .rolecall(&["classify", PLAIN, "--model", "bad.rolecall"])
                .fails()
                .contains("damaged")
        );
    }
}

/// Kills a retrain in place again and again, at any moment of its run.
#[test]
fn a_killed_retrain_leaves_a_whole_model() {
    const KILLS: u32 = 50;
    let workspace = split();
    let old = workspace.read("old.rolecall");
    let start = |output: &str| {
        let arguments = ["retrain", "old.rolecall", "--add", "new.csv", "-o", output, "--quiet"];
        let mut command = workspace.rolecall(&arguments).command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program starts")
    };
    let began = Instant::now();
    assert!(start("whole.rolecall").wait().expect("it ends").success());
    let mut whole = began.elapsed();
    assert!(whole < Duration::from_secs(60));
    let new = workspace.read("whole.rolecall");
    let mut moments = 1u32;
    let (mut killed, mut finished) = (0, 0);
    while killed < KILLS {
        moments = moments.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let began = Instant::now();
        let mut child = start("old.rolecall");
        std::thread::sleep(whole.mul_f64(f64::from(moments >> 8) / f64::from(1 << 24) * 1.1));
        child.kill().expect("it can be killed");
        if child.wait().expect("it ends").success() {
            finished += 1;
            assert!(finished <= 4 * KILLS, "{killed} killed, {finished} had ended");
            // The first run may have been slower than those that follow it.
            whole = whole.min(began.elapsed());
        } else {
            killed += 1;
        }
        let now = workspace.read("old.rolecall");
        assert!(now == old || now == new, "half a model");
        if now == new {
            workspace.write("old.rolecall", &old);
        }
    }
}

#[test]
fn rows_without_any_label_are_an_error() {
    let workspace = split();
    let mut table = workspace.table("new.csv");
    let role = table.place("role");
    table.rows.iter_mut().for_each(|row| row[role].clear());
    workspace.write("blank.csv", table.bytes());
    let arguments = ["retrain", "old.rolecall", "--add", "blank.csv", "-o", "x.rolecall"];
    let refused = workspace.rolecall(&arguments).fails();
    assert!(refused.contains("rows has a label that is a role"), "{refused}");
}

#[test]
fn two_retrains_of_one_model_both_count() {
    let workspace = split();
    let rows = workspace.table("new.csv").rows;
    let add = |name: &str, from: usize| {
        let some = rows.iter().skip(from).step_by(2).cloned().collect();
        let table = Table { header: workspace.table("new.csv").header, rows: some };
        workspace.write(name, table.bytes());
    };
    add("even.csv", 0);
    add("odd.csv", 1);
    let arguments = ["retrain", "old.rolecall", "--add", "new.csv", "-o", "all.rolecall", "-q"];
    workspace.rolecall(&[&arguments[..], &["--allow-worse"]].concat()).succeeds();
    let start = |name: &str| {
        let arguments = ["retrain", "old.rolecall", "--add", name, "-o", "./old.rolecall", "-q"];
        let mut command =
            workspace.rolecall(&[&arguments[..], &["--allow-worse"]].concat()).command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the program starts")
    };
    let both = [start("even.csv"), start("odd.csv")];
    for mut child in both {
        assert!(child.wait().expect("it ends").success());
    }
    assert!(counts(&workspace, "old.rolecall") == counts(&workspace, "all.rolecall"));
}

#[test]
fn labels_of_titles_leave_the_weight_of_titles_as_it_was() {
    let workspace = split();
    workspace
        .rolecall(&["model", "export", "old.rolecall", "--compact", "-o", "compact.rolecall"])
        .succeeds();
    let of_titles = |model: &str| {
        let shown = workspace.rolecall(&["model", "show", model, "--json"]).succeeds().json();
        let all = shown["combinations"].as_array().expect("combinations").clone();
        all.into_iter().filter(|c| c["view"] == "whole").collect::<Vec<_>>()
    };
    let retrain = |options: &[&str]| {
        let add = ["retrain", "compact.rolecall", "--add", "new.csv", "-o", "added.rolecall"];
        workspace.rolecall(&[&add[..], &["--allow-worse"], options].concat()).succeeds();
        of_titles("added.rolecall") == of_titles("compact.rolecall")
    };
    assert!(retrain(&["--label-from-title"]));
    assert!(!retrain(&[]));
    // What was added without its titles is found again, however the rows are labelled when they are taken out.
    let add = ["retrain", "old.rolecall", "--add", "new.csv", "-o", "added.rolecall"];
    workspace.rolecall(&[&add[..], &["--label-from-title", "--allow-worse"]].concat()).succeeds();
    let mut stated = workspace.table("new.csv");
    let (title, role) = (stated.place("title"), stated.place("role"));
    let known = ["Product Owner", "Product Manager", "Technical Project Manager"];
    stated.rows.retain(|row| known.contains(&row[title].as_str()));
    stated.rows.iter_mut().for_each(|row| row[role] = row[title].clone());
    assert!(!stated.rows.is_empty());
    workspace.write("some.csv", stated.bytes());
    let remove = ["retrain", "added.rolecall", "--remove", "some.csv", "-o", "less.rolecall"];
    workspace.rolecall(&[&remove[..], &["--allow-worse"]].concat()).succeeds();
}
