//! What `catchup compare` makes of one scenario: the same with other policies, or another rule of selection.

use super::dates::{in_years, years_after_start};
use crate::error::Error;
use crate::model::policy::{Payer, Selection, Sustain};
use crate::model::rule::Rule;
use crate::scenario::promotion::{self, Promotion};
use crate::scenario::{Policy, Scenario};

/// The scenario without its promotions, against which the others are measured.
pub(super) const NO_POLICY: &str = "no-policy";

/// Which counterfactuals of a scenario are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ways {
    /// The scenario, and what it would be without its promotions.
    Policies,
    /// No promotion, and in turn a cluster in each sector, promoted so.
    EachCluster(Programme),
    /// No promotion, and in turn the cluster that each rule names, promoted so.
    EachRule(Programme),
    /// The scenario under each rule of selection.
    EachSelection,
}

/// When and how a cluster is promoted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Programme {
    /// First date, as it was given: years after t = 0, or a calendar year.
    pub from: f64,
    /// From when on no longer, given the same way; `None` if it never ends.
    pub until: Option<f64>,
    /// How it is held.
    pub sustain: Sustain,
    /// Who pays; `None`: who pays in the scenario's own promotion listed last.
    pub funded_by: Option<Payer>,
}

impl Ways {
    /// The runs, and which of them is the baseline where nobody names another.
    pub(super) fn of(self, scenario: &Scenario) -> Result<(Vec<Scenario>, usize), Error> {
        match self {
            Self::Policies => Ok((policies(scenario)?, 0)),
            Self::EachCluster(programme) => Ok((each_cluster(scenario, programme)?, 0)),
            Self::EachRule(programme) => Ok((each_rule(scenario, programme)?, 0)),
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
        let hint = "--each-cluster compares a cluster in each sector, --each-rule the rules that name one, --each-selection the rules of selection; or name another scenario";
        return Err(Error::invalid(title).hint(hint));
    }
    if name.eq_ignore_ascii_case(NO_POLICY) {
        let title = format!("a scenario called {name} cannot be compared with itself without its policies");
        return Err(Error::invalid(title).hint("give it another name: --set name=with-policy"));
    }
    Ok(vec![no_policy(scenario)?, scenario.clone()])
}

/// A programme as it is for a scenario: its dates as years after t = 0, which must lie on the path, and who pays.
fn on_path(scenario: &Scenario, Programme { from, until, sustain, funded_by }: Programme) -> Result<Programme, Error> {
    let grid = scenario.problem.grid;
    let (given, end) = ((from, until), grid.t(grid.periods));
    let (from, until) = (years_after_start(&grid, from), until.map(|until| years_after_start(&grid, until)));
    if from < 0.0 || !grid.has_row(grid.first_period(from)) {
        let title = format!("--from {} is not on the path of {}", given.0, scenario.keys.name);
        return Err(Error::invalid(title).note(format!("allowed: 0 to {end}, {}", in_years(&grid))));
    }
    if until.is_some_and(|until| until.is_nan() || until <= from || !grid.has_row(grid.first_period(until))) {
        let title = format!(
            "--until {} is not on the path of {} after --from {}",
            given.1.unwrap_or(end),
            scenario.keys.name,
            given.0
        );
        let allowed = format!("allowed: a number > {from}, up to {end}, {}", in_years(&grid));
        return Err(Error::invalid(title).note(allowed));
    }
    let funded_by = Some(funded_by.unwrap_or_else(|| scenario.problem.payer()));
    Ok(Programme { from, until, sustain, funded_by })
}

impl Programme {
    fn of(self, promote: Promotion, sustain: Sustain) -> Policy {
        let Self { from, until, funded_by, .. } = self;
        Policy { from, until, promote: Some(promote), sustain: Some(sustain), funded_by, label: None, trade: None }
    }
}

fn each_cluster(scenario: &Scenario, programme: Programme) -> Result<Vec<Scenario>, Error> {
    let programme = on_path(scenario, programme)?;
    if programme.sustain == Sustain::Pigou {
        let title =
            "--sustain pigou pays for the externality by which the rule pigou chooses, and --each-cluster has no rule";
        return Err(Error::invalid(title)
            .note("allowed with --each-cluster: always, if-equilibrium")
            .hint("--each-rule --sustain pigou compares that rule with the others"));
    }
    let mut all = vec![no_policy(scenario)?];
    let people = scenario.people();
    for sector in scenario.keys.sector.keys() {
        all.push(scenario.promoting(
            &format!("cluster-{sector}"),
            &format!("a cluster in {}", people.sector(sector)),
            Some(&programme.of(Promotion::Sector(sector.clone()), programme.sustain)),
        )?);
    }
    if scenario.problem.start.is_some() {
        all.push(scenario.isolated("no-cluster", "no cluster")?);
    }
    Ok(all)
}

/// Every rule holds its cluster as it is asked to where it can.
fn each_rule(scenario: &Scenario, programme: Programme) -> Result<Vec<Scenario>, Error> {
    let programme = on_path(scenario, programme)?;
    let mut all = vec![no_policy(scenario)?];
    let bounded = !scenario.keys.catch_up.form.runs_away();
    for rule in Rule::ALL.into_iter().filter(|rule| bounded || *rule != Rule::Index) {
        let sustain = [programme.sustain, Sustain::Always, Sustain::IfEquilibrium];
        let sustain = sustain.into_iter().find(|sustain| rule.allows(*sustain)).unwrap_or_default();
        all.push(scenario.promoting(
            &format!("rule-{}", rule.name()),
            rule.label(),
            Some(&programme.of(Promotion::ByRule(promotion::Rule::once(rule)), sustain)),
        )?);
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
