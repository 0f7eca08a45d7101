//! The command line: the only part that knows options, files by name and the terminal.

mod args;
mod commands;
mod files;
mod input;
mod labelled;

mod output;
mod progress;

mod row_cache;
mod sheet;
mod synced_file;

pub use args::Args;

use crate::model::{FORMAT, ModelFile};
use clap::Parser;
use clap::error::ErrorKind;
use std::io::Write;
use std::process::ExitCode;

/// What was typed; or tells what is wrong with it, or what was asked about the program, and ends.
pub fn typed() -> Args {
    Args::try_parse().unwrap_or_else(|error| {
        if error.kind() == ErrorKind::DisplayVersion {
            let _ = write!(anstream::stdout(), "{}", version(&error.to_string()));
            std::process::exit(0);
        }
        error.exit()
    })
}

/// The program's version, and which model is inside.
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

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done.
    Done,
    /// Done, and what the user asked to be told about happened.
    Noticed,
}

/// Runs a command and gives the exit status: 0 done, 1 done with something to notice, 2 not done.
pub fn run(args: Args) -> ExitCode {
    match commands::run(args) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Noticed) => ExitCode::from(1),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let message = format!("{error:#}");
            output::say(&format!("error: {message}"));
            ExitCode::from(2)
        }
    }
}
