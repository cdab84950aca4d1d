//! How far a measure's distribution moves when a key is held: PAWN, from any design.
//!
//! Over classes c of a key, the Kolmogorov–Smirnov distance D_c = max_y |F(y|c) − F(y)| between the distribution in the class
//! and that of all draws, exactly; summarised by its median and its maximum over the classes (Pianosi and Wagener 2018).
//! Without any influence D_c is not 0: of n_c draws it scatters about 0.83 √((1 − n_c/N)/n_c). What a key without influence
//! would show stands beside each number (`idle`), in the place of the dummy parameter of Khorashadi Zadeh et al. (2017).

use super::columns::{Classes, Measured, NO_CLASS};
use super::estimate::{Estimate, Untold};
use crate::design::{Purpose, Stream, low_quantile, unit};
use crate::math::{exp2, ln};

/// Draws of the distances for the error of their median and maximum.
const DRAWS: usize = 400;

/// PAWN's indices of a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pawn {
    /// Median over the classes.
    pub median: Estimate,
    /// Maximum over the classes.
    pub maximum: Estimate,
    /// The median that a key without influence would show.
    pub idle_median: f64,
    /// The maximum that it would show.
    pub idle_maximum: f64,
}

/// A class's distance, and its standard error.
struct Distance {
    value: f64,
    error: f64,
}

/// Distances between the distribution of `measured` in each of `classes` and that of all its draws.
///
/// # Errors
/// [`Untold::OneValue`] where there are not two classes.
pub fn pawn(classes: &Classes, measured: &Measured) -> Result<Pawn, Untold> {
    let counts = counts(classes, measured);
    let filled: Vec<f64> = counts[..classes.count].iter().copied().filter(|count| *count > 0.0).collect();
    if filled.len() < 2 {
        return Err(if filled.is_empty() { Untold::NoDraws } else { Untold::OneValue });
    }
    let distances = distances(classes, measured, &counts);
    let all = measured.rows() as f64;
    let mut sorted: Vec<f64> = distances.iter().map(|distance| distance.value).collect();
    let (median, maximum) = middle_and_end(&mut sorted);
    let (mut medians, mut maxima) = (Moments::default(), Moments::default());
    let stream = Stream::new(0, Purpose::Resampling, 0);
    let mut words = stream.from(0).map(unit);
    for _ in 0..DRAWS {
        for (drawn, distance) in sorted.iter_mut().zip(&distances) {
            let u = words.next().unwrap_or(0.5);
            let normal = if u < 0.5 { low_quantile(u) } else { -low_quantile(1.0 - u) };
            *drawn = (distance.value + distance.error * normal).abs();
        }
        let (median, maximum) = middle_and_end(&mut sorted);
        medians.add(median);
        maxima.add(maximum);
    }
    // Of n classes the largest of n distances of nothing has its median where each keeps below with 2^(−1/n).
    let typical = all / filled.len() as f64;
    let scale = ((1.0 - typical / all) / typical).sqrt();
    let idle = |below: f64| scale * (0.5 * ln(2.0 / (1.0 - below))).sqrt();
    Ok(Pawn {
        median: Estimate::normal(median, medians.deviation(), measured.rows()),
        maximum: Estimate::normal(maximum, maxima.deviation(), measured.rows()),
        idle_median: idle(0.5),
        idle_maximum: idle(exp2(-1.0 / filled.len() as f64)),
    })
}

fn counts(classes: &Classes, measured: &Measured) -> Vec<f64> {
    let mut counts = vec![0.0; usize::from(NO_CLASS) + 1];
    for (code, value) in classes.code.iter().zip(&measured.values) {
        counts[usize::from(*code)] += if value.is_nan() { 0.0 } else { 1.0 };
    }
    counts
}

/// One pass over the draws in the measure's order: a class's distribution function moves at its own draws only, so that its
/// distance from the other is largest just after one of them, or just before.
fn distances(classes: &Classes, measured: &Measured, counts: &[f64]) -> Vec<Distance> {
    #[derive(Clone, Copy, Default)]
    struct Running {
        /// Draws of the class so far.
        seen: f64,
        /// 1/n_c.
        share: f64,
        distance: f64,
        /// F(y|c) there.
        at: f64,
    }
    impl Running {
        #[inline(always)]
        fn look(&mut self, all: f64) {
            let own = self.seen * self.share;
            let distance = (own - all).abs();
            if distance > self.distance {
                (self.distance, self.at) = (distance, own);
            }
        }
    }
    let mut running: Vec<Running> = counts
        .iter()
        .map(|count| Running { share: if *count > 0.0 { 1.0 / count } else { 0.0 }, ..Running::default() })
        .collect();
    let share = 1.0 / measured.rows() as f64;
    let mut start = 0;
    while start < measured.order.len() {
        let before = start as f64 * share;
        if measured.last[start] {
            let class = &mut running[usize::from(classes.code[measured.order[start] as usize])];
            class.look(before);
            class.seen += 1.0;
            start += 1;
            class.look(start as f64 * share);
            continue;
        }
        // Equal values: both functions jump at once.
        let end = start + measured.last[start..].iter().take_while(|last| !**last).count() + 1;
        running[..classes.count].iter_mut().for_each(|class| class.look(before));
        for row in &measured.order[start..end] {
            running[usize::from(classes.code[*row as usize])].seen += 1.0;
        }
        let after = end as f64 * share;
        running[..classes.count].iter_mut().for_each(|class| class.look(after));
        start = end;
    }
    (running[..classes.count].iter())
        .filter(|class| class.share > 0.0)
        .map(|class| Distance {
            value: class.distance,
            error: (class.at * (1.0 - class.at) * class.share * (1.0 - share / class.share)).max(0.0).sqrt(),
        })
        .collect()
}

/// Median and maximum; sorts.
fn middle_and_end(values: &mut [f64]) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    let middle = if values.len().is_multiple_of(2) { 0.5 * (values[half - 1] + values[half]) } else { values[half] };
    (middle, values[values.len() - 1])
}

#[derive(Default)]
struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn deviation(&self) -> f64 {
        let mean = self.sum / self.count;
        (self.squares / self.count - mean * mean).max(0.0).sqrt()
    }
}
