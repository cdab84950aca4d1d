//! What is taken down of a run date by date, and kept for the next one to use again.

#![expect(non_snake_case, reason = "the field's symbol: w_P")]

use crate::column::{Col, DATES, Number};
use crate::model::grid::Grid;
use crate::present::Weights;

/// Dates at a time.
const LANES: usize = 8;

/// The wage and the subsidy of a run at every date, and what changed when.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter {
    pub weights: Weights,
    /// w_P at every date, and room to the end of a column.
    pub w_P: Vec<f64>,
    /// Subsidy at every date, where any policy can pay one; empty else.
    pub subsidy: Vec<f64>,
    /// Rows k ≥ 1 whose (regime, sector) differ from the row before.
    pub regime_changes: usize,
    /// Period of the last change of regime or sector on the path, rows and after.
    pub settled: Option<usize>,
    /// Period of the last change of regime, sector or parameter on the path, rows and after; 0 where there is none.
    pub last_change: usize,
    /// The sector promoted last while trade was open.
    pub promoted: Option<usize>,
    /// Sectors whose cluster stood at a date at which it was promoted.
    pub stood: Vec<bool>,
    /// Whether the cluster of a sector stood already when it was first promoted; `None` where it never was.
    pub stood_before: Vec<Option<bool>>,
}

impl Meter {
    /// Begins a run of `n` sectors; `subsidies`: whether any policy may pay one.
    pub fn start(&mut self, grid: Grid, discount_rate: f64, subsidies: bool, n: usize) {
        self.weights.prepare(discount_rate, grid);
        let room = grid.periods + 1 + DATES;
        self.w_P.resize(room, 1.0);
        self.subsidy.clear();
        if subsidies {
            self.subsidy.resize(room, 0.0);
        }
        (self.regime_changes, self.settled, self.last_change, self.promoted) = (0, None, 0, None);
        self.stood.clear();
        self.stood.resize(n, false);
        self.stood_before.clear();
        self.stood_before.resize(n, None);
    }

    /// Room for the wages at periods `k`, k + 1, ….
    #[inline(always)]
    pub fn w_P(&mut self, k: usize) -> &mut [f64] {
        &mut self.w_P[k..]
    }

    /// Room for the subsidies at periods `k`, k + 1, …; `None` where no policy can pay one.
    #[inline(always)]
    pub fn subsidy(&mut self, k: usize) -> Option<&mut [f64]> {
        (!self.subsidy.is_empty()).then(|| &mut self.subsidy[k..])
    }

    /// The first period from `since` to `end` at which ln gap − ln long-run gap has fallen to half of what it is at `since`, or
    /// has changed sign: without logs, q = gap / long-run gap has q² ≤ q_0 where q_0 > 1, q² ≥ q_0 where it is less.
    #[inline(always)]
    pub fn half_way(&self, since: usize, end: usize, long_run_gap: f64) -> Option<usize> {
        let q_0 = self.w_P[since] * long_run_gap;
        let mut k = since;
        while k <= end {
            let q = Col::<LANES>::load(&self.w_P[k..]) * long_run_gap;
            let square = q * q;
            let limit = Col::all(q_0);
            let near = if q_0 > 1.0 { limit.at_least(square) } else { square.at_least(limit) };
            if let Some(first) = near.first() {
                return Some(k + first).filter(|&k| k <= end);
            }
            k += LANES;
        }
        None
    }
}
