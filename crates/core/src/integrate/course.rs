//! z along a spell, at any moment of it and as often as one likes: where there is no closed form, the solver's steps are kept.

use super::moment::{FIRST_STRETCH, Forward, parity_after};
use super::steps::{Stop, Trail};
use super::{Failure, Solver};
use crate::math::{exp, ln};
use crate::model::branch::Branch;
use crate::model::motion::Motion;

/// z of a sector from a moment on under one motion that has no closed form.
#[derive(Debug, Clone)]
pub struct Course {
    /// Years until z meets 1, if it does.
    parity: Option<f64>,
    /// To where it meets 1, and from there; or all of it.
    legs: [Option<Leg>; 2],
    solver: Solver,
}

/// A course, or a part of it, on one side of 1.
#[derive(Debug, Clone)]
struct Leg {
    flow: Forward,
    trail: Trail,
    /// ln of where it leads.
    limit: f64,
    /// Years of the next stretch of steps.
    stretch: f64,
    /// Why it leads no further: it is there, to the tolerances, or the solver gave up.
    over: Option<Result<(), Stop>>,
}

impl Course {
    /// The course from z_0 on.
    ///
    /// # Errors
    /// [`Failure`] where the solver gives up on the way to z = 1.
    pub fn new(motion: &Motion, solver: Solver, z_0: f64) -> Result<Self, Failure> {
        let parity = parity_after(motion, solver, z_0)?;
        let stretch = FIRST_STRETCH / motion.scale(z_0);
        let first = Leg::new(motion.branch(motion.side(z_0)), ln(z_0), motion.limit(z_0), stretch);
        let then = parity.map(|_| Leg::new(motion.branch(motion.side(1.0)), 0.0, motion.limit(1.0), stretch));
        Ok(Self { parity, legs: [Some(first), then], solver })
    }

    /// Years until z meets 1 in finite time.
    pub fn parity(&self) -> Option<f64> {
        self.parity
    }

    /// z after `t` ≥ 0 years.
    ///
    /// # Errors
    /// [`Failure`], in periods of one year, where the solver gives up before.
    pub fn z(&mut self, t: f64) -> Result<f64, Failure> {
        let (leg, since) = match self.parity {
            Some(meets) if t >= meets => (&mut self.legs[1], meets),
            _ => (&mut self.legs[0], 0.0),
        };
        let Some(leg) = leg else { return Ok(f64::NAN) };
        leg.ln_z(t - since, self.solver).map(exp).map_err(|stop| stop.after_years(since))
    }
}

impl Leg {
    fn new(branch: Branch, ln_z_0: f64, limit: f64, stretch: f64) -> Self {
        let flow = Forward { branch, period: 1.0 };
        let trail = Trail::new(&flow, ln_z_0);
        Self { flow, trail, limit: ln(limit), stretch, over: None }
    }

    fn ln_z(&mut self, t: f64, solver: Solver) -> Result<f64, Stop> {
        while self.trail.end().0 < t && self.over.is_none() {
            // Not far beyond what is asked for: where nothing moves, a stretch has no end.
            let years = self.stretch.min(2.0 * t);
            let outcome = self.trail.extend(&self.flow, years, [solver.rtol, solver.atol]);
            self.stretch *= 2.0;
            let left = (self.trail.end().1 - self.limit).abs();
            let there = self.limit.is_finite() && left <= solver.rtol * self.limit.abs() + solver.atol;
            self.over = (outcome.is_err() || there).then_some(outcome);
        }
        match self.over {
            _ if t <= self.trail.end().0 => Ok(self.trail.at(t)),
            Some(Err(stop)) => Err(stop),
            _ => Ok(self.limit),
        }
    }
}
