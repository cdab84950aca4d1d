//! The path after the last row: by the same rules, from one date at which something may change to the next, until nothing
//! can any more (`docs/model.md` §3).

use super::spell::Holding;
use super::{Formed, Nowhere, Run};
use crate::control::Stopped;
use crate::integrate::{parity_after, z_at};
use crate::model::grid::LAST_PERIOD;
use crate::model::policy::Trade;
use crate::model::problem::Window;
use crate::model::trade::Regime;
use crate::present::Paid;
use crate::spells::Ending;

/// z below which, or above whose inverse, nothing more is asked of a path.
const OUT_OF_RANGE: f64 = 1e-250;
/// Dates looked at after the last row, at most: far more than any path needs.
const LOOKS: usize = 100_000;

/// Where a leap leads.
enum Leap {
    Arrives,
    /// z has left the range of numbers, and what it leads to has long been decided.
    OutOfRange,
    /// z passes every bound before.
    BlowsUp,
}

impl Run<'_> {
    /// Follows the path from the last row on.
    #[inline(always)]
    pub(super) fn beyond(&mut self, go_on: &impl Fn(usize) -> Result<(), Stopped>) -> Result<(), Stopped> {
        let end = self.problem.grid.periods;
        if self.goes_on_as_it_is(end) {
            return Ok(());
        }
        if self.memory.spells.list().last().is_none_or(|last| last.from != end) {
            self.arrive(end);
        }
        if self.turn_from(end + 1).is_some() || self.undecided_for(end) < f64::INFINITY {
            self.go_on_from(end, go_on)?;
        }
        if self.blows_up() {
            self.memory.spells.ending = Ending::BlowsUp;
        }
        Ok(())
    }

    /// Whether the spell of the last row goes on for ever, seen at a glance, and needs no rows to be valued: the most common
    /// case of a sweep by far.
    #[inline(always)]
    fn goes_on_as_it_is(&mut self, end: usize) -> bool {
        if self.reconsiders(end) {
            return false;
        }
        let turns_later = self.memory.turns.last().is_some_and(|&turn| turn > end);
        let Some(spell) = self.memory.spells.list().last() else { return false };
        if spell.from == end || self.problem.window != Window::Infinite || turns_later {
            return false;
        }
        let spells = &self.memory.spells;
        let paid = Paid { problem: self.problem, spells, w_P: &[] };
        if paid.formula(spells.list().len() - 1, self.problem.discount_rate).is_none() {
            return false;
        }
        self.take_z(end);
        self.memory.plain.1 || self.decides_nothing(end)
    }

    /// Years from t_k, the date at hand, for which nothing can be decided otherwise; what a rule names has no effect while trade
    /// is closed.
    fn undecided_for(&self, k: usize) -> f64 {
        match self.memory.trade {
            Trade::Closed => self.quiet_for(k),
            Trade::Open => self.quiet_for(k).min(self.rules_quiet_for(k)),
        }
    }

    /// Whether z of a sector passes every bound in finite time under what holds (`literal`).
    #[inline(always)]
    fn blows_up(&self) -> bool {
        self.params.sectors.iter().enumerate().any(|(i, sector)| {
            let motion = sector.motion(self.memory.standing[i], self.memory.trade);
            motion.catch_up.is_some_and(|catch_up| catch_up.form.runs_away())
                && motion.limit(self.memory.z[i]) == f64::INFINITY
        })
    }

    /// z at the last row.
    fn take_z(&mut self, end: usize) {
        for (z, path) in self.memory.z.iter_mut().zip(&mut self.memory.paths) {
            *z = path.z(end, end).unwrap_or(f64::NAN);
        }
    }

    /// The last row lies within a spell: a new one begins there, so that rows and what comes after them are told apart.
    #[inline(always)]
    fn arrive(&mut self, end: usize) {
        self.take_z(end);
        self.price(end, self.memory.trade);
        if let Some(holding) = self.memory.holding {
            self.memory.shocked = false;
            self.begin_spell(end, holding);
        }
    }

    #[inline(never)]
    fn go_on_from(&mut self, end: usize, go_on: &impl Fn(usize) -> Result<(), Stopped>) -> Result<(), Stopped> {
        // From here on ln Z_R is that of the date at hand.
        for i in 0..self.n() {
            self.memory.ln_Z_R[i] = self.ln_Z_R(i, end);
        }
        let (solver, period) = (self.memory.solver, self.problem.grid.period);
        self.memory.paths.iter_mut().for_each(|path| path.renew(solver, period, end));
        let mut k = end;
        for _ in 0..LOOKS {
            go_on(0)?;
            let turn = self.turn_from(k + 1).unwrap_or(LAST_PERIOD);
            let quiet = (self.undecided_for(k) / period).floor();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a saturating cast of a number ≥ 0"
            )]
            let next = k.saturating_add((quiet as usize).max(1)).min(turn);
            if next >= LAST_PERIOD {
                break;
            }
            match self.leap(k, next) {
                Leap::Arrives => {}
                Leap::OutOfRange => break,
                Leap::BlowsUp => {
                    self.memory.spells.ending = Ending::BlowsUp;
                    break;
                }
            }
            let were_paid = self.payments();
            k = next;
            self.decide(k, &mut Nowhere);
            // Whether a subsidy is paid, and for what, is told apart, too.
            if self.memory.spells.list().last().is_some_and(|last| last.from != k)
                && were_paid != self.payments()
                && let Some(holding) = self.memory.holding
            {
                self.begin_spell(k, holding);
            }
        }
        Ok(())
    }

    /// Whether the cluster that a policy holds lacks more, at the date at hand, than is paid for it in any case.
    fn payments(&self) -> bool {
        let Some(Holding { regime: Regime::Cluster(i), support: Some(support), .. }) = self.memory.holding else {
            return false;
        };
        self.lacks(i, 1.0 + support.share(self.params.sectors[i].lambda))
    }

    /// Takes z and Z_R from t_k to a later date under the regime that holds.
    fn leap(&mut self, k: usize, next: usize) -> Leap {
        let years = self.problem.grid.t(next) - self.problem.grid.t(k);
        let solver = self.memory.solver;
        let mut z_next = Vec::with_capacity(self.n());
        for (i, sector) in self.params.sectors.iter().enumerate() {
            let motion = sector.motion(self.memory.standing[i], self.memory.trade);
            let z = self.memory.z[i];
            match z_at(&motion, solver, z, years) {
                Ok(z) if (OUT_OF_RANGE..=1.0 / OUT_OF_RANGE).contains(&z) => z_next.push(z),
                Ok(_) => return Leap::OutOfRange,
                Err(_) => return Leap::BlowsUp,
            }
            let parity = parity_after(&motion, solver, z).unwrap_or(None);
            self.memory.ln_Z_R[i] += motion.growth_R(z, z_next[i], years, parity);
        }
        self.memory.z = z_next;
        Leap::Arrives
    }

    /// Whether ℓ of sector i stays what it is: none stands, or it is mature.
    pub(super) fn is_mature(&self, i: usize) -> bool {
        self.params.tau <= 0.0 || !matches!(self.memory.clusters[i], Some(Formed::At(_)))
    }
}
