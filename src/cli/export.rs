//! `catchup export DIR`: the tables of a folder for a spreadsheet.

use super::{Exit, Terminal};
use crate::error::Error;
use crate::export::{Format, export};
use clap::builder::PossibleValue;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder with tables that catchup wrote: of a run, a comparison, a sweep, what explain says of it, flips, a map, or a best policy
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// What to make of its tables
    #[arg(long, default_value = "xlsx", value_name = "FORMAT")]
    format: Format,

    /// The workbook to write, or the folder for the CSV files [default: in DIR, named after it or after the tables]
    #[arg(long, value_name = "FILE|DIR")]
    out: Option<PathBuf>,
}

impl clap::ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.meaning()))
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    for path in export(&args.folder, args.format, args.out.as_deref())? {
        if terminal.json {
            terminal.print(&format!("{}\n", json!({ "file": path.display().to_string() })));
        } else if !terminal.quiet {
            terminal.print(&format!("{}\n", path.display()));
        }
    }
    Ok(Exit::Done)
}
