//! What a search over states of the world says: the best policy on average, the one that is best at worst, the one of least regret, and
//! what it would be worth to know the state.

use super::optimum::{on_edge, policy, scope};
use super::{Told, listed};
use crate::compare::ROUNDING;
use crate::model::policy::Payer;
use crate::model::problem::Window;
use crate::numbers::{counted, percent, short};
use crate::optimise::{Criterion, Objective, Robust, Standing};

/// The answer, for a scenario left alone in the states of the world.
pub fn answer(told: &Told<'_>, robust: &Robust, payer: Payer) -> Vec<String> {
    let said = Said { told, robust, payer };
    let mut words = Vec::new();
    for criterion in Criterion::ALL {
        words.extend(said.pick(criterion));
    }
    words.extend(said.knowing());
    words.extend(said.left_out());
    words
}

struct Said<'a> {
    told: &'a Told<'a>,
    robust: &'a Robust,
    payer: Payer,
}

impl Said<'_> {
    fn poor(&self) -> &str {
        &self.told.people().poor
    }

    /// A policy by its number, as an instruction.
    fn policy(&self, index: usize) -> String {
        match self.robust.survey.space.candidate(index) {
            Some(candidate) => policy(self.told, &candidate, self.payer),
            None => format!("leave {} alone", self.poor()),
        }
    }

    /// A value of the objective.
    fn value(&self, value: f64) -> String {
        let value = if value.abs() < ROUNDING { 0.0 } else { value };
        match self.robust.survey.objective {
            Objective::EquivalentVariation => format!("{} %", short(100.0 * value)),
            Objective::LongRunGap => format!("a gap of {}", short(value)),
            Objective::NetGainPv => format!("a gain of {}", short(value)),
        }
    }

    /// A difference of the objective, a regret or a gain; of equivalent variations `of` follows the per cent.
    fn amount(&self, amount: f64, of: &str) -> String {
        let amount = if amount < ROUNDING { 0.0 } else { amount };
        match self.robust.survey.objective {
            Objective::EquivalentVariation => format!("{} %{of}", short(100.0 * amount)),
            Objective::LongRunGap => format!("{} of the gap", short(amount)),
            Objective::NetGainPv => self.told.wages(amount),
        }
    }

    /// A regret.
    fn regret(&self, regret: f64) -> String {
        self.amount(regret, " of income")
    }

    /// What the objective means, in brackets behind the first value.
    fn meaning(&self) -> String {
        let poor = self.poor();
        match self.robust.survey.objective {
            Objective::EquivalentVariation => {
                format!("of income at every moment over leaving {poor} alone, {}", self.terms())
            }
            Objective::LongRunGap => "in the long run".to_owned(),
            Objective::NetGainPv => {
                format!(
                    "in present value over leaving {poor} alone, in yearly wages of {} per worker",
                    self.told.people().rich
                )
            }
        }
    }

    /// How far present values look; the rate may differ from state to state.
    fn terms(&self) -> String {
        match self.told.scenario.problem.window {
            Window::Infinite => "discounted over the whole path".to_owned(),
            Window::Horizon => format!("discounted and cut off in {}", self.told.end()),
        }
    }

    /// The best by one criterion.
    fn pick(&self, criterion: Criterion) -> Option<String> {
        let survey = &self.robust.survey;
        let index = self.robust.pick(criterion)?;
        let tally = &survey.tallies[index];
        let states = counted(survey.counted());
        let edges = survey.space.edges(index).into_iter().map(|edge| on_edge(self.told, &survey.space, edge));
        // What a policy is known for already is not said again.
        let mut before = Criterion::ALL.into_iter().take(criterion as usize);
        let known = before.find(|other| self.robust.pick(*other) == Some(index)).map(|other| match other {
            Criterion::Expected => "The best on average",
            Criterion::Maximin => "The best at worst",
            Criterion::MinimaxRegret => "The one of least regret",
        });
        let what = self.policy(index);
        let expected = self.value(survey.expected(index)?);
        let said = match criterion {
            Criterion::Expected if survey.space.candidate(index).is_none() => format!(
                "On average over {states} states of the world nothing beats leaving {} alone; {}, in each state.",
                self.poor(),
                scope(self.told, &survey.space)
            ),
            Criterion::Expected => {
                let scope = scope(self.told, &survey.space);
                format!(
                    "The best on average over {states} states of the world is to {what}: {expected} {}, and {} in its worst state (state {} of states.csv); {scope}, in each state.",
                    self.meaning(),
                    self.value(tally.worst),
                    tally.worst_state
                )
            }
            Criterion::Maximin => match known {
                Some(known) => format!("{known} is also the best at worst: no other has a better worst state."),
                None => format!(
                    "The best at worst is to {what}: {} in its worst state (state {} of states.csv), and {expected} on average.",
                    self.value(tally.worst),
                    tally.worst_state
                ),
            },
            Criterion::MinimaxRegret => {
                let is = match known {
                    Some(known) => format!("{known} also has the least regret"),
                    None => format!("The least regret has who decides to {what}"),
                };
                let usual = self.robust.rows.iter().find(|row| row.index == index).and_then(|row| row.regret_p90);
                let usual = usual.map_or_else(String::new, |usual| {
                    format!(", and at most {} in nine states of ten", self.regret(usual))
                });
                match tally.regret < ROUNDING {
                    true => format!("{is}: in no state is anything missed beside its best policy."),
                    false => format!(
                        "{is}: in no state is more than {} missed beside its best policy (most in state {} of states.csv){usual}.",
                        self.regret(tally.regret),
                        tally.regret_state
                    ),
                }
            }
        };
        let edges: Vec<String> = if known.is_some() { Vec::new() } else { edges.collect() };
        Some([vec![said], edges].concat().join(" "))
    }

    /// What it would be worth to know the state before one chooses.
    fn knowing(&self) -> Option<String> {
        let survey = &self.robust.survey;
        let best = self.robust.pick(Criterion::Expected)?;
        let more = survey.value_of_knowing(best)?;
        let share = survey.tallies[best].best as f64 / survey.counted() as f64;
        Some(match more < ROUNDING {
            true => {
                "To know the state before one chooses would be worth nothing: no policy is better in any.".to_owned()
            }
            false => format!(
                "To know the state before one chooses would be worth {} more on average; the best on average is the best in {} of all states.",
                self.amount(more, ""),
                percent(share)
            ),
        })
    }

    /// States and policies that do not count.
    fn left_out(&self) -> Vec<String> {
        let survey = &self.robust.survey;
        let mut words = Vec::new();
        let of = |standing: Standing| survey.states.iter().filter(|state| state.standing == standing).count();
        let why: Vec<String> = [
            (Standing::NoScenario, "make no valid scenario"),
            (Standing::Failed, "fail if it is left alone"),
            (Standing::NoMeasure, "have no such measure"),
        ]
        .into_iter()
        .filter(|(standing, _)| of(*standing) > 0)
        .map(|(standing, why)| format!("{} {why}", counted(of(standing) as u64)))
        .collect();
        if !why.is_empty() {
            words.push(format!(
                "Of {} states {}: these are left out.",
                counted(survey.states.len() as u64),
                listed(&why)
            ));
        }
        let barred = (0..survey.space.len()).filter(|&index| !survey.open(index)).count();
        if barred > 0 {
            let count = counted(barred as u64);
            let over = survey
                .budget
                .map_or_else(String::new, |budget| format!(", or cost more than {} in it", self.told.wages(budget)));
            let (are, they) = if barred == 1 { ("1 policy is", "it") } else { ("policies are", "them") };
            let subject = if barred == 1 { are.to_owned() } else { format!("{count} {are}") };
            words.push(format!(
                "{subject} not chosen, because {} cannot pay for {they} in some state{over}.",
                self.poor()
            ));
        }
        words
    }
}
