//! `catchup plot DIR|FILE…`: pictures from tables that stand; nothing is simulated.

use super::{Exit, Terminal};
use crate::plot::{self, Format, What};
use crate::record::{self, RecordError};
use crate::scenario::os_message;
use clap::builder::PossibleValue;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of a run or a comparison, or one of its tables
    #[arg(required = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,

    /// Format of the picture
    #[arg(long, default_value = "svg", value_name = "FORMAT")]
    format: Format,

    /// What to show; several with commas. Without it, the gap, or what suits a table that is named
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    what: Vec<What>,
}

impl clap::ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl clap::ValueEnum for What {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::Gap => "the income gap, with its long run",
            Self::Wage => "the wage in P against what leaving the cluster would pay",
            Self::Z => "relative productivity of every sector",
            Self::Growth => "growth of real incomes",
            Self::Margin => "how far the cluster is from collapse",
            Self::Decomposition => "what moved the gap (of a comparison)",
        }))
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Exit {
    let wanted: Vec<Option<What>> =
        if args.what.is_empty() { vec![None] } else { args.what.iter().copied().map(Some).collect() };
    let mut pictures = Vec::new();
    let mut mistakes = 0;
    for path in &args.paths {
        for what in &wanted {
            match plot::load(path, *what) {
                Ok(picture) => pictures.push((path, picture)),
                Err(error) => {
                    mistakes += 1;
                    terminal.error(&error.title, Some(&error.expected), &error.hint);
                }
            }
        }
    }
    if mistakes > 0 {
        if !pictures.is_empty() {
            terminal.note("no picture was drawn");
        }
        return Exit::Invalid;
    }
    for (path, picture) in pictures {
        let name = picture.file_name(args.format);
        let bytes = match picture.draw(args.format) {
            Ok(bytes) => bytes,
            Err(error) => {
                terminal.error(&format!("cannot draw {name} of {}: {error}", path.display()), None, "");
                return Exit::Failed;
            }
        };
        let file = picture.folder.join(&name);
        if let Err(error) = record::replace(&file, &bytes) {
            if let RecordError::Io { action, error, kept } = error {
                terminal.error(&format!("cannot {action}: {}", os_message(&error)), Some(&kept), "");
            }
            return Exit::Failed;
        }
        if terminal.json {
            let line = json!({ "file": file, "what": picture.what.name(), "format": args.format.name() });
            terminal.print(&format!("{line}\n"));
        } else if !terminal.quiet {
            terminal.print(&format!("{}\n", file.display()));
        }
    }
    Exit::Done
}
