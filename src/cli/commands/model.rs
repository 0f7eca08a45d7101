//! `model`: what is in a model.

use crate::cli::Outcome;
use crate::cli::args::ModelCommand;
use crate::cli::input::{lexicon, model};
use crate::cli::output::Output;
use crate::report::write_header;
use anyhow::Result;
use std::io::Write;

pub(super) fn run(command: &ModelCommand) -> Result<Outcome> {
    let (ModelCommand::Show { file, common } | ModelCommand::Export { file, common, .. }) = command;
    let lexicon = lexicon(common)?;
    let model = model(file.as_deref(), &lexicon)?;
    let mut out = Output::open(None)?;
    match command {
        ModelCommand::Show { .. } if common.json => {
            writeln!(out, "{}", serde_json::to_string(model.header())?)?;
        }
        ModelCommand::Show { .. } => {
            write_header(&mut out, model.header(), model.features().count())?;
        }
        ModelCommand::Export { .. } => {
            for line in model.counts() {
                out.write_all(line.as_bytes())?;
            }
        }
    }
    out.finish()?;
    Ok(Outcome::Done)
}
