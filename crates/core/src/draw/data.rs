//! What a picture is drawn from: a run, or runs side by side. Filled from files, or from a trajectory in memory; both
//! ways give the same.

#![expect(non_snake_case, reason = "columns carry the field's symbols: w_P, growth_P")]

use crate::compare::{self, Member, Parts};
use crate::measure::Measure;
use crate::scenario::Scenario;
use crate::summary::{Summary, Verdict};
use crate::trajectory::{EventKind, Trajectory};

/// Consecutive dates under one regime.
#[derive(Debug, Clone, PartialEq)]
pub struct Spell {
    /// First row.
    pub first: usize,
    /// `cluster`, `isolation`, `diversified` or `closed`.
    pub regime: String,
    /// The sector P specialises in; empty when diversified or closed.
    pub sector: String,
}

/// One sector's path.
#[derive(Debug, Clone, PartialEq)]
pub struct Sector {
    /// Its name.
    pub name: String,
    /// Z_P / Z_R at every date.
    pub z: Vec<Option<f64>>,
}

/// A line of `events.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Row.
    pub period: usize,
    /// Kind.
    pub event: EventKind,
    /// In words.
    pub detail: String,
}

impl Mark {
    /// Whether a policy begins, or its rule chooses.
    pub fn acts(&self) -> bool {
        matches!(self.event, EventKind::PolicyOn | EventKind::RuleChose)
    }
}

/// The limit of the gap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LongRun {
    /// Not known, or the run failed.
    Unknown,
    /// A finite gap.
    Gap(f64),
    /// It grows without bound.
    Unbounded,
}

/// A run as far as pictures need it. Lists have one entry per date; `None` is an empty cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Name of the scenario.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// What people call P.
    pub poor: String,
    /// What people call R.
    pub rich: String,
    /// Whether dates are calendar years: the scenario has a start.
    pub calendar: bool,
    /// Column `year`.
    pub year: Vec<f64>,
    /// Regimes in order of time.
    pub spells: Vec<Spell>,
    /// Column `w_P`.
    pub w_P: Vec<Option<f64>>,
    /// Column `income_gap`.
    pub gap: Vec<Option<f64>>,
    /// Column `growth_R`.
    pub growth_R: Vec<Option<f64>>,
    /// Column `growth_P`.
    pub growth_P: Vec<Option<f64>>,
    /// Column `margin`.
    pub margin: Vec<Option<f64>>,
    /// Whether a subsidy is paid.
    pub subsidised: Vec<bool>,
    /// Highest v_Is of all sectors; empty where `sectors.csv` was not read.
    pub outside: Vec<Option<f64>>,
    /// Sectors in the scenario's order; empty where `sectors.csv` was not read.
    pub sectors: Vec<Sector>,
    /// Lines of `events.csv`; empty where it was not read.
    pub marks: Vec<Mark>,
    /// The gap just before t = 0, where a policy of that date moves it at once; `None` where none does, or where it is not known.
    pub before: Option<f64>,
    /// Limit of the gap.
    pub long_run: LongRun,
    /// Why the run failed, if it did.
    pub error: Option<String>,
}

/// A row of a trajectory as far as pictures need it.
pub struct Row<'a> {
    /// Years after the start.
    pub t: f64,
    /// On the axis of years.
    pub year: f64,
    /// Column `regime`.
    pub regime: &'a str,
    /// Column `sector`.
    pub sector: &'a str,
    /// Column `w_P`.
    pub w_P: Option<f64>,
    /// Column `income_gap`.
    pub gap: Option<f64>,
    /// Column `growth_R`.
    pub growth_R: Option<f64>,
    /// Column `growth_P`.
    pub growth_P: Option<f64>,
    /// Column `margin`.
    pub margin: Option<f64>,
    /// Whether a subsidy is paid.
    pub subsidised: bool,
}

impl Run {
    /// A run without rows.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: None,
            poor: "P".to_owned(),
            rich: "R".to_owned(),
            calendar: false,
            year: Vec::new(),
            spells: Vec::new(),
            w_P: Vec::new(),
            gap: Vec::new(),
            growth_R: Vec::new(),
            growth_P: Vec::new(),
            margin: Vec::new(),
            subsidised: Vec::new(),
            outside: Vec::new(),
            sectors: Vec::new(),
            marks: Vec::new(),
            before: None,
            long_run: LongRun::Unknown,
            error: None,
        }
    }

    /// Appends a row.
    pub fn push(&mut self, row: &Row<'_>) {
        if self.spells.last().is_none_or(|spell| spell.regime != row.regime || spell.sector != row.sector) {
            let (regime, sector) = (row.regime.to_owned(), row.sector.to_owned());
            self.spells.push(Spell { first: self.year.len(), regime, sector });
        }
        self.calendar |= row.year != row.t;
        self.year.push(row.year);
        self.w_P.push(row.w_P);
        self.gap.push(row.gap);
        self.growth_R.push(row.growth_R);
        self.growth_P.push(row.growth_P);
        self.margin.push(row.margin);
        self.subsidised.push(row.subsidised);
    }

    /// What the rows do not say: what people call regions, sectors, policies and shocks, and where the gap comes from.
    pub fn tell(&mut self, scenario: &Scenario) {
        let people = scenario.people();
        let initial = self.gap.first().copied().flatten();
        self.before = initial.and_then(|initial| scenario.problem.gap_before_policy_moves_it(initial));
        self.poor.clone_from(&people.poor);
        self.rich.clone_from(&people.rich);
        for name in self.spells.iter_mut().map(|spell| &mut spell.sector) {
            *name = people.sector(name).to_owned();
        }
        for name in self.sectors.iter_mut().map(|sector| &mut sector.name) {
            *name = people.sector(name).to_owned();
        }
        for detail in self.marks.iter_mut().map(|mark| &mut mark.detail) {
            *detail = people.retold(detail);
        }
    }

    /// A run in memory, for the picture of its gap.
    pub fn of(scenario: &Scenario, trajectory: &Trajectory, summary: &Summary) -> Self {
        let mut run = Self::named(&summary.name);
        run.title.clone_from(&summary.title);
        run.error.clone_from(&summary.measures.error);
        run.long_run = match (summary.measures.verdict, summary[Measure::LongRunGap]) {
            (_, Some(gap)) => LongRun::Gap(gap),
            (Some(Verdict::FallingBehind), None) => LongRun::Unbounded,
            (_, None) => LongRun::Unknown,
        };
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        for (k, row) in trajectory.rows.iter().enumerate() {
            let t = trajectory.grid.t(k);
            run.push(&Row {
                t,
                year: trajectory.grid.start + t,
                regime: row.regime.name(),
                sector: row.regime.sector().map_or("", |i| &trajectory.sector_names[i]),
                w_P: finite(row.w_P),
                gap: finite(row.income_gap()),
                growth_R: row.growth_R.and_then(finite),
                growth_P: row.growth_P.and_then(finite),
                margin: row.margin.and_then(finite),
                subsidised: row.subsidy > 0.0,
            });
        }
        run.marks = trajectory
            .events
            .iter()
            .map(|event| Mark { period: event.period, event: event.kind, detail: event.detail.clone() })
            .collect();
        run.tell(scenario);
        run
    }

    /// Last date, on the axis of years.
    pub fn end(&self) -> f64 {
        self.year.last().copied().unwrap_or(0.0)
    }
}

/// The terms that a change of ln(gap) is made of: column after `cum_`, and what it says.
pub const TERMS: [(&str, &str); 6] = [
    ("static", "static benefit of clusters"),
    ("respecialisation", "change of specialisation"),
    ("catch_up", "catch-up"),
    ("learning", "learning"),
    ("shock", "shocks"),
    ("trade", "opening and closing of trade"),
];

/// Running sums of one scenario, from `decomposition.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// Name of the scenario.
    pub name: String,
    /// Column `t`.
    pub t: Vec<f64>,
    /// Column `cum_d_ln_gap`.
    pub total: Vec<Option<f64>>,
    /// Columns `cum_…`, in the order of [`TERMS`].
    pub terms: [Vec<Option<f64>>; 6],
}

/// Runs side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Name of its folder.
    pub name: String,
    /// Scenarios in the order of the table.
    pub runs: Vec<Run>,
    /// Name of the baseline, where known.
    pub baseline: Option<String>,
    /// One per scenario; empty where not read.
    pub decompositions: Vec<Decomposition>,
}

/// What a picture is drawn from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// One run.
    Run(Box<Run>),
    /// Runs side by side.
    Comparison(Comparison),
}

impl Source {
    /// Name of the run or the comparison.
    pub fn name(&self) -> &str {
        match self {
            Self::Run(run) => &run.name,
            Self::Comparison(comparison) => &comparison.name,
        }
    }
}

impl Comparison {
    /// A comparison in memory.
    pub fn of(comparison: &compare::Comparison) -> Self {
        let run = |member: &Member| Run::of(&member.scenario, &member.trajectory, &member.summary);
        let runs = comparison.members.iter().map(run);
        let decomposition = |(member, parts): (&Member, &Vec<Parts>)| {
            let sums = parts.iter().scan(Parts::default(), |sum, parts| {
                *sum = sum.plus(*parts);
                Some(sum.columns())
            });
            let sums: Vec<[f64; 7]> = sums.collect();
            let column = |index: usize| sums.iter().map(|row| Some(row[index])).collect::<Vec<_>>();
            Decomposition {
                name: member.summary.name.clone(),
                t: (0..sums.len()).map(|k| member.trajectory.grid.t(k)).collect(),
                total: column(0),
                terms: std::array::from_fn(|term| column(term + 1)),
            }
        };
        Self {
            name: comparison.name.clone(),
            runs: runs.collect(),
            baseline: Some(comparison.members[comparison.baseline].summary.name.clone()),
            decompositions: comparison.members.iter().zip(&comparison.decompositions).map(decomposition).collect(),
        }
    }
}
