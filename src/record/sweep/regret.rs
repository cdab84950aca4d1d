//! Which variant is best in a draw, and what the others fall short of it: counted draw by draw, in the order of the draws.

use super::{Plan, TIE};
use crate::batch::Chunk;
use crate::measure::Measure;

/// What is counted of one variant.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Regret {
    /// Draws in which every variant can be compared.
    pub count: u64,
    /// Those in which no variant is worth more.
    pub best: u64,
    /// Of the share by which income would have to rise at every moment to be as good as under the best variant.
    pub sum: f64,
    /// The largest of these shares.
    pub max: f64,
}

impl Regret {
    /// The mean; `None` where no draw can be compared.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// All variants of a sweep.
#[derive(Debug)]
pub(super) struct Regrets {
    baselines: Vec<usize>,
    /// By variant.
    pub of: Vec<Regret>,
    /// What a draw is worth under each variant, beside the first.
    worth: Vec<f64>,
}

impl Regrets {
    pub fn new(plan: &Plan) -> Self {
        let variants = plan.variants.len();
        Self { baselines: plan.baselines.clone(), of: vec![Regret::default(); variants], worth: vec![1.0; variants] }
    }

    /// Takes in the next chunk.
    pub fn see(&mut self, chunk: &Chunk) {
        let gains = &chunk.measures[Measure::EquivalentVariation as usize];
        for draw in gains.chunks_exact(self.of.len()) {
            // A variant stands above those that are measured against it.
            for (variant, &gain) in draw.iter().enumerate() {
                let against = self.baselines[variant];
                let base = if against == variant { 1.0 } else { self.worth[against] };
                self.worth[variant] = base * (1.0 + gain);
            }
            // What has no measure of it, or none that can be set against another.
            if self.worth.iter().any(|worth| !(worth.is_finite() && *worth > 0.0)) {
                continue;
            }
            let best = self.worth.iter().copied().fold(0.0, f64::max);
            for (regret, worth) in self.of.iter_mut().zip(&self.worth) {
                let short = best / worth - 1.0;
                regret.count += 1;
                regret.best += u64::from(short <= TIE);
                regret.sum += short;
                regret.max = regret.max.max(short);
            }
        }
    }
}
