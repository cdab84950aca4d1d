//! `catchup sweep FILE`: every draw under every variant, in chunks that stand once they are done.

use super::progress::Progress;
use super::signals::Signals;
use super::threads::{Threads, available};
use super::{Exit, Terminal, batch_account, check_sweep, completions, sweep_status, trial};
use crate::advice::of_sweep;
use crate::batch::draws_per_chunk;
use crate::control::Control;
use crate::crew::{Crew, Ended};
use crate::error::{Error, Kind};
use crate::record::sweep::{self as record, Draws, Outcome, Plan, Shard, Sweeping};
use crate::scenario::sweep::{Over, Sweep};
use clap_complete::engine::ArgValueCompleter;
use indicatif::HumanCount;
use std::path::PathBuf;
use std::sync::Arc;

/// Most parts that a sweep can be divided into.
const MOST_SHARDS: u64 = 100_000;

/// Rows that are put into the tables at a time.
const BLOCK: u64 = 65_536;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Sweep file (TOML)
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Set a key of the scenario under all variants, on top of its files, or of the design: catch_up.beta=0.05,
    /// policy.0.until=80, design.samples=4096
    #[arg(long, value_name = "KEY=VALUE", add = ArgValueCompleter::new(completions::settings))]
    set: Vec<String>,

    /// Draw other random numbers than those of the file's seed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=1 << 53))]
    seed: Option<u64>,

    /// Folder in which the sweep gets a folder of its name
    #[arg(long, value_name = "DIR", default_value = "output")]
    out: PathBuf,

    /// Threads, 1 to 1024 [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Compute part K of N only, for several machines; `catchup merge` puts the parts together
    #[arg(long, value_name = "K/N", value_parser = shard)]
    shard: Option<(u64, u64)>,

    /// Write nothing: say how many runs there are, about how long they take, how large the tables get, and show the
    /// first draws
    #[arg(long)]
    dry_run: bool,

    /// Say what stands, what is missing and about how long that takes, also while another process computes; change nothing. Ends
    /// with 0 where all stands, with 4 where a process is computing, else with 1
    #[arg(long, conflicts_with_all = ["dry_run", "fresh", "max_failures", "no_csv"])]
    status: bool,

    /// Write the runs that stand to snapshot.parquet in the sweep's folder, also while another process computes
    #[arg(long, conflicts_with_all = ["dry_run", "fresh", "max_failures", "no_csv", "status", "shard"])]
    snapshot: bool,

    /// Begin nothing new once N runs have failed, those of earlier calls included
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_failures: Option<u64>,

    /// Drop what an earlier call has computed, of this sweep or of a changed one, and start over
    #[arg(long)]
    fresh: bool,

    /// Write runs.parquet only, no runs.csv
    #[arg(long)]
    no_csv: bool,
}

/// `K/N` with 1 ≤ K ≤ N.
fn shard(text: &str) -> Result<(u64, u64), String> {
    let allowed = |why: &str| {
        let rule = format!("K/N is part K of N, whole numbers with 1 <= K <= N <= {MOST_SHARDS}, such as 2/8");
        Err(if why.is_empty() { rule } else { format!("{why}; {rule}") })
    };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    match text.split_once('/').map(|(index, of)| (number(index), number(of))) {
        Some((_, Some(0))) => allowed("a sweep in 0 parts has none"),
        Some((Some(0), Some(_))) => allowed("parts are counted from 1"),
        Some((Some(index), Some(of))) if index > of => allowed(&format!("there is no part {index} of {of}")),
        Some((Some(_), Some(of))) if of > MOST_SHARDS => allowed("too many parts"),
        Some((Some(index), Some(of))) => Ok((index, of)),
        _ => allowed(""),
    }
}

impl Args {
    fn part(&self) -> Option<Shard> {
        self.shard.map(|(index, of)| Shard { index, of })
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let over = Over { sets: &args.set, seed: args.seed };
    let sweep = check_sweep::load(std::slice::from_ref(&args.file), &over)?.remove(0);
    if !(args.status || args.snapshot) {
        terminal.warn(&sweep.name, &of_sweep(&sweep));
    }
    let draws_per_chunk = draws_per_chunk(&sweep);
    if args.dry_run {
        let parts = args.shard.map_or(1, |(_, of)| of);
        let threads = args.threads.map_or_else(available, usize::from);
        trial::run(&sweep, draws_per_chunk, threads, parts, !args.no_csv, terminal)?;
        return Ok(Exit::Done);
    }
    if args.status {
        let plan = plan(&sweep, draws_per_chunk, true);
        return sweep_status::status(&sweep, &args.out, plan, args.part(), args.threads, terminal);
    }
    if args.snapshot {
        return sweep_status::snapshot(&sweep, &args.out, plan(&sweep, draws_per_chunk, true), terminal);
    }
    // Before the folder is locked: a signal then finds somebody who leaves it in order.
    let signals = Signals::watch();
    let threads = Threads::new(args.threads, terminal);
    let plan = plan(&sweep, draws_per_chunk, !args.no_csv);
    let sweeping = threads.run(|| record::open(&args.out, plan, args.part(), args.fresh));
    let sweeping = sweeping.map_err(|error| error.about(&sweep.name))?;
    if sweeping.damaged() > 0 {
        let (files, are) = if sweeping.damaged() == 1 { ("chunk file", "is") } else { ("chunk files", "are") };
        terminal.note(&format!("{} {files} did not stand whole and {are} computed again", sweeping.damaged()));
    }
    let call = Call { args, sweep: &sweep, draws_per_chunk, before: sweeping.standing(), signals, threads };
    Ok(call.go_on(sweeping, terminal))
}

fn plan(sweep: &Sweep, draws_per_chunk: u64, csv: bool) -> Plan {
    Plan {
        name: sweep.name.clone(),
        title: sweep.title.clone(),
        description: sweep.description.clone(),
        resolved: sweep.resolved(),
        goes_on: sweep.design.kind().goes_on(),
        identity: sweep.identity().into_iter().map(|(what, text)| (what.to_owned(), text)).collect(),
        vary: sweep.vary.clone(),
        variants: sweep.variant_names(),
        baselines: sweep.variants.iter().map(|variant| variant.baseline).collect(),
        sectors: sweep.sector_names(),
        draws: sweep.design.draws(),
        draws_per_chunk,
        keep: sweep.keep.clone(),
        dates: sweep.dates.clone(),
        csv,
    }
}

/// One call on an opened sweep.
struct Call<'a> {
    args: &'a Args,
    sweep: &'a Sweep,
    draws_per_chunk: u64,
    /// Runs that stood before, and those among them that failed.
    before: (u64, u64),
    signals: Signals,
    threads: Threads,
}

impl Call<'_> {
    fn go_on(&self, sweeping: Sweeping, terminal: &Terminal) -> Exit {
        let was_complete = sweeping.complete();
        let ended = match self.compute(&sweeping, terminal) {
            Ok(ended) => ended,
            Err(error) => return self.broken_off(error, terminal),
        };
        if let Some(signal) = self.signals.received() {
            return self.interrupted(signal, &ended, terminal);
        }
        if ended.gave_up && ended.runs + self.before.0 < self.runs_in_part() {
            return self.gave_up(&ended, terminal);
        }
        let control = Arc::new(Control::new(Arc::clone(&self.signals.stop)));
        let blocks = self.sweep.runs().div_ceil(BLOCK);
        let progress = Progress::start(&control, blocks, "blocks of the tables", terminal);
        let finished = self.threads.run(|| sweeping.finish(&control));
        drop(progress);
        match finished {
            Ok(outcome) => self.print_outcome(&outcome, &ended, was_complete, terminal),
            Err(error) if error.kind == Kind::Stopped => {
                self.interrupted(self.signals.received().unwrap_or(signal_hook::consts::SIGTERM), &ended, terminal)
            }
            Err(error) => self.broken_off(error, terminal),
        }
    }

    /// Runs that this call's part of the sweep has.
    fn runs_in_part(&self) -> u64 {
        let draws = self.sweep.design.draws();
        let chunks = draws.div_ceil(self.draws_per_chunk);
        let part = self.args.part().map_or(0..chunks, |shard| shard.part(chunks));
        let draw = |chunk: u64| (chunk * self.draws_per_chunk).min(draws);
        self.runs_of(&(draw(part.start)..draw(part.end)))
    }

    fn compute(&self, sweeping: &Sweeping, terminal: &Terminal) -> Result<Ended, Error> {
        let tally = Arc::new(Control::new(Arc::clone(&self.signals.stop)));
        let crew = Crew {
            sweep: self.sweep,
            threads: self.threads.count,
            failed: self.before.1,
            max_failures: self.args.max_failures,
        };
        let ahead: u64 = sweeping.missing().iter().map(|draws| self.runs_of(draws)).sum();
        let progress = Progress::of_runs(&tally, self.before.0, self.before.0 + ahead, terminal);
        let ended = crew.work(sweeping.missing(), &tally, |chunk| sweeping.put(chunk));
        drop(progress);
        ended
    }

    fn runs_of(&self, draws: &Draws) -> u64 {
        (draws.end - draws.start) * self.sweep.variants.len() as u64
    }

    fn interrupted(&self, signal: i32, ended: &Ended, terminal: &Terminal) -> Exit {
        terminal.note(&format!(
            "interrupted: {} runs stand; the same command goes on from there",
            HumanCount(self.before.0 + ended.runs)
        ));
        Exit::Signal(signal)
    }

    fn gave_up(&self, ended: &Ended, terminal: &Terminal) -> Exit {
        let failed = self.before.1 + ended.failed;
        let title = format!(
            "{}: stopped after {} of {} runs, because {} failed",
            self.sweep.name,
            HumanCount(self.before.0 + ended.runs),
            HumanCount(self.runs_in_part()),
            HumanCount(failed),
        );
        let first = ended
            .first
            .as_ref()
            .map(|first| format!("run {} ({}): {}", first.run, self.sweep.variants[first.variant].name, first.error));
        let hint = format!(
            "what is done is kept; the same command without --max-failures, or with more than {failed}, goes on"
        );
        terminal.fail(&Error::failed(title).note(first.unwrap_or_default()).hint(hint));
        Exit::SomeFailed
    }

    fn broken_off(&self, error: Error, terminal: &Terminal) -> Exit {
        let io = error.kind == Kind::Io;
        let exit = terminal.fail(&error.about(&self.sweep.name));
        if io {
            terminal.note("what is done is kept; the same command goes on from there");
        }
        exit
    }

    fn print_outcome(&self, outcome: &Outcome, ended: &Ended, was_complete: bool, terminal: &Terminal) -> Exit {
        let done = batch_account::Done { now: ended.runs, was_complete, shard: self.args.shard };
        batch_account::print(&self.sweep.name, outcome, Some(&done), terminal)
    }
}

#[cfg(test)]
mod tests {
    use super::shard;

    #[test]
    fn a_shard_is_part_k_of_n() {
        for (text, part) in [("1/1", (1, 1)), ("2/8", (2, 8)), ("100000/100000", (100_000, 100_000))] {
            assert_eq!(shard(text), Ok(part));
        }
        for text in [
            "0/4", "5/4", "x/y", "1/0", "0/0", "1", "1/", "/4", "", "1/2/3", "-1/4", "+1/4", " 1/4", "1.0/4",
            "1/100001",
        ] {
            let refused = shard(text).expect_err(text);
            assert!(refused.contains("1 <= K <= N <= 100000"), "{text}: {refused}");
        }
    }
}
