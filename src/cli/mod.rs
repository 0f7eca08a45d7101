//! The command line: options, named files and the terminal.

mod advice;
mod args;
mod commands;
mod files;
mod input;
mod labelled;
mod labels;
mod locked_file;
mod output;
mod progress;
mod progress_bar;
mod rejected_rows;
mod row_cache;
mod sheet;
mod synced_file;
mod terminal;
mod verdict_page;

pub(crate) use args::Args;

use clap::Parser;
use clap::error::ErrorKind;
use rolecall::model::{FORMAT, ModelFile};
use std::io::Write;
use std::process::ExitCode;

/// Parses the arguments; on an error, `--help` or `--version` it prints and exits.
pub(crate) fn parse_args() -> Args {
    Args::try_parse().unwrap_or_else(|error| {
        if error.kind() == ErrorKind::DisplayVersion {
            let _ = write!(anstream::stdout(), "{}", version(&error.to_string()));
            std::process::exit(0);
        }
        error.exit()
    })
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
            output::say(&format!("error: {error:#}{}", advice::advice(&error)));
            ExitCode::from(2)
        }
    }
}
