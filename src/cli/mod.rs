//! The command line: the only part that knows options, files by name and the terminal.

mod args;
mod commands;
mod files;
mod input;
mod labelled;
mod made;
mod output;
mod progress;
mod sheet;

pub use args::Args;

use std::process::ExitCode;

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
