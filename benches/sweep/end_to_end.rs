//! The whole command on W1: from the sweep file to synced tables.

use crate::w1::{PERIODS, SCENARIO};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a measured sweep should take, seconds.
const LONG: f64 = 4.0;

/// W1's ranges as a sweep; Z_P(0) is drawn per sector, because a key has its own draws.
fn sweep_file(name: &str, samples: u64, keep: &str) -> String {
    format!(
        r#"schema_version = 1
name = "{name}"
scenario = "w1.toml"
seed = 1
[design]
kind = "random"
samples = {samples}
[vary]
"growth.x" = {{ uniform = [0.01, 0.03] }}
"catch_up.beta" = {{ uniform = [0.04, 0.12] }}
"sector.one.Z_P" = {{ uniform = [0.1, 0.9] }}
"sector.two.Z_P" = {{ uniform = [0.1, 0.9] }}
"sector.one.lambda" = {{ uniform = [1.2, 2.0] }}
"sector.two.lambda" = {{ uniform = [1.2, 2.5] }}
"sector.one.y_P" = {{ uniform = [0.5, 1.0] }}
"sector.two.y_P" = {{ uniform = [0.3, 0.8] }}
[keep]
trajectories = {keep}
"#
    )
}

/// A call of `catchup sweep` on W1 with `samples` draws.
fn command(folder: &Path, samples: u64, keep: &str, more: &[&str]) -> Result<Command, String> {
    let name = format!("e2e-{samples}");
    let file = folder.join(format!("{name}.toml"));
    let written = std::fs::write(&file, sweep_file(&name, samples, keep))
        .and_then(|()| std::fs::write(folder.join("w1.toml"), format!("{SCENARIO}[solver]\nmethod = \"exact\"\n")));
    written.map_err(|error| error.to_string())?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_catchup"));
    command.args(["sweep", "--quiet", "--fresh", "--out"]).arg(folder.join("out")).args(more).arg(&file);
    Ok(command)
}

/// Seconds that a sweep takes, or why there is none.
fn seconds(folder: &Path, samples: u64, keep: &str, more: &[&str]) -> Result<f64, String> {
    let mut command = command(folder, samples, keep, more)?;
    let start = Instant::now();
    let output = command.output().map_err(|error| error.to_string())?;
    let took = start.elapsed().as_secs_f64();
    std::fs::remove_dir_all(folder.join("out")).ok();
    if output.status.success() { Ok(took) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

/// The most memory that a sweep ever held, MiB: `VmHWM`, as the kernel last told it before the process ended.
fn peak(folder: &Path, samples: u64) -> Result<f64, String> {
    let mut child = command(folder, samples, "0", &[])?.spawn().map_err(|error| error.to_string())?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    let ended = loop {
        let said = std::fs::read_to_string(&status).unwrap_or_default();
        let line = said.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        peak = peak.max(kib.unwrap_or(0.0) / 1024.0);
        if let Some(ended) = child.try_wait().map_err(|error| error.to_string())? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    std::fs::remove_dir_all(folder.join("out")).ok();
    if !ended.success() {
        return Err(format!("the sweep ended with {ended}"));
    }
    if peak > 0.0 { Ok(peak) } else { Err("this system does not tell it (VmHWM in /proc)".to_owned()) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
fn draws(count: f64) -> u64 {
    count as u64
}

/// Rows a second of a sweep long enough to tell: its size follows from a short one.
fn rate(folder: &Path, keep: &str, more: &[&str], rows_per_draw: f64) -> Result<f64, String> {
    let trial = 2_000;
    let rate = trial as f64 / seconds(folder, trial, keep, more)?;
    let longer = draws(rate * LONG / 4.0).max(trial);
    let rate = longer as f64 / seconds(folder, longer, keep, more)?;
    let samples = draws(rate * LONG).clamp(trial, 20_000_000);
    Ok(rows_per_draw * samples as f64 / seconds(folder, samples, keep, more)?)
}

pub fn print() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    println!("\ncatchup sweep, from file to synced tables, rows/s");
    let dates = (PERIODS + 1) as f64;
    for (name, keep, more, rows_per_draw) in [
        ("Parquet and CSV, all cores", "0", &[][..], 1.0),
        ("Parquet and CSV, one thread", "0", &["--threads", "1"], 1.0),
        ("Parquet alone, all cores", "0", &["--no-csv"], 1.0),
        ("kept trajectories, all cores", "\"all\"", &["--no-csv"], dates),
    ] {
        match rate(folder.path(), keep, more, rows_per_draw) {
            Ok(rate) => println!("{name:<36} {rate:>11.0}"),
            Err(why) => println!("{name:<36} not measured: {}", why.lines().next().unwrap_or("no reason given")),
        }
    }
}

/// Memory must not grow with the number of runs.
pub fn print_memory() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    println!("catchup sweep, Parquet and CSV, all cores: peak memory, MiB");
    for samples in [1_000_000, 10_000_000] {
        match peak(folder.path(), samples) {
            Ok(peak) => println!("{:<36} {peak:>11.1}", format!("{samples} runs")),
            Err(why) => println!("{:<36} not measured: {why}", format!("{samples} runs")),
        }
    }
}
