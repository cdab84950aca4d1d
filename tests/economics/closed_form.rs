//! Protects the integration: z at every t_k, the last included, against the closed forms M4–M6 written out here
//! a second time, for both regions.

#![expect(non_snake_case, reason = "the field's symbols: Z_R, z_P")]

use catchup::control::Control;
use catchup::integrate::{Method, Solver};
use catchup::model::catch_up::{CatchUp, Form};
use catchup::model::grid::Grid;
use catchup::model::params::{Params, Sector};
use catchup::model::policy::{Payer, Policy, Promote, Selection, Sustain, Trade};
use catchup::model::problem::{Epoch, Problem, Window};
use catchup::simulate::simulate;
use catchup::trajectory::Trajectory;
use fastrand::Rng;

fn between(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.f64()
}

fn log_between(rng: &mut Rng, low: f64, high: f64) -> f64 {
    between(rng, low.ln(), high.ln()).exp()
}

/// Two sectors under one regime for ever: a cluster of P in the first, held whatever it costs.
fn constant_regime(rng: &mut Rng, form: Form) -> Problem {
    let shape = if form == Form::Verspagen { between(rng, 0.3, 3.0) } else { between(rng, -1.0, 1.0) };
    let sector = |rng: &mut Rng| Sector {
        lambda: between(rng, 1.0, 2.5),
        alpha: 0.5,
        y_R: 1.0,
        y_P: between(rng, 0.3, 1.5),
        x: between(rng, 0.0, 0.05),
        cluster_R: rng.f64() < 0.8,
        catch_up: CatchUp { form, beta: log_between(rng, 0.005, 0.4), shape },
    };
    let params = Params { sectors: vec![sector(rng), sector(rng)], tau: 0.0 };
    let grid = Grid { start: 0.0, period: [0.25, 1.0, 5.0][rng.usize(0..3)], periods: rng.usize(20..250) };
    Problem {
        sectors: vec!["a".into(), "b".into()],
        grid,
        Z_R: vec![log_between(rng, 0.5, 2.0), log_between(rng, 0.5, 2.0)],
        Z_P: vec![log_between(rng, 0.02, 3.0), log_between(rng, 0.02, 3.0)],
        epochs: vec![Epoch { k: 0, params, shocks: Vec::new() }],
        start: None,
        selection: Selection::History,
        trade: Trade::Open,
        closed_clusters: vec![false, false],
        policies: vec![Policy {
            from: 0.0,
            until: None,
            promote: Some(Promote::Sector(0)),
            sustain: Sustain::Always,
            funded_by: Payer::P,
            trade: None,
        }],
        // Without one there are no present values, which cost more than the path and have tests of their own.
        discount_rate: 0.0,
        window: Window::Infinite,
        cost_of_funds: 1.0,
        size: None,
    }
}

fn path(problem: &Problem, method: Method) -> Trajectory {
    simulate(problem, Solver { method, ..Solver::default() }, &Control::default()).expect("not stopped")
}

/// Growth (of ln Z) of the two regions over t years.
#[derive(Debug, Clone, Copy)]
struct Growth {
    R: f64,
    P: f64,
}

/// M4 to M6 of one sector: `x` is the growth by learning of each region, z_0 = Z_P/Z_R at the start. `None` once `literal`
/// has blown up.
fn closed_form(catch_up: &CatchUp, x: Growth, z_0: f64, t: f64) -> Option<Growth> {
    let L = z_0.ln();
    if catch_up.form == Form::Literal {
        let (beta, d) = (catch_up.beta, x.R - x.P);
        let inverse = if d == 0.0 { 1.0 / z_0 - beta * t } else { beta / d + (1.0 / z_0 - beta / d) * (d * t).exp() };
        return (inverse > 0.0).then(|| Growth { R: x.R * t, P: x.R * t - inverse.ln() - L });
    }
    Some(if L <= 0.0 {
        let [leader, follower] = behind(catch_up, [x.R, x.P], L, t);
        Growth { R: leader, P: follower }
    } else {
        let [leader, follower] = behind(catch_up, [x.P, x.R], -L, t);
        Growth { R: follower, P: leader }
    })
}

/// Growth of the region ahead and of the one behind: its productivity is e^L of the other's, L ≤ 0; neither form `literal`.
fn behind(catch_up: &CatchUp, x: [f64; 2], L: f64, t: f64) -> [f64; 2] {
    let CatchUp { form, beta, shape } = *catch_up;
    let s = exponent(form, shape);
    let d = x[0] - x[1];
    let k = beta - s * d;
    let g_0 = if s == 0.0 { -beta * L } else { -beta * (s * L).exp_m1() / s };
    let meets = match form {
        Form::Constant => -L / (beta - d),
        _ => {
            let T_star = g_0 / (beta * (g_0 - d));
            if k == 0.0 { T_star } else { -(-k * T_star).ln_1p() / k }
        }
    };
    let level = if form == Form::Constant { beta - d > 0.0 } else { d < 0.0 };
    if level && t >= meets {
        let (met, rest) = ([x[0] * meets, x[0] * meets - L], t - meets);
        if form == Form::Constant && d.abs() <= beta {
            return met.map(|growth| growth + x[0].max(x[1]) * rest);
        }
        // They change places.
        let [leader, follower] = behind(catch_up, [x[1], x[0]], 0.0, rest);
        return [met[0] + follower, met[1] + leader];
    }
    let T = if k == 0.0 { t } else { -(-k * t).exp_m1() / k };
    let moved = match form {
        Form::Constant => (beta - d) * t,
        _ if s == 0.0 => -T * (d - g_0),
        _ => -(s * T * (d - g_0)).ln_1p() / s,
    };
    [x[0] * t, x[0] * t + moved]
}

fn exponent(form: Form, shape: f64) -> f64 {
    match form {
        Form::Logistic => 1.0,
        Form::NelsonPhelps => -1.0,
        Form::Gompertz => 0.0,
        _ => shape,
    }
}

#[test]
fn both_integrators_follow_the_closed_form_at_every_date() {
    let forms = Form::ALL.into_iter().filter(|form| form.has_closed_form());
    let mut scenarios = 0;
    for (index, form) in forms.enumerate() {
        let mut rng = Rng::with_seed(100 + index as u64);
        for case in 0..1_700 {
            scenarios += 1;
            let problem = constant_regime(&mut rng, form);
            for method in Method::ALL {
                let trajectory = path(&problem, method);
                let mut blown_up = false;
                for k in 0..=problem.grid.periods {
                    let t = k as f64 * problem.grid.period;
                    for (i, sector) in problem.epochs[0].params.sectors.iter().enumerate() {
                        let x = Growth {
                            R: if sector.cluster_R { sector.x } else { 0.0 },
                            P: if i == 0 { sector.x } else { 0.0 },
                        };
                        let z_0 = problem.Z_P[i] / problem.Z_R[i];
                        let beta = sector.catch_up.beta;
                        let Some(growth) = closed_form(&sector.catch_up, x, z_0, t) else {
                            blown_up = true;
                            continue;
                        };
                        let z = z_0 * (growth.P - growth.R).exp();
                        let Some(row) = trajectory.sectors.get(2 * k + i) else { continue };
                        // Just before a blow-up z multiplies whatever error its time carries.
                        let amplified = if form == Form::Literal { (z * t * beta).max(1.0) } else { 1.0 };
                        // The closed form itself is right to rounding.
                        let tolerance = |grown: f64| match method {
                            Method::Exact => 1e-12 * amplified * (1.0 + grown.abs()),
                            Method::Dopri5 => 1e-9 * amplified,
                        };
                        let error = (row.z / z - 1.0).abs();
                        let at = format!("{form:?} case {case} {method:?} k = {k} sector {i}: {} against {z}", row.z);
                        assert!(error <= tolerance(z.ln()), "{at}: off by {error:e}");
                        for (got, grown, region) in
                            [(row.Z_R / problem.Z_R[i], growth.R, "R"), (row.Z_P / problem.Z_P[i], growth.P, "P")]
                        {
                            let error = (got.ln() - grown).abs();
                            assert!(error <= tolerance(grown), "{at}: Z_{region} off by {error:e}");
                        }
                        let motion = sector.motion(i == 0, Trade::Open);
                        let grown = motion.growth_R(z_0, z, t, motion.parity_after(z_0));
                        assert!(
                            (grown - growth.R).abs() < 1e-12 * (1.0 + growth.R),
                            "{at}: {grown} against {growth:?}"
                        );
                        let ln_z = motion.ln_z_after(z_0, t).expect("no blow-up");
                        let error = (ln_z - z.ln()).abs();
                        assert!(error <= 1e-12 * amplified * (1.0 + ln_z.abs()), "{at}: ln z off by {error:e}");
                    }
                    if blown_up {
                        break;
                    }
                }
                let complete = trajectory.rows.len() == problem.grid.periods + 1;
                assert_eq!(complete, trajectory.failure.is_none());
                assert_eq!(complete, !blown_up, "{form:?} case {case} {method:?}: {:?}", trajectory.failure);
            }
        }
    }
    assert!(scenarios >= 10_000);
}

#[test]
fn steady_states_solve_g_equals_d() {
    let mut rng = Rng::with_seed(11);
    let (mut found, mut none) = (0, 0);
    for _ in 0..5_000 {
        let form = Form::ALL[rng.usize(0..5)];
        let shape = if form == Form::Verspagen { between(&mut rng, 0.3, 3.0) } else { between(&mut rng, -1.0, 1.0) };
        let catch_up = CatchUp { form, beta: log_between(&mut rng, 0.005, 0.4), shape };
        let d = between(&mut rng, 0.001, 0.05);
        let s = exponent(form, shape);
        match catch_up.z_hat(d) {
            Some(z) => {
                found += 1;
                assert!(z > 0.0 && z <= 1.0, "{catch_up:?} d = {d}: ẑ = {z}");
                assert!(
                    (catch_up.g(z, d) / d - 1.0).abs() < 1e-9,
                    "{catch_up:?} d = {d}: g({z}) = {}",
                    catch_up.g(z, d)
                );
            }
            None => {
                none += 1;
                let (beta, delta) = (catch_up.beta, shape);
                let too_weak =
                    if form == Form::Verspagen { d > beta * delta / std::f64::consts::E } else { beta <= s * d };
                assert!(too_weak, "{catch_up:?} d = {d}");
            }
        }
    }
    assert!(found > 1_000 && none > 100);
}

/// d ln z/dt = g(z) − d falls by `speed` for every unit of ln z near ẑ.
#[test]
fn a_speed_of_convergence_determines_beta() {
    let mut rng = Rng::with_seed(13);
    let mut settled = 0;
    for _ in 0..5_000 {
        let form = Form::ALL[rng.usize(0..4)];
        let s = between(&mut rng, -1.0, 1.0);
        let (speed, d) = (between(&mut rng, 0.005, 0.2), between(&mut rng, 0.0, 0.05));
        let beta = CatchUp::beta_from_speed(form, s, speed, d).expect("these forms take a speed");
        let catch_up = CatchUp { form, beta, shape: s };
        let Some(z_hat) = catch_up.z_hat(d).filter(|z_hat| beta > 0.0 && (0.01..0.99).contains(z_hat)) else {
            continue;
        };
        let h = 1e-5_f64;
        let slope = (catch_up.g(z_hat * h.exp(), d) - catch_up.g(z_hat * (-h).exp(), d)) / (2.0 * h);
        assert!((slope / -speed - 1.0).abs() < 1e-6, "{catch_up:?} d = {d}: {slope} against {}", -speed);
        settled += 1;
    }
    assert!(settled > 1_000, "{settled}");
    assert_eq!(CatchUp::beta_from_speed(Form::Verspagen, 1.0, 0.02, 0.01), None);
}

#[test]
fn z_hat_determines_beta() {
    let mut rng = Rng::with_seed(12);
    for _ in 0..5_000 {
        let form = Form::ALL[rng.usize(0..4)];
        let s = between(&mut rng, -1.0, 1.0);
        let (z_hat, x) = (between(&mut rng, 0.05, 0.95), between(&mut rng, 0.001, 0.05));
        let beta = CatchUp::beta_from_z_hat(form, s, z_hat, x).expect("these forms take ẑ");
        let back = CatchUp { form, beta, shape: s }.z_hat(x).expect("a steady state");
        assert!((back / z_hat - 1.0).abs() < 1e-9, "{form:?} s = {s}: {back} against {z_hat}");
    }
}
