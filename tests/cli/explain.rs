//! `explain`: the parts of every score, which add up to what `classify` says.

use crate::workspace::{PLAIN, ROLES, SAMPLE, SAMPLE_MODEL, Table, Workspace, close};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    let all = value.as_array().unwrap_or_else(|| panic!("no list: {value}"));
    all.iter().map(|v| v.as_f64().unwrap_or_else(|| panic!("no number: {value}"))).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

/// Asserts that sums of parts are what they should be, class by class.
#[track_caller]
fn adds_up<'a>(start: Vec<f64>, parts: impl Iterator<Item = &'a Value>, sums: &[f64], what: &str) {
    let mut added = start;
    for part in parts {
        added.iter_mut().zip(numbers(&part["adds"])).for_each(|(sum, add)| *sum += add);
    }
    for (a, b) in added.iter().zip(sums) {
        close(*a, *b, 1e-9 * b.abs().max(1.0), what);
    }
    assert_eq!(added.len(), sums.len(), "{what}");
}

/// Checks an explanation, and gives the probabilities of its questions.
fn check(explanation: &Value) -> Vec<Vec<f64>> {
    let questions = list(&explanation["questions"]);
    let check_question = |question: &Value| {
        let scores = numbers(&question["scores"]);
        let classes = list(&question["classes"]).len();
        adds_up(numbers(&question["prior"]), list(&question["parts"]).iter(), &scores, "scores");
        for part in list(&question["parts"]) {
            let name = part["name"].as_str().expect("a part has a name");
            adds_up(
                vec![0.0; classes],
                list(&part["pieces"]).iter(),
                &numbers(&part["adds"]),
                name,
            );
        }
        let most = scores.iter().copied().fold(f64::MIN, f64::max);
        let exp: Vec<f64> = scores.iter().map(|s| (s - most).exp()).collect();
        let probabilities = numbers(&question["probabilities"]);
        for (p, e) in probabilities.iter().zip(&exp) {
            close(*p, e / exp.iter().sum::<f64>(), 1e-9, "softmax of the scores");
        }
        probabilities
    };
    questions.iter().map(check_question).collect()
}

fn agree(explained: &[f64], classified: &[f64], what: &str) {
    for (a, b) in explained.iter().zip(classified) {
        // Six decimals are written.
        close(*a, *b, 0.5e-6 + 1e-12, what);
    }
    assert_eq!(explained.len(), classified.len(), "{what}");
}

/// Explains some rows of a file and compares with what `classify` says of them.
fn check_rows(file: &str, rows: &[usize], options: &[&str]) {
    let workspace = Workspace::with("sample.rolecall", &*SAMPLE_MODEL);
    let run = workspace.rolecall(&[&["classify", file], options].concat());
    let classified = run.succeeds().table().probabilities();
    for &row in rows {
        let number = (row + 1).to_string();
        let arguments = ["explain", file, "--row", &number, "--json"];
        let run = workspace.rolecall(&[&arguments[..], options].concat());
        let probabilities = check(&run.succeeds().json());
        let what = format!("{file}, row {number}, {options:?}");
        match probabilities.as_slice() {
            [role] => agree(role, &classified[row][..ROLES.len()], &what),
            [role, scope] => {
                let mut open: Vec<f64> = role.iter().map(|p| p * scope[0]).collect();
                open.push(scope[1]);
                agree(&open, &classified[row], &what);
            }
            _ => panic!("{what}: {} questions", probabilities.len()),
        }
    }
}

#[test]
fn the_parts_add_up_to_what_classify_says() {
    for options in [&[][..], &["--closed"], &["--view", "duties"], &["--view", "text"]] {
        check_rows(PLAIN, &[0, 3, 4], options);
    }
    check_rows(PLAIN, &[0, 3], &["--model", "sample.rolecall"]);
}

#[test]
fn the_parts_add_up_for_odd_rows_too() {
    let sample = Table::of(SAMPLE);
    let lengths: Vec<usize> = sample.column("description").iter().map(|d| d.len()).collect();
    let empty = lengths.iter().position(|n| *n == 0).expect("the sample has an empty row");
    let longest = (0..lengths.len()).max_by_key(|&i| lengths[i]).expect("the sample has rows");
    let other = sample.column("role").iter().position(|r| *r == "other").expect("and other jobs");
    check_rows(SAMPLE, &[empty, longest, other], &[]);
}

#[test]
fn a_model_that_never_saw_other_is_explained() {
    let workspace = Workspace::new();
    let arguments = ["train", SAMPLE, "--label-from-title", "-o", "titles.rolecall"];
    workspace.rolecall(&arguments).succeeds();
    let arguments = ["explain", PLAIN, "--row", "1", "--json", "--model", "titles.rolecall"];
    let probabilities = check(&workspace.rolecall(&arguments).succeeds().json());
    assert_eq!(probabilities[1], [1.0, 0.0]);
}

#[test]
fn one_posting_on_standard_input_is_the_same_as_a_row() {
    let posting = Table::of(PLAIN).column("description")[0].to_owned();
    let workspace = Workspace::new();
    let arguments = ["explain", PLAIN, "--row", "1", "--json", "--view", "text"];
    let row = workspace.rolecall(&arguments).succeeds();
    let ran = workspace.rolecall(&["explain", "--json"]).stdin(posting).succeeds();
    let (mut piped, row) = (ran.json(), row.json());
    piped["title"] = row["title"].clone();
    assert_eq!(piped, row);
}

#[test]
fn pieces_stand_where_they_say() {
    let posting = Table::of(PLAIN).column("description")[0].to_owned();
    let ran = Workspace::new().rolecall(&["explain", "--json"]).stdin(&posting).succeeds();
    let mut words = 0;
    for part in list(&ran.json()["questions"][0]["parts"]) {
        for piece in list(&part["pieces"]).iter().filter(|_| part["name"] == "words") {
            let at = [0, 1].map(|end| piece["at"][end].as_u64().expect("a place") as usize);
            let written = &posting[at[0]..at[1]];
            assert_eq!(Some(written.to_lowercase().as_str()), piece["feature"].as_str());
            words += 1;
        }
    }
    assert!(words > 20, "{words} words");
}

#[test]
fn the_explanation_for_people_shows_the_sum() {
    let workspace = Workspace::new();
    let ran = workspace.rolecall(&["explain", PLAIN, "--row", "1", "--top", "2"]).succeeds();
    let text = ran.text();
    assert!(text.starts_with("Product Owner\n"), "{text}");
    for line in ["prior", "skills", "words", "score", "probability"] {
        assert!(text.lines().any(|l| l.starts_with(line)), "no line {line:?} in\n{text}");
    }
    assert!(text.lines().any(|l| l.starts_with("    ") && l.contains(" more ")), "{text}");
}

#[test]
fn a_row_that_is_not_there_is_refused() {
    let workspace = Workspace::new();
    for row in ["7", "0", "18446744073709551615"] {
        let refused = workspace.rolecall(&["explain", PLAIN, "--row", row]).fails();
        assert!(refused.contains(&format!("row {row}")) && refused.contains('6'), "{refused}");
    }
    let refused = workspace.rolecall(&["explain", PLAIN]).fails();
    assert!(refused.contains("--row"), "{refused}");
}

#[test]
fn rows_count_from_1_without_the_header_and_with_wrong_rows() {
    let workspace = Workspace::with("in.csv", "title,text\nBaker,Bread\nwrong\nCook,Soup\n");
    let text = |row| workspace.rolecall(&["explain", "in.csv", "--row", row]).succeeds();
    assert!(text("1").text().starts_with("Baker\n"));
    assert!(text("3").text().starts_with("Cook\n"));
    workspace.rolecall(&["explain", "in.csv", "--row", "2"]).fails();
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let refused = Workspace::new().rolecall(&["explain"]).stdin(b"\xff\xfe").fails();
    assert!(refused.contains("UTF-8"), "{refused}");
}

#[test]
fn both_sides_are_quoted_and_marked() {
    let text = "You own the product backlog as our Product Owner, with user stories and a sprint \
                goal, and you set the roadmap, the pricing and the market launch with customer \
                interviews.\n\nBenefits:\nA dental plan.";
    let workspace = Workspace::new();
    let explain = |options: &[&str]| {
        workspace.rolecall(&[&["explain", "--closed"], options].concat()).stdin(text).succeeds()
    };
    let explanation = explain(&["--json"]).json();
    let contrast = &explanation["contrast"];
    assert_eq!(contrast["winner"], "product_owner");
    let quotes = |side: &str| contrast[side].as_array().map_or(0, Vec::len);
    assert!(quotes("for_winner") > 0 && quotes("for_rival") > 0, "{contrast}");
    assert!(!contrast["missing"].as_array().expect("a list").is_empty());
    let read = contrast["text"].as_str().expect("a text");
    let mut end = 0;
    for mark in contrast["marks"].as_array().expect("marks") {
        let at = |name: &str| mark["at"][name].as_u64().expect("a place") as usize;
        assert!(end <= at("start") && at("start") < at("end"), "{mark}");
        end = at("end");
        if mark["kind"] == "ignored" {
            assert!(read[at("start")..end].contains("dental"));
        }
    }
    let blind = explain(&["--json", "--view", "duties"]).json();
    let masked = blind["contrast"]["marks"].as_array().expect("marks").iter();
    assert_eq!(masked.filter(|mark| mark["kind"] == "masked").count(), 1);
    explain(&["--html", "page.html"]);
    let page = String::from_utf8(workspace.read("page.html")).expect("text");
    assert!(page.contains("<mark class=\"for\">") && !page.contains("<script"));
}

#[test]
fn several_rows_are_explained_in_the_order_of_the_file() {
    let workspace = Workspace::new();
    let explain = |more: &[&str]| workspace.rolecall(&[&["explain", PLAIN], more].concat());
    let one = |row: &str| explain(&["--row", row, "--json"]).succeeds().json();
    let ran = explain(&["--row", "5,1-2", "--json"]).succeeds();
    for (line, row) in ran.text().lines().zip(["1", "2", "5"]) {
        let mut explained: Value = serde_json::from_str(line).expect("it is JSON");
        let number = explained.as_object_mut().expect("an object").remove("row");
        assert_eq!(number.map(|number| number.to_string()).as_deref(), Some(row));
        assert_eq!(explained, one(row));
    }
    assert_eq!(ran.text().lines().count(), 3);
    assert!(explain(&["--row", "2,99"]).fails().contains("no readable row 99"));
    assert!(explain(&["--row", "1,2", "--html", "page.html"]).fails().contains("one row"));
}

#[test]
fn a_brief_explanation_is_one_line_a_row() {
    let workspace = Workspace::new();
    let ran =
        workspace.rolecall(&["explain", PLAIN, "--row", "1,4", "--brief", "--top", "2"]).succeeds();
    let classified = workspace.rolecall(&["classify", PLAIN]).succeeds().table();
    let lines: Vec<&str> = ran.text().lines().collect();
    assert_eq!(lines.len(), 2);
    for (line, row) in lines.iter().zip([1, 4]) {
        let title = classified.column("title")[row - 1];
        let role = classified.column("predicted_role")[row - 1];
        assert!(line.starts_with(&format!("row {row}: {title}: {role} ")), "{line}");
        assert_eq!(line.matches("; ").count(), 1, "{line}");
    }
}
