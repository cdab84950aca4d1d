//! `catchup man [--out DIR]`

use super::{Cli, Exit, Terminal};
use crate::error::Error;
use clap::CommandFactory;
use clap_mangen::Man;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Write a page per command to this folder; without it, the program's own page is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let page = |command: clap::Command| {
        let man = Man::new(command);
        let mut text = Vec::new();
        man.render(&mut text).map(|()| (man.get_filename(), text))
    };
    let failed = |error| Error::io("write the manual", error, "it is not complete");
    let Some(folder) = &args.out else {
        let (_, text) = page(program).map_err(failed)?;
        terminal.print(&String::from_utf8_lossy(&text));
        return Ok(Exit::Done);
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let commands: Vec<clap::Command> = program.get_subcommands().cloned().collect();
    let count = commands.len() + 1;
    for command in std::iter::once(program).chain(commands) {
        let (name, text) = page(command).map_err(failed)?;
        std::fs::write(folder.join(name), text).map_err(failed)?;
    }
    terminal.note(&format!("wrote {count} pages to {}", folder.join("").display()));
    Ok(Exit::Done)
}
