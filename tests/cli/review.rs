//! Decisions of reviewers become rows to learn from, whatever happened to the sheets in between.

use crate::workspace::{SAMPLE, SAMPLE_MODEL, Table, Workspace};

#[test]
fn decisions_become_rows_to_learn_from() {
    let (workspace, place) = (Workspace::new(), 19);
    workspace.write("in.csv", std::fs::read(SAMPLE).expect("the sample is there"));
    let rows = workspace.table("in.csv");
    let (id, title) = (rows.column("id"), rows.column("title"));
    let decisions = format!(
        "row,id,title,stated_role,decision,role\n\
         {},{},{},technical_project_manager,accept,product_owner\n\
         2,{},\"{}\",x,skip,\n\
         3,other,\"{}\",x,keep,other\n\
         4,{},\"{}\",x,other,cook\n\
         999,x,x,x,keep,other\n",
        place + 1,
        id[place],
        title[place],
        id[1],
        title[1],
        title[2],
        id[3],
        title[3],
    );
    workspace.write("decisions.csv", decisions);
    let arguments = ["review", "decisions.csv", "in.csv", "-o", "corrected.csv"];
    let ran = workspace.rolecall(&arguments).notices();
    ran.says(&["line 4", "not applied", "row 3"]);
    ran.says(&["line 5", "\"cook\"", "neither a role"]);
    ran.says(&["line 6", "no row 999"]);
    ran.says(&["1 decisions applied", "1 rows skipped"]);
    let corrected = workspace.table("corrected.csv");
    assert_eq!(corrected.header, rows.header);
    assert_eq!(corrected.rows.len(), 1);
    assert_eq!(corrected.column("role"), ["product_owner"]);
    assert_eq!(corrected.column("id"), [id[place]]);
    workspace.rolecall(&[&arguments[..], &["--all"]].concat()).notices();
    let all = workspace.table("corrected.csv");
    assert_eq!(all.header[..rows.header.len()], rows.header);
    let mut labels = rows.column("role");
    labels[place] = "product_owner";
    assert_eq!(all.column("role"), labels);
    let mut reviewed = vec![""; rows.rows.len()];
    (reviewed[place], reviewed[1]) = ("accept", "skip");
    assert_eq!(all.column("reviewed"), reviewed);
    workspace.write("corrected.csv", corrected.bytes());
    // The loop closes.
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    let learn = ["retrain", "sample.rolecall", "--add", "corrected.csv", "-o", "new.rolecall"];
    workspace.rolecall(&[&learn[..], &["--allow-worse"]].concat()).succeeds();
}

#[test]
fn decisions_find_rows_that_moved_or_were_saved_again() {
    let workspace = Workspace::new();
    let sample = Table::of(SAMPLE);
    let [id, title, text] = ["id", "title", "description"].map(|name| sample.place(name));
    let decision = |row: usize, text: &str, role: &str| {
        let fields = &sample.rows[row - 1];
        format!("{row},{},\"{}\",{text},x,accept,{role}\n", fields[id], fields[title])
    };
    let hash = |row: usize| rolecall::audit::fingerprint(&sample.rows[row - 1][text]);
    let written = |name: &str, lines: &[String]| {
        let lines = lines.concat();
        workspace.write(name, format!("row,id,title,text,stated_role,decision,role\n{lines}"));
    };
    let lines = [(20, 20, "other"), (7, 7, "other"), (8, 9, "other")]
        .map(|(row, of, role)| decision(row, &hash(of), role));
    written("decisions.csv", &lines);
    let mut moved = sample.clone();
    moved.rows.sort_by_key(|row| row[title].clone());
    for row in &mut moved.rows {
        row[text] = row[text].replace('\n', "\r\n") + "  ";
    }
    workspace.write("moved.csv", moved.bytes());
    for file in [SAMPLE, "moved.csv"] {
        let ran = workspace.rolecall(&["review", "decisions.csv", file, "-o", "out.csv"]).notices();
        ran.says(&["2 rows written, 2 decisions applied"]);
        ran.says(&["line 4: not applied"]);
        let out = workspace.table("out.csv");
        let mut found = out.column("id");
        found.sort_unstable();
        assert_eq!(found, ["s007", "s020"], "{file}");
    }
    // As earlier versions hashed texts.
    written("earlier.csv", &[decision(20, "t3abebfdeabf0ab0", "other")]);
    let ran = workspace.rolecall(&["review", "earlier.csv", SAMPLE, "-o", "out.csv"]).succeeds();
    ran.says(&["1 decisions applied"]);
}

#[test]
fn a_spreadsheet_may_save_decisions_again() {
    let mut table = Table::of(SAMPLE);
    let (title, role) = (table.place("title"), table.place("role"));
    table.rows.truncate(3);
    table.rows[1][title] = "Chef de Café; Größe".into();
    let workspace = Workspace::with("in.csv", table.bytes());
    let line = |decision: &str, role: &str| {
        format!("2;s002;\"Chef de Café; Größe\";x;{decision};{role}\r\n")
    };
    let head = "row;id;title;stated_role;decision;role\r\n";
    let file = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    workspace.write("decisions.csv", file(&format!("{head}{};;;;;\r\n", line("Accept", "Other"))));
    let ran =
        workspace.rolecall(&["review", "decisions.csv", "in.csv", "-o", "out.csv"]).succeeds();
    ran.says(&["1 decisions applied"]);
    let out = workspace.table("out.csv");
    assert_eq!((out.rows.len(), out.rows[0][role].as_str()), (1, "other"));
    workspace.write("decisions.csv", file(&format!("{head}{}x;;;;;\r\n", line("keep", "other"))));
    let refused = workspace.rolecall(&["review", "decisions.csv", "in.csv"]).fails();
    assert!(refused.contains("decisions.csv, line 3: column row"), "{refused}");
}

/// Each file of decisions says of row 20 that it is another job, in its own way.
#[test]
fn a_row_is_found_by_its_id_or_its_text_or_its_number() {
    let sample = Table::of(SAMPLE);
    let [id, title, text] = ["id", "title", "description"].map(|name| sample.place(name));
    let hash = rolecall::audit::fingerprint(&sample.rows[19][text]);
    let sheet = |change: &dyn Fn(&mut Vec<Vec<String>>)| {
        let mut table = sample.clone();
        change(&mut table.rows);
        table.bytes()
    };
    let workspace = Workspace::new();
    workspace.write("in.csv", sheet(&|_| ()));
    workspace.write("sorted.csv", sheet(&|rows| rows.reverse()));
    workspace.write("filtered.csv", sheet(&|rows| drop(rows.drain(..10))));
    let number = |rows: &mut Vec<Vec<String>>| {
        rows.reverse();
        rows.iter_mut().enumerate().for_each(|(i, row)| row[id] = format!("{i}"));
    };
    workspace.write("numbered_anew.csv", sheet(&number));
    let moved = ["sorted.csv", "filtered.csv"];
    let title = &sample.rows[19][title];
    for (decisions, sheets) in [
        (format!("row,id,title,text,decision,role\n20,s020,{title},{hash},accept,other\n"), {
            &["in.csv", "sorted.csv", "filtered.csv", "numbered_anew.csv"][..]
        }),
        ("id;Decision;Role\ns020;ACCEPT;None\n;;\n".to_owned(), &moved),
        (format!("text,decision,role\n{hash},accept,other\n"), &moved),
        (format!("row,id,title,decision,role\n3,s020,{title},accept,other\n"), &moved),
        ("row,decision,role\n20,accept,other\n".to_owned(), &["in.csv"]),
    ] {
        workspace.write("decisions.csv", &decisions);
        for sheet in sheets {
            let review = ["review", "decisions.csv", sheet, "-o", "out.csv"];
            workspace.rolecall(&review).succeeds().says(&["1 rows written, 1 decisions applied"]);
            let out = workspace.table("out.csv");
            assert_eq!(out.rows[0][text], sample.rows[19][text], "{sheet}: {decisions}");
            assert_eq!(out.column("role"), ["other"]);
        }
    }
}

#[test]
fn decisions_that_contradict_or_say_nothing_are_listed() {
    let workspace = Workspace::new();
    let lines = [
        "20,s020,skip,",
        "20,s020,accept,other",
        "21,s020,accept,other",
        "22,s020,accept,PO",
        ",,accept,other",
        ",s999,accept,other",
        "7,s007,accept,PM",
    ];
    let file = format!("row,id,decision,role\n{}\n", lines.join("\n"));
    workspace.write("decisions.csv", file);
    let review = ["review", "decisions.csv", SAMPLE, "-o", "out.csv"];
    let ran = workspace.rolecall(&review).notices();
    ran.says(&["1 rows written, 1 decisions applied"]);
    for said in [
        ["line 5", "decided twice, differently: see line 3"],
        ["line 6", "does not say of which row it is"],
        ["line 7", "no id \"s999\""],
        ["line 8", "\"PM\" is neither a role"],
    ] {
        ran.says(&said);
    }
    assert_eq!(ran.lines.iter().filter(|line| line.contains("not applied")).count(), 4);
    let refused = workspace.rolecall(&[&review[..], &["--strict"]].concat()).fails();
    assert!(refused.contains("decisions.csv, line 5"), "{refused}");
    let mapped = [&review[..], &["--map", "PM=product_manager"]].concat();
    workspace.rolecall(&mapped).notices().says(&["2 rows written, 2 decisions applied"]);
}
