//! Which varied keys matter most for what a picture shows: those are on its axes unless others are named.

use super::kinds::{By, MOST};
use super::side::Side;
use super::survey::{Key, Survey};
use crate::error::Error;
use crate::read::Runs;

/// Parts that a key's range is cut into.
const PARTS: usize = 12;

/// What is counted in a part: rows, and of each number that is compared, its sum.
type Part = (f64, [f64; MOST]);

/// Keys that vary, the most telling first: by how far the shares of kinds, or the measure's mean, differ between the parts of
/// the key's range, under each of the variants. Of equals, in the order of the table.
pub(super) fn most_telling<'a>(
    table: &mut Runs,
    survey: &'a Survey,
    by: By,
    variants: &[usize],
) -> Result<Vec<&'a Key>, Error> {
    let keys: Vec<&Key> = survey.keys.iter().filter(|key| key.varies()).collect();
    if keys.len() <= 2 {
        return Ok(keys);
    }
    let sides: Vec<Side> = keys.iter().map(|key| Side::of(key, true, PARTS)).collect();
    let mut parts: Vec<Vec<Vec<Part>>> =
        sides.iter().map(|side| vec![vec![(0.0, [0.0; MOST]); side.len().max(1)]; variants.len()]).collect();
    let places: Vec<(u32, usize)> = variants.iter().enumerate().map(|(k, i)| (survey.variants[*i].id, k)).collect();
    let mut columns = vec![table.place("variant"), table.place(&by.name()), table.place("status")];
    columns.extend(keys.iter().map(|key| key.column));
    table.scan(&columns, |cells, rows| {
        for row in 0..rows {
            let id = cells[0].place(row).unwrap_or(u32::MAX);
            let Some((_, variant)) = places.iter().find(|(known, _)| *known == id) else { continue };
            let mut values = [0.0; MOST];
            match by {
                By::Kinds(kinds) => values[kinds.of(&cells[1], &cells[2], row)] = 1.0,
                By::Measure(_) => match cells[1].number(row) {
                    Some(value) => values[0] = value,
                    None => continue,
                },
            }
            for ((side, cells), parts) in sides.iter().zip(&cells[3..]).zip(&mut parts) {
                if let Some(part) = side.slot(cells, row) {
                    let (count, sums) = &mut parts[*variant][part];
                    *count += 1.0;
                    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                }
            }
        }
    })?;
    let scores: Vec<f64> = parts.iter().map(|variants| variants.iter().map(|parts| apart(parts)).sum()).collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    Ok(order.into_iter().map(|i| keys[i]).collect())
}

/// How far the means of parts are from the mean of all, squared, weighted by rows.
fn apart(parts: &[Part]) -> f64 {
    let count: f64 = parts.iter().map(|(count, _)| count).sum();
    let of = |kind: usize| {
        let mean = parts.iter().map(|(_, sums)| sums[kind]).sum::<f64>() / count.max(1.0);
        let filled = parts.iter().filter(|(count, _)| *count > 0.0);
        let far = |(count, sums): &Part| sums[kind] / count - mean;
        filled.map(|part| part.0 * far(part) * far(part)).sum::<f64>()
    };
    (0..MOST).map(of).sum()
}
