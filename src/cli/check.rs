//! `catchup check FILE…`
use super::{Exit, Scenarios, Terminal};
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scenarios: Scenarios,
}
pub(super) fn run(args: &Args, terminal: &Terminal) -> Exit {
    match args.scenarios.load(terminal) {
        Ok(_) => Exit::Done,
        Err(exit) => exit,
    }
}
