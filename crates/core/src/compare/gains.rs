//! What a run gains over a baseline (`docs/model.md` §5).

#![expect(non_snake_case, reason = "the field's symbols: w_P")]

use super::Gains;
use crate::math::exp;
use crate::measure::{Baseline, Measure};
use crate::model::problem::Problem;
use crate::model::trade::TIE;
use crate::present::{Paid, Weights};
use crate::trajectory::Trajectory;

/// The discount rates among which the break-even rate is sought, per year.
const RATES: [f64; 2] = [1e-4, 0.3];
/// How many of them are looked at first, each a fixed share above the one before.
const LOOKS: u32 = 240;
/// Share of welfare below which a difference is no difference: of paths in closed form, and of those that a solver follows.
const NO_DIFFERENCE: f64 = 1e-12;
const SOLVED: f64 = 1e-9;
/// Dates after the last row that are looked at one by one for when a run passes its baseline; later ones further and
/// further apart.
const NEAR: usize = 400;

/// A run with its rows, and the problem that it solves.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// Its path.
    pub trajectory: &'a Trajectory,
}

/// The present values of a run at any rate.
struct Valued<'a> {
    path: Path<'a>,
    w_P: Vec<f64>,
    weights: Weights,
}

impl<'a> Valued<'a> {
    fn new(path: Path<'a>) -> Self {
        let rows = &path.trajectory.rows;
        Self { path, w_P: rows.iter().map(|row| row.w_P).collect(), weights: Weights::default() }
    }

    fn welfare(&mut self, rate: f64) -> Option<f64> {
        paid(self.path, &self.w_P).welfare(&mut self.weights, rate)
    }

    /// The share of it that is rounding, or what the solver is off by.
    fn noise(&self) -> f64 {
        if self.path.trajectory.spells.are_solved() { SOLVED } else { NO_DIFFERENCE }
    }

    /// PV(s) at the scenario's own rate: what P pays, and what R pays.
    fn subsidies(&mut self) -> Option<[f64; 2]> {
        let problem = self.path.problem;
        self.weights.prepare(problem.discount_rate, problem.grid);
        paid(self.path, &self.w_P).values(&self.weights, problem.discount_rate).subsidy
    }
}

fn paid<'a>(path: Path<'a>, w_P: &'a [f64]) -> Paid<'a> {
    Paid { problem: path.problem, spells: &path.trajectory.spells, w_P }
}

/// What a run gains over a baseline on the same dates; its rank is that of a run alone.
pub fn gains(own: Path<'_>, baseline: Path<'_>) -> Gains {
    let is_baseline = std::ptr::eq(own.trajectory, baseline.trajectory);
    let mut measures = own.trajectory.measures.clone();
    Baseline::of(&baseline.trajectory.measures).set_against(&mut measures);
    let net_gain_pv = measures[Measure::NetGainPv];
    let mut valued = Valued::new(own);
    let cost_of_funds = own.problem.cost_of_funds;
    let benefit_cost = valued
        .subsidies()
        .filter(|[P, R]| P + R > 0.0)
        .zip(net_gain_pv)
        .map(|([by_P, by_R], gain)| (gain + cost_of_funds * by_P) / (cost_of_funds * (by_P + by_R)));
    Gains {
        rank: 1,
        equivalent_variation: measures[Measure::EquivalentVariation],
        net_gain_pv,
        benefit_cost,
        break_even_rate: if is_baseline { None } else { break_even_rate(&mut valued, &mut Valued::new(baseline)) },
        passes_baseline_year: passes_baseline_from(own, baseline),
        ends_level: ends_level(own, baseline),
    }
}

/// The discount rate nearest to the scenario's at which the equivalent variation changes sign.
fn break_even_rate(own: &mut Valued<'_>, baseline: &mut Valued<'_>) -> Option<f64> {
    let noise = own.noise().max(baseline.noise());
    // Of own welfare over the baseline's, and what is no difference.
    let mut gain = |rate: f64| -> Option<[f64; 2]> {
        let (own, baseline) = (own.welfare(rate)?, baseline.welfare(rate)?);
        Some([own - baseline, noise * own.abs().max(baseline.abs())])
    };
    let [lowest, highest] = RATES;
    let rate_at = |look: u32| {
        let share = f64::from(look) / f64::from(LOOKS);
        if look == LOOKS { highest } else { lowest * crate::math::powf(highest / lowest, share) }
    };
    let mut crossings = Vec::new();
    let mut before: Option<(f64, f64)> = None;
    for look in 0..=LOOKS {
        let rate = rate_at(look);
        let Some([here, _]) = gain(rate).filter(|[gain, none]| gain.abs() > *none) else { continue };
        if let Some((mut low, then)) = before.filter(|(_, then)| then * here < 0.0) {
            let mut high = rate;
            loop {
                let middle = 0.5 * (low + high);
                if middle <= low || middle >= high {
                    break;
                }
                if gain(middle)?[0] * then > 0.0 { low = middle } else { high = middle }
            }
            crossings.push(high);
        }
        before = Some((rate, here));
    }
    let rho = baseline.path.problem.discount_rate;
    crossings.into_iter().min_by(|a, b| (a - rho).abs().total_cmp(&(b - rho).abs()))
}

/// Year of the first date from which on v_P exceeds the baseline's, beyond a tie, at every date of both paths.
fn passes_baseline_from(path: Path<'_>, baseline: Path<'_>) -> Option<f64> {
    let (own, base) = (path.trajectory, baseline.trajectory);
    let grid = own.grid;
    let last = own.rows.len().min(base.rows.len()).checked_sub(1)?;
    // v_P − baseline > TIE v_P.
    let exceeds = |k: usize| ahead(path, baseline, k).map(|ahead| 1.0 - exp(-ahead) > TIE);
    // Dates to look at, the rows' among them.
    let mut dates: Vec<usize> = (0..=last + NEAR).collect();
    let far = last + grid.far();
    let mut step = 1;
    while dates[dates.len() - 1] < far {
        step += 1 + step / 40;
        dates.push(dates[dates.len() - 1] + step);
    }
    let mut since = None;
    for &k in dates.iter().rev() {
        match exceeds(k) {
            // A path that ends before says nothing of later dates.
            None if since.is_none() => {}
            Some(true) => since = Some(k),
            _ => {
                let mut fails = k;
                let mut holds = since?;
                while holds - fails > 1 {
                    let middle = fails + (holds - fails) / 2;
                    if exceeds(middle)? { holds = middle } else { fails = middle }
                }
                return Some(grid.start + grid.t(holds));
            }
        }
    }
    since.map(|k| grid.start + grid.t(k))
}

/// Whether v_P goes to the baseline's: all that sets them apart after the last row is gone by a date so far off, and at another
/// twice as far.
fn ends_level(path: Path<'_>, baseline: Path<'_>) -> bool {
    let (last, far) = (path.trajectory.rows.len(), path.trajectory.grid.far());
    [1, 2].iter().all(|times| ahead(path, baseline, last + times * far).is_some_and(|ahead| ahead.abs() <= TIE))
}

/// ln v_P minus the baseline's at t_k, on the rows or after; `None` where one of the paths does not go so far.
fn ahead(path: Path<'_>, baseline: Path<'_>, k: usize) -> Option<f64> {
    let (own, base) = (path.trajectory, baseline.trajectory);
    let ahead = match own.rows.get(k).zip(base.rows.get(k)) {
        Some((own, base)) => own.ln_real_income_P - base.ln_real_income_P,
        None => {
            let own = own.spells.state_at(path.problem, k)?.ln_real_income_P_in(0.0);
            own - base.spells.state_at(baseline.problem, k)?.ln_real_income_P_in(0.0)
        }
    };
    Some(ahead).filter(|ahead| !ahead.is_nan())
}
