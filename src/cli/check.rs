//! `catchup check FILE…`: what was understood, what holds, what was probably not meant. Writes nothing.

use super::table::aligned;
use super::{Exit, Scenarios, Terminal, check_sweep};
use crate::advice::{Warning, warnings};
use crate::control::Control;
use crate::equilibria::assumptions;
use crate::error::Error;
use crate::model::equilibria::{assumption_6_holds, ordering_holds};
use crate::model::output::RelativeOutput;
use crate::model::policy::Trade;
use crate::model::rule::Rule as RuleName;
use crate::model::trade::{Market, Regime};
use crate::numbers::{date, short, year};
use crate::scenario::Scenario;
use crate::scenario::people::People;
use crate::scenario::promotion::{Promotion, Rule};
use crate::scenario::sweep::{Over, Sweep};
use crate::simulate::simulate;
use crate::trajectory::Trajectory;
use anstyle::Style;
use serde_json::{Map, Value, json};
use std::fmt::Write;

const BOLD: Style = Style::new().bold();

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scenarios: Scenarios,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let (sweeps, scenarios): (Vec<_>, Vec<_>) =
        args.scenarios.scenarios.iter().cloned().partition(|path| Sweep::is_sweep(&path.to_string_lossy()));
    let over = Over { sets: &args.scenarios.set, seed: None };
    let sweeps = check_sweep::load(&sweeps, &over);
    let scenarios = Scenarios { scenarios, set: args.scenarios.set.clone() }.load();
    let (sweeps, scenarios) = match (sweeps, scenarios) {
        (Ok(sweeps), Ok(scenarios)) => (sweeps, scenarios),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => return Err(error),
        (Err(error), Err(second)) => {
            terminal.fail(&error);
            return Err(second);
        }
    };
    for sweep in &sweeps {
        check_sweep::print(sweep, terminal);
    }
    for scenario in &scenarios {
        // In memory only: which clusters collapse and which policies bite shows on the path alone.
        let Ok(trajectory) = simulate(&scenario.problem, scenario.solver, &Control::default()) else { continue };
        let warnings = warnings(scenario, &trajectory);
        if terminal.json {
            terminal.print(&format!("{}\n", as_json(scenario, &trajectory, &warnings)));
            continue;
        }
        if !terminal.quiet {
            terminal.print(&understood(scenario, &trajectory));
        }
        terminal.warn(&scenario.keys.name, &warnings);
    }
    // Of several files, what run and compare would say of them together.
    if !terminal.json {
        terminal.warn_of_twins(&scenarios);
    }
    Ok(Exit::Done)
}

fn understood(scenario: &Scenario, trajectory: &Trajectory) -> String {
    let (keys, problem) = (&scenario.keys, &scenario.problem);
    let params = &problem.epochs[0].params;
    let people = scenario.people();
    let mut text = format!("{BOLD}{}{BOLD:#}  {}\n", keys.name, scenario.path);
    let grid = problem.grid;
    let _ = writeln!(
        text,
        "  time      {} years from {}, {} periods of {} {}; solver {} (rtol {:e}, atol {:e})",
        keys.time.horizon,
        year(grid.start),
        grid.periods,
        short(grid.period),
        if grid.period == 1.0 { "year" } else { "years" },
        keys.solver.method.name(),
        keys.solver.rtol,
        keys.solver.atol,
    );
    let shape: String = keys.catch_up.shape.iter().map(|(key, value)| format!(", {key} = {value}")).collect();
    let _ = writeln!(text, "  catch-up  {}: {}{shape}", keys.catch_up.form.name(), keys.catch_up.form.meaning());
    let tau = if params.tau > 0.0 {
        format!("a new cluster's benefit builds up over tau = {} years", short(params.tau))
    } else {
        "a new cluster's benefit comes at once (tau = 0)".to_owned()
    };
    let called = |i: usize| people.sectors()[i].as_str();
    let start = problem.start.map_or("isolation".to_owned(), |i| format!("a cluster in {}", called(i)));
    let _ = writeln!(
        text,
        "  {:<9} starts in {start}; selection {}; trade {}; {tau}",
        people.poor,
        keys.poor.selection.name(),
        keys.poor.trade.name()
    );
    if !keys.poor.closed_clusters.is_empty() {
        let listed: Vec<&str> = keys.poor.closed_clusters.iter().map(|name| people.sector(name)).collect();
        let _ = writeln!(text, "            while closed it has clusters in {}", listed.join(", "));
    }
    let _ = writeln!(text, "  welfare   discount rate {} per year\n", keys.welfare.discount_rate);
    text.push_str(&sectors(scenario, &people));
    text.push_str(&output_per_worker(&people, &RelativeOutput::today(problem)));
    text.push_str(&interventions(scenario, &people));
    let [ordering, assumption_6] = assumptions(params, people.sectors());
    let _ = writeln!(text, "  {ordering}\n  {assumption_6}\n");
    text.push_str(&equilibria(trajectory, people.sectors()));
    text.push('\n');
    text
}

fn sectors(scenario: &Scenario, people: &People) -> String {
    let params = &scenario.problem.epochs[0].params;
    let cluster = format!("cluster in {}", people.rich);
    let header =
        ["sector", "lambda", "alpha", "y_R", "y_P", "Z_R", "Z_P", "x (/year)", &cluster, "beta (/year)", "z_hat"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for ((name, keys), sector) in scenario.keys.sector.iter().zip(&params.sectors) {
        // Where P has no cluster and z settles.
        let d = sector.motion(false, Trade::Open).d();
        let z_hat = match sector.catch_up.z_hat(d).filter(|_| d > 0.0) {
            Some(z_hat) => short(z_hat),
            None if d > 0.0 => "none".to_owned(),
            None => "1 or more".to_owned(),
        };
        let mut row = vec![people.sector(name).to_owned()];
        row.extend([sector.lambda, sector.alpha, sector.y_R, sector.y_P, keys.Z_R, keys.Z_P, sector.x].map(short));
        row.extend([if sector.cluster_R { "yes" } else { "no" }.to_owned(), short(sector.catch_up.beta), z_hat]);
        rows.push(row);
    }
    let shocked = !scenario.problem.epochs[0].shocks.is_empty();
    let note = if shocked { "  after the shocks at t = 0:\n" } else { "" };
    format!("{note}{}", aligned(&rows))
}

/// What to hold against measured output per worker, and what it is made of in the scenario.
fn output_per_worker(people: &People, sectors: &[RelativeOutput]) -> String {
    let (poor, rich) = (&people.poor, &people.rich);
    let line = |(name, output): (&String, &RelativeOutput)| {
        let own = output.cluster_P.map(|ell| format!(" × {} {poor}'s cluster", short(ell))).unwrap_or_default();
        let theirs =
            output.cluster_R.map(|lambda| format!(" / {} {rich}'s cluster", short(lambda))).unwrap_or_default();
        let (lasting, technology) = (short(output.lasting), short(output.technology));
        let share = 100.0 * output.ratio();
        let share = if share < 1.0 { share } else { (10.0 * share).round() / 10.0 };
        vec![
            name.clone(),
            format!("{} % of {rich} = {lasting} lasting × {technology} technology{own}{theirs}", short(share)),
        ]
    };
    let rows: Vec<Vec<String>> = people.sectors().iter().zip(sectors).map(line).collect();
    format!("  output per worker today\n{}", aligned(&rows))
}

/// What a policy promotes: a sector, or what a rule names.
fn promotion(promotion: &Promotion, people: &People) -> String {
    match promotion {
        Promotion::Sector(sector) => people.sector(sector).to_owned(),
        Promotion::ByRule(Rule { rule, decide, perceived }) => {
            let rule = rule.map_or("", RuleName::name);
            let believed = if perceived.is_empty() { "" } else { ", on what it perceives" };
            format!("by {rule}, decided {}{believed}", decide.name())
        }
    }
}

fn interventions(scenario: &Scenario, people: &People) -> String {
    let (keys, grid) = (&scenario.keys, scenario.problem.grid);
    let mut text = String::new();
    for (index, policy) in keys.policy.iter().enumerate() {
        let (from, last) = scenario.problem.policies[index].years(&grid);
        let year = |year: f64| date(grid.start, year);
        let last = last.map_or("on".to_owned(), |last| format!("to {}", year(last)));
        let promote = policy.promote.as_ref().map(|what| {
            let held = policy.sustain.unwrap_or_default().name();
            format!("promote {}, sustain {held}", promotion(what, people))
        });
        let trade = policy.trade.map(|trade| format!("trade {}", trade.name()));
        let does: Vec<String> = [promote, trade].into_iter().flatten().collect();
        let label = policy.label.as_ref().map_or_else(String::new, |label| format!("{label}: "));
        let _ = writeln!(text, "  policy {index}  from {} {last}: {label}{}", year(from), does.join("; "));
    }
    for (index, shock) in keys.shock.iter().enumerate() {
        let label = shock.label.as_ref().map_or_else(String::new, |label| format!("{label}: "));
        let set = people.settings(shock);
        let when = date(grid.start, grid.start + shock.at);
        let _ = writeln!(text, "  shock {index}   in {when}: {label}{set}");
    }
    for (path, series) in &keys.series {
        let from = series.origin.as_ref().map_or_else(String::new, |[file, column]| format!(" ({file}, {column})"));
        let _ = writeln!(text, "  series    {}: {}{from}", people.phrase(path), series.words());
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Every Cl(i), and Is, as the first row has them.
fn equilibria(trajectory: &Trajectory, sectors: &[String]) -> String {
    let offers = trajectory.offers_at(0);
    let mut rows = vec![["at t = 0", "equilibrium", "wage", "income gap", "because"].map(str::to_owned).to_vec()];
    for (i, name) in sectors.iter().enumerate() {
        let holds = offers.cluster_holds(i);
        let sign = if holds { "≥" } else { "<" };
        rows.push(vec![
            format!("Cl({name})"),
            if holds { "yes" } else { "no" }.to_owned(),
            short(offers.v_Cl[i]),
            short(1.0 / offers.v_Cl[i]),
            format!("v_Cl {} {sign} {} = max v_Is", short(offers.v_Cl[i]), short(offers.outside)),
        ]);
    }
    let isolation = match offers.isolation() {
        Regime::Isolation(i) => format!("Is({})", sectors[i]),
        _ => "Is (diversified)".to_owned(),
    };
    let wage = offers.outside;
    rows.push(vec![isolation, "yes".to_owned(), short(wage), short(1.0 / wage), "always one".to_owned()]);
    let mut text = aligned(&rows);
    if trajectory.rows[0].regime == Regime::Closed {
        text.insert_str(0, "  Trade is closed at t = 0; were it open:\n");
    }
    text
}

fn as_json(scenario: &Scenario, trajectory: &Trajectory, warnings: &[Warning]) -> Value {
    let problem = &scenario.problem;
    let params = &problem.epochs[0].params;
    let offers = trajectory.offers_at(0);
    let finite = |value: f64| value.is_finite().then_some(value);
    let sectors: Vec<Value> = problem
        .sectors
        .iter()
        .zip(&params.sectors)
        .zip(RelativeOutput::today(problem))
        .map(|((name, sector), output)| {
            let d = sector.motion(false, Trade::Open).d();
            json!({ "sector": name, "beta": sector.catch_up.beta, "z_hat": sector.catch_up.z_hat(d).filter(|_| d > 0.0),
                    "output_per_worker": output.ratio(), "lasting": output.lasting, "technology": output.technology,
                    "cluster_P": output.cluster_P, "cluster_R": output.cluster_R })
        })
        .collect();
    let mut equilibria: Vec<Value> = (0..problem.sectors.len())
        .map(|i| {
            json!({ "regime": "cluster", "sector": problem.sectors[i], "equilibrium": offers.cluster_holds(i),
                    "w_P": finite(offers.v_Cl[i]), "margin": finite(offers.margin(i)) })
        })
        .collect();
    let isolation = offers.isolation();
    equilibria.push(json!({ "regime": isolation.name(), "sector": isolation.sector().map(|i| &problem.sectors[i]),
                            "equilibrium": true, "w_P": finite(offers.outside), "margin": null }));
    let series: Map<String, Value> = scenario
        .keys
        .series
        .iter()
        .map(|(path, series)| {
            let values: Vec<Value> = match series.flags {
                true => series.values.iter().map(|value| json!(*value != 0.0)).collect(),
                false => series.values.iter().map(|value| json!(value)).collect(),
            };
            let interpolation = series.interpolation.name();
            (path.clone(), json!({ "years": series.years, "values": values, "interpolation": interpolation }))
        })
        .collect();
    let warnings: Vec<Value> =
        warnings.iter().map(|w| json!({ "key": w.key, "warning": w.what, "hint": w.hint })).collect();
    json!({
        "name": scenario.keys.name,
        "file": scenario.path,
        "scenario": scenario.keys,
        "series": series,
        "implied": sectors,
        "ordering": ordering_holds(params),
        "assumption_6": assumption_6_holds(params),
        "equilibria": equilibria,
        "warnings": warnings,
    })
}
