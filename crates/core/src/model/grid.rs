//! Dates.

/// Two dates a and b ≤ a + this · Δ count as reached together (docs/model.md §3).
pub const DATE_TOLERANCE: f64 = 1e-9;

/// Years for which a path is looked at beyond its last row.
const FAR: f64 = 5_000.0;

/// The last period whose number a double and a 32-bit machine hold: what falls due later never does.
pub const LAST_PERIOD: usize = u32::MAX as usize - 1;

/// The dates t_k = kΔ, k = 0…N, and those after them.
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

    /// The first k with date ≤ t_k + 1e-9 Δ, also beyond the horizon: dates go on after the last row.
    pub fn first_period(&self, date: f64) -> usize {
        let reached = |k: usize| date <= self.t(k) + DATE_TOLERANCE * self.period;
        if reached(0) {
            return 0;
        }
        // The quotient is right to one period; the predicate decides.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a saturating cast of a number > 0"
        )]
        let near = (date / self.period) as usize;
        let near = near.min(LAST_PERIOD);
        (near.saturating_sub(1)..=near + 1).find(|&k| reached(k)).unwrap_or(LAST_PERIOD)
    }

    /// How many periods after the last row it is looked whether something comes to pass that may at any date: 5,000 years of them.
    pub fn far(&self) -> usize {
        self.first_period(FAR)
    }

    /// The k ≤ N of the row whose year is `year`, to 1e-9 Δ or to rounding; `None` where there is none.
    pub fn row_at(&self, year: f64) -> Option<usize> {
        let k = ((year - self.start) / self.period).round();
        if !(k >= 0.0 && k <= self.periods as f64) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to N")]
        let k = k as usize;
        let near = DATE_TOLERANCE * self.period + 2.0 * f64::EPSILON * year.abs();
        ((self.start + self.t(k) - year).abs() <= near).then_some(k)
    }

    /// Whether t_k is a date of a row.
    pub fn has_row(&self, k: usize) -> bool {
        k <= self.periods
    }
}
