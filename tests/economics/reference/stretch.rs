//! What holds between two changes (§3): parameters, regime and motion, and every quantity at any moment of it.

use super::motion::{Drive, bisect};
use super::world::{Form, World};

/// Parameters of one sector as they stand after the shocks so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Sector {
    pub lambda: f64,
    pub alpha: f64,
    pub y_R: f64,
    pub y_P: f64,
    pub x: f64,
    pub cluster_R: bool,
    pub beta: f64,
}

/// Everything that a shock can change.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    pub sectors: Vec<Sector>,
    pub form: Form,
    pub s: f64,
    pub delta: f64,
    pub tau: f64,
}

impl Parameters {
    /// Reads the parameters of a scenario: defaults filled in, β from ẑ or from the speed where one is given.
    pub fn read(world: &World) -> Self {
        let n = world.sectors.len() as f64;
        let s = world.s;
        let read = |sector: &super::world::Sector| {
            let x = sector.x.unwrap_or(world.growth_x);
            let beta = match (world.z_hat, world.speed) {
                (Some(z_hat), _) if s == 0.0 => -x / z_hat.ln(),
                (Some(z_hat), _) => -s * x / (s * z_hat.ln()).exp_m1(),
                (None, Some(speed)) => speed + s * x,
                (None, None) => world.beta.unwrap_or(1.0),
            };
            Sector {
                lambda: sector.lambda,
                alpha: sector.alpha.unwrap_or(1.0 / n),
                y_R: sector.y_R,
                y_P: sector.y_P,
                x,
                cluster_R: sector.cluster_R.unwrap_or(true),
                beta,
            }
        };
        let sectors = world.sectors.iter().map(read).collect();
        Self { sectors, form: world.form, s, delta: world.delta, tau: world.tau }
    }

    /// Λ_i: what R's cluster does for R.
    pub fn benefit_R(&self, i: usize) -> f64 {
        if self.sectors[i].cluster_R { self.sectors[i].lambda } else { 1.0 }
    }

    /// ℓ_i of a cluster of `age` years; of one that would be new where there is none.
    pub fn benefit_P(&self, i: usize, age: Option<f64>) -> f64 {
        self.benefit_of(self.sectors[i].lambda, age)
    }

    /// The same with a λ that somebody believes.
    pub fn benefit_of(&self, lambda: f64, age: Option<f64>) -> f64 {
        match age {
            _ if self.tau <= 0.0 => lambda,
            None => 1.0,
            Some(age) => 1.0 + (lambda - 1.0) * -(-age / self.tau).exp_m1(),
        }
    }

    /// ln v_i^Is − ln z_i.
    pub fn ln_offer(&self, i: usize) -> f64 {
        (self.sectors[i].y_P / (self.benefit_R(i) * self.sectors[i].y_R)).ln()
    }

    /// ln of R's real income.
    pub fn ln_income_R(&self, ln_Z_R: &[f64]) -> f64 {
        let of = |i: usize| {
            let Sector { alpha, y_R, .. } = self.sectors[i];
            alpha * ((alpha * self.benefit_R(i) * y_R).ln() + ln_Z_R[i])
        };
        (0..self.sectors.len()).map(of).sum()
    }
}

/// Which equilibrium holds. A diversified region is followed through the first of the sectors that tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    Cluster(usize),
    Isolation(usize),
    Diversified(usize),
    Closed,
}

impl Regime {
    /// Its spelling in tables, and the sector in which P specialises: together what a change is a change of.
    pub fn key(self) -> (&'static str, Option<usize>) {
        match self {
            Regime::Cluster(i) => ("cluster", Some(i)),
            Regime::Isolation(i) => ("isolation", Some(i)),
            Regime::Diversified(_) => ("diversified", None),
            Regime::Closed => ("closed", None),
        }
    }

    /// The sector whose wage is P's.
    pub fn followed(self) -> Option<usize> {
        match self {
            Regime::Cluster(i) | Regime::Isolation(i) | Regime::Diversified(i) => Some(i),
            Regime::Closed => None,
        }
    }
}

/// A stretch of time from `start` on in which the regime holds, and what moves in it does so smoothly but for z meeting 1 and
/// subsidies beginning or ending.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub start: f64,
    pub regime: Regime,
    pub parameters: Parameters,
    pub drives: Vec<Drive>,
    pub clusters: Vec<bool>,
    pub ln_z: Vec<f64>,
    pub ln_Z_R: Vec<f64>,
    /// Of P's clusters that stand; infinite for mature ones.
    pub ages: Vec<Option<f64>>,
    /// Whether the cluster is kept by a subsidy wherever it needs one.
    pub sustained: bool,
    /// Whether its externality is paid for besides.
    pub pigou: bool,
    pub paid_by_R: bool,
    pub cost_of_funds: f64,
}

/// Everything at one moment of a stretch.
#[derive(Debug, Clone)]
pub struct Moment {
    pub ln_z: Vec<f64>,
    pub ln_Z_R: Vec<f64>,
    pub ln_v_Is: Vec<f64>,
    pub ln_w: f64,
    /// Disposable income m, and its ln: −∞ where P pays more than it makes.
    pub m: f64,
    pub ln_m: f64,
    pub subsidy: f64,
    pub ln_income_P: f64,
}

impl Stretch {
    pub fn n(&self) -> usize {
        self.drives.len()
    }

    pub fn age(&self, i: usize, years: f64) -> Option<f64> {
        self.ages[i].map(|age| age + years)
    }

    pub fn at(&self, t: f64) -> Moment {
        let (n, years) = (self.n(), t - self.start);
        let moved: Vec<_> = (0..n).map(|i| self.drives[i].after(self.ln_z[i], self.ln_Z_R[i], years)).collect();
        let ln_z: Vec<f64> = moved.iter().map(|moved| moved.ln_z).collect();
        let ln_Z_R: Vec<f64> = moved.iter().map(|moved| moved.ln_Z_R).collect();
        let ln_v_Is: Vec<f64> = (0..n).map(|i| self.parameters.ln_offer(i) + ln_z[i]).collect();
        let ln_ell = |i: usize| self.parameters.benefit_P(i, self.age(i, years)).ln();
        let ln_w = match self.regime {
            Regime::Cluster(i) => ln_v_Is[i] + ln_ell(i),
            Regime::Isolation(i) | Regime::Diversified(i) => ln_v_Is[i],
            Regime::Closed => {
                let of = |i: usize| {
                    self.parameters.sectors[i].alpha * (ln_v_Is[i] + if self.clusters[i] { ln_ell(i) } else { 0.0 })
                };
                (0..n).map(of).sum()
            }
        };
        let outside = ln_v_Is.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut m, mut ln_m, mut subsidy) = (ln_w.exp(), ln_w, 0.0);
        if self.sustained && outside > ln_w || self.share() > 0.0 {
            subsidy = (outside.exp() - m).max(self.share() * m);
            m = self.disposable(m, subsidy);
            ln_m = if m > 0.0 { m.ln() } else { f64::NEG_INFINITY };
        }
        let ln_income_P = ln_m + self.parameters.ln_income_R(&ln_Z_R);
        Moment { ln_z, ln_Z_R, ln_v_Is, ln_w, m, ln_m, subsidy, ln_income_P }
    }

    /// The subsidy that is paid whether needed or not, as a share of the wage.
    pub fn share(&self) -> f64 {
        match self.regime {
            Regime::Cluster(i) if self.pigou => self.parameters.sectors[i].lambda - 1.0,
            _ => 0.0,
        }
    }

    /// m of [M10].
    pub fn disposable(&self, w: f64, subsidy: f64) -> f64 {
        if self.paid_by_R { w + subsidy } else { w - (self.cost_of_funds - 1.0) * subsidy }
    }

    /// The same stretch from a later moment on.
    pub fn from(&self, start: f64) -> Stretch {
        let now = self.at(start);
        let ages = (0..self.n()).map(|i| self.age(i, start - self.start)).collect();
        Stretch { start, ln_z: now.ln_z, ln_Z_R: now.ln_Z_R, ages, ..self.clone() }
    }
}

/// The moment in [from, to] at which `quantity` changes its sign, if it has one sign at each end.
pub fn sign_change(stretch: &Stretch, from: f64, to: f64, quantity: impl Fn(&Moment) -> f64) -> Option<f64> {
    let negative = |t: f64| quantity(&stretch.at(t)) < 0.0;
    let start = negative(from);
    (start != negative(to)).then(|| bisect(from, to, |t| negative(t) != start))
}
