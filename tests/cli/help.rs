//! `-h` and `--help`.

use crate::workspace::Workspace;

const COMMANDS: [&[&str]; 17] = [
    &[],
    &["classify"],
    &["train"],
    &["retrain"],
    &["audit"],
    &["review"],
    &["suggest"],
    &["evaluate"],
    &["explain"],
    &["skills"],
    &["features"],
    &["model"],
    &["model", "show"],
    &["model", "compare"],
    &["model", "export"],
    &["completions"],
    &["man"],
];

fn help(command: &[&str], option: &str) -> String {
    let ran = Workspace::new().rolecall(&[command, &[option]].concat()).succeeds();
    ran.text().to_owned()
}

#[test]
fn the_short_help_of_every_command_fits_one_screen_and_has_three_examples() {
    for command in COMMANDS {
        let text = help(command, "-h");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() <= 40, "{command:?}: {} lines\n{text}", lines.len());
        let wide = lines.iter().find(|line| line.chars().count() > 100);
        assert!(wide.is_none(), "{command:?}: {wide:?}");
        if ["completions", "man"].contains(command.last().unwrap_or(&"")) {
            continue;
        }
        let examples = text.split_once("Examples:\n").expect("there are examples").1;
        let examples: Vec<&str> = examples.lines().collect();
        assert_eq!(examples.len(), 3, "{command:?}: {examples:?}");
        let name = ["rolecall"].iter().chain(command).copied().collect::<Vec<_>>().join(" ");
        assert!(examples.iter().all(|line| line.contains(&name)), "{command:?}: {examples:?}");
    }
}

#[test]
fn every_command_is_tried_here() {
    let text = help(&[], "-h");
    let commands = text.split_once("Commands:\n").expect("commands").1;
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let names = commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    for name in names.filter(|name| !name.is_empty() && *name != "help") {
        assert!(COMMANDS.iter().any(|command| command == &[name]), "{name}");
    }
}

#[test]
fn what_is_rarely_needed_is_in_the_long_help_only() {
    let (short, long) = (help(&["classify"], "-h"), help(&["classify"], "--help"));
    let rare = long.split_once("Rarely needed:").expect("a heading").1;
    for option in ["--delimiter", "--escape", "--max-rejects", "--lexicon", "--threads"] {
        assert!(rare.contains(option) && !short.contains(option), "{option}");
    }
    assert!(short.contains("--output") && short.contains("--model"), "{short}");
}

#[test]
fn options_that_do_nothing_in_a_command_are_not_shown_and_still_taken() {
    for (command, option) in [
        (&["explain"][..], "--company"),
        (&["skills"], "--title"),
        (&["model", "show"], "--threads"),
        (&["model", "export"], "--json"),
        (&["train"], "--id"),
    ] {
        for asked in ["-h", "--help"] {
            assert!(!help(command, asked).contains(&format!("{option} ")), "{command:?} {option}");
        }
    }
    let arguments = ["model", "show", "--threads", "1"];
    Workspace::new().rolecall(&arguments).succeeds();
}
