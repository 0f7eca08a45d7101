//! `evaluate`: figures and predictions for rows that the model did not see.

use crate::workspace::{SAMPLE, SAMPLE_MODEL, Table, Workspace, close};
use serde_json::Value;

/// The sample with a column of three folds: an organisation is in one of them.
fn with_folds() -> Workspace {
    let mut table = Table::of(SAMPLE);
    let company = table.place("company");
    table.header.push("part".into());
    for row in &mut table.rows {
        row.push((row[company].len() % 3).to_string());
    }
    Workspace::with("in.csv", table.bytes())
}

/// Asserts that a report has sound figures of so many rows.
fn check(report: &Value, rows: usize) {
    for (part, classes) in [("closed", 3), ("open", 4)] {
        let figures = &report[part];
        for name in ["macro_f1", "accuracy", "calibration_error", "coverage_at_95"] {
            let value = figures[name].as_f64().unwrap_or_else(|| panic!("{part}.{name}"));
            assert!((0.0..=1.0).contains(&value), "{part}.{name} {value}");
        }
        assert_eq!(figures["classes"].as_array().map(Vec::len), Some(classes), "{part}");
    }
    assert_eq!(report["open"]["rows"], rows);
    assert!(report["closed"]["rows"].as_u64() < report["open"]["rows"].as_u64());
}

#[test]
fn organisations_are_left_out_one_by_one() {
    for view in ["whole", "text", "duties"] {
        let arguments = ["evaluate", SAMPLE, "--json", "--view", view];
        let ran = Workspace::new().rolecall(&arguments).succeeds();
        check(&ran.json(), Table::of(SAMPLE).rows.len());
        assert_eq!(ran.json()["view"], view);
    }
}

#[test]
fn the_figures_are_those_that_training_keeps() {
    let workspace = Workspace::with("sample.rolecall", &*SAMPLE_MODEL);
    let kept = workspace.rolecall(&["model", "show", "sample.rolecall", "--json"]).succeeds();
    let evaluated = workspace.rolecall(&["evaluate", SAMPLE, "--json"]).succeeds();
    let evaluated = evaluated.json();
    // Only training weights rows.
    let kept = kept.json();
    let kept = kept["held_out"][0].as_object().expect("a summary").iter();
    for (name, value) in kept.filter(|(name, _)| *name != "fitted_rows") {
        assert_eq!(*value, evaluated[name], "{name}");
    }
}

#[test]
fn folds_are_made_of_organisations() {
    let workspace = with_folds();
    let evaluate = |folds| workspace.rolecall(&["evaluate", "in.csv", "--folds", folds]);
    let report = evaluate("3").succeeds();
    assert!(report.text().contains("3 folds of organisations"), "{}", report.text());
    assert!(!report.text().contains("in another fold"), "{}", report.text());
    assert!(evaluate("1").fails().contains("at least 2"));
}

#[test]
fn folds_come_from_a_column() {
    let workspace = with_folds();
    let arguments = ["evaluate", "in.csv", "--folds", "part", "--json", "--predictions", "p.csv"];
    let ran = workspace.rolecall(&arguments).succeeds();
    check(&ran.json(), workspace.table("in.csv").rows.len());
    let refused = workspace.rolecall(&["evaluate", "in.csv", "--folds", "fold"]).fails();
    assert!(refused.contains("\"fold\"") && refused.contains("part"), "{refused}");
    // Each fold is predicted by a model of the others.
    let mut table = workspace.table("in.csv");
    let (id, part) = (table.place("id"), table.place("part"));
    let fold: Vec<Vec<String>> = table.rows.iter().filter(|r| r[part] == "0").cloned().collect();
    table.rows.retain(|row| row[part] != "0");
    workspace.write("others.csv", table.bytes());
    workspace.write("fold.csv", Table { rows: fold.clone(), ..table }.bytes());
    workspace.rolecall(&["train", "others.csv", "-o", "others.rolecall"]).succeeds();
    let run = workspace.rolecall(&["classify", "fold.csv", "--model", "others.rolecall"]);
    let (classified, predicted) = (run.succeeds().table(), workspace.table("p.csv"));
    for (row, p) in fold.iter().zip(classified.probabilities()) {
        let ids = predicted.column("id");
        let place = ids.iter().position(|i| *i == row[id]).expect("every row is predicted");
        for (a, b) in p.iter().zip(&predicted.probabilities()[place]) {
            close(*a, *b, 1e-6, &row[id]);
        }
    }
}

#[test]
fn a_single_fold_is_refused() {
    let workspace = Workspace::new();
    let mut table = Table::of(SAMPLE);
    table.header.push("part".into());
    table.rows.iter_mut().for_each(|row| row.push("1".into()));
    workspace.write("in.csv", table.bytes());
    let refused = workspace.rolecall(&["evaluate", "in.csv", "--folds", "part"]).fails();
    assert!(refused.contains("fold"), "{refused}");
}

#[test]
fn a_given_model_is_measured_as_it_classifies() {
    let workspace = Workspace::with("sample.rolecall", &*SAMPLE_MODEL);
    let model = ["--model", "sample.rolecall"];
    let options = ["--predictions", "p.csv", "--json", "--keep-known"];
    let run = workspace.rolecall(&[&["evaluate", SAMPLE], &model[..], &options].concat());
    check(&run.succeeds().json(), Table::of(SAMPLE).rows.len());
    let run = workspace.rolecall(&[&["classify", SAMPLE], &model[..]].concat());
    let (classified, predicted) = (run.succeeds().table(), workspace.table("p.csv"));
    let by_id = |table: &Table| {
        let ids = table.column("id").into_iter().map(str::to_owned);
        ids.zip(table.probabilities()).collect::<std::collections::BTreeMap<_, _>>()
    };
    for ((id, a), b) in by_id(&classified).iter().zip(by_id(&predicted).values()) {
        a.iter().zip(b).for_each(|(a, b)| close(*a, *b, 1e-6, id));
    }
}

#[test]
fn predictions_have_a_line_for_each_labelled_row() {
    for closed in [&[][..], &["--closed"]] {
        let workspace = with_folds();
        let mut table = workspace.table("in.csv");
        let label = table.place("role");
        table.rows[3][label] = "baker".into();
        workspace.write("in.csv", table.bytes());
        let options = ["evaluate", "in.csv", "--folds", "part", "--predictions", "p.csv"];
        let ran = workspace.rolecall(&[&options[..], closed].concat()).succeeds();
        ran.says(&["1 rows", "\"baker\"", "left out"]);
        let predictions = workspace.table("p.csv");
        let p = ["p_product_owner", "p_product_manager", "p_technical_project_manager", "p_other"];
        let last = ["predicted_role", "decision"];
        assert_eq!(predictions.header, [&["id"][..], &p, &last].concat());
        let labelled = table.rows.iter().filter(|row| row[label] != "baker");
        let mut expected: Vec<&str> = labelled.map(|row| row[0].as_str()).collect();
        let mut ids = predictions.column("id");
        expected.sort_unstable();
        ids.sort_unstable();
        assert_eq!(ids, expected);
        for (row, p) in predictions.probabilities().iter().enumerate() {
            close(p.iter().sum(), 1.0, 1e-9, row);
            assert!(closed.is_empty() || p[3] == 0.0, "{p:?}");
        }
    }
}

#[test]
fn predictions_need_an_id() {
    let mut table = Table::of(SAMPLE);
    table.header[0] = "number".into();
    let workspace = Workspace::with("in.csv", table.bytes());
    let arguments = ["evaluate", "in.csv", "--predictions", "p.csv"];
    let refused = workspace.rolecall(&arguments).fails();
    assert!(refused.contains("no id column") && refused.contains("--id"), "{refused}");
    workspace.rolecall(&[&arguments[..], &["--id", "number"]].concat()).succeeds();
    assert_eq!(workspace.table("p.csv").rows.len(), table.rows.len());
}

#[test]
fn a_figure_below_its_floor_gives_status_1() {
    let workspace = Workspace::new();
    let run = |floor| workspace.rolecall(&["evaluate", SAMPLE, "--fail-below", floor]);
    run("macro-f1=1.1").notices().says(&["macro-F1", "below 1.1"]);
    run("accuracy=1.1").notices().says(&["accuracy", "below 1.1"]);
    run("macro-f1=0").succeeds();
}

#[test]
fn without_other_the_figures_of_the_roles_are_what_counts() {
    let mut table = Table::of(SAMPLE);
    let label = table.place("role");
    table.rows.retain(|row| row[label] != "other");
    let workspace = Workspace::with("in.csv", table.bytes());
    let report = workspace.rolecall(&["evaluate", "in.csv", "--json"]).succeeds().json();
    let floor = report["closed"]["macro_f1"].as_f64().expect("a number") - 1e-6;
    let floor = format!("macro-f1={floor}");
    workspace.rolecall(&["evaluate", "in.csv", "--fail-below", &floor]).succeeds();
}

#[test]
fn the_report_for_people_names_every_role() {
    let ran = Workspace::new().rolecall(&["evaluate", SAMPLE]).succeeds();
    for part in ["macro-F1", "product_owner", "product_manager", "technical_project_manager"] {
        assert!(ran.text().contains(part), "{part}");
    }
}

#[test]
fn rows_without_a_label_of_the_role_set_are_refused() {
    let workspace = Workspace::with("in.csv", "id,text,role\n1,Bread,baker\n");
    let refused = workspace.rolecall(&["evaluate", "in.csv", "--predictions", "p.csv"]).fails();
    assert!(refused.contains("no row has a label") && refused.contains("--label"), "{refused}");
}

#[test]
fn a_report_has_intervals_slices_and_a_curve() {
    let workspace = with_folds();
    let arguments = ["evaluate", "in.csv", "--folds", "part", "--by", "part", "--curve", "--json"];
    let report = workspace.rolecall(&arguments).succeeds().json();
    let detail = &report["closed_detail"];
    let macro_f1 = report["closed"]["macro_f1"].as_f64().expect("a figure");
    let ends: Vec<f64> =
        (0..2).map(|i| detail["intervals"]["macro_f1"][i].as_f64().expect("an end")).collect();
    assert!(
        0.0 < ends[0] && ends[0] <= macro_f1 && macro_f1 <= ends[1] && ends[1] <= 1.0,
        "{ends:?}"
    );
    let of_bins = detail["reliability"].as_array().expect("bins").iter();
    let rows: u64 = of_bins.map(|bin| bin["rows"].as_u64().expect("a count")).sum();
    assert_eq!(rows, report["closed"]["rows"]);
    let slices = report["open_detail"]["slices"].as_array().expect("slices");
    let of_parts = slices.iter().filter(|slice| slice["by"] == "part");
    let rows: u64 = of_parts.map(|s| s["figures"]["rows"].as_u64().expect("a count")).sum();
    assert_eq!(rows, report["open"]["rows"]);
    let accepted = &report["accepted"];
    assert!(accepted["right"].as_u64() <= accepted["rows"].as_u64());
    let curve = report["learning_curve"].as_array().expect("a curve");
    assert_eq!((&curve[0]["rows"], curve.len()), (&Value::from(0), 4));
}

#[test]
fn the_page_is_one_file_without_scripts() {
    let workspace = with_folds();
    let arguments = ["evaluate", "in.csv", "--folds", "part", "--curve", "--html", "report.html"];
    workspace.rolecall(&arguments).succeeds();
    let page = String::from_utf8(workspace.read("report.html")).expect("text");
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert!(page.matches("<svg").count() >= 5);
    for outside in ["<script", "http://", "https://", "src="] {
        assert!(!page.contains(outside), "{outside}");
    }
}

/// The sample in two files: the rows of organisations with names of an even and of an odd length.
fn halves() -> Workspace {
    let workspace = Workspace::new();
    let mut table = Table::of(SAMPLE);
    let company = table.place("company");
    let is_even = |row: &Vec<String>| row[company].len().is_multiple_of(2);
    let (even, odd): (Vec<_>, Vec<_>) = table.rows.drain(..).partition(is_even);
    for (name, rows) in [("even.csv", even), ("odd.csv", odd)] {
        workspace.write(name, Table { rows, ..table.clone() }.bytes());
    }
    workspace.rolecall(&["train", "even.csv", "-o", "even.rolecall"]).succeeds();
    workspace
}

#[test]
fn rows_that_a_model_was_trained_on_are_left_out() {
    let workspace = halves();
    let evaluate = |more: &[&str]| {
        let arguments = ["evaluate", SAMPLE, "--model", "even.rolecall"];
        workspace.rolecall(&[&arguments[..], more].concat())
    };
    let (even, odd) = (workspace.table("even.csv"), workspace.table("odd.csv"));
    let ran = evaluate(&["--json"]).succeeds();
    let said = format!("{} of {} labelled rows", even.rows.len(), even.rows.len() + odd.rows.len());
    ran.says(&[&said, "are left out", "--keep-known"]);
    let report = ran.json();
    assert_eq!(report["open"]["rows"], odd.rows.len());
    assert_eq!(report["set_apart"]["known"], even.rows.len());
    assert_eq!(report["set_apart"]["knows_rows"], "all");
    let alone = workspace.rolecall(&["evaluate", "odd.csv", "--model", "even.rolecall", "--json"]);
    assert_eq!(alone.succeeds().json()["open"], report["open"]);
    let kept = evaluate(&["--keep-known"]).succeeds();
    assert!(kept.text().contains("the figures are too good"), "{}", kept.text());
    let all = workspace.rolecall(&["evaluate", "even.csv", "--model", "even.rolecall"]).fails();
    assert!(all.contains("trained on all") && all.contains("--folds"), "{all}");
    // A compact model does not know its rows, and that is said.
    let export = ["model", "export", "even.rolecall", "--compact", "-o", "compact.rolecall"];
    workspace.rolecall(&export).succeeds();
    let compact = workspace.rolecall(&["evaluate", SAMPLE, "--model", "compact.rolecall"]);
    let compact = compact.succeeds();
    assert!(compact.text().contains("does not know its rows"), "{}", compact.text());
}

#[test]
fn models_are_compared_on_the_same_rows() {
    let workspace = halves();
    workspace.rolecall(&["train", "--lexicon-only", "-o", "lexicon.rolecall"]).succeeds();
    let models = ["--model", "lexicon.rolecall", "--model", "even.rolecall"];
    let evaluate = |more: &[&str]| {
        workspace.rolecall(&[&["evaluate", SAMPLE][..], &models, more].concat()).succeeds()
    };
    let report = evaluate(&["--json", "--predictions", "p.csv", "--html", "report.html"]).json();
    let odd = workspace.table("odd.csv").rows.len();
    for (i, model) in models.iter().skip(1).step_by(2).enumerate() {
        let of_model = &report["models"][i];
        assert_eq!(of_model["method"], format!("model {model}"));
        // What one of them was trained on is left out for both.
        assert_eq!(of_model["open"]["rows"], odd);
    }
    let difference = &report["differences"][0];
    assert_eq!(difference["model"], "model even.rolecall");
    assert_eq!(difference["against"], "model lexicon.rolecall");
    for question in ["closed", "open"] {
        for figure in ["macro_f1", "accuracy", "log_loss"] {
            let changed = &difference[question][figure];
            let value = |name: &str| changed[name].as_f64().expect("a figure");
            assert_eq!(changed["old"], report["models"][0][question][figure]);
            assert_eq!(changed["new"], report["models"][1][question][figure]);
            let by = value("new") - value("old");
            let end = |i: usize| changed["interval"][i].as_f64().expect("an end");
            assert!(end(0) <= by + 1e-9 && by <= end(1) + 1e-9, "{question} {figure}: {changed}");
        }
    }
    let predictions = workspace.table("p.csv");
    assert_eq!(predictions.header[..2], ["id", "model"]);
    assert_eq!(predictions.rows.len(), 2 * odd);
    let text = evaluate(&[]);
    for part in ["difference from model lexicon.rolecall", "95 % intervals, the same organisations"]
    {
        assert!(text.text().contains(part), "{}", text.text());
    }
    let page = String::from_utf8(workspace.read("report.html")).expect("text");
    assert!(page.contains("model even.rolecall, difference from model lexicon.rolecall"));
    // A model beside itself differs in nothing.
    let twice = ["--model", "even.rolecall", "--model", "even.rolecall", "--json"];
    let twice = workspace.rolecall(&[&["evaluate", SAMPLE][..], &twice].concat()).succeeds().json();
    assert_eq!(
        twice["differences"][0]["open"]["log_loss"]["interval"],
        serde_json::json!([0.0, 0.0])
    );
}

#[test]
fn rows_without_a_fold_are_counted_and_left_out() {
    let workspace = with_folds();
    let mut table = workspace.table("in.csv");
    let part = table.place("part");
    for row in &mut table.rows[4..7] {
        row[part] = " ".into();
    }
    workspace.write("in.csv", table.bytes());
    let ran = workspace.rolecall(&["evaluate", "in.csv", "--folds", "part", "--json"]).succeeds();
    ran.says(&["3 rows have no fold in column \"part\"", "the first is row 5"]);
    assert_eq!(ran.json()["open"]["rows"], table.rows.len() - 3);
    assert_eq!(ran.json()["set_apart"]["without_fold"], 3);
    table.rows.iter_mut().for_each(|row| row[part] = String::new());
    workspace.write("in.csv", table.bytes());
    let refused = workspace.rolecall(&["evaluate", "in.csv", "--folds", "part"]).fails();
    assert!(refused.contains("none of the 85 labelled rows has a fold"), "{refused}");
}

#[test]
fn small_groups_are_one_line_and_no_row_is_lost() {
    let workspace = Workspace::new();
    let arguments = ["evaluate", SAMPLE, "--by", "company"];
    let report = workspace.rolecall(&[&arguments[..], &["--json"]].concat()).succeeds().json();
    let slices = report["open_detail"]["slices"].as_array().expect("slices");
    let of = |by: &str| slices.iter().filter(|slice| slice["by"] == by).collect::<Vec<_>>();
    for by in ["company", "words"] {
        let rows = of(by).iter().map(|s| s["figures"]["rows"].as_u64().expect("a count")).sum();
        assert_eq!(report["open"]["rows"].as_u64(), Some::<u64>(rows), "{by}");
    }
    let small = of("company").last().expect("there are groups")["small_groups"].clone();
    let text = workspace.rolecall(&arguments).succeeds();
    assert!(text.text().contains(&format!("{small} groups of fewer than 10")), "{}", text.text());
}

#[test]
fn figures_of_a_role_without_rows_are_undefined() {
    let mut table = Table::of(SAMPLE);
    let label = table.place("role");
    table.rows.retain(|row| row[label] != "product_owner");
    let workspace = Workspace::with("in.csv", table.bytes());
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    let arguments = ["evaluate", "in.csv", "--model", "sample.rolecall", "--keep-known"];
    let report = workspace.rolecall(&[&arguments[..], &["--json"]].concat()).succeeds().json();
    let classes = report["closed"]["classes"].as_array().expect("classes");
    assert_eq!((&classes[0]["recall"], &classes[0]["f1"]), (&Value::Null, &Value::Null));
    let f1: Vec<f64> = classes[1..].iter().map(|c| c["f1"].as_f64().expect("rows")).collect();
    close(
        report["closed"]["macro_f1"].as_f64().expect("rows"),
        f1.iter().sum::<f64>() / 2.0,
        1e-9,
        "",
    );
    // Of no role at all, nothing is known of which role it is.
    table.rows.retain(|row| row[label] == "other");
    workspace.write("in.csv", table.bytes());
    let report = workspace.rolecall(&[&arguments[..], &["--json"]].concat()).succeeds().json();
    assert_eq!(
        (&report["closed"]["log_loss"], &report["closed"]["macro_f1"]),
        (&Value::Null, &Value::Null)
    );
    let floor =
        workspace.rolecall(&[&arguments[..], &["--closed", "--fail-below", "macro-f1=0"]].concat());
    floor.notices().says(&["macro-F1 is undefined"]);
}
