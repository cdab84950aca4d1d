//! The pictures of what a sweep's table says: which key matters, where a condition holds, which variant to choose.

use super::Look;
use super::boxes::{self, Boxes, Side};
use super::regret::{self, Regret};
use super::tornado::{self, Block, Estimate, Row, Tornado};
use crate::explain::prim::{Course, Limit};
use crate::explain::{self, Untold};
use crate::findings::{Findings, Index, Place, Says, Subject};
use crate::quantity::Quantity;

/// Keys of a block.
const KEYS: usize = 12;
/// Blocks of a picture.
const BLOCKS: usize = 4;

/// Questions that a picture answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Which key matters.
    Matters,
    /// Where a condition holds.
    Where,
    /// Which variant to choose.
    Which,
}

impl About {
    /// Name of the picture's file, without extension.
    pub fn stem(self) -> &'static str {
        match self {
            Self::Matters => "importance",
            Self::Where => "boxes",
            Self::Which => "regret",
        }
    }
}

/// The pictures that there is something for, as SVG.
pub fn of_findings(found: &Findings, look: &Look) -> Vec<(About, String)> {
    let mut pictures = Vec::new();
    if let Some(tornado) = matters(found) {
        pictures.push((About::Matters, tornado::render(&tornado, look)));
    }
    if let Some(boxes) = least_decided(found) {
        pictures.push((About::Where, boxes::render(&boxes, look)));
    }
    if let Some(regret) = which(found) {
        pictures.push((About::Which, regret::render(&regret, look)));
    }
    pictures
}

/// A key with its unit.
fn label(subject: &Subject, key: usize) -> String {
    let key = &subject.keys[key];
    key.unit.map_or_else(|| key.called.clone(), |unit| format!("{}, {unit}", key.called))
}

fn matters(found: &Findings) -> Option<Tornado> {
    const SERIES: [(Index, &str); 4] = [
        (Index::FirstOrder, "alone"),
        (Index::TotalOrder, "with others"),
        (Index::Shapley, "its part"),
        (Index::MuStar, "size of effect"),
    ];
    let subject = &found.subject;
    let of_variant = |variant: usize| Some((variant, found.main(variant)?));
    let shown: Vec<(usize, String)> = (0..subject.variants.len()).filter_map(of_variant).take(BLOCKS).collect();
    let told = |index: Index| shown.iter().any(|(variant, of)| !found.ranked(*variant, of, index).is_empty());
    // A share of what keys do together is told where the total is not.
    let series: Vec<(Index, &str)> = (SERIES.into_iter())
        .filter(|(index, _)| told(*index) && !(*index == Index::Shapley && told(Index::TotalOrder)))
        .collect();
    if series.is_empty() {
        return None;
    }
    let shares = series.iter().all(|(index, _)| *index != Index::MuStar);
    let block = |(variant, of): &(usize, String)| {
        let estimate = |key: usize, index: Index| {
            let row = found.ranked(*variant, of, index).into_iter().find(|(row, _)| row.key == key);
            let told = row.map(|(_, told)| if shares { told.as_share() } else { told });
            told.map(|told| Estimate { value: told.value, interval: Some([told.low, told.high]) })
        };
        let (keys, left_out) = found.shown(*variant, of, KEYS);
        let row = |key: &usize| Row {
            label: subject.keys[*key].called.clone(),
            estimates: series.iter().map(|(index, _)| estimate(*key, *index)).collect(),
        };
        let phrase = Quantity::phrase_of(of);
        let title = match subject.variants.len() {
            1 => phrase,
            _ => format!("{phrase}, {}", subject.variants[*variant].label),
        };
        let all = keys.len() + left_out;
        let title = if left_out == 0 { title } else { format!("{title}; {} of {all} keys", keys.len()) };
        Block { title, rows: keys.iter().map(row).collect() }
    };
    let little = if shares { " Keys that explain under 1 % are left out." } else { "" };
    let mut notes = vec![format!("Lines: intervals of 95 %.{little}")];
    if subject.variants.len() > shown.len() {
        notes.push(format!("The first {} of {} variants.", shown.len(), subject.variants.len()));
    }
    Some(Tornado {
        title: subject.title.clone(),
        subtitle: "Which key matters".to_owned(),
        series: series.iter().map(|(_, name)| (*name).to_owned()).collect(),
        x_label: if shares {
            "Share of the variance".to_owned()
        } else {
            "Effect of the whole range of the key".to_owned()
        },
        blocks: shown.iter().map(block).collect(),
        notes,
    })
}

/// The box of the condition that is the least decided, of those that have one.
fn least_decided(found: &Findings) -> Option<Boxes> {
    let course = |place: &'_ Place| -> Option<Course> {
        let courses = &place.boxes.as_ref().ok()?.courses;
        courses.first().filter(|course| course.step().restricted > 0).cloned()
    };
    let undecided = |place: &Place| {
        let cases = place.boxes.as_ref().map_or(0.0, |found| found.cases.share());
        (cases - 0.5).abs()
    };
    let (place, course) = (found.places.iter())
        .filter_map(|place| Some((place, course(place)?)))
        .min_by(|a, b| undecided(a.0).total_cmp(&undecided(b.0)))?;
    Some(of_place(found, place, &course))
}

fn of_place(found: &Findings, place: &Place, course: &Course) -> Boxes {
    let subject = &found.subject;
    let step = course.step();
    let restricted = step.limits.iter().enumerate().filter(|(_, limit)| limit.restricts());
    let limit = |(at, limit): (usize, &Limit)| {
        let key = place.keys[at];
        let side = match limit {
            Limit::Range(ends) => Side::Within { range: subject.keys[key].range, from: ends[0], until: ends[1] },
            Limit::Levels(inside) => {
                let all = subject.levels(key, &vec![true; inside.len()]);
                Side::Among(all.into_iter().zip(inside.iter().copied()).collect())
            }
        };
        let chance = step.quasi_p[at].iter().flatten().copied().fold(0.0, f64::max);
        let note = if chance < 0.001 { "p < 0.001".to_owned() } else { format!("p = {chance:.3}") };
        boxes::Limit { label: label(subject, key), side, note }
    };
    let variant = &subject.variants[place.variant].label;
    let subtitle = match (&place.claim.says, subject.variants.len()) {
        (Says::Better, _) => format!("Where “{variant}” is better than its baseline"),
        (Says::Best, _) => format!("Where “{variant}” is the best of all"),
        (Says::OfRun(words), 1) => format!("Where {words}"),
        (Says::OfRun(words), _) => format!("Where {words}, under “{variant}”"),
    };
    Boxes {
        title: subject.title.clone(),
        subtitle,
        steps: (course.steps.iter())
            .map(|step| boxes::Step { coverage: step.coverage, density: step.density, mass: step.mass })
            .collect(),
        chosen: course.picked,
        limits: restricted.map(limit).collect(),
        notes: vec!["p: the chance of as many hits without the limit.".to_owned()],
    }
}

fn which(found: &Findings) -> Option<Regret> {
    let chosen = found.chosen.as_ref()?;
    let value = |told: &Result<explain::Estimate, Untold>| told.as_ref().ok().map(|told| told.value);
    let rows = chosen.choice.variants.iter().enumerate().map(|(place, standing)| regret::Row {
        label: found.subject.variants[place].label.clone(),
        expected: Some(standing.regret.value),
        ninetieth: value(&chosen.regret_p90[place]),
        maximum: Some(standing.worst_regret),
        best: Some(standing.best.value),
    });
    Some(Regret {
        title: found.subject.title.clone(),
        subtitle: "Regret of each variant".to_owned(),
        x_label: "What the best variant of a draw is ahead, share of income".to_owned(),
        rows: rows.collect(),
        notes: Vec::new(),
    })
}
