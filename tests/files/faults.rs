//! Protects what stands on disk when something goes wrong: files whole or not at all, neighbours unharmed, the exit
//! code and the message that says what was kept.

use crate::common::{Bench, Ran, column};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const BASE: &str = "schema_version = 1
[time]
horizon = 50
[growth]
x = 0.02
[catch_up]
beta = 0.05
[sector.textiles]
lambda = 1.2
y_R = 1
y_P = 0.9
Z_P = 0.5
[sector.electronics]
lambda = 1.5
y_R = 1
y_P = 0.7
Z_P = 0.4
";

/// Files that a run leaves.
const FILES: [&str; 7] =
    ["datapackage.json", "events.csv", "gap.svg", "scenario.toml", "sectors.csv", "summary.json", "trajectory.csv"];

fn contents(bench: &Bench, folder: &str) -> Vec<(String, Vec<u8>)> {
    let path = bench.path().join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .map(|entry| entry.expect("an entry"))
        .map(|entry| (entry.file_name().into_string().expect("UTF-8"), std::fs::read(entry.path()).expect("a file")))
        .collect();
    files.sort();
    files
}

fn names(bench: &Bench, folder: &str) -> Vec<String> {
    contents(bench, folder).into_iter().map(|(name, _)| name).collect()
}

/// A scenario that takes long enough to be interrupted.
fn long() -> String {
    BASE.replace("horizon = 50", "horizon = 1000\nperiod = 0.001").replace("x = 0.02", "x = 0.02 # slow")
}

#[test]
fn a_run_leaves_its_files_and_nothing_else() {
    let bench = Bench::new();
    bench.write("a.toml", BASE);
    let ran = bench.run(&["run", "a.toml"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!(names(&bench, "output/a"), FILES);
}

#[test]
fn running_again_replaces_own_files_removes_stale_ones_and_leaves_others() {
    let bench = Bench::new();
    bench.write("a.toml", BASE);
    bench.run(&["run", "a.toml"]);
    let before = contents(&bench, "output/a");
    // A file that an older version listed as its own, and one that the user put there.
    let package = bench.read("output/a/datapackage.json");
    bench.write("output/a/datapackage.json", package.replace("\"path\": \"events.csv\"", "\"path\": \"old.csv\""));
    bench.write("output/a/old.csv", "stale");
    bench.write("output/a/notes.txt", "mine");
    let ran = bench.run(&["run", "a.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!bench.exists("output/a/old.csv"), "stale files go");
    assert_eq!(bench.read("output/a/notes.txt"), "mine");
    let after: Vec<_> = contents(&bench, "output/a").into_iter().filter(|(name, _)| name != "notes.txt").collect();
    assert_eq!(after, before, "the same input gives the same bytes");
}

#[test]
fn a_folder_that_is_not_ours_is_refused() {
    let bench = Bench::new();
    bench.write("a.toml", BASE);
    for (out, file) in [("one", "one/a/thesis.docx"), ("two", "two/a/datapackage.json")] {
        bench.write(file, "{\"name\": \"somebody else's\"}");
        let ran = bench.run(&["run", "a.toml", "--out", out]);
        assert_eq!(ran.code, Some(5), "{ran:?}");
        assert!(ran.err.contains(&format!("{out}/a is not ours to replace")), "{}", ran.err);
        assert!(ran.err.contains("left as it is") && ran.err.contains("--out DIR"), "{}", ran.err);
        assert_eq!(names(&bench, &format!("{out}/a")).len(), 1, "untouched");
    }
    // A file where the folder should be.
    bench.write("three/a", "a file");
    let ran = bench.run(&["run", "a.toml", "--out", "three"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("three/a"), "{}", ran.err);
    assert_eq!(bench.read("three/a"), "a file");
}

#[test]
fn an_output_folder_that_cannot_be_made_is_an_error() {
    let bench = Bench::new();
    bench.write("a.toml", BASE);
    bench.write("taken", "a file");
    let ran = bench.run(&["run", "a.toml", "--out", "taken"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("taken") && ran.err.contains("nothing was written"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn an_unwritable_folder_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.write("a.toml", BASE);
    bench.write("locked/keep", "");
    let folder = bench.path().join("locked");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).expect("chmod");
    // Whoever may write anywhere (root) is given a folder that nobody can write to.
    let writable = std::fs::write(folder.join("probe"), "").is_ok();
    let out = if writable { "/proc/self" } else { "locked" };
    let ran = bench.run(&["run", "a.toml", "--out", out]);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("chmod");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("cannot make the folder") && ran.err.contains("nothing was written"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_run_before_or_nothing() {
    let bench = Bench::new();
    bench.write("a.toml", BASE);
    // A limit on file sizes (in units of 512 or 1,024 bytes) stands for a disk that fills up.
    let limited = |horizon: &str| {
        let set = format!("ulimit -f 8; exec \"$0\" run a.toml --set time.horizon={horizon}");
        let program = env!("CARGO_BIN_EXE_catchup");
        let output = Command::new("sh").args(["-c", &set, program]).current_dir(bench.path()).output();
        Ran::from(output.expect("a shell"))
    };
    let ran = limited("5000");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.err.contains("cannot write output/a/trajectory.csv") && ran.err.contains("nothing was kept"),
        "{}",
        ran.err
    );
    assert!(!bench.exists("output"), "nothing is left, not even an empty folder");
    bench.run(&["run", "a.toml"]);
    let before = contents(&bench, "output/a");
    let ran = limited("5000");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("the files of the run before are still in output/a"), "{}", ran.err);
    assert_eq!(contents(&bench, "output/a"), before);
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_cannot_be_written_is_an_error_but_a_closed_pipe_is_not() {
    let bench = Bench::new();
    bench.write("a.toml", BASE);
    let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
    let output = bench.command().args(["run", "a.toml"]).stdout(full).output().expect("runs");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("cannot write to standard output"), "{err}");
    assert_eq!(names(&bench, "output/a"), FILES, "the files stand all the same");
    for args in
        [&["run", "a.toml"][..], &["check", "a.toml"], &["run", "a.toml", "--json"], &["init", "-"], &["--help"]]
    {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = bench.command().args(args).stdout(writer).output().expect("runs");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{args:?}");
    }
}

/// A scenario whose spillovers grow without bound, to the letter of the paper.
fn literal() -> String {
    BASE.replace("beta = 0.05", "form = \"literal\"")
}

#[test]
fn a_failed_run_keeps_its_rows_and_costs_its_neighbours_nothing() {
    let bench = Bench::new();
    bench.write("a.toml", BASE);
    bench.write("bad.toml", literal());
    bench.write("b.toml", BASE);
    bench.run(&["run", "a.toml", "b.toml", "--out", "alone"]);
    let ran = bench.run(&["run", "a.toml", "bad.toml", "b.toml"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    for name in ["a", "b"] {
        assert_eq!(contents(&bench, &format!("output/{name}")), contents(&bench, &format!("alone/{name}")));
    }
    assert!(ran.err.contains("bad failed in textiles in year 2") && ran.err.contains("literal"), "{}", ran.err);
    let summary: serde_json::Value = serde_json::from_str(&bench.read("output/bad/summary.json")).expect("JSON");
    assert_eq!(summary["status"], "failed");
    assert!(summary["error"].as_str().is_some_and(|error| error.contains("textiles")), "{summary}");
    assert!(summary["verdict"].is_null() && summary["final_gap"].is_null());
    // 1/z = 50 + (2 − 50) e^(0.02 t) reaches 0 at t = ln(50/48)/0.02 = 2.04: rows 0, 1 and 2 stand.
    assert_eq!(column(&bench.read("output/bad/trajectory.csv"), "period"), ["0", "1", "2"]);
    let alone = bench.run(&["run", "bad.toml", "--set", "solver.method=exact"]);
    assert_eq!(alone.code, Some(1), "{alone:?}");
    assert_eq!(column(&bench.read("output/bad/trajectory.csv"), "period"), ["0", "1", "2"], "exact agrees");
}

#[test]
fn the_step_limit_is_a_failure_with_a_remedy() {
    let bench = Bench::new();
    bench.write("stiff.toml", BASE.replace("beta = 0.05", "beta = 1e6"));
    let ran = bench.run(&["run", "stiff.toml"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("stiff failed in ") && ran.err.contains("method = \"exact\""), "{}", ran.err);
    let ran = bench.run(&["run", "stiff.toml", "--set", "solver.method=exact"]);
    assert_eq!(ran.code, Some(0), "the remedy works: {ran:?}");
}

#[cfg(unix)]
fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_call_and_leaves_no_half_file() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        // Once while dates are simulated, once while files are written.
        for stage in ["output/long/.catchup-lock", "output/long/.trajectory.csv.tmp"] {
            let bench = Bench::new();
            bench.write("long.toml", long());
            let mut child = bench.command().args(["run", "long.toml"]).stderr(Stdio::piped()).spawn().expect("starts");
            wait_until(stage, || bench.exists(stage));
            Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
            let status = child.wait().expect("ends");
            assert_eq!(status.code(), Some(code), "{signal} at {stage}");
            assert!(!bench.exists("output"), "{signal} at {stage}: nothing is left");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_second_process_is_kept_out() {
    let bench = Bench::new();
    bench.write("long.toml", long());
    let mut first = bench.command().args(["run", "long.toml"]).stdout(Stdio::null()).spawn().expect("starts");
    wait_until("the lock", || {
        std::fs::read(bench.path().join("output/long/.catchup-lock")).is_ok_and(|id| !id.is_empty())
    });
    let ran = bench.run(&["run", "long.toml"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains(&format!("process {} is writing there", first.id())), "{}", ran.err);
    assert_eq!(first.wait().expect("ends").code(), Some(0), "the first is unharmed");
    assert_eq!(names(&bench, "output/long"), FILES);
}

#[cfg(unix)]
#[test]
fn what_a_kill_leaves_is_cleaned_up_by_the_next_run() {
    let bench = Bench::new();
    bench.write("long.toml", long());
    let mut child = bench.command().args(["run", "long.toml"]).spawn().expect("starts");
    wait_until("a temporary file", || bench.exists("output/long/.trajectory.csv.tmp"));
    child.kill().expect("SIGKILL");
    child.wait().expect("ends");
    assert!(!bench.exists("output/long/trajectory.csv"), "no half file under a final name");
    let ran = bench.run(&["run", "long.toml", "--set", "time.period=1"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(names(&bench, "output/long"), FILES);
}

#[test]
fn the_number_of_threads_and_the_order_do_not_matter() {
    let bench = Bench::new();
    let names: Vec<String> = (0..8).map(|i| format!("s{i}.toml")).collect();
    for (i, name) in names.iter().enumerate() {
        bench.write(name, BASE.replace("horizon = 50", &format!("horizon = {}", 50 + 37 * i)));
    }
    for (threads, out) in [("1", "one"), ("2", "two"), ("7", "seven")] {
        let mut order: Vec<&str> = names.iter().map(String::as_str).collect();
        order.rotate_left(threads.parse().expect("a number"));
        let mut command = bench.command();
        command.args(["run", "--out", out]).args(&order).env("RAYON_NUM_THREADS", threads);
        let ran = Ran::from(command.output().expect("runs"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let told: Vec<usize> =
            order.iter().map(|name| ran.out.find(name.trim_end_matches(".toml")).expect("told")).collect();
        assert!(told.is_sorted(), "accounts come in the order of the call");
    }
    for i in 0..8 {
        let one = contents(&bench, &format!("one/s{i}"));
        assert_eq!(one, contents(&bench, &format!("two/s{i}")));
        assert_eq!(one, contents(&bench, &format!("seven/s{i}")));
    }
}

#[test]
fn a_path_lost_to_the_numbers_does_not_claim_a_blow_up() {
    let bench = Bench::new();
    bench.write("far.toml", BASE.replace("beta = 0.05", "form = \"nelson-phelps\"\nbeta = 0.05"));
    let ran = bench.run(&["run", "far.toml", "--set", "sector.textiles.Z_P=1e-200"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("steps shrink to nothing") && !ran.err.contains("every bound"), "{}", ran.err);
    let ran = bench.run(&["run", "far.toml", "--set", "sector.textiles.Z_P=1e-200", "--set", "solver.method=exact"]);
    assert_eq!(ran.code, Some(0), "the remedy works: {ran:?}");
}

#[test]
fn where_the_system_refuses_threads_the_work_goes_on() {
    let bench = Bench::new();
    bench.write("one.toml", BASE);
    bench.write("study.toml", "schema_version = 1\nscenario = \"one.toml\"\n[design]\nkind = \"random\"\nsamples = 50\n[vary]\n\"growth.x\" = { uniform = [0.01, 0.02] }\n");
    let commands: [&[&str]; 3] =
        [&["run", "one.toml"], &["compare", "one.toml", "--each-cluster"], &["sweep", "study.toml", "--threads", "4"]];
    for args in commands {
        // No system has stacks that large to give.
        let refused = bench.command().args(args).env("RUST_MIN_STACK", (1_u64 << 46).to_string()).output();
        let ran = Ran::from(refused.expect("the program starts"));
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}");
        assert!(ran.err.contains("the system allows 1 thread instead of "), "{args:?}: {}", ran.err);
    }
    let alone = bench.read("output/study/runs.csv");
    let together = bench.run(&["sweep", "study.toml", "--threads", "4", "--fresh"]);
    assert_eq!((together.code, together.err.contains("allows")), (Some(0), false), "{together:?}");
    assert_eq!(bench.read("output/study/runs.csv"), alone);
}
