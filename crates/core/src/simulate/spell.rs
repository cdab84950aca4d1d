//! Where spells begin, and R's productivity and income on them.

use super::{Run, subsidy};
use crate::model::curve::Curve;
use crate::model::params::Sector;
use crate::model::policy::{Stance, Support, Sustain, Trade};
use crate::model::trade::{Regime, ln_real_income_R};
use crate::spells::Spell;

/// What holds from a date on: where this differs from the date before, a spell begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Holding {
    pub regime: Regime,
    /// The sector of its wage while trade is open.
    pub made: usize,
    pub trade: Trade,
    pub epoch: usize,
    pub support: Option<Support>,
}

/// ln v_R from a period on, linear in t while no sector of R is behind.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct IncomeR {
    pub from: usize,
    pub level: f64,
    pub growth: f64,
    pub linear: bool,
}

impl Run<'_> {
    /// Begins a spell where what holds from t_k on differs from what has held.
    pub(super) fn note_spell(&mut self, k: usize, stance: &Stance) {
        let memory = &mut *self.memory;
        let regime = memory.regime.unwrap_or(Regime::Closed);
        let support = match stance.promote {
            Some((i, sustain)) if regime == Regime::Cluster(i) => match sustain {
                Sustain::IfEquilibrium => None,
                Sustain::Always => Some(Support { payer: stance.funded_by, pigou: false }),
                Sustain::Pigou => Some(Support { payer: stance.funded_by, pigou: true }),
            },
            _ => None,
        };
        let made = if regime == Regime::Closed { 0 } else { memory.made };
        let holding = Holding { regime, made, trade: memory.trade, epoch: memory.epoch, support };
        if memory.holding == Some(holding) && k != self.problem.grid.periods {
            return;
        }
        memory.holding = Some(holding);
        self.begin_spell(k, holding);
    }

    pub(super) fn begin_spell(&mut self, k: usize, Holding { regime, made, trade, epoch, support }: Holding) {
        self.note_income_R(k);
        let subsidy = match (regime, support) {
            (Regime::Cluster(i), Some(support)) => subsidy(self.params, &self.memory.offers, i, support),
            _ => 0.0,
        };
        let spell = Spell { from: k, regime, made, trade, epoch, support, paid: subsidy > 0.0 };
        let period = self.problem.grid.period;
        let mut spells = std::mem::take(&mut self.memory.spells);
        let IncomeR { level, growth, linear, .. } = self.memory.income_R;
        let income_R = linear.then_some([level, growth]);
        let wage = if regime == Regime::Closed {
            None
        } else {
            let age = self.memory.clusters[made].map(|formed| formed.age(k, period));
            Curve::new(self.params, trade, made, self.memory.z[made], age)
        };
        spells.push(spell, wage, income_R, &self.memory.z, |i| {
            let age = self.memory.clusters[i].map(|formed| formed.age(k, period));
            (self.ln_Z_R(i, k), age)
        });
        self.memory.spells = spells;
    }

    /// ln v_R from t_k on: M1, step 7.
    fn note_income_R(&mut self, k: usize) {
        let before = self.memory.income_R;
        let params = self.params;
        let standing = &self.memory.standing;
        let behind = |(i, sector): (usize, &Sector)| {
            let motion = sector.motion(standing[i], self.memory.trade);
            motion.may_lift_R(self.memory.z[i])
        };
        let linear = !params.sectors.iter().enumerate().any(behind);
        let growth = params.sectors.iter().map(|sector| sector.alpha * sector.learning_R()).sum();
        let level = if k > 0 && before.linear && !self.memory.shocked {
            before.level + before.growth * ((k - before.from) as f64 * self.problem.grid.period)
        } else {
            ln_real_income_R(params, |i| self.ln_Z_R(i, k))
        };
        self.memory.income_R = IncomeR { from: k, level, growth, linear };
    }

    /// ln v_R at t_k: step 7.
    pub(super) fn ln_real_income_R(&self, k: usize, z: impl Fn(usize) -> f64) -> f64 {
        let IncomeR { from, level, growth, linear } = self.memory.income_R;
        if linear {
            return level + growth * ((k - from) as f64 * self.problem.grid.period);
        }
        ln_real_income_R(self.params, |i| self.ln_Z_R_at(i, k, z(i)))
    }

    /// ln Z_R of sector i at t_k, the date at hand: M6.
    pub(super) fn ln_Z_R(&self, i: usize, k: usize) -> f64 {
        self.ln_Z_R_at(i, k, self.memory.z[i])
    }

    /// ln Z_R of sector i at t_k, where it has relative productivity `z`: M6.
    #[inline(always)]
    pub(super) fn ln_Z_R_at(&self, i: usize, k: usize, z: f64) -> f64 {
        let path = &self.memory.paths[i];
        let start = self.memory.ln_Z_R[i];
        if k == 0 || path.motion().x_R.is_nan() {
            return start;
        }
        let (z_0, periods) = path.since_start(k);
        start + path.motion().growth_R(z_0, z, periods as f64 * self.problem.grid.period, path.parity_after())
    }
}
