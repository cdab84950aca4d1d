//! Protects `catchup optimise`: every policy comes to what a run of it comes to, the best, the front and what stands beside them
//! are those that brute force finds, and each sentence has a scenario that earns it and a twin that does not.

use crate::common::random::{Spec, between};
use crate::common::{Bench, Ran, column};
use catchup::compare::beats;
use catchup::control::Control;
use catchup::measure::{Measure, Measures, equivalent_variation};
use catchup::model::policy::{NEVER, Payer, Policy, Sustain};
use catchup::optimise::{Candidate, Looked, Objective, Optimum, Search, Space};
use catchup::scenario::{Scenario, parse};
use catchup::simulate::simulate;
use fastrand::Rng;
use std::collections::BTreeMap;

fn loaded(text: &str, sets: &[&str]) -> Scenario {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    parse(text, &sets).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

/// The measures of a scenario with `policy` behind its trade policies, by a run with all its rows.
fn measured(alone: &Scenario, policy: Option<Policy>) -> Measures {
    let mut problem = alone.problem.clone();
    problem.policies.extend(policy);
    simulate(&problem, alone.solver, &Control::default()).expect("not stopped").measures
}

fn looked(scenario: &Scenario, space: &Space) -> (Vec<Looked>, Option<f64>) {
    let alone = scenario.promoting("alone", "", None).expect("valid");
    let mut search = Search::new(&alone.problem, alone.solver, scenario.problem.payer());
    let look = |index| search.look(space.candidate(index), &Control::default()).expect("not stopped");
    ((0..space.len()).map(look).collect(), measured(&alone, None).weight)
}

fn whole(scenario: &Scenario) -> Space {
    Space::whole(scenario.problem.sectors.len(), &scenario.problem.grid).expect("few")
}

fn optimum(scenario: &Scenario, space: Space, objective: Objective, budget: Option<f64>) -> Optimum {
    let (looked, weight) = looked(scenario, &space);
    Optimum::new(space, scenario.problem.grid, objective, budget, looked, weight).expect("decided")
}

/// A random scenario of few periods in which the search has something to do.
fn random(rng: &mut Rng, periods: f64) -> Scenario {
    let mut spec = Spec::random(rng);
    spec.horizon = periods * spec.period;
    let extra = [
        "",
        "\n[welfare]\ndiscount_rate = 0.06\n",
        "\n[welfare]\nwindow = \"horizon\"\n",
        "\n[welfare]\ncost_of_funds = 1.2\n",
    ];
    spec.rest += extra[rng.usize(0..4)];
    loaded(&spec.toml(), &[])
}

#[test]
fn every_policy_comes_to_what_a_run_of_it_comes_to_and_the_front_is_that_of_brute_force() {
    let mut rng = Rng::with_seed(11);
    let (mut policies, mut failed, mut paid, mut fronts) = (0, 0, 0, 0);
    // All fifty over 30 periods take minutes: CATCHUP_WORLDS=50.
    let long = std::env::var("CATCHUP_WORLDS").ok().and_then(|worlds| worlds.parse().ok()).unwrap_or(5);
    for world in 0..50 {
        let scenario = random(&mut rng, if world < long { 30.0 } else { 8.0 }).in_closed_form().expect("valid");
        let alone = scenario.promoting("alone", "", None).expect("valid");
        let base = measured(&alone, None);
        if base.error.is_some() {
            continue;
        }
        let space = whole(&scenario);
        let (n, last) = (scenario.problem.sectors.len(), scenario.problem.grid.periods);
        let who = scenario.problem.payer();
        let found = optimum(&scenario, space, Objective::LongRunGap, None);
        let place = |own: &Candidate| (own.sector, own.sustain == Sustain::Always, own.from, own.until);
        let known = (1..found.space.len()).filter_map(|index| Some((place(&found.candidate(index)?), index)));
        let known: BTreeMap<_, _> = known.collect();
        // In an order of its own: by beginning, end, sector, and how the cluster is held.
        let mut points = Vec::new();
        let mut seen = 1;
        for from in 0..last {
            for until in (from + 1..=last).map(Some).chain([None]) {
                for sector in 0..n {
                    for sustain in [Sustain::Always, Sustain::IfEquilibrium] {
                        let candidate = Candidate { sector, sustain, from, until };
                        let index = known.get(&place(&candidate));
                        let index = *index.unwrap_or_else(|| panic!("{candidate:?} was not looked at"));
                        let own = measured(&alone, Some(candidate.policy(&scenario.problem.grid, who)));
                        let looked = found.looked[index];
                        let why = || format!("world {world}, {candidate:?}");
                        assert_eq!(looked.failed(), own.error.is_some(), "{}", why());
                        assert_eq!(looked.welfare(), own[Measure::Welfare], "{}", why());
                        assert_eq!(looked.income(), own.income, "{}", why());
                        assert_eq!(looked.subsidy_pv(), own[Measure::SubsidyPv], "{}", why());
                        assert_eq!(looked.long_run_gap(), own[Measure::LongRunGap], "{}", why());
                        assert_eq!(looked.self_sustaining_year(), own[Measure::SelfSustainingYear], "{}", why());
                        assert_eq!((looked.outcome(), looked.long_run()), (own.outcome, own.long_run), "{}", why());
                        if let (None, Some(welfare), Some(base), Some(weight), Some(cost)) = (
                            &own.error,
                            own[Measure::Welfare],
                            base[Measure::Welfare],
                            base.weight,
                            own[Measure::SubsidyPv],
                        ) {
                            let worth = equivalent_variation(welfare, base, weight);
                            assert_eq!(found.equivalent_variation(index), Some(worth), "{}", why());
                            points.push((index, cost, worth));
                            paid += usize::from(cost > 0.0);
                        }
                        failed += usize::from(own.error.is_some());
                        seen += 1;
                    }
                }
            }
        }
        assert_eq!(seen, found.looked.len());
        policies += seen;
        if base[Measure::Welfare].is_some() {
            points.push((0, 0.0, 0.0));
        }
        // Nothing on the front is dominated, and whatever no other policy matches is on it.
        let on_front = |index: usize| found.front.contains(&index);
        for &(index, cost, worth) in &points {
            let matched =
                |&&(other, at, good): &&(usize, f64, f64)| other != index && !beats(at, cost) && !beats(worth, good);
            let beaten = points.iter().filter(matched).any(|&(_, at, good)| beats(cost, at) || beats(good, worth));
            assert!(!(on_front(index) && beaten), "world {world}: {:?} is dominated", found.candidate(index));
            let alike = points.iter().filter(matched).count();
            assert!(on_front(index) || alike > 0, "world {world}: {:?} is missing", found.candidate(index));
        }
        assert_eq!(found.front.is_empty(), points.is_empty());
        fronts += usize::from(found.front.len() > 1);
    }
    assert!(policies > 20_000 && failed > 0 && paid > 1_000 && fronts > 2, "{policies} {failed} {paid} {fronts}");
}

#[test]
fn whatever_its_method_a_scenario_is_solved_in_closed_form_as_its_files_say() {
    let bench = Bench::new();
    let text = WORLD.replace("solver.method = \"exact\"\n", "");
    bench.write("world.toml", &text);
    let ran = bench.run(&["optimise", "world.toml", "--sectors=micro_chips", "--quiet"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let table = bench.read("output/optimise-world/optimum.csv");
    let [from, until, sustain, welfare, cost] =
        ["from", "until", "sustain", "equivalent_variation", "subsidy_pv"].map(|name| column(&table, name));
    for row in [1, 700, 2_000, 2_500, from.len() - 1] {
        let until = if until[row].is_empty() { String::new() } else { format!(", until = {}", until[row]) };
        let policy = format!(
            "policy=[{{ from = {}{until}, promote = \"micro_chips\", sustain = \"{}\" }}]",
            from[row], sustain[row]
        );
        let compared = |method: &str| {
            let sets = ["--set", &policy, "--set", method];
            let ran = bench.run(&[&["compare", "world.toml", "--no-flips", "--name=pair"], &sets[..]].concat());
            assert_eq!(ran.code, Some(0), "{ran:?}");
            let table = bench.read("output/pair/summary.csv");
            ["equivalent_variation", "subsidy_pv"].map(|name| column(&table, name)[1].clone())
        };
        assert_eq!(compared("solver.method=exact"), [welfare[row].clone(), cost[row].clone()], "{policy}");
        // The two methods differ by what the tolerance lets them.
        let near = compared("solver.method=dopri5").map(|text| text.parse::<f64>().expect("a number"));
        let own = [&welfare[row], &cost[row]].map(|text| text.parse::<f64>().expect("a number"));
        assert!(near.iter().zip(own).all(|(near, own)| (near - own).abs() <= 1e-9), "{policy}: {near:?} {own:?}");
    }
    for file in ["scenario.toml", "best.toml"] {
        assert!(bench.read(&format!("output/optimise-world/{file}")).contains("method = \"exact\""), "{file}");
    }
    // Nobody is told off for a method that he did not choose; and a form without a closed form keeps its own.
    assert!(!ran.err.contains("solver"), "{}", ran.err);
    bench.write("other.toml", text.replace("form = \"gompertz\"", "form = \"verspagen\", delta = 1.5"));
    let ran = bench.run(&["optimise", "other.toml", "--from=0:2", "--until=8", "--name=other", "--quiet"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(bench.read("output/other/scenario.toml").contains("method = \"dopri5\""));
}

/// The best by a rule of its own: what `value` puts first, then the cheapest, the shortest, the earliest.
fn by_hand(found: &Optimum, value: impl Fn(usize) -> Option<f64>) -> usize {
    let cost = |index: usize| found.looked[index].subsidy_pv().unwrap_or(f64::INFINITY);
    let length =
        |index: usize| found.candidate(index).map_or(0, |own| own.until.map_or(NEVER, |until| until - own.from));
    let mut best: Option<usize> = None;
    for index in 0..found.looked.len() {
        let (Some(own), true) = (value(index), found.affordable(index)) else { continue };
        let Some(known) = best else {
            best = Some(index);
            continue;
        };
        let other = value(known).expect("it has one");
        let better = if beats(own, other) || beats(other, own) {
            own > other
        } else if beats(cost(index), cost(known)) || beats(cost(known), cost(index)) {
            cost(index) < cost(known)
        } else if length(index) != length(known) {
            length(index) < length(known)
        } else {
            found.candidate(index).map(|own| own.from) < found.candidate(known).map(|own| own.from)
        };
        if better {
            best = Some(index);
        }
    }
    best.expect("none at all can be afforded")
}

#[test]
fn the_best_is_that_of_brute_force_for_every_objective_and_budget() {
    let mut rng = Rng::with_seed(5);
    let mut kinds = [0; 2];
    for _ in 0..40 {
        let scenario = random(&mut rng, 10.0);
        let space = whole(&scenario);
        let (all, weight) = looked(&scenario, &space);
        for objective in Objective::ALL {
            for budget in [None, Some(0.0), Some(0.3)] {
                let grid = scenario.problem.grid;
                let Ok(found) = Optimum::new(space.clone(), grid, objective, budget, all.clone(), weight) else {
                    continue;
                };
                let sign = if objective == Objective::LongRunGap { -1.0 } else { 1.0 };
                let best = by_hand(&found, |index| match objective {
                    Objective::EquivalentVariation => found.equivalent_variation(index),
                    Objective::NetGainPv => found.net_gain_pv(index),
                    Objective::LongRunGap => found.looked[index].long_run_gap().map(|gap| sign * gap.ln()),
                });
                assert_eq!(found.candidate(found.best), found.candidate(best), "{objective:?} {budget:?}");
                if let Some(budget) = budget {
                    assert!(found.looked[found.best].subsidy_pv().unwrap_or(0.0) <= budget);
                    let shown =
                        [Some(found.best), found.shortest].into_iter().chain(found.by_sector.iter().map(|(_, i)| *i));
                    assert!(shown.flatten().all(|index| found.looked[index].subsidy_pv().unwrap_or(0.0) <= budget));
                }
                kinds[usize::from(found.best > 0)] += 1;
            }
        }
    }
    assert!(kinds.iter().all(|count| *count > 10), "{kinds:?}");
}

/// R clustered, τ = 0, P pays, μ = 1: ln(y_P/y_R) + ρ/(ρ+β) ln z is what a cluster held for ever is worth (gompertz, z ≤ 1).
#[test]
fn of_clusters_held_for_ever_the_best_is_that_of_the_largest_discounted_advantage() {
    let mut rng = Rng::with_seed(3);
    for world in 0..60 {
        let (beta, rho) = (between(&mut rng, 0.01, 0.1), between(&mut rng, 0.005, 0.2));
        let mut text = format!(
            "schema_version = 1\ntime.horizon = 20\ngrowth.x = 0.02\ncatch_up = {{ form = \"gompertz\", beta = {beta:?} }}\n\
             welfare.discount_rate = {rho:?}\nsolver.method = \"exact\"\n"
        );
        let mut index = Vec::new();
        for i in 0..3 {
            let (y, z) = (between(&mut rng, 0.4, 2.0), between(&mut rng, 0.1, 0.99));
            let lambda = between(&mut rng, 1.0, 2.0);
            text += &format!("sector.s{i} = {{ lambda = {lambda:?}, y_R = 1, y_P = {y:?}, Z_P = {z:?} }}\n");
            index.push(y.ln() + rho / (rho + beta) * z.ln());
        }
        let largest = (0..3).max_by(|&i, &j| index[i].total_cmp(&index[j])).expect("three");
        let space = Space::new(vec![0, 1, 2], 0..=0, None, true).expect("few");
        let found = optimum(&loaded(&text, &[]), space, Objective::EquivalentVariation, None);
        let held = |sector: usize| {
            let index = found.space.kind(sector, Sustain::Always).next().expect("one");
            found.equivalent_variation(index).expect("it converges")
        };
        let best = (0..3).max_by(|&i, &j| held(i).total_cmp(&held(j))).expect("three");
        assert_eq!(best, largest, "world {world}: {index:?}\n{text}");
    }
}

#[test]
fn what_pays_for_promotions_pays_for_those_that_are_looked_at() {
    let promote = |payer: &str| format!("policy=[{{ from = 0, promote = \"cloth\", funded_by = \"{payer}\" }}]");
    let with = |sets: &[&str]| loaded(WORLD, sets).problem.payer();
    assert_eq!(with(&[]), Payer::P);
    assert_eq!(with(&[&promote("R")]), Payer::R);
    assert_eq!(with(&[&promote("P")]), Payer::P);
}

/// P starts in isolation; a cluster in cloth forms wherever it is promoted, one in chips needs support until 2005 or so.
const WORLD: &str = r#"schema_version = 1
name = "world"
regions = { poor = "Norte", rich = "Germany" }
time = { start = 2000, horizon = 60 }
growth.x = 0.02
catch_up = { form = "gompertz", beta = 0.05 }
solver.method = "exact"
sector.cloth = { label = "Wool & cloth", lambda = 1.3, y_R = 1, y_P = 0.7, Z_P = 0.7 }
sector.micro_chips = { lambda = 1.3, y_R = 1, y_P = 1, Z_P = 0.3 }
"#;

/// `catchup optimise` on the world; what it prints.
fn optimise(args: &[&str]) -> (Bench, Ran) {
    let bench = Bench::new();
    bench.write("world.toml", WORLD);
    let mut all = vec!["optimise", "world.toml"];
    all.extend(args);
    let ran = bench.run(&all);
    (bench, ran)
}

#[track_caller]
fn said(args: &[&str]) -> String {
    let (_, ran) = optimise(args);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    ran.out
}

#[track_caller]
fn says(sentence: &str, earns: &[&str], twin: &[&str]) {
    let (earned, other) = (said(earns), said(twin));
    assert!(earned.contains(sentence), "{sentence}\nis missing from\n{earned}");
    assert!(!other.contains(sentence), "{sentence}\nis no part of\n{other}");
}

#[test]
fn sentences_have_conditions_and_twins() {
    const CHIPS: &str = "--sectors=micro_chips";
    // Too short a support to form anything; long enough.
    let poor = ["--set=sector.micro_chips.Z_P=0.15", "--set=welfare.discount_rate=0.15", CHIPS];
    let with = |more: &[&'static str]| [&poor[..], more].concat();
    says("Nothing beats leaving Norte alone", &with(&["--until=1:8"]), &with(&["--until=1:60"]));
    says("The best for Norte is to promote micro chips from 2000 to 2004, sustained: worth 52 %", &[], &["--budget=0"]);
    says("sustained by Germany", &["--funded-by=R"], &[]);
    says("as long as it is an equilibrium: worth", &["--budget=0"], &["--from=0:3"]);
    says("policies looked at, all of them", &[], &["--from=0:58"]);
    says("for micro chips that begin", &[CHIPS], &["--from=0:58"]);
    says("or never", &["--until=8:40,never"], &["--until=8:40"]);
    says("in the long run; ", &["--objective=long_run_gap"], &[]);
    says("it gains ", &["--objective=net_gain_pv"], &[]);
    // Ends of what was looked at.
    says("It begins at the first date looked at, 2010", &["--from=10:30"], &["--from=0:30"]);
    let late = ["--set=sector.micro_chips.Z_P=0.1", "--set=welfare.discount_rate=0.3", CHIPS];
    let from = |dates: &'static str| [&late[..], &[dates]].concat();
    let later = "It begins at the last date looked at, 2005: a later beginning may be better.";
    says(later, &from("--from=0:5"), &from("--from=0:50"));
    says("It ends at the first date looked at, 2008", &[CHIPS, "--until=8:40"], &[CHIPS, "--until=3:40"]);
    let longer = "It ends at the last date looked at, 2005: a later end may be better.";
    says(longer, &[CHIPS, "--until=1:5"], &[CHIPS, "--until=1:6"]);
    // What it costs, and what becomes of it.
    says("It needs no subsidy", &["--budget=0"], &[]);
    says("the cluster stands on its own from 2005 on", &[], &["--budget=0"]);
    says("The budget is 0.1 yearly wages of Germany", &["--budget=0.1"], &[]);
    says("The budget is 1 yearly wage of Germany", &["--budget=1"], &["--budget=0.1"]);
    says(" cost more and are left out.", &["--budget=0.1"], &["--budget=1000"]);
    says("in present value: no policy looked at costs more.", &["--budget=1000"], &["--budget=0.1"]);
    says(
        "no policy, and both for micro chips that begin",
        &[CHIPS, "--from=0:0", "--until=5:5"],
        &[CHIPS, "--from=0:1"],
    );
    let still = [&late[..], &["--objective=long_run_gap"]].concat();
    says("With the best end for it, to begin 10 years earlier", &late, &still);
    let no_choice = "no subsidy buys a larger equivalent variation than what costs least: to ";
    says(no_choice, &["--sectors=cloth"], &[]);
    says("Norte cannot pay for them", &["--set=sector.micro_chips.Z_P=0.05", "--set=welfare.cost_of_funds=3"], &[]);
    says(
        "10 years earlier comes to",
        &["--set=welfare.discount_rate=0.3", "--set=sector.micro_chips.Z_P=0.1", CHIPS],
        &[CHIPS],
    );
    says("No policy looked at leads to a better long run than none", &with(&["--until=1:8"]), &[]);
    let barred = "No policy looked at and within the budget leads to a better long run than none";
    says(barred, &with(&["--until=1:8", "--budget=0"]), &with(&["--until=1:8"]));
    says("No shorter support within the budget leads to as good a long run", &["--budget=0"], &[]);
    says("The shortest support that leads to the best long run (a gap of 1) lasts 1 year: ", &[], &["--budget=0"]);
    // The index beside it.
    says("from then on, the one in micro chips is the best (52 %)", &[], &[CHIPS]);
    let near = ["--set=sector.micro_chips.Z_P=0.25", "--from=0:3", "--until=never"];
    let paid = |by: &'static str| [&near[..], &[by]].concat();
    says("the index leaves out that Germany pays the subsidy", &paid("--funded-by=R"), &paid("--funded-by=P"));
    let gap = [&paid("--funded-by=R")[..], &["--objective=long_run_gap"]].concat();
    let ignores = "the index discounts the years to come, and the objective is the long run alone";
    says(ignores, &gap, &paid("--funded-by=R"));
    assert!(!said(&gap).contains("the index leaves out"), "the long run is what it is, whoever pays");
}

/// What is not there is not drawn, nor explained.
#[test]
fn a_front_of_one_point_is_a_sentence_and_only_losses_are_hatched() {
    let (bench, ran) = optimise(&["--sectors=cloth"]);
    assert!(ran.out.contains("no subsidy buys a larger equivalent variation"), "{ran:?}");
    assert!(bench.exists("output/optimise-world/front.csv") && !bench.exists("output/optimise-world/front.svg"));
    let (bench, _) = optimise(&[]);
    assert!(bench.exists("output/optimise-world/front.svg"));
    let hatched = |args: &[&str]| {
        let (bench, ran) = optimise(args);
        let csv = bench.read("output/optimise-world/optimum.csv");
        let worth = column(&csv, "equivalent_variation");
        let lost = worth.iter().filter_map(|cell| cell.parse::<f64>().ok()).any(|worth| worth < -1e-9);
        (bench.read("output/optimise-world/optimum.svg").contains("Hatched: negative"), lost, ran)
    };
    let some = hatched(&["--set=sector.micro_chips.Z_P=0.15", "--sectors=micro_chips", "--until=1:8"]);
    assert!(some.0 && some.1, "{some:?}");
    let none = hatched(&["--sectors=micro_chips", "--from=0:3", "--until=20:30"]);
    assert!(!none.0 && !none.1, "{none:?}");
}

#[test]
fn the_budget_is_not_exceeded_and_nothing_better_is_within_it() {
    let (bench, ran) = optimise(&["--budget", "0.1", "--no-plot"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let numbers = |file: &str, name: &str| -> Vec<f64> {
        let text = bench.read(&format!("output/optimise-world/{file}"));
        column(&text, name).iter().map(|cell| cell.parse().unwrap_or(f64::NAN)).collect()
    };
    let (cost, worth) = (numbers("optimum.csv", "subsidy_pv"), numbers("optimum.csv", "equivalent_variation"));
    let within = cost.iter().zip(&worth).filter(|(cost, _)| **cost <= 0.1).map(|(_, worth)| *worth).fold(0.0, f64::max);
    let best = (numbers("best.csv", "subsidy_pv")[0], numbers("best.csv", "equivalent_variation")[0]);
    assert!(best.0 <= 0.1 && (best.1 - within).abs() <= 1e-12, "{best:?} {within}");
    assert!(worth.iter().any(|worth| *worth > within + 1e-6), "the budget binds");
}

#[test]
fn threads_change_no_byte_and_the_best_run_again_is_what_was_found() {
    let mut folders = Vec::new();
    for threads in ["1", "2", "7"] {
        let (bench, ran) = optimise(&["--threads", threads]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let folder = std::fs::read_dir(bench.path().join("output/optimise-world")).expect("a folder");
        let mut files: Vec<_> = folder.map(|entry| entry.expect("a file").path()).collect();
        files.sort();
        let names: Vec<_> = files.iter().map(|file| file.file_name().expect("a name").to_owned()).collect();
        let bytes: Vec<_> = files.iter().map(|file| std::fs::read(file).expect("a file")).collect();
        folders.push((names, bytes, ran.out, bench));
    }
    for other in &folders[1..] {
        assert!(folders[0].0 == other.0 && folders[0].1 == other.1 && folders[0].2 == other.2);
    }
    let (names, _, _, bench) = &folders[0];
    assert_eq!(names.len(), 9, "{names:?}");
    let again = bench.run(&["run", "output/optimise-world/best.toml", "--no-plot"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    let json = |file: &str| -> serde_json::Value { serde_json::from_str(&bench.read(file)).expect("JSON") };
    let (summary, found) = (json("output/world-best/summary.json"), json("output/optimise-world/summary.json"));
    for key in
        ["long_run_gap", "subsidy_pv", "peak_subsidy_share", "self_sustaining_year", "outcome", "long_run_sector"]
    {
        assert!(found[key] == summary[key] && !found[key].is_null(), "{key}: {} {}", found[key], summary[key]);
    }
    let compared = bench.run(&["compare", "output/optimise-world/best.toml", "--json"]);
    let lines = compared.out.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let lines: Vec<serde_json::Value> = lines.collect();
    let worth = lines.iter().find(|line| line["scenario"] == "world-best").expect("compared");
    assert_eq!(worth["equivalent_variation"], found["equivalent_variation"]);
    assert_eq!(worth["net_gain_pv"], found["net_gain_pv"]);
}

#[test]
fn with_front_the_table_holds_the_front_alone() {
    let (bench, ran) = optimise(&["--front", "--no-plot", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let read = |file: &str| bench.read(&format!("output/optimise-world/{file}"));
    assert_eq!(read("optimum.csv"), read("front.csv"));
    let numbers = |name: &str| -> Vec<f64> {
        column(&read("front.csv"), name).iter().map(|cell| cell.parse().expect("a number")).collect()
    };
    let (worth, cost) = (numbers("equivalent_variation"), numbers("subsidy_pv"));
    assert!(worth.len() > 2 && worth.is_sorted() && cost.is_sorted());
    let line: serde_json::Value = serde_json::from_str(&ran.out).expect("one line of JSON");
    assert_eq!((&line["policies"], &line["sector"]), (&7561.into(), &"micro_chips".into()));
    assert_eq!(line["from_year"], 2000.0);
}

#[test]
fn dates_may_lie_beyond_the_rows() {
    let near = said(&["--from=0:59", "--until=1:100"]);
    assert!(near.contains("end from 2001 to 2100."), "{near}");
    // What begins after the last row is no more than a run of it.
    let scenario = loaded(WORLD, &[]);
    let space = Space::new(vec![1], 70..=72, Some(71..=80), true).expect("few");
    let found = optimum(&scenario, space, Objective::EquivalentVariation, None);
    let alone = scenario.promoting("alone", "", None).expect("valid");
    for index in 0..found.looked.len() {
        let policy = found.candidate(index).map(|own| own.policy(&scenario.problem.grid, Payer::P));
        let own = measured(&alone, policy.clone());
        assert_eq!(found.looked[index].welfare(), own[Measure::Welfare], "{policy:?}");
        assert_eq!(found.looked[index].subsidy_pv(), own[Measure::SubsidyPv], "{policy:?}");
    }
    assert!(found.best > 0 && found.candidate(found.best).is_some_and(|own| own.from == 70));
}

#[test]
fn what_cannot_be_looked_at_is_refused_with_a_hint() {
    for (args, why) in [
        (&["--from=5:2"][..], "did you mean 2:5?"),
        (&["--from=-3"], "-3 is off the path: dates are 0 to 10000 years after t = 0"),
        (&["--from=0:20000"], "20000 is off the path"),
        (&["--from=soon"], "`soon` is no date"),
        (&["--from=7.5:7.6"], "--from 7.5:7.6 holds no date of the scenario"),
        (&["--until=nan"], "`nan` is no date"),
        (&["--until=0:0"], "--until 0 ends before promotion begins"),
        (&["--from=20:30", "--until=1:20"], "--until 20 ends before promotion begins"),
        (&["--sectors=micro_chip"], "did you mean `micro_chips`?"),
        (&["--budget=-1"], "expected a number >= 0"),
        (&["--objective=welfare"], "possible values: equivalent_variation, long_run_gap, net_gain_pv"),
        (&["--set=welfare.discount_rate=0", "--objective=net_gain_pv"], "--objective long_run_gap needs none"),
        (&["--set=time.horizon=5000"], "--from A:B, --until A:B and --sectors narrow them down"),
        (&["--name=a/b"], "cannot name a folder"),
        (&["world.toml"], "two scenarios are called world"),
    ] {
        let (bench, ran) = optimise(args);
        assert!(ran.code == Some(2) && ran.err.contains(why), "{args:?}: {ran:?}");
        assert!(!bench.exists("output"), "{args:?}");
    }
    // Where present values do not converge and nobody asked for one, the long run decides.
    assert!(said(&["--set=welfare.discount_rate=0"]).contains("its gap goes to 1, against 1.939"));
    let (bench, ran) = optimise(&["--dry-run"]);
    assert!(ran.code == Some(0) && ran.out.contains("world  7,561 policies, about "), "{ran:?}");
    assert!(!bench.exists("output"));
}
