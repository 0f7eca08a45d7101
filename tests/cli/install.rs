//! What belongs to a program that is installed.

use crate::workspace::Workspace;

#[test]
fn the_version_names_the_model_inside() {
    let said = Workspace::new().rolecall(&["--version"]).succeeds().text().to_owned();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], concat!("rolecall ", env!("CARGO_PKG_VERSION")));
    let header = Workspace::new().rolecall(&["model", "show", "--json"]).succeeds().json();
    let rows = &header["rows_hash"].as_str().expect("it has one")[..8];
    let data = header["provenance"]["data"].as_str().expect("it is named");
    assert!(lines[1].starts_with("model: ") && lines[1].contains(rows), "{said}");
    assert!(lines[1].contains(data), "{said}");
}

#[test]
fn options_that_are_gone_are_named_with_what_to_type_instead() {
    for (gone, instead) in [("--title-blind", "--view duties"), ("--use-title", "--view whole")] {
        let refused = Workspace::new().rolecall(&["classify", "jobs.csv", gone]).fails();
        assert!(refused.contains(gone) && refused.contains(instead), "{refused}");
    }
}

#[test]
fn the_papers_cite_the_model_inside() {
    let header = Workspace::new().rolecall(&["model", "show", "--json"]).succeeds().json();
    for (member, word) in [("rows_hash", "rows "), ("lexicon", "lexicon ")] {
        let hash = format!("{word}{}", &header[member].as_str().expect("it has one")[..8]);
        for paper in ["README.md", "CITATION.cff"] {
            let path = format!("{}/{paper}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).expect("it is there");
            assert!(text.contains(&hash), "{paper} does not cite {hash}");
        }
    }
}

#[test]
fn shells_complete_commands_and_options() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = Workspace::new().rolecall(&["completions", shell]).succeeds();
        assert!(ran.text().contains("classify") && ran.text().contains("duties"), "{shell}");
    }
}

#[test]
fn every_command_has_a_page() {
    let workspace = Workspace::new();
    workspace.rolecall(&["man", "pages"]).succeeds();
    for name in ["rolecall", "rolecall-classify", "rolecall-retrain", "rolecall-model-show"] {
        let page = workspace.read(&format!("pages/{name}.1"));
        let page = String::from_utf8(page).expect("it is UTF-8");
        assert!(page.contains(".SH NAME") && page.contains(".SH OPTIONS"), "{name}");
    }
}
