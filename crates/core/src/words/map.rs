//! Sentences on a map: which regions it has, where the scenario lies, and how far the nearest boundary is.

use super::speech::Speech;
use super::{capital, listed};
use crate::map::{Map, Side, Starts, measure, phrase, plane};
use crate::numbers::{counted, exactly, percent, short};
use crate::probe::{Lattice, Question, Which};
use crate::scenario::Scenario;
use crate::scenario::people::People;
use std::cmp::Ordering;

/// Regions told one by one; the rest are counted.
const TOLD: usize = 6;

/// What a map shows, the most important first.
pub fn account(map: &Map, scenario: &Scenario) -> Vec<String> {
    let speech = Speech::of(scenario);
    let people = &speech.people;
    let mut sentences = vec![regions(map, people)];
    if map.asked.question == Question::Which(Which::Best) {
        sentences.push(speech.programme(&scenario.problem));
    }
    sentences.extend(parity(map));
    sentences.extend(tolerance(map));
    sentences.extend(history(map, people));
    sentences.extend(here(map, &speech));
    sentences.push(exactness(map));
    sentences
}

fn regions(map: &Map, people: &People) -> String {
    let about = capital(phrase(map.asked.question));
    let mut shares = map.shares();
    let word = |answer: usize| map.plane.answers[answer].words(people);
    if let [(only, ..)] = shares[..] {
        return format!("{about}: the same in the whole plane, {}.", word(only));
    }
    let told = |&(answer, share, regions): &(usize, f64, usize)| {
        let apart = if regions > 1 { format!(", in {regions} parts") } else { String::new() };
        format!("{} ({}{apart})", word(answer), percent(share))
    };
    // Numbers go from low to high, all of them.
    let rest = if map.levels.is_some() {
        shares.sort_unstable_by_key(|(answer, ..)| *answer);
        Vec::new()
    } else {
        shares.split_off(shares.len().min(TOLD))
    };
    let mut parts: Vec<String> = shares.iter().map(told).collect();
    if !rest.is_empty() {
        let share: f64 = rest.iter().map(|(_, share, _)| share).sum();
        parts.push(format!("{} more ({} together)", rest.len(), percent(share)));
    }
    format!("{about}: {}.", listed(&parts))
}

/// On which side of the number that means no difference the plane lies, where it has both.
fn parity(map: &Map) -> Option<String> {
    let pivot = measure(map.asked.question)?.about().pivot;
    let share = |side: Ordering| -> f64 {
        let on = |answer: usize| map.plane.answers[answer].side_of(pivot) == Some(side);
        map.shares().into_iter().filter(|(answer, ..)| on(*answer)).map(|(_, share, _)| share).sum()
    };
    let [below, on, above] = [Ordering::Less, Ordering::Equal, Ordering::Greater].map(share);
    if below == 0.0 || above == 0.0 {
        return None;
    }
    let exactly = if on < 1e-9 { String::new() } else { format!(", exactly that in {}", percent(on)) };
    let pivot = short(pivot?);
    Some(format!("It is below {pivot} in {} of the plane and above in {}{exactly}.", percent(below), percent(above)))
}

/// What a verdict and a direction count as no gap: some boundaries are only that.
fn tolerance(map: &Map) -> Option<String> {
    let several = !map.plane.curves.is_empty();
    let what = match map.asked.question {
        Question::Which(Which::Verdict) => "A gap within 1 % of 1 counts as closed",
        Question::Which(Which::Direction) => "A change of the gap by 1 % or less counts as none",
        _ => return None,
    };
    several.then(|| format!("{what}: a boundary may be no more than that."))
}

/// In how much of the plane history decides.
fn history(map: &Map, people: &People) -> Option<String> {
    if map.asked.starts == Starts::Own {
        return None;
    }
    let several = |answer: usize| map.plane.answers[answer].is_several();
    let bands: Vec<(usize, f64, usize)> = map.shares().into_iter().filter(|(answer, ..)| several(*answer)).collect();
    let share: f64 = bands.iter().map(|(_, share, _)| share).sum();
    Some(match bands[..] {
        [] => "History decides nowhere: from isolation and from a cluster in any sector the answer is the same."
            .to_owned(),
        [(only, ..)] => format!(
            "History decides in {} of the plane: {}, depending on where {} starts.",
            percent(share),
            map.plane.answers[only].words(people),
            people.poor
        ),
        _ => format!(
            "History decides in {} of the plane: there the answer depends on where {} starts.",
            percent(share),
            people.poor
        ),
    })
}

/// Where on the plane, numbers with these digits.
fn at(map: &Map, values: [f64; 2], speech: &Speech, number: fn(f64) -> String) -> String {
    let [x, y] = &map.asked.sides;
    let said = |side: &Side, value: f64| match side.lattice {
        Lattice::Floats => number(value),
        Lattice::Dates(_) => speech.due(value),
    };
    let side = |side: &Side, value: f64| format!("{} = {}", speech.key(&side.key), said(side, value));
    format!("{} and {}", side(x, values[0]), side(y, values[1]))
}

fn here(map: &Map, speech: &Speech) -> Option<String> {
    let (here, people) = (map.here.as_ref()?, &speech.people);
    let word = here.label.words(people);
    let own = at(map, here.values, speech, short);
    if !here.on_the_plane() {
        return Some(format!("The scenario itself, at {own}, is not on this plane: {word}."));
    }
    let mut text = format!("The scenario itself lies at {own}: {word}.");
    if let Some(nearest) = &here.nearest {
        let beyond = &map.plane.answers[nearest.beyond];
        let what = match (nearest.pivot, nearest.told) {
            (None, _) => format!("boundary, to {},", beyond.words(people)),
            (Some(pivot), None) => format!("place where it is {}", short(pivot)),
            // From date to date a number jumps over the one that means no difference.
            (Some(pivot), Some(_)) => {
                let side = match beyond.side_of(Some(pivot)) {
                    Some(Ordering::Less) => "below ",
                    Some(Ordering::Greater) => "above ",
                    _ => "",
                };
                format!("place where it is {side}{}", short(pivot))
            }
        };
        let place = match nearest.told {
            Some(told) => at(map, told, speech, exactly),
            None => at(map, nearest.values, speech, short),
        };
        text += &format!(" The nearest {what} is at {place}, {} of a side away.", percent(nearest.distance));
    }
    Some(text)
}

/// How exact the map is.
fn exactness(map: &Map) -> String {
    let curves = map.plane.curves.len();
    let lines = match curves {
        0 => String::new(),
        1 => "every point of the boundary lies between two runs 1e-9 of a side apart; ".to_owned(),
        _ => format!("every point of the {curves} boundaries lies between two runs 1e-9 of a side apart; "),
    };
    let ragged = if map.plane.ragged {
        format!(" Some boundaries are so ragged that they were not followed to {} of a side.", short(plane::SMOOTH))
    } else {
        String::new()
    };
    format!(
        "Regions as wide as 1/{} of each side are found; {lines}{} points were asked.{ragged}",
        map.asked.resolution,
        counted(map.plane.asked)
    )
}
