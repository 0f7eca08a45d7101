//! `train`: labelled postings to a model file.

use crate::workspace::{PLAIN, ROLES, SAMPLE, SAMPLE_MODEL, Table, Workspace, close, model_bytes};

/// The sample, changed.
fn sample(change: impl FnOnce(&mut Table)) -> Workspace {
    let mut table = Table::of(SAMPLE);
    change(&mut table);
    Workspace::with("in.csv", table.bytes())
}

/// The rows in another order, the same at every run.
fn shuffle<T>(rows: &mut [T]) {
    let mut state = 1u64;
    for i in (1..rows.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(i, (state >> 33) as usize % (i + 1));
    }
}

#[test]
fn a_trained_model_classifies() {
    let workspace = Workspace::with("sample.rolecall", &*SAMPLE_MODEL);
    let run = workspace.rolecall(&["classify", PLAIN, "--model", "sample.rolecall", "--closed"]);
    let output = run.succeeds().table();
    assert_eq!(output.column("predicted_role"), output.column("role"));
}

#[test]
fn the_order_of_rows_and_the_number_of_threads_change_nothing() {
    let workspace = sample(|table| shuffle(&mut table.rows));
    assert_ne!(workspace.table("in.csv"), Table::of(SAMPLE));
    for threads in ["1", "2"] {
        let arguments = ["train", "in.csv", "-o", "new.rolecall", "--threads", threads];
        workspace.rolecall(&arguments).succeeds();
        assert!(workspace.read("new.rolecall") == *SAMPLE_MODEL, "{threads} threads");
    }
}

#[test]
fn rows_may_come_in_several_files() {
    let workspace = Workspace::new();
    let mut table = Table::of(SAMPLE);
    let rest = table.rows.split_off(30);
    workspace.write("b.csv", table.bytes());
    workspace.write("a.csv", Table { rows: rest, ..table }.bytes());
    workspace.rolecall(&["train", "a.csv", "b.csv", "-o", "new.rolecall"]).succeeds();
    assert!(workspace.read("new.rolecall") == *SAMPLE_MODEL);
}

#[test]
fn labels_may_be_ids_or_display_names_in_any_column() {
    let workspace = sample(|table| {
        let label = table.place("role");
        table.header[label] = "what it is".into();
        for row in &mut table.rows {
            let name = match row[label].as_str() {
                "product_owner" => "Product Owner",
                "product_manager" => " product manager ",
                "other" => "Other",
                _ => continue,
            };
            row[label] = name.into();
        }
    });
    let arguments = ["train", "in.csv", "--label", "what it is", "-o", "new.rolecall"];
    workspace.rolecall(&arguments).succeeds().says(&["label from \"what it is\""]);
    assert!(workspace.read("new.rolecall") == *SAMPLE_MODEL);
}

#[test]
fn a_label_outside_the_role_set_is_left_out_and_counted() {
    let workspace = sample(|table| {
        for id in ["x1", "x2"] {
            let row = [id, "Baker", "Oven", "Ulm", "Bake bread.", "Head Baker"];
            table.rows.push(row.map(str::to_owned).to_vec());
        }
    });
    let ran = workspace.rolecall(&["train", "in.csv", "-o", "new.rolecall"]).succeeds();
    ran.says(&["left out", "2 ", "\"Head Baker\""]);
    let export = |file: &str| workspace.rolecall(&["model", "export", file, "--counts"]).succeeds();
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    assert!(export("new.rolecall").stdout == export("sample.rolecall").stdout);
}

#[test]
fn a_row_that_stands_twice_counts_once() {
    let workspace = sample(|table| table.rows.extend(table.rows[..10].to_vec()));
    let ran = workspace.rolecall(&["train", "in.csv", "-o", "new.rolecall"]).succeeds();
    ran.says(&["counted once", "10 rows"]);
    let export = |file: &str| workspace.rolecall(&["model", "export", file, "--counts"]).succeeds();
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    assert!(export("new.rolecall").stdout == export("sample.rolecall").stdout);
}

#[test]
fn labels_can_be_taken_from_titles() {
    let workspace = sample(|table| {
        let label = table.place("role");
        table.header.remove(label);
        table.rows.iter_mut().for_each(|row| drop(row.remove(label)));
    });
    let arguments = ["train", "in.csv", "--label-from-title", "-o", "new.rolecall"];
    let ran = workspace.rolecall(&arguments).succeeds();
    ran.says(&["left out", "\"title states no role\""]);
    ran.says(&["left out", "title states several roles"]);
    let run = workspace.rolecall(&["classify", PLAIN, "--model", "new.rolecall"]);
    let output = run.succeeds().table();
    assert_eq!(output.column("predicted_role"), output.column("role"));
    // No title states `other`, so this model never saw it.
    for p in output.probabilities() {
        close(p[ROLES.len()], 0.0, 1e-6, "other");
    }
}

#[test]
fn a_missing_label_column_is_refused() {
    let workspace = Workspace::with("in.csv", "title,text\nBaker,Bread\n");
    let refused = workspace.rolecall(&["train", "in.csv", "-o", "new.rolecall"]).fails();
    for part in ["in.csv", "no label column", "title", "text", "--label"] {
        assert!(refused.contains(part), "{refused}");
    }
    let arguments = ["train", "in.csv", "--label", "job", "-o", "new.rolecall"];
    let refused = workspace.rolecall(&arguments).fails();
    assert!(refused.contains("no column \"job\""), "{refused}");
    let workspace = Workspace::with("in.csv", "text\nBread\n");
    let arguments = ["train", "in.csv", "--label-from-title", "-o", "new.rolecall"];
    let refused = workspace.rolecall(&arguments).fails();
    assert!(refused.contains("no title column"), "{refused}");
}

#[test]
fn a_role_with_too_few_organisations_is_refused() {
    let workspace = sample(|table| {
        let (label, company) = (table.place("role"), table.place("company"));
        for row in table.rows.iter_mut().filter(|row| row[label] == "product_owner") {
            row[company] = "Only Ltd.".into();
        }
    });
    let refused = workspace.rolecall(&["train", "in.csv", "-o", "new.rolecall"]).fails();
    for part in ["product_owner", "1 organisation", "at least 2"] {
        assert!(refused.contains(part), "{refused}");
    }
    let workspace = Workspace::with("in.csv", "text,role\nBread,baker\n");
    let refused = workspace.rolecall(&["train", "in.csv", "-o", "new.rolecall"]).fails();
    assert!(refused.contains("product_owner") && refused.contains(" 0 "), "{refused}");
}

#[test]
fn a_role_of_two_organisations_is_enough() {
    let workspace = sample(|table| {
        let (label, company) = (table.place("role"), table.place("company"));
        let owners = table.rows.iter_mut().filter(|row| row[label] == "product_owner");
        for (i, row) in owners.enumerate() {
            row[company] = if i % 2 == 0 { "Even Ltd." } else { "Odd Ltd." }.into();
        }
    });
    workspace.rolecall(&["train", "in.csv", "-o", "new.rolecall"]).succeeds();
    let run = workspace.rolecall(&["classify", PLAIN, "--model", "new.rolecall"]);
    assert_eq!(run.succeeds().table().rows.len(), 6);
}

#[test]
fn words_of_a_single_organisation_are_not_kept() {
    let workspace = sample(|table| {
        let (text, company) = (table.place("description"), table.place("company"));
        for row in table.rows.iter_mut().filter(|row| row[company] == "Kestrelworks") {
            row[text].push_str(" Zyxwvut calls 0123456.");
        }
    });
    workspace.rolecall(&["train", "in.csv", "-o", "new.rolecall"]).succeeds();
    let ran = workspace.rolecall(&["model", "export", "new.rolecall", "--counts"]).succeeds();
    assert!(ran.text().lines().count() > 100);
    assert!(!ran.text().contains("zyxwvut"));
}

#[test]
fn a_date_is_a_day_of_the_calendar() {
    let workspace = Workspace::new();
    for wrong in ["30.11.2026", "2026-11-31", "2026-02-29", "2026-13-01", "2026-1-1", "today", ""] {
        let arguments = ["train", SAMPLE, "-o", "m.rolecall", "--date", wrong];
        let refused = workspace.rolecall(&arguments).command().output().expect("it runs");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{wrong}");
        assert!(said.contains("give a day as YYYY-MM-DD, such as 2026-11-30"), "{said}");
    }
}

#[test]
fn name_and_date_of_the_data_are_kept() {
    let workspace = Workspace::new();
    let names = ["--data-name", "A sample", "--date", "2020-02-29", "--quiet"];
    let arguments = [&["train", SAMPLE, "-o", "new.rolecall"], &names[..]].concat();
    assert_eq!(workspace.rolecall(&arguments).succeeds().lines, [""; 0]);
    let ran = workspace.rolecall(&["model", "show", "new.rolecall"]).succeeds();
    assert!(ran.text().contains("A sample") && ran.text().contains("2020-02-29"));
}

#[test]
fn labels_of_single_rows_never_get_into_a_model() {
    let workspace = Workspace::new();
    let mut sample = std::fs::read_to_string(SAMPLE).expect("the sample is there");
    sample.push_str("x1,Title,Company,Town,Some text,a sentence that only this row has\n");
    workspace.write("in.csv", sample);
    workspace.rolecall(&["train", "in.csv", "-o", "m.rolecall"]).succeeds();
    let model = workspace.read("m.rolecall");
    let text = String::from_utf8_lossy(&model_bytes(&model)).into_owned();
    assert!(text.contains(r#""left_out":{"(rare labels)":1}"#));
    let all = zstd::decode_all(model.as_slice()).expect("a model is packed");
    for text in [text, String::from_utf8_lossy(&all).into_owned()] {
        assert!(!text.contains("only this row"));
    }
}

#[test]
fn the_lexicon_alone_is_a_model_that_accepts_nothing() {
    let workspace = Workspace::new();
    workspace.rolecall(&["train", "--lexicon-only", "-o", "lexicon.rolecall"]).succeeds();
    let arguments = ["evaluate", SAMPLE, "--model", "lexicon.rolecall", "--closed", "--json"];
    let report = workspace.rolecall(&arguments).succeeds().json();
    assert!(report["closed"]["macro_f1"].as_f64() > Some(0.7), "{}", report["closed"]);
    let output =
        workspace.rolecall(&["classify", SAMPLE, "--model", "lexicon.rolecall", "--closed"]);
    assert!(!output.succeeds().table().column("decision").contains(&"accept"));
}

/// Postings whose labels are those of their titles, of so many organisations for each role.
fn titles_as_labels(organisations: usize) -> String {
    let duties = [
        ("Product Owner", "You own the product backlog and write user stories for the Scrum team"),
        ("Product Manager", "You decide what we build and why, from market research to pricing"),
        ("Technical Project Manager", "You plan the rollout, its schedule, budget and risks"),
    ];
    let rows = (0..organisations).flat_map(|i| {
        duties
            .map(|(title, duties)| format!("{title},Firm {i},\"{duties} of unit {i}.\",{title}\n"))
    });
    std::iter::once("title,company,description,role\n".to_owned()).chain(rows).collect()
}

#[test]
fn labels_that_repeat_titles_do_not_teach_to_trust_them() {
    let workspace = Workspace::with("many.csv", titles_as_labels(40));
    workspace.write("few.csv", titles_as_labels(20));
    let train = |file: &str, options: &[&str]| {
        let arguments = ["train", file, "-o", "new.rolecall"];
        workspace.rolecall(&[&arguments[..], options].concat()).succeeds();
        let shown = workspace.rolecall(&["model", "show", "new.rolecall", "--json"]).succeeds();
        let lost = shown.json()["provenance"]["labels_of_titles"].as_u64();
        let judged = |view| {
            let arguments = ["classify", PLAIN, "--model", "new.rolecall", "--view", view];
            workspace.rolecall(&arguments).succeeds().table().probabilities()
        };
        (lost.expect("a number"), judged("whole") == judged("text"))
    };
    assert_eq!(train("many.csv", &[]), (120, true));
    // So few do not tell, unless it is said.
    assert_eq!(train("few.csv", &[]), (0, false));
    assert_eq!(train("few.csv", &["--label-from-title"]), (60, true));
    let ran = workspace.rolecall(&["train", "many.csv", "-o", "new.rolecall"]).succeeds();
    ran.says(&["the titles of 120 rows are not counted"]);
}
