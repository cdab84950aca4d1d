//! Shapley effects, from any design, dependent keys included.
//!
//! A key's Shapley effect (Owen 2014; Song, Nelson and Staum 2016) is the mean, over all orders of the keys, of what it adds to
//! the variance explained when it becomes known after those before it; the effects of all keys sum to 1. Sh_i = Σ_u w(|u|)
//! (E Var(Y|X_u) − E Var(Y|X_u, X_i))/Var Y over the sets u without i, w(s) = s! (k − s − 1)!/k!.
//!
//! E Var(Y|X_u) is the variance within cells of the keys in u (for the nearest neighbours of Broto, Bachoc and Depecker 2020):
//! that around the cells' means, and the noise of these means. Of independent draws the noise is known; evenly spread draws
//! have less of it, by what neighbouring cells show, as in [`super::first_order`]. As E Var(Y|X_u) does not change when a function of X_u is
//! taken off Y, the keys' main effects are taken off first, from the fine classes of [`super::first_order`]: the width then
//! spoils interactions only. With all keys known nothing varies: a run is a function of its keys.
//!
//! Error: by the influence of a draw, (y − m_u)², summed over the sets with their weights, as in [`super::first_order`].

use super::columns::{Classed, Measured, NO_CLASS};
use super::estimate::{Estimate, Untold};
use super::first_order::{Effect, effect};

/// Most keys: 2^12 sets of them.
const MOST_KEYS: usize = 12;
/// Draws that a cell of several keys holds on average; where these leave too few parts of a key, as few as the second.
const PER_CELL: [usize; 2] = [12, 4];
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
/// [`Untold::FewDraws`] where the cells of all keys but one hold too few draws, [`Untold::ManyKeys`] beyond twelve keys, and
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
    let y: Vec<f64> = rows.iter().map(|row| measured.values[*row as usize]).collect();
    let codes: Vec<Vec<u8>> =
        keys.iter().map(|(key, _)| rows.iter().map(|row| key.fine.code[*row as usize]).collect()).collect();
    let mean = y.iter().sum::<f64>() / n;
    let variance = y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;

    let looks = rows.len().min(LOOKED_AT).min(MOST_LOOKED_AT >> k);
    let looked_at: Vec<usize> = (0..looks).map(|i| i * rows.len() / looks).collect();
    let mut values = vec![0.0; k];
    let mut influence = vec![vec![0.0; looked_at.len()]; k];
    let mut add = |set: usize, unexplained: f64, of_row: &mut dyn FnMut(usize) -> f64| {
        let size = set.count_ones() as usize;
        let of_rows: Vec<f64> = looked_at.iter().map(|row| of_row(*row)).collect();
        for key in 0..k {
            let weight = if set >> key & 1 == 0 { weight(k, size) } else { -weight(k, size - 1) };
            values[key] += weight * unexplained;
            influence[key].iter_mut().zip(&of_rows).for_each(|(sum, of_row)| *sum += weight * of_row);
        }
    };
    add(0, variance, &mut |row| (y[row] - mean) * (y[row] - mean));
    let mut cells = Within::default();
    for set in 1..(1usize << k) - 1 {
        let members: Vec<usize> = (0..k).filter(|key| set >> key & 1 == 1).collect();
        let plan = Plan::new(&members, keys, rows.len())?;
        let unexplained = cells.variance(&plan, &codes, &y);
        add(set, unexplained, &mut |row| cells.influence(&plan, &codes, &y, row, unexplained));
    }
    Ok(values
        .iter()
        .zip(&influence)
        .map(|(value, influence)| {
            let value = value / variance;
            let squared = influence.iter().zip(&looked_at).map(|(sum, row)| {
                let from = y[*row] - mean;
                let influence = sum / variance - value * from * from / variance;
                influence * influence
            });
            let error = (squared.sum::<f64>() / looked_at.len() as f64 / n).sqrt();
            Estimate::normal(value, error, rows.len())
        })
        .collect())
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
    fn new(members: &[usize], keys: &[(&Classed, &Effect)], rows: usize) -> Result<Self, Untold> {
        let alone = members.len() == 1;
        let own = |key: &Classed| !key.ordered;
        let levels = members.iter().map(|key| keys[*key].0).filter(|key| own(key)).map(|key| key.fine.count);
        let unordered = levels.fold(1usize, usize::saturating_mul);
        let ordered = members.iter().filter(|key| !own(keys[**key].0)).count();
        let parts_of = |per_cell: usize| {
            let budget = rows / per_cell / unordered.max(1);
            let holds = |parts: &usize| {
                (0..ordered).try_fold(1usize, |all, _| all.checked_mul(*parts)).is_some_and(|all| all <= budget)
            };
            (1..usize::from(NO_CLASS)).take_while(holds).last().unwrap_or(1)
        };
        let [parts, at_most] = PER_CELL.map(parts_of);
        let parts = if parts < ENOUGH_PARTS { at_most.min(ENOUGH_PARTS) } else { parts };
        let mut cells = 1usize;
        let mut plan =
            Self { cells, keys: Vec::with_capacity(members.len()), hidden: 0.0, fitted: 0.0, axes: Vec::new() };
        for member in members {
            let (key, effect) = keys[*member];
            let count = key.fine.count;
            let parts = if alone || own(key) { count } else { count.min(parts) };
            if parts < count.min(FEWEST_PARTS) {
                return Err(Untold::FewDraws);
            }
            #[expect(clippy::cast_possible_truncation, reason = "no more cells than draws")]
            let place = |class: usize| (class * parts / count * cells) as u32;
            plan.keys.push((*member, (0..count).map(|class| (place(class), effect.means[class])).collect()));
            if key.ordered && !key.fine.levels && parts >= ENOUGH_PARTS {
                plan.axes.push((cells, parts));
            }
            cells *= parts;
            plan.fitted += if alone { 0.0 } else { effect.fitted };
            plan.hidden += effect.hidden;
        }
        if unordered > rows / 2 {
            return Err(Untold::FewDraws);
        }
        plan.cells = cells;
        Ok(plan)
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
