//! The draws of a search for boxes, and the box as it stands. Of every draw it is known how many limits keep it out and, where
//! one alone does, which: what the box would hold without that limit is then a sum kept up to date, not a search.

use super::{Cases, Limit};
use crate::explain::binomial;
use crate::explain::key::{Key, ascending};

/// A limit that moves.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Move {
    /// The lower (0) or upper (1) end of a key; `None`: there is none any more.
    End { key: usize, side: usize, to: Option<f64> },
    /// A level that leaves the box, or comes back to it.
    Level { key: usize, level: usize, inside: bool },
}

impl Move {
    fn key(&self) -> usize {
        match self {
            Self::End { key, .. } | Self::Level { key, .. } => *key,
        }
    }
}

/// The draws and the box.
#[derive(Debug)]
pub(super) struct Field<'a> {
    keys: &'a [Key<'a>],
    /// By draw, whether it takes part.
    part: Vec<bool>,
    /// By draw, whether the condition holds.
    hit: Vec<bool>,
    /// By draw, how many limits keep it out.
    barred: Vec<u16>,
    /// By draw, the numbers of these limits, one upon the other (exclusive or): the limit's own where it is one.
    bars: Vec<u16>,
    limits: Vec<Limit>,
    /// The least and the greatest value of each key of numbers, in all draws.
    ends: Vec<[f64; 2]>,
    inside: Cases,
    /// By limit (two a key), the draws that it alone keeps out.
    beyond: Vec<Cases>,
}

/// The draws in the box in the order of each key of numbers.
#[derive(Debug)]
pub(super) struct Layers {
    rows: Vec<Vec<u32>>,
}

impl Layers {
    /// Forgets the draws that are not in the box any more.
    pub fn keep(&mut self, field: &Field<'_>) {
        let inside: Vec<bool> =
            field.part.iter().zip(&field.barred).map(|(&part, &barred)| part && barred == 0).collect();
        self.rows.iter_mut().for_each(|rows| rows.retain(|&row| inside[row as usize]));
    }
}

impl Cases {
    fn add(&mut self, hit: bool) {
        self.all += 1;
        self.hits += u64::from(hit);
    }

    fn take(&mut self, hit: bool) {
        self.all -= 1;
        self.hits -= u64::from(hit);
    }

    fn plus(self, other: Self) -> Self {
        Self { all: self.all + other.all, hits: self.hits + other.hits }
    }

    fn less(self, other: Self) -> Self {
        Self { all: self.all - other.all, hits: self.hits - other.hits }
    }
}

/// The number of a limit.
fn bar(key: usize, side: usize) -> usize {
    2 * key + side
}

/// Halfway between the value at quantile `p` and the next that differs, outwards from the end that is peeled: above it for
/// p ≤ ½, below it else. The value itself where none differs.
fn quantile(count: usize, p: f64, value: impl Fn(usize) -> f64) -> f64 {
    let place = (count - 1) as f64 * p;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the count")]
    let (mut below, mut above) = (place.floor() as usize, place.ceil() as usize);
    if p > 0.5 {
        while value(below) == value(above) && below > 0 {
            below -= 1;
        }
    } else {
        while value(below) == value(above) && above < count - 1 {
            above += 1;
        }
    }
    (value(below) + value(above)) / 2.0
}

impl<'a> Field<'a> {
    /// All draws that have a condition and every key, in a box that ends nowhere.
    pub fn new(keys: &'a [Key<'a>], holds: &[f64]) -> Self {
        let part: Vec<bool> =
            holds.iter().enumerate().map(|(row, told)| !told.is_nan() && keys.iter().all(|key| key.has(row))).collect();
        let unlimited = |key: &Key<'_>| match key {
            Key::Numbers(_) => Limit::Range([None, None]),
            Key::Levels(_, count) => Limit::Levels(vec![true; *count]),
        };
        let ends = |key: &Key<'_>| {
            let Key::Numbers(column) = key else { return [0.0; 2] };
            let values = column.iter().zip(&part).filter(|(_, part)| **part).map(|(value, _)| *value);
            values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [low.min(value), high.max(value)])
        };
        let mut field = Self {
            limits: keys.iter().map(unlimited).collect(),
            ends: keys.iter().map(ends).collect(),
            hit: holds.iter().map(|&told| told > 0.0).collect(),
            barred: vec![0; holds.len()],
            bars: vec![0; holds.len()],
            beyond: Vec::new(),
            inside: Cases::default(),
            keys,
            part,
        };
        field.open();
        field
    }

    /// A box that ends nowhere.
    fn open(&mut self) {
        self.barred.fill(0);
        self.bars.fill(0);
        self.inside = Cases::default();
        self.beyond = vec![Cases::default(); 2 * self.keys.len()];
        for (&hit, _) in self.hit.iter().zip(&self.part).filter(|(_, part)| **part) {
            self.inside.add(hit);
        }
        for limit in &mut self.limits {
            match limit {
                Limit::Range(ends) => *ends = [None, None],
                Limit::Levels(inside) => inside.fill(true),
            }
        }
    }

    /// What lies in the box.
    pub fn inside(&self) -> Cases {
        self.inside
    }

    /// The box.
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// Sets the draws in a box aside and opens the box to all others.
    pub fn set_aside(&mut self, limits: &[Limit]) {
        for row in 0..self.part.len() {
            let within = |(key, limit): (&Key<'_>, &Limit)| match (key, limit) {
                (Key::Numbers(column), Limit::Range([low, high])) => {
                    low.is_none_or(|low| column[row] >= low) && high.is_none_or(|high| column[row] <= high)
                }
                (_, Limit::Levels(inside)) => key.level(row).is_some_and(|level| inside.get(level) == Some(&true)),
                (Key::Levels(..), Limit::Range(_)) => true,
            };
            self.part[row] = self.part[row] && !self.keys.iter().zip(limits).all(within);
        }
        self.open();
    }

    /// The draws that take part, in the order of each key; to be made anew for a box that is open.
    pub fn layers(&self) -> Layers {
        let rows = |key: &Key<'_>| {
            let Key::Numbers(column) = key else { return Vec::new() };
            let rows = (0u32..).zip(&self.part).filter(|(_, part)| **part).map(|(row, _)| row);
            ascending(column, rows)
        };
        Layers { rows: self.keys.iter().map(rows).collect() }
    }

    /// Every layer that can be peeled off, and what the box would hold without it: keys of numbers first, of each the upper end first.
    pub fn peels(&self, layers: &Layers, peeling: f64) -> Vec<(Move, Cases)> {
        let mut moves = Vec::new();
        for (key, rows) in layers.rows.iter().enumerate() {
            let Key::Numbers(column) = self.keys[key] else { continue };
            if rows.is_empty() {
                continue;
            }
            let value = |place: usize| column[rows[place] as usize];
            for side in [1, 0] {
                let to = quantile(rows.len(), if side == 1 { 1.0 - peeling } else { peeling }, value);
                let mut layer = Cases::default();
                let mut see = |row: u32| layer.add(self.hit[row as usize]);
                if side == 1 {
                    rows.iter().rev().take_while(|row| column[**row as usize] > to).for_each(|&row| see(row));
                } else {
                    rows.iter().take_while(|row| column[**row as usize] < to).for_each(|&row| see(row));
                }
                moves.push((Move::End { key, side, to: Some(to) }, self.inside.less(layer)));
            }
        }
        for (key, limit) in self.limits.iter().enumerate() {
            let Limit::Levels(inside) = limit else { continue };
            if inside.iter().filter(|inside| **inside).count() < 2 {
                continue;
            }
            let held = self.by_level(key, |barred, _| barred == 0);
            for (level, _) in inside.iter().enumerate().filter(|(_, inside)| **inside) {
                moves.push((Move::Level { key, level, inside: false }, self.inside.less(held[level])));
            }
        }
        moves
    }

    /// The draws of each level of `key` that `which` names, by how many limits keep them out and which.
    fn by_level(&self, key: usize, which: impl Fn(u16, u16) -> bool) -> Vec<Cases> {
        let Key::Levels(_, count) = self.keys[key] else { return Vec::new() };
        let mut held = vec![Cases::default(); count];
        for row in 0..self.part.len() {
            if !(self.part[row] && which(self.barred[row], self.bars[row])) {
                continue;
            }
            if let Some(cases) = self.keys[key].level(row).and_then(|level| held.get_mut(level)) {
                cases.add(self.hit[row]);
            }
        }
        held
    }

    /// Every layer that can be pasted on, and what the box would hold with it.
    pub fn pastes(&self, pasting: f64) -> Vec<(Move, Cases)> {
        let mut moves = Vec::new();
        for (key, limit) in self.limits.iter().enumerate() {
            let (Limit::Range(ends), Key::Numbers(column)) = (limit, self.keys[key]) else { continue };
            if !limit.restricts() {
                continue;
            }
            for side in [0, 1] {
                // Beyond an end that is none lies nothing.
                let Some(end) = ends[side] else { continue };
                let alone = |row: &u32| {
                    let row = *row as usize;
                    let beyond = self.barred[row] == 1 && usize::from(self.bars[row]) == bar(key, side);
                    self.part[row] && (beyond || self.barred[row] == 0 && column[row] == end)
                };
                #[expect(clippy::cast_possible_truncation, reason = "below 2^32 draws")]
                let rows = ascending(column, (0..self.part.len() as u32).filter(alone));
                let value = |place: usize| column[rows[place] as usize];
                let p = if side == 0 { 1.0 - pasting } else { pasting };
                let to = if rows.is_empty() { self.ends[key][side] } else { quantile(rows.len(), p, value) };
                let mut layer = Cases::default();
                for &row in &rows {
                    let at = column[row as usize];
                    let added = if side == 0 { at >= to && at < end } else { at <= to && at > end };
                    if added {
                        layer.add(self.hit[row as usize]);
                    }
                }
                // Where the draws end there is no limit.
                let to = Some(to).filter(|to| *to != self.ends[key][side]);
                moves.push((Move::End { key, side, to }, self.inside.plus(layer)));
            }
        }
        for (key, limit) in self.limits.iter().enumerate() {
            let Limit::Levels(inside) = limit else { continue };
            let held = self.by_level(key, |barred, bars| barred == 1 && usize::from(bars) == bar(key, 0));
            for (level, _) in inside.iter().enumerate().filter(|(_, inside)| !**inside) {
                moves.push((Move::Level { key, level, inside: true }, self.inside.plus(held[level])));
            }
        }
        moves
    }

    /// How many keys would not be restricted after a move.
    pub fn free_after(&self, to: &Move) -> usize {
        let others = self.limits.iter().enumerate();
        let others = others.filter(|(key, limit)| *key != to.key() && !limit.restricts()).count();
        let mut limit = self.limits[to.key()].clone();
        apply(&mut limit, to);
        others + usize::from(!limit.restricts())
    }

    /// Moves a limit.
    pub fn make(&mut self, to: &Move) {
        let key = to.key();
        let before = self.limits[key].clone();
        apply(&mut self.limits[key], to);
        match (to, &before, self.keys[key]) {
            (&Move::End { side, to, .. }, Limit::Range(ends), Key::Numbers(column)) => {
                let out = |value: f64, end: Option<f64>| match end {
                    Some(end) => {
                        if side == 0 {
                            value < end
                        } else {
                            value > end
                        }
                    }
                    None => false,
                };
                let from = ends[side];
                for (row, &value) in column.iter().enumerate() {
                    let (was, is) = (out(value, from), out(value, to));
                    if was != is {
                        self.turn(row, bar(key, side), is);
                    }
                }
            }
            (&Move::Level { level, inside, .. }, _, _) => {
                for row in 0..self.part.len() {
                    if self.keys[key].level(row) == Some(level) {
                        self.turn(row, bar(key, 0), !inside);
                    }
                }
            }
            _ => {}
        }
    }

    /// Lets a limit keep a draw out, or no more.
    fn turn(&mut self, row: usize, bar: usize, out: bool) {
        if !self.part[row] {
            return;
        }
        let hit = self.hit[row];
        match (self.barred[row], usize::from(self.bars[row])) {
            (0, _) => self.inside.take(hit),
            (1, alone) => self.beyond[alone].take(hit),
            _ => {}
        }
        if out {
            self.barred[row] += 1;
        } else {
            self.barred[row] -= 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "two limits a key, of fewer than 2^15 keys")]
        {
            self.bars[row] ^= bar as u16;
        }
        match (self.barred[row], usize::from(self.bars[row])) {
            (0, _) => self.inside.add(hit),
            (1, alone) => self.beyond[alone].add(hit),
            _ => {}
        }
    }

    /// The quasi-p values of the box's limits.
    pub fn quasi_p(&self) -> Vec<[Option<f64>; 2]> {
        let of = |bar: usize| {
            let without = self.inside.plus(self.beyond[bar]);
            binomial::at_least(self.inside.hits, self.inside.all, without.share())
        };
        let limits = self.limits.iter().enumerate();
        limits
            .map(|(key, limit)| match limit {
                Limit::Range([low, high]) => [low.map(|_| of(bar(key, 0))), high.map(|_| of(bar(key, 1)))],
                Limit::Levels(_) => [limit.restricts().then(|| of(bar(key, 0))), None],
            })
            .collect()
    }
}

fn apply(limit: &mut Limit, to: &Move) {
    match (limit, to) {
        (Limit::Range(ends), &Move::End { side, to, .. }) => ends[side] = to,
        (Limit::Levels(held), &Move::Level { level, inside, .. }) => {
            if let Some(held) = held.get_mut(level) {
                *held = inside;
            }
        }
        _ => {}
    }
}
