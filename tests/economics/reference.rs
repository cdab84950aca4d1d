//! Protects the whole path from a scenario file to rows, events and summary: a second, naive implementation of the
//! model (`reference/model.rs`, `drive.rs`, `measures.rs`), written from its description alone, must come to the same
//! results as the program on thousands of random scenarios (`reference/world.rs`).
//!
//! A scenario is compared up to the first row that hangs on a comparison too close to call, where an error of the
//! integration could decide which equilibrium holds; such rows must be rare.

#![expect(non_snake_case, reason = "the field's symbols: Z_R, y_P, v_Is")]
#![expect(clippy::needless_range_loop, reason = "i is the sector, in several lists at once")]

mod drive;
mod measures;
mod model;
mod world;

use self::model::Run;
use self::world::{Form, World};
use catchup::control::Control;
use catchup::integrate::{Method, Solver};
use catchup::measure::Measure;
use catchup::model::trade::{Regime, RegimeKind};
use catchup::scenario;
use catchup::simulate::simulate;
use catchup::summary::{Status, Summary, summarise};
use catchup::trajectory::{Event, EventKind, Trajectory};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// Random scenarios of each test.
const CASES: u64 = 2400;

/// First seed of the comparison with the reference, and of the comparison of the two methods.
const SEED: u64 = 20_250_000;
const SEED_METHODS: u64 = 77_000_000;

/// Relative error that the integration is allowed.
const TOLERANCE: f64 = 1e-8;

/// What the program makes of a scenario file.
fn program(toml: &str, method: Method) -> Result<(Trajectory, Summary), String> {
    let scenario = scenario::parse(toml, &[]).map_err(|report| format!("refused: {report:?}"))?;
    let solver = Solver { method, ..Solver::default() };
    let trajectory = simulate(&scenario.problem, solver, &Control::default()).map_err(|stop| format!("{stop:?}"))?;
    let summary = summarise("run", None, &trajectory);
    Ok((trajectory, summary))
}

/// The methods that take the form.
fn methods(form: Form) -> &'static [Method] {
    if form == Form::Verspagen { &[Method::Dopri5] } else { &Method::ALL }
}

/// Differences between the program and the reference.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn same<T: PartialEq + Debug>(&mut self, what: &str, got: &T, expected: &T) {
        if got != expected {
            self.0.push(format!("{what}: expected {expected:?}, got {got:?}"));
        }
    }

    /// Equal up to `TOLERANCE` of the larger of `scale` and the expected value.
    fn near(&mut self, what: &str, got: f64, expected: f64, scale: f64) {
        let near = got == expected || (got - expected).abs() <= TOLERANCE * scale.max(expected.abs());
        if !near {
            self.0.push(format!("{what}: expected {expected:?}, got {got:?}"));
        }
    }

    fn near_if_any(&mut self, what: &str, got: Option<f64>, expected: Option<f64>, scale: f64) {
        match (got, expected) {
            (Some(got), Some(expected)) => self.near(what, got, expected, scale),
            _ => self.same(what, &got, &expected),
        }
    }
}

/// Events of periods before `end`, in an order of their own.
fn sorted(events: impl Iterator<Item = model::Event>, end: usize) -> Vec<model::Event> {
    let mut events: Vec<model::Event> = events.filter(|event| event.period < end).collect();
    events.sort();
    events
}

fn plain(event: &Event) -> model::Event {
    model::Event { period: event.period, kind: event.kind, sector: event.sector }
}

/// Rows 0 … `end` − 1, and what is said about them.
fn compare_rows(world: &World, expected: &Run, got: &Trajectory, end: usize, differences: &mut Differences) {
    differences.same("failure", &got.failure, &None);
    differences.same("rows", &got.rows.len(), &expected.rows.len());
    for (k, (row, actual)) in expected.rows.iter().zip(&got.rows).enumerate().take(end) {
        let per_year = 1.0 / world.period;
        let at = |what: &str| format!("row {k}, {what}");
        differences.same(&at("regime"), &actual.regime, &row.regime);
        differences.near(&at("w_P"), actual.w_P, row.w_P, 0.0);
        differences.near(&at("ln_real_income_R"), actual.ln_real_income_R, row.ln_income_R, 1.0);
        differences.near(&at("ln_real_income_P"), actual.ln_real_income_P, row.ln_income_P, 1.0);
        differences.near_if_any(&at("growth_R"), actual.growth_R, row.growth_R, per_year);
        differences.near_if_any(&at("growth_P"), actual.growth_P, row.growth_P, per_year);
        differences.near_if_any(&at("margin"), actual.margin, row.margin, 1.0);
        differences.near(&at("subsidy"), actual.subsidy, row.subsidy, row.w_P);
        for (i, (sector, actual)) in row.sectors.iter().zip(got.sectors_at(k)).enumerate() {
            let at = |what: &str| format!("row {k}, sector {i}, {what}");
            differences.near(&at("Z_R"), actual.Z_R, sector.Z_R, 0.0);
            differences.near(&at("Z_P"), actual.Z_P, sector.Z_P, 0.0);
            differences.near(&at("z"), actual.z, sector.z, 0.0);
            differences.near(&at("g"), actual.g, sector.g, 1.0);
            differences.near(&at("p"), actual.p, sector.p, 0.0);
            differences.near(&at("v_Is"), actual.v_Is, sector.v_Is, 0.0);
            differences.near(&at("v_Cl"), actual.v_Cl, sector.v_Cl, 0.0);
            differences.same(&at("cluster_P"), &actual.cluster_P, &sector.cluster_P);
        }
    }
    let before = |jumps: &[usize]| jumps.iter().copied().filter(|&k| k < end).collect::<Vec<_>>();
    differences.same("jumps", &before(&got.jumps), &before(&expected.jumps));
    let events = |events: Vec<model::Event>| sorted(events.into_iter(), end);
    let (got, expected) = (events(got.events.iter().map(plain).collect()), events(expected.events.clone()));
    differences.same("events", &without(&got, &expected), &without(&expected, &got));
}

/// The events of `some` that are not among `others`.
fn without(some: &[model::Event], others: &[model::Event]) -> Vec<model::Event> {
    let mut left = some.to_vec();
    for event in others {
        if let Some(place) = left.iter().position(|other| other == event) {
            left.remove(place);
        }
    }
    left
}

fn compare_summary(world: &World, expected: &Run, got: &Summary, differences: &mut Differences) {
    let measures = &expected.summary;
    let (first, last) = (&expected.rows[0], &expected.rows[world.periods]);
    let verdict = serde_json::to_value(got.measures.verdict).expect("a verdict is a word");
    let finite = |value: f64| value.is_finite().then_some(value);
    differences.same("status", &got.measures.status(), &Status::Ok);
    differences.same("error", &got.measures.error, &None);
    differences.near_if_any("initial_gap", got[Measure::InitialGap], Some(1.0 / first.w_P), 0.0);
    differences.near_if_any("final_gap", got[Measure::FinalGap], Some(1.0 / last.w_P), 0.0);
    if measures.long_run_known {
        differences.same("verdict", &verdict.as_str(), &Some(measures.verdict));
        differences.near_if_any("long_run_gap", got[Measure::LongRunGap], finite(measures.long_run_gap), 0.0);
        differences.same("long_run_self_sustaining", &got.long_run_self_sustaining, &measures.self_sustaining);
        let factors = got.factors.map(|factors| [factors.ricardian, factors.stat, factors.technology]);
        for (j, name) in ["ricardian", "static", "technology"].into_iter().enumerate() {
            let expected = measures.factors.map(|factors| factors[j]);
            let found = factors.and_then(|factors| finite(factors[j]));
            differences.near_if_any(&format!("long_run_{name}"), found, expected, 0.0);
        }
    }
    if measures.half_life_known {
        differences.near_if_any("half_life", got[Measure::HalfLife], measures.half_life, 0.0);
    }
    let years = world.periods as f64 * world.period;
    differences.near_if_any("welfare", got[Measure::Welfare], Some(measures.welfare), years);
    differences.near_if_any("subsidy_pv", got[Measure::SubsidyPv], Some(measures.subsidy_pv), years);
    differences.same("regime_changes", &got[Measure::RegimeChanges], &Some(measures.regime_changes as f64));
    differences.near_if_any("peak_growth_P", got.peak_growth_P, measures.peak_growth_P, 1.0 / world.period);
    differences.same("last_regime", &got.last_regime().map(RegimeKind::name), &Some(model::name_of(last.regime)));
    let sector = model::sector_of(last.regime).map(|i| world::NAMES[i].to_owned());
    differences.same("last_sector", &got.last_sector, &sector);
    differences.same("last_regime_subsidised", &got.last_regime_subsidised, &Some(last.subsidy > 0.0));
}

/// What one scenario yields: its differences, in words, and whether it could be compared to the end.
struct Verdict {
    differences: Vec<String>,
    complete: bool,
}

fn compare(seed: u64) -> Verdict {
    let world = world::draw(seed);
    let toml = world.toml();
    let expected = model::run(&world);
    let end = expected.too_close_from.unwrap_or(world.periods + 1);
    let mut found = Vec::new();
    for &method in methods(world.form) {
        let mut differences = Differences::default();
        match program(&toml, method) {
            Err(reason) => differences.0.push(reason),
            Ok((trajectory, summary)) => {
                compare_rows(&world, &expected, &trajectory, end, &mut differences);
                if expected.too_close_from.is_none() {
                    differences.same("last_change", &trajectory.last_change, &expected.last_change);
                    compare_summary(&world, &expected, &summary, &mut differences);
                }
            }
        }
        if !differences.0.is_empty() {
            let shown = differences.0.iter().take(8).cloned().collect::<Vec<_>>().join("\n");
            found.push(format!("seed {seed}, {}:\n{shown}\n{toml}", method.name()));
        }
    }
    let known = expected.summary.long_run_known && expected.summary.half_life_known;
    Verdict { differences: found, complete: expected.too_close_from.is_none() && known }
}

/// `check` of every seed from `first` on, on as many threads as there are cores.
fn for_all<T: Send>(first: u64, check: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = |thread: usize| {
        let check = &check;
        move || (first..first + CASES).skip(thread).step_by(threads).map(check).collect::<Vec<T>>()
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(share(thread))).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("no scenario panics")).collect()
    })
}

fn none_of(differences: &[String]) {
    let shown = differences.iter().take(3).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} runs of {CASES} scenarios differ; the first:\n{shown}", differences.len());
}

#[test]
fn the_program_agrees_with_a_naive_reference() {
    let verdicts = for_all(SEED, compare);
    let skipped = verdicts.iter().filter(|verdict| !verdict.complete).count();
    none_of(&verdicts.into_iter().flat_map(|verdict| verdict.differences).collect::<Vec<_>>());
    assert!(skipped as u64 * 100 < CASES * 3, "{skipped} of {CASES} scenarios are too close to call somewhere");
}

#[test]
fn both_methods_find_the_same_regimes_and_events() {
    let check = |seed: u64| {
        let world = world::draw(seed);
        let toml = world.toml();
        let &[first, second] = methods(world.form) else { return None };
        let mut differences = Differences::default();
        match (program(&toml, first), program(&toml, second)) {
            (Ok((one, _)), Ok((other, _))) => {
                let regimes = |run: &Trajectory| run.rows.iter().map(|row| row.regime).collect::<Vec<_>>();
                let events = |run: &Trajectory| sorted(run.events.iter().map(plain), usize::MAX);
                differences.same("regimes", &regimes(&one), &regimes(&other));
                differences.same("events", &without(&events(&one), &events(&other)), &Vec::new());
                differences.same("events", &without(&events(&other), &events(&one)), &Vec::new());
                differences.same("jumps", &one.jumps, &other.jumps);
                differences.same("last change", &one.last_change, &other.last_change);
            }
            (one, other) => differences.0.extend([one.err(), other.err()].into_iter().flatten()),
        }
        Some((!differences.0.is_empty()).then(|| format!("seed {seed}:\n{}\n{toml}", differences.0.join("\n"))))
    };
    let compared: Vec<Option<String>> = for_all(SEED_METHODS, check).into_iter().flatten().collect();
    assert!(compared.len() >= 2000, "only {} scenarios have both methods", compared.len());
    none_of(&compared.into_iter().flatten().collect::<Vec<_>>());
}

/// The scenarios drawn reach every corner of the model that the comparison is meant for.
#[test]
fn the_random_scenarios_leave_nothing_out() {
    let mut seen = BTreeSet::new();
    for (found, label) in for_all(SEED, |seed| {
        let world = world::draw(seed);
        let (trajectory, summary) = program(&world.toml(), Method::Dopri5).expect("a scenario that runs");
        let mut found: Vec<String> = trajectory.events.iter().map(|event| event.kind.name().to_owned()).collect();
        found.extend(trajectory.rows.iter().map(|row| model::name_of(row.regime).to_owned()));
        found.extend(trajectory.rows.iter().filter(|row| row.subsidy > 0.0).map(|_| "subsidised".to_owned()));
        found.push(serde_json::to_string(&summary.measures.verdict).expect("a verdict is a word"));
        found.push(format!("self-sustaining {:?}", summary.long_run_self_sustaining));
        found.push(format!("half-life {}", summary[Measure::HalfLife].is_some()));
        let closed = if world.closed_at(0) { "closed" } else { "open" };
        (found, format!("{:?} {:?} {closed}", world.form, world.selection))
    }) {
        seen.extend(found);
        seen.insert(label);
    }
    let mut expected: BTreeSet<String> = EventKind::ALL.iter().map(|kind| kind.name().to_owned()).collect();
    expected.extend(RegimeKind::ALL.map(|kind| kind.name().to_owned()));
    expected.extend(catchup::summary::Verdict::ALL.map(|verdict| format!("\"{}\"", verdict.name())));
    expected.extend(
        ["self-sustaining None", "self-sustaining Some(false)", "self-sustaining Some(true)"].map(str::to_owned),
    );
    expected.extend(["subsidised", "half-life true", "half-life false"].map(str::to_owned));
    for (form, _) in Form::ALL {
        for selection in ["History", "Best", "Isolation"] {
            expected.extend(["closed", "open"].map(|trade| format!("{form:?} {selection} {trade}")));
        }
    }
    let missing: Vec<&String> = expected.difference(&seen).collect();
    assert!(missing.is_empty(), "no scenario drawn has {missing:?}");
}

/// `literal` z reaches infinity at the date that [M5] gives: the rows before it stand, and the run says where it failed.
#[test]
fn a_literal_blow_up_ends_the_run_at_its_date() {
    let mut rng = fastrand::Rng::with_seed(SEED);
    let mut blown_up = 0;
    for case in 0..400 {
        let (beta, x, period) = (0.02 + 0.2 * rng.f64(), 0.05 * rng.f64(), [1.0, 0.5, 3.0][rng.usize(0..3)]);
        let z = [0.05 + 1.5 * rng.f64(), 0.05 + 1.5 * rng.f64()];
        let clustered_R = [rng.bool(), rng.bool()];
        // P keeps a cluster in the first sector throughout.
        let d = [if clustered_R[0] { 0.0 } else { -x }, if clustered_R[1] { x } else { 0.0 }];
        let periods = 40;
        let mut toml = format!(
            "schema_version = 1\ntime = {{ horizon = {:?}, period = {period:?} }}\ngrowth.x = {x:?}\n\
             catch_up = {{ form = \"literal\", beta = {beta:?} }}\n\
             [[policy]]\nfrom = 0\npromote = \"textiles\"\nsustain = \"always\"\n",
            f64::from(periods) * period
        );
        for i in 0..2 {
            toml += &format!(
                "[sector.{}]\nlambda = 1.2\ny_R = 1\ny_P = 1\nZ_P = {:?}\ncluster_R = {}\n",
                world::NAMES[i],
                z[i],
                clustered_R[i]
            );
        }
        // 1/z of [M5] and the date at which it reaches 0.
        let inverse = |i: usize, t: f64| match d[i] {
            0.0 => 1.0 / z[i] - beta * t,
            d => beta / d + (1.0 / z[i] - beta / d) * (d * t).exp(),
        };
        let end = |i: usize| match d[i] {
            0.0 => 1.0 / (beta * z[i]),
            d if beta * z[i] <= d => f64::INFINITY,
            d => (-(-d / (beta * z[i])).ln_1p()) / d,
        };
        let (sector, t) = if end(0) <= end(1) { (0, end(0)) } else { (1, end(1)) };
        let standing = (0..=periods).filter(|&k| f64::from(k) * period < t).count();
        for method in Method::ALL {
            let (trajectory, summary) = program(&toml, method).expect("a scenario that is accepted");
            let named = format!("case {case}, {}:\n{toml}", method.name());
            assert_eq!(trajectory.rows.len(), standing, "rows; blow-up at {t}; {named}");
            for k in 0..standing {
                for (i, row) in trajectory.sectors_at(k).iter().enumerate() {
                    let expected = inverse(i, k as f64 * period);
                    // Near the blow-up it is 1/z that moves evenly.
                    let error = (1.0 / row.z - expected).abs();
                    assert!(
                        error <= TOLERANCE / z[i],
                        "row {k}, sector {i}: z {} for {}; {named}",
                        row.z,
                        1.0 / expected
                    );
                }
            }
            if standing > periods as usize {
                assert_eq!((&trajectory.failure, summary.measures.status()), (&None, Status::Ok), "{named}");
                continue;
            }
            blown_up += 1;
            let failure = trajectory.failure.as_ref().unwrap_or_else(|| panic!("no failure; {named}"));
            assert_eq!(failure.sector, sector, "{named}");
            assert!((failure.t - t).abs() <= 1e-6 * t, "failed at {} for {t}; {named}", failure.t);
            assert_eq!(summary.measures.status(), Status::Failed, "{named}");
            assert!(summary.measures.error.is_some(), "{named}");
        }
    }
    assert!(blown_up > 200, "only {blown_up} runs blow up");
}

/// Two equal regions but for P's productivity in the second sector; R's λ of the first is 1, so A = 1.
fn two_sectors(y_P: f64, poor: &str) -> String {
    format!(
        "schema_version = 1\ntime.horizon = 40\ngrowth.x = 0.05\ncatch_up.beta = 0.05\n\
         [sector.textiles]\nlambda = 1\ny_R = 1\ny_P = 1\n\
         [sector.steel]\nlambda = 2\ny_R = 1\ny_P = {y_P:?}\nZ_P = 1\n[poor]\n{poor}\n"
    )
}

/// What the random comparison leaves out: two earnings tie when they differ by no more than 1e-9 of the larger.
#[test]
fn a_cluster_stands_down_to_the_tolerance_of_ties() {
    for (y_P, stands) in [(1.0, true), (1.0 - 5e-10, true), (1.0 - 5e-9, false)] {
        let (trajectory, _) =
            program(&two_sectors(y_P, "start = \"cluster:steel\""), Method::Exact).expect("a scenario that runs");
        let expected = if stands { Regime::Cluster(1) } else { Regime::Isolation(0) };
        assert_eq!(trajectory.rows[0].regime, expected, "y_P {y_P}");
    }
}

/// "z reached 1 (met in finite time, not approached)" makes no exception for closed trade: a closed region that
/// learns where R does not passes z = 1 on its own.
#[test]
fn a_gap_that_closes_behind_closed_borders_is_an_event() {
    let toml = two_sectors(1.0, "trade = \"closed\"\nclosed_clusters = [\"steel\"]")
        .replace("Z_P = 1\n", "Z_P = 0.5\ncluster_R = false\n");
    for method in Method::ALL {
        let (trajectory, _) = program(&toml, method).expect("a scenario that runs");
        let met = trajectory.events.iter().filter(|event| event.kind == EventKind::ParityReached);
        // 0.5 e^(0.05 t) = 1 at t = 13.9.
        let met: Vec<_> = met.map(|event| (event.period, event.sector)).collect();
        assert_eq!(met, [(14, Some(1))], "{}", method.name());
    }
}
