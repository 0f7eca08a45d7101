//! The columns of the files that people have: which are found, and which belong to the text.

use crate::workspace::{DUTIES, Workspace};

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
