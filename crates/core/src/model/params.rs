//! What a scenario fixes: sectors, regions, dates. Everything here has been checked by whoever made it.

use super::catch_up::CatchUp;
use super::motion::Motion;
use super::policy::{Policy, Selection, Stance, Trade};
use crate::column::Number;
use std::fmt::Display;
use std::ops::Range;

/// Two dates a and b ≤ a + this · Δ count as reached together (docs/model.md §3).
pub const DATE_TOLERANCE: f64 = 1e-9;

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

    /// Growth of Z_R, per year; docs/model.md M1.
    pub fn learning_R(&self) -> f64 {
        if self.cluster_R { self.x } else { 0.0 }
    }

    /// How z moves while P has (or lacks) a cluster here and trade is open (or closed); docs/model.md M3.
    pub fn motion(&self, cluster_P: bool, trade: Trade) -> Motion {
        let learning_P = if cluster_P { self.x } else { 0.0 };
        Motion { catch_up: (trade == Trade::Open).then_some(self.catch_up), d: self.learning_R() - learning_P }
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
        let lambda = self.sectors[i].lambda;
        if self.tau <= 0.0 {
            return T::all(lambda);
        }
        match age() {
            Some(age) => (age / -self.tau).exp_less_1() * (1.0 - lambda) + 1.0,
            None => T::all(1.0),
        }
    }
}

/// The dates t_k = kΔ, k = 0…N.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Year of t = 0, for labels.
    pub start: f64,
    /// Δ > 0, years.
    pub period: f64,
    /// N ≥ 1.
    pub periods: usize,
}

impl Grid {
    /// t_k, years after t = 0.
    pub fn t(&self, k: usize) -> f64 {
        k as f64 * self.period
    }

    /// The first k with date ≤ t_k + 1e-9 Δ, `None` beyond the horizon.
    pub fn first_period(&self, date: f64) -> Option<usize> {
        let reached = |k: usize| date <= self.t(k) + DATE_TOLERANCE * self.period;
        if reached(0) {
            return Some(0);
        }
        if !reached(self.periods) {
            return None;
        }
        // The quotient is right to one period; the predicate decides.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and N, checked above")]
        let near = (date / self.period).max(0.0) as usize;
        (near.saturating_sub(1)..=near + 1).find(|&k| reached(k))
    }
}

/// New parameters from period `k` on.
#[derive(Debug, Clone, PartialEq)]
pub struct Epoch {
    /// First period under these parameters.
    pub k: usize,
    /// The parameters.
    pub params: Params,
    /// What changed, for events: one line per shock; empty for the first epoch.
    pub shocks: Vec<String>,
}

/// A checked scenario: all that the path depends on but the solver.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Names of the sectors, in the scenario's order.
    pub sectors: Vec<String>,
    /// Dates.
    pub grid: Grid,
    /// Z_R at t = 0, 1, per sector.
    pub Z_R: Vec<f64>,
    /// Z_P at t = 0, 1, per sector.
    pub Z_P: Vec<f64>,
    /// Parameters over time; the first epoch starts at k = 0, later ones ascend strictly.
    pub epochs: Vec<Epoch>,
    /// Sector of the mature cluster that stands before t = 0.
    pub start: Option<usize>,
    /// Which equilibrium holds where no policy decides.
    pub selection: Selection,
    /// Trade where no policy decides.
    pub trade: Trade,
    /// Sectors in which P clusters while closed.
    pub closed_clusters: Vec<bool>,
    /// Policies in file order; the last active one wins.
    pub policies: Vec<Policy>,
    /// ρ ≥ 0: discount rate, per year.
    pub discount_rate: f64,
}

impl Problem {
    /// What the policies active at period k ask for, `periods` being those of each: the last listed wins, for promotion
    /// and for trade separately.
    pub fn stance(&self, k: usize, periods: &[Range<usize>]) -> Stance {
        let mut stance = Stance { promoting: None, promote: None, trade: self.trade };
        for (index, policy) in self.policies.iter().enumerate().filter(|(index, _)| periods[*index].contains(&k)) {
            if let Some(i) = policy.promote {
                (stance.promoting, stance.promote) = (Some(index), Some((i, policy.sustain)));
            }
            stance.trade = policy.trade.unwrap_or(stance.trade);
        }
        stance
    }

    /// The periods at which each policy is active.
    pub fn policy_periods(&self) -> Vec<Range<usize>> {
        self.policies.iter().map(|policy| policy.periods(&self.grid)).collect()
    }

    /// What keeps runs of two problems from being compared: the key that differs and its value in each. `None` where dates,
    /// discount rate, sectors and expenditure shares are the same.
    pub fn incomparable(&self, other: &Self) -> Option<(String, String, String)> {
        let differs = |what: &str, own: &dyn Display, other: &dyn Display| {
            Some((what.to_owned(), own.to_string(), other.to_string()))
        };
        let (p, q) = (&self.grid, &other.grid);
        if p.start != q.start {
            return differs("time.start", &p.start, &q.start);
        }
        if p.period != q.period {
            return differs("time.period", &p.period, &q.period);
        }
        if p.periods != q.periods {
            return differs("time.horizon", &p.t(p.periods), &q.t(q.periods));
        }
        if self.discount_rate != other.discount_rate {
            return differs("welfare.discount_rate", &self.discount_rate, &other.discount_rate);
        }
        let mut sectors = [self.sectors.clone(), other.sectors.clone()];
        sectors.iter_mut().for_each(|sectors| sectors.sort());
        if sectors[0] != sectors[1] {
            return differs("the list of sectors", &sectors[0].join(", "), &sectors[1].join(", "));
        }
        for k in self.epochs.iter().chain(&other.epochs).map(|epoch| epoch.k) {
            for (i, name) in self.sectors.iter().enumerate() {
                let j = other.sectors.iter().position(|other| other == name)?;
                let (x, y) = (self.params_at(k).sectors[i].alpha, other.params_at(k).sectors[j].alpha);
                if x != y {
                    return differs(&format!("sector.{name}.alpha at t = {}", p.t(k)), &x, &y);
                }
            }
        }
        None
    }

    /// The parameters of period k.
    pub fn params_at(&self, k: usize) -> &Params {
        let epoch = self.epochs.iter().rev().find(|epoch| epoch.k <= k);
        &epoch.unwrap_or(&self.epochs[0]).params
    }
}
