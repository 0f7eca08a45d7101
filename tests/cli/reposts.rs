//! Postings that stand again under other organisations: none vouches for a copy of itself, and none is lost by them.

use crate::workspace::{ROLES, SAMPLE, Table, Workspace};
use serde_json::Value;

/// The postings of the sample that are of a role.
fn of_roles() -> Table {
    let mut table = Table::of(SAMPLE);
    let role = table.place("role");
    table.rows.retain(|row| ROLES.contains(&row[role].as_str()));
    table
}

fn repost(row: &[String], company: usize, by: &str) -> Vec<String> {
    let mut row = row.to_vec();
    row[0] = format!("{}-{by}", row[0]);
    by.clone_into(&mut row[company]);
    row
}

fn evaluated(table: &Table, more: &[&str]) -> Value {
    let workspace = Workspace::with("in.csv", table.bytes());
    workspace.rolecall(&[&["evaluate", "in.csv", "--json"], more].concat()).succeeds().json()
}

#[test]
fn an_agency_that_reposts_does_not_make_one_group_of_its_customers() {
    let mut table = of_roles();
    let [role, company] = ["role", "company"].map(|name| table.place(name));
    let owners: Vec<usize> =
        (0..table.rows.len()).filter(|&i| table.rows[i][role] == ROLES[0]).collect();
    for (n, &i) in owners.iter().enumerate() {
        table.rows[i][company] = ["Bluewater Bank", "Corin Bank", "Dale Bank"][n % 3].to_owned();
    }
    let alone = evaluated(&table, &["--closed"]);
    for &i in &owners[..3] {
        table.rows.push(repost(&table.rows[i].clone(), company, "Eager Staffing"));
    }
    for report in [alone, evaluated(&table, &["--closed"])] {
        assert!(report["closed"]["macro_f1"].as_f64() > Some(0.95), "{}", report["closed"]);
        assert_eq!(report["lexicon_only"], 0);
    }
}

#[test]
fn titles_that_agencies_repeat_are_not_wrong() {
    let mut table = of_roles();
    let company = table.place("company");
    let rows = table.rows.clone();
    // Each agency reposts the ads of two employers, so that all hang together.
    for (n, row) in rows.iter().enumerate() {
        let other = &rows[(n + 1) % rows.len()];
        let agency = format!("Agency {n}");
        table.rows.extend([repost(row, company, &agency), repost(other, company, &agency)]);
    }
    let workspace = Workspace::with("in.csv", table.bytes());
    let found = workspace.rolecall(&["audit", "in.csv", "--from-file"]).succeeds().table();
    let wrong = found.column("issue").iter().filter(|issue| **issue == "mislabeled_title").count();
    assert!(wrong <= 5, "{wrong}");
}

#[test]
fn a_line_more_does_not_make_another_text() {
    let mut table = of_roles();
    let [role, company, text] = ["role", "company", "description"].map(|name| table.place(name));
    for (n, row) in table.rows.iter_mut().enumerate() {
        ROLES[n * 5 / 3 % 3].clone_into(&mut row[role]);
        row[company] = format!("Employer {n}");
    }
    for (n, row) in table.rows.clone().iter().enumerate() {
        for k in 0..3 {
            let mut copy = repost(row, company, &format!("Agency {n} {k}"));
            copy[text].push_str(&format!("\n\nRef. {n}{k}, apply by email before the {k}th."));
            table.rows.push(copy);
        }
    }
    let report = evaluated(&table, &["--closed", "--view", "text"]);
    // By chance it is a third.
    assert!(report["closed"]["macro_f1"].as_f64() < Some(0.5), "{}", report["closed"]["macro_f1"]);
}

#[test]
fn the_lexicon_speaks_where_a_role_is_left_empty() {
    let mut table = of_roles();
    let [role, company] = ["role", "company"].map(|name| table.place(name));
    let owners: Vec<Vec<String>> =
        table.rows.iter().filter(|row| row[role] == ROLES[0]).cloned().collect();
    table.rows.retain(|row| row[role] != ROLES[0]);
    table.rows.extend(owners[..2].iter().map(|row| repost(row, company, "Bluewater Bank")));
    table.rows.push(repost(&owners[0], company, "Eager Staffing"));
    let workspace = Workspace::with("in.csv", table.bytes());
    let report = workspace.rolecall(&["evaluate", "in.csv", "--json"]).succeeds().json();
    // Without the bank and the copy of its first ad there is no Product Owner.
    assert_eq!(report["lexicon_only"], 1);
    let trained = workspace.rolecall(&["train", "in.csv", "-o", "m.rolecall", "--json"]);
    assert_eq!(trained.succeeds().json()["kept_out"], 1);
    let said = workspace.rolecall(&["evaluate", "in.csv"]).succeeds();
    assert!(said.text().contains("judged by the lexicon alone"), "{}", said.text());
}

#[test]
fn a_role_whose_postings_are_copies_of_one_is_too_few() {
    let mut table = of_roles();
    let [role, company] = ["role", "company"].map(|name| table.place(name));
    let owner = table.rows.iter().find(|row| row[role] == ROLES[0]).expect("one").clone();
    table.rows.retain(|row| row[role] != ROLES[0]);
    table.rows.extend((0..6).map(|n| repost(&owner, company, &format!("Agency {n}"))));
    let workspace = Workspace::with("in.csv", table.bytes());
    let why = workspace.rolecall(&["train", "in.csv", "-o", "m.rolecall"]).fails();
    assert!(why.contains("product_owner"), "{why}");
}

#[test]
fn folds_that_split_neighbours_are_said() {
    let mut table = of_roles();
    table.header.push("part".into());
    for (n, row) in table.rows.iter_mut().enumerate() {
        row.push((n % 2).to_string());
    }
    let [company, part] = ["company", "part"].map(|name| table.place(name));
    let mut copy = repost(&table.rows[0].clone(), company, "Eager Staffing");
    "1".clone_into(&mut copy[part]);
    table.rows.push(copy);
    let method = evaluated(&table, &["--folds", "part"])["method"].to_string();
    assert!(method.contains("in another fold"), "{method}");
}

#[test]
fn the_order_of_the_rows_changes_no_suspicion() {
    let mut table = of_roles();
    let company = table.place("company");
    let rows = table.rows.clone();
    table.rows.extend(rows.iter().step_by(3).map(|row| repost(row, company, "Eager Staffing")));
    let suspicions = |table: &Table| {
        let workspace = Workspace::with("in.csv", table.bytes());
        let arguments = ["audit", "in.csv", "--from-file", "--all"];
        let found = workspace.rolecall(&arguments).succeeds().table();
        let mut found: Vec<(String, String)> = found
            .column("id")
            .into_iter()
            .zip(found.column("suspicion"))
            .map(|(id, suspicion)| (id.to_owned(), suspicion.to_owned()))
            .collect();
        found.sort_unstable();
        found
    };
    let before = suspicions(&table);
    table.rows.reverse();
    assert_eq!(suspicions(&table), before);
}
