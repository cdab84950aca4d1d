//! What `catchup compare` makes of one scenario: the same with other policies, or another rule of selection.

use crate::advice::calendar_year;
use crate::error::Error;
use crate::model::grid::Grid;
use crate::model::policy::{Selection, Sustain};
use crate::numbers::{short, year};
use crate::scenario::{Policy, Scenario};

/// What to write in place of a calendar year; `None` where a number is none.
pub(super) fn date_meant(grid: &Grid, date: f64) -> Option<String> {
    calendar_year(grid, date).map(|years| format!("the year {} is t = {}", year(date), short(years)))
}

/// The scenario without its promotions, against which the others are measured.
pub(super) const NO_POLICY: &str = "no-policy";

/// Which counterfactuals of a scenario are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ways {
    /// The scenario, and what it would be without its promotions.
    Policies,
    /// No promotion, and in turn a cluster in each sector, promoted so.
    EachCluster(Promotion),
    /// The scenario under each rule of selection.
    EachSelection,
}

/// When and how a cluster is promoted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Promotion {
    /// First date, years after t = 0.
    pub from: f64,
    /// From when on no longer, years after t = 0; `None` if it never ends.
    pub until: Option<f64>,
    /// How it is held.
    pub sustain: Sustain,
}

impl Ways {
    /// The runs, and which of them is the baseline where nobody names another.
    pub(super) fn of(self, scenario: &Scenario) -> Result<(Vec<Scenario>, usize), Error> {
        match self {
            Self::Policies => Ok((policies(scenario)?, 0)),
            Self::EachCluster(promotion) => Ok((each_cluster(scenario, promotion)?, 0)),
            Self::EachSelection => each_selection(scenario),
        }
    }
}

/// Its own promotions left out; its shocks, trade policies, start and selection kept.
fn no_policy(scenario: &Scenario) -> Result<Scenario, Error> {
    Ok(scenario.promoting(NO_POLICY, "left alone", None)?)
}

fn policies(scenario: &Scenario) -> Result<Vec<Scenario>, Error> {
    let name = &scenario.keys.name;
    if scenario.keys.policy.iter().all(|policy| policy.promote.is_none()) {
        let title = format!("{name} promotes nothing, so there is nothing to compare it with");
        let hint = "--each-cluster compares a cluster in each sector, --each-selection the rules of selection; or name another scenario";
        return Err(Error::invalid(title).hint(hint));
    }
    if name.eq_ignore_ascii_case(NO_POLICY) {
        let title = format!("a scenario called {name} cannot be compared with itself without its policies");
        return Err(Error::invalid(title).hint("give it another name: --set name=with-policy"));
    }
    Ok(vec![no_policy(scenario)?, scenario.clone()])
}

fn each_cluster(scenario: &Scenario, promotion: Promotion) -> Result<Vec<Scenario>, Error> {
    let grid = scenario.problem.grid;
    let end = grid.t(grid.periods);
    let Promotion { from, until, sustain } = promotion;
    if from < 0.0 || !grid.has_row(grid.first_period(from)) {
        let title = format!("--from {from} is not on the path of {}", scenario.keys.name);
        let allowed = format!("allowed: 0 to {end}, in years after t = 0");
        return Err(Error::invalid(title).note(allowed).hint(date_meant(&grid, from).unwrap_or_default()));
    }
    if until.is_some_and(|until| until.is_nan() || until <= from || !grid.has_row(grid.first_period(until))) {
        let title = format!(
            "--until {} is not on the path of {} after --from {from}",
            until.unwrap_or(end),
            scenario.keys.name
        );
        let allowed = format!("allowed: a number > {from}, up to {end}, in years after t = 0");
        let hint = until.and_then(|until| date_meant(&grid, until));
        return Err(Error::invalid(title).note(allowed).hint(hint.unwrap_or_default()));
    }
    let mut all = vec![no_policy(scenario)?];
    let people = scenario.people();
    for sector in scenario.keys.sector.keys() {
        let policy = Policy {
            from,
            until,
            promote: Some(sector.clone()),
            sustain: Some(sustain),
            funded_by: None,
            label: None,
            trade: None,
        };
        all.push(scenario.promoting(
            &format!("cluster-{sector}"),
            &format!("a cluster in {}", people.sector(sector)),
            Some(&policy),
        )?);
    }
    if scenario.problem.start.is_some() {
        all.push(scenario.isolated("no-cluster", "no cluster")?);
    }
    Ok(all)
}

/// The rule that the scenario itself has is the baseline.
fn each_selection(scenario: &Scenario) -> Result<(Vec<Scenario>, usize), Error> {
    let run = |rule: Selection| {
        let name = format!("selection-{}", rule.name());
        Ok(scenario.selecting(&name, &format!("selection by {}", rule.name()), rule)?)
    };
    let all = Selection::ALL.into_iter().map(run).collect::<Result<Vec<_>, Error>>()?;
    let own = Selection::ALL.iter().position(|rule| *rule == scenario.problem.selection);
    Ok((all, own.unwrap_or(0)))
}
