//! Shapley effects, from any design, dependent keys included.
//!
//! A key's Shapley effect (Owen 2014; Song, Nelson and Staum 2016) is the mean, over all orders of the keys, of what it adds to
//! the variance explained when it becomes known after those before it; the effects of all keys sum to 1. Sh_i = Σ_u w(|u|)
//! (E Var(Y|X_u) − E Var(Y|X_u, X_i))/Var Y over the sets u without i, w(s) = s! (k − s − 1)!/k!.
//!
//! E Var(Y|X_u) is the variance within cells of the keys in u (for the nearest neighbours of Broto, Bachoc and Depecker 2020):
//! that around the cells' means, and the noise of these means. Of independent draws the noise is known; evenly spread draws
//! have less of it, by what neighbouring cells show, as in [`super::first_order`]. A key is added to a set in cells that are the same
//! but for itself, so that one that does nothing adds nothing, however coarse they are.
//!
//! - Keys of which none depends on another ([`independent`]): what each explains alone is [`super::first_order`]'s. All main effects
//!   are taken off, and what is left, what keys do together, is shared out: main effects of keys that are not in the set are
//!   then no noise in its cells.
//! - Other keys: E Var(Y|X_u) does not change when a function of X_u is taken off Y, and the main effects of the keys in u are.
//!
//! With all keys known nothing varies: a run is a function of its keys. What cells of all keys still hold is what keys do together
//! on a smaller scale. It is given to those that are seen to do something together, in proportion.
//!
//! Error: by the influence of a draw, (y − m_u)², summed over the sets with their weights, as in [`super::first_order`]. To it comes
//! what is given in proportion, as far as all of it might be another key's; and what effects are below 0 or above 1, since by so much
//! any may be wrong: evenly spread draws have biases that no draw's influence shows.

use super::columns::{Classed, Measured, NO_CLASS};
use super::estimate::{Estimate, Untold, Z};
use super::first_order::{Effect, effect};
use super::independent::independent;
use crate::math::hypot;

/// Most keys: 2^12 sets of them.
const MOST_KEYS: usize = 12;
/// Draws that a cell of several keys holds on average; where these leave too few parts of a key, as few as the second, and where
/// those leave it whole, as the third.
const PER_CELL: [usize; 3] = [12, 4, 2];
/// Where less than this share of the variance is told from cells, what they are too coarse for is no small matter.
const LEAST_EXPLAINED: f64 = 0.5;
/// Parts of an ordered key from which on neighbouring cells say something of noise and width.
const ENOUGH_PARTS: usize = 3;
/// Fewest parts of an ordered key.
const FEWEST_PARTS: usize = 2;
/// Draws times sets that are gone through.
const MOST_WORK: usize = 1 << 24;
/// Draws whose influence is looked at for the error, and these times sets.
const LOOKED_AT: usize = 1 << 13;
const MOST_LOOKED_AT: usize = 1 << 22;

/// The Shapley effect of every key, in their order.
///
/// Of more draws than 2^24 divided by the number of sets, so many are used, spread over all.
///
/// # Errors
/// [`Untold::FewDraws`] where the cells of all keys hold too few draws or tell less than half of the variance, [`Untold::ManyKeys`] beyond twelve keys, and
/// [`super::first_order`]'s.
pub fn shapley(keys: &[Classed], measured: &Measured) -> Result<Vec<Estimate>, Untold> {
    let k = keys.len();
    if k > MOST_KEYS {
        return Err(Untold::ManyKeys);
    }
    // A key that does not vary explains nothing, and is not asked.
    let effects: Vec<Option<Effect>> = keys
        .iter()
        .map(|key| match effect(key, measured) {
            Err(Untold::OneValue) => Ok(None),
            found => found.map(Some),
        })
        .collect::<Result<_, _>>()?;
    let varied: Vec<(&Classed, &Effect)> =
        keys.iter().zip(&effects).filter_map(|(key, effect)| Some((key, effect.as_ref()?))).collect();
    let told = of_varied(&varied, measured)?;
    let rows = told.first().map_or(0, |estimate| estimate.count);
    let mut told = told.into_iter();
    let idle = Estimate { count: rows, ..Estimate::normal(0.0, 0.0, 0) };
    Ok(effects.iter().map(|effect| if effect.is_some() { told.next().unwrap_or(idle) } else { idle }).collect())
}

/// A sum over sets for a key, and what each draw that is looked at says of it.
#[derive(Clone)]
struct Sum {
    value: f64,
    of_rows: Vec<f64>,
}

fn of_varied(keys: &[(&Classed, &Effect)], measured: &Measured) -> Result<Vec<Estimate>, Untold> {
    let k = keys.len();
    if k == 0 {
        return Err(Untold::OneValue);
    }
    let rows = chosen(keys, measured);
    if rows.len() < 4 * PER_CELL[0] {
        return Err(Untold::FewDraws);
    }
    let n = rows.len() as f64;
    let codes: Vec<Vec<u8>> =
        keys.iter().map(|(key, _)| rows.iter().map(|row| key.fine.code[*row as usize]).collect()).collect();
    let counts: Vec<usize> = keys.iter().map(|(key, _)| key.fine.count).collect();
    let apart = independent(&codes, &counts);
    let y: Vec<f64> = rows.iter().map(|row| measured.values[*row as usize]).collect();
    let mean = y.iter().sum::<f64>() / n;
    let y: Vec<f64> = y.iter().map(|y| y - mean).collect();
    let variance = y.iter().map(|y| y * y).sum::<f64>() / n;

    let looks = rows.len().min(LOOKED_AT).min(MOST_LOOKED_AT >> k);
    let looked_at: Vec<usize> = (0..looks).map(|i| i * rows.len() / looks).collect();
    let main_of = |key: usize, row: usize| keys[key].1.means[usize::from(codes[key][row])];
    let alone = |key: usize| {
        let index = keys[key].1.index.value;
        let of_row = |row: &usize| {
            let (m, y) = (main_of(key, *row), y[*row]);
            2.0 * m * y - m * m - index * y * y
        };
        Sum { value: index * variance, of_rows: looked_at.iter().map(of_row).collect() }
    };
    let nothing = Sum { value: 0.0, of_rows: vec![0.0; looks] };
    let main: Vec<Sum> = if apart { (0..k).map(alone).collect() } else { vec![nothing; k] };
    let taken_off = |row: usize| (0..k).map(|key| keys[key].1.kept * main_of(key, row)).sum::<f64>();
    let left: Vec<f64> = if apart { (0..y.len()).map(|row| y[row] - taken_off(row)).collect() } else { y };

    let mut sums = main.clone();
    let mut cells = Within::default();
    for set in usize::from(apart)..1usize << k {
        let size = set.count_ones() as usize;
        let mut by_parts: Vec<(usize, Vec<usize>)> = Vec::new();
        // What a key does alone is known where main effects are.
        for key in (0..k).filter(|key| !(apart && set == 1 << key)) {
            let parts = parts(set | 1 << key, keys, rows.len())?;
            match by_parts.iter_mut().find(|known| known.0 == parts) {
                Some((_, of)) => of.push(key),
                None => by_parts.push((parts, vec![key])),
            }
        }
        for (parts, of) in by_parts {
            let plan = Plan::new(set, keys, parts, apart);
            let unexplained = if set == 0 { variance } else { cells.variance(&plan, &codes, &left) };
            let of_row = |row: &usize| match set {
                0 => left[*row] * left[*row],
                _ => cells.influence(&plan, &codes, &left, *row, unexplained),
            };
            let of_rows: Vec<f64> = looked_at.iter().map(of_row).collect();
            for key in of {
                let weight = if set >> key & 1 == 0 { weight(k, size) } else { -weight(k, size - 1) };
                sums[key].value += weight * unexplained;
                sums[key].of_rows.iter_mut().zip(&of_rows).for_each(|(sum, of_row)| *sum += weight * of_row);
            }
        }
    }
    shared_out(&sums, &main, variance, rows.len())
}

/// The effects, of what was summed up for each key and, in it, what the key does alone.
fn shared_out(sums: &[Sum], main: &[Sum], variance: f64, count: usize) -> Result<Vec<Estimate>, Untold> {
    let explained: f64 = sums.iter().map(|sum| sum.value).sum();
    if explained < LEAST_EXPLAINED * variance {
        return Err(Untold::FewDraws);
    }
    let untold = variance - explained;
    let all: Vec<f64> = sums.iter().map(|sum| sum.value).collect();
    let together: Vec<f64> = sums.iter().zip(main).map(|(sum, main)| (sum.value - main.value).max(0.0)).collect();
    // Where less is seen of what keys do together than is untold, it does not say whose that is.
    let parts = if together.iter().sum::<f64>() > untold.abs() { together } else { all };
    let whole: f64 = parts.iter().sum();
    let given: Vec<f64> = parts.iter().map(|part| part / whole * untold / variance).collect();
    let values: Vec<f64> = sums.iter().zip(&given).map(|(sum, given)| sum.value / variance + given).collect();
    let beyond = values.iter().fold(0.0, |beyond: f64, value| beyond.max(-value).max(value - 1.0));
    let looks = sums.first().map_or(0, |sum| sum.of_rows.len());
    let of_all: Vec<f64> = (0..looks).map(|look| sums.iter().map(|sum| sum.of_rows[look]).sum()).collect();
    let effect = |key: usize| {
        let part = parts[key] / whole;
        let squared = sums[key].of_rows.iter().zip(&of_all).map(|(own, all)| {
            let influence = (own - part * all) / variance;
            influence * influence
        });
        let chance = (squared.sum::<f64>() / looks as f64 / count as f64).sqrt();
        Estimate::normal(values[key], hypot(hypot(chance, beyond), given[key] / Z), count)
    };
    Ok((0..sums.len()).map(effect).collect())
}

/// s! (k − s − 1)!/k!.
fn weight(k: usize, s: usize) -> f64 {
    let choose = (0..s).fold(1.0, |product, i| product * (k - 1 - i) as f64 / (i + 1) as f64);
    1.0 / (k as f64 * choose)
}

/// The draws that have the measure and every key, no more of them than can be gone through, spread over all.
fn chosen(keys: &[(&Classed, &Effect)], measured: &Measured) -> Vec<u32> {
    let known = |row: &u32| keys.iter().all(|(key, _)| key.fine.code[*row as usize] != NO_CLASS);
    let most = MOST_WORK >> keys.len();
    if measured.rows() <= most {
        let rows = (0u32..).zip(&measured.values).filter(|(_, y)| !y.is_nan());
        return rows.map(|(row, _)| row).filter(known).collect();
    }
    // Places in the order of the measure: a stratified sample, of grids too.
    let rows: Vec<u32> = measured.order.iter().copied().filter(known).collect();
    let most = most.min(rows.len());
    let mut rows: Vec<u32> = (0..most).map(|i| rows[(2 * i + 1) * rows.len() / (2 * most)]).collect();
    rows.sort_unstable();
    rows
}

/// Into how many parts each ordered key of a set is cut, so that a cell holds enough draws.
fn parts(set: usize, keys: &[(&Classed, &Effect)], rows: usize) -> Result<usize, Untold> {
    let members = || keys.iter().enumerate().filter(|(key, _)| set >> key & 1 == 1).map(|(_, (key, _))| *key);
    if set.count_ones() == 1 {
        return Ok(usize::from(NO_CLASS));
    }
    let levels = members().filter(|key| !key.ordered).map(|key| key.fine.count);
    let unordered = levels.fold(1usize, usize::saturating_mul);
    let ordered = members().filter(|key| key.ordered);
    let classes: Vec<usize> = ordered.map(|key| key.fine.count).collect();
    let parts_of = |per_cell: usize| {
        let budget = rows / per_cell / unordered.max(1);
        let holds = |parts: &usize| {
            classes.iter().try_fold(1usize, |all, _| all.checked_mul(*parts)).is_some_and(|all| all <= budget)
        };
        (1..usize::from(NO_CLASS)).take_while(holds).last().unwrap_or(1)
    };
    let [plenty, fewer, fewest] = PER_CELL.map(parts_of);
    let parts = if plenty < ENOUGH_PARTS { fewer.min(ENOUGH_PARTS) } else { plenty };
    let parts = if parts < FEWEST_PARTS { fewest.min(FEWEST_PARTS) } else { parts };
    let least = classes.iter().copied().max().unwrap_or(1).min(FEWEST_PARTS);
    if parts < least || unordered > rows / 2 { Err(Untold::FewDraws) } else { Ok(parts) }
}

/// The cells of a set of keys.
struct Plan {
    cells: usize,
    /// Of each key in the set: its place, and for each of its classes the share of the cell's number and the main effect.
    keys: Vec<(usize, Vec<(u32, f64)>)>,
    /// What of the main effects lies within the fine classes.
    hidden: f64,
    /// Numbers fitted to the same draws for the main effects.
    fitted: f64,
    /// For each ordered key cut into three parts or more: the stride of its parts among the cells, and their number.
    axes: Vec<(usize, usize)>,
}

impl Plan {
    /// The cells of a set of `keys`, each ordered one cut into `parts`.
    fn new(set: usize, keys: &[(&Classed, &Effect)], parts: usize, apart: bool) -> Self {
        let mut plan =
            Self { cells: 1, keys: Vec::with_capacity(keys.len()), hidden: 0.0, fitted: 0.0, axes: Vec::new() };
        for (member, (key, effect)) in keys.iter().enumerate().filter(|(key, _)| set >> key & 1 == 1) {
            let count = key.fine.count;
            let parts = if key.ordered { count.min(parts) } else { count };
            // What the classes of one key hold is its own main effect.
            let alone = set.count_ones() == 1 && parts == count;
            #[expect(clippy::cast_possible_truncation, reason = "no more cells than draws")]
            let place = |class: usize| (class * parts / count * plan.cells) as u32;
            let kept = if apart { 0.0 } else { effect.kept };
            plan.keys.push((member, (0..count).map(|class| (place(class), kept * effect.means[class])).collect()));
            if key.ordered && !key.fine.levels && parts >= ENOUGH_PARTS {
                plan.axes.push((plan.cells, parts));
            }
            plan.cells *= parts;
            plan.fitted += if alone || apart { 0.0 } else { effect.kept * (2.0 - effect.kept) * effect.fitted };
            plan.hidden += kept * effect.hidden;
        }
        plan
    }

    /// Cell and residual of a draw.
    #[inline(always)]
    fn look(&self, codes: &[Vec<u8>], y: &[f64], row: usize) -> (usize, f64) {
        let (mut cell, mut rest) = (0, y[row]);
        for (key, classes) in &self.keys {
            let (place, effect) = classes[usize::from(codes[*key][row])];
            cell += place;
            rest -= effect;
        }
        (cell as usize, rest)
    }
}

/// What the cells hold: count, sum and squares of the residuals.
#[derive(Default)]
struct Within {
    cells: Vec<(f64, f64, f64)>,
}

impl Within {
    /// E Var(Y|cell).
    fn variance(&mut self, plan: &Plan, codes: &[Vec<u8>], y: &[f64]) -> f64 {
        self.cells.clear();
        self.cells.resize(plan.cells, (0.0, 0.0, 0.0));
        for row in 0..y.len() {
            let (cell, rest) = plan.look(codes, y, row);
            let cell = &mut self.cells[cell];
            cell.0 += 1.0;
            cell.1 += rest;
            cell.2 += rest * rest;
        }
        let (mut within, mut count, mut filled) = (0.0, 0.0, 0.0);
        for (n, total, squares) in self.cells.iter().filter(|cell| cell.0 > 0.0) {
            within += (squares - total * total / n).max(0.0);
            count += n;
            filled += 1.0;
        }
        let independent = within / (count - filled).max(1.0);
        let (noise, hidden) = self.smooth(&plan.axes, independent);
        (((within + noise * filled) / count) * (1.0 + plan.fitted / count) - plan.hidden - hidden).max(0.0)
    }

    /// As [`super::first_order`] has it of classes: the squared noise of a cell's mean times its draws, no more than the
    /// `independent` draws would have; and what of E(Y|cell) lies within cells.
    fn smooth(&self, axes: &[(usize, usize)], independent: f64) -> (f64, f64) {
        let near: Vec<Apart> = axes.iter().map(|axis| self.apart(*axis, 1)).collect();
        let far: Vec<Apart> = axes.iter().map(|axis| self.apart(*axis, 2)).collect();
        let (one, two) = (Apart::sum(&near), Apart::sum(&far));
        if one.pairs == 0.0 || two.pairs == 0.0 {
            return (independent, 0.0);
        }
        let seen = (4.0 * one.mean() - two.mean()).max(0.0) / 3.0;
        let surely = 1.0 - 2.0 * (5.0 / one.pairs).sqrt();
        let noise = if seen < independent * surely { seen } else { independent };
        // What neighbours differ by is h² E(m′²) along an axis, of which a twelfth lies within a cell.
        let within =
            near.iter().filter(|axis| axis.weights > 0.0).map(|axis| (axis.sum - noise * axis.pairs) / axis.weights);
        (noise, (within.sum::<f64>() / 12.0).max(0.0))
    }

    /// Squared differences of the means of cells that lie `lag` apart along an axis.
    fn apart(&self, (stride, parts): (usize, usize), lag: usize) -> Apart {
        let mut apart = Apart::default();
        for (index, (n, total, _)) in self.cells.iter().enumerate() {
            if index / stride % parts + lag >= parts {
                continue;
            }
            let (m, other, _) = self.cells[index + lag * stride];
            if *n > 0.0 && m > 0.0 {
                let (difference, weight) = (total / n - other / m, n * m / (n + m));
                apart.sum += difference * difference * weight;
                apart.weights += weight;
                apart.pairs += 1.0;
            }
        }
        apart
    }

    /// What a draw says of that, `unexplained`; no more than that where it is alone in its cell. In a cell of n the variance over
    /// n − 1 scatters n/(n − 1) times as much as the squares would by themselves.
    fn influence(&self, plan: &Plan, codes: &[Vec<u8>], y: &[f64], row: usize, unexplained: f64) -> f64 {
        let (cell, rest) = plan.look(codes, y, row);
        let (n, total, _) = self.cells[cell];
        if n < 2.0 {
            return unexplained;
        }
        let (from, more) = (rest - total / n, n / (n - 1.0));
        unexplained + (from * from * more - unexplained) * more.sqrt()
    }
}

/// Squared differences, each over the squared noise that one of independent draws of variance 1 would have.
#[derive(Default)]
struct Apart {
    sum: f64,
    /// The sum of what they were multiplied by.
    weights: f64,
    pairs: f64,
}

impl Apart {
    fn sum(parts: &[Self]) -> Self {
        parts.iter().fold(Self::default(), |all, part| Self {
            sum: all.sum + part.sum,
            weights: all.weights + part.weights,
            pairs: all.pairs + part.pairs,
        })
    }

    fn mean(&self) -> f64 {
        self.sum / self.pairs
    }
}
