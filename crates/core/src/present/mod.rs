//! Present values of a path: integrals over all its moments, not sums over its rows (`docs/model.md` §5).
//!
//! Where P's wage goes straight towards its limit, a spell is worth what it would be worth for ever, less what it would be
//! worth from its end on: both in closed form (`model::curve`), the subsidy too (`subsidy`). Elsewhere, on the rows, the trapezoid
//! sum of what stands at the dates, with Euler–Maclaurin ends at every spell (`weights`): exact to rounding where z moves
//! slowly against the period. Where it does not, and after the rows, panels of their own (`march`).

#![expect(non_snake_case, reason = "the field's symbols: w_P, P, R")]

mod index;
mod march;
mod subsidy;
mod weights;

pub use index::Prospect;
pub use weights::Weights;

use crate::column::{Col, Number};
use crate::math::{exp, ln_1p};
use crate::model::branch::Approach;
use crate::model::curve::Curve;
use crate::model::grid::Grid;
use crate::model::policy::Payer;
use crate::model::problem::{Problem, Window};
use crate::model::trade::Regime;
use crate::spells::{Ending, Spells, State};
use march::integral;
use weights::{Logs, ORDERS, edge, levels};

/// Dates at a time.
const LANES: usize = 8;

/// The shortest first panel, in periods: what is over sooner weighs nothing, and panels double slowly from next to nothing.
const SHORTEST: f64 = 1e-10;

/// A discount rate below this, per year, is none where the window has no end: nothing that is known of an economy lasts so long.
const LOWEST: f64 = 1e-12;
/// ρ times the years of a window in which a difference of two endless values keeps its digits.
const TOLD_APART: f64 = 0.05;

/// A path whose present values are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Paid<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// What holds when.
    pub spells: &'a Spells,
    /// w_P at every date, R-wages.
    pub w_P: &'a [f64],
}

/// Present values of a path at one discount rate; `None` where an integral does not converge.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Values {
    /// PV(ln v_P).
    pub welfare: Option<f64>,
    /// PV(m), R-wages per worker of P.
    pub income: Option<f64>,
    /// PV(s), R-wages per worker of P: what P pays, and what R pays.
    pub subsidy: Option<[f64; 2]>,
}

/// Which of them are asked for: some cost more than others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    Welfare,
}

/// PV(1): the weight of all moments together; `None` where it is infinite.
pub fn weight(rate: f64, grid: Grid, window: Window) -> Option<f64> {
    let end = grid.t(grid.periods);
    match window {
        Window::Infinite => (rate >= LOWEST).then(|| 1.0 / rate),
        Window::Horizon => Some(annuity(rate, end)[0]),
    }
}

/// ∫_0^T e^(−ρt) dt and ∫_0^T e^(−ρt) t dt; T may be infinite where ρ > 0.
fn annuity(rate: f64, years: f64) -> [f64; 2] {
    if years.is_infinite() {
        return [1.0 / rate, 1.0 / (rate * rate)];
    }
    let x = rate * years;
    if x < 0.3 {
        // Σ (−x)^n/n! /(n + 1) and /(n + 2).
        let (mut term, mut sums) = (1.0, [0.0, 0.0]);
        for n in 0..16 {
            sums[0] += term / f64::from(n + 1);
            sums[1] += term / f64::from(n + 2);
            term *= -x / f64::from(n + 1);
        }
        return [years * sums[0], years * years * sums[1]];
    }
    let left = exp(-x);
    [(1.0 - left) / rate, (1.0 - left * (1.0 + x)) / (rate * rate)]
}

impl<'a> Paid<'a> {
    /// PV(ln v_P) at any rate, with memory for its weights; `None` where it does not converge.
    pub fn welfare(&self, weights: &mut Weights, rate: f64) -> Option<f64> {
        weights.prepare(rate, self.problem.grid);
        self.flows(weights, rate, Wanted::Welfare).welfare
    }

    /// The present values at `rate`, whose weights these are.
    #[inline(always)]
    pub fn values(&self, weights: &Weights, rate: f64) -> Values {
        self.flows(weights, rate, Wanted::All)
    }

    #[inline(always)]
    fn flows(&self, weights: &Weights, rate: f64, wanted: Wanted) -> Values {
        let endless = self.problem.window == Window::Infinite;
        if endless && (rate < LOWEST || self.spells.ending != Ending::Never) {
            return Values::default();
        }
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let [mut logs, mut income] = [Some(0.0); 2];
        let (mut welfare_R, mut subsidy) = (Some(0.0), Some([0.0; 2]));
        let list = self.spells.list();
        let end = self.problem.grid.periods;
        for (index, spell) in list.iter().enumerate() {
            if spell.from >= end && !endless {
                break;
            }
            let start = self.problem.grid.t(spell.from);
            let years = list.get(index + 1).map_or(f64::INFINITY, |next| self.problem.grid.t(next.from) - start);
            let discount = if start == 0.0 { 1.0 } else { exp(-rate * start) };
            let add = |sum: &mut Option<f64>, part: Option<f64>, weight: f64| {
                *sum = sum.zip(part).map(|(sum, part)| sum + weight * part);
            };
            add(&mut welfare_R, self.income_R(index, years, rate), discount);
            let ([log, level], weight) = match (self.formula(index, rate), self.plain(index)) {
                (Some(approach), _) => (self.by_formula(index, approach, years, rate, wanted), discount),
                // Also where it begins before the last row.
                (None, true) if years.is_finite() && spell.from < end => {
                    (self.on_rows(index, weights, rate, wanted), 1.0)
                }
                _ => (self.anyhow(index, years, rate, wanted), discount),
            };
            add(&mut logs, log, weight);
            add(&mut income, level, weight);
            if let (Some(support), Wanted::All) = (spell.support, wanted) {
                let paid = self.paid(index, years, rate);
                subsidy = subsidy.zip(paid).map(|(mut sum, paid)| {
                    sum[support.payer as usize] += discount * paid;
                    sum
                });
            }
        }
        // Where P cannot pay for its cluster after the last row, the path has no value at all.
        if logs.is_none() {
            return Values::default();
        }
        Values {
            welfare: welfare_R.zip(logs).and_then(|(R, logs)| finite(R + logs)),
            income: income.and_then(finite),
            subsidy: subsidy.filter(|paid| paid.iter().all(|paid| paid.is_finite())),
        }
    }

    /// Whether what comes after the window is worth so much less that the difference keeps its digits.
    fn differs(&self, rate: f64) -> bool {
        let grid = self.problem.grid;
        self.problem.window == Window::Infinite || rate * grid.t(grid.periods) >= TOLD_APART
    }

    /// Whether m is w_P all through a spell.
    fn plain(&self, index: usize) -> bool {
        match self.spells.list()[index].support.map(|support| support.payer) {
            None => true,
            Some(Payer::P) => self.problem.cost_of_funds == 1.0,
            Some(Payer::R) => false,
        }
    }

    /// A first panel for functions of a spell: what its fastest sector resolves.
    fn step(&self, state: &State<'_>) -> f64 {
        let fastest = (0..state.n()).map(|i| state.motion(i).scale(state.z[i])).fold(0.0, f64::max);
        let fastest = if state.params.tau > 0.0 { fastest.max(1.0 / state.params.tau) } else { fastest };
        let period = self.problem.grid.period;
        if fastest > 0.0 && fastest.is_finite() { (2.0 / fastest).max(SHORTEST * period) } else { period }
    }

    /// ∫ e^(−ρt) ln v_R over a spell, t from its start: linear as long as no sector of R is behind.
    #[inline(always)]
    fn income_R(&self, index: usize, years: f64, rate: f64) -> Option<f64> {
        match self.spells.income_R(index) {
            Some([level, growth]) => {
                let [flat, rising] = annuity(rate, years);
                Some(level * flat + growth * rising)
            }
            None => self.income_of_R_behind(index, years, rate),
        }
    }

    #[inline(never)]
    fn income_of_R_behind(&self, index: usize, years: f64, rate: f64) -> Option<f64> {
        let state = self.spells.state(self.problem, index);
        let step = self.step(&state);
        integral(state, years, rate, step, &[], |state, t, away| exp(-away) * state.ln_real_income_R_in(t))
    }

    /// ∫ e^(−ρt) ln m and ∫ e^(−ρt) m over a spell, t from its start, panel by panel.
    fn anyhow(&self, index: usize, years: f64, rate: f64, wanted: Wanted) -> [Option<f64>; 2] {
        let state = self.spells.state(self.problem, index);
        let step = self.step(&state);
        let bends = self.subsidy_bends(index, &state, years);
        let log =
            integral(state.clone(), years, rate, step, &bends, |state, t, away| exp(-away) * state.ln_income_in(t));
        let rising = || years.is_infinite() && self.grows(&state) >= rate;
        let level = if wanted == Wanted::Welfare || rising() {
            None
        } else {
            integral(state, years, rate, step, &bends, State::income_in)
        };
        [log, level]
    }

    /// The growth of m in the limit, per year.
    fn grows(&self, state: &State<'_>) -> f64 {
        let rate = |i: usize| state.motion(i).limit_rate(state.z[i]);
        match state.spell.regime {
            Regime::Closed => (0..state.n()).map(|i| state.params.sectors[i].alpha * rate(i)).sum(),
            // Without a cluster P outgrows R in no sector: none but the one made can grow for ever, also where its wage is raised.
            _ => rate(state.spell.made),
        }
    }

    /// ∫ e^(−ρt) s over a spell, t from its start.
    fn paid(&self, index: usize, years: f64, rate: f64) -> Option<f64> {
        if let Some(paid) = self.paid_by_formula(index, years, rate) {
            return Some(paid);
        }
        let state = self.spells.state(self.problem, index);
        if years.is_infinite() && self.grows(&state) >= rate && state.subsidy_in(1e3 / rate, 0.0) > 0.0 {
            return None;
        }
        let step = self.step(&state).min(self.problem.grid.period * 8.0);
        let bends = self.subsidy_bends(index, &state, years);
        integral(state, years, rate, step, &bends, State::subsidy_in)
    }

    /// Moments of a spell at which the subsidy bends: where it begins or ends, and where another sector becomes the best
    /// outside option. Found between dates that differ in this; after the rows a spell differs at its end alone.
    fn subsidy_bends(&self, index: usize, state: &State<'_>, years: f64) -> Vec<f64> {
        let mut bends = Vec::new();
        if state.spell.support.is_none() || years.is_infinite() {
            return bends;
        }
        let period = self.problem.grid.period;
        let in_any_case = ln_1p(state.share_paid());
        let kind = |t: f64| {
            let best = (0..state.n()).map(|i| (state.ln_v_Is_in(i, t), i)).max_by(|a, b| a.0.total_cmp(&b.0));
            best.map(|(outside, i)| (i, outside > state.ln_wage_in(t) + in_any_case))
        };
        let on_rows = self.spells.list()[index].from < self.problem.grid.periods;
        let mut left = if on_rows { 0.0 } else { (years - period).max(0.0) };
        let mut at_left = kind(left);
        while left < years {
            let right = (left + period).min(years);
            let at_right = kind(right);
            // More than one may lie between two dates: another sector becomes the best, and then the subsidy begins.
            for _ in 0..=state.n() {
                if at_left == at_right {
                    break;
                }
                let (mut low, mut high) = (left, right);
                // Against the whole stretch: what bends at t = 0 itself has no digits of its own.
                while high - low > 4.0 * f64::EPSILON * right {
                    let middle = 0.5 * (low + high);
                    if kind(middle) == at_left { low = middle } else { high = middle }
                }
                bends.push(high);
                (left, at_left) = (high, kind(high));
            }
            (left, at_left) = (right, at_right);
        }
        bends
    }

    /// ln w_P and its derivatives `years` after the start of a spell, where relative productivities are `z`.
    #[inline(always)]
    fn logs(&self, index: usize, z: impl Fn(usize) -> f64, years: f64) -> Logs {
        let spell = &self.spells.list()[index];
        let params = &self.problem.epochs[spell.epoch].params;
        let mut logs = [0.0; ORDERS];
        let mut add = |i: usize, share: f64| {
            let sector = &params.sectors[i];
            let clustered = spell.clustered(self.problem, i);
            let motion = sector.motion(clustered, spell.trade);
            let z = z(i);
            let ell = if clustered { params.ell(i, || self.spells.age(index, i).map(|age| age + years)) } else { 1.0 };
            logs[0] += share * (ell * z * sector.earnings()).natural_log();
            for (log, derivative) in logs[1..].iter_mut().zip(motion.derivatives(z, motion.side(z))) {
                *log += share * derivative;
            }
            if clustered && let Some(approach) = self.build_up(index, i, years) {
                for (log, derivative) in logs[1..].iter_mut().zip(approach.derivatives()) {
                    *log += share * derivative;
                }
            }
        };
        match spell.regime {
            Regime::Closed => (0..self.problem.sectors.len()).for_each(|i| add(i, params.sectors[i].alpha)),
            _ => add(spell.made, 1.0),
        }
        logs
    }

    /// How ln ℓ of a cluster moves `years` after the start of a spell; `None` where it is mature.
    fn build_up(&self, index: usize, i: usize, years: f64) -> Option<Approach> {
        let params = &self.problem.epochs[self.spells.list()[index].epoch].params;
        params.build_up(i, self.spells.age(index, i).map(|age| age + years))
    }

    /// e^(−ρ·start) times the integrals of ln m and m over a spell of the rows: sums over its dates and what its ends need.
    #[inline(always)]
    fn on_rows(&self, index: usize, weights: &Weights, rate: f64, wanted: Wanted) -> [Option<f64>; 2] {
        let grid = self.problem.grid;
        let list = self.spells.list();
        let (from, to) = (list[index].from, list[index + 1].from);
        let z = self.spells.z(index);
        if self.bends_within(index, grid.t(to) - grid.t(from)) {
            let discount = exp(-rate * grid.t(from));
            return self
                .anyhow(index, grid.t(to) - grid.t(from), rate, wanted)
                .map(|part| part.map(|part| discount * part));
        }
        let sums = self.sums(weights, from, to);
        let size = sums.map(f64::abs);
        let discount = |k: usize| exp(-rate * grid.t(k));
        let period = grid.period;
        // One end: half of what stands at its date, and the ends' own terms.
        let end = |logs: &Logs, k: usize| {
            let discount = discount(k);
            let (log, log_fine) = edge(weights, logs, size[0] / discount);
            let level = levels(logs);
            let (edge, level_fine) = edge(weights, &level, size[1] / discount);
            let half = 0.5 * period;
            ([discount * (half * logs[0] - log), discount * (half * level[0] - edge)], log_fine && level_fine)
        };
        let next = self.spells.z(index + 1);
        let (last, last_fine) = end(&self.logs(index, |i| next[i], grid.t(to) - grid.t(from)), to);
        let (first, first_fine) = end(&self.logs(index, |i| z[i], 0.0), from);
        if last_fine && first_fine {
            return [0, 1].map(|flow| Some(sums[flow] + last[flow] - first[flow]));
        }
        self.past_the_bend(index, weights, rate, last_fine.then_some(last), wanted)
    }

    /// The same where z moves fast against the period at first: panels up to a date from which on the dates will do.
    #[inline(never)]
    fn past_the_bend(
        &self,
        index: usize,
        weights: &Weights,
        rate: f64,
        last: Option<[f64; 2]>,
        wanted: Wanted,
    ) -> [Option<f64>; 2] {
        let grid = self.problem.grid;
        let list = self.spells.list();
        let (from, to) = (list[index].from, list[index + 1].from);
        let discount = exp(-rate * grid.t(from));
        let panels = |years: f64| self.anyhow(index, years, rate, wanted).map(|part| part.map(|part| discount * part));
        let mut skipped = 1;
        while let Some(last) = last
            && from + 2 * skipped < to
        {
            let state = self.spells.state(self.problem, index);
            let k = from + skipped;
            let years = grid.t(k) - grid.t(from);
            let logs = self.logs(index, |i| state.z_in(i, years), years);
            let sums = self.sums(weights, k, to);
            let away = exp(-rate * grid.t(k));
            let level = levels(&logs);
            let [log, level] = [(&logs, sums[0]), (&level, sums[1])]
                .map(|(u, sum)| (away * 0.5 * grid.period * u[0], edge(weights, u, sum.abs() / away), sum));
            if log.1.1 && level.1.1 {
                let head = panels(years);
                let rest = [log, level].map(|(half, (edge, _), sum)| sum - half + away * edge);
                return [0, 1].map(|flow| head[flow].map(|head| head + rest[flow] + last[flow]));
            }
            skipped *= 2;
        }
        panels(grid.t(to) - grid.t(from))
    }

    /// Whether z of a sector that earns P's wage meets 1 on the way, where its motion bends.
    fn bends_within(&self, index: usize, years: f64) -> bool {
        let spell = &self.spells.list()[index];
        let params = &self.problem.epochs[spell.epoch].params;
        let z = self.spells.z(index);
        let meets = |i: usize| {
            let motion = params.sectors[i].motion(spell.clustered(self.problem, i), spell.trade);
            motion.meets_parity(z[i])
                && self.spells.state(self.problem, index).parity_in(i).is_some_and(|parity| parity < years)
        };
        match spell.regime {
            Regime::Closed => (0..z.len()).any(meets),
            _ => meets(spell.made),
        }
    }

    /// Σ weight ln w_P and Σ weight w_P over the dates from `from` to before `to`.
    #[inline(always)]
    fn sums(&self, weights: &Weights, from: usize, to: usize) -> [f64; 2] {
        let (mut logs, mut levels) = (Col::<LANES>::all(0.0), Col::<LANES>::all(0.0));
        let mut k = from;
        while k + LANES <= to {
            let (w_P, weight) = (Col::<LANES>::load(&self.w_P[k..]), Col::load(&weights.dates[k..]));
            logs = logs + w_P.natural_log() * weight;
            levels = levels + w_P * weight;
            k += LANES;
        }
        let mut sums = [logs.sum(), levels.sum()];
        for (w_P, weight) in self.w_P[k..to].iter().zip(&weights.dates[k..to]) {
            sums[0] += w_P.natural_log() * weight;
            sums[1] += w_P * weight;
        }
        sums
    }

    /// What sector i earns, `years` after the start of a spell, where it has relative productivity `z` then: isolated, or in P's
    /// cluster. `None` where it does not go straight to a limit.
    #[inline(always)]
    fn curve(&self, index: usize, i: usize, z: f64, years: f64) -> Option<Curve> {
        let spell = &self.spells.list()[index];
        let params = &self.problem.epochs[spell.epoch].params;
        let age = || self.spells.age(index, i).map_or(f64::INFINITY, |age| age + years);
        Curve::new(params, spell.trade, i, z, spell.clustered(self.problem, i).then(age))
    }

    /// P's wage in a spell whose flows have a closed form at this rate; that depends on its start alone. Where there is one, the
    /// wages at its dates are not asked for.
    #[inline(always)]
    pub fn formula(&self, index: usize, rate: f64) -> Option<Curve> {
        match self.spells.wage(index) {
            Some(wage) if self.differs(rate) && self.plain(index) && wage.has_formula(rate) => Some(*wage),
            _ => None,
        }
    }

    /// ∫ e^(−ρt) ln m and ∫ e^(−ρt) m over such a spell, t from its start.
    #[inline(always)]
    fn by_formula(&self, index: usize, wage: Curve, years: f64, rate: f64, wanted: Wanted) -> [Option<f64>; 2] {
        let made = self.spells.list()[index].made;
        let start = wage.worth(rate);
        if years.is_infinite() && start.is_some() {
            return [0, 1].map(|flow| start.map(|start| start[flow]));
        }
        let end = self.spells.list().get(index + 1).and_then(|_| {
            let z = self.spells.z(index + 1)[made];
            self.curve(index, made, z, years)?.worth(rate)
        });
        let (Some(start), Some(end)) = (start, end) else { return self.anyhow(index, years, rate, wanted) };
        let away = exp(-rate * years);
        [0, 1].map(|flow| Some(start[flow] - away * end[flow]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annuities_are_what_small_steps_add_up_to() {
        // On both sides of where the series ends, and far from it.
        for x in [0.0, 1e-9, 0.02, 0.299_999, 0.300_001, 1.7, 25.0] {
            for years in [0.5, 40.0] {
                let rate = x / years;
                let steps = 4_000;
                let h = years / f64::from(steps);
                let mut sums = [0.0, 0.0];
                for j in 0..=steps {
                    // Simpson.
                    let share = if j == 0 || j == steps { 1.0 } else { f64::from(2 + 2 * (j % 2)) };
                    let t = f64::from(j) * h;
                    let discounted = share * h / 3.0 * f64::exp(-rate * t);
                    sums = [sums[0] + discounted, sums[1] + discounted * t];
                }
                for (found, expected) in annuity(rate, years).into_iter().zip(sums) {
                    assert!((found - expected).abs() <= 1e-10 * expected, "{x} {years}: {found} {expected}");
                }
            }
        }
        assert_eq!(annuity(0.04, f64::INFINITY), [25.0, 625.0]);
        let grid = Grid { start: 1990.0, period: 0.5, periods: 80 };
        assert_eq!(weight(0.04, grid, Window::Infinite), Some(25.0));
        assert_eq!([0.0, 1e-13].map(|rate| weight(rate, grid, Window::Infinite)), [None; 2]);
        assert_eq!(weight(0.0, grid, Window::Horizon), Some(40.0));
    }
}
