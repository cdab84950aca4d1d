//! The closed form of a smooth piece of z's path (docs/model.md M4, M5), at many evenly spaced dates at once.

use super::catch_up::{CatchUp, ClosedForm};
use crate::column::{Col, Mask, Number, Truth};
use crate::math::ln;

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
    /// The path from z_0 on which ln z moves at `rate` per year.
    #[inline(always)]
    pub(super) fn exponential(z_0: f64, rate: f64) -> Self {
        Self::new(z_0, Law::Exponential { rate })
    }

    /// The path from z_0 under `catch_up`, continued smoothly, less `d` per year.
    #[inline(always)]
    pub(super) fn smooth(z_0: f64, catch_up: CatchUp, d: f64) -> Self {
        let CatchUp { form, beta, shape } = catch_up;
        let law = match form.closed_form(shape) {
            ClosedForm::Literal => Law::Literal { beta, d },
            ClosedForm::Power(1.0) => Law::Logistic { beta, d },
            ClosedForm::Power(-1.0) => Law::NelsonPhelps { beta, d },
            ClosedForm::Power(0.0) => Law::Gompertz { beta, d, ln_z_0: ln(z_0) },
            ClosedForm::Power(s) => Law::BenhabibSpiegel { beta, d, s, widening: d - catch_up.smooth_g(ln(z_0)) },
            ClosedForm::None => Law::None,
        };
        Self::new(z_0, law)
    }

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

    /// z at dates `first` years after the leg began, then every `period` years; it rises or falls all along. Only those from the
    /// `wanted`th on need be written.
    ///
    /// # Panics
    /// If the number of dates is no multiple of 8.
    #[inline(always)]
    pub fn fill(&self, first: f64, period: f64, wanted: usize, z: &mut [f64]) {
        let one = Col::all(1.0);
        let Self { z_0, law, .. } = *self;
        match law {
            Law::Exponential { rate: 0.0 } => z.fill(z_0),
            Law::Exponential { .. } => self.each(first, period, wanted, [z_0, 0.0], z, |z| z),
            Law::Logistic { beta, .. } => {
                self.each(first, period, wanted, [1.0 / z_0, beta], z, |inverse| one / inverse);
            }
            Law::NelsonPhelps { beta, .. } => self.each(first, period, wanted, [z_0, beta], z, |z| z),
            Law::Gompertz { d, ln_z_0, .. } => self.each(first, period, wanted, [ln_z_0, -d], z, Col::exponential),
            Law::BenhabibSpiegel { s, widening, .. } => {
                self.each(first, period, wanted, [0.0, s * widening], z, |sum| {
                    (sum.log_of_1_plus() / -s).exponential() * z_0
                });
            }
            Law::Literal { beta, d } => {
                // Far from the start the steady state is taken apart: there it is what a path stays near.
                let steady = beta / d;
                let far = (first.max(first + period * z.len() as f64) * d).abs() > 1.0;
                let (level, terms) = if far { (steady, [1.0 / z_0 - steady, 0.0]) } else { (0.0, [1.0 / z_0, -beta]) };
                self.each(first, period, wanted, terms, z, |inverse| one / (inverse + level));
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
        wanted: usize,
        [a, b]: [f64; 2],
        z: &mut [f64],
        formula: impl Fn(Col<LANES>) -> Col<LANES>,
    ) {
        const ROW: usize = LANES * LANES;
        assert_eq!(z.len() % LANES, 0, "whole groups of dates");
        for (stretch, z) in z.chunks_mut(LANES * ROW).enumerate() {
            let wanted = wanted.saturating_sub(stretch * LANES * ROW);
            if wanted >= z.len() {
                continue;
            }
            let start = (stretch * LANES * ROW) as f64 * period + first;
            let steps = [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0].map(|periods| periods * period);
            let (Q, T) = self.decay(Col(steps) + Col([start, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
            // Dates of a group, and groups of a row.
            let (Q_date, T_date) = multiples([Q.0[1], Q.0[2], Q.0[3]], [T.0[1], T.0[2], T.0[3]]);
            let (Q_group, T_group) = multiples([Q.0[4], Q.0[5], Q.0[6]], [T.0[4], T.0[5], T.0[6]]);
            let near = Q_date * a + T_date * b;
            let (mut Q_row, mut T_row) = (Q.0[0], T.0[0]);
            for (row, z) in z.chunks_mut(ROW).enumerate() {
                let wanted = wanted.saturating_sub(row * ROW);
                if wanted < z.len() {
                    let decay = Q_group * Q_row;
                    let far = (T_group * Q_row + T_row) * b;
                    for (group, z) in z.chunks_exact_mut(LANES).enumerate().skip(wanted / LANES) {
                        formula(near * decay.0[group] + far.0[group]).store(z);
                    }
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
