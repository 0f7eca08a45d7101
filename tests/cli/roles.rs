//! The roles are data: a fourth one needs rows and lines of the lexicon, and no code.

use crate::workspace::{SAMPLE, Table, Workspace, copy_lexicon};

const SCRUM_MASTERS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/scrum_masters.csv");

/// A lexicon with scrum masters, in the folder `four`.
fn four_roles() -> Workspace {
    let workspace = Workspace::new();
    copy_lexicon(&workspace, "four");
    let change = |file: &str, change: &dyn Fn(String) -> String| {
        let name = format!("four/{file}.csv");
        let text = String::from_utf8(workspace.read(&name)).expect("the lexicon is text");
        workspace.write(&name, change(text));
    };
    change("roles", &|text| text + "scrum_master,Scrum Master\n");
    change("titles", &|text| {
        text.replace("scrum master|masters,none,", "scrum master|masters,scrum_master,")
    });
    change("mentions", &|text| text + "scrum master|masters,scrum_master,any\n");
    change("skills", &|text| {
        text + "coaching_teams,Coaching teams,scrum_master,9,postings,Own,coach|coaches|coaching teams|members\n"
    });
    workspace
}

#[test]
fn a_fourth_role_needs_no_code() {
    let workspace = four_roles();
    let four = |arguments: &[&str]| {
        workspace.rolecall(&[arguments, &["--lexicon", "four"]].concat()).succeeds()
    };
    let mut rows = Table::of(SCRUM_MASTERS);
    let later = rows.rows.split_off(6);
    workspace.write("first.csv", rows.bytes());
    workspace.write("later.csv", Table { rows: later, ..rows.clone() }.bytes());
    let mut all = Table::of(SAMPLE);
    let [title, company, text, role] =
        ["title", "company", "description", "role"].map(|name| all.place(name));
    all.rows.iter_mut().for_each(|row| {
        *row = [0, title, company, text, role].map(|i| row[i].clone()).to_vec();
    });
    all.header = rows.header.clone();
    all.rows.extend(rows.rows.clone());
    workspace.write("all.csv", all.bytes());
    four(&["train", "all.csv", "-o", "four.rolecall"]);

    // The model holds the lexicon.
    let judged = ["classify", "later.csv", "--model", "four.rolecall", "--closed"];
    let judged = workspace.rolecall(&judged).succeeds().table();
    assert_eq!(judged.column("predicted_role"), ["scrum_master"; 4]);
    assert_eq!(judged.column("title_role")[0], "scrum_master");
    assert!(judged.numbers("p_scrum_master").iter().all(|p| *p > 0.5));
    let sums = judged.rows.iter().map(|row| {
        let p = judged.header.iter().zip(row).filter(|(name, _)| name.starts_with("p_"));
        p.map(|(_, p)| p.parse::<f64>().expect("a number")).sum::<f64>()
    });
    assert!(sums.into_iter().all(|sum| (sum - 1.0).abs() < 1e-5));

    let report = four(&["retrain", "four.rolecall", "--add", "later.csv", "-o", "more.rolecall"]);
    assert!(report.text().contains("4 added"), "{}", report.text());
    let shown = four(&["model", "show", "more.rolecall", "--json"]).json();
    assert_eq!(shown["roles"][3]["id"], "scrum_master");
    assert_eq!(shown["postings"][3], 10);
    let report = four(&["evaluate", "all.csv", "--json"]).json();
    let found = &report["closed"]["classes"][3];
    assert_eq!(found["name"], "scrum_master");
    assert!(found["f1"].as_f64() > Some(0.5), "{found}");
    let why = four(&[
        "explain",
        "later.csv",
        "--row",
        "1",
        "--model",
        "four.rolecall",
        "--closed",
        "--json",
    ]);
    assert_eq!(why.json()["label"], "scrum_master");
}

#[test]
fn a_model_of_three_roles_does_not_become_one_of_four() {
    let workspace = four_roles();
    workspace.rolecall(&["train", SAMPLE, "-o", "three.rolecall"]).succeeds();
    let arguments = ["retrain", "three.rolecall", "--add", SCRUM_MASTERS, "-o", "new.rolecall"];
    let refused = workspace.rolecall(&[&arguments[..], &["--lexicon", "four"]].concat()).fails();
    assert!(refused.contains("another lexicon") && refused.contains("train"), "{refused}");
    // With its own lexicon it says which role it does not know, and what to do.
    let ran =
        workspace.rolecall(&["retrain", "three.rolecall", "--add", SCRUM_MASTERS, "-o", "new"]);
    let refused = ran.fails();
    for part in ["\"scrum_master\" (10 rows", "--lexicon DIR", "--map LABEL=ROLE", "--lenient"] {
        assert!(refused.contains(part), "{refused}");
    }
}

#[test]
fn labels_that_are_unknown_are_named_with_the_nearest() {
    let workspace = Workspace::new();
    let mut table = Table::of(SAMPLE);
    let role = table.place("role");
    for (row, label) in
        table.rows.iter_mut().zip(["P0", "Project Manager", "prodcut manager", "cook"])
    {
        row[role] = label.into();
    }
    workspace.write("in.csv", table.bytes());
    let ran = workspace.rolecall(&["train", "in.csv", "-o", "new.rolecall"]).succeeds();
    ran.says(&["1 rows", "\"P0\"", "is neither a role"]);
    ran.says(&["\"Project Manager\" may be more than one role", "technical_project_manager"]);
    ran.says(&["\"prodcut manager\"", "product_manager"]);
    let cook = ran.lines.iter().find(|line| line.contains("\"cook\"")).expect("it is named");
    assert!(!cook.contains("nearest"), "{cook}");
}
