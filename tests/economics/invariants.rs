//! Protects what must hold in every scenario: prices, the no-deviation condition, and the symmetries of the model.
//! Each holds over thousands of random scenarios with policies, shocks, closed trade and build-up time.

#![expect(non_snake_case, reason = "the field's symbols: y_R, w_P")]

use crate::common::random::{Spec, between};
use catchup::control::Control;
use catchup::model::problem::Problem;
use catchup::model::trade::Regime;
use catchup::scenario::parse;
use catchup::simulate::{Engine, Level, simulate};
use catchup::trajectory::Trajectory;
use fastrand::Rng;

fn run(text: &str) -> (Problem, Trajectory) {
    let scenario = parse(text, &[]).unwrap_or_else(|report| panic!("{}\n{text}", report.render(false)));
    let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
    assert_eq!(trajectory.failure, None, "{text}");
    (scenario.problem, trajectory)
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

/// Parameters of period k.
fn params(problem: &Problem, k: usize) -> &catchup::model::params::Params {
    &problem.epochs.iter().rev().find(|epoch| epoch.k <= k).expect("an epoch").params
}

#[test]
fn the_rich_region_earns_one_in_every_sector() {
    let mut rng = Rng::with_seed(21);
    for _ in 0..1_000 {
        let (problem, trajectory) = run(&Spec::random(&mut rng).toml());
        for k in 0..trajectory.rows.len() {
            for (sector, row) in params(&problem, k).sectors.iter().zip(trajectory.sectors_at(k)) {
                let earns = row.p * sector.Lambda() * sector.y_R * row.Z_R;
                assert!(close(earns, 1.0, 1e-14), "p Λ y_R Z_R = {earns}");
                // What the tables say of P follows from prices too: v_Is = p y_P Z_P.
                assert!(close(row.v_Is, row.p * sector.y_P * row.Z_P, 1e-13));
            }
        }
    }
}

#[test]
fn nobody_gains_by_leaving() {
    let mut rng = Rng::with_seed(22);
    let (mut clusters, mut subsidised, mut isolated) = (0, 0, 0);
    for _ in 0..3_000 {
        let spec = Spec::random(&mut rng);
        let (_, trajectory) = run(&spec.toml());
        for (k, row) in trajectory.rows.iter().enumerate() {
            let sectors = trajectory.sectors_at(k);
            // A worker who leaves works in isolation: a cluster is no single worker's to start.
            let best_offer = sectors.iter().map(|s| s.v_Is).fold(0.0, f64::max);
            let tolerance = 1.0 + 1e-9;
            let earns = match row.regime {
                Regime::Closed => {
                    assert_eq!(row.subsidy, 0.0);
                    continue;
                }
                Regime::Cluster(i) => {
                    clusters += 1;
                    assert_eq!(row.w_P, sectors[i].v_Cl, "income is what the cluster earns, the subsidy is a transfer");
                    subsidised += usize::from(row.subsidy > 0.0);
                    sectors[i].v_Cl + row.subsidy
                }
                Regime::Isolation(i) => {
                    isolated += 1;
                    sectors[i].v_Is
                }
                Regime::Diversified => best_offer,
            };
            assert!(earns * tolerance >= best_offer, "k = {k}: {earns} against {best_offer}\n{}", spec.toml());
            // No more is paid than what holds the cluster.
            assert!(row.subsidy == 0.0 || close(earns, best_offer, 1e-12), "k = {k}: subsidy {}", row.subsidy);
            let marked: Vec<usize> = (0..sectors.len()).filter(|&i| sectors[i].cluster_P).collect();
            let standing: Vec<usize> = if let Regime::Cluster(i) = row.regime { vec![i] } else { Vec::new() };
            assert_eq!(marked, standing, "an open P has the one cluster it works in, or none");
        }
    }
    assert!(clusters > 10_000 && subsidised > 1_000 && isolated > 10_000, "{clusters} {subsidised} {isolated}");
}

#[test]
fn relabelling_sectors_permutes_the_output() {
    let mut rng = Rng::with_seed(23);
    for _ in 0..1_000 {
        let spec = Spec::random(&mut rng);
        let mut turned = spec.clone();
        turned.sectors.rotate_left(1);
        let n = spec.sectors.len();
        let ((_, one), (_, other)) = (run(&spec.toml()), run(&turned.toml()));
        for k in 0..one.rows.len() {
            let (a, b) = (&one.rows[k], &other.rows[k]);
            let name = |t: &Trajectory, r: Regime| r.sector().map(|i| t.sector_names[i].clone());
            assert_eq!(a.regime.name(), b.regime.name(), "k = {k}\n{}", spec.toml());
            assert_eq!(name(&one, a.regime), name(&other, b.regime));
            for (x, y) in [(a.w_P, b.w_P), (a.ln_real_income_P.exp(), b.ln_real_income_P.exp())] {
                assert!(close(x, y, 1e-12), "k = {k}: {x} against {y}");
            }
            for i in 0..n {
                let (x, y) = (one.sectors_at(k)[(i + 1) % n], other.sectors_at(k)[i]);
                assert!(close(x.z, y.z, 1e-14) && close(x.v_Cl, y.v_Cl, 1e-13), "k = {k}, sector {i}");
            }
        }
    }
}

/// The solver follows two sectors at a time; who is followed with whom must not show.
#[test]
fn equal_sectors_have_equal_paths_in_any_order() {
    let sector =
        |name: &str, y_p: f64, z_p: f64| format!("[sector.{name}]\nlambda = 1.2\ny_R = 1\ny_P = {y_p}\nZ_P = {z_p}\n");
    let mut rng = Rng::with_seed(29);
    for form in ["logistic", "nelson-phelps", "gompertz"] {
        for twins in [2, 3, 4, 5] {
            let (z, other) = (between(&mut rng, 0.1, 0.6), between(&mut rng, 0.1, 0.6));
            let head = format!(
                "schema_version = 1\n[time]\nhorizon = 600\n[growth]\nx = 0.02\n[catch_up]\nform = \"{form}\"\nbeta = 0.05\n\
                 [solver]\nrtol = 1e-4\natol = 1e-6\n"
            );
            let mut sectors: Vec<_> = (0..twins).map(|i| sector(&format!("twin{i}"), 1.0, z)).collect();
            sectors.push(sector("other", 0.2, other));
            let mut before: Option<Vec<Vec<u64>>> = None;
            for _ in 0..=twins {
                sectors.rotate_left(1);
                let (problem, path) = run(&(head.clone() + &sectors.concat()));
                let rows = (0..path.rows.len()).map(|k| {
                    let sectors = path.sectors_at(k);
                    let of = |name: &str| problem.sectors.iter().position(|own| own == name).expect("is there");
                    let twin = sectors[of("twin0")].z;
                    for i in 1..twins {
                        assert_eq!(sectors[of(&format!("twin{i}"))].z.to_bits(), twin.to_bits(), "{form}, k = {k}");
                    }
                    assert_eq!(path.rows[k].regime, Regime::Diversified, "{form}, {twins} twins, k = {k}");
                    vec![twin.to_bits(), sectors[of("other")].z.to_bits()]
                });
                let rows: Vec<_> = rows.collect();
                assert!(before.as_ref().is_none_or(|before| *before == rows), "{form}, {twins} twins");
                before = Some(rows);
            }
        }
    }
}

#[test]
fn units_of_goods_do_not_matter() {
    let mut rng = Rng::with_seed(24);
    for _ in 0..1_000 {
        let spec = Spec { rest: String::new(), ..Spec::random(&mut rng) };
        let mut scaled = spec.clone();
        for sector in &mut scaled.sectors {
            let unit = between(&mut rng, 0.01, 100.0);
            sector.y_r *= unit;
            sector.y_p *= unit;
        }
        let ((_, one), (_, other)) = (run(&spec.toml()), run(&scaled.toml()));
        for (k, (a, b)) in one.rows.iter().zip(&other.rows).enumerate() {
            assert!(close(a.w_P, b.w_P, 1e-13), "k = {k}: w_P {} against {}", a.w_P, b.w_P);
            assert!(close(a.income_gap(), b.income_gap(), 1e-13));
            assert_eq!(a.regime, b.regime);
        }
    }
}

#[test]
fn halving_the_period_leaves_the_path_alone_under_one_regime() {
    let mut rng = Rng::with_seed(25);
    for _ in 0..1_000 {
        let mut spec = Spec::random(&mut rng);
        // One regime: a cluster in s0, held whatever it costs; its benefit may build up.
        spec.rest = "[[policy]]\npromote = \"s0\"\nsustain = \"always\"\ntrade = \"open\"\n".to_owned();
        let mut halved = spec.clone();
        halved.period /= 2.0;
        let ((_, whole), (_, half)) = (run(&spec.toml()), run(&halved.toml()));
        for k in 0..whole.rows.len() {
            let (a, b) = (&whole.rows[k], &half.rows[2 * k]);
            assert!(close(a.w_P, b.w_P, 1e-9), "k = {k}: {} against {}\n{}", a.w_P, b.w_P, spec.toml());
            for (x, y) in whole.sectors_at(k).iter().zip(half.sectors_at(2 * k)) {
                assert!(close(x.z, y.z, 1e-9) && close(x.Z_P, y.Z_P, 1e-9), "k = {k}: z {} against {}", x.z, y.z);
            }
        }
    }
}

#[test]
fn real_incomes_differ_by_the_wage() {
    let mut rng = Rng::with_seed(26);
    for _ in 0..1_000 {
        let (problem, trajectory) = run(&Spec::random(&mut rng).toml());
        for (k, row) in trajectory.rows.iter().enumerate() {
            let sectors = &params(&problem, k).sectors;
            let rows = trajectory.sectors_at(k);
            // v_R = Π (α/p)^α, and v_P = w_P v_R by definition of w_P, open or closed.
            let v_R: f64 = sectors.iter().zip(rows).map(|(s, row)| (s.alpha / row.p).powf(s.alpha)).product();
            assert!(close(row.ln_real_income_R.exp(), v_R, 1e-12), "k = {k}");
            assert!(close(row.ln_real_income_P.exp(), row.w_P * v_R, 1e-12), "k = {k}");
            if row.regime == Regime::Closed {
                assert!(rows.iter().all(|row| row.g == 0.0), "no trade, no spillovers");
            }
        }
    }
}

#[test]
fn the_resolved_scenario_gives_the_same_path() {
    let mut rng = Rng::with_seed(27);
    for _ in 0..500 {
        let spec = Spec::random(&mut rng);
        let scenario = parse(&spec.toml(), &[]).expect("valid");
        let again = parse(&scenario.resolved(), &[]).unwrap_or_else(|report| panic!("{}", report.render(false)));
        assert_eq!(again.resolved(), scenario.resolved(), "a fixed point");
        assert_eq!(again.problem, scenario.problem);
    }
}

/// What runs before left in memory, failed ones among them, must not show in the next; nor how wide the vectors are.
#[test]
fn an_engine_used_before_measures_what_a_fresh_run_does_at_every_level() {
    let mut rng = Rng::with_seed(29);
    let mut engines: Vec<Engine> = Level::ALL.into_iter().filter_map(Engine::at_level).collect();
    let mut failed = 0;
    for case in 0..1_200 {
        let mut spec = Spec::random(&mut rng);
        if case % 3 == 0 {
            // Some of these blow up.
            spec.catch_up = "form = \"literal\"\nbeta = 0.4".to_owned();
            spec.rest = String::new();
        }
        if case % 3 == 1 {
            // As long as the blocks in which dates are found, and over their ends.
            spec.horizon = spec.period * [256.0, 257.0, 300.0, 512.0, 700.0][case / 3 % 5];
        }
        let scenario = parse(&spec.toml(), &[]).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let alone = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped").measures;
        failed += usize::from(alone.error.is_some());
        for engine in &mut engines {
            let after = engine.measure(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
            assert_eq!(&alone, after, "{}", spec.toml());
        }
    }
    assert!(failed > 50, "{failed} runs failed");
}
