//! What is said of a condition and of what it hangs on.

use super::{capital, comparison, listed, quoted};
use crate::compare::Comparison;
use crate::flip::table::percent;
use crate::flip::{Account, Alternative, Change, End, First, Flips, Interval, Joint, Nearest, Stretch};
use crate::measure::{Direction, Outcome, Verdict};
use crate::model::trade::RegimeKind;
use crate::numbers::{counted, short, short_to, year};
use crate::probe::{Answer, Condition, Relation, Test};
use crate::scenario::people::People;

/// Keys of which the nearest flip is told, where every number was asked.
const NEAREST: usize = 5;

/// The account: what holds now, where it holds along each key that was asked or which flips are nearest, what comes of
/// leaving things out, and how finely was looked.
pub fn answer(account: &Account) -> Vec<String> {
    let told = Told { all: account, people: account.scenario.people() };
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
    let (people, grid) = (leader.people(), leader.problem.grid);
    let when = |date: f64| year(grid.start + grid.t(grid.first_period(date)));
    let shock = |index: usize| {
        let shock = &leader.keys.shock[index];
        format!("the shock of {} ({})", when(shock.at), people.retold(&shock.describe()))
    };
    let carried: Vec<String> = first
        .shocks()
        .filter_map(|(index, step)| Some(format!("without {} {} is first", shock(index), name(step.first?))))
        .collect();
    if let (Some(headline), false) = (said.first_mut(), carried.is_empty()) {
        *headline += &format!(" {}.", capital(&carried.join("; ")));
    }
    let near = first.keys.iter().filter_map(|flips| Some((flips, flips.nearest.as_ref()?)));
    let at = |(flips, nearest): (&Flips, &Nearest)| {
        let say = |value: f64| if flips.axis.is_dated() { year(grid.start + value) } else { short(value) };
        let now = flips.axis.now.map_or_else(String::new, |now| format!(" instead of {}", say(now)));
        let there = if flips.axis.is_dated() { say(nearest.seen.value) } else { nearest.shown() };
        format!("{} = {there}{now} ({})", flips.axis.key, percent(nearest.relative))
    };
    // Those in a row that bring the same run to the first place are told together.
    let near: Vec<_> = near.take(NEAREST).collect();
    let told: Vec<String> = near
        .chunk_by(|a, b| a.1.seen.look.answer == b.1.seen.look.answer)
        .map(|same| {
            let places = listed(&same.iter().copied().map(at).collect::<Vec<_>>());
            match same[0].1.seen.look.answer {
                Answer::Best(index) => format!("{} takes it at {places}", name(index)),
                _ => format!("a run fails at {places}"),
            }
        })
        .collect();
    said.push(match told.len() {
        0 => "No number by itself turns the first place, over the values that were asked.".to_owned(),
        _ => format!("What the first place hangs on, nearest first: {}.", told.join("; ")),
    });
    for step in &first.steps {
        let what = match step.change {
            Change::NoShock(index) => shock(index),
            Change::NoPolicy(index) => {
                let policy = &leader.problem.policies[index];
                format!(
                    "the policy of {} ({})",
                    year(policy.years(&grid).0),
                    people.retold(&policy.describe(&leader.problem.sectors))
                )
            }
            Change::Word(..) => continue,
        };
        match (step.turns, step.first, &step.change) {
            // In the headline already.
            (true, _, Change::NoShock(_)) => {}
            (true, Some(then), _) => said.push(format!("Without {what} {} is first.", name(then))),
            (false, Some(_), _) => said.push(format!("Without {what} {} is first all the same.", name(first.leader))),
            (_, None, _) => {}
        }
    }
    said
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
        Test::Direction(Direction::Narrowing) => "the gap narrows".to_owned(),
        Test::Direction(Direction::Widening) => "the gap widens".to_owned(),
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
        Test::Best(i) => format!("of all clusters, one in {} is worth most to {poor}", sector(i)),
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
    people: People,
}

impl Told<'_> {
    fn claim(&self) -> String {
        claim(&self.all.condition, &self.people)
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
            _ => answer.spelling(self.people.sectors()),
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

    /// A date, as a year.
    fn date(&self, t: f64) -> String {
        year(self.all.scenario.problem.grid.start + t)
    }

    /// A value of a key.
    fn value(&self, flips: &Flips, value: f64) -> String {
        if flips.axis.is_dated() { self.date(value) } else { short(value) }
    }

    /// Where it holds along a key.
    fn along(&self, flips: &Flips) -> Vec<String> {
        let key = &flips.axis.key;
        let supports = self.all.support(key).map(|support| flips.axis.lattice.nearest(support.from));
        let [low, high] = flips.axis.range.map(|value| self.value(flips, value));
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
                true => self.date(end.inside.value),
                false => short_to(end.inside.value, !up),
            };
            match &end.outside {
                None => format!("{} {inside}, the end of what was asked", if up { "up to" } else { "from" }),
                Some(outside) if flips.axis.is_dated() => {
                    let why = if outside.look.holds.is_none() { " (no scenario)" } else { "" };
                    format!("{} {inside}, not in {}{why}", if up { "until" } else { "from" }, self.date(outside.value))
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
        let since = interval.from.inside.value;
        let at = format!("{} = {since} ({})", flips.axis.key, self.date(since));
        let enough = format!("{at}: {} of support {} enough", one(&least), is(&least));
        let enough = match interval.from.outside.as_ref().filter(|outside| outside.look.holds.is_some()) {
            Some(outside) => {
                let short_of = years(outside.value);
                format!("{enough}, {short_of} {} not", is(&short_of))
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
        let grid = self.all.scenario.problem.grid;
        let what = match &step.change {
            Change::Word(key, _) => format!("With {key} = {}", step.change.value()),
            Change::NoPolicy(index) => {
                let policy = &self.all.scenario.problem.policies[*index];
                let label = self.people.retold(&policy.describe(&self.all.scenario.problem.sectors));
                format!("Without the policy from {} on ({label})", year(policy.years(&grid).0))
            }
            Change::NoShock(index) => {
                let shock = &self.all.scenario.keys.shock[*index];
                let when = grid.start + grid.t(grid.first_period(shock.at));
                format!("Without the shock of {} ({})", year(when), self.people.retold(&shock.describe()))
            }
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
        let near = self.all.keys.iter().filter_map(|flips| Some((flips, flips.nearest.as_ref()?)));
        let told: Vec<String> = near
            .take(NEAREST)
            .map(|(flips, nearest)| {
                let from =
                    flips.axis.now.map_or_else(String::new, |now| format!(" instead of {}", self.value(flips, now)));
                let value = match flips.axis.is_dated() {
                    true => self.date(nearest.seen.value),
                    false => nearest.shown(),
                };
                let fails = if nearest.seen.look.answer == Answer::Failed { ": the run fails" } else { "" };
                format!("{} ({value}{from}, {}{fails})", flips.axis.key, percent(nearest.relative))
            })
            .collect();
        match told.len() {
            0 => "No number by itself turns the answer, over the values asked.".to_owned(),
            _ => format!("What the answer hangs on, nearest first: {}.", listed(&told)),
        }
    }

    /// How near it came where it was never met.
    fn missed(&self) -> Vec<String> {
        let mut said = vec!["Nothing that was asked meets it.".to_owned()];
        if let Some((flips, seen)) = self.all.nearest_miss() {
            let value = self.value(flips, seen.value);
            said.push(format!(
                "It comes nearest with {} = {value}: {}.",
                flips.axis.key,
                self.answer(&seen.look.answer)
            ));
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
            "With {} = {} the cluster stands on its own for a stretch, from {} to {}, and {then} later.",
            flips.axis.key,
            self.value(flips, stretch.value),
            year(stretch.from),
            year(stretch.until),
        )
    }

    fn joint(&self, joint: &Joint) -> String {
        let moved = joint.axes.iter().zip(&joint.values).filter_map(|(axis, value)| {
            let ratio = value / axis.now?;
            // What moves by less than a ten-thousandth has no part in it.
            ((ratio - 1.0).abs() >= 1e-4).then_some((axis, *value, ratio - 1.0))
        });
        let mut moved: Vec<_> = moved.collect();
        moved.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()));
        let told: Vec<String> = moved
            .iter()
            .map(|(axis, value, share)| format!("{} = {} ({})", axis.key, short(*value), percent(*share)))
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
