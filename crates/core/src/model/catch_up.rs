//! Catch-up: how fast the advantages of backwardness lift P, and where they stop.
//!
//! The one file that knows a catch-up form: its TOML spelling, its parameters and their ranges, its
//! growth rate g(z), its mirror and its steady state; how z moves under it, in closed form where there is one, is in
//! [`super::branch`].
//! To add a form, add a variant to [`Form`]; the compiler then names every arm that is missing.

use super::range::Range;
use crate::math::{exp, exp_m1, ln, ln_1p};
use crate::names;
use lambert_w::lambert_w0;

/// |z − 1| up to which z counts as 1 (docs/model.md §2).
pub const PARITY: f64 = 1e-12;

/// |s| below which Benhabib–Spiegel is its limit Gompertz: the two then differ by less than rounding.
const S_ZERO: f64 = 1e-20;

/// Largest β·Δ that a given ẑ may imply (docs/model.md §2).
pub const BETA_PERIOD_MAX: f64 = 100.0;

names! {
    /// A functional form of g(z), per year (docs/model.md §2, "Catch-up forms").
    // As wide as the numbers beside it: a processor waits before it reads back a copy that was written in odd pieces.
    #[repr(u64)]
    #[derive(PartialOrd, Ord, Default)]
    pub enum Form {
        /// Harrison & Rodríguez-Clare 2010 §2.1.3; Benhabib & Spiegel 2005.
        #[default]
        Logistic = "logistic": "g = β (1 − z)",
        /// Nelson & Phelps 1966.
        NelsonPhelps = "nelson-phelps": "g = β (1/z − 1)",
        /// The limit s → 0 of Benhabib–Spiegel.
        Gompertz = "gompertz": "g = −β ln z",
        /// With s ∈ [−1, 1]. Benhabib & Spiegel 2005.
        BenhabibSpiegel = "benhabib-spiegel": "g = (β/s) (1 − z^s)",
        /// Verspagen 1991.
        Verspagen = "verspagen": "g = β G exp(−G/δ), G = −ln z",
        /// At z = 1 no more than keeps P at the frontier.
        Constant = "constant": "g = β while z < 1",
        /// For every z > 0: the paper's sentence "ẑ as Z_iP/Z_iR", to the letter.
        Literal = "literal": "g = β z",
    }
}

/// The second parameter of a form that has one: its key in `[catch_up]` and its range.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Key in `[catch_up]`, the field's symbol.
    pub key: &'static str,
    /// What it is; its unit is 1.
    pub meaning: &'static str,
    /// What is allowed.
    pub range: Range,
}

const S: Shape = Shape { key: "s", meaning: "Exponent of `benhabib-spiegel`", range: Range::between(-1.0, 1.0) };
const DELTA: Shape = Shape { key: "delta", meaning: "δ of `verspagen`", range: Range::POSITIVE };

impl Form {
    /// The form's second parameter, if it has one.
    pub fn shape(self) -> Option<Shape> {
        match self {
            Self::BenhabibSpiegel => Some(S),
            Self::Verspagen => Some(DELTA),
            Self::Logistic | Self::NelsonPhelps | Self::Gompertz | Self::Constant | Self::Literal => None,
        }
    }

    /// Whether its speed may be given so.
    pub fn accepts(self, pace: Pace) -> bool {
        match self {
            Self::Logistic | Self::NelsonPhelps | Self::Gompertz | Self::BenhabibSpiegel => true,
            Self::Verspagen | Self::Constant | Self::Literal => pace == Pace::Beta,
        }
    }

    /// β (per year) where no speed is given; `None` where one is required.
    pub fn default_beta(self) -> Option<f64> {
        match self {
            Self::Literal => Some(1.0),
            Self::Logistic
            | Self::NelsonPhelps
            | Self::Gompertz
            | Self::BenhabibSpiegel
            | Self::Verspagen
            | Self::Constant => None,
        }
    }

    /// Whether the path of z between two dates has a closed form (M4, M5).
    pub fn has_closed_form(self) -> bool {
        match self {
            Self::Logistic
            | Self::NelsonPhelps
            | Self::Gompertz
            | Self::BenhabibSpiegel
            | Self::Constant
            | Self::Literal => true,
            Self::Verspagen => false,
        }
    }

    /// Whether spillovers reach P alone, grow as it catches up and go on beyond z = 1: no kink there, no steady state that z
    /// settles at, and z can pass every bound in finite time.
    pub fn runs_away(self) -> bool {
        match self {
            Self::Literal => true,
            Self::Logistic
            | Self::NelsonPhelps
            | Self::Gompertz
            | Self::BenhabibSpiegel
            | Self::Verspagen
            | Self::Constant => false,
        }
    }

    /// Whether spillovers only weaken as the region behind catches up, and turn round at z = 1: of two sectors under one such law
    /// the leader in z stays the leader, and their ratio goes towards 1.
    pub fn evens_out(self) -> bool {
        match self {
            Self::Logistic | Self::NelsonPhelps | Self::Gompertz | Self::BenhabibSpiegel | Self::Constant => true,
            Self::Verspagen | Self::Literal => false,
        }
    }

    /// Whether g does not depend on z but for its jump at 1, so that ln z moves at a constant rate on either side.
    pub fn is_flat(self) -> bool {
        match self {
            Self::Constant => true,
            Self::Logistic
            | Self::NelsonPhelps
            | Self::Gompertz
            | Self::BenhabibSpiegel
            | Self::Verspagen
            | Self::Literal => false,
        }
    }

    /// Whether `key` of `[catch_up]` (other than `form`) means something under this form.
    pub fn uses(self, key: &str) -> bool {
        match Pace::from_name(key) {
            Some(pace) => self.accepts(pace),
            None => self.shape().is_some_and(|shape| shape.key == key),
        }
    }

    /// Every key of `[catch_up]` besides `form` that some form uses.
    pub fn parameter_keys() -> Vec<&'static str> {
        let mut keys = Pace::ALL.map(Pace::name).to_vec();
        keys.extend(Self::ALL.iter().filter_map(|form| form.shape()).map(|shape| shape.key));
        keys
    }

    /// The exponent s that writes the form as Benhabib–Spiegel's: 1, −1, 0 or its own.
    #[inline(always)]
    pub(super) fn exponent(self, shape: f64) -> Option<f64> {
        match self.closed_form(shape) {
            ClosedForm::Power(s) => Some(s),
            ClosedForm::Literal | ClosedForm::None => None,
        }
    }

    /// What z is a formula of on a smooth piece.
    #[inline(always)]
    pub(super) fn closed_form(self, shape: f64) -> ClosedForm {
        match self {
            Self::Logistic => ClosedForm::Power(1.0),
            Self::NelsonPhelps => ClosedForm::Power(-1.0),
            Self::Gompertz => ClosedForm::Power(0.0),
            Self::BenhabibSpiegel => ClosedForm::Power(if shape.abs() < S_ZERO { 0.0 } else { shape }),
            Self::Literal => ClosedForm::Literal,
            Self::Verspagen | Self::Constant => ClosedForm::None,
        }
    }
}

names! {
    /// How the speed of catch-up is given: one key of `[catch_up]`, from which β of every sector follows (docs/model.md §2).
    pub enum Pace {
        Beta = "beta": "β itself",
        ZHat = "z_hat": "ẑ, where z settles without a cluster",
        Speed = "speed": "The rate at which ln z closes on ln ẑ near it",
    }
}

impl Pace {
    /// β (per year) of a sector whose learning in R is `x`, where `given` is the value of the key. `None` under forms that do
    /// not take it.
    pub fn beta(self, form: Form, shape: f64, given: f64, x: f64) -> Option<f64> {
        match self {
            Self::Beta => Some(given),
            Self::ZHat => CatchUp::beta_from_z_hat(form, shape, given, x),
            Self::Speed => CatchUp::beta_from_speed(form, shape, given, x),
        }
    }

    /// Whether it makes a β that a sector can have, its learning in R being `x` and dates `period` years apart.
    pub fn allows(self, beta: f64, x: f64, period: f64) -> bool {
        let holds = match self {
            Self::Beta | Self::Speed => true,
            // Without learning there is no ẑ below 1; near 1 it asks for more than the period can follow.
            Self::ZHat => x > 0.0 && beta * period <= BETA_PERIOD_MAX,
        };
        holds && beta > 0.0
    }
}

/// What z is a formula of on a smooth piece (docs/model.md M4, M5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum ClosedForm {
    /// Benhabib–Spiegel's, with this exponent s.
    Power(f64),
    /// `literal`'s own.
    Literal,
    /// There is none, or no smooth piece.
    None,
}

/// A catch-up form with its parameters, for one sector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CatchUp {
    /// Functional form.
    pub form: Form,
    /// β > 0, per year.
    pub beta: f64,
    /// s or δ, where the form has one; else 0.
    pub shape: f64,
}

impl CatchUp {
    /// β (per year) that makes ẑ the steady state of a sector of P without a cluster whose learning in R is `x`:
    /// β = −s x / expm1(s ln ẑ), or −x / ln ẑ for s = 0. `None` for forms that take no ẑ.
    pub fn beta_from_z_hat(form: Form, shape: f64, z_hat: f64, x: f64) -> Option<f64> {
        let s = form.accepts(Pace::ZHat).then(|| form.exponent(shape)).flatten()?;
        let ln_z_hat = ln(z_hat);
        Some(if s == 0.0 { -x / ln_z_hat } else { -s * x / exp_m1(s * ln_z_hat) })
    }

    /// β (per year) that makes `speed` > 0 the rate, per year, at which ln z closes on ln ẑ near it, in a sector of P without
    /// a cluster whose learning in R is `x`: speed + s x. It can be ≤ 0 where s < 0, which is no β. `None` for forms that take
    /// no speed.
    pub fn beta_from_speed(form: Form, shape: f64, speed: f64, x: f64) -> Option<f64> {
        let s = form.accepts(Pace::Speed).then(|| form.exponent(shape)).flatten()?;
        Some(speed + s * x)
    }

    /// g(z), per year: the catch-up growth of the region behind at relative productivity z when its
    /// gap would otherwise widen at rate `d` (only `constant` at the frontier depends on it).
    pub fn g(&self, z: f64, d: f64) -> f64 {
        match self.form {
            Form::Literal => self.beta * z,
            Form::Constant if (z - 1.0).abs() <= PARITY => self.beta.min(d.max(0.0)),
            Form::Logistic
            | Form::NelsonPhelps
            | Form::Gompertz
            | Form::BenhabibSpiegel
            | Form::Verspagen
            | Form::Constant => {
                if z >= 1.0 - PARITY {
                    0.0
                } else {
                    self.smooth_g(ln(z))
                }
            }
        }
    }

    /// The form whose g at z, continued smoothly, is −g(1/z) of this one: beyond z = 1 spillovers hold P back as they
    /// lifted it below. `literal`, which knows none to R, is its own.
    pub(super) fn mirror(self) -> Self {
        let Self { form, beta, shape } = self;
        match form {
            Form::Logistic => Self { form: Form::NelsonPhelps, ..self },
            Form::NelsonPhelps => Self { form: Form::Logistic, ..self },
            Form::BenhabibSpiegel | Form::Verspagen => Self { shape: -shape, ..self },
            Form::Constant => Self { beta: -beta, ..self },
            Form::Gompertz | Form::Literal => self,
        }
    }

    /// [a, b, c] where dz/dt = a + z (b + c z) on the smooth piece, if the technology gap would otherwise widen at rate `d`.
    pub(super) fn quadratic(&self, d: f64) -> Option<[f64; 3]> {
        let beta = self.beta;
        match self.form {
            Form::Logistic => Some([0.0, beta - d, -beta]),
            Form::NelsonPhelps => Some([beta, -(beta + d), 0.0]),
            Form::Literal => Some([0.0, -d, beta]),
            Form::Gompertz | Form::BenhabibSpiegel | Form::Verspagen | Form::Constant => None,
        }
    }

    /// g as a function of ln z, continued smoothly beyond z = 1: what an integrator sees between kinks.
    pub(super) fn smooth_g(&self, ln_z: f64) -> f64 {
        match self.form {
            Form::Logistic => -self.beta * exp_m1(ln_z),
            Form::NelsonPhelps => self.beta * exp_m1(-ln_z),
            Form::Gompertz => -self.beta * ln_z,
            Form::BenhabibSpiegel => match self.form.exponent(self.shape) {
                Some(s) if s != 0.0 => -self.beta * exp_m1(s * ln_z) / s,
                _ => -self.beta * ln_z,
            },
            Form::Verspagen => -self.beta * ln_z * exp(ln_z / self.shape),
            Form::Constant => self.beta,
            Form::Literal => self.beta * exp(ln_z),
        }
    }

    /// dg/d ln z of the same function.
    pub(super) fn smooth_g_slope(&self, ln_z: f64) -> f64 {
        match self.form {
            Form::Logistic => -self.beta * exp(ln_z),
            Form::NelsonPhelps => -self.beta * exp(-ln_z),
            Form::Gompertz => -self.beta,
            Form::BenhabibSpiegel => -self.beta * exp(self.shape * ln_z),
            Form::Verspagen => -self.beta * (1.0 + ln_z / self.shape) * exp(ln_z / self.shape),
            Form::Constant => 0.0,
            Form::Literal => self.beta * exp(ln_z),
        }
    }

    /// ln z below 1 at which g is highest, and g there, per year; `None` where it falls all the way to 1, or rises.
    pub(super) fn peak(&self) -> Option<(f64, f64)> {
        match self.form {
            Form::Verspagen => Some((-self.shape, self.beta * self.shape * exp(-1.0))),
            Form::Logistic
            | Form::NelsonPhelps
            | Form::Gompertz
            | Form::BenhabibSpiegel
            | Form::Constant
            | Form::Literal => None,
        }
    }

    /// ẑ solving g(ẑ) = d for d > 0: where z settles without a cluster. `None` where there is none in (0, 1].
    pub fn z_hat(&self, d: f64) -> Option<f64> {
        match self.form {
            Form::Verspagen => self.verspagen_root(d),
            Form::Constant => (self.beta > d).then_some(1.0),
            Form::Literal => None,
            Form::Logistic | Form::NelsonPhelps | Form::Gompertz | Form::BenhabibSpiegel => {
                let s = self.form.exponent(self.shape)?;
                let loss = d / self.beta;
                (self.beta > s * d).then(|| match s {
                    1.0 => 1.0 - loss,
                    -1.0 => 1.0 / (1.0 + loss),
                    0.0 => exp(-loss),
                    _ => exp(ln_1p(-s * loss) / s),
                })
            }
        }
    }

    /// lim z(t) from z < 1 or, where z gets there, from above, if P fell behind at rate `d` > 0 but for catch-up, for ever
    /// (docs/model.md §5): 0 or a number. Not for `literal`.
    pub(super) fn limit_behind(&self, z: f64, d: f64) -> f64 {
        match self.form {
            Form::Constant if self.beta == d => z.min(1.0),
            // Below the peak of g, at ln z = −δ, P catches up from where g ≥ d on: from the unstable root.
            Form::Verspagen if ln(z) < -self.shape && self.smooth_g(ln(z)) < d => 0.0,
            Form::Logistic
            | Form::NelsonPhelps
            | Form::Gompertz
            | Form::BenhabibSpiegel
            | Form::Verspagen
            | Form::Constant
            | Form::Literal => self.z_hat(d).unwrap_or(0.0),
        }
    }

    /// The limit of g − d where z falls to 0, per year.
    pub(super) fn rate_far_behind(&self, d: f64) -> f64 {
        match self.form {
            Form::Constant => self.beta - d,
            Form::Logistic | Form::NelsonPhelps | Form::Gompertz | Form::BenhabibSpiegel => {
                match self.form.exponent(self.shape) {
                    // Exactly 0 where β = s d: z then falls to 0, but slower than any exponential.
                    Some(s) if s > 0.0 => (self.beta - s * d) / s,
                    _ => f64::INFINITY,
                }
            }
            Form::Verspagen | Form::Literal => -d,
        }
    }

    /// The stable root of verspagen's g(z) = d: exp(δ W_0(−d/(βδ))). `None` where g reaches d nowhere.
    fn verspagen_root(&self, d: f64) -> Option<f64> {
        let delta = self.shape;
        // Of negative arguments the library takes square roots alone, which are exact; below −1/e there is no W.
        let w = lambert_w0(-d / (self.beta * delta));
        (!w.is_nan()).then(|| exp(delta * w))
    }
}
