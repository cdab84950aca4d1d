//! Fan charts of kept trajectories: the median gap at every date and the bands that hold most draws, per variant, with the dates
//! of policies.

use super::Asked;
use super::called::Called;
use super::profile::quantile;
use super::side::{bin, with_log};
use super::spread::pen;
use super::survey::Survey;
use crate::draw::axis::Scale;
use crate::draw::figure::{Act, Figure, Level, LevelKind, Line, Panel, Ribbon};
use crate::draw::text::literal;
use crate::error::Error;
use crate::numbers::counted;
use crate::plot::unfit;
use crate::read::Table;
use crate::scenario::Scenario;
use crate::table::ColumnType;
use std::path::Path;

/// The table that it is drawn from.
pub(super) const TRAJECTORIES: &str = "trajectories.parquet";
/// Dates that are drawn, at most, and as many more as it takes to end at the last.
const DATES: usize = 200;
/// Steps of the gap between which quantiles are told apart: finer than a pixel.
const FINE: usize = 900;
/// Shares of the draws inside the bands, the widest first.
const BANDS: [f64; 3] = [0.95, 0.8, 0.5];
/// How much of a band is seen; those inside add up.
const OPACITY: f64 = 0.17;
/// More than this from the lowest to the highest gap asks for a log axis.
const DECADE: f64 = 10.0;

/// What is drawn of a trajectory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The income gap.
    Gap,
    /// P's income in % of R's.
    Share,
}

impl Of {
    fn value(self, gap: f64) -> f64 {
        match self {
            Self::Gap => gap,
            Self::Share => 100.0 / gap,
        }
    }
}

/// The gaps of one variant at the dates that are drawn.
struct Gaps {
    steps: Vec<u32>,
    counts: Vec<u64>,
}

impl Gaps {
    /// The value below which a share of the draws lies at one of the dates.
    fn at(&self, date: usize, share: f64, y: &Scale) -> f64 {
        quantile(&self.steps[date * FINE..(date + 1) * FINE], self.counts[date], share, y)
    }
}

/// What a first reading finds.
struct Reach {
    lo: f64,
    hi: f64,
    /// Year of each period.
    years: Vec<f64>,
    /// Trajectories of each variant.
    kept: Vec<u64>,
}

/// The picture of the trajectories in a table.
pub(super) fn figure(
    path: &Path,
    survey: &Survey,
    of: Of,
    asked: &Asked<'_>,
    called: &Called,
) -> Result<Figure, Error> {
    let table = Table::open(path, |_| ColumnType::String)?;
    let names: Vec<&str> = asked.variants.iter().map(|place| survey.variants[*place].name.as_str()).collect();
    let reach = reach(&table, &names, of)?;
    let draws = reach.kept.iter().copied().max().unwrap_or(0);
    if draws == 0 {
        return Err(unfit(
            format!("{} holds no trajectory of {}", path.display(), names.join(", ")),
            "a fan is drawn from trajectories".to_owned(),
            "name another variant, or sweep again",
        ));
    }
    let log = of == Of::Gap && reach.lo > 0.0 && reach.hi / reach.lo > DECADE;
    let inner = if log { Scale { lo: reach.lo, hi: reach.hi, log } } else { Scale::spanning(reach.lo, reach.hi) };
    let last = reach.years.len() - 1;
    let every = last.div_ceil(DATES).max(1);
    let dates: Vec<usize> = (0..last).step_by(every).chain([last]).collect();
    let paths = paths(&table, &names, of, &dates, every, &inner)?;

    // Few draws far outside the bands must not flatten them.
    let [widest, ..] = BANDS;
    let ends = paths.iter().flat_map(|path| {
        let drawn = (0..dates.len()).filter(|date| path.counts[*date] > 0);
        drawn.flat_map(|date| [0.5 - widest / 2.0, 0.5 + widest / 2.0].map(|share| path.at(date, share, &inner)))
    });
    let parity = if of == Of::Gap { 1.0 } else { 100.0 };
    let y = Scale::holding(ends, Some(parity), of == Of::Gap);
    let [poor, rich] = called.regions();
    let (column, label) = match of {
        Of::Gap => ("income_gap", with_log("Income gap, w_{R} / w_{P}".to_owned(), y.log)),
        Of::Share => ("income_share", format!("Income in {poor}, % of {rich}’s")),
    };
    let mut panels = Vec::new();
    for (path, place) in paths.iter().zip(&asked.variants) {
        let variant = &survey.variants[*place];
        let label = if survey.variants.len() > 1 { format!("{}: {label}", variant.label) } else { label.clone() };
        let mut panel = Panel::new(column, &label, y);
        panel.run = Some(*place);
        let pen = pen(survey, *place);
        let at = |date: usize, share: f64| path.at(date, share, &inner);
        let drawn: Vec<usize> = (0..dates.len()).filter(|date| path.counts[*date] > 0).collect();
        let year = |date: usize| reach.years[dates[date]];
        for share in BANDS {
            let [low, high] = [0.5 - share / 2.0, 0.5 + share / 2.0];
            let piece = drawn.iter().map(|date| (year(*date), at(*date, low), at(*date, high))).collect();
            panel.ribbons.push(Ribbon { pen, opacity: OPACITY, pieces: vec![piece], run: *place });
        }
        let median = drawn.iter().map(|date| (year(*date), at(*date, 0.5))).collect();
        panel.lines.push(Line {
            label: String::new(),
            pen,
            pieces: vec![median],
            stepped: false,
            before: None,
            limit: None,
            run: *place,
        });
        if y.holds(parity) {
            panel.levels.push(Level { y: parity, kind: LevelKind::Reference, label: "parity".to_owned() });
        }
        if drawn.is_empty() {
            panel.lines.clear();
            panel.ribbons.clear();
            panel.empty = "no trajectory is kept".to_owned();
        }
        panels.push(panel);
    }
    let (acts, varied) = acts(survey, asked, called);
    let mut notes = vec!["Line: median of the draws. Bands hold 50, 80 and 95 % of them at every date.".to_owned()];
    let all = asked.variants.iter().map(|place| survey.variants[*place].rows).max().unwrap_or(draws);
    let first = if draws < all {
        format!("The first {} of {} draws", counted(draws), counted(all))
    } else {
        format!("{} draws", counted(draws))
    };
    let each = if asked.variants.len() > 1 { " under each variant" } else { "" };
    notes.push(format!("{first}{each}."));
    if varied {
        notes.push("Dates that vary with the draws are not marked.".to_owned());
    }
    notes.extend(asked.left_over.clone());
    let calendar = called
        .sweep()
        .is_none_or(|sweep| sweep.variants.iter().any(|variant| variant.scenario.problem.grid.start != 0.0));
    Ok(Figure {
        title: literal(asked.title),
        subtitle: literal(&asked.subtitle(match of {
            Of::Gap => "the income gap over time",
            Of::Share => "income over time",
        })),
        runs: survey.variants.iter().map(|variant| variant.name.clone()).collect(),
        x_label: if calendar { "Year".to_owned() } else { "Years since the start".to_owned() },
        x: Scale::spanning(reach.years[0], reach.years[last]),
        names: Vec::new(),
        multiples: panels.len() > 1,
        acts,
        strips: Vec::new(),
        panels,
        notes,
    })
}

fn reach(table: &Table, names: &[&str], of: Of) -> Result<Reach, Error> {
    let mut reach = Reach { lo: f64::INFINITY, hi: f64::NEG_INFINITY, years: Vec::new(), kept: vec![0; names.len()] };
    table.rows(&["variant", "period", "year", "income_gap"], |row| {
        let Some(place) = names.iter().position(|name| *name == row.text("variant")) else { return Ok(()) };
        let period = row.count("period")?;
        reach.kept[place] += u64::from(period == 0);
        if period == reach.years.len() {
            reach.years.push(row.required("year")?);
        }
        if let Some(value) = row.number("income_gap").map(|gap| of.value(gap)) {
            (reach.lo, reach.hi) = (reach.lo.min(value), reach.hi.max(value));
        }
        Ok(())
    })?;
    Ok(reach)
}

/// How many draws are in each step of the axis at each date that is drawn, per variant.
fn paths(table: &Table, names: &[&str], of: Of, dates: &[usize], every: usize, y: &Scale) -> Result<Vec<Gaps>, Error> {
    let empty = |_: &&str| Gaps { steps: vec![0; dates.len() * FINE], counts: vec![0; dates.len()] };
    let mut paths: Vec<Gaps> = names.iter().map(empty).collect();
    let last = dates.len() - 1;
    table.rows(&["variant", "period", "income_gap"], |row| {
        let period = row.count("period")?;
        let date = if period == dates[last] {
            last
        } else if period % every == 0 && period / every < last {
            period / every
        } else {
            return Ok(());
        };
        let place = names.iter().position(|name| *name == row.text("variant"));
        if let (Some(place), Some(gap)) = (place, row.number("income_gap")) {
            paths[place].steps[date * FINE + bin(y, FINE, of.value(gap))] += 1;
            paths[place].counts[date] += 1;
        }
        Ok(())
    })?;
    Ok(paths)
}

/// Policies and shocks of the variants, each once; whether some have dates that vary.
fn acts(survey: &Survey, asked: &Asked<'_>, called: &Called) -> (Vec<Act>, bool) {
    let Some(sweep) = called.sweep() else { return (Vec::new(), false) };
    let varies = |path: &str| sweep.vary.iter().any(|varied| varied.key == path);
    let mut acts: Vec<Act> = Vec::new();
    let mut varied = false;
    for place in &asked.variants {
        let name = &survey.variants[*place].name;
        let Some(variant) = sweep.variants.iter().find(|variant| variant.name == *name) else { continue };
        for (act, keys) in acts_of(&variant.scenario) {
            if keys.iter().any(|key| varies(key)) {
                varied = true;
                continue;
            }
            let pen = (*place, pen(survey, *place));
            match acts
                .iter_mut()
                .find(|known| (known.from, known.until, &known.text) == (act.from, act.until, &act.text))
            {
                Some(known) => known.runs.push(pen),
                None => acts.push(Act { runs: vec![pen], ..act }),
            }
        }
    }
    for act in acts.iter_mut().filter(|act| act.runs.len() == asked.variants.len()) {
        act.runs.clear();
    }
    acts.sort_by(|a, b| a.from.total_cmp(&b.from));
    (acts, varied)
}

/// What is done under a scenario, with the keys that say when.
fn acts_of(scenario: &Scenario) -> Vec<(Act, Vec<String>)> {
    let (problem, keys, people) = (&scenario.problem, &scenario.keys, scenario.people());
    let start = problem.grid.start;
    let end = start + problem.grid.t(problem.grid.periods);
    let policies = problem.policies.iter().enumerate().map(|(i, policy)| {
        let until = policy.until.map_or(end, |until| (start + until).min(end));
        let text = literal(&people.retold(&policy.describe(&problem.sectors)));
        let act = Act { from: start + policy.from, until, text, runs: Vec::new() };
        (act, ["from", "until"].map(|key| format!("policy.{i}.{key}")).to_vec())
    });
    let shocks = keys.shock.iter().enumerate().map(|(i, shock)| {
        let at = start + shock.at;
        let text = format!("shock: {}", literal(&people.retold(&shock.describe())));
        (Act { from: at, until: at, text, runs: Vec::new() }, vec![format!("shock.{i}.at")])
    });
    policies.chain(shocks).filter(|(act, _)| act.from <= end).collect()
}
