//! Parameters of sectors and regions: what a shock can change. Checked by whoever made them.

use super::branch::Approach;
use super::catch_up::CatchUp;
use super::motion::Motion;
use super::policy::Trade;
use crate::column::Number;
use crate::math::exp;

/// Parameters of one sector, the same in every period until a shock.
#[derive(Debug, Clone, PartialEq)]
pub struct Sector {
    /// λ ≥ 1: static benefit of clustering; docs/model.md (1).
    pub lambda: f64,
    /// α > 0, Σα = 1: expenditure share.
    pub alpha: f64,
    /// y_R > 0: exogenous labour productivity in R, goods per worker.
    pub y_R: f64,
    /// y_P > 0: exogenous labour productivity in P, goods per worker.
    pub y_P: f64,
    /// x ≥ 0: growth of Z where a region has a cluster in this sector, per year.
    pub x: f64,
    /// Whether R has a cluster in this sector.
    pub cluster_R: bool,
    /// Catch-up of P in this sector (β may differ by sector when ẑ is given).
    pub catch_up: CatchUp,
}

impl Sector {
    /// Λ: λ where R has a cluster, else 1; docs/model.md M7.
    pub fn Lambda(&self) -> f64 {
        if self.cluster_R { self.lambda } else { 1.0 }
    }

    /// What a worker of P earns here in isolation at z = 1, R-wages; docs/model.md M7, M8.
    #[inline(always)]
    pub fn earnings(&self) -> f64 {
        self.y_P / (self.y_R * self.Lambda())
    }

    /// p: the international price at R's productivity Z_R, R-wages per good; docs/model.md (7), M7.
    pub fn price(&self, Z_R: f64) -> f64 {
        1.0 / (self.Lambda() * self.y_R * Z_R)
    }

    /// Growth of Z_R by R's own learning, per year; docs/model.md M1.
    pub fn learning_R(&self) -> f64 {
        if self.cluster_R { self.x } else { 0.0 }
    }

    /// How z moves while P has (or lacks) a cluster here and trade is open (or closed); docs/model.md M3.
    pub fn motion(&self, cluster_P: bool, trade: Trade) -> Motion {
        Motion {
            catch_up: (trade == Trade::Open).then_some(self.catch_up),
            x_R: self.learning_R(),
            x_P: if cluster_P { self.x } else { 0.0 },
        }
    }
}

/// All parameters that a shock can change; one set holds from its period to the next shock.
#[derive(Debug, Clone, PartialEq)]
pub struct Params {
    /// One entry per sector, in the scenario's order.
    pub sectors: Vec<Sector>,
    /// τ ≥ 0: years over which the static benefit of a new cluster builds up; 0: at once.
    pub tau: f64,
}

impl Params {
    /// ℓ: the static benefit that a cluster gives at an age in years, or where none stands a new one; docs/model.md §3
    /// step 3.
    #[inline(always)]
    pub fn ell<T: Number>(&self, i: usize, age: impl FnOnce() -> Option<T>) -> T {
        self.ell_with(self.sectors[i].lambda, age)
    }

    /// The same of a sector with this λ.
    #[inline(always)]
    pub fn ell_with<T: Number>(&self, lambda: f64, age: impl FnOnce() -> Option<T>) -> T {
        if self.tau <= 0.0 {
            return T::all(lambda);
        }
        match age() {
            Some(age) => (age / -self.tau).exp_less_1() * (1.0 - lambda) + 1.0,
            None => T::all(1.0),
        }
    }

    /// How ln ℓ of a cluster of this age, years, moves; `None` where it stays what it is: at once, mature, or none stands.
    pub fn build_up(&self, i: usize, age: Option<f64>) -> Option<Approach> {
        self.build_up_with(self.sectors[i].lambda, age)
    }

    /// The same of a sector with this λ.
    pub fn build_up_with(&self, lambda: f64, age: Option<f64>) -> Option<Approach> {
        let age = age.filter(|age| self.tau > 0.0 && age.is_finite())?;
        let k = 1.0 / self.tau;
        let missing = (lambda - 1.0) * exp(-age * k);
        Some(Approach { rate: k * missing / (lambda - missing), k, s: -1.0 })
    }
}
