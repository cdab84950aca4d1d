//! `catchup init [FILE]`

use super::{Exit, Terminal};
use crate::scenario::{STARTER, STDIN, os_message};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to write it; `-` for standard output. An existing file is left alone
    #[arg(default_value = "scenario.toml")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Exit {
    let file = args.file.display();
    if args.file.as_os_str() == STDIN {
        terminal.print(STARTER);
        return Exit::Done;
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
            Exit::Done
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            terminal.error(&format!("{file} exists"), Some("it was left as it is"), "name another file");
            Exit::Invalid
        }
        Err(error) => {
            terminal.error(&format!("cannot write {file}: {}", os_message(&error)), None, "nothing was written");
            Exit::Failed
        }
    }
}
