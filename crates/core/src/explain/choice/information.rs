//! What it would be worth to know one key before choosing.

use crate::explain::columns::{Classed, NO_CLASS};
use crate::explain::estimate::{Estimate, Untold};
use crate::math::{exp, exp_m1};

/// Parts of the draws, for errors and the cautious value.
const PARTS: usize = 64;

/// The part that a draw belongs to: spread by a multiplicative hash, so that no digit of a grid can keep step with it.
fn part(row: usize) -> usize {
    ((row as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58) as usize
}

/// Sums by part, class and variant.
#[derive(Debug, Clone)]
pub(super) struct ByClass<'a> {
    key: &'a Classed,
    variants: usize,
    classes: usize,
    sums: Vec<f64>,
    /// Draws by part.
    counts: [u64; PARTS],
    missing: u64,
}

impl<'a> ByClass<'a> {
    pub fn new(key: &'a Classed, variants: usize) -> Self {
        let classes = key.fine.count;
        Self { key, variants, classes, sums: vec![0.0; PARTS * classes * variants], counts: [0; PARTS], missing: 0 }
    }

    /// Takes in the logarithms of the worths in draw `row`.
    #[inline]
    pub fn take_in(&mut self, row: usize, logs: &[f64]) {
        let class = self.key.fine.code.get(row).copied().unwrap_or(NO_CLASS);
        if class == NO_CLASS {
            self.missing += 1;
            return;
        }
        let part = part(row);
        self.counts[part] += 1;
        let begin = (part * self.classes + usize::from(class)) * self.variants;
        for (sum, log) in self.sums[begin..begin + self.variants].iter_mut().zip(logs) {
            *sum += log;
        }
    }

    /// What knowing the key is worth.
    pub fn information(&self) -> Result<Information, Untold> {
        if self.variants < 2 {
            return Err(Untold::OneVariant);
        }
        if self.classes < 2 {
            return Err(Untold::OneValue);
        }
        let count: u64 = self.counts.iter().sum();
        let parts = self.counts.iter().filter(|count| **count > 0).count();
        if parts < 2 {
            return Err(Untold::FewDraws);
        }
        let size = self.classes * self.variants;
        let mut all = vec![0.0; size];
        for of in self.sums.chunks_exact(size) {
            all.iter_mut().zip(of).for_each(|(sum, more)| *sum += more);
        }
        let value = self.gain(&all) / count as f64;
        let chosen = best(&self.totals(&all));
        let (mut cautious, mut without) = (0.0, Vec::new());
        for (of, &in_part) in self.sums.chunks_exact(size).zip(&self.counts).filter(|(_, count)| **count > 0) {
            let others: Vec<f64> = all.iter().zip(of).map(|(all, part)| all - part).collect();
            without.push(self.gain(&others) / (count - in_part) as f64);
            let by_class = others.chunks_exact(self.variants).zip(of.chunks_exact(self.variants));
            cautious += by_class.map(|(others, of)| of[best(others)] - of[chosen]).sum::<f64>();
        }
        let n = parts as f64;
        let mean = without.iter().sum::<f64>() / n;
        let spread: f64 = without.iter().map(|one| (one - mean) * (one - mean)).sum();
        let error = ((n - 1.0) / n * spread).sqrt();
        let told = Estimate { count, ..Estimate::student(value, error, parts) };
        Ok(Information {
            value: told.through(exp_m1, exp(value)),
            cautious: exp_m1(cautious / count as f64),
            classes: self.classes,
            missing: self.missing,
        })
    }

    /// By variant, over all classes.
    fn totals(&self, sums: &[f64]) -> Vec<f64> {
        let mut totals = vec![0.0; self.variants];
        for of in sums.chunks_exact(self.variants) {
            totals.iter_mut().zip(of).for_each(|(total, sum)| *total += sum);
        }
        totals
    }

    /// What the best of each class comes to, less what one for all does.
    fn gain(&self, sums: &[f64]) -> f64 {
        let totals = self.totals(sums);
        let chosen = best(&totals);
        sums.chunks_exact(self.variants).map(|of| of[best(of)] - of[chosen]).sum()
    }
}

/// The place of the largest, the first of equals.
pub(super) fn best(of: &[f64]) -> usize {
    let mut place = 0;
    for (i, value) in of.iter().enumerate() {
        if *value > of[place] {
            place = i;
        }
    }
    place
}

/// What knowing a key beforehand would be worth, as the share by which income would have to rise at every moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Information {
    /// By the classes of the key; its error is a jackknife's over 64 parts of the draws.
    pub value: Estimate,
    /// The same with the choice of each class made by other draws than those that value it: never above the value, too low as that
    /// is too high, and below 0 where noise is all there is.
    pub cautious: f64,
    /// How many classes.
    pub classes: usize,
    /// Draws left out because they have no value of the key.
    pub missing: u64,
}
