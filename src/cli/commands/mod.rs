//! One module per command.

mod audit;
mod classify;
mod evaluate;
mod explain;
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

pub(super) fn run(args: Args) -> Result<Outcome> {
    match args.command {
        Command::Classify(args) => {
            set_threads(&args.input.reading.common)?;
            classify::run(&args)
        }
        Command::Train(args) => {
            set_threads(&args.input.reading.common)?;
            train::run(&args)
        }
        Command::Retrain(args) => {
            set_threads(&args.reading.common)?;
            retrain::run(&args)
        }
        Command::Audit(args) => {
            set_threads(&args.input.reading.common)?;
            audit::run(&args)
        }
        Command::Review(args) => review::run(&args),
        Command::Evaluate(args) => {
            set_threads(&args.input.reading.common)?;
            evaluate::run(&args)
        }
        Command::Suggest(args) => {
            set_threads(&args.input.reading.common)?;
            suggest::run(&args)
        }
        Command::Explain(args) => explain::run(&args),
        Command::Skills(args) => {
            set_threads(&args.input.reading.common)?;
            skills::run(&args)
        }
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
