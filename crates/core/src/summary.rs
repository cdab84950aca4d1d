//! The measures of a run (`docs/model.md` §5), from its trajectory alone.

#![expect(non_snake_case, reason = "the symbols of the contract: growth_R, peak_growth_P")]

use crate::math::ln;
pub use crate::measure::{Direction, Outcome, Status, Verdict};
use crate::measure::{Measure, Measures};
use crate::model::long_run::Factors;
use crate::model::policy::Payer;
use crate::model::trade::{Regime, RegimeKind};
use crate::table::{Column, Object};
use crate::trajectory::Trajectory;
pub use crate::trajectory::{RunFailure, Subsidised, Way};
use serde::{Serialize, Serializer};

/// Log distance to the long run below which none is left to cover.
const SETTLED: f64 = 1e-9;

/// `summary.json`: the measures of a run, and what its last row leads to. What has no finite value is `None`; the verdict
/// or the error says why.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Name of the scenario.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The measures.
    pub measures: Measures,
    /// The sector that P specialises in where it ends up; `None` where there is none.
    pub long_run_sector: Option<String>,
    /// The first change of (regime, sector) after the last row: its year, and to what. `None` where there is none.
    pub next_change: Option<(f64, Regime)>,
    /// Growth of R's real income in the end, per year.
    pub long_run_growth_R: Option<f64>,
    /// The year from which the half-life counts: that of the last change of regime, sector or parameter.
    pub half_life_from: Option<f64>,
    /// Which way the gap goes from then on; `None` where it has no half-life, or does not go one way.
    pub way: Option<Way>,
    /// e^(−ρ t_N): the weight of what lies after the last row; 0 where nothing after it counts.
    pub welfare_tail_share: Option<f64>,
    /// Whether the cluster that holds in the end stands on its own there; `None` where none does.
    pub long_run_self_sustaining: Option<bool>,
    /// Whether a subsidy is paid for ever.
    pub long_run_subsidised: Option<bool>,
    /// Whether the cluster that is promoted last is an infant: it did not stand yet when it was first promoted, and a subsidy holds
    /// it at a date at which it is no equilibrium. `None` if the run failed.
    pub infant: Option<bool>,
    /// The year from which on the cluster that is promoted last stands no more; `None` where it stands in the end or never stood.
    pub ended: Option<f64>,
    /// Year of the first date after the last row at which P can no longer pay for its cluster; `None` where it always can.
    pub ruin: Option<f64>,
    /// When a subsidy is paid, on the rows and after, by whom and for which sector.
    pub subsidies: Vec<Subsidised>,
    /// Why the run failed, if it did.
    pub failure: Option<RunFailure>,
    /// Factors of the long-run gap.
    pub factors: Option<Factors>,
    /// Highest growth of P's real income over rows without a jump, per year.
    pub peak_growth_P: Option<f64>,
    /// Sector of the last row.
    pub last_sector: Option<String>,
    /// Whether the last row pays a subsidy.
    pub last_regime_subsidised: Option<bool>,
}

impl Summary {
    /// Regime of the last row, but for the sector.
    pub fn last_regime(&self) -> Option<RegimeKind> {
        self.measures.last.map(Regime::kind)
    }

    /// What people call the run: its title, or its name.
    pub fn label(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }

    /// ln of the long-run gap, infinite where that has no bound.
    pub fn long_run_ln_gap(&self) -> f64 {
        self[Measure::LongRunGap].map_or(f64::INFINITY, ln)
    }

    /// Who pays a subsidy at some date, on the rows or after.
    pub fn paid_by(&self) -> Vec<Payer> {
        let pays = |payer: &Payer| self.subsidies.iter().any(|stretch| stretch.payer == *payer);
        Payer::ALL.into_iter().filter(pays).collect()
    }

    /// Whether a subsidy is paid for a cluster in a sector at some date, on the rows or after.
    pub fn pays_for(&self, sector: usize) -> bool {
        self.subsidies.iter().any(|stretch| stretch.sector == sector)
    }

    /// Whether the cluster that is promoted last ends up standing on its own: Mill's test. A subsidy that is paid in any case, as
    /// Pigou's is, does not count against it.
    pub fn stands_in_the_end(&self) -> bool {
        match self.measures.outcome {
            Some(Outcome::SelfSustaining) => true,
            Some(Outcome::Subsidised) => self.long_run_self_sustaining == Some(true),
            _ => false,
        }
    }

    /// Regime that holds in the end, but for the sector.
    pub fn long_run_regime(&self) -> Option<RegimeKind> {
        self.measures.long_run.map(Regime::kind)
    }
}

impl std::ops::Index<Measure> for Summary {
    type Output = Option<f64>;

    fn index(&self, measure: Measure) -> &Option<f64> {
        &self.measures[measure]
    }
}

/// The keys of `summary.json`, as the columns of a table of one row.
pub fn columns() -> Vec<Column<'static, Summary>> {
    let factor = |name, description, value: fn(&Factors) -> f64| {
        Column::number(name, "1", description, move |summary: &Summary, _| summary.factors.as_ref().map(value))
    };
    let measure = |measure: Measure| measure.column(move |summary: &Summary, _| summary[measure]);
    let mut columns = vec![
        Column::text("name", "name of the scenario", |summary: &Summary, _| &summary.name),
        Column::optional_text("title", "its title", |summary: &Summary, _| summary.title.as_deref()),
        Column::named::<Status, _>(
            "status",
            "ok, or failed: the run stopped before its horizon",
            |summary: &Summary, _| summary.measures.status(),
        ),
        Column::optional_text("error", "why it failed: sector, t and reason", |summary: &Summary, _| {
            summary.measures.error.as_deref()
        }),
        Column::named::<Verdict, _>("verdict", "where P ends up; null if the run failed", |summary: &Summary, _| {
            summary.measures.verdict
        }),
    ];
    columns.extend([
        Column::named::<Direction, _>("direction", Direction::ABOUT, |summary: &Summary, _| summary.measures.direction),
        Column::named::<Outcome, _>("outcome", Outcome::ABOUT, |summary: &Summary, _| summary.measures.outcome),
        measure(Measure::InitialGap),
        measure(Measure::FinalGap),
        measure(Measure::LongRunGap),
        Column::named::<RegimeKind, _>("long_run_regime", "regime that holds in the end", |summary: &Summary, _| {
            summary.long_run_regime()
        }),
        Column::optional_text(
            "long_run_sector",
            "the sector in which P specialises in the end",
            |summary: &Summary, _| summary.long_run_sector.as_deref(),
        ),
        measure(Measure::SettledYear),
        measure(Measure::HalfLife),
        Column::number(
            "half_life_from",
            "year",
            "year of the last change of regime, sector or parameter, from which the half-life counts",
            |summary: &Summary, _| summary.half_life_from,
        ),
        measure(Measure::Welfare),
        Column::number(
            "welfare_tail_share",
            "1",
            "exp(-rho horizon), the weight of what lies after the last row; 0 where nothing after it counts",
            |summary: &Summary, _| summary.welfare_tail_share,
        ),
        measure(Measure::SubsidyPv),
        measure(Measure::PeakSubsidyShare),
        measure(Measure::SelfSustainingYear),
        Column::truth(
            "long_run_self_sustaining",
            "whether the cluster that holds in the end stands on its own there; null where none does",
            |summary: &Summary, _| summary.long_run_self_sustaining,
        ),
        Column::truth("long_run_subsidised", "whether a subsidy is paid for ever", |summary: &Summary, _| {
            summary.long_run_subsidised
        }),
        factor("long_run_ricardian", "factor y_R / y_P of the long-run gap", |factors| factors.ricardian),
        factor("long_run_static", "factor Λ / ℓ of the long-run gap", |factors| factors.stat),
        factor("long_run_technology", "factor 1 / z* of the long-run gap", |factors| factors.technology),
        measure(Measure::RegimeChanges),
        Column::number("peak_growth_P", "per year", "highest growth_P, jumps left out", |summary: &Summary, _| {
            summary.peak_growth_P
        }),
        Column::named::<RegimeKind, _>("last_regime", "regime of the last row", |summary: &Summary, _| {
            summary.last_regime()
        }),
        Column::optional_text("last_sector", "sector of the last row", |summary: &Summary, _| {
            summary.last_sector.as_deref()
        }),
        Column::truth("last_regime_subsidised", "whether the last row pays a subsidy", |summary: &Summary, _| {
            summary.last_regime_subsidised
        }),
    ]);
    columns
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Object { columns: &columns(), rows: self, row: 0 }.serialize(serializer)
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// The measures of `trajectory` for `summary.json`.
pub fn summarise(name: &str, title: Option<&str>, trajectory: &Trajectory) -> Summary {
    let last = trajectory.rows.last();
    let outlook = trajectory.outlook;
    let sector = |regime: Regime| regime.sector().map(|i| trajectory.sector_names[i].clone());
    let mut measures = trajectory.measures.clone();
    measures.last = last.map(|row| row.regime);
    // A gap without bound is missing here; the verdict says why.
    measures.numbers.iter_mut().for_each(|number| *number = number.and_then(finite));
    Summary {
        name: name.to_owned(),
        title: title.map(str::to_owned),
        long_run_sector: measures.long_run.and_then(sector),
        next_change: outlook.and_then(|outlook| outlook.next_change),
        long_run_growth_R: outlook.map(|outlook| outlook.growth_R),
        half_life_from: outlook.map(|outlook| outlook.half_life_from),
        way: outlook.and_then(|outlook| outlook.way),
        welfare_tail_share: Some(trajectory.tail_share),
        long_run_self_sustaining: outlook.and_then(|outlook| outlook.self_sustaining),
        long_run_subsidised: outlook.map(|outlook| outlook.subsidised),
        infant: outlook.map(|outlook| outlook.infant),
        ended: outlook.and_then(|outlook| outlook.ended),
        ruin: outlook.and_then(|outlook| outlook.ruin),
        subsidies: trajectory.subsidies(),
        failure: trajectory.failure.clone(),
        factors: outlook.and_then(|outlook| outlook.factors),
        peak_growth_P: peak_growth_P(trajectory),
        last_sector: measures.last.and_then(sector),
        last_regime_subsidised: last.map(|row| row.subsidy > 0.0),
        measures,
    }
}

fn peak_growth_P(trajectory: &Trajectory) -> Option<f64> {
    let smooth = |k: &usize| trajectory.jumps.binary_search(k).is_err();
    let growth = (1..trajectory.rows.len()).filter(smooth).filter_map(|k| trajectory.rows[k].growth_P);
    growth.reduce(f64::max).and_then(finite)
}

/// The share of the log distance to the long run that the gap has covered at the last row, counted from the last change;
/// negative where it has moved away. `None` where there is no distance to cover, or the last change lies after the rows.
pub fn share_of_way(trajectory: &Trajectory) -> Option<f64> {
    let long_run_gap = trajectory.measures[Measure::LongRunGap].filter(|gap| *gap > 0.0 && gap.is_finite())?;
    let distance = |row: &crate::trajectory::Row| (ln(row.income_gap()) - ln(long_run_gap)).abs();
    let first = distance(trajectory.rows.get(trajectory.last_change)?);
    let last = distance(trajectory.rows.last()?);
    (first >= SETTLED).then_some(1.0 - last / first)
}
