//! What is legal in a scenario but probably not meant: found by simulating it in memory.

use crate::measure::Measure;
use crate::model::policy::{Sustain, Trade};
use crate::model::problem::Problem;
use crate::model::trade::{Market, Regime};
use crate::scenario::Scenario;
use crate::summary::share_of_way;
use crate::trajectory::{EventKind, Trajectory};

/// Share of the way to the long run, in logs, below which a horizon is far shorter than the half-life.
const FAR_SHORTER: f64 = 0.25;

/// A warning: the key it is about, what happens, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Dotted path of the key.
    pub key: String,
    /// What happens.
    pub what: String,
    /// What was perhaps meant.
    pub hint: String,
}

fn warning(key: impl Into<String>, what: impl Into<String>, hint: impl Into<String>) -> Warning {
    Warning { key: key.into(), what: what.into(), hint: hint.into() }
}

/// Warnings about `scenario`, given the trajectory it leads to. Keys that override nothing are in
/// [`Scenario::idle`], with their places.
pub fn warnings(scenario: &Scenario, trajectory: &Trajectory) -> Vec<Warning> {
    let mut found = dates(scenario);
    unused(scenario, &mut found);
    steady_states(scenario, &mut found);
    if let Some(failure) = &trajectory.failure {
        let sector = &trajectory.sector_names[failure.sector];
        let what = format!("the run will fail in {sector} at t = {:.6}: {}", failure.t, failure.reason);
        found.push(warning("catch_up", what, "another form, or a shorter horizon"));
        return found;
    }
    start(scenario, trajectory, &mut found);
    policies(&scenario.problem, trajectory, &mut found);
    horizon(trajectory, &mut found);
    found
}

/// Dates that no t_k reaches, and shocks that change nothing.
pub fn dates(scenario: &Scenario) -> Vec<Warning> {
    let mut found = Vec::new();
    let problem = &scenario.problem;
    let end = problem.grid.t(problem.grid.periods);
    let hint = "dates count years from t = 0, not calendar years; or lengthen time.horizon";
    for (index, policy) in problem.policies.iter().enumerate() {
        let periods = policy.periods(&problem.grid);
        if !problem.grid.has_row(problem.grid.first_period(policy.from)) {
            let what = format!("it begins at t = {}, beyond the horizon of {end}", policy.from);
            found.push(warning(format!("policy.{index}.from"), what, hint));
        } else if periods.is_empty() {
            let what =
                format!("no date lies between from = {} and until = {}", policy.from, policy.until.unwrap_or(end));
            found.push(warning(format!("policy.{index}"), what, "a longer span, or a shorter time.period"));
        }
    }
    for (index, shock) in scenario.keys.shock.iter().enumerate() {
        if !problem.grid.has_row(problem.grid.first_period(shock.at)) {
            let what = format!("it falls due at t = {}, beyond the horizon of {end}", shock.at);
            found.push(warning(format!("shock.{index}.at"), what, hint));
        }
    }
    for pair in problem.epochs.windows(2).filter(|pair| pair[0].params == pair[1].params) {
        let what = format!(
            "at t = {} it sets parameters to the values they had: {}",
            problem.grid.t(pair[1].k),
            pair[1].shocks.join("; ")
        );
        found.push(warning("shock", what, "a shock changes a parameter for good"));
    }
    found
}

/// Keys that nothing depends on.
fn unused(scenario: &Scenario, found: &mut Vec<Warning>) {
    let (keys, problem) = (&scenario.keys, &scenario.problem);
    let closes =
        problem.trade == Trade::Closed || problem.policies.iter().any(|policy| policy.trade == Some(Trade::Closed));
    if problem.closed_clusters.contains(&true) && !closes {
        found.push(warning(
            "poor.closed_clusters",
            "trade is never closed, so these clusters never form",
            "poor.trade = \"closed\", or a policy with trade = \"closed\"",
        ));
    }
    if keys.growth.x.is_some() && keys.sector.values().all(|sector| sector.x.is_some()) {
        found.push(warning(
            "growth.x",
            "every sector has an x of its own, so this one is not used",
            "remove it, or the sectors' own",
        ));
    }
}

/// Sectors in which catch-up is too weak to hold any gap.
fn steady_states(scenario: &Scenario, found: &mut Vec<Warning>) {
    let params = &scenario.problem.epochs[0].params;
    for (name, sector) in scenario.problem.sectors.iter().zip(&params.sectors) {
        let d = sector.motion(false, Trade::Open).d();
        let runs_away = scenario.keys.catch_up.form.runs_away();
        if d > 0.0 && sector.catch_up.z_hat(d).is_none() && !runs_away {
            let what = format!("too weak for x = {d} in {name}: without a cluster there z falls to 0 for ever");
            found.push(warning("catch_up.beta", what, "a larger beta, or give z_hat"));
        }
    }
}

/// A cluster at t = 0 that does not survive it.
fn start(scenario: &Scenario, trajectory: &Trajectory, found: &mut Vec<Warning>) {
    let Some(i) = scenario.problem.start else { return };
    let gone = |kind| {
        trajectory.events.iter().find(|event| event.period == 0 && event.kind == kind && event.sector == Some(i))
    };
    if let Some(event) = gone(EventKind::ClusterCollapsed) {
        let what = format!("the starting cluster collapses at once: {}", event.detail);
        found.push(warning(
            "poor.start",
            what,
            "no equilibrium: promote it with sustain = \"always\", or start in isolation",
        ));
    } else if let Some(event) = gone(EventKind::ClusterEnded) {
        let what = format!("the starting cluster ends at once: {}", event.detail);
        let closed = trajectory.rows.first().is_some_and(|row| row.regime == Regime::Closed);
        let hint = if closed {
            "list it in poor.closed_clusters"
        } else {
            "start in isolation, or let selection = \"history\" carry it on"
        };
        found.push(warning("poor.start", what, hint));
    }
}

/// Promoted clusters that are never in force, or never an equilibrium.
fn policies(problem: &Problem, trajectory: &Trajectory, found: &mut Vec<Warning>) {
    let periods = problem.policy_periods();
    for (index, policy) in problem.policies.iter().enumerate() {
        let Some(i) = policy.promote else { continue };
        let active = periods[index].clone();
        if active.is_empty() {
            continue;
        }
        let name = &problem.sectors[i];
        let key = format!("policy.{index}.promote");
        let end = problem.grid.periods;
        let in_force: Vec<usize> = (active.start..active.end.min(end + 1))
            .filter(|&k| problem.stance(k, &periods).promoting == Some(index))
            .collect();
        let open: Vec<usize> =
            in_force.iter().copied().filter(|&k| problem.stance(k, &periods).trade == Trade::Open).collect();
        if in_force.is_empty() {
            found.push(warning(
                key,
                "a policy listed later wins at every date",
                "of several active policies the last one listed wins: reorder them",
            ));
        } else if open.is_empty() {
            found.push(warning(
                key,
                "trade is closed at every date at which it is active: it has no effect",
                "list the sector in poor.closed_clusters",
            ));
        } else if !open.iter().any(|&k| trajectory.offers_at(k).cluster_holds(i)) {
            let what = match policy.sustain {
                Sustain::Always => format!(
                    "the cluster in {name} is no equilibrium at any date at which it is promoted: it needs a subsidy throughout"
                ),
                Sustain::IfEquilibrium => format!(
                    "the cluster in {name} is no equilibrium at any date at which it is promoted: the policy does nothing"
                ),
            };
            let hint = match policy.sustain {
                Sustain::Always => "longer support may make it one; or promote another sector",
                Sustain::IfEquilibrium => "sustain = \"always\" would hold it with a subsidy",
            };
            found.push(warning(key, what, hint));
        }
    }
}

/// A horizon that ends long before the gap has moved half of its way.
fn horizon(trajectory: &Trajectory, found: &mut Vec<Warning>) {
    let Some(gap) = trajectory.measures[Measure::LongRunGap] else { return };
    let Some(share) = share_of_way(trajectory).filter(|&share| share < FAR_SHORTER) else { return };
    let grid = trajectory.grid;
    let since = grid.t(grid.periods) - grid.t(trajectory.last_change);
    let what = format!(
        "{since} years after the last change the gap has covered {:.0} % of its way (in logs) to {gap:.4}",
        100.0 * share.max(0.0)
    );
    found.push(warning("time.horizon", what, "far shorter than the half-life: lengthen the horizon"));
}
