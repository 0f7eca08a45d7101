//! On a terminal: colours, tables, and what is waited for.

use crate::workspace::{PLAIN, Workspace};
use std::io::Write;
use std::process::{Command, Stdio};

/// What ends input that is typed.
const CTRL_D: u8 = 4;

/// What the program shows on a terminal, on both streams, where nothing is typed but Ctrl-D; `variables` are set.
fn on_terminal(arguments: &str, variables: &[(&str, &str)]) -> String {
    let line = format!("{} {arguments}", env!("CARGO_BIN_EXE_rolecall"));
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(variable);
    }
    command.env("TERM", "xterm-256color").envs(variables.iter().copied());
    let mut script = command.spawn().expect("script is there");
    let _ = script.stdin.take().expect("it is piped").write_all(&[CTRL_D]);
    let output = script.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn colours_are_for_terminals_and_can_be_turned_off() {
    let classify = format!("classify {PLAIN} -q");
    let shown = on_terminal(&classify, &[]);
    assert!(shown.contains("\u{1b}[1mtitle") && shown.contains("\u{1b}[32maccept"), "{shown}");
    for (arguments, variables) in [
        (&*format!("{classify} --color never"), &[][..]),
        (&classify, &[("NO_COLOR", "1")]),
        (&classify, &[("TERM", "dumb")]),
        (&classify, &[("TERM", "dumb"), ("CI", "true")]),
    ] {
        let plain = on_terminal(arguments, variables);
        assert!(!plain.contains('\u{1b}') && plain.contains("accept"), "{plain}");
    }
    let error = on_terminal("classify nowhere.csv", &[]);
    assert!(error.contains("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m"), "{error:?}");
    // Never in pipes or files, unless a pipe is asked to have them.
    let workspace = Workspace::new();
    let table = ["classify", PLAIN, "--format", "table"];
    let run = |more: &[&str]| workspace.rolecall(&[&table[..], more].concat()).succeeds();
    assert!(!run(&[]).text().contains('\u{1b}'));
    assert!(run(&["--color", "always"]).text().contains("\u{1b}[32maccept"));
    run(&["--color", "always", "-o", "out.txt"]);
    assert!(!workspace.read("out.txt").contains(&0x1b));
}

#[test]
fn a_posting_cannot_colour_the_screen() {
    let workspace =
        Workspace::with("in.csv", "title,text\n\"Owner \u{1b}[31mred\",\"Own the backlog\"\n");
    let path = workspace.path("in.csv");
    let shown = on_terminal(&format!("classify {} -q", path.display()), &[]);
    assert!(!shown.contains("\u{1b}[31m") && shown.contains("Owner [31mred"), "{shown:?}");
}

#[test]
fn audits_and_skills_are_tables_on_a_terminal() {
    let shown = on_terminal(&format!("skills {PLAIN} -q --color never"), &[]);
    assert!(shown.starts_with("row      id"), "{shown}");
    let shown = on_terminal("skills --color never", &[]);
    assert!(shown.starts_with("name "), "{shown}");
}

#[test]
fn what_is_waited_for_is_said() {
    let shown = on_terminal("classify", &[]);
    assert!(shown.contains("reading postings") && shown.contains("Ctrl-D"), "{shown}");
    let shown = on_terminal("explain", &[]);
    assert!(shown.contains("reading the text of one posting"), "{shown}");
    let shown = on_terminal("classify -q", &[]);
    assert!(!shown.contains("reading"), "{shown}");
}
