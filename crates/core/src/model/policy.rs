//! What decides between equilibria: policies and the rule of selection (docs/model.md §3, step 5).

use super::grid::Grid;

/// Whether P trades with the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trade {
    /// Goods move; so do spillovers.
    #[default]
    Open,
    /// No trade, no spillovers.
    Closed,
}

impl Trade {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::Open, Self::Closed];

    /// Spelling in TOML.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// The rule that picks among several equilibria where no policy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Selection {
    /// The cluster of the period before goes on while it is an equilibrium; otherwise isolation.
    #[default]
    History,
    /// The equilibrium with the highest wage now.
    Best,
    /// Isolation.
    Isolation,
}

impl Selection {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::History, Self::Best, Self::Isolation];

    /// Spelling in TOML.
    pub fn name(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Best => "best",
            Self::Isolation => "isolation",
        }
    }
}

/// How long a promoted cluster is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sustain {
    /// Only where it is an equilibrium.
    #[default]
    IfEquilibrium,
    /// Also where it is not, by a subsidy that keeps workers there.
    Always,
}

impl Sustain {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::IfEquilibrium, Self::Always];

    /// Spelling in TOML.
    pub fn name(self) -> &'static str {
        match self {
            Self::IfEquilibrium => "if-equilibrium",
            Self::Always => "always",
        }
    }
}

/// One policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// Active at t_k ≥ from, years after t = 0.
    pub from: f64,
    /// No longer active at t_k ≥ until.
    pub until: Option<f64>,
    /// Sector whose cluster is promoted.
    pub promote: Option<usize>,
    /// How it is held.
    pub sustain: Sustain,
    /// Trade while active.
    pub trade: Option<Trade>,
}

impl Policy {
    /// The periods at which the policy is active, start included, end excluded.
    pub fn periods(&self, grid: &Grid) -> std::ops::Range<usize> {
        let end = grid.periods + 1;
        let reached = |date: f64| grid.first_period(date).unwrap_or(end);
        let from = reached(self.from);
        from..self.until.map_or(end, reached).max(from)
    }
}

/// What the active policies ask for at one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stance {
    /// Index of the policy whose promotion is in force.
    pub promoting: Option<usize>,
    /// The sector to promote: the last-listed active policy's.
    pub promote: Option<(usize, Sustain)>,
    /// Trade: the last-listed active policy's, else the region's own.
    pub trade: Trade,
}
