//! Along one key: where a condition holds. First a look at evenly spaced values, then, between two that answer differently, ever
//! nearer, until two neighbours are left.

use crate::control::Stopped;
use crate::probe::{Answer, Lattice, Look};
use std::collections::BTreeMap;

/// Looks for a way through zero where a number comes near its bound and turns away again.
const ISLAND_LOOKS: usize = 10;
/// Two values whose difference is this share of them read the same.
const TOLD: f64 = 1e-6;
/// Answers between two looks of which the ends are sought; where there are more, as where two paths are worth the same but for
/// rounding, nothing is told of them.
const CHANGES: usize = 4;
/// Between values of different size, halves are taken so often before floating-point numbers are counted.
const HALVES: u32 = 6;

/// A value, and what was found there.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The value.
    pub value: f64,
    /// What the scenario answers.
    pub look: Look,
}

impl Seen {
    /// Whether the condition holds.
    pub fn holds(&self) -> bool {
        self.look.holds == Some(true)
    }
}

/// One end of an interval in which the condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// The last value at which it holds.
    pub inside: Seen,
    /// Its neighbour, at which it does not; `None` at an end of the range.
    pub outside: Option<Seen>,
}

/// Values in a row at which a condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub from: End,
    /// Its upper end.
    pub until: End,
}

/// Values in a row at which the same is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What that is.
    pub answer: Answer,
    /// The first and the last of them.
    pub values: [f64; 2],
}

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Which values there are.
    pub lattice: Lattice,
    /// The first and the last.
    pub range: [f64; 2],
    /// Into how many parts the range is cut by the first look.
    pub parts: usize,
    /// Whether answers are told apart, too, between which the condition does not turn.
    pub apart: bool,
}

/// What was found along a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Where the condition holds, in ascending order.
    pub intervals: Vec<Interval>,
    /// The evenly spaced values of the first look, with that at which the scenario stands.
    pub looks: Vec<Seen>,
    /// The longest stretch between two of them: an interval that is narrower may have been missed.
    pub resolution: f64,
    /// What is answered along the line, in ascending order, where answers were told apart; ends between which the condition does not
    /// turn are as near to each other as can be told. None where numbers are answered, or where answers change too often.
    pub parts: Vec<Part>,
}

/// Looks along a line; `now`, where it lies on it, is looked at, too.
///
/// # Errors
/// [`Stopped`] where `look` says so.
pub fn search(
    line: &Line,
    now: Option<f64>,
    look: &mut impl FnMut(f64) -> Result<Look, Stopped>,
) -> Result<Found, Stopped> {
    let mut search = Search { lattice: line.lattice, seen: BTreeMap::new(), look };
    let [low, high] = line.range;
    let (first, last) = (line.lattice.place(low), line.lattice.place(high));
    let parts = line.parts.max(1);
    let spaced = |part: usize| match line.lattice {
        _ if part == 0 => first,
        _ if part == parts => last,
        Lattice::Floats => line.lattice.place(low + (high - low) * (part as f64 / parts as f64)),
        // Periods are numbered in 32 bits, parts in fewer: their product has room.
        Lattice::Dates(_) => first + (last - first) * part as i64 / parts as i64,
    };
    let mut places: Vec<i64> = (0..=parts).map(spaced).collect();
    places.extend(now.map(|now| line.lattice.place(now)).filter(|place| (first..=last).contains(place)));
    places.sort_unstable();
    places.dedup();
    for &place in &places {
        search.at(place)?;
    }
    let looks = places.iter().map(|place| search.found(*place)).collect::<Vec<_>>();
    let apart = |pair: &[i64]| match line.lattice {
        // Neighbours leave nothing between them.
        _ if pair[1] - pair[0] <= 1 => 0.0,
        lattice => lattice.value(pair[1]) - lattice.value(pair[0]),
    };
    let resolution = places.windows(2).map(apart).fold(0.0, f64::max);
    for triple in places.windows(3) {
        search.island([triple[0], triple[1], triple[2]])?;
    }
    let seen: Vec<i64> = search.seen.keys().copied().collect();
    for pair in seen.windows(2) {
        search.narrow(pair[0], pair[1])?;
    }
    let mut parts = Vec::new();
    if line.apart {
        let mut few = true;
        let seen: Vec<i64> = search.seen.keys().copied().collect();
        for pair in seen.windows(2) {
            few &= search.part(pair[0], pair[1])?;
        }
        // What was seen on the way may be another turn.
        let seen: Vec<i64> = search.seen.keys().copied().collect();
        for pair in seen.windows(2) {
            search.narrow(pair[0], pair[1])?;
        }
        if few {
            parts = search.parts();
        }
    }
    Ok(Found { intervals: search.intervals(), looks, resolution, parts })
}

struct Search<'a, F> {
    lattice: Lattice,
    seen: BTreeMap<i64, Look>,
    look: &'a mut F,
}

impl<F: FnMut(f64) -> Result<Look, Stopped>> Search<'_, F> {
    /// Looks at a place, once.
    fn at(&mut self, place: i64) -> Result<(bool, Option<f64>), Stopped> {
        if let Some(look) = self.seen.get(&place) {
            return Ok((look.holds == Some(true), look.signal));
        }
        let look = (self.look)(self.lattice.value(place))?;
        let found = (look.holds == Some(true), look.signal);
        self.seen.insert(place, look);
        Ok(found)
    }

    fn found(&self, place: i64) -> Seen {
        let look = self.seen.get(&place).cloned().unwrap_or_default();
        Seen { value: self.lattice.value(place), look }
    }

    /// From two places that answer differently to two neighbours that do. The method of Oliveira and Takahashi (2020): never
    /// more than one look over halving, and few where the distance from the bound is known and smooth.
    fn narrow(&mut self, mut a: i64, mut b: i64) -> Result<(), Stopped> {
        let side = self.at(a)?.0;
        if self.at(b)?.0 == side {
            return Ok(());
        }
        let width = |a: i64, b: i64| b.wrapping_sub(a) as u64;
        for _ in 0..HALVES {
            let (low, high) = (self.lattice.value(a), self.lattice.value(b));
            let alike = low > 0.0 && high <= 2.0 * low || high < 0.0 && low >= 2.0 * high;
            let middle = self.lattice.place(0.5 * low + 0.5 * high);
            if alike || self.lattice != Lattice::Floats || middle <= a || middle >= b {
                break;
            }
            if self.at(middle)?.0 == side { a = middle } else { b = middle }
        }
        let whole = width(a, b) as f64;
        let most = u64::BITS - (width(a, b).max(1) - 1).leading_zeros() + 1;
        let mut done = 0;
        while width(a, b) > 1 {
            let wide = width(a, b) as f64;
            let half = 0.5 * wide;
            let straight = match (self.at(a)?.1, self.at(b)?.1) {
                (Some(f), Some(g)) if f != g && f * g <= 0.0 && f.is_finite() && g.is_finite() => wide * (f / (f - g)),
                _ => half,
            };
            let towards = (half - straight).signum();
            let shift = 0.2 * wide * wide / whole;
            let cut = if shift <= (half - straight).abs() { straight + towards * shift } else { half };
            let room = 0.5 * (1_u64 << most.saturating_sub(done).min(63)) as f64 - half;
            let chosen = if (cut - half).abs() <= room { cut } else { half - towards * room };
            #[expect(clippy::cast_possible_truncation, reason = "a saturating cast of what lies between the two")]
            let step = (chosen.round() as u64).clamp(1, width(a, b) - 1);
            let place = a.wrapping_add(step as i64);
            if self.at(place)?.0 == side {
                a = place;
            } else {
                b = place;
            }
            done += 1;
        }
        Ok(())
    }

    /// What is answered at a place that was looked at.
    fn answer(&self, place: i64) -> &Answer {
        &self.seen[&place].answer
    }

    /// Between two places with other answers, where each ends: values as near as can be told. Whether there were no more than a few.
    fn part(&mut self, mut a: i64, b: i64) -> Result<bool, Stopped> {
        for _ in 0..CHANGES {
            if self.answer(a) == self.answer(b) || matches!(self.answer(a), Answer::Number(_)) {
                return Ok(true);
            }
            let first = self.answer(a).clone();
            let (mut last, mut next) = (a, b);
            loop {
                let [low, high] = [last, next].map(|place| self.lattice.value(place));
                let middle = match self.lattice {
                    Lattice::Floats if high - low > TOLD * low.abs().max(high.abs()) => {
                        self.lattice.place(0.5 * low + 0.5 * high)
                    }
                    Lattice::Floats => break,
                    Lattice::Dates(_) => last + (next - last) / 2,
                };
                if middle <= last || middle >= next {
                    break;
                }
                self.at(middle)?;
                if *self.answer(middle) == first { last = middle } else { next = middle }
            }
            a = next;
        }
        Ok(false)
    }

    /// What is answered, from place to place.
    fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for (&place, look) in &self.seen {
            let value = self.lattice.value(place);
            match (&look.answer, parts.last_mut()) {
                (Answer::Number(_), _) => return Vec::new(),
                (answer, Some(last)) if last.answer == *answer => last.values[1] = value,
                (answer, _) => parts.push(Part { answer: answer.clone(), values: [value; 2] }),
            }
        }
        parts
    }

    /// Whether a number that comes nearer to its bound and goes away again passes it in between.
    fn island(&mut self, [mut a, mut m, mut b]: [i64; 3]) -> Result<(), Stopped> {
        let (at_a, at_m, at_b) = (self.at(a)?, self.at(m)?, self.at(b)?);
        let (Some(mut f), Some(mut g), Some(mut h)) = (at_a.1, at_m.1, at_b.1) else { return Ok(()) };
        let side = at_m.0;
        if at_a.0 != side || at_b.0 != side || g.abs() > f.abs() || g.abs() > h.abs() || (g == f && g == h) {
            return Ok(());
        }
        for _ in 0..ISLAND_LOOKS {
            let place = self.lowest([a, m, b], [f.abs(), g.abs(), h.abs()]);
            if place <= a || place >= b || place == m {
                return Ok(());
            }
            let (holds, signal) = self.at(place)?;
            let Some(found) = signal else { return Ok(()) };
            if holds != side {
                return Ok(());
            }
            let gained = g.abs() - found.abs();
            let (left, better) = (place < m, found.abs() < g.abs());
            match (left, better) {
                (true, true) => (b, h, m, g) = (m, g, place, found),
                (false, true) => (a, f, m, g) = (m, g, place, found),
                (true, false) => (a, f) = (place, found),
                (false, false) => (b, h) = (place, found),
            }
            // Far from zero, and hardly nearer than before.
            if better && gained < 1e-3 * g.abs() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Where a parabola through three places is lowest; the middle of the longer part where that says nothing.
    fn lowest(&self, [a, m, b]: [i64; 3], [f, g, h]: [f64; 3]) -> i64 {
        let [x, y, z] = [a, m, b].map(|place| self.lattice.value(place));
        let (left, right) = ((y - x) * (g - h), (y - z) * (g - f));
        let vertex = y - 0.5 * ((y - x) * left - (y - z) * right) / (left - right);
        let longer = if y - x > z - y { 0.5 * (x + y) } else { 0.5 * (y + z) };
        let near = (vertex - y).abs() < 1e-3 * (z - x);
        let chosen = if vertex.is_finite() && vertex > x && vertex < z && !near { vertex } else { longer };
        self.lattice.place(chosen)
    }

    /// The runs of places at which the condition holds.
    fn intervals(&self) -> Vec<Interval> {
        let places: Vec<i64> = self.seen.keys().copied().collect();
        let holds = |index: usize| self.seen[&places[index]].holds == Some(true);
        let mut found = Vec::new();
        let mut index = 0;
        while index < places.len() {
            if !holds(index) {
                index += 1;
                continue;
            }
            let first = index;
            while index + 1 < places.len() && holds(index + 1) {
                index += 1;
            }
            let seen = |index: usize| self.found(places[index]);
            found.push(Interval {
                from: End { inside: seen(first), outside: first.checked_sub(1).map(seen) },
                until: End { inside: seen(index), outside: (index + 1 < places.len()).then(|| seen(index + 1)) },
            });
            index += 1;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::grid::Grid;
    use std::cell::Cell;

    /// Looks along a line at a number that must be above zero; how often it looked.
    fn found(line: Line, now: Option<f64>, signal: bool, number: impl Fn(f64) -> f64) -> (Found, usize) {
        let mut looks = 0;
        let mut look = |value: f64| {
            looks += 1;
            let number = number(value);
            let signal = signal.then_some(number);
            Ok(Look { answer: Answer::Number(number), holds: Some(number > 0.0), signal })
        };
        let found = search(&line, now, &mut look).expect("not stopped");
        (found, looks)
    }

    fn floats(low: f64, high: f64, parts: usize) -> Line {
        Line { lattice: Lattice::Floats, range: [low, high], parts, apart: false }
    }

    #[test]
    fn an_end_lies_between_neighbours_and_takes_few_looks() {
        for (root, signal, most) in [(1.234_567, false, 62), (1.234_567, true, 24), (0.31, true, 24)] {
            let (found, looks) =
                found(floats(0.1, 1.9, 8), Some(1.0), signal, |value| value * value * value - root * root * root);
            let [Interval { from, until }] = &found.intervals[..] else { panic!("{found:?}") };
            let outside = from.outside.as_ref().expect("a bracket");
            assert_eq!(outside.value.next_up(), from.inside.value);
            assert!(from.inside.holds() && !outside.holds() && (from.inside.value - root).abs() < 1e-15 * root * 4.0);
            assert_eq!((until.inside.value, &until.outside), (1.9, &None));
            assert!(looks <= most, "{looks} looks at {root}, {signal}");
        }
    }

    #[test]
    fn several_intervals_are_found_and_an_island_that_a_number_points_to() {
        let wave = |value: f64| (3.0 * value).sin();
        let (waves, _) = found(floats(0.5, 9.0, 20), None, false, wave);
        let pi = std::f64::consts::PI;
        let ends: Vec<f64> = waves.intervals.iter().flat_map(|i| [i.from.inside.value, i.until.inside.value]).collect();
        let expected = [
            0.5,
            pi / 3.0,
            2.0 * pi / 3.0,
            pi,
            4.0 * pi / 3.0,
            5.0 * pi / 3.0,
            2.0 * pi,
            7.0 * pi / 3.0,
            8.0 * pi / 3.0,
            9.0,
        ];
        assert_eq!(ends.len(), expected.len(), "{ends:?}");
        assert!(ends.iter().zip(expected).all(|(end, expected)| (end - expected).abs() < 1e-14), "{ends:?}");
        // Narrower than the parts of the first look by far.
        let hill = |value: f64| 1e-4 - (value - 0.637) * (value - 0.637);
        let (island, looks) = found(floats(0.0, 1.0, 8), None, true, hill);
        assert_eq!(island.intervals.len(), 1, "{island:?}");
        assert!((island.intervals[0].from.inside.value - 0.627).abs() < 1e-12 && looks < 64, "{looks}");
        let (nothing, looks) = found(floats(0.0, 1.0, 8), None, true, |value| hill(value) - 1.1e-4);
        assert!(nothing.intervals.is_empty() && looks < 30, "{looks}");
    }

    #[test]
    fn dates_are_neighbours_when_nothing_lies_between_them() {
        let grid = Grid { start: 0.0, period: 0.25, periods: 400 };
        let line = Line { lattice: Lattice::Dates(grid), range: [0.0, 100.0], parts: 8, apart: false };
        let (found, looks) =
            found(line, Some(35.0), false, |value| if (20.3..=61.0).contains(&value) { 1.0 } else { -1.0 });
        let [Interval { from, until }] = &found.intervals[..] else { panic!("{found:?}") };
        assert_eq!((from.inside.value, from.outside.as_ref().map(|seen| seen.value)), (20.5, Some(20.25)));
        assert_eq!((until.inside.value, until.outside.as_ref().map(|seen| seen.value)), (61.0, Some(61.25)));
        assert!(looks <= 10 + 2 * 7, "{looks}");
    }

    #[test]
    fn answers_are_told_apart_between_which_the_condition_does_not_turn() {
        // The first until 0.3, the second until 0.7713, the third from there on; the condition is that it is the first.
        let answer = |value: f64| usize::from(value > 0.3) + usize::from(value > 0.7713);
        let looks = Cell::new(0);
        let mut look = |value: f64| {
            looks.set(looks.get() + 1);
            let answer = answer(value);
            Ok(Look { answer: Answer::Best(answer), holds: Some(answer == 0), signal: None })
        };
        let apart = Line { apart: true, ..floats(0.0, 1.0, 8) };
        let found = search(&apart, None, &mut look).expect("not stopped");
        assert!(looks.get() < 110, "{looks:?}");
        let [first, second, third] = &found.parts[..] else { panic!("{found:?}") };
        let answers = [first, second, third].map(|part| part.answer.clone());
        assert_eq!(answers, [0, 1, 2].map(Answer::Best));
        assert_eq!([first.values[0], third.values[1]], [0.0, 1.0]);
        assert_eq!(first.values[1].next_up(), second.values[0], "where the condition turns, neighbours");
        let [last, next] = [second.values[1], third.values[0]];
        assert!(last <= 0.7713 && next > 0.7713 && next - last < 2.0 * TOLD, "{last} {next}");
        let found = search(&Line { apart: false, ..apart }, None, &mut look).expect("not stopped");
        assert!(found.parts.is_empty());
        // What changes with every digit is given up.
        looks.set(0);
        let mut noise = |value: f64| {
            looks.set(looks.get() + 1);
            let digits = usize::try_from(value.to_bits() / 4096 % 50).unwrap_or(0);
            let answer = if value > 0.5 { 0 } else { 1 + digits };
            Ok(Look { answer: Answer::Best(answer), holds: Some(answer == 0), signal: None })
        };
        let found = search(&apart, None, &mut noise).expect("not stopped");
        assert!(found.parts.is_empty() && found.intervals.len() == 1 && looks.get() < 1000, "{looks:?}");
    }

    #[test]
    fn a_jump_at_zero_is_found_too() {
        let (found, looks) =
            found(floats(0.0, 20.0, 8), Some(0.0), false, |value| if value > 0.0 { 1.0 } else { -1.0 });
        assert_eq!(found.intervals[0].from.inside.value, 5e-324);
        assert!(looks < 90, "{looks}");
    }
}
