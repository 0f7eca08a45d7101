//! The guide: its commands run, they print what it says, and its links lead somewhere.

use crate::workspace::{DATA, Workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

/// The pages of Markdown below a folder of the project.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> =
        entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    let of_path = |path: PathBuf| {
        let name = path.file_name().expect("it has a name").to_string_lossy();
        if name.starts_with('.') || name == "target" {
            Vec::new()
        } else if path.is_dir() {
            pages(&path)
        } else {
            Some(path).filter(|p| p.extension().is_some_and(|e| e == "md")).into_iter().collect()
        }
    };
    paths.into_iter().flat_map(of_path).collect()
}

fn text(page: &Path) -> String {
    std::fs::read_to_string(page).unwrap_or_else(|e| panic!("{}: {e}", page.display()))
}

/// The blocks of code of a page: their languages and texts.
fn blocks(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'))
}

/// The lines that a script prints, on either stream.
fn run(workspace: &Workspace, script: &str) -> Result<String, String> {
    let program = Path::new(env!("CARGO_BIN_EXE_rolecall"));
    let folder = program.parent().expect("the program is in a folder").display();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &format!("exec 2>&1\n{script}")])
        .current_dir(workspace.path("."))
        .env("PATH", format!("{folder}:{path}"))
        .output()
        .expect("there is a bash");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(printed) } else { Err(printed) }
}

/// Whether a program that a block needs is there; `psql` needs a server, too. With `ROLECALL_GUIDE_ALL` all must be.
fn is_there(program: &str) -> bool {
    let try_it = if program == "psql" { ["-c", ""] } else { ["--version", "--version"] };
    let tried = Command::new(program).args(try_it).output();
    let there = tried.is_ok_and(|output| output.status.success());
    assert!(there || std::env::var_os("ROLECALL_GUIDE_ALL").is_none(), "{program} is not there");
    there
}

/// A script of a shell, or one that has Node run a block.
fn script(language: &str, block: &str) -> String {
    if language == "js" { format!("node - <<'END'\n{block}\nEND\n") } else { block.to_owned() }
}

#[test]
fn every_command_prints_what_the_guide_says() {
    for page in pages(&Path::new(PROJECT).join("src/guide")) {
        let workspace = Workspace::new();
        std::os::unix::fs::symlink(DATA, workspace.path("data")).expect("it can be linked to");
        // What the block before printed, if it was run.
        let mut printed = None;
        for (language, block) in blocks(&text(&page)) {
            let at = format!("{}:\n{block}", page.display());
            // Behind the language, a program that the block needs besides.
            let (language, needed) = language.split_once(' ').unwrap_or((language, ""));
            match language {
                "sh" | "js" if !needed.is_empty() && !is_there(needed) => printed = None,
                // The gate builds the program as its users do.
                "sh" if block.starts_with("cargo ") => printed = None,
                "sh" | "js" => {
                    let ran = run(&workspace, &script(language, block));
                    printed = Some(ran.unwrap_or_else(|e| panic!("{at}\n{e}")));
                }
                "text" => {
                    let Some(printed) = printed.take() else { continue };
                    for line in block.lines().filter(|line| *line != "...") {
                        let found = printed.lines().any(|l| l.starts_with(line));
                        assert!(found, "{at}\nnot there: {line}\n{printed}");
                    }
                }
                other => panic!("{at}\nblocks in {other} are not tried"),
            }
        }
    }
}

/// What follows `](` in a page, outside of code.
fn links(page: &str) -> Vec<&str> {
    let prose = page.split("\n```").step_by(2);
    let links = prose.flat_map(|part| part.split("](").skip(1));
    links.filter_map(|rest| rest.split_once(')')).map(|(link, _)| link).collect()
}

/// The anchors of a page's headings, as the hosts of Markdown make them.
fn anchors(page: &str) -> Vec<String> {
    let prose = page.split("\n```").step_by(2);
    let lines = prose.flat_map(str::lines).filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    lines.map(anchor).collect()
}

#[test]
fn every_link_leads_somewhere() {
    for page in pages(Path::new(PROJECT)) {
        let own = text(&page);
        for link in links(&own).into_iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = page.parent().expect("a page is in a folder").join(file);
            let target = if file.is_empty() { page.clone() } else { target };
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
            let found = anchor.is_empty() || anchors(&text(&target)).iter().any(|a| a == anchor);
            assert!(found, "{}: {link} is no heading", page.display());
        }
    }
}
