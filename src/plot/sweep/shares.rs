//! Shares of verdicts or outcomes among the draws, stacked along a varied key, per variant.

use super::Asked;
use super::along::Along;
use super::kinds::{By, Kinds, MOST};
use super::profile::others;
use super::spread::how_many;
use super::survey::Survey;
use crate::draw::axis::Scale;
use crate::draw::figure::{Area, Figure, Panel};
use crate::error::Error;
use crate::read::Runs;

/// The picture of shares along a key.
pub(super) fn figure(table: &mut Runs, survey: &Survey, kinds: Kinds, asked: &Asked<'_>) -> Result<Figure, Error> {
    let along = Along::of(table, survey, By::Kinds(kinds), asked)?;
    let some = survey.of_kinds(kinds, &asked.variants);
    let shown = if some.is_empty() { asked.variants.clone() } else { some };
    let mut counts = vec![vec![[0_u64; MOST]; along.side.len().max(1)]; shown.len()];
    let places: Vec<(u32, usize)> = shown.iter().enumerate().map(|(k, i)| (survey.variants[*i].id, k)).collect();
    let columns = [table.place("variant"), along.column, table.place(kinds.name()), table.place("status")];
    table.scan(&columns, |cells, rows| {
        for row in 0..rows {
            let id = cells[0].place(row).unwrap_or(u32::MAX);
            let place = places.iter().find(|(variant, _)| *variant == id);
            if let (Some((_, place)), Some(slot)) = (place, along.side.slot(&cells[1], row)) {
                counts[*place][slot][kinds.of(&cells[2], &cells[3], row)] += 1;
            }
        }
    })?;
    let there: Vec<usize> = (0..MOST).filter(|at| counts.iter().flatten().any(|counts| counts[*at] > 0)).collect();
    let mut figure = along.figure(survey, asked, &format!("shares of the draws by {}", kinds.name()));
    figure.multiples = shown.len() > 1;
    for (counts, place) in counts.iter().zip(&shown) {
        let name = if survey.variants.len() > 1 {
            format!("{}: share of draws, %", survey.variants[*place].label)
        } else {
            "Share of draws, %".to_owned()
        };
        let mut panel = Panel::new(kinds.name(), &name, Scale { lo: 0.0, hi: 100.0, log: false });
        panel.run = Some(*place);
        panel.areas = there.iter().filter_map(|at| area(&along, counts, kinds, *at)).collect();
        figure.panels.push(panel);
    }
    let left: Vec<&str> =
        asked.variants.iter().filter(|i| !shown.contains(i)).map(|i| survey.variants[*i].label.as_str()).collect();
    if !left.is_empty() {
        figure.notes.push(format!("Without an outcome, as nothing is promoted: {}.", left.join(", ")));
    }
    figure.notes.extend(others(survey, along.column));
    figure.notes.extend(asked.left_over.clone());
    figure.notes.push(how_many(survey, &shown));
    Ok(figure)
}

/// The area of the kind at a place, upright where parts meet; nothing where no draw is.
fn area(along: &Along, counts: &[[u64; MOST]], kinds: Kinds, at: usize) -> Option<Area> {
    let mut above = Vec::new();
    for (part, counts) in counts.iter().enumerate() {
        let all = counts.iter().sum::<u64>();
        let [from, until] = along.ends(part);
        let share = |counts: &[u64]| 100.0 * counts.iter().sum::<u64>() as f64 / all.max(1) as f64;
        let (bottom, top) = (share(&counts[..at]), share(&counts[..=at]));
        above.extend([(from, bottom, top), (until, bottom, top)]);
        // Between names there is air.
        if along.named() {
            above.push((until, 0.0, 0.0));
            above.extend((part + 1 < counts.len()).then(|| (along.ends(part + 1)[0], 0.0, 0.0)));
        }
    }
    let some = counts.iter().any(|counts| counts[at] > 0);
    some.then(|| Area { label: kinds.called(at).to_owned(), tint: kinds.tint(at), above, below: Vec::new() })
}
