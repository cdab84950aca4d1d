//! The columns of `robust.csv` and `states.csv`, and the keys of the summary beside them.

use super::robust::{Listed, Robust};
use super::survey::{Criterion, Standing};
use super::tables::{dated, years};
use super::{Candidate, Objective};
use crate::compare::ROUNDING;
use crate::model::policy::Sustain;
use crate::numbers::{percent, short};
use crate::scenario::sweep::{Sweep, Varied};
use crate::table::{Column, Role, Shown};

/// The rows of `robust.csv`.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// What was found.
    pub robust: &'a Robust,
    /// Names of the sectors.
    pub sectors: &'a [String],
    /// What is listed.
    pub listed: &'a [Listed],
}

impl<'a> Rows<'a> {
    fn candidate(&self, row: usize) -> Option<Candidate> {
        self.robust.survey.space.candidate(self.listed[row].index)
    }

    /// What is counted of the policy of a row, and whether it can be chosen in every state.
    fn tally(&self, row: usize) -> (&'a super::Tally, bool) {
        let (survey, index) = (&self.robust.survey, self.listed[row].index);
        (&survey.tallies[index], survey.open(index) && survey.counted() > 0)
    }

    fn share(&self, count: u64) -> Option<f64> {
        let counted = self.robust.survey.counted();
        (counted > 0).then(|| count as f64 / counted as f64)
    }
}

/// Unit of what is measured by the objective.
const OWN: &str = "that of the objective";

/// Columns of `robust.csv`, one row per policy worth it.
pub fn robust<'a>() -> Vec<Column<'a, Rows<'a>>> {
    let mut columns: Vec<Column<'a, Rows<'a>>> = dated(
        |rows: &Rows<'a>, row| rows.listed[row].index,
        |rows: &Rows<'a>, row| rows.candidate(row),
        |rows: &Rows<'a>| rows.robust.survey.grid,
        |rows: &Rows<'a>| rows.sectors,
    );
    let index = |rows: &Rows<'a>, row: usize| rows.listed[row].index;
    columns.extend(Criterion::ALL.map(|criterion| {
        let (name, about) = match criterion {
            Criterion::Expected => ("best_expected", "whether it is the best on average"),
            Criterion::Maximin => ("maximin", "whether it is the best in its own worst state"),
            Criterion::MinimaxRegret => ("minimax_regret", "whether its largest regret is the smallest"),
        };
        Column::truth(name, about, move |rows: &Rows<'a>, row| rows.robust.pick(criterion) == Some(index(rows, row)))
    }));
    columns.extend([
        Column::number(
            "expected",
            OWN,
            "the objective on average over the states; this and what follows is empty where the policy cannot be chosen in every state",
            move |rows: &Rows<'a>, row| rows.robust.survey.expected(index(rows, row)),
        ),
        Column::number("worst", OWN, "the objective in its worst state", |rows: &Rows<'a>, row| {
            let (tally, open) = rows.tally(row);
            open.then_some(tally.worst)
        }),
        Column::integer("worst_state", "1", "the first state in which that is so", |rows: &Rows<'a>, row| {
            let (tally, open) = rows.tally(row);
            open.then_some(tally.worst_state)
        }),
        Column::number(
            "expected_regret",
            OWN,
            "regret on average: what is missed beside the best policy of the state",
            move |rows: &Rows<'a>, row| rows.robust.survey.expected_regret(index(rows, row)),
        ),
        Column::number("regret_p50", OWN, "the regret that it exceeds in half of the states", |rows: &Rows<'a>, row| {
            rows.listed[row].regret_p50
        }),
        Column::number("regret_p90", OWN, "the regret that it exceeds in a tenth of them", |rows: &Rows<'a>, row| {
            rows.listed[row].regret_p90
        }),
        Column::number("max_regret", OWN, "its largest regret", |rows: &Rows<'a>, row| {
            let (tally, open) = rows.tally(row);
            open.then_some(tally.regret)
        }),
        Column::integer("max_regret_state", "1", "the first state with that", |rows: &Rows<'a>, row| {
            let (tally, open) = rows.tally(row);
            open.then_some(tally.regret_state)
        }),
        Column::number(
            "expected_subsidy_pv",
            "R-wages per worker",
            "present value of the subsidy on average",
            move |rows: &Rows<'a>, row| rows.robust.survey.expected_cost(index(rows, row)),
        ),
        Column::number(
            "share_best",
            "1",
            "share of the states whose best policy it is; empty if none is counted",
            |rows: &Rows<'a>, row| rows.share(rows.tally(row).0.best),
        ),
        Column::number("share_better", "1", "share of the states in which it is better than no policy", |rows: &Rows<'a>, row| {
            rows.share(rows.tally(row).0.better)
        }),
        Column::integer(
            "barred",
            "1",
            "states in which it cannot be chosen: P cannot pay for it, or it costs more than the budget",
            |rows: &Rows<'a>, row| rows.tally(row).0.barred,
        ),
    ]);
    columns
}

/// The rows of `expected.csv`: every policy looked at.
#[derive(Debug, Clone, Copy)]
pub struct Averages<'a> {
    /// What was found.
    pub robust: &'a Robust,
    /// Names of the sectors.
    pub sectors: &'a [String],
}

/// Columns of `expected.csv`, one row per policy: what its picture is drawn from.
pub fn averages<'a>() -> Vec<Column<'a, Averages<'a>>> {
    let mut columns: Vec<Column<'a, Averages<'a>>> = dated(
        |_: &Averages<'a>, row| row,
        |all: &Averages<'a>, row| all.robust.survey.space.candidate(row),
        |all: &Averages<'a>| all.robust.survey.grid,
        |all: &Averages<'a>| all.sectors,
    );
    columns.push(Column::number(
        "expected",
        OWN,
        "the objective on average over the states; empty where the policy cannot be chosen in every state",
        |all: &Averages<'a>, row| all.robust.survey.expected(row),
    ));
    columns
}

/// The policies that are best by a criterion, for people: one line per criterion, and none at all.
pub fn robust_for_people<'a>() -> [Shown<Rows<'a>>; 9] {
    fn value(rows: &Rows<'_>, value: Option<f64>) -> String {
        let said = |value: f64| match rows.robust.survey.objective {
            Objective::EquivalentVariation if value.abs() < ROUNDING => "0".to_owned(),
            Objective::EquivalentVariation => format!("{:+.2} %", 100.0 * value),
            Objective::LongRunGap | Objective::NetGainPv => short(value),
        };
        value.map_or_else(String::new, said)
    }
    fn regret(rows: &Rows<'_>, regret: Option<f64>) -> String {
        value(rows, regret).replace('+', "")
    }
    fn share(share: Option<f64>) -> String {
        share.map_or_else(String::new, percent)
    }
    [
        Shown {
            heading: "best by",
            role: Role::Name,
            cell: |rows, i| {
                let own = rows.listed[i].index;
                let by = Criterion::ALL.into_iter().filter(|criterion| rows.robust.pick(*criterion) == Some(own));
                let by: Vec<&str> = by.map(Criterion::name).collect();
                if by.is_empty() { "(none at all)".to_owned() } else { by.join(", ").replace('-', " ") }
            },
        },
        Shown {
            heading: "sector",
            role: Role::Usual,
            cell: |rows, i| rows.candidate(i).map_or_else(String::new, |own| rows.sectors[own.sector].clone()),
        },
        Shown {
            heading: "years",
            role: Role::Usual,
            cell: |rows, i| years(rows.candidate(i), rows.robust.survey.grid),
        },
        Shown {
            heading: "sustain",
            role: Role::Usual,
            cell: |rows, i| rows.candidate(i).map_or_else(String::new, |own| own.sustain.name().to_owned()),
        },
        Shown {
            heading: "expected",
            role: Role::Usual,
            cell: |rows, i| value(rows, rows.robust.survey.expected(rows.listed[i].index)),
        },
        Shown {
            heading: "worst",
            role: Role::Usual,
            cell: |rows, i| {
                let (tally, open) = rows.tally(i);
                value(rows, open.then_some(tally.worst))
            },
        },
        Shown { heading: "regret p90", role: Role::Usual, cell: |rows, i| regret(rows, rows.listed[i].regret_p90) },
        Shown {
            heading: "max regret",
            role: Role::Usual,
            cell: |rows, i| {
                let (tally, open) = rows.tally(i);
                regret(rows, open.then_some(tally.regret))
            },
        },
        Shown { heading: "best in", role: Role::Usual, cell: |rows, i| share(rows.share(rows.tally(i).0.best)) },
    ]
}

/// The rows of `states.csv`, some of them at a time.
#[derive(Debug)]
pub struct InState<'a> {
    robust: &'a Robust,
    sectors: &'a [String],
    first: usize,
    /// By varied key what was drawn.
    drawn: Vec<Vec<f64>>,
}

impl<'a> InState<'a> {
    /// The `count` states from `first` on.
    pub fn new(robust: &'a Robust, sectors: &'a [String], sweep: &Sweep, first: usize, count: usize) -> Self {
        let mut drawn = vec![vec![0.0; count]; sweep.vary.len()];
        sweep.design.fill(first as u64, &mut drawn);
        Self { robust, sectors, first, drawn }
    }

    /// The best policy of a state, where it is counted and its best is not to do nothing.
    fn best(&self, row: usize) -> Option<Candidate> {
        let survey = &self.robust.survey;
        survey.space.candidate(survey.states[self.first + row].best)
    }

    fn counted(&self, row: usize) -> bool {
        self.robust.survey.states[self.first + row].standing == Standing::Ok
    }
}

/// Columns of `states.csv`, one row per state of the world: what is drawn in it, its best policy, and what the robust ones come to.
pub fn in_states<'a>(vary: &[Varied]) -> Vec<Column<'a, InState<'a>>> {
    let state = |rows: &InState<'a>, row: usize| rows.robust.survey.states[rows.first + row];
    let mut columns = vec![Column::integer(
        "run",
        "1",
        "number of the state: of the draw, counted from 0",
        |rows: &InState<'a>, row| (rows.first + row) as u64,
    )];
    columns.extend(
        vary.iter().enumerate().map(|(key, varied)| varied.column(move |rows: &InState<'a>, row| rows.drawn[key][row])),
    );
    columns.extend([
        Column::named::<Standing, _>("status", "whether the state is counted", move |rows: &InState<'a>, row| {
            state(rows, row).standing
        }),
        Column::integer(
            "policy",
            "1",
            "number of its best policy; 0 is none at all; empty where the state is not counted",
            move |rows: &InState<'a>, row| rows.counted(row).then(|| state(rows, row).best as u64),
        ),
        Column::optional_text("sector", "the sector that this promotes", |rows: &InState<'a>, row| {
            Some(rows.sectors[rows.best(row)?.sector].as_str())
        }),
        Column::named::<Sustain, _>("sustain", "how its cluster is held", |rows: &InState<'a>, row| {
            rows.best(row).map(|best| best.sustain)
        }),
        Column::number("from", "years", "first date of promotion, years after t = 0", |rows: &InState<'a>, row| {
            rows.best(row).map(|best| rows.robust.survey.grid.t(best.from))
        }),
        Column::number(
            "until",
            "years",
            "first date of no more promotion, years after t = 0; empty if it never ends",
            |rows: &InState<'a>, row| Some(rows.robust.survey.grid.t(rows.best(row)?.until?)),
        ),
        Column::number(
            "best",
            OWN,
            "the most that the objective comes to under any policy",
            move |rows: &InState<'a>, row| Some(state(rows, row).value),
        ),
    ]);
    columns.extend(Criterion::ALL.map(|criterion| {
        let (name, about) = match criterion {
            Criterion::Expected => ("best_expected", "the objective under the policy that is the best on average"),
            Criterion::Maximin => ("maximin", "the objective under the policy that is the best in its own worst state"),
            Criterion::MinimaxRegret => {
                ("minimax_regret", "the objective under the policy whose largest regret is smallest")
            }
        };
        Column::number(name, OWN, about, move |rows: &InState<'a>, row| {
            Some(rows.robust.chosen[rows.first + row][criterion as usize])
        })
    }));
    columns
}

/// What a search over states of the world comes to, as a table of one row: `summary.json`.
#[derive(Debug, Clone, Copy)]
pub struct Weighed<'a> {
    /// Name of the sweep.
    pub sweep: &'a str,
    /// Name of its variant.
    pub variant: &'a str,
    /// What was found.
    pub robust: &'a Robust,
}

/// Keys of `summary.json`, but for the policies themselves.
pub fn weighed<'a>() -> Vec<Column<'a, Weighed<'a>>> {
    type All<'a> = Weighed<'a>;
    let of = |all: &All<'a>, standing: Standing| {
        all.robust.survey.states.iter().filter(|state| state.standing == standing).count() as u64
    };
    let mut columns = vec![
        Column::text("sweep", "name of the sweep", |all: &All<'a>, _| all.sweep),
        Column::text("variant", "its variant", |all: &All<'a>, _| all.variant),
        Column::named::<Objective, _>("objective", "what the best policy is best at", |all: &All<'a>, _| {
            all.robust.survey.objective
        }),
        Column::number(
            "budget",
            "R-wages per worker",
            "the most that a policy may cost in any state",
            |all: &All<'a>, _| all.robust.survey.budget,
        ),
        Column::integer("policies", "1", "policies looked at in each state", |all: &All<'a>, _| {
            all.robust.survey.space.len() as u64
        }),
        Column::integer("states", "1", "states of the world that are counted", move |all: &All<'a>, _| {
            of(all, Standing::Ok)
        }),
    ];
    for (name, standing) in
        [("no_scenario", Standing::NoScenario), ("failed", Standing::Failed), ("no_measure", Standing::NoMeasure)]
    {
        columns.push(Column::integer(name, "1", standing.meaning(), move |all: &All<'a>, _| of(all, standing)));
    }
    columns.push(Column::number(
        "value_of_knowing",
        OWN,
        "how much more would be had on average if the state were known before a policy is chosen",
        |all: &All<'a>, _| all.robust.survey.value_of_knowing(all.robust.pick(Criterion::Expected)?),
    ));
    columns
}
