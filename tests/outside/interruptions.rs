//! Protects sweeps from what happens at night, through the program: kills at any moment, parts computed anywhere and
//! merged in any order, a disk that fills up. Whatever happens, the files are the bytes of an undisturbed sweep.
//!
//! The full disk is a small file system of its own, which takes the right to mount one. Without it that test is shown as
//! ignored, with the reason; with `CATCHUP_REQUIRE_OUTSIDE=1` it fails instead.

use crate::common::{Bench, Ran, study};
use crate::trial;
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A sweep of `samples` draws, each over `horizon` periods by small steps; trajectories kept of the first `keep`.
fn with_sweep(samples: u64, horizon: u64, keep: u64) -> Bench {
    let bench = Bench::new();
    write_sweep(&bench, samples, horizon, keep);
    bench
}

fn write_sweep(bench: &Bench, samples: u64, horizon: u64, keep: u64) {
    bench.write(
        "night.toml",
        format!(
            "schema_version = 1\nname = \"night\"\nseed = 1
[design]\nkind = \"sobol\"\nsamples = {samples}
[vary]\n\"catch_up.beta\" = {{ uniform = [0.03, 0.12] }}
[variants.none]\n[variants.promoted]\npolicy = [{{ from = 0, promote = \"chips\" }}]
[keep]\ntrajectories = {keep}
[scenario]\nschema_version = 1\ntime.horizon = {horizon}\ngrowth.x = 0.02\ncatch_up.beta = 0.05
solver.rtol = 1e-12
sector.wool = {{ lambda = 1.2, y_R = 1, y_P = 0.9, Z_P = 0.5 }}
sector.chips = {{ lambda = 1.5, y_R = 1, y_P = 0.7, Z_P = 0.4 }}\n"
        ),
    );
}

fn swept(bench: &Bench, more: &[&str]) -> Ran {
    bench.run(&[&["sweep", "night.toml"], more].concat())
}

fn done(ran: &Ran) {
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    study::files(folder)
}

/// Draws in chunks that stand under their final names: FIRST-LAST.chunk.
fn standing(folder: &Path) -> u64 {
    let draws = |name: &str| {
        let (first, last) = name.strip_suffix(".chunk")?.split_once('-')?;
        Some(last.parse::<u64>().ok()? + 1 - first.parse::<u64>().ok()?)
    };
    std::fs::read_dir(folder.join("chunks"))
        .map_or(0, |entries| entries.flatten().filter_map(|entry| draws(&entry.file_name().to_string_lossy())).sum())
}

fn chunks_of(bench: &Bench) -> u64 {
    let ran = swept(bench, &["--dry-run", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    told["chunks"].as_u64().expect("a number of chunks")
}

fn start(bench: &Bench, more: &[&str]) -> Child {
    let mut command = bench.command();
    command.args(["sweep", "night.toml"]).args(more).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

/// Kills that hit a live process: while it computed, while it put the tables together, within 50 ms of its start.
#[derive(Debug, Default)]
struct Kills {
    computing: u32,
    assembling: u32,
    quick: u32,
}

/// Sweeps into `out`, killed again and again, until it is through.
fn night(bench: &Bench, out: &str, draws: u64, random: &mut fastrand::Rng, kills: &mut Kills) {
    let folder = bench.path().join(out).join("night");
    let mut in_assembly = 0;
    for attempt in 0.. {
        assert!(attempt < 1000, "no progress: {kills:?}");
        let mut child = start(bench, &["--out", out, "--threads", "2"]);
        let (begun, before) = (Instant::now(), standing(&folder));
        let through = before == draws && in_assembly >= 8;
        if through {
            done(&Ran::from(child.wait_with_output().expect("ends")));
            return;
        }
        let quick = before > 0 && random.u8(..6) == 0;
        while !quick && standing(&folder) < (before + 1).min(draws) && child.try_wait().expect("a state").is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(random.u64(..if quick { 45_000 } else { 60_000 })));
        let alive = child.try_wait().expect("a state").is_none();
        let after = begun.elapsed();
        child.kill().expect("SIGKILL");
        // One that ended on its own just before has an exit code.
        let killed = alive && child.wait().expect("ends").code().is_none();
        let stands = standing(&folder);
        if killed && stands == draws {
            kills.assembling += 1;
            in_assembly += 1;
        } else if killed && stands > 0 {
            kills.computing += 1;
        }
        kills.quick += u32::from(killed && stands > 0 && after < Duration::from_millis(50));
        if !killed && folder.join("datapackage.json").exists() {
            return;
        }
    }
}

#[expect(clippy::print_stderr, reason = "says what was reached")]
fn kills_at_any_moment_change_nothing() -> Result<(), Failed> {
    let bench = with_sweep(4096, 1000, 256);
    let begun = Instant::now();
    done(&swept(&bench, &["--out", "undisturbed"]));
    let undisturbed = files(&bench.path().join("undisturbed/night"));
    let alone = begun.elapsed();
    let chunks = chunks_of(&bench);
    assert!(chunks >= 32, "{chunks} chunks are too few");
    let (mut kills, mut random, mut nights) = (Kills::default(), fastrand::Rng::with_seed(4), 0);
    while kills.computing + kills.assembling < 200 || kills.assembling < 20 || kills.quick < 10 {
        assert!(nights < 40, "{kills:?} in {nights} sweeps");
        let out = format!("night-{nights}");
        // Every other one goes on from a smaller sweep, in two steps.
        if nights % 2 == 1 {
            write_sweep(&bench, 1024, 1000, 256);
            done(&swept(&bench, &["--out", &out]));
            write_sweep(&bench, 2048, 1000, 256);
            night(&bench, &out, 2048, &mut random, &mut kills);
            write_sweep(&bench, 4096, 1000, 256);
        }
        night(&bench, &out, 4096, &mut random, &mut kills);
        study::same(&files(&bench.path().join(&out).join("night")), &undisturbed, &format!("{kills:?}"));
        std::fs::remove_dir_all(bench.path().join(&out))?;
        nights += 1;
    }
    eprintln!("{kills:?}, {nights} sweeps of {chunks} chunks, undisturbed {alone:.1?}");
    Ok(())
}

fn any_number_of_parts_in_any_order_is_the_whole() -> Result<(), Failed> {
    let bench = with_sweep(100, 20, 7);
    done(&swept(&bench, &["--out", "single"]));
    let single = files(&bench.path().join("single/night"));
    let mut random = fastrand::Rng::with_seed(5);
    for of in 1..=16_u32 {
        let common = of % 3 == 0;
        let mut parts: Vec<u32> = (1..=of).collect();
        random.shuffle(&mut parts);
        let out = |k: u32| if common { format!("{of}") } else { format!("{of}/{k}") };
        // Three at a time, in one folder too.
        for together in parts.chunks(3) {
            let begin = |&k: &u32| start(&bench, &["--shard", &format!("{k}/{of}"), "--out", &out(k)]);
            let children: Vec<_> = together.iter().map(begin).collect();
            for mut child in children {
                assert_eq!(child.wait()?.code(), Some(0), "{together:?} of {of}");
            }
        }
        random.shuffle(&mut parts);
        let mut folders: Vec<String> = parts.iter().map(|&k| format!("{}/night", out(k))).collect();
        if common {
            folders.truncate(1);
        }
        let merged = format!("merged-{of}");
        let mut args = vec!["merge"];
        args.extend(folders.iter().map(String::as_str));
        done(&bench.run(&[&args[..], &["--out", &merged]].concat()));
        study::same(&files(&bench.path().join(&merged).join("night")), &single, &format!("{of} parts"));
    }
    Ok(())
}

/// A merge of three parts: of parts missing, doubled, foreign, and with one bit of a chunk flipped.
fn a_merge_refuses_what_does_not_fit() -> Result<(), Failed> {
    let bench = with_sweep(100, 20, 0);
    for k in ["1", "2", "3"] {
        done(&swept(&bench, &["--shard", &format!("{k}/3"), "--out", k]));
    }
    done(&swept(&bench, &["--shard", "2/3", "--out", "twin"]));
    let text = bench.read("night.toml");
    bench.write("night.toml", text.replace("seed = 1", "seed = 2"));
    done(&swept(&bench, &["--shard", "2/3", "--out", "other"]));
    let refused = |folders: &[&str], code: i32, said: &[&str]| {
        let ran = bench.run(&[&["merge"], folders, &["--out", "merged"]].concat());
        assert_eq!(ran.code, Some(code), "{folders:?}: {ran:?}");
        said.iter().for_each(|said| assert!(ran.err.contains(said), "{said}: {}", ran.err));
        assert!(!bench.exists("merged/night/datapackage.json"), "{folders:?}");
    };
    refused(&["3/night", "1/night"], 1, &["shard 2 of 3 is missing"]);
    refused(&["3/night", "twin/night", "1/night", "2/night"], 1, &["shard 2 of 3 is there twice", "twin/night"]);
    refused(&["3/night", "other/night", "1/night"], 5, &["other/night is of another sweep", "seed"]);
    let mut chunks: Vec<PathBuf> =
        std::fs::read_dir(bench.path().join("2/night/chunks"))?.flatten().map(|entry| entry.path()).collect();
    chunks.sort();
    let chunk = &chunks[0];
    let whole = std::fs::read(chunk)?;
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 4;
    std::fs::write(chunk, flipped)?;
    let name = chunk.file_name().expect("a name").to_string_lossy();
    refused(&["3/night", "1/night", "2/night"], 1, &[&name, "is damaged"]);
    std::fs::write(chunk, whole)?;
    done(&bench.run(&["merge", "3/night", "1/night", "2/night", "--out", "merged"]));
    Ok(())
}

/// A small file system in memory; unmounted when it goes.
struct Disk {
    at: PathBuf,
}

impl Disk {
    fn new(at: PathBuf, kib: u64) -> Result<Self, String> {
        std::fs::create_dir_all(&at).map_err(|error| error.to_string())?;
        let size = format!("size={kib}k");
        mounting(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at))?;
        Ok(Self { at })
    }

    fn enlarge(&self, kib: u64) -> Result<(), String> {
        mounting(Command::new("mount").args(["-o", &format!("remount,size={kib}k")]).arg(&self.at))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = mounting(Command::new("umount").arg(&self.at));
    }
}

fn mounting(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}

fn a_disk_that_fills_up_costs_nothing_once_it_is_freed() -> Result<(), Failed> {
    let bench = with_sweep(4096, 20, 64);
    done(&swept(&bench, &["--out", "undisturbed"]));
    let undisturbed = files(&bench.path().join("undisturbed/night"));
    done(&swept(&bench, &["--shard", "1/1", "--out", "parts"]));
    // Whole pages, as the file system counts.
    let kib = |folder: &str| {
        files(&bench.path().join(folder)).values().map(|b| b.len() as u64).map(|n| n.div_ceil(4096) * 4).sum::<u64>()
    };
    let chunks = kib("parts/night/chunks");
    for (size, computed) in [(chunks / 2, false), (chunks + kib("undisturbed/night") / 3, true)] {
        let disk = Disk::new(bench.path().join("disk"), size)?;
        let ran = swept(&bench, &["--out", "disk"]);
        assert_eq!(ran.code, Some(1), "{size} KiB: {ran:?}");
        assert!(ran.err.contains("the finished chunks are kept"), "{}", ran.err);
        let folder = bench.path().join("disk/night");
        let kept = standing(&folder);
        let all = standing(&bench.path().join("parts/night"));
        assert!(if computed { kept == all } else { kept > 0 && kept < all }, "{kept} of {all} in {size} KiB");
        let cut = files(&folder).into_keys().filter(|name| undisturbed.contains_key(name)).collect::<Vec<_>>();
        assert!(cut.is_empty(), "{cut:?}");
        disk.enlarge(1 << 18)?;
        let ran = swept(&bench, &["--out", "disk"]);
        done(&ran);
        assert!(ran.out.contains("stood already"), "{}", ran.out);
        study::same(&files(&folder), &undisturbed, &format!("{size} KiB"));
    }
    Ok(())
}

/// Why no file system can be mounted here.
fn no_mount() -> Option<String> {
    let bench = Bench::new();
    let refused = Disk::new(bench.path().join("disk"), 64).err()?;
    Some(format!("no file system can be mounted (it takes root): {refused}"))
}

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("kills_at_any_moment_change_nothing", kills_at_any_moment_change_nothing),
        Trial::test("any_number_of_parts_in_any_order_is_the_whole", any_number_of_parts_in_any_order_is_the_whole),
        Trial::test("a_merge_refuses_what_does_not_fit", a_merge_refuses_what_does_not_fit),
        trial(
            "a_disk_that_fills_up_costs_nothing_once_it_is_freed",
            no_mount(),
            a_disk_that_fills_up_costs_nothing_once_it_is_freed,
        ),
    ]
}
