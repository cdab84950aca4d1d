//! `catchup optimise SCENARIO`: every policy on the scenario's dates, and the best of them. Of a sweep file, [`super::robust`].

use super::output::Output;
use super::progress::Progress;
use super::signals::Signals;
use super::table::aligned;
use super::threads::{Threads, available};
use super::{Exit, Scenarios, Terminal, named, robust};
use crate::advice::warnings;
use crate::control::{Control, Stopped};
use crate::error::{Error, Kind};
use crate::model::grid::{DATE_TOLERANCE, Grid};
use crate::model::policy::Payer;
use crate::numbers::{counted, lasting};
use crate::optimise::{self, Looked, MOST, Objective, Optimum, Search, Space, Undecided, payer};
use crate::plot;
use crate::record;
use crate::scenario::diagnostics::did_you_mean;
use crate::scenario::promotion::Promotion;
use crate::scenario::sweep::Sweep;
use crate::scenario::{Policy, Scenario, names_a_folder};
use crate::simulate::simulate;
use crate::spells::Spells;
use crate::summary::{Summary, summarise};
use crate::table::{Object, shown};
use crate::words::{Told, optimum as words};
use anstyle::Style;
use rayon::prelude::*;
use serde_json::json;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

const BOLD: Style = Style::new().bold();

/// Policies that a thread looks at before it says how far it is, at most.
const BLOCK: usize = 512;
/// Blocks that every thread gets at least where there are the policies: one may take longer than another.
const BLOCKS: usize = 4;
/// The latest date of a policy, years after t = 0: a path goes on for ever, but its numbers do not.
const LATEST: f64 = 10_000.0;
/// How long a trial takes.
pub(super) const TRIAL: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) scenario: Scenarios,

    /// When promotion may begin, years after t = 0: one date or a range A:B, which may go beyond the last row
    /// [default: from 0 to the last date but one]
    #[arg(long, value_name = "A:B", value_parser = span, allow_hyphen_values = true)]
    from: Option<Span>,

    /// When promotion may end, years after t = 0: one date, a range A:B, `never`, or a range and `never` (20:60,never)
    /// [default: every later date, and never]
    #[arg(long, value_name = "A:B", value_parser = ends, allow_hyphen_values = true)]
    until: Option<Ends>,

    /// Sectors that may be promoted, several with commas [default: all]
    #[arg(long, value_name = "SECTOR", value_delimiter = ',')]
    sectors: Vec<String>,

    /// What the best policy is best at [default: equivalent_variation, or long_run_gap where present values do not converge]
    #[arg(long, value_name = "MEASURE", value_parser = named::<Objective>())]
    pub(super) objective: Option<Objective>,

    /// The most that a policy may cost: the present value of its subsidy, R-wages per worker of P
    #[arg(long, value_name = "MAX_SUBSIDY_PV", value_parser = budget, allow_hyphen_values = true)]
    pub(super) budget: Option<f64>,

    /// Who pays the subsidies [default: who pays in the scenario's promotion listed last, or P]
    #[arg(long, value_name = "WHO", value_parser = named::<Payer>())]
    pub(super) funded_by: Option<Payer>,

    /// Write to optimum.csv only the policies of which no other costs as little and is worth as much
    #[arg(long)]
    pub(super) front: bool,

    /// Write nothing: say how many policies there are, and about how long it takes to look at all of them
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Threads, 1 to 1024 [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// Of a sweep file: the variant whose draws are the states of the world [default: its first]
    #[arg(long, value_name = "NAME")]
    pub(super) variant: Option<String>,

    /// Of a sweep file: drop what an earlier call has seen, of this search or of a changed one, and start over
    #[arg(long)]
    pub(super) fresh: bool,

    #[command(flatten)]
    pub(super) output: Output,
}

/// Dates from one to another, years after t = 0.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    first: f64,
    last: f64,
}

/// Dates at which promotion may end, and whether it may never do so.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ends {
    at: Option<Span>,
    never: bool,
}

/// `A` or `A:B`.
fn span(text: &str) -> Result<Span, String> {
    const RULE: &str = "expected a date or a range A:B, years after t = 0, such as 0:50";
    let date = |text: &str| match text.trim().parse::<f64>() {
        Ok(date) if (0.0..=LATEST).contains(&date) => Ok(date),
        Ok(date) if date.is_finite() => {
            Err(format!("{date} is off the path: dates are 0 to {LATEST} years after t = 0"))
        }
        _ => Err(format!("`{text}` is no date; {RULE}")),
    };
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let (first, last) = (date(first)?, date(last)?);
    if first > last {
        return Err(format!("the range is reversed: did you mean {last}:{first}?"));
    }
    Ok(Span { first, last })
}

/// `A`, `A:B`, `never`, or one of the first two, a comma and `never`.
fn ends(text: &str) -> Result<Ends, String> {
    match text.rsplit_once(',') {
        None if text == "never" => Ok(Ends { at: None, never: true }),
        None => Ok(Ends { at: Some(span(text)?), never: false }),
        Some((dates, "never")) => Ok(Ends { at: Some(span(dates)?), never: true }),
        Some((_, other)) => Err(format!("`{other}` cannot stand behind a comma; only `never` can, as in 20:60,never")),
    }
}

/// A number ≥ 0.
fn budget(text: &str) -> Result<f64, String> {
    let found = text.trim().parse::<f64>().ok().filter(|found| found.is_finite() && *found >= 0.0);
    found.ok_or_else(|| "expected a number >= 0: the present value of the subsidy, R-wages per worker of P".to_owned())
}

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
    terminal.warn(&scenario.keys.name, &warnings(&given, &simulated(&given)?));
    let scenario = &scenario.in_closed_form()?;
    let alone = scenario.promoting("no-policy", "left alone", None)?;
    let trajectory = simulated(&alone)?;
    let summary = summarise(&alone.keys.name, alone.keys.title.as_deref(), &trajectory);
    let payer = args.funded_by.unwrap_or_else(|| payer(&scenario.problem));
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

/// Which policies are asked for.
pub(super) fn space(args: &Args, scenario: &Scenario) -> Result<Space, Error> {
    let grid = scenario.problem.grid;
    let sectors = sectors(args, scenario)?;
    let from = match args.from {
        None => 0..=grid.periods - 1,
        Some(span) => periods(&grid, span, "--from")?,
    };
    let (until, never) = match args.until {
        None => (Some(from.start() + 1..=grid.periods.max(from.end() + 1)), true),
        Some(Ends { at: None, never }) => (None, never),
        Some(Ends { at: Some(span), never }) => {
            let until = periods(&grid, span, "--until")?;
            if until.end() <= from.start() && !never {
                let title = format!("--until {} ends before promotion begins", span.last);
                let first = grid.t(*from.start());
                return Err(Error::invalid(title)
                    .note(format!("the first date at which it may begin is {first} years after t = 0"))
                    .hint("let it end later, or begin earlier with --from"));
            }
            (Some(until).filter(|until| until.end() > from.start()), never)
        }
    };
    // Ends before the first beginning end nothing.
    let until = until.map(|until| *until.start().max(&(from.start() + 1))..=*until.end());
    let size = Space::size(sectors.len(), &from, until.as_ref(), never);
    Space::new(sectors, from, until, never).ok_or_else(|| {
        Error::invalid(format!("that is {} policies to look at", counted(size)))
            .note(format!("at most {} are looked at in one call", counted(MOST as u64)))
            .hint("--from A:B, --until A:B and --sectors narrow them down, a longer time.period makes fewer dates")
    })
}

/// The places of the sectors asked for.
fn sectors(args: &Args, scenario: &Scenario) -> Result<Vec<usize>, Error> {
    let known = &scenario.problem.sectors;
    if args.sectors.is_empty() {
        return Ok((0..known.len()).collect());
    }
    let place = |typed: &String| {
        known.iter().position(|sector| sector == typed.trim()).ok_or_else(|| {
            Error::invalid(format!("--sectors {typed}: {} has no such sector", scenario.keys.name))
                .note(format!("allowed: {}", known.join(", ")))
                .hint(did_you_mean(typed, known.iter().map(String::as_str)).unwrap_or_default())
        })
    };
    let mut places = args.sectors.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

/// The periods whose dates lie in a span.
fn periods(grid: &Grid, span: Span, option: &str) -> Result<RangeInclusive<usize>, Error> {
    let first = grid.first_period(span.first);
    let end = grid.first_period(span.last);
    let late = grid.t(end) > span.last + DATE_TOLERANCE * grid.period;
    match end.checked_sub(usize::from(late)) {
        Some(last) if last >= first => Ok(first..=last),
        _ => {
            let title = format!("{option} {}:{} holds no date of the scenario", span.first, span.last);
            let next = grid.t(first);
            Err(Error::invalid(title).note(format!("dates are {} years apart; the next is {next}", grid.period)))
        }
    }
}

/// What is called `name` has nothing by which policies could be ranked.
pub(super) fn not_in(name: &str, objective: Objective) -> Error {
    Error::invalid(format!("--objective {}: {name} has no such measure", objective.name()))
        .note("its present values do not converge")
        .hint(
            "--objective long_run_gap needs none; welfare.window = \"horizon\", or a higher welfare.discount_rate, makes \
             them finite",
        )
}

/// Looks at every policy of a space; which thread looks at which changes nothing.
pub(super) fn look_at_all(
    space: &Space,
    search: impl Fn() -> Search + Send + Sync,
    looked: &mut [Looked],
    threads: usize,
    control: &Control,
) -> Result<(), Stopped> {
    let block = looked.len().div_ceil(BLOCKS * threads.max(1)).clamp(1, BLOCK);
    // Runs note every date; policies are what is counted here.
    let dates = control.apart();
    looked.par_chunks_mut(block).enumerate().try_for_each_init(search, |search, (place, looked)| {
        for (at, looked) in looked.iter_mut().enumerate() {
            *looked = search.look(space.candidate(place * block + at), &dates)?;
        }
        control.steps(looked.len())
    })
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
        let people = told.people.sectors();
        let best = optimise::Best::new(optimum, people, picked, &places);
        text += &format!("\n{}  {folder}\n", aligned(&shown(&optimise::for_people(), &best, 0..best.len())));
        terminal.print(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_one_or_a_range() {
        assert_eq!(span("5"), Ok(Span { first: 5.0, last: 5.0 }));
        assert_eq!(span("0:2.5"), Ok(Span { first: 0.0, last: 2.5 }));
        for (text, why) in [
            ("5:2", "did you mean 2:5?"),
            ("-1:4", "-1 is off the path"),
            ("0:20000", "20000 is off the path"),
            ("a:b", "`a` is no date"),
            ("1:2:3", "`2:3` is no date"),
            ("nan", "`nan` is no date"),
            ("0:inf", "`inf` is no date"),
            ("", "`` is no date"),
        ] {
            let refused = span(text).expect_err(text);
            assert!(refused.contains(why), "{text}: {refused}");
        }
        let at = Some(Span { first: 20.0, last: 60.0 });
        assert_eq!(ends("20:60"), Ok(Ends { at, never: false }));
        assert_eq!(ends("20:60,never"), Ok(Ends { at, never: true }));
        assert_eq!(ends("never"), Ok(Ends { at: None, never: true }));
        assert!(ends("20:60,30").is_err() && ends("ever").is_err() && ends(",never").is_err());
    }

    #[test]
    fn a_budget_is_a_number_that_can_be_spent() {
        assert_eq!(budget("1.5"), Ok(1.5));
        for text in ["-1", "nan", "inf", "much"] {
            assert!(budget(text).is_err(), "{text}");
        }
    }
}
