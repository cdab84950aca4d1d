//! The paper's tables for any numbers: every candidate Cl(i), and Is, at one date or in the steady state that the
//! candidate itself would lead to.

use super::long_run::{Far, lead};
use super::params::Params;
use super::policy::Trade;
use super::trade::{Market, Offers, Regime, TIE, ties};
use crate::math::{exp, exp_m1, ln};
use crate::numbers::precise;

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
        write!(f, "{} {} {}", precise(self.left), if holds { "<=" } else { ">" }, precise(self.right))
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
/// z → 1, elsewhere ẑ (or what the scenario's parameters make of it); ℓ → λ. The paper's Table 3. Where limits are 0 or
/// infinite, the limits of ratios decide.
pub fn in_the_long_run(params: &Params, z: &[f64]) -> Vec<Candidate> {
    let n = z.len();
    let settle = |cluster: Option<usize>| -> Vec<Far> {
        let motion = |i: usize| params.sectors[i].motion(cluster == Some(i), Trade::Open);
        (0..n).map(|i| Far::new(&motion(i), z[i])).collect()
    };
    // ln of what is earned in isolation at z = 1.
    let earnings: Vec<f64> = params.sectors.iter().map(|sector| ln(sector.earnings())).collect();
    // Of several isolated sectors that pay most the first listed.
    let best = |far: &[Far], among: &dyn Fn(usize) -> bool| {
        let above = |a: usize, b: usize| earnings[a] - earnings[b] + if a == b { 0.0 } else { far[a].over(&far[b]) };
        (0..n).filter(|&k| among(k)).reduce(|best, k| if above(k, best) > TIE { k } else { best })
    };
    let mut found: Vec<(Candidate, f64, Far)> = Vec::new();
    for i in 0..n {
        let far = settle(Some(i));
        let least = (0..n).map(|k| lead(params, &far, i, k)).fold(f64::INFINITY, f64::min);
        let equilibrium = least >= -TIE;
        let own = &params.sectors[i];
        let log = ln(own.lambda) + earnings[i];
        let inequality = best(&far, &|k| k != i).map(|k| {
            let other = &params.sectors[k];
            let left = (other.y_P / other.y_R) / (own.y_P / own.y_R);
            Inequality {
                rival: k,
                left,
                right: other.Lambda() * (own.lambda / own.Lambda()) * exp(far[i].over(&far[k])),
            }
        });
        let outside = best(&far, &|_| true).map_or(0.0, |k| exp(earnings[k] + far[k].ln_z));
        let w_P = exp(log + far[i].ln_z);
        let candidate = Candidate {
            regime: Regime::Cluster(i),
            equilibrium,
            w_P,
            margin: Some(exp_m1(least)),
            subsidy: if equilibrium { 0.0 } else { outside - w_P },
            inequality,
            rank: 0,
        };
        found.push((candidate, log, far[i]));
    }
    let far = settle(None);
    if let Some(made) = best(&far, &|_| true) {
        let tie =
            |k: usize| earnings[k] - earnings[made] + if k == made { 0.0 } else { far[k].over(&far[made]) } >= -TIE;
        let regime = if (0..n).filter(|&k| tie(k)).count() > 1 { Regime::Diversified } else { Regime::Isolation(made) };
        let w_P = exp(earnings[made] + far[made].ln_z);
        let candidate =
            Candidate { regime, equilibrium: true, w_P, margin: None, subsidy: 0.0, inequality: None, rank: 0 };
        found.push((candidate, earnings[made], far[made]));
    }
    let wages: Vec<(f64, Far)> = found.iter().map(|(_, log, far)| (*log, *far)).collect();
    for (candidate, log, far) in &mut found {
        let above = |other: &&(f64, Far)| other.0 - *log + other.1.over(far) > TIE;
        candidate.rank = 1 + wages.iter().filter(above).count();
    }
    found.into_iter().map(|(candidate, _, _)| candidate).collect()
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
