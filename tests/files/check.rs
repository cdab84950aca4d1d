//! Protects `catchup check`: what it says it understood, and each of its warnings, by a scenario that triggers it and
//! a near twin that does not.

use crate::common::{Bench, Ran};

/// Quiet by itself: P starts in a cluster that stands.
const BASE: &str = "schema_version = 1
[time]
start = 2000
horizon = 100
[growth]
x = 0.02
[catch_up]
beta = 0.05
[sector.textiles]
lambda = 1.2
y_R = 1
y_P = 0.9
Z_P = 0.5
[sector.electronics]
lambda = 1.5
y_R = 1
y_P = 0.7
Z_P = 0.5
[poor]
start = \"cluster:textiles\"
";

/// What is added to the base to trigger a warning, the twin that does not, and what the warning says.
struct Case {
    warning: &'static str,
    triggers: &'static str,
    twin: &'static str,
    sets: &'static [&'static str],
    twin_sets: &'static [&'static str],
}

const fn case(warning: &'static str, triggers: &'static str, twin: &'static str) -> Case {
    Case { warning, triggers, twin, sets: &[], twin_sets: &[] }
}

const fn set(warning: &'static str, sets: &'static [&'static str], twin_sets: &'static [&'static str]) -> Case {
    Case { warning, triggers: "", twin: "", sets, twin_sets }
}

const CASES: [Case; 40] = [
    set(
        "sector.textiles.x: set at --set:1:17 to the value it has",
        &["sector.textiles.x=0.02"],
        &["sector.textiles.x=0.021"],
    ),
    set("welfare.discount_rate: set at --set", &["welfare.discount_rate=0.03"], &["welfare.discount_rate=0.04"]),
    set("time.period: set at --set", &["time.period=1"], &["time.period=2"]),
    set("poor.trade: set at --set", &["poor.trade=open"], &["poor.trade=closed", "poor.closed_clusters=['textiles']"]),
    case(
        "shock.0.at: it falls due at t = 100, the horizon: one row shows it",
        "[[shock]]\nat = 100\nset = { \"growth.x\" = 0.01 }\n",
        "[[shock]]\nat = 99\nset = { \"growth.x\" = 0.01 }\n",
    ),
    // Closed from the next year on it exports nothing.
    Case {
        warning: "poor.size: P is too large to be small in 2000: with the wage of 0.45 in 2000",
        triggers: "[[policy]]\nfrom = 1\ntrade = \"closed\"\n",
        twin: "[[policy]]\nfrom = 2\ntrade = \"closed\"\n",
        sets: &["poor.size=2.3"],
        twin_sets: &["poor.size=2.3"],
    },
    set("growth.x: set at --set:1:8 to the value it has anyway", &["growth.x=0.02"], &["growth.x=0.021"]),
    case(
        "policy.0.from: it begins at t = 130, beyond the horizon of 100: no row shows it, and the long run counts it",
        "[[policy]]\nfrom = 130\npromote = \"textiles\"\n",
        "[[policy]]\nfrom = 30\npromote = \"textiles\"\n",
    ),
    case(
        "policy.0: no date lies between from = 30.2 and until = 30.8",
        "[[policy]]\nfrom = 30.2\nuntil = 30.8\npromote = \"textiles\"\n",
        "[[policy]]\nfrom = 30.2\nuntil = 31.8\npromote = \"textiles\"\n",
    ),
    case(
        "shock.0.at: it falls due at t = 101",
        "[[shock]]\nat = 101\nset = { \"growth.x\" = 0.01 }\n",
        "[[shock]]\nat = 99\nset = { \"growth.x\" = 0.01 }\n",
    ),
    case(
        "shock: at t = 20 it sets parameters to the values they had: growth.x = 0.02",
        "[[shock]]\nat = 20\nset = { \"growth.x\" = 0.02 }\n",
        "[[shock]]\nat = 20\nset = { \"growth.x\" = 0.019 }\n",
    ),
    set(
        "poor.closed_clusters: trade is never closed",
        &["poor.closed_clusters=[\"textiles\"]"],
        &["poor.closed_clusters=[\"textiles\"]", "poor.trade=closed"],
    ),
    set(
        "growth.x: every sector has an x of its own",
        &["sector.textiles.x=0.01", "sector.electronics.x=0.01"],
        &["sector.textiles.x=0.01"],
    ),
    set("catch_up.beta: too weak for x = 0.02 in textiles", &["catch_up.beta=0.02"], &["catch_up.beta=0.021"]),
    set(
        "catch_up: the run will fail in textiles at t = 2: z grows",
        &["catch_up.form=literal", "catch_up.beta=1"],
        &["catch_up.form=gompertz", "catch_up.beta=1"],
    ),
    set(
        "poor.start: the starting cluster collapses at once: v_Cl 0.350000 < 0.375000 = v_Is of textiles",
        &["poor.start=cluster:electronics"],
        &["poor.start=cluster:electronics", "sector.electronics.y_P=0.8"],
    ),
    set(
        "poor.start: the starting cluster ends at once: isolation holds",
        &["poor.selection=isolation"],
        &["poor.selection=best"],
    ),
    case(
        "policy.0.promote: a policy listed later wins at every date",
        "[[policy]]\nfrom = 10\npromote = \"textiles\"\n[[policy]]\nfrom = 5\npromote = \"textiles\"\n",
        "[[policy]]\nfrom = 5\npromote = \"textiles\"\n[[policy]]\nfrom = 10\npromote = \"textiles\"\n",
    ),
    case(
        "policy.0.promote: trade is closed at every date at which it is active",
        "[[policy]]\nfrom = 10\nuntil = 20\npromote = \"textiles\"\n[[policy]]\nfrom = 10\nuntil = 20\ntrade = \"closed\"\n",
        "[[policy]]\nfrom = 10\nuntil = 20\npromote = \"textiles\"\n[[policy]]\nfrom = 15\nuntil = 20\ntrade = \"closed\"\n",
    ),
    case(
        "policy.0.promote: the cluster in electronics is no equilibrium at any date at which it is promoted: it needs a subsidy",
        "[[policy]]\nuntil = 3\npromote = \"electronics\"\nsustain = \"always\"\n",
        "[[policy]]\nuntil = 60\npromote = \"electronics\"\nsustain = \"always\"\n",
    ),
    case(
        "policy.0.promote: the cluster in electronics is no equilibrium at any date at which it is promoted: the policy does nothing",
        "[[policy]]\nfrom = 10\npromote = \"electronics\"\n",
        "[[policy]]\nfrom = 10\npromote = \"textiles\"\n",
    ),
    Case {
        warning: "policy.0.promote: its rule names no sector at any date at which it is in force: the policy does nothing",
        triggers: "[[policy]]\nfrom = 10\npromote = { rule = \"established\" }\n",
        twin: "[[policy]]\nfrom = 10\npromote = { rule = \"established\" }\n",
        sets: &["poor.start=isolation"],
        twin_sets: &[],
    },
    case(
        "policy.0.promote.perceived.sector.textiles.lambda: the rule comparative-advantage does not look at lambda",
        "[[policy]]\nfrom = 10\npromote = { rule = \"comparative-advantage\", perceived = { sector.textiles.lambda = 1.9 } }\n",
        "[[policy]]\nfrom = 10\npromote = { rule = \"pigou\", perceived = { sector.textiles.lambda = 1.9 } }\n",
    ),
    set("growth.x: 0.5 is 50 % a year", &["growth.x=0.5", "catch_up.beta=0.6"], &["growth.x=0.4"]),
    set("sector.textiles.x: 2 is 200 % a year", &["sector.textiles.x=2"], &["sector.textiles.x=0.2"]),
    set("catch_up.beta: 5 is 500 % a year", &["catch_up.beta=5"], &["catch_up.beta=0.05"]),
    set("catch_up.speed: 2 is 200 % a year", &["catch_up.speed=2"], &["catch_up.speed=0.02"]),
    set("welfare.discount_rate: 3 is 300 % a year", &["welfare.discount_rate=3"], &["welfare.discount_rate=0.03"]),
    set(
        "sector.textiles.lambda: with 20 a cluster makes 20 times",
        &["sector.textiles.lambda=20"],
        &["sector.textiles.lambda=1.2"],
    ),
    set("catch_up.z_hat: at 0.001 P settles at 0.1 %", &["catch_up.z_hat=0.001"], &["catch_up.z_hat=0.01"]),
    case(
        "shock.0.set.catch_up.beta: 5 is 500 % a year",
        "[[shock]]\nat = 20\nset = { \"catch_up.beta\" = 5 }\n",
        "[[shock]]\nat = 20\nset = { \"catch_up.beta\" = 0.4 }\n",
    ),
    case(
        "policy.0.from: 2030 looks like a calendar year",
        "[[policy]]\nfrom = 2030\npromote = \"textiles\"\n",
        "[[policy]]\nfrom = 30\npromote = \"textiles\"\n",
    ),
    case(
        "policy.0.until: 2050 looks like a calendar year",
        "[[policy]]\nuntil = 2050\npromote = \"textiles\"\n",
        "[[policy]]\nuntil = 250\npromote = \"textiles\"\n",
    ),
    case(
        "shock.0.at: 2050 looks like a calendar year",
        "[[shock]]\nat = 2050\nset = { \"growth.x\" = 0.01 }\n",
        "[[shock]]\nat = 50\nset = { \"growth.x\" = 0.01 }\n",
    ),
    set("time.horizon: 2100 looks like a calendar year", &["time.horizon=2100"], &["time.horizon=210"]),
    case(
        "policy.0.from: it begins at t = 100, the horizon: one row shows it",
        "[[policy]]\nfrom = 100\npromote = \"textiles\"\n",
        "[[policy]]\nfrom = 99\npromote = \"textiles\"\n",
    ),
    // e^(−0.03 · 100) = 0.0498, e^(−0.02 · 100) = 0.135.
    set(
        "welfare.window: 14 % of the weight of all years lies after the horizon of 100",
        &["welfare.window=horizon", "welfare.discount_rate=0.02"],
        &["welfare.window=horizon"],
    ),
    set(
        "solver.rtol: the method is exact",
        &["solver.method=exact", "solver.rtol=1e-9"],
        &["solver.method=dopri5", "solver.rtol=1e-9"],
    ),
    // P's wage is 0.45 in the first year and 0.9 in the end: its exports of textiles, half of what it makes, meet half of R's
    // spending where 0.9 σ = 1.
    set("poor.size: P is too large to be small from", &["poor.size=1.2"], &["poor.size=1.1"]),
    set("time.horizon: 5 years after the last change the gap has covered", &["time.horizon=5"], &["time.horizon=20"]),
];

fn check(more: &str, sets: &[&str]) -> Ran {
    let bench = Bench::new();
    bench.write("region.toml", BASE.to_owned() + more);
    let mut args = vec!["check", "region.toml"];
    sets.iter().for_each(|set| args.extend(["--set", set]));
    let ran = bench.run(&args);
    assert_eq!(ran.code, Some(0), "warnings are no errors: {ran:?}");
    assert!(!bench.exists("output"), "nothing is written");
    ran
}

#[test]
fn the_base_warns_of_nothing() {
    assert_eq!(check("", &[]).err, "");
}

#[test]
fn each_warning_has_its_trigger_and_its_near_twin() {
    for Case { warning, triggers, twin, sets, twin_sets } in CASES {
        let ran = check(triggers, sets);
        assert!(ran.err.contains(&format!("warning: region: {warning}")), "should warn: {warning}\n{}", ran.err);
        assert!(ran.err.contains("help: "), "{}", ran.err);
        let ran = check(twin, twin_sets);
        assert!(!ran.err.contains(warning), "should not warn: {warning}\n{}", ran.err);
    }
}

/// What longer support leads to is asked, not guessed, and sectors are called as people call them.
#[test]
fn what_longer_support_would_do_is_known_before_it_is_said() {
    let held = |until: u32| format!("[[policy]]\nuntil = {until}\npromote = \"electronics\"\nsustain = \"always\"\n");
    let throughout = "it needs a subsidy throughout";
    let brief = check(&held(3), &["sector.electronics.label=Chips"]).err;
    assert!(
        brief.contains("the cluster in Chips is no equilibrium at any date") && brief.contains(throughout),
        "{brief}"
    );
    assert!(brief.contains("supported on and on, the one in Chips would stand on its own from 2004 on"), "{brief}");
    let hopeless = check(&held(3), &["sector.electronics.y_P=0.2"]).err;
    assert!(hopeless.contains(throughout) && !hopeless.contains("supported on and on"), "{hopeless}");
    assert!(hopeless.contains("no support from then on, however long"), "{hopeless}");
    // What bears fruit after the last row is not called fruitless because of the rows.
    let cut = check(&held(60), &["time.horizon=2"]).err;
    assert!(!cut.contains("no equilibrium"), "{cut}");
}

#[test]
fn what_check_warns_of_every_command_warns_of_once_unless_it_is_to_be_quiet() {
    let bench = Bench::new();
    let shock = "[[shock]]\nat = 150\nset = { \"growth.x\" = 0.01 }\n";
    let policy = "[[policy]]\nfrom = 10\npromote = \"textiles\"\n";
    bench.write("region.toml", format!("{BASE}{shock}{policy}"));
    bench.write(
        "study.toml",
        "schema_version = 1\nscenario = \"region.toml\"\n[design]\nkind = \"grid\"\n[vary]\ngrowth.x.values = [0.01, 0.02]\n\
         [variants.one]\nsolver.method = \"exact\"\n",
    );
    let warning = "it falls due at t = 150, beyond the horizon of 100";
    let calls: [&[&str]; 7] = [
        &["check", "region.toml"],
        &["run", "region.toml"],
        &["compare", "region.toml"],
        &["compare", "region.toml", "--each-cluster"],
        &["equilibria", "region.toml"],
        &["flip", "region.toml", "--until", "outcome=self-sustaining", "--key", "policy.0.from"],
        &["sweep", "study.toml"],
    ];
    for call in calls {
        let ran = bench.run(call);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(ran.err.matches(warning).count(), 1, "{call:?}: {}", ran.err);
        let ran = bench.run(&[call, &["--quiet"]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{call:?}");
        let ran = bench.run(&[call, &["--json"]].concat());
        // What check is asked for is its warnings: they are in the object.
        assert_eq!((ran.err + &ran.out).matches(warning).count(), 1, "{call:?}");
    }
}

/// What is set in vain is told, where nothing that a command makes of the scenario depends on it.
#[test]
fn what_is_set_for_nothing_is_told() {
    let bench = Bench::new();
    bench.write("region.toml", format!("{BASE}[[policy]]\nfrom = 10\npromote = \"electronics\"\n"));
    let study = "schema_version = 1\nscenario = \"region.toml\"\n[design]\nkind = \"grid\"\n[vary]\ngrowth.x.values = [0.01, 0.03]\n";
    bench.write("study.toml", study);
    let warned = |call: &[&str], what: &str| {
        let ran = bench.run(call);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.err.contains(what)
    };
    let in_vain = |key: &str| format!("{key}: what is set at --set:1:10 changes nothing of what is asked");
    // A command, a --set that it has no use for, one that it has, and the same command asked for what the former changes.
    let axes = ["--x", "sector.textiles.lambda=1:2", "--y", "catch_up.beta=0.04:0.08", "--resolution", "3", "--of"];
    let map = |of| [&["map", "region.toml"], &axes[..], &[of]].concat();
    let flip = |condition| vec!["flip", "region.toml", "--key", "catch_up.beta=0.04:0.08", "--until", condition];
    let (until, sector) = (("policy.0.until", "20"), ("policy.0.promote", "textiles"));
    let cases = [
        (vec!["compare", "region.toml", "--each-cluster"], until, vec!["compare", "region.toml"]),
        (vec!["compare", "region.toml", "--each-rule"], until, vec!["compare", "region.toml"]),
        (vec!["optimise", "region.toml"], until, vec!["run", "region.toml"]),
        (map("best"), sector, map("outcome")),
        (flip("best=textiles"), sector, flip("outcome=collapsed")),
        (vec!["equilibria", "region.toml", "--at", "5"], until, vec!["equilibria", "region.toml", "--at", "30"]),
    ];
    for (command, (key, value), other) in cases {
        let set = format!("{key}={value}");
        assert!(warned(&[&command[..], &["--set", &set]].concat(), &in_vain(key)), "{command:?}");
        assert!(!warned(&[&other[..], &["--set", &set]].concat(), "changes nothing of what is asked"), "{other:?}");
        let moved = [&command[..], &["--set", "sector.textiles.y_P=0.9"]].concat();
        assert!(!warned(&moved, "changes nothing of what is asked"), "{command:?}");
    }
    bench.write("states.toml", format!("{study}policy.0.until.values = [20, 30]\n"));
    let idle = "vary.policy.0.until: no number of any run depends on it";
    assert!(warned(&["optimise", "states.toml", "--dry-run"], idle) && !warned(&["check", "states.toml"], idle));
    assert!(!warned(&["optimise", "study.toml", "--dry-run"], "vary."));
    let anyway = "welfare.discount_rate: set at --set:1:9 to the value it has anyway";
    for command in ["check", "sweep"] {
        assert!(warned(&[command, "study.toml", "--set", "welfare.discount_rate=0.03"], anyway), "{command}");
    }
    assert!(!warned(&["check", "study.toml", "--set", "welfare.discount_rate=0.04"], anyway));
}

#[test]
fn scenarios_that_are_one_problem_are_named() {
    let bench = Bench::new();
    bench.write("a.toml", BASE);
    bench.write("b.toml", BASE.to_owned() + "size = 0.1\n");
    bench.write("c.toml", BASE.replace("beta = 0.05", "beta = 0.06"));
    for command in ["check", "run", "compare"] {
        let ran = bench.run(&[command, "a.toml", "b.toml", "c.toml"]);
        assert!(ran.code == Some(0) && ran.err.contains("warning: a, b: they are the same problem"), "{ran:?}");
        let ran = bench.run(&[command, "a.toml", "c.toml"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    }
}

/// What is warned of in a sweep of the base with this design, these varied keys and these variants.
fn sweep_warnings(design: &str, vary: &str, variants: &str) -> String {
    let bench = Bench::new();
    bench.write(
        "region.toml",
        BASE.to_owned() + "[[policy]]\nfrom = 10\npromote = \"textiles\"\n[solver]\nmethod = \"exact\"\n",
    );
    bench.write(
        "study.toml",
        format!("schema_version = 1\nscenario = \"region.toml\"\n[design]\n{design}\n[vary]\n{vary}\n{variants}"),
    );
    let ran = bench.run(&["check", "study.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.err
}

#[test]
fn each_warning_about_a_sweep_has_its_trigger_and_its_near_twin() {
    let sobol = |samples: u32| format!("kind = \"sobol\"\nsamples = {samples}");
    let beta = "catch_up.beta = { uniform = [0.04, 0.06] }";
    let own = "[variants.one]\nsector.textiles.x = 0.02\nsector.electronics.x = 0.01\n";
    let cases = [
        (
            "policy.0.promote: the cluster in electronics is no equilibrium",
            [(sobol(8), beta, "[variants.one]\npolicy.0.promote = \"electronics\"\n"), (sobol(8), beta, "")],
        ),
        (
            "poor.size: in each of the first 8 draws; in the first, P is too large to be small",
            [
                (sobol(8), beta, "[variants.one]\npoor.size = 1.5\n"),
                (sobol(8), beta, "[variants.one]\npoor.size = 0.5\n"),
            ],
        ),
        (
            "welfare.window: up to 90 % of the weight of all years",
            [
                (
                    sobol(8),
                    "welfare.discount_rate = { uniform = [0.001, 0.04] }",
                    "[variants.one]\nwelfare.window = \"horizon\"\n",
                ),
                (
                    sobol(8),
                    "welfare.discount_rate = { uniform = [0.03, 0.04] }",
                    "[variants.one]\nwelfare.window = \"horizon\"\n",
                ),
            ],
        ),
        ("design.samples: a Sobol design is balanced", [(sobol(100), beta, ""), (sobol(128), beta, "")]),
        (
            "vary.growth.x: no number of any run depends on it",
            [
                (sobol(8), "growth.x = { uniform = [0.01, 0.02] }", own),
                (sobol(8), "growth.x = { uniform = [0.01, 0.02] }", "[variants.one]\nsector.textiles.x = 0.02\n"),
            ],
        ),
        (
            "vary.poor.size: no number of any run depends on it",
            [(sobol(8), "poor.size = { uniform = [0.1, 0.2] }", ""), (sobol(8), "poor.tau = { uniform = [1, 2] }", "")],
        ),
        (
            "vary.policy.0.from: all its dates lie beyond the horizon of 100: no row shows them",
            [
                (sobol(8), "policy.0.from = { uniform = [120, 140] }", ""),
                (sobol(8), "policy.0.from = { uniform = [80, 140] }", ""),
            ],
        ),
        (
            "vary.policy.0.from: 2020 looks like a calendar year",
            [
                (sobol(8), "policy.0.from = { values = [2020, 2030] }", ""),
                (sobol(8), "policy.0.from = { values = [20, 30] }", ""),
            ],
        ),
        (
            "vary.catch_up.beta: 5 is 500 % a year",
            [(sobol(8), "catch_up.beta = { uniform = [0.1, 5] }", ""), (sobol(8), beta, "")],
        ),
        (
            "solver.method: dopri5 solves step by step",
            [
                (sobol(8), beta, "[variants.one]\nsolver.method = \"dopri5\"\n"),
                (
                    sobol(8),
                    beta,
                    "[variants.one]\nsolver.method = \"dopri5\"\ncatch_up.form = \"verspagen\"\ncatch_up.delta = 1.2\n",
                ),
            ],
        ),
        (
            "solver.rtol: the method is exact",
            [
                (sobol(8), beta, "[variants.one]\nsolver.rtol = 1e-9\n"),
                (sobol(8), beta, "[variants.one]\npoor.tau = 1\n"),
            ],
        ),
        (
            "one, two: they are the same problem",
            [
                (sobol(8), beta, "[variants.one]\n[variants.two]\npoor.closed_clusters = [\"textiles\"]\n"),
                (sobol(8), beta, "[variants.one]\n[variants.two]\npoor.tau = 1\n"),
            ],
        ),
    ];
    for (warning, [trigger, twin]) in cases {
        let said = sweep_warnings(&trigger.0, trigger.1, trigger.2);
        assert!(said.contains(&format!("warning: study: {warning}")), "should warn: {warning}\n{said}");
        let said = sweep_warnings(&twin.0, twin.1, twin.2);
        assert!(!said.contains(warning), "should not warn: {warning}\n{said}");
    }
}

#[test]
fn it_says_what_was_understood() {
    let ran = check("[[policy]]\nfrom = 30\npromote = \"electronics\"\n", &["catch_up.z_hat=0.6"]);
    // ẑ = 0.6 with x = 0.02: β = x/(1 − ẑ) = 0.05.
    for fragment in [
        "100 years from 2000, 100 periods of 1 year",
        "logistic: g = β (1 − z)",
        "P         starts in a cluster in textiles",
        "textiles     1.2     0.5    1    0.9  1    0.5  0.02       yes           0.05          0.6",
        "textiles     45 % of R = 0.9 lasting × 0.5 technology × 1.2 P's cluster / 1.2 R's cluster\n",
        "electronics  23.3 % of R = 0.7 lasting × 0.5 technology / 1.5 R's cluster\n",
        "policy 0  from 2030 on: promote electronics, sustain if-equilibrium",
        "the paper's ordering (y_R/y_P does not fall from sector to sector) holds",
        "assumption 6 (lambda y_R/y_P does not fall from sector to sector) holds",
        "Cl(textiles)     yes          0.45   2.222       v_Cl 0.45 ≥ 0.375 = max v_Is",
        "Cl(electronics)  no           0.35   2.857       v_Cl 0.35 < 0.375 = max v_Is",
        "Is(textiles)     yes          0.375  2.667       always one",
    ] {
        assert!(ran.out.contains(fragment), "{fragment}\n{}", ran.out);
    }
    let named = ["sector.textiles.label='Wool & cloth'", "regions.rich=Germany", "regions.poor=Norte"];
    let ran = check("[[policy]]\npromote = \"textiles\"\nlabel = \"Looms\"\n", &named);
    for fragment in [
        "Norte     starts in a cluster in Wool & cloth",
        "cluster in Germany",
        "Wool & cloth  1.2 ",
        "policy 0  from 2000 on: Looms: promote Wool & cloth, sustain if-equilibrium",
    ] {
        assert!(ran.out.contains(fragment), "{fragment}\n{}", ran.out);
    }
    // 0.95 of R's own productivity in electronics, 0.9 in textiles, whatever the units.
    for units in [
        ["sector.electronics.y_R=1", "sector.electronics.y_P=0.95"],
        ["sector.electronics.y_R=0.5", "sector.electronics.y_P=0.475"],
    ] {
        let ran = check("", &[&units[..], &["sector.electronics.lambda=1.25"]].concat());
        assert!(ran.out.contains("ordering (y_R/y_P does not fall from sector to sector) does not hold, and nothing is wrong: the paper's good 1, P's comparative advantage, is electronics here"), "{}", ran.out);
    }
    let ran = check("", &["sector.electronics.lambda=1", "sector.electronics.y_P=0.89"]);
    assert!(ran.out.contains("ordering (y_R/y_P does not fall from sector to sector) holds"), "{}", ran.out);
    assert!(
        ran.out.contains("assumption 6 (lambda y_R/y_P does not fall from sector to sector) does not hold, and nothing is wrong: at equal technology P in isolation makes electronics,"),
        "{}",
        ran.out
    );
}

#[test]
fn json_says_the_same() {
    let bench = Bench::new();
    bench.write("region.toml", BASE.to_owned() + "[[policy]]\nfrom = 10\npromote = \"electronics\"\n");
    let ran = bench.run(&["check", "region.toml", "--json", "--set", "catch_up.z_hat=0.6"]);
    let checked: serde_json::Value = serde_json::from_str(&ran.out).expect("one line of JSON");
    assert_eq!(checked["name"], "region");
    assert_eq!(checked["implied"][0]["z_hat"].as_f64().map(|z| (z * 1e9).round() / 1e9), Some(0.6));
    assert_eq!(checked["ordering"], true);
    let ratio = checked["implied"][0]["output_per_worker"].as_f64().expect("a ratio");
    assert!((ratio - 0.9 * 0.5).abs() < 1e-12, "{ratio}: a cluster on both sides");
    let equilibria: Vec<bool> =
        checked["equilibria"].as_array().expect("a list").iter().map(|e| e["equilibrium"] == true).collect();
    assert_eq!(equilibria, [true, false, true]);
    assert_eq!(checked["warnings"][0]["key"], "policy.0.promote");
    assert_eq!(checked["scenario"]["catch_up"]["z_hat"], 0.6);
}

#[test]
fn equilibria_at_the_start_are_those_of_the_first_row() {
    // Closed from t = 0: the listed clusters have stood before, so they are mature whatever τ. A shock at t = 0 counts.
    let closed = ["poor.closed_clusters=[\"textiles\",\"electronics\"]", "poor.trade=closed", "poor.tau=5"];
    let ran = check("", &closed);
    assert!(ran.out.contains("Cl(textiles)     yes          0.45   2.222"), "{}", ran.out);
    let ran = check("[[shock]]\nat = 0\nset = { \"sector.textiles.lambda\" = 2 }\n", &[]);
    assert!(ran.out.contains("after the shocks at t = 0:\n  sector       lambda"), "{}", ran.out);
    assert!(ran.out.contains("textiles     2       0.5"), "{}", ran.out);
    // With λ = 2, P's cluster still earns z y_P/y_R = 0.45; its isolation 0.45/2.
    assert!(ran.out.contains("Cl(textiles)     yes          0.45    2.222"), "{}", ran.out);
}

#[test]
fn a_number_without_a_digit_before_its_point_and_a_seed_too_large_are_told_what_they_are() {
    let bench = Bench::new();
    bench.write("a.toml", catchup::scenario::STARTER);
    let ran = bench.run(&["check", "a.toml", "--set", "catch_up.beta=.05"]);
    assert!(ran.code == Some(2) && ran.err.contains("a digit on both sides") && !ran.err.contains("quotes"), "{ran:?}");
    let seed = |seed: &str| {
        let sweep = "schema_version = 1\nscenario = \"a.toml\"\nseed = SEED\n[design]\nkind = \"random\"\nsamples = 2\n\
                     [vary]\ngrowth.x = { uniform = [0.01, 0.02] }\n[variants.one]\nsolver.method = \"exact\"\n";
        bench.write("study.toml", sweep.replace("SEED", seed));
        bench.run(&["check", "study.toml"])
    };
    assert_eq!(seed("9007199254740992").code, Some(0), "2^53");
    let ran = seed("9007199254740993");
    assert!(ran.code == Some(2) && ran.err.contains("seed = 9007199254740993 is out of range"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_utf_8_is_called_so() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    let name = std::ffi::OsStr::from_bytes(b"a\xff.toml");
    std::fs::write(bench.path().join(name), catchup::scenario::STARTER).expect("a file");
    let output = bench.command().arg("check").arg(name).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("is no UTF-8"), "{said}");
}

#[test]
fn a_short_horizon_says_which_way_the_gap_goes() {
    let falls = check("", &["time.horizon=5"]);
    assert!(falls.err.contains("% of its fall (in logs)"), "{}", falls.err);
    // Above where z settles without a cluster: P loses ground.
    let ahead = ["sector.textiles.Z_P=0.9", "sector.electronics.Z_P=0.9", "poor.start=isolation", "time.horizon=5"];
    let rises = check("", &ahead);
    assert!(rises.err.contains("% of its rise (in logs)"), "{}", rises.err);
}
