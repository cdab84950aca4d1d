//! All keys at once: the smallest joint change that turns an answer.
//!
//! Changes are measured in logarithms: x_i = ln(value / value now), the size of a change is the Euclidean norm of x. Along a
//! ray from x = 0 the first flip is found as along a key; the nearest point of the surface on which answers turn is where the
//! ray stands upright on it, and the slope of the surface there is told by the rays beside it.

use super::search::{Line, Seen, search};
use super::{Account, Axis};
use crate::control::{Control, Stopped};
use crate::math::{exp, ln};
use crate::model::range::Range;
use crate::numbers::rounded_to;
use crate::probe::{Condition, Lattice, Look, World};
use crate::scenario::Scenario;
use crate::scenario::key::Takes;
use crate::scenario::keys;

/// The largest change that is looked at: each key alone to three times its value, or a third.
const FAR: f64 = 1.1;
/// Parts into which a ray is cut by the first look.
const PARTS: usize = 8;
/// Directions tried, one better than the other.
const ROUNDS: usize = 40;
/// Keys whose own flips are the first directions.
const STARTS: usize = 2;
/// How far a ray is turned to see how the surface slopes.
const TURN: f64 = 1e-3;
/// How far a ray is turned to see whether another is better.
const BESIDE: f64 = 0.02;
/// Share of the change by which another must be smaller to be better.
const BETTER: f64 = 1e-6;
/// A key that moves by a smaller share than this has no part in it.
const NO_PART: f64 = 1e-4;
/// Digits with which a change is said: the first that turn the answer.
const DIGITS: [usize; 4] = [4, 5, 6, 9];

/// The smallest joint change that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Joint {
    /// The keys that were moved: those that have a value above 0 and are no dates.
    pub axes: Vec<Axis>,
    /// The value of each at which the answer turns.
    pub values: Vec<f64>,
    /// What is said of each: few digits, and nothing of a key that has no part in it; where all others stand as they do now, these
    /// values turn the answer as they are said.
    pub told: Vec<Option<f64>>,
    /// Size of the change: the Euclidean norm of the logarithms of the ratios.
    pub size: f64,
    /// What is found there.
    pub look: Look,
    /// What is found at the next smaller change in the same direction.
    pub before: Look,
    /// How many neighbours were looked at, each key a little more and a little less, all of them at a change that is smaller
    /// by a millionth.
    pub neighbours: usize,
    /// Whether none of them turns the answer: the change is then the smallest around.
    pub proved: bool,
    /// Runs that this took.
    pub runs: u64,
}

struct Walk<'a> {
    condition: &'a Condition,
    control: &'a Control,
    world: World,
    axes: Vec<Axis>,
    /// Which values each key may take.
    allowed: Vec<Range>,
    holds: bool,
}

impl Joint {
    /// The smallest joint change of the keys of an account that turns its answer; `None` where there is none up to 3 times
    /// (or a third of) the values.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn find(account: &Account, control: &Control) -> Result<Option<Self>, Stopped> {
        let scenario: &Scenario = &account.scenario;
        let Some(holds) = account.now.holds else { return Ok(None) };
        let moved =
            account.keys.iter().filter(|flips| !flips.axis.is_dated() && flips.axis.now.is_some_and(|now| now > 0.0));
        // Shares move one another: they are no free keys.
        let moved: Vec<_> = moved.filter(|flips| !flips.axis.key.ends_with(".alpha")).collect();
        let axes: Vec<Axis> = moved.iter().map(|flips| flips.axis.clone()).collect();
        let names: Vec<String> = axes.iter().map(|axis| axis.key.clone()).collect();
        let range = |axis: &Axis| match keys::find(&axis.key).map(|key| key.takes) {
            Some(Takes::Number(range)) => range,
            _ => Range::ANY,
        };
        let allowed = axes.iter().map(range).collect();
        let world = World::new(scenario, &names);
        let mut walk = Walk { condition: &account.condition, control, world, axes, allowed, holds };
        // First directions: the keys whose own flips are nearest.
        let mut starts: Vec<(f64, usize, f64)> = Vec::new();
        for (i, flips) in moved.iter().enumerate() {
            let (Some(now), Some(nearest)) = (flips.axis.now, &flips.nearest) else { continue };
            if nearest.seen.value > 0.0 {
                let size = ln(nearest.seen.value / now);
                starts.push((size.abs(), i, size.signum()));
            }
        }
        starts.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut best: Option<(f64, Vec<f64>)> = None;
        for &(_, i, sign) in starts.iter().take(STARTS) {
            let mut direction = vec![0.0; walk.axes.len()];
            direction[i] = sign;
            let Some(found) = walk.descend(direction)? else { continue };
            if best.as_ref().is_none_or(|best| found.0 < best.0) {
                best = Some(found);
            }
        }
        let Some((size, direction)) = best else { return Ok(None) };
        walk.settled(size, direction).map(Some)
    }
}

impl Walk<'_> {
    /// The values at a change of size `r` in a direction.
    fn values(&self, direction: &[f64], r: f64) -> Vec<f64> {
        let value = |((axis, u), allowed): ((&Axis, &f64), &Range)| {
            let now = axis.now.unwrap_or(1.0);
            let value = if *u == 0.0 { now } else { now * exp(u * r) };
            // A key goes no further than it may.
            if allowed.contains(value) { value } else { edge(*allowed, value) }
        };
        self.axes.iter().zip(direction).zip(&self.allowed).map(value).collect()
    }

    fn look(&mut self, direction: &[f64], r: f64) -> Result<Look, Stopped> {
        let values = self.values(direction, r);
        self.world.look(self.condition, &values, self.control)
    }

    /// The size of the first change in a direction that turns the answer, and of that just before.
    fn ray(&mut self, direction: &[f64], far: f64) -> Result<Option<[Seen; 2]>, Stopped> {
        let holds = self.holds;
        // What turns counts as what holds.
        let mut turned = |r: f64| {
            let look = self.look(direction, r)?;
            let turned = look.holds.map(|now| now != holds);
            let signal = look.signal.map(|signal| if holds { -signal } else { signal });
            Ok(Look { answer: look.answer, holds: Some(turned == Some(true)), signal })
        };
        let line = Line { lattice: Lattice::Floats, range: [0.0, far], parts: PARTS, apart: false };
        let found = search(&line, None, &mut turned)?;
        let first = found.intervals.into_iter().next();
        Ok(first.and_then(|first| Some([first.from.inside, first.from.outside?])))
    }

    /// From a direction to ever better ones.
    fn descend(&mut self, start: Vec<f64>) -> Result<Option<(f64, Vec<f64>)>, Stopped> {
        let mut direction = start;
        let Some([at, _]) = self.ray(&direction, FAR)? else { return Ok(None) };
        let mut size = at.value;
        for _ in 0..ROUNDS {
            let normal = self.normal(&direction, size)?;
            let mut share = 1.0;
            let mut improved = false;
            for _ in 0..6 {
                let mixed = direction.iter().zip(&normal).map(|(u, n)| u + share * (n - u)).collect();
                let Some(mixed) = unit(mixed) else { break };
                if let Some([at, _]) = self.ray(&mixed, size)?
                    && at.value < size * (1.0 - 0.1 * BETTER)
                {
                    (size, direction, improved) = (at.value, mixed, true);
                    break;
                }
                share *= 0.4;
            }
            if !improved && !self.beside(&mut size, &mut direction)? {
                break;
            }
        }
        Ok(Some((size, direction)))
    }

    /// Where the surface looks at the point of a ray: for a plane n·x = c the ray along u meets it at c / (n·u).
    fn normal(&mut self, direction: &[f64], size: f64) -> Result<Vec<f64>, Stopped> {
        let mut normal = vec![0.0; direction.len()];
        for i in 0..direction.len() {
            let mut turned = direction.to_vec();
            turned[i] += TURN;
            let length = norm(&turned);
            let Some(turned) = unit(turned) else { continue };
            if let Some([at, _]) = self.ray(&turned, 1.5 * size)? {
                // In steps of the turned direction before it was made a unit.
                normal[i] = (length / at.value - 1.0 / size) / TURN;
            }
        }
        Ok(unit(normal).unwrap_or_else(|| direction.to_vec()))
    }

    /// Neighbours at a slightly smaller change: a better direction among them, if there is one.
    fn beside(&mut self, size: &mut f64, direction: &mut Vec<f64>) -> Result<bool, Stopped> {
        let inner = *size * (1.0 - BETTER);
        for i in 0..direction.len() {
            for turn in [BESIDE, -BESIDE] {
                let mut turned = direction.clone();
                turned[i] += turn;
                let Some(turned) = unit(turned) else { continue };
                let look = self.look(&turned, inner)?;
                if look.holds.is_some_and(|holds| holds != self.holds)
                    && let Some([at, _]) = self.ray(&turned, inner)?
                {
                    (*size, *direction) = (at.value, turned);
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The change once more, from a scenario read anew, and its neighbours.
    fn settled(mut self, size: f64, direction: Vec<f64>) -> Result<Joint, Stopped> {
        let (mut size, mut direction) = (size, direction);
        let mut proved = false;
        for _ in 0..ROUNDS {
            proved = !self.beside(&mut size, &mut direction)?;
            if proved {
                break;
            }
        }
        let look = self.look(&direction, size)?;
        let before = self.look(&direction, size.next_down())?;
        let turns = |look: &Look| look.holds.is_some_and(|holds| holds != self.holds);
        let proved = proved && turns(&look) && !turns(&before);
        let values = self.values(&direction, size);
        let told = self.told(&values)?;
        // A key that stands at the end of its range goes no further than that.
        let moved = values.iter().zip(&self.axes).map(|(value, axis)| ln(value / axis.now.unwrap_or(*value)));
        let moved: Vec<f64> = moved.collect();
        Ok(Joint {
            neighbours: 2 * self.axes.len(),
            runs: self.world.runs(),
            axes: self.axes,
            size: norm(&moved),
            values,
            told,
            look,
            before,
            proved,
        })
    }
}

impl Walk<'_> {
    /// The values in few digits, rounded away from what the keys are now, keys without a part in it left as they are; all of them
    /// with all digits where nothing less turns the answer.
    fn told(&mut self, values: &[f64]) -> Result<Vec<Option<f64>>, Stopped> {
        let now: Vec<f64> = self.axes.iter().zip(values).map(|(axis, value)| axis.now.unwrap_or(*value)).collect();
        for digits in DIGITS {
            let said = |((value, now), allowed): ((&f64, &f64), &Range)| {
                let rounded = rounded_to(*value, digits, value > now);
                let rounded = if allowed.contains(rounded) { rounded } else { *value };
                ((value / now - 1.0).abs() >= NO_PART).then_some(rounded)
            };
            let told: Vec<Option<f64>> = values.iter().zip(&now).zip(&self.allowed).map(said).collect();
            let there: Vec<f64> = told.iter().zip(&now).map(|(told, now)| told.unwrap_or(*now)).collect();
            let look = self.world.look(self.condition, &there, self.control)?;
            if look.holds.is_some_and(|holds| holds != self.holds) {
                return Ok(told);
            }
        }
        Ok(values.iter().copied().map(Some).collect())
    }
}

/// The end of a range beyond which a value lies, where that end is part of it.
fn edge(range: Range, value: f64) -> f64 {
    use crate::model::range::End;
    match (range.low, range.high) {
        (End::Included(low), _) if value < low => low,
        (_, End::Included(high)) if value > high => high,
        _ => value,
    }
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|u| u * u).sum::<f64>().sqrt()
}

/// The direction of a vector.
fn unit(vector: Vec<f64>) -> Option<Vec<f64>> {
    let length = norm(&vector);
    (length > 0.0 && length.is_finite()).then(|| vector.into_iter().map(|u| u / length).collect())
}
