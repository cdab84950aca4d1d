//! The plane of two keys by the answers that a scenario gives over it: regions with exact boundaries, contours of a number, and
//! the paper's conditions beside them.
//!
//! [`plane`] divides the unit square by what is answered at its points, `side` says which values of a key the sides of the square
//! are, `label` what an answer is called, `levels` where contours of a number are.

mod closed_form;
mod label;
mod levels;
mod mesh;
pub mod plane;
mod refine;
mod side;
mod trace;

pub use closed_form::{Condition, Frontier};
pub use label::{Band, Label, label_order};
pub use levels::Levels;
pub use side::Side;
pub use trace::{Curve, Point, Region};

use crate::control::{Control, Stopped};
use crate::measure::Measure;
use crate::names;
use crate::probe::{Answer, Lattice, Number, Question, World};
use crate::scenario::Scenario;
use crate::scenario::diagnostics::Report;
use crate::table::Column;
use plane::Plane;

names! {
    /// From which starts a scenario is asked.
    pub enum Starts {
        Own = "own": "The scenario's own",
        Both = "both": "Isolation, and a cluster in each sector in turn: where answers differ, history decides",
    }
}

/// Digits with which a place beyond a boundary is told: the first that will do.
const DIGITS: [usize; 3] = [4, 6, 9];

/// What is mapped.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What is asked at every point.
    pub question: Question,
    /// Across, and up.
    pub sides: [Side; 2],
    /// From which starts.
    pub starts: Starts,
    /// Squares along each side of the lattice on which regions are looked for, at least 1.
    pub resolution: u32,
    /// Levels of contours; round ones where there are none.
    pub levels: Vec<f64>,
}

impl Asked {
    /// What is asked, one world for each start.
    ///
    /// # Errors
    /// Where a start makes no scenario.
    pub fn worlds(&self, scenario: &Scenario) -> Result<Vec<World>, Report> {
        let keys = self.sides.each_ref().map(|side| side.key.clone());
        match self.starts {
            Starts::Own => Ok(vec![World::new(scenario, &keys)]),
            Starts::Both => {
                let sectors = scenario.keys.sector.keys().map(|sector| Some(sector.as_str()));
                let starts = std::iter::once(None).chain(sectors);
                starts.map(|start| Ok(World::new(&scenario.starting(start)?, &keys))).collect()
            }
        }
    }

    /// The answers at values of the two keys, one from each start.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn answers(&self, worlds: &mut [World], at: [f64; 2], control: &Control) -> Result<Vec<Answer>, Stopped> {
        worlds.iter_mut().map(|world| world.ask(self.question, &at, control)).collect()
    }
}

/// Where the scenario itself lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Here {
    /// Its own values of the two keys.
    pub values: [f64; 2],
    /// Where they are on the sides; beyond 0 or 1 where they are not on the plane.
    pub shares: [f64; 2],
    /// What holds there.
    pub label: Label,
    /// The nearest boundary, where it lies on the plane and there is one.
    pub nearest: Option<Nearest>,
}

/// The boundary that is nearest to a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// Values of the two keys where it is nearest.
    pub values: [f64; 2],
    /// Values near these, of few digits, at which the run answers what holds beyond the boundary: what is told. `None` where the
    /// boundary itself is, a number that means no difference, and where none are found.
    pub told: Option<[f64; 2]>,
    /// How far that is, a side being 1.
    pub distance: f64,
    /// What a number is there, where that is the one that means no difference.
    pub pivot: Option<f64>,
    /// What holds beyond it: place among the answers.
    pub beyond: usize,
}

/// The plane of two keys.
#[derive(Debug, Clone)]
pub struct Map {
    /// What was asked.
    pub asked: Asked,
    /// Its regions and boundaries, the sides being 1.
    pub plane: Plane<Label>,
    /// What its answers are called in files.
    pub spelt: Vec<String>,
    /// Levels of contours, where a number was asked for.
    pub levels: Option<Levels>,
    /// Where the scenario itself lies; `None` where it has no value of a key.
    pub here: Option<Here>,
    /// The paper's conditions, where they apply.
    pub frontiers: Vec<Frontier>,
    /// Curve and point of every row of `boundaries.csv`.
    rows: Vec<[usize; 2]>,
}

impl Map {
    /// The map of a scenario. `answers` gives for values of the two keys what each start answers, for many points at once.
    ///
    /// # Errors
    /// [`Stopped`] once `answers` does.
    pub fn new(
        scenario: &Scenario,
        asked: Asked,
        mut answers: impl FnMut(&[[f64; 2]]) -> Result<Vec<Vec<Answer>>, Stopped>,
    ) -> Result<Self, Stopped> {
        let [x, y] = &asked.sides;
        let mut levels: Option<Levels> = None;
        let ask = |points: &[[f64; 2]]| {
            let values: Vec<[f64; 2]> = points.iter().map(|[u, v]| [x.at(*u), y.at(*v)]).collect();
            let given = answers(&values)?;
            // The lattice is asked first, all at once: its numbers say where contours should be.
            if let (Question::Number(number), None) = (asked.question, &levels) {
                levels = Some(levels_for(number, &asked.levels, &given));
            }
            let label = |answers: Vec<Answer>| match (&levels, &answers[..]) {
                (Some(levels), [answer]) => levels.label(answer.clone()),
                _ => Label::of(answers),
            };
            Ok(given.into_iter().map(label).collect())
        };
        let plane = Plane::new(asked.resolution, label_order, ask)?;
        let here = here(scenario, &asked, &plane, levels.as_ref(), &mut answers)?;
        let sectors: Vec<String> = scenario.problem.sectors.clone();
        let spelt = plane.answers.iter().map(|label| label.spelling(&sectors)).collect();
        let points = |curve: usize| (0..plane.curves[curve].points.len()).map(move |point| [curve, point]);
        let rows = (0..plane.curves.len()).flat_map(points).collect();
        let frontiers = closed_form::frontiers(scenario, &asked.sides, asked.resolution);
        Ok(Self { asked, plane, spelt, levels, here, frontiers, rows })
    }

    /// Values of the two keys at a point of the unit square.
    pub fn values(&self, [u, v]: [f64; 2]) -> [f64; 2] {
        [self.asked.sides[0].at(u), self.asked.sides[1].at(v)]
    }

    /// Number of rows of [`boundaries`].
    pub fn boundary_points(&self) -> usize {
        self.rows.len()
    }

    /// Share of the plane in which each answer holds, with how many regions, the largest first.
    pub fn shares(&self) -> Vec<(usize, f64, usize)> {
        let mut shares: Vec<(usize, f64, usize)> = (0..self.spelt.len()).map(|answer| (answer, 0.0, 0)).collect();
        for region in &self.plane.regions {
            let (_, share, regions) = &mut shares[region.answer];
            (*share, *regions) = (*share + region.share, *regions + 1);
        }
        shares.retain(|(.., regions)| *regions > 0);
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }

    fn row(&self, row: usize) -> (&Curve, &Point) {
        let [curve, point] = self.rows[row];
        let curve = &self.plane.curves[curve];
        (curve, &curve.points[point])
    }

    /// Whether the scenario itself lies in a region.
    fn holds_the_scenario(&self, region: usize) -> bool {
        let here = self.here.as_ref().filter(|here| here.on_the_plane());
        here.is_some_and(|here| plane::holds(&self.plane.regions[region].outlines, here.shares))
    }
}

impl Here {
    /// Whether it is on the plane.
    pub fn on_the_plane(&self) -> bool {
        self.shares.iter().all(|share| (0.0..=1.0).contains(share))
    }
}

fn levels_for(number: Number, given: &[f64], answers: &[Vec<Answer>]) -> Levels {
    let numbers = answers.iter().flatten().filter_map(|answer| match answer {
        Answer::Number(number) => Some(*number),
        _ => None,
    });
    let (pivot, ratio) = match number {
        Number::Measure(measure) => (measure.about().pivot, measure.about().ratio),
        Number::Gain(_) => (None, false),
    };
    if given.is_empty() {
        return Levels::round(numbers, pivot, ratio);
    }
    Levels::given(given.to_vec(), pivot.filter(|pivot| given.contains(pivot)))
}

fn here(
    scenario: &Scenario,
    asked: &Asked,
    plane: &Plane<Label>,
    levels: Option<&Levels>,
    answers: &mut impl FnMut(&[[f64; 2]]) -> Result<Vec<Vec<Answer>>, Stopped>,
) -> Result<Option<Here>, Stopped> {
    let [Some(x), Some(y)] = asked.sides.each_ref().map(|side| scenario.number(&side.key)) else { return Ok(None) };
    let values = [x, y];
    let label = |given: Vec<Answer>| match (levels, &given[..]) {
        (Some(levels), [answer]) => levels.label(answer.clone()),
        _ => Label::of(given),
    };
    let own = label(answers(&[values])?.pop().unwrap_or_default());
    let shares = [0, 1].map(|d| asked.sides[d].share(values[d]));
    let mut here = Here { values, shares, label: own, nearest: None };
    if !here.on_the_plane() {
        return Ok(Some(here));
    }
    // Of a number, where it passes the one that means no difference counts, if it does.
    let pivot = measure(asked.question).and_then(|measure| measure.about().pivot);
    let passes = |curve: &Curve| {
        let sides = [curve.left, curve.right].map(|answer| plane.answers[answer].side_of(pivot));
        matches!(sides, [Some(a), Some(b)] if a != b)
    };
    let nearest = plane.nearest(shares, passes).or_else(|| plane.nearest(shares, |_| true));
    let Some((curve, at)) = nearest else { return Ok(Some(here)) };
    let curve = &plane.curves[curve];
    let beyond = if plane.answers[curve.left] == here.label { curve.right } else { curve.left };
    let values = [0, 1].map(|d| asked.sides[d].at(at[d]));
    let pivot = pivot.filter(|_| passes(curve));
    let mut told = None;
    // From date to date a number jumps; elsewhere it is at the boundary what is said of it.
    if pivot.is_none() || asked.sides.iter().any(|side| side.lattice != Lattice::Floats) {
        for digits in DIGITS {
            let [x, y] = [0, 1].map(|d| asked.sides[d].beside(values[d], digits));
            let mut places: Vec<[f64; 2]> = x.into_iter().flat_map(|x| y.map(|y| [x, y])).collect();
            let far = |place: &[f64; 2]| refine::distance([0, 1].map(|d| asked.sides[d].share(place[d])), shares);
            places.sort_by(|a, b| far(a).total_cmp(&far(b)));
            let given = answers(&places)?.into_iter().map(label);
            told = places.into_iter().zip(given).find(|(_, given)| *given == plane.answers[beyond]).map(|(at, _)| at);
            if told.is_some() {
                break;
            }
        }
    }
    here.nearest = Some(Nearest { values, told, distance: refine::distance(at, shares), pivot, beyond });
    Ok(Some(here))
}

/// The columns of `boundaries.csv`, a row per point of a boundary.
pub fn boundaries() -> Vec<Column<'static, Map>> {
    let coordinate = |name: &'static str, meaning: &'static str, d: usize, of: fn(&Point) -> [f64; 2]| {
        Column::number(name, "", meaning, move |map: &Map, row| map.values(of(map.row(row).1))[d])
    };
    vec![
        Column::integer("curve", "1", "number of the boundary, from 0", |map: &Map, row| map.rows[row][0] as u64),
        Column::integer("point", "1", "number of the point along it, from 0", |map: &Map, row| map.rows[row][1] as u64),
        coordinate("x", "value of the key across", 0, |point| point.at),
        coordinate("y", "value of the key up", 1, |point| point.at),
        Column::text("left", "what holds to the left of the boundary, going on from this point", |map: &Map, row| {
            &map.spelt[map.row(row).0.left]
        }),
        Column::text("right", "what holds to its right", |map: &Map, row| &map.spelt[map.row(row).0.right]),
        Column::truth("closed", "whether the last point of the boundary is joined to its first", |map: &Map, row| {
            map.row(row).0.closed
        }),
        coordinate(
            "x_left",
            "value of the key across of a run to the left, no further than 1e-9 of the side",
            0,
            |point| point.between[0],
        ),
        coordinate("y_left", "value of the key up of that run", 1, |point| point.between[0]),
        coordinate("x_right", "value of the key across of a run to the right, as near", 0, |point| point.between[1]),
        coordinate("y_right", "value of the key up of that run", 1, |point| point.between[1]),
    ]
}

/// The columns of `regions.csv`, a row per connected region, the largest first.
pub fn regions() -> Vec<Column<'static, Map>> {
    vec![
        Column::integer("region", "1", "number of the region, from 0", |_: &Map, row| row as u64),
        Column::text("label", "what holds in it", |map: &Map, row| &map.spelt[map.plane.regions[row].answer]),
        Column::number("share", "1", "share of the plane as it is drawn", |map: &Map, row| {
            map.plane.regions[row].share
        }),
        Column::number("x", "", "value of the key across at a point inside", |map: &Map, row| {
            map.values(map.plane.regions[row].inside)[0]
        }),
        Column::number("y", "", "value of the key up at that point", |map: &Map, row| {
            map.values(map.plane.regions[row].inside)[1]
        }),
        Column::truth("here", "whether the scenario itself lies in it", |map: &Map, row| map.holds_the_scenario(row)),
    ]
}

/// What a question is about, in a sentence.
pub fn phrase(question: Question) -> &'static str {
    match question {
        Question::Which(which) => which.meaning(),
        Question::Number(number) => number.phrase(),
    }
}

/// The measure that a question asks for, if it asks for one.
pub fn measure(question: Question) -> Option<Measure> {
    match question {
        Question::Number(Number::Measure(measure)) => Some(measure),
        _ => None,
    }
}
