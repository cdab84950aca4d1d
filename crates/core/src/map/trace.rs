//! Boundaries as lines from point to point, and the regions that they enclose.

use super::mesh::Mesh;
use super::refine::{Crossing, Field, Kind, SMOOTH, distance, within};
use std::collections::{BTreeMap, BTreeSet};

/// Corners of a region among which a point inside it is sought.
const CANDIDATES: usize = 1000;

/// A point of a boundary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Where it is.
    pub at: [f64; 2],
    /// Two points that were asked, to its left and to its right: it lies between them.
    pub between: [[f64; 2]; 2],
}

/// A boundary between two answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The answer to its left, of lower number than the one to its right.
    pub left: usize,
    /// The answer to its right.
    pub right: usize,
    /// Whether it ends where it begins.
    pub closed: bool,
    /// Its points; of a closed one the first comes once.
    pub points: Vec<Point>,
}

impl Curve {
    /// Its points in a row; of a closed one the first comes again at the end.
    pub fn line(&self) -> Vec<[f64; 2]> {
        let around = self.closed.then(|| self.points.first()).flatten();
        self.points.iter().chain(around).map(|point| point.at).collect()
    }
}

/// A connected part of the square with one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// Its answer.
    pub answer: usize,
    /// Share of the square.
    pub share: f64,
    /// A point that was asked, as far from its outline as most.
    pub inside: [f64; 2],
    /// Its outline and those of its holes, itself to the left.
    pub outlines: Vec<Vec<[f64; 2]>>,
}

/// Closed lines, each from point to point and back to the first.
type Outlines = Vec<Vec<[f64; 2]>>;

/// Where boundaries pass: a crossing, or the place where three answers meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Crossing(usize),
    Meeting(usize),
}

/// A step of an outline with an answer to its left.
#[derive(Debug, Clone)]
struct Step {
    to: Node,
    /// What lies to the right; `None` along the frame.
    right: Option<u32>,
    /// Corners of the square that it passes.
    corners: Vec<[f64; 2]>,
}

/// Nodes and steps.
struct Graph<'a, L> {
    field: &'a Field<L>,
    /// Where three answers meet: the corners of the triangle that holds it.
    meetings: Vec<[u32; 3]>,
    /// By the answer to the left and the node that it starts from.
    steps: BTreeMap<(u32, Node), Step>,
    /// Crossings on the frame.
    ends: BTreeSet<Node>,
}

/// The boundaries and the regions of a field.
pub(super) fn trace<L: Clone + PartialEq>(field: &Field<L>) -> (Vec<Curve>, Vec<Region>) {
    let mut graph = Graph { field, meetings: Vec::new(), steps: BTreeMap::new(), ends: BTreeSet::new() };
    graph.step_inside();
    graph.step_along_the_frame();
    (graph.curves(), graph.regions())
}

impl<L: Clone + PartialEq> Graph<'_, L> {
    fn both_ways(&mut self, from: Node, to: Node, left: u32, right: u32) {
        let step = |to, right| Step { to, right: Some(right), corners: Vec::new() };
        self.steps.insert((left, from), step(to, right));
        self.steps.insert((right, to), step(from, left));
    }

    fn step_inside(&mut self) {
        let field = self.field;
        for triangle in field.mesh.leaves() {
            let corners = triangle.corners;
            let given = |k: usize| field.given[corners[k % 3] as usize];
            match field.kind(corners) {
                Kind::Whole => {}
                Kind::Cut(lone) => {
                    if let Some([from, to]) = field.cut(corners, lone) {
                        self.both_ways(Node::Crossing(from), Node::Crossing(to), given(lone), given(lone + 1));
                    }
                }
                Kind::Meeting => {
                    let here = Node::Meeting(self.meetings.len());
                    self.meetings.push(corners);
                    for k in 0..3 {
                        if let Some(from) = field.crossing(corners[k], corners[(k + 1) % 3]) {
                            self.both_ways(Node::Crossing(from), here, given(k), given(k + 1));
                        }
                    }
                }
            }
        }
    }

    /// Along the frame, the square to the left, from each crossing to the next.
    fn step_along_the_frame(&mut self) {
        let field = self.field;
        let mesh = &field.mesh;
        let mut sides: Vec<(f64, [u32; 2])> = Vec::new();
        for triangle in mesh.leaves() {
            for k in (0..3).filter(|k| triangle.on_frame(*k)) {
                let [from, to] = [1, 2].map(|next| triangle.corners[(k + next) % 3]);
                sides.push((around(mesh.at(from)), [from, to]));
            }
        }
        sides.sort_by(|a, b| a.0.total_cmp(&b.0));
        // From the first crossing round to it again.
        let crossed = |side: &(f64, [u32; 2])| field.crossing(side.1[0], side.1[1]);
        let Some(first) = sides.iter().position(|side| crossed(side).is_some()) else { return };
        sides.rotate_left(first);
        let mut last: Option<(Node, u32, Vec<[f64; 2]>)> = None;
        let again = sides[0];
        for side in sides.iter().chain([&again]) {
            let [from, to] = side.1;
            if let Some((_, _, corners)) = &mut last
                && is_corner(mesh.at(from))
            {
                corners.push(mesh.at(from));
            }
            let Some(crossing) = crossed(side) else { continue };
            let here = Node::Crossing(crossing);
            self.ends.insert(here);
            if let Some((start, left, corners)) = last.take() {
                self.steps.insert((left, start), Step { to: here, right: None, corners });
            }
            last = Some((here, field.given[to as usize], Vec::new()));
        }
    }

    /// A node as a point of the boundary with these answers to its left and right.
    fn point(&self, node: Node, left: u32, right: u32) -> Point {
        match node {
            Node::Crossing(at) => {
                let crossing: &Crossing = &self.field.crossings[at];
                let [a, b] = crossing.between;
                let first = self.field.given[crossing.ends[0] as usize] == left;
                Point { at: crossing.at(), between: if first { [a, b] } else { [b, a] } }
            }
            Node::Meeting(at) => {
                let corners = self.meetings[at];
                let of = |answer: u32| {
                    let corner = corners.into_iter().find(|corner| self.field.given[*corner as usize] == answer);
                    within(self.field.mesh.at(corner.unwrap_or(corners[0])))
                };
                Point { at: self.at(node), between: [of(left), of(right)] }
            }
        }
    }

    fn at(&self, node: Node) -> [f64; 2] {
        match node {
            Node::Crossing(at) => self.field.crossings[at].at(),
            Node::Meeting(at) => {
                let corners = self.meetings[at].map(|corner| self.field.mesh.at(corner));
                [0, 1].map(|d| corners.iter().map(|corner| corner[d]).sum::<f64>() / 3.0)
            }
        }
    }

    fn curves(&self) -> Vec<Curve> {
        let mut walked: BTreeSet<(u32, Node)> = BTreeSet::new();
        let mut curves = Vec::new();
        let is_end = |node: Node| matches!(node, Node::Meeting(_)) || self.ends.contains(&node);
        // Those with ends first; what is left are rings.
        for rings in [false, true] {
            for (&(left, start), step) in &self.steps {
                let Some(right) = step.right.filter(|right| left < *right) else { continue };
                if is_end(start) == rings || walked.contains(&(left, start)) {
                    continue;
                }
                let mut nodes = vec![start];
                let mut here = start;
                while let Some(step) = self.steps.get(&(left, here)).filter(|_| walked.insert((left, here))) {
                    here = step.to;
                    if here == start {
                        break;
                    }
                    nodes.push(here);
                    if is_end(here) {
                        break;
                    }
                }
                let points = nodes.into_iter().map(|node| self.point(node, left, right));
                let closed = here == start;
                let points = thinned(points.collect(), closed);
                curves.push(Curve { left: left as usize, right: right as usize, closed, points });
            }
        }
        curves
    }

    fn regions(&self) -> Vec<Region> {
        let field = self.field;
        let home = components(field);
        // Of each region, by one of its corners: outlines, with twice the area.
        let mut outlines: BTreeMap<u32, (f64, Outlines)> = BTreeMap::new();
        let mut walked: BTreeSet<(u32, Node)> = BTreeSet::new();
        for &(left, start) in self.steps.keys() {
            let (mut outline, mut here, mut owner) = (Vec::new(), start, None);
            while let Some(step) = self.steps.get(&(left, here)).filter(|_| walked.insert((left, here))) {
                if let Node::Crossing(at) = here {
                    let corner = field.crossings[at].ends.into_iter().find(|end| field.given[*end as usize] == left);
                    owner = owner.or(corner.map(|corner| home[corner as usize]));
                }
                outline.push(self.at(here));
                outline.extend(&step.corners);
                here = step.to;
            }
            if let Some(owner) = owner.filter(|_| !outline.is_empty()) {
                let (area, all) = outlines.entry(owner).or_default();
                *area += twice_the_area(&outline);
                all.push(outline);
            }
        }
        // Without a crossing on it, the frame is an outline of its own.
        if self.ends.is_empty() {
            let (area, all) = outlines.entry(home[0]).or_default();
            *area += 2.0;
            all.push(vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]);
        }
        let region = |(owner, (area, outlines)): (u32, (f64, Outlines))| Region {
            answer: field.given[owner as usize] as usize,
            share: area / 2.0,
            inside: inside(&field.mesh, &home, owner, &outlines),
            outlines,
        };
        let mut regions: Vec<Region> = outlines.into_iter().map(region).collect();
        regions.sort_by(|a, b| b.share.total_cmp(&a.share));
        regions
    }
}

/// How far along the frame a point on it is, against the clock from the origin.
fn around([x, y]: [f64; 2]) -> f64 {
    match (x, y) {
        (_, 0.0) if x < 1.0 => x,
        (1.0, _) if y < 1.0 => 1.0 + y,
        (_, 1.0) if x > 0.0 => 3.0 - x,
        _ => 4.0 - y,
    }
}

fn is_corner(point: [f64; 2]) -> bool {
    point.iter().all(|along| *along == 0.0 || *along == 1.0)
}

/// Without points that are nearer to the one before than a line between points may be to the boundary.
fn thinned(points: Vec<Point>, closed: bool) -> Vec<Point> {
    let Some(&last) = points.last() else { return points };
    let mut kept: Vec<Point> = Vec::new();
    for point in &points {
        if kept.last().is_none_or(|before| distance(before.at, point.at) > SMOOTH / 2.0) {
            kept.push(*point);
        }
    }
    if !closed && kept.last() != Some(&last) {
        if kept.len() > 1 {
            kept.pop();
        }
        kept.push(last);
    }
    if closed && kept.len() < 4 { points } else { kept }
}

fn twice_the_area(outline: &[[f64; 2]]) -> f64 {
    let next = outline.iter().cycle().skip(1);
    outline.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
}

/// For each corner the first of those that it is connected with by corners of the same answer.
fn components<L>(field: &Field<L>) -> Vec<u32> {
    let mut home: Vec<u32> = (0_u32..).take(field.given.len()).collect();
    fn find(home: &mut [u32], mut at: u32) -> u32 {
        while home[at as usize] != at {
            home[at as usize] = home[home[at as usize] as usize];
            at = home[at as usize];
        }
        at
    }
    for triangle in field.mesh.leaves() {
        for k in 0..3 {
            let [a, b] = [triangle.corners[k], triangle.corners[(k + 1) % 3]];
            if field.given[a as usize] == field.given[b as usize] {
                let [a, b] = [a, b].map(|corner| find(&mut home, corner));
                home[a.max(b) as usize] = a.min(b);
            }
        }
    }
    (0_u32..).take(home.len()).map(|corner| find(&mut home, corner)).collect()
}

/// A corner of the region that is far from its outlines and from the frame.
fn inside(mesh: &Mesh, home: &[u32], owner: u32, outlines: &[Vec<[f64; 2]>]) -> [f64; 2] {
    let own: Vec<u32> = (0_u32..).zip(home).filter(|(_, home)| **home == owner).map(|(corner, _)| corner).collect();
    let some = own.iter().step_by(own.len() / CANDIDATES + 1).map(|corner| mesh.at(*corner));
    let outline: Vec<&[f64; 2]> = outlines.iter().flatten().collect();
    let outline: Vec<&[f64; 2]> = outline.iter().step_by(outline.len() / CANDIDATES + 1).copied().collect();
    let room = |point: &[f64; 2]| {
        let frame = point.iter().map(|along| along.min(1.0 - along)).fold(f64::INFINITY, f64::min);
        outline.iter().map(|other| distance(**other, *point)).fold(frame, f64::min)
    };
    let best = some.map(|point| (room(&point), point)).reduce(|best, next| if next.0 > best.0 { next } else { best });
    within(best.map_or_else(|| mesh.at(owner), |(_, point)| point))
}
