//! The trade and specialisation step at one date: prices, what each worker of P could earn, which
//! regimes are equilibria, and real incomes (docs/model.md §3, steps 2–4 and 6–7).

use super::params::Params;

/// Two values tie when they differ by at most this share of the larger (docs/model.md §3).
pub const TIE: f64 = 1e-9;

/// Whether a and b (both > 0) tie.
pub fn ties(a: f64, b: f64) -> bool {
    (a - b).abs() <= TIE * a.max(b)
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

    /// The sector P specialises in; none when diversified or closed.
    pub fn sector(self) -> Option<usize> {
        match self {
            Self::Cluster(i) | Self::Isolation(i) => Some(i),
            Self::Diversified | Self::Closed => None,
        }
    }
}

/// What the world pays at one date. Set up once per run, filled anew at every date.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Offers {
    /// p: international prices, R-wages per good; docs/model.md (7), M7.
    pub p: Vec<f64>,
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
    /// Prices and offers at R's productivities `Z_R`, relative productivities `z` and the ages (years) of P's
    /// clusters; no age where none stands.
    pub fn fill(&mut self, params: &Params, Z_R: &[f64], z: &[f64], ages: &[Option<f64>]) {
        self.p.clear();
        self.v_Is.clear();
        self.v_Cl.clear();
        self.ell.clear();
        self.outside = 0.0;
        for (i, sector) in params.sectors.iter().enumerate() {
            let ell = params.ell(i, ages[i].unwrap_or(0.0));
            let p = 1.0 / (sector.Lambda() * sector.y_R * Z_R[i]);
            // p y_P Z_P without passing through levels, which cancel.
            let v_Is = z[i] * (sector.y_P / sector.y_R) / sector.Lambda();
            self.p.push(p);
            self.v_Is.push(v_Is);
            self.v_Cl.push(ell * v_Is);
            self.ell.push(ell);
            self.outside = self.outside.max(v_Is);
        }
    }

    /// Whether Cl(i) is an equilibrium: nobody gains by leaving for the best isolated sector; docs/model.md (3), (4), (8), M9.
    pub fn cluster_holds(&self, i: usize) -> bool {
        self.v_Cl[i] >= self.outside || ties(self.v_Cl[i], self.outside)
    }

    /// v_i^Cl / A − 1: how far Cl(i) is from collapse.
    pub fn margin(&self, i: usize) -> f64 {
        self.v_Cl[i] / self.outside - 1.0
    }

    /// A − v_i^Cl, R-wages per worker: what holds Cl(i) where it is no equilibrium; 0 where it is.
    pub fn subsidy(&self, i: usize) -> f64 {
        if self.cluster_holds(i) { 0.0 } else { self.outside - self.v_Cl[i] }
    }

    /// Is, always an equilibrium: the sector that pays A, or `Diversified` where several do.
    pub fn isolation(&self) -> Regime {
        let mut best = (0..self.v_Is.len()).filter(|&i| ties(self.v_Is[i], self.outside));
        match (best.next(), best.next()) {
            (Some(i), None) => Regime::Isolation(i),
            _ => Regime::Diversified,
        }
    }

    /// The candidate with the highest v^Cl; ties go to the first listed.
    pub fn best_cluster(&self, candidates: impl Iterator<Item = usize> + Clone) -> Option<usize> {
        let highest = candidates.clone().map(|i| self.v_Cl[i]).fold(f64::NEG_INFINITY, f64::max);
        candidates.into_iter().find(|&i| self.v_Cl[i] == highest || ties(self.v_Cl[i], highest))
    }

    /// w_P under `regime`, R-wages; the wage of `Closed` follows from real incomes ([`closed_ln_wage`]).
    pub fn wage(&self, regime: Regime) -> Option<f64> {
        match regime {
            Regime::Cluster(i) => Some(self.v_Cl[i]),
            Regime::Isolation(_) | Regime::Diversified => Some(self.outside),
            Regime::Closed => None,
        }
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
