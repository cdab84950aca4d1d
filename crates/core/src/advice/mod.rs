//! What is legal in a scenario, a comparison or a sweep but probably not meant. Every command that runs one says the same of it.

mod figures;
mod sweep;

pub use figures::calendar_year;
pub use sweep::{of_states, of_sweep};

use crate::control::Control;
use crate::integrate::{Method, Solver};
use crate::math::exp;
use crate::measure::{Measure, Outcome};
use crate::model::policy::{Sustain, Trade};
use crate::model::problem::{Epoch, Problem, Window};
use crate::model::trade::{Market, Regime};
use crate::numbers::{date, short, year, years};
use crate::scenario::Scenario;
use crate::scenario::diagnostics::{At, Sources};
use crate::scenario::series::Interpolation;
use crate::simulate::simulate;
use crate::summary::share_of_way;
use crate::trajectory::{Cause, EventKind, Trajectory};
use figures::figures;

/// Share of the way to the long run, in logs, below which a horizon is far shorter than the half-life.
const FAR_SHORTER: f64 = 0.25;
/// Gaps of a series that are named.
const GAPS: usize = 5;
/// Weight of what lies after the horizon, as a share of all, from which on leaving it out changes answers.
const HEAVY_TAIL: f64 = 0.05;

/// A warning: the key it is about, what happens, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Dotted path of the key, or names of what it is about.
    pub key: String,
    /// What happens.
    pub what: String,
    /// What was perhaps meant.
    pub hint: String,
}

fn warning(key: impl Into<String>, what: impl Into<String>, hint: impl Into<String>) -> Warning {
    Warning { key: key.into(), what: what.into(), hint: hint.into() }
}

/// Warnings about `scenario`, given the trajectory it leads to.
pub fn warnings(scenario: &Scenario, trajectory: &Trajectory) -> Vec<Warning> {
    let mut found = idle(scenario.idle(), &scenario.sources);
    found.extend(of_keys(scenario));
    window(&scenario.problem, scenario.problem.discount_rate, false, &mut found);
    if let Some(failure) = &trajectory.failure {
        let people = scenario.people();
        let sector = people.sector(&trajectory.sector_names[failure.sector]);
        let what = format!("the run will fail in {sector} at t = {}: {}", short(failure.t), failure.reason);
        let (key, hint) = match failure.cause {
            Cause::Motion => ("catch_up", "another form, or a shorter horizon"),
            Cause::Ruin => CANNOT_PAY,
        };
        found.push(warning(key, what, hint));
        return found;
    }
    found.extend(of_path(scenario, trajectory));
    found
}

/// Where P cannot pay for its cluster: the key that does it, and what else to set.
const CANNOT_PAY: (&str, &str) = ("welfare.cost_of_funds", "a smaller one, or a policy with funded_by = \"R\"");

/// What the path shows.
fn of_path(scenario: &Scenario, trajectory: &Trajectory) -> Vec<Warning> {
    let mut found = Vec::new();
    ruin(scenario, trajectory, &mut found);
    start(scenario, trajectory, &mut found);
    policies(scenario, trajectory, &mut found);
    horizon(trajectory, &mut found);
    size(scenario, trajectory, &mut found);
    found
}

/// What to do where the policies of a command's own leave no work to what was set.
pub const IN_PLACE: &str = "policies of the command's own stand in the place of the scenario's promotions: remove it";

/// The `--set`s of `scenario` that change nothing in what a command makes of it: its own policies in the place of the promotions,
/// another rule of selection, a table of one date. `hint` says why, and what to do.
pub fn without_effect<T: PartialEq>(
    scenario: &Scenario,
    makes: impl Fn(&Scenario) -> Option<T>,
    hint: &str,
) -> Vec<Warning> {
    let idle = scenario.idle();
    let sets = scenario.sets().into_iter().filter(|(at, key, _)| !idle.contains(&(at.clone(), key.clone())));
    let made = makes(scenario);
    let same = sets.filter(|(_, _, without)| made.is_some() && without.as_ref().and_then(&makes) == made);
    same.map(|(at, key, _)| {
        let what = format!("what is set at {} changes nothing of what is asked", scenario.sources.position(&at));
        warning(key, what, hint)
    })
    .collect()
}

/// A region that cannot pay for its cluster after the last row.
fn ruin(scenario: &Scenario, trajectory: &Trajectory, found: &mut Vec<Warning>) {
    let Some(ruin) = trajectory.outlook.and_then(|outlook| outlook.ruin) else { return };
    let poor = &scenario.people().poor;
    let what = format!(
        "after the last row, from {} on, the subsidy takes all that {poor} makes: {poor} cannot pay it",
        year(ruin)
    );
    let (key, hint) = CANNOT_PAY;
    found.push(warning(key, what, hint));
}

/// Scenarios that are the same problem under several names.
pub fn twins<'a>(scenarios: impl IntoIterator<Item = (&'a str, &'a Scenario)>) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut known: Vec<(&Scenario, Vec<&str>)> = Vec::new();
    for (name, scenario) in scenarios {
        let same = |(other, _): &&mut (&Scenario, Vec<&str>)| {
            essence(&other.problem, other.solver) == essence(&scenario.problem, scenario.solver)
        };
        match known.iter_mut().find(same) {
            Some((_, names)) => names.push(name),
            None => known.push((scenario, vec![name])),
        }
    }
    for (_, names) in known.iter().filter(|(_, names)| names.len() > 1) {
        let what = "they are the same problem: what differs between them changes no number";
        found.push(warning(names.join(", "), what, "leave one out, or change what was meant to differ"));
    }
    found
}

/// A problem and its solver without what no number depends on.
fn essence(problem: &Problem, solver: Solver) -> (Problem, Solver) {
    let mut problem = problem.clone();
    problem.size = None;
    if !closes(&problem) {
        problem.closed_clusters.fill(false);
    }
    let tolerances = match solver.method {
        Method::Exact => Solver { rtol: Solver::RTOL, atol: Solver::ATOL, ..solver },
        Method::Dopri5 => solver,
    };
    (problem, tolerances)
}

fn closes(problem: &Problem) -> bool {
    problem.trade == Trade::Closed || problem.policies.iter().any(|policy| policy.trade == Some(Trade::Closed))
}

/// Keys that a layer sets to the value they had.
fn idle(keys: Vec<(At, String)>, sources: &Sources) -> Vec<Warning> {
    let idle = keys.into_iter().map(|(at, key)| {
        let what = format!("set at {} to the value it has anyway", sources.position(&at));
        warning(key, what, "an override that changes nothing: remove it, or change it")
    });
    idle.collect()
}

/// What the keys alone show.
fn of_keys(scenario: &Scenario) -> Vec<Warning> {
    let mut found = figures(scenario);
    dates(scenario, &mut found);
    series(scenario, &mut found);
    unused(scenario, &mut found);
    steady_states(scenario, &mut found);
    found
}

/// Dates that no t_k reaches, and shocks that change nothing.
fn dates(scenario: &Scenario, found: &mut Vec<Warning>) {
    let problem = &scenario.problem;
    let grid = &problem.grid;
    let end = grid.t(grid.periods);
    let later = "no row shows it, and the long run counts it";
    let hint = "dates count years from t = 0; or lengthen time.horizon";
    if let Some(date) = calendar_year(grid, scenario.keys.time.horizon) {
        let what =
            format!("{} looks like a calendar year, and it is a number of years", year(scenario.keys.time.horizon));
        found.push(warning(
            "time.horizon",
            what,
            format!("the path ends in {0} if it is {date}", year(grid.start + date)),
        ));
    }
    // A date given as a calendar year is told so, and not that it is late.
    let mut calendar = |key: &str, date: f64| {
        let years = calendar_year(grid, date);
        found.extend(years.map(|years| {
            let what = format!("{} looks like a calendar year, and dates count years from t = 0", year(date));
            warning(key, what, format!("{} is t = {}", year(date), short(years)))
        }));
        years.is_some()
    };
    let mut late = Vec::new();
    for (index, policy) in problem.policies.iter().enumerate() {
        let (from, periods) = (format!("policy.{index}.from"), policy.periods(grid));
        if let Some(until) = policy.until {
            calendar(&format!("policy.{index}.until"), until);
        }
        if calendar(&from, policy.from) {
        } else if !grid.has_row(periods.start) {
            let what = format!("it begins at t = {}, beyond the horizon of {end}: {later}", policy.from);
            late.push(warning(from, what, hint));
        } else if periods.is_empty() {
            let what =
                format!("no date lies between from = {} and until = {}", policy.from, policy.until.unwrap_or(end));
            late.push(warning(format!("policy.{index}"), what, "a longer span, or a shorter time.period"));
        } else if periods.start == grid.periods {
            let what = format!("it begins at t = {end}, the horizon: one row shows it");
            late.push(warning(from, what, "an earlier date, or a longer time.horizon"));
        }
    }
    for (index, shock) in scenario.keys.shock.iter().enumerate() {
        let key = format!("shock.{index}.at");
        let period = grid.first_period(shock.at);
        if calendar(&key, shock.at) {
        } else if !grid.has_row(period) {
            let what = format!("it falls due at t = {}, beyond the horizon of {end}: {later}", shock.at);
            late.push(warning(key, what, hint));
        } else if period == grid.periods {
            let what = format!("it falls due at t = {end}, the horizon: one row shows it");
            late.push(warning(key, what, "an earlier date, or a longer time.horizon"));
        }
    }
    found.extend(late);
    let idle = |pair: &&[Epoch]| pair[0].params == pair[1].params && !pair[1].shocks.is_empty();
    for pair in problem.epochs.windows(2).filter(idle) {
        let what = format!(
            "at t = {} it sets parameters to the values they had: {}",
            grid.t(pair[1].k),
            pair[1].shocks.join("; ")
        );
        found.push(warning("shock", what, "a shock changes a parameter for good"));
    }
}

/// Series with gaps, and those of which one value counts.
fn series(scenario: &Scenario, found: &mut Vec<Warning>) {
    let start = scenario.problem.grid.start;
    for (path, series) in &scenario.keys.series {
        let last = series.years[series.years.len() - 1];
        if last <= start && series.years.len() > 1 {
            let what = format!("it ends in {}, and t = 0 is {}: its last value alone counts", year(last), year(start));
            found.push(warning(path, what, "a series gives calendar years, as time.start does"));
        }
        let gaps: Vec<String> =
            series.gaps(start).into_iter().map(|gap| format!("{}–{}", year(gap[0]), year(gap[1]))).collect();
        if gaps.is_empty() {
            continue;
        }
        let (told, more) = gaps.split_at(gaps.len().min(GAPS));
        let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        let between = match series.interpolation {
            Interpolation::Step => "the value before holds",
            Interpolation::Linear => "a straight line joins them",
        };
        let what = format!("there is no value between the years {}{more}: {between}", told.join(", "));
        found.push(warning(path, what, "give the values that lack, or say how they are to be filled: interpolation"));
    }
}

/// Keys that nothing depends on.
fn unused(scenario: &Scenario, found: &mut Vec<Warning>) {
    let (keys, problem) = (&scenario.keys, &scenario.problem);
    if problem.closed_clusters.contains(&true) && !closes(problem) {
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
    for (index, rule) in keys.policy.iter().enumerate().filter_map(|(index, policy)| Some((index, policy.rule()?))) {
        let Some(name) = rule.rule else { continue };
        let looks_at = [("lambda", name.reads_lambda()), ("y_P", name.reads_y_P())];
        for believed in rule.perceived.keys() {
            let blind = looks_at.iter().find(|(key, looks)| !looks && believed.rsplit('.').next() == Some(*key));
            let Some((key, _)) = blind else { continue };
            let path = format!("policy.{index}.promote.perceived.{believed}");
            let what =
                format!("the rule {} does not look at {key}: what it believes of it changes nothing", name.name());
            found.push(warning(path, what, "remove it, or take another rule"));
        }
    }
    let solver = scenario.solver;
    for (key, value, default) in [("rtol", solver.rtol, Solver::RTOL), ("atol", solver.atol, Solver::ATOL)] {
        if solver.method == Method::Exact && value != default {
            let what = "the method is exact, so no tolerance is used";
            found.push(warning(format!("solver.{key}"), what, "remove it, or take solver.method = \"dopri5\""));
        }
    }
}

/// A window that leaves out much of what lies ahead at this discount rate, or at what is the lowest of several.
fn window(problem: &Problem, rate: f64, lowest: bool, found: &mut Vec<Warning>) {
    let end = problem.grid.t(problem.grid.periods);
    let share = exp(-rate * end);
    if problem.window == Window::Horizon && share > HEAVY_TAIL {
        let what = format!(
            "{}{:.0} % of the weight of all years lies after the horizon of {end}, and nothing there counts",
            if lowest { "up to " } else { "" },
            100.0 * share
        );
        found.push(warning("welfare.window", what, "window = \"infinite\", or a longer time.horizon"));
    }
}

/// A region whose exports are no longer small beside R's demand (docs/model.md §6).
fn size(scenario: &Scenario, trajectory: &Trajectory, found: &mut Vec<Warning>) {
    let (problem, people) = (&scenario.problem, scenario.people());
    let Some(size) = problem.size else { return };
    let large = |k: usize| {
        let row = &trajectory.rows[k];
        let share = |i: usize| problem.params_at(k).sectors[i].alpha;
        row.regime.sector().is_some_and(|i| row.w_P * size * (1.0 - share(i)) >= share(i))
    };
    let rows: Vec<usize> = (0..trajectory.rows.len()).filter(|&k| large(k)).collect();
    let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return };
    let sector = trajectory.rows[first].regime.sector().map_or("", |i| people.sectors()[i].as_str());
    let (grid, wage) = (trajectory.grid, short(trajectory.rows[first].w_P));
    let date = |k: usize| date(grid.start, grid.start + grid.t(k));
    let when = match (last == trajectory.rows.len() - 1, rows.len() == last - first + 1) {
        _ if rows.len() == 1 => format!("in {}", date(first)),
        (true, true) => format!("from {} on", date(first)),
        (true, false) => format!("at times from {} on", date(first)),
        (false, true) => format!("from {} to {}", date(first), date(last)),
        (false, false) => format!("at times from {} to {}", date(first), date(last)),
    };
    let what = format!(
        "{} is too large to be small {when}: with the wage of {wage} in {} its exports of {sector} reach {}'s whole demand for it",
        people.poor,
        date(first),
        people.rich
    );
    found.push(warning("poor.size", what, "world prices would then depend on it; a smaller size, or more sectors"));
}

/// Sectors in which catch-up is too weak to hold any gap.
fn steady_states(scenario: &Scenario, found: &mut Vec<Warning>) {
    let (params, people) = (&scenario.problem.epochs[0].params, scenario.people());
    for (name, sector) in people.sectors().iter().zip(&params.sectors) {
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
    let (Some(i), people) = (scenario.problem.start, scenario.people()) else { return };
    // Another cluster, promoted from the start, is meant to take its place.
    let promoted = scenario.problem.in_force(0, &scenario.problem.policy_periods()).is_some();
    let gone = |kind| {
        trajectory.events.iter().find(|event| event.period == 0 && event.kind == kind && event.sector == Some(i))
    };
    if let Some(event) = gone(EventKind::ClusterCollapsed) {
        let what = format!("the starting cluster collapses at once: {}", people.retold(&event.detail));
        found.push(warning(
            "poor.start",
            what,
            "no equilibrium: promote it with sustain = \"always\", or start in isolation",
        ));
    } else if let Some(event) = gone(EventKind::ClusterEnded).filter(|_| !promoted) {
        let what = format!("the starting cluster ends at once: {}", people.retold(&event.detail));
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
fn policies(scenario: &Scenario, trajectory: &Trajectory, found: &mut Vec<Warning>) {
    let (problem, people) = (&scenario.problem, scenario.people());
    let periods = problem.policy_periods();
    for (index, policy) in problem.policies.iter().enumerate() {
        if policy.promote.is_none() {
            continue;
        }
        let active = periods[index].clone();
        if active.is_empty() || !problem.grid.has_row(active.start) {
            continue;
        }
        let key = format!("policy.{index}.promote");
        let end = problem.grid.periods;
        let in_force: Vec<usize> =
            (active.start..active.end.min(end + 1)).filter(|&k| problem.in_force(k, &periods) == Some(index)).collect();
        let open: Vec<usize> =
            in_force.iter().copied().filter(|&k| problem.trade_at(k, &periods) == Trade::Open).collect();
        let promoted: Vec<(usize, usize)> =
            open.iter().filter_map(|&k| Some((k, trajectory.promoted_by(problem, index, k)?))).collect();
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
        } else if promoted.is_empty() {
            let what = "its rule names no sector at any date at which it is in force: the policy does nothing";
            found.push(warning(
                key,
                what,
                "another rule; established and porter go by clusters that stand or can stand",
            ));
        } else if !promoted.iter().any(|&(k, i)| trajectory.offers_at(k).cluster_holds(i)) {
            let mut names: Vec<&str> = Vec::new();
            for &(_, i) in &promoted {
                let name = people.sectors()[i].as_str();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let name = names.join(" or ");
            let goes_on = active.end > end + 1;
            found.extend(never_holds(scenario, trajectory, index, &name, goes_on).map(|(what, hint)| {
                let never = trajectory.measures.outcome == Some(Outcome::NeverFormed);
                let when = if goes_on && !never { "on any row on" } else { "at any date at" };
                warning(
                    key,
                    format!("the cluster in {name} is no equilibrium {when} which it is promoted: {what}"),
                    hint,
                )
            }));
        }
    }
}

/// What comes of promoting a cluster that is no equilibrium while it is promoted, and what longer support would do; `None` where
/// the promotion goes on after the last row and bears fruit there.
fn never_holds(
    scenario: &Scenario,
    trajectory: &Trajectory,
    index: usize,
    name: &str,
    goes_on: bool,
) -> Option<(&'static str, String)> {
    let problem = &scenario.problem;
    let outcome = trajectory.measures.outcome;
    // What is paid in any case, as Pigou's subsidy is, says nothing of what is needed.
    let needs = |run: &Trajectory| run.outlook.is_some_and(|outlook| outlook.self_sustaining == Some(false));
    let for_ever = trajectory.outlook.is_some_and(|outlook| outlook.subsidised) && needs(trajectory);
    if problem.policies[index].sustain == Sustain::IfEquilibrium {
        let idle = !goes_on || outcome == Some(Outcome::NeverFormed);
        return idle
            .then(|| ("the policy does nothing", "sustain = \"always\" would hold it with a subsidy".to_owned()));
    }
    if goes_on && !for_ever {
        return None;
    }
    if for_ever {
        return Some(("it is subsidised for ever", "no support makes it stand on its own for good".to_owned()));
    }
    // What longer support leads to is asked, not guessed. Whether it pays is another question.
    let mut longer = problem.clone();
    longer.policies[index].until = None;
    longer.policies[index].sustain = Sustain::Always;
    let longer = simulate(&longer, scenario.solver, &Control::default()).ok();
    let since = longer.filter(|run| run.measures.outcome == Some(Outcome::SelfSustaining));
    let since = since.and_then(|run| run.measures[Measure::SelfSustainingYear]);
    let hint = match since {
        Some(since) => {
            let since = date(problem.grid.start, since);
            format!("supported on and on, the one in {name} would stand on its own from {since} on")
        }
        None => "no support from then on, however long, makes it stand on its own for good".to_owned(),
    };
    Some(("it needs a subsidy throughout", hint))
}

/// A horizon that ends long before the gap has moved half of its way.
fn horizon(trajectory: &Trajectory, found: &mut Vec<Warning>) {
    let Some(gap) = trajectory.measures[Measure::LongRunGap] else { return };
    let Some(share) = share_of_way(trajectory).filter(|&share| share < FAR_SHORTER) else { return };
    let grid = trajectory.grid;
    let since = grid.t(grid.periods) - grid.t(trajectory.last_change);
    let falls = trajectory.rows.get(trajectory.last_change).is_some_and(|row| row.income_gap() > gap);
    let what = format!(
        "{} after the last change the gap has covered {:.0} % of its {} (in logs) to {gap:.4}",
        years(since),
        100.0 * share.max(0.0),
        if falls { "fall" } else { "rise" }
    );
    found.push(warning(
        "time.horizon",
        what,
        "far shorter than the half-life: the rows show little of it; lengthen the horizon",
    ));
}
