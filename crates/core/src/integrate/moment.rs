//! z at any moment of a spell, however far off, and the moment at which it meets 1.

use super::steps::{Flow, Rate, Stop, arrive};
use super::{Failure, Reason, Solver};
use crate::math::{exp, ln};
use crate::model::branch::{BlowUp, Branch};
use crate::model::motion::Motion;

/// The first stretch on the way to a moment far off, in terms of how fast ln z can bend; each is twice as long as the one
/// before.
pub(super) const FIRST_STRETCH: f64 = 32.0;

/// z after `t` ≥ 0 years from z_0: in closed form whatever the method, or where there is none by the solver to its
/// tolerances. Thousands of years cost no more than the way to where z settles.
///
/// # Errors
/// [`Failure`], in periods of one year from z_0, where z passes every bound by then or the solver gives up.
pub fn z_at(motion: &Motion, solver: Solver, z_0: f64, t: f64) -> Result<f64, Failure> {
    let blow_up = |BlowUp { after }| Failure { period: after, reason: Reason::BlowUp };
    let branch = motion.branch(motion.side(z_0));
    if has_closed_form(branch) {
        return motion.z_after(z_0, t).map_err(blow_up);
    }
    let stretch = FIRST_STRETCH / motion.scale(z_0);
    match parity_after(motion, solver, z_0)? {
        Some(meets) if t >= meets => {
            let branch = motion.branch(motion.side(1.0));
            settle(branch, solver, [0.0, motion.limit(1.0)], stretch, t - meets).map_err(|stop| stop.after_years(meets))
        }
        _ => settle(branch, solver, [ln(z_0), motion.limit(z_0)], stretch, t).map_err(|stop| stop.after_years(0.0)),
    }
    .map(exp)
}

/// Years until a path from z_0 meets z = 1, from either side, under any form; `None` where it never does, or only in the
/// limit.
///
/// # Errors
/// [`Failure`], in periods from z_0, where the solver gives up.
pub fn parity_after(motion: &Motion, solver: Solver, z_0: f64) -> Result<Option<f64>, Failure> {
    let branch = motion.branch(motion.side(z_0));
    if has_closed_form(branch) || !motion.meets_parity(z_0) {
        return Ok(motion.parity_after(z_0));
    }
    // t as a function of ln z: its derivative 1/(g − d) is smooth, the rate having no zero on the way.
    let u_0 = ln(z_0);
    match arrive(&Inverse { branch, u_0, sign: -u_0.signum() }, u_0.abs(), 0.0, [solver.rtol, solver.atol]) {
        Ok(years) => Ok(Some(years)),
        // So slow at the end that it is an approach, to the last digit of ln z.
        Err(Stop { reason: Reason::Stalled, .. }) => Ok(None),
        Err(stop) => Err(Failure { period: 0.0, reason: stop.reason }),
    }
}

pub(super) fn has_closed_form(branch: Branch) -> bool {
    branch.catch_up.is_none_or(|catch_up| catch_up.form.has_closed_form())
}

/// ln z after `t` years on a branch that leads from ln z_0 to a limit, stretch by stretch until it is there.
fn settle(branch: Branch, solver: Solver, [ln_z_0, limit]: [f64; 2], first: f64, t: f64) -> Result<f64, Stop> {
    if branch.catch_up.is_none() {
        return Ok(ln_z_0 - branch.d * t);
    }
    let (mut ln_z, mut at, mut stretch) = (ln_z_0, 0.0, first);
    let end = ln(limit);
    while at < t {
        let years = stretch.min(t - at);
        ln_z = arrive(&Forward { branch, period: 1.0 }, years, ln_z, [solver.rtol, solver.atol])
            .map_err(|stop| Stop { after: at + stop.after, ..stop })?;
        if end.is_finite() && (ln_z - end).abs() <= solver.rtol * end.abs() + solver.atol {
            return Ok(end);
        }
        at += years;
        stretch *= 2.0;
    }
    Ok(ln_z)
}

impl Stop {
    pub(super) fn after_years(self, since: f64) -> Failure {
        Failure { period: since + self.after, reason: self.reason }
    }
}

/// d ln z / dτ, τ in periods: whole numbers, so that no date drifts over a million of them.
#[derive(Debug, Clone)]
pub(super) struct Forward {
    pub branch: Branch,
    pub period: f64,
}

impl Rate for Forward {
    fn rate(&self, _: f64, ln_z: f64) -> f64 {
        self.period * self.branch.rate(ln_z)
    }
}

impl Flow for Forward {
    fn slope(&self, ln_z: f64) -> f64 {
        self.period * self.branch.rate_slope(ln_z)
    }
}

/// dt / d|ln z|, years, on the way from ln z_0 to 0.
struct Inverse {
    branch: Branch,
    u_0: f64,
    sign: f64,
}

impl Rate for Inverse {
    fn rate(&self, way: f64, _: f64) -> f64 {
        self.sign / self.branch.rate(self.u_0 + self.sign * way)
    }
}
