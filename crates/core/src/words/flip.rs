//! What is said of a condition and of what it hangs on.

use super::speech::Speech;
use super::{capital, comparison, date, either, listed, quoted};
use crate::compare::Comparison;
use crate::flip::{Account, Alternative, Change, End, First, Flips, Interval, Joint, Nearest, Stretch};
use crate::measure::{Direction, Outcome, Verdict};
use crate::model::trade::RegimeKind;
use crate::numbers::{change, counted, exactly, short, short_to};
use crate::probe::{Answer, Condition, Relation, Test};
use crate::scenario::people::People;

/// Numbers of which the nearest flip is told, where every number was asked.
const NEAREST: usize = 5;
/// Dates, and keys that are 0, of which it is.
const BESIDE: usize = 2;

/// The account: what holds now, where it holds along each key that was asked or which flips are nearest, what comes of
/// leaving things out, and how finely was looked.
pub fn answer(account: &Account) -> Vec<String> {
    let told = Told { all: account, speech: Speech::of(&account.scenario) };
    let mut said = vec![told.now()];
    if account.all {
        said.extend(account.alternatives.iter().map(|step| told.step(step)));
        said.push(told.hangs_on());
    } else {
        for flips in &account.keys {
            said.extend(told.along(flips));
        }
        said.extend(account.alternatives.iter().map(|step| told.step(step)));
    }
    if !account.met() {
        said.extend(told.missed());
    }
    said.extend(account.stretch.map(|stretch| told.stretch(stretch)));
    said.extend(account.joint.as_ref().map(|joint| told.joint(joint)));
    said.extend(told.tolerance());
    said.extend(told.resolution());
    said
}

/// The answer of a comparison, with what its first place hangs on, where that is known. Shocks without which another path is
/// first stand in the headline.
pub fn of_first(comparison: &Comparison, first: Option<&First>) -> Vec<String> {
    let mut said = comparison::answer(comparison);
    let Some(first) = first else { return said };
    let labels = comparison.labels();
    let name = |index: usize| quoted(labels[index]);
    let leader = &comparison.members[first.leader].scenario;
    let speech = Speech::of(leader);
    let shock = |index: usize| speech.shock(&leader.keys.shock[index]);
    // Those that cannot be told apart share the place.
    let placed = |places: &[usize]| match places {
        [only] => format!("{} is first", name(*only)),
        several => {
            let names: Vec<String> = several.iter().map(|index| name(*index)).collect();
            format!("{} share the first place", listed(&names))
        }
    };
    let carried: Vec<String> =
        first.shocks().map(|(index, step)| format!("without {} {}", shock(index), placed(&step.first))).collect();
    if let (Some(headline), false) = (said.first_mut(), carried.is_empty()) {
        *headline += &format!(" {}.", capital(&carried.join("; ")));
    }
    // Those in a row that bring the same run to the first place are told together.
    let told = |group: Group| -> Vec<String> {
        group
            .of(&first.keys)
            .chunk_by(|a, b| a.1.seen.look.answer == b.1.seen.look.answer)
            .map(|same| {
                let place = |(flips, nearest): &(&Flips, &Nearest)| {
                    let Turn { key, value, change } = speech.turn(flips, nearest);
                    let change = if change.is_empty() { change } else { format!(" ({change})") };
                    format!("{key} is {value}{change}")
                };
                let places = either(&same.iter().map(place).collect::<Vec<_>>());
                match same[0].1.seen.look.answer {
                    Answer::Best(index) => format!("{} takes it where {places}", name(index)),
                    _ => format!("a run fails where {places}"),
                }
            })
            .collect()
    };
    let groups: Vec<(Group, Vec<String>)> =
        Group::ALL.into_iter().map(|group| (group, told(group))).filter(|(_, told)| !told.is_empty()).collect();
    if groups.is_empty() {
        said.push("No number by itself turns the first place, over the values that were asked.".to_owned());
    }
    for (place, (group, told)) in groups.iter().enumerate() {
        let what = if place == 0 { "What the first place hangs on, nearest first" } else { "" };
        said.push(capital(&format!("{what}{}: {}.", group.words(place == 0), told.join("; "))));
    }
    for step in &first.steps {
        let what = match step.change {
            Change::NoShock(index) => shock(index),
            Change::NoPolicy(index) => {
                let policy = &leader.problem.policies[index];
                format!(
                    "the policy of {} ({})",
                    date(speech.grid, policy.years(&speech.grid).0),
                    speech.people.retold(&policy.describe(&leader.problem.sectors))
                )
            }
            Change::Word(..) => continue,
        };
        // Where there is no such comparison nothing is said; what carries the first place stands in the headline already.
        let headline = step.turns && matches!(step.change, Change::NoShock(_));
        if step.first.is_empty() || headline {
            continue;
        }
        let same = if step.first == [first.leader] { " all the same" } else { "" };
        said.push(format!("Without {what} {}{same}.", placed(&step.first)));
    }
    said
}

/// Keys whose flips can be put in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// By the share of their own value.
    Numbers,
    /// By years.
    Dates,
    /// In no order: there is nothing to measure against.
    Zeros,
}

impl Group {
    const ALL: [Self; 3] = [Self::Numbers, Self::Dates, Self::Zeros];

    /// The flips of this group that are told.
    fn of(self, keys: &[Flips]) -> Vec<(&Flips, &Nearest)> {
        let near = keys.iter().filter_map(|flips| Some((flips, flips.nearest.as_ref()?)));
        let belongs = |(flips, nearest): &(&Flips, &Nearest)| {
            self == match (flips.axis.is_dated(), nearest.relative) {
                (true, _) => Self::Dates,
                (false, Some(_)) => Self::Numbers,
                (false, None) => Self::Zeros,
            }
        };
        near.filter(belongs).take(if self == Self::Numbers { NEAREST } else { BESIDE }).collect()
    }

    /// What it is of, behind what is said first or at the beginning of a sentence of its own.
    fn words(self, first: bool) -> &'static str {
        match (self, first) {
            (Self::Numbers, _) => "",
            (Self::Dates, true) => ", by dates",
            (Self::Dates, false) => "by dates",
            (Self::Zeros, true) => ", by what is 0 now",
            (Self::Zeros, false) => "by what is 0 now",
        }
    }
}

/// Where an answer turns along a key.
struct Turn {
    /// The key.
    key: String,
    /// The value, instead of which, as a date where it is one.
    value: String,
    /// How far that is; empty where it cannot be told.
    change: String,
}

impl Speech {
    fn turn(&self, flips: &Flips, nearest: &Nearest) -> Turn {
        let axis = &flips.axis;
        let there = if axis.is_dated() { self.date(nearest.seen.value) } else { nearest.shown() };
        let now = axis.now.map_or_else(String::new, |now| format!(" instead of {}", self.value(&axis.key, now)));
        Turn { key: self.key(&axis.key), value: format!("{there}{now}"), change: nearest.change(axis) }
    }
}

/// What a condition claims, in words.
pub fn claim(condition: &Condition, people: &People) -> String {
    let (poor, rich) = (&people.poor, &people.rich);
    let sector = |i: usize| people.sectors().get(i).map_or("", String::as_str);
    match condition.test {
        Test::Verdict(Verdict::FallingBehind) => format!("{poor} falls behind {rich} for ever"),
        Test::Verdict(Verdict::Ahead) => format!("{poor} ends ahead of {rich}"),
        Test::Verdict(Verdict::Converged) => "the gap is closed at the horizon and stays closed".to_owned(),
        Test::Verdict(Verdict::Converging) => "the gap closes beyond the horizon".to_owned(),
        Test::Verdict(Verdict::PersistentGap) => "a gap remains for good".to_owned(),
        Test::Direction(Direction::Overtaking) => format!("{poor} starts behind {rich} and ends ahead"),
        Test::Direction(Direction::Overtaken) => format!("{poor} starts ahead of {rich} and ends behind"),
        Test::Direction(Direction::Narrowing) => format!("{poor} and {rich} end nearer to one another than they began"),
        Test::Direction(Direction::Widening) => format!("{poor} and {rich} end further apart than they began"),
        Test::Direction(Direction::Steady) => "the gap ends as wide as it began".to_owned(),
        Test::Outcome(Outcome::NeverFormed) => "the promoted cluster never forms".to_owned(),
        Test::Outcome(Outcome::SelfSustaining) => "the promoted cluster stands on its own in the end".to_owned(),
        Test::Outcome(Outcome::Subsidised) => "the promoted cluster is subsidised for ever".to_owned(),
        Test::Outcome(Outcome::Replaced) => "another cluster than the promoted one holds in the end".to_owned(),
        Test::Outcome(Outcome::Collapsed) => "the promoted cluster does not last, and none takes its place".to_owned(),
        Test::LongRunRegime(wanted) => {
            let where_to = wanted.sector.map_or_else(String::new, |i| format!(" in {}", sector(i)));
            match wanted.kind {
                RegimeKind::Cluster => format!("a cluster{where_to} holds in the end"),
                RegimeKind::Isolation => format!("{poor} ends in isolation{}", where_to.replace(" in ", ", making ")),
                RegimeKind::Diversified => format!("{poor} ends diversified"),
                RegimeKind::Closed => format!("{poor} ends closed to trade"),
            }
        }
        Test::Best(i) => format!("no other cluster is worth more to {poor} than one in {}", sector(i)),
        Test::Number(number, relation, bound) => {
            let than = match relation {
                Relation::Below => "less than",
                Relation::AtMost => "at most",
                Relation::Above => "more than",
                Relation::AtLeast => "at least",
            };
            format!("the {} is {than} {}", number.phrase(), short(bound))
        }
    }
}

struct Told<'a> {
    all: &'a Account,
    speech: Speech,
}

impl Told<'_> {
    fn claim(&self) -> String {
        claim(&self.all.condition, &self.speech.people)
    }

    /// An answer in a sentence.
    fn answer(&self, answer: &Answer) -> String {
        match answer {
            Answer::NoScenario => "there is no such scenario".to_owned(),
            Answer::Failed => "the run fails".to_owned(),
            Answer::Nothing if matches!(self.all.condition.test, Test::Number(..)) => {
                "there is no such number".to_owned()
            }
            Answer::Nothing => "no cluster is promoted".to_owned(),
            Answer::Number(number) => short(*number),
            _ => answer.spelling(self.speech.people.sectors()),
        }
    }

    fn now(&self) -> String {
        let now = &self.all.now;
        match (now.holds, &now.answer) {
            (Some(true), Answer::Number(number)) => {
                format!("As the scenario stands, {}: it is {}.", self.claim(), short(*number))
            }
            (Some(true), _) => format!("As the scenario stands, {}.", self.claim()),
            (_, answer) => {
                format!("As the scenario stands, it is not so that {} ({}).", self.claim(), self.answer(answer))
            }
        }
    }

    /// Where it holds along a key.
    fn along(&self, flips: &Flips) -> Vec<String> {
        let axis = &flips.axis;
        let key = capital(&self.speech.key(&axis.key));
        let supports = self.all.support(&axis.key).map(|support| axis.lattice.nearest(support.from));
        let [low, high] = axis.range.map(|value| self.speech.value(&axis.key, value));
        match &flips.found.intervals[..] {
            [] => vec![format!("{key}: it holds nowhere from {low} to {high}.")],
            [Interval { from: End { outside: None, .. }, until: End { outside: None, .. } }] => {
                vec![format!("{key}: it holds throughout from {low} to {high}.")]
            }
            intervals => {
                let told = |interval| match supports {
                    Some(from) => self.support(flips, interval, from),
                    None => format!("{key}: {}.", self.interval(flips, interval)),
                };
                intervals.iter().map(told).collect()
            }
        }
    }

    fn interval(&self, flips: &Flips, interval: &Interval) -> String {
        let side = |end: &End, up: bool| {
            let inside = match flips.axis.is_dated() {
                true => self.speech.date(end.inside.value),
                false => short_to(end.inside.value, !up),
            };
            match &end.outside {
                None => format!("{} {inside}, the end of what was asked", if up { "up to" } else { "from" }),
                Some(outside) if flips.axis.is_dated() => {
                    let why = if outside.look.holds.is_none() { " (no scenario)" } else { "" };
                    format!(
                        "{} {inside}, not in {}{why}",
                        if up { "until" } else { "from" },
                        self.speech.date(outside.value)
                    )
                }
                Some(_) => format!("{} {inside}", if up { "up to" } else { "from" }),
            }
        };
        format!("it holds {}, and {}", side(&interval.from, false), side(&interval.until, true))
    }

    /// How long support must be, in years.
    fn support(&self, flips: &Flips, interval: &Interval, from: f64) -> String {
        let years = |value: f64| {
            // Dates are whole periods: what is left of their difference is rounding.
            short(flips.axis.lattice.nearest(value) - from)
        };
        let one = |years: &str| if years == "1" { "1 year".to_owned() } else { format!("{years} years") };
        let is = |years: &str| if years == "1" { "is" } else { "are" };
        let (least, most) = (years(interval.from.inside.value), years(interval.until.inside.value));
        // The last date of support comes before the first without it.
        let first = self.speech.date(from);
        let last = self.speech.date(interval.from.inside.value - self.speech.grid.period);
        let when = if first == last { format!("in {first}") } else { format!("from {first} to {last}") };
        let enough = format!("{} of support {} enough, {when}", one(&least), is(&least));
        let enough = match interval.from.outside.as_ref().filter(|outside| outside.look.holds.is_some()) {
            Some(outside) => {
                let short_of = years(outside.value);
                format!("{enough}; {short_of} {} not", is(&short_of))
            }
            None => enough,
        };
        match &interval.until.outside {
            Some(outside) => {
                let beyond = years(outside.value);
                format!("{enough}; up to {} it holds, {beyond} {} too many.", one(&most), is(&beyond))
            }
            None => enough + ".",
        }
    }

    /// What comes of a step.
    fn step(&self, step: &Alternative) -> String {
        let (people, grid) = (&self.speech.people, self.speech.grid);
        let what = match &step.change {
            Change::Word(key, _) => {
                format!("Where {} is {}", self.speech.key(key), people.value(key, &step.change.value()))
            }
            Change::NoPolicy(index) => {
                let policy = &self.all.scenario.problem.policies[*index];
                let label = people.retold(&policy.describe(&self.all.scenario.problem.sectors));
                format!("Without the policy from {} on ({label})", date(grid, policy.years(&grid).0))
            }
            Change::NoShock(index) => format!("Without {}", self.speech.shock(&self.all.scenario.keys.shock[*index])),
        };
        match (step.look.holds, step.turns) {
            (None, _) => format!("{what} there is no scenario."),
            (Some(true), true) => format!("{what} it holds."),
            (Some(false), true) => format!("{what} it does not hold ({}).", self.answer(&step.look.answer)),
            (Some(true), false) => format!("{what} it holds all the same."),
            (Some(false), false) => format!("{what} it does not hold either."),
        }
    }

    /// The keys whose flips are nearest.
    fn hangs_on(&self) -> String {
        let place = |(flips, nearest): (&Flips, &Nearest)| {
            let Turn { key, value, change } = self.speech.turn(flips, nearest);
            let change = if change.is_empty() { change } else { format!(", {change}") };
            let fails = if nearest.seen.look.answer == Answer::Failed { ": the run fails" } else { "" };
            format!("{key} ({value}{change}{fails})")
        };
        let told = |group: Group| -> Vec<String> { group.of(&self.all.keys).into_iter().map(place).collect() };
        let groups = Group::ALL.into_iter().map(|group| (group, told(group))).filter(|(_, told)| !told.is_empty());
        let sentence = |(place, (group, told)): (usize, (Group, Vec<String>))| {
            let what = if place == 0 { "What the answer hangs on, nearest first" } else { "" };
            capital(&format!("{what}{}: {}.", group.words(place == 0), listed(&told)))
        };
        match groups.enumerate().map(sentence).collect::<Vec<_>>() {
            none if none.is_empty() => "No number by itself turns the answer, over the values asked.".to_owned(),
            sentences => sentences.join(" "),
        }
    }

    /// Where an answer turns by nothing but what counts as no gap.
    fn tolerance(&self) -> Option<String> {
        let keys = self.all.keys.iter().filter(|flips| !flips.on_tolerance.is_empty());
        let told = |flips: &Flips| {
            let values: Vec<String> = flips.on_tolerance.iter().map(|value| short(*value)).collect();
            format!("{} = {}", self.speech.key(&flips.axis.key), listed(&values))
        };
        let told: Vec<String> = keys.take(NEAREST).map(told).collect();
        let what = match self.all.condition.test {
            Test::Direction(_) => "a change of the gap counts as none",
            _ => "a gap counts as closed",
        };
        (!told.is_empty()).then(|| {
            format!("Near {} no threshold of the economy is passed, but the 1 % within which {what}.", listed(&told))
        })
    }

    /// How near it came where it was never met.
    fn missed(&self) -> Vec<String> {
        let mut said = vec!["Nothing that was asked meets it.".to_owned()];
        if let Some((flips, seen)) = self.all.nearest_miss() {
            let (key, value) = (self.speech.key(&flips.axis.key), self.speech.value(&flips.axis.key, seen.value));
            said.push(format!("It comes nearest where {key} is {value}: {}.", self.answer(&seen.look.answer)));
        } else if !matches!(self.all.condition.test, Test::Number(..)) {
            let heard: Vec<String> = self.all.answers().into_iter().map(|answer| self.answer(answer)).collect();
            said.push(format!("{} is what comes of it instead.", capital(&listed(&heard))));
        }
        said
    }

    fn stretch(&self, stretch: Stretch) -> String {
        let Some(flips) = self.all.keys.get(stretch.key) else { return String::new() };
        let then = if stretch.subsidised_again { "needs a subsidy again" } else { "collapses" };
        format!(
            "Where {} is {} the cluster stands on its own for a stretch, from {} to {}, and {then} later.",
            self.speech.key(&flips.axis.key),
            self.speech.value(&flips.axis.key, stretch.value),
            date(self.speech.grid, stretch.from),
            date(self.speech.grid, stretch.until),
        )
    }

    fn joint(&self, joint: &Joint) -> String {
        let moved = joint.axes.iter().zip(&joint.told).filter_map(|(axis, told)| {
            let told = (*told)?;
            Some((axis, told, told / axis.now? - 1.0))
        });
        let mut moved: Vec<_> = moved.collect();
        moved.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()));
        let told: Vec<String> = moved
            .iter()
            .map(|(axis, value, share)| {
                format!("{} = {} ({})", self.speech.key(&axis.key), exactly(*value), change(*share))
            })
            .collect();
        let proof = if joint.proved {
            format!("none of its {} neighbours turns it with less", counted(joint.neighbours as u64))
        } else {
            "a smaller one may exist".to_owned()
        };
        format!(
            "All keys together, the smallest change that turns it is {} (norm of the logs): {}; {proof}.",
            short(joint.size),
            listed(&told)
        )
    }

    /// How finely was looked.
    fn resolution(&self) -> Option<String> {
        match &self.all.keys[..] {
            [] => None,
            [flips] if flips.found.resolution == 0.0 => Some("Every date was looked at.".to_owned()),
            [flips] => Some(format!(
                "Looked at in steps of {} first: an interval that is narrower may have been missed.",
                short(flips.found.resolution)
            )),
            keys => {
                let least = keys.iter().map(|flips| flips.found.looks.len()).min().unwrap_or(0);
                Some(format!(
                    "Each key was looked at {least} values at least: an interval between two of them may have been missed."
                ))
            }
        }
    }
}
