//! `catchup compare SCENARIO…`: several scenarios, or every counterfactual of one, on one time grid.

use super::counterfactuals::{Programme, Ways};
use super::format::{self, Format, Printing};
use super::progress::Progress;
use super::signals::Signals;
use super::threads::Threads;
use super::{Exit, Scenarios, Terminal, named};
use crate::advice::{IN_PLACE, Warning, warnings, without_effect};
use crate::compare::{Comparison, Member, SHOWN, difference, gained};
use crate::control::Control;
use crate::draw::colour::{Pen, pens};
use crate::draw::{self, Look, flips};
use crate::error::{Error, Kind};
use crate::flip::First;
use crate::model::policy::{Payer, Sustain};
use crate::record;
use crate::report;
use crate::scenario::diagnostics::did_you_mean;
use crate::scenario::{Scenario, names_a_folder};
use crate::simulate::simulate;
use crate::summary::summarise;
use crate::words::{Told, first as words, run as account};
use anstyle::{AnsiColor, RgbColor, Style};
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// What promotes clusters on dates of its own.
const PROMOTING: &str = "promoting";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scenarios: Scenarios,

    /// The scenario that the others are measured against [default: the one that says baseline = true, or the first]
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,

    /// Compare every cluster of one scenario: no-policy, a cluster promoted in each sector, and no-cluster where P starts in one
    #[arg(long, group = PROMOTING, conflicts_with_all = ["each_rule", "each_selection"])]
    each_cluster: bool,

    /// Compare every rule by which one scenario could choose a cluster: no-policy, and what each rule names promoted
    #[arg(long, group = PROMOTING, conflicts_with = "each_selection")]
    each_rule: bool,

    /// Compare one scenario under every rule of selection
    #[arg(long)]
    each_selection: bool,

    /// With --each-cluster and --each-rule: when promotion begins, years after t = 0 or a calendar year of the path
    #[arg(long, value_name = "T", requires = PROMOTING, default_value_t = 0.0)]
    from: f64,

    /// With --each-cluster and --each-rule: when promotion ends, years after t = 0 or a calendar year of the path [default: never]
    #[arg(long, value_name = "T", requires = PROMOTING)]
    until: Option<f64>,

    /// With --each-cluster and --each-rule: how long a promoted cluster is held; porter pays no subsidy, pigou goes with its rule
    #[arg(long, value_name = "HOW", requires = PROMOTING, value_parser = named::<Sustain>(), default_value = Sustain::Always.name())]
    sustain: Sustain,

    /// With --each-cluster and --each-rule: who pays the subsidies [default: who pays in the scenario's promotion listed last, or P]
    #[arg(long, value_name = "WHO", requires = PROMOTING, value_parser = named::<Payer>())]
    funded_by: Option<Payer>,

    #[command(flatten)]
    printing: Printing,

    /// Name of the comparison's folder [default: compare-<first scenario>]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Do not ask what the first place hangs on
    #[arg(long)]
    no_flips: bool,

    /// Draw no pictures
    #[arg(long)]
    no_plot: bool,

    /// Folder in which the comparison gets a folder of its name
    #[arg(long, value_name = "DIR", default_value = "output")]
    out: PathBuf,
}

impl Args {
    /// What is made of one scenario, if anything was asked for.
    fn ways(&self) -> Option<Ways> {
        let Self { from, until, sustain, funded_by, .. } = *self;
        let programme = Programme { from, until, sustain, funded_by };
        if self.each_cluster {
            Some(Ways::EachCluster(programme))
        } else if self.each_rule {
            Some(Ways::EachRule(programme))
        } else {
            self.each_selection.then_some(Ways::EachSelection)
        }
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let printer = args.printing.printer(terminal.json, SHOWN.into())?;
    let given = args.scenarios.load()?;
    let (name, scenarios, baseline) = prepare(args, given.clone())?;
    terminal.warn_of_twins(&scenarios);
    if let (Some(ways), [scenario]) = (args.ways(), &given[..]) {
        let made = |scenario: &Scenario| {
            let (scenarios, baseline) = ways.of(scenario).ok()?;
            let solved = scenarios.into_iter().map(|scenario| (scenario.problem, scenario.solver));
            Some((solved.collect::<Vec<_>>(), baseline))
        };
        terminal.warn(&scenario.keys.name, &without_effect(scenario, made, IN_PLACE));
    }
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
    warn(&comparison, args.each_rule, terminal);
    let first = if args.no_flips { None } else { First::of(&comparison, &control).unwrap_or(None) };
    if control.stops() {
        return Ok(stopped(&signals, terminal));
    }
    let gaps = |member: &Member| draw::gap(&member.scenario, &member.trajectory, &member.summary);
    let gaps: Vec<String> = if args.no_plot { Vec::new() } else { comparison.members.iter().map(gaps).collect() };
    // The page names the checksums of the tables, so it comes after them.
    let more = |files: &[record::Staged]| {
        let mut more = if args.no_plot { Vec::new() } else { draw::of_comparison(draw::Comparison::of(&comparison)) };
        let hashes: Vec<_> = files.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect();
        if let Some(first) = first.as_ref().filter(|_| !args.no_plot) {
            let picture = flips::render(&flips::of_first(&comparison, first, flips::BARS), &Look::default());
            more.push(("flips.svg".to_owned(), picture));
        }
        more.push(("report.html".to_owned(), report::page(&comparison, first.as_ref(), &hashes)));
        more
    };
    let folder = match record::write_comparison(stage, &comparison, more, &gaps, &control) {
        Ok(folder) => folder,
        Err(error) if error.kind == Kind::Stopped => return Ok(stopped(&signals, terminal)),
        Err(error) => return Err(error.about(&comparison.name)),
    };
    drop(progress);
    match printer.format {
        Format::Table if terminal.quiet => {}
        Format::Table => {
            terminal.print(&format!(
                "{}  {}\n",
                printer.print(&answer(&comparison, first.as_ref())),
                folder.join("").display()
            ));
        }
        _ => terminal.print(&printer.print(&answer(&comparison, first.as_ref()))),
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
    let (scenarios, first) = match (args.ways(), &scenarios[..]) {
        (ways, [scenario]) => ways.unwrap_or(Ways::Policies).of(scenario)?,
        (None, _) => {
            let first = if args.baseline.is_some() { 0 } else { marked(&scenarios)? };
            (scenarios, first)
        }
        (Some(ways), _) => {
            let option = match ways {
                Ways::EachCluster(_) => "--each-cluster",
                Ways::EachRule(_) => "--each-rule",
                Ways::EachSelection | Ways::Policies => "--each-selection",
            };
            return Err(Error::invalid(format!("{option} takes one scenario"))
                .hint("its counterfactuals are made from it; name one"));
        }
    };
    let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.keys.name.as_str()).collect();
    let baseline = match &args.baseline {
        None => first,
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

/// The scenario that says `baseline = true`, or the first.
fn marked(scenarios: &[Scenario]) -> Result<usize, Error> {
    let marked: Vec<usize> = (0..scenarios.len()).filter(|&index| scenarios[index].keys.baseline).collect();
    match marked[..] {
        [] => Ok(0),
        [one] => Ok(one),
        [one, another, ..] => {
            let [one, another] = [one, another].map(|index| &scenarios[index]);
            let title = format!("{} and {} both say baseline = true", one.keys.name, another.keys.name);
            let files = format!("in {} and {}: a comparison has one baseline", one.path, another.path);
            Err(Error::invalid(title).note(files).hint("take it out of one of them, or choose with --baseline NAME"))
        }
    }
}

fn member(scenario: Scenario, control: &Control) -> Result<Member, crate::control::Stopped> {
    let trajectory = simulate(&scenario.problem, scenario.solver, control)?;
    let keys = &scenario.keys;
    let summary = summarise(&keys.name, keys.title.as_deref(), &trajectory);
    Ok(Member { scenario, trajectory, summary })
}

/// What was probably not meant in any of the runs, each thing once. That one of `each_rule` names no sector is an answer.
fn warn(comparison: &Comparison, each_rule: bool, terminal: &Terminal) {
    let mut found: Vec<(Warning, Vec<&str>)> = Vec::new();
    for member in &comparison.members {
        let asked = |warning: &Warning| each_rule && warning.key.ends_with(".promote");
        for warning in warnings(&member.scenario, &member.trajectory).into_iter().filter(|warning| !asked(warning)) {
            match found.iter_mut().find(|(known, _)| *known == warning) {
                Some((_, names)) => names.push(&member.summary.name),
                None => found.push((warning, vec![&member.summary.name])),
            }
        }
    }
    for (warning, names) in found {
        let all = names.len() == comparison.members.len();
        terminal.warn(&if all { comparison.name.clone() } else { names.join(", ") }, &[warning]);
    }
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
        let why = account::failure(&Told::new(&member.scenario, &member.summary)).unwrap_or_default();
        let failed = Error::failed(format!("{} failed {why}", member.summary.name));
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
fn answer<'a>(comparison: &'a Comparison, first: Option<&First>) -> format::Answer<'a, Comparison> {
    format::Answer {
        title: comparison.name.clone(),
        above: words::answer(comparison, first),
        below: Vec::new(),
        columns: gained(),
        rows: comparison,
        count: comparison.members.len(),
        order: comparison.ranked(),
        voice: AnsiColor::Green.on_default(),
        inks: inks(comparison),
    }
}

/// The name of every run has the colour of its line in the pictures; the baseline's, black there, is bold.
fn inks(comparison: &Comparison) -> Vec<Style> {
    let ink = |pen| match Look::default().palette().line(pen).rgb() {
        [r, g, b] if pen != Pen::Baseline => Style::new().fg_color(Some(RgbColor(r, g, b).into())),
        _ => Style::new().bold(),
    };
    pens(comparison.members.len(), Some(comparison.baseline)).into_iter().map(ink).collect()
}
