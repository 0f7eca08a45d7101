//! The command line: options, named files and the terminal.

mod advice;
mod args;
mod commands;
mod evaluated_rows;
mod files;
mod help;
mod input;
mod labelled;
mod labels;
mod locked_file;
mod output;
mod progress;
mod progress_bar;
mod rejected_rows;
mod row_cache;
mod row_table;
mod sheet;
mod synced_file;
mod terminal;
mod unfinished_file;
mod verdict_page;

pub(crate) use args::Args;

use clap::FromArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use rolecall::model::{FORMAT, ModelFile};
use std::io::Write;
use std::process::ExitCode;

/// Options of 0.1.0 that are gone, and what to type instead.
const GONE: [(&str, &str); 2] = [
    ("--title-blind", "--view duties reads the text with the roles' names masked"),
    ("--use-title", "leave it out: title and text are read, as --view whole says"),
];

/// Parses the arguments; on an error, `--help` or `--version` it prints and exits.
pub(crate) fn parse_args() -> Args {
    let matches = help::command().try_get_matches();
    matches.and_then(|matches| Args::from_arg_matches(&matches)).unwrap_or_else(|error| {
        if error.kind() == ErrorKind::DisplayVersion {
            let _ = write!(anstream::stdout(), "{}", version(&error.to_string()));
            std::process::exit(0);
        }
        if let Some((gone, instead)) = gone_option(&error) {
            output::say(&format!("error: {gone} is gone; {instead}"));
            std::process::exit(2);
        }
        error.exit()
    })
}

/// The option of 0.1.0 that was typed and is gone, and what to type instead.
fn gone_option(error: &clap::Error) -> Option<(&'static str, &'static str)> {
    let ContextValue::String(typed) = error.get(ContextKind::InvalidArg)? else { return None };
    GONE.into_iter().find(|(gone, _)| error.kind() == ErrorKind::UnknownArgument && gone == typed)
}

/// Version of the program and of the embedded model.
fn version(program: &str) -> String {
    let Ok(model) = ModelFile::embedded() else { return program.to_owned() };
    let header = model.header();
    let provenance = &header.provenance;
    let name = provenance.data.as_deref().unwrap_or("no named data");
    let date = provenance.date.as_deref().map(|date| format!(", {date}")).unwrap_or_default();
    let rows: String = header.rows_hash.chars().take(8).collect();
    let lexicon: String = header.lexicon.chars().take(8).collect();
    format!("{program}model: {name}{date} (rows {rows}, lexicon {lexicon}, format {FORMAT})\n")
}

/// Outcome of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done.
    Done,
    /// Done, and a condition that the user asked about holds: exit status 1.
    Noticed,
}

/// Runs a command. Exit status: 0 done, 1 done and noticed, 2 failed.
pub(crate) fn run(args: Args) -> ExitCode {
    match commands::run(args) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Noticed) => ExitCode::from(1),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::say_error(&format!("{error:#}{}", advice::advice(&error)));
            ExitCode::from(2)
        }
    }
}
