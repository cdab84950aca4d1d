//! Protects the integration: z at every t_k, the last included, against the closed forms M4–M6 written out here
//! a second time; `verspagen`, which has none, against a fixed-step Runge–Kutta reference that is itself halved.

#![expect(non_snake_case, reason = "the field's symbols: Z_R, z_P")]

use catchup::control::Control;
use catchup::integrate::{Method, Solver};
use catchup::model::catch_up::{CatchUp, Form};
use catchup::model::grid::Grid;
use catchup::model::motion::Motion;
use catchup::model::params::{Params, Sector};
use catchup::model::policy::{Payer, Policy, Selection, Sustain, Trade};
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
            promote: Some(0),
            sustain: Sustain::Always,
            funded_by: Payer::P,
            trade: None,
        }],
        discount_rate: 0.03,
        window: Window::Infinite,
        cost_of_funds: 1.0,
        size: None,
    }
}

fn path(problem: &Problem, method: Method) -> Trajectory {
    simulate(problem, Solver { method, ..Solver::default() }, &Control::default()).expect("not stopped")
}

/// M4 and M5: z after t years, `None` once `literal` has blown up.
fn z_closed_form(form: Form, beta: f64, s: f64, d: f64, z_0: f64, t: f64) -> Option<f64> {
    let L = z_0.ln();
    match form {
        Form::Constant if z_0 < 1.0 => {
            let meets = -L / (beta - d);
            if beta > d && t >= meets {
                return Some(if d <= 0.0 { (-d * (t - meets)).exp() } else { 1.0 });
            }
            Some(z_0 * ((beta - d) * t).exp())
        }
        Form::Literal => {
            let inverse =
                if d == 0.0 { 1.0 / z_0 - beta * t } else { beta / d + (1.0 / z_0 - beta / d) * (d * t).exp() };
            (inverse > 0.0).then_some(1.0 / inverse)
        }
        _ if z_0 > 1.0 => {
            let meets = L / d;
            if d <= 0.0 || t <= meets { Some(z_0 * (-d * t).exp()) } else { from_parity(form, beta, s, d, t - meets) }
        }
        _ => {
            let g_0 = if s == 0.0 { -beta * L } else { -beta * (s * L).exp_m1() / s };
            let k = beta - s * d;
            let T = |t: f64| if k == 0.0 { t } else { -(-k * t).exp_m1() / k };
            if d < 0.0 {
                let T_star = g_0 / (beta * (g_0 - d));
                let meets = if k == 0.0 { T_star } else { -(-k * T_star).ln_1p() / k };
                if t >= meets {
                    return Some((-d * (t - meets)).exp());
                }
            }
            let ln_z = if s == 0.0 { L - T(t) * (d - g_0) } else { L - (s * T(t) * (d - g_0)).ln_1p() / s };
            Some(ln_z.exp())
        }
    }
}

/// From z = 1 downwards, d > 0.
fn from_parity(form: Form, beta: f64, s: f64, d: f64, t: f64) -> Option<f64> {
    if form == Form::Constant {
        return Some(if beta >= d { 1.0 } else { ((beta - d) * t).exp() });
    }
    let k = beta - s * d;
    let T = if k == 0.0 { t } else { -(-k * t).exp_m1() / k };
    Some(if s == 0.0 { -T * d } else { -(s * T * d).ln_1p() / s }.exp())
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
                        let c_R = f64::from(u8::from(sector.cluster_R));
                        let c_P = if i == 0 { 1.0 } else { 0.0 };
                        let d = (c_R - c_P) * sector.x;
                        let z_0 = problem.Z_P[i] / problem.Z_R[i];
                        let CatchUp { beta, shape, .. } = sector.catch_up;
                        let Some(z) = z_closed_form(form, beta, exponent(form, shape), d, z_0, t) else {
                            blown_up = true;
                            continue;
                        };
                        let Some(row) = trajectory.sectors.get(2 * k + i) else { continue };
                        // Just before a blow-up z multiplies whatever error its time carries.
                        let amplified = if form == Form::Literal { (z * t * beta).max(1.0) } else { 1.0 };
                        let error = (row.z / z - 1.0).abs();
                        let at = format!("{form:?} case {case} {method:?} k = {k} sector {i}: {} against {z}", row.z);
                        assert!(error <= 1e-9 * amplified, "{at}: off by {error:e}");
                        let Z_R = problem.Z_R[i] * (c_R * sector.x * t).exp();
                        assert!((row.Z_R / Z_R - 1.0).abs() < 1e-12, "{at}: Z_R");
                        assert!((row.Z_P / (z * Z_R) - 1.0).abs() <= 1e-9 * amplified, "{at}: Z_P");
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

/// d ln z/dt by classical Runge–Kutta with `steps` steps a year, z = 1 being no kink in the cases below.
fn runge_kutta(motion: &Motion, z_0: f64, years: usize, steps: usize) -> Vec<f64> {
    let h = 1.0 / steps as f64;
    let mut u = z_0.ln();
    let mut path = vec![z_0];
    for _ in 0..years {
        for _ in 0..steps {
            let k1 = motion.rate(u);
            let k2 = motion.rate(u + h / 2.0 * k1);
            let k3 = motion.rate(u + h / 2.0 * k2);
            let k4 = motion.rate(u + h * k3);
            u += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
        }
        path.push(u.exp());
    }
    path
}

#[test]
fn verspagen_follows_a_step_halved_reference() {
    let mut rng = Rng::with_seed(7);
    for case in 0..300 {
        let mut problem = constant_regime(&mut rng, Form::Verspagen);
        problem.grid.period = 1.0;
        // Below the frontier and with d ≥ 0 the motion is smooth throughout.
        problem.epochs[0].params.sectors.iter_mut().for_each(|sector| sector.cluster_R = true);
        problem.Z_P = problem.Z_R.iter().map(|Z_R| Z_R * log_between(&mut rng, 0.02, 0.99)).collect();
        let trajectory = path(&problem, Method::Dopri5);
        for i in 0..2 {
            let sector = &problem.epochs[0].params.sectors[i];
            let motion = sector.motion(i == 0, Trade::Open);
            let beta = sector.catch_up.beta;
            let delta = sector.catch_up.shape;
            // The right-hand side is the form's own formula.
            let G: f64 = 0.7;
            assert!((motion.rate(-G) - (beta * G * (-G / delta).exp() - motion.d())).abs() < 1e-15);
            let z_0 = problem.Z_P[i] / problem.Z_R[i];
            let years = problem.grid.periods;
            let (whole, half) = (runge_kutta(&motion, z_0, years, 20), runge_kutta(&motion, z_0, years, 40));
            for k in 0..=years {
                // Halving the step shows how far the reference can be trusted.
                let trust = (whole[k] / half[k] - 1.0).abs();
                let error = (trajectory.sectors[2 * k + i].z / half[k] - 1.0).abs();
                assert!(
                    error <= 1e-9 + trust,
                    "case {case} sector {i} k = {k}: off by {error:e}, reference by {trust:e}"
                );
            }
        }
    }
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
