//! Protects the study of rules: what the documentation says of it, what a guess that a rule does not look at is worth, and
//! where a varied belief has its place.

use crate::common::{Bench, root};
use catchup::batch::{Chunk, Worker};
use catchup::control::Control;
use catchup::measure::Measure;
use catchup::scenario::sweep::Sweep;

const STUDY: &str = "scenarios/sweeps/rules.toml";

fn study(more: &str) -> Sweep {
    let text = std::fs::read_to_string(root().join(STUDY)).expect("a shipped study") + more;
    Sweep::parse(&text, root()).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

fn draws(sweep: &Sweep, count: u64) -> Chunk {
    let mut chunk = Chunk::default();
    Worker::new(sweep).fill(0..count, &mut chunk, &Control::default()).expect("not stopped");
    assert!(chunk.errors.is_empty(), "{:?}", chunk.errors);
    chunk
}

/// What a run is worth beside the first variant's, or other measures, to the last bit.
fn bits(chunk: &Chunk, row: usize) -> Vec<Option<u64>> {
    Measure::ALL.iter().map(|&measure| chunk.measure(measure, row).map(f64::to_bits)).collect()
}

/// Per variant: the share of draws in which none is worth more, and the mean and the largest of what it falls short.
fn regrets(sweep: &Sweep, chunk: &Chunk) -> Vec<[f64; 3]> {
    let variants = sweep.variants.len();
    let draws: Vec<Vec<f64>> = (0..chunk.runs() / variants)
        .map(|draw| {
            let worth =
                |v: usize| 1.0 + chunk.measure(Measure::EquivalentVariation, draw * variants + v).expect("worth");
            (0..variants).map(worth).collect()
        })
        .collect();
    let best = |draw: &Vec<f64>| draw.iter().copied().fold(0.0, f64::max);
    (0..variants)
        .map(|v| {
            let short: Vec<f64> = draws.iter().map(|draw| best(draw) / draw[v] - 1.0).collect();
            let count = short.len() as f64;
            let first = short.iter().filter(|short| **short <= 1e-9).count() as f64;
            [first / count, short.iter().sum::<f64>() / count, short.iter().copied().fold(0.0, f64::max)]
        })
        .collect()
}

#[test]
fn the_documentation_says_what_the_study_of_rules_finds() {
    let sweep = study("");
    let chunk = draws(&sweep, 1024);
    let found = regrets(&sweep, &chunk);
    let text = std::fs::read_to_string(root().join("docs/model.md")).expect("the documentation");
    let mut told = 0;
    for (variant, [best, mean, worst]) in sweep.variants.iter().zip(&found) {
        let percent = |share: &f64| format!("{:.1} %", 100.0 * share);
        let line = format!("| `{}` | {} | {} | {} |", variant.name, percent(best), percent(mean), percent(worst));
        let named =
            text.lines().find(|line| line.starts_with(&format!("| `{}` |", variant.name)) && line.contains('%'));
        if let Some(named) = named {
            assert_eq!(named, line);
            told += 1;
        }
    }
    assert!(told >= 12, "the documentation tells of {told} variants");
    // The index is never wrong, the others are.
    let of = |name: &str| found[sweep.variants.iter().position(|variant| variant.name == name).expect("a variant")][0];
    assert!((of("index") - 1.0).abs() < 1e-15);
    for other in ["strongest-externality", "comparative-advantage", "revealed-advantage", "pigou", "porter"] {
        assert!(of(other) < 0.9, "{other}");
    }
}

#[test]
fn to_know_the_externality_is_worth_nothing_to_a_rule_that_ignores_it() {
    let lambdas =
        "{ \"sector.textiles.lambda\" = 1.4, \"sector.machinery.lambda\" = 1.4, \"sector.software.lambda\" = 1.4 }";
    let rules = ["comparative-advantage", "revealed-advantage"];
    let more: String = rules
        .iter()
        .map(|rule| {
            let promote = format!("{{ rule = \"{rule}\", perceived = {lambdas} }}");
            format!("\n[variants.{rule}-lambda-guessed]\npolicy = [{{ promote = {promote}, sustain = \"always\" }}]\n")
        })
        .collect();
    let sweep = study(&more);
    let chunk = draws(&sweep, 200);
    let variants = sweep.variants.len();
    let place = |name: &str| sweep.variants.iter().position(|variant| variant.name == name).expect("a variant");
    let differ = |a: &str, b: &str| {
        let (a, b) = (place(a), place(b));
        (0..200).filter(|draw| bits(&chunk, draw * variants + a) != bits(&chunk, draw * variants + b)).count()
    };
    for rule in rules {
        assert_eq!(differ(rule, &format!("{rule}-lambda-guessed")), 0, "{rule}");
    }
    for rule in ["strongest-externality", "pigou", "index"] {
        assert!(differ(rule, &format!("{rule}-lambda-guessed")) > 30, "{rule}");
    }
}

/// A drawn belief is that of the scenario that says it, and has no place in variants that do not.
#[test]
fn a_varied_belief_is_set_where_a_rule_holds_it() {
    let sweep = study("");
    let chunk = draws(&sweep, 5);
    let variants = sweep.variants.len();
    for draw in 0..5 {
        for (place, variant) in sweep.variants.iter().enumerate() {
            let mut sets: Vec<String> = Vec::new();
            for (slot, varied) in sweep.vary.iter().enumerate() {
                if variant.scenario.keys.perceives(&varied.key) != Some(false) {
                    sets.push(format!("{}={:?}", varied.key, chunk.drawn[slot][draw]));
                }
            }
            let scenario = catchup::scenario::parse(&variant.scenario.resolved(), &sets).expect("valid");
            let mut engine = catchup::simulate::Engine::default();
            let run = engine.measure(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
            let row = draw * variants + place;
            assert_eq!(chunk.measure(Measure::Welfare, row), run[Measure::Welfare], "draw {draw}, {}", variant.name);
        }
    }
}

#[test]
fn a_belief_that_no_rule_holds_cannot_vary() {
    let bench = Bench::new();
    let text = std::fs::read_to_string(root().join(STUDY)).expect("a shipped study");
    let start = text.find("[variants.strongest-externality-lambda-guessed]").expect("guesses");
    bench.write("study.toml", &text[..start]);
    let ran = bench.run(&["sweep", "study.toml", "--dry-run"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    for part in [
        "vary: no rule perceives policy.0.promote.perceived.sector.textiles.lambda",
        "allowed: what a rule of the scenario or of a variant perceives",
        "give it a value there, which each draw replaces",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
}
