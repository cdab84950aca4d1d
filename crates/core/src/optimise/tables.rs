//! The columns of `optimum.csv`, `front.csv` and `best.csv`.

use super::{Candidate, Edge, Looked, Objective, Optimum};
use crate::compare::ROUNDING;
use crate::measure::{Measure, Outcome, Status};
use crate::model::grid::Grid;
use crate::model::policy::Sustain;
use crate::model::trade::RegimeKind;
use crate::names;
use crate::numbers::{short, year};
use crate::table::{Column, Role, Shown};

/// Policies of an optimum as the rows of a table: all of them, or some.
#[derive(Debug, Clone, Copy)]
pub struct Policies<'a> {
    /// What was looked at.
    pub optimum: &'a Optimum,
    /// Names of the scenario's sectors.
    pub sectors: &'a [String],
    /// Numbers of the policies; all where there is no list.
    pub some: Option<&'a [usize]>,
}

impl Policies<'_> {
    /// How many rows these are.
    pub fn len(&self) -> usize {
        self.some.map_or(self.optimum.looked.len(), <[usize]>::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn index(&self, row: usize) -> usize {
        self.some.map_or(row, |some| some[row])
    }

    fn looked(&self, row: usize) -> &Looked {
        &self.optimum.looked[self.index(row)]
    }

    fn candidate(&self, row: usize) -> Option<Candidate> {
        self.optimum.candidate(self.index(row))
    }
}

/// Columns of `optimum.csv` and of `front.csv`, one row per policy.
pub fn policies<'a>() -> Vec<Column<'a, Policies<'a>>> {
    type Rows<'a> = Policies<'a>;
    let mut columns: Vec<Column<'a, Rows<'a>>> =
        dated(Rows::index, Rows::candidate, |rows: &Rows<'a>| rows.optimum.grid, |rows: &Rows<'a>| rows.sectors);
    columns.extend([
        Column::named::<Status, _>(
            "status",
            "ok, or failed: P cannot pay for such a policy, or its path leaves every bound",
            |rows: &Rows<'a>, row| if rows.looked(row).failed() { Status::Failed } else { Status::Ok },
        ),
        Measure::EquivalentVariation.column(|rows: &Rows<'a>, row| rows.optimum.equivalent_variation(rows.index(row))),
        Measure::NetGainPv.column(|rows: &Rows<'a>, row| rows.optimum.net_gain_pv(rows.index(row))),
        Measure::SubsidyPv.column(move |rows: &Rows<'a>, row| rows.looked(row).subsidy_pv()),
        Measure::PeakSubsidyShare.column(move |rows: &Rows<'a>, row| rows.looked(row).peak_subsidy_share()),
        Measure::LongRunGap.column(move |rows: &Rows<'a>, row| rows.looked(row).long_run_gap()),
        Column::named::<RegimeKind, _>(
            "long_run_regime",
            "regime that holds in the end",
            move |rows: &Rows<'a>, row| rows.looked(row).long_run().map(crate::model::trade::Regime::kind),
        ),
        Column::optional_text(
            "long_run_sector",
            "the sector in which P specialises in the end",
            move |rows: &Rows<'a>, row| {
                let place = rows.looked(row).long_run()?.sector()?;
                Some(rows.sectors[place].as_str())
            },
        ),
        Column::named::<Outcome, _>("outcome", Outcome::ABOUT, move |rows: &Rows<'a>, row| rows.looked(row).outcome()),
        Measure::SelfSustainingYear.column(move |rows: &Rows<'a>, row| rows.looked(row).self_sustaining_year()),
    ]);
    columns
}

/// The columns that say which policy a row is about: its number, and what it is on the dates of `grid`.
pub(super) fn dated<'c, R: 'c>(
    index: impl Fn(&R, usize) -> usize + Send + Sync + 'c,
    candidate: impl Fn(&R, usize) -> Option<Candidate> + Copy + Send + Sync + 'c,
    grid: impl Fn(&R) -> Grid + Copy + Send + Sync + 'c,
    sectors: impl for<'r> Fn(&'r R) -> &'r [String] + Copy + Send + Sync + 'c,
) -> Vec<Column<'c, R>> {
    let t = move |rows: &R, k: usize| grid(rows).t(k);
    let year = move |rows: &R, k: usize| grid(rows).start + grid(rows).t(k);
    vec![
        Column::integer("policy", "1", "number of the policy; 0 is none at all", move |rows: &R, row| {
            index(rows, row) as u64
        }),
        Column::optional_text("sector", "the sector that is promoted", move |rows: &R, row| {
            Some(sectors(rows)[candidate(rows, row)?.sector].as_str())
        }),
        Column::named::<Sustain, _>("sustain", "how its cluster is held", move |rows: &R, row| {
            candidate(rows, row).map(|candidate| candidate.sustain)
        }),
        Column::number("from", "years", "first date of promotion, years after t = 0", move |rows: &R, row| {
            candidate(rows, row).map(|candidate| t(rows, candidate.from))
        }),
        Column::number("from_year", "year", "the same as a year", move |rows: &R, row| {
            candidate(rows, row).map(|candidate| year(rows, candidate.from))
        }),
        Column::number(
            "until",
            "years",
            "first date of no more promotion, years after t = 0; empty if it never ends",
            move |rows: &R, row| Some(t(rows, candidate(rows, row)?.until?)),
        ),
        Column::number("until_year", "year", "the same as a year", move |rows: &R, row| {
            Some(year(rows, candidate(rows, row)?.until?))
        }),
    ]
}

/// The dates of a policy for people.
pub(super) fn years(candidate: Option<Candidate>, grid: Grid) -> String {
    let when = |k: usize| year(grid.start + grid.t(k));
    candidate.map_or_else(String::new, |own| match own.until {
        Some(until) => format!("{}–{}", when(own.from), when(until - 1)),
        None => format!("{} on", when(own.from)),
    })
}

names! {
    /// Policies that stand out among those looked at.
    pub enum Picked {
        Best = "best": "The best of all",
        LeftAlone = "none": "No policy: what the others are measured against",
        OfSector = "best-of-sector": "The best under which the cluster of its sector stands",
        ForEver = "for-ever": "The cluster of its sector held for ever from the first date on, whatever it costs",
        Shortest = "shortest": "The shortest support that leads to the best long run",
        Earlier = "ten-years-earlier": "The best for the same sector that begins ten years earlier",
        Later = "ten-years-later": "The best for the same sector that begins ten years later",
    }
}

/// The rows of `best.csv`.
#[derive(Debug)]
pub struct Best<'a> {
    picked: Vec<Picked>,
    policies: Policies<'a>,
}

/// Policies that stand out, and their numbers.
pub fn picked(optimum: &Optimum) -> (Vec<Picked>, Vec<usize>) {
    let [earlier, later] = optimum.shifted;
    let mut rows = vec![(Picked::Best, Some(optimum.best)), (Picked::LeftAlone, Some(0))];
    rows.extend(optimum.by_sector.iter().map(|&(_, best)| (Picked::OfSector, best)));
    rows.extend(optimum.by_sector.iter().map(|&(sector, _)| (Picked::ForEver, optimum.for_ever(sector))));
    rows.extend([(Picked::Shortest, optimum.shortest), (Picked::Earlier, earlier), (Picked::Later, later)]);
    rows.into_iter().filter_map(|(picked, index)| Some((picked, index?))).unzip()
}

impl<'a> Best<'a> {
    /// The policies that stand out, `places` being their numbers.
    pub fn new(optimum: &'a Optimum, sectors: &'a [String], picked: Vec<Picked>, places: &'a [usize]) -> Self {
        Self { picked, policies: Policies { optimum, sectors, some: Some(places) } }
    }

    /// How many these are.
    pub fn len(&self) -> usize {
        self.picked.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.picked.is_empty()
    }
}

/// Columns of `best.csv`, one row per policy that stands out.
pub fn best<'a>() -> Vec<Column<'a, Best<'a>>> {
    let mut columns =
        vec![Column::named::<Picked, _>("which", "what it stands out for", |rows: &Best<'a>, row| rows.picked[row])];
    columns.extend(policies().into_iter().map(|column| column.within(|rows: &Best<'a>| &rows.policies)));
    columns.push(Column::number(
        "index",
        "1",
        "index of discounted comparative advantage of the sector at the first date looked at (M11); empty where there is none",
        |rows: &Best<'a>, row| {
            let sector = rows.policies.candidate(row)?.sector;
            rows.policies.optimum.indices.get(sector).copied()
        },
    ));
    columns.push(Column::number(
        "loss",
        "that of the objective",
        "the objective at the best policy minus that here; of the long-run gap the reverse: how much is lost",
        |rows: &Best<'a>, row| rows.policies.optimum.loss(rows.policies.index(row)),
    ));
    columns
}

/// The table of policies that stand out for people, one line per policy.
pub fn for_people<'a>() -> [Shown<Best<'a>>; 7] {
    [
        Shown { heading: "which", role: Role::Name, cell: |all, i| all.picked[i].name().replace('-', " ") },
        Shown {
            heading: "sector",
            role: Role::Usual,
            cell: |all, i| {
                all.policies.candidate(i).map_or_else(String::new, |own| all.policies.sectors[own.sector].clone())
            },
        },
        Shown {
            heading: "years",
            role: Role::Usual,
            cell: |all, i| years(all.policies.candidate(i), all.policies.optimum.grid),
        },
        Shown {
            heading: "sustain",
            role: Role::Usual,
            cell: |all, i| all.policies.candidate(i).map_or_else(String::new, |own| own.sustain.name().to_owned()),
        },
        Shown {
            heading: "equiv. variation",
            role: Role::Usual,
            cell: |all, i| {
                let variation = all.policies.optimum.equivalent_variation(all.policies.index(i));
                // None at all is what the others are measured against.
                let said = |variation: f64| {
                    if variation.abs() < ROUNDING { "0".to_owned() } else { format!("{:+.2} %", 100.0 * variation) }
                };
                variation.map_or_else(String::new, said)
            },
        },
        Shown {
            heading: "subsidy pv",
            role: Role::Usual,
            cell: |all, i| all.policies.looked(i).subsidy_pv().map_or_else(String::new, short),
        },
        Shown {
            heading: "long-run gap",
            role: Role::Usual,
            cell: |all, i| all.policies.looked(i).long_run_gap().map_or_else(String::new, short),
        },
    ]
}

/// What a search comes to, as a table of one row: `summary.json`.
#[derive(Debug, Clone, Copy)]
pub struct Concluded<'a> {
    scenario: &'a str,
    policies: Policies<'a>,
}

impl<'a> Concluded<'a> {
    /// What the policies for a scenario come to.
    pub fn new(scenario: &'a str, optimum: &'a Optimum, sectors: &'a [String]) -> Self {
        let some = Some(std::slice::from_ref(&optimum.best));
        Self { scenario, policies: Policies { optimum, sectors, some } }
    }

    fn optimum(&self) -> &'a Optimum {
        self.policies.optimum
    }
}

/// Keys of `summary.json`.
pub fn concluded<'a>() -> Vec<Column<'a, Concluded<'a>>> {
    let on = |edge: Edge| move |found: &Concluded<'a>, _: usize| found.optimum().edges().contains(&edge);
    let mut columns = vec![
        Column::text("scenario", "name of the scenario", |found: &Concluded<'a>, _| found.scenario),
        Column::named::<Objective, _>("objective", "what the best policy is best at", |found: &Concluded<'a>, _| {
            found.optimum().objective
        }),
        Column::integer("policies", "1", "policies looked at, none at all among them", |found: &Concluded<'a>, _| {
            found.optimum().looked.len() as u64
        }),
        Column::integer("failed", "1", "policies among them that P cannot pay for", |found: &Concluded<'a>, _| {
            found.optimum().failed() as u64
        }),
        Column::number(
            "budget",
            Measure::SubsidyPv.about().unit,
            "the most that a policy may cost in present value; null without a bound",
            |found: &Concluded<'a>, _| found.optimum().budget,
        ),
        Column::integer("over_budget", "1", "policies among them that cost more", |found: &Concluded<'a>, _| {
            found.optimum().over_budget() as u64
        }),
        Column::truth(
            "on_first_from",
            "whether the best begins at the first date looked at, after t = 0",
            on(Edge::FirstFrom),
        ),
        Column::truth("on_last_from", "whether it begins at the last date looked at", on(Edge::LastFrom)),
        Column::truth("on_first_until", "whether it ends at the first date looked at", on(Edge::FirstUntil)),
        Column::truth("on_last_until", "whether it ends at the last date looked at", on(Edge::LastUntil)),
    ];
    columns.extend(policies().into_iter().map(|column| column.within(|found: &Concluded<'a>| &found.policies)));
    columns
}
