//! The columns of the files that people have: which are found, and which belong to the text.

use crate::workspace::{DUTIES, Workspace};

const BAKER: &str = "You bake bread and rolls from four in the morning, knead the dough, heat the oven and \
    serve the customers at the counter. You have learned to bake, rise early and like to work with your \
    hands, and you keep the bakery clean.";

/// What is said of a table with these columns, of which the last is the text.
fn said_of(header: &str, fields: &str) -> String {
    let rows = [DUTIES, BAKER].map(|text| format!("{fields},\"{text}\"\n")).concat();
    let workspace = Workspace::with("in.csv", format!("{header}\n{rows}"));
    workspace.rolecall(&["classify", "in.csv"]).succeeds().lines[0].clone()
}

#[test]
fn columns_are_found_by_the_names_that_boards_give_them() {
    for (header, fields, title, company, id, text) in [
        ("index,subject,url,job_desc", "0,PO,u", "subject", "", "", "job_desc"),
        (
            "Job ID,Agency,Business Title,Civil Service Title,Job Description",
            "1,Parks,PO,Staff",
            "Business Title",
            "Agency",
            "Job ID",
            "Job Description",
        ),
        ("jobKey,positionName,position,desc", "k,PO,3", "positionName", "", "jobKey", "desc"),
        (
            "Requisition Number,Requisition Title,Advertiser,External Description",
            "7,PO,Parks",
            "Requisition Title",
            "Advertiser",
            "Requisition Number",
            "External Description",
        ),
        // The usual names go before these.
        (
            "subject,headline,title,agency,company,text",
            "a,b,PO,c,d",
            "title",
            "company",
            "",
            "text",
        ),
    ] {
        let said = said_of(header, fields);
        let wanted = [("description", text), ("title", title), ("company", company), ("id", id)];
        for (column, name) in wanted {
            let part = format!("{column} from {name:?}");
            let part = if name.is_empty() { format!("{column} from") } else { part };
            assert_eq!(said.contains(&part), !name.is_empty(), "{header}: {said}");
        }
    }
}

#[test]
fn a_column_that_looks_like_the_texts_is_offered() {
    let rows =
        [DUTIES, BAKER].map(|text| format!("PO,\"{text}\",\"{}\"\n", "same words ".repeat(90)));
    let workspace =
        Workspace::with("my jobs.csv", format!("title,what it is,,legal\n{}", rows.concat()));
    let error = workspace.rolecall(&["classify", "my jobs.csv"]).fails();
    let command = "rolecall classify 'my jobs.csv' --description 'what it is'";
    assert!(error.contains("\"what it is\" looks like the texts"), "{error}");
    assert!(error.ends_with(command), "{error}");
    let command = ["classify", "my jobs.csv", "--description", "what it is"];
    workspace.rolecall(&command).succeeds().says(&["description from \"what it is\""]);
    // Where no column is like that, the nearest names are given as before.
    workspace.write("short.csv", "title,descripton_short\nPO,few words\n");
    let error = workspace.rolecall(&["classify", "short.csv"]).fails();
    assert!(error.contains("Nearest: \"descripton_short\""), "{error}");
}

#[test]
fn duties_and_requirements_beside_the_description_are_read_with_it() {
    let workspace = Workspace::new();
    let table = format!(
        "title,company_profile,description,requirements,benefits\nJob,We bake.,We look for you.,\"{DUTIES}\",Bread\n"
    );
    workspace.write("in.csv", &table);
    let ran = workspace.rolecall(&["classify", "in.csv"]).succeeds();
    ran.says(&["description from \"description\" and \"requirements\","]);
    let whole = ran.table();
    let named = ["--description", "description", "--description", "requirements"];
    let named = workspace.rolecall(&[&["classify", "in.csv"], &named[..]].concat()).succeeds();
    assert_eq!(whole, named.table());
    let alone = ["classify", "in.csv", "--description", "description"];
    assert_ne!(whole, workspace.rolecall(&alone).succeeds().table());
    let object = serde_json::json!({"offers": [{
        "title": "Job", "description": "<p>We look for you.</p>", "requirements": format!("<p>{DUTIES}</p>"),
    }]});
    workspace.write("in.json", object.to_string());
    let ran = workspace.rolecall(&["classify", "in.json"]).succeeds();
    ran.says(&["description from \"description\" and \"requirements\""]);
    let place = whole.place("p_product_owner");
    let probability = format!("{:.6}", ran.json()["p_product_owner"].as_f64().unwrap_or_default());
    assert_eq!(probability, whole.rows[0][place]);
    // What the description has already is not read twice.
    let [once, twice] = ["title,text,note", "title,text,qualifications"].map(|header| {
        workspace.write("in.csv", format!("{header}\nJob,\"{BAKER} {DUTIES}\",\"{DUTIES}\"\n"));
        workspace.rolecall(&["classify", "in.csv", "-q"]).succeeds().table().rows
    });
    assert_eq!(once, twice);
}

#[test]
fn rows_that_end_where_their_last_fields_are_empty_are_filled() {
    let short = format!(
        "1,PO,\"{DUTIES}\"\n2,Baker,\"{BAKER}\"\n3,PO,\"{DUTIES}\",9\n4,PO,\"{DUTIES}\",9,x\n"
    );
    let workspace =
        Workspace::with("in.csv", format!("id,title,text,salary,remarks\n{short}5,PO\n"));
    let ran = workspace.rolecall(&["classify", "in.csv"]).succeeds();
    let table = ran.says(&["3 rows", "read as empty"]).says(&["1 of 5 rows"]).table();
    assert_eq!(table.column("id"), ["1", "2", "3", "4"]);
    assert_eq!(table.column("salary"), ["", "", "9", "9"]);
    assert_eq!(table.column("remarks"), ["", "", "", "x"]);
    // A quote that is not closed costs its own row, as elsewhere.
    let broken = format!("{short}6,PO,\"open\n7,PO,\"{DUTIES}\"\n");
    workspace.write("in.csv", format!("id,title,text,salary,remarks\n{broken}"));
    let ran = workspace.rolecall(&["classify", "in.csv"]).succeeds();
    assert_eq!(ran.says(&["1 of 6 rows"]).table().column("id"), ["1", "2", "3", "4", "7"]);
    // A single one among whole rows is set aside as before.
    let whole = format!("5,PO,\"{DUTIES}\",9,x\n").repeat(3);
    workspace.write("in.csv", format!("id,title,text,salary,remarks\n{whole}1,PO,\"{DUTIES}\"\n"));
    let ran = workspace.rolecall(&["classify", "in.csv"]).succeeds();
    assert_eq!(ran.says(&["1 of 4 rows", "3 fields"]).table().rows.len(), 3);
}

#[test]
fn a_review_adds_the_label_under_a_free_name() {
    let workspace = Workspace::with("in.csv", format!("role,title,text\n7,PO,\"{DUTIES}\"\n"));
    let decisions =
        "row,id,title,stated_role,decision,role\n1,7,PO,product_owner,keep,product_owner\n";
    workspace.write("decisions.csv", decisions);
    let ran = workspace.rolecall(&["review", "decisions.csv", "in.csv", "--id", "role"]).succeeds();
    let table = ran.says(&["\"rolecall_role\"", "--label"]).table();
    assert_eq!(
        (table.column("role"), table.column("rolecall_role")),
        (vec!["7"], vec!["product_owner"])
    );
}
