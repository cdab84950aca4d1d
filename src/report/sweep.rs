//! What a sweep's table says as one page of HTML that needs nothing else: sentences, then which key matters, where conditions hold
//! and which variant to choose, in pictures and in short tables; every digit is in the files beside it.

use super::table::{Cell, Table, texts};
use crate::draw::Look;
use crate::draw::findings::{About, of_findings};
use crate::explain::Estimate;
use crate::explain::choice::Order;
use crate::explain::threshold::{Half, Joint, Rule, Side};
use crate::findings::{Findings, Index, Place, Says};
use crate::measure::Measure;
use crate::numbers::{counted, percent, percentage, short, unbroken};
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
    answer: Vec<String>,
    parts: Vec<Part>,
    files: Table,
    version: String,
}

/// A question with its answers.
struct Part {
    id: &'static str,
    heading: &'static str,
    reading: &'static str,
    /// Broad, and for a phone.
    pictures: Vec<String>,
    tables: Vec<Table>,
    note: String,
}

/// The page; `files`: name and SHA-256 of each file written beside it.
pub fn page(found: &Findings, scope: &str, answer: &[String], files: &[(String, String)]) -> String {
    let look = |width: f64, ids: &str| Look { width, ids: ids.to_owned(), ..Look::default() };
    let looks = [look(Look::USUAL, "broad-"), look(super::NARROW, "narrow-")];
    let drawn: Vec<_> = looks.iter().flat_map(|look| of_findings(found, look)).collect();
    let pictures = |about: About| drawn.iter().filter(|drawn| drawn.0 == about).map(|drawn| drawn.1.clone()).collect();
    let mut parts = vec![Part {
        id: "matters",
        heading: "Which key matters",
        reading: "For each variant, of what it is worth against its baseline (else of its own income gap): the share of the variance that a key \
                  explains alone, with its interval of 95\u{a0}%, and its part of the whole once what keys do together is shared out.",
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
    let page = Page {
        style: include_str!("page.css"),
        name: &found.subject.name,
        title: &found.subject.title,
        scope,
        answer: answer.iter().map(|said| unbroken(said)).collect(),
        parts,
        files: super::checksums(files.iter()),
        version: super::version(),
    };
    page.render().unwrap_or_default()
}

/// A share in per cent, with its interval.
fn share(estimate: &Estimate) -> String {
    format!("{} ({} to {})", percent(estimate.value), percentage(estimate.low), percentage(estimate.high))
}

/// What a key explains, in the same way; where chance alone might show it, the end of its interval.
fn explained(estimate: Estimate) -> String {
    let told = estimate.as_share();
    if told.low > 0.0 { share(&told) } else { format!("under {}", percent((1000.0 * told.high + 0.5).ceil() / 1000.0)) }
}

fn matters(found: &Findings) -> Vec<Table> {
    let several = found.subject.variants.len() > 1;
    let of_variant = |variant: usize| {
        let main = found.main(variant)?;
        let value = |key: usize, index: Index| {
            let row = found.ranked(variant, &main, index).into_iter().find(|(row, _)| row.key == key);
            row.map_or_else(String::new, |(_, told)| match index {
                Index::Mu | Index::MuStar | Index::Sigma => short(told.value),
                _ => explained(told),
            })
        };
        const COLUMNS: [(&str, Index); 6] = [
            ("alone", Index::FirstOrder),
            ("with others", Index::TotalOrder),
            ("its part", Index::Shapley),
            ("mean effect", Index::Mu),
            ("size of effect", Index::MuStar),
            ("spread of effect", Index::Sigma),
        ];
        let told = COLUMNS.into_iter().filter(|(_, index)| !found.ranked(variant, &main, *index).is_empty());
        let told: Vec<(&'static str, Index)> = told.collect();
        let (keys, left_out) = found.shown(variant, &main, KEYS);
        if told.is_empty() {
            return None;
        }
        let rows = keys.iter().map(|key| {
            let name = found.subject.keys[*key].called.clone();
            std::iter::once(name).chain(told.iter().map(|(_, index)| value(*key, *index))).collect()
        });
        let phrase = Measure::from_name(&main).map_or(main.as_str(), |measure| measure.about().phrase);
        let under = match several {
            true => format!("{phrase}, “{}”", found.subject.variants[variant].label),
            false => phrase.to_owned(),
        };
        let caption = match left_out {
            0 => under,
            // Cut where there is no more room, or else where the rest is little.
            _ if keys.len() == KEYS => format!("{under}; the first {KEYS} of {} keys", KEYS + left_out),
            _ => {
                format!("{under}; {} of {} keys, the others explain under 1 % each", keys.len(), keys.len() + left_out)
            }
        };
        let header: Vec<&'static str> = std::iter::once("key").chain(told.iter().map(|(name, _)| *name)).collect();
        Some(Table::new(caption, "cards", &header, texts(rows)))
    };
    (0..found.subject.variants.len().min(VARIANTS)).filter_map(of_variant).collect()
}

fn places(found: &Findings) -> Table {
    let half = |key: usize, half: &Half| {
        let name = &found.subject.keys[key].called;
        match half {
            Half::Numbers { side, at, .. } => {
                format!("{name} {} {}", if *side == Side::Above { ">" } else { "<" }, short(*at))
            }
            Half::Levels(inside) => {
                format!("{name} = {}", found.subject.levels(key, inside).join(", "))
            }
        }
    };
    let mut rows = Vec::new();
    let first = |place: &Place| place.one.iter().find_map(|(_, rule)| rule.as_ref().ok().cloned());
    for (number, place) in found.places.iter().enumerate() {
        // What holds in the same draws has the same rules.
        let same = |other: &Place| other.variant == place.variant && first(other) == first(place);
        if found.places[..number].iter().any(same) {
            continue;
        }
        let condition = match &place.claim.says {
            Says::Better => "it is better than its baseline",
            Says::Best => "it is the best of all",
            Says::OfRun(words) => words,
        };
        let row = |rule: &Rule, said: String| {
            vec![
                condition.to_owned(),
                found.subject.variants[place.variant].label.clone(),
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
    let header = ["condition", "variant", "draws in which it holds", "told best by", "accuracy"];
    Table::new(String::new(), "cards", &header, texts(rows))
}

fn variants(found: &Findings) -> Option<Table> {
    let chosen = found.chosen.as_ref()?;
    let undominated = chosen.dominances.undominated(Order::First);
    let row = |(place, standing): (usize, &crate::explain::choice::Standing)| {
        vec![
            found.subject.variants[place].label.clone(),
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
    let header = [
        "variant",
        "better than its baseline",
        "best of all",
        "expected",
        "worst draw",
        "mean regret",
        "90th percentile",
        "largest regret",
        "dominated",
    ];
    let rows = chosen.choice.variants.iter().enumerate().map(row);
    Some(Table::new(String::new(), "cards", &header, texts(rows)))
}
