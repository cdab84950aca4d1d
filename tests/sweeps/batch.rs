//! Protects the batch engine: chunks that depend on nothing but the sweep and their number, of a sensible size, and
//! a crew that hands over every chunk once and stops when it should.

use crate::common::Bench;
use catchup::batch::{Chunk, Worker, draws_per_chunk};
use catchup::control::Control;
use catchup::crew::{Crew, Ended};
use catchup::measure::Measure;
use catchup::scenario::sweep::Sweep;
use catchup::simulate::simulate;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

fn scenario(catch_up: &str, time: &str, solver: &str) -> String {
    format!(
        "schema_version = 1\n[time]\n{time}\n[growth]\nx = 0.02\n[catch_up]\n{catch_up}\n\
         [sector.textiles]\nlambda = 1.2\ny_R = 1\ny_P = 0.9\nZ_P = 0.5\n\
         [sector.electronics]\nlambda = 1.5\ny_R = 1\ny_P = 0.7\nZ_P = 0.4\n[solver]\n{solver}\n"
    )
}

fn sweep_of(bench: &Bench, scenario: &str, samples: u64, keep: &str) -> Sweep {
    bench.write("scenario.toml", scenario);
    let text = format!(
        "schema_version = 1\nname = \"s\"\nscenario = \"scenario.toml\"\nseed = 3\n\
         [design]\nkind = \"random\"\nsamples = {samples}\n\
         [vary]\n\"catch_up.beta\" = {{ uniform = [0.0001, 0.06] }}\n\"sector.textiles.lambda\" = {{ uniform = [1.0, 2.0] }}\n\
         [variants.alone]\n[variants.promoted]\npolicy = [{{ from = 3, promote = \"textiles\", sustain = \"always\" }}]\n\
         [keep]\ntrajectories = {keep}\n"
    );
    let path = bench.path().join(bench.write("sweep.toml", text));
    Sweep::load(&path.to_string_lossy()).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

/// Some of its runs blow up.
fn risky(bench: &Bench, samples: u64) -> Sweep {
    sweep_of(bench, &scenario("form = \"literal\"\nbeta = 0.05", "horizon = 40", "method = \"exact\""), samples, "2")
}

/// What a chunk says of each of its runs, to the last bit.
fn runs(chunk: &Chunk) -> Vec<String> {
    let run = |row: usize| {
        let numbers = Measure::ALL.map(|measure| chunk.measure(measure, row));
        let kinds = chunk.kinds.each_ref().map(|column| column[row]);
        format!("{numbers:?} {:?} {kinds:?} {:?}", chunk.externality[row], chunk.error(row))
    };
    (0..chunk.runs()).map(run).collect()
}

#[test]
fn a_chunk_depends_on_its_number_alone() {
    let bench = Bench::new();
    let sweep = risky(&bench, 103);
    let control = Control::default();
    let tenth = |index: u64| 10 * index..(10 * index + 10).min(103);
    let fresh: Vec<Chunk> =
        (0..11).map(|index| Worker::new(&sweep).chunk(tenth(index), &control).expect("a chunk")).collect();
    let (mut worker, mut chunk) = (Worker::new(&sweep), Chunk::default());
    for index in [10, 3, 0, 7, 3, 9, 1, 10] {
        worker.fill(tenth(index), &mut chunk, &control).expect("a chunk");
        let fresh = &fresh[usize::try_from(index).expect("small")];
        assert_eq!((chunk.first, &chunk.drawn), (fresh.first, &fresh.drawn));
        assert_eq!(runs(&chunk), runs(fresh));
    }
    let last = &fresh[10];
    assert_eq!((last.first, last.runs(), last.drawn[0].len()), (100, 6, 3), "the last is shorter");
    // Cut elsewhere, the rows are the same.
    let whole = Worker::new(&sweep).chunk(0..103, &control).expect("a chunk");
    let rows: Vec<String> = fresh.iter().flat_map(runs).collect();
    assert_eq!(runs(&whole), rows);
    assert!(!whole.errors.is_empty() && whole.errors.len() < rows.len());
}

#[test]
fn kept_trajectories_are_those_of_the_first_draws() {
    let bench = Bench::new();
    let sweep = risky(&bench, 20);
    let chunk = Worker::new(&sweep).chunk(0..20, &Control::default()).expect("a chunk");
    let kept: Vec<_> = chunk.trajectories.iter().map(|(draw, variant, _)| (*draw, *variant)).collect();
    assert_eq!(kept, [(0, 0), (0, 1), (1, 0), (1, 1)]);
    for (draw, variant, trajectory) in &chunk.trajectories {
        let row = 2 * usize::try_from(*draw).expect("small") + variant;
        assert_eq!(chunk.measure(Measure::InitialGap, row), Some(trajectory.rows[0].income_gap()));
        assert_eq!(chunk.error(row).is_some(), trajectory.failure.is_some());
        let mut binder = sweep.binder(*variant);
        let values: Vec<f64> =
            chunk.drawn.iter().map(|column| column[usize::try_from(*draw).expect("small")]).collect();
        let (problem, solver) = binder.bind(&values).expect("valid");
        let alone = simulate(problem, solver, &Control::default()).expect("not stopped");
        assert_eq!(alone.rows, trajectory.rows);
    }
}

#[test]
fn a_chunk_takes_half_a_second_at_most_and_a_sweep_has_enough_of_them() {
    let bench = Bench::new();
    let size = |time: &str, solver: &str, samples: u64, keep: &str| {
        draws_per_chunk(&sweep_of(&bench, &scenario("beta = 0.05", time, solver), samples, keep))
    };
    let (short, exact) = ("horizon = 200", "method = \"exact\"");
    let slowest = "rtol = 1e-14";
    assert_eq!(size(short, exact, 10_000_000, "0"), 8192, "16,384 rows of two variants");
    assert_eq!(size("horizon = 1000\nperiod = 0.001", slowest, 10_000, "0"), 1);
    assert!(size(short, slowest, 10_000_000, "0") < 1000);
    assert!(size(short, "rtol = 1e-6", 10_000_000, "0") > size(short, "rtol = 1e-13", 10_000_000, "0"));
    for samples in [1_u64, 63, 64, 65, 1000, 5000] {
        let size = size(short, exact, samples, "0");
        let chunks = samples.div_ceil(size);
        assert!(chunks >= 33.min(samples) && size >= 1, "{samples}: {chunks} chunks");
    }
    assert_eq!(size(short, exact, 10_000_000, "10"), 8192, "a few kept trajectories change nothing");
    let kept = size(short, exact, 10_000_000, "\"all\"");
    assert!((100..1000).contains(&kept), "{kept}: all kept, they fit into memory");
}

#[test]
fn a_crew_hands_over_every_missing_chunk_once() {
    let bench = Bench::new();
    let sweep = risky(&bench, 103);
    let tenth = |index: u64| 10 * index..(10 * index + 10).min(103);
    let missing = [0, 2, 3, 4, 7, 8, 9, 10].map(tenth);
    let mut counts = Vec::new();
    for threads in [1, 2, 7, 20] {
        let crew = Crew { sweep: &sweep, threads, failed: 0, max_failures: None };
        let (tally, seen) = (Control::default(), Mutex::new(Vec::new()));
        let ended = crew.work(&missing, &tally, |chunk| {
            seen.lock().expect("no panic").push(chunk.first);
            Ok::<(), ()>(())
        });
        let ended = ended.expect("no error");
        let mut seen = seen.into_inner().expect("no panic");
        if threads == 1 {
            assert!(seen.is_sorted(), "in ascending order");
        }
        seen.sort_unstable();
        assert_eq!(seen, missing.each_ref().map(|draws| draws.start));
        assert_eq!((ended.runs, tally.done(), ended.gave_up), (2 * 73, 2 * 73, false));
        let first = ended.first.expect("some fail");
        counts.push((ended.failed, first.run, first.variant, first.error));
    }
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
}

#[test]
fn a_crew_stops_at_an_error_a_signal_or_too_many_failures() {
    let bench = Bench::new();
    let sweep = risky(&bench, 200);
    let all: Vec<_> = (0..200).map(|draw| draw..draw + 1).collect();
    let crew = |failed: u64, max_failures: Option<u64>| Crew { sweep: &sweep, threads: 2, failed, max_failures };
    let fine = |_: &Chunk| Ok::<(), String>(());

    let handed = Mutex::new(BTreeSet::new());
    let full = crew(0, None).work(&all, &Control::default(), |chunk| {
        handed.lock().expect("no panic").insert(chunk.first);
        if chunk.first == 5 { Err("full".to_owned()) } else { Ok(()) }
    });
    assert_eq!(full.expect_err("an error"), "full");
    assert!(handed.into_inner().expect("no panic").len() < 100);

    let Ended { failed, gave_up, .. } = crew(0, Some(3)).work(&all, &Control::default(), fine).expect("no error");
    assert!(gave_up && (3..10).contains(&failed), "{failed}");
    let ended = crew(3, Some(3)).work(&all, &Control::default(), fine).expect("no error");
    assert!(ended.gave_up && ended.runs == 0, "those of an earlier call count");

    let stop = std::sync::Arc::new(AtomicBool::new(false));
    let tally = Control::new(std::sync::Arc::clone(&stop));
    let ended = crew(0, None).work(&all, &tally, |chunk| {
        stop.fetch_or(chunk.first >= 10, Ordering::Relaxed);
        Ok::<(), String>(())
    });
    let ended = ended.expect("no error");
    assert!(ended.runs >= 2 && ended.runs < 100 && !ended.gave_up, "{}", ended.runs);
    stop.store(true, Ordering::Relaxed);
    assert!(Worker::new(&sweep).chunk(0..200, &Control::new(stop)).is_err(), "inside a chunk too");
}

/// Each draw of a variant is measured against the same draw of the variant that it names.
#[test]
fn a_variant_is_measured_against_the_baseline_that_it_names() {
    const PLAIN: &str = r#"schema_version = 1
name = "against"
scenario.time.horizon = 20
scenario.growth.x = 0.02
scenario.catch_up.beta = 0.04
scenario.sector.textiles = { lambda = 1.5, y_R = 1, y_P = 0.8 }
scenario.sector.chips = { lambda = 1.8, y_R = 1, y_P = 0.6 }
design = { kind = "sobol", samples = 8 }
vary.catch_up.beta = { uniform = [0.03, 0.08] }
[variants.plain]
[variants.chips]
policy = [{ promote = "chips", sustain = "always" }]
"#;
    let own = "[variants.later]\npoor.tau = 3\npolicy = [{ promote = \"chips\", sustain = \"always\" }]\n";
    let runs = |text: &str| {
        let sweep = Sweep::parse(text, Path::new("")).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let chunk = Worker::new(&sweep).chunk(0..8, &Control::default()).expect("not stopped");
        let of = |measure: Measure| -> Vec<Option<f64>> { (0..24).map(|row| chunk.measure(measure, row)).collect() };
        (of(Measure::FinalGap), of(Measure::DFinalGap))
    };
    let (gap, first) = runs(&format!("{PLAIN}{own}"));
    let (_, named) = runs(&format!("{PLAIN}{}", own.replace("poor.tau", "baseline = \"chips\"\npoor.tau")));
    for draw in 0..8 {
        let [plain, chips, later] = [0, 1, 2].map(|variant| 3 * draw + variant);
        let minus = |a: usize, b: usize| gap[a].zip(gap[b]).map(|(a, b)| a - b);
        assert!(minus(later, chips).is_some_and(|d| d != 0.0), "the variants differ");
        assert_eq!((first[later], named[later]), (minus(later, plain), minus(later, chips)), "draw {draw}");
        assert_eq!((named[plain], named[chips]), (Some(0.0), minus(chips, plain)), "draw {draw}");
    }
}
