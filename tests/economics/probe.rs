//! Protects what a scenario answers at other values of its keys: the same as the scenario that says these values, run and
//! compared by the long way.

use crate::common::random::{Spec, between};
use catchup::compare::{Comparison, Gain, Member};
use catchup::control::Control;
use catchup::measure::Measure;
use catchup::model::policy::{Promote, Sustain};
use catchup::probe::{Answer, Number, Question, Which, World};
use catchup::scenario::promotion::Promotion;
use catchup::scenario::{Policy, Scenario, parse};
use catchup::simulate::simulate;
use catchup::summary::summarise;
use fastrand::Rng;

fn member(scenario: &Scenario) -> Member {
    let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
    let summary = summarise(&scenario.keys.name, None, &trajectory);
    Member { scenario: scenario.clone(), trajectory, summary }
}

/// The runs of `compare --each-cluster`, promoted when and how the scenario promotes: none, then a cluster in each sector.
fn each_cluster(scenario: &Scenario) -> Vec<Member> {
    let own = scenario.keys.policy.iter().rev().find(|policy| policy.promote.is_some());
    let always = Policy {
        from: 0.0,
        until: None,
        label: None,
        promote: None,
        sustain: Some(Sustain::Always),
        funded_by: None,
        trade: None,
    };
    let mut all = vec![scenario.promoting("none", "none", None).expect("valid")];
    for sector in scenario.keys.sector.keys() {
        let policy =
            Policy { promote: Some(Promotion::Sector(sector.clone())), trade: None, ..own.unwrap_or(&always).clone() };
        all.push(scenario.promoting(sector, sector, Some(&policy)).expect("valid"));
    }
    all.iter().map(member).collect()
}

fn same(a: Option<f64>, b: &Answer) -> bool {
    match (a, b) {
        (None, Answer::Nothing) => true,
        (Some(a), Answer::Number(b)) => a == *b || (a - b).abs() <= 1e-12 * (a.abs() + b.abs() + 1e-3),
        _ => false,
    }
}

#[test]
fn answers_are_those_of_the_scenario_that_says_the_values() {
    let mut rng = Rng::with_seed(111);
    let (mut none, mut ranked, mut gained) = (0, 0, 0);
    for case in 0..40 {
        let text = Spec::random(&mut rng).toml();
        let scenario = parse(&text, &[]).expect("valid");
        let mut keys = vec!["sector.s0.y_P", "catch_up.beta", "sector.s1.alpha", "welfare.discount_rate"];
        if !scenario.keys.policy.is_empty() {
            keys.push("policy.0.from");
        }
        let keys: Vec<String> = keys.into_iter().filter(|_| rng.bool()).map(str::to_owned).collect();
        let mut world = World::new(&scenario, &keys);
        for _ in 0..3 {
            let value = |key: &String, rng: &mut Rng| match key.as_str() {
                "sector.s0.y_P" => between(rng, 0.4, 2.0),
                "catch_up.beta" => between(rng, 0.01, 0.2),
                "sector.s1.alpha" => between(rng, -0.1, 0.9),
                "welfare.discount_rate" => between(rng, 0.005, 0.1),
                _ => between(rng, 0.0, 1.5 * scenario.keys.time.horizon),
            };
            let values: Vec<f64> = keys.iter().map(|key| value(key, &mut rng)).collect();
            let mut sets: Vec<String> =
                keys.iter().zip(&values).map(|(key, value)| format!("{key}={value:?}")).collect();
            if let Some(place) = keys.iter().position(|key| key == "sector.s1.alpha") {
                let others = scenario.keys.sector.iter().filter(|(name, _)| *name != "s1");
                let total: f64 = others.clone().map(|(_, sector)| sector.alpha).sum();
                sets.extend(others.map(|(name, sector)| {
                    format!("sector.{name}.alpha={:?}", sector.alpha / total * (1.0 - values[place]))
                }));
            }
            let mut ask = |question: Question| world.ask(question, &values, &Control::default()).expect("not stopped");
            let verdict = ask(Question::Which(Which::Verdict));
            let Ok(there) = parse(&text, &sets) else {
                assert_eq!(verdict, Answer::NoScenario, "{case}: {sets:?}");
                none += 1;
                continue;
            };
            let own = member(&there);
            let measures = &own.trajectory.measures;
            assert_eq!(verdict, measures.verdict.map_or(Answer::Nothing, Answer::Verdict), "{case}: {sets:?}");
            let outcome = ask(Question::Which(Which::Outcome));
            assert_eq!(outcome, measures.outcome.map_or(Answer::Nothing, Answer::Outcome), "{case}: {sets:?}");
            let regime = ask(Question::Which(Which::LongRunRegime));
            assert_eq!(Some(regime), measures.long_run.map(Answer::Regime), "{case}: {sets:?}");
            let gap = ask(Question::Number(Number::Measure(Measure::LongRunGap)));
            assert!(same(measures[Measure::LongRunGap], &gap), "{case}: {gap:?}");

            let members = each_cluster(&there);
            let clusters = Comparison::new("all".to_owned(), 0, members);
            let mut ranks: Vec<usize> = clusters.gains.iter().map(|gains| gains.rank).collect();
            ranks.rotate_left(1);
            let best = (0..ranks.len() - 1).min_by_key(|&i| ranks[i]).expect("sectors");
            assert_eq!(ask(Question::Which(Which::Best)), Answer::Best(best), "{case}: {sets:?}");
            assert_eq!(ask(Question::Which(Which::Rank)), Answer::Rank(ranks), "{case}: {sets:?}");
            ranked += 1;

            if there.keys.policy.iter().any(|policy| policy.promote.is_some()) {
                let none = member(&there.promoting("none", "none", None).expect("valid"));
                let all = Comparison::new("two".to_owned(), 0, vec![none, own]);
                let number = |number| Question::Number(number);
                let variation = ask(number(Number::Measure(Measure::EquivalentVariation)));
                assert!(same(all.gains[1].equivalent_variation, &variation), "{case}: {variation:?}");
                let gain = ask(number(Number::Measure(Measure::NetGainPv)));
                assert!(same(all.gains[1].net_gain_pv, &gain), "{case}: {gain:?}");
                for gain in Gain::ALL {
                    let answer = ask(number(Number::Gain(gain)));
                    assert!(same(gain.of(&all.gains[1]), &answer), "{case}: {gain:?} {answer:?}");
                }
                gained += 1;
            }
        }
    }
    assert!(none > 5 && ranked > 60 && gained > 30, "{none} {ranked} {gained}");
}

#[test]
fn promotions_are_left_out_and_put_in_as_in_the_file() {
    let mut rng = Rng::with_seed(112);
    for _ in 0..300 {
        let scenario = parse(&Spec::random(&mut rng).toml(), &[]).expect("valid");
        let without = scenario.promoting("none", "none", None).expect("valid");
        assert_eq!(scenario.problem.promoting(None), without.problem);
        let promotes = |scenario: &Scenario| scenario.problem.promotion().map(|policy| policy.promote.clone());
        let last = scenario.keys.policy.iter().rev().find_map(|policy| policy.sector());
        let place = last.and_then(|sector| scenario.keys.sector.get_index_of(sector)).map(|i| Some(Promote::Sector(i)));
        assert_eq!(promotes(&scenario), place);
        assert_eq!(promotes(&without), None);
    }
}
