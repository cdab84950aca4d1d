//! What a run yields: one row per date, one per date and sector, events. Column names, types and units live here
//! once, for CSV files, data packages and documentation alike.

#![expect(non_snake_case, reason = "columns carry the field's symbols: w_P, Z_R, v_Is")]

use crate::measure::Measures;
use crate::model::grid::Grid;
use crate::model::params::Params;
use crate::model::trade::{Offers, Regime};
use crate::names;

/// State and prices of P at t_k, after the trade step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// What P does on [t_k, t_{k+1}).
    pub regime: Regime,
    /// Wage in P, R-wages.
    pub w_P: f64,
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
    /// Catch-up growth now, per year.
    pub g: f64,
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
    /// What happened, in a few words.
    pub fn in_words(&self, sector_names: &[String]) -> String {
        let sector = self.sector.map_or("P", |i| sector_names[i].as_str());
        match self.kind {
            EventKind::ParityReached => format!("{sector} reaches parity"),
            EventKind::Shock => "shock".to_owned(),
            EventKind::PolicyOff => "policy ends".to_owned(),
            EventKind::PolicyOn => "policy begins".to_owned(),
            EventKind::TradeOpened => "trade opens".to_owned(),
            EventKind::TradeClosed => "trade closes".to_owned(),
            EventKind::ClusterCollapsed => format!("cluster in {sector} collapses"),
            EventKind::ClusterEnded => format!("cluster in {sector} ends"),
            EventKind::ClusterFormed => format!("cluster in {sector} forms"),
            EventKind::SpecialisationChanged => "P specialises anew".to_owned(),
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
        TradeOpened = "trade_opened": "Trade opens",
        TradeClosed = "trade_closed": "Trade closes",
        ClusterCollapsed = "cluster_collapsed": "A cluster stops because it is no equilibrium any more",
        ClusterEnded = "cluster_ended": "A cluster that could have gone on stops",
        ClusterFormed = "cluster_formed": "A cluster forms",
        SpecialisationChanged = "specialisation_changed": "P specialises in another sector than in the row before",
    }
}

/// Why a run stopped before its horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFailure {
    /// Sector whose z could not be advanced.
    pub sector: usize,
    /// Years after t = 0 at which it went wrong.
    pub t: f64,
    /// In words.
    pub reason: String,
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
    /// Period of the last change of (regime, sector) or of a parameter; 0 if there was none.
    pub last_change: usize,
    /// Rows k whose growth since row k − 1 is a jump: regime, sector or parameters differ. Ascending.
    pub jumps: Vec<usize>,
    /// Parameters of the last row.
    pub last_params: Params,
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

/// Type of a column, as a Frictionless table schema names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    String,
    /// Whole number.
    Integer,
    /// Real number.
    Number,
    /// true or false.
    Boolean,
}

impl ColumnType {
    /// Frictionless spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }
}

/// A column of an output table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Header.
    pub name: &'static str,
    /// Type of its values.
    pub kind: ColumnType,
    /// Unit; "1" for ratios, empty for text.
    pub unit: &'static str,
    /// Meaning.
    pub description: &'static str,
    /// Whether every row has a value.
    pub required: bool,
}

const fn column(name: &'static str, kind: ColumnType, unit: &'static str, description: &'static str) -> Column {
    Column { name, kind, unit, description, required: true }
}

const fn optional(name: &'static str, kind: ColumnType, unit: &'static str, description: &'static str) -> Column {
    Column { name, kind, unit, description, required: false }
}

use ColumnType::{Boolean, Integer, Number, String as Text};

const SCENARIO: Column = column("scenario", Text, "", "name of the scenario");
const PERIOD: Column = column("period", Integer, "1", "k, counted from 0");
const T: Column = column("t", Number, "years", "years after the start, k times the period");

/// Columns of `trajectory.csv`, one row per t_k.
pub const TRAJECTORY: [Column; 14] = [
    SCENARIO,
    PERIOD,
    T,
    column("year", Number, "year", "time.start + t"),
    column("regime", Text, "", "what P does from t on: cluster, isolation, diversified or closed"),
    optional("sector", Text, "", "the sector P specialises in; empty when diversified or closed"),
    column("w_P", Number, "R-wages", "wage in P in units of R's wage; v_P / v_R while trade is closed"),
    column("income_gap", Number, "1", "w_R / w_P = 1 / w_P"),
    column("real_income_R", Number, "utility per worker", "v_R, Cobb-Douglas real income per worker of R"),
    column("real_income_P", Number, "utility per worker", "v_P, Cobb-Douglas real income per worker of P"),
    optional("growth_R", Number, "per year", "ln(v_R / v_R of the row before) / period; empty in the first row"),
    optional("growth_P", Number, "per year", "ln(v_P / v_P of the row before) / period; empty in the first row"),
    optional(
        "margin",
        Number,
        "1",
        "v_Cl / max v_Is - 1: how far the cluster is from collapse; empty unless a cluster",
    ),
    column(
        "subsidy",
        Number,
        "R-wages per worker",
        "what keeps workers in a cluster that is no equilibrium; 0 where none is paid",
    ),
];

/// Columns of `sectors.csv`, one row per t_k and sector.
pub const SECTORS: [Column; 12] = [
    SCENARIO,
    PERIOD,
    T,
    column("sector", Text, "", "name of the sector"),
    column("Z_R", Number, "1", "productivity accumulated in R through dynamic externalities"),
    column("Z_P", Number, "1", "productivity accumulated in P through dynamic externalities"),
    column("z", Number, "1", "relative productivity Z_P / Z_R, the technology gap"),
    column("g", Number, "per year", "catch-up growth now; 0 while trade is closed"),
    column("p", Number, "R-wages per good", "international price"),
    column("v_Is", Number, "R-wages", "what a worker of P earns here in isolation, at world prices"),
    column("v_Cl", Number, "R-wages", "what a worker of P earns in a cluster here, at world prices"),
    column("cluster_P", Boolean, "", "whether P has a cluster here from t on"),
];

/// Columns of `events.csv`, one row per event.
pub const EVENTS: [Column; 6] = [
    SCENARIO,
    PERIOD,
    T,
    column("event", Text, "", "kind of event"),
    optional("sector", Text, "", "sector concerned"),
    optional("detail", Text, "", "in words, with the numbers behind it"),
];

/// Columns of `equilibria --format csv`, one row per candidate.
pub const EQUILIBRIA: [Column; 11] = [
    column("regime", Text, "", "cluster, isolation or diversified"),
    optional("sector", Text, "", "the sector P specialises in; empty when diversified"),
    column("equilibrium", Boolean, "", "whether nobody gains by leaving"),
    column("w_P", Number, "R-wages", "wage in P"),
    column("income_gap", Number, "1", "1 / w_P"),
    column("real_income_P", Number, "utility per worker", "w_P times R's real income at the date"),
    optional("margin", Number, "1", "v_Cl / max v_Is - 1; empty unless a cluster"),
    column("subsidy", Number, "R-wages per worker", "what would hold the cluster; 0 where none is needed"),
    optional("inequality", Text, "", "comparative advantage against the effect of externalities, as in (4) and (8)"),
    optional("rejected_by", Text, "", "the sector in isolation that pays more"),
    column("rank", Integer, "1", "1 for the highest wage; ties share a rank"),
];

/// Columns of `comparison.csv` after those of `trajectory.csv`: one row per scenario and t_k.
pub const DIFFERENCES: [Column; 2] = [
    column("d_income_gap", Number, "1", "income gap minus the baseline's"),
    column("d_ln_real_income_P", Number, "1", "ln v_P minus the baseline's"),
];

/// Columns of a comparison's `summary.csv`, one row per scenario.
pub const GAINS: [Column; 16] = [
    SCENARIO,
    column("baseline", Boolean, "", "whether this is the run that the others are measured against"),
    column("rank", Integer, "1", "by equivalent variation, 1 is best"),
    column("verdict", Text, "", "where P ends up"),
    column("initial_gap", Number, "1", "income gap at t = 0"),
    column("final_gap", Number, "1", "income gap at the horizon"),
    optional("long_run_gap", Number, "1", "income gap as t goes to infinity; empty if it grows without bound"),
    optional("half_life", Number, "years", "from the last change of regime, sector or parameter"),
    column("regime_changes", Integer, "1", "rows whose regime or sector differ from the row before"),
    column("welfare", Number, "1", "sum of exp(-rho t) period ln v_P"),
    column(
        "equivalent_variation",
        Number,
        "1",
        "share by which baseline income would have to rise in every period to be as good",
    ),
    column("subsidy_pv", Number, "R-wages per worker", "present value of the subsidy"),
    column("net_gain_pv", Number, "utility per worker", "present value of v_P minus the baseline's"),
    optional("passes_baseline_year", Number, "year", "from when on real income exceeds the baseline's for good"),
    optional("self_sustaining_year", Number, "year", "from when on the last cluster stands without a subsidy"),
    column("peak_subsidy_share", Number, "1", "highest subsidy as a share of the wage"),
];

/// Columns of `decomposition.csv`, one row per scenario and t_k: the change of ln(income gap) from the row before.
pub const DECOMPOSITION: [Column; 17] = [
    SCENARIO,
    PERIOD,
    T,
    column("d_ln_gap", Number, "1", "change of ln(income gap) since the row before; the parts add up to it"),
    column("static", Number, "1", "a cluster's static benefit gained, lost or built up"),
    column("respecialisation", Number, "1", "P specialises in another sector"),
    column("catch_up", Number, "1", "spillovers from R"),
    column("learning", Number, "1", "R's learning outruns P's"),
    column("shock", Number, "1", "parameters change"),
    column("trade", Number, "1", "trade opens or closes, with the specialisation that this brings"),
    column("cum_d_ln_gap", Number, "1", "running sum"),
    column("cum_static", Number, "1", "running sum"),
    column("cum_respecialisation", Number, "1", "running sum"),
    column("cum_catch_up", Number, "1", "running sum"),
    column("cum_learning", Number, "1", "running sum"),
    column("cum_shock", Number, "1", "running sum"),
    column("cum_trade", Number, "1", "running sum"),
];

/// First columns of `runs.csv`, `runs.parquet` and `trajectories.parquet`: together they name a run of a sweep.
pub const RUN_KEY: [Column; 2] = [
    column("run", Integer, "1", "number of the draw, counted from 0; the same for every variant"),
    column("variant", Text, "", "name of the variant"),
];

/// Columns of `runs.csv` and `runs.parquet` after [`RUN_KEY`] and the varied keys, one row per draw and variant.
pub const OUTCOME: [Column; 12] = [
    column("status", Text, "", "ok, or failed"),
    optional("error", Text, "", "why the run failed"),
    optional("verdict", Text, "", "where P ends up"),
    optional("initial_gap", Number, "1", "income gap at t = 0"),
    optional("final_gap", Number, "1", "income gap at the horizon"),
    optional("long_run_gap", Number, "1", "income gap as t goes to infinity; empty if it grows without bound"),
    optional("half_life", Number, "years", "from the last change of regime, sector or parameter"),
    optional("regime_changes", Integer, "1", "rows whose regime or sector differ from the row before"),
    optional("welfare", Number, "1", "sum of exp(-rho t) period ln v_P"),
    optional("subsidy_pv", Number, "R-wages per worker", "present value of the subsidy"),
    optional("d_final_gap", Number, "1", "final gap minus the first variant's of the same draw"),
    optional(
        "equivalent_variation",
        Number,
        "1",
        "share by which the first variant's income would have to rise in every period to be as good",
    ),
];

/// Columns of a sweep's `summary.csv`, one row per variant, measure and statistic.
pub const STATISTICS: [Column; 4] = [
    column("variant", Text, "", "name of the variant"),
    column("measure", Text, "", "column of runs.csv, or externality: lambda of the last cluster"),
    column(
        "statistic",
        Text,
        "",
        "of a number: count, missing, mean, min, p5 to p95 (linear between the two nearest ranks), max; else a share: \
         of all draws by verdict (none: no verdict) and status, of the draws that can be compared with the first \
         variant those that are better, and those whose externality is stronger but that are worse",
    ),
    optional(
        "value",
        Number,
        "",
        "in the unit of the measure; 1 for counts and shares; empty where nothing was counted",
    ),
];
