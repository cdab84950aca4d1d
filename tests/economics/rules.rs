//! Protects the rules by which a policy chooses its cluster (docs/model.md §7): each names what it takes the largest of, at the
//! dates at which it is to; what a rule does not look at changes nothing; the index names the best permanent cluster.

use crate::common::random::{Spec, between};
use crate::common::{Bench, column};
use catchup::control::Control;
use catchup::measure::Measure;
use catchup::model::policy::{Promote, Trade};
use catchup::model::problem::Problem;
use catchup::model::rule::Rule;
use catchup::scenario::{Scenario, parse};
use catchup::simulate::{Engine, simulate};
use catchup::trajectory::{EventKind, SectorRow, Trajectory};
use fastrand::Rng;

/// A world in which the rules disagree: a has the strongest externality, b the highest pay today, c lasts.
const WORLD: &str = "schema_version = 1\n[time]\nhorizon = 120\n[growth]\nx = 0.02\n[catch_up]\nbeta = 0.05\n\
    [sector.a]\nlambda = 1.9\ny_R = 1\ny_P = 0.7\nZ_P = 0.5\n\
    [sector.b]\nlambda = 1.3\ny_R = 1\ny_P = 0.8\nZ_P = 0.9\n\
    [sector.c]\nlambda = 1.1\ny_R = 1\ny_P = 1\nZ_P = 0.4\n";

fn scenario(toml: &str, policy: &str) -> Scenario {
    parse(&format!("{toml}{policy}"), &[]).unwrap_or_else(|report| panic!("{report:?}\n{toml}{policy}"))
}

fn run(toml: &str, policy: &str) -> (Problem, Trajectory) {
    let Scenario { problem, solver, .. } = scenario(toml, policy);
    let trajectory = simulate(&problem, solver, &Control::default()).expect("not stopped");
    (problem, trajectory)
}

fn by(rule: Rule, more: &str) -> String {
    let sustain = if rule.allows(catchup::model::policy::Sustain::Always) { "always" } else { "if-equilibrium" };
    format!("[[policy]]\npromote = {{ rule = \"{}\"{more} }}\nsustain = \"{sustain}\"\n", rule.name())
}

fn named(trajectory: &Trajectory) -> Option<&str> {
    let event = trajectory.events.iter().find(|event| event.kind == EventKind::RuleChose).expect("a rule chooses");
    event.sector.map(|i| trajectory.sector_names[i].as_str())
}

#[test]
fn every_rule_names_what_it_takes_the_largest_of() {
    let expected = [
        (Rule::StrongestExternality, Some("a")),
        (Rule::ComparativeAdvantage, Some("c")),
        (Rule::RevealedAdvantage, Some("b")),
        // λ z y_P/y_R: 0.665, 0.936, 0.44.
        (Rule::Pigou, Some("b")),
        (Rule::Established, None),
        // v_Cl = z y_P/y_R; those that hold pay at least A = 0.72 / 1.3.
        (Rule::Porter, Some("b")),
        // Of ln y_P + 0.03 ∫ e^(−0.03 t) ln z: c has the least to lose by starting behind for good.
        (Rule::Index, Some("b")),
    ];
    for (rule, sector) in expected {
        assert_eq!(named(&run(WORLD, &by(rule, "")).1), sector, "{}", rule.name());
    }
    // The lower the rate of discount, the more what lasts counts.
    let patient = WORLD.to_owned() + "[welfare]\ndiscount_rate = 0.001\n";
    assert_eq!(named(&run(&patient, &by(Rule::Index, "")).1), Some("c"));
    // A cluster that stands is reinforced, or goes on while it can.
    let standing = WORLD.to_owned() + "[poor]\nstart = \"cluster:c\"\n";
    assert_eq!(named(&run(&standing, &by(Rule::Established, "")).1), Some("c"));
    assert_eq!(named(&run(&standing, &by(Rule::Porter, "")).1), Some("b"), "c is no equilibrium: 0.4 < 0.55");
}

/// What a rule takes the largest of at a date, recomputed from the sectors' table.
fn value(rule: Rule, problem: &Problem, k: usize, rows: &[SectorRow], i: usize) -> f64 {
    let sector = &problem.params_at(k).sectors[i];
    match rule {
        Rule::RevealedAdvantage => rows[i].z * sector.y_P / sector.y_R,
        Rule::Pigou => sector.lambda * rows[i].v_Cl,
        _ => unreachable!("looked at by other tests"),
    }
}

#[test]
fn a_rule_that_chooses_anew_does_so_at_every_date() {
    let mut changes = 0;
    for seed in 0..300 {
        let mut rng = Rng::with_seed(seed);
        let mut spec = Spec::random(&mut rng);
        let rule = [Rule::RevealedAdvantage, Rule::Pigou][rng.usize(0..2)];
        spec.rest += &by(rule, ", decide = \"always\"");
        let (problem, trajectory) = run(&spec.toml(), "");
        let policy = problem.policies.len() - 1;
        for k in 0..trajectory.rows.len() {
            let rows = trajectory.sectors_at(k);
            let all: Vec<f64> = (0..rows.len()).map(|i| value(rule, &problem, k, rows, i)).collect();
            let largest = all.iter().copied().fold(0.0, f64::max);
            let promoted = trajectory.promoted_by(&problem, policy, k).expect("it names one at every date");
            assert!(
                all[promoted] >= largest * (1.0 - 2e-9),
                "seed {seed}, period {k}: {promoted} of {all:?}\n{}",
                spec.toml()
            );
        }
        changes += trajectory.choices.iter().filter(|choice| choice.policy == policy).count() - 1;
        // The engine that keeps no rows comes to the same.
        let scenario = scenario(&spec.toml(), "");
        let mut engine = Engine::default();
        let measured = engine.measure(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
        assert_eq!(*measured, trajectory.measures, "seed {seed}");
    }
    assert!(changes > 40, "only {changes} changes: the test looks at nothing");
}

#[test]
fn a_rule_that_chooses_once_keeps_to_it() {
    let (problem, trajectory) = run(WORLD, &by(Rule::RevealedAdvantage, ""));
    let chosen: Vec<_> = trajectory.events.iter().filter(|event| event.kind == EventKind::RuleChose).collect();
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0].detail, "revealed-advantage, z y_P/y_R: a 0.350000, b 0.720000, c 0.400000");
    // Chosen at the first date at which the policy is active, also while another is in force and trade is closed.
    let later = "[[policy]]\nfrom = 7\npromote = { rule = \"established\" }\n[[policy]]\nfrom = 3\nuntil = 20\n\
                 promote = \"a\"\ntrade = \"closed\"\n";
    let (_, trajectory) = run(WORLD, later);
    let chosen: Vec<_> = trajectory.events.iter().filter(|event| event.kind == EventKind::RuleChose).collect();
    assert_eq!(chosen.iter().map(|event| (event.period, event.sector)).collect::<Vec<_>>(), [(7, None)]);
    let on = trajectory.events.iter().find(|event| event.period == 7 && event.kind == EventKind::PolicyOn);
    let on = on.expect("the policy begins");
    assert_eq!((on.sector, on.detail.as_str()), (None, "promote by established, if an equilibrium; it names none"));
    assert!(matches!(problem.policies[0].promote, Some(Promote::ByRule(_))));
}

/// "Under every rule that ignores λ the cost of not knowing it is zero": to the last bit, and the like of y_P.
#[test]
fn what_a_rule_does_not_look_at_changes_no_bit() {
    let mut told_apart = 0;
    for seed in 0..200 {
        let mut rng = Rng::with_seed(seed);
        let mut spec = Spec::random(&mut rng);
        let rule = [Rule::StrongestExternality, Rule::ComparativeAdvantage, Rule::RevealedAdvantage, Rule::Pigou]
            [rng.usize(0..4)];
        let own = spec.rest.clone();
        let decide = if rng.bool() { ", decide = \"always\"" } else { "" };
        let perceived = |key: &str, low: f64, rng: &mut Rng| {
            let each =
                spec.sectors.iter().map(|s| format!("\"sector.{}.{key}\" = {:?}", s.name, between(rng, low, 2.0)));
            format!("{decide}, perceived = {{ {} }}", each.collect::<Vec<_>>().join(", "))
        };
        let beliefs = [
            (rule.reads_lambda(), perceived("lambda", 1.0, &mut rng)),
            (rule.reads_y_P(), perceived("y_P", 0.5, &mut rng)),
        ];
        spec.rest = own.clone() + &by(rule, decide);
        let (_, knowing) = run(&spec.toml(), "");
        for (reads, belief) in beliefs {
            spec.rest = own.clone() + &by(rule, &belief);
            let (_, believing) = run(&spec.toml(), "");
            // But for ages, which are no number where no cluster stands.
            let all =
                |run: &Trajectory| (run.rows.clone(), run.sectors.clone(), run.events.clone(), run.measures.clone());
            let same = all(&knowing) == all(&believing);
            assert!(same || reads, "seed {seed}, {}{belief}\n{}", rule.name(), spec.toml());
            told_apart += usize::from(!same);
        }
    }
    assert!(told_apart > 20, "where a rule looks, beliefs matter: {told_apart}");
}

/// P's world from t = 0 on under a cluster held for ever: what the index is about.
fn permanent(rng: &mut Rng, paper: bool) -> Spec {
    let mut spec = Spec::random(rng);
    (spec.rest, spec.horizon) = (String::new(), 10.0 * spec.period);
    let tau = if paper || rng.bool() { 0.0 } else { between(rng, 0.5, 20.0) };
    spec.poor = format!("tau = {tau:?}");
    for sector in &mut spec.sectors {
        if paper {
            sector.cluster_r = true;
        }
    }
    spec
}

#[test]
fn the_index_names_the_best_permanent_cluster() {
    let mut engine = Engine::default();
    let (mut elsewhere, mut ahead) = (0, 0);
    // Ten thousand worlds of the paper's kind and as many others take minutes: CATCHUP_INDEX=20000.
    let worlds = std::env::var("CATCHUP_INDEX").ok().and_then(|worlds| worlds.parse().ok()).unwrap_or(400);
    for seed in 0..worlds {
        let mut rng = Rng::with_seed(seed);
        let spec = permanent(&mut rng, seed % 2 == 0);
        let welfare = format!("[welfare]\ndiscount_rate = {:?}\n", between(&mut rng, 0.005, 0.1));
        let toml = spec.toml() + &welfare;
        let mut measured = |policy: &str| {
            let Scenario { problem, solver, .. } = scenario(&toml, policy);
            let weight = problem.discount_rate;
            let measures = engine.measure(&problem, solver, &Control::default()).expect("not stopped");
            // In logarithms of income.
            measures[Measure::Welfare].expect("it converges") * weight
        };
        let each: Vec<f64> = (0..spec.sectors.len())
            .map(|i| measured(&format!("[[policy]]\npromote = \"s{i}\"\nsustain = \"always\"\n")))
            .collect();
        let best = each.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let index = measured(&by(Rule::Index, ""));
        assert!(best - index <= 2e-9, "seed {seed}: {index} of {each:?}\n{toml}");
        let other = measured(&by(Rule::RevealedAdvantage, ""));
        elsewhere += usize::from(best - other > 1e-6);
        ahead += usize::from(spec.sectors.iter().any(|s| s.z_p > s.z_r));
    }
    assert!(elsewhere > 40 && ahead > 100, "the worlds are too easy: {elsewhere}, {ahead}");
}

/// Of two sectors that differ in λ alone the index is that of ℓ: a cluster that stands has built up what a stronger one would begin
/// without (M11).
#[test]
fn the_index_counts_how_far_a_standing_cluster_has_built_up() {
    let (rho, tau) = (0.04, 10.0);
    let ln_ell = |lambda: f64, age: f64| f64::ln(1.0 - (lambda - 1.0) * f64::exp_m1(-age / tau));
    // Simpson's rule over 1,000 years.
    let lead = |age: f64| {
        let at = |k: u32| {
            let t = 0.05 * f64::from(k);
            f64::exp(-rho * t) * (ln_ell(1.4, age + t) - ln_ell(1.5, t))
        };
        (0..10_000).map(|k| 0.05 / 3.0 * (at(2 * k) + 4.0 * at(2 * k + 1) + at(2 * k + 2))).sum::<f64>()
    };
    let mut chosen = Vec::new();
    for years in 1..=30 {
        let world = format!(
            "schema_version = 1\ntime.horizon = 40\ngrowth.x = 0\ncatch_up.beta = 0.05\npoor.tau = {tau}\n\
             welfare.discount_rate = {rho}\n\
             sector.old = {{ lambda = 1.4, y_R = 1, y_P = 1, Z_P = 0.5, cluster_R = false }}\n\
             sector.new = {{ lambda = 1.5, y_R = 1, y_P = 1, Z_P = 0.5, cluster_R = false }}\n\
             [[policy]]\nuntil = {years}\npromote = \"old\"\nsustain = \"always\"\n\
             [[policy]]\nfrom = {years}\npromote = {{ rule = \"index\" }}\nsustain = \"always\"\n"
        );
        let (_, trajectory) = run(&world, "");
        let expected = if lead(f64::from(years)) > 0.0 { "old" } else { "new" };
        assert_eq!(named(&trajectory), Some(expected), "after {years} years");
        chosen.push(expected);
    }
    assert!(chosen[0] == "new" && chosen[29] == "old", "{chosen:?}");
}

#[test]
fn a_subsidy_for_the_externality_is_paid_whether_needed_or_not() {
    let (problem, trajectory) = run(
        WORLD,
        "[[policy]]\nuntil = 60\npromote = { rule = \"pigou\", perceived = { \"sector.a.lambda\" = 3 } }\n\
         sustain = \"pigou\"\n",
    );
    let a = &problem.params_at(0).sectors[0];
    let (mut lacking, mut enough) = (0, 0);
    for (k, row) in trajectory.rows.iter().enumerate().take(60) {
        let offers = trajectory.offers_at(k);
        let (lacks, share) = (offers.outside - offers.v_Cl[0], (a.lambda - 1.0) * offers.v_Cl[0]);
        assert!((row.subsidy - lacks.max(share)).abs() < 1e-14, "period {k}: {} {lacks} {share}", row.subsidy);
        lacking += usize::from(lacks > share);
        enough += usize::from(lacks < 0.0);
    }
    assert!(trajectory.rows[60].subsidy == 0.0);
    assert!(lacking + enough > 0, "{lacking} {enough}");
    // Held for ever it is paid for ever, whether it could stand by itself or not.
    let (problem, trajectory) = run(WORLD, "[[policy]]\npromote = { rule = \"pigou\" }\nsustain = \"pigou\"\n");
    assert!(problem.trade == Trade::Open);
    assert_eq!(trajectory.measures.outcome.map(catchup::measure::Outcome::name), Some("subsidised"));
    assert_eq!(trajectory.measures[Measure::SelfSustainingYear], None);
}

#[test]
fn each_rule_is_compared_as_it_may_be_held() {
    let bench = Bench::new();
    bench.write("world.toml", WORLD);
    let ran = bench.run(&["compare", "world.toml", "--each-rule", "--from", "3", "--until", "60", "--no-plot"]);
    assert!(ran.code == Some(0) && ran.err.is_empty(), "{ran:?}");
    let summary = bench.read("output/compare-world/summary.csv");
    let names: Vec<String> = Rule::ALL.iter().map(|rule| format!("rule-{}", rule.name())).collect();
    assert_eq!(column(&summary, "scenario"), [vec!["no-policy".to_owned()], names.clone()].concat());
    for (rule, name) in Rule::ALL.into_iter().zip(names) {
        let resolved = bench.read(&format!("output/compare-world/{name}/scenario.toml"));
        let sustain = if rule == Rule::Porter { "if-equilibrium" } else { "always" };
        for line in ["from = 3.0", "until = 60.0", &format!("sustain = \"{sustain}\"")] {
            assert!(resolved.contains(line), "{name}: {line}\n{resolved}");
        }
        assert!(resolved.contains(&format!("promote = {{ rule = \"{}\", decide = \"once\" }}", rule.name())));
    }
    // Under literal there is no index; a subsidy for the externality is the rule's own.
    let pigou = ["compare", "world.toml", "--each-rule", "--sustain", "pigou", "--no-plot", "--name", "paid"];
    assert_eq!(bench.run(&pigou).code, Some(0));
    for (name, sustain) in [("pigou", "pigou"), ("index", "always"), ("porter", "if-equilibrium")] {
        let resolved = bench.read(&format!("output/paid/rule-{name}/scenario.toml"));
        assert!(resolved.contains(&format!("sustain = \"{sustain}\"")), "{name}: {resolved}");
    }
    let literal = ["--set", "catch_up.form=literal", "--set", "catch_up.beta=0.001", "--name", "literal"];
    let ran = bench.run(&[&["compare", "world.toml", "--each-rule", "--no-plot"][..], &literal].concat());
    let literal = bench.read("output/literal/summary.csv");
    assert!(!literal.contains("rule-index") && literal.contains("rule-pigou"), "{ran:?} {literal}");
    let ran = bench.run(&["compare", "world.toml", "--each-cluster", "--sustain", "pigou"]);
    assert!(ran.code == Some(2) && ran.err.contains("--each-cluster has no rule"), "{ran:?}");
}
