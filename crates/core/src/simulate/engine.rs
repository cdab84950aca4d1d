//! Measures without rows, run after run.

use super::meter::Meter;
use super::{Level, Memory, Nowhere, Run};
use crate::control::{Control, Stopped};
use crate::integrate::Solver;
use crate::measure::Measures;
use crate::model::problem::Problem;
use crate::model::trade::Regime;

/// Measures runs one after the other; holds the memory that they need, so that a run allocates next to nothing.
#[derive(Debug, Default)]
pub struct Engine {
    arch: pulp::Arch,
    memory: Memory,
    meter: Meter,
    /// Dates, years, that are looked at, and what was seen there.
    dates: Vec<f64>,
    seen: Vec<Option<Seen>>,
}

/// A run at one date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// P's wage, R-wages.
    pub w_P: f64,
    /// What P does from then on.
    pub regime: Regime,
}

impl Engine {
    /// An engine that computes as a machine of this level does, however much more this one has; `None` where it has less.
    /// [`Engine::default`] takes the level of the machine.
    pub fn at_level(level: Level) -> Option<Self> {
        level.arch().map(|arch| Self { arch, ..Self::default() })
    }

    /// An engine that looks at every run at these `dates`, in years as rows give them.
    pub fn watching(dates: Vec<f64>) -> Self {
        Self { dates, ..Self::default() }
    }

    /// What the last run measured was at each of the dates: as in its row, to the last bit. `None` where it has no row then, and
    /// where it failed.
    pub fn seen(&self) -> &[Option<Seen>] {
        &self.seen
    }

    /// The measures of one run: those of [`super::simulate`], without its rows.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn measure(&mut self, problem: &Problem, solver: Solver, control: &Control) -> Result<&Measures, Stopped> {
        self.memory.watched.clear();
        self.memory.watched.extend(self.dates.iter().map(|&date| problem.grid.row_at(date)));
        let run = Run { problem, memory: &mut self.memory, meter: &mut self.meter, params: &problem.epochs[0].params };
        self.seen.clear();
        // Compiled for every level, chosen at run time; the bits are the same.
        self.arch.dispatch(Widest { run, solver, control })?;
        let (meter, Memory { spells, watched, failure, .. }) = (&self.meter, &self.memory);
        let seen = |k: usize| Seen { w_P: meter.w_P[k], regime: spells.list()[spells.at(k)].regime };
        self.seen.extend(watched.iter().map(|k| k.filter(|_| failure.is_none()).map(seen)));
        Ok(&self.memory.measures)
    }
}

struct Widest<'a> {
    run: Run<'a>,
    solver: Solver,
    control: &'a Control,
}

impl pulp::NullaryFnOnce for Widest<'_> {
    type Output = Result<(), Stopped>;

    #[inline(always)]
    fn call(mut self) -> Self::Output {
        let control = self.control;
        self.run.whole(self.solver, &mut Nowhere, |_| control.go_on())
    }
}
