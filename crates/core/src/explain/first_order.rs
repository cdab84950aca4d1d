//! The share of a measure's variance that a key explains alone, from any design.
//!
//! S = Var E(Y|X)/Var Y, the correlation ratio (Pearson 1905) or first-order Sobol index, from means m_c of Y in classes of X.
//!
//! - Noise. The variance between classes holds the noise of their means too, Σ_c (1 − n_c/N) s_c² of independent draws. Evenly
//!   spread draws have less of it: where second differences of neighbouring means show so (Rice 1984; Gasser, Sroka and
//!   Jennen-Steinmetz 1986), by what these show.
//! - Width. What E(Y|X) varies within a class is lost; with equal classes of width h it is h² E(m′²)/12, and the mean squared
//!   difference of neighbours, h² E(m′²) beside their noise, says how much.
//! - Error. By the influence of a draw on the ratio, 2 m_c y − m_c² − S y² (y from the mean, in standard deviations): what
//!   a bootstrap over draws tends to, without the noise of its own draws.

use super::columns::{Classed, Measured, NO_CLASS};
use super::estimate::{Estimate, Untold};
use crate::math::hypot;

/// Fewest classes whose differences say something of what lies within them; of noise they do so from 21 on.
const FEWEST: usize = 4;

/// What a class holds: count, and sums of y, y², y³ and y⁴.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    sum: f64,
    squares: f64,
    cubes: f64,
    fourths: f64,
}

impl Sums {
    fn mean(&self) -> f64 {
        self.sum / self.count
    }

    /// Variance within the class, over n − 1.
    fn within(&self) -> Option<f64> {
        (self.count > 1.0).then(|| (self.squares - self.sum * self.mean()).max(0.0) / (self.count - 1.0))
    }
}

/// The main effect of a key on a measure.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    /// E(Y|class), from the mean of Y; 0 where the class holds nothing.
    pub means: Vec<f64>,
    /// What of these means is no noise, 0 to 1: the more of it, the more of them is to be taken off (James and Stein 1961).
    pub kept: f64,
    /// What of Var E(Y|X) lies within the classes.
    pub hidden: f64,
    /// The noise of the means, as a multiple of that of independent draws, times the number of classes.
    pub fitted: f64,
    /// The index.
    pub index: Estimate,
}

/// The first-order index of `key`, for `measured`.
///
/// # Errors
/// [`Untold::OneValue`] of a key that does not vary; [`Untold::FewDraws`] where no class holds two draws.
pub fn first_order(key: &Classed, measured: &Measured) -> Result<Estimate, Untold> {
    effect(key, measured).map(|effect| effect.index)
}

pub(super) fn effect(key: &Classed, measured: &Measured) -> Result<Effect, Untold> {
    let mut classes = vec![Sums::default(); usize::from(NO_CLASS) + 1];
    for (code, y) in key.fine.code.iter().zip(&measured.values) {
        if y.is_nan() {
            continue;
        }
        let class = &mut classes[usize::from(*code)];
        let square = y * y;
        class.count += 1.0;
        class.sum += y;
        class.squares += square;
        class.cubes += square * y;
        class.fourths += square * square;
    }
    classes.truncate(key.fine.count);
    let filled: Vec<Sums> = classes.iter().copied().filter(|class| class.count > 0.0).collect();
    let of = |what: fn(&Sums) -> f64| filled.iter().map(what).sum::<f64>();
    let count = of(|class| class.count);
    if filled.len() < 2 {
        return Err(if count == 0.0 { Untold::NoDraws } else { Untold::OneValue });
    }
    let mean = of(|class| class.sum) / count;
    let variance = of(|class| class.squares) / count - mean * mean;
    if variance <= 0.0 {
        return Err(Untold::OneAnswer);
    }
    let freedom: f64 = filled.iter().map(|class| (class.count - 1.0).max(0.0)).sum();
    if freedom == 0.0 {
        return Err(Untold::FewDraws);
    }
    let pooled = of(|class| class.within().map_or(0.0, |variance| variance * (class.count - 1.0))) / freedom;
    let between =
        filled.iter().map(|class| class.count * (class.mean() - mean) * (class.mean() - mean)).sum::<f64>() / count;
    let independent =
        filled.iter().map(|class| (1.0 - class.count / count) * class.within().unwrap_or(pooled)).sum::<f64>() / count;
    // The variance of that noise, in the sum of squares.
    let of_noise =
        filled.iter().map(|class| class.within().unwrap_or(pooled)).map(|s2| s2 * s2).sum::<f64>() / (count * count);
    let (noise, hidden) =
        if key.ordered && !key.fine.levels { smooth(&filled, independent) } else { (independent, 0.0) };
    let plain = between / variance;
    let value = (between - noise + hidden) / variance;

    // The sum of squared influences, class by class, y from the mean of all.
    let squared: f64 = (filled.iter())
        .map(|class| {
            let (m, sums) = (class.mean() - mean, class.from(mean));
            let (m2, s) = (m * m, plain);
            4.0 * m2 * sums.squares + m2 * m2 * sums.count + s * s * sums.fourths
                - 4.0 * m2 * m * sums.sum
                - 4.0 * m * s * sums.cubes
                + 2.0 * m2 * s * sums.squares
        })
        .sum();
    let influence = squared / count / (variance * variance);
    // The noise of the means is in there twice over, and is all that is left where nothing is explained.
    let by_noise = 2.0 * of_noise / (variance * variance);
    let chance = ((influence / count - 2.0 * by_noise).max(0.0) + by_noise).sqrt();
    // What is below 0 or above 1 is wrong by that at least: evenly spread draws have less noise than was taken off.
    let error = hypot(chance, (-value).max(value - 1.0).max(0.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows")]
    let index = Estimate::normal(value, error, count as usize);
    let means = classes.iter().map(|class| if class.count > 0.0 { class.mean() - mean } else { 0.0 }).collect();
    let kept = if between > 0.0 { (1.0 - noise / between).clamp(0.0, 1.0) } else { 0.0 };
    let fitted = if independent > 0.0 { noise / independent * (filled.len() - 1) as f64 } else { 0.0 };
    Ok(Effect { means, kept, hidden, fitted, index })
}

impl Sums {
    /// The same sums of y − `mean`.
    fn from(&self, mean: f64) -> Self {
        let Self { count, sum, squares, cubes, fourths } = *self;
        let (m, m2) = (mean, mean * mean);
        Self {
            count,
            sum: sum - m * count,
            squares: squares - 2.0 * m * sum + m2 * count,
            cubes: cubes - 3.0 * m * squares + 3.0 * m2 * sum - m2 * m * count,
            fourths: fourths - 4.0 * m * cubes + 6.0 * m2 * squares - 4.0 * m2 * m * sum + m2 * m2 * count,
        }
    }
}

/// Of equally filled classes of an ordered key: the variance of a class's mean by chance, and what of the effect lies within
/// classes. `independent` is that variance for independent draws.
fn smooth(classes: &[Sums], independent: f64) -> (f64, f64) {
    let count = classes.len();
    if count < FEWEST {
        return (independent, 0.0);
    }
    let apart = |lag: usize| {
        let pairs = classes.iter().zip(&classes[lag..]).map(|(a, b)| a.mean() - b.mean());
        pairs.map(|difference| difference * difference).sum::<f64>() / (2 * (count - lag)) as f64
    };
    // Half the mean squared difference at lag k is noise + k² h² E(m′²)/2.
    let (one, two) = (apart(1), apart(2));
    let seen = (4.0 * one - two).max(0.0) / 3.0;
    // Two standard deviations below independent draws, or it may be chance.
    let noise = if seen < independent * (1.0 - 2.0 * (5.0 / count as f64).sqrt()) { seen } else { independent };
    (noise, ((one - noise) / 6.0).max(0.0))
}
