//! What takes all draws at once: quantiles of regret, and dominance. Keeps 8 bytes per draw and variant, and takes 8 more per
//! draw while it counts.

use super::worth::TIE;
use super::worth::Worths;
use crate::explain::estimate::{Estimate, Untold, Z, ranks};
use crate::math::ln;
use crate::names;

names! {
    /// A stochastic order.
    pub enum Order {
        First = "first": "Whoever prefers more prefers it",
        Second = "second": "Whoever prefers more and dislikes risk prefers it",
    }
}

/// The worths of all draws, variant by variant. They are positive, and so in the order of their bits.
#[derive(Debug, Clone)]
pub struct Ranked {
    worths: Worths,
    of: Vec<Vec<u64>>,
}

impl Ranked {
    /// Of variants and their baselines ([`Worths::new`]).
    pub fn new(baselines: &[usize]) -> Self {
        Self { worths: Worths::new(baselines), of: vec![Vec::new(); baselines.len()] }
    }

    /// Takes in the next draws, as [`super::Tally::add`] does; those that cannot be compared are left out.
    pub fn add(&mut self, gains: &[f64]) {
        for draw in gains.chunks_exact(self.of.len().max(1)) {
            if let Some(worths) = self.worths.of(draw) {
                self.of.iter_mut().zip(worths).for_each(|(column, worth)| column.push(worth.to_bits()));
            }
        }
    }

    /// Draws that it holds.
    fn count(&self) -> usize {
        self.of.first().map_or(0, Vec::len)
    }

    /// Quantile `p` of each variant's regret, linear between the two nearest ranks (type 7 of Hyndman and Fan 1996), between
    /// two order statistics; its error is what these would be of a normal.
    ///
    /// # Errors
    /// Per variant [`Untold::NoDraws`] of no draw, [`Untold::FewDraws`] where so few draws reach no end.
    pub fn regret(&self, p: f64) -> Vec<Result<Estimate, Untold>> {
        let count = self.count();
        // The best of a draw, then the regret: one column for all variants.
        let best = |row: usize| self.of.iter().map(|column| column[row]).max().map_or(f64::NAN, f64::from_bits);
        let mut column: Vec<f64> = Vec::with_capacity(count);
        let mut told = Vec::new();
        for of in &self.of {
            column.clear();
            column.extend(of.iter().enumerate().map(|(row, worth)| best(row) / f64::from_bits(*worth) - 1.0));
            told.push(quantile(&mut column, p));
        }
        told
    }

    /// Which variants dominate which.
    pub fn dominances(mut self) -> Dominances {
        self.of.iter_mut().for_each(|column| column.sort_unstable());
        let variants = self.of.len();
        let of =
            (0..variants * variants).map(|pair| over(&self.of[pair / variants], &self.of[pair % variants])).collect();
        Dominances { variants, of }
    }
}

fn quantile(column: &mut [f64], p: f64) -> Result<Estimate, Untold> {
    let count = column.len();
    if count == 0 {
        return Err(Untold::NoDraws);
    }
    let mut at = |rank: usize| *column.select_nth_unstable_by(rank.min(count - 1), f64::total_cmp).1;
    let place = p * (count - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the count")]
    let rank = place as usize;
    let (below, above) = (at(rank), at(rank + 1));
    let value = if above > below { below + place.fract() * (above - below) } else { below };
    let [Some(low), Some(high)] = ranks(count as u64, p) else { return Err(Untold::FewDraws) };
    #[expect(clippy::cast_possible_truncation, reason = "ranks of a column in memory")]
    let (low, high) = (at(low as usize), at(high as usize));
    Ok(Estimate { value, low, high, error: (high - low) / (2.0 * Z), count: count as u64 })
}

/// How far one variant dominates another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dominance {
    /// Whether it does, to first order.
    pub first: bool,
    /// Whether it does, to second order; it does wherever it does to first order.
    pub second: bool,
    /// The most by which its share of draws below a worth exceeds the other's, 0 where it never does: what it misses first-order
    /// dominance by. Below [`noise`] chance may have made it.
    pub excess: f64,
    /// The most by which its worst draws, summed and divided by all, are worth less than as many of the other's worst, 0 where they
    /// never are: what it misses second-order dominance by.
    pub shortfall: f64,
}

/// How far the draws of `column`, sorted, dominate those of `other`.
fn over(column: &[u64], other: &[u64]) -> Dominance {
    let count = column.len() as f64;
    let (mut never_less, mut more) = (true, false);
    let mut never_short = true;
    let (mut sum, mut lead, mut shortfall) = (0.0, 0.0f64, 0.0f64);
    for (&mine, &theirs) in column.iter().zip(other) {
        let (mine, theirs) = (f64::from_bits(mine), f64::from_bits(theirs));
        let ahead = mine / theirs - 1.0;
        never_less &= ahead >= -TIE;
        more |= ahead > TIE;
        sum += theirs;
        lead += mine - theirs;
        let tie = TIE * sum;
        never_short &= lead >= -tie;
        shortfall = shortfall.max(if lead < -tie { -lead } else { 0.0 });
    }
    Dominance {
        first: never_less && more,
        // Where it is more somewhere and never short, it is ahead there.
        second: never_short && more,
        excess: excess(column, other),
        shortfall: shortfall / count.max(1.0),
    }
}

/// The most by which the share of `column` at or below a number exceeds that of `other`. What is equal to within a tie is equal.
fn excess(column: &[u64], other: &[u64]) -> f64 {
    let (mut i, mut most) = (0, 0usize);
    // At each number of `column`, those of `other` that are no greater: those beyond a tie of it are greater.
    for (j, &mine) in column.iter().enumerate() {
        let reach = f64::from_bits(mine) * (1.0 + TIE);
        while i < other.len() && f64::from_bits(other[i]) <= reach {
            i += 1;
        }
        most = most.max((j + 1).saturating_sub(i));
    }
    most as f64 / column.len().max(1) as f64
}

/// The excess ([`Dominance::excess`]) that chance gives between two samples of `count` independent draws of one distribution in
/// 5 % of cases at most (Smirnov 1939, one-sided, for many draws): √(ln 20 / n). Variants of a sweep are run on the same draws; where
/// that makes them alike, it gives less.
pub fn noise(count: u64) -> Option<f64> {
    (count > 0).then(|| (ln(20.0) / count as f64).sqrt())
}

/// Which variants dominate which.
#[derive(Debug, Clone, PartialEq)]
pub struct Dominances {
    variants: usize,
    of: Vec<Dominance>,
}

impl Dominances {
    /// How far `variant` dominates `other`; `None` where there is none such.
    pub fn over(&self, variant: usize, other: usize) -> Option<&Dominance> {
        (variant < self.variants && other < self.variants).then(|| &self.of[variant * self.variants + other])
    }

    /// The variants that no other dominates.
    pub fn undominated(&self, order: Order) -> Vec<usize> {
        let dominates = |v: usize, u: usize| {
            self.over(v, u).is_some_and(|dominance| match order {
                Order::First => dominance.first,
                Order::Second => dominance.second,
            })
        };
        (0..self.variants).filter(|&u| !(0..self.variants).any(|v| v != u && dominates(v, u))).collect()
    }
}
