//! `catchup merge SWEEPDIR… --out DIR`: the parts of a sweep, computed apart, as one.

use super::signals::Signals;
use super::threads::Threads;
use super::{Exit, Terminal, batch_account};
use crate::control::Control;
use crate::error::{Error, Kind};
use crate::record::sweep as record;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folders of all parts, each DIR/NAME of a `catchup sweep … --shard K/N --out DIR`
    #[arg(required = true, value_name = "SWEEPDIR")]
    folders: Vec<PathBuf>,

    /// Folder in which the whole sweep gets a folder of its name
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let threads = Threads::new(None, terminal);
    let signals = Signals::watch();
    let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
    match threads.run(|| record::merge(&args.folders, &args.out, &control)) {
        Ok(outcome) => {
            let name = outcome.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok(batch_account::print(&name, &outcome, None, terminal))
        }
        Err(error) if error.kind == Kind::Stopped => {
            terminal.note("interrupted: nothing was merged, the parts are untouched");
            Ok(signals.received().map_or(Exit::Failed, Exit::Signal))
        }
        Err(error) => Err(error.about("merge")),
    }
}
