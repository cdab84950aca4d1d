//! Protects sweeps on many machines, with the scripts that are shipped for them: on a real Slurm an array with its merge,
//! of which one task is requeued and one cancelled while they run; and the lines for GNU parallel and xargs as
//! `docs/cluster.md` shows them. All must give the bytes of a single call.
//!
//! Slurm is started on this host by `tests/outside/single-host.sh`, which needs root and Debian's `slurmctld`, `slurmd`,
//! `slurm-client` and `munge`; the other needs `parallel`. Without them the tests are shown as ignored; with
//! `CATCHUP_REQUIRE_OUTSIDE=1` they fail instead.

use crate::common::{Bench, root};
use crate::{ensure, trial};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Long runs, so that tables stay small while tasks last; textiles blow up in some of them.
const SCENARIO: &str = "schema_version = 1\n[time]\nhorizon = 1000\n[growth]\nx = 0.01\n[catch_up]\nform = \"literal\"\n\
    beta = 0.01\n[sector.textiles]\nlambda = 1.1\ny_R = 1\ny_P = 0.9\nZ_P = 0.5\n[sector.electronics]\nlambda = 1.2\n\
    y_R = 1\ny_P = 0.8\nZ_P = 0.4\n[[policy]]\nfrom = 5\nuntil = 300\npromote = \"electronics\"\n";

/// How long a task should last on one core.
const TASK: Duration = Duration::from_secs(3);

fn sweep_file(samples: u64) -> String {
    format!(
        "schema_version = 1\nname = \"on-many\"\nscenario = \"scenario.toml\"\nseed = 7\n[design]\nkind = \"sobol\"\n\
         samples = {samples}\n[vary]\n\"catch_up.beta\" = {{ uniform = [0.001, 0.021] }}\n\
         \"sector.electronics.lambda\" = {{ values = [1.1, 1.3, 1.5] }}\n\
         [variants.base]\n[variants.no-policy]\npolicy = []\n"
    )
}

/// A folder with a sweep of `samples` draws, in a place with a blank and a quote in its name.
fn with_sweep(samples: u64) -> Bench {
    let bench = Bench::new();
    bench.write("in 'places'/scenario.toml", SCENARIO);
    bench.write("in 'places'/many.toml", sweep_file(samples));
    bench
}

/// Sweeps everything in one call with one thread, into `single`; how long it took. Some runs fail.
fn in_one_call(bench: &Bench) -> Result<Duration, Failed> {
    let start = Instant::now();
    let ran = bench.run(&["sweep", "in 'places'/many.toml", "--threads", "1", "--out", "single"]);
    ensure(ran.code == Some(3), || format!("{ran:?}"))?;
    Ok(start.elapsed())
}

/// A folder with a sweep that takes `tasks` times as long as a task should, and how many draws that is; swept.
fn swept(tasks: u32) -> Result<Bench, Failed> {
    // A first, short sweep mostly measures how long a process takes to start.
    let mut samples = 512;
    for target in [1.0, f64::from(tasks) * TASK.as_secs_f64()] {
        let took = in_one_call(&with_sweep(samples))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded")]
        let longer = (samples as f64 * target / took.as_secs_f64()).clamp(1024.0, 1e6) as u64;
        samples = longer;
    }
    let bench = with_sweep(samples);
    in_one_call(&bench)?;
    Ok(bench)
}

/// The finished files of a sweep.
fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failed> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_file() && !name.starts_with('.') {
            files.insert(name, std::fs::read(entry.path())?);
        }
    }
    Ok(files)
}

/// The folder holds the same files, byte for byte, as the call on one machine.
fn same_as_single(bench: &Bench, folder: &str) -> Result<(), Failed> {
    let (single, many) = (files(&bench.path().join("single/on-many"))?, files(&bench.path().join(folder))?);
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    ensure(names(&single) == names(&many), || format!("{:?} and {:?}", names(&single), names(&many)))?;
    for needed in ["runs.parquet", "runs.csv", "summary.csv", "sweep.toml", "datapackage.json"] {
        ensure(single.contains_key(needed), || format!("no {needed}"))?;
    }
    for (name, bytes) in &single {
        ensure(many[name] == *bytes, || format!("{folder}/{name} differs from that of a single call"))?;
    }
    Ok(())
}

/// A Slurm of two nodes with one core each; stops when dropped.
struct Slurm {
    folder: tempfile::TempDir,
}

impl Slurm {
    fn start() -> Result<Self, Failed> {
        let slurm = Self { folder: tempfile::TempDir::new()? };
        slurm.single_host("start").map_err(|said| format!("Slurm cannot start: {said}"))?;
        Ok(slurm)
    }

    fn single_host(&self, verb: &str) -> Result<(), String> {
        // Daemons keep what they inherit, so what they say goes to a file and not to a pipe.
        let log = self.folder.path().join("single-host.log");
        let to_log = || std::fs::File::create(&log).map_err(|error| error.to_string());
        let ended = Command::new(root().join("tests/outside/single-host.sh"))
            .arg(verb)
            .arg(self.folder.path())
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(to_log()?)
            .status();
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(std::fs::read_to_string(&log).unwrap_or_default()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("SLURM_CONF", self.folder.path().join("slurm.conf"));
        command.env_remove("SBATCH_PARTITION").env_remove("SBATCH_ACCOUNT").env_remove("SBATCH_TIMELIMIT");
        command
    }

    /// What a command of Slurm prints.
    fn ask(&self, line: &[&str]) -> Result<String, Failed> {
        let output = self.command(line[0]).args(&line[1..]).output()?;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if output.status.success() { Ok(said) } else { Err(format!("{line:?}: {said}").into()) }
    }

    /// Waits until `what` shows in the states that `squeue` gives for `job`, e.g. `RUNNING`.
    fn wait(&self, job: &str, within: Duration, what: impl Fn(&[&str]) -> bool) -> Result<(), Failed> {
        let start = Instant::now();
        loop {
            let said = self.ask(&["squeue", "--noheader", "--array", "--states=all", "--format=%T", "--jobs", job])?;
            if what(&said.split_whitespace().collect::<Vec<_>>()) {
                return Ok(());
            }
            if start.elapsed() > within {
                return Err(format!("job {job} after {within:?}: {said}\n{}", self.ask(&["squeue"])?).into());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Submits the sweep of `bench` in `shards` parts with the shipped script; the ids of the array and of the merge.
    fn submit(&self, bench: &Bench, shards: u32) -> Result<(String, String), Failed> {
        let output = self
            .command(root().join("docs/cluster/submit.sh"))
            .args(["in 'places'/many.toml", &shards.to_string(), "on 100% of it"])
            .env("CATCHUP", env!("CARGO_BIN_EXE_catchup"))
            .current_dir(bench.path())
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let id = |what: &str| said.lines().find_map(|line| line.strip_prefix(what)).map(|id| id.trim().to_owned());
        id("sweep ")
            .zip(id("merge "))
            .ok_or_else(|| format!("{said}{}", String::from_utf8_lossy(&output.stderr)).into())
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        if let Err(said) = self.single_host("stop") {
            eprintln!("Slurm does not stop: {said}");
        }
    }
}

const SOON: Duration = Duration::from_secs(60);
const LATE: Duration = Duration::from_secs(600);

/// Waits until a finished chunk stands in a folder.
fn wait_for_a_chunk(folder: &Path) -> Result<(), Failed> {
    let start = Instant::now();
    let stands = || {
        let names = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .any(|name| !name.starts_with('.') && name.ends_with(".chunk"))
    };
    while !stands() {
        ensure(start.elapsed() < SOON, || format!("no chunk in {} after {SOON:?}", folder.display()))?;
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Nothing is left to wait for.
fn over(states: &[&str]) -> bool {
    !states.iter().any(|state| ["PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED"].contains(state))
}

fn an_array_with_a_requeued_and_a_cancelled_task() -> Result<(), Failed> {
    let bench = swept(8)?;
    let slurm = Slurm::start()?;
    let log = |part: &str| bench.read(&format!("on 100% of it/many.parts/logs/{part}.log"));

    let (array, merge) = slurm.submit(&bench, 8)?;
    let running = |states: &[&str]| states == ["RUNNING"];
    slurm.wait(&format!("{array}_1"), SOON, running)?;
    slurm.wait(&format!("{array}_2"), SOON, running)?;
    // Not before something stands, however slow or fast this machine is.
    for part in [1, 2] {
        wait_for_a_chunk(&bench.path().join(format!("on 100% of it/many.parts/{part}-of-8/on-many/chunks")))?;
    }
    slurm.ask(&["scontrol", "requeue", &format!("{array}_1")])?;
    slurm.ask(&["scancel", &format!("{array}_2")])?;
    slurm.wait(&array, LATE, over)?;
    // The requeued task has gone on and is done; the cancelled one keeps the merge from running, now and for ever.
    let job = slurm.ask(&["scontrol", "show", "job", &format!("{array}_1")])?;
    ensure(job.contains("JobState=COMPLETED") && job.contains("Restarts=1"), || job)?;
    for part in ["sweep-1", "sweep-2"] {
        ensure(log(part).contains("interrupted: "), || format!("{part} was to be interrupted: {}", log(part)))?;
    }
    ensure(log("sweep-1").contains("stood already"), || format!("does not go on: {}", log("sweep-1")))?;
    ensure(log("sweep-3").contains("with failed runs"), || log("sweep-3"))?;
    slurm.wait(&merge, SOON, |states| over(states) && states != ["COMPLETED"])?;
    ensure(!bench.exists("on 100% of it/on-many"), || "a merge without part 2".to_owned())?;

    // The same command again completes it.
    let (array, merge) = slurm.submit(&bench, 8)?;
    slurm.wait(&array, LATE, over)?;
    slurm.wait(&merge, SOON, over)?;
    let job = slurm.ask(&["scontrol", "show", "job", &merge])?;
    // Some runs failed, and the merge says so.
    ensure(job.contains("ExitCode=3:0"), || format!("{job}\n{}", log("merge")))?;
    ensure(log("sweep-1").contains("0 computed now"), || log("sweep-1"))?;
    same_as_single(&bench, "on 100% of it/on-many")
}

/// Runs the block of `docs/cluster.md` that contains `program`, as it stands there.
fn as_documented(program: &str) -> Result<(), Failed> {
    let page = std::fs::read_to_string(root().join("docs/cluster.md"))?;
    let mut blocks = page.split("```sh\n").skip(1).filter_map(|part| part.split_once("```")).map(|(block, _)| block);
    let block = blocks.find(|block| block.contains(program)).ok_or("docs/cluster.md does not show it")?;
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    bench.write("lambda.toml", sweep_file(512));
    let ran = bench.run(&["sweep", "lambda.toml", "--out", "single"]);
    ensure(ran.code == Some(3), || format!("{ran:?}"))?;
    let catchup = PathBuf::from(env!("CARGO_BIN_EXE_catchup"));
    let folder = catchup.parent().ok_or("no folder")?.to_string_lossy();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh").args(["-c", block]).env("PATH", path).current_dir(bench.path()).output()?;
    // The merge's own exit code: some runs failed.
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    ensure(output.status.code() == Some(3), || format!("{:?}: {said}", output.status))?;
    same_as_single(&bench, "output/on-many")
}

fn found(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")]);
    folders.map(|folder| folder.join(program)).any(|program| program.is_file())
}

/// What is missing to start Slurm, if anything.
fn no_slurm() -> Option<String> {
    let programs = ["munged", "slurmctld", "slurmd", "sbatch"];
    if let Some(program) = programs.into_iter().find(|program| !found(program)) {
        return Some(format!("{program} is missing: apt install slurmctld slurmd slurm-client munge"));
    }
    let id = Command::new("id").arg("-u").output().map(|output| output.stdout);
    (!id.is_ok_and(|id| id.trim_ascii() == b"0")).then(|| "a Slurm of its own needs root".to_owned())
}

pub fn trials() -> Vec<Trial> {
    let no_parallel = (!found("parallel")).then(|| "parallel is missing: apt install parallel".to_owned());
    let no_xargs = (!found("xargs")).then(|| "xargs is missing: apt install findutils".to_owned());
    vec![
        trial(
            "an_array_with_a_requeued_and_a_cancelled_task",
            no_slurm(),
            an_array_with_a_requeued_and_a_cancelled_task,
        ),
        trial("gnu_parallel_as_documented", no_parallel, || as_documented("| parallel")),
        trial("xargs_as_documented", no_xargs, || as_documented("| xargs")),
    ]
}
