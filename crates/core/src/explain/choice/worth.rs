//! What a draw is worth under each variant, and what the others fall short of the best: counted draw by draw, in their order.

use crate::explain::estimate::Mean;

/// Two runs nearer to each other than this, as an equivalent variation, are as good as each other.
pub const TIE: f64 = 1e-9;

/// What a draw is worth under each variant, beside the first baseline.
#[derive(Debug, Clone)]
pub struct Worths {
    /// For each variant the one that it is measured against, itself or one before it.
    baselines: Vec<usize>,
    of: Vec<f64>,
}

impl Worths {
    /// Of variants each of which is measured against the one that `baselines` names: itself, or one that stands before it.
    pub fn new(baselines: &[usize]) -> Self {
        Self { baselines: baselines.to_vec(), of: vec![1.0; baselines.len()] }
    }

    /// For each variant the one that it is measured against.
    pub fn baselines(&self) -> &[usize] {
        &self.baselines
    }

    /// The worths in a draw of such equivalent variations, NaN where one is missing, each > 0 and finite; `None` where a
    /// variant cannot be compared.
    #[inline]
    pub fn of(&mut self, gains: &[f64]) -> Option<&[f64]> {
        for (variant, &gain) in gains.iter().enumerate().take(self.of.len()) {
            let against = self.baselines[variant];
            let base = if against == variant { 1.0 } else { self.of[against] };
            self.of[variant] = base * (1.0 + gain);
        }
        self.of.iter().all(|worth| worth.is_finite() && *worth > 0.0).then_some(&self.of)
    }
}

/// What one variant falls short of the best.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Regret {
    /// Draws in which no variant is worth more.
    pub best: u64,
    /// The share by which income would have to rise at every moment to be as good as under the best variant of the draw.
    pub mean: Mean,
    /// The largest of these shares.
    pub max: f64,
}

impl Regret {
    /// Draws in which every variant can be compared.
    pub fn count(&self) -> u64 {
        self.mean.count()
    }
}

/// The regret of every variant.
#[derive(Debug, Clone)]
pub struct Regrets {
    worths: Worths,
    of: Vec<Regret>,
}

impl Regrets {
    /// Of variants and their baselines, as in [`Worths::new`].
    pub fn new(baselines: &[usize]) -> Self {
        Self { worths: Worths::new(baselines), of: vec![Regret::default(); baselines.len()] }
    }

    /// By variant.
    pub fn of(&self) -> &[Regret] {
        &self.of
    }

    /// Takes in the next draws: equivalent variations, all variants of a draw in their order, then the next draw.
    pub fn add(&mut self, gains: &[f64]) {
        for draw in gains.chunks_exact(self.of.len().max(1)) {
            if let Some(worths) = self.worths.of(draw) {
                take_in(&mut self.of, worths);
            }
        }
    }
}

/// Takes the worths of a draw into the regrets; the best of them.
#[inline]
pub(super) fn take_in(regrets: &mut [Regret], worths: &[f64]) -> f64 {
    let best = worths.iter().copied().fold(0.0, f64::max);
    for (regret, worth) in regrets.iter_mut().zip(worths) {
        let short = best / worth - 1.0;
        regret.best += u64::from(short <= TIE);
        regret.mean.add(short);
        regret.max = regret.max.max(short);
    }
    best
}
