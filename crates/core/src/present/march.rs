//! Integrals over time, panel by panel: where the dates are too far apart, and on the path after them.

use crate::math::exp;
use crate::spells::State;

/// Nodes and weights of Gauss–Kronrod 7–15 on [−1, 1], those ≥ 0.
const NODES: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_4,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_47,
    0.0,
];
const KRONROD: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_55,
    0.104_790_010_322_250_19,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_4,
    0.204_432_940_075_298_9,
    0.209_482_141_084_727_82,
];
/// Those of the nodes 1, 3, 5, 7.
const GAUSS: [f64; 4] =
    [0.129_484_966_168_869_7, 0.279_705_391_489_276_64, 0.381_830_050_505_118_9, 0.417_959_183_673_469_4];

/// Error of a panel as a share of the whole.
const TOLERANCE: f64 = 2e-12;
/// Share of the whole below which what is left of an endless path counts for nothing.
const NEGLIGIBLE: f64 = 1e-13;
/// Rounding of an integrand, per year, as a share of earnings or of a logarithm near 1.
const NOISE: f64 = 4e-15;
/// ρt up to which an endless path is followed in any case: what is 0 now may come back.
const PATIENCE: f64 = 37.0;
/// Panels after which an integral is given up.
const PANELS: usize = 20_000;

/// ∫ f, ∫ |f| and a bound of the error of the former, on [0, width].
fn panel(width: f64, f: impl Fn(f64) -> f64) -> [f64; 3] {
    let half = 0.5 * width;
    let (mut fine, mut coarse, mut size) = (0.0, 0.0, 0.0);
    for (j, (node, weight)) in NODES.into_iter().zip(KRONROD).enumerate() {
        let (a, b) = (f(half * (1.0 - node)), if node == 0.0 { 0.0 } else { f(half * (1.0 + node)) });
        fine += weight * (a + b);
        size += weight * (a.abs() + b.abs());
        if j % 2 == 1 {
            coarse += GAUSS[j / 2] * (a + b);
        }
    }
    let (fine, coarse, size) = (fine * half, coarse * half, size * half);
    // Of a smooth function the finer rule is off by far less than this; of one with a bend it may be by as much.
    [fine, size, (fine - coarse).abs()]
}

/// ∫_0^years e^(−ρt) f(state in t years) dt, or for ever where `years` is infinite; `f(state, t, ρt)` gives the integrand
/// with its discounting. Where z of a sector meets 1 its motion bends: there a panel ends, as at `bends`, however small the
/// bend. `None` where it does not converge or the path does not go so far.
pub fn integral<'a>(
    mut state: State<'a>,
    years: f64,
    rate: f64,
    step: f64,
    bends: &[f64],
    f: impl Fn(&State<'a>, f64, f64) -> f64,
) -> Option<f64> {
    let parities = (0..state.n()).filter_map(|i| state.parity_in(i));
    let mut bends: Vec<f64> = parities.chain(bends.iter().copied()).filter(|&bend| bend < years).collect();
    bends.sort_by(f64::total_cmp);
    let (mut sum, mut done) = (0.0, 0.0);
    for bend in bends {
        if bend > done {
            sum += smooth(&state, bend - done, rate, rate * done, step, &f)?;
            if !state.advance(bend - done) {
                return None;
            }
            done = bend;
        }
    }
    Some(sum + smooth(&state, years - done, rate, rate * done, step, &f)?)
}

/// The same of a stretch without bends, discounted by `away` at its start. Panels begin `step` years long and follow the
/// function.
fn smooth<'a>(
    state: &State<'a>,
    years: f64,
    rate: f64,
    away: f64,
    step: f64,
    f: &impl Fn(&State<'a>, f64, f64) -> f64,
) -> Option<f64> {
    // What the last digits of earnings make of a difference between them.
    let digits = if state.is_closed_form() { NOISE } else { 10.0 * state.solver.rtol };
    let noise = digits * (1.0 + exp(state.ln_outside_in(0.0)));
    let (mut done, mut sum, mut size, mut width) = (0.0, 0.0, 0.0, step.min(years));
    for _ in 0..PANELS {
        width = width.min(years - done);
        let [part, part_size, error] = panel(width, |t| f(state, done + t, away + rate * (done + t)));
        let scale = size + part_size;
        if !part.is_finite() || error > TOLERANCE * scale + noise * width {
            if width > 1e-12 * (done + step) {
                width *= if part.is_finite() { 0.5 } else { 0.25 };
                continue;
            }
            if !part.is_finite() {
                return None;
            }
        }
        sum += part;
        size = scale;
        done += width;
        if done >= years {
            return Some(sum);
        }
        // What converges shrinks from here on.
        if years.is_infinite() && part_size <= NEGLIGIBLE * size && away + rate * done > PATIENCE {
            return Some(sum);
        }
        if error <= 1e-3 * (TOLERANCE * size + noise * width) {
            width *= 2.0;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrate::Solver;
    use crate::model::policy::Trade;
    use crate::model::trade::Regime;
    use crate::scenario::parse;
    use crate::spells::Spell;

    /// ∫ e^(−ρt) f over a spell of isolation in the first of two sectors, z there from 0.4 on.
    fn worth(
        catch_up: &str,
        years: f64,
        rate: f64,
        bends: &[f64],
        f: impl for<'a> Fn(&State<'a>, f64) -> f64,
    ) -> Option<f64> {
        let world = format!(
            "schema_version = 1\ntime.horizon = 50\ngrowth.x = 0.02\n[catch_up]\n{catch_up}\n[sector.a]\nlambda = 1.4\n\
             y_R = 1\ny_P = 1\n[sector.b]\nlambda = 1.2\ny_R = 1\ny_P = 1\n"
        );
        let scenario = parse(&world, &[]).expect("a valid world");
        let problem = &scenario.problem;
        let regime = Regime::Isolation(0);
        let spell = Spell { from: 0, regime, made: 0, trade: Trade::Open, epoch: 0, support: None, paid: false };
        let solver = Solver::default();
        let state = State::imagined(problem, &problem.epochs[0].params, spell, solver, 0.4, f64::NAN);
        integral(state, years, rate, 1.0, bends, |state, t, away| exp(-away) * f(state, t))
    }

    const GOMPERTZ: &str = "form = \"gompertz\"\nbeta = 0.05";

    fn near(found: Option<f64>, expected: f64) {
        let found = found.expect("it converges");
        assert!((found - expected).abs() <= 1e-11 * expected.abs(), "{found} {expected}");
    }

    #[test]
    fn integrals_in_closed_form_are_found_wherever_panels_end() {
        for rate in [0.003, 0.04, 0.7] {
            for bends in [&[][..], &[13.0], &[0.25, 2.0, 2.0, 70.0]] {
                // Under gompertz ln z = ln ẑ + (ln z_0 − ln ẑ) e^(−βt), ln ẑ = −x/β.
                let (far, start) = (-0.02 / 0.05, f64::ln(0.4));
                let ln_z = |state: &State<'_>, t: f64| state.ln_z_in(0, t);
                near(worth(GOMPERTZ, f64::INFINITY, rate, bends, ln_z), far / rate + (start - far) / (rate + 0.05));
                let until = |rate: f64, years: f64| -f64::exp_m1(-rate * years) / rate;
                let expected = far * until(rate, 90.0) + (start - far) * until(rate + 0.05, 90.0);
                near(worth(GOMPERTZ, 90.0, rate, bends, ln_z), expected);
                // Under constant z = min(1, z_0 e^((β − x) t)): it bends where it meets 1.
                let met = -start / 0.03;
                let to_1 = (start + 0.03 / rate - f64::exp(-rate * met) * 0.03 / rate) / rate;
                near(worth("form = \"constant\"\nbeta = 0.05", f64::INFINITY, rate, bends, ln_z), to_1);
            }
        }
    }

    #[test]
    fn what_comes_late_counts_and_what_outgrows_the_discounting_has_no_value() {
        let for_ever = |f: &dyn Fn(f64) -> f64| worth(GOMPERTZ, f64::INFINITY, 0.05, &[], |_, t| f(t));
        // Nothing up to ρt = 20, then (t − 400).
        near(for_ever(&|t| (t - 400.0).max(0.0)), f64::exp(-20.0) / 0.0025);
        near(for_ever(&|t| f64::exp(0.045 * t)), 1.0 / 0.005);
        near(for_ever(&|t| if t < 31.4 { 1.0 } else { 0.0 }), -f64::exp_m1(-0.05 * 31.4) / 0.05);
        // As a subsidy that nobody needs: nothing at every date, and no number after all of them.
        assert_eq!(for_ever(&|t| 0.0 * t), Some(0.0));
        assert_eq!(for_ever(&|t| f64::exp(0.051 * t)), None);
        assert_eq!(for_ever(&|_| f64::NAN), None);
        assert_eq!(worth(GOMPERTZ, 30.0, 0.05, &[], |_, t| 1.0 / (t - 17.0).max(0.0)), None);
    }
}
