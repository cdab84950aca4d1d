//! Runs one policy after the other, in the memory of one run.

use super::space::Candidate;
use crate::control::{Control, Stopped, guarded};
use crate::integrate::Solver;
use crate::measure::{Measure, Measures, Outcome};
use crate::model::policy::{Payer, Sustain};
use crate::model::problem::Problem;
use crate::model::trade::Regime;
use crate::simulate::Engine;

/// Looks at policies, each in place of the one before.
#[derive(Debug)]
pub struct Search {
    /// The scenario left alone, and the policy behind its own.
    problem: Problem,
    own: usize,
    solver: Solver,
    payer: Payer,
    engine: Engine,
}

impl Search {
    /// Policies for `left_alone`, a problem without promotions, paid for by `payer`.
    pub fn new(left_alone: &Problem, solver: Solver, payer: Payer) -> Self {
        let own = left_alone.policies.len();
        Self { problem: left_alone.clone(), own, solver, payer, engine: Engine::default() }
    }

    /// What comes of a policy, or of none. What goes wrong in one run, a panic included, costs no other.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn look(&mut self, candidate: Option<Candidate>, control: &Control) -> Result<Looked, Stopped> {
        guarded(|| self.measure(candidate, control).map(Looked::of)).unwrap_or_else(|panicked| {
            // What it left half changed is not to be trusted.
            self.engine = Engine::default();
            Ok(Looked::of(&Measures { error: Some(panicked), ..Measures::default() }))
        })
    }

    /// All measures of the path under a policy, or under none.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn measure(&mut self, candidate: Option<Candidate>, control: &Control) -> Result<&Measures, Stopped> {
        self.problem.policies.truncate(self.own);
        let grid = self.problem.grid;
        self.problem.policies.extend(candidate.map(|candidate| candidate.policy(&grid, self.payer)));
        self.engine.measure(&self.problem, self.solver, control)
    }
}

/// What is kept of a path: as little as millions of them leave room for.
#[derive(Debug, Clone, Copy)]
pub struct Looked {
    // NaN where there is none: `Option` would double the room.
    welfare: f64,
    income: f64,
    subsidy_pv: f64,
    long_run_gap: f64,
    peak_subsidy_share: f64,
    self_sustaining_year: f64,
    outcome: Option<Outcome>,
    long_run: Option<Regime>,
    failed: bool,
}

/// Nothing has been looked at yet.
impl Default for Looked {
    fn default() -> Self {
        Self::of(&Measures::default())
    }
}

impl Looked {
    pub(super) fn of(measures: &Measures) -> Self {
        let number = |measure: Measure| measures[measure].unwrap_or(f64::NAN);
        let failed = measures.error.is_some();
        Self {
            welfare: number(Measure::Welfare),
            income: measures.income.unwrap_or(f64::NAN),
            subsidy_pv: number(Measure::SubsidyPv),
            long_run_gap: number(Measure::LongRunGap),
            peak_subsidy_share: number(Measure::PeakSubsidyShare),
            self_sustaining_year: number(Measure::SelfSustainingYear),
            outcome: measures.outcome,
            long_run: measures.long_run,
            failed,
        }
    }

    /// PV(ln v_P); `None` where it does not converge.
    pub fn welfare(&self) -> Option<f64> {
        there(self.welfare)
    }

    /// PV(m), R-wages per worker of P; `None` where it does not converge.
    pub fn income(&self) -> Option<f64> {
        there(self.income)
    }

    /// PV(s), R-wages per worker of P; `None` where it does not converge.
    pub fn subsidy_pv(&self) -> Option<f64> {
        there(self.subsidy_pv)
    }

    /// Limit of the income gap, 1; infinite where it has no bound, `None` where the run failed.
    pub fn long_run_gap(&self) -> Option<f64> {
        there(self.long_run_gap)
    }

    /// Highest subsidy as a share of the wage over the rows, 1.
    pub fn peak_subsidy_share(&self) -> Option<f64> {
        there(self.peak_subsidy_share)
    }

    /// Year from which the cluster that holds in the end stands without a subsidy; `None` where it never does.
    pub fn self_sustaining_year(&self) -> Option<f64> {
        there(self.self_sustaining_year)
    }

    /// What became of the promoted cluster; `None` without a promotion, and where the run failed.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// What holds in the end; `None` where the run failed.
    pub fn long_run(&self) -> Option<Regime> {
        self.long_run
    }

    /// Whether the run did not reach its horizon: P cannot pay for such a policy, or z leaves every bound.
    pub fn failed(&self) -> bool {
        self.failed
    }
}

fn there(value: f64) -> Option<f64> {
    Some(value).filter(|value| !value.is_nan())
}

/// The order among policies that are worth the same and cost the same: what is shorter comes first, then what begins earlier,
/// then what is held only as an equilibrium, then the order of their numbers. None at all is the shortest.
pub(super) fn modesty(candidate: Option<Candidate>, index: usize) -> (usize, usize, bool, usize) {
    candidate.map_or((0, 0, false, index), |candidate| {
        (candidate.periods(), candidate.from, candidate.sustain != Sustain::IfEquilibrium, index)
    })
}
