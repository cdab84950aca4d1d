//! `catchup completions SHELL`, and what the shell then asks: the script that it prints calls the program at each Tab, which
//! knows its own options, the keys of a scenario, and of a scenario on the command line its sectors and policies.

use super::{Cli, Exit, Terminal};
use crate::error::Error;
use crate::scenario::extent::Extent;
use crate::scenario::key::{Section, Takes};
use crate::scenario::{Scenario, keys, load};
use clap::builder::PossibleValue;
use clap::{Command, CommandFactory, ValueEnum};
use clap_complete::CompleteEnv;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::{self, EnvCompleter, Shells};
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;

/// The environment variable by which a shell asks.
const ASKED: &str = "CATCHUP_COMPLETE";
const SHELLS: [&dyn EnvCompleter; 5] = [&Bash, &env::Zsh, &env::Fish, &env::Powershell, &env::Elvish];

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Clone, Copy)]
struct Shell(usize);

impl ValueEnum for Shell {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(0), Self(1), Self(2), Self(3), Self(4)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(SHELLS[self.0].name()))
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let mut script = Vec::new();
    SHELLS[args.shell.0]
        .write_registration(ASKED, "catchup", "catchup", "catchup", &mut script)
        .map_err(|error| Error::io("write the script", error, "nothing was printed"))?;
    terminal.print(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}

/// Answers a shell that asks, and ends the process; otherwise does nothing.
pub(super) fn answer() {
    CompleteEnv::with_factory(Cli::command).var(ASKED).shells(Shells(&SHELLS)).complete();
}

/// What `--set` can be followed by: keys of the scenarios on the command line, then the values of the one that is named.
pub(super) fn settings(current: &OsStr) -> Vec<CompletionCandidate> {
    completed(current, |path, scenarios| match path {
        None => paths(scenarios),
        Some(path) => values(path, scenarios),
    })
}

/// What `--key` can be followed by: keys of the scenarios on the command line, then the words of the one that is named.
pub(super) fn keys(current: &OsStr) -> Vec<CompletionCandidate> {
    completed(current, |path, scenarios| match path {
        // A range may follow, and need not.
        None => paths(scenarios).into_iter().map(|(path, help)| (path.replace('=', ""), help)).collect(),
        Some(path) => values(path, scenarios),
    })
}

/// What a side of a map can be followed by: keys that take numbers, of the scenarios on the command line.
pub(super) fn numbers(current: &OsStr) -> Vec<CompletionCandidate> {
    let takes_numbers =
        |path: &str| keys::find(path.trim_end_matches('=')).is_some_and(|key| matches!(key.takes, Takes::Number(_)));
    completed(current, |path, scenarios| match path {
        None => paths(scenarios).into_iter().filter(|(path, _)| takes_numbers(path)).collect(),
        Some(_) => Vec::new(),
    })
}

/// Those of the `candidates`, text and meaning, that go on from what stands there: from a key, or where one does, from its value.
fn completed(
    current: &OsStr,
    candidates: impl FnOnce(Option<&str>, &[Scenario]) -> Vec<(String, String)>,
) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let scenarios: Vec<Scenario> =
        std::env::args().filter(|word| Path::new(word).is_file()).filter_map(|path| load(&path, &[]).ok()).collect();
    candidates(current.split_once('=').map(|(path, _)| path), &scenarios)
        .into_iter()
        .filter(|(text, _)| text.starts_with(current.as_ref()))
        .map(|(text, help)| CompletionCandidate::new(text).help(Some(help.into())))
        .collect()
}

/// `KEY=` and its meaning, for every key that can be set.
fn paths(scenarios: &[Scenario]) -> Vec<(String, String)> {
    let labels = keys::of_section(Section::Root).filter(|key| !["schema_version", "extends"].contains(&key.name));
    let mut paths: Vec<String> = labels.map(|key| key.name.to_owned()).collect();
    let empty = Extent { sectors: Vec::new(), policies: &[], shocks: &[] };
    let extents = scenarios.iter().map(|scenario| scenario.keys.extent());
    for extent in std::iter::once(empty).chain(extents) {
        for path in extent.paths(|key| !matches!(key.takes, Takes::Settings | Takes::Beliefs)) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let meaning = |path: &str| {
        let key = keys::find(path)?;
        Some(key.unit_shown().map_or_else(|| key.meaning.to_owned(), |unit| format!("{}, {unit}", key.meaning)))
    };
    paths.into_iter().map(|path| (format!("{path}="), meaning(&path).unwrap_or_default())).collect()
}

/// `KEY=VALUE` and its meaning, for every value of a key that takes words.
fn values(path: &str, scenarios: &[Scenario]) -> Vec<(String, String)> {
    let Some(key) = keys::find(path) else { return Vec::new() };
    let sectors = || {
        let mut names: Vec<&str> =
            scenarios.iter().flat_map(|scenario| scenario.keys.sector.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(str::to_owned)
    };
    let plain = |value: String| (value, String::new());
    let values: Vec<(String, String)> = match key.takes {
        Takes::Word(words) => words().iter().map(|word| (word.name.to_owned(), word.meaning.to_owned())).collect(),
        Takes::Flag => ["true", "false"].map(str::to_owned).map(plain).into(),
        Takes::Promotion => sectors().map(plain).collect(),
        Takes::Start => {
            let clusters = sectors().map(|name| format!("cluster:{name}"));
            std::iter::once("isolation".to_owned()).chain(clusters).map(plain).collect()
        }
        Takes::Number(_)
        | Takes::Numbers(_)
        | Takes::Values
        | Takes::Carried
        | Takes::Groups
        | Takes::Correlations
        | Takes::Text(_)
        | Takes::Sectors
        | Takes::Beliefs
        | Takes::Settings
        | Takes::Scenario
        | Takes::Specifications
        | Takes::Layers => Vec::new(),
    };
    values.into_iter().map(|(value, help)| (format!("{path}={value}"), help)).collect()
}

/// Bash takes a word apart at `=` and `:`. Its script puts `KEY=VALUE` together again before it asks, and gives back what comes
/// after the last of these signs, as Bash wants it.
struct Bash;

const BASH: &str = r#"_catchup() {
    local IFS=$'\013' words=() index=0 i word last=
    for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 1)) && [[ $word == [=:] || $last == [=:] ]]; then
            words[${#words[@]}-1]+=$word
        else
            words+=("$word")
        fi
        if ((i == COMP_CWORD)); then
            index=$((${#words[@]} - 1))
            words=("${words[@]:0:index+1}")
            break
        fi
        last=$word
    done
    local typed=${words[index]} before=
    if [[ $typed == *[=:]* && $COMP_WORDBREAKS == *=* ]]; then
        before=${typed%"${typed##*[=:]}"}
    fi
    COMPREPLY=($(VAR=bash _CLAP_IFS="$IFS" _CLAP_COMPLETE_INDEX=$index COMPLETER -- "${words[@]}"))
    COMPREPLY=("${COMPREPLY[@]#"$before"}")
    if [[ ${COMPREPLY-} == *[=/:] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -o nosort -F _catchup BIN 2>/dev/null || complete -o bashdefault -F _catchup BIN
"#;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == self.name()
    }

    fn write_registration(
        &self,
        var: &str,
        _name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> Result<(), std::io::Error> {
        buf.write_all(BASH.replace("VAR", var).replace("COMPLETER", completer).replace("BIN", bin).as_bytes())
    }

    fn write_complete(
        &self,
        cmd: &mut Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> Result<(), std::io::Error> {
        env::Bash.write_complete(cmd, args, current_dir, buf)
    }
}
