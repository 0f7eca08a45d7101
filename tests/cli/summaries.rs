//! `--json`: reports on standard output wherever rows go to a file, and on standard error beside rows.

use crate::workspace::{PLAIN, SAMPLE, SAMPLE_MODEL, Workspace};
use serde_json::Value;

#[test]
fn reports_are_on_standard_output_where_rows_go_to_a_file() {
    let workspace = Workspace::with("sample.rolecall", &*SAMPLE_MODEL);
    workspace.write("decisions.csv", "row,decision,role\n1,accept,product_owner\n");
    for (command, figure) in [
        (&["classify", PLAIN][..], "rows_written"),
        (&["audit", SAMPLE], "findings"),
        (&["suggest", PLAIN], "suggested"),
        (&["skills", PLAIN], "rows_written"),
        (&["features", PLAIN], "rows_written"),
        (&["review", "decisions.csv", PLAIN], "decisions_applied"),
        (&["train", SAMPLE], "rows_hash"),
        (&["retrain", "sample.rolecall", "--add", PLAIN, "--allow-worse"], "added"),
    ] {
        let quiet = |more: &[&str]| {
            workspace.rolecall(&[command, &["--json", "-q"], more].concat()).succeeds()
        };
        let ran = quiet(&["-o", "out.csv"]);
        assert!(!ran.json()[figure].is_null(), "{command:?}: {}", ran.text());
        assert!(ran.lines.is_empty(), "{command:?}: {:?}", ran.lines);
        let loud = workspace.rolecall(&[command, &["--json", "-o", "out.csv"]].concat()).succeeds();
        assert_eq!(loud.json()[figure], ran.json()[figure], "{command:?}");
        let beside = quiet(&["-o", "-"]);
        let report: Value = serde_json::from_str(&beside.lines.concat()).expect("it is JSON");
        assert_eq!(report[figure], ran.json()[figure], "{command:?}");
    }
}
