//! Dates.

/// Two dates a and b ≤ a + this · Δ count as reached together (docs/model.md §3).
pub const DATE_TOLERANCE: f64 = 1e-9;

/// The dates t_k = kΔ, k = 0…N.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Year of t = 0, for labels.
    pub start: f64,
    /// Δ > 0, years.
    pub period: f64,
    /// N ≥ 1.
    pub periods: usize,
}

impl Grid {
    /// t_k, years after t = 0.
    pub fn t(&self, k: usize) -> f64 {
        k as f64 * self.period
    }

    /// The first date that reaches one, on the rows or after, years after t = 0.
    pub fn reaching(&self, date: f64) -> f64 {
        (date / self.period - DATE_TOLERANCE).ceil().max(0.0) * self.period
    }

    /// The first k with date ≤ t_k + 1e-9 Δ, `None` beyond the horizon.
    pub fn first_period(&self, date: f64) -> Option<usize> {
        let reached = |k: usize| date <= self.t(k) + DATE_TOLERANCE * self.period;
        if reached(0) {
            return Some(0);
        }
        if !reached(self.periods) {
            return None;
        }
        // The quotient is right to one period; the predicate decides.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and N, checked above")]
        let near = (date / self.period).max(0.0) as usize;
        (near.saturating_sub(1)..=near + 1).find(|&k| reached(k))
    }
}
