//! `completions` and `man`: shell completions and manual pages.

use crate::cli::Outcome;
use crate::cli::help::command;
use crate::cli::output::Output;
use anyhow::{Context, Result};
use clap_complete::{Shell, generate};
use std::io::Write;
use std::path::Path;

pub(super) fn completions(shell: Shell) -> Result<Outcome> {
    let mut script = Vec::new();
    generate(shell, &mut command(), "rolecall", &mut script);
    let mut out = Output::open(None)?;
    out.write_all(&script)?;
    out.finish()?;
    Ok(Outcome::Done)
}

pub(super) fn manual(folder: &Path) -> Result<Outcome> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    clap_mangen::generate_to(command(), folder)
        .with_context(|| format!("cannot write manual pages to {}", folder.display()))?;
    Ok(Outcome::Done)
}
