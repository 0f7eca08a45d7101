//! `audit` and `review`: titles that do not match the duties, and decisions on them.

use crate::workspace::{PLAIN, SAMPLE, SAMPLE_MODEL, Table, Workspace};

/// The sample with one more posting, which states another role than its duties are those of; and its
/// place.
fn wrong() -> (Workspace, usize) {
    let mut table = Table::of(SAMPLE);
    let plain = Table::of(PLAIN);
    let owner = plain.column("role").iter().position(|role| *role == "product_owner").expect("one");
    let text = plain.column("description")[owner];
    let row = ["x1", "Technical Project Manager", "Ownly Ltd.", "Ulm", text];
    let row = row.into_iter().chain(["technical_project_manager"]).map(str::to_owned);
    table.rows.push(row.collect());
    let place = table.rows.len() - 1;
    (Workspace::with("in.csv", table.bytes()), place)
}

/// The row numbers of the findings of a kind, most suspect first.
fn rows_of<'a>(found: &'a Table, issue: &str) -> Vec<&'a str> {
    let pairs = found.column("issue").into_iter().zip(found.column("row"));
    pairs.filter(|(i, _)| *i == issue).map(|(_, row)| row).collect()
}

fn audit(workspace: &Workspace, more: &[&str]) -> Table {
    workspace.rolecall(&[&["audit", "in.csv"], more].concat()).succeeds().table()
}

#[test]
fn a_wrong_title_is_found_first_with_its_reasons() {
    let (workspace, place) = wrong();
    for how in [&[][..], &["--from-file"]] {
        let found = audit(&workspace, how);
        let issues = found.column("issue");
        let at = issues.iter().position(|issue| *issue == "mislabeled_title").expect("a finding");
        let first = |column| found.column(column)[at];
        assert_eq!(first("row"), (place + 1).to_string());
        assert_eq!(first("stated_role"), "technical_project_manager");
        assert_eq!(first("suggested_role"), "product_owner");
        assert!(!first("evidence_for").is_empty());
        let suspicion = found.numbers("suspicion");
        assert!(suspicion.is_sorted_by(|a, b| a >= b) && suspicion[0] > 0.5, "{suspicion:?}");
    }
}

#[test]
fn a_row_is_found_once_with_its_further_issues() {
    let (workspace, place) = wrong();
    let mut table = workspace.table("in.csv");
    let text = table.place("description");
    table.rows[place][text].push_str(" The salary is $900,000 - $950,000 a year.");
    workspace.write("in.csv", table.bytes());
    let found = audit(&workspace, &[]);
    let rows = found.column("row");
    assert!(rows.iter().all(|row| rows.iter().filter(|other| *other == row).count() == 1));
    let at = rows.iter().position(|row| *row == (place + 1).to_string()).expect("a finding");
    assert_eq!(found.column("issue")[at], "mislabeled_title");
    assert!(found.column("further_issues")[at].contains("salary_conflict"));
    assert!(found.column("detail")[at].contains("Also salary conflict: It states 900000"));
    let summary = workspace.rolecall(&["audit", "in.csv", "-o", "out.csv"]).succeeds();
    summary.says(&["1 salary conflict"]);
}

#[test]
fn the_most_suspect_findings_can_be_asked_for() {
    let (workspace, _) = wrong();
    let all = audit(&workspace, &[]);
    assert!(all.rows.len() > 2);
    assert_eq!(audit(&workspace, &["--top", "2"]).rows, all.rows[..2]);
    let least = all.column("suspicion")[1];
    let suspect = audit(&workspace, &["--min-suspicion", least]);
    assert!(suspect.numbers("suspicion").len() < all.rows.len());
    assert_eq!(suspect.rows, all.rows[..suspect.rows.len()]);
    let ran = workspace.rolecall(&["audit", "in.csv", "--top", "0", "--fail-on-findings"]);
    ran.succeeds().says(&["findings are left out"]);
}

#[test]
fn all_rows_have_a_suspicion_if_asked() {
    let (workspace, _) = wrong();
    let all = audit(&workspace, &["--from-file", "--all"]);
    assert_eq!(all.rows.len(), workspace.table("in.csv").rows.len());
    let mut rows = all.numbers("row");
    rows.sort_by(f64::total_cmp);
    assert!(rows.windows(2).all(|pair| pair[1] - pair[0] > 0.5), "a row stands twice");
}

#[test]
fn a_model_that_knows_the_rows_does_not_speak_for_their_labels() {
    let (workspace, place) = wrong();
    workspace.rolecall(&["train", "in.csv", "-o", "own.rolecall"]).succeeds();
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    for model in ["own.rolecall", "sample.rolecall"] {
        let found = audit(&workspace, &["--model", model]);
        assert_eq!(rows_of(&found, "mislabeled_title")[0], (place + 1).to_string(), "{model}");
    }
    let compact = ["model", "export", "own.rolecall", "--compact", "-o", "compact.rolecall"];
    workspace.rolecall(&compact).succeeds();
    let by_compact = ["audit", "in.csv", "--model", "compact.rolecall"];
    assert!(workspace.rolecall(&by_compact).fails().contains("trained on just these rows"));
    let mut fewer = workspace.table("in.csv");
    fewer.rows.pop();
    workspace.write("in.csv", fewer.bytes());
    workspace
        .rolecall(&by_compact)
        .succeeds()
        .says(&["compact", "if it was trained on these rows"]);
}

#[test]
fn without_labels_the_titles_state_the_roles() {
    let (workspace, place) = wrong();
    let mut table = workspace.table("in.csv");
    let label = table.place("role");
    table.header.remove(label);
    table.rows.iter_mut().for_each(|row| drop(row.remove(label)));
    workspace.write("in.csv", table.bytes());
    let found = audit(&workspace, &[]);
    let planted = (place + 1).to_string();
    assert!(rows_of(&found, "mislabeled_title").contains(&planted.as_str()));
    assert!(found.column("issue").contains(&"title_states_two_roles"));
    let bare = Workspace::with("in.csv", "text\nBake bread\n");
    assert!(bare.rolecall(&["audit", "in.csv"]).fails().contains("no title column"));
}

/// What a model has learned of titles is no evidence against labels of one's own: they may be there because the titles
/// are wrong.
#[test]
fn a_model_speaks_of_titles_only_where_they_are_audited() {
    let (workspace, _) = wrong();
    let learned = "by what a model has learned of titles";
    let titled = |more: &[&str]| {
        let ran = workspace.rolecall(&[&["audit", "in.csv", "--json"], more].concat()).succeeds();
        ran.lines.iter().any(|line| line.contains(learned))
    };
    let mut table = workspace.table("in.csv");
    let [title, role] = ["title", "role"].map(|name| table.place(name));
    let names = [
        ("Product Owner", "product_owner"),
        ("Product Manager", "product_manager"),
        ("Technical Project Manager", "technical_project_manager"),
    ];
    for row in &mut table.rows {
        let name = names.iter().find(|(_, label)| row[role] == *label);
        row[title] = name.map_or("Nurse", |(name, _)| *name).to_owned();
    }
    workspace.write("in.csv", table.bytes());
    assert!(titled(&[]));
    assert!(!titled(&["--from-file"]));
    // A model of labels that repeat the titles has learned nothing of them.
    workspace
        .rolecall(&["train", "in.csv", "--label-from-title", "-o", "titles.rolecall"])
        .succeeds();
    assert!(!titled(&["--model", "titles.rolecall"]));
    let owner = table.rows.iter().position(|row| row[role] == "product_owner").expect("one");
    table.rows[owner][title] = "Product Manager".to_owned();
    workspace.write("in.csv", table.bytes());
    assert!(!titled(&[]));
}

#[test]
fn the_same_text_under_two_roles_is_a_conflict_even_with_changes() {
    let (workspace, _) = wrong();
    let mut table = workspace.table("in.csv");
    let [id, company, label, text] =
        ["id", "company", "role", "description"].map(|name| table.place(name));
    let place = table.rows.iter().position(|row| row[label] == "product_manager").expect("one");
    let mut copy = table.rows[place].clone();
    (copy[id], copy[company]) = ("copy".into(), "Otherwise Inc.".into());
    copy[label] = "product_owner".into();
    copy[text] = copy[text].replacen("the ", "teh ", 1);
    table.rows.push(copy);
    workspace.write("in.csv", table.bytes());
    let found = audit(&workspace, &[]);
    assert_eq!(rows_of(&found, "duplicate_conflict").len(), 2);
}

#[test]
fn what_a_company_says_of_itself_makes_no_conflict() {
    let (workspace, _) = wrong();
    let mut table = workspace.table("in.csv");
    let text = table.place("description");
    let name =
        |n: usize| [n, n / 4, n / 16, n / 64].map(|n| ["ka", "lo", "mi", "nu"][n % 4]).concat();
    let about = |n: usize| format!("Our {} is beside the {}. ", name(n), name(n + 7));
    for row in &mut table.rows {
        let words = row[text].split_whitespace().count();
        // Half of the pairs of words of two texts are those of the company.
        row[text].extend((0..words / 3).map(about));
    }
    workspace.write("in.csv", table.bytes());
    assert_eq!(rows_of(&audit(&workspace, &[]), "duplicate_conflict"), [""; 0]);
}

#[test]
fn levels_and_salaries_that_cannot_be_are_found() {
    let mut table = Table::of(PLAIN);
    let (title, text) = (table.place("title"), table.place("description"));
    table.rows[0][title] = "Junior Product Owner".into();
    table.rows[0][text].insert_str(0, "We are looking for a Director of Product Ownership. ");
    table.rows[2][text].push_str(" The salary is $900,000 - $950,000 a year.");
    table.rows[3][text].push_str(" The salary is £900,000 a year.");
    let workspace = Workspace::with("in.csv", table.bytes());
    let found = audit(&workspace, &[]);
    assert_eq!(rows_of(&found, "salary_conflict"), ["3"]);
    assert_eq!(rows_of(&found, "level_conflict"), ["1"]);
}

#[test]
fn what_titles_and_texts_cannot_both_say_is_found_in_short_texts() {
    let rows = [
        ("Junior Product Owner", "At least twelve years of experience.", "experience_conflict"),
        ("Junior Product Owner", "You have two years of experience.", ""),
        ("Senior Technical Project Manager", "0-1 years of experience.", "experience_conflict"),
        ("Product Owner", "At least twelve years of experience.", ""),
        ("Product Manager", "Salary: $30,000 a year.", "salary_conflict"),
        ("Product Manager", "Salary: $600,000 MXN a year.", ""),
        ("Product Manager", "You manage a budget of $30,000 a year.", ""),
        ("VP of Product", "Salary: $100,000 a year.", "salary_conflict"),
        ("Director of Product", "Salary: $450,000 a year.", ""),
        ("Product Owner", "Pay: $15 per hour.", "salary_conflict"),
        ("Product Owner", "Salary 90,000 - 110,000 USD.", ""),
    ];
    let mut file = "title,company,description\n".to_owned();
    for (i, (title, text, _)) in rows.iter().enumerate() {
        file.push_str(&format!("{title},Org {i},\"{text}\"\n"));
    }
    let workspace = Workspace::with("in.csv", file);
    let found = audit(&workspace, &[]);
    for issue in ["experience_conflict", "salary_conflict"] {
        let mut places: Vec<usize> =
            rows_of(&found, issue).iter().map(|row| row.parse().expect("a number")).collect();
        places.sort_unstable();
        let expected: Vec<usize> =
            (1..).zip(&rows).filter(|(_, row)| row.2 == issue).map(|(i, _)| i).collect();
        assert_eq!(places, expected, "{issue}");
    }
    assert!(found.column("detail").iter().any(|detail| detail.contains("gives 110000 to 150000")));
}

#[test]
fn labels_that_are_no_roles_are_said() {
    let sample = Table::of(SAMPLE);
    let (role, title) = (sample.place("role"), sample.place("title"));
    let with = |label: fn(usize, &str) -> String| {
        let mut table = sample.clone();
        for (i, row) in table.rows.iter_mut().enumerate() {
            row[role] = label(i, &row[role]);
        }
        Workspace::with("in.csv", table.bytes())
    };
    let some = with(|i, label| if i % 5 == 0 { "chief".into() } else { label.into() });
    let ran = some.rolecall(&["audit", "in.csv", "-o", "out.csv", "--all"]).succeeds();
    ran.says(&["17 rows are left out", "\"chief\" is neither a role nor `other`"]);
    assert_eq!(some.table("out.csv").rows.len(), sample.rows.len() - 17);
    let blank = with(|i, label| if i % 2 == 0 { String::new() } else { label.into() });
    let ran = blank.rolecall(&["audit", "in.csv", "-o", "out.csv"]).succeeds();
    ran.says(&["43 rows are left out", "no label"]);
    // A column that holds something else is no label, unless it is named.
    let other = with(|i, _| format!("systems {}", i % 3));
    let ran = other.rolecall(&["audit", "in.csv", "-o", "out.csv", "--all"]).succeeds();
    ran.says(&["column \"role\" holds no roles, but \"systems 0\"", "--label"]);
    let mut untitled = sample.clone();
    untitled.header.remove(role);
    untitled.rows.iter_mut().for_each(|row| _ = row.remove(role));
    assert!(title < role);
    let without = Workspace::with("in.csv", untitled.bytes());
    without.rolecall(&["audit", "in.csv", "-o", "out.csv", "--all"]).succeeds();
    assert_eq!(other.read("out.csv"), without.read("out.csv"));
    let named = ["audit", "in.csv", "--label", "role"];
    let refused = other.rolecall(&named).fails();
    assert!(refused.contains("none of 85 rows states a role"), "{refused}");
}

#[test]
fn findings_can_fail_a_run() {
    let (workspace, _) = wrong();
    workspace.rolecall(&["audit", "in.csv", "--fail-on-findings", "-o", "out.csv"]).notices();
    assert!(!workspace.table("out.csv").rows.is_empty());
}

#[test]
fn findings_are_a_table_for_reading_or_the_columns_that_are_chosen() {
    let workspace = Workspace::new();
    let audit = |more: &[&str]| {
        let ran = workspace.rolecall(&[&["audit", SAMPLE], more].concat()).succeeds();
        String::from_utf8(ran.stdout).expect("it is text")
    };
    let all = Table::parse(audit(&[]).as_bytes());
    let table = audit(&["--format", "table"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), all.rows.len() + 1);
    assert!(lines[0].starts_with("row     title"), "{}", lines[0]);
    assert!(lines.iter().all(|line| line.chars().count() <= 160), "{table}");
    assert!(lines[1].starts_with(all.column("row")[0]), "{}", lines[1]);
    let chosen = Table::parse(audit(&["--select", "title,row"]).as_bytes());
    assert_eq!(chosen.header, ["title", "row"]);
    assert_eq!(chosen.column("row"), all.column("row"));
    let refused = workspace.rolecall(&["audit", SAMPLE, "--select", "salary"]).fails();
    assert!(refused.contains("\"suspicion\""), "{refused}");
}
