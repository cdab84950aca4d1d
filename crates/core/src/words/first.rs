//! What is said of the first place of a comparison: which number, date, shock or policy it hangs on, and who takes it where.

use super::flip::{Group, Turn};
use super::speech::Speech;
use super::{capital, comparison, either, listed, quoted};
use crate::compare::Comparison;
use crate::flip::{Change, First, Flips, Nearest, Part};
use crate::numbers::short_to;
use crate::probe::Answer;

/// Changes of the first place beyond the nearest that are told.
const FURTHER: usize = 3;

/// The answer of a comparison, with what its first place hangs on, where that is known. Shocks without which another path is
/// first stand in the headline.
pub fn answer(comparison: &Comparison, first: Option<&First>) -> Vec<String> {
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
    // A key that all runs had at one value is moved in all; one that differs, only in those that have the better-placed run's.
    let moved = |flips: &Flips| {
        let key = &flips.axis.key;
        let at = |index: usize| comparison.members[index].scenario.number(key);
        let all: Vec<(usize, f64)> = (0..labels.len()).filter_map(|index| Some((index, at(index)?))).collect();
        let same = all.iter().filter(|(_, value)| Some(*value) == flips.axis.now);
        let names: Vec<String> = same.map(|(index, _)| name(*index)).collect();
        if names.len() == all.len() { String::new() } else { format!(" in {}", listed(&names)) }
    };
    // Who follows beyond the run that takes the first place.
    let further = |flips: &Flips| -> Vec<String> {
        let below = flips.nearest.as_ref().is_some_and(|nearest| nearest.distance < 0.0);
        let told = |part: &Part| {
            let from = match (flips.axis.is_dated(), below) {
                (true, true) => format!("until {}", speech.date(part.values[1])),
                (true, false) => format!("from {} on", speech.date(part.values[0])),
                (false, true) => format!("from {} down", short_to(part.values[1], false)),
                (false, false) => format!("from {} up", short_to(part.values[0], true)),
            };
            match part.answer {
                Answer::Best(index) if index == first.leader => format!("{from} {} again", name(index)),
                Answer::Best(index) => format!("{from} {}", name(index)),
                Answer::Failed => format!("{from} a run fails"),
                _ => format!("{from} there is no valid scenario"),
            }
        };
        flips.beyond().into_iter().skip(1).take(FURTHER).map(told).collect()
    };
    // Where a run fails there is no other first place: that is told apart.
    let (fails, turns): (Vec<Flips>, Vec<Flips>) =
        first.keys.iter().cloned().partition(|flips| {
            flips.nearest.as_ref().is_some_and(|nearest| nearest.seen.look.answer == Answer::Failed)
        });
    // Those in a row that bring the same run to the first place are told together.
    let told = |keys: &[Flips], group: Group| -> Vec<String> {
        group
            .of(keys)
            .chunk_by(|a, b| a.1.seen.look.answer == b.1.seen.look.answer)
            .map(|same| {
                let place = |(flips, nearest): &(&Flips, &Nearest)| {
                    let Turn { key, value, change } = speech.turn(flips, nearest);
                    let further = further(flips);
                    let more: Vec<String> =
                        std::iter::once(change).chain(further).filter(|text| !text.is_empty()).collect();
                    let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join("; ")) };
                    format!("{key}{} is {value}{more}", moved(flips))
                };
                let places = either(&same.iter().map(place).collect::<Vec<_>>());
                match same[0].1.seen.look.answer {
                    Answer::Best(index) => format!("{} takes it where {places}", name(index)),
                    _ => places,
                }
            })
            .collect()
    };
    let groups: Vec<(Group, Vec<String>)> =
        Group::ALL.into_iter().map(|group| (group, told(&turns, group))).filter(|(_, told)| !told.is_empty()).collect();
    if groups.is_empty() {
        said.push("No number by itself turns the first place, over the values that were asked.".to_owned());
    }
    let failed: Vec<String> = Group::ALL.into_iter().flat_map(|group| told(&fails, group)).collect();
    for (place, (group, told)) in groups.iter().enumerate() {
        let what = if place == 0 { "What the first place hangs on, nearest first" } else { "" };
        said.push(capital(&format!("{what}{}: {}.", group.words(place == 0), told.join("; "))));
    }
    if !failed.is_empty() {
        said.push(format!("Where {} a run fails, and nothing can be compared.", failed.join(" or ")));
    }
    let placed_now: Vec<usize> =
        comparison.gains.iter().enumerate().filter(|(_, gains)| gains.rank == 1).map(|(index, _)| index).collect();
    for step in &first.steps {
        let what = match step.change {
            Change::NoShock(index) => shock(index),
            Change::NoPolicy(index) => {
                let policy = &leader.problem.policies[index];
                format!(
                    "the policy of {} ({})",
                    speech.year(policy.years(&speech.grid).0),
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
        let same = if step.first == placed_now { " all the same" } else { "" };
        said.push(format!("Without {what} {}{same}.", placed(&step.first)));
    }
    said
}
