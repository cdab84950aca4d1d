//! One smooth equation for ln z: that on one side of z = 1, continued beyond it (docs/model.md M3–M5).
//!
//! Above 1 the mirror of a catch-up form is a form again (`CatchUp::mirror`), so that both sides have the same formulas.

use super::catch_up::{CatchUp, ClosedForm, Form};
use super::leg::Leg;
use crate::math::{exp, exp_m1, ln, ln_1p};

/// −k t beyond which e^(−k t) is taken apart, so that nothing overflows.
const FAR: f64 = 30.0;

/// Why a path of z ends before the spell does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlowUp {
    /// Years from the start at which z passes every bound.
    pub after: f64,
}

/// d ln z/dt = g − d, g as a smooth function of ln z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Branch {
    /// `None` where ln z moves at the constant rate −d.
    pub catch_up: Option<CatchUp>,
    /// Per year.
    pub d: f64,
}

/// How a logarithm moves that has the rate F now: F' = −k F + s F². That is ln z under every form but `verspagen`, and ln ℓ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Approach {
    /// F, per year.
    pub rate: f64,
    /// k, per year.
    pub k: f64,
    /// s, 1.
    pub s: f64,
}

impl Approach {
    /// c of 1 + c e^(−kt), which carries the whole path where s ≠ 0: ln z(t) = ln z_0 + [ln(1 + c) − ln(1 + c e^(−kt))]/s.
    #[inline(always)]
    pub fn c(self) -> f64 {
        self.s * self.rate / (self.k - self.s * self.rate)
    }

    /// F and its first five derivatives by t.
    #[inline]
    pub fn derivatives(self) -> [f64; 6] {
        // How fast F changes, F' = a F, and how fast that: a' = p a, p' = p a.
        let p = self.s * self.rate;
        let a = p - self.k;
        let (second, product) = (self.rate * a, a * p);
        let (square, sum) = (a * a + p * p, a + p);
        [
            self.rate,
            second,
            second * sum,
            second * (square + 4.0 * product),
            second * sum * (square + 10.0 * product),
            second * (square * square + product * (26.0 * square + 64.0 * product)),
        ]
    }
}

impl Branch {
    /// ln z moves at a constant rate, per year.
    pub fn flat(rate: f64) -> Self {
        Self { catch_up: None, d: -rate }
    }

    /// d ln z/dt at ln z, per year.
    pub fn rate(&self, ln_z: f64) -> f64 {
        self.catch_up.map_or(0.0, |catch_up| catch_up.smooth_g(ln_z)) - self.d
    }

    /// The derivative of [`Branch::rate`] by ln z, per year.
    pub fn rate_slope(&self, ln_z: f64) -> f64 {
        self.catch_up.map_or(0.0, |catch_up| catch_up.smooth_g_slope(ln_z))
    }

    /// [a, b, c] where dz/dt = a + z (b + c z): `logistic`, `nelson-phelps` and `literal`.
    pub fn quadratic(&self) -> Option<[f64; 3]> {
        self.catch_up?.quadratic(self.d)
    }

    /// How ln z moves at z; `None` for `verspagen`, whose rate has no such law.
    #[inline]
    pub fn approach(&self, z: f64) -> Option<Approach> {
        let Some(catch_up) = self.catch_up else { return Some(Approach { rate: -self.d, k: 0.0, s: 0.0 }) };
        let CatchUp { form, beta, shape } = catch_up;
        let d = self.d;
        Some(match form {
            Form::Logistic => Approach { rate: beta * (1.0 - z) - d, k: beta - d, s: 1.0 },
            Form::NelsonPhelps => Approach { rate: beta * (1.0 / z - 1.0) - d, k: beta + d, s: -1.0 },
            Form::Gompertz => Approach { rate: -beta * ln(z) - d, k: beta, s: 0.0 },
            Form::BenhabibSpiegel => {
                let s = form.exponent(shape).unwrap_or(0.0);
                Approach { rate: catch_up.smooth_g(ln(z)) - d, k: beta - s * d, s }
            }
            Form::Literal => Approach { rate: beta * z - d, k: -d, s: 1.0 },
            Form::Constant => Approach { rate: beta - d, k: 0.0, s: 0.0 },
            Form::Verspagen => return None,
        })
    }

    /// d^n ln z/dt^n at z for n = 1 to 6, per year^n.
    #[inline]
    pub fn derivatives(&self, z: f64) -> [f64; 6] {
        match (self.approach(z), self.catch_up) {
            (Some(approach), _) => approach.derivatives(),
            (None, Some(CatchUp { beta, shape, .. })) => verspagen_derivatives(beta, shape, self.d, ln(z)),
            (None, None) => [-self.d, 0.0, 0.0, 0.0, 0.0, 0.0],
        }
    }

    /// ln z after `t` ≥ 0 years from ln z_0, in closed form, continued beyond z = 1; NaN for a form that has none. Right to
    /// rounding however long t is.
    ///
    /// # Errors
    /// [`BlowUp`] where `literal` has passed every bound by then.
    pub fn ln_z_after(&self, ln_z_0: f64, t: f64) -> Result<f64, BlowUp> {
        let d = self.d;
        let Some(catch_up) = self.catch_up else { return Ok(ln_z_0 - d * t) };
        let beta = catch_up.beta;
        match catch_up.form.closed_form(catch_up.shape) {
            ClosedForm::Power(s) => {
                let widening = -self.rate(ln_z_0);
                let k = beta - s * d;
                if s == 0.0 {
                    return Ok(ln_z_0 - years_discounted(k, t) * widening);
                }
                let q = s * widening;
                if k < 0.0 && -k * t > FAR {
                    let share = q / -k;
                    return Ok(ln_z_0 - (-k * t + ln(share + exp(k * t) * (1.0 - share))) / s);
                }
                Ok(ln_z_0 - ln_1p(q * years_discounted(k, t)) / s)
            }
            ClosedForm::Literal => {
                let pull = beta * exp(ln_z_0);
                match self.blow_up_after(ln_z_0) {
                    Some(after) if t >= after => return Err(BlowUp { after }),
                    _ if pull == d => return Ok(ln_z_0),
                    _ => {}
                }
                if d * t > FAR {
                    return Ok(ln_z_0 - d * t - ln((1.0 - pull / d) + pull / d * exp(-d * t)));
                }
                Ok(ln_z_0 - ln_1p((d - pull) * years_discounted(-d, t)))
            }
            ClosedForm::None => Ok(f64::NAN),
        }
    }

    /// Years until z passes every bound from ln z_0, if it does.
    pub fn blow_up_after(&self, ln_z_0: f64) -> Option<f64> {
        let catch_up = self.catch_up.filter(|catch_up| catch_up.form.runs_away())?;
        let pull = catch_up.beta * exp(ln_z_0);
        (pull > self.d).then(|| years_until(-self.d, 1.0 / (pull - self.d)))
    }

    /// Years until ln z meets 0 from ln z_0, in closed form, on a piece that does; `None` for a form that has none.
    pub fn years_to_parity(&self, ln_z_0: f64) -> Option<f64> {
        let d = self.d;
        let Some(catch_up) = self.catch_up else { return Some(ln_z_0 / d) };
        let beta = catch_up.beta;
        match catch_up.form.closed_form(catch_up.shape) {
            ClosedForm::Power(s) => {
                let g_0 = catch_up.smooth_g(ln_z_0);
                Some(years_until(beta - s * d, g_0 / (beta * (g_0 - d))))
            }
            // 1/z moves from 1/z_0 by (d/z_0 − β) ∫ e^(d t) dt.
            ClosedForm::Literal => {
                let inverse_less_1 = exp_m1(-ln_z_0);
                Some(years_until(-d, -inverse_less_1 / (d * (1.0 + inverse_less_1) - beta)))
            }
            ClosedForm::None => None,
        }
    }

    /// The path from z_0 at many dates, in closed form.
    #[inline(always)]
    pub fn leg(&self, z_0: f64) -> Leg {
        match self.catch_up {
            Some(catch_up) => Leg::smooth(z_0, catch_up, self.d),
            None => Leg::exponential(z_0, -self.d),
        }
    }
}

/// T = ∫_0^t e^(−k u) du.
fn years_discounted(k: f64, t: f64) -> f64 {
    if k == 0.0 { t } else { -exp_m1(-k * t) / k }
}

/// t of T.
fn years_until(k: f64, discounted: f64) -> f64 {
    if k == 0.0 { discounted } else { -ln_1p(-k * discounted) / k }
}

/// The same six for `verspagen`, from the derivatives of g by ln z: elementary differentials of one variable.
fn verspagen_derivatives(beta: f64, delta: f64, d: f64, ln_z: f64) -> [f64; 6] {
    let (rise, level) = (-beta * exp(ln_z / delta), ln_z / delta);
    let rate = rise * ln_z - d;
    let step = 1.0 / delta;
    let f_1 = rise * (level + 1.0);
    let f_2 = rise * step * (level + 2.0);
    let f_3 = rise * step * step * (level + 3.0);
    let f_4 = rise * step * step * step * (level + 4.0);
    let f_5 = rise * step * step * step * step * (level + 5.0);
    let f_1_2 = f_1 * f_1;
    [
        rate,
        rate * f_1,
        rate * (f_2 * rate + f_1_2),
        rate * ((f_3 * rate + 4.0 * f_1 * f_2) * rate + f_1_2 * f_1),
        rate * (((f_4 * rate + 7.0 * f_1 * f_3 + 4.0 * f_2 * f_2) * rate + 11.0 * f_1_2 * f_2) * rate + f_1_2 * f_1_2),
        rate * ((((f_5 * rate + 11.0 * f_1 * f_4 + 15.0 * f_2 * f_3) * rate
            + 32.0 * f_1_2 * f_3
            + 34.0 * f_1 * f_2 * f_2)
            * rate
            + 26.0 * f_1_2 * f_1 * f_2)
            * rate
            + f_1_2 * f_1_2 * f_1),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Under a form with exponent s ≠ 0, v = z^(−s) obeys dv/dt = β − (β − s d) v, and under `literal` 1/z obeys d(1/z)/dt = d/z − β:
    /// what falls behind without end is followed beyond every number.
    #[test]
    fn ln_z_is_that_of_a_linear_equation_however_far_it_goes() {
        let power = |form, shape, s: f64| {
            move |beta: f64, d: f64, ln_z: f64, t: f64| {
                let k = beta - s * d;
                let v = f64::exp(-s * ln_z);
                // ln v(t), the growing part taken out of it.
                let ln_v = match k {
                    0.0 => f64::ln(v + beta * t),
                    _ if k > 0.0 => f64::ln(v * f64::exp(-k * t) - beta * f64::exp_m1(-k * t) / k),
                    _ => -k * t + f64::ln(v + beta * f64::exp_m1(k * t) / k),
                };
                (Branch { catch_up: Some(CatchUp { form, beta, shape }), d }, -ln_v / s)
            }
        };
        let literal = |beta: f64, d: f64, ln_z: f64, t: f64| {
            let left = f64::exp(-ln_z) + beta * f64::exp_m1(-d * t) / d;
            (Branch { catch_up: Some(CatchUp { form: Form::Literal, beta, shape: 0.0 }), d }, -d * t - f64::ln(left))
        };
        let gompertz = |beta: f64, d: f64, ln_z: f64, t: f64| {
            let end = -d / beta;
            let catch_up = CatchUp { form: Form::Gompertz, beta, shape: 0.0 };
            (Branch { catch_up: Some(catch_up), d }, end + (ln_z - end) * f64::exp(-beta * t))
        };
        type Of<'a> = &'a dyn Fn(f64, f64, f64, f64) -> (Branch, f64);
        let forms: [Of<'_>; 6] = [
            &power(Form::Logistic, 0.0, 1.0),
            &power(Form::NelsonPhelps, 0.0, -1.0),
            &power(Form::BenhabibSpiegel, 0.4, 0.4),
            &power(Form::BenhabibSpiegel, -0.7, -0.7),
            &literal,
            &gompertz,
        ];
        for (i, of) in forms.into_iter().enumerate() {
            for [beta, d] in [[0.05, 0.02], [0.02, 0.05], [0.02, 0.09], [0.03, 0.03], [0.002, 0.6]] {
                for ln_z in [-4.0, -0.9, -0.05] {
                    // What literal starts from lies below β/d, or it blows up.
                    if i == 4 && f64::exp(ln_z) >= d / beta {
                        continue;
                    }
                    for t in [0.0, 0.3, 4.0, 40.0, 300.0, 600.0, 1100.0, 5e3, 4e4] {
                        let (branch, expected) = of(beta, d, ln_z, t);
                        let found = branch.ln_z_after(ln_z, t).expect("it does not blow up");
                        assert!(
                            (found - expected).abs() <= 1e-11 * (1.0 + expected.abs()),
                            "{branch:?} {ln_z} {t}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }
}
