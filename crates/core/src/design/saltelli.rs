//! One axis of a Saltelli design: two points of a Sobol design, and their crossings.

use super::{Layout, Units};

/// An axis of blocks A, AB_1 … AB_k, (BA_1 … BA_k,) B.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mixed {
    /// The axis in the points A and B.
    points: [Units; 2],
    /// Its place among the axes.
    axis: u64,
    axes: u64,
    /// Draws in a block.
    width: u64,
}

impl Mixed {
    pub fn new(points: [Units; 2], axis: usize, axes: usize, layout: Layout) -> Self {
        Self { points, axis: axis as u64, axes: axes as u64, width: layout.block(axes) }
    }

    /// The numbers of draws `first`, `first + 1`, …
    pub fn fill(&self, first: u64, units: &mut [f64]) {
        let Some(beyond) = (units.len() as u64).checked_sub(1) else { return };
        let block = first / self.width;
        let blocks = usize::try_from((first + beyond) / self.width - block + 1).unwrap_or(0);
        let [a, b] = &self.points;
        let mut from = [vec![0.0; blocks], vec![0.0; blocks]];
        a.fill(block, &mut from[0]);
        b.fill(block, &mut from[1]);
        let (mut at, mut place) = (0, first % self.width);
        for u in units {
            *u = from[usize::from(self.is_of_b(place))][at];
            place += 1;
            if place == self.width {
                (at, place) = (at + 1, 0);
            }
        }
    }

    /// Whether the draw at this place in a block has this axis from B.
    fn is_of_b(&self, place: u64) -> bool {
        match place {
            0 => false,
            _ if place + 1 == self.width => true,
            _ if place <= self.axes => place == self.axis + 1,
            _ => place != self.axes + self.axis + 1,
        }
    }
}
