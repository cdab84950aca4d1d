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

const CASES: [Case; 16] = [
    set("growth.x: set at --set:1:8 to the value it has anyway", &["growth.x=0.02"], &["growth.x=0.021"]),
    case(
        "policy.0.from: it begins at t = 2030, beyond the horizon of 100",
        "[[policy]]\nfrom = 2030\npromote = \"textiles\"\n",
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
        "catch_up: the run will fail in textiles at t = 2.0",
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

#[test]
fn run_warns_of_dates_too() {
    let bench = Bench::new();
    bench.write("region.toml", BASE.to_owned() + "[[shock]]\nat = 2050\nset = { \"growth.x\" = 0.01 }\n");
    let ran = bench.run(&["run", "region.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("warning: region: shock.0.at: it falls due at t = 2050"), "{}", ran.err);
}

#[test]
fn it_says_what_was_understood() {
    let ran = check("[[policy]]\nfrom = 30\npromote = \"electronics\"\n", &["catch_up.z_hat=0.6"]);
    // ẑ = 0.6 with x = 0.02: β = x/(1 − ẑ) = 0.05.
    for fragment in [
        "100 years from 2000, 100 periods of 1 year",
        "logistic: g = β (1 − z)",
        "starts in cluster:textiles",
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
    let ran = check("", &["sector.electronics.y_P=0.95", "sector.electronics.lambda=1.25"]);
    assert!(ran.out.contains("ordering (y_R/y_P does not fall from sector to sector) does not hold, and nothing is wrong: the paper's good 1, P's comparative advantage, is electronics here"), "{}", ran.out);
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
