//! How one sector's z moves over a spell of constant regime: its pieces, its closed form (docs/model.md M3–M5), its limit.

use super::catch_up::{CatchUp, ClosedForm, PARITY};
use crate::column::{Col, Mask, Number, Truth};
use crate::math::{ln, ln_1p};

/// Why a path of z ends before the spell does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlowUp {
    /// Years from the start of the spell at which z passes every bound.
    pub after: f64,
}

/// Motion of one sector's z over a spell of constant regime: ż/z = g(z) − d (M3), or −d while trade is closed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Motion {
    /// Catch-up; `None` while trade is closed (no trade, no spillovers).
    pub catch_up: Option<CatchUp>,
    /// d = (c_R − c_P) x, per year: by how much R's learning outruns P's.
    pub d: f64,
}

/// How z gets from its value at the start of a spell to its value t years later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Course {
    /// ln z moves at this constant rate per year for ever: no ODE is needed.
    Exponential(f64),
    /// As `Exponential` at `rate` until z meets 1 after `until` years, then `Motion` anew from z = 1.
    ExponentialToParity {
        /// Growth of z, per year.
        rate: f64,
        /// Years until z = 1.
        until: f64,
    },
    /// The smooth ODE for ever; z = 1 is approached at most.
    Smooth,
    /// The smooth ODE until z meets 1 in finite time, then e^(−d t).
    SmoothToParity,
}

impl Motion {
    /// Catch-up growth at z, per year; 0 while trade is closed.
    pub fn g(&self, z: f64) -> f64 {
        self.catch_up.map_or(0.0, |catch_up| catch_up.g(z, self.d))
    }

    /// d ln z / dt as a smooth function of ln z, per year: the right-hand side of the ODE on [`Course::Smooth`].
    pub fn rate(&self, ln_z: f64) -> f64 {
        self.catch_up.map_or(0.0, |catch_up| catch_up.smooth_g(ln_z)) - self.d
    }

    /// The derivative of [`Motion::rate`] by ln z, per year.
    pub fn rate_slope(&self, ln_z: f64) -> f64 {
        self.catch_up.map_or(0.0, |catch_up| catch_up.smooth_g_slope(ln_z))
    }

    /// [a, b, c] where dz/dt = a + z (b + c z) on the smooth piece: `logistic`, `nelson-phelps` and `literal`.
    pub fn quadratic(&self) -> Option<[f64; 3]> {
        self.catch_up?.quadratic(self.d)
    }

    /// Which pieces the path from z_0 consists of.
    pub fn course(&self, z_0: f64) -> Course {
        let d = self.d;
        let Some(catch_up) = self.catch_up else { return Course::Exponential(-d) };
        if catch_up.form.runs_away() {
            return Course::Smooth;
        }
        let below = z_0 < 1.0 - PARITY;
        let above = z_0 > 1.0 + PARITY;
        if above && d > 0.0 {
            return Course::ExponentialToParity { rate: -d, until: ln(z_0) / d };
        }
        if !below && d <= 0.0 {
            return Course::Exponential(-d);
        }
        if catch_up.form.is_flat() {
            let rate = catch_up.beta - d;
            return match (below, rate > 0.0) {
                (true, true) => Course::ExponentialToParity { rate, until: -ln(z_0) / rate },
                // At the frontier with β ≥ d > 0: the sliding mode, where g = d holds P.
                (false, _) if rate >= 0.0 => Course::Exponential(0.0),
                _ => Course::Exponential(rate),
            };
        }
        if below && d < 0.0 { Course::SmoothToParity } else { Course::Smooth }
    }

    /// z after `t` years from z_0 in closed form (M4, M5); NaN for a form that has none
    /// ([`has_closed_form`](super::catch_up::Form::has_closed_form)).
    ///
    /// # Errors
    /// [`BlowUp`] where `literal` has passed every bound by then.
    pub fn z_after(&self, z_0: f64, t: f64) -> Result<f64, BlowUp> {
        let legs = self.legs(z_0);
        let (leg, since) = legs.at(t);
        let z = leg.z(t - since);
        if self.catch_up.is_some_and(|catch_up| catch_up.form.runs_away()) && !(z > 0.0 && z.is_finite()) {
            return Err(BlowUp { after: self.blow_up_after(z_0, t) });
        }
        Ok(z)
    }

    /// The path from z_0 in closed form.
    fn legs(&self, z_0: f64) -> Legs {
        let course = self.course(z_0);
        let meets = match course {
            Course::Exponential(_) | Course::Smooth => None,
            Course::ExponentialToParity { until, .. } => Some(until),
            Course::SmoothToParity => self.closed_form_parity_after(z_0),
        };
        Legs { first: self.leg(course, z_0), then: meets.map(|meets| (meets, self.leg_from_parity())) }
    }

    /// The first leg of a course from z_0, in closed form.
    #[inline(always)]
    pub fn leg(&self, course: Course, z_0: f64) -> Leg {
        match course {
            Course::Exponential(rate) | Course::ExponentialToParity { rate, .. } => {
                Leg::new(z_0, Law::Exponential { rate })
            }
            Course::Smooth | Course::SmoothToParity => self.smooth_leg(z_0),
        }
    }

    /// The leg on which a path goes on after it has met 1, in closed form.
    pub fn leg_from_parity(&self) -> Leg {
        self.leg(self.course(1.0), 1.0)
    }

    #[inline(always)]
    fn smooth_leg(&self, z_0: f64) -> Leg {
        let d = self.d;
        let Some(CatchUp { form, beta, shape }) = self.catch_up else {
            return Leg::new(z_0, Law::Exponential { rate: -d });
        };
        let law = match form.closed_form(shape) {
            ClosedForm::Literal => Law::Literal { beta, d },
            ClosedForm::Power(1.0) => Law::Logistic { beta, d },
            ClosedForm::Power(-1.0) => Law::NelsonPhelps { beta, d },
            ClosedForm::Power(0.0) => Law::Gompertz { beta, d, ln_z_0: ln(z_0) },
            ClosedForm::Power(s) => {
                let ln_z_0 = ln(z_0);
                Law::BenhabibSpiegel { beta, d, s, widening: d - CatchUp { form, beta, shape }.smooth_g(ln_z_0) }
            }
            ClosedForm::None => Law::None,
        };
        Leg::new(z_0, law)
    }

    /// Years until z meets 1 on [`Course::SmoothToParity`], or on a literal path through 1; closed form.
    pub fn closed_form_parity_after(&self, z_0: f64) -> Option<f64> {
        let catch_up = self.catch_up?;
        let (beta, d) = (catch_up.beta, self.d);
        let s = match catch_up.form.closed_form(catch_up.shape) {
            ClosedForm::Power(s) => s,
            ClosedForm::Literal => {
                // 1/z = β/d + (1/z_0 − β/d) e^(dt) = 1, solved for t; only ahead in time counts.
                let t =
                    if d == 0.0 { (1.0 / z_0 - 1.0) / beta } else { ln((1.0 - beta / d) / (1.0 / z_0 - beta / d)) / d };
                return ((z_0 - 1.0).abs() > PARITY && t.is_finite() && t > 0.0).then_some(t);
            }
            ClosedForm::None => return None,
        };
        let g_0 = catch_up.smooth_g(ln(z_0));
        let k = beta - s * d;
        let big_t = g_0 / (beta * (g_0 - d));
        Some(if k == 0.0 { big_t } else { -ln_1p(-k * big_t) / k })
    }

    /// Years after which a literal path that has blown up by `t` did so.
    fn blow_up_after(&self, z_0: f64, t: f64) -> f64 {
        let beta = self.catch_up.map_or(1.0, |catch_up| catch_up.beta);
        let d = self.d;
        let after = if d == 0.0 { 1.0 / (beta * z_0) } else { -ln_1p(-d / (beta * z_0)) / d };
        if after.is_finite() { after.min(t) } else { t }
    }

    /// z* = lim z(t) from z if this motion went on for ever (docs/model.md §5): 0, a number, or infinity.
    pub fn limit(&self, z: f64) -> f64 {
        let d = self.d;
        match self.catch_up {
            Some(catch_up) => catch_up.limit(z, d),
            None if d > 0.0 => 0.0,
            None if d < 0.0 => f64::INFINITY,
            None => z,
        }
    }
}

/// A path of z in closed form: one leg, or a second one from the moment at which z meets 1.
struct Legs {
    first: Leg,
    /// From so many years after the start on.
    then: Option<(f64, Leg)>,
}

impl Legs {
    /// The leg on which z is `t` years after the start, and when that leg begins.
    fn at(&self, t: f64) -> (&Leg, f64) {
        match &self.then {
            Some((since, leg)) if t >= *since => (leg, *since),
            _ => (&self.first, 0.0),
        }
    }
}

/// A piece of a path on which one formula holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leg {
    z_0: f64,
    law: Law,
    /// k of Q = e^(−k t).
    k: f64,
}

/// The formulas of M4 and M5, as functions of Q(t) = e^(−k t) and T(t) = ∫_0^t Q: sums of terms of one sign wherever
/// the model allows it, so that no digits cancel.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Law {
    /// z = z_0 e^(rate t); k = −rate.
    Exponential { rate: f64 },
    /// 1/z = Q/z_0 + β T; k = β − d.
    Logistic { beta: f64, d: f64 },
    /// z = z_0 Q + β T; k = β + d.
    NelsonPhelps { beta: f64, d: f64 },
    /// ln z = Q ln z_0 − d T; k = β.
    Gompertz { beta: f64, d: f64, ln_z_0: f64 },
    /// z = z_0 (1 + s T (d − g_0))^(−1/s); k = β − s d.
    BenhabibSpiegel { beta: f64, d: f64, s: f64, widening: f64 },
    /// 1/z = Q/z_0 − β T; k = −d.
    Literal { beta: f64, d: f64 },
    /// There is no closed form.
    None,
}

/// |k| below which Q is 1 and T is t, to every digit, over any horizon.
const K_ZERO: f64 = 1e-30;

/// Dates in a row that share the exponentials between them.
const LANES: usize = 8;

impl Leg {
    #[inline(always)]
    fn new(z_0: f64, law: Law) -> Self {
        let k = match law {
            Law::Exponential { rate } => -rate,
            Law::Logistic { beta, d } => beta - d,
            Law::NelsonPhelps { beta, d } => beta + d,
            Law::Gompertz { beta, .. } => beta,
            Law::BenhabibSpiegel { beta, d, s, .. } => beta - s * d,
            Law::Literal { d, .. } => -d,
            Law::None => 0.0,
        };
        Self { z_0, law, k: if k.abs() < K_ZERO { 0.0 } else { k } }
    }

    /// Q and T after `t` years.
    #[inline(always)]
    fn decay<const B: usize>(&self, t: Col<B>) -> (Col<B>, Col<B>) {
        let (left, less_1) = (t * -self.k).exponential_and_less_1();
        (left, if self.k == 0.0 { t } else { less_1 * (-1.0 / self.k) })
    }

    /// z after `t` years.
    pub fn z(&self, t: f64) -> f64 {
        let mut z = [0.0; LANES];
        self.fill(t, 0.0, &mut z);
        z[0]
    }

    /// z at dates `first` years after the leg began, then every `period` years; it rises or falls all along.
    ///
    /// # Panics
    /// If the number of dates is no multiple of 8.
    #[inline(always)]
    pub fn fill(&self, first: f64, period: f64, z: &mut [f64]) {
        let one = Col::all(1.0);
        let Self { z_0, law, .. } = *self;
        match law {
            Law::Exponential { rate: 0.0 } => z.fill(z_0),
            Law::Exponential { .. } => self.each(first, period, [z_0, 0.0], z, |z| z),
            Law::Logistic { beta, .. } => self.each(first, period, [1.0 / z_0, beta], z, |inverse| one / inverse),
            Law::NelsonPhelps { beta, .. } => self.each(first, period, [z_0, beta], z, |z| z),
            Law::Gompertz { d, ln_z_0, .. } => self.each(first, period, [ln_z_0, -d], z, Col::exponential),
            Law::BenhabibSpiegel { s, widening, .. } => {
                self.each(first, period, [0.0, s * widening], z, |sum| (sum.log_of_1_plus() / -s).exponential() * z_0);
            }
            Law::Literal { beta, d } => {
                // Far from the start the steady state is taken apart: there it is what a path stays near.
                let steady = beta / d;
                let far = (first.max(first + period * z.len() as f64) * d).abs() > 1.0;
                let (level, terms) = if far { (steady, [1.0 / z_0 - steady, 0.0]) } else { (0.0, [1.0 / z_0, -beta]) };
                self.each(first, period, terms, z, |inverse| one / (inverse + level));
            }
            Law::None => z.fill(f64::NAN),
        }
    }

    /// a Q + b T at consecutive dates, in each of which `formula` makes z of it. One column of exponentials serves 512
    /// dates, because e^(−k (t + u)) = e^(−k t) e^(−k u) and T(t + u) = T(t) + Q(t) T(u).
    #[inline(always)]
    fn each(
        &self,
        first: f64,
        period: f64,
        [a, b]: [f64; 2],
        z: &mut [f64],
        formula: impl Fn(Col<LANES>) -> Col<LANES>,
    ) {
        const ROW: usize = LANES * LANES;
        assert_eq!(z.len() % LANES, 0, "whole groups of dates");
        for (stretch, z) in z.chunks_mut(LANES * ROW).enumerate() {
            let start = (stretch * LANES * ROW) as f64 * period + first;
            let steps = [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0].map(|periods| periods * period);
            let (Q, T) = self.decay(Col(steps) + Col([start, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
            // Dates of a group, and groups of a row.
            let (Q_date, T_date) = multiples([Q.0[1], Q.0[2], Q.0[3]], [T.0[1], T.0[2], T.0[3]]);
            let (Q_group, T_group) = multiples([Q.0[4], Q.0[5], Q.0[6]], [T.0[4], T.0[5], T.0[6]]);
            let near = Q_date * a + T_date * b;
            let (mut Q_row, mut T_row) = (Q.0[0], T.0[0]);
            for z in z.chunks_mut(ROW) {
                let decay = Q_group * Q_row;
                let far = (T_group * Q_row + T_row) * b;
                for (group, z) in z.chunks_exact_mut(LANES).enumerate() {
                    formula(near * decay.0[group] + far.0[group]).store(z);
                }
                (Q_row, T_row) = (Q_row * Q.0[7], T_row + Q_row * T.0[7]);
            }
        }
    }
}

/// Q and T at 0, 1, … 7 times some step, from those at 1, 2 and 4 times.
#[inline(always)]
fn multiples(Q: [f64; 3], T: [f64; 3]) -> (Col<LANES>, Col<LANES>) {
    let (mut Q_all, mut T_all) = (Col::all(1.0), Col::all(0.0));
    for (bit, (Q, T)) in Q.into_iter().zip(T).enumerate() {
        let further = Mask::<LANES>::new(|j| j >> bit & 1 == 1);
        T_all = further.pick(Q_all * T + T_all, T_all);
        Q_all = further.pick(Q_all * Q, Q_all);
    }
    (Q_all, T_all)
}

#[cfg(test)]
mod tests {
    use super::super::catch_up::Form;
    use super::*;

    #[test]
    fn the_slope_of_the_rate_is_its_derivative() {
        for form in Form::ALL {
            for (shape, beta, d) in [(0.5, 0.05, 0.02), (-0.7, 0.1, -0.01), (1.3, 0.03, 0.0)] {
                let shape = if form == Form::Verspagen { shape + 1.0 } else { shape };
                let motion = Motion { catch_up: Some(CatchUp { form, beta, shape }), d };
                for ln_z in [-3.0, -1.2, -0.4, -0.01, 0.3] {
                    let h = 1e-5;
                    let numeric = (motion.rate(ln_z + h) - motion.rate(ln_z - h)) / (2.0 * h);
                    let slope = motion.rate_slope(ln_z);
                    assert!(
                        (slope - numeric).abs() < 1e-8 * (1.0 + slope.abs()),
                        "{form:?} at {ln_z}: {slope} {numeric}"
                    );
                    // The same motion, of z itself: dz/dt = z · rate.
                    let z = f64::exp(ln_z);
                    let Some([a, b, c]) = motion.quadratic() else { continue };
                    let polynomial = a + z * (b + c * z);
                    assert!((polynomial - z * motion.rate(ln_z)).abs() < 1e-15, "{form:?} at {ln_z}");
                }
            }
        }
    }
}
