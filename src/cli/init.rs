//! `catchup init [FILE]`

use super::{Exit, Terminal};
use crate::error::Error;
use crate::scenario::{STARTER, STDIN};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to write it; `-` for standard output. An existing file is left alone
    #[arg(default_value = "scenario.toml")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let file = args.file.display();
    if args.file.as_os_str() == STDIN {
        terminal.print(STARTER);
        return Ok(Exit::Done);
    }
    let written = OpenOptions::new().write(true).create_new(true).open(&args.file).and_then(|mut out| {
        out.write_all(STARTER.as_bytes()).and_then(|()| out.sync_all()).inspect_err(|_| {
            // Half a scenario is worse than none.
            let _ = std::fs::remove_file(&args.file);
        })
    });
    match written {
        Ok(()) => {
            terminal.note(&format!("wrote {file}; next: catchup run {file}"));
            Ok(Exit::Done)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(Error::invalid(format!("{file} exists")).note("it was left as it is").hint("name another file"))
        }
        Err(error) => Err(Error::io(format_args!("write {file}"), error, "nothing was written")),
    }
}
