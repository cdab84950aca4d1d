//! `catchup compare SCENARIO…`: several scenarios, or every counterfactual of one, on one time grid.

use super::progress::Progress;
use super::signals::Signals;
use super::table::aligned;
use super::threads::Threads;
use super::{Exit, Scenarios, Terminal};
use crate::compare::{Comparison, Member, difference, in_words};
use crate::control::Control;
use crate::draw::colour::{Pen, pens};
use crate::draw::{self, Look};
use crate::error::{Error, Kind};
use crate::model::policy::Sustain;
use crate::record;
use crate::report;
use crate::scenario::diagnostics::did_you_mean;
use crate::scenario::{Policy, Scenario, names_a_folder};
use crate::simulate::simulate;
use crate::summary::summarise;
use anstyle::{AnsiColor, RgbColor, Style};
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scenarios: Scenarios,

    /// The scenario that the others are measured against [default: the first, or no-cluster]
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,

    /// Compare every counterfactual of one scenario: no-cluster, and for each sector a cluster promoted always
    #[arg(long)]
    each_cluster: bool,

    /// With --each-cluster: when promotion begins, years after t = 0
    #[arg(long, value_name = "T", requires = "each_cluster", default_value_t = 0.0)]
    from: f64,

    /// With --each-cluster: when promotion ends, years after t = 0 [default: never]
    #[arg(long, value_name = "T", requires = "each_cluster")]
    until: Option<f64>,

    /// Name of the comparison's folder [default: compare-<first scenario>]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Draw no pictures
    #[arg(long)]
    no_plot: bool,

    /// Folder in which the comparison gets a folder of its name
    #[arg(long, value_name = "DIR", default_value = "output")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let (name, scenarios, baseline) = prepare(args, args.scenarios.load()?)?;
    let threads = Threads::new(None, terminal);
    let signals = Signals::watch();
    let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
    let stage = record::open_comparison(&args.out, &name).map_err(|error| error.about(&name))?;
    let dates: usize = scenarios.iter().map(|scenario| scenario.problem.grid.periods + 1).sum();
    let progress = Progress::start(&control, 5 * dates as u64, "steps", terminal);
    let members = || scenarios.into_par_iter().map(|scenario| member(scenario, &control));
    let Ok(members) = threads.run(|| members().collect::<Result<Vec<_>, _>>()) else {
        return Ok(stopped(&signals, terminal));
    };
    let (members, baseline, failed) = without_failures(members, baseline, terminal)?;
    let comparison = Comparison::new(name, baseline, members);
    let gaps = |member: &Member| draw::gap(&member.trajectory, &member.summary);
    let gaps: Vec<String> = if args.no_plot { Vec::new() } else { comparison.members.iter().map(gaps).collect() };
    // The page names the checksums of the tables, so it comes after them.
    let more = |files: &[record::Staged]| {
        let mut more = if args.no_plot { Vec::new() } else { draw::of_comparison(draw::Comparison::of(&comparison)) };
        let hashes: Vec<_> = files.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect();
        more.push(("report.html".to_owned(), report::page(&comparison, &hashes)));
        more
    };
    let folder = match record::write_comparison(stage, &comparison, more, &gaps, &control) {
        Ok(folder) => folder,
        Err(error) if error.kind == Kind::Stopped => return Ok(stopped(&signals, terminal)),
        Err(error) => return Err(error.about(&comparison.name)),
    };
    drop(progress);
    if terminal.json {
        for member in &comparison.members {
            terminal.print(&format!("{}\n", serde_json::to_string(&member.summary).unwrap_or_default()));
        }
    } else if !terminal.quiet {
        terminal.print(&account(&comparison));
        terminal.print(&format!("  {}\n", folder.join("").display()));
    }
    Ok(if failed { Exit::SomeFailed } else { Exit::Done })
}

fn stopped(signals: &Signals, terminal: &Terminal) -> Exit {
    terminal.note("interrupted: nothing was written");
    signals.received().map_or(Exit::Failed, Exit::Signal)
}

/// The scenarios to compare, and which of them is the baseline.
fn prepare(args: &Args, scenarios: Vec<Scenario>) -> Result<(String, Vec<Scenario>, usize), Error> {
    let name = args.name.clone().unwrap_or_else(|| format!("compare-{}", scenarios[0].keys.name));
    // Longer than a scenario's name may be: the default puts a word before one.
    if !names_a_folder(&name) || name.len() > 120 {
        return Err(Error::invalid(format!("--name {name:?} cannot name a folder"))
            .note("allowed: letters, digits, `.`, `_` and `-`, the first a letter or digit"));
    }
    let scenarios = if args.each_cluster {
        let [scenario] = &scenarios[..] else {
            return Err(Error::invalid("--each-cluster takes one scenario")
                .hint("its counterfactuals are made from it; name one"));
        };
        counterfactuals(scenario, args)?
    } else {
        scenarios
    };
    if scenarios.len() < 2 {
        return Err(Error::invalid("a comparison needs two scenarios or more")
            .hint("name another, or let --each-cluster make every counterfactual of one"));
    }
    let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.keys.name.as_str()).collect();
    let baseline = match &args.baseline {
        None => 0,
        Some(wanted) => match names.iter().position(|name| name == wanted) {
            Some(index) => index,
            None => {
                let allowed = format!("allowed: {}", names.join(", "));
                let hint = did_you_mean(wanted, names.iter().copied()).unwrap_or_default();
                let title = format!("--baseline {wanted}: no scenario of this call has that name");
                return Err(Error::invalid(title).note(allowed).hint(hint));
            }
        },
    };
    for scenario in &scenarios {
        if let Some(difference) = difference(&scenarios[baseline], scenario) {
            return Err(Error::invalid(format!("these scenarios cannot be compared: {difference}")).hint(
                "give both the same dates, discount rate, sectors and expenditure shares; --set applies to all",
            ));
        }
    }
    Ok((name, scenarios, baseline))
}

/// `no-cluster`, and `cluster-<s>` for each sector: the scenario's own promotions left out, its shocks, trade policies,
/// start and selection kept.
fn counterfactuals(scenario: &Scenario, args: &Args) -> Result<Vec<Scenario>, Error> {
    let grid = scenario.problem.grid;
    let end = grid.t(grid.periods);
    let (from, until) = (args.from, args.until);
    if from < 0.0 || !grid.has_row(grid.first_period(from)) {
        let title = format!("--from {from} is not on the path of {}", scenario.keys.name);
        return Err(Error::invalid(title).note(format!("allowed: 0 to {end}, in years after t = 0")));
    }
    if until.is_some_and(|until| until.is_nan() || until <= from || !grid.has_row(grid.first_period(until))) {
        let title = format!(
            "--until {} is not on the path of {} after --from {from}",
            until.unwrap_or(end),
            scenario.keys.name
        );
        let allowed = format!("allowed: a number > {from}, up to {end}, in years after t = 0");
        return Err(Error::invalid(title).note(allowed));
    }
    let mut all = vec![scenario.promoting("no-cluster", "no cluster promoted", None)?];
    for sector in scenario.keys.sector.keys() {
        let policy = Policy {
            from,
            until,
            promote: Some(sector.clone()),
            sustain: Some(Sustain::Always),
            funded_by: None,
            trade: None,
        };
        all.push(scenario.promoting(&format!("cluster-{sector}"), &format!("a cluster in {sector}"), Some(&policy))?);
    }
    Ok(all)
}

fn member(scenario: Scenario, control: &Control) -> Result<Member, crate::control::Stopped> {
    let trajectory = simulate(&scenario.problem, scenario.solver, control)?;
    let keys = &scenario.keys;
    let summary = summarise(&keys.name, keys.title.as_deref(), &trajectory);
    Ok(Member { scenario, trajectory, summary })
}

/// Runs that did not reach the horizon are left out, and named.
fn without_failures(
    members: Vec<Member>,
    baseline: usize,
    terminal: &Terminal,
) -> Result<(Vec<Member>, usize, bool), Error> {
    let total = members.len();
    let base = members[baseline].summary.name.clone();
    let (complete, failed): (Vec<Member>, Vec<Member>) =
        members.into_iter().partition(|member| member.trajectory.failure.is_none());
    for member in &failed {
        let error = member.summary.measures.error.as_deref().unwrap_or("");
        let failed = Error::failed(format!("{} failed: {error}", member.summary.name));
        terminal.fail(&failed.note("it is left out of the comparison"));
    }
    let baseline = complete.iter().position(|member| member.summary.name == base);
    match baseline {
        Some(baseline) if complete.len() >= 2 => Ok((complete, baseline, failed.len() < total && !failed.is_empty())),
        Some(_) => Err(Error::failed("nothing is left to compare the baseline with").note("nothing was written")),
        None => Err(Error::failed(format!("the baseline {base} failed"))
            .note("nothing was written")
            .hint("choose another --baseline")),
    }
}

/// The table, best first, and the verdict in words.
fn account(comparison: &Comparison) -> String {
    const BOLD: Style = Style::new().bold();
    const GOOD: Style = AnsiColor::Green.on_default();
    let words: String = in_words(comparison).iter().map(|line| format!("  {GOOD}{line}{GOOD:#}\n")).collect();
    format!("{BOLD}{}{BOLD:#}\n{words}\n{}", comparison.name, coloured(comparison, &aligned(&comparison.lines())))
}

/// The table with the name of every run in the colour of its line in the pictures; the baseline's, black there, is bold.
fn coloured(comparison: &Comparison, table: &str) -> String {
    let pens = pens(comparison.members.len(), Some(comparison.baseline));
    let styles = pens.into_iter().map(|pen| match Look::default().palette().line(pen).rgb() {
        [r, g, b] if pen != Pen::Baseline => Style::new().fg_color(Some(RgbColor(r, g, b).into())),
        _ => Style::new().bold(),
    });
    let styles: Vec<Style> = styles.collect();
    let mut lines = table.lines();
    let mut text = lines.next().map_or_else(String::new, |header| format!("{header}\n"));
    for (line, index) in lines.zip(comparison.ranked().into_iter().map(Some).chain(std::iter::repeat(None))) {
        let named = index.and_then(|index| {
            let (style, name) = (styles[index], &comparison.members[index].summary.name);
            // The name follows the rank.
            let after = line.len() - line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let at = after + line[after..].find(name.as_str())?;
            Some(format!("{}{style}{name}{style:#}{}", &line[..at], &line[at + name.len()..]))
        });
        text += &named.unwrap_or_else(|| line.to_owned());
        text.push('\n');
    }
    text
}
