//! One axis of a Latin hypercube: a slice by a keyed permutation, a place inside it at random.

use super::stream::{Purpose, Stream};

/// Rounds of the permutation's mixing; with eight, even the permutations of four are alike to a part in 10⁴.
const ROUNDS: usize = 8;

/// One axis cut into N slices, one draw in each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slices {
    permutation: Permutation,
    jitter: Stream,
    /// 2^−b, b the bits of the place inside a slice.
    grain: f64,
    /// 64 − b.
    shift: u32,
}

impl Slices {
    /// Axis number `axis` of `count` draws.
    pub fn new(seed: u64, axis: usize, count: u64) -> Self {
        let permutation = Permutation::new(count, &Stream::new(seed, Purpose::Permutation, axis));
        // As fine as lets slice + place and its division by N keep clear of the slice's edges.
        let bits = 50u32.saturating_sub(permutation.bits).max(1);
        let jitter = Stream::new(seed, Purpose::Jitter, axis);
        Self { permutation, jitter, grain: 1.0 / (1u64 << bits) as f64, shift: 64 - bits }
    }

    /// Draws number `first`, `first + 1`, … on this axis, in (0, 1).
    pub fn fill(&self, first: u64, units: &mut [f64]) {
        let count = self.permutation.count as f64;
        for ((index, word), u) in (first..).zip(self.jitter.from(first)).zip(units) {
            let place = ((word >> self.shift) as f64 + 0.5) * self.grain;
            *u = (self.permutation.at(index) as f64 + place) / count;
        }
    }
}

/// A keyed permutation of 0 … count − 1, without a table: invertible mixing of the numbers below the next power of two,
/// repeated while the outcome is out of range (cycle walking; Black and Rogaway 2002).
#[derive(Debug, Clone, PartialEq)]
struct Permutation {
    count: u64,
    /// The next power of two is 2^bits.
    bits: u32,
    keys: [[u64; 2]; ROUNDS],
}

impl Permutation {
    fn new(count: u64, stream: &Stream) -> Self {
        let count = count.max(1);
        let words = stream.keys::<{ 2 * ROUNDS }>();
        let keys = std::array::from_fn(|i| [words[2 * i], words[2 * i + 1] | 1]);
        Self { count, bits: u64::BITS - (count - 1).leading_zeros(), keys }
    }

    /// Where `index` goes.
    fn at(&self, index: u64) -> u64 {
        // Draws past the last begin anew: the walk would not end outside the range.
        let mut x = if index < self.count { index } else { index % self.count };
        let mask = u64::MAX.checked_shr(u64::BITS - self.bits).unwrap_or(0);
        let half = (self.bits / 2).max(1);
        loop {
            for [shift, factor] in &self.keys {
                x = x.wrapping_add(*shift).wrapping_mul(*factor) & mask;
                x ^= x >> half;
            }
            if x < self.count {
                return x;
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "small numbers")]
mod tests {
    use super::*;

    fn permutation(count: u64, seed: u64) -> Permutation {
        Permutation::new(count, &Stream::new(seed, Purpose::Permutation, 0))
    }

    #[test]
    fn every_number_comes_once() {
        let around = (8..=17).flat_map(|k| [(1u64 << k) - 1, 1 << k, (1 << k) + 1]);
        for count in (1..=300).chain(around).chain([1_000, 65_537, 99_991, 100_000]) {
            for seed in 0..3 {
                let permutation = permutation(count, seed);
                let mut seen = vec![false; count as usize];
                for index in 0..count {
                    let to = permutation.at(index) as usize;
                    assert!(!std::mem::replace(&mut seen[to], true), "{to} of {count} twice");
                }
            }
        }
    }

    /// Invertible step by step, so a bijection at sizes too large to count out.
    #[test]
    fn every_step_can_be_undone_at_a_thousand_million() {
        for count in [1_000_000_000, 999_999_937, (1 << 29) + 1, 1 << 30, (1 << 40) - 1] {
            let permutation = permutation(count, 5);
            let mask = (1u64 << permutation.bits) - 1;
            let half = permutation.bits / 2;
            let back = |mut x: u64| loop {
                for [shift, factor] in permutation.keys.iter().rev() {
                    x ^= (x >> half) ^ (x >> (2 * half));
                    // Newton's iteration doubles the bits of an odd number's inverse modulo 2^64.
                    let inverse = (0..6).fold(1u64, |y, _| y.wrapping_mul(2u64.wrapping_sub(factor.wrapping_mul(y))));
                    x = x.wrapping_mul(inverse).wrapping_sub(*shift) & mask;
                }
                if x < count {
                    return x;
                }
            };
            for index in (0..count).step_by((count / 997) as usize) {
                assert_eq!(back(permutation.at(index)), index, "of {count}");
            }
        }
    }

    /// Over the seeds, the permutations of a few are all alike in number.
    #[test]
    fn small_permutations_are_equally_likely() {
        for (count, permutations) in [(2, 2), (3, 6), (4, 24)] {
            let seeds = 500 * permutations;
            let mut found = std::collections::BTreeMap::new();
            for seed in 0..seeds {
                let permutation = permutation(count, seed);
                let order: Vec<u64> = (0..count).map(|index| permutation.at(index)).collect();
                *found.entry(order).or_insert(0.0) += 1.0;
            }
            assert_eq!(found.len() as u64, permutations);
            let chi_squared: f64 = found.values().map(|n: &f64| (n - 500.0).powi(2) / 500.0).sum();
            let freedom = (permutations - 1) as f64;
            assert!(chi_squared < freedom + 6.0 * (2.0 * freedom).sqrt(), "{count}: {chi_squared}");
        }
    }
}
