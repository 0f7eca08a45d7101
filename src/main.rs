//! The `rolecall` program: see `rolecall --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rolecall::cli::run(rolecall::cli::typed())
}
