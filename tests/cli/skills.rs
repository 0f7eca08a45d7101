//! `skills`: the lexicon as a table, and what of it stands in each posting.

use crate::workspace::{PLAIN, ROLES, Table, Workspace};

#[test]
fn the_list_is_a_table_that_names_every_role() {
    let list = Workspace::new().rolecall(&["skills"]).succeeds().table();
    assert_eq!(list.header, ["id", "name", "kind", "role", "weight", "source", "section", "forms"]);
    for role in ROLES {
        assert!(list.column("role").contains(&role), "{role}");
    }
    assert!(list.numbers("weight").iter().all(|weight| *weight > 0.0));
    for column in ["id", "name", "source", "section", "forms"] {
        assert!(list.column(column).iter().all(|field| !field.is_empty()), "{column}");
    }
}

#[test]
fn skills_are_found_where_they_say() {
    let raw = [
        "You write user stories and keep the roadmap.",
        "<p>M\u{fc}nchen &amp; K\u{f6}ln: write <b>user</b> stories</p>\n<ul><li>Road&shy;map</li></ul>",
        "&lt;p&gt;Caf\u{e9} &quot;one&quot; write user stories,&lt;br&gt;keep &#39;the&#39; roadmap",
    ];
    let rows = raw.map(|text| vec![format!("id of {text}"), text.to_owned()]).to_vec();
    let table = Table { header: vec!["id".into(), "text".into()], rows };
    let workspace = Workspace::with("in.csv", table.bytes());
    let found = workspace.rolecall(&["skills", "in.csv"]).succeeds().table();
    assert_eq!(found.header, ["row", "id", "skill", "text", "start", "end"]);
    let piped = workspace.rolecall(&["skills", "-"]).stdin(table.bytes()).succeeds().table();
    assert_eq!(piped, found);
    let mut seen = String::new();
    for row in &found.rows {
        let [number, id, _, text, start, end] = row.as_slice() else { panic!("{row:?}") };
        let place = |text: &String| text.parse::<usize>().expect("a number");
        let raw = raw[place(number) - 1];
        assert_eq!(*id, format!("id of {raw}"));
        let written = raw.get(place(start)..place(end)).unwrap_or_else(|| panic!("{row:?}"));
        let first = text.split_whitespace().next().expect("a skill has words");
        assert!(written.replace("&shy;", "").starts_with(first), "{row:?}: {written:?}");
        seen.push_str(&format!("{number} {text}\n"));
    }
    for number in 1..=raw.len() {
        assert!(seen.contains(&format!("{number} write user stories")), "{seen}");
    }
}

#[test]
fn each_skill_of_a_posting_stands_once_and_in_the_order_of_the_text() {
    let found = Workspace::new().rolecall(&["skills", PLAIN]).succeeds().table();
    let places: Vec<(f64, f64)> =
        found.numbers("row").into_iter().zip(found.numbers("start")).collect();
    assert!(places.is_sorted());
    let mut skills: Vec<(&str, &str)> =
        found.column("row").into_iter().zip(found.column("skill")).collect();
    let all = skills.len();
    skills.sort_unstable();
    skills.dedup();
    assert_eq!(skills.len(), all);
    assert_eq!(skills.iter().map(|s| s.0).collect::<std::collections::BTreeSet<_>>().len(), 6);
}

#[test]
fn skills_are_a_table_for_reading() {
    let workspace = Workspace::new();
    let skills = |more: &[&str]| {
        let ran = workspace.rolecall(&[&["skills"], more].concat()).succeeds();
        String::from_utf8(ran.stdout).expect("it is text")
    };
    for files in [&[][..], &[PLAIN]] {
        let rows = Table::parse(skills(files).as_bytes()).rows.len();
        let table = skills(&[files, &["--format", "table"]].concat());
        assert_eq!(table.lines().count(), rows + 1);
        assert!(table.lines().all(|line| line.chars().count() <= 160), "{table}");
    }
}
