//! The trade and specialisation step at one date: prices, what each worker of P could earn, which
//! regimes are equilibria, and real incomes (docs/model.md §3, steps 2–4 and 6–7).

use super::params::Params;
use crate::column::{Number, Truth};
use crate::math::ln;
use crate::names;

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

names! {
    /// What P does at one date, but for the sector.
    pub enum RegimeKind {
        Cluster = "cluster": "All of P works in the cluster of one sector",
        Isolation = "isolation": "All of P works in isolation in one sector",
        Diversified = "diversified": "P works in isolation in two or more sectors, which pay the same",
        Closed = "closed": "Trade is closed: P makes every good for itself",
    }
}

impl Regime {
    /// What it is, but for the sector.
    pub fn kind(self) -> RegimeKind {
        match self {
            Self::Cluster(_) => RegimeKind::Cluster,
            Self::Isolation(_) => RegimeKind::Isolation,
            Self::Diversified => RegimeKind::Diversified,
            Self::Closed => RegimeKind::Closed,
        }
    }

    /// Spelling in CSV and JSON.
    pub fn name(self) -> &'static str {
        self.kind().name()
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

/// What the world pays workers of P at one date, or at each of several (columns).
pub trait Market {
    /// A number at each of the dates.
    type T: Number;
    /// How many sectors there are.
    fn sectors(&self) -> usize;
    /// v^Is: earnings of a worker of P in isolation in sector i, R-wages; docs/model.md M8.
    fn v_Is(&self, i: usize) -> Self::T;
    /// v^Cl: earnings in P's cluster in sector i, R-wages; docs/model.md M8.
    fn v_Cl(&self, i: usize) -> Self::T;
    /// A = max_k v_k^Is: the outside option of anyone in P, R-wages.
    fn outside(&self) -> Self::T;

    /// Whether Cl(i) is an equilibrium: nobody gains by leaving for the best isolated sector; docs/model.md (3), (4), (8), M9.
    #[inline(always)]
    fn cluster_holds(&self, i: usize) -> <Self::T as Number>::Truth {
        // At least A, or less by no more than what counts as a tie.
        (self.v_Cl(i) + self.outside() * TIE).at_least(self.outside())
    }

    /// v_i^Cl / A − 1: how far Cl(i) is from collapse.
    #[inline(always)]
    fn margin(&self, i: usize) -> Self::T {
        self.v_Cl(i) / self.outside() + -1.0
    }

    /// A − v_i^Cl, R-wages per worker: what holds Cl(i) where it is no equilibrium; 0 where it is.
    #[inline(always)]
    fn subsidy(&self, i: usize) -> Self::T {
        self.cluster_holds(i).pick(Self::T::default(), self.outside() - self.v_Cl(i))
    }

    /// Is, always an equilibrium: the sector that pays A, or `Diversified` where several do. As a code, like all
    /// regimes of columns: [`Regime::of_code`].
    #[inline(always)]
    fn isolation_code(&self) -> Self::T {
        let n = self.sectors();
        let (mut first, mut tied) = (Self::T::default(), Self::T::default());
        for i in (0..n).rev() {
            let ties = ties(self.v_Is(i), self.outside());
            first = ties.pick(Self::T::all(Regime::Isolation(i).code(n)), first);
            tied = tied + ties.pick(Self::T::all(1.0), Self::T::default());
        }
        Self::T::all(1.0).at_least(tied).pick(first, Self::T::all(Regime::Diversified.code(n)))
    }

    /// The highest v^Cl among the sectors in `standing`, and the first of them that pays it, ties included; −1 where
    /// there is none.
    #[inline(always)]
    fn best_cluster(&self, standing: &[bool]) -> (Self::T, Self::T) {
        let mut highest = Self::T::all(f64::NEG_INFINITY);
        for i in (0..standing.len()).filter(|&i| standing[i]) {
            highest = self.v_Cl(i).larger(highest);
        }
        let mut first = Self::T::all(-1.0);
        for i in (0..standing.len()).rev().filter(|&i| standing[i]) {
            first = ties(self.v_Cl(i), highest).pick(Self::T::all(i as f64), first);
        }
        (highest, first)
    }

    /// The highest v^Cl among the clusters that hold, and the first of them that pays it, ties included; −1 where none
    /// holds.
    #[inline(always)]
    fn best_holding_cluster(&self) -> (Self::T, Self::T) {
        let none = Self::T::all(f64::NEG_INFINITY);
        let mut highest = none;
        for i in 0..self.sectors() {
            highest = self.cluster_holds(i).pick(self.v_Cl(i), none).larger(highest);
        }
        let mut first = Self::T::all(-1.0);
        for i in (0..self.sectors()).rev() {
            first = self.cluster_holds(i).and(ties(self.v_Cl(i), highest)).pick(Self::T::all(i as f64), first);
        }
        (highest, first)
    }

    /// Is, where P has been isolated in sector `stays` and nothing has jumped: it stays there while that sector ties with the
    /// best, since no worker's income tells. As a code.
    #[inline(always)]
    fn isolation_code_from(&self, stays: Option<usize>) -> Self::T {
        match stays {
            Some(i) => ties(self.v_Is(i), self.outside())
                .pick(Self::T::all(Regime::Isolation(i).code(self.sectors())), self.isolation_code()),
            None => self.isolation_code(),
        }
    }

    /// The first sector in which isolation pays A, ties included.
    fn first_isolated(&self) -> usize
    where
        Self: Market<T = f64>,
    {
        (0..self.sectors()).find(|&i| ties(self.v_Is(i), self.outside())).unwrap_or(0)
    }

    /// w_P under `regime`, R-wages, `made` being the first of the sectors that a diversified region makes; the wage of
    /// `Closed` follows from real incomes ([`closed_ln_wage`]).
    #[inline(always)]
    fn wage(&self, regime: Regime, made: usize) -> Option<Self::T> {
        match regime {
            Regime::Cluster(i) => Some(self.v_Cl(i)),
            Regime::Isolation(i) => Some(self.v_Is(i)),
            Regime::Diversified => Some(self.v_Is(made)),
            Regime::Closed => None,
        }
    }
}

/// What the world pays at one date, kept. Set up once per run, filled anew.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Offers {
    /// v^Is: earnings of a worker of P in isolation, R-wages; docs/model.md M8.
    pub v_Is: Vec<f64>,
    /// v^Cl: earnings in P's cluster, R-wages; docs/model.md M8.
    pub v_Cl: Vec<f64>,
    /// ℓ: static benefit that P's cluster gives or, where there is none, would start with.
    pub ell: Vec<f64>,
    /// A = max_k v_k^Is: the outside option of anyone in P, R-wages.
    pub outside: f64,
}

impl Offers {
    /// Offers at relative productivities `z` and the ages (years) of P's clusters; no age where none stands.
    pub fn fill(&mut self, params: &Params, z: &[f64], ages: &[Option<f64>]) {
        let quotes = Quotes::new(params, |i| z[i] * params.sectors[i].earnings(), |i| ages[i]);
        for column in [&mut self.v_Is, &mut self.v_Cl, &mut self.ell] {
            column.resize(z.len(), 0.0);
        }
        for i in 0..z.len() {
            (self.v_Is[i], self.v_Cl[i], self.ell[i]) = (quotes.v_Is(i), quotes.v_Cl(i), quotes.ell(i));
        }
        self.outside = quotes.outside;
    }

    /// Is, as a regime.
    pub fn isolation(&self) -> Regime {
        Regime::of_code(self.isolation_code(), self.v_Is.len())
    }
}

impl Market for Offers {
    type T = f64;

    fn sectors(&self) -> usize {
        self.v_Is.len()
    }

    fn v_Is(&self, i: usize) -> f64 {
        self.v_Is[i]
    }

    fn v_Cl(&self, i: usize) -> f64 {
        self.v_Cl[i]
    }

    fn outside(&self) -> f64 {
        self.outside
    }
}

/// What the world pays, worked out when asked for: most choices need few of the offers, and a column is dearer to keep
/// than to make again.
#[derive(Debug)]
pub struct Quotes<'a, T, I, A> {
    params: &'a Params,
    isolation: I,
    age: A,
    outside: T,
}

impl<'a, T: Number, I: Fn(usize) -> T, A: Fn(usize) -> Option<T>> Quotes<'a, T, I, A> {
    /// Quotes where a worker of P earns `isolation` (v^Is, R-wages) alone in each sector, and P's cluster there, if one
    /// stands, has an age (years).
    #[inline(always)]
    pub fn new(params: &'a Params, isolation: I, age: A) -> Self {
        let mut quotes = Self { params, isolation, age, outside: T::default() };
        for i in 0..params.sectors.len() {
            quotes.outside = quotes.outside.larger(quotes.v_Is(i));
        }
        quotes
    }

    /// ℓ: static benefit that P's cluster in sector i gives or, where there is none, would start with.
    #[inline(always)]
    pub fn ell(&self, i: usize) -> T {
        self.params.ell(i, || (self.age)(i))
    }
}

impl<T: Number, I: Fn(usize) -> T, A: Fn(usize) -> Option<T>> Market for Quotes<'_, T, I, A> {
    type T = T;

    #[inline(always)]
    fn sectors(&self) -> usize {
        self.params.sectors.len()
    }

    #[inline(always)]
    fn v_Is(&self, i: usize) -> T {
        (self.isolation)(i)
    }

    #[inline(always)]
    fn v_Cl(&self, i: usize) -> T {
        self.ell(i) * self.v_Is(i)
    }

    #[inline(always)]
    fn outside(&self) -> T {
        self.outside
    }
}

/// ln v_R = Σ α_i ln(α_i / p_i) = Σ α_i (ln(α_i Λ_i y_iR) + ln Z_iR): real income per worker of R; docs/model.md §3 step 7.
#[inline(always)]
pub fn ln_real_income_R(params: &Params, ln_Z_R: impl Fn(usize) -> f64) -> f64 {
    let term =
        |(i, s): (usize, &super::params::Sector)| s.alpha * ((s.alpha * s.Lambda() * s.y_R).natural_log() + ln_Z_R(i));
    params.sectors.iter().enumerate().map(term).sum()
}

/// ln w_P = ln(v_P / v_R) = Σ α_i ln(ℓ_i y_P z_i / (Λ_i y_R)) while trade is closed (ℓ_i only where P clusters);
/// docs/model.md §3 step 7.
pub fn closed_ln_wage(params: &Params, z: impl Fn(usize) -> f64, ell: impl Fn(usize) -> f64, clusters: &[bool]) -> f64 {
    let gain = |i: usize| if clusters[i] { ell(i) } else { 1.0 };
    let term =
        |(i, s): (usize, &super::params::Sector)| s.alpha * (ln(gain(i) / s.Lambda() * (s.y_P / s.y_R)) + ln(z(i)));
    params.sectors.iter().enumerate().map(term).sum()
}
