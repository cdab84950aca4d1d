//! Protects the motion of one sector's z on both sides of 1: against fixed-step Runge–Kutta on the model's own lines, itself
//! halved; against the limits that `docs/model.md` §5 gives; and one method against the other.

#![expect(non_snake_case, reason = "the field's symbols: x_R, Z_P")]

use catchup::control::Control;
use catchup::integrate::{Course, Method, Path, Reason, Solver, parity_after, z_at};
use catchup::model::catch_up::{CatchUp, Form};
use catchup::model::motion::Motion;
use catchup::scenario::parse;
use catchup::simulate::simulate;
use fastrand::Rng;

fn between(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.f64()
}

fn log_between(rng: &mut Rng, low: f64, high: f64) -> f64 {
    between(rng, low.ln(), high.ln()).exp()
}

fn random_motion(rng: &mut Rng, form: Form) -> Motion {
    let shape = if form == Form::Verspagen { between(rng, 0.3, 3.0) } else { between(rng, -1.0, 1.0) };
    let learning = |rng: &mut Rng| if rng.f64() < 0.3 { 0.0 } else { between(rng, 0.0, 0.06) };
    let (x_R, x_P) = (learning(rng), learning(rng));
    let catch_up = CatchUp { form, beta: log_between(rng, 0.005, 0.4), shape };
    Motion { catch_up: (rng.f64() < 0.95).then_some(catch_up), x_R, x_P }
}

/// g of the table in `docs/model.md` §2, z < 1; `constant` and `literal` apart.
fn g(catch_up: &CatchUp, z: f64) -> f64 {
    let CatchUp { form, beta, shape } = *catch_up;
    match form {
        Form::Logistic => beta * (1.0 - z),
        Form::NelsonPhelps => beta * (1.0 / z - 1.0),
        Form::Gompertz => -beta * z.ln(),
        Form::BenhabibSpiegel => beta / shape * (1.0 - z.powf(shape)),
        Form::Verspagen => -beta * z.ln() * (z.ln() / shape).exp(),
        Form::Constant | Form::Literal => unreachable!("not smooth, or not by region"),
    }
}

/// M1 and M2: growth of Z_R and of Z_P where ln Z_P − ln Z_R is `ln_z`.
fn rates(motion: &Motion, ln_z: f64) -> [f64; 2] {
    let Some(catch_up) = &motion.catch_up else { return [motion.x_R, motion.x_P] };
    let z = ln_z.exp();
    if z < 1.0 {
        [motion.x_R, motion.x_P + g(catch_up, z)]
    } else if z > 1.0 {
        [motion.x_R + g(catch_up, 1.0 / z), motion.x_P]
    } else {
        [motion.x_R, motion.x_P]
    }
}

/// ln Z_R and ln Z_P at every year from [0, ln z_0], classical Runge–Kutta with `steps` steps a year.
fn runge_kutta(motion: &Motion, z_0: f64, years: usize, steps: usize) -> Vec<[f64; 2]> {
    let h = 1.0 / steps as f64;
    let at = |[r, p]: [f64; 2], by: f64, [dr, dp]: [f64; 2]| [r + by * dr, p + by * dp];
    let rate = |[r, p]: [f64; 2]| rates(motion, p - r);
    let mut now = [0.0, z_0.ln()];
    let mut path = vec![now];
    for _ in 0..years {
        for _ in 0..steps {
            let k1 = rate(now);
            let k2 = rate(at(now, h / 2.0, k1));
            let k3 = rate(at(now, h / 2.0, k2));
            let k4 = rate(at(now, h, k3));
            let mean = [0, 1].map(|j| (k1[j] + 2.0 * k2[j] + 2.0 * k3[j] + k4[j]) / 6.0);
            now = at(now, h, mean);
        }
        path.push(now);
    }
    path
}

/// z at every year by one path of the engine, and the first year by which it has met 1.
fn dates(motion: &Motion, method: Method, z_0: f64, years: usize) -> (Vec<f64>, Option<usize>) {
    let mut path = Path::default();
    path.renew(Solver { method, ..Solver::default() }, 1.0, years);
    path.start(*motion, 0, z_0).expect("a moment at which z meets 1");
    ((0..=years).map(|k| path.z(k, years).expect("a path without end")).collect(), path.parity_period())
}

const SMOOTH: [Form; 5] = [Form::Logistic, Form::NelsonPhelps, Form::Gompertz, Form::BenhabibSpiegel, Form::Verspagen];

#[test]
fn both_regions_follow_a_step_halved_reference_on_both_sides_of_parity() {
    let years = 120;
    let mut crossings = [0, 0];
    for (index, form) in SMOOTH.into_iter().enumerate() {
        let mut rng = Rng::with_seed(200 + index as u64);
        for case in 0..200 {
            let motion = random_motion(&mut rng, form);
            let z_0 = log_between(&mut rng, 0.03, 30.0);
            let (whole, half) = (runge_kutta(&motion, z_0, years, 24), runge_kutta(&motion, z_0, years, 48));
            let parity = parity_after(&motion, Solver::default(), z_0).expect("a moment");
            let paths = Method::ALL.map(|method| {
                let wanted = method == Method::Dopri5 || form.has_closed_form();
                wanted.then(|| dates(&motion, method, z_0, years))
            });
            let sides = half.iter().map(|[r, p]| p - r);
            let crossing = (1..=years).find(|&k| sides.clone().nth(k).is_some_and(|ln_z| ln_z * z_0.ln() < -1e-9));
            assert_eq!(
                parity.filter(|parity| *parity < years as f64).is_some(),
                crossing.is_some(),
                "{motion:?} from {z_0}"
            );
            crossings[usize::from(z_0 > 1.0)] += usize::from(crossing.is_some());
            for (_, met) in paths.iter().flatten().filter(|_| crossing.is_some()) {
                assert_eq!(*met, crossing, "{motion:?} from {z_0}");
            }
            for k in 0..=years {
                // Halving the step shows how far the reference can be trusted, the kink of its second derivative included.
                let trust = 2.0 * (0..2).map(|j| (whole[k][j] - half[k][j]).abs()).fold(0.0, f64::max);
                let ln_z = half[k][1] - half[k][0];
                let at = format!("{motion:?} case {case} from {z_0} at {k}");
                let z = z_at(&motion, Solver::default(), z_0, k as f64).expect("a path without end");
                for z in paths.iter().flatten().map(|(z, _)| z[k]).chain([z]) {
                    let error = (z.ln() - ln_z).abs();
                    assert!(error <= 1e-9 + trust, "{at}: {z} off by {error:e}, reference by {trust:e}");
                }
                let error = (motion.growth_R(z_0, z, k as f64, parity) - half[k][0]).abs();
                assert!(error <= 1e-9 + trust, "{at}: Z_R off by {error:e}, reference by {trust:e}");
            }
        }
    }
    assert!(crossings.into_iter().all(|of| of > 50), "{crossings:?}");
}

/// In whatever order a course is asked for its moments, it is what an integration to each of them gives.
#[test]
fn a_course_goes_where_single_integrations_go() {
    let mut rng = Rng::with_seed(41);
    let mut met = 0;
    for case in 0..300 {
        let motion = random_motion(&mut rng, Form::Verspagen);
        let (z_0, solver) = (log_between(&mut rng, 0.03, 30.0), Solver::default());
        let mut course = Course::new(&motion, solver, z_0).expect("not stiff");
        met += usize::from(course.parity().is_some());
        for _ in 0..20 {
            let t = log_between(&mut rng, 0.01, 5_000.0);
            let (found, expected) = (course.z(t), z_at(&motion, solver, z_0, t));
            let [found, expected] = [found, expected].map(|z| z.expect("it leads there").ln());
            let close = (found - expected).abs() <= 1e-9 * (1.0 + expected.abs());
            assert!(close, "{motion:?} case {case} from {z_0}: ln z({t}) = {found}, not {expected}");
        }
    }
    assert!(met > 30, "{met} courses meet 1");
}

#[test]
fn paths_end_where_their_limits_say() {
    let mut rng = Rng::with_seed(31);
    let (mut finite, mut zero, mut infinite, mut slow) = (0, 0, 0, 0);
    for case in 0..6_000 {
        let form = Form::ALL[rng.usize(0..Form::ALL.len())];
        let motion = random_motion(&mut rng, form);
        let z_0 = log_between(&mut rng, 0.03, 30.0);
        let (limit, rate) = (motion.limit(z_0), motion.limit_rate(z_0));
        let at = format!("case {case}: {motion:?} from {z_0}: limit {limit}, rate {rate}");
        let blows_up = motion.catch_up.is_some() && form == Form::Literal && limit == f64::INFINITY;
        if blows_up {
            assert!(rate == f64::INFINITY, "{at}");
            let failure = z_at(&motion, Solver::default(), z_0, 1e6).expect_err("a blow-up");
            assert_eq!(failure.reason, Reason::BlowUp);
            continue;
        }
        // ln z where it has one, else what falls short of it: verspagen's own path has no formula.
        let ln_z = |t: f64| match motion.ln_z_after(z_0, t) {
            Ok(ln_z) if !ln_z.is_nan() => ln_z,
            _ => z_at(&motion, Solver::default(), z_0, t).expect("a path without end").ln(),
        };
        if limit > 0.0 && limit.is_finite() {
            finite += 1;
            assert_eq!(rate, 0.0, "{at}");
            let [near, far] = [3e3, 1e6].map(ln_z);
            // Beside a double root, or where β − s d is next to nothing, a path takes its time.
            if (near - limit.ln()).abs() > 1e-6 {
                slow += 1;
            }
            assert!((far - limit.ln()).abs() < 1e-8 * (1.0 + far.abs()), "{at}: {near} {far}");
        } else {
            let sign = if limit == 0.0 { -1.0 } else { 1.0 };
            *(if limit == 0.0 { &mut zero } else { &mut infinite }) += 1;
            assert!(rate * sign >= 0.0, "{at}");
            // verspagen's z itself must be a number here.
            let t = if motion.catch_up.is_some() && form == Form::Verspagen { 500.0 / rate.abs() } else { 1e5 };
            let (before, after) = (ln_z(0.9 * t), ln_z(t));
            let mean = (after - before) / (0.1 * t);
            assert!((mean - rate).abs() < 1e-4 + 1e-6 * rate.abs(), "{at}: {mean}");
            assert!(after * sign > 3.0, "{at}: ln z = {after}");
        }
    }
    assert!(finite > 1_000 && zero > 300 && infinite > 300 && slow < 100, "{finite} {zero} {infinite} {slow}");
}

#[test]
fn a_stiff_run_gives_up_in_seconds_and_says_what_helps() {
    for (form, helps) in [(Form::Logistic, "method = \"exact\""), (Form::Verspagen, "a smaller beta")] {
        let motion = |x_P| Motion { catch_up: Some(CatchUp { form, beta: 1e6, shape: 1.0 }), x_R: 0.02, x_P };
        let mut path = Path::default();
        path.renew(Solver::default(), 2.0, 200);
        // The regime changes every other date, so that no single piece is long.
        let (mut k, mut z, mut failure) = (0, 0.4, None);
        while failure.is_none() && k < 20 {
            path.start(motion(if k % 4 == 0 { 0.0 } else { 0.01 }), k, z).expect("nothing to be met");
            match path.z(k + 2, k + 2) {
                Ok(next) => (k, z) = (k + 2, next),
                Err(why) => failure = Some(why),
            }
        }
        let failure = failure.expect("two million steps last for four periods or so");
        assert!(failure.reason == Reason::StepLimit && failure.period < 8.0, "{failure:?}");
        assert!(failure.reason.describe(form).contains(helps));
    }
}

#[test]
fn no_date_is_reached_from_a_blow_up_on() {
    let mut rng = Rng::with_seed(41);
    for case in 0..500 {
        let beta = log_between(&mut rng, 0.01, 0.5);
        let d = if case % 3 == 0 { 0.0 } else { between(&mut rng, -0.05, 0.05) };
        let motion = Motion {
            catch_up: Some(CatchUp { form: Form::Literal, beta, shape: 0.0 }),
            x_R: d.max(0.0),
            x_P: (-d).max(0.0),
        };
        // 1/z falls to 0 in the moment of a date: M5 solved for z_0, the last digits being what they are.
        let years = rng.usize(2..60);
        let grown = if d == 0.0 { years as f64 } else { -(-d * years as f64).exp_m1() / d };
        let z_0 = 1.0 / (beta * grown);
        for method in Method::ALL {
            let mut path = Path::default();
            path.renew(Solver { method, ..Solver::default() }, 1.0, 100);
            path.start(motion, 0, z_0).expect("a moment at which z meets 1");
            assert!(path.z(years - 1, 100).is_ok(), "{motion:?} {method:?} {years}");
            let failure = path.z(years, 100).expect_err("infinite there");
            assert_eq!(failure.reason, Reason::BlowUp, "{motion:?} {method:?} {years}");
            assert!((failure.period - years as f64).abs() < 1e-9, "{motion:?} {method:?}: {failure:?}, not {years}");
        }
    }
}

#[test]
fn a_crossing_too_slow_for_numbers_is_an_approach() {
    for form in SMOOTH {
        for x_P in [1e-12, 1e-17, 1e-300] {
            let motion = Motion { catch_up: Some(CatchUp { form, beta: 0.05, shape: 0.8 }), x_R: 0.0, x_P };
            for method in Method::ALL.into_iter().filter(|&method| method == Method::Dopri5 || form.has_closed_form()) {
                let z = dates(&motion, method, 0.4, 3_000).0[3_000];
                assert!((z - 1.0).abs() < 1e-8, "{motion:?} {method:?}: {z}");
            }
        }
    }
}

/// Where z is too near 0 to be a number, its logarithm goes on at the rate of its limit.
#[test]
fn what_falls_behind_without_end_does_so_beyond_every_number() {
    let world = "schema_version = 1\ntime.horizon = 50\ngrowth.x = 0.02\n[catch_up]\nform = \"verspagen\"\nbeta = 0.05\n\
                 delta = 0.5\n[sector.cloth]\nlambda = 1.4\ny_R = 1\ny_P = 1\nZ_P = 0.05\n[sector.chips]\nlambda = 1.2\n\
                 y_R = 1\ny_P = 1\n";
    let scenario = parse(world, &[]).expect("a valid world");
    let path = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
    let state = path.spells.state(&scenario.problem, 0);
    // By then nothing spills over, and z is still a number; later ones are none.
    let (held, at) = (20_000.0, state.ln_z_in(0, 20_000.0));
    assert!((-420.0..-380.0).contains(&at), "{at}");
    for years in [31_000.0, 90_000.0, 250_000.0] {
        let (found, expected) = (state.ln_z_in(0, years), at - 0.02 * (years - held));
        assert!((found - expected).abs() < 1e-6 * expected.abs(), "{years}: {found} {expected}");
    }
}
