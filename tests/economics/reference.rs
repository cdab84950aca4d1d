//! Protects the whole path from a scenario file to rows, events and every measure: a second, naive implementation of the
//! model (`reference/path.rs` and its neighbours), written from its description alone, must come to the same results as the
//! program on thousands of random scenarios (`reference/draw.rs`).
//!
//! A scenario is compared up to the first row that hangs on a comparison too close to call, where an error of the
//! integration could decide which equilibrium holds; such rows must be rare. `REFERENCE_CASES` asks for more scenarios than
//! the usual number, `REFERENCE_SEED` for others.

#![expect(non_snake_case, reason = "the field's symbols: Z_R, y_P, v_Is")]
#![expect(clippy::needless_range_loop, reason = "i is the sector, in several lists at once")]

mod against;
mod ahead;
mod alone;
mod claims;
pub(crate) mod draw;
mod edges;
mod measures;
mod motion;
mod parts;
mod path;
mod rules;
mod stretch;
mod values;
pub(crate) mod world;

use self::against::{
    Differences, Expected, compare_gains, compare_members, compare_run, events, key, left_alone, methods, program,
    without,
};
use self::path::Path;
use self::world::{Form, World};
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};

/// Random scenarios of each test.
const CASES: u64 = 1200;

/// First seed of the random scenarios, of those that are valued within a short window, of those on which the two methods
/// are compared, and of those that get policies which ask for nothing.
const SEED: u64 = 20_250_000;
const SEED_WINDOWS: u64 = 33_000_000;
const SEED_METHODS: u64 = 77_000_000;
const SEED_IDLE: u64 = 17_760_000;

fn asked(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

/// Whether two values agree up to a relative error.
fn near(a: f64, b: f64, error: f64) -> bool {
    a == b || (a - b).abs() <= error * a.abs().max(b.abs())
}

/// `check` of `cases` seeds from `first` on, on as many threads as there are cores.
pub(crate) fn for_all<T: Send>(first: u64, cases: u64, check: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = |thread: usize| {
        let check = &check;
        move || (first..first + cases).skip(thread).step_by(threads).map(check).collect::<Vec<T>>()
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(share(thread))).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("no scenario panics")).collect()
    })
}

/// Fails with how often each thing differs, and the first of the runs that do.
fn none_of(differences: &[String]) {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for line in differences.iter().flat_map(|run| run.lines()).filter(|line| line.contains(": expected ")) {
        let what = line.split(": expected ").next().unwrap_or_default();
        *kinds.entry(what.rsplit(", ").next().unwrap_or_default()).or_default() += 1;
    }
    let shown = asked("REFERENCE_SHOWN", 3);
    let shown = differences.iter().take(usize::try_from(shown).unwrap_or(3)).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} runs differ, in {kinds:?}; the first:\n{shown}", differences.len());
}

/// What one scenario yields: its differences, in words, and whether it could be compared to the end.
struct Verdict {
    differences: Vec<String>,
    complete: bool,
    labels: Vec<String>,
}

/// A scenario by itself under every method; every third also against the region left alone.
fn compare(seed: u64, world: &World) -> Verdict {
    let expected = Expected::of(world);
    let baseline = (seed.is_multiple_of(3) && expected.path.failure.is_none()).then(|| left_alone(world));
    let baseline = baseline.map(|world| (Expected::of(&world), world));
    let mut found = Vec::new();
    for &method in methods(world.form) {
        let mut differences = Differences::default();
        match program(&world.toml(), method) {
            Err(reason) => differences.0.push(reason),
            Ok(run) => {
                compare_run(&expected, &run, &mut differences);
                if let Some((other, world)) = &baseline {
                    match program(&world.toml(), method) {
                        Err(reason) => differences.0.push(reason),
                        Ok(alone) => compare_gains([&expected, other], [run, alone], &mut differences),
                    }
                }
            }
        }
        if !differences.0.is_empty() {
            let shown = differences.0.iter().take(8).cloned().collect::<Vec<_>>().join("\n");
            found.push(format!("seed {seed}, {}:\n{shown}\n{}", method.name(), world.toml()));
        }
    }
    Verdict { differences: found, complete: expected.known(), labels: labels(world, &expected) }
}

#[test]
fn the_program_agrees_with_a_naive_reference() {
    let cases = asked("REFERENCE_CASES", CASES);
    let verdicts = for_all(asked("REFERENCE_SEED", SEED), cases, |seed| compare(seed, &draw::draw(seed)));
    let skipped = verdicts.iter().filter(|verdict| !verdict.complete).count();
    assert!(skipped as u64 * 100 < cases * 4, "{skipped} of {cases} scenarios are too close to call somewhere");
    let seen: BTreeSet<String> = verdicts.iter().flat_map(|verdict| verdict.labels.clone()).collect();
    none_of(&verdicts.into_iter().flat_map(|verdict| verdict.differences).collect::<Vec<_>>());
    if cases >= CASES {
        leave_nothing_out(&seen);
    }
}

/// What comes after a window that hardly discounts cannot be taken from what never ends: digits would be lost. There present
/// values are found another way.
#[test]
fn present_values_within_a_window_that_hardly_discounts_agree_too() {
    let verdicts = for_all(SEED_WINDOWS, asked("REFERENCE_CASES", CASES) / 4, |seed| {
        let world = draw::draw(seed);
        let years = world.period * world.periods as f64;
        let discount_rate = [0.0, 1e-9, 0.04][usize::try_from(seed / 3 % 3).unwrap_or_default()] / years;
        compare(seed, &World { within_horizon: true, discount_rate, ..world })
    });
    none_of(&verdicts.into_iter().flat_map(|verdict| verdict.differences).collect::<Vec<_>>());
}

/// What cannot change is not decided anew: neither on the rows nor after them is a date passed over that matters. Policies
/// that ask for what is so anyway have dates decided that would not be.
#[test]
fn a_policy_that_asks_for_what_is_so_anyway_moves_nothing_wherever_it_begins() {
    let check = |seed: u64| {
        let world = draw::draw(seed);
        let mut rng = Rng::with_seed(seed);
        let years = world.period * world.periods as f64;
        let mut idle = |reach: f64| {
            let from = years * reach * rng.f64();
            let until = Some(from + world.period * (0.2 + 2.0 * rng.f64()));
            world::Policy { from, until, promote: None, paid_by_R: false, closed: Some(world.closed) }
        };
        // Listed first: any other that is active wins.
        let mut policies = [1.0, 1.0, 1.2, 2.0, 3.0, 6.0, 10.0].map(&mut idle).to_vec();
        policies.extend(world.policies.clone());
        let watched = World { policies, ..world.clone() }.toml();
        let method = methods(world.form)[0];
        let mut differences = Differences::default();
        let changes_later = match (program(&world.toml(), method), program(&watched, method)) {
            (Ok(one), Ok(other)) => {
                compare_members(&one, &other, &mut differences);
                one.summary.next_change.is_some()
            }
            (one, other) => {
                differences.0.extend([one.err(), other.err()].into_iter().flatten());
                false
            }
        };
        let found =
            (!differences.0.is_empty()).then(|| format!("seed {seed}:\n{}\n{watched}", differences.0.join("\n")));
        (found, changes_later)
    };
    let compared = for_all(SEED_IDLE, CASES, check);
    let changed = compared.iter().filter(|(_, changes_later)| *changes_later).count();
    assert!(changed > 20, "{changed} paths change after their last row");
    none_of(&compared.into_iter().filter_map(|(found, _)| found).collect::<Vec<_>>());
}

/// Where a path stood before its policies began is where it would begin without any.
#[test]
fn the_gap_before_policy_is_that_of_the_first_row_without_any() {
    let check = |seed: u64| {
        let world = draw::draw(seed);
        let alone = World { policies: Vec::new(), ..world.clone() };
        let method = methods(world.form)[0];
        let found = program(&world.toml(), method).map(|run| run.scenario.problem.gap_before_policy());
        let expected = program(&alone.toml(), method).map(|run| 1.0 / run.trajectory.rows[0].w_P);
        let moved = !world.policies.is_empty() && world.policies.iter().any(|policy| policy.from == 0.0);
        match (found, expected) {
            (Ok(found), Ok(expected)) if near(found, expected, 1e-12) => (None, moved),
            (found, expected) => (Some(format!("seed {seed}: expected {expected:?}, got {found:?}")), moved),
        }
    };
    let compared = for_all(SEED_IDLE, CASES / 2, check);
    assert!(compared.iter().filter(|(_, moved)| *moved).count() > 50, "policies begin at t = 0");
    none_of(&compared.into_iter().filter_map(|(found, _)| found).collect::<Vec<_>>());
}

#[test]
fn both_methods_find_the_same_regimes_and_events() {
    let check = |seed: u64| {
        let world = draw::draw(seed);
        let toml = world.toml();
        let &[first, second] = methods(world.form) else { return None };
        let mut differences = Differences::default();
        match (program(&toml, first), program(&toml, second)) {
            (Ok(one), Ok(other)) => {
                let (one, other) = (one.trajectory, other.trajectory);
                let regimes = |run: &catchup::trajectory::Trajectory| {
                    run.rows.iter().map(|row| key(row.regime)).collect::<Vec<_>>()
                };
                differences.same("regimes", &regimes(&one), &regimes(&other));
                let (one, other) = (events(&one), events(&other));
                differences.same("events", &without(&one, &other), &without(&other, &one));
            }
            (one, other) => differences.0.extend([one.err(), other.err()].into_iter().flatten()),
        }
        Some((!differences.0.is_empty()).then(|| format!("seed {seed}:\n{}\n{toml}", differences.0.join("\n"))))
    };
    let compared: Vec<Option<String>> = for_all(SEED_METHODS, CASES, check).into_iter().flatten().collect();
    assert!(compared.len() >= 1000, "only {} scenarios have both methods", compared.len());
    none_of(&compared.into_iter().flatten().collect::<Vec<_>>());
}

/// The scenarios drawn reach every corner of the model that the comparison is meant for.
fn leave_nothing_out(seen: &BTreeSet<String>) {
    let mut expected: BTreeSet<String> =
        catchup::trajectory::EventKind::ALL.iter().map(|kind| kind.name().to_owned()).collect();
    expected.extend(catchup::summary::Verdict::ALL.map(|verdict| verdict.name().to_owned()));
    expected.extend(catchup::summary::Direction::ALL.map(|direction| direction.name().to_owned()));
    expected.extend(catchup::summary::Outcome::ALL.map(|outcome| outcome.name().to_owned()));
    for (form, _) in Form::ALL {
        for selection in ["History", "Best", "Isolation"] {
            expected.extend(["closed", "open"].map(|trade| format!("{form:?} {selection} {trade}")));
        }
    }
    let others = [
        "cluster in the end",
        "isolation in the end",
        "diversified in the end",
        "closed in the end",
        "leads",
        "led",
        "self-sustaining None",
        "self-sustaining Some(false)",
        "self-sustaining Some(true)",
        "paid by P",
        "paid by R",
        "half-life true",
        "half-life false",
        "blows up in time",
        "blows up later",
        "cannot pay",
        "cannot pay later",
        "welfare true",
        "welfare false",
        "changes after the last row",
        "gap 0",
        "gap infinite",
        "factors",
        "paid for its externality",
        "a rule names another",
        "a rule names none",
    ];
    expected.extend(world::Rule::ALL.map(|(_, name)| name.to_owned()));
    expected.extend(others.map(str::to_owned));
    let missing: Vec<&String> = expected.difference(seen).collect();
    assert!(missing.is_empty(), "no scenario drawn has {missing:?}");
}

/// What a scenario has that some scenario should have.
fn labels(world: &World, expected: &Expected) -> Vec<String> {
    let path: &Path = &expected.path;
    let mut found =
        vec![format!("{:?} {:?} {}", world.form, world.selection, if world.closed_at(0) { "closed" } else { "open" })];
    found.extend(path.events.iter().map(|event| event.kind.to_owned()));
    let mut when = |holds: bool, label: &str| found.extend(holds.then(|| label.to_owned()));
    let rows = &path.dates[..path.rows];
    let paid = |by_R: bool| rows.iter().any(|row| row.subsidy > 0.0 && row.stretch.paid_by_R == by_R);
    when(paid(false), "paid by P");
    when(paid(true), "paid by R");
    when(rows.iter().any(|row| row.stretch.ln_z.iter().any(|&ln_z| ln_z > 0.1)), "leads");
    when(rows.iter().any(|row| row.stretch.ln_z.iter().any(|&ln_z| ln_z < -0.1)), "led");
    when(rows.iter().any(|row| row.subsidy > 0.0 && row.stretch.pigou), "paid for its externality");
    let named: Vec<_> = path.events.iter().filter(|event| event.kind == "rule_chose").collect();
    when(named.len() > world.policies.len(), "a rule names another");
    when(named.iter().any(|event| event.sector.is_none()), "a rule names none");
    for (rule, name) in world::Rule::ALL {
        let goes_by = |policy: &world::Policy| match &policy.promote {
            Some((world::Promote::ByRule(by), _)) => by.rule == rule,
            Some((world::Promote::Sector(_), _)) | None => false,
        };
        when(world.policies.iter().any(goes_by), name);
    }
    when(matches!(path.failure, Some(path::Failure::BlowUp { .. })), "blows up in time");
    when(path.failure == Some(path::Failure::Income), "cannot pay");
    when(path.broke_later, "cannot pay later");
    when(against::ends(path), "blows up later");
    let Some(summary) = &expected.summary else { return found };
    let Some(long_run) = &summary.long_run else { return found };
    when(summary.values.welfare.is_some(), "welfare true");
    when(summary.values.welfare.is_none(), "welfare false");
    when(long_run.settled_year.is_some_and(|year| year > path.t(world.periods)), "changes after the last row");
    when(long_run.gap == 0.0, "gap 0");
    when(long_run.gap == f64::INFINITY, "gap infinite");
    when(long_run.factors.is_some(), "factors");
    let regime = long_run.regime.key().0;
    let words = [format!("{regime} in the end"), format!("half-life {}", long_run.half_life.is_some())];
    found.extend(words);
    found.push(format!("self-sustaining {:?}", long_run.self_sustaining));
    found.extend([long_run.verdict, long_run.direction].map(str::to_owned));
    found.extend(long_run.outcome.map(str::to_owned));
    found
}
