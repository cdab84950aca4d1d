//! Where a path goes as t → ∞ if the last regime holds for ever (docs/model.md §5).

use super::params::Params;
use super::policy::Trade;
use super::trade::{Market, Offers, Regime, closed_ln_wage};
use crate::math::{exp, ln};

/// The long-run gap and what it consists of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongRun {
    /// lim 1/w_P: 0 where P pulls away for ever, infinite where it falls behind for ever.
    pub gap: f64,
    /// Whether the last cluster would stand on its own there (M9 at z*); `None` where the last regime is no cluster.
    pub self_sustaining: Option<bool>,
    /// The gap as a product; `None` where the gap is 0 or infinite.
    pub factors: Option<Factors>,
}

/// Ricardian × static × technology = income gap, of the sector P specialises in; for a closed region the
/// α-weighted geometric means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factors {
    /// y_R / y_P.
    pub ricardian: f64,
    /// Λ / ℓ, with ℓ = 1 where P has no cluster.
    pub stat: f64,
    /// 1 / z*.
    pub technology: f64,
}

/// z* per sector: where z goes under `regime` with P's clusters as marked.
pub fn z_star(params: &Params, z: &[f64], clusters: &[bool], trade: Trade) -> Vec<f64> {
    params.sectors.iter().enumerate().map(|(i, s)| s.motion(clusters[i], trade).limit(z[i])).collect()
}

/// Memory that [`long_run`] works in, so that it need not ask for any.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    z: Vec<f64>,
    mature: Vec<Option<f64>>,
    offers: Offers,
}

/// The long run of the last row: parameters, policies, regime and trade held for ever, ℓ → λ.
pub fn long_run(params: &Params, z: &[f64], regime: Regime, clusters: &[bool], scratch: &mut Scratch) -> LongRun {
    match regime {
        Regime::Closed => closed(params, z, clusters),
        _ => open(params, z, regime, clusters, scratch),
    }
}

fn open(params: &Params, z: &[f64], regime: Regime, clusters: &[bool], scratch: &mut Scratch) -> LongRun {
    let Scratch { z: limits, mature, offers } = scratch;
    limits.clear();
    limits.extend(params.sectors.iter().enumerate().map(|(i, s)| s.motion(clusters[i], Trade::Open).limit(z[i])));
    let z = &*limits;
    mature.clear();
    mature.resize(z.len(), Some(f64::INFINITY));
    offers.fill(params, z, mature);
    let settled = if let Regime::Cluster(_) = regime { regime } else { offers.isolation() };
    let gap = 1.0 / offers.wage(settled).unwrap_or(f64::NAN);
    // Where several isolated sectors pay the same, the first of them stands for all: their products are equal.
    let sector = settled.sector().or_else(|| offers.v_Is.iter().position(|&v| v == offers.outside));
    let factors = sector.filter(|_| gap > 0.0 && gap.is_finite()).map(|i| {
        let s = &params.sectors[i];
        let ell = if clusters[i] { offers.ell[i] } else { 1.0 };
        Factors { ricardian: s.y_R / s.y_P, stat: s.Lambda() / ell, technology: 1.0 / z[i] }
    });
    let self_sustaining = if let Regime::Cluster(i) = regime { Some(offers.cluster_holds(i)) } else { None };
    LongRun { gap, self_sustaining, factors }
}

fn closed(params: &Params, z: &[f64], clusters: &[bool]) -> LongRun {
    let d = |i: usize| params.sectors[i].motion(clusters[i], Trade::Closed).d();
    let weighted = |term: &dyn Fn(usize) -> f64| -> f64 {
        params.sectors.iter().enumerate().map(|(i, s)| s.alpha * term(i)).sum()
    };
    let drift = weighted(&d);
    // Opposite drifts that cancel leave only rounding behind.
    let rounding = 4.0 * f64::EPSILON * weighted(&|i| d(i).abs());
    if drift.abs() > rounding {
        let gap = if drift > 0.0 { f64::INFINITY } else { 0.0 };
        return LongRun { gap, self_sustaining: None, factors: None };
    }
    let ell = |i: usize| params.sectors[i].lambda;
    let gap = exp(-closed_ln_wage(params, |i| z[i], ell, clusters));
    let mean = |term: &dyn Fn(usize) -> f64| exp(weighted(&|i| ln(term(i))));
    let factors = Factors {
        ricardian: mean(&|i| params.sectors[i].y_R / params.sectors[i].y_P),
        stat: mean(&|i| params.sectors[i].Lambda() / if clusters[i] { ell(i) } else { 1.0 }),
        technology: mean(&|i| 1.0 / z[i]),
    };
    LongRun { gap, self_sustaining: None, factors: Some(factors) }
}
