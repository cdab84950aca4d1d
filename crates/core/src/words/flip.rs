//! What is said of a condition and of what it hangs on.

use super::speech::Speech;
use super::{capital, either, listed};
use crate::flip::{Account, Alternative, Change, End, Flips, Interval, Joint, Miss, Nearest, Part, Stretch};
use crate::measure::{Direction, Outcome, Verdict};
use crate::model::trade::RegimeKind;
use crate::numbers::{change, counted, exactly, short, short_to, year};
use crate::probe::{Answer, Condition, Relation, Test};
use crate::scenario::people::People;

/// Numbers of which the nearest flip is told, where every number was asked.
const NEAREST: usize = 5;
/// Dates, and keys that are 0, of which it is.
const BESIDE: usize = 2;

/// The account: what holds now, where it holds along each key that was asked or which flips are nearest, what comes of
/// leaving things out, and how finely was looked.
pub fn answer(account: &Account) -> Vec<String> {
    let told = Said { all: account, speech: Speech::of(&account.scenario) };
    let mut said = vec![told.now()];
    if matches!(account.condition.test, Test::Best(_)) {
        said.push(told.speech.programme(&account.scenario.problem));
    }
    if account.all {
        said.extend(account.alternatives.iter().map(|step| told.step(step)));
        // Where nothing meets it, no number can turn it.
        said.extend(account.met().then(|| told.hangs_on()));
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

/// Keys whose flips can be put in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// By the share of their own value.
    Numbers,
    /// By years.
    Dates,
    /// In no order: there is nothing to measure against.
    Zeros,
}

impl Group {
    pub const ALL: [Self; 3] = [Self::Numbers, Self::Dates, Self::Zeros];

    /// The flips of this group that are told.
    pub fn of(self, keys: &[Flips]) -> Vec<(&Flips, &Nearest)> {
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
    pub fn words(self, first: bool) -> &'static str {
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
pub(super) struct Turn {
    /// The key.
    pub key: String,
    /// The value, instead of which, as a date where it is one.
    pub value: String,
    /// How far that is; empty where it cannot be told.
    pub change: String,
}

impl Speech {
    pub(super) fn turn(&self, flips: &Flips, nearest: &Nearest) -> Turn {
        let axis = &flips.axis;
        let key = self.key(&axis.key);
        let instead = |now: String| format!(" instead of {now}");
        if axis.is_dated() {
            let now = axis.now.map_or_else(String::new, |now| instead(self.date(axis.lattice.nearest(now))));
            let there = nearest.seen.value;
            // Where years are not those of the run, what is to be written for the date is said, too.
            let to = if self.grid.start == 0.0 { String::new() } else { format!(" to t = {}", year(there)) };
            let value = format!("{}{now}", self.date(there));
            return Turn { key, value, change: format!("{}{to}", nearest.change(axis)) };
        }
        let now = axis.now.map_or_else(String::new, |now| instead(short(now)));
        Turn { key, value: format!("{}{now}", nearest.shown()), change: nearest.change(axis) }
    }
}

/// What a condition claims, in words.
pub fn claim(condition: &Condition, people: &People) -> String {
    let [claim, _] = sides(condition, people);
    claim
}

/// What a condition claims, and that it does not hold.
fn sides(condition: &Condition, people: &People) -> [String; 2] {
    let (poor, rich) = (&people.poor, &people.rich);
    let sector = |i: usize| people.sectors().get(i).map_or("", String::as_str);
    // Of the poor region, and of a gap, a cluster or both regions, in which only the verb differs.
    let of_poor = |does: &str, not: &str| [does, not].map(|verb| format!("{poor} {verb}"));
    let of_it = |does: &str, not: &str| [does, not].map(str::to_owned);
    let of_both = |verb: &str| [format!("{poor} and {rich} {verb}"), format!("{poor} and {rich} do not {verb}")];
    match condition.test {
        Test::Verdict(Verdict::FallingBehind) => {
            of_poor(&format!("falls behind {rich} for ever"), &format!("does not fall behind {rich} for ever"))
        }
        Test::Verdict(Verdict::Ahead) => {
            of_poor(&format!("ends ahead of {rich}"), &format!("does not end ahead of {rich}"))
        }
        Test::Verdict(Verdict::Converged) => {
            of_it("the gap is closed at the horizon and stays closed", "the gap is not closed for good at the horizon")
        }
        Test::Verdict(Verdict::Converging) => {
            of_it("the gap closes beyond the horizon", "the gap does not go on to close beyond the horizon")
        }
        Test::Verdict(Verdict::PersistentGap) => of_it("a gap remains for good", "it does not end in a gap that stays"),
        Test::Direction(Direction::Overtaking) => of_poor(
            &format!("starts behind {rich} and ends ahead"),
            &format!("does not start behind {rich} and end ahead"),
        ),
        Test::Direction(Direction::Overtaken) => of_poor(
            &format!("starts ahead of {rich} and ends behind"),
            &format!("does not start ahead of {rich} and end behind"),
        ),
        Test::Direction(Direction::Narrowing) => of_both("end nearer to one another than they began"),
        Test::Direction(Direction::Widening) => of_both("end further apart than they began"),
        Test::Direction(Direction::Steady) => {
            of_it("the gap ends as wide as it began", "the gap does not end as wide as it began")
        }
        Test::Outcome(Outcome::NeverFormed) => {
            of_it("the promoted cluster never forms", "the promoted cluster does form")
        }
        Test::Outcome(Outcome::SelfSustaining) => of_it(
            "the promoted cluster stands on its own in the end",
            "the promoted cluster does not stand on its own in the end",
        ),
        Test::Outcome(Outcome::Subsidised) => {
            of_it("the promoted cluster is subsidised for ever", "the promoted cluster is not subsidised for ever")
        }
        Test::Outcome(Outcome::Replaced) => of_it(
            "another cluster than the promoted one holds in the end",
            "no other cluster takes the place of the promoted one in the end",
        ),
        Test::Outcome(Outcome::Collapsed) => of_it(
            "the promoted cluster does not last, and none takes its place",
            "the promoted cluster does not collapse",
        ),
        Test::LongRunRegime(wanted) => {
            let named = |before: &str| wanted.sector.map_or_else(String::new, |i| format!("{before}{}", sector(i)));
            let (there, making) = (named(" in "), named(", making "));
            match wanted.kind {
                RegimeKind::Cluster => {
                    [format!("a cluster{there} holds in the end"), format!("no cluster{there} holds in the end")]
                }
                RegimeKind::Isolation => {
                    of_poor(&format!("ends in isolation{making}"), &format!("does not end in isolation{making}"))
                }
                RegimeKind::Diversified => of_poor("ends diversified", "does not end diversified"),
                RegimeKind::Closed => of_poor("ends closed to trade", "does not end closed to trade"),
            }
        }
        Test::Best(i) => [
            format!("no other cluster is worth more to {poor} than one in {}", sector(i)),
            format!("the cluster worth most to {poor} is not one in {}", sector(i)),
        ],
        Test::Number(number, relation, bound) => {
            let than = match relation {
                Relation::Below => "less than",
                Relation::AtMost => "at most",
                Relation::Above => "more than",
                Relation::AtLeast => "at least",
            };
            let (number, bound) = (number.phrase(), short(bound));
            ["is", "is not"].map(|verb| format!("the {number} {verb} {than} {bound}"))
        }
    }
}

struct Said<'a> {
    all: &'a Account,
    speech: Speech,
}

impl Said<'_> {
    fn claim(&self) -> String {
        claim(&self.all.condition, &self.speech.people)
    }

    /// An answer in a sentence.
    fn answer(&self, answer: &Answer) -> String {
        match answer {
            Answer::NoScenario => "there is no valid scenario".to_owned(),
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
            // A run that fails, or has nothing that the condition speaks of, denies nothing.
            (_, Answer::Failed) => "As the scenario stands, the run fails.".to_owned(),
            (_, Answer::Nothing) if matches!(self.all.condition.test, Test::Outcome(_)) => {
                "As the scenario stands, no cluster is promoted.".to_owned()
            }
            (_, answer) => {
                let [_, denial] = sides(&self.all.condition, &self.speech.people);
                let instead = match (self.all.condition.test, answer) {
                    (Test::Best(_), Answer::Best(_)) => format!(" but one in {}", self.answer(answer)),
                    _ => format!(" ({})", self.answer(answer)),
                };
                format!("As the scenario stands, {denial}{instead}.")
            }
        }
    }

    /// Where it holds along a key.
    fn along(&self, flips: &Flips) -> Vec<String> {
        let axis = &flips.axis;
        let key = capital(&self.speech.key(&axis.key));
        let supports = self.all.support(&axis.key).map(|support| axis.lattice.nearest(support.from));
        let [low, high] = axis.range.map(|value| self.speech.value(&axis.key, value));
        let mut said = match &flips.found.intervals[..] {
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
        };
        said.extend(self.elsewhere(flips));
        said
    }

    /// What is answered where along a key the condition does not hold, if that is not one thing.
    fn elsewhere(&self, flips: &Flips) -> Option<String> {
        let parts: Vec<&Part> = flips.elsewhere().collect();
        // Where there is no scenario, nothing is answered.
        let mut answers = parts.iter().map(|part| &part.answer).filter(|answer| **answer != Answer::NoScenario);
        let first = answers.next();
        let several = answers.any(|answer| Some(answer) != first);
        let told = |part: &&Part| {
            let [first, last] = match flips.axis.is_dated() {
                true => part.values.map(|value| self.speech.due(value)),
                // Rounded inwards: where it is said to be so, it is.
                false => [short_to(part.values[0], true), short_to(part.values[1], false)],
            };
            let what = match &part.answer {
                Answer::NoScenario => "no valid scenario".to_owned(),
                Answer::Failed => "a run that fails".to_owned(),
                Answer::Nothing => "no cluster promoted".to_owned(),
                Answer::Best(_) => format!("one in {}", self.answer(&part.answer)),
                answer => self.answer(answer),
            };
            if first == last { format!("{what} at {first}") } else { format!("{what} from {first} to {last}") }
        };
        several.then(|| format!("Elsewhere along it: {}.", parts.iter().map(told).collect::<Vec<_>>().join("; ")))
    }

    fn interval(&self, flips: &Flips, interval: &Interval) -> String {
        let side = |end: &End, up: bool| {
            let inside = match flips.axis.is_dated() {
                true => self.speech.due(end.inside.value),
                false => short_to(end.inside.value, !up),
            };
            match &end.outside {
                None => format!("{} {inside}, the end of what was asked", if up { "up to" } else { "from" }),
                Some(outside) if flips.axis.is_dated() => {
                    let why = if outside.look.holds.is_none() { " (no valid scenario)" } else { "" };
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
        let does = |years: &str| if years == "1" { "does" } else { "do" };
        let (least, most) = (years(interval.from.inside.value), years(interval.until.inside.value));
        // The last date of support comes before the first without it.
        let first = self.speech.date(from);
        let last = self.speech.date(interval.from.inside.value - self.speech.grid.period);
        let when = if first == last { format!("in {first}") } else { format!("from {first} to {last}") };
        let suffices = if least == "1" { "suffices" } else { "suffice" };
        let enough = format!("{} of support {suffices} for this, {when}", one(&least));
        let enough = match interval.from.outside.as_ref().filter(|outside| outside.look.holds.is_some()) {
            Some(outside) => {
                let short_of = years(outside.value);
                format!("{enough}; {short_of} {} not", does(&short_of))
            }
            None => enough,
        };
        match &interval.until.outside {
            Some(outside) => {
                let beyond = years(outside.value);
                format!("{enough}; up to {} it holds, with {beyond} no longer.", one(&most))
            }
            None => enough + ".",
        }
    }

    /// A step, as the beginning of a sentence or within one.
    fn after(&self, step: &Alternative) -> String {
        let people = &self.speech.people;
        match &step.change {
            Change::Word(key, _) => {
                format!("where {} is {}", self.speech.key(key), people.value(key, &step.change.value()))
            }
            Change::NoPolicy(index) => {
                let policy = &self.all.scenario.problem.policies[*index];
                let label = people.retold(&policy.describe(&self.all.scenario.problem.sectors));
                format!("without the policy from {} on ({label})", self.speech.year(policy.years(&self.speech.grid).0))
            }
            Change::NoShock(index) => format!("without {}", self.speech.shock(&self.all.scenario.keys.shock[*index])),
        }
    }

    /// What comes of a step.
    fn step(&self, step: &Alternative) -> String {
        let what = capital(&self.after(step));
        match (step.look.holds, step.turns) {
            (None, _) => format!("{what} there is no valid scenario."),
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
        if self.all.answers().len() == 1 && !matches!(self.all.condition.test, Test::Number(..)) {
            return vec!["Nothing that was asked meets it: the answer is the same everywhere.".to_owned()];
        }
        let mut said = vec!["Nothing that was asked meets it.".to_owned()];
        if let Some(miss) = self.all.nearest_miss() {
            let place = match miss {
                Miss::Now(_) => "as the scenario stands".to_owned(),
                Miss::Along(flips, seen) => {
                    let (key, value) = (&flips.axis.key, self.speech.value(&flips.axis.key, seen.value));
                    format!("where {} is {value}", self.speech.key(key))
                }
                Miss::After(step) => self.after(step),
            };
            said.push(format!("It comes nearest {place}: {}.", self.answer(&miss.look().answer)));
        } else if !matches!(self.all.condition.test, Test::Number(..)) {
            said.push(self.instead());
        }
        said
    }

    /// What comes of a condition on words that nothing meets.
    fn instead(&self) -> String {
        let heard = self.all.answers();
        let has = |answer: Answer| heard.contains(&&answer);
        let words =
            heard.iter().filter(|answer| !matches!(answer, Answer::NoScenario | Answer::Failed | Answer::Nothing));
        let words: Vec<String> = words.map(|answer| self.answer(answer)).collect();
        let mut parts = Vec::new();
        if !words.is_empty() {
            let what = if matches!(self.all.condition.test, Test::Best(_)) {
                "the cluster worth most is one in"
            } else {
                "what comes of it instead is"
            };
            parts.push(format!("{what} {}", either(&words)));
        }
        if has(Answer::Nothing) {
            parts.push("in some runs no cluster is promoted".to_owned());
        }
        if has(Answer::Failed) {
            parts.push("some runs fail".to_owned());
        }
        if has(Answer::NoScenario) {
            parts.push("some values make no valid scenario".to_owned());
        }
        capital(&format!("{}.", parts.join("; ")))
    }

    fn stretch(&self, stretch: Stretch) -> String {
        let Some(flips) = self.all.keys.get(stretch.key) else { return String::new() };
        let then = if stretch.subsidised_again { "needs a subsidy again" } else { "collapses" };
        format!(
            "Where {} is {} the cluster stands on its own for a stretch, from {} to {}, and {then} later.",
            self.speech.key(&flips.axis.key),
            self.speech.value(&flips.axis.key, stretch.value),
            self.speech.year(stretch.from),
            self.speech.year(stretch.until),
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
                    "Each key was asked at {least} values or more: an interval between two of them may have been missed."
                ))
            }
        }
    }
}
