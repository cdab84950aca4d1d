//! Where the files of an answer go, and whether pictures are among them.

use super::Error;
use crate::scenario::names_a_folder;
use std::path::PathBuf;

/// The longest name of a folder: longer than a scenario's may be, since the default puts a word before one.
const LONGEST: usize = 120;

#[derive(Debug, clap::Args)]
pub(super) struct Output {
    /// Name of the folder [default: the command, a hyphen, and the name of the scenario or sweep]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Draw no pictures
    #[arg(long)]
    pub(super) no_plot: bool,

    /// Folder in which the answer gets a folder of its name
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub(super) out: PathBuf,
}

impl Output {
    /// The name of the folder of an answer of `command` on `what`.
    pub(super) fn name(&self, command: &str, what: &str) -> Result<String, Error> {
        let name = self.name.clone().unwrap_or_else(|| format!("{command}-{what}"));
        if names_a_folder(&name) && name.len() <= LONGEST {
            return Ok(name);
        }
        Err(Error::invalid(format!("--name {name:?} cannot name a folder"))
            .note("allowed: letters, digits, `.`, `_` and `-`, the first a letter or digit"))
    }
}
