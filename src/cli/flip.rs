//! `catchup flip SCENARIO --until CONDITION`: along which values of its keys a condition on a scenario holds, and where it turns.

use super::format::{self, Format, Printing};
use super::output::Output;
use super::signals::Signals;
use super::{Exit, Scenarios, Terminal, completions};
use crate::advice::{IN_PLACE, warnings, without_effect};
use crate::control::Control;
use crate::draw::Look;
use crate::draw::flips;
use crate::error::{Error, Kind};
use crate::flip::{Account, Asked, Failure, Joint, SHOWN, columns};
use crate::probe::{Condition, runs};
use crate::record;
use crate::simulate::simulate;
use crate::words::flip as words;
use anstyle::AnsiColor;
use clap_complete::engine::ArgValueCompleter;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scenarios: Scenarios,

    /// A key to move: policy.0.until, catch_up.beta=0.01:0.1, poor.selection=history,isolation [default: every number in turn]
    #[arg(long, value_name = "KEY[=FROM:TO]", add = ArgValueCompleter::new(completions::keys))]
    key: Vec<String>,

    /// The condition: outcome=self-sustaining, best=SECTOR, long_run_regime=cluster, 'equivalent_variation>0'
    #[arg(long, value_name = "CONDITION")]
    until: String,

    /// Into how many parts each range is cut by the first look [default: 32; 8 where only words answer]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    resolution: Option<u32>,

    /// Find the smallest joint change of all keys that turns the answer, too
    #[arg(long)]
    joint: bool,

    #[command(flatten)]
    printing: Printing,

    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let printer = args.printing.printer(terminal.json, SHOWN.into())?;
    let scenarios = args.scenarios.load()?;
    let [scenario] = &scenarios[..] else {
        return Err(Error::invalid("flip takes one scenario").hint("run it once for each"));
    };
    let name = args.output.name("flip", &scenario.keys.name)?;
    let condition = Condition::parse("--until", &args.until, &scenario.problem.sectors)?;
    let asked = args.key.iter().map(|key| Asked::parse("--key", key, scenario)).collect::<Result<Vec<_>, _>>()?;
    if let Some(twice) =
        asked.iter().enumerate().find_map(|(i, one)| asked[..i].iter().find(|other| other.key() == one.key()))
    {
        return Err(Error::invalid(format!("--key {} is given twice", twice.key())).hint("one range for each key"));
    }
    let signals = Signals::watch();
    let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
    let stopped = || {
        terminal.note("interrupted: nothing was written");
        Ok(signals.received().map_or(Exit::Failed, Exit::Signal))
    };
    let stage = record::open_flip(&args.output.out, &name).map_err(|error| error.about(&name))?;
    let Ok(trajectory) = simulate(&scenario.problem, scenario.solver, &control.apart()) else { return stopped() };
    let mut warned = warnings(scenario, &trajectory);
    warned.extend(without_effect(
        scenario,
        |given| Some((runs(condition.question(), &given.problem), given.solver)),
        IN_PLACE,
    ));
    terminal.warn(&scenario.keys.name, &warned);
    let parts = args.resolution.map(|parts| parts as usize);
    let mut account = match Account::new(scenario, &condition, &asked, parts, &control) {
        Ok(account) => account,
        Err(Failure::Stopped) => return stopped(),
        Err(Failure::Unproved { key, value }) => {
            let title = format!("internal error: the run at {key} = {value} does not answer as it did");
            return Err(Error::failed(title).note("nothing was written"));
        }
    };
    if args.joint {
        match Joint::find(&account, &control) {
            Ok(joint) => account.joint = joint,
            Err(_) => return stopped(),
        }
    }
    let picture = (!args.output.no_plot && !account.keys.is_empty()).then(|| picture(&account));
    let folder = match record::write_flip(stage, &name, &account, picture, &control) {
        Ok(folder) => folder,
        Err(error) if error.kind == Kind::Stopped => return stopped(),
        Err(error) => return Err(error.about(&name)),
    };
    let answer = answer(&name, &account);
    match printer.format {
        Format::Table if terminal.quiet => {}
        Format::Table => terminal.print(&format!("{}  {}\n", printer.print(&answer), folder.join("").display())),
        _ => terminal.print(&printer.print(&answer)),
    }
    Ok(Exit::Done)
}

fn answer<'a>(name: &str, account: &'a Account) -> format::Answer<'a, Account> {
    format::Answer {
        title: format!("{name}  {}", account.condition),
        above: words::answer(account),
        below: Vec::new(),
        columns: columns(),
        rows: account,
        count: account.rows(),
        order: account.lines(),
        voice: AnsiColor::Green.on_default(),
        inks: Vec::new(),
    }
}

fn picture(account: &Account) -> String {
    let claim = words::claim(&account.condition, &account.scenario.people());
    flips::render(&flips::of_account(account, &claim), &Look::default())
}
