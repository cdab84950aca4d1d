//! Which of several runs is the best: by what they are worth, or by where they end.

/// Equivalent variations nearer to each other than this share a rank: their runs differ by rounding, or by what a solver and the
/// panels of an integral are off by.
pub const ROUNDING: f64 = 1e-11;

/// Whether `a` is more than `b`, rounding aside; both may be infinite.
pub fn beats(a: f64, b: f64) -> bool {
    a > b && (b == f64::NEG_INFINITY || a > b + ROUNDING * (1.0 + b.abs()))
}

/// What decides the rank of a run among others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// Over the baseline of all; `None` where it does not converge.
    pub equivalent_variation: Option<f64>,
    /// ln of the long-run gap, infinite where that has no bound.
    pub long_run_ln_gap: f64,
}

/// Whether runs with these equivalent variations are ranked by them: all of them are known. Else they are by their long-run gaps,
/// as for ρ → 0.
pub(super) fn are_valued(variations: impl IntoIterator<Item = Option<f64>>) -> bool {
    variations.into_iter().all(|variation| variation.is_some())
}

/// The rank of each of several runs, 1 being the best; runs that differ by rounding share one. By equivalent variation, or
/// where that of any does not converge by the long-run gap.
pub fn ranks(runs: &[Worth]) -> Vec<usize> {
    let valued = are_valued(runs.iter().map(|run| run.equivalent_variation));
    let score = |run: &Worth| run.equivalent_variation.filter(|_| valued).unwrap_or(-run.long_run_ln_gap);
    let scores: Vec<f64> = runs.iter().map(score).collect();
    let above = |own: f64| scores.iter().filter(|&&other| beats(other, own)).count();
    scores.iter().map(|&own| 1 + above(own)).collect()
}
