//! What a run yields: one row per date, one per date and sector, events; and the columns of its tables.

#![expect(non_snake_case, reason = "columns carry the field's symbols: w_P, Z_R, v_Is")]

use crate::math::exp;
use crate::measure::Measures;
use crate::model::grid::Grid;
use crate::model::long_run::Factors;
use crate::model::policy::{Payer, Promote};
use crate::model::problem::Problem;
use crate::model::trade::{Offers, Regime, RegimeKind};
use crate::names;
use crate::spells::Spells;
use crate::table::{Column, Value};

/// State and prices of P at t_k, after the trade step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// What P does on [t_k, t_{k+1}).
    pub regime: Regime,
    /// Wage in P, R-wages.
    pub w_P: f64,
    /// m: what P has of it once the subsidy is paid, R-wages per worker.
    pub income_P: f64,
    /// ln v_R: log real income per worker of R.
    pub ln_real_income_R: f64,
    /// ln v_P: log real income per worker of P.
    pub ln_real_income_P: f64,
    /// Growth of R's real income since the row before, per year.
    pub growth_R: Option<f64>,
    /// Growth of P's real income since the row before, per year.
    pub growth_P: Option<f64>,
    /// v^Cl / A − 1 of the cluster that holds.
    pub margin: Option<f64>,
    /// R-wages per worker of P that hold the cluster.
    pub subsidy: f64,
}

impl Row {
    /// w_R / w_P.
    pub fn income_gap(&self) -> f64 {
        1.0 / self.w_P
    }
}

/// One sector at t_k.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SectorRow {
    /// Productivity accumulated in R.
    pub Z_R: f64,
    /// Productivity accumulated in P.
    pub Z_P: f64,
    /// Z_P / Z_R.
    pub z: f64,
    /// Growth of Z_P by spillovers now, per year.
    pub g: f64,
    /// Growth of Z_R by spillovers now, per year.
    pub g_R: f64,
    /// International price, R-wages per good.
    pub p: f64,
    /// Earnings in isolation, R-wages.
    pub v_Is: f64,
    /// Earnings in P's cluster, R-wages.
    pub v_Cl: f64,
    /// Whether P has a cluster here on [t_k, t_{k+1}).
    pub cluster_P: bool,
    /// Age in years of the cluster that stood here before the choice of t_k, infinite if mature; `None` if none did.
    pub age: Option<f64>,
}

/// What happened at t_k.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// k.
    pub period: usize,
    /// Its kind.
    pub kind: EventKind,
    /// Sector concerned, where there is one.
    pub sector: Option<usize>,
    /// In words, with the numbers behind it.
    pub detail: String,
}

impl Event {
    /// What happened, in a few words, P being called `poor`.
    pub fn in_words(&self, sectors: &[impl AsRef<str>], poor: &str) -> String {
        let sector = self.sector.map_or(poor, |i| sectors[i].as_ref());
        match self.kind {
            EventKind::ParityReached => format!("{sector} reaches parity"),
            EventKind::Shock => "shock".to_owned(),
            EventKind::PolicyOff => "policy ends".to_owned(),
            EventKind::PolicyOn => "policy begins".to_owned(),
            EventKind::RuleChose if self.sector.is_none() => "the rule names no sector".to_owned(),
            EventKind::RuleChose => format!("the rule names {sector}"),
            EventKind::TradeOpened => "trade opens".to_owned(),
            EventKind::TradeClosed => "trade closes".to_owned(),
            EventKind::ClusterCollapsed => format!("cluster in {sector} collapses"),
            EventKind::ClusterEnded => format!("cluster in {sector} ends"),
            EventKind::ClusterFormed => format!("cluster in {sector} forms"),
            EventKind::SpecialisationChanged => format!("{poor} specialises anew"),
        }
    }
}

names! {
    /// Kinds of events, in the order in which a row lists them.
    #[derive(PartialOrd, Ord)]
    pub enum EventKind {
        ParityReached = "parity_reached": "z met 1 in finite time since the row before",
        Shock = "shock": "Parameters change for good",
        PolicyOff = "policy_off": "A policy ends",
        PolicyOn = "policy_on": "A policy begins",
        RuleChose = "rule_chose": "The rule of a policy names a sector, or another than before",
        TradeOpened = "trade_opened": "Trade opens",
        TradeClosed = "trade_closed": "Trade closes",
        ClusterCollapsed = "cluster_collapsed": "A cluster stops because it is no equilibrium any more",
        ClusterEnded = "cluster_ended": "A cluster that could have gone on stops",
        ClusterFormed = "cluster_formed": "A cluster forms",
        SpecialisationChanged = "specialisation_changed": "P specialises in another sector than in the row before",
    }
}

/// A stretch of dates at which one region pays for one cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subsidised {
    /// Who pays.
    pub payer: Payer,
    /// The sector of the cluster.
    pub sector: usize,
    /// Period of its first date.
    pub from: usize,
    /// Period of its last date; `None` where it is paid for ever.
    pub last: Option<usize>,
}

/// What the rule of a policy chose, from a period on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleChoice {
    /// The policy.
    pub policy: usize,
    /// The first period at which it promotes this.
    pub period: usize,
    /// The sector; `None` where it names none.
    pub sector: Option<usize>,
}

/// What stops a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// z of a sector cannot be advanced.
    Motion,
    /// P cannot pay for its cluster: M10.
    Ruin,
}

/// Why a run stopped before its horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFailure {
    /// What stopped it.
    pub cause: Cause,
    /// Sector whose z could not be advanced, or whose cluster cannot be paid for.
    pub sector: usize,
    /// Years after t = 0 at which it went wrong.
    pub t: f64,
    /// In words.
    pub reason: String,
}

/// Which way the income gap goes, from the last change on to its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It falls at every moment.
    Falls,
    /// It rises at every moment.
    Rises,
}

/// Where a path leads, beside its measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// Whether the cluster that holds in the end stands on its own there; `None` where none does.
    pub self_sustaining: Option<bool>,
    /// Whether a subsidy is paid for ever.
    pub subsidised: bool,
    /// Whether the cluster that is promoted last is an infant: it did not stand yet when it was first promoted, and a subsidy holds
    /// it at a date at which it is no equilibrium.
    pub infant: bool,
    /// The year from which on the cluster that is promoted last stands no more, on the rows or after; `None` where it stands in the end
    /// or never stood.
    pub ended: Option<f64>,
    /// Year of the first date after the last row at which P can no longer pay for its cluster (M10); `None` where it always can.
    pub ruin: Option<f64>,
    /// Factors of the long-run gap; `None` where it is 0 or infinite.
    pub factors: Option<Factors>,
    /// The first change of (regime, sector) after the last row: its year, and to what. `None` where there is none.
    pub next_change: Option<(f64, Regime)>,
    /// The year from which the half-life counts.
    pub half_life_from: f64,
    /// Which way the gap goes from then on; `None` where it has no half-life, or does not go one way.
    pub way: Option<Way>,
    /// Growth of R's real income in the end, per year.
    pub growth_R: f64,
}

/// A run in memory. `sectors` holds n entries per row, in the scenario's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// Names of the sectors.
    pub sector_names: Vec<String>,
    /// Dates.
    pub grid: Grid,
    /// One per t_k; N + 1 of them unless the run failed.
    pub rows: Vec<Row>,
    /// n per row.
    pub sectors: Vec<SectorRow>,
    /// In order of period.
    pub events: Vec<Event>,
    /// Period of the last change of (regime, sector) or of a parameter, on the rows or after; 0 if there was none.
    pub last_change: usize,
    /// Rows k whose growth since row k − 1 is a jump: regime, sector, parameters or the policy in force differ. Ascending.
    pub jumps: Vec<usize>,
    /// What holds when, on the rows and after.
    pub spells: Spells,
    /// What rules chose, on the rows and after, in order of period.
    pub choices: Vec<RuleChoice>,
    /// Where the path leads; `None` if the run failed.
    pub outlook: Option<Outlook>,
    /// e^(−ρ t_N), the weight of what lies after the horizon; 0 where nothing after it counts.
    pub tail_share: f64,
    /// Its measures.
    pub measures: Measures,
    /// Why the run stopped early, if it did.
    pub failure: Option<RunFailure>,
}

impl Trajectory {
    /// The n sector rows of period k.
    pub fn sectors_at(&self, k: usize) -> &[SectorRow] {
        let n = self.sector_names.len();
        &self.sectors[k * n..(k + 1) * n]
    }

    /// The sector that a policy of `problem`, whose run this is, promotes at period k; `None` where its rule has named none.
    pub fn promoted_by(&self, problem: &Problem, policy: usize, k: usize) -> Option<usize> {
        match problem.policies[policy].promote.as_ref()? {
            Promote::Sector(i) => Some(*i),
            Promote::ByRule(_) => {
                self.choices.iter().rev().find(|choice| choice.policy == policy && choice.period <= k)?.sector
            }
        }
    }

    /// The stretches of dates at which a subsidy is paid, on the rows and after, in their order: one ends where another region pays,
    /// or for another cluster. Of a run that failed those on its rows.
    pub fn subsidies(&self) -> Vec<Subsidised> {
        let (spells, rows) = (self.spells.list(), self.rows.len());
        let mut found: Vec<Subsidised> = Vec::new();
        let mut add = |payer: Payer, sector: usize, from: usize, last: Option<usize>| match found.last_mut() {
            Some(before)
                if (before.payer, before.sector) == (payer, sector) && before.last.map(|k| k + 1) == Some(from) =>
            {
                before.last = last;
            }
            _ => found.push(Subsidised { payer, sector, from, last }),
        };
        for (index, spell) in spells.iter().enumerate() {
            let (Some(support), Some(sector)) = (spell.support, spell.regime.sector()) else { continue };
            let end = spells.get(index + 1).map(|next| next.from);
            for k in (spell.from..end.unwrap_or(rows).min(rows)).filter(|&k| self.rows[k].subsidy > 0.0) {
                add(support.payer, sector, k, Some(k));
            }
            // After the last row a spell pays at all of its dates, or at none.
            let paid = if spell.from < rows { self.rows[rows - 1].subsidy > 0.0 } else { spell.paid };
            let goes_on = self.failure.is_none() && end.is_none_or(|end| end > rows);
            if paid && goes_on {
                add(support.payer, sector, spell.from.max(rows), end.map(|end| end - 1));
            }
        }
        found
    }

    /// What the world paid at period k, at the ages that P's clusters had there before the choice.
    pub fn offers_at(&self, k: usize) -> Offers {
        let rows = self.sectors_at(k);
        Offers {
            v_Is: rows.iter().map(|row| row.v_Is).collect(),
            v_Cl: rows.iter().map(|row| row.v_Cl).collect(),
            ell: rows.iter().map(|row| row.v_Cl / row.v_Is).collect(),
            outside: rows.iter().map(|row| row.v_Is).fold(0.0, f64::max),
        }
    }
}

/// A run and its name: what its tables are made of.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// Name of the scenario.
    pub scenario: &'a str,
    /// Its path.
    pub trajectory: &'a Trajectory,
}

impl Run<'_> {
    fn sector_name(&self, sector: Option<usize>) -> Option<&str> {
        sector.map(|i| self.trajectory.sector_names[i].as_str())
    }
}

/// The columns that say which run a row is of, and when: `period` is that of a row.
pub fn dated<'a>(period: fn(&Trajectory, usize) -> usize) -> [Column<'a, Run<'a>>; 4] {
    [
        Column::text("scenario", "name of the scenario", |run: &Run<'a>, _| run.scenario),
        Column::integer("period", "1", "k, counted from 0", move |run: &Run<'a>, row| {
            period(run.trajectory, row) as u64
        }),
        Column::number("t", "years", "years after the start, k times the period", move |run: &Run<'a>, row| {
            run.trajectory.grid.t(period(run.trajectory, row))
        }),
        Column::number("year", "year", "time.start + t", move |run: &Run<'a>, row| {
            let grid = run.trajectory.grid;
            grid.start + grid.t(period(run.trajectory, row))
        }),
    ]
}

/// Columns of `trajectory.csv`, one row per t_k.
pub fn states<'a>() -> Vec<Column<'a, Run<'a>>> {
    /// A column of numbers that stand in the rows.
    fn state<'a, V: Value<f64> + 'a>(
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        value: fn(&Row) -> V,
    ) -> Column<'a, Run<'a>> {
        Column::number(name, unit, description, move |run: &Run<'a>, k| value(&run.trajectory.rows[k]))
    }
    let mut columns = Vec::from(dated(|_, k| k));
    columns.extend([
        Column::named::<RegimeKind, _>(
            "regime",
            "what P does from t on",
            |run: &Run<'a>, k| run.trajectory.rows[k].regime.kind(),
        ),
        Column::optional_text(
            "sector",
            "the sector in which P specialises; empty when diversified or closed",
            |run: &Run<'a>, k| run.sector_name(run.trajectory.rows[k].regime.sector()),
        ),
        state("w_P", "R-wages", "wage in P in units of R's wage; v_P / v_R while trade is closed", |row| row.w_P),
        state("income_gap", "1", "w_R / w_P = 1 / w_P", Row::income_gap),
        state(
            "income_P",
            "R-wages per worker",
            "m, P's disposable income: w_P less what its taxes cost, or with what R pays",
            |row| row.income_P,
        ),
        state("real_income_R", "utility per worker", "v_R, Cobb-Douglas real income per worker of R", |row| {
            exp(row.ln_real_income_R)
        }),
        state("real_income_P", "utility per worker", "v_P, Cobb-Douglas real income per worker of P", |row| {
            exp(row.ln_real_income_P)
        }),
        state(
            "growth_R",
            "per year",
            "ln(v_R / v_R of the row before) / period; empty in the first row",
            |row| row.growth_R,
        ),
        state(
            "growth_P",
            "per year",
            "ln(v_P / v_P of the row before) / period; empty in the first row",
            |row| row.growth_P,
        ),
        state(
            "margin",
            "1",
            "v_Cl / max v_Is - 1, how far the cluster is from collapse; negative while it is subsidised; empty unless a cluster",
            |row| row.margin,
        ),
        state(
            "subsidy",
            "R-wages per worker",
            "what keeps workers in a cluster that is no equilibrium; 0 where none is paid",
            |row| row.subsidy,
        ),
    ]);
    columns
}

/// Columns of `sectors.csv`, one row per t_k and sector, sectors in the scenario's order.
pub fn sector_states<'a>() -> Vec<Column<'a, Run<'a>>> {
    fn state<'a>(
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        value: fn(&SectorRow) -> f64,
    ) -> Column<'a, Run<'a>> {
        Column::number(name, unit, description, move |run: &Run<'a>, row| value(&run.trajectory.sectors[row]))
    }
    let mut columns = Vec::from(dated(|trajectory, row| row / trajectory.sector_names.len()));
    columns.extend([
        Column::text("sector", "name of the sector", |run: &Run<'a>, row| {
            let names = &run.trajectory.sector_names;
            names[row % names.len()].as_str()
        }),
        state("Z_R", "1", "productivity accumulated in R through dynamic externalities", |row| row.Z_R),
        state("Z_P", "1", "productivity accumulated in P through dynamic externalities", |row| row.Z_P),
        state("z", "1", "relative productivity Z_P / Z_R, the technology gap", |row| row.z),
        state("g", "per year", "growth of Z_P by spillovers now; 0 while trade is closed", |row| row.g),
        state("g_R", "per year", "growth of Z_R by spillovers now; 0 while trade is closed", |row| row.g_R),
        state("p", "R-wages per good", "international price", |row| row.p),
        state("v_Is", "R-wages", "what a worker of P earns here in isolation, at world prices", |row| row.v_Is),
        state(
            "v_Cl",
            "R-wages",
            "what a worker of P earns in a cluster here, at world prices; where P has none, in a new one",
            |row| row.v_Cl,
        ),
        Column::truth("cluster_P", "whether P has a cluster here from t on", |run: &Run<'a>, row| {
            run.trajectory.sectors[row].cluster_P
        }),
    ]);
    columns
}

/// Columns of `events.csv`, one row per event.
pub fn events<'a>() -> Vec<Column<'a, Run<'a>>> {
    let mut columns = Vec::from(dated(|trajectory, row| trajectory.events[row].period));
    columns.extend([
        Column::named::<EventKind, _>("event", "kind of event", |run: &Run<'a>, row| run.trajectory.events[row].kind),
        Column::optional_text("sector", "sector concerned", |run: &Run<'a>, row| {
            run.sector_name(run.trajectory.events[row].sector)
        }),
        Column::optional_text("detail", "in words, with the numbers behind it", |run: &Run<'a>, row| {
            Some(run.trajectory.events[row].detail.as_str()).filter(|detail| !detail.is_empty())
        }),
    ]);
    columns
}
