//! What `-h` and `--help` show: examples, the options that are often needed, and none that do nothing.

use super::args::Args;
use clap::{Arg, Command, CommandFactory};

/// Options that `--help` alone shows.
const RARE: [&str; 25] = [
    "delimiter",
    "quote",
    "escape",
    "encoding",
    "no_header",
    "sheet",
    "rejects",
    "max_rejects",
    "lexicon",
    "threads",
    "color",
    "bom",
    "replace",
    "resume",
    "fail_below",
    "fail_on_findings",
    "no_evidence",
    "only",
    "strict",
    "lenient",
    "count_twice",
    "data_name",
    "date",
    "keep_known",
    "allow_worse",
];
/// Heading of these options.
const RARELY_NEEDED: &str = "Rarely needed";
/// Options of all commands, which stand behind their own.
const COMMON: [&str; 7] = ["description", "title", "company", "label", "id", "quiet", "json"];
/// Where those stand; options come in the order of their definition, from 0.
const BEHIND: usize = 500;
/// Columns of a help text.
const WIDTH: usize = 100;

/// What the help of a command shows besides its options.
struct Help {
    /// Names of the command.
    path: &'static [&'static str],
    examples: [&'static str; 3],
    /// Options that the command takes and that change nothing there.
    without_effect: &'static [&'static str],
}

/// The help of each command.
const HELP: [Help; 15] = [
    Help {
        path: &[],
        examples: [
            "rolecall classify postings.csv -o labelled.csv",
            "zcat postings.csv.gz | rolecall classify > labelled.csv",
            "rolecall train labelled.csv -o my.rolecall && rolecall classify --model my.rolecall postings.csv",
        ],
        without_effect: &[],
    },
    Help {
        path: &["classify"],
        examples: [
            "rolecall classify postings.csv -o labelled.csv",
            "zcat postings.csv.gz | rolecall classify --slim > verdicts.csv",
            "rolecall classify week.xlsx -o verdicts.xlsx --report page.html --only review",
        ],
        without_effect: &["label"],
    },
    Help {
        path: &["train"],
        examples: [
            "rolecall train labelled.csv -o my.rolecall",
            "rolecall train sheet.xlsx --label Rolle --map PM=product_manager -o my.rolecall",
            "rolecall train --lexicon-only -o start.rolecall",
        ],
        without_effect: &["id"],
    },
    Help {
        path: &["retrain"],
        examples: [
            "rolecall retrain my.rolecall --add week2.csv -o my.rolecall",
            "rolecall retrain my.rolecall --remove wrong.csv --add corrected.csv -o my.rolecall",
            "rolecall retrain berlin.rolecall --merge paris.rolecall -o both.rolecall",
        ],
        without_effect: &[],
    },
    Help {
        path: &["audit"],
        examples: [
            "rolecall audit postings.csv -o findings.csv",
            "rolecall audit postings.csv --report review.html -o findings.csv",
            "rolecall audit postings.csv --model my.rolecall --top 20",
        ],
        without_effect: &["lenient"],
    },
    Help {
        path: &["review"],
        examples: [
            "rolecall review decisions.csv postings.csv -o corrected.csv",
            "rolecall review decisions.csv sheet.xlsx --all -o sheet_reviewed.xlsx",
            "rolecall review decisions.csv postings.csv --strict -o corrected.csv",
        ],
        without_effect: &["company", "lenient"],
    },
    Help {
        path: &["suggest"],
        examples: [
            "rolecall suggest postings.csv -n 50 -o to_label.csv",
            "rolecall suggest postings.csv --model my.rolecall -o to_label.xlsx",
            "rolecall suggest postings.csv -n 50 -o to_label.csv --report page.html",
        ],
        without_effect: &[],
    },
    Help {
        path: &["evaluate"],
        examples: [
            "rolecall evaluate labelled.csv --html report.html",
            "rolecall evaluate labelled.csv --folds 5 --by source",
            "rolecall evaluate new_labels.csv --model a.rolecall --model b.rolecall",
        ],
        without_effect: &["lenient"],
    },
    Help {
        path: &["explain"],
        examples: [
            "rolecall explain postings.csv --row 19",
            "rolecall explain postings.csv --row 3,7,9-12 --brief",
            "rolecall explain postings.csv --row 19 --html why.html",
        ],
        without_effect: &["company", "label", "id"],
    },
    Help {
        path: &["skills"],
        examples: [
            "rolecall skills",
            "rolecall skills postings.csv -o skills.csv",
            "rolecall skills --lexicon mine | grep scrum",
        ],
        without_effect: &["title", "company", "label"],
    },
    Help {
        path: &["features"],
        examples: [
            "rolecall features postings.csv -o features.parquet",
            "rolecall features postings.csv --format jsonl | head -1",
            "rolecall features labelled.csv --model my.rolecall -o features.csv",
        ],
        without_effect: &[],
    },
    Help {
        path: &["model"],
        examples: [
            "rolecall model show my.rolecall",
            "rolecall model compare old.rolecall new.rolecall --rows postings.csv",
            "rolecall model export my.rolecall --compact -o to_give_away.rolecall",
        ],
        without_effect: &[],
    },
    Help {
        path: &["model", "show"],
        examples: [
            "rolecall model show",
            "rolecall model show my.rolecall --top 20",
            "rolecall model show my.rolecall --json > model.json",
        ],
        without_effect: &["threads", "quiet", "color"],
    },
    Help {
        path: &["model", "compare"],
        examples: [
            "rolecall model compare old.rolecall new.rolecall",
            "rolecall model compare old.rolecall new.rolecall --rows postings.csv",
            "rolecall model compare old.rolecall new.rolecall --json > change.json",
        ],
        without_effect: &[],
    },
    Help {
        path: &["model", "export"],
        examples: [
            "rolecall model export my.rolecall --compact -o to_give_away.rolecall",
            "rolecall model export my.rolecall --counts -o counts.tsv",
            "rolecall model export --compact -o shipped.rolecall",
        ],
        without_effect: &["threads", "json", "color"],
    },
];

/// The command line, with its help.
pub(crate) fn command() -> Command {
    with_help(Args::command().max_term_width(WIDTH), &mut Vec::new())
}

/// A command with its help and that of its commands; `path` has its names.
fn with_help(mut command: Command, path: &mut Vec<String>) -> Command {
    if let Some(help) = HELP.iter().find(|help| help.path == *path) {
        let examples = help.examples.map(|example| format!("\n  {example}")).concat();
        command = command.after_help(format!("Examples:{examples}"));
        command = command.mut_args(|arg| shown(arg, help.without_effect));
    }
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        path.push(name.clone());
        command = command.mut_subcommand(name, |command| with_help(command, path));
        path.pop();
    }
    command
}

/// How an option is shown.
fn shown(arg: Arg, without_effect: &[&str]) -> Arg {
    let id = arg.get_id().to_string();
    if without_effect.contains(&id.as_str()) {
        arg.hide(true)
    } else if RARE.contains(&id.as_str()) {
        arg.hide_short_help(true).help_heading(RARELY_NEEDED)
    } else {
        let behind = COMMON.iter().position(|common| *common == id);
        behind.map_or(arg.clone(), |index| arg.display_order(BEHIND + index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_here_is_one_of_the_command_line() {
        let mut command = command();
        command.build();
        let mut ids: Vec<String> = Vec::new();
        for Help { path, without_effect, .. } in &HELP {
            let of_path = path.iter().try_fold(&command, |c, name| c.find_subcommand(name));
            let of_path = of_path.unwrap_or_else(|| panic!("there is no command {path:?}"));
            let own: Vec<String> =
                of_path.get_arguments().map(|a| a.get_id().to_string()).collect();
            for id in *without_effect {
                assert!(own.iter().any(|own| own == id), "{path:?} has no {id}");
            }
            ids.extend(own);
        }
        for id in RARE.iter().chain(&COMMON) {
            assert!(ids.iter().any(|known| known == id), "no command has {id}");
        }
    }
}
