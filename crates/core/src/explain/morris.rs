//! Elementary effects from a Morris design.
//!
//! A trajectory moves each of k keys once, one after the other, over half of its distribution: k + 1 draws. The elementary
//! effect of a key is the measure's change over the key's, Δy/Δu (Morris 1991), u the share of the key's distribution below
//! its value: the effect of going from one end of its range to the other, were it linear. Over the trajectories, μ is their
//! mean, μ* the mean of their sizes (Campolongo, Cariboni and Saltelli 2007), σ their standard deviation: what interacts or
//! bends. Intervals of μ and μ* are Student's, the trajectories being independent; σ's error is that of a standard deviation
//! by the fourth moment.

use super::columns::Measured;
use super::estimate::{Estimate, Untold};
use super::key::Key;

/// The effects of a key, in the measure's unit (of a measure with infinite values: in shares of ranks).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effects {
    /// μ.
    pub mean: Estimate,
    /// μ*.
    pub size: Estimate,
    /// σ.
    pub deviation: Estimate,
}

/// What a trajectory moves at each step: a key, and how far its u goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    keys: usize,
    steps: Vec<(u32, f64)>,
}

impl Steps {
    /// Steps given one by one, trajectory after trajectory: the key's place, and Δu.
    pub fn given(keys: usize, steps: Vec<(u32, f64)>) -> Self {
        Self { keys, steps }
    }

    /// The steps of a Morris design, found from its draws: the key that changes from one draw to the next moves `step`, up or
    /// down with its value. Draws past the last whole trajectory are left out.
    ///
    /// # Errors
    /// The draw, from 0, that differs from the one before in another number of keys than one.
    pub fn found(columns: &[Key<'_>], step: f64) -> Result<Self, usize> {
        let keys = columns.len();
        let rows = columns.first().map_or(0, Key::len);
        let value = |key: usize, row: usize| match columns[key] {
            Key::Numbers(column) | Key::Levels(column, _) => column.get(row).copied().unwrap_or(f64::NAN),
        };
        let mut steps = Vec::with_capacity(rows);
        for start in (0..rows / (keys + 1)).map(|trajectory| trajectory * (keys + 1)) {
            let mut moved = vec![false; keys];
            for row in start + 1..=start + keys {
                let mut changed = (0..keys).filter(|key| value(*key, row) != value(*key, row - 1));
                let (Some(key), None) = (changed.next(), changed.next()) else { return Err(row) };
                if std::mem::replace(&mut moved[key], true) {
                    return Err(row);
                }
                let up = value(key, row) > value(key, row - 1);
                #[expect(clippy::cast_possible_truncation, reason = "keys are few")]
                steps.push((key as u32, if up { step } else { -step }));
            }
        }
        Ok(Self { keys, steps })
    }

    /// The entries of a column that are independent of one another: the first draw of every trajectory.
    pub fn single(&self, column: &[f64]) -> Vec<f64> {
        column.chunks_exact(self.keys + 1).map(|trajectory| trajectory[0]).collect()
    }
}

/// The effects of every key on a measure whose rows are the draws of trajectories, in their order. A step at either end of which
/// the measure is missing is left out.
///
/// # Errors
/// Of a key, [`Untold::FewDraws`] with fewer than two of its steps.
pub fn morris(measured: &Measured, steps: &Steps) -> Vec<Result<Effects, Untold>> {
    let mut effects: Vec<Vec<f64>> = vec![Vec::new(); steps.keys];
    let trajectories = measured.values.chunks_exact(steps.keys + 1).zip(steps.steps.chunks_exact(steps.keys.max(1)));
    for (values, steps) in trajectories {
        for (ends, (key, step)) in values.windows(2).zip(steps) {
            let effect = (ends[1] - ends[0]) / step * measured.unit;
            if !effect.is_nan()
                && let Some(effects) = effects.get_mut(*key as usize)
            {
                effects.push(effect);
            }
        }
    }
    effects.iter().map(|effects| of_key(effects)).collect()
}

fn of_key(effects: &[f64]) -> Result<Effects, Untold> {
    let n = effects.len();
    if n < 2 {
        return Err(Untold::FewDraws);
    }
    let count = n as f64;
    let moments = |numbers: &dyn Fn(f64) -> f64| {
        let mean = effects.iter().map(|effect| numbers(*effect)).sum::<f64>() / count;
        let from = |power: i32| {
            effects.iter().map(|effect| (0..power).fold(1.0, |p, _| p * (numbers(*effect) - mean))).sum::<f64>()
        };
        (mean, (from(2) / (count - 1.0)).sqrt(), from(4) / count)
    };
    let (mean, deviation, fourth) = moments(&|effect| effect);
    let (size, scatter, _) = moments(&f64::abs);
    let square = deviation * deviation;
    let of_deviation =
        if deviation > 0.0 { ((fourth - square * square).max(0.0) / count).sqrt() / (2.0 * deviation) } else { 0.0 };
    Ok(Effects {
        mean: Estimate::student(mean, deviation / count.sqrt(), n),
        size: Estimate::student(size, scatter / count.sqrt(), n),
        deviation: Estimate::student(deviation, of_deviation, n),
    })
}
