//! One axis of a Morris design: levels from which each trajectory moves it once.

use super::stream::{Purpose, Stream, unit};

/// An axis of trajectories of k + 1 draws.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moved {
    start: Stream,
    /// Of every axis, words by which a trajectory's axes are put in order.
    order: Vec<Stream>,
    axis: usize,
    /// p, even.
    levels: u32,
}

impl Moved {
    pub fn new(seed: u64, axis: usize, axes: usize, levels: u32) -> Self {
        let order = (0..axes).map(|axis| Stream::new(seed, Purpose::Order, axis)).collect();
        Self { start: Stream::new(seed, Purpose::Start, axis), order, axis, levels: (levels / 2).max(1) * 2 }
    }

    /// The numbers of draws `first`, `first + 1`, …
    pub fn fill(&self, first: u64, units: &mut [f64]) {
        let width = self.order.len() as u64 + 1;
        let trajectory = first / width;
        let mut starts = self.start.from(trajectory);
        let mut words: Vec<_> = self.order.iter().map(|stream| stream.from(trajectory)).collect();
        let mut step = first % width;
        let mut rest = units;
        while !rest.is_empty() {
            let ends = self.ends(unit(starts.next().unwrap_or(0)));
            let words: Vec<u64> = words.iter_mut().map(|words| words.next().unwrap_or(0)).collect();
            // The axis moves at the step that its word has in order; it has moved in the draws from then on.
            let own = (words[self.axis], self.axis);
            let before = words.iter().enumerate().filter(|(axis, word)| (**word, *axis) < own).count() as u64;
            let here = usize::try_from(width - step).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at_mut(here);
            for (place, u) in (step..).zip(now) {
                *u = ends[usize::from(place > before)];
            }
            (rest, step) = (later, 0);
        }
    }

    /// Where the axis stands before and after its move.
    fn ends(&self, u: f64) -> [f64; 2] {
        let levels = f64::from(self.levels);
        let (level, half) = ((u * levels).floor(), 0.5 * levels);
        let other = if level < half { level + half } else { level - half };
        [level, other].map(|level| (level + 0.5) / levels)
    }
}
