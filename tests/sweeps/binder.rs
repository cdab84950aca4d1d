//! What protects sweeps from solving another problem than `catchup run --set …` would: over random scenarios, keys,
//! variants and values, the two are the same to the bit, or both refuse.

use crate::common::Bench;
use crate::common::random::{Spec, between};
use catchup::scenario::sweep::{Level, Sweep};
use catchup::scenario::{load, sweep::Varied};
use fastrand::Rng;

/// A key that could be varied, and a value for it; now and then one that is out of range.
fn key_and_value(rng: &mut Rng, spec: &Spec) -> (String, Level) {
    let n = spec.sectors.len();
    let sector = format!("sector.s{}", rng.usize(0..n));
    let word = |rng: &mut Rng, words: &[&str]| Level::Text(words[rng.usize(0..words.len())].to_owned());
    let some = |rng: &mut Rng, low: f64, high: f64| Level::Number(between(rng, low, high));
    match rng.usize(0..33) {
        0..3 => (format!("{sector}.lambda"), some(rng, 1.0, 3.0)),
        3..5 => (format!("{sector}.y_P"), some(rng, 0.1, 3.0)),
        5 => (format!("{sector}.y_R"), some(rng, 0.1, 3.0)),
        6 => (format!("{sector}.Z_P"), some(rng, 0.1, 3.0)),
        7 => (format!("{sector}.Z_R"), some(rng, 0.1, 3.0)),
        8..10 => (format!("{sector}.x"), some(rng, 0.0, 0.05)),
        10..12 => ("growth.x".to_owned(), some(rng, 0.0, 0.05)),
        12..15 => ("catch_up.beta".to_owned(), some(rng, 0.01, 0.2)),
        15 => ("catch_up.z_hat".to_owned(), some(rng, 0.01, 0.99)),
        16 => ("catch_up.speed".to_owned(), some(rng, 0.005, 0.1)),
        17 => ("catch_up.s".to_owned(), some(rng, -1.0, 1.0)),
        18 => ("catch_up.delta".to_owned(), some(rng, 0.1, 2.0)),
        19 => ("poor.tau".to_owned(), some(rng, 0.0, 20.0)),
        20 if rng.bool() => ("welfare.cost_of_funds".to_owned(), some(rng, 1.0, 2.0)),
        20 => ("welfare.discount_rate".to_owned(), some(rng, 0.0, 0.1)),
        21 => ("solver.rtol".to_owned(), some(rng, 1e-12, 1e-3)),
        22 => ("policy.0.from".to_owned(), some(rng, 0.0, spec.horizon)),
        23 => ("policy.0.until".to_owned(), some(rng, 0.0, 2.0 * spec.horizon)),
        24 => ("policy.0.promote".to_owned(), Level::Text(format!("s{}", rng.usize(0..n)))),
        25 => ("poor.selection".to_owned(), word(rng, &["history", "best", "isolation"])),
        26 => ("catch_up.form".to_owned(), word(rng, &["logistic", "gompertz", "nelson-phelps"])),
        27 => (format!("{sector}.cluster_R"), Level::Flag(rng.bool())),
        28 => ("shock.0.at".to_owned(), some(rng, 0.0, spec.horizon)),
        29 => ("shock.0.set.catch_up.beta".to_owned(), some(rng, 0.01, 0.2)),
        30 => ("time.start".to_owned(), some(rng, 0.0, 2000.0)),
        31 => ("time.horizon".to_owned(), Level::Number(spec.period * rng.usize(5..50) as f64)),
        _ => ("solver.atol".to_owned(), some(rng, 1e-14, 1e-9)),
    }
}

/// A number for a varied key: another of its kind, or something that it cannot be.
fn drawn(rng: &mut Rng, varied: &Varied, near: f64) -> f64 {
    if !varied.levels.is_empty() {
        return rng.usize(0..varied.levels.len()) as f64;
    }
    match rng.usize(0..40) {
        0 => -near,
        1 => 0.0,
        2 => near * 1e3,
        3 => 1e200,
        _ => near * between(rng, 0.7, 1.4),
    }
}

fn variants(rng: &mut Rng) -> &'static str {
    match rng.usize(0..4) {
        0 => "[variants.plain]\n[variants.slow]\npoor.tau = 3.5\n",
        1 => {
            "[variants.plain]\n[variants.other]\n\"sector.s0.lambda\" = 1.25\npolicy = [{ promote = \"s1\", until = 40 }]\n"
        }
        2 => {
            "[variants.plain]\n[variants.shocked]\nshock = [{ at = 3, set = { catch_up.beta = 0.09, \"growth.x\" = 0.01 } }]\n"
        }
        _ => "",
    }
}

#[test]
fn a_draw_is_the_problem_that_run_solves() {
    let mut rng = Rng::with_seed(20);
    let bench = Bench::new();
    let (mut same, mut refused, mut sweeps, mut shocked, mut implied) = (0, 0, 0, 0, 0);
    for case in 0..1500 {
        let mut spec = Spec::random(&mut rng);
        let implies =
            ["logistic", "gompertz", "nelson-phelps"].iter().any(|form| spec.catch_up.contains(&format!("\"{form}\"")));
        if implies && rng.f64() < 0.4 {
            let form = spec.catch_up.lines().next().expect("a form").to_owned();
            let (key, low, high) = if rng.bool() { ("z_hat", 0.1, 0.9) } else { ("speed", 0.02, 0.1) };
            spec.catch_up = format!("{form}\n{key} = {:?}", between(&mut rng, low, high));
            spec.x = between(&mut rng, 0.005, 0.04);
            spec.rest = spec.rest.replace("\"catch_up.beta\"", &format!("\"catch_up.{key}\""));
        }
        bench.write("scenario.toml", spec.toml());
        let rows = rng.usize(1..4);
        let mut vary = String::new();
        let mut keys: Vec<String> = Vec::new();
        for _ in 0..rng.usize(1..7) {
            let (key, first) = key_and_value(&mut rng, &spec);
            if keys.contains(&key) {
                continue;
            }
            let same_type = |level: &Level| std::mem::discriminant(level) == std::mem::discriminant(&first);
            let values: Vec<String> = (0..rows)
                .map(|_| {
                    (0..200)
                        .map(|_| key_and_value(&mut rng, &spec))
                        .find(|(other, level)| *other == key && same_type(level))
                })
                .map(|found| found.map_or(first.toml(), |(_, level)| level.toml()))
                .collect();
            vary += &format!("\"{key}\" = {{ column = [{}] }}\n", values.join(", "));
            keys.push(key);
        }
        let text = format!(
            "schema_version = 1\nscenario = \"scenario.toml\"\n[design]\nkind = \"table\"\n[vary]\n{vary}{}",
            variants(&mut rng)
        );
        // A key that the scenario does not have, or values that do not go together: another test's.
        let Ok(sweep) = Sweep::parse(&text, bench.path()) else { continue };
        sweeps += 1;
        let path = bench.path().join("scenario.toml").to_string_lossy().into_owned();
        for variant in 0..sweep.variants.len() {
            let mut binder = sweep.binder(variant);
            let mut row: Vec<Vec<f64>> = vec![vec![0.0]; sweep.vary.len()];
            sweep.design.fill(0, &mut row);
            for _ in 0..6 {
                let draw: Vec<f64> =
                    sweep.vary.iter().zip(&row).map(|(varied, near)| drawn(&mut rng, varied, near[0])).collect();
                let sets = sweep.sets(variant, &draw);
                match (load(&path, &sets), binder.bind(&draw)) {
                    (Ok(run), Ok((problem, solver))) => {
                        // The text tells −0 from 0.
                        assert_eq!(
                            format!("{:?}", run.problem),
                            format!("{problem:?}"),
                            "case {case}: {sets:?}\n{text}"
                        );
                        assert!(run.problem == *problem && run.solver == solver, "case {case}: {sets:?}\n{text}");
                        same += 1;
                        shocked += usize::from(problem.epochs.len() > 1);
                        implied += usize::from(run.keys.catch_up.beta.is_none());
                    }
                    (Err(_), Err(reason)) => {
                        assert!(!reason.is_empty() && !reason.contains('\n'), "case {case}: {reason}");
                        refused += 1;
                    }
                    (Ok(_), Err(reason)) => panic!("case {case}: refused: {reason}\n{sets:?}\n{text}"),
                    (Err(report), Ok(_)) => panic!("case {case}: bound: {}\n{sets:?}\n{text}", report.render(false)),
                }
            }
        }
    }
    let seen = [sweeps, same, refused, shocked, implied];
    assert!(seen.iter().zip([400, 2000, 300, 500, 200]).all(|(seen, least)| *seen > least), "{seen:?}");
}
