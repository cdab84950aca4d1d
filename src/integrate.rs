//! From one date to the next: the path of one sector's z over a spell of constant motion.
//!
//! The only importer of `ode_solvers`. It is told a [`Motion`] and a start and hands back z at every t_k; what a
//! cluster is, or a wage, it does not know. Two methods give the same path: `exact` evaluates the closed form, and
//! `dopri5` integrates d ln z/dt = g(z) − d. Each sector moves on its own, so each has its own adaptive steps and
//! the order of the sectors cannot matter. The logarithm never goes negative and keeps a *relative* tolerance on z
//! when z falls towards 0.
//!
//! Kinks cost no accuracy. Where the right-hand side has one at z = 1 the path is cut there: pieces beyond it are
//! exponentials, known without a solver, and the moment at which z meets 1 comes from integrating t as a function
//! of ln z, which needs no root search.

use crate::model::catch_up::{Course, Form, Motion};
use crate::model::params::DATE_TOLERANCE;
use nalgebra::SVector;
use ode_solvers::dop_shared::IntegrationError;
use ode_solvers::{Dopri5, OutputType, System};

/// How z is advanced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Dormand–Prince 5(4), adaptive steps.
    #[default]
    Dopri5,
    /// Closed form, for every catch-up form that has one.
    Exact,
}

impl Method {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::Dopri5, Self::Exact];

    /// Spelling in TOML.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dopri5 => "dopri5",
            Self::Exact => "exact",
        }
    }
}

/// The integrator and its tolerances on ln z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Solver {
    /// How z is advanced.
    pub method: Method,
    /// Relative tolerance, in [1e-14, 1e-2].
    pub rtol: f64,
    /// Absolute tolerance, > 0.
    pub atol: f64,
}

impl Solver {
    /// Default relative tolerance.
    pub const RTOL: f64 = 1e-12;
    /// Default absolute tolerance.
    pub const ATOL: f64 = 1e-14;
}

impl Default for Solver {
    fn default() -> Self {
        Self { method: Method::default(), rtol: Self::RTOL, atol: Self::ATOL }
    }
}

/// Why z could not be advanced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failure {
    /// Periods after the start of the run at which it went wrong.
    pub period: f64,
    /// What went wrong.
    pub reason: Reason,
}

/// What went wrong in an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// z passes every bound in finite time.
    BlowUp,
    /// The step limit was reached.
    StepLimit,
    /// Steps shrink to nothing: the tolerances ask for more than floating-point numbers hold.
    Stalled,
    /// A value is no longer a finite number > 0.
    NotFinite,
}

impl Reason {
    /// For people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::BlowUp => "z grows past every bound in finite time",
            Self::StepLimit => {
                "the integrator needs more steps than its limit; catch-up is much faster than the period: try method = \"exact\""
            }
            Self::Stalled => {
                "the integrator's steps shrink to nothing: tolerances or parameters ask for more than numbers hold; \
                 try method = \"exact\", or the default tolerances"
            }
            Self::NotFinite => "z leaves the range of floating-point numbers",
        }
    }
}

/// Rows integrated ahead at first; doubled while the motion stays the same, so that a change of motion wastes at
/// most as much work again as was used.
const FIRST_BLOCK: usize = 256;

/// The share of the tolerances that each step may use: values between steps come from an interpolant one order
/// below the step itself, and paths leave more behind where a gap first opens and then closes.
const DENSE_OUTPUT_SHARE: f64 = 0.1;

/// Steps after which one integration gives up.
const STEP_LIMIT: u32 = 2_000_000;

/// ln z above which a path counts as blown up: far beyond any technology lead, far below what a float holds.
const LN_Z_MAX: f64 = 690.0;

/// z of one sector from period `k_0` on, as long as its motion does not change.
#[derive(Debug, Clone)]
pub struct Path {
    solver: Solver,
    motion: Motion,
    period: f64,
    k_0: usize,
    z_0: f64,
    /// Period of the last t_k of the run: nothing is integrated beyond it.
    k_end: usize,
    /// Years after the start at which z meets 1 in finite time, if it does.
    parity: Option<f64>,
    /// The piece that needs a solver.
    smooth: Option<Smooth>,
}

/// The smooth piece of a path under `dopri5`: ln z at consecutive periods from `first` on.
#[derive(Debug, Clone)]
struct Smooth {
    /// Period, counted from k_0, of `ln_z[0]`.
    first: usize,
    ln_z: Vec<f64>,
    block: usize,
    failure: Option<Failure>,
}

impl Path {
    /// The path of z from `z_0` at period `k_0`, Δ = `period` years, of a run that ends at period `k_end`.
    ///
    /// # Errors
    /// [`Failure`] where the solver cannot locate the moment at which z meets 1.
    pub fn start(
        solver: Solver,
        motion: Motion,
        period: f64,
        k_0: usize,
        z_0: f64,
        k_end: usize,
    ) -> Result<Self, Failure> {
        let mut path = Self { solver, motion, period, k_0, z_0, k_end, parity: None, smooth: None };
        let course = motion.course(z_0);
        path.parity = match course {
            Course::Exponential(rate) => Some(-z_0.ln() / rate).filter(|years| *years > 0.0 && years.is_finite()),
            Course::ExponentialToParity { until, .. } => Some(until),
            Course::Smooth | Course::SmoothToParity if solver.method == Method::Exact => {
                motion.closed_form_parity_after(z_0).filter(|_| path.reaches_parity(course))
            }
            Course::Smooth | Course::SmoothToParity => {
                if path.reaches_parity(course) {
                    path.years_to_parity()?
                } else {
                    None
                }
            }
        };
        if solver.method == Method::Dopri5 {
            path.smooth = path.first_smooth_point(course)?;
        }
        Ok(path)
    }

    /// z at period `k` ≥ k_0.
    ///
    /// # Errors
    /// [`Failure`] if the path ends before t_k.
    pub fn z(&mut self, k: usize) -> Result<f64, Failure> {
        if k == self.k_0 {
            return Ok(self.z_0);
        }
        let t = (k - self.k_0) as f64 * self.period;
        let z = match self.motion.course(self.z_0) {
            _ if self.solver.method == Method::Exact => self.motion.z_after(self.z_0, t).map_err(|blow_up| {
                Failure { period: self.k_0 as f64 + blow_up.after / self.period, reason: Reason::BlowUp }
            })?,
            Course::Exponential(rate) => self.z_0 * (rate * t).exp(),
            Course::ExponentialToParity { rate, until } if t < until => self.z_0 * (rate * t).exp(),
            Course::ExponentialToParity { until, .. } if self.smooth.is_none() => {
                // From z = 1 on, a course without a smooth piece is one exponential.
                match self.motion.course(1.0) {
                    Course::Exponential(rate) => (rate * (t - until)).exp(),
                    _ => f64::NAN,
                }
            }
            Course::SmoothToParity if self.parity.is_some_and(|meets| t >= meets) => {
                (-self.motion.d * (t - self.parity.unwrap_or(t))).exp()
            }
            _ => self.smooth_z(k)?,
        };
        if z.is_finite() && z > 0.0 { Ok(z) } else { Err(Failure { period: k as f64, reason: Reason::NotFinite }) }
    }

    /// The first period by whose date z has met 1 in finite time.
    pub fn parity_period(&self) -> Option<usize> {
        let after = self.parity? / self.period;
        let k = self.k_0 as f64 + (after - DATE_TOLERANCE).ceil().max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ k ≤ k_end, checked")]
        (k <= self.k_end as f64).then_some(k as usize)
    }

    /// The motion that this path follows.
    pub fn motion(&self) -> Motion {
        self.motion
    }

    /// Whether a smooth piece passes through z = 1: always where the course says so; a `literal` path, for which
    /// 1 is no kink, where it moves towards 1 and no steady state lies between.
    fn reaches_parity(&self, course: Course) -> bool {
        let (from, to) = (self.motion.rate(self.z_0.ln()), self.motion.rate(0.0));
        let literal = || {
            let literal = self.motion.catch_up.is_some_and(|c| c.form == Form::Literal);
            literal && from * to > 0.0 && from * self.z_0.ln() < 0.0
        };
        course == Course::SmoothToParity || literal()
    }

    /// t as a function of ln z, from ln z_0 to 0: dt/d ln z = 1/(g − d) is smooth, the rate having no zero between.
    fn years_to_parity(&self) -> Result<Option<f64>, Failure> {
        let u_0 = self.z_0.ln();
        let system = Inverse { motion: self.motion, u_0, sign: -u_0.signum() };
        let mut stepper = self.stepper(system, u_0.abs(), 1.0, 0.0, OutputType::Sparse);
        stepper.integrate().map_err(|error| self.failure(0.0, &error))?;
        Ok(stepper.y_out().last().map(|t| t[0]))
    }

    /// Where the solver takes over: at the start, or at the first t_k after z met 1 from above.
    fn first_smooth_point(&self, course: Course) -> Result<Option<Smooth>, Failure> {
        let smooth = |first, ln_z| Smooth { first, ln_z: vec![ln_z], block: FIRST_BLOCK, failure: None };
        match course {
            Course::Smooth | Course::SmoothToParity => Ok(Some(smooth(0, self.z_0.ln()))),
            Course::ExponentialToParity { until, .. } if self.motion.course(1.0) == Course::Smooth => {
                let from = until / self.period;
                if from > (self.k_end - self.k_0) as f64 {
                    return Ok(None);
                }
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ from ≤ N")]
                let first = from.ceil() as usize;
                let ahead = first as f64 - from;
                let ln_z = if ahead > 0.0 { self.ln_z_after(from, 0.0, ahead)? } else { 0.0 };
                Ok(Some(smooth(first, ln_z)))
            }
            _ => Ok(None),
        }
    }

    /// ln z `periods` after it was `ln_z`, `from` periods after the start; the last accepted step ends there.
    fn ln_z_after(&self, from: f64, ln_z: f64, periods: f64) -> Result<f64, Failure> {
        let mut stepper = self.stepper(self.forward(), periods, 1.0, ln_z, OutputType::Sparse);
        stepper.integrate().map_err(|error| self.failure(from, &error))?;
        Ok(stepper.y_out().last().map_or(f64::NAN, |u| u[0]))
    }

    fn smooth_z(&mut self, k: usize) -> Result<f64, Failure> {
        let Some(mut smooth) = self.smooth.take() else {
            return Err(Failure { period: k as f64, reason: Reason::NotFinite });
        };
        let wanted = k - self.k_0 - smooth.first;
        while wanted >= smooth.ln_z.len() && smooth.failure.is_none() {
            self.extend(&mut smooth);
        }
        let result = match (smooth.ln_z.get(wanted), smooth.failure) {
            (Some(ln_z), _) => Ok(ln_z.exp()),
            (None, Some(failure)) => Err(failure),
            (None, None) => Err(Failure { period: k as f64, reason: Reason::NotFinite }),
        };
        self.smooth = Some(smooth);
        result
    }

    /// Integrates the next block in one go. The solver's dense output is wrong at the very end of its interval, so
    /// the interval ends half a period past the last t_k and that tail is dropped.
    fn extend(&self, smooth: &mut Smooth) {
        let known = smooth.ln_z.len() - 1;
        let from = smooth.first + known;
        let left = (self.k_end - self.k_0).saturating_sub(from).max(1);
        let block = smooth.block.min(left);
        smooth.block = smooth.block.saturating_mul(2);
        let start = smooth.ln_z[known];
        let mut stepper = self.stepper(self.forward(), block as f64 + 0.5, 1.0, start, OutputType::Dense);
        let outcome = stepper.integrate();
        let points = stepper.y_out().iter().map(|u| u[0]).skip(1).take(block);
        smooth.ln_z.extend(points.take_while(|ln_z| ln_z.is_finite() && *ln_z < LN_Z_MAX));
        if smooth.ln_z.len() - 1 < known + block {
            let at = |period: f64, reason| Failure { period: self.k_0 as f64 + period, reason };
            smooth.failure = Some(match outcome {
                Err(error) => self.failure(from as f64, &error),
                Ok(_) => at((smooth.first + smooth.ln_z.len()) as f64, Reason::NotFinite),
            });
        }
    }

    fn forward(&self) -> Forward {
        Forward { motion: self.motion, period: self.period }
    }

    fn stepper<F: System<f64, SVector<f64, 1>>>(
        &self,
        system: F,
        length: f64,
        dx: f64,
        start: f64,
        output: OutputType,
    ) -> Dopri5<f64, SVector<f64, 1>, F> {
        let [rtol, atol] = [self.solver.rtol, self.solver.atol].map(|tolerance| tolerance * DENSE_OUTPUT_SHARE);
        // The library's own settings, but for the step limit and the stiffness test, which legal scenarios trip.
        let (safety, beta, shrink, grow) = (0.9, 0.04, 0.2, 10.0);
        let state = SVector::<f64, 1>::new(start);
        Dopri5::from_param(
            system,
            0.0,
            length,
            dx,
            state,
            rtol,
            atol,
            safety,
            beta,
            shrink,
            grow,
            length,
            0.0,
            STEP_LIMIT,
            u32::MAX,
            output,
        )
    }

    fn failure(&self, from: f64, error: &IntegrationError) -> Failure {
        let (x, reason) = match error {
            IntegrationError::MaxNumStepReached { x, .. } => (*x, Reason::StepLimit),
            IntegrationError::StepSizeUnderflow { x } | IntegrationError::StiffnessDetected { x } => {
                (*x, Reason::BlowUp)
            }
        };
        Failure { period: self.k_0 as f64 + from + x, reason }
    }
}

/// d ln z / dτ, τ in periods: whole numbers, so that no date drifts over a million of them.
struct Forward {
    motion: Motion,
    period: f64,
}

impl System<f64, SVector<f64, 1>> for Forward {
    fn system(&self, _: f64, ln_z: &SVector<f64, 1>, dy: &mut SVector<f64, 1>) {
        dy[0] = self.period * self.motion.rate(ln_z[0]);
    }
}

/// dt / d|ln z|, years, on the way from ln z_0 to 0.
struct Inverse {
    motion: Motion,
    u_0: f64,
    sign: f64,
}

impl System<f64, SVector<f64, 1>> for Inverse {
    fn system(&self, way: f64, _: &SVector<f64, 1>, dy: &mut SVector<f64, 1>) {
        dy[0] = self.sign / self.motion.rate(self.u_0 + self.sign * way);
    }
}
