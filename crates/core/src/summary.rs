//! The measures of a run (`docs/model.md` §5), from its trajectory alone.

#![expect(non_snake_case, reason = "the symbol of the contract: peak_growth_P")]

use crate::math::{exp, exp_m1, ln};
pub use crate::measure::Verdict;
use crate::measure::{Measures, SETTLED};
use crate::model::long_run::{LongRun, Scratch, long_run};
use crate::model::trade::{Regime, RegimeKind};
use crate::names;
use crate::trajectory::Trajectory;
use serde::Serialize;

names! {
    /// Whether the run reached its horizon.
    pub enum Status {
        Ok = "ok": "The run reached its horizon",
        Failed = "failed": "It did not; its rows up to the failure stand",
    }
}

/// `summary.json`. What has no finite value is `None`; the verdict or the error says why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Name of the scenario.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Whether the run reached its horizon.
    pub status: Status,
    /// Why not.
    pub error: Option<String>,
    /// Where P ends up.
    pub verdict: Option<Verdict>,
    /// Income gap at t_0.
    pub initial_gap: Option<f64>,
    /// Income gap at t_N.
    pub final_gap: Option<f64>,
    /// lim of the gap as t → ∞.
    pub long_run_gap: Option<f64>,
    /// Years from the last change of regime, sector or parameter until half the log distance to the long run is covered.
    pub half_life: Option<f64>,
    /// Σ e^(−ρ t_k) Δ ln v_P, k = 0…N−1.
    pub welfare: Option<f64>,
    /// Σ e^(−ρ t_k) Δ subsidy, R-wages per worker of P.
    pub subsidy_pv: Option<f64>,
    /// Whether the last cluster would stand on its own in the long run.
    pub long_run_self_sustaining: Option<bool>,
    /// Factor y_R / y_P of the long-run gap.
    pub long_run_ricardian: Option<f64>,
    /// Factor Λ / ℓ of the long-run gap.
    pub long_run_static: Option<f64>,
    /// Factor 1 / z* of the long-run gap.
    pub long_run_technology: Option<f64>,
    /// Rows whose (regime, sector) differ from the row before.
    pub regime_changes: Option<usize>,
    /// Highest growth of P's real income over rows without a jump, per year.
    pub peak_growth_P: Option<f64>,
    /// Regime of the last row.
    pub last_regime: Option<RegimeKind>,
    /// Sector of the last row.
    pub last_sector: Option<String>,
    /// Whether the last row pays a subsidy.
    pub last_regime_subsidised: Option<bool>,
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// The measures of `trajectory` for `summary.json`.
pub fn summarise(name: &str, title: Option<&str>, trajectory: &Trajectory) -> Summary {
    let last = trajectory.rows.last();
    let Measures { error, verdict, initial_gap, final_gap, long_run_gap, half_life, .. } = trajectory.measures.clone();
    let Measures { regime_changes, welfare, subsidy_pv, .. } = trajectory.measures;
    let complete = last.is_some() && error.is_none();
    let long_run = complete.then(|| long_run_of(trajectory));
    let factors = long_run.and_then(|long_run| long_run.factors);
    Summary {
        name: name.to_owned(),
        title: title.map(str::to_owned),
        status: if error.is_some() { Status::Failed } else { Status::Ok },
        error,
        verdict,
        initial_gap,
        final_gap,
        long_run_gap,
        half_life,
        welfare,
        subsidy_pv,
        long_run_self_sustaining: long_run.and_then(|long_run| long_run.self_sustaining),
        long_run_ricardian: factors.and_then(|f| finite(f.ricardian)),
        long_run_static: factors.and_then(|f| finite(f.stat)),
        long_run_technology: factors.and_then(|f| finite(f.technology)),
        regime_changes,
        peak_growth_P: peak_growth_P(trajectory),
        last_regime: last.map(|row| row.regime.kind()),
        last_sector: last.and_then(|row| row.regime.sector()).map(|i| trajectory.sector_names[i].clone()),
        last_regime_subsidised: last.map(|row| row.subsidy > 0.0),
    }
}

/// The long run of the last row.
///
/// # Panics
/// If the trajectory has no row.
pub fn long_run_of(trajectory: &Trajectory) -> LongRun {
    let k = trajectory.rows.len() - 1;
    let sectors = trajectory.sectors_at(k);
    let z: Vec<f64> = sectors.iter().map(|row| row.z).collect();
    let clusters: Vec<bool> = sectors.iter().map(|row| row.cluster_P).collect();
    long_run(&trajectory.last_params, &z, trajectory.rows[k].regime, &clusters, &mut Scratch::default())
}

/// Σ e^(−ρ t_k) Δ f(row), k = 0…N−1.
pub fn present_value(trajectory: &Trajectory, discount_rate: f64, f: impl Fn(&crate::trajectory::Row) -> f64) -> f64 {
    let grid = trajectory.grid;
    let terms = trajectory.rows.iter().take(grid.periods).enumerate();
    terms.map(|(k, row)| exp(-discount_rate * grid.t(k)) * grid.period * f(row)).sum()
}

/// The share by which baseline income would have to rise in every period to be as good: what `welfare` is worth
/// against the welfare of a `baseline` on the same dates, whose present-value weights add up to `weights`.
pub fn equivalent_variation(welfare: f64, baseline: f64, weights: f64) -> f64 {
    exp_m1((welfare - baseline) / weights)
}

fn peak_growth_P(trajectory: &Trajectory) -> Option<f64> {
    let smooth = |k: &usize| trajectory.jumps.binary_search(k).is_err();
    let growth = (1..trajectory.rows.len()).filter(smooth).filter_map(|k| trajectory.rows[k].growth_P);
    growth.reduce(f64::max).and_then(finite)
}

/// ln gap − ln long-run gap at row k, in absolute value, and at the row of the last change; `None` where it is no
/// distance (a long-run gap of 0 or infinity) or none is left to cover.
fn distance(trajectory: &Trajectory, long_run_gap: f64) -> Option<(impl Fn(usize) -> f64 + '_, f64)> {
    if long_run_gap == 0.0 || long_run_gap.is_infinite() {
        return None;
    }
    let distance = move |k: usize| (ln(trajectory.rows[k].income_gap()) - ln(long_run_gap)).abs();
    let first = distance(trajectory.last_change);
    (first >= SETTLED).then_some((distance, first))
}

/// The share of the log distance to the long run that the gap has covered at the end, counted from the last change;
/// negative where it has moved away. `None` where there is no distance to cover.
pub fn share_of_way(trajectory: &Trajectory, long_run_gap: f64) -> Option<f64> {
    let (distance, first) = distance(trajectory, long_run_gap)?;
    Some(1.0 - distance(trajectory.rows.len() - 1) / first)
}

/// What the regime of the last row is called in a sentence.
pub fn describe_regime(regime: Regime, sector_names: &[String]) -> String {
    match regime {
        Regime::Cluster(i) => format!("a cluster in {}", sector_names[i]),
        Regime::Isolation(i) => format!("isolation in {}", sector_names[i]),
        Regime::Diversified => "isolation in sectors that pay the same".to_owned(),
        Regime::Closed => "closed trade".to_owned(),
    }
}
