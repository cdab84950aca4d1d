//! The measures of a run without its rows: what a sweep keeps of each of its runs.

use crate::control::{Control, Stopped};
use crate::integrate::Solver;
use crate::model::params::Problem;
use crate::model::trade::Regime;
use crate::simulate::simulate;
use crate::summary::{Verdict, present_value, summarise};

/// What is measured on the way. Where a run fails, what its rows up to the failure give.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measures {
    /// Why the run did not reach its horizon: sector, date, reason.
    pub error: Option<String>,
    /// Where P ends up.
    pub verdict: Option<Verdict>,
    /// Income gap at t_0.
    pub initial_gap: Option<f64>,
    /// Income gap at t_N.
    pub final_gap: Option<f64>,
    /// lim of the gap as t → ∞.
    pub long_run_gap: Option<f64>,
    /// Years from the last change until half the log distance to the long run is covered.
    pub half_life: Option<f64>,
    /// Rows whose (regime, sector) differ from the row before.
    pub regime_changes: Option<usize>,
    /// Σ e^(−ρ t_k) Δ ln v_P, k = 0…N−1.
    pub welfare: Option<f64>,
    /// Σ e^(−ρ t_k) Δ subsidy, R-wages per worker of P.
    pub subsidy_pv: Option<f64>,
    /// Σ e^(−ρ t_k) Δ: what a present value weighs all dates with.
    pub weights: f64,
    /// λ of the sector in which P ends with a cluster while trade is open; 1 where it ends with none.
    pub externality: f64,
}

/// Measures runs one after the other; holds the memory that they need, so that a run allocates nothing.
#[derive(Debug, Default)]
pub struct Engine {}

impl Engine {
    /// The measures of one run.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn measure(&mut self, problem: &Problem, solver: Solver, control: &Control) -> Result<Measures, Stopped> {
        let trajectory = simulate(problem, solver, control)?;
        let summary = summarise("", None, problem.discount_rate, &trajectory);
        let externality = match trajectory.rows.last().map(|row| row.regime) {
            Some(Regime::Cluster(i)) => trajectory.last_params.sectors[i].lambda,
            _ => 1.0,
        };
        Ok(Measures {
            error: summary.error,
            verdict: summary.verdict,
            initial_gap: summary.initial_gap,
            final_gap: summary.final_gap,
            long_run_gap: summary.long_run_gap,
            half_life: summary.half_life,
            regime_changes: summary.regime_changes,
            welfare: summary.welfare,
            subsidy_pv: summary.subsidy_pv,
            weights: present_value(&trajectory, problem.discount_rate, |_| 1.0),
            externality,
        })
    }
}
