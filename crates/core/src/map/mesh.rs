//! The unit square cut into right triangles, finer where it is asked for, without a gap between fine and coarse.
//!
//! It begins as squares, each cut by its diagonals. A triangle is halved from its apex to the middle of its longest side,
//! together with its neighbour across that side; where that one is coarser, it is halved first. So a corner of one triangle
//! is never inside a side of another, and lines from side to side meet.

/// No neighbour: the frame.
const FRAME: u32 = u32::MAX;
/// The finest lattice has so many halvings of a square's side.
const HALVINGS: u32 = 34;
/// The lattice is bent by next to nothing, along each side by another share of it: answers that hold on a line alone, as where two
/// sectors tie, would else be met at one corner after another wherever the line has a round slope.
const BENT: [f64; 2] = [7.071_067_8e-5, 5.773_502_7e-5];

/// A right triangle, its corners counted to the left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Triangle {
    /// The right angle, then the two ends of the longest side.
    pub corners: [u32; 3],
    /// What lies beyond the side opposite to each corner.
    beside: [u32; 3],
    /// Its halves, once it is halved.
    halves: Option<[u32; 2]>,
}

/// The square and its triangles.
#[derive(Debug, Clone)]
pub(super) struct Mesh {
    /// Squares along a side.
    squares: u64,
    /// Corners, on the finest lattice.
    corners: Vec<[u64; 2]>,
    triangles: Vec<Triangle>,
}

fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(FRAME)
}

impl Mesh {
    /// `squares` squares along each side, each cut into four.
    pub fn new(squares: u32) -> Self {
        let n = u64::from(squares);
        let side = 1 << HALVINGS;
        let mut corners: Vec<[u64; 2]> = Vec::new();
        corners.extend((0..=n).flat_map(|j| (0..=n).map(move |i| [i * side, j * side])));
        corners.extend((0..n).flat_map(|j| (0..n).map(move |i| [i * side + side / 2, j * side + side / 2])));
        let (row, first_middle) = (squares + 1, (squares + 1) * (squares + 1));
        let mut triangles = Vec::new();
        for j in 0..squares {
            for i in 0..squares {
                let (corner, middle) = (j * row + i, first_middle + j * squares + i);
                let around = [corner, corner + 1, corner + row + 1, corner + row];
                let own = 4 * (j * squares + i);
                let outside = [
                    if j > 0 { own - 4 * squares + 2 } else { FRAME },
                    if i + 1 < squares { own + 4 + 3 } else { FRAME },
                    if j + 1 < squares { own + 4 * squares } else { FRAME },
                    if i > 0 { own - 4 + 1 } else { FRAME },
                ];
                // Below, right, above, left.
                for k in 0..4_u32 {
                    let at = k as usize;
                    triangles.push(Triangle {
                        corners: [middle, around[at], around[(at + 1) % 4]],
                        beside: [outside[at], own + (k + 1) % 4, own + (k + 3) % 4],
                        halves: None,
                    });
                }
            }
        }
        Self { squares: n, corners, triangles }
    }

    /// Number of corners.
    pub fn corners(&self) -> usize {
        self.corners.len()
    }

    /// Number of triangles, those that were halved included.
    pub fn triangles(&self) -> usize {
        self.triangles.len()
    }

    /// A triangle.
    pub fn triangle(&self, at: usize) -> &Triangle {
        &self.triangles[at]
    }

    /// The triangles that were not halved.
    pub fn leaves(&self) -> impl Iterator<Item = &Triangle> {
        self.triangles.iter().filter(|triangle| triangle.is_leaf())
    }

    /// Where a corner is, each side of the square being 1.
    pub fn at(&self, corner: u32) -> [f64; 2] {
        let side = (self.squares << HALVINGS) as f64;
        let shares = self.corners[corner as usize].map(|along| along as f64 / side);
        [0, 1].map(|d| shares[d] * (1.0 + BENT[d] * (1.0 - shares[d])))
    }

    /// Length of the longest side of a triangle, the larger of its extents; before the lattice is bent.
    pub fn size(&self, at: usize) -> f64 {
        let [_, from, to] = self.triangles[at].corners.map(|corner| self.corners[corner as usize]);
        let reach = from[0].abs_diff(to[0]).max(from[1].abs_diff(to[1]));
        reach as f64 / (self.squares << HALVINGS) as f64
    }

    /// Halves a triangle, and others so that no corner comes to lie inside a side.
    pub fn halve(&mut self, at: usize) {
        if !self.triangles[at].is_leaf() {
            return;
        }
        let across = self.triangles[at].beside[0];
        if across == FRAME {
            let middle = self.middle(at);
            self.cut(at, middle);
            return;
        }
        if self.triangles[across as usize].beside[0] != index(at) {
            self.halve(across as usize);
        }
        let across = self.triangles[at].beside[0] as usize;
        let middle = self.middle(at);
        let ([left, right], [beyond_right, beyond_left]) = (self.cut(at, middle), self.cut(across, middle));
        self.triangles[left as usize].beside[1] = beyond_left;
        self.triangles[right as usize].beside[2] = beyond_right;
        self.triangles[beyond_right as usize].beside[1] = right;
        self.triangles[beyond_left as usize].beside[2] = left;
    }

    /// A new corner in the middle of the longest side.
    fn middle(&mut self, at: usize) -> u32 {
        let [_, from, to] = self.triangles[at].corners.map(|corner| self.corners[corner as usize]);
        self.corners.push([u64::midpoint(from[0], to[0]), u64::midpoint(from[1], to[1])]);
        index(self.corners.len() - 1)
    }

    /// Cuts a triangle from its apex to `middle`: the half at the first end of its longest side, and the other.
    fn cut(&mut self, at: usize, middle: u32) -> [u32; 2] {
        let Triangle { corners: [apex, from, to], beside: [_, beside_from, beside_to], .. } = self.triangles[at];
        let halves = [index(self.triangles.len()), index(self.triangles.len() + 1)];
        let half = |corners, beside| Triangle { corners, beside, halves: None };
        // Which side of a half lies on the old longest side, its caller knows.
        self.triangles.push(half([middle, apex, from], [beside_to, FRAME, halves[1]]));
        self.triangles.push(half([middle, to, apex], [beside_from, halves[0], FRAME]));
        for (neighbour, half) in [(beside_to, halves[0]), (beside_from, halves[1])] {
            if neighbour != FRAME {
                let beside = &mut self.triangles[neighbour as usize].beside;
                beside.iter_mut().filter(|other| **other == index(at)).for_each(|other| *other = half);
            }
        }
        self.triangles[at].halves = Some(halves);
        halves
    }

    /// The triangle that holds a point of the square.
    pub fn holding(&self, point: [f64; 2]) -> &Triangle {
        let n = self.squares as f64;
        // Where it was before the lattice was bent.
        let point = [0, 1].map(|d| {
            let b = 1.0 + BENT[d];
            2.0 * point[d] / (b + (b * b - 4.0 * BENT[d] * point[d]).sqrt())
        });
        let straight =
            |corner: u32| self.corners[corner as usize].map(|along| along as f64 / (self.squares << HALVINGS) as f64);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the squares")]
        let [i, j] = point.map(|along| (along * n).floor().clamp(0.0, n - 1.0) as usize);
        let first = 4 * (j * usize::try_from(self.squares).unwrap_or(0) + i);
        let [x, y] = [point[0] * n - i as f64 - 0.5, point[1] * n - j as f64 - 0.5];
        let side = match (x.abs() > y.abs(), x > 0.0, y > 0.0) {
            (true, true, _) => 1,
            (true, false, _) => 3,
            (false, _, true) => 2,
            (false, _, false) => 0,
        };
        let mut triangle = &self.triangles[first + side];
        while let Some(halves) = triangle.halves {
            let [apex, from, to] = triangle.corners.map(straight);
            let middle = [f64::midpoint(from[0], to[0]), f64::midpoint(from[1], to[1])];
            // The first end of the longest side lies to the right of the way from the apex to its middle.
            let right = turn(apex, middle, point) < 0.0;
            triangle = &self.triangles[halves[usize::from(!right)] as usize];
        }
        triangle
    }
}

impl Triangle {
    /// Whether it was not halved.
    pub fn is_leaf(&self) -> bool {
        self.halves.is_none()
    }

    /// Whether its side opposite to a corner, by place, is on the frame.
    pub fn on_frame(&self, opposite: usize) -> bool {
        self.beside[opposite] == FRAME
    }
}

/// Positive where `point` lies to the left of the way from `from` to `to`: twice the area of their triangle.
pub(super) fn turn(from: [f64; 2], to: [f64; 2], point: [f64; 2]) -> f64 {
    (to[0] - from[0]) * (point[1] - from[1]) - (to[1] - from[1]) * (point[0] - from[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn triangles_cover_the_square_and_meet_side_to_side_however_fine() {
        let mut mesh = Mesh::new(3);
        let mut random = 7_usize;
        for _ in 0..400 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (random >> 33) % mesh.triangles();
            mesh.halve(at);
        }
        let mut area = 0.0;
        let mut sides: BTreeMap<[u32; 2], usize> = BTreeMap::new();
        let mut framed = 0.0;
        for triangle in mesh.leaves() {
            let [a, b, c] = triangle.corners.map(|corner| mesh.at(corner));
            let twice = turn(a, b, c);
            assert!(twice > 0.0, "counted to the left");
            area += twice / 2.0;
            for k in 0..3 {
                let [from, to] = [triangle.corners[(k + 1) % 3], triangle.corners[(k + 2) % 3]];
                *sides.entry([from.min(to), from.max(to)]).or_default() += 1;
                if triangle.on_frame(k) {
                    let [from, to] = [from, to].map(|corner| mesh.at(corner));
                    framed += (from[0] - to[0]).abs() + (from[1] - to[1]).abs();
                    assert!((0..2).any(|d| from[d] == to[d] && [0.0, 1.0].contains(&from[d])), "{from:?} {to:?}");
                }
            }
            let middle = [0, 1].map(|d| (a[d] + b[d] + c[d]) / 3.0);
            assert_eq!(mesh.holding(middle).corners, triangle.corners);
        }
        assert!((area - 1.0).abs() < 1e-12, "{area}");
        assert!((framed - 4.0).abs() < 1e-12, "{framed}");
        let alone = sides.values().filter(|count| **count == 1).count();
        let on_frame = mesh.leaves().map(|triangle| (0..3).filter(|k| triangle.on_frame(*k)).count()).sum::<usize>();
        assert_eq!(alone, on_frame, "every side inside the square has two triangles");
        assert!(sides.values().all(|count| *count <= 2));
    }
}
