//! How one sector's z moves over a spell of constant regime: what reaches each region, on both sides of z = 1, and where it
//! leads (docs/model.md M1–M6, §5).

use super::branch::{BlowUp, Branch};
use super::catch_up::{CatchUp, Form, PARITY};
use crate::math::{exp, ln};

/// Motion of one sector's z over a spell of constant regime: ż/z = g(z) − d below 1, −g(1/z) − d above; −d while trade
/// is closed (M3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Motion {
    /// Catch-up; `None` while trade is closed (no trade, no spillovers).
    pub catch_up: Option<CatchUp>,
    /// Growth of Z_R by R's own learning now, c_R x, per year.
    pub x_R: f64,
    /// Growth of Z_P by P's own learning now, c_P x, per year.
    pub x_P: f64,
}

/// The side of z = 1 on which a piece of a path lies, its ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// z < 1: P is behind.
    Below,
    /// z = 1, and stays there.
    At,
    /// z > 1: R is behind.
    Above,
}

impl Motion {
    /// d = (c_R − c_P) x, per year: by how much R's learning outruns P's.
    pub fn d(&self) -> f64 {
        self.x_R - self.x_P
    }

    /// Whether z at any moment has a formula.
    pub fn has_closed_form(&self) -> bool {
        self.catch_up.is_none_or(|catch_up| catch_up.form.has_closed_form())
    }

    /// Growth by spillovers that reach P at z, per year; 0 while trade is closed.
    pub fn g(&self, z: f64) -> f64 {
        self.catch_up.map_or(0.0, |catch_up| catch_up.g(z, self.d()))
    }

    /// Growth by spillovers that reach R at z, per year; 0 while trade is closed, and under `literal`.
    pub fn g_R(&self, z: f64) -> f64 {
        match self.catch_up {
            Some(catch_up) if !catch_up.form.runs_away() => catch_up.g(1.0 / z, -self.d()),
            _ => 0.0,
        }
    }

    /// The side on which a path that is at z goes on: that of z, or at 1 that to which it leaves.
    #[inline(always)]
    pub fn side(&self, z: f64) -> Side {
        if z < 1.0 - PARITY {
            Side::Below
        } else if z > 1.0 + PARITY {
            Side::Above
        } else {
            self.side_from_parity()
        }
    }

    fn side_from_parity(&self) -> Side {
        let d = self.d();
        let held = self.catch_up.filter(|catch_up| catch_up.form.is_flat()).map_or(0.0, |catch_up| catch_up.beta);
        if d > held {
            Side::Below
        } else if d < -held {
            Side::Above
        } else {
            Side::At
        }
    }

    /// The equation on one side of z = 1.
    #[inline(always)]
    pub fn branch(&self, side: Side) -> Branch {
        let d = self.d();
        let Some(catch_up) = self.catch_up else { return Branch::flat(-d) };
        let flat = catch_up.form.is_flat();
        match side {
            _ if catch_up.form.runs_away() => Branch { catch_up: Some(catch_up), d },
            Side::Below if flat => Branch::flat(catch_up.beta - d),
            Side::Below => Branch { catch_up: Some(catch_up), d },
            Side::At => Branch::flat(0.0),
            Side::Above if flat => Branch::flat(-catch_up.beta - d),
            Side::Above => Branch { catch_up: Some(catch_up.mirror()), d },
        }
    }

    /// Whether spillovers may reach R on the path from z: where P is ahead, or its learning outruns R's.
    pub fn may_lift_R(&self, z: f64) -> bool {
        self.turns_at_parity() && (z > 1.0 || self.d() < 0.0)
    }

    /// Whether the equation is another one beyond z = 1.
    pub fn turns_at_parity(&self) -> bool {
        self.catch_up.is_some_and(|catch_up| !catch_up.form.runs_away())
    }

    /// Whether a path from z_0 meets z = 1 in finite time, and does not only approach it.
    #[inline(always)]
    pub fn meets_parity(&self, z_0: f64) -> bool {
        let side = self.side(z_0);
        let branch = self.branch(side);
        let way = match side {
            Side::Below => 1.0,
            Side::At => return false,
            Side::Above => -1.0,
        };
        if (z_0 - 1.0).abs() <= PARITY {
            return false;
        }
        match branch.catch_up {
            // 1 is no end of this branch: the way there must be open all along, and the rate rises with z.
            Some(catch_up) if catch_up.form.runs_away() => {
                way * (catch_up.beta * z_0 - branch.d) > 0.0 && way * (catch_up.beta - branch.d) > 0.0
            }
            // No spillover is left at 1.
            _ => way * -branch.d > 0.0,
        }
    }

    /// d ln z/dt at ln z, per year: on the side to which it leaves where z is 1.
    pub fn rate(&self, ln_z: f64) -> f64 {
        self.branch(self.side_of_ln(ln_z)).rate(ln_z)
    }

    fn side_of_ln(&self, ln_z: f64) -> Side {
        self.side(1.0 + ln_z.clamp(-0.5, 0.5))
    }

    /// d^n ln z/dt^n at z for n = 1 to 6, per year^n, on a piece on this side of 1.
    #[inline]
    pub fn derivatives(&self, z: f64, side: Side) -> [f64; 6] {
        self.branch(side).derivatives(z)
    }

    /// Years until a path from z_0 meets z = 1, from either side; closed form. `None` where it never does, or only in the
    /// limit, or where the form has no closed form.
    pub fn parity_after(&self, z_0: f64) -> Option<f64> {
        if !self.meets_parity(z_0) {
            return None;
        }
        self.branch(self.side(z_0)).years_to_parity(ln(z_0)).filter(|years| years.is_finite())
    }

    /// ln z after `t` ≥ 0 years from z_0 in closed form (M4, M5), however long t is; NaN for a form that has none
    /// ([`has_closed_form`](super::catch_up::Form::has_closed_form)).
    ///
    /// # Errors
    /// [`BlowUp`] where `literal` has passed every bound by then.
    pub fn ln_z_after(&self, z_0: f64, t: f64) -> Result<f64, BlowUp> {
        match self.parity_after(z_0) {
            Some(meets) if self.turns_at_parity() && t >= meets => {
                self.branch(self.side(1.0)).ln_z_after(0.0, t - meets)
            }
            _ => self.branch(self.side(z_0)).ln_z_after(ln(z_0), t),
        }
    }

    /// z after `t` ≥ 0 years from z_0: e to the power of [`Motion::ln_z_after`].
    ///
    /// # Errors
    /// [`BlowUp`] where `literal` has passed every bound by then.
    pub fn z_after(&self, z_0: f64, t: f64) -> Result<f64, BlowUp> {
        self.ln_z_after(z_0, t).map(exp)
    }

    /// ln(Z_R(t)/Z_R(0)) on a path that leads from z_0 to z_t in `t` years and meets z = 1 after `parity` years, if it does
    /// (M6): R's learning and, while R is behind, what reaches it from P.
    pub fn growth_R(&self, z_0: f64, z_t: f64, t: f64, parity: Option<f64>) -> f64 {
        if !self.turns_at_parity() {
            return self.x_R * t;
        }
        let (met, at) = match parity {
            Some(parity) if parity <= t => (parity, 1.0),
            _ => (t, z_t),
        };
        let first = self.growth_R_on(self.side(z_0), z_0, at, met);
        if met < t { first + self.growth_R_on(self.side(1.0), 1.0, z_t, t - met) } else { first }
    }

    /// The same of a piece on one side of 1.
    fn growth_R_on(&self, side: Side, z_0: f64, z_t: f64, t: f64) -> f64 {
        match side {
            Side::Below => self.x_R * t,
            Side::At => self.x_R.max(self.x_P) * t,
            Side::Above => self.x_P * t - (ln(z_t) - ln(z_0)),
        }
    }

    /// lim z(t) from z if this motion went on for ever (docs/model.md §5): 0, a number, or infinity.
    pub fn limit(&self, z: f64) -> f64 {
        let d = self.d();
        match self.catch_up {
            Some(catch_up) if catch_up.form.runs_away() => match z.total_cmp(&(d / catch_up.beta)) {
                std::cmp::Ordering::Less => 0.0,
                std::cmp::Ordering::Equal => z,
                std::cmp::Ordering::Greater => f64::INFINITY,
            },
            Some(catch_up) if d > 0.0 => catch_up.limit_behind(z, d),
            Some(catch_up) if d < 0.0 => 1.0 / catch_up.limit_behind(1.0 / z, -d),
            Some(_) => 1.0,
            None if d > 0.0 => 0.0,
            None if d < 0.0 => f64::INFINITY,
            None => z,
        }
    }

    /// The limit of d ln z/dt from z, per year: 0 where z has a limit > 0, and infinite where `literal` blows up.
    pub fn limit_rate(&self, z: f64) -> f64 {
        let (d, limit) = (self.d(), self.limit(z));
        if limit > 0.0 && limit.is_finite() {
            return 0.0;
        }
        match self.catch_up {
            None => -d,
            Some(catch_up) if limit == 0.0 => catch_up.rate_far_behind(d),
            Some(catch_up) if catch_up.form.runs_away() => f64::INFINITY,
            Some(catch_up) => -catch_up.rate_far_behind(-d),
        }
    }

    /// The limit of the growth of Z_R from z on, per year: where R is behind in the end it grows as P does, less what it falls
    /// behind; where `constant` holds the two level, as whichever learns.
    pub fn limit_growth_R(&self, z: f64) -> f64 {
        match self.side(self.limit(z)) {
            Side::Above if self.turns_at_parity() => self.x_P - self.limit_rate(z),
            Side::At if self.turns_at_parity() => self.x_R.max(self.x_P),
            _ => self.x_R,
        }
    }

    /// Bounds of d ln z/dt, per year, on the path from z on. It moves from its value now to that in the limit, under `verspagen`
    /// over the peak of g where that lies on the way.
    pub fn rates_from(&self, z: f64) -> [f64; 2] {
        let (ln_z, limit) = (ln(z), self.limit_rate(z));
        let now = self.rate(ln_z);
        let (mut low, mut high) = (now.min(limit), now.max(limit));
        if let Some((at, peak)) = self.catch_up.and_then(|catch_up| catch_up.peak()) {
            if ln_z < at && now > 0.0 {
                high = high.max(peak - self.d());
            } else if ln_z > -at && now < 0.0 {
                low = low.min(-peak - self.d());
            }
        }
        [low, high]
    }

    /// An upper bound, per year, of |d(d ln z/dt)/d ln z| on the path from z on: how fast ln z can bend, which a step size
    /// must resolve. Infinite where `literal` blows up.
    pub fn scale(&self, z: f64) -> f64 {
        let Some(catch_up) = self.catch_up else { return 0.0 };
        let (beta, limit) = (catch_up.beta, self.limit(z));
        match catch_up.form {
            Form::Literal => beta * z.max(limit),
            Form::Constant => 0.0,
            // |1 − G/δ| e^(−G/δ) ≤ 1.
            Form::Verspagen => beta,
            Form::Logistic | Form::NelsonPhelps | Form::Gompertz | Form::BenhabibSpiegel => {
                // β z^s, or β z^−s above 1, is largest at an end of the path or at 1.
                let s = catch_up.form.exponent(catch_up.shape).unwrap_or(0.0);
                let bend = |z: f64| if s == 0.0 { beta } else { beta * exp(-s * ln(z).abs()) };
                bend(z).max(bend(limit)).max(beta * f64::from(u8::from(s > 0.0 && self.meets_parity(z))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every form with two shapes, under motions that lead up, down and nowhere.
    fn motions() -> impl Iterator<Item = Motion> {
        let shapes = |form| match form {
            Form::Verspagen => [1.5, 0.8],
            Form::BenhabibSpiegel => [0.5, -0.7],
            _ => [0.0, 0.0],
        };
        let of = move |form| shapes(form).map(|shape| CatchUp { form, beta: 0.07, shape });
        let learning = [(0.02, 0.0), (0.0, 0.02), (0.03, 0.03), (0.0, 0.09), (0.09, 0.0)];
        Form::ALL.into_iter().flat_map(of).flat_map(move |catch_up| {
            [Some(catch_up), None]
                .into_iter()
                .flat_map(move |catch_up| learning.into_iter().map(move |(x_R, x_P)| Motion { catch_up, x_R, x_P }))
        })
    }

    const STARTS: [f64; 7] = [0.05, 0.4, 0.97, 1.0, 1.05, 2.0, 12.0];

    #[test]
    fn the_slope_of_the_rate_is_its_derivative() {
        for motion in motions() {
            for ln_z in [-3.0, -1.2, -0.4, -0.01, 0.3, 2.0] {
                let h = 1e-5;
                let numeric = (motion.rate(ln_z + h) - motion.rate(ln_z - h)) / (2.0 * h);
                let slope = motion.branch(motion.side_of_ln(ln_z)).rate_slope(ln_z);
                assert!(
                    (slope - numeric).abs() < 1e-8 * (1.0 + slope.abs()),
                    "{motion:?} at {ln_z}: {slope} {numeric}"
                );
                // The same motion, of z itself: dz/dt = z · rate.
                let z = f64::exp(ln_z);
                let Some([a, b, c]) = motion.branch(motion.side(z)).quadratic() else { continue };
                let polynomial = a + z * (b + c * z);
                assert!((polynomial - z * motion.rate(ln_z)).abs() < 1e-15 * (1.0 + z), "{motion:?} at {ln_z}");
            }
        }
    }

    #[test]
    fn what_reaches_the_regions_moves_z() {
        for motion in motions() {
            for z in STARTS {
                let net = motion.g(z) - motion.g_R(z) - motion.d();
                assert!((motion.rate(z.ln()) - net).abs() < 1e-15 * (1.0 + net.abs()), "{motion:?} at {z}");
                assert!(motion.g(z) >= 0.0 && motion.g_R(z) >= 0.0 && motion.g(z) * motion.g_R(z) == 0.0);
            }
        }
    }

    #[test]
    fn a_mirrored_motion_takes_the_mirrored_path() {
        for motion in motions() {
            let Some(catch_up) = motion.catch_up.filter(|catch_up| catch_up.form != Form::Literal) else { continue };
            let mirror = Motion { catch_up: Some(catch_up), x_R: motion.x_P, x_P: motion.x_R };
            for z in STARTS {
                let (limit, mirrored) = (motion.limit(z), mirror.limit(1.0 / z));
                assert!(limit == 1.0 / mirrored || (limit * mirrored - 1.0).abs() < 1e-14, "{motion:?} from {z}");
                let (meets, also) = (motion.parity_after(z), mirror.parity_after(1.0 / z));
                assert_eq!(meets.is_some(), also.is_some());
                assert!((meets.unwrap_or(1.0) / also.unwrap_or(1.0) - 1.0).abs() < 1e-13, "{meets:?} {also:?}");
                for t in [0.0, 3.0, 40.0, 300.0] {
                    let path = |motion: &Motion, z| motion.ln_z_after(z, t).expect("no literal");
                    let (one, other) = (path(&motion, z), path(&mirror, 1.0 / z));
                    if catch_up.form.has_closed_form() {
                        assert!((one + other).abs() < 1e-13 * (1.0 + one.abs()), "{motion:?} from {z}: {one} {other}");
                        let growth = motion.growth_R(z, one.exp(), t, meets);
                        let growth_P = mirror.growth_R(1.0 / z, other.exp(), t, also);
                        // ln z is what P's growth has over R's.
                        let gained = growth_P - growth - (one - z.ln());
                        assert!(gained.abs() < 1e-12 * (1.0 + growth.abs()), "{motion:?} from {z} over {t}: {gained}");
                    } else {
                        let rests = motion.side(z) == Side::At;
                        assert!(one.is_nan() != rests && other.is_nan() != rests);
                    }
                }
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_one_another() {
        let mut checked = 0;
        for motion in motions() {
            for z in STARTS {
                for side in [Side::Below, Side::At, Side::Above] {
                    let branch = motion.branch(side);
                    let own = motion.derivatives(z, side);
                    assert!((own[0] - branch.rate(z.ln())).abs() < 1e-15 * (1.0 + z + 1.0 / z));
                    // d/dt = rate · d/d ln z.
                    let h = 1e-4;
                    let at = |step: f64| branch.derivatives((z.ln() + step).exp());
                    let points = [-2.0, -1.0, 1.0, 2.0].map(|step| at(step * h));
                    for n in 1..6 {
                        let [a, b, c, d] = points.map(|point| point[n - 1]);
                        let numeric = own[0] * (a - 8.0 * b + 8.0 * c - d) / (12.0 * h);
                        let size = points.iter().map(|point| point[n - 1].abs()).fold(0.0, f64::max) * own[0].abs();
                        let error = (own[n] - numeric).abs();
                        assert!(
                            error <= 1e-10 * size + 1e-9 * own[n].abs(),
                            "{motion:?} {side:?} at {z}, {n}: {error:e}"
                        );
                        checked += usize::from(own[n] != 0.0);
                    }
                }
            }
        }
        assert!(checked > 2_000, "{checked}");
    }

    #[test]
    fn a_path_bends_no_faster_than_its_scale() {
        for motion in motions() {
            for z in STARTS {
                let scale = motion.scale(z);
                for t in [0.0, 1.0, 10.0, 30.0, 100.0, 1000.0] {
                    let Ok(ln_z) = motion.ln_z_after(z, t) else { continue };
                    let ln_z = if ln_z.is_nan() { z.ln() } else { ln_z };
                    let slope = motion.branch(motion.side_of_ln(ln_z)).rate_slope(ln_z).abs();
                    assert!(slope <= scale * (1.0 + 1e-12), "{motion:?} from {z} after {t}: {slope} > {scale}");
                }
            }
        }
    }
}
