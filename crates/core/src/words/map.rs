//! Sentences on a map: which regions it has, where the scenario lies, and how far the nearest boundary is.

use super::{capital, listed};
use crate::map::{Here, Label, Map, Starts, phrase, plane};
use crate::numbers::{counted, short};
use crate::scenario::people::People;

/// Regions told one by one; the rest are counted.
const TOLD: usize = 6;

/// What a map shows, the most important first.
pub fn account(map: &Map, people: &People) -> Vec<String> {
    let mut sentences = vec![regions(map, people)];
    sentences.extend(history(map, people));
    sentences.extend(here(map, people));
    sentences.push(exactness(map));
    sentences
}

/// A share in per cent.
fn percent(share: f64) -> String {
    match 100.0 * share {
        percent if percent > 99.95 && percent < 100.0 - 1e-9 => "over 99.9 %".to_owned(),
        percent if percent < 0.1 => "under 0.1 %".to_owned(),
        percent => format!("{percent:.1} %"),
    }
}

fn regions(map: &Map, people: &People) -> String {
    let about = phrase(map.asked.question);
    let about = capital(about);
    let shares = map.shares();
    let word = |answer: usize| map.plane.answers[answer].words(people);
    if let [(only, ..)] = shares[..] {
        return format!("{about}: the same in the whole plane, {}.", word(only));
    }
    let told = |&(answer, share, regions): &(usize, f64, usize)| {
        let apart = if regions > 1 { format!(", in {regions} parts") } else { String::new() };
        format!("{} ({}{apart})", word(answer), percent(share))
    };
    let mut parts: Vec<String> = shares.iter().take(TOLD).map(told).collect();
    if shares.len() > TOLD {
        let rest = &shares[TOLD..];
        let share: f64 = rest.iter().map(|(_, share, _)| share).sum();
        parts.push(format!("{} more ({} together)", rest.len(), percent(share)));
    }
    format!("{about}, over the plane: {}.", listed(&parts))
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

fn at(map: &Map, values: [f64; 2]) -> String {
    let [x, y] = &map.asked.sides;
    format!("{} = {}, {} = {}", x.key, short(values[0]), y.key, short(values[1]))
}

fn here(map: &Map, people: &People) -> Option<String> {
    let Here { values, label, nearest, .. } = map.here.as_ref()?;
    let here = map.here.as_ref().filter(|here| here.on_the_plane());
    let Some(here) = here else {
        return Some(format!(
            "The scenario itself, at {}, is not on this plane: {}.",
            at(map, *values),
            label.words(people)
        ));
    };
    let mut text = format!("The scenario itself lies at {}: {}", at(map, here.values), label.words(people));
    if let Some(nearest) = nearest {
        let beyond = map.plane.answers[nearest.beyond].words(people);
        text += &format!(
            "; the nearest boundary is at {}, {} of a side away, and beyond it {}",
            at(map, nearest.values),
            percent(nearest.distance),
            if matches!(label, Label::Band(_)) { format!("the number is {beyond}") } else { format!("it is {beyond}") }
        );
    }
    Some(text + ".")
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
