//! `packaging/release`, in a small project with the files that it changes.

use crate::workspace::Workspace;
use std::path::Path;
use std::process::Command;

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");
const CHANGES: &str =
    "# Changes\n\n## Unreleased\n\n- What is new.\n\n## 1.2.3, 2026-01-02\n\n- What was new.\n";

/// A project of version 1.2.3, under git, whose packages are one file.
fn project() -> Workspace {
    let workspace = Workspace::new();
    for folder in ["packaging", "python", "tests/fuzz"] {
        std::fs::create_dir_all(workspace.path(folder)).expect("it can be written to");
    }
    let package =
        |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"1.2.3\"\n\n[lints]\n");
    let lock = "[[package]]\nname = \"anyhow\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"rolecall\"\nversion = \"1.2.3\"\n";
    workspace.write("Cargo.toml", package("rolecall"));
    workspace.write("python/Cargo.toml", package("rolecall-python"));
    workspace.write(
        "Cargo.lock",
        format!("{lock}\n[[package]]\nname = \"rolecall-python\"\nversion = \"1.2.3\"\n"),
    );
    workspace.write("tests/fuzz/Cargo.lock", lock);
    workspace
        .write("CITATION.cff", "cff-version: 1.2.0\nversion: 1.2.3\ndate-released: 2026-01-02\n");
    workspace.write("CHANGELOG.md", CHANGES);
    workspace.write(".gitignore", "target\n");
    std::fs::copy(
        Path::new(PROJECT).join("packaging/release"),
        workspace.path("packaging/release"),
    )
    .expect("it can be copied");
    shell(
        &workspace,
        "echo 'touch $1/rolecall.deb' > packaging/build; echo 'test -f $1/rolecall.deb' > packaging/check",
    );
    shell(&workspace, "chmod +x packaging/*; git init -q; git add .; git commit -qm 'A project'");
    workspace
}

/// The exit status of a script, and what it prints.
fn shell(workspace: &Workspace, script: &str) -> (Option<i32>, String) {
    let names =
        ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1; {script}")])
        .current_dir(workspace.path("."))
        .envs(names.map(|name| (name, "test@example.org")))
        .output()
        .expect("there is a bash");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_release_is_shown_and_changes_nothing_before_it_is_asked_for() {
    let project = project();
    let (status, said) = shell(&project, "packaging/release 1.10.0");
    assert_eq!(status, Some(0), "{said}");
    let today = shell(&project, "date -u +%F").1;
    let today = today.trim();
    assert_eq!(said.matches("+version = \"1.10.0\"").count(), 5, "{said}");
    for line in
        ["+version: 1.10.0", &format!("+date-released: {today}"), &format!("+## 1.10.0, {today}")]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(said.contains("--go does it"), "{said}");
    assert_eq!(shell(&project, "git status --porcelain; git tag").1, "");
}

#[test]
fn a_release_is_committed_and_tagged_with_its_packages() {
    let project = project();
    let (status, said) = shell(&project, "packaging/release 1.3.0 --go");
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(
        shell(
            &project,
            "git status --porcelain; git tag; git log --format=%s -1; ls target/packages"
        )
        .1,
        "v1.3.0\nVersion 1.3.0\nrolecall.deb\n"
    );
    let lock = String::from_utf8(project.read("Cargo.lock")).expect("text");
    assert!(lock.contains("name = \"anyhow\"\nversion = \"1.2.3\""), "{lock}");
    assert_eq!(lock.matches("version = \"1.3.0\"").count(), 2, "{lock}");
}

#[test]
fn a_release_that_cannot_be_built_leaves_the_project_as_it_was() {
    let project = project();
    shell(&project, "echo 'exit 1' > packaging/check; git commit -qam 'Packages fail'");
    assert_eq!(shell(&project, "packaging/release 1.3.0 --go").0, Some(1));
    assert_eq!(
        shell(&project, "git status --porcelain; git tag; git log --format=%s -1").1,
        "Packages fail\n"
    );
}

#[test]
fn a_release_that_would_be_wrong_is_refused() {
    for (before, version, why) in [
        ("", "1.3", "three numbers"),
        ("", "1.2.3", "not larger than 1.2.3"),
        ("", "1.2.2", "not larger than 1.2.3"),
        ("", "1.3.0 --do", "there is only --go"),
        ("echo x > new", "1.3.0", "the tree has changes"),
        ("git tag v1.3.0", "1.3.0", "a tag v1.3.0"),
        ("sed -i '/What is new/d' CHANGELOG.md; git commit -qam x", "1.3.0", "says nothing"),
        ("sed -i '/Unreleased/d' CHANGELOG.md; git commit -qam x", "1.3.0", "no heading"),
    ] {
        let project = project();
        shell(&project, before);
        let state = shell(&project, "git status --porcelain; git tag").1;
        let (status, said) = shell(&project, &format!("packaging/release {version}"));
        assert!(status == Some(2) && said.contains(why), "{version}: {status:?} {said}");
        assert_eq!(shell(&project, "git status --porcelain; git tag").1, state);
    }
}
