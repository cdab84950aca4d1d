//! A number told from draws, and how sure it is.
//!
//! | number | interval of 95 % | source |
//! |---|---|---|
//! | a share | Wilson's score interval, which has a width where no draw or every draw counts, too | Wilson 1927; Brown, Cai and DasGupta 2001 |
//! | a mean | the mean ± 1.96 standard errors; of few draws, Student's quantile of them | |
//! | a mean of differences between variants | the same, of the differences draw by draw: what moves both variants alike does not count as noise | |
//! | a quantile | two order statistics, by the binomial distribution; exact whatever the distribution is | David and Nagaraja 2003, section 7.1 |
//! | a maximum | none: it is a lower bound, and [`beyond`] says how many draws may exceed it | |
//!
//! All of them are those of independent draws. A Sobol design is more even than that and its errors are smaller, by how much
//! cannot be told from one such design; a grid has no chance in it, and shares over it are shares of the grid.
//!
//! - L. D. Brown, T. T. Cai and A. DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16
//!   (2001), 101–133.
//! - H. A. David and H. N. Nagaraja, Order Statistics, 3rd edition, Wiley 2003.
//! - Z. He and X. Wang, "On the convergence rate of randomized quasi-Monte Carlo for discontinuous functions", SIAM Journal
//!   on Numerical Analysis 53 (2015), 2488–2503.
//! - A. B. Owen, "Scrambled net variance for integrals of smooth functions", Annals of Statistics 25 (1997), 1541–1562.
//! - E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
//!   Statistical Association 22 (1927), 209–212.

use super::binomial;
use crate::design::Kind;
use crate::math::{exp, exp2, ln};
use crate::names;

/// The 97.5 % quantile of the standard normal.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// A number told from draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// What the draws say.
    pub value: f64,
    /// Where the interval of 95 % begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// The standard error, in the unit of the value.
    pub error: f64,
    /// The draws that it rests on.
    pub count: u64,
}

impl Estimate {
    /// The same in another unit, by a function that rises; its slope at the value takes the standard error along.
    #[must_use]
    pub fn through(self, to: impl Fn(f64) -> f64, slope: f64) -> Self {
        Self { value: to(self.value), low: to(self.low), high: to(self.high), error: self.error * slope, ..self }
    }

    /// As a share is shown: number and interval within 0 and 1, beyond which chance may take an estimate without bias.
    #[must_use]
    pub fn as_share(self) -> Self {
        let [value, low, high] = [self.value, self.low, self.high].map(|share| share.clamp(0.0, 1.0));
        Self { value, low, high, ..self }
    }
}

names! {
    /// Why a number cannot be told.
    #[derive(Hash, PartialOrd, Ord)]
    pub enum Untold {
        NoDraws = "no-draws": "No draw has all that it takes",
        FewDraws = "too-few-draws": "Too few draws have all that it takes",
        OneAnswer = "one-answer": "The answer is the same in every draw",
        OneValue = "one-value": "The key has the same value in every draw",
        ManyKeys = "too-many-keys": "More keys than there is a way to go through",
        OneVariant = "one-variant": "There is nothing to choose from",
        NotAsked = "not-asked": "It was not asked for",
    }
}

/// `part` of `all` draws, with Wilson's interval.
///
/// # Errors
/// Where there are none.
pub fn share(part: u64, all: u64) -> Result<Estimate, Untold> {
    if all == 0 {
        return Err(Untold::NoDraws);
    }
    let n = all as f64;
    let p = part as f64 / n;
    let weight = 1.0 + Z * Z / n;
    let middle = (p + Z * Z / (2.0 * n)) / weight;
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / weight;
    // At 0 and 1 the ends are these, which rounding may miss.
    let low = if part == 0 { 0.0 } else { middle - half };
    let high = if part == all { 1.0 } else { middle + half };
    Ok(Estimate { value: p, low, high, error: (p * (1.0 - p) / n).sqrt(), count: all })
}

/// A mean, taken in number by number: the same bits however the numbers come in pieces.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Mean {
    count: u64,
    sum: f64,
    /// What rounding took from the sum (Neumaier 1974).
    lost: f64,
    /// The mean so far, and the squares around it (Welford 1962).
    middle: f64,
    squares: f64,
}

impl Mean {
    /// Takes in a number.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let sum = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() { self.sum - sum + value } else { value - sum + self.sum };
        self.sum = sum;
        let from = value - self.middle;
        self.middle += from / self.count as f64;
        self.squares += from * (value - self.middle);
    }

    /// The numbers taken in.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean; `None` of no number.
    pub fn value(&self) -> Option<f64> {
        (self.count > 0).then(|| (self.sum + self.lost) / self.count as f64)
    }

    /// The mean with its standard error, the root of the variance (over n − 1) by n.
    ///
    /// # Errors
    /// Of fewer than two numbers nothing can be said.
    pub fn estimate(&self) -> Result<Estimate, Untold> {
        let value = self.value().ok_or(Untold::NoDraws)?;
        if self.count < 2 {
            return Err(Untold::FewDraws);
        }
        let n = self.count as f64;
        let error = (self.squares.max(0.0) / (n - 1.0) / n).sqrt();
        let draws = usize::try_from(self.count).unwrap_or(usize::MAX);
        Ok(Estimate::student(value, error, draws))
    }
}

/// The places, from 0, of the order statistics between which quantile `p` of what `count` draws are drawn from lies in 95 % of
/// cases at least, 2.5 % at most on either side; `None` where so few draws reach no end.
pub fn ranks(count: u64, p: f64) -> [Option<u64>; 2] {
    const TAIL: f64 = 0.025;
    // The first for which it holds, of 0 … count + 1.
    let first = |holds: &dyn Fn(u64) -> bool| {
        let (mut low, mut high) = (0, count + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            (low, high) = if holds(middle) { (low, middle) } else { (middle + 1, high) };
        }
        low
    };
    // The quantile lies below order statistic k, from 1, where fewer than k draws do not exceed it.
    let below = first(&|k| 1.0 - binomial::at_least(k, count, p) > TAIL).checked_sub(1).filter(|&k| k >= 1);
    let above = Some(first(&|k| binomial::at_least(k, count, p) <= TAIL)).filter(|&k| k <= count);
    [below.map(|k| k - 1), above.map(|k| k - 1)]
}

/// The share of all possible draws that may exceed the largest of `count`: no more than this in 95 % of cases
/// (1 − 0.05^(1/n), "the rule of three").
pub fn beyond(count: u64) -> Option<f64> {
    (count > 0).then(|| 1.0 - exp(ln(0.05) / count as f64))
}

/// What it takes to halve an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Halving {
    /// So many draws in all are enough: four times as many, since the errors told are those of independent draws.
    pub enough: u64,
    /// So many may be enough under a Sobol design, where its theory holds; `None` under another.
    pub hoped: Option<u64>,
}

/// How many draws would halve the error of a number told from `draws` draws of `axes` keys; `None` for a grid, in which there
/// is no chance. `smooth`: a mean of what moves smoothly with the keys; else a share.
///
/// The error of independent draws falls as n^(−1/2); that of a Latin hypercube does too, from a lower level, and its draws are
/// laid out anew for another n. Under a scrambled Sobol sequence the error of a smooth mean falls as n^(−3/2) but for
/// logarithms (Owen 1997), that of a share over d keys as n^(−1/2 − 1/(2d)) (He and Wang 2015): next to nothing is gained
/// over independent draws where many keys vary.
pub fn halving(kind: Kind, draws: u64, axes: usize, smooth: bool) -> Option<Halving> {
    let enough = draws.saturating_mul(4);
    let axes = axes.max(1) as f64;
    let factor = if smooth { exp2(2.0 / 3.0) } else { exp2(2.0 * axes / (axes + 1.0)) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count below four times another")]
    let hoped = || ((draws as f64 * factor).ceil() as u64).next_power_of_two().min(enough);
    match kind {
        Kind::Grid => None,
        Kind::Random | Kind::LatinHypercube | Kind::Table | Kind::Saltelli | Kind::Morris => {
            Some(Halving { enough, hoped: None })
        }
        Kind::Sobol => Some(Halving { enough, hoped: Some(hoped()) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_wilsons_interval() {
        // Published: 0 of 20 and 1 of 10; R's prop.test(…, correct = FALSE).
        let none = share(0, 20).expect("draws");
        assert!(none.low == 0.0 && (none.high - 0.161_125).abs() < 1e-5, "{none:?}");
        let one = share(1, 10).expect("draws");
        assert!((one.low - 0.017_876).abs() < 1e-5 && (one.high - 0.404_150).abs() < 1e-5, "{one:?}");
        assert_eq!(share(0, 0), Err(Untold::NoDraws));
        let all = share(20, 20).expect("draws");
        assert!((all.low - (1.0 - none.high)).abs() < 1e-15 && all.high == 1.0);
    }

    #[test]
    fn a_mean_is_told_with_the_error_of_its_numbers() {
        let mut mean = Mean::default();
        // Far from 0, where sums of squares lose their digits.
        [4.0, 7.0, 13.0, 16.0].iter().for_each(|x| mean.add(1e9 + x));
        let told = mean.estimate().expect("four numbers");
        assert_eq!(told.value, 1e9 + 10.0);
        assert!((told.error - (30.0f64 / 4.0).sqrt()).abs() < 1e-9, "{told:?}");
        assert_eq!(Mean::default().estimate(), Err(Untold::NoDraws));
        let mut sum = Mean::default();
        [1.0, 1e100, 1.0, -1e100].iter().for_each(|&x| sum.add(x));
        assert_eq!(sum.value(), Some(0.5));
    }

    #[test]
    fn the_ends_of_a_quantile_are_order_statistics() {
        // The median of 10, by hand: P(X ≤ 1) = 11/1024, P(X ≤ 2) = 56/1024.
        assert_eq!(ranks(10, 0.5), [Some(1), Some(8)]);
        // Of five draws none is surely below or above the median; of six the least and the greatest are.
        assert_eq!(ranks(5, 0.5), [None, None]);
        assert_eq!(ranks(6, 0.5), [Some(0), Some(5)]);
        // 0.9^36 < 0.025 < 0.9^35: from 36 draws on one exceeds the 90 % quantile.
        assert_eq!([ranks(35, 0.9)[1], ranks(36, 0.9)[1]], [None, Some(35)]);
        for count in [100, 1_000_003] {
            let [Some(low), Some(high)] = ranks(count, 0.9) else { panic!("two ends") };
            let n = count as f64;
            for (rank, side) in [(low, -1.0), (high, 1.0)] {
                let normal = n * 0.9 + side * Z * (n * 0.09).sqrt();
                assert!((rank as f64 - normal).abs() < 2.5, "{count}: {rank} beside {normal}");
            }
        }
    }

    #[test]
    fn a_maximum_is_a_lower_bound_and_says_of_how_much() {
        let told = beyond(1000).expect("draws");
        assert!((told - 0.002_991_2).abs() < 1e-6, "{told}");
        assert_eq!(beyond(0), None);
    }

    #[test]
    fn to_halve_an_error_takes_four_times_the_draws_and_less_where_they_are_even() {
        assert_eq!(halving(Kind::Random, 1000, 3, false), Some(Halving { enough: 4000, hoped: None }));
        assert_eq!(halving(Kind::Grid, 1000, 3, false), None);
        assert_eq!(halving(Kind::Sobol, 1024, 1, false), Some(Halving { enough: 4096, hoped: Some(2048) }));
        assert_eq!(halving(Kind::Sobol, 1024, 50, false), Some(Halving { enough: 4096, hoped: Some(4096) }));
        assert_eq!(halving(Kind::Sobol, 1024, 50, true), Some(Halving { enough: 4096, hoped: Some(2048) }));
    }
}
