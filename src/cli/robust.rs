//! `catchup optimise SWEEP`: every policy in every state of the world that the sweep draws, and the robust ones.

use super::policies::{Args, TRIAL, look_at_all, not_in, space};
use super::progress::Progress;
use super::signals::Signals;
use super::table::aligned;
use super::threads::{Threads, available};
use super::{Exit, Terminal, check_sweep};
use crate::advice::of_states;
use crate::control::{Control, Stopped};
use crate::error::{Error, Kind};
use crate::model::policy::Payer;
use crate::numbers::{counted, lasting};
use crate::optimise::{
    self, Criterion, Listed, Looked, Objective, Robust, Rows, Search, Standing, States, Survey, Undecided,
    robust_for_people, values_in,
};
use crate::plot;
use crate::record::sweep::Plan;
use crate::record::{self, FoundRobust, Stands, Weighing};
use crate::scenario::Scenario;
use crate::scenario::diagnostics::did_you_mean;
use crate::scenario::sweep::{Kept, Over, Sweep};
use crate::simulate::simulate;
use crate::summary::{Summary, summarise};
use crate::table::shown;
use crate::words::{Told, robust as words};
use anstyle::Style;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

const BOLD: Style = Style::new().bold();

/// What has been seen is made to stand this often, and never so often that it takes more than a twentieth of the time.
const KEEP: Duration = Duration::from_secs(2);
const SHARE: u32 = 20;
/// Most values of listed policies that are held at a time: 32 MB.
const CELLS: usize = 4 << 20;

pub(super) fn run(args: &Args, path: PathBuf, terminal: &Terminal) -> Result<Exit, Error> {
    if !args.scenario.set.is_empty() {
        return Err(Error::invalid("--set goes with a scenario, and this is a sweep file")
            .note("what its states of the world have in common is said by its scenario, what differs by [vary]")
            .hint("write the key into the scenario, or into a variant and name it with --variant"));
    }
    if args.front {
        return Err(Error::invalid("--front goes with a scenario, and this is a sweep file")
            .note("robust.csv holds the policies worth a row, those that no other one beats among them"));
    }
    let sweep = check_sweep::load(&[path], &Over::default())?.remove(0);
    let variant = variant(args, &sweep)?;
    if let Some(varied) = sweep.vary.iter().find(|varied| varied.key.starts_with("time.")) {
        return Err(Error::invalid(format!("{} is varied: policies need the same dates in every state", varied.key))
            .hint("give every draw the same time, in the scenario"));
    }
    terminal.warn(&sweep.name, &of_states(&sweep));
    let scenario = sweep.variants[variant].scenario.in_closed_form()?;
    let alone = scenario.promoting("no-policy", "left alone", None)?;
    let space = space(args, &scenario)?;
    let Ok(trajectory) = simulate(&alone.problem, alone.solver, &Control::default()) else {
        return Err(Error::stopped());
    };
    let payer = args.funded_by.unwrap_or_else(|| scenario.problem.payer());
    let call = Call {
        args,
        sweep: &sweep,
        variant,
        alone: &alone,
        summary: &summarise(&alone.keys.name, alone.keys.title.as_deref(), &trajectory),
        payer,
    };
    let objective = call.objective(trajectory.measures.weight)?;
    let survey = Survey::new(space, alone.problem.grid, objective, args.budget);
    if args.dry_run { call.dry_run(&survey, terminal) } else { call.carry_out(survey, terminal) }
}

/// The variant asked for, or the first.
fn variant(args: &Args, sweep: &Sweep) -> Result<usize, Error> {
    let Some(wanted) = &args.variant else { return Ok(0) };
    sweep.variants.iter().position(|variant| variant.name == *wanted).ok_or_else(|| {
        let names = sweep.variant_names();
        Error::invalid(format!("--variant {wanted}: {} has no such variant", sweep.name))
            .note(format!("allowed: {}", names.join(", ")))
            .hint(did_you_mean(wanted, names.iter().map(String::as_str)).unwrap_or_default())
    })
}

/// One call, checked.
struct Call<'a> {
    args: &'a Args,
    sweep: &'a Sweep,
    variant: usize,
    /// The scenario before any draw, without its promotions.
    alone: &'a Scenario,
    /// What that comes to.
    summary: &'a Summary,
    payer: Payer,
}

impl Call<'_> {
    /// What to be best at: what was asked for, or the first that the scenario has before any draw.
    fn objective(&self, weight: Option<f64>) -> Result<Objective, Error> {
        if let Some(wanted) = self.args.objective {
            return Ok(wanted);
        }
        let mut search = Search::new(&self.alone.problem, self.alone.solver, self.payer);
        let alone = search.look(None, &Control::default()).map_err(|_| Error::stopped())?;
        let wanted = Objective::default();
        Ok(match optimise::decides(wanted, &alone, weight) {
            Err(Undecided::NoMeasure(_)) => Objective::LongRunGap,
            _ => wanted,
        })
    }

    fn states(&self) -> u64 {
        self.sweep.design.draws()
    }

    /// What makes the search the one that it is.
    fn plan(&self, survey: &Survey, name: &str) -> Plan {
        let sweep = self.sweep;
        let mut identity: Vec<(String, String)> =
            sweep.identity().into_iter().map(|(what, text)| (what.to_owned(), text)).collect();
        let Survey { space, objective, budget, .. } = survey;
        let variant = &sweep.variants[self.variant].name;
        identity.push(("--variant".to_owned(), variant.clone()));
        let names: Vec<&str> =
            space.sectors().iter().map(|&sector| self.alone.problem.sectors[sector].as_str()).collect();
        let t = |k: &usize| survey.grid.t(*k);
        let ends = space.until().map(|until| format!("{} to {}", t(until.start()), t(until.end())));
        let ends: Vec<String> = ends.into_iter().chain(space.for_ever().then(|| "never".to_owned())).collect();
        let begin = space.from();
        let dates =
            format!("{} from {} to {} until {}", names.join(", "), t(begin.start()), t(begin.end()), ends.join(" or "));
        identity.push(("--sectors, --from or --until".to_owned(), dates));
        identity.push(("--objective".to_owned(), objective.name().to_owned()));
        identity.push(("--budget".to_owned(), format!("{budget:?}")));
        identity.push(("--funded-by".to_owned(), self.payer.name().to_owned()));
        Plan {
            name: name.to_owned(),
            title: sweep.title.clone(),
            description: sweep.description.clone(),
            resolved: sweep.resolved(),
            goes_on: false,
            identity,
            vary: sweep.vary.clone(),
            variants: vec![variant.clone()],
            baselines: vec![0],
            sectors: vec![self.alone.problem.sectors.clone()],
            draws: self.states(),
            draws_per_chunk: 1,
            keep: Kept::First(0),
            dates: Vec::new(),
            csv: true,
        }
    }

    fn dry_run(&self, survey: &Survey, terminal: &Terminal) -> Result<Exit, Error> {
        let threads = self.args.threads.map_or_else(available, usize::from);
        let (policies, count) = (survey.space.len(), self.states());
        let mut states = States::new(self.sweep, self.variant);
        let (began, mut tried, control) = (Instant::now(), 0_usize, Control::default());
        // A few policies in each of many states, by steps that meet every kind.
        for step in 0..count {
            if began.elapsed() >= TRIAL {
                break;
            }
            let Some((problem, solver)) = states.left_alone(step.wrapping_mul(7919) % count) else { continue };
            let mut search = Search::new(&problem, solver, self.payer);
            for _ in 0..policies.min(64) {
                let index = tried.wrapping_mul(7919) % policies;
                search.look(survey.space.candidate(index), &control).map_err(|_| Error::stopped())?;
                tried += 1;
            }
        }
        let each = began.elapsed().as_secs_f64() / tried.max(1) as f64;
        let seconds = each * policies as f64 * count as f64 / threads as f64;
        let name = &self.sweep.name;
        if terminal.json {
            let account =
                json!({ "name": name, "policies": policies, "states": count, "threads": threads, "seconds": seconds });
            terminal.print(&format!("{account}\n"));
        } else {
            let on = if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") };
            let policies = counted(policies as u64);
            let count = counted(count);
            let time = lasting(seconds);
            terminal.print(&format!(
                "{BOLD}{name}{BOLD:#}  {policies} policies in each of {count} states of the world, about {time} on {on}\n"
            ));
        }
        Ok(Exit::Done)
    }

    fn carry_out(&self, mut survey: Survey, terminal: &Terminal) -> Result<Exit, Error> {
        // Before the folder is locked: a signal then finds somebody who leaves it in order.
        let signals = Signals::watch();
        let threads = Threads::new(self.args.threads, terminal);
        let name = self.args.output.name("optimise", &self.sweep.name)?;
        let weighing = record::open_robust(&self.args.output.out, self.plan(&survey, &name), self.args.fresh)
            .map_err(|error| error.about(&name))?;
        if let Some(summary) = weighing.finished() {
            self.print(&name, summary, None, &weighing.folder().join("").display().to_string(), terminal);
            terminal.note("all of it stands already; --fresh looks at everything again");
            return Ok(Exit::Done);
        }
        if weighing.resume(&mut survey) == Stands::Damaged {
            terminal.note("what an earlier call has seen did not stand whole and is looked at again");
        }
        let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
        let policies = survey.space.len() as u64;
        let progress =
            Progress::of_runs(&control, survey.states.len() as u64 * policies, self.states() * policies, terminal);
        let seen = threads.run(|| self.see_all(&mut survey, &weighing, threads.count, &control));
        drop(progress);
        let interrupted = |states: usize| {
            let of = counted(self.states());
            terminal.note(&format!(
                "interrupted: {} of {of} states stand; the same command goes on from there",
                counted(states as u64)
            ));
            Ok(signals.received().map_or(Exit::Failed, Exit::Signal))
        };
        match seen.map_err(|error| error.about(&name))? {
            Ok(()) => {}
            Err(Stopped) => return interrupted(survey.states.len()),
        }
        if survey.counted() == 0 {
            return Err(self.nothing_counted(&survey));
        }
        let states = survey.states.len();
        let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
        let Ok(robust) = threads.run(|| self.look_again(survey, &control)) else { return interrupted(states) };
        let told = Told::new(self.alone, self.summary);
        let account = words::answer(&told, &robust, self.payer);
        let title = self.sweep.title.as_ref().unwrap_or(&self.sweep.name);
        let pictures = match self.args.output.no_plot {
            true => Vec::new(),
            false => plot::of_robust(&robust, told.people(), title),
        };
        let found = FoundRobust { sweep: self.sweep, variant: self.variant, robust: &robust };
        match weighing.finish(&found, &account, &pictures, &control) {
            Ok((folder, summary)) => {
                self.print(&name, &summary, Some(&robust), &folder.join("").display().to_string(), terminal);
                Ok(Exit::Done)
            }
            Err(error) if error.kind == Kind::Stopped => interrupted(states),
            Err(error) => Err(error.about(&name)),
        }
    }

    /// Sees all states that are left, in their order: the policies of a state are what threads share, so that they change no byte. What
    /// has been seen stands from time to time, and where it ends.
    fn see_all(
        &self,
        survey: &mut Survey,
        weighing: &Weighing,
        threads: usize,
        control: &Control,
    ) -> Result<Result<(), Stopped>, Error> {
        let mut states = States::new(self.sweep, self.variant);
        let mut looked = vec![Looked::default(); survey.space.len()];
        let (mut kept, mut pause, mut stand) = (Instant::now(), KEEP, survey.states.len());
        let runs = control.apart();
        for state in survey.states.len() as u64..self.states() {
            let seen = match states.left_alone(state) {
                Some((problem, solver)) => {
                    let search = || Search::new(&problem, solver, self.payer);
                    let weight = search().measure(None, &runs).map(|measures| measures.weight);
                    weight.and_then(|weight| {
                        look_at_all(&survey.space, search, &mut looked, threads, control)?;
                        survey.take_in(&looked, weight);
                        Ok(())
                    })
                }
                None => {
                    control.advance(survey.space.len() as u64);
                    survey.pass_over(Standing::NoScenario);
                    control.go_on()
                }
            };
            let ended = seen.is_err() || state + 1 == self.states();
            if survey.states.len() > stand && (ended || kept.elapsed() >= pause) {
                let began = Instant::now();
                weighing.keep(survey)?;
                pause = KEEP.max(SHARE * began.elapsed());
                (kept, stand) = (Instant::now(), survey.states.len());
            }
            if let Err(stopped) = seen {
                return Ok(Err(stopped));
            }
        }
        Ok(Ok(()))
    }

    /// Looks once more at the policies worth a row, in every state.
    fn look_again(&self, survey: Survey, control: &Control) -> Result<Robust, Stopped> {
        let listed = survey.listed();
        let picks = Criterion::ALL.map(|criterion| survey.pick(criterion));
        let count = survey.states.len();
        let mut chosen = vec![[f64::NAN; Criterion::ALL.len()]; count];
        let mut rows = Vec::with_capacity(listed.len());
        let runs = control.apart();
        for some in listed.chunks((CELLS / count.max(1)).max(1)) {
            let values = (0..count).into_par_iter().map_init(
                || States::new(self.sweep, self.variant),
                |states, state| values_in(&survey, states, state, some, self.payer, &runs),
            );
            let values: Vec<Vec<f64>> = values.collect::<Result<_, Stopped>>()?;
            for (place, &index) in some.iter().enumerate() {
                let own: Vec<f64> = values.iter().map(|values| values[place]).collect();
                for (criterion, _) in picks.iter().enumerate().filter(|(_, pick)| **pick == Some(index)) {
                    chosen.iter_mut().zip(&own).for_each(|(chosen, own)| chosen[criterion] = *own);
                }
                rows.push(Listed::new(&survey, index, &own));
            }
        }
        Ok(Robust { survey, picks, rows, chosen })
    }

    /// No state is counted: why.
    fn nothing_counted(&self, survey: &Survey) -> Error {
        let name = &self.sweep.name;
        let of = |standing: Standing| survey.states.iter().any(|state| state.standing == standing);
        if of(Standing::NoMeasure) {
            return not_in(name, survey.objective);
        }
        let why =
            if of(Standing::Failed) { "left alone, the scenario fails in every" } else { "no draw makes a valid" };
        let what = if of(Standing::Failed) { "state of the world" } else { "scenario" };
        Error::failed(format!("{name}: {why} {what}")).hint(format!("catchup sweep {} says why", self.sweep.path))
    }

    /// The answer, where `robust` is at hand with its table; of a search that was finished before, as its summary has it.
    fn print(&self, name: &str, summary: &Value, robust: Option<&Robust>, folder: &str, terminal: &Terminal) {
        if terminal.json {
            return terminal.print(&format!("{summary}\n"));
        }
        if terminal.quiet {
            return;
        }
        let mut text = format!("{BOLD}{name}{BOLD:#}");
        if let Some(title) = &self.sweep.title {
            text += &format!("  {title}");
        }
        text.push('\n');
        for sentence in summary["account"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            text += &format!("  {sentence}\n");
        }
        if let Some(robust) = robust {
            let people = self.alone.people();
            let shown_rows: Vec<Listed> = [robust.picks.iter().flatten().copied().collect(), vec![0]]
                .concat()
                .into_iter()
                .fold(Vec::new(), |mut rows: Vec<Listed>, index| {
                    let row = robust.rows.iter().find(|row| row.index == index);
                    rows.extend(row.filter(|row| rows.iter().all(|known| known.index != row.index)).copied());
                    rows
                });
            let rows = Rows { robust, sectors: people.sectors(), listed: &shown_rows };
            text += &format!("\n{}", aligned(&shown(&robust_for_people(), &rows, 0..shown_rows.len())));
        }
        terminal.print(&format!("{text}  {folder}\n"));
    }
}
