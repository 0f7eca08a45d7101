//! Labels as people write them: read everywhere alike, and never dropped in silence.

use crate::workspace::{SAMPLE, SAMPLE_MODEL, Table, Workspace};

/// The sample with other labels, made of the row's index and its label.
fn sample(label: impl Fn(usize, &str) -> String) -> Workspace {
    let mut table = Table::of(SAMPLE);
    let role = table.place("role");
    for (i, row) in table.rows.iter_mut().enumerate() {
        row[role] = label(i, &row[role]);
    }
    let workspace = Workspace::with("in.csv", table.bytes());
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    workspace
}

/// Ways in which people write a label.
fn spelt(i: usize, label: &str) -> String {
    let spellings = match label {
        "product_owner" => ["PO", "product-owner", "Product  Owner", "ProductOwner"],
        "product_manager" => ["PdM", "PRODUCT_MANAGER", "Product Manager", "product managers"],
        "technical_project_manager" => {
            ["TPM", "IT Project Manager", "Technical Program Manager", "technical-project-manager"]
        }
        _ => ["none", "n/a", "Other", "None of these"],
    };
    spellings[i % spellings.len()].to_owned()
}

#[test]
fn spellings_make_the_same_model() {
    let workspace = sample(spelt);
    let ran = workspace.rolecall(&["train", "in.csv", "-o", "spelt.rolecall"]).succeeds();
    ran.says(&["labels read", "\"TPM\" as technical_project_manager", "\"none\" as other"]);
    assert_eq!(workspace.read("spelt.rolecall"), *SAMPLE_MODEL);
    workspace.rolecall(&["audit", "in.csv", "-o", "spelt.csv"]).succeeds().says(&["\"TPM\" as"]);
    workspace.rolecall(&["audit", SAMPLE, "-o", "plain.csv"]).succeeds();
    assert_eq!(workspace.read("spelt.csv"), workspace.read("plain.csv"));
    let evaluated =
        |file| workspace.rolecall(&["evaluate", file, "--json"]).succeeds().json()["rows"].clone();
    assert_eq!(evaluated("in.csv"), evaluated(SAMPLE));
}

#[test]
fn what_is_not_understood_is_listed_and_can_be_refused() {
    let workspace = sample(|i, label| match (i, label) {
        (_, "product_owner") => "product_ower".into(),
        (_, "product_manager") => "PM".into(),
        (0..10, _) => "NaN".into(),
        _ => label.into(),
    });
    for command in [
        &["train", "in.csv", "-o", "new.rolecall"][..],
        &["retrain", "sample.rolecall", "--add", "in.csv", "-o", "new.rolecall", "--allow-worse"],
        &["evaluate", "in.csv", "--model", "sample.rolecall", "--keep-known"],
        &["audit", "in.csv", "-o", "findings.csv"],
    ] {
        let strict = [command, &["--strict"]].concat();
        let refused = workspace.rolecall(&strict).fails();
        for part in
            ["\"product_ower\"", "the nearest is product_owner", "\"PM\" may be more", "--map"]
        {
            assert!(refused.contains(part), "{command:?}: {refused}");
        }
        assert!(!refused.contains("NaN"), "{refused}");
        let mapped = ["--map", "product_ower=product_owner", "--map", "pm=Product Manager"];
        let ran = workspace.rolecall(&[&strict[..], &mapped].concat()).succeeds();
        ran.says(&["\"PM\" as product_manager"]);
        ran.says(&["rows are left out: they have no label"]);
    }
    let ran = workspace.rolecall(&["audit", "in.csv", "-o", "findings.csv"]).succeeds();
    ran.says(&["\"product_ower\" is neither", "first in row"]);
    ran.says(&["--map LABEL=ROLE", "--strict"]);
}

#[test]
fn roles_that_the_lexicon_lacks_are_refused_and_not_left_out_in_silence() {
    // Ten rows of a role that the lexicon lacks, three of another label, six whose role is left open, and a typing error in
    // many.
    let workspace = sample(|i, label| match (i, label) {
        (0..10, _) => "scrum_master".into(),
        (10..13, _) => "cook".into(),
        (13..19, _) => "undecided".into(),
        (_, "product_manager") => "product_manger".into(),
        _ => label.into(),
    });
    for command in [
        &["train", "in.csv", "-o", "new.rolecall"][..],
        &["retrain", "sample.rolecall", "--add", "in.csv", "-o", "new.rolecall", "--allow-worse"],
    ] {
        let map = ["--map", "product_manger=product_manager"];
        let run = |more: &[&str]| workspace.rolecall(&[command, &map, more].concat());
        let refused = run(&[]).fails();
        for part in [
            "\"scrum_master\" (10 rows, the first is row 1)",
            "--lexicon",
            "--map scrum_master=other",
            "--lenient",
        ] {
            assert!(refused.contains(part), "{refused}");
        }
        assert!(!refused.contains("cook") && !refused.contains("undecided"), "{refused}");
        let ran = run(&["--lenient"]).succeeds();
        ran.says(&["10 rows are left out", "\"scrum_master\""]);
        ran.says(&["3 rows are left out", "\"cook\""]);
        let ran = run(&["--map", "scrum_master=other"]).succeeds();
        ran.says(&["\"scrum_master\" as other"]);
        ran.says(&["6 rows are left out", "\"undecided\" leaves the role open"]);
        // Near a role, it is a typing error, however many rows have it.
        let ran = workspace.rolecall(&[command, &["--lenient"]].concat());
        let nearest = "the nearest is product_manager";
        if command[0] == "retrain" {
            ran.succeeds().says(&["\"product_manger\"", nearest]);
        }
    }
}

#[test]
fn maps_must_name_roles() {
    let workspace = sample(|_, label| label.into());
    let train = |map: &[&str]| {
        let train = ["train", "in.csv", "-o", "new.rolecall"];
        workspace.rolecall(&[&train[..], map].concat()).fails()
    };
    let refused = train(&["--map", "PM=chief"]);
    assert!(refused.contains("\"chief\" is no role; the roles are \"product_owner\""), "{refused}");
    let refused = train(&["--map", "PM=PO", "--map", "p.m.=TPM"]);
    assert!(refused.contains("mapped to two roles"), "{refused}");
}
