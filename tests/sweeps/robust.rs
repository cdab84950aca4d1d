//! Protects `catchup optimise` of a sweep file: every number of its tables is what brute force through runs comes to, to the last bit;
//! threads and interruptions change no byte; and what stands of another search is not taken over.

use crate::common::{Bench, Ran, column};
use catchup::compare::beats;
use catchup::control::Control;
use catchup::measure::{Measure, Measures, equivalent_variation};
use catchup::model::policy::Payer;
use catchup::optimise::{Candidate, Space};
use catchup::scenario::sweep::Sweep;
use catchup::scenario::{Scenario, parse};
use catchup::simulate::simulate;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Some states of the world in which P cannot pay for some policies: public money costs up to eight times what it is.
const STATES: &str = r#"schema_version = 1
name = "states"
title = "Some states"
seed = 7

[design]
kind = "random"
samples = 24

[scenario]
name = "world"
regions = { poor = "Norte", rich = "Germany" }
time = { start = 2000, horizon = 40, period = 5 }
growth.x = 0.02
catch_up = { form = "gompertz", beta = 0.05 }
welfare.cost_of_funds = 1.0
policy = [{ promote = "cloth", sustain = "always" }]
sector.cloth = { label = "Wool & cloth", lambda = 1.3, y_R = 1, y_P = 0.7, Z_P = 0.7 }
sector.micro_chips = { lambda = 1.3, y_R = 1, y_P = 1, Z_P = 0.3 }

[vary]
"catch_up.beta" = { uniform = [0.03, 0.08] }
"sector.micro_chips.y_P" = { uniform = [0.6, 1.2] }
"welfare.discount_rate" = { uniform = [0.01, 0.08] }
"poor.selection" = { values = ["history", "highest-wage"] }
"welfare.cost_of_funds" = { uniform = [1.0, 8.0] }
"#;

fn bench(text: &str) -> Bench {
    let bench = Bench::new();
    bench.write("states.toml", text);
    bench
}

#[track_caller]
fn done(ran: &Ran) {
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

/// The files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read(&path).expect("a file"))
    };
    entries.map(file).collect()
}

#[track_caller]
fn same(bench: &Bench, one: &str, other: &str) {
    let [one, other] = [one, other].map(|folder| files(&bench.path().join(folder)));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    for (name, bytes) in &one {
        assert!(*bytes == other[name], "{name} differs");
    }
}

/// The measures of a run with all its rows.
fn measured(scenario: &Scenario, candidate: Option<Candidate>) -> Measures {
    let mut problem = scenario.problem.promoting(None);
    let grid = problem.grid;
    problem.policies.extend(candidate.map(|candidate| candidate.policy(&grid, Payer::P)));
    simulate(&problem, scenario.solver, &Control::default()).expect("not stopped").measures
}

/// What each policy comes to in a state and what it costs; `None` where it cannot be chosen.
type InState = Vec<Option<(f64, f64)>>;

/// What all policies come to in all states, by runs.
fn brute(text: &str, budget: f64) -> (Space, Vec<InState>) {
    let sweep = Sweep::parse(text, Path::new("")).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let base = &sweep.variants[0].scenario;
    let space = Space::whole(base.problem.sectors.len(), &base.problem.grid).expect("few");
    let mut drawn = vec![vec![0.0; 24]; sweep.vary.len()];
    sweep.design.fill(0, &mut drawn);
    let state = |state: usize| {
        let draw: Vec<f64> = drawn.iter().map(|column| column[state]).collect();
        let mut sets = sweep.sets(0, &draw);
        sets.push("solver.method=exact".to_owned());
        let scenario = parse(&base.resolved(), &sets).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let alone = measured(&scenario, None);
        let value = |index: usize| {
            let own = measured(&scenario, space.candidate(index));
            let cost = own[Measure::SubsidyPv]?;
            let welfare = own[Measure::Welfare].filter(|_| own.error.is_none() && cost <= budget)?;
            Some((equivalent_variation(welfare, alone[Measure::Welfare]?, alone.weight?), cost))
        };
        (0..space.len()).map(value).collect()
    };
    let all = (0..24).map(state).collect();
    (space, all)
}

/// The place in a sorted list, between two where it lies between them.
fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = share * (values.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, reason = "places in the list")]
    let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
    if low == high { low } else { low + place.fract() * (high - low) }
}

#[test]
fn every_number_is_that_of_brute_force() {
    for (args, budget) in [(&[][..], f64::INFINITY), (&["--budget=0.2"][..], 0.2)] {
        let (space, all) = brute(STATES, budget);
        let bench = bench(STATES);
        done(&bench.run(&[&["optimise", "states.toml"], args].concat()));
        let table = bench.read("output/optimise-states/robust.csv");
        let col = |name: &str| column(&table, name);
        let policies: Vec<usize> = col("policy").iter().map(|text| text.parse().expect("a number")).collect();
        let number = |name: &str, row: usize| col(name)[row].parse::<f64>().ok();
        let best: Vec<f64> =
            all.iter().map(|state| state.iter().flatten().map(|own| own.0).fold(0.0, f64::max)).collect();
        let n = all.len() as f64;
        // Of each policy: on average, at worst, largest regret; none where it cannot be chosen in all states.
        let told = |index: usize| -> Option<[f64; 3]> {
            let values: Option<Vec<f64>> = all.iter().map(|state| state[index].map(|own| own.0)).collect();
            let values = values?;
            let regrets = values.iter().zip(&best).map(|(own, best)| ((1.0 + best) / (1.0 + own) - 1.0).max(0.0));
            let worst = values.iter().copied().fold(f64::INFINITY, f64::min);
            Some([values.iter().sum::<f64>() / n, worst, regrets.fold(0.0, f64::max)])
        };
        let of_all: Vec<Option<[f64; 3]>> = (0..space.len()).map(told).collect();
        let barred = of_all.iter().filter(|told| told.is_none()).count();
        assert!(barred > 20 && of_all.len() - barred > 20, "{barred} of {}", of_all.len());
        let mut seen_barred = 0;
        for (row, &index) in policies.iter().enumerate() {
            let values: Vec<Option<f64>> = all.iter().map(|state| state[index].map(|own| own.0)).collect();
            let out = values.iter().filter(|value| value.is_none()).count();
            assert_eq!(number("barred", row), Some(out as f64), "{index}");
            let better = values.iter().filter(|value| value.is_some_and(|value| beats(value, 0.0))).count();
            assert_eq!(number("share_better", row), Some(better as f64 / n), "{index}");
            let Some([mean, worst, regret]) = of_all[index] else {
                seen_barred += 1;
                let empty = ["expected", "worst", "worst_state", "regret_p90", "max_regret", "expected_subsidy_pv"];
                assert!(empty.iter().all(|name| col(name)[row].is_empty()), "{index}");
                continue;
            };
            let values: Vec<f64> = values.into_iter().flatten().collect();
            let regrets: Vec<f64> =
                values.iter().zip(&best).map(|(own, best)| ((1.0 + best) / (1.0 + own) - 1.0).max(0.0)).collect();
            let cost = all.iter().filter_map(|state| Some(state[index]?.1)).sum::<f64>() / n;
            let expected = [
                ("expected", mean),
                ("worst", worst),
                ("worst_state", values.iter().position(|value| *value == worst).expect("one") as f64),
                ("expected_regret", regrets.iter().sum::<f64>() / n),
                ("regret_p50", quantile(regrets.clone(), 0.5)),
                ("regret_p90", quantile(regrets.clone(), 0.9)),
                ("max_regret", regret),
                ("max_regret_state", regrets.iter().position(|value| *value == regret).expect("one") as f64),
                ("expected_subsidy_pv", cost),
            ];
            for (name, expected) in expected {
                assert_eq!(number(name, row), Some(expected), "{name} of {index}");
            }
        }
        assert!(budget.is_infinite() || seen_barred > 0);
        // The best by each criterion is as good as any, and among those as good none is cheaper.
        let signs = [("best_expected", 0, 1.0), ("maximin", 1, 1.0), ("minimax_regret", 2, -1.0)];
        let mean_cost = |index: usize| all.iter().filter_map(|state| Some(state[index]?.1)).sum::<f64>() / n;
        for (name, place, sign) in signs {
            let picked: Vec<usize> =
                col(name).iter().zip(&policies).filter(|(text, _)| *text == "true").map(|(_, index)| *index).collect();
            let [picked] = picked[..] else { panic!("{name}: {picked:?}") };
            let own = sign * of_all[picked].expect("open")[place];
            let mean = |index: usize| of_all[index].expect("open")[0];
            for (index, told) in of_all.iter().enumerate() {
                let Some(other) = told.map(|told| sign * told[place]) else { continue };
                assert!(!beats(other, own), "{name}: {index} is better than {picked}");
                let worse = beats(own, other) || beats(mean(picked), mean(index));
                assert!(worse || !beats(mean(index), mean(picked)), "{name}: {index} is better on average");
                assert!(worse || !beats(mean_cost(picked), mean_cost(index)), "{name}: {index} is cheaper");
            }
        }
        // No row is missing: what no other policy beats is listed, or one as good; and what is often the best.
        let as_good = |one: &[f64; 3], other: &[f64; 3]| {
            !beats(other[0], one[0]) && !beats(other[1], one[1]) && !beats(one[2], other[2])
        };
        let listed: Vec<[f64; 3]> = policies.iter().filter_map(|&index| of_all[index]).collect();
        for told in of_all.iter().flatten() {
            assert!(listed.iter().any(|own| as_good(own, told)), "{told:?} is beaten by nothing that is listed");
        }
        // The states, each with its best policy and what the three come to.
        let states = bench.read("output/optimise-states/states.csv");
        let rows = |name: &str| column(&states, name);
        let of_states = rows("policy");
        for (state, values) in all.iter().enumerate() {
            let index: usize = of_states[state].parse().expect("a number");
            let own = values[index].expect("it can be chosen").0;
            assert_eq!(rows("best")[state].parse(), Ok(best[state]));
            assert!(values.iter().flatten().all(|(other, _)| !beats(*other, own)), "state {state}");
            for (name, ..) in signs {
                let picked = col(name).iter().position(|text| text == "true").expect("one");
                let expected = values[policies[picked]].expect("open").0;
                assert_eq!(rows(name)[state].parse(), Ok(expected), "{name} in {state}");
            }
        }
        let shares: f64 = col("share_best").iter().map(|text| text.parse::<f64>().expect("a share")).sum();
        assert!((shares - 1.0).abs() < 1e-12, "in so few states every best is listed: {shares}");
    }
}

#[test]
fn of_one_state_the_robust_policies_are_its_best() {
    let one = STATES.replace("samples = 24", "samples = 1");
    let bench = bench(&one);
    done(&bench.run(&["optimise", "states.toml"]));
    let sweep = Sweep::parse(&one, Path::new("")).expect("valid");
    let mut drawn = vec![vec![0.0]; sweep.vary.len()];
    sweep.design.fill(0, &mut drawn);
    let draw: Vec<f64> = drawn.into_iter().flatten().collect();
    bench.write("alone.toml", sweep.variants[0].scenario.resolved());
    let mut args = vec!["optimise".to_owned(), "alone.toml".to_owned(), "--name=one".to_owned()];
    args.extend(sweep.sets(0, &draw).into_iter().flat_map(|set| ["--set".to_owned(), set]));
    done(&bench.run(&args.iter().map(String::as_str).collect::<Vec<_>>()));
    let best = &column(&bench.read("output/one/best.csv"), "policy")[0];
    let table = bench.read("output/optimise-states/robust.csv");
    let row = column(&table, "policy").iter().position(|policy| policy == best).expect("it is listed");
    for name in ["best_expected", "maximin", "minimax_regret"] {
        assert_eq!(column(&table, name)[row], "true", "{name}");
    }
}

#[test]
fn threads_change_no_byte_and_what_stands_is_not_looked_at_again() {
    let bench = bench(STATES);
    for threads in ["1", "2", "3"] {
        done(&bench.run(&["optimise", "states.toml", "--threads", threads, "--out", threads]));
    }
    same(&bench, "1/optimise-states", "2/optimise-states");
    same(&bench, "1/optimise-states", "3/optimise-states");
    let first = bench.run(&["optimise", "states.toml", "--out", "4"]);
    let again = bench.run(&["optimise", "states.toml", "--out", "4"]);
    done(&again);
    assert!(again.err.contains("all of it stands already"), "{again:?}");
    let account =
        |ran: &Ran| ran.out.lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    assert!(account(&first).len() > 3 && again.out.contains(&account(&first)[1]), "{again:?}");
    let json = bench.run(&["optimise", "states.toml", "--out", "4", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&json.out).expect("one object");
    assert_eq!((summary["states"].as_u64(), summary["minimax_regret"]["barred"].as_u64()), (Some(24), Some(0)));
    // A table that was edited is made again.
    let table = bench.read("4/optimise-states/robust.csv");
    bench.write("4/optimise-states/robust.csv", table.replace("true", "TRUE"));
    let mended = bench.run(&["optimise", "states.toml", "--out", "4"]);
    assert!(mended.code == Some(0) && !mended.err.contains("stands already"), "{mended:?}");
    same(&bench, "1/optimise-states", "4/optimise-states");
}

/// As many states and dates as take seconds.
fn long() -> String {
    STATES
        .replace("samples = 24", "samples = 120")
        .replace("horizon = 40, period = 5", "horizon = 30")
        .replace("uniform = [1.0, 8.0]", "uniform = [1.0, 1.1]")
}

/// A search that has begun to look.
#[cfg(unix)]
fn begun(bench: &Bench) -> Child {
    let mut command = bench.command();
    let child = command.args(["optimise", "states.toml"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let since = Instant::now();
    while !bench.exists("output/optimise-states/.catchup-lock") {
        assert!(since.elapsed() < Duration::from_secs(60), "it does not begin");
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(120));
    child.expect("starts")
}

#[cfg(unix)]
#[test]
fn interruptions_keep_what_is_seen_and_change_no_byte() {
    const STANDS: &str = "output/optimise-states/.catchup-states";
    let bench = bench(&long());
    done(&bench.run(&["optimise", "states.toml", "--out", "undisturbed"]));
    for (signal, code) in [("-INT", Some(130)), ("-KILL", None), ("-TERM", Some(143))] {
        let child = begun(&bench);
        Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
        let ran = Ran::from(child.wait_with_output().expect("ends"));
        assert_eq!(ran.code, code, "{signal}: {ran:?}");
        assert!(!bench.exists("output/optimise-states/robust.csv"), "{signal} came too late");
        assert!(bench.exists(STANDS), "{signal}");
        assert!(code.is_none() || ran.err.contains("of 120 states stand"), "{ran:?}");
    }
    // Half written when the machine died: not believed, and not in the way.
    bench.write("output/optimise-states/.catchup-states.tmp", "half");
    // What is in progress is nobody else's, and no other search's.
    let other = bench.run(&["optimise", "states.toml", "--sectors=cloth"]);
    assert_eq!(other.code, Some(5), "{other:?}");
    assert!(other.err.contains("--sectors, --from or --until: `cloth, micro_chips from 0 to 29"), "{}", other.err);
    let scenario = Sweep::parse(&long(), Path::new("")).expect("valid").variants[0].scenario.resolved();
    bench.write("world.toml", scenario);
    for command in ["run", "optimise"] {
        let args = [command, "world.toml", "--set", "name=optimise-states", "--name=optimise-states"];
        let ran = bench.run(if command == "run" { &args[..4] } else { &args[..] });
        assert_eq!(ran.code, Some(5), "{command}: {ran:?}");
    }
    done(&bench.run(&["optimise", "states.toml"]));
    assert!(!bench.exists(STANDS));
    std::fs::remove_file(bench.path().join("output/optimise-states/.catchup-states.tmp")).ok();
    same(&bench, "output/optimise-states", "undisturbed/optimise-states");
    // A finished one is not replaced by another either, but on demand.
    let other = bench.run(&["optimise", "states.toml", "--sectors=cloth", "--from=0:1"]);
    assert!(other.code == Some(5) && other.err.contains("--fresh"), "{other:?}");
    done(&bench.run(&["optimise", "states.toml", "--sectors=cloth", "--from=0:1", "--fresh"]));
}

#[cfg(unix)]
#[test]
fn what_stands_damaged_is_looked_at_again() {
    const STANDS: &str = "output/optimise-states/.catchup-states";
    let bench = bench(&long());
    let child = begun(&bench);
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert_eq!(child.wait_with_output().expect("ends").status.code(), Some(130));
    let path = bench.path().join(STANDS);
    let mut bytes = std::fs::read(&path).expect("what stands");
    let middle = bytes.len() - 100;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).expect("damaged");
    let ran = bench.run(&["optimise", "states.toml"]);
    done(&ran);
    assert!(ran.err.contains("did not stand whole"), "{}", ran.err);
    done(&bench.run(&["optimise", "states.toml", "--out", "undisturbed"]));
    same(&bench, "output/optimise-states", "undisturbed/optimise-states");
}

#[test]
fn what_makes_no_sense_of_a_sweep_is_refused_and_the_other_way_round() {
    let bench = bench(STATES);
    let scenario = Sweep::parse(STATES, Path::new("")).expect("valid").variants[0].scenario.resolved();
    bench.write("world.toml", scenario);
    bench.write("dates.toml", STATES.replace("[vary]\n", "[vary]\n\"time.horizon\" = { values = [40, 45] }\n"));
    let cases: [(&[&str], [&str; 2]); 7] = [
        (&["states.toml", "--set=growth.x=0.03"], ["--set goes with a scenario", "--variant"]),
        (&["states.toml", "--front"], ["--front goes with a scenario", "robust.csv"]),
        (&["states.toml", "--variant=bas"], ["has no such variant", "did you mean `base`?"]),
        (&["dates.toml"], ["time.horizon is varied", "the same dates in every state"]),
        (&["world.toml", "--variant=base"], ["--variant goes with a sweep file", "is a scenario"]),
        (&["world.toml", "--fresh"], ["--fresh goes with a sweep file", "leave it out"]),
        (&["states.toml", "--sectors=cloht"], ["no such sector", "did you mean `cloth`?"]),
    ];
    for (args, parts) in cases {
        let ran = bench.run(&[&["optimise"], args].concat());
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
        assert!(parts.iter().all(|part| ran.err.contains(part)), "{args:?}: {}", ran.err);
        assert!(!bench.exists("output"), "{args:?}");
    }
    let dry = bench.run(&["optimise", "states.toml", "--dry-run", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&dry.out).expect("an object");
    assert_eq!((told["policies"].as_u64(), told["states"].as_u64()), (Some(177), Some(24)));
    assert!(!bench.exists("output"));
}

/// What is printed of the states as they are after `changes`.
fn said(changes: &[(&str, &str)], args: &[&str]) -> String {
    let text = changes.iter().fold(STATES.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let bench = bench(&text);
    let ran = bench.run(&[&["optimise", "states.toml", "--no-plot"], args].concat());
    done(&ran);
    ran.out
}

#[test]
fn sentences_have_conditions_and_twins() {
    const CHEAP: (&str, &str) = ("uniform = [1.0, 8.0]", "uniform = [1.0, 1.1]");
    const BAD: (&str, &str) = ("uniform = [0.6, 1.2]", "uniform = [0.2, 0.3]");
    let says = |sentence: &str, earned: String, twin: String| {
        assert!(earned.contains(sentence), "{sentence}\nis missing from\n{earned}");
        assert!(!twin.contains(sentence), "{sentence}\nis no part of\n{twin}");
    };
    says("cannot pay for them in some state", said(&[], &[]), said(&[CHEAP], &[]));
    // States are told as states.csv numbers them.
    let worst = said(&[], &[]);
    let told = worst.split_once("in its worst state (state ").expect("told").1;
    assert!(
        told.split_once(' ').expect("more").0.parse::<u64>().is_ok() && told.contains(" of states.csv)"),
        "{worst}"
    );
    says("or cost more than 0.1 yearly wages of Germany", said(&[], &["--budget=0.1"]), said(&[], &[]));
    says("177 policies looked at, all of them, in each state", said(&[], &[]), said(&[], &["--from=0:10"]));
    // Where chips are never worth it, to do nothing or to promote cloth is right in every state.
    let never = "To know the state before one chooses would be worth nothing";
    says(never, said(&[BAD, CHEAP], &["--sectors=micro_chips"]), said(&[CHEAP], &[]));
    let alone = "nothing beats leaving Norte alone";
    says(alone, said(&[BAD, CHEAP], &["--sectors=micro_chips"]), said(&[CHEAP], &["--sectors=cloth"]));
    let both = "The best on average is also the best at worst";
    says(both, said(&[BAD, CHEAP], &["--sectors=micro_chips"]), said(&[CHEAP], &["--sectors=micro_chips"]));
    let least = "The best on average also has the least regret: in no state is anything missed";
    says(least, said(&[BAD, CHEAP], &["--sectors=micro_chips"]), said(&[CHEAP], &[]));
    let edge = "It begins at the first date looked at, 2005: an earlier beginning may be better.";
    says(edge, said(&[CHEAP], &["--sectors=cloth", "--from=5:20"]), said(&[CHEAP], &["--sectors=cloth"]));
    says("in the long run", said(&[CHEAP], &["--objective=long_run_gap"]), said(&[CHEAP], &[]));
    // States in which nothing can be measured are told, and left out.
    let no_present_values = ("uniform = [0.01, 0.08]", "values = [0.0, 0.05]");
    says(
        "have no such measure: these are left out",
        said(&[CHEAP, no_present_values], &["--objective=equivalent_variation"]),
        said(&[CHEAP], &[]),
    );
    // How a cluster is held is part of the answer.
    let gap = "--objective=long_run_gap";
    says(", sustained: ", said(&[CHEAP], &[gap]), said(&[CHEAP], &[gap, "--budget=0"]));
}
