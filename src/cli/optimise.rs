//! `catchup optimise SCENARIO`: every policy on the scenario's dates, and the best of them. Of a sweep file, [`super::robust`].

use super::policies::{Args, TRIAL, look_at_all, not_in, space};
use super::progress::Progress;
use super::signals::Signals;
use super::table::aligned;
use super::threads::{Threads, available};
use super::{Exit, Terminal, robust};
use crate::advice::{IN_PLACE, warnings, without_effect};
use crate::control::Control;
use crate::error::{Error, Kind};
use crate::model::policy::Payer;
use crate::numbers::{counted, lasting};
use crate::optimise::{self, Looked, Objective, Optimum, Search, Space, Undecided};
use crate::plot;
use crate::record;
use crate::scenario::promotion::Promotion;
use crate::scenario::sweep::Sweep;
use crate::scenario::{Policy, Scenario, names_a_folder};
use crate::simulate::simulate;
use crate::spells::Spells;
use crate::summary::{Summary, summarise};
use crate::table::{Object, shown};
use crate::words::{Told, optimum as words};
use anstyle::Style;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

const BOLD: Style = Style::new().bold();

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    if let [path] = &args.scenario.scenarios[..]
        && path.to_str().is_some_and(Sweep::is_sweep)
    {
        return robust::run(args, path.clone(), terminal);
    }
    let scenarios = args.scenario.load()?;
    let [scenario] = &scenarios[..] else {
        return Err(Error::invalid("optimise takes one scenario").hint("run it once for each"));
    };
    for (given, option) in [(args.variant.is_some(), "--variant"), (args.fresh, "--fresh")] {
        if given {
            let title = format!("{option} goes with a sweep file, and {} is a scenario", scenario.path);
            return Err(Error::invalid(title).hint("leave it out"));
        }
    }
    let name = args.output.name("optimise", &scenario.keys.name)?;
    let space = space(args, scenario)?;
    let simulated =
        |alone: &Scenario| simulate(&alone.problem, alone.solver, &Control::default()).map_err(|_| Error::stopped());
    let given = scenario.promoting("no-policy", "left alone", None)?;
    let alone = |scenario: &Scenario| Some(scenario.promoting("no-policy", "left alone", None).ok()?.problem);
    let made = |scenario: &Scenario| Some((alone(scenario)?, scenario.problem.payer(), scenario.solver));
    let mut warned = warnings(&given, &simulated(&given)?);
    warned.extend(without_effect(scenario, made, IN_PLACE));
    terminal.warn(&scenario.keys.name, &warned);
    let scenario = &scenario.in_closed_form()?;
    let alone = scenario.promoting("no-policy", "left alone", None)?;
    let trajectory = simulated(&alone)?;
    let summary = summarise(&alone.keys.name, alone.keys.title.as_deref(), &trajectory);
    let payer = args.funded_by.unwrap_or_else(|| scenario.problem.payer());
    let weight = trajectory.measures.weight;
    let call = Call {
        args,
        scenario,
        alone: &alone,
        summary: &summary,
        payer,
        name: &name,
        spells: &trajectory.spells,
        weight,
    };
    let objective = call.objective()?;
    if args.dry_run {
        return call.dry_run(&space, terminal);
    }
    call.carry_out(space, objective, terminal)
}

/// One call, checked.
struct Call<'a> {
    args: &'a Args,
    scenario: &'a Scenario,
    /// Without its promotions.
    alone: &'a Scenario,
    /// What that comes to.
    summary: &'a Summary,
    payer: Payer,
    name: &'a str,
    /// What holds when on its path.
    spells: &'a Spells,
    /// PV(1).
    weight: Option<f64>,
}

impl Call<'_> {
    fn search(&self) -> Search {
        Search::new(&self.alone.problem, self.alone.solver, self.payer)
    }

    /// What to be best at: what was asked for, or the first that the scenario has.
    fn objective(&self) -> Result<Objective, Error> {
        let alone = self.search().look(None, &Control::default()).map_err(|_| Error::stopped())?;
        let wanted = self.args.objective.unwrap_or_default();
        let found = match optimise::decides(wanted, &alone, self.weight) {
            Err(Undecided::NoMeasure(_)) if self.args.objective.is_none() => {
                optimise::decides(Objective::LongRunGap, &alone, self.weight)
            }
            found => found,
        };
        found.map_err(|why| self.undecided(&why))
    }

    /// Why there is no best.
    fn undecided(&self, why: &Undecided) -> Error {
        let name = &self.scenario.keys.name;
        match why {
            Undecided::LeftAloneFails => {
                let error = self.summary.measures.error.as_deref().unwrap_or("its run fails");
                Error::failed(format!("{name}: left alone, it fails: {error}")).note("nothing was written")
            }
            Undecided::NoMeasure(objective) => not_in(name, *objective),
            Undecided::NoneWithinBudget => Error::failed(format!("{name}: no policy is within the budget")),
        }
    }

    fn dry_run(&self, space: &Space, terminal: &Terminal) -> Result<Exit, Error> {
        let threads = self.args.threads.map_or_else(available, usize::from);
        let (mut search, control) = (self.search(), Control::default());
        let (began, mut tried) = (Instant::now(), 0_usize);
        // Spread over all of them, by steps that meet every kind.
        while began.elapsed() < TRIAL && tried < space.len() {
            let index = tried.wrapping_mul(7919) % space.len();
            search.look(space.candidate(index), &control).map_err(|_| Error::stopped())?;
            tried += 1;
        }
        let seconds = began.elapsed().as_secs_f64() / tried as f64 * space.len() as f64 / threads as f64;
        let (name, policies) = (&self.scenario.keys.name, space.len());
        if terminal.json {
            let account = json!({ "name": name, "policies": policies, "threads": threads, "seconds": seconds });
            terminal.print(&format!("{account}\n"));
        } else {
            let count = counted(policies as u64);
            let on = if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") };
            terminal.print(&format!("{BOLD}{name}{BOLD:#}  {count} policies, about {} on {on}\n", lasting(seconds)));
        }
        Ok(Exit::Done)
    }

    fn carry_out(&self, space: Space, objective: Objective, terminal: &Terminal) -> Result<Exit, Error> {
        let threads = Threads::new(self.args.threads, terminal);
        let signals = Signals::watch();
        let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
        let stage = record::open_optimum(&self.args.output.out, self.name).map_err(|error| error.about(self.name))?;
        let progress = Progress::of_runs(&control, 0, space.len() as u64, terminal);
        let mut looked = vec![Looked::default(); space.len()];
        let done = threads.run(|| look_at_all(&space, || self.search(), &mut looked, threads.count, &control));
        drop(progress);
        let stopped = || {
            terminal.note("interrupted: nothing was written");
            signals.received().map_or(Exit::Failed, Exit::Signal)
        };
        if done.is_err() {
            return Ok(stopped());
        }
        let grid = self.alone.problem.grid;
        let mut optimum = Optimum::new(space, grid, objective, self.args.budget, looked, self.weight)
            .map_err(|why| self.undecided(&why))?;
        optimum.indices =
            optimise::indices(&self.alone.problem, self.spells, self.alone.solver, *optimum.space.from().start());
        let writing = Arc::new(Control::new(Arc::clone(&signals.stop)));
        let rows = if self.args.front { optimum.front.len() } else { optimum.looked.len() };
        let progress = Progress::start(&writing, rows as u64, "rows", terminal);
        let written = self.write(stage, &optimum, &writing);
        drop(progress);
        match written {
            Ok(folder) => {
                self.print(&optimum, &folder.join("").display().to_string(), terminal);
                Ok(Exit::Done)
            }
            Err(error) if error.kind == Kind::Stopped => Ok(stopped()),
            Err(error) => Err(error.about(self.name)),
        }
    }

    fn write(&self, stage: record::Stage, optimum: &Optimum, control: &Control) -> Result<PathBuf, Error> {
        let best = self.best(optimum)?;
        let title = self.scenario.keys.title.as_ref().unwrap_or(&self.scenario.keys.name);
        let pictures = match self.args.output.no_plot {
            true => Vec::new(),
            false => plot::of_optimum(optimum, &self.alone.people(), title),
        };
        let found = record::Found { scenario: self.scenario, best: &best, optimum, front_only: self.args.front };
        record::write_optimum(stage, self.name, &found, &pictures, control)
    }

    /// The scenario under the best policy.
    fn best(&self, optimum: &Optimum) -> Result<Scenario, Error> {
        let keys = &self.scenario.keys;
        let name = Some(format!("{}-best", keys.name)).filter(|name| names_a_folder(name));
        let name = name.as_deref().unwrap_or("best");
        let Some(best) = optimum.candidate(optimum.best) else {
            return Ok(self.scenario.promoting(name, "left alone", None)?);
        };
        let what = words::policy(&Told::new(self.alone, self.summary), &best, self.payer);
        let grid = optimum.grid;
        let policy = Policy {
            from: grid.t(best.from),
            until: best.until.map(|until| grid.t(until)),
            promote: Some(Promotion::Sector(self.alone.problem.sectors[best.sector].clone())),
            sustain: Some(best.sustain),
            funded_by: Some(self.payer),
            label: None,
            trade: None,
        };
        Ok(self.scenario.promoting(name, &what, Some(&policy))?)
    }

    fn print(&self, optimum: &Optimum, folder: &str, terminal: &Terminal) {
        let sectors = &self.alone.problem.sectors;
        if terminal.json {
            let columns = optimise::concluded();
            let rows = optimise::Concluded::new(&self.scenario.keys.name, optimum, sectors);
            let line = serde_json::to_string(&Object { columns: &columns, rows: &rows, row: 0 }).unwrap_or_default();
            return terminal.print(&format!("{line}\n"));
        }
        if terminal.quiet {
            return;
        }
        let told = Told::new(self.alone, self.summary);
        let mut text = format!("{BOLD}{}{BOLD:#}", self.name);
        if let Some(title) = &self.scenario.keys.title {
            text += &format!("  {title}");
        }
        text.push('\n');
        for sentence in words::answer(&told, optimum, self.payer) {
            text += &format!("  {sentence}\n");
        }
        let (picked, places) = optimise::picked(optimum);
        let people = told.people().sectors();
        let best = optimise::Best::new(optimum, people, picked, &places);
        text += &format!("\n{}  {folder}\n", aligned(&shown(&optimise::for_people(), &best, 0..best.len())));
        terminal.print(&text);
    }
}
