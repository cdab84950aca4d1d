//! From one date to the next: the path of one sector's z over a spell of constant motion.
//!
//! A [`Path`] is told a motion and a start and hands back z at every t_k; what a cluster is, or a wage, it does not
//! know. Two methods give the same path: `exact` evaluates the closed form, and `dopri5` integrates dz/dt where that is a
//! polynomial in z, else d ln z/dt = g(z) − d (`steps`, the only importer of `ode_solvers`). Tolerances are those of ln z
//! either way: relative to z, also when z falls towards 0. Each sector moves on its own; the solver follows two at a
//! time where it can, paired by their numbers, so that the order of the sectors cannot matter.
//!
//! Kinks cost no accuracy. Where the right-hand side has one at z = 1 the path is cut there, and the moment at which z
//! meets 1 comes from integrating t as a function of ln z, which needs no root search.

mod course;
mod moment;
mod path;
mod real;
mod steps;

pub use course::Course;
pub use moment::{parity_after, z_at};
pub use path::Path;

use crate::model::catch_up::Form;
use crate::names;

names! {
    /// How z is advanced.
    #[derive(Default)]
    pub enum Method {
        #[default]
        Dopri5 = "dopri5": "Adaptive steps, Dormand–Prince 5(4)",
        Exact = "exact": "Closed form, for every catch-up form that has one",
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

    /// The same in closed form, where `form` has one.
    #[must_use]
    pub fn in_closed_form(self, form: Form) -> Self {
        if form.has_closed_form() { Self { method: Method::Exact, ..self } } else { self }
    }
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
    /// More steps than a run may take.
    StepLimit,
    /// Steps shrink to nothing: the tolerances ask for more than floating-point numbers hold.
    Stalled,
    /// A value is no longer a finite number > 0.
    NotFinite,
}

impl Reason {
    /// For people: what happened under a catch-up form, and what to do.
    pub fn describe(self, form: Form) -> &'static str {
        match (self, form.has_closed_form()) {
            (Self::BlowUp, _) => "z grows past every bound in finite time",
            (Self::StepLimit, true) => {
                "the integrator needs more steps than its limit, so fast is catch-up: try method = \"exact\""
            }
            (Self::StepLimit, false) => {
                "the integrator needs more steps than its limit, so fast is catch-up: \
                 a smaller beta, or a form that method = \"exact\" knows, such as gompertz"
            }
            (Self::Stalled, true) => {
                "the integrator's steps shrink to nothing: tolerances or parameters ask for more than numbers hold; \
                 try method = \"exact\", or the default tolerances"
            }
            (Self::Stalled, false) => {
                "the integrator's steps shrink to nothing: tolerances or parameters ask for more than numbers hold; \
                 try the default tolerances"
            }
            (Self::NotFinite, _) => "z leaves the range of floating-point numbers",
        }
    }
}
