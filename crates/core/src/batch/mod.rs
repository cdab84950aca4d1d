//! A sweep's runs: draws → rows, in chunks that can be computed in any order, on any thread or machine.

mod size;
mod worker;

pub use size::draws_per_chunk;
pub use worker::Worker;

use crate::summary::Verdict;

/// One run's row of `runs.csv` and `runs.parquet`, without its number, variant and varied keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Why the run failed.
    pub error: Option<String>,
    /// Where P ends up.
    pub verdict: Option<Verdict>,
    /// Income gap at t_0.
    pub initial_gap: Option<f64>,
    /// Income gap at t_N.
    pub final_gap: Option<f64>,
    /// lim of the gap as t → ∞.
    pub long_run_gap: Option<f64>,
    /// Years.
    pub half_life: Option<f64>,
    /// Rows whose (regime, sector) differ from the row before.
    pub regime_changes: Option<u32>,
    /// Σ e^(−ρ t_k) Δ ln v_P.
    pub welfare: Option<f64>,
    /// Σ e^(−ρ t_k) Δ subsidy.
    pub subsidy_pv: Option<f64>,
    /// Final gap minus the baseline's of the same draw; 0 for the baseline.
    pub d_final_gap: Option<f64>,
    /// Equivalent variation against the baseline of the same draw; 0 for the baseline.
    pub equivalent_variation: Option<f64>,
    /// λ of the sector in which P ends with a cluster, 1 where it ends with none: how strong its externality is. Not a
    /// column: `summary.csv` counts with it.
    pub externality: Option<f64>,
}

/// The rows of consecutive draws under every variant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chunk {
    /// Its number, counted from 0 over the whole sweep.
    pub index: u64,
    /// Number of its first draw.
    pub first: u64,
    /// What was drawn: one column per varied key, one entry per draw.
    pub drawn: Vec<Vec<f64>>,
    /// One per draw and variant: all variants of a draw, in their order, then the next draw.
    pub rows: Vec<Row>,
    /// Kept trajectories, of the draws among these that keep theirs: (draw, variant, trajectory), in order.
    pub trajectories: Vec<(u64, usize, crate::trajectory::Trajectory)>,
}
