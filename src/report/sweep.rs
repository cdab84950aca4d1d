//! What a sweep's table says as one page of HTML that needs nothing else: sentences, then which key matters, where conditions hold
//! and which variant to choose, in pictures and in short tables; every digit is in the files beside it.

use crate::draw::findings::About;
use crate::explain::Estimate;
use crate::explain::choice::Order;
use crate::explain::threshold::{Half, Joint, Rule, Side};
use crate::findings::{Findings, Index};
use crate::numbers::{counted, short};
use askama::Template;

/// Keys in a table.
const KEYS: usize = 12;
/// Variants whose keys are shown.
const VARIANTS: usize = 12;

/// What [`sweep.html`](self) is filled with.
#[derive(Template)]
#[template(path = "sweep.html", config = "src/report/askama.toml")]
struct Page<'a> {
    style: &'static str,
    name: &'a str,
    title: &'a str,
    scope: &'a str,
    answer: &'a [String],
    parts: Vec<Part>,
    files: Grid,
    version: String,
}

/// A question with its answers.
struct Part {
    id: &'static str,
    heading: &'static str,
    reading: &'static str,
    pictures: Vec<String>,
    tables: Vec<Grid>,
    note: String,
}

/// A table.
struct Grid {
    caption: String,
    class: &'static str,
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// The page; `files`: name and SHA-256 of each file written beside it.
pub fn page(
    found: &Findings,
    scope: &str,
    answer: &[String],
    shown: &[(About, &str, String)],
    files: &[(String, String)],
) -> String {
    let pictures = |about: About| shown.iter().filter(|shown| shown.0 == about).map(|shown| shown.2.clone()).collect();
    let mut parts = vec![Part {
        id: "matters",
        heading: "Which key matters",
        reading: "For each variant, of what it is worth against its baseline (else of its own income gap): the share of the variance that a key \
                  explains alone, with its interval of 95 %, and its part of the whole once what keys do together is shared out.",
        pictures: pictures(About::Matters),
        tables: matters(found),
        note: "Every measure, and the share of every outcome, is in importance.csv.".to_owned(),
    }];
    if !found.places.is_empty() {
        parts.push(Part {
            id: "where",
            heading: "Where it holds",
            reading: "The one threshold, and the two, that best tell the draws in which a condition holds from the others. Accuracy is the mean of \
                      the shares told rightly of both: one half says nothing.",
            pictures: pictures(About::Where),
            tables: vec![places(found)],
            note: "Boxes of several keys, and every step on the way to them, are in boxes.csv and peeling.csv.".to_owned(),
        });
    }
    if let Some(table) = variants(found) {
        parts.push(Part {
            id: "which",
            heading: "Which variant to choose",
            reading: "Regret: the share by which income would have to rise at every moment to be as good as under the best variant of the draw. \
                      Expected: the certain gain over the first variant that is as good as the gamble.",
            pictures: pictures(About::Which),
            tables: vec![table],
            note: "Every two variants on the same draws, and what knowing a key would be worth, are in pairs.csv and information.csv.".to_owned(),
        });
    }
    let files = files.iter().map(|(name, hash)| vec![name.clone(), hash.clone()]);
    let page = Page {
        style: include_str!("page.css"),
        name: &found.subject.name,
        title: &found.subject.title,
        scope,
        answer,
        parts,
        files: Grid { caption: String::new(), class: "lines", header: vec!["file", "SHA-256"], rows: files.collect() },
        version: super::version(),
    };
    page.render().unwrap_or_default()
}

/// A share in per cent, with its interval.
fn share(estimate: &Estimate) -> String {
    let percent = |value: f64| short((1000.0 * value).round() / 10.0 + 0.0);
    format!("{} % ({} to {})", percent(estimate.value), percent(estimate.low), percent(estimate.high))
}

fn matters(found: &Findings) -> Vec<Grid> {
    let several = found.subject.variants.len() > 1;
    let of_variant = |variant: usize| {
        let main = found.main(variant)?;
        let order = [Index::TotalOrder, Index::Shapley, Index::MuStar, Index::FirstOrder];
        let sorted =
            order.into_iter().map(|index| found.ranked(variant, &main, index)).find(|rows| !rows.is_empty())?;
        let value = |key: usize, index: Index| {
            let row = found.ranked(variant, &main, index).into_iter().find(|(row, _)| row.key == key);
            row.map_or_else(String::new, |(_, told)| match index {
                Index::Mu | Index::MuStar | Index::Sigma => short(told.value),
                _ => share(&told),
            })
        };
        const COLUMNS: [(&str, Index); 7] = [
            ("alone", Index::FirstOrder),
            ("with others", Index::TotalOrder),
            ("its part", Index::Shapley),
            ("delta", Index::Delta),
            ("mean effect", Index::Mu),
            ("size of effect", Index::MuStar),
            ("spread of effect", Index::Sigma),
        ];
        let told = COLUMNS.into_iter().filter(|(_, index)| !found.ranked(variant, &main, *index).is_empty());
        let told: Vec<(&'static str, Index)> = told.collect();
        let rows = sorted.iter().take(KEYS).map(|(row, _)| {
            let name = found.subject.keys[row.key].called.clone();
            std::iter::once(name).chain(told.iter().map(|(_, index)| value(row.key, *index))).collect()
        });
        let under =
            if several { format!("{main}, “{}”", found.subject.variants[variant].name) } else { main.clone() };
        let header = std::iter::once("key").chain(told.iter().map(|(name, _)| *name)).collect();
        Some(Grid { caption: under, class: "cards", header, rows: rows.collect() })
    };
    (0..found.subject.variants.len().min(VARIANTS)).filter_map(of_variant).collect()
}

fn places(found: &Findings) -> Grid {
    let half = |key: usize, half: &Half| {
        let name = &found.subject.keys[key].called;
        match half {
            Half::Numbers { side, at, .. } => {
                format!("{name} {} {}", if *side == Side::Above { ">" } else { "<" }, short(*at))
            }
            Half::Levels(inside) => {
                let levels = found.subject.keys[key].levels.iter().zip(inside).filter(|(_, inside)| **inside);
                format!("{name} = {}", levels.map(|(level, _)| level.as_str()).collect::<Vec<_>>().join(", "))
            }
        }
    };
    let mut rows = Vec::new();
    for place in &found.places {
        let row = |rule: &Rule, said: String| {
            vec![
                place.condition.clone(),
                found.subject.variants[place.variant].name.clone(),
                format!("{} of {}", counted(rule.cases.hits), counted(rule.cases.all)),
                said,
                share(&rule.accuracy),
            ]
        };
        if let Some((key, rule)) = place.one.iter().find_map(|(key, rule)| Some((*key, rule.as_ref().ok()?))) {
            rows.push(row(rule, half(key, &rule.halves[0])));
        }
        if let Some((keys, rule)) = &place.two {
            let joint = if rule.joint == Joint::Both { "and" } else { "or" };
            rows.push(row(
                rule,
                format!("{} {joint} {}", half(keys[0], &rule.halves[0]), half(keys[1], &rule.halves[1])),
            ));
        }
    }
    Grid {
        caption: String::new(),
        class: "cards",
        header: vec!["condition", "variant", "draws in which it holds", "told best by", "accuracy"],
        rows,
    }
}

fn variants(found: &Findings) -> Option<Grid> {
    let chosen = found.chosen.as_ref()?;
    let percent = |value: f64| format!("{} %", short((10_000.0 * value).round() / 100.0));
    let undominated = chosen.dominances.undominated(Order::First);
    let row = |(place, standing): (usize, &crate::explain::choice::Standing)| {
        vec![
            found.subject.variants[place].name.clone(),
            standing.better.as_ref().map_or_else(|| "–".to_owned(), share),
            share(&standing.best),
            percent(standing.expected.value),
            percent(standing.worst),
            percent(standing.regret.value),
            chosen.regret_p90[place].as_ref().map_or_else(|_| String::new(), |told| percent(told.value)),
            percent(standing.worst_regret),
            if undominated.contains(&place) { "no".to_owned() } else { "yes".to_owned() },
        ]
    };
    Some(Grid {
        caption: String::new(),
        class: "cards",
        header: vec![
            "variant",
            "better than its baseline",
            "best of all",
            "expected",
            "worst draw",
            "mean regret",
            "90th percentile",
            "largest regret",
            "dominated",
        ],
        rows: chosen.choice.variants.iter().enumerate().map(row).collect(),
    })
}
