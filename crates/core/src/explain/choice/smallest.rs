//! The fewest variants that are enough.

use super::worth::TIE;
use std::collections::BTreeMap;

/// So many sets are tried before the search for a smaller one is given up.
const TRIES: u64 = 1 << 20;

/// In which draws which variants are best.
#[derive(Debug, Clone, Default)]
pub(super) struct Best {
    /// By the variants that none beats, how many draws.
    draws: BTreeMap<Vec<usize>, u64>,
    /// Those of the draw before, and its like that are not counted yet.
    last: Vec<usize>,
    pending: u64,
}

impl Best {
    /// Takes in the worths of a draw and the best of them.
    pub fn take_in(&mut self, worths: &[f64], best: f64) {
        let holds = |worth: f64| best / worth - 1.0 <= TIE;
        let mut held = worths.iter().enumerate().filter(|(_, worth)| holds(**worth)).map(|(variant, _)| variant);
        // Most draws have the best variant of the one before.
        if self.pending > 0 && held.clone().eq(self.last.iter().copied()) {
            self.pending += 1;
            return;
        }
        self.count();
        self.last.clear();
        self.last.extend(&mut held);
        self.pending = 1;
    }

    fn count(&mut self) {
        if self.pending > 0 {
            match self.draws.get_mut(&self.last) {
                Some(count) => *count += self.pending,
                None => drop(self.draws.insert(self.last.clone(), self.pending)),
            }
        }
        self.pending = 0;
    }

    /// The fewest variants that hold the best of every draw.
    pub fn smallest(mut self, variants: usize) -> Smallest {
        self.count();
        let curve = greedy(&self.draws, variants);
        // What holds a set holds every larger one.
        let sets: Vec<&Vec<usize>> = self.draws.keys().collect();
        let contains = |large: &[usize], small: &[usize]| small.iter().all(|variant| large.contains(variant));
        let needed: Vec<&Vec<usize>> = sets
            .iter()
            .copied()
            .filter(|set| !sets.iter().any(|other| other.len() < set.len() && contains(set, other)))
            .collect();
        let mut tries = 0;
        let mut chosen: Vec<usize> = curve.iter().map(|held| held.variant).collect();
        let mut proven = true;
        for size in 1..chosen.len() {
            let mut found = Vec::new();
            match hit(&needed, size, &mut found, &mut tries) {
                Some(true) => {
                    chosen = found;
                    break;
                }
                Some(false) => {}
                None => {
                    proven = false;
                    break;
                }
            }
        }
        chosen.sort_unstable();
        Smallest { variants: chosen, proven, curve }
    }
}

/// Whether `size` more variants can be added to `chosen` so that each of `sets` holds one; `None` where it took too long to tell.
fn hit(sets: &[&Vec<usize>], size: usize, chosen: &mut Vec<usize>, tries: &mut u64) -> Option<bool> {
    let open = sets.iter().filter(|set| !set.iter().any(|variant| chosen.contains(variant)));
    let Some(next) = open.min_by_key(|set| set.len()) else { return Some(true) };
    if size == 0 {
        return Some(false);
    }
    for &variant in *next {
        *tries += 1;
        if *tries > TRIES {
            return None;
        }
        chosen.push(variant);
        if hit(sets, size - 1, chosen, tries)? {
            return Some(true);
        }
        chosen.pop();
    }
    Some(false)
}

/// One variant after another, each the one that is best in the most draws that those before it do not hold.
fn greedy(draws: &BTreeMap<Vec<usize>, u64>, variants: usize) -> Vec<Held> {
    let all: u64 = draws.values().sum();
    let mut curve: Vec<Held> = Vec::new();
    let mut held = 0;
    while held < all {
        let mut more = vec![0u64; variants];
        for (set, count) in draws {
            if !curve.iter().any(|held| set.contains(&held.variant)) {
                set.iter().for_each(|variant| more[*variant] += count);
            }
        }
        let mut variant = 0;
        for (other, count) in more.iter().enumerate() {
            if *count > more[variant] {
                variant = other;
            }
        }
        held += more[variant];
        curve.push(Held { variant, draws: held });
    }
    curve
}

/// A variant, and in how many draws it or one before it is best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The variant.
    pub variant: usize,
    /// Draws that it and those before it hold.
    pub draws: u64,
}

/// The fewest variants of which one is best, within a tie, in every draw: the others are never needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smallest {
    /// The variants, ascending; of several sets of one size the first that is found.
    pub variants: Vec<usize>,
    /// Whether it is known that no smaller set will do.
    pub proven: bool,
    /// What one variant alone holds, what a second one adds, and so on.
    pub curve: Vec<Held>,
}
