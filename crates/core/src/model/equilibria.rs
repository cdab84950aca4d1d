//! The paper's tables for any numbers: every candidate Cl(i), and Is, at one date or in the steady state that the
//! candidate itself would lead to.

use super::long_run::z_star;
use super::params::Params;
use super::policy::Trade;
use super::trade::{Market, Offers, Regime, ties};

/// One candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Cl(i), or Is.
    pub regime: Regime,
    /// Whether nobody gains by leaving.
    pub equilibrium: bool,
    /// Wage in P, R-wages.
    pub w_P: f64,
    /// v^Cl / A − 1, for Cl(i).
    pub margin: Option<f64>,
    /// R-wages per worker that would hold it; 0 where none is needed.
    pub subsidy: f64,
    /// What decides, for Cl(i).
    pub inequality: Option<Inequality>,
    /// 1 for the highest wage; candidates that tie share a rank.
    pub rank: usize,
}

/// Cl(i) against the best other sector k in isolation, as in (4) and (8): Cl(i) is an equilibrium iff
/// (y_kP/y_kR) / (y_iP/y_iR) ≤ Λ_k (ℓ_i/Λ_i) z_i/z_k. With R clustered everywhere and τ = 0 the right side is
/// λ_k z_i/z_k. A cluster never pays less than isolation in its own sector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inequality {
    /// k, the best isolated sector other than i.
    pub rival: usize,
    /// Comparative advantage in k relative to i.
    pub left: f64,
    /// The combined effect of externalities.
    pub right: f64,
}

impl Candidate {
    /// The isolated sector that pays more; `None` for an equilibrium.
    pub fn rejected_by(&self) -> Option<usize> {
        self.inequality.filter(|_| !self.equilibrium).map(|inequality| inequality.rival)
    }
}

impl std::fmt::Display for Inequality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let holds = self.left <= self.right || ties(self.left, self.right);
        write!(f, "{:.6} {} {:.6}", self.left, if holds { "<=" } else { ">" }, self.right)
    }
}

/// Every Cl(i), then Is, at the offers of one date with relative productivities `z`.
pub fn now(params: &Params, z: &[f64], offers: &Offers) -> Vec<Candidate> {
    let n = z.len();
    let mut candidates: Vec<Candidate> = (0..n).map(|i| cluster(params, z, offers, i)).collect();
    candidates.push(isolation(offers));
    ranked(candidates)
}

/// Every Cl(i), then Is, each in the steady state that it leads to from `z` if it is held for ever: where P clusters
/// z → 1, elsewhere ẑ (or what the scenario's parameters make of it); ℓ → λ. The paper's Table 3.
pub fn in_the_long_run(params: &Params, z: &[f64]) -> Vec<Candidate> {
    let n = z.len();
    let settle = |cluster: Option<usize>| {
        let clusters: Vec<bool> = (0..n).map(|i| cluster == Some(i)).collect();
        let z = z_star(params, z, &clusters, Trade::Open);
        let mut offers = Offers::default();
        // R's level cancels from every ratio.
        offers.fill(params, &z, &vec![Some(f64::INFINITY); n]);
        (z, offers)
    };
    let mut candidates: Vec<Candidate> = (0..n)
        .map(|i| {
            let (z, offers) = settle(Some(i));
            cluster(params, &z, &offers, i)
        })
        .collect();
    candidates.push(isolation(&settle(None).1));
    ranked(candidates)
}

fn cluster(params: &Params, z: &[f64], offers: &Offers, i: usize) -> Candidate {
    let best = |a: &usize, b: &usize| offers.v_Is[*a].total_cmp(&offers.v_Is[*b]);
    // Of several best rivals the first listed.
    let rival = (0..z.len()).rev().filter(|&k| k != i).max_by(best);
    let inequality = rival.map(|k| {
        let (own, other) = (&params.sectors[i], &params.sectors[k]);
        let left = (other.y_P / other.y_R) / (own.y_P / own.y_R);
        let right = other.Lambda() * (offers.ell[i] / own.Lambda()) * (z[i] / z[k]);
        Inequality { rival: k, left, right }
    });
    Candidate {
        regime: Regime::Cluster(i),
        equilibrium: offers.cluster_holds(i),
        w_P: offers.v_Cl[i],
        margin: Some(offers.margin(i)),
        subsidy: offers.subsidy(i),
        inequality,
        rank: 0,
    }
}

fn isolation(offers: &Offers) -> Candidate {
    let regime = offers.isolation();
    Candidate { regime, equilibrium: true, w_P: offers.outside, margin: None, subsidy: 0.0, inequality: None, rank: 0 }
}

fn ranked(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let wages: Vec<f64> = candidates.iter().map(|candidate| candidate.w_P).collect();
    for candidate in &mut candidates {
        let above = |wage: &&f64| **wage > candidate.w_P && !ties(**wage, candidate.w_P);
        candidate.rank = 1 + wages.iter().filter(above).count();
    }
    candidates
}

/// Whether the sectors stand in the paper's order: y_R/y_P does not fall from sector to sector.
pub fn ordering_holds(params: &Params) -> bool {
    params.sectors.windows(2).all(|pair| pair[1].y_R / pair[1].y_P >= pair[0].y_R / pair[0].y_P)
}

/// Assumption 6, read so that it serves its purpose (`docs/model.md` §6): λ y_R/y_P does not fall from sector to sector.
pub fn assumption_6_holds(params: &Params) -> bool {
    let strength = |s: &super::params::Sector| s.lambda * s.y_R / s.y_P;
    params.sectors.windows(2).all(|pair| strength(&pair[1]) >= strength(&pair[0]))
}
