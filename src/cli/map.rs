//! `catchup map SCENARIO`: the plane of two keys by what the scenario answers over it.

use super::output::Output;
use super::pictures::Drawn;
use super::progress::Progress;
use super::signals::Signals;
use super::threads::Threads;
use super::{Exit, Scenarios, Terminal, completions, named};
use crate::advice::{IN_PLACE, warnings, without_effect};
use crate::control::{Control, Stopped};
use crate::draw;
use crate::error::{Error, Kind};
use crate::map::{Asked, Levels, Map, Side, Starts};
use crate::names::Named;
use crate::probe::{Answer, Needs, Question, Which, World, runs};
use crate::record;
use crate::scenario::Scenario;
use crate::scenario::diagnostics::did_you_mean;
use crate::simulate::simulate;
use crate::words::map as words;
use anstyle::Style;
use clap_complete::engine::ArgValueCompleter;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scenario: Scenarios,

    /// The key across, and its range: sector.textiles.lambda=1:2
    #[arg(long, value_name = "KEY=FROM:UNTIL", add = ArgValueCompleter::new(completions::numbers))]
    x: String,

    /// The key up, and its range
    #[arg(long, value_name = "KEY=FROM:UNTIL", add = ArgValueCompleter::new(completions::numbers))]
    y: String,

    /// What is asked at every point: outcome, verdict, direction, long_run_regime, best, rank, or a measure
    #[arg(long, value_name = "WHAT")]
    of: String,

    /// A region as wide as one of so many parts of each side is found
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(2..=2000))]
    resolution: u32,

    /// From which start: the scenario's own, or isolation and a cluster in each sector in turn, to see where history decides
    #[arg(long, value_name = "START", value_parser = named::<Starts>(), default_value = Starts::Own.spelling())]
    start: Starts,

    /// Of a measure: where contours are drawn; several with commas [default: round numbers]
    #[arg(long, value_name = "NUMBER", value_delimiter = ',', allow_negative_numbers = true)]
    levels: Vec<f64>,

    #[command(flatten)]
    drawn: Drawn,

    /// Threads, 1 to 1024 [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let scenarios = args.scenario.load()?;
    let [scenario] = &scenarios[..] else {
        return Err(Error::invalid("map takes one scenario").hint("run it once for each"));
    };
    args.drawn.but_not(args.output.no_plot)?;
    let name = args.output.name("map", &scenario.keys.name)?;
    let asked = asked(args, scenario)?;
    let given = scenario;
    let scenario = &given.in_closed_form()?;
    let mut worlds = asked.worlds(scenario)?;
    refused(&asked, &mut worlds)?;
    let threads = Threads::new(args.threads, terminal);
    let signals = Signals::watch();
    let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
    let stage = record::open_map(&args.output.out, &name).map_err(|error| error.about(&name))?;
    let stopped = || {
        terminal.note("interrupted: nothing was written");
        Ok(signals.received().map_or(Exit::Failed, Exit::Signal))
    };
    let Ok(trajectory) = simulate(&given.problem, given.solver, &control.apart()) else { return stopped() };
    let mut warned = warnings(given, &trajectory);
    warned.extend(without_effect(given, |given| Some((runs(asked.question, &given.problem), given.solver)), IN_PLACE));
    terminal.warn(&given.keys.name, &warned);
    // The lattice, and about as much again along boundaries.
    let lattice = 2 * u64::from(asked.resolution) * u64::from(asked.resolution);
    let progress = Progress::start(&control, 2 * lattice, "points", terminal);
    let mut crew = vec![worlds];
    while crew.len() < threads.count {
        crew.push(asked.worlds(scenario)?);
    }
    let question = asked.clone();
    let answers = |values: &[[f64; 2]]| threads.run(|| answers(&question, &mut crew, values, &control));
    let Ok(map) = Map::new(scenario, asked, answers) else { return stopped() };
    drop(progress);
    let summary = summary(&name, scenario, &map);
    let pictures = pictures(args, scenario, &map)?;
    let folder = match record::write_map(stage, &name, scenario, &map, &summary, &pictures, &control) {
        Ok(folder) => folder,
        Err(error) if error.kind == Kind::Stopped => return stopped(),
        Err(error) => return Err(error.about(&name)),
    };
    if terminal.json {
        terminal.print(&format!("{summary}\n"));
    } else if !terminal.quiet {
        let lines: String = words::account(&map, scenario).iter().map(|sentence| format!("  {sentence}\n")).collect();
        terminal.print(&format!("{BOLD}{name}{BOLD:#}\n{lines}  {DIM}{}{DIM:#}\n\n", folder.join("").display()));
    }
    Ok(Exit::Done)
}

/// What was asked for; with mistakes in any part, all of these are the error.
fn asked(args: &Args, scenario: &Scenario) -> Result<Asked, Error> {
    let mut wrong: Vec<Error> = Vec::new();
    let mut side =
        |option: &str, text: &str| Side::parse(option, text, scenario).map_err(|report| wrong.push(report.into())).ok();
    let (x, y) = (side("--x", &args.x), side("--y", &args.y));
    if let (Some(x), Some(y)) = (&x, &y)
        && x.key == y.key
    {
        let title = format!("--x and --y are both {}", x.key);
        wrong.push(Error::invalid(title).note("allowed: two different keys").hint("catchup flip asks along one key"));
    }
    let question = Question::from_name(&args.of);
    if question.is_none() {
        let names: Vec<&str> = Question::all().map(Question::name).collect();
        let hint = did_you_mean(&args.of, names.iter().copied()).unwrap_or_default();
        let title = format!("--of {}: a run has nothing of that name", args.of);
        wrong.push(Error::invalid(title).note(format!("allowed: {}", names.join(", "))).hint(hint));
    }
    if let Some(level) = args.levels.iter().find(|level| !level.is_finite()) {
        wrong.push(Error::invalid(format!("--levels {level} is out of range")).note("allowed: finite numbers"));
    }
    let promotes = scenario.keys.policy.iter().any(|policy| policy.promote.is_some());
    if let Some(question) = question.filter(|question| !promotes && asks_of_promotion(*question)) {
        let title = format!("{} promotes nothing: {} is the same everywhere", scenario.keys.name, question.name());
        let hint =
            "say what is promoted: --set 'policy=[{ promote = \"SECTOR\", sustain = \"always\" }]'; or ask for best";
        wrong.push(Error::invalid(title).note("it speaks of promotion, or of the difference that it makes").hint(hint));
    }
    let number = matches!(question, Some(Question::Number(_)));
    if question.is_some() && !number && !args.levels.is_empty() {
        let title = format!("--levels says nothing about {}", args.of);
        wrong.push(Error::invalid(title).note("contours are drawn of a measure, such as --of long_run_gap"));
    }
    if number && args.start == Starts::Both {
        let title = format!("--start both does not go with --of {}", args.of);
        let hint = "--of long_run_regime or verdict shows where history decides; or map the number from each start, --set poor.start=…";
        wrong.push(Error::invalid(title).note("the contours of several starts would lie over each other").hint(hint));
    }
    match (x, y, question) {
        (Some(x), Some(y), Some(question)) if wrong.is_empty() => Ok(Asked {
            question,
            sides: [x, y],
            starts: args.start,
            resolution: args.resolution,
            levels: args.levels.clone(),
        }),
        _ => {
            let mistakes = format!("{} {}", wrong.len(), super::plural(wrong.len() as u64, "mistake"));
            Err(Error::several(wrong, format!("{mistakes}; nothing was written")))
        }
    }
}

/// Whether a question has the same answer everywhere without a promotion.
fn asks_of_promotion(question: Question) -> bool {
    question == Question::Which(Which::Outcome) || matches!(question.needs(), Needs::Baseline | Needs::Rows)
}

/// That there is no scenario anywhere, as far as the corners and the middle tell: an error that says why.
fn refused(asked: &Asked, worlds: &mut [World]) -> Result<(), Error> {
    let [x, y] = &asked.sides;
    let Some(world) = worlds.first_mut() else { return Ok(()) };
    let mut why = None;
    for [u, v] in [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.5, 0.5]] {
        why = world.refusal(&[x.at(u), y.at(v)]);
        if why.is_none() {
            return Ok(());
        }
    }
    let title = format!("there is no scenario at {} = {}, {} = {}", x.key, x.at(0.5), y.key, y.at(0.5));
    Err(Error::invalid(title)
        .note(why.unwrap_or_default())
        .hint("nor at the corners of the plane: choose other keys or ranges"))
}

/// The answers at many places, each member of the crew at a share of them.
fn answers(
    asked: &Asked,
    crew: &mut [Vec<World>],
    values: &[[f64; 2]],
    control: &Control,
) -> Result<Vec<Vec<Answer>>, Stopped> {
    let share = values.len().div_ceil(crew.len()).max(1);
    let of_one = |(worlds, values): (&mut Vec<World>, &[[f64; 2]])| {
        // Runs note every date; points are what is counted here.
        let dates = control.apart();
        let answered = |at: &[f64; 2]| {
            control.step()?;
            asked.answers(worlds, *at, &dates)
        };
        values.iter().map(answered).collect::<Result<Vec<_>, Stopped>>()
    };
    let each = crew.par_iter_mut().zip(values.par_chunks(share)).map(of_one).collect::<Result<Vec<_>, Stopped>>()?;
    Ok(each.into_iter().flatten().collect())
}

fn pictures(args: &Args, scenario: &Scenario, map: &Map) -> Result<Vec<(String, Vec<u8>)>, Error> {
    if args.output.no_plot {
        return Ok(Vec::new());
    }
    let title = scenario.keys.title.as_ref().unwrap_or(&scenario.keys.name);
    let svg = draw::plane::render(map, title, &scenario.people(), &args.drawn.look());
    args.drawn.files("map", &svg, &scenario.keys.name)
}

/// What the map comes to, for programs.
fn summary(name: &str, scenario: &Scenario, map: &Map) -> Value {
    let side = |side: &Side| json!({ "key": side.key, "from": side.from, "until": side.until, "log": side.log });
    let [x, y] = map.asked.sides.each_ref().map(side);
    let shares = map.shares();
    let answers: Vec<Value> = shares
        .iter()
        .map(|(answer, share, regions)| json!({ "label": map.spelt[*answer], "share": share, "regions": regions }))
        .collect();
    let here = map.here.as_ref().map(|here| {
        let nearest = here.nearest.as_ref().map(|nearest| {
            json!({
                "x": nearest.values[0],
                "y": nearest.values[1],
                "distance": nearest.distance,
                "beyond": map.spelt[nearest.beyond],
            })
        });
        json!({
            "x": here.values[0],
            "y": here.values[1],
            "on_the_plane": here.on_the_plane(),
            "label": here.label.spelling(&scenario.problem.sectors),
            "nearest": nearest,
        })
    });
    json!({
        "name": name,
        "scenario": scenario.keys.name,
        "of": map.asked.question.name(),
        "start": map.asked.starts.name(),
        "x": x,
        "y": y,
        "resolution": map.asked.resolution,
        "levels": map.levels.as_ref().map(Levels::at),
        "asked": map.plane.asked,
        "boundaries": map.plane.curves.len(),
        "ragged": map.plane.ragged,
        "answers": answers,
        "here": here,
    })
}
