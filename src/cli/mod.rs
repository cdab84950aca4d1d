//! The command line: arguments, one file per command, exit codes. The only room that draws on a terminal.

mod account;
mod batch_account;
mod check;
mod check_sweep;
mod compare;
mod completions;
mod counterfactuals;
mod dates;
mod equilibria;
mod exit;
mod explain;
mod export;
mod flip;
mod format;
mod init;
mod man;
mod map;
mod merge;
mod optimise;
mod output;
mod pictures;
mod plot;
mod policies;
mod progress;
mod robust;
mod run;
mod schema;
mod signals;
mod sweep;
mod sweep_status;
mod table;
mod terminal;
mod threads;
mod trial;

use crate::error::Error;
use crate::names::Named;
use crate::scenario::Scenario;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use exit::Exit;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use table::plural;
use terminal::Terminal;

/// Clusters, catch-up and the income gap between a poor and a rich region.
///
/// A poor region P trades with a rich one, R. Sectors can be produced in isolation or in a cluster; clusters raise
/// productivity at once and over time. catchup computes the whole path: does P converge or keep an income gap?
#[derive(Debug, Parser)]
#[command(name = "catchup", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Start with: catchup init my-region.toml && catchup run my-region.toml")]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Print no accounts, tables of a comparison, warnings, or progress: only errors, and what --json, --format or equilibria answers
    #[arg(long, short, global = true)]
    quiet: bool,

    /// Print for machines: one JSON object per line on standard output
    #[arg(long, global = true)]
    json: bool,

    /// When to use colour (NO_COLOR is honoured)
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    color: Colour,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run scenarios and write their trajectories to a folder DIR/NAME for each
    Run(run::Args),
    /// Validate scenarios and sweeps without writing anything; say what was understood and what was probably not meant
    Check(check::Args),
    /// The table of equilibria: every cluster, and isolation; today, at a date, or in the long run
    Equilibria(equilibria::Args),
    /// Compare scenarios, or every cluster that one could promote, and write a folder DIR/NAME
    Compare(compare::Args),
    /// What would have to be different for an answer to turn: for each key the values at which a condition holds
    Flip(flip::Args),
    /// Map the plane of two keys by what a scenario answers over it: regions with exact boundaries, or contours
    Map(map::Args),
    /// Look at every policy on a scenario's dates (which cluster, from when to when, sustained or not) and prove the best; of a
    /// sweep file in every state of the world that it draws, for the policies that are robust
    Optimise(policies::Args),
    /// Run a scenario once per draw of a design and variant, in chunks that survive any interruption
    Sweep(sweep::Args),
    /// Put the parts of a sweep together that were computed with --shard
    Merge(merge::Args),
    /// What a sweep says: which key matters, where a condition holds, which variant to choose, how sure that is
    Explain(explain::Args),
    /// Write a commented starter scenario
    Init(init::Args),
    /// Draw pictures from the files of a run, a comparison, a sweep, flips, or a best policy
    Plot(plot::Args),
    /// Put the tables of a folder into a workbook, or into CSV with semicolons and decimal commas
    Export(export::Args),
    /// Print the JSON Schema of scenario or sweep files, by which editors complete and check
    Schema(schema::Args),
    /// Print a script by which a shell completes commands, options, and the keys of --set
    Completions(completions::Args),
    /// Print the manual, or write a page per command
    Man(man::Args),
}

/// `--set` and the scenarios it applies to.
#[derive(Debug, clap::Args)]
struct Scenarios {
    /// Scenario files (TOML); `-` reads standard input
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,

    /// Set a key of every scenario, on top of all files: catch_up.beta=0.05, policy.0.until=80, poor.selection=highest-wage
    #[arg(long, value_name = "KEY=VALUE", add = ArgValueCompleter::new(completions::settings))]
    set: Vec<String>,
}

impl Scenarios {
    /// Loads all of them; with mistakes in any, all of these are the error.
    fn load(&self) -> Result<Vec<Scenario>, Error> {
        let paths = self.scenarios.iter().map(|path| in_utf8(path)).collect::<Result<Vec<&str>, _>>()?;
        if paths.iter().filter(|path| **path == crate::scenario::STDIN).count() > 1 {
            return Err(Error::invalid("standard input (-) is named twice").hint("it can be read once only"));
        }
        let mut loaded: Vec<Scenario> = Vec::new();
        let mut wrong: Vec<Error> = Vec::new();
        let mut mistakes = 0;
        for path in &paths {
            match crate::scenario::load(path, &self.set) {
                Ok(scenario) => loaded.push(scenario),
                Err(report) => {
                    mistakes += report.diagnostics.len();
                    wrong.push(report.into());
                }
            }
        }
        let place = match wrong.len() {
            0 => String::new(),
            files => format!(" in {files} {}", plural(files as u64, "scenario")),
        };
        for (index, scenario) in loaded.iter().enumerate() {
            let same = |other: &&Scenario| other.keys.name.eq_ignore_ascii_case(&scenario.keys.name);
            if let Some(first) = loaded[..index].iter().find(same) {
                let name = &scenario.keys.name;
                let title = format!("two scenarios are called {name}: {} and {}", first.path, scenario.path);
                let needed = "each needs a folder of its own";
                wrong.push(Error::invalid(title).note(needed).hint("give one another name = \"…\""));
                mistakes += 1;
            }
        }
        if mistakes > 0 {
            let mistakes = format!("{mistakes} {}", plural(mistakes as u64, "mistake"));
            return Err(Error::several(wrong, format!("{mistakes}{place}; nothing was written")));
        }
        Ok(loaded)
    }
}

/// A path as text: messages, and files that name files, hold no other.
fn in_utf8(path: &Path) -> Result<&str, Error> {
    path.to_str().ok_or_else(|| {
        Error::invalid(format!("the path {} is no UTF-8", path.display()))
            .hint("rename the file or its folder, or go into the folder")
    })
}

/// Reads one of the words of an enum, and offers all of them with their meanings.
fn named<E: Named + Send + Sync>() -> impl TypedValueParser<Value = E> {
    let words = E::VARIANTS.iter().map(|word| PossibleValue::new(word.spelling()).help(word.meaning()));
    PossibleValuesParser::new(words).try_map(|word| E::from_name(&word).ok_or("one of the words above"))
}

/// Parses the arguments of the process, runs the command, and says how it ended.
pub fn main() -> ExitCode {
    completions::answer();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help asked for goes to standard output; a pipe closed early is no error.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Invalid.code() } else { 0 });
        }
    };
    // A limit on file sizes then shows as an error of the write, like a full disk, instead of ending the process.
    #[cfg(unix)]
    drop(signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default()));
    let terminal = Terminal::new(cli.quiet, cli.json, cli.color);
    let outcome = match &cli.command {
        Command::Run(args) => run::run(args, &terminal),
        Command::Check(args) => check::run(args, &terminal),
        Command::Equilibria(args) => equilibria::run(args, &terminal),
        Command::Compare(args) => compare::run(args, &terminal),
        Command::Flip(args) => flip::run(args, &terminal),
        Command::Map(args) => map::run(args, &terminal),
        Command::Optimise(args) => optimise::run(args, &terminal),
        Command::Sweep(args) => sweep::run(args, &terminal),
        Command::Merge(args) => merge::run(args, &terminal),
        Command::Explain(args) => explain::run(args, &terminal),
        Command::Init(args) => init::run(args, &terminal),
        Command::Plot(args) => plot::run(args, &terminal),
        Command::Export(args) => export::run(args, &terminal),
        Command::Schema(args) => schema::run(args, &terminal),
        Command::Completions(args) => completions::run(args, &terminal),
        Command::Man(args) => man::run(args, &terminal),
    };
    let exit = outcome.unwrap_or_else(|error| terminal.fail(&error));
    ExitCode::from(terminal.finish(exit).code())
}
