//! What answer holds at every point of the square: asked at the corners of a mesh that grows finer along boundaries.

use super::mesh::{Mesh, turn};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A boundary's points lie between two answers no further apart than this share of a side.
pub const BRACKET: f64 = 1e-9;
/// A line between two points of a boundary is no further from it than this share of a side.
pub const SMOOTH: f64 = 1e-4;
/// Triangles beyond which nothing is refined any more.
const MOST: usize = 1_000_000;
/// Triangles in which three answers meet are halved down to this: a little less than [`BRACKET`], for the lattice is bent.
const FINEST: f64 = 0.999 * BRACKET;
/// Where along a line between two points it is looked whether the boundary is near.
const ALONG: [f64; 3] = [0.25, 0.5, 0.75];

/// A point of a boundary on a side of a triangle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crossing {
    /// The corners at the ends of that side.
    pub ends: [u32; 2],
    /// Two points that were asked, on the side of the first end and of the other.
    pub between: [[f64; 2]; 2],
    /// What was answered there.
    pub answers: [u32; 2],
    /// Whether something else lies between the answers at its ends, and is too narrow to be shown.
    pub narrow: bool,
}

impl Crossing {
    /// Where it is; on the frame, where it was asked beside that.
    pub fn at(&self) -> [f64; 2] {
        let [from, to] = self.between;
        [0, 1].map(|d| match f64::midpoint(from[d], to[d]) {
            along if along <= BRACKET => 0.0,
            along if along >= 1.0 - BRACKET => 1.0,
            along => along,
        })
    }
}

/// The square with the answers at its corners, as fine as they ask for.
#[derive(Debug, Clone)]
pub(super) struct Field<L> {
    pub mesh: Mesh,
    /// The different answers, as they came.
    pub answers: Vec<L>,
    /// Which answer was given at each corner.
    pub given: Vec<u32>,
    /// Points on sides with different answers at their ends.
    pub crossings: Vec<Crossing>,
    /// Which of them is on the side between two corners, the lower one first.
    pub on_side: BTreeMap<[u32; 2], usize>,
    /// How many points were asked.
    pub asked: u64,
    /// Whether it grew so fine that refining was given up.
    pub ragged: bool,
}

/// How many different answers the corners of a triangle have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One.
    Whole,
    /// Two: the corner at this place has its own.
    Cut(usize),
    /// Three.
    Meeting,
}

/// Asks for answers at points of the square, many at a time.
struct Asking<'a, L, F> {
    ask: F,
    field: &'a mut Field<L>,
}

impl<L: Clone + PartialEq> Field<L> {
    /// The field of the answers that `ask` gives, found on a lattice of `squares` squares along each side, their middles
    /// included.
    ///
    /// # Errors
    /// Those of `ask`.
    pub fn new<E>(squares: u32, ask: impl FnMut(&[[f64; 2]]) -> Result<Vec<L>, E>) -> Result<Self, E> {
        let mut field = Self {
            mesh: Mesh::new(squares),
            answers: Vec::new(),
            given: Vec::new(),
            crossings: Vec::new(),
            on_side: BTreeMap::new(),
            asked: 0,
            ragged: false,
        };
        Asking { ask, field: &mut field }.refine()?;
        Ok(field)
    }

    /// Numbers the answers in this order, not in that in which they came.
    pub fn sort(&mut self, order: impl Fn(&L, &L) -> Ordering) {
        let by_answer = |a: &usize, b: &usize| order(&self.answers[*a], &self.answers[*b]);
        let mut order: Vec<usize> = (0..self.answers.len()).collect();
        order.sort_by(by_answer);
        let mut number = vec![0_u32; order.len()];
        for (new, old) in (0_u32..).zip(&order) {
            number[*old] = new;
        }
        self.answers = order.into_iter().map(|old| self.answers[old].clone()).collect();
        self.given.iter_mut().for_each(|given| *given = number[*given as usize]);
        for crossing in &mut self.crossings {
            crossing.answers = crossing.answers.map(|given| number[given as usize]);
        }
    }

    /// How many different answers a triangle with these corners has.
    pub fn kind(&self, corners: [u32; 3]) -> Kind {
        let [a, b, c] = corners.map(|corner| self.given[corner as usize]);
        match (a == b, b == c, c == a) {
            (true, true, _) => Kind::Whole,
            (true, false, _) => Kind::Cut(2),
            (false, true, _) => Kind::Cut(0),
            (false, false, true) => Kind::Cut(1),
            (false, false, false) => Kind::Meeting,
        }
    }

    /// The crossing on the side between two corners.
    pub fn crossing(&self, a: u32, b: u32) -> Option<usize> {
        self.on_side.get(&[a.min(b), a.max(b)]).copied()
    }

    /// The two crossings of a triangle that is cut, the lone corner to the left of the way from the first to the second.
    pub fn cut(&self, corners: [u32; 3], lone: usize) -> Option<[usize; 2]> {
        let [v, w, x] = [0, 1, 2].map(|k| corners[(lone + k) % 3]);
        Some([self.crossing(v, w)?, self.crossing(v, x)?])
    }

    /// The answer at a point of the square, by the side of the boundaries on which it lies.
    pub fn answer_at(&self, point: [f64; 2]) -> u32 {
        let corners = self.mesh.holding(point).corners;
        let given = |k: usize| self.given[corners[k % 3] as usize];
        match self.kind(corners) {
            Kind::Whole => given(0),
            Kind::Cut(lone) => {
                let [from, to] = self.cut(corners, lone).unwrap_or_default().map(|at| self.crossings[at].at());
                given(if turn(from, to, point) > 0.0 { lone } else { lone + 1 })
            }
            Kind::Meeting => {
                let far = |k: &usize| distance(self.mesh.at(corners[*k]), point);
                given((0..3).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(0))
            }
        }
    }
}

/// Where it is asked for a point: of one on the frame, just within it. What holds on the frame alone, as at a last date or a rate of 0, has no
/// width, and a boundary around it would be a line along the frame.
pub(super) fn within(point: [f64; 2]) -> [f64; 2] {
    point.map(|along| along.clamp(BRACKET, 1.0 - BRACKET))
}

/// How far two points are from each other.
pub(super) fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [x, y] = [0, 1].map(|d| b[d] - a[d]);
    (x * x + y * y).sqrt()
}

impl<L: Clone + PartialEq, E, F: FnMut(&[[f64; 2]]) -> Result<Vec<L>, E>> Asking<'_, L, F> {
    /// Which answers are given at `points`.
    fn answers(&mut self, points: &[[f64; 2]]) -> Result<Vec<u32>, E> {
        if points.is_empty() {
            return Ok(Vec::new());
        }
        let points: Vec<[f64; 2]> = points.iter().copied().map(within).collect();
        let given = (self.ask)(&points)?;
        self.field.asked += points.len() as u64;
        let known = &mut self.field.answers;
        let number = |answer: L| {
            let place = known.iter().position(|other| *other == answer).unwrap_or_else(|| {
                known.push(answer);
                known.len() - 1
            });
            u32::try_from(place).unwrap_or(u32::MAX)
        };
        Ok(given.into_iter().map(number).collect())
    }

    fn refine(&mut self) -> Result<(), E> {
        let mut seen = 0;
        loop {
            let mesh = &self.field.mesh;
            let new = self.field.given.len()..mesh.corners();
            #[expect(clippy::cast_possible_truncation, reason = "corners are counted in u32")]
            let points: Vec<[f64; 2]> = new.map(|corner| mesh.at(corner as u32)).collect();
            let given = self.answers(&points)?;
            self.field.given.extend(given);
            let mesh = &self.field.mesh;
            let fresh: Vec<usize> = (seen..mesh.triangles()).filter(|at| mesh.triangle(*at).is_leaf()).collect();
            seen = mesh.triangles();
            self.cross(&fresh)?;
            let coarse = self.coarse(&fresh)?;
            if coarse.is_empty() {
                return Ok(());
            }
            if seen > MOST {
                self.field.ragged = true;
                return Ok(());
            }
            coarse.into_iter().for_each(|at| self.field.mesh.halve(at));
        }
    }

    /// Finds where boundaries cross the sides of these triangles.
    fn cross(&mut self, triangles: &[usize]) -> Result<(), E> {
        let field = &*self.field;
        let mut sides: BTreeSet<[u32; 2]> = BTreeSet::new();
        for &at in triangles {
            let corners = field.mesh.triangle(at).corners;
            for k in 0..3 {
                let (a, b) = (corners[k], corners[(k + 1) % 3]);
                let ends = [a.min(b), a.max(b)];
                let [first, second] = ends.map(|corner| field.given[corner as usize]);
                if first != second && !field.on_side.contains_key(&ends) {
                    sides.insert(ends);
                }
            }
        }
        let mut found = self.leave(sides.into_iter().collect())?;
        // Where it is not the other end's answer that begins there, that one is looked for from its own side.
        let field = &*self.field;
        let given = |corner: u32| field.given[corner as usize];
        let other: Vec<usize> =
            (0..found.len()).filter(|at| found[*at].answers != found[*at].ends.map(given)).collect();
        let back = self.leave(other.iter().map(|at| [found[*at].ends[1], found[*at].ends[0]]).collect())?;
        for (at, back) in other.into_iter().zip(back) {
            found[at].narrow = distance(found[at].at(), back.at()) <= SMOOTH;
        }
        for crossing in found {
            self.field.on_side.insert(crossing.ends, self.field.crossings.len());
            self.field.crossings.push(crossing);
        }
        Ok(())
    }

    /// Where on the way from a corner to another, of a different answer, its own answer ends: all of them at once, each halved
    /// until near enough.
    fn leave(&mut self, ways: Vec<[u32; 2]>) -> Result<Vec<Crossing>, E> {
        let field = &*self.field;
        let crossing = |ends: [u32; 2]| Crossing {
            ends,
            between: ends.map(|corner| within(field.mesh.at(corner))),
            answers: ends.map(|corner| field.given[corner as usize]),
            narrow: false,
        };
        let mut found: Vec<Crossing> = ways.into_iter().map(crossing).collect();
        let mut open: Vec<(usize, [f64; 2])> = (0..found.len()).map(|at| (at, [0.0, 1.0])).collect();
        loop {
            let field = &*self.field;
            let wide = |&(at, _): &(usize, [f64; 2])| {
                let [from, to] = found[at].between;
                (0..2).any(|d| (to[d] - from[d]).abs() > BRACKET)
            };
            open.retain(wide);
            if open.is_empty() {
                return Ok(found);
            }
            let halfway = |&(at, shares): &(usize, [f64; 2])| {
                let [from, to] = found[at].ends.map(|corner| field.mesh.at(corner));
                [0, 1].map(|d| from[d] + f64::midpoint(shares[0], shares[1]) * (to[d] - from[d]))
            };
            let points: Vec<[f64; 2]> = open.iter().map(halfway).collect();
            let given = self.answers(&points)?;
            for (((at, shares), point), answer) in open.iter_mut().zip(points).zip(given) {
                let crossing = &mut found[*at];
                let side = usize::from(answer != crossing.answers[0]);
                shares[side] = f64::midpoint(shares[0], shares[1]);
                (crossing.between[side], crossing.answers[side]) = (within(point), answer);
            }
        }
    }

    /// Those of these triangles that do not show the boundary as it is.
    fn coarse(&mut self, triangles: &[usize]) -> Result<Vec<usize>, E> {
        let field = &*self.field;
        let mut coarse = Vec::new();
        // Points beside the boundary, the triangle that they are asked for, and what is to be answered.
        let (mut points, mut expected) = (Vec::new(), Vec::new());
        for &at in triangles {
            let (corners, size) = (field.mesh.triangle(at).corners, field.mesh.size(at));
            match field.kind(corners) {
                Kind::Meeting if size > FINEST => coarse.push(at),
                Kind::Cut(lone) if size > SMOOTH => {
                    let Some(cut) = field.cut(corners, lone) else { continue };
                    let cut = cut.map(|crossing| field.crossings[crossing]);
                    let given = |corner: u32| field.given[corner as usize];
                    if cut.iter().any(|crossing| !crossing.narrow && crossing.answers != crossing.ends.map(given)) {
                        coarse.push(at);
                        continue;
                    }
                    let [from, to] = [cut[0].at(), cut[1].at()];
                    let length = distance(from, to);
                    if length <= 2.0 * SMOOTH {
                        continue;
                    }
                    let left = [(from[1] - to[1]) / length * SMOOTH, (to[0] - from[0]) / length * SMOOTH];
                    for share in ALONG {
                        let on = [0, 1].map(|d| from[d] + share * (to[d] - from[d]));
                        for (sign, corner) in [(1.0, corners[lone]), (-1.0, corners[(lone + 1) % 3])] {
                            let point = [0, 1].map(|d| on[d] + sign * left[d]);
                            if point.iter().all(|along| (0.0..=1.0).contains(along)) {
                                points.push(point);
                                expected.push((at, given(corner)));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        let given = self.answers(&points)?;
        let off = expected.iter().zip(given).filter(|((_, expected), given)| expected != given);
        coarse.extend(off.map(|((at, _), _)| *at));
        coarse.sort_unstable();
        coarse.dedup();
        Ok(coarse)
    }
}
