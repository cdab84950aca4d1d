//! `catchup schema [scenario|sweep]`

use super::{Exit, Terminal};
use crate::error::Error;
use crate::schema;
use clap::ValueEnum;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which files it describes
    #[arg(value_enum, default_value_t = Kind::Scenario)]
    file: Kind,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Scenario files
    Scenario,
    /// Sweep files
    Sweep,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let schema = match args.file {
        Kind::Scenario => schema::scenario(),
        Kind::Sweep => schema::sweep(),
    };
    terminal.print(&format!("{schema:#}\n"));
    Ok(Exit::Done)
}
