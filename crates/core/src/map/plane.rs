//! The square by answers: boundaries with points as exact as one likes, and the regions between them. What is asked, and what
//! answers mean, is not known here.

use super::mesh::turn;
use super::refine::{Field, distance};
use super::trace::{Curve, Region, trace};
use std::cmp::Ordering;

pub use super::refine::{BRACKET, SMOOTH};

/// The unit square, divided by the answers at its points.
#[derive(Debug, Clone)]
pub struct Plane<L> {
    /// The different answers.
    pub answers: Vec<L>,
    /// Boundaries between two answers; where three meet, curves end.
    pub curves: Vec<Curve>,
    /// Connected parts with one answer, the largest first.
    pub regions: Vec<Region>,
    /// How many points were asked.
    pub asked: u64,
    /// Whether boundaries are so ragged that they were not followed as finely as said.
    pub ragged: bool,
    field: Field<L>,
}

impl<L: Clone + PartialEq> Plane<L> {
    /// The square by the answers that `ask` gives, the same for the same point; they are numbered in this `order`.
    ///
    /// What holds on the frame alone has no width: it is not shown, and what is asked on the frame is asked [`BRACKET`] within it.
    /// It is asked on a lattice of `squares` squares along each side and in their middles: what holds a disc, or a square along
    /// the sides, as wide as one of these is found. Boundaries are then followed: each of their points lies between two
    /// different answers [`BRACKET`] apart, and lines between points are no further than [`SMOOTH`] from them.
    ///
    /// # Errors
    /// Those of `ask`.
    pub fn new<E>(
        squares: u32,
        order: impl Fn(&L, &L) -> Ordering,
        ask: impl FnMut(&[[f64; 2]]) -> Result<Vec<L>, E>,
    ) -> Result<Self, E> {
        // One more makes up for the bent of the lattice.
        let mut field = Field::new(squares + 1, ask)?;
        field.sort(order);
        let (curves, regions) = trace(&field);
        let (answers, asked, ragged) = (field.answers.clone(), field.asked, field.ragged);
        Ok(Self { answers, curves, regions, asked, ragged, field })
    }

    /// Which answer holds at a point of the square, by the side of the boundaries on which it lies.
    pub fn answer_at(&self, point: [f64; 2]) -> usize {
        self.field.answer_at(point) as usize
    }

    /// The point of the boundaries, or of those that are `wanted`, that is nearest to `point`, and its curve; `None` where there is
    /// none.
    pub fn nearest(&self, point: [f64; 2], wanted: impl Fn(&Curve) -> bool) -> Option<(usize, [f64; 2])> {
        let mut nearest: Option<(f64, usize, [f64; 2])> = None;
        for (number, curve) in self.curves.iter().enumerate().filter(|(_, curve)| wanted(curve)) {
            let points = curve.line();
            let lines = points.windows(2).map(|pair| foot(pair[0], pair[1], point));
            for candidate in lines.chain(points.first().copied()) {
                let far = distance(candidate, point);
                if nearest.is_none_or(|(least, ..)| far < least) {
                    nearest = Some((far, number, candidate));
                }
            }
        }
        nearest.map(|(_, number, at)| (number, at))
    }
}

/// The point between `from` and `to` that is nearest to `point`.
fn foot(from: [f64; 2], to: [f64; 2], point: [f64; 2]) -> [f64; 2] {
    let along = [to[0] - from[0], to[1] - from[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    if length == 0.0 {
        return from;
    }
    let share = ((point[0] - from[0]) * along[0] + (point[1] - from[1]) * along[1]) / length;
    [0, 1].map(|d| from[d] + share.clamp(0.0, 1.0) * along[d])
}

/// Whether `point` lies inside outlines that have their region to the left.
pub fn holds(outlines: &[Vec<[f64; 2]>], point: [f64; 2]) -> bool {
    let mut winding = 0;
    for outline in outlines {
        for (a, b) in outline.iter().zip(outline.iter().cycle().skip(1)) {
            if a[1] <= point[1] && b[1] > point[1] && turn(*a, *b, point) > 0.0 {
                winding += 1;
            } else if a[1] > point[1] && b[1] <= point[1] && turn(*a, *b, point) < 0.0 {
                winding -= 1;
            }
        }
    }
    winding != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn plane<L: Clone + Ord>(squares: u32, at: impl Fn(f64, f64) -> L) -> Plane<L> {
        let ask = |points: &[[f64; 2]]| Ok::<_, Infallible>(points.iter().map(|[x, y]| at(*x, *y)).collect());
        let Ok(plane) = Plane::new(squares, Ord::cmp, ask);
        prove(&plane, at);
        plane
    }

    /// What holds of every plane: each point between two answers, the regions fill the square, each holds its point.
    fn prove<L: Clone + Ord>(plane: &Plane<L>, at: impl Fn(f64, f64) -> L) {
        let answer = |[x, y]: [f64; 2]| plane.answers.iter().position(|answer| *answer == at(x, y));
        assert!(plane.answers.is_sorted() && !plane.ragged);
        for curve in &plane.curves {
            assert!(curve.left < curve.right && curve.points.len() > 1);
            for point in &curve.points {
                let [left, right] = point.between;
                assert_eq!([answer(left), answer(right)], [Some(curve.left), Some(curve.right)], "{point:?}");
                for d in 0..2 {
                    assert!((left[d] - right[d]).abs() <= BRACKET, "{point:?}");
                    assert!((point.at[d] - left[d]).abs() <= BRACKET, "{point:?}");
                }
            }
        }
        let shares: f64 = plane.regions.iter().map(|region| region.share).sum();
        assert!((shares - 1.0).abs() < 1e-9, "{shares}");
        for region in &plane.regions {
            assert_eq!(answer(region.inside), Some(region.answer));
            assert!(holds(&region.outlines, region.inside));
        }
    }

    /// A random number between 0 and 1.
    fn random(state: &mut u64) -> f64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 11) as f64 / (1_u64 << 53) as f64
    }

    #[test]
    fn a_disc_is_a_ring_of_points_on_its_edge() {
        let (x0, y0, r) = (0.43, 0.52, 0.2);
        let far = |x: f64, y: f64| distance([x, y], [x0, y0]);
        let plane = plane(20, |x, y| far(x, y) < r);
        let [curve] = &plane.curves[..] else { panic!("one curve") };
        assert!(curve.closed && (curve.left, curve.right) == (0, 1));
        let points: Vec<[f64; 2]> = curve.points.iter().map(|point| point.at).collect();
        for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
            assert!((far(a[0], a[1]) - r).abs() <= 2.0 * BRACKET);
            let middle = far(f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1]));
            assert!((middle - r).abs() <= SMOOTH, "{middle}");
        }
        let area = std::f64::consts::PI * r * r;
        let disc = plane.regions.iter().find(|region| region.answer == 1).expect("the disc");
        assert!((disc.share - area).abs() < SMOOTH * 2.0 * std::f64::consts::PI * r, "{} for {area}", disc.share);
        // Along the rim a chord leaves it free where the nearest point lies, but not how near.
        let (_, nearest) = plane.nearest([x0 + 0.3, y0], |_| true).expect("a boundary");
        assert!((distance(nearest, [x0 + 0.3, y0]) - (0.3 - r)).abs() < SMOOTH, "{nearest:?}");
    }

    #[test]
    fn an_island_as_wide_as_the_resolution_is_found_wherever_it_lies() {
        let mut state = 1;
        for round in 0..200 {
            let [x0, y0] = [0; 2].map(|_| 0.07 + 0.86 * random(&mut state));
            let wide = 1.0 / 10.0;
            let island = |x: f64, y: f64| {
                let [dx, dy] = [(x - x0).abs(), (y - y0).abs()];
                match round % 3 {
                    0 => dx.max(dy) < wide / 2.0,
                    1 => dx + dy < wide / 2.0,
                    _ => (dx * dx + dy * dy).sqrt() < wide / 2.0,
                }
            };
            assert_eq!(plane(10, island).regions.len(), 2, "round {round} at {x0}, {y0}");
        }
    }

    #[test]
    fn where_three_answers_meet_curves_end_in_one_point() {
        let (x0, y0) = (0.371_25, 0.412_345);
        let sector = |x: f64, y: f64| {
            if y > y0 + 0.3 * (x - x0) { 0 } else { 1 + i32::from(x > x0 + 0.1 * (y - y0)) }
        };
        let plane = plane(16, sector);
        assert_eq!(plane.curves.len(), 3);
        for curve in &plane.curves {
            let ends = [curve.points[0].at, curve.points[curve.points.len() - 1].at];
            assert!(ends.iter().any(|end| distance(*end, [x0, y0]) < 2.0 * BRACKET), "{ends:?}");
            assert!(ends.iter().any(|end| end.iter().any(|along| *along == 0.0 || *along == 1.0)), "{ends:?}");
        }
    }

    #[test]
    fn a_band_narrower_than_the_resolution_is_followed_along_a_boundary() {
        let band = |x: f64, y: f64| {
            let d = x - 0.3 - 0.4 * y * y;
            i32::from(d > 0.0) + i32::from(d > 0.004)
        };
        let plane = plane(10, band);
        let pairs: Vec<[usize; 2]> = plane.curves.iter().map(|curve| [curve.left, curve.right]).collect();
        assert_eq!(pairs, [[0, 1], [1, 2]]);
        let share = plane.regions.iter().find(|region| region.answer == 1).expect("the band").share;
        assert!((share - 0.004).abs() < 2.0 * SMOOTH, "{share}");
    }

    #[test]
    fn a_band_too_narrow_to_be_shown_costs_no_refinement() {
        let line = |x: f64, y: f64| x - 0.3 - 0.4 * y;
        let tie = |x: f64, y: f64| if line(x, y).abs() < 2e-9 { 1 } else { 2 * i32::from(line(x, y) > 0.0) };
        let ask = |points: &[[f64; 2]]| Ok::<_, Infallible>(points.iter().map(|[x, y]| tie(*x, *y)).collect());
        let Ok(plane) = Plane::new(23, Ord::cmp, ask);
        let between: Vec<(i32, i32)> =
            plane.curves.iter().map(|curve| (plane.answers[curve.left], plane.answers[curve.right])).collect();
        assert_eq!(between, [(0, 2)]);
        assert!(plane.asked < 10_000, "{}", plane.asked);
        assert!(plane.curves[0].points.iter().all(|point| line(point.at[0], point.at[1]).abs() < 4e-9));
    }

    #[test]
    fn what_holds_on_the_frame_alone_has_no_width_and_no_boundary() {
        for side in 0..4 {
            let on = |x: f64, y: f64| [x, y, 1.0 - x, 1.0 - y][side] == 0.0;
            let whole = plane(7, on);
            assert!(whole.curves.is_empty() && whole.regions.len() == 1, "{whole:?}");
            // Beside a real boundary that ends there, too.
            let along = |x: f64, y: f64| if side % 2 == 0 { y } else { x };
            let step = plane(7, |x, y| along(x, y) > if on(x, y) { 0.62 } else { 0.57 });
            let ends: Vec<f64> = step.curves.iter().flat_map(Curve::line).map(|[x, y]| along(x, y)).collect();
            assert!(ends.iter().all(|end| (end - 0.57).abs() < 2.0 * BRACKET), "{ends:?}");
        }
        // The twin: a strip along it as wide as what is found.
        assert_eq!(plane(7, |x, _| x < 1.0 / 7.0).regions.len(), 2);
    }

    #[test]
    fn one_answer_everywhere_is_one_region_without_a_boundary() {
        let plane = plane(5, |_, _| "same");
        assert!(plane.curves.is_empty() && plane.nearest([0.5, 0.5], |_| true).is_none());
        assert_eq!((plane.regions.len(), plane.regions[0].share), (1, 1.0));
    }

    #[test]
    fn no_point_off_the_boundary_is_on_the_wrong_side() {
        let mut state = 5;
        for _ in 0..4 {
            let seeds: Vec<[f64; 2]> = (0..9).map(|_| [random(&mut state), random(&mut state)]).collect();
            let answer = |x: f64, y: f64| {
                // A plane of cells with curved walls, and a hole in one of them.
                let far = |k: usize| distance(seeds[k], [x, y]) + 0.02 * k as f64;
                let nearest = (0..seeds.len()).min_by(|a, b| far(*a).total_cmp(&far(*b))).unwrap_or(0);
                if distance(seeds[4], [x, y]) < 0.05 { 99 } else { nearest }
            };
            let plane = plane(25, answer);
            for i in 0..400 {
                for j in 0..400 {
                    let [x, y] = [i, j].map(|k| (f64::from(k) + 0.5) / 400.0);
                    let expected = plane.answers.iter().position(|known| *known == answer(x, y));
                    let told = plane.answer_at([x, y]);
                    if Some(told) == expected {
                        continue;
                    }
                    let (_, near) = plane.nearest([x, y], |_| true).expect("a boundary");
                    assert!(distance(near, [x, y]) <= 2.0 * SMOOTH, "{x}, {y}: {told}, not {expected:?}");
                }
            }
        }
    }
}
