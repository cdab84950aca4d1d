//! Protects the paper's results: every number of Tables 2 and 3 and propositions (a)–(e) (`docs/model.md` §4), at
//! t = 0 and in the limit, for the numbers of one example and as properties over thousands of random parameter sets.

#![expect(non_snake_case, reason = "the field's symbols: y_R, w_P")]

use catchup::control::Control;
use catchup::measure::Measure;
use catchup::scenario::{Scenario, parse};
use catchup::simulate::simulate;
use catchup::summary::{Summary, Verdict, summarise};
use catchup::trajectory::{EventKind, Trajectory};
use fastrand::Rng;

/// Random parameter sets of each property.
const CASES: usize = 2_000;

/// A scenario of the paper's world: R clustered everywhere, Z = 1 at t = 0, open trade, τ = 0.
#[derive(Debug, Clone)]
struct World {
    lambda: Vec<f64>,
    /// y_R / y_P; y_R = 1.
    advantage: Vec<f64>,
    x: f64,
    z_hat: f64,
    form: &'static str,
    /// Z_P at t = 0.
    Z_P: f64,
    horizon: f64,
    period: f64,
}

impl World {
    /// Two sectors; good 1 is the one in which P has its comparative advantage.
    fn example() -> Self {
        Self {
            lambda: vec![1.3, 1.5],
            advantage: vec![1.25, 1.5],
            x: 0.02,
            z_hat: 0.5,
            form: "logistic",
            Z_P: 1.0,
            horizon: 2000.0,
            period: 5.0,
        }
    }

    /// n sectors in the paper's order; long enough to be in the limit whatever the speed.
    fn random(rng: &mut Rng, n: usize) -> Self {
        let between = |rng: &mut Rng, low: f64, high: f64| low + (high - low) * rng.f64();
        let mut advantage: Vec<f64> = (0..n).map(|_| between(rng, 1.0, 3.0)).collect();
        advantage.sort_by(f64::total_cmp);
        let x = between(rng, 0.005, 0.03);
        let forms = ["logistic", "nelson-phelps", "gompertz"];
        let horizon = (500.0 / x / 100.0).round() * 100.0;
        Self {
            lambda: (0..n).map(|_| between(rng, 1.01, 2.5)).collect(),
            advantage,
            x,
            z_hat: between(rng, 0.2, 0.8),
            form: forms[rng.usize(0..3)],
            Z_P: 1.0,
            horizon,
            period: horizon / 200.0,
        }
    }

    /// With a policy or a start, in TOML.
    fn scenario(&self, rest: &str, sets: &[&str]) -> Scenario {
        let Self { x, z_hat, form, Z_P, horizon, period, .. } = self;
        let mut text = format!(
            "schema_version = 1\n{rest}\n[time]\nhorizon = {horizon:?}\nperiod = {period:?}\n[growth]\nx = {x:?}\n\
             [catch_up]\nform = \"{form}\"\nz_hat = {z_hat:?}\n"
        );
        for (i, (lambda, advantage)) in self.lambda.iter().zip(&self.advantage).enumerate() {
            let y_P = 1.0 / advantage;
            text += &format!("[sector.good_{}]\nlambda = {lambda:?}\ny_R = 1\ny_P = {y_P:?}\nZ_P = {Z_P:?}\n", i + 1);
        }
        let sets: Vec<String> = sets.iter().map(|&set| set.to_owned()).collect();
        parse(&text, &sets).unwrap_or_else(|report| panic!("{}", report.render(false)))
    }

    fn run(&self, rest: &str) -> (Trajectory, Summary) {
        self.run_with(rest, &[])
    }

    /// With changes of the `KEY=VALUE` kind, too.
    fn run_with(&self, rest: &str, sets: &[&str]) -> (Trajectory, Summary) {
        let scenario = self.scenario(rest, sets);
        let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
        let summary = summarise("world", None, &trajectory);
        assert_eq!(summary.measures.error, None);
        (trajectory, summary)
    }

    /// P in isolation for ever.
    fn isolation(&self) -> (Trajectory, Summary) {
        self.run("poor.selection = \"isolation\"")
    }

    /// A cluster in good `i` (from 1) from t = 0, held whatever it costs.
    fn cluster(&self, i: usize) -> (Trajectory, Summary) {
        self.run(&format!("policy = [{{ from = 0, promote = \"good_{i}\", sustain = \"always\" }}]"))
    }
}

fn near(got: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((got / expected - 1.0).abs() <= tolerance, "{what}: {got}, should be {expected}");
}

fn initial_gap(summary: &Summary) -> f64 {
    summary[Measure::InitialGap].expect("a first row")
}

/// The gap in the last row, having checked that it is also what the long run is said to be.
fn limit(summary: &Summary) -> f64 {
    let gap = summary[Measure::FinalGap].expect("a last row");
    near(gap, summary[Measure::LongRunGap].expect("a limit"), 1e-6, "the last row against the long run");
    gap
}

#[test]
fn table_2_without_comparative_advantage() {
    let world = World { lambda: vec![1.4, 1.4], advantage: vec![1.0, 1.0], ..World::example() };
    for i in [1, 2] {
        let (trajectory, summary) = world.cluster(i);
        near(initial_gap(&summary), 1.0, 1e-9, "a cluster leaves no gap");
        assert_eq!(trajectory.rows[0].subsidy, 0.0, "it is an equilibrium");
    }
    let (trajectory, summary) = world.isolation();
    near(initial_gap(&summary), 1.4, 1e-9, "no trade and no clusters: λ");
    assert_eq!(trajectory.rows[0].regime.name(), "diversified", "all sectors tie");
}

#[test]
fn table_2_with_comparative_advantage() {
    let world = World::example();
    let (_, cluster_1) = world.cluster(1);
    near(initial_gap(&cluster_1), 1.25, 1e-9, "Cl(1): y_1R/y_1P");
    let (trajectory, isolation) = world.isolation();
    near(initial_gap(&isolation), 1.3 * 1.25, 1e-9, "Is(1): λ_1 y_1R/y_1P");
    assert_eq!(trajectory.rows[0].regime.sector(), Some(0), "isolated P makes good 1");
    // (4): 1.5 / 1.25 = 1.2 ≤ λ_1 = 1.3
    let (trajectory, cluster_2) = world.cluster(2);
    near(initial_gap(&cluster_2), 1.5, 1e-9, "Cl(2): y_2R/y_2P");
    assert_eq!(trajectory.rows[0].subsidy, 0.0, "(4) holds: an equilibrium");
    // (4) fails for λ_1 = 1.1 < 1.2, and at λ_1 = 1.2 it holds with equality.
    for (lambda_1, holds) in [(1.1, false), (1.2, true)] {
        let (trajectory, _) = World { lambda: vec![lambda_1, 1.5], ..World::example() }.cluster(2);
        assert_eq!(trajectory.rows[0].subsidy == 0.0, holds, "(4) at λ_1 = {lambda_1}");
    }
}

#[test]
fn table_3_without_comparative_advantage() {
    let world = World { lambda: vec![1.4, 1.4], advantage: vec![1.0, 1.0], ..World::example() };
    near(limit(&world.cluster(1).1), 1.0, 1e-6, "a cluster closes the gap");
    near(limit(&world.isolation().1), 1.4 / 0.5, 1e-6, "none: λ/ẑ");
    let behind = World { Z_P: 0.3, ..world };
    let (_, summary) = behind.cluster(2);
    near(limit(&summary), 1.0, 1e-6, "wherever P starts");
    assert_eq!(summary.measures.verdict, Some(Verdict::Converged));
}

#[test]
fn table_3_with_comparative_advantage() {
    let world = World::example();
    near(limit(&world.cluster(1).1), 1.25, 1e-6, "Cl(1): y_1R/y_1P");
    let (trajectory, isolation) = world.isolation();
    near(limit(&isolation), 1.3 / 0.5 * 1.25, 1e-6, "Is(1): (λ_1/ẑ) y_1R/y_1P");
    assert_eq!(isolation.measures.verdict, Some(Verdict::PersistentGap));
    let last = trajectory.rows.last().expect("rows");
    near(last.growth_P.expect("growth"), 0.02, 1e-6, "both regions grow at x: P");
    near(last.growth_R.expect("growth"), 0.02, 1e-9, "both regions grow at x: R");
    let (_, cluster_2) = world.cluster(2);
    near(limit(&cluster_2), 1.5, 1e-6, "Cl(2): y_2R/y_2P");
    assert_eq!(cluster_2.long_run_self_sustaining, Some(true), "(8): 1.2 ≤ 1.3/0.5");
    // (8) fails where 3/1.25 = 2.4 > λ_1/ẑ = 1.1/0.5 = 2.2.
    let apart = World { lambda: vec![1.1, 1.5], advantage: vec![1.25, 3.0], ..World::example() };
    assert_eq!(apart.cluster(2).1.long_run_self_sustaining, Some(false));
}

#[test]
fn tables_hold_for_random_parameters() {
    let mut rng = Rng::with_seed(3);
    for case in 0..CASES {
        let n = rng.usize(2..6);
        let world = World::random(&mut rng, n);
        let World { lambda, advantage, z_hat, x, .. } = &world;
        // Which sector isolated P makes: the smallest λ_i y_iR/y_iP.
        let isolated = lambda.iter().zip(advantage).map(|(l, a)| l * a).fold(f64::INFINITY, f64::min);
        let (trajectory, isolation) = world.isolation();
        near(initial_gap(&isolation), isolated, 1e-9, "Table 2, Is");
        near(limit(&isolation), isolated / z_hat, 1e-6, "Table 3, Is");
        let growth = trajectory.rows.last().and_then(|row| row.growth_P).expect("growth");
        assert!((growth - x).abs() < 1e-9, "case {case}: (e) both grow at x: {growth} against {x}");
        let i = rng.usize(0..n);
        let (trajectory, cluster) = world.cluster(i + 1);
        near(initial_gap(&cluster), advantage[i], 1e-9, "Table 2, Cl(i)");
        near(limit(&cluster), advantage[i], 1e-6, "Table 3, Cl(i)");
        // (4) and (8), for n sectors: no other sector in isolation pays more.
        let rival = (0..n).map(|k| lambda[k] * advantage[k]).fold(f64::INFINITY, f64::min);
        assert_eq!(trajectory.rows[0].subsidy == 0.0, advantage[i] <= rival * (1.0 + 1e-9), "case {case}: (4)");
        let rival_later =
            (0..n).map(|k| lambda[k] * advantage[k] / if k == i { 1.0 } else { *z_hat }).fold(f64::INFINITY, f64::min);
        let sustains = cluster.long_run_self_sustaining.expect("a cluster");
        assert_eq!(sustains, advantage[i] <= rival_later * (1.0 + 1e-9), "case {case}: (8)");
    }
}

#[test]
fn proposition_a_the_strength_of_the_externality_does_not_matter() {
    let mut rng = Rng::with_seed(4);
    for _ in 0..CASES {
        let n = rng.usize(2..6);
        let world = World::random(&mut rng, n);
        let mut stronger = world.clone();
        stronger.lambda[1] *= 1.0 + rng.f64();
        let (one, other) = (world.cluster(2).0, stronger.cluster(2).0);
        for (row, same) in one.rows.iter().zip(&other.rows) {
            near(same.w_P, row.w_P, 1e-12, "w_P under Cl(2)");
        }
        let (p, p_stronger) = (one.sectors_at(0)[1].p, other.sectors_at(0)[1].p);
        near(p / p_stronger, stronger.lambda[1] / world.lambda[1], 1e-12, "the price falls by as much");
    }
}

#[test]
fn proposition_b_comparative_advantage_makes_the_best_equilibrium() {
    let mut rng = Rng::with_seed(5);
    for case in 0..CASES {
        let n = rng.usize(2..5);
        let world = World::random(&mut rng, n);
        let mut best = (f64::INFINITY, None);
        for i in 0..n {
            let (_, summary) = world.cluster(i + 1);
            let gap = summary[Measure::LongRunGap].expect("a limit");
            if summary.long_run_self_sustaining == Some(true) && gap < best.0 {
                best = (gap, Some(i));
            }
        }
        let isolation = world.isolation().1[Measure::LongRunGap].expect("a limit");
        assert!(best.0 < isolation, "case {case}: isolation is worse");
        assert_eq!(best.1, Some(0), "case {case}: the strongest comparative advantage, whatever λ: {:?}", world.lambda);
    }
}

#[test]
fn proposition_c_a_subsidised_cluster_is_worse_than_none() {
    let mut rng = Rng::with_seed(6);
    let (mut subsidised, mut fails_for_good) = (0, 0);
    for case in 0..CASES {
        let n = rng.usize(2..5);
        let mut world = World::random(&mut rng, n);
        world.Z_P = 0.1 + 0.9 * rng.f64();
        let never = world.isolation().0;
        let i = rng.usize(1..n);
        let (clustered, summary) = world.cluster(i + 1);
        for (k, (with, without)) in clustered.rows.iter().zip(&never.rows).enumerate() {
            if with.subsidy > 0.0 {
                subsidised += 1;
                assert!(with.w_P < without.w_P, "case {case} k = {k}: {} against {}", with.w_P, without.w_P);
            }
        }
        if summary.long_run_self_sustaining == Some(false) {
            fails_for_good += 1;
            let none = world.isolation().1[Measure::LongRunGap].expect("a limit");
            assert!(summary[Measure::LongRunGap].expect("a limit") > none, "case {case}: so it is in the limit");
        }
        // Cl(i) is never above Cl(1): here both sectors share z(0), β and x, so on the whole path.
        for (k, (second, first)) in clustered.rows.iter().zip(&world.cluster(1).0.rows).enumerate() {
            assert!(second.w_P < first.w_P, "case {case} k = {k}: the better comparative advantage earns more");
        }
    }
    assert!(subsidised > 1_000 && fails_for_good > 10, "{subsidised} {fails_for_good}");
}

#[test]
fn proposition_d_entering_a_cluster_jumps_then_grows() {
    let mut rng = Rng::with_seed(8);
    for case in 0..CASES {
        let n = rng.usize(2..6);
        let mut world = World::random(&mut rng, n);
        (world.horizon, world.period) = (200.0, 1.0);
        world.Z_P = world.z_hat;
        // P makes one good in isolation and forms a cluster in it after 10 years.
        let strength = |i: &usize| world.lambda[*i] * world.advantage[*i];
        let i = (0..n).min_by(|a, b| strength(a).total_cmp(&strength(b))).expect("sectors");
        let before = world.isolation().0;
        let (after, _) = world.run(&format!("policy = [{{ from = 10, promote = \"good_{}\" }}]", i + 1));
        assert_eq!(after.rows[9].regime.name(), "isolation");
        assert_eq!(after.rows[10].regime.name(), "cluster", "case {case}");
        near(after.rows[10].w_P / before.rows[10].w_P, world.lambda[i], 1e-12, "income jumps by λ at once");
        let z = |k: usize| after.sectors_at(k)[i].z;
        let growth = |k: usize| (after.sectors_at(k)[i].Z_P / after.sectors_at(k - 1)[i].Z_P).ln();
        assert!(growth(10) < world.x * (1.0 + 1e-9), "case {case}: no faster than x before");
        assert!(growth(11) > world.x * 1.001 && growth(12) > world.x, "case {case}: faster than x for a while");
        assert!(z(200) > z(10) && z(200) <= 1.0, "case {case}: towards the frontier");
    }
}

#[test]
fn proposition_e_without_clusters_a_gap_persists() {
    let mut rng = Rng::with_seed(9);
    for _ in 0..CASES {
        let n = rng.usize(2..6);
        let mut world = World::random(&mut rng, n);
        world.Z_P = 0.05 + 0.95 * rng.f64();
        let (trajectory, summary) = world.isolation();
        let k = trajectory.rows.len() - 1;
        for sector in trajectory.sectors_at(k) {
            near(sector.z, world.z_hat, 1e-6, "z_i → ẑ");
        }
        assert_eq!(summary.measures.verdict, Some(Verdict::PersistentGap));
        near(summary.factors.expect("factors").technology, 1.0 / world.z_hat, 1e-9, "1/z*");
    }
}

#[test]
fn a_cluster_that_4_rejects_can_stand_after_support() {
    // 1.5/1.25 = 1.2 > λ_1 = 1.1: rejected at first, but z_2 → 1 while z_1 stays at 0.5.
    let world = World { lambda: vec![1.1, 1.5], horizon: 200.0, period: 1.0, Z_P: 0.5, ..World::example() };
    let supported = world.run("policy = [{ from = 0, until = 40, promote = \"good_2\", sustain = \"always\" }]").0;
    assert!(supported.rows[0].subsidy > 0.0, "rejected at first");
    assert!(supported.rows[40..].iter().all(|row| row.regime.name() == "cluster" && row.subsidy == 0.0));
    let unsupported = world.run("policy = [{ from = 0, until = 40, promote = \"good_2\" }]").0;
    assert!(unsupported.rows.iter().all(|row| row.regime.name() == "isolation"), "never without support");
    // Support that ends too early leaves nothing.
    let brief = world.run("policy = [{ from = 0, until = 3, promote = \"good_2\", sustain = \"always\" }]").0;
    assert!(brief.rows[3..].iter().all(|row| row.regime.name() == "isolation"));
}

#[test]
fn where_only_p_has_a_cluster_the_gap_settles_as_r_learns_from_it() {
    // P's cluster in good 2 outruns R, where there is none; what it knows diffuses to R until both grow at x.
    let world = World { Z_P: 0.3, ..World::example() };
    let held = "policy = [{ from = 0, promote = \"good_2\", sustain = \"always\" }]";
    for form in ["logistic", "nelson-phelps", "gompertz", "benhabib-spiegel"] {
        for z_hat in [0.5, 0.7] {
            let own = [format!("catch_up.form={form}"), format!("catch_up.z_hat={z_hat}")];
            let mut sets = vec!["sector.good_2.cluster_R=false", &own[0], &own[1]];
            if form == "benhabib-spiegel" {
                sets.push("catch_up.s=-0.5");
            }
            let (trajectory, summary) = world.run_with(held, &sets);
            let last = trajectory.rows.len() - 1;
            near(trajectory.sectors_at(last)[1].z, 1.0 / z_hat, 1e-9, "the mirror of the steady state");
            // λ is P's alone: 1.5 / (1.5 · 1/ẑ).
            near(limit(&summary), z_hat, 1e-9, "the gap settles ahead");
            assert_eq!(summary.measures.verdict, Some(Verdict::Ahead), "{form} {z_hat}");
            let met = trajectory.events.iter().filter(|event| event.kind == EventKind::ParityReached);
            assert_eq!(met.filter(|event| event.sector == Some(1)).count(), 1, "{form}: z passes 1 on its way");
        }
    }
    // x/β = 0.5: z → 2.
    let sets = ["sector.good_2.cluster_R=false", "catch_up.beta=0.04"];
    let (trajectory, _) = world.run_with(held, &sets);
    near(trajectory.sectors_at(trajectory.rows.len() - 1)[1].z, 2.0, 1e-9, "1/(1 − x/β)");
    // Too weak to hold the leader: it pulls away for ever.
    let (_, summary) = world.run_with(held, &["sector.good_2.cluster_R=false", "catch_up.beta=0.015"]);
    assert_eq!(summary[Measure::LongRunGap], Some(0.0));
}
