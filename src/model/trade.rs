//! The trade and specialisation step at one date: prices, what each worker of P could earn, which
//! regimes are equilibria, and real incomes (docs/model.md §3, steps 2–4 and 6–7).

use super::params::Params;
use crate::column::{Number, Truth};

/// Two values tie when they differ by at most this share of the larger (docs/model.md §3).
pub const TIE: f64 = 1e-9;

/// Whether a and b (both > 0) tie.
#[inline(always)]
pub fn ties<T: Number>(a: T, b: T) -> T::Truth {
    (a.larger(b) * TIE).at_least((a - b).size())
}

/// What P does at one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// Cl(i): all of P works in the cluster of sector i.
    Cluster(usize),
    /// Is: all of P works in isolation in sector i.
    Isolation(usize),
    /// Is, where two or more sectors pay the same.
    Diversified,
    /// Trade is closed: P makes every good for itself.
    Closed,
}

impl Regime {
    /// Every spelling in CSV, TOML and JSON.
    pub const NAMES: [&str; 4] = ["cluster", "isolation", "diversified", "closed"];

    /// Spelling in CSV and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cluster(_) => Self::NAMES[0],
            Self::Isolation(_) => Self::NAMES[1],
            Self::Diversified => Self::NAMES[2],
            Self::Closed => Self::NAMES[3],
        }
    }

    /// A regime of n sectors as a number, so that columns can hold it: Cl(i) is i, Is(i) n + i, then diversified, closed.
    #[inline(always)]
    pub fn code(self, n: usize) -> f64 {
        match self {
            Self::Cluster(i) => i as f64,
            Self::Isolation(i) => (n + i) as f64,
            Self::Diversified => (2 * n) as f64,
            Self::Closed => (2 * n + 1) as f64,
        }
    }

    /// The regime of n sectors that a code stands for.
    pub fn of_code(code: f64, n: usize) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a code is a small whole number")]
        match code as usize {
            i if i < n => Self::Cluster(i),
            i if i < 2 * n => Self::Isolation(i - n),
            i if i == 2 * n => Self::Diversified,
            _ => Self::Closed,
        }
    }

    /// The sector P specialises in; none when diversified or closed.
    pub fn sector(self) -> Option<usize> {
        match self {
            Self::Cluster(i) | Self::Isolation(i) => Some(i),
            Self::Diversified | Self::Closed => None,
        }
    }
}

/// What the world pays at one date (`T` = `f64`), or at each of several (a column). Set up once per run, filled anew.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Offers<T = f64> {
    /// v^Is: earnings of a worker of P in isolation, R-wages; docs/model.md M8.
    pub v_Is: Vec<T>,
    /// v^Cl: earnings in P's cluster, R-wages; docs/model.md M8.
    pub v_Cl: Vec<T>,
    /// ℓ: static benefit that P's cluster gives or, where there is none, would start with.
    pub ell: Vec<T>,
    /// A = max_k v_k^Is: the outside option of anyone in P, R-wages.
    pub outside: T,
}

impl<T: Number> Offers<T> {
    /// Offers at relative productivities `z` and the ages (years) of P's clusters; no age where none stands.
    #[inline(always)]
    pub fn fill(&mut self, params: &Params, z: &[T], ages: &[Option<T>]) {
        let n = params.sectors.len();
        for column in [&mut self.v_Is, &mut self.v_Cl, &mut self.ell] {
            column.resize(n, T::default());
        }
        let mut outside = T::default();
        for (i, sector) in params.sectors.iter().enumerate() {
            let ell = params.ell(i, ages[i]);
            // p y_P Z_P without passing through levels, which cancel.
            let v_Is = z[i] * sector.earnings();
            self.v_Is[i] = v_Is;
            self.v_Cl[i] = ell * v_Is;
            self.ell[i] = ell;
            outside = outside.larger(v_Is);
        }
        self.outside = outside;
    }

    /// Whether Cl(i) is an equilibrium: nobody gains by leaving for the best isolated sector; docs/model.md (3), (4), (8), M9.
    #[inline(always)]
    pub fn cluster_holds(&self, i: usize) -> T::Truth {
        // At least A, or less by no more than what counts as a tie.
        (self.v_Cl[i] + self.outside * TIE).at_least(self.outside)
    }

    /// v_i^Cl / A − 1: how far Cl(i) is from collapse.
    #[inline(always)]
    pub fn margin(&self, i: usize) -> T {
        self.v_Cl[i] / self.outside + -1.0
    }

    /// A − v_i^Cl, R-wages per worker: what holds Cl(i) where it is no equilibrium; 0 where it is.
    #[inline(always)]
    pub fn subsidy(&self, i: usize) -> T {
        self.cluster_holds(i).pick(T::default(), self.outside - self.v_Cl[i])
    }

    /// Is, always an equilibrium: the sector that pays A, or `Diversified` where several do. As a code, like all
    /// regimes of columns: [`Regime::of_code`].
    #[inline(always)]
    pub fn isolation_code(&self) -> T {
        let n = self.v_Is.len();
        let (mut first, mut tied) = (T::default(), T::default());
        for i in (0..n).rev() {
            let ties = ties(self.v_Is[i], self.outside);
            first = ties.pick(T::all(Regime::Isolation(i).code(n)), first);
            tied = tied + ties.pick(T::all(1.0), T::default());
        }
        T::all(1.0).at_least(tied).pick(first, T::all(Regime::Diversified.code(n)))
    }

    /// The highest v^Cl among the sectors in `standing`, and the first of them that pays it, ties included; −1 where
    /// there is none.
    #[inline(always)]
    pub fn best_cluster(&self, standing: &[bool]) -> (T, T) {
        let mut highest = T::all(f64::NEG_INFINITY);
        for (&v_Cl, _) in self.v_Cl.iter().zip(standing).filter(|(_, stands)| **stands) {
            highest = v_Cl.larger(highest);
        }
        let mut first = T::all(-1.0);
        for i in (0..standing.len()).rev().filter(|&i| standing[i]) {
            first = ties(self.v_Cl[i], highest).pick(T::all(i as f64), first);
        }
        (highest, first)
    }

    /// The highest v^Cl among the clusters that hold, and the first of them that pays it, ties included; −1 where none
    /// holds.
    #[inline(always)]
    pub fn best_holding_cluster(&self) -> (T, T) {
        let none = T::all(f64::NEG_INFINITY);
        let mut highest = none;
        for (i, &v_Cl) in self.v_Cl.iter().enumerate() {
            highest = self.cluster_holds(i).pick(v_Cl, none).larger(highest);
        }
        let mut first = T::all(-1.0);
        for (i, &v_Cl) in self.v_Cl.iter().enumerate().rev() {
            first = self.cluster_holds(i).and(ties(v_Cl, highest)).pick(T::all(i as f64), first);
        }
        (highest, first)
    }

    /// w_P under `regime`, R-wages; the wage of `Closed` follows from real incomes ([`closed_ln_wage`]).
    #[inline(always)]
    pub fn wage(&self, regime: Regime) -> Option<T> {
        match regime {
            Regime::Cluster(i) => Some(self.v_Cl[i]),
            Regime::Isolation(_) | Regime::Diversified => Some(self.outside),
            Regime::Closed => None,
        }
    }
}

impl Offers {
    /// Is, as a regime.
    pub fn isolation(&self) -> Regime {
        Regime::of_code(self.isolation_code(), self.v_Is.len())
    }
}

/// ln v_R = Σ α_i ln(α_i / p_i): real income per worker of R; docs/model.md §3 step 7.
pub fn ln_real_income_R(params: &Params, ln_Z_R: impl Iterator<Item = f64>) -> f64 {
    params.sectors.iter().zip(ln_Z_R).map(|(s, ln_Z)| s.alpha * ((s.alpha * s.Lambda() * s.y_R).ln() + ln_Z)).sum()
}

/// ln w_P = ln(v_P / v_R) = Σ α_i ln(ℓ_i y_P z_i / (Λ_i y_R)) while trade is closed (ℓ_i only where P clusters);
/// docs/model.md §3 step 7.
pub fn closed_ln_wage(params: &Params, z: &[f64], ell: &[f64], clusters: &[bool]) -> f64 {
    let gain = |i: usize| if clusters[i] { ell[i] } else { 1.0 };
    let term =
        |(i, s): (usize, &super::params::Sector)| s.alpha * ((gain(i) / s.Lambda() * (s.y_P / s.y_R)).ln() + z[i].ln());
    params.sectors.iter().enumerate().map(term).sum()
}
