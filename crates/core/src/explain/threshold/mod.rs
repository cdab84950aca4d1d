//! The one or two thresholds that best separate where a condition holds from where it does not, to be said in a sentence.
//!
//! Of one key: above or below a number, or among some of its levels. Of two keys: a half of each, both at once or either. Halves and
//! not rectangles, because two limits are what a sentence holds and what draws can tell; boxes are [`super::prim`]'s.
//!
//! **Balanced accuracy**: the mean of the share of hits (draws in which the condition holds) that a rule catches and the share of
//! the others that it leaves out; ½ says nothing, 1 everything. It does not change where a sweep happens to draw more of the
//! ones than of the others, as plain accuracy and information do (Youden 1950: J = 2 × it − 1; Brodersen et al. 2010).
//!
//! The threshold found is the best of all, by whole numbers, so that ties are ties: of equal ones the lowest, of a gap between two
//! draws its middle. Its interval holds every threshold whose accuracy is less than the best by no more than 1.96 standard
//! errors of the difference, which rests on the draws between the two alone (by shares to which two successes and two failures are
//! added; Agresti and Coull 1998). The accuracy is that of the draws which the rule was
//! chosen by: a little too good, the more so the fewer they are.
//!
//! - A. Agresti and B. A. Coull, "Approximate is better than “exact” for interval estimation of binomial proportions", The
//!   American Statistician 52 (1998), 119–126.
//! - K. H. Brodersen, C. S. Ong, K. E. Stephan and J. M. Buhmann, "The balanced accuracy and its posterior distribution", ICPR
//!   2010, 3121–3124.
//! - W. J. Youden, "Index for rating diagnostic tests", Cancer 3 (1950), 32–35.

mod parts;

use super::estimate::{Estimate, Untold, Z};
use super::key::Key;
use super::prim::Cases;
use crate::names;
use parts::{Parts, by_rows, quadrant};

/// So often the two halves are bettered in turn.
const TURNS: usize = 50;

names! {
    /// On which side of a threshold.
    pub enum Side {
        Above = "above": "Greater than the threshold",
        Below = "below": "Less than the threshold",
    }
}

names! {
    /// How the halves of two keys make a rule.
    pub enum Joint {
        Both = "both": "In the one half and in the other",
        Either = "either": "In one half at least",
    }
}

/// A half of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Half {
    /// The numbers on one side of a threshold.
    Numbers {
        /// Which side.
        side: Side,
        /// The threshold.
        at: f64,
        /// Where its interval of 95 % begins; −∞ where the draws in the other half say nothing of it.
        low: f64,
        /// Where it ends; ∞ likewise.
        high: f64,
    },
    /// These levels.
    Levels(Vec<bool>),
}

impl Half {
    /// Whether draw `row` of the key lies in it.
    pub fn holds(&self, key: &Key<'_>, row: usize) -> bool {
        match (self, key) {
            (Self::Numbers { side: Side::Above, at, .. }, Key::Numbers(column)) => column[row] > *at,
            (Self::Numbers { side: Side::Below, at, .. }, Key::Numbers(column)) => column[row] < *at,
            (Self::Levels(levels), _) => key.level(row).is_some_and(|level| levels.get(level) == Some(&true)),
            _ => false,
        }
    }
}

/// A rule, and how good it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// A half of each of its keys, in their order.
    pub halves: Vec<Half>,
    /// How two of them are joined.
    pub joint: Joint,
    /// Balanced accuracy.
    pub accuracy: Estimate,
    /// The draws in it.
    pub inside: Cases,
    /// All draws that were looked at.
    pub cases: Cases,
    /// Draws left out: the condition or a key is missing.
    pub left_out: u64,
}

/// The draws to be separated, with the order of each key: sorted once for all rules.
#[derive(Debug)]
pub struct Separation<'a> {
    keys: &'a [Key<'a>],
    /// By draw, whether the condition holds.
    hit: Vec<bool>,
    /// The draws that are looked at.
    rows: Vec<u32>,
    parts: Vec<Parts>,
    cases: Cases,
    left_out: u64,
}

impl<'a> Separation<'a> {
    /// Takes in keys and whether the condition `holds` (1, 0, NaN where it cannot be told): one entry a draw, below 2^32 of them. A draw
    /// in which one of these is missing is left out. Takes the columns whole: 6 bytes per draw and key, 5 more per draw, and 24 per
    /// draw while a key is sorted.
    ///
    /// # Errors
    /// Where no draw has all of them, or the condition is the same in every draw.
    pub fn new(keys: &'a [Key<'a>], holds: &[f64]) -> Result<Self, Untold> {
        let told = |row: &u32| {
            let row = *row as usize;
            !holds[row].is_nan() && keys.iter().all(|key| key.has(row))
        };
        let rows: Vec<u32> = (0u32..).zip(holds).map(|(row, _)| row).filter(told).collect();
        let hits = rows.iter().filter(|row| holds[**row as usize] > 0.0).count();
        if rows.is_empty() {
            return Err(Untold::NoDraws);
        }
        if hits == 0 || hits == rows.len() {
            return Err(Untold::OneAnswer);
        }
        Ok(Self {
            keys,
            hit: holds.iter().map(|told| *told > 0.0).collect(),
            parts: keys.iter().map(|key| Parts::new(key, &rows, holds.len())).collect(),
            cases: Cases { all: rows.len() as u64, hits: hits as u64 },
            left_out: (holds.len() - rows.len()) as u64,
            rows,
        })
    }

    /// The half of a key that separates best.
    ///
    /// # Errors
    /// Where the key is the same in every draw.
    pub fn one(&self, key: usize) -> Result<Rule, Untold> {
        let half = self.half(key, &|_| true, 1).ok_or(Untold::OneValue)?.half;
        Ok(self.rule(&[key], vec![half], Joint::Both))
    }

    /// The halves of two keys that separate best, in both or in either. Where a key has more than 1,024 values, classes of its draws
    /// are combined first, then each threshold is bettered with the other held, until neither can be.
    ///
    /// # Errors
    /// Where a key is the same in every draw.
    pub fn two(&self, keys: [usize; 2]) -> Result<Rule, Untold> {
        // "In either half" leaves out what lies in both other halves: the corner that the others fill most.
        let corner = |sign: i64| self.corner(keys, sign).map(|found| self.bettered(keys, found, sign));
        let (both, neither) = (corner(1).ok_or(Untold::OneValue)?, corner(-1).ok_or(Untold::OneValue)?);
        Ok(if both.score >= neither.score {
            self.rule(&keys, both.halves, Joint::Both)
        } else {
            let others = neither.halves.into_iter().map(|half| match half {
                Half::Numbers { side: Side::Above, at, low, high } => {
                    Half::Numbers { side: Side::Below, at, low, high }
                }
                Half::Numbers { side: Side::Below, at, low, high } => {
                    Half::Numbers { side: Side::Above, at, low, high }
                }
                Half::Levels(levels) => Half::Levels(levels.into_iter().map(|inside| !inside).collect()),
            });
            self.rule(&keys, others.collect(), Joint::Either)
        })
    }
}

/// A half with what it scores.
struct Scored {
    half: Half,
    score: i64,
}

/// A corner with what it scores.
struct Corner {
    halves: Vec<Half>,
    score: i64,
}

impl Separation<'_> {
    /// A hit weighs as many as there are others and each of the others less as many as there are hits, so that all sum to 0, and
    /// the sum over a rule's draws is its J times both counts.
    fn weight(&self, row: u32) -> i64 {
        let others = self.cases.all - self.cases.hits;
        // Below 2^32 each.
        if self.hit[row as usize] { others.cast_signed() } else { -self.cases.hits.cast_signed() }
    }

    /// The half of `key` in which the weights of the draws `among`, times `sign`, sum to the most; `None` where the key has one value.
    fn half(&self, key: usize, among: &dyn Fn(u32) -> bool, sign: i64) -> Option<Scored> {
        match self.keys[key] {
            Key::Numbers(column) => {
                let rows: Vec<u32> = self.parts[key].order.iter().copied().filter(|row| among(*row)).collect();
                let (side, place, score) = self.cut(column, &rows, sign)?;
                Some(Scored { half: self.half_between(column, &rows, side, place, sign), score })
            }
            Key::Levels(_, count) => {
                let mut sums = vec![0; count];
                for &row in self.rows.iter().filter(|row| among(**row)) {
                    if let Some(sum) = self.keys[key].level(row as usize).and_then(|level| sums.get_mut(level)) {
                        *sum += sign * self.weight(row);
                    }
                }
                (count > 1).then(|| Scored {
                    half: Half::Levels(sums.iter().map(|sum| *sum > 0).collect()),
                    score: sums.iter().map(|sum| (*sum).max(0)).sum(),
                })
            }
        }
    }

    /// Of `rows`, in the order of their values, the side and the place of the first row above the gap at which the weights on that
    /// side, times `sign`, sum to the most.
    fn cut(&self, column: &[f64], rows: &[u32], sign: i64) -> Option<(Side, usize, i64)> {
        let all: i64 = rows.iter().map(|row| sign * self.weight(*row)).sum();
        let mut below = 0;
        let mut best: Option<(Side, usize, i64)> = None;
        for place in 1..rows.len() {
            below += sign * self.weight(rows[place - 1]);
            if column[rows[place - 1] as usize] == column[rows[place] as usize] {
                continue;
            }
            for (side, score) in [(Side::Above, all - below), (Side::Below, below)] {
                if best.is_none_or(|(_, _, most)| score > most) {
                    best = Some((side, place, score));
                }
            }
        }
        best
    }

    /// The half on a side of the gap before `place`, with its interval.
    fn half_between(&self, column: &[f64], rows: &[u32], side: Side, place: usize, sign: i64) -> Half {
        let value = |place: usize| column[rows[place] as usize];
        let ends = [place - 1, place].map(value);
        let counts = [self.cases.hits as f64, (self.cases.all - self.cases.hits) as f64];
        // The hits and others between a gap and the best one, and what the sum loses by them.
        let within = |between: &[u64; 2], lost: i64| {
            // With two successes and two failures added, so that few draws say little.
            let parts = [0, 1].map(|i| (between[i] as f64 + 2.0) / (counts[i] + 4.0));
            let variance = (0..2).map(|i| parts[i] * (1.0 - parts[i]) / counts[i]).sum::<f64>();
            lost as f64 / (counts[0] * counts[1]) <= Z * variance.sqrt()
        };
        let gain = sign * if side == Side::Below { 1 } else { -1 };
        // Away from the gap, one draw after another: where the next value begins, whether the gap there is as good.
        let reach = |beyond: &mut dyn Iterator<Item = &u32>, up: i64, end: f64| {
            let (mut between, mut lost, mut reached, mut last) = ([0, 0], 0, end, end);
            for &row in beyond {
                let next = column[row as usize];
                if next != last && within(&between, lost) {
                    reached = next;
                }
                last = next;
                let weight = self.weight(row);
                between[usize::from(weight < 0)] += 1;
                lost -= up * gain * weight;
            }
            reached
        };
        let high = reach(&mut rows[place..].iter(), 1, ends[1]);
        let low = reach(&mut rows[..place].iter().rev(), -1, ends[0]);
        Half::Numbers { side, at: ends[0] + (ends[1] - ends[0]) / 2.0, low, high }
    }

    /// The halves of two keys in both of which the weights, times `sign`, sum to the most.
    fn corner(&self, keys: [usize; 2], sign: i64) -> Option<Corner> {
        let parts = keys.map(|key| &self.parts[key]);
        let [first, second] = parts.map(|parts| parts.count);
        if first < 2 || second < 2 {
            return None;
        }
        let mut cells = vec![0i64; first * second];
        for &row in &self.rows {
            let [i, j] = parts.map(|parts| usize::from(parts.of[row as usize]));
            cells[i * second + j] += sign * self.weight(row);
        }
        let turned = |ordered: bool| {
            let cells: Vec<i64> = (0..cells.len()).map(|at| cells[at % first * second + at / first]).collect();
            let (score, [two, one]) = by_rows(&cells, first, ordered);
            (score, [one, two])
        };
        let (score, [one, two]) = match parts.map(|parts| parts.borders.is_some()) {
            [true, true] => quadrant(&cells, second),
            [true, false] => by_rows(&cells, second, true),
            [false, true] => turned(true),
            [false, false] if first <= second => by_rows(&cells, second, false),
            [false, false] => turned(false),
        };
        Some(Corner { halves: vec![parts[0].half(&one), parts[1].half(&two)], score })
    }

    /// Each half bettered with the other held, until neither can be; with intervals.
    fn bettered(&self, keys: [usize; 2], mut corner: Corner, sign: i64) -> Corner {
        for _ in 0..TURNS {
            let mut moved = false;
            for (key, other) in [(0, 1), (1, 0)] {
                let held = corner.halves[other].clone();
                let among = |row: u32| held.holds(&self.keys[keys[other]], row as usize);
                let Some(Scored { half, score }) = self.half(keys[key], &among, sign) else { continue };
                moved |= score > corner.score;
                // As good as before, it comes with its interval, and in the middle of the gap between draws in the other half.
                if score >= corner.score {
                    (corner.halves[key], corner.score) = (half, score);
                }
            }
            if !moved {
                break;
            }
        }
        corner
    }

    fn rule(&self, keys: &[usize], halves: Vec<Half>, joint: Joint) -> Rule {
        let mut inside = Cases::default();
        for &row in &self.rows {
            let mut held = halves.iter().zip(keys).map(|(half, key)| half.holds(&self.keys[*key], row as usize));
            let holds = if joint == Joint::Both { held.all(|held| held) } else { held.any(|held| held) };
            if holds {
                inside.all += 1;
                inside.hits += u64::from(self.hit[row as usize]);
            }
        }
        let (hits, others) = (self.cases.hits as f64, (self.cases.all - self.cases.hits) as f64);
        let caught = inside.hits as f64 / hits;
        let spared = 1.0 - (inside.all - inside.hits) as f64 / others;
        let error = (caught * (1.0 - caught) / hits + spared * (1.0 - spared) / others).sqrt() / 2.0;
        let value = f64::midpoint(caught, spared);
        let accuracy = Estimate::normal(value, error, self.rows.len());
        Rule { halves, joint, accuracy, inside, cases: self.cases, left_out: self.left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::chance::Chance;

    fn column(chance: &mut Chance, draws: usize, levels: usize) -> Vec<f64> {
        let grain = [2.0, 5.0, 1e6][chance.below(3)];
        let gaps = chance.below(3) == 0;
        let mut value = || match chance.unit() {
            _ if gaps && chance.below(12) == 0 => f64::NAN,
            u if levels > 0 => (u * levels as f64).floor(),
            u => (u * grain).floor() / grain,
        };
        (0..draws).map(|_| value()).collect()
    }

    fn key(column: &[f64], levels: usize) -> Key<'_> {
        if levels > 0 { Key::Levels(column, levels) } else { Key::Numbers(column) }
    }

    /// Every half of a key: above and below each value but the last that way, and every set of levels.
    fn halves(key: &Key<'_>, rows: &[usize]) -> Vec<Half> {
        match key {
            Key::Numbers(column) => {
                let values = rows.iter().map(|&row| column[row]);
                let [low, high] = [f64::NEG_INFINITY, f64::INFINITY];
                let half = |side, at| Half::Numbers { side, at, low, high };
                let halves = values.flat_map(|at| [half(Side::Above, at), half(Side::Below, at)]);
                halves.filter(|half| rows.iter().any(|&row| half.holds(key, row))).collect()
            }
            Key::Levels(_, count) => {
                (0u32..1 << count).map(|set| Half::Levels((0..*count).map(|i| set >> i & 1 == 1).collect())).collect()
            }
        }
    }

    /// Balanced accuracy, draw by draw; `None` of a rule that takes or leaves all draws.
    fn accuracy(holds: &[f64], rows: &[usize], inside: impl Fn(usize) -> bool) -> f64 {
        let of = |hit: bool| rows.iter().filter(move |row| (holds[**row] == 1.0) == hit);
        let caught = of(true).filter(|row| inside(**row)).count() as f64 / of(true).count() as f64;
        let spared = of(false).filter(|row| !inside(**row)).count() as f64 / of(false).count() as f64;
        f64::midpoint(caught, spared)
    }

    #[test]
    fn no_rule_separates_better_than_the_one_that_is_found() {
        let mut chance = Chance(11);
        let (mut told, mut either) = (0, 0);
        for case in 0..400 {
            let draws = 8 + chance.below(32);
            let levels = [0, 1].map(|_| [0, 0, 2, 4][chance.below(4)]);
            let columns = levels.map(|levels| column(&mut chance, draws, levels));
            let keys = [key(&columns[0], levels[0]), key(&columns[1], levels[1])];
            let shape = chance.below(3);
            let holds: Vec<f64> = (0..draws)
                .map(|row| {
                    let high = columns.each_ref().map(|column| column[row] > [0.5, 1.5][chance.below(2)]);
                    let truth = if shape == 0 { high[0] && high[1] } else { high[0] || high[1] };
                    match chance.below(10) {
                        0 => f64::NAN,
                        1 => 1.0 - f64::from(u8::from(truth)),
                        _ => f64::from(u8::from(truth)),
                    }
                })
                .collect();
            for (keys, joint) in [(&keys[..1], false), (&keys[..], true)] {
                let found = Separation::new(keys, &holds);
                let found = found.and_then(|draws| if joint { draws.two([0, 1]) } else { draws.one(0) });
                let has = |row: &usize| !holds[*row].is_nan() && keys.iter().all(|key| key.has(*row));
                let rows: Vec<usize> = (0..draws).filter(has).collect();
                let Ok(found) = found else { continue };
                told += 1;
                assert_eq!((found.cases.all, found.left_out), (rows.len() as u64, (draws - rows.len()) as u64));
                let mut best: f64 = 0.5;
                for a in halves(&keys[0], &rows) {
                    if !joint {
                        best = best.max(accuracy(&holds, &rows, |row| a.holds(&keys[0], row)));
                        continue;
                    }
                    for b in halves(&keys[1], &rows) {
                        let each = |row: usize| [a.holds(&keys[0], row), b.holds(&keys[1], row)];
                        best = best.max(accuracy(&holds, &rows, |row| each(row) == [true, true]));
                        best = best.max(accuracy(&holds, &rows, |row| each(row) != [false, false]));
                    }
                }
                let inside = |row: usize| {
                    let held: Vec<bool> =
                        found.halves.iter().zip(keys).map(|(half, key)| half.holds(key, row)).collect();
                    if found.joint == Joint::Both { held.iter().all(|held| *held) } else { held.contains(&true) }
                };
                either += u32::from(found.joint == Joint::Either);
                let value = accuracy(&holds, &rows, inside);
                assert!((value - found.accuracy.value).abs() < 1e-12, "case {case}: {found:?}, {value}");
                // A rule of two keys may be no better than one of its halves, which leaves nothing to the other.
                assert!((best - value).abs() < 1e-12, "case {case}: {found:?}, but {best} can be had");
                for half in &found.halves {
                    if let Half::Numbers { at, low, high, .. } = half {
                        assert!(low <= at && at <= high, "{half:?}");
                    }
                }
            }
        }
        assert!(told > 400 && either > 20, "{told} rules, {either} of either");
    }

    #[test]
    fn the_threshold_lies_in_its_interval_and_the_interval_narrows() {
        let mut chance = Chance(5);
        let mut covered = 0;
        let mut widths = [0.0; 2];
        for _ in 0..200 {
            for (i, draws) in [400, 6400].into_iter().enumerate() {
                let column: Vec<f64> = (0..draws).map(|_| chance.unit()).collect();
                // Above 0.6 the condition holds in eight of ten draws, below in two.
                let holds: Vec<f64> =
                    column.iter().map(|x| f64::from(u8::from((*x > 0.6) == (chance.unit() < 0.8)))).collect();
                let keys = [Key::Numbers(&column)];
                let rule = Separation::new(&keys, &holds).and_then(|draws| draws.one(0)).expect("a rule");
                let Half::Numbers { side: Side::Above, low, high, .. } = rule.halves[0] else { panic!("{rule:?}") };
                widths[i] += high - low;
                covered += u32::from(low <= 0.6 && 0.6 <= high);
            }
        }
        assert!(covered >= 380, "{covered} of 400 intervals hold the threshold");
        assert!(widths[1] < widths[0] / 8.0, "{widths:?}");
    }

    #[test]
    fn one_hit_tells_no_threshold() {
        // The only hit is the greatest of a hundred: every threshold but the lowest could be meant.
        let column: Vec<f64> = (0..100).map(f64::from).collect();
        let mut holds = vec![0.0; 100];
        holds[99] = 1.0;
        let keys = [Key::Numbers(&column)];
        let rule = Separation::new(&keys, &holds).and_then(|draws| draws.one(0)).expect("a rule");
        let Half::Numbers { side: Side::Above, at, low, high } = rule.halves[0] else { panic!("{rule:?}") };
        assert_eq!((at, high), (98.5, 99.0));
        assert!(low < 20.0, "{low}");
    }

    #[test]
    fn many_values_are_searched_by_classes_and_each_threshold_is_then_the_best() {
        let mut chance = Chance(8);
        for _ in 0..3 {
            let draws = 20_000;
            let columns = [0, 1].map(|_| (0..draws).map(|_| chance.unit()).collect::<Vec<f64>>());
            let truth = |row: usize| columns[0][row] > 0.3 && columns[1][row] < 0.45;
            let holds: Vec<f64> =
                (0..draws).map(|row| f64::from(u8::from(truth(row) == (chance.unit() < 0.95)))).collect();
            let keys = columns.each_ref().map(|column| Key::Numbers(column));
            let rule = Separation::new(&keys, &holds).and_then(|draws| draws.two([0, 1])).expect("a rule");
            let [
                Half::Numbers { side: Side::Above, at: first, .. },
                Half::Numbers { side: Side::Below, at: second, .. },
            ] = rule.halves[..]
            else {
                panic!("{rule:?}")
            };
            assert!((first - 0.3).abs() < 0.005 && (second - 0.45).abs() < 0.005, "{rule:?}");
            // No threshold of the first key is better where the second stands, each looked at.
            let rows: Vec<usize> = (0..draws).collect();
            for step in 0..400 {
                let at = first + f64::from(step - 200) * 2e-5;
                let value = accuracy(&holds, &rows, |row| columns[0][row] > at && columns[1][row] < second);
                assert!(value <= rule.accuracy.value + 1e-12, "{at}: {value} over {}", rule.accuracy.value);
            }
        }
    }
}
