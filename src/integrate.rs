//! From one date to the next: the path of one sector's z over a spell of constant motion.
//!
//! The only importer of `ode_solvers`. It is told a [`Motion`] and a start and hands back z at every t_k; what a
//! cluster is, or a wage, it does not know. Two methods give the same path: `exact` evaluates the closed form, and
//! `dopri5` integrates dz/dt where that is a polynomial in z, else d ln z/dt = g(z) − d. Each sector moves on its own, so
//! each has its own adaptive steps and the order of the sectors cannot matter. Tolerances are those of ln z either way:
//! relative to z, also when z falls towards 0.
//!
//! Kinks cost no accuracy. Where the right-hand side has one at z = 1 the path is cut there: pieces beyond it are
//! exponentials, known without a solver, and the moment at which z meets 1 comes from integrating t as a function
//! of ln z, which needs no root search.

use crate::model::catch_up::Form;
use crate::model::motion::{Course, Leg, Motion};
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

/// Dates known ahead at first; doubled while the motion stays the same, so that a change of motion wastes at most as
/// much work again as was used.
const FIRST_BLOCK: usize = 256;

/// Room behind the last known date, so that whole columns can be read and written there.
const PADDING: usize = 40;

/// The share of the tolerances that each step may use: values between steps come from an interpolant one order
/// below the step itself, and paths leave more behind where a gap first opens and then closes.
const DENSE_OUTPUT_SHARE: f64 = 0.3;

/// Steps after which one integration gives up.
const STEP_LIMIT: u32 = 2_000_000;

/// z above which a path counts as blown up: far beyond any technology lead, far below what a float holds.
const Z_MAX: f64 = 1e300;

/// z of one sector from period `k_0` on, as long as its motion does not change.
#[derive(Debug, Clone)]
pub struct Path {
    solver: Solver,
    motion: Motion,
    period: f64,
    k_0: usize,
    z_0: f64,
    /// Period of the last t_k of the run: nothing is needed beyond it.
    k_end: usize,
    /// Years after the start at which z meets 1 in finite time, if it does.
    parity: Option<f64>,
    /// How z is found at first, and from some period after k_0 on.
    pieces: (Piece, Option<(usize, Piece)>),
    /// z at k_0, k_0 + 1, …: the first `known` of them, then padding.
    z: Vec<f64>,
    known: usize,
    failure: Option<Failure>,
    /// z at the last date that the solver has reached, and how many periods after k_0 that is.
    solved: (f64, usize),
}

impl Default for Path {
    fn default() -> Self {
        Self {
            solver: Solver::default(),
            motion: Motion { catch_up: None, d: f64::NAN },
            period: f64::NAN,
            k_0: 0,
            z_0: f64::NAN,
            k_end: 0,
            parity: None,
            pieces: (Piece::Solved, None),
            z: Vec::new(),
            known: 0,
            failure: None,
            solved: (f64::NAN, 0),
        }
    }
}

/// How z is found on a piece of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    /// In closed form; the leg begins so many years after the start.
    Closed(Leg, f64),
    /// By the solver.
    Solved,
}

impl Path {
    /// Makes this a path of a run that ends at period `k_end`, Δ = `period` years. [`Path::start`] puts it at its start.
    pub fn renew(&mut self, solver: Solver, period: f64, k_end: usize) {
        (self.solver, self.period, self.k_end) = (solver, period, k_end);
        self.motion = Motion { catch_up: None, d: f64::NAN };
    }

    /// Begins at `z_0` in period `k_0`, moving by `motion` from there.
    ///
    /// # Errors
    /// [`Failure`] where the solver cannot locate the moment at which z meets 1.
    pub fn start(&mut self, motion: Motion, k_0: usize, z_0: f64) -> Result<(), Failure> {
        (self.motion, self.k_0, self.z_0) = (motion, k_0, z_0);
        (self.known, self.failure, self.solved) = (0, None, (z_0, 0));
        let course = motion.course(z_0);
        let first_at = |years: f64| first_period(years, self.period);
        let exact = self.solver.method == Method::Exact;
        let first = match course {
            Course::Smooth | Course::SmoothToParity if !exact => Piece::Solved,
            _ => Piece::Closed(motion.leg(course, z_0), 0.0),
        };
        self.parity = match course {
            Course::Exponential(rate) => Some(-z_0.ln() / rate).filter(|years| *years > 0.0 && years.is_finite()),
            Course::ExponentialToParity { until, .. } => Some(until),
            Course::Smooth | Course::SmoothToParity => match (self.reaches_parity(course), exact) {
                (true, true) => motion.closed_form_parity_after(z_0),
                (true, false) => self.years_to_parity()?,
                (false, _) => None,
            },
        };
        let then = match (course, self.parity) {
            (Course::ExponentialToParity { until, .. }, _) if !exact && motion.course(1.0) == Course::Smooth => {
                (first_at(until), Piece::Solved)
            }
            (Course::ExponentialToParity { .. } | Course::SmoothToParity, Some(meets)) => {
                (first_at(meets), Piece::Closed(motion.leg_from_parity(), meets))
            }
            _ => (usize::MAX, first),
        };
        self.pieces = (first, (then.0 <= self.k_end - k_0).then_some(then));
        if let (_, Some((from, Piece::Solved))) = self.pieces {
            self.enter_smooth_piece(from)?;
        }
        Ok(())
    }

    /// z at period `k` ≥ k_0; the run will not change its course before `until`.
    ///
    /// # Errors
    /// [`Failure`] if the path ends before t_k.
    pub fn z(&mut self, k: usize, until: usize) -> Result<f64, Failure> {
        self.reach(k, until);
        if k - self.k_0 < self.known {
            return Ok(self.z[k - self.k_0]);
        }
        Err(self.failure.unwrap_or(Failure { period: k as f64, reason: Reason::NotFinite }))
    }

    /// How many dates from period `k` on [`Path::dates`] knows; at least `k` itself unless the path ends before. The run
    /// will not change its course before `until`.
    #[inline(always)]
    pub fn ahead(&mut self, k: usize, until: usize) -> usize {
        self.reach(k, until);
        (self.known + self.k_0).saturating_sub(k)
    }

    /// z at periods `k`, k + 1, …, after [`Path::ahead`], which says how many of them mean something; there is room
    /// behind them, so that a whole column can be read.
    #[inline(always)]
    pub fn dates(&self, k: usize) -> &[f64] {
        &self.z[(k - self.k_0).min(self.known)..]
    }

    #[inline(always)]
    fn reach(&mut self, k: usize, until: usize) {
        while k - self.k_0 >= self.known && self.failure.is_none() {
            self.extend(until);
        }
    }

    /// Makes the next block of dates known.
    #[inline(always)]
    fn extend(&mut self, until: usize) {
        let last = self.k_end - self.k_0;
        let block = self.known.max(FIRST_BLOCK);
        let end = (self.known + block).min(until.max(self.k_0 + self.known) - self.k_0 + 1).min(last + 1);
        if self.z.len() < end + 2 * PADDING {
            self.z.resize(end + 2 * PADDING, 1.0);
        }
        let (first, then) = self.pieces;
        let split = then.map_or(end, |(from, _)| from.clamp(self.known, end));
        let mut found = self.known;
        if found < split {
            found = self.fill(first, found, split);
        }
        if let Some((_, piece)) = then
            && found == split
            && split < end
        {
            found = self.fill(piece, split, end);
        }
        let fine = |z: &f64| *z > 0.0 && *z < f64::INFINITY;
        let new = &self.z[self.known..found];
        // z rises or falls all along a piece: where its ends are fine, so is what lies between.
        let first_piece = &new[..split.min(found) - self.known];
        let ends = [new.first(), first_piece.last(), new.last()];
        let good = if ends.into_iter().flatten().all(fine) {
            new.len()
        } else {
            let good = new.iter().take_while(|z| fine(z)).count();
            self.failure = Some(self.lost(self.known + good));
            good
        };
        self.known += good;
        debug_assert!(self.known == end || self.failure.is_some());
    }

    /// Writes z at dates `from`..`to` (periods after k_0) by one piece; returns up to where it could.
    #[inline(always)]
    fn fill(&mut self, piece: Piece, from: usize, to: usize) -> usize {
        match piece {
            Piece::Closed(leg, since) => {
                let dates = (to - from).next_multiple_of(8);
                let first = from as f64 * self.period - since;
                leg.fill(first, self.period, &mut self.z[from..from + dates]);
                to
            }
            Piece::Solved => self.solve(from, to),
        }
    }

    /// Why z at `index` periods after k_0 is no number > 0.
    fn lost(&self, index: usize) -> Failure {
        let at = index as f64 * self.period;
        match self.motion.z_after(self.z_0, at) {
            Err(blow_up) if self.solver.method == Method::Exact => {
                Failure { period: self.k_0 as f64 + blow_up.after / self.period, reason: Reason::BlowUp }
            }
            _ => Failure { period: (self.k_0 + index) as f64, reason: Reason::NotFinite },
        }
    }

    /// The first period by whose date z has met 1 in finite time.
    pub fn parity_period(&self) -> Option<usize> {
        let after = self.parity? / self.period;
        let k = self.k_0 as f64 + (after - DATE_TOLERANCE).ceil().max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ k ≤ k_end, checked")]
        (k <= self.k_end as f64).then_some(k as usize)
    }

    /// The motion that this path follows.
    pub fn motion(&self) -> &Motion {
        &self.motion
    }

    /// Whether a smooth piece passes through z = 1: always where the course says so; a `literal` path, for which
    /// 1 is no kink, where it moves towards 1 and no steady state lies between.
    fn reaches_parity(&self, course: Course) -> bool {
        if self.motion.catch_up.is_none_or(|catch_up| catch_up.form != Form::Literal) {
            return course == Course::SmoothToParity;
        }
        let (from, to) = (self.motion.rate(self.z_0.ln()), self.motion.rate(0.0));
        from * to > 0.0 && from * self.z_0.ln() < 0.0
    }

    /// t as a function of ln z, from ln z_0 to 0: dt/d ln z = 1/(g − d) is smooth, the rate having no zero between.
    fn years_to_parity(&self) -> Result<Option<f64>, Failure> {
        let u_0 = self.z_0.ln();
        let system = Inverse { motion: self.motion, u_0, sign: -u_0.signum() };
        let mut stepper = self.stepper(system, u_0.abs(), 0.0, OutputType::Sparse, self.tolerances());
        // Here the solver's variable is ln z, which says nothing of the date.
        let at_start = |error| Failure { period: self.k_0 as f64, ..self.failure(0.0, &error) };
        stepper.integrate().map_err(at_start)?;
        Ok(stepper.y_out().last().map(|t| t[0]))
    }

    /// The solver takes over at the first t_k after z met 1 from above, `from` periods after the start.
    fn enter_smooth_piece(&mut self, from: usize) -> Result<(), Failure> {
        let met = self.parity.unwrap_or(0.0) / self.period;
        let ahead = from as f64 - met;
        let ln_z = if ahead > 0.0 {
            // The last accepted step ends at the date.
            let mut stepper = self.stepper(self.forward(), ahead, 0.0, OutputType::Sparse, self.tolerances());
            stepper.integrate().map_err(|error| self.failure(met, &error))?;
            stepper.y_out().last().map_or(f64::NAN, |u| u[0])
        } else {
            0.0
        };
        self.solved = (ln_z.exp(), from);
        Ok(())
    }

    /// Integrates to `to` in one go and writes z at dates `from`..`to`; returns up to where it could. The solver's
    /// dense output is wrong at the very end of its interval, so the interval ends half a period past the last t_k and
    /// that tail is dropped.
    fn solve(&mut self, from: usize, to: usize) -> usize {
        let (z, at) = self.solved;
        if from == at {
            self.z[from] = z;
        }
        let wanted = to - 1 - at;
        if wanted == 0 {
            return to;
        }
        let length = wanted as f64 + 0.5;
        let found = if let Some(quadratic) = self.motion.quadratic() {
            let flow = Quadratic(quadratic.map(|coefficient| coefficient * self.period));
            // Relative to z, as on its logarithm.
            let tolerances = [self.solver.rtol + self.solver.atol, 0.0];
            self.sample(self.stepper(flow, length, z, OutputType::Dense, tolerances), at, wanted, |z| z)
        } else {
            let stepper = self.stepper(self.forward(), length, z.ln(), OutputType::Dense, self.tolerances());
            self.sample(stepper, at, wanted, f64::exp)
        };
        if let Err(failure) = &found {
            self.failure = Some(*failure);
        }
        let reached = found.unwrap_or_else(|_| self.solved.1 + 1);
        reached.min(to)
    }

    /// Writes what `stepper` yields at the `wanted` dates after `at`.
    fn sample<F: System<f64, SVector<f64, 1>>>(
        &mut self,
        mut stepper: Dopri5<f64, SVector<f64, 1>, F>,
        at: usize,
        wanted: usize,
        to_z: impl Fn(f64) -> f64,
    ) -> Result<usize, Failure> {
        let outcome = stepper.integrate();
        let mut found = 0;
        for point in stepper.y_out().iter().skip(1).take(wanted) {
            let z = to_z(point[0]);
            if !(z > 0.0 && z < Z_MAX) {
                break;
            }
            found += 1;
            self.z[at + found] = z;
        }
        self.solved = (self.z[at + found], at + found);
        if found == wanted {
            return Ok(at + wanted + 1);
        }
        Err(match outcome {
            Err(error) => self.failure(at as f64, &error),
            Ok(_) => Failure { period: (self.k_0 + at + found + 1) as f64, reason: Reason::NotFinite },
        })
    }

    fn forward(&self) -> Forward {
        Forward { motion: self.motion, period: self.period }
    }

    /// On ln z: relative, absolute.
    fn tolerances(&self) -> [f64; 2] {
        [self.solver.rtol, self.solver.atol]
    }

    /// A solver of `system` from `start` over `length`, a point at every whole number of it where `output` is dense.
    fn stepper<F: System<f64, SVector<f64, 1>>>(
        &self,
        system: F,
        length: f64,
        start: f64,
        output: OutputType,
        tolerances: [f64; 2],
    ) -> Dopri5<f64, SVector<f64, 1>, F> {
        let [rtol, atol] = tolerances.map(|tolerance| tolerance * DENSE_OUTPUT_SHARE);
        // The library's own settings, but for the step limit and the stiffness test, which legal scenarios trip.
        let (safety, beta, shrink, grow) = (0.9, 0.04, 0.2, 10.0);
        let state = SVector::<f64, 1>::new(start);
        Dopri5::from_param(
            system,
            0.0,
            length,
            1.0,
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
                // Only literal's spillovers grow as P catches up; any other path that stalls was lost to the numbers.
                let literal = self.motion.catch_up.is_some_and(|catch_up| catch_up.form == Form::Literal);
                (*x, if literal { Reason::BlowUp } else { Reason::Stalled })
            }
        };
        Failure { period: self.k_0 as f64 + from + x, reason }
    }
}

/// The first k whose date kΔ is at least `years`.
fn first_period(years: f64, period: f64) -> usize {
    let near = (years / period).ceil().max(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a saturating cast of a number ≥ 0")]
    let k = near as usize;
    match k {
        // The quotient is right to one period.
        k if k > 0 && (k - 1) as f64 * period >= years => k - 1,
        k if (k as f64 * period) < years => k.saturating_add(1),
        k => k,
    }
}

/// dz/dτ = a + z (b + c z), τ in periods.
struct Quadratic([f64; 3]);

impl System<f64, SVector<f64, 1>> for Quadratic {
    fn system(&self, _: f64, z: &SVector<f64, 1>, dy: &mut SVector<f64, 1>) {
        let [a, b, c] = self.0;
        dy[0] = a + z[0] * (b + c * z[0]);
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
