//! The distribution of values that were found, each with its weight.

/// Values and how likely each is.
#[derive(Debug, Clone, PartialEq)]
pub struct Empirical {
    /// Ascending.
    values: Vec<f64>,
    /// The share of each and all below it; the last is 1.
    shares: Vec<f64>,
}

impl Empirical {
    /// `weights` are those of `values`, none below 0 and not all 0; where they are none, all are alike.
    pub fn new(values: &[f64], weights: &[f64]) -> Self {
        let weight = |index: usize| weights.get(index).copied().unwrap_or(1.0);
        let mut found: Vec<(f64, f64)> =
            values.iter().enumerate().map(|(index, value)| (*value, weight(index))).collect();
        found.retain(|(_, weight)| *weight > 0.0);
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = found.iter().map(|(_, weight)| weight).sum();
        let mut below = 0.0;
        let shares = found.iter().map(|(_, weight)| {
            below += weight;
            below / total
        });
        let mut shares: Vec<f64> = shares.collect();
        if let Some(last) = shares.last_mut() {
            *last = 1.0;
        }
        Self { values: found.into_iter().map(|(value, _)| value).collect(), shares }
    }

    /// The lowest value with which the share `u` ∈ (0, 1) is reached.
    pub fn quantile(&self, u: f64) -> f64 {
        let place = self.shares.partition_point(|share| *share < u).min(self.values.len().saturating_sub(1));
        self.values.get(place).copied().unwrap_or(f64::NAN)
    }

    /// The lowest value and the highest.
    pub fn support(&self) -> (f64, f64) {
        (self.values.first().copied().unwrap_or(f64::NAN), self.values.last().copied().unwrap_or(f64::NAN))
    }

    /// Number of values that can be drawn.
    pub fn count(&self) -> usize {
        self.values.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_as_likely_as_its_weight() {
        let found = Empirical::new(&[3.0, 1.0, 2.0, 9.0], &[1.0, 2.0, 1.0, 0.0]);
        assert_eq!([0.01, 0.5, 0.51, 0.75, 0.76, 0.999].map(|u| found.quantile(u)), [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
        assert_eq!((found.support(), found.count()), ((1.0, 3.0), 3), "what weighs nothing is never drawn");
        let alike = Empirical::new(&[5.0, 4.0], &[]);
        assert_eq!([0.5, 0.500_001].map(|u| alike.quantile(u)), [4.0, 5.0]);
    }
}
