//! What decides between equilibria: policies and the rule of selection (docs/model.md §3, step 5).

use super::grid::Grid;
use super::rule::{ByRule, Decide, Rule};
use crate::names;

names! {
    /// Whether P trades with the world.
    #[derive(Default)]
    pub enum Trade {
        #[default]
        Open = "open": "Goods move; so do spillovers",
        Closed = "closed": "No trade, no spillovers",
    }
}

names! {
    /// The rule that picks among several equilibria where no policy does.
    #[derive(Default)]
    pub enum Selection {
        #[default]
        History = "history": "The cluster of the period before goes on while it is an equilibrium; otherwise isolation",
        HighestWage = "highest-wage" | "best": "The equilibrium with the highest wage now",
        Isolation = "isolation": "Isolation",
    }
}

impl Selection {
    /// Whether it leaves a cluster that is an equilibrium for another that pays more.
    pub fn compares_clusters(self) -> bool {
        match self {
            Self::HighestWage => true,
            Self::History | Self::Isolation => false,
        }
    }
}

names! {
    /// How long a promoted cluster is held.
    #[derive(Default)]
    pub enum Sustain {
        #[default]
        IfEquilibrium = "if-equilibrium": "Only where it is an equilibrium",
        Always = "always": "Also where it is not, by a subsidy that keeps workers there",
        Pigou = "pigou": "Also where it is not, by a subsidy of λ − 1 of what it pays, or more where that does not keep workers there; with the rule `pigou`",
    }
}

names! {
    /// Who pays the subsidy that holds a cluster (docs/model.md §3, step 6).
    #[derive(Default)]
    pub enum Payer {
        #[default]
        P = "P": "Region P, by a lump-sum tax",
        R = "R": "Region R, as a cohesion fund does",
    }
}

impl Rule {
    /// Whether a cluster that it names can be held so.
    pub fn allows(self, sustain: Sustain) -> bool {
        match sustain {
            Sustain::IfEquilibrium => true,
            Sustain::Always => self != Self::Porter,
            Sustain::Pigou => self == Self::Pigou,
        }
    }
}

/// Stands between what a policy does and what its rule names.
pub const NAMES: &str = "; it names";

/// What a policy promotes.
#[derive(Debug, Clone, PartialEq)]
pub enum Promote {
    /// The cluster of this sector.
    Sector(usize),
    /// The cluster that a rule names.
    ByRule(ByRule),
}

/// How a cluster is paid for that is held whatever it pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Support {
    /// Who pays.
    pub payer: Payer,
    /// Whether the externality is paid for: λ − 1 of what the cluster pays, needed or not.
    pub pigou: bool,
}

impl Support {
    /// The subsidy that is paid in any case, as a share of v^Cl in a sector with this λ.
    #[inline(always)]
    pub fn share(self, lambda: f64) -> f64 {
        if self.pigou { lambda - 1.0 } else { 0.0 }
    }
}

/// One policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Active at t_k ≥ from, years after t = 0.
    pub from: f64,
    /// No longer active at t_k ≥ until.
    pub until: Option<f64>,
    /// Which cluster is promoted.
    pub promote: Option<Promote>,
    /// How it is held.
    pub sustain: Sustain,
    /// Who pays the subsidy, where one is paid.
    pub funded_by: Payer,
    /// Trade while active.
    pub trade: Option<Trade>,
}

impl Policy {
    /// What it does, in words.
    pub fn describe(&self, sectors: &[String]) -> String {
        let promote = self.promote.as_ref().map(|promote| {
            let what = match promote {
                Promote::Sector(i) => sectors[*i].clone(),
                Promote::ByRule(ByRule { rule, decide: Decide::Once, .. }) => format!("by {}", rule.name()),
                Promote::ByRule(ByRule { rule, decide: Decide::Always, .. }) => {
                    format!("by {} anew at every date", rule.name())
                }
            };
            match self.sustain {
                Sustain::Always => format!("promote {what}, always"),
                Sustain::IfEquilibrium => format!("promote {what}, if an equilibrium"),
                Sustain::Pigou => format!("promote {what}, paid for its externality"),
            }
        });
        let trade = self.trade.map(|trade| format!("trade {}", trade.name()));
        [promote, trade].into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// What it does, and what its rule names.
    pub fn retell(&self, sectors: &[String], named: Option<usize>) -> String {
        let does = self.describe(sectors);
        match (self.rule(), named) {
            (None, _) => does,
            (Some(_), Some(i)) => format!("{does}{NAMES} {}", sectors[i]),
            (Some(_), None) => format!("{does}{NAMES} none"),
        }
    }

    /// The rule that it goes by.
    pub fn rule(&self) -> Option<&ByRule> {
        match &self.promote {
            Some(Promote::ByRule(by)) => Some(by),
            Some(Promote::Sector(_)) | None => None,
        }
    }

    /// The first year in which it is active and the last, on the rows or after; `None` where there is no last.
    pub fn years(&self, grid: &Grid) -> (f64, Option<f64>) {
        let (year, periods) = (|k: usize| grid.start + grid.t(k), self.periods(grid));
        (year(periods.start), self.until.map(|_| year(periods.end.saturating_sub(1))))
    }

    /// The periods at which the policy is active, start included, end excluded; beyond the horizon, too.
    pub fn periods(&self, grid: &Grid) -> std::ops::Range<usize> {
        let from = grid.first_period(self.from);
        from..self.until.map_or(NEVER, |until| grid.first_period(until)).max(from)
    }
}

/// The period at which a policy ends that does not.
pub const NEVER: usize = usize::MAX;

/// What the active policies ask for at one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stance {
    /// Index of the policy whose promotion is in force.
    pub promoting: Option<usize>,
    /// The sector to promote: the last-listed active policy's. `None` where its rule names none.
    pub promote: Option<(usize, Sustain)>,
    /// Who pays for it, where it costs.
    pub funded_by: Payer,
    /// Trade: the last-listed active policy's, else the region's own.
    pub trade: Trade,
}
