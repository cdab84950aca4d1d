//! `catchup init [FILE]`, `catchup init --example NAME [FILE|DIR]`, `catchup init --list`

use super::{Exit, Terminal};
use crate::error::Error;
use crate::examples::{self, Example};
use crate::scenario::diagnostics::nearest;
use crate::scenario::{STARTER, STDIN};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Where examples go: the commands in their comments then work as they stand.
const FOLDER: &str = "scenarios";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to write it: a file (`-` is standard output) [default: scenario.toml]; for --example also a folder [default:
    /// scenarios]. An existing file is left alone
    #[arg(value_name = "FILE|DIR")]
    target: Option<PathBuf>,

    /// Write a shipped scenario or sweep instead, with those it builds on, or all of a folder: see --list
    #[arg(long, value_name = "NAME")]
    example: Option<String>,

    /// Say which examples there are, and what they show
    #[arg(long, conflicts_with_all = ["example", "target"])]
    list: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    if args.list {
        list(terminal);
        return Ok(Exit::Done);
    }
    if let Some(name) = &args.example {
        return example(name, args.target.as_deref().unwrap_or(Path::new(FOLDER)), terminal);
    }
    let file = args.target.as_deref().unwrap_or(Path::new("scenario.toml"));
    write(file, STARTER, "run", terminal)
}

fn list(terminal: &Terminal) {
    for example in examples::all() {
        let heading = example.heading();
        let (title, description) = (heading.title.unwrap_or_default(), heading.description.unwrap_or_default());
        if terminal.json {
            let kind = if heading.is_sweep { "sweep" } else { "scenario" };
            let line =
                serde_json::json!({ "name": example.name, "kind": kind, "title": title, "description": description });
            terminal.print(&format!("{line}\n"));
        } else {
            let first = description.split_inclusive(". ").next().unwrap_or_default().trim_end();
            terminal.print(&format!("{}  {title}\n    {first}\n", example.name));
        }
    }
    if !terminal.json {
        terminal.note("\nnext: catchup init --example NAME");
    }
}

/// Writes one file that is not there yet, or prints it.
fn write(file: &Path, text: &str, command: &str, terminal: &Terminal) -> Result<Exit, Error> {
    if file.as_os_str() == STDIN {
        terminal.print(text);
        return Ok(Exit::Done);
    }
    create(file, text)?;
    let file = file.display();
    terminal.note(&format!("wrote {file}; next: catchup {command} {file}"));
    Ok(Exit::Done)
}

fn create(file: &Path, text: &str) -> Result<(), Error> {
    let written = OpenOptions::new().write(true).create_new(true).open(file).and_then(|mut out| {
        out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).inspect_err(|_| {
            // Half a scenario is worse than none.
            let _ = fs::remove_file(file);
        })
    });
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(file),
        _ => Error::io(format_args!("write {}", file.display()), error, "nothing was written"),
    })
}

fn exists(file: &Path) -> Error {
    Error::invalid(format!("{} exists", file.display())).note("it was left as it is").hint("name another file")
}

/// Writes the examples called `name`, with those they rest on, to `target`.
fn example(name: &str, target: &Path, terminal: &Terminal) -> Result<Exit, Error> {
    let named = examples::called(name);
    let mut all = named.clone();
    let mut next = 0;
    while let Some(example) = all.get(next) {
        if let Some(other) = example.rests_on().filter(|other| !all.contains(other)) {
            all.push(other);
        }
        next += 1;
    }
    let to_one_file = target.as_os_str() == STDIN || target.extension().is_some_and(|extension| extension == "toml");
    match (named.as_slice(), all.as_slice()) {
        ([], _) => Err(unknown(name)),
        ([one], [_]) if to_one_file && one.files().is_empty() => write(target, one.text, command(one), terminal),
        ([one], [_]) if to_one_file => Err(Error::invalid(format!("{name} is more than one file"))
            .note(format!("{} reads {}", one.name, one.files()[0].0))
            .hint(format!("name a folder: catchup init --example {name} {FOLDER}"))),
        ([one], [_, other, ..]) if to_one_file => Err(Error::invalid(format!("{name} is more than one file"))
            .note(format!("{} builds on {}", one.name, other.name))
            .hint(format!("name a folder: catchup init --example {name} {FOLDER}"))),
        (_, _) if to_one_file => Err(Error::invalid(format!("{name} is a folder of examples"))
            .hint(format!("name a folder: catchup init --example {name} {FOLDER}"))),
        _ => write_all(&named, &all, target, terminal),
    }
}

fn command(example: &Example) -> &'static str {
    if example.heading().is_sweep { "sweep" } else { "run" }
}

fn unknown(name: &str) -> Error {
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let full = nearest(name, examples::all().map(|example| example.name));
    // Who leaves out the folder means the file in it.
    let near = full.or_else(|| {
        let names: Vec<(String, &str)> = examples::all().map(|example| (last(example.name), example.name)).collect();
        let file = nearest(name, names.iter().map(|(file, _)| file.as_str()))?;
        names.iter().find(|(last, _)| last == file).map(|(_, name)| *name)
    });
    let hint =
        near.map_or_else(|| "catchup init --list names them".to_owned(), |near| format!("did you mean `{near}`?"));
    Error::invalid(format!("no example is called {name}")).hint(hint)
}

/// Writes `all` into `folder`, each in its place, or nothing if one of the files is there already and differs.
fn write_all(named: &[Example], all: &[Example], folder: &Path, terminal: &Terminal) -> Result<Exit, Error> {
    let place = |example: &Example| folder.join(format!("{}.toml", example.name));
    let mut files: Vec<(PathBuf, &str)> = Vec::new();
    for example in all {
        let read = example.files().into_iter().map(|(path, text)| (folder.join(path), text));
        for file in std::iter::once((place(example), example.text)).chain(read) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    let mut missing = Vec::new();
    for (file, text) in files {
        match fs::read(&file) {
            Ok(bytes) if bytes == text.as_bytes() => {}
            Err(error) if error.kind() == ErrorKind::NotFound => missing.push((file, text)),
            _ => return Err(exists(&file).hint("name another folder")),
        }
    }
    for (file, text) in missing {
        let parent = file.parent().unwrap_or(folder);
        fs::create_dir_all(parent)
            .map_err(|error| Error::io(format_args!("make {}", parent.display()), error, "nothing was written"))?;
        create(&file, text)?;
        terminal.note(&format!("wrote {}", file.display()));
    }
    if let [one] = named {
        terminal.note(&format!("next: catchup {} {}", command(one), place(one).display()));
    }
    Ok(Exit::Done)
}
