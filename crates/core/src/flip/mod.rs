//! What would have to be different for an answer to turn: for each key of a scenario the values at which a condition holds, every
//! end of them between two neighbouring values whose runs answer differently (`docs/model.md` §7).
//!
//! [`Axis`] is a key and where it is asked, [`search`](mod@search) finds the ends, [`Account`] asks every key in turn and ranks them by how
//! near the nearest flip is, [`joint`](mod@joint) moves all keys at once,
//! [`First`] asks the same of the first place of a comparison.

pub mod axis;
mod first;
pub mod joint;
pub mod search;
mod stretch;
pub mod table;

pub use axis::{Asked, Axis};
pub use first::{First, Step};
pub use joint::Joint;
pub use search::{End, Found, Interval, Part, Seen};
pub use stretch::Stretch;
pub use table::{SHOWN, columns, joint_columns};

use crate::control::{Control, Stopped};
use crate::math::ln;
use crate::measure::{Measure, on_tolerance};
use crate::numbers::{change, rounded, short_to};
use crate::probe::{Answer, Condition, Look, Question, Test, World};
use crate::scenario::sweep::Level;
use crate::scenario::{Policy, Scenario};
use search::{Line, search};

/// Parts into which a range is cut by the first look where a number or a date tells the way.
const PARTS: usize = 32;
/// The same where only words are heard: halving to neighbours then takes most of the 64 runs that a flip may take.
const PARTS_OF_WORDS: usize = 8;

/// Why there is no account.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// It was told to stop.
    Stopped,
    /// A run did not answer as before: a mistake of the program.
    Unproved {
        /// The key that was asked.
        key: String,
        /// Its value.
        value: f64,
    },
}

impl From<Stopped> for Failure {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Significant digits by which one flip is nearer than another.
const ALIKE: usize = 7;

/// Where along a key a condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Flips {
    /// The key, and where it was asked.
    pub axis: Axis,
    /// What was found.
    pub found: Found,
    /// The nearest value at which the answer is another than now.
    pub nearest: Option<Nearest>,
    /// Ends of the intervals at which a verdict or a direction turns because a gap passes what still counts as none
    /// ([`crate::measure::on_tolerance`]): no threshold of the economy.
    pub on_tolerance: Vec<f64>,
    /// Runs that this took.
    pub runs: u64,
}

/// The value nearest to a key's own at which the answer is another.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// That value, and what is found there.
    pub seen: Seen,
    /// How far it is from the key's own value, in the key's unit; negative below it.
    pub distance: f64,
    /// The same as a share of the key's own value; `None` of a date, which moves by years, and where that value is 0.
    pub relative: Option<f64>,
}

impl Nearest {
    /// The value with four digits, rounded away from the key's own: at what is said the answer is another.
    pub fn shown(&self) -> String {
        match self.seen.value {
            value if self.beside_zero() => format!("just {} 0", if value > 0.0 { "above" } else { "below" }),
            value => short_to(value, self.distance > 0.0),
        }
    }

    /// How far it is from the key's own value, as [`moved`] says it.
    pub fn change(&self, axis: &Axis) -> String {
        moved(self.distance, self.relative, axis.unit)
    }

    /// Whether nothing can be told between it and 0.
    fn beside_zero(&self) -> bool {
        self.seen.value != 0.0 && self.seen.value.abs() < f64::MIN_POSITIVE
    }
}

/// A change with its sign: as a share in per cent, or without one in its unit; nothing where it is too small to be told.
pub fn moved(distance: f64, relative: Option<f64>, unit: &str) -> String {
    let sign = if distance > 0.0 { "+" } else { "" };
    // Rounded as the flip itself is: of what is 0 now it is the same number.
    let far = short_to(distance, distance > 0.0);
    match (relative, unit) {
        (Some(share), _) => change(share),
        _ if distance.abs() < f64::MIN_POSITIVE => String::new(),
        (None, "1") => format!("{sign}{far}"),
        // Years after t = 0 are years where two of them are told apart.
        (None, unit) if unit.starts_with("years") && distance.abs() == 1.0 => format!("{sign}{far} year"),
        (None, unit) if unit.starts_with("years") => format!("{sign}{far} years"),
        (None, unit) => format!("{sign}{far} {unit}"),
    }
}

impl Flips {
    /// What is answered from the nearest flip on, on the way from the key's own value to an end of what was asked, part by part: first
    /// the part that the flip begins. Empty where answers were not told apart.
    pub fn beyond(&self) -> Vec<&Part> {
        let Some(nearest) = &self.nearest else { return Vec::new() };
        let (at, below) = (nearest.seen.value, nearest.distance < 0.0);
        let past = |part: &&Part| if below { part.values[0] <= at } else { part.values[1] >= at };
        let mut beyond: Vec<&Part> = self.found.parts.iter().filter(past).collect();
        if below {
            beyond.reverse();
        }
        beyond
    }

    /// The parts along the key in which the condition does not hold, in ascending order.
    pub fn elsewhere(&self) -> impl Iterator<Item = &Part> {
        let holds = |part: &Part| {
            let has = |interval: &Interval| {
                (interval.from.inside.value..=interval.until.inside.value).contains(&part.values[0])
            };
            self.found.intervals.iter().any(has)
        };
        self.found.parts.iter().filter(move |part| !holds(part))
    }

    /// Where it stands among others, the nearest flip first: numbers by what share of their own value the flip is away, then dates
    /// by years, then what is 0 now, which nothing can be measured against, and last what does not turn. What differs by rounding is as
    /// near: the order of the keys decides.
    fn place(&self) -> (u8, f64) {
        let near = |away: f64| rounded(away.abs(), ALIKE);
        match &self.nearest {
            Some(Nearest { relative: Some(share), .. }) => (0, near(*share)),
            Some(nearest) if self.axis.is_dated() => (1, near(nearest.distance)),
            Some(_) => (2, 0.0),
            None => (3, 0.0),
        }
    }
}

/// Puts the keys whose nearest flip is nearest first ([`Flips::place`]).
fn nearest_first(keys: &mut [Flips]) {
    keys.sort_by(|a, b| {
        let (a, b) = (a.place(), b.place());
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
}

/// Another scenario that is one step away.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A key that takes words, or true and false, at another one.
    Word(String, Level),
    /// Without one of its policies.
    NoPolicy(usize),
    /// Without one of its shocks.
    NoShock(usize),
}

/// What holds after such a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// The step.
    pub change: Change,
    /// What is found there.
    pub look: Look,
    /// Whether the answer is another than now.
    pub turns: bool,
}

/// Where a number comes nearest to a bound that it never meets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Miss<'a> {
    /// Nowhere nearer than as the scenario stands.
    Now(&'a Look),
    /// At a value of a key.
    Along(&'a Flips, &'a Seen),
    /// After a step.
    After(&'a Alternative),
}

impl Miss<'_> {
    /// What is found there.
    pub fn look(&self) -> &Look {
        match self {
            Self::Now(look) => look,
            Self::Along(_, seen) => &seen.look,
            Self::After(step) => &step.look,
        }
    }
}

/// What an answer hangs on.
#[derive(Debug, Clone)]
pub struct Account {
    /// The scenario.
    pub scenario: Scenario,
    /// The condition.
    pub condition: Condition,
    /// What the scenario answers as it stands.
    pub now: Look,
    /// Key by key; those whose nearest flip is nearest come first.
    pub keys: Vec<Flips>,
    /// Step by step.
    pub alternatives: Vec<Alternative>,
    /// Where nothing self-sustaining is found: the longest time for which the cluster stands on its own all the same.
    pub stretch: Option<Stretch>,
    /// The smallest change of all keys together, where it was asked for.
    pub joint: Option<Joint>,
    /// Whether every number of the scenario was asked, and not some keys that somebody chose.
    pub all: bool,
    /// Runs that all of it took.
    pub runs: u64,
}

impl Account {
    /// Asks `asked`, or where it is empty every number of the scenario in turn, and each policy and shock taken away; every range
    /// in `parts` parts, if so many are given.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn new(
        scenario: &Scenario,
        condition: &Condition,
        asked: &[Asked],
        parts: Option<usize>,
        control: &Control,
    ) -> Result<Self, Failure> {
        let own = |scenario: &Scenario| World::new(scenario, &[]).look(condition, &[], control);
        let now = own(scenario)?;
        let all = asked.is_empty();
        let mut alternatives = Vec::new();
        let mut step = |change: Change, there: Option<Scenario>| -> Result<(), Failure> {
            let look = there.map_or(Ok(Look::default()), |there| own(&there))?;
            let turns = look.holds.is_some_and(|holds| Some(holds) != now.holds);
            alternatives.push(Alternative { change, look, turns });
            Ok(())
        };
        if all {
            for index in 0..scenario.keys.shock.len() {
                step(Change::NoShock(index), scenario.without_shock(index).ok())?;
            }
            for index in 0..scenario.keys.policy.len() {
                step(Change::NoPolicy(index), scenario.without_policy(index).ok())?;
            }
        }
        let mut axes = if all { Axis::every(scenario) } else { Vec::new() };
        for asked in asked {
            match asked {
                Asked::Numbers(axis) => axes.push(axis.clone()),
                Asked::Words(key, values) => {
                    for value in values {
                        step(Change::Word(key.clone(), value.clone()), scenario.set(key, value).ok())?;
                    }
                }
            }
        }
        let mut runs = 1 + alternatives.len() as u64;
        let mut keys = Vec::with_capacity(axes.len());
        for axis in axes {
            // Of a key that somebody chose it is told what is answered where the condition does not hold.
            let flips = along(scenario, condition, axis, parts, !all, control)?;
            runs += flips.runs;
            keys.push(flips);
        }
        if all {
            nearest_first(&mut keys);
        }
        let met = now.holds == Some(true)
            || keys.iter().any(|flips| !flips.found.intervals.is_empty())
            || alternatives.iter().any(|alternative| alternative.look.holds == Some(true));
        let stretch = if met { None } else { Stretch::longest(scenario, condition, &keys, control)? };
        Ok(Self {
            scenario: scenario.clone(),
            condition: condition.clone(),
            now,
            keys,
            alternatives,
            stretch,
            joint: None,
            all,
            runs,
        })
    }

    /// Whether the condition holds as the scenario stands.
    pub fn holds(&self) -> bool {
        self.now.holds == Some(true)
    }

    /// Whether it holds anywhere that was looked at.
    pub fn met(&self) -> bool {
        self.holds()
            || self.keys.iter().any(|flips| !flips.found.intervals.is_empty())
            || self.alternatives.iter().any(|alternative| alternative.look.holds == Some(true))
    }

    /// Of numbers that never meet their bound, that which comes nearest to it, along keys and after steps; `None` of words, which
    /// are neither near nor far.
    pub fn nearest_miss(&self) -> Option<Miss<'_>> {
        if !matches!(self.condition.test, Test::Number(..)) {
            return None;
        }
        let along = |flips| move |seen| Miss::Along(flips, seen);
        let along = self.keys.iter().flat_map(|flips| flips.found.looks.iter().map(along(flips)));
        let all = std::iter::once(Miss::Now(&self.now)).chain(self.alternatives.iter().map(Miss::After)).chain(along);
        let far = |miss: &Miss<'_>| miss.look().signal.map_or(f64::INFINITY, f64::abs);
        all.filter(|miss| far(miss).is_finite()).min_by(|a, b| far(a).total_cmp(&far(b)))
    }

    /// The answers that were heard along the keys and after steps, each once, in the order in which they were.
    pub fn answers(&self) -> Vec<&Answer> {
        let along = self.keys.iter().flat_map(|flips| &flips.found.looks).map(|seen| &seen.look);
        let steps = self.alternatives.iter().map(|step| &step.look);
        let mut heard: Vec<&Answer> = Vec::new();
        for look in std::iter::once(&self.now).chain(along).chain(steps) {
            if !heard.contains(&&look.answer) {
                heard.push(&look.answer);
            }
        }
        heard
    }

    /// The policy whose end a dotted path addresses, where it promotes a cluster.
    pub fn support(&self, path: &str) -> Option<&Policy> {
        let index: usize = path.strip_prefix("policy.")?.strip_suffix(".until")?.parse().ok()?;
        self.scenario.keys.policy.get(index).filter(|policy| policy.promote.is_some())
    }
}

/// Asks one key; `apart` says whether answers other than numbers are told apart, too, between which the condition does not turn.
///
/// # Errors
/// [`Failure`].
pub fn along(
    scenario: &Scenario,
    condition: &Condition,
    axis: Axis,
    parts: Option<usize>,
    apart: bool,
    control: &Control,
) -> Result<Flips, Failure> {
    let key = [axis.key.clone()];
    let mut world = World::new(scenario, &key);
    let numbers = matches!(condition.question(), Question::Number(_)) || matches!(condition.test, Test::Best(_));
    let usual = if numbers || axis.is_dated() { PARTS } else { PARTS_OF_WORDS };
    let line = Line { lattice: axis.lattice, range: axis.range, parts: parts.unwrap_or(usual), apart };
    let found = search(&line, axis.now, &mut |value| world.look(condition, &[value], control))?;
    let mut runs = world.runs();
    // Both ends once more, each from the scenario as a file would give it.
    for end in found.intervals.iter().flat_map(|interval| [&interval.from, &interval.until]) {
        for seen in [Some(&end.inside), end.outside.as_ref()].into_iter().flatten() {
            let mut anew = World::new(scenario, &key);
            if anew.look(condition, &[seen.value], control)?.holds != seen.look.holds {
                return Err(Failure::Unproved { key: axis.key, value: seen.value });
            }
            runs += anew.runs();
        }
    }
    let mut on_tolerance = Vec::new();
    // Between two dates a gap jumps: that it passes what counts as none would be chance.
    if !axis.is_dated() {
        for end in found.intervals.iter().flat_map(|interval| [&interval.from, &interval.until]) {
            let turns = end.outside.is_some() && !on_tolerance.contains(&end.inside.value);
            if turns && turns_by_tolerance(&mut world, condition, end.inside.value, control)? {
                on_tolerance.push(end.inside.value);
            }
        }
    }
    let nearest = nearest(&axis, &found);
    Ok(Flips { axis, found, nearest, on_tolerance, runs })
}

/// Whether what a verdict or a direction goes by passes, at this value of the key, what still counts as none.
fn turns_by_tolerance(
    world: &mut World,
    condition: &Condition,
    value: f64,
    control: &Control,
) -> Result<bool, Stopped> {
    if !matches!(condition.test, Test::Verdict(_) | Test::Direction(_)) {
        return Ok(false);
    }
    let Some(measures) = world.measures(&[value], control)? else { return Ok(false) };
    let gap = |measure: Measure| measures[measure].filter(|gap| gap.is_finite() && *gap > 0.0);
    let (first, last, limit) = (gap(Measure::InitialGap), gap(Measure::FinalGap), gap(Measure::LongRunGap));
    Ok(match condition.test {
        Test::Direction(_) => first.zip(limit).is_some_and(|(first, limit)| {
            on_tolerance(first) || on_tolerance(limit) || on_tolerance(1.0 + ln(limit).abs() - ln(first).abs())
        }),
        _ => [last, limit].into_iter().flatten().any(on_tolerance),
    })
}

/// The flip nearest to the key's own value.
fn nearest(axis: &Axis, found: &Found) -> Option<Nearest> {
    let now = axis.now.map(|now| axis.lattice.nearest(now))?;
    let holds = found.looks.iter().find(|seen| seen.value == now)?.holds();
    let ends = found.intervals.iter().flat_map(|interval| [&interval.from, &interval.until]);
    let turned = ends.filter_map(|end| if holds { end.outside.as_ref() } else { Some(&end.inside) });
    // Where there is no scenario, there is no other answer.
    let turned = turned.filter(|seen| seen.look.holds.is_some());
    let seen = turned.min_by(|a, b| (a.value - now).abs().total_cmp(&(b.value - now).abs()))?.clone();
    let distance = seen.value - now;
    let relative = (!axis.is_dated() && now != 0.0).then(|| distance / now.abs());
    Some(Nearest { seen, distance, relative })
}
