//! What a scenario fixes: sectors, dates, parameters over time, policies. Checked by whoever made it.

use super::grid::Grid;
use super::params::Params;
use super::policy::{Payer, Policy, Selection, Stance, Sustain, Trade};
use crate::names;
use std::fmt::Display;
use std::ops::Range;

/// New parameters from period `k` on.
#[derive(Debug, Clone, PartialEq)]
pub struct Epoch {
    /// First period under these parameters.
    pub k: usize,
    /// The parameters.
    pub params: Params,
    /// What changed, for events: one line per shock; empty for the first epoch.
    pub shocks: Vec<String>,
}

names! {
    /// How far present values look (docs/model.md §5).
    #[derive(Default)]
    pub enum Window {
        #[default]
        Infinite = "infinite": "The whole path, without end",
        Horizon = "horizon": "Nothing after the last row counts, as in an appraisal",
    }
}

/// A checked scenario: all that the path depends on but the solver.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Names of the sectors, in the scenario's order.
    pub sectors: Vec<String>,
    /// Dates.
    pub grid: Grid,
    /// Z_R at t = 0, 1, per sector.
    pub Z_R: Vec<f64>,
    /// Z_P at t = 0, 1, per sector.
    pub Z_P: Vec<f64>,
    /// Parameters over time; the first epoch starts at k = 0, later ones ascend strictly.
    pub epochs: Vec<Epoch>,
    /// Sector of the mature cluster that stands before t = 0.
    pub start: Option<usize>,
    /// Which equilibrium holds where no policy decides.
    pub selection: Selection,
    /// Trade where no policy decides.
    pub trade: Trade,
    /// Sectors in which P clusters while closed.
    pub closed_clusters: Vec<bool>,
    /// Policies in file order; the last active one wins.
    pub policies: Vec<Policy>,
    /// ρ ≥ 0: discount rate, per year.
    pub discount_rate: f64,
    /// How far present values look.
    pub window: Window,
    /// μ ≥ 1: what a unit of public money costs those who pay it, 1.
    pub cost_of_funds: f64,
    /// L_P / L_R > 0, 1, where it is known: how large P is beside R. No result depends on it.
    pub size: Option<f64>,
}

impl Problem {
    /// What the policies active at period k ask for, `periods` being those of each and `named` the sector that each promotes:
    /// the last listed wins, for promotion and for trade separately.
    pub fn stance(&self, k: usize, periods: &[Range<usize>], named: &[Option<usize>]) -> Stance {
        let promoting = self.in_force(k, periods);
        let promote = promoting.and_then(|index| Some((named[index]?, self.policies[index].sustain)));
        let funded_by = promoting.map_or(Payer::P, |index| self.policies[index].funded_by);
        Stance { promoting, promote, funded_by, trade: self.trade_at(k, periods) }
    }

    /// The policy whose promotion is in force at period k: the last listed of those that are active.
    pub fn in_force(&self, k: usize, periods: &[Range<usize>]) -> Option<usize> {
        let promotes = |index: &usize| self.policies[*index].promote.is_some() && periods[*index].contains(&k);
        (0..self.policies.len()).rev().find(promotes)
    }

    /// Trade at period k: the last-listed active policy's, else the region's own.
    pub fn trade_at(&self, k: usize, periods: &[Range<usize>]) -> Trade {
        let active = (0..self.policies.len()).rev().filter(|&index| periods[index].contains(&k));
        active.filter_map(|index| self.policies[index].trade).next().unwrap_or(self.trade)
    }

    /// The last-listed policy that promotes a cluster.
    pub fn promotion(&self) -> Option<&Policy> {
        self.policies.iter().rev().find(|policy| policy.promote.is_some())
    }

    /// Who pays for the promotion listed last: who is to pay for others in its place.
    pub fn payer(&self) -> Payer {
        self.promotion().map_or_else(Payer::default, |policy| policy.funded_by)
    }

    /// The same with its promotions left out and, if there is a `cluster`, that policy in their place: shocks, trade policies,
    /// start and selection stay.
    #[must_use]
    pub fn promoting(&self, cluster: Option<Policy>) -> Self {
        let own = self.policies.iter().filter(|policy| policy.trade.is_some());
        let own = own.map(|policy| Policy {
            promote: None,
            sustain: Sustain::default(),
            funded_by: Payer::default(),
            ..policy.clone()
        });
        Self { policies: own.chain(cluster).collect(), ..self.clone() }
    }

    /// The periods at which each policy is active.
    pub fn policy_periods(&self) -> Vec<Range<usize>> {
        self.policies.iter().map(|policy| policy.periods(&self.grid)).collect()
    }

    /// What keeps runs of two problems from being compared: the key that differs and its value in each. `None` where dates,
    /// discount rate, window, sectors and expenditure shares are the same.
    pub fn incomparable(&self, other: &Self) -> Option<(String, String, String)> {
        let differs = |what: &str, own: &dyn Display, other: &dyn Display| {
            Some((what.to_owned(), own.to_string(), other.to_string()))
        };
        let (p, q) = (&self.grid, &other.grid);
        if p.start != q.start {
            return differs("time.start", &p.start, &q.start);
        }
        if p.period != q.period {
            return differs("time.period", &p.period, &q.period);
        }
        if p.periods != q.periods {
            return differs("time.horizon", &p.t(p.periods), &q.t(q.periods));
        }
        if self.discount_rate != other.discount_rate {
            return differs("welfare.discount_rate", &self.discount_rate, &other.discount_rate);
        }
        if self.window != other.window {
            return differs("welfare.window", &self.window.name(), &other.window.name());
        }
        let mut sectors = [self.sectors.clone(), other.sectors.clone()];
        sectors.iter_mut().for_each(|sectors| sectors.sort());
        if sectors[0] != sectors[1] {
            return differs("the list of sectors", &sectors[0].join(", "), &sectors[1].join(", "));
        }
        for k in self.epochs.iter().chain(&other.epochs).map(|epoch| epoch.k) {
            for (i, name) in self.sectors.iter().enumerate() {
                let j = other.sectors.iter().position(|other| other == name)?;
                let (x, y) = (self.params_at(k).sectors[i].alpha, other.params_at(k).sectors[j].alpha);
                if x != y {
                    return differs(&format!("sector.{name}.alpha at t = {}", p.t(k)), &x, &y);
                }
            }
        }
        None
    }

    /// The parameters of period k.
    pub fn params_at(&self, k: usize) -> &Params {
        let epoch = self.epochs.iter().rev().find(|epoch| epoch.k <= k);
        &epoch.unwrap_or(&self.epochs[0]).params
    }
}
