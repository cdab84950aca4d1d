//! The paper's tables for one date of a path: every candidate with what decides, in columns for files and for people.

#![expect(non_snake_case, reason = "the symbol of the contract: real_income_R")]

use crate::math::exp;
use crate::model::equilibria::{Candidate, assumption_6_holds, in_the_long_run, now, ordering_holds};
use crate::model::params::{Params, Sector};
use crate::model::trade::{Offers, Regime, RegimeKind};
use crate::numbers::{date, short};
use crate::scenario::Scenario;
use crate::scenario::people::People;
use crate::table::{Column, Role, Shown, Value, shown};
use crate::trajectory::Trajectory;

/// The candidates of one scenario at one date, and what goes with them.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its parameters at the date.
    pub params: &'a Params,
    /// The date, years after t = 0.
    pub t: f64,
    /// Whether each candidate stands in the steady state that it would itself lead to.
    pub long_run: bool,
    /// Every Cl(i), then Is.
    pub candidates: Vec<Candidate>,
    /// v_R at the date.
    pub real_income_R: f64,
    /// What people call the sectors.
    pub people: People,
    /// Whether trade is closed at the date; the candidates are then what world prices would give.
    pub closed: bool,
}

/// Columns of `equilibria --format csv` and keys of its JSON, one row per candidate.
pub fn columns<'a>() -> Vec<Column<'a, Answer<'a>>> {
    fn number<'a, V: Value<f64> + 'a>(
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        value: fn(&Candidate) -> V,
    ) -> Column<'a, Answer<'a>> {
        Column::number(name, unit, description, move |answer: &Answer<'a>, i| value(&answer.candidates[i]))
    }
    vec![
        Column::named::<RegimeKind, _>("regime", "what P would do", |answer: &Answer<'a>, i| {
            answer.candidates[i].regime.kind()
        }),
        Column::optional_text(
            "sector",
            "the sector in which P specialises; empty when diversified",
            |answer: &Answer<'a>, i| answer.candidates[i].regime.sector().map(|sector| answer.sector(sector)),
        ),
        Column::truth("equilibrium", "whether nobody gains by leaving", |answer: &Answer<'a>, i| {
            answer.candidates[i].equilibrium
        }),
        number("w_P", "R-wages", "wage in P; empty where it has no bound", |candidate| Some(candidate.w_P)),
        number("income_gap", "1", "1 / w_P; empty where it has no bound", |candidate| Some(1.0 / candidate.w_P)),
        Column::number(
            "real_income_P",
            "utility per worker",
            "w_P times R's real income at the date; empty where it has no bound",
            |answer: &Answer<'a>, i| Some(answer.candidates[i].w_P * answer.real_income_R),
        ),
        number("margin", "1", "v_Cl / max v_Is - 1; empty unless a cluster", |candidate| candidate.margin),
        number("subsidy", "R-wages per worker", "what would hold the cluster; 0 where none is needed", |candidate| {
            Some(candidate.subsidy)
        }),
        Column::made_text(
            "inequality",
            "comparative advantage against the effect of externalities, as in (4) and (8); empty unless a cluster",
            |answer: &Answer<'a>, i| answer.candidates[i].inequality.map(|inequality| inequality.to_string()),
        ),
        Column::optional_text(
            "rejected_by",
            "the sector in isolation that pays more; empty for an equilibrium",
            |answer: &Answer<'a>, i| answer.candidates[i].rejected_by().map(|sector| answer.sector(sector)),
        ),
        Column::integer("rank", "1", "1 for the highest wage; ties share a rank", |answer: &Answer<'a>, i| {
            answer.candidates[i].rank as u64
        }),
    ]
}

/// The table of candidates for people, with the paper's inequality beside the sectors it compares.
pub fn for_people<'a>() -> [Shown<Answer<'a>>; 11] {
    [
        Shown { heading: "regime", role: Role::Name, cell: |answer, i| answer.name(answer.candidates[i].regime) },
        Shown {
            heading: "equilibrium",
            role: Role::Usual,
            cell: |answer, i| if answer.candidates[i].equilibrium { "yes" } else { "no" }.to_owned(),
        },
        Shown { heading: "wage", role: Role::Usual, cell: |answer, i| short(answer.candidates[i].w_P) },
        Shown { heading: "income gap", role: Role::Usual, cell: |answer, i| short(1.0 / answer.candidates[i].w_P) },
        Shown {
            heading: "real income",
            role: Role::Spare,
            cell: |answer, i| short(answer.candidates[i].w_P * answer.real_income_R),
        },
        Shown {
            heading: "margin",
            role: Role::Spare,
            cell: |answer, i| {
                let margin = answer.candidates[i].margin;
                margin.map_or_else(String::new, |margin| format!("{:+.1} %", 100.0 * margin))
            },
        },
        Shown {
            heading: "because",
            role: Role::Spare,
            cell: |answer, i| match answer.candidates[i].inequality {
                Some(inequality) => format!("against {}", answer.called(inequality.rival)),
                None => "always one".to_owned(),
            },
        },
        Shown {
            heading: "inequality",
            role: Role::Usual,
            cell: |answer, i| {
                let candidate = &answer.candidates[i];
                let sign = if candidate.rejected_by().is_some() { ">" } else { "≤" };
                let sides = candidate.inequality.map(|q| format!("{} {sign} {}", short(q.left), short(q.right)));
                sides.unwrap_or_default()
            },
        },
        Shown {
            heading: "rejected by",
            role: Role::Spare,
            cell: |answer, i| {
                let rival = answer.candidates[i].rejected_by();
                rival.map_or_else(String::new, |sector| answer.called(sector).to_owned())
            },
        },
        Shown {
            heading: "subsidy",
            role: Role::Spare,
            cell: |answer, i| {
                let subsidy = answer.candidates[i].subsidy;
                if subsidy > 0.0 { short(subsidy) } else { String::new() }
            },
        },
        Shown { heading: "rank", role: Role::Usual, cell: |answer, i| answer.candidates[i].rank.to_string() },
    ]
}

impl<'a> Answer<'a> {
    /// The candidates at t_k of a path: in its row or, beyond the last one, as it goes on. `None` where the path does not go
    /// so far.
    pub fn new(scenario: &'a Scenario, trajectory: &Trajectory, k: usize, long_run: bool) -> Option<Self> {
        let problem = &scenario.problem;
        let params = problem.params_at(k);
        let (z, offers, real_income_R, regime) = match trajectory.rows.get(k) {
            Some(row) => {
                let z: Vec<f64> = trajectory.sectors_at(k).iter().map(|row| row.z).collect();
                (z, trajectory.offers_at(k), exp(row.ln_real_income_R), row.regime)
            }
            None if trajectory.failure.is_some() => return None,
            None => {
                let state = trajectory.spells.state_at(problem, k)?;
                let mut offers = Offers::default();
                let ages: Vec<Option<f64>> = (0..state.n()).map(|i| state.age(i)).collect();
                offers.fill(params, &state.z, &ages);
                (state.z.clone(), offers, exp(state.ln_real_income_R_in(0.0)), state.spell.regime)
            }
        };
        let candidates = if long_run { in_the_long_run(params, &z) } else { now(params, &z, &offers) };
        Some(Self {
            scenario,
            params,
            t: problem.grid.t(k),
            long_run,
            candidates,
            real_income_R,
            people: scenario.people(),
            closed: regime == Regime::Closed,
        })
    }

    fn name(&self, regime: Regime) -> String {
        match regime {
            Regime::Cluster(i) => format!("Cl({})", self.called(i)),
            Regime::Isolation(i) => format!("Is({})", self.called(i)),
            Regime::Diversified | Regime::Closed => "Is (diversified)".to_owned(),
        }
    }

    /// The date in words.
    pub fn when(&self) -> String {
        let date = if self.t == 0.0 {
            "at t = 0".to_owned()
        } else {
            format!("at t = {} ({})", short(self.t), self.scenario.problem.grid.start + self.t)
        };
        if self.long_run { format!("in the long run of each, from where {} is {date}", self.people.poor) } else { date }
    }

    /// Which of the assumptions of the paper hold at the date.
    pub fn assumptions(&self) -> [String; 2] {
        assumptions(self.params, self.people.sectors())
    }

    /// That parameters are still to change after the date; `None` where they stay.
    pub fn to_come(&self) -> Option<String> {
        let grid = self.scenario.problem.grid;
        let dates = self.scenario.keys.shock.iter().map(|shock| grid.first_period(shock.at));
        let next = dates.filter(|&k| grid.t(k) > self.t).min()?;
        let what =
            if self.long_run { "these are the steady states without it" } else { "from then on these are others" };
        let when = date(grid.start, grid.start + grid.t(next));
        Some(format!("a shock is still to come, in {when}: {what}"))
    }

    fn called(&self, i: usize) -> &str {
        &self.people.sectors()[i]
    }

    fn sector(&self, i: usize) -> &str {
        &self.scenario.problem.sectors[i]
    }

    /// The lines of the table for people, its headings first.
    pub fn lines(&self) -> Vec<Vec<String>> {
        shown(&for_people(), self, 0..self.candidates.len())
    }
}

/// Which assumptions of the paper hold for sectors of these names. The program needs neither of them, so where one does not
/// hold the sentence says what the paper's tables then call otherwise.
pub fn assumptions(params: &Params, names: &[String]) -> [String; 2] {
    // The first of those with the highest value.
    let first = |value: fn(&Sector) -> f64| {
        let best = params.sectors.iter().zip(names).rev().max_by(|(a, _), (b, _)| value(a).total_cmp(&value(b)));
        best.map_or("", |(_, name)| name.as_str())
    };
    let ordering = "the paper's ordering (y_R/y_P does not fall from sector to sector)";
    let assumption_6 = "assumption 6 (lambda y_R/y_P does not fall from sector to sector)";
    [
        if ordering_holds(params) {
            format!("{ordering} holds")
        } else {
            let advantage = first(|sector| sector.y_P / sector.y_R);
            format!(
                "{ordering} does not hold, and nothing is wrong: the paper's good 1, P's comparative advantage, is {advantage} here"
            )
        },
        if assumption_6_holds(params) {
            format!("{assumption_6} holds")
        } else {
            let isolated = first(Sector::earnings);
            format!(
                "{assumption_6} does not hold, and nothing is wrong: at equal technology P in isolation makes {isolated}, where the paper's tables say good 1"
            )
        },
    ]
}
