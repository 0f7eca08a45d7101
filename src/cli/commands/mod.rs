//! One module per command.

mod audit;
mod classify;
mod classify_lines;
mod evaluate;
mod explain;
mod features;
mod install;
mod model;
mod retrain;
mod review;
mod skills;
mod suggest;
mod train;

use super::Outcome;
use super::args::CommonArgs;
use super::args::{Args, Command};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Names the model that is used where no other is given; the embedded one without it.
const MODEL_VARIABLE: &str = "ROLECALL_MODEL";

pub(super) fn run(mut args: Args) -> Result<Outcome> {
    if let Some(model) = args.command.default_model() {
        let variable = std::env::var_os(MODEL_VARIABLE).filter(|path| !path.is_empty());
        *model = model.take().or(variable.map(PathBuf::from));
    }
    if let Some(common) = args.command.common() {
        common.color.choice().write_global();
        set_threads(common)?;
    }
    match args.command {
        Command::Classify(args) => classify::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Retrain(args) => retrain::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Review(args) => review::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Suggest(args) => suggest::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Features(args) => features::run(&args),
        Command::Skills(args) => skills::run(&args),
        Command::Model(command) => model::run(&command),
        Command::Completions { shell } => install::completions(shell),
        Command::Man { folder } => install::manual(&folder),
    }
}

fn set_threads(common: &CommonArgs) -> Result<()> {
    let threads = common.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    pool.context("the threads could not be started")
}
