//! `catchup sweep --dry-run`: what lies ahead, from a short trial.

use super::Terminal;
use super::table::{aligned, level_as_json, level_in_words, plural};
use crate::batch::{Chunk, Meaning, Worker};
use crate::control::Control;
use crate::error::Error;
use crate::numbers::lasting;
use crate::record::{csv, parquet_bytes, trajectory_bytes};
use crate::scenario::sweep::{Level, Sweep};
use crate::table::Column;
use anstyle::Style;
use indicatif::{HumanBytes, HumanCount};
use serde_json::json;
use std::fmt::Write;
use std::time::{Duration, Instant};

const BOLD: Style = Style::new().bold();

/// How long the trial takes, but for its last draw.
const TRIAL: Duration = Duration::from_millis(500);
/// Most draws of the trial.
const TRIED: u64 = 20_000;
/// Most rows of the trial that are written as Parquet, in memory.
const WRITTEN: usize = 16_384;
/// Most dates of kept trajectories that are written so.
const DATES_WRITTEN: u64 = 1 << 17;
/// Bytes of tables that a thread puts together in a second: about, on two cores and a disk.
const TABLES: f64 = 250e6;
/// Draws shown.
const SHOWN: u64 = 8;

/// What the trial found.
#[derive(Debug, Default)]
struct Trial {
    runs: u64,
    failed: u64,
    first_error: Option<String>,
    elapsed: Duration,
    /// Of one draw under all variants, averages.
    csv_bytes: f64,
    trajectory_bytes: f64,
    /// Of the whole sweep.
    parquet_bytes: f64,
}

pub(super) fn run(
    sweep: &Sweep,
    draws_per_chunk: u64,
    threads: usize,
    parts: u64,
    csv: bool,
    terminal: &Terminal,
) -> Result<(), Error> {
    let trial = Trial::new(sweep)?;
    let (draws, runs) = (sweep.design.draws(), sweep.runs());
    let chunks = draws.div_ceil(draws_per_chunk);
    let csv_bytes = if csv { trial.csv_bytes * draws as f64 } else { 0.0 };
    let parquet_bytes = trial.parquet_bytes;
    let trajectory_bytes = trial.trajectory_bytes * sweep.keep.among(&(0..draws)) as f64;
    // A part leaves the tables to `merge`.
    let tables = if parts == 1 { (csv_bytes + parquet_bytes + trajectory_bytes) / TABLES } else { 0.0 };
    let computing = trial.elapsed.as_secs_f64() / trial.runs.max(1) as f64 * runs as f64 / parts as f64;
    let seconds = (computing + tables) / threads as f64;
    let first = first_draws(sweep);
    if terminal.json {
        let keys = || sweep.vary.iter().map(|varied| varied.key.clone());
        let design =
            first.iter().map(|draw| keys().zip(draw.iter().map(level_as_json)).collect::<serde_json::Map<_, _>>());
        let account = json!({
            "name": sweep.name, "draws": draws, "variants": sweep.variants.len(), "runs": runs, "chunks": chunks,
            "threads": threads, "parts": parts, "seconds": seconds,
            "bytes": { "runs.parquet": parquet_bytes.round(), "runs.csv": csv.then(|| csv_bytes.round()),
                       "trajectories.parquet": (!sweep.keep.is_none()).then(|| trajectory_bytes.round()) },
            "trial": { "runs": trial.runs, "failed": trial.failed, "first_error": trial.first_error },
            "design": design.collect::<Vec<_>>(),
        });
        terminal.print(&format!("{account}\n"));
        return Ok(());
    }
    let mut text = format!("{BOLD}{}{BOLD:#}  {}\n", sweep.name, sweep.path);
    let (draws_said, variants) = (HumanCount(draws), sweep.variants.len());
    let _ = writeln!(
        text,
        "  runs      {}: {draws_said} {} × {variants} {}, in {} {}",
        HumanCount(runs),
        plural(draws, "draw"),
        plural(variants as u64, "variant"),
        HumanCount(chunks),
        plural(chunks, "chunk")
    );
    let part = if parts > 1 { format!(", for one of {parts} parts") } else { String::new() };
    let on = format!("{threads} {}", plural(threads as u64, "thread"));
    let _ = writeln!(
        text,
        "  time      {}{} on {on}{part}, from {} runs tried",
        if seconds < 1.0 { "" } else { "about " },
        lasting(seconds),
        HumanCount(trial.runs)
    );
    let size = |bytes: f64| HumanBytes(whole(bytes)).to_string();
    let mut sizes = format!("runs.parquet about {}", size(parquet_bytes));
    if csv {
        let _ = write!(sizes, ", runs.csv about {}", size(csv_bytes));
    }
    if !sweep.keep.is_none() {
        let _ = write!(sizes, ", trajectories.parquet about {}", size(trajectory_bytes));
    }
    let _ = writeln!(text, "  size      {sizes}");
    if let Some(error) = &trial.first_error {
        let _ = writeln!(
            text,
            "  failures  {} of {} runs tried: {error}",
            HumanCount(trial.failed),
            HumanCount(trial.runs)
        );
    }
    let mut table = vec![
        std::iter::once("draw".to_owned())
            .chain(sweep.vary.iter().map(|varied| varied.key.clone()))
            .collect::<Vec<_>>(),
    ];
    for (draw, values) in first.iter().enumerate() {
        table.push(std::iter::once(draw.to_string()).chain(values.iter().map(level_in_words)).collect());
    }
    let _ = write!(text, "\n{}", aligned(&table));
    terminal.print(&text);
    terminal.note("nothing was written (--dry-run)");
    Ok(())
}

/// What a run takes on one thread, in seconds.
pub(super) fn seconds_per_run(sweep: &Sweep) -> f64 {
    let mut trial = Trial::default();
    trial.carry_out(sweep, &mut Worker::new(sweep), |_| ());
    trial.elapsed.as_secs_f64() / trial.runs.max(1) as f64
}

impl Trial {
    /// A trial of the whole sweep, with what its tables take.
    fn new(sweep: &Sweep) -> Result<Self, Error> {
        let mut trial = Self::default();
        let mut worker = Worker::new(sweep);
        let (mut written, mut tried, mut csv_bytes) = (Chunk::default(), 0_u64, 0.0);
        let (variants, sectors) = (sweep.variant_names(), sweep.sector_names());
        let meaning = Meaning { vary: &sweep.vary, variants: &variants, sectors: &sectors, dates: &sweep.dates };
        let columns = meaning.columns();
        trial.carry_out(sweep, &mut worker, |chunk| {
            tried += 1;
            csv_bytes += (csv(&columns, chunk, chunk.runs()).len() - csv(&columns, chunk, 0).len()) as f64;
            if written.runs() < WRITTEN {
                written.append(chunk);
            }
        });
        trial.csv_bytes = csv_bytes / tried.max(1) as f64;
        let untold = |table: &str| {
            let title = format!("the size of {table} cannot be told");
            move |error: std::io::Error| Error::failed(format!("{title}: {error}"))
        };
        trial.trajectory_bytes = bytes_of_trajectories(sweep, &mut worker).map_err(untold("trajectories.parquet"))?;
        trial.parquet_bytes = bytes_in_parquet(&columns, &written, sweep.runs()).map_err(untold("runs.parquet"))?;
        Ok(trial)
    }

    /// Runs draws spread over the whole design, for as long as a trial may take; shows each to `see`.
    fn carry_out(&mut self, sweep: &Sweep, worker: &mut Worker<'_>, mut see: impl FnMut(&Chunk)) {
        /// The golden ratio's fraction: its multiples fill the unit interval evenly, however many there are.
        const SPREAD: f64 = 0.618_033_988_749_894_9;
        let (mut chunk, control) = (Chunk::default(), Control::default());
        let draws = sweep.design.draws();
        let began = Instant::now();
        let mut tried = 0;
        while tried < draws.min(TRIED) && (tried == 0 || began.elapsed() < TRIAL) {
            let place = (tried as f64 * SPREAD).fract() * draws as f64;
            let started = Instant::now();
            let draw = whole(place).min(draws - 1);
            if worker.fill(draw..draw + 1, &mut chunk, &control).is_err() {
                break;
            }
            self.elapsed += started.elapsed();
            tried += 1;
            self.add(sweep, &chunk);
            see(&chunk);
        }
    }

    fn add(&mut self, sweep: &Sweep, chunk: &Chunk) {
        self.runs += chunk.runs() as u64;
        self.failed += chunk.errors.len() as u64;
        if let Some((row, error)) = chunk.errors.first() {
            let variant = &sweep.variants[row % sweep.variants.len()].name;
            let first = || format!("the first is draw {} ({variant}): {error}", chunk.first);
            self.first_error.get_or_insert_with(first);
        }
    }
}

/// What so many runs take in Parquet, from some of them: words are stored once, so each further run takes what the later
/// half of these adds.
fn bytes_in_parquet(columns: &[Column<'_, Chunk>], some: &Chunk, runs: u64) -> std::io::Result<f64> {
    let (all, half) = (some.runs(), some.runs() / 2);
    let [whole, start] = [parquet_bytes(columns, some, all)? as f64, parquet_bytes(columns, some, half)? as f64];
    let each = (whole - start) / (all - half).max(1) as f64;
    Ok(whole + each * (runs as f64 - all as f64))
}

/// What the kept trajectories of a draw take in Parquet: those of as many draws as is quickly done.
fn bytes_of_trajectories(sweep: &Sweep, worker: &mut Worker<'_>) -> std::io::Result<f64> {
    if sweep.keep.is_none() {
        return Ok(0.0);
    }
    let dates: u64 = sweep.variants.iter().map(|variant| variant.scenario.problem.grid.periods as u64 + 1).sum();
    let draws = usize::try_from(DATES_WRITTEN / dates).unwrap_or(usize::MAX).max(1);
    let (mut kept, mut count) = (Vec::new(), 0);
    for draw in sweep.keep.iter().take(draws) {
        let Ok(mut chunk) = worker.chunk(draw..draw + 1, &Control::default()) else { return Ok(0.0) };
        kept.append(&mut chunk.trajectories);
        count += 1;
    }
    Ok(trajectory_bytes(&kept, &sweep.variant_names())? as f64 / f64::from(count.max(1)))
}

/// The first draws, as values of the varied keys.
fn first_draws(sweep: &Sweep) -> Vec<Vec<Level>> {
    let shown = usize::try_from(sweep.design.draws().min(SHOWN)).unwrap_or(0);
    let mut columns = vec![vec![0.0; shown]; sweep.vary.len()];
    sweep.design.fill(0, &mut columns);
    let draw = |i: usize| sweep.vary.iter().zip(&columns).map(|(varied, column)| varied.value(column[i])).collect();
    (0..shown).map(draw).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate, not negative")]
fn whole(value: f64) -> u64 {
    value as u64
}
