//! The Sobol sequence with nested uniform scrambling, 64 bits a coordinate.

use super::joe_kuo::INITIAL;
use super::stream::{Purpose, Stream, unit};

/// Most axes of a Sobol design.
pub const MAX_DIMENSIONS: usize = INITIAL.len() + 1;

/// Bits of a coordinate, and of an index.
const BITS: usize = 64;

/// Rounds of the scrambling hash. Two already leave no pair of flips dependent that 100,000 seeds could show.
const ROUNDS: usize = 5;

/// One coordinate of a scrambled Sobol sequence.
///
/// Words are kept with their bits reversed, the half in the lowest bit: additions and multiplications carry upwards,
/// that is from coarse digits to fine ones, which is the direction in which a nested scrambling may depend.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Coordinate {
    directions: [u64; BITS],
    keys: [[u64; 2]; ROUNDS],
}

impl Coordinate {
    /// Coordinate `axis` < [`MAX_DIMENSIONS`], counted from 0; none beyond.
    pub fn new(seed: u64, axis: usize) -> Option<Self> {
        let directions = directions(axis)?.map(u64::reverse_bits);
        let words = Stream::new(seed, Purpose::Scrambling, axis).keys::<{ 2 * ROUNDS }>();
        // A factor must be odd to lose nothing.
        Some(Self { directions, keys: std::array::from_fn(|i| [words[2 * i], words[2 * i + 1] | 1]) })
    }

    /// Points number `first`, `first + 1`, … on this axis, in (0, 1).
    pub fn fill(&self, first: u64, units: &mut [f64]) {
        // The sequence runs in the order of the Gray code (Antonov and Saleev 1979): neighbours differ by one direction.
        let mut word = point(&self.directions, first);
        for (i, u) in units.iter_mut().enumerate() {
            *u = unit(scramble(word, &self.keys).reverse_bits());
            let next = first.wrapping_add(i as u64 + 1);
            word ^= self.directions[next.trailing_zeros() as usize % BITS];
        }
    }
}

/// Point number `index` of an unscrambled coordinate.
fn point(directions: &[u64; BITS], index: u64) -> u64 {
    let gray = index ^ (index >> 1);
    directions.iter().enumerate().filter(|(k, _)| gray >> k & 1 == 1).fold(0, |word, (_, direction)| word ^ direction)
}

/// The direction numbers v_k = m_k / 2^k of a coordinate, as binary fractions: the highest bit is the half.
fn directions(axis: usize) -> Option<[u64; BITS]> {
    let mut v = [0; BITS];
    let Some(before) = axis.checked_sub(1) else {
        return Some(std::array::from_fn(|k| 1 << (BITS - 1 - k)));
    };
    let (polynomial, initial) = INITIAL.get(before)?;
    let degree = initial.len();
    for k in 0..BITS {
        v[k] = if k < degree {
            u64::from(initial[k]) << (BITS - 1 - k)
        } else {
            // m_k = 2 a_1 m_(k−1) ⊕ … ⊕ 2^s m_(k−s) ⊕ m_(k−s), the polynomial being x^s + a_1 x^(s−1) + … + 1.
            (1..=degree)
                .filter(|lag| polynomial >> (degree - lag) & 1 == 1)
                .fold(v[k - degree] >> degree, |word, lag| word ^ v[k - lag])
        };
    }
    Some(v)
}

/// Nested uniform scrambling of a word whose coarsest digit is the lowest bit: each digit is flipped or not by a hash of
/// the coarser digits.
fn scramble(mut word: u64, keys: &[[u64; 2]; ROUNDS]) -> u64 {
    for [shift, factor] in keys {
        word = word.wrapping_add(*shift).wrapping_mul(*factor);
        // The doubling keeps a digit out of its own flip.
        word ^= word.wrapping_mul(factor << 1);
    }
    word
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "small numbers")]
mod tests {
    use super::*;

    /// x^exponent modulo a polynomial of this degree over GF(2).
    fn power_of_x(mut exponent: u64, polynomial: u64, degree: u32) -> u64 {
        let times = |a: u64, b: u64| {
            let mut product = (0..=degree).filter(|k| b >> k & 1 == 1).fold(0, |sum, k| sum ^ (a << k));
            for k in (degree..2 * degree + 1).rev().filter(|k| *k >= degree) {
                if product >> k & 1 == 1 {
                    product ^= polynomial << (k - degree);
                }
            }
            product
        };
        let (mut result, mut square) = (1, if degree == 1 { 2 ^ polynomial } else { 2 });
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = times(result, square);
            }
            square = times(square, square);
            exponent >>= 1;
        }
        result
    }

    #[test]
    fn the_polynomials_are_primitive_and_distinct() {
        for (i, (polynomial, initial)) in INITIAL.iter().enumerate() {
            let polynomial = u64::from(*polynomial);
            let degree = initial.len() as u32;
            assert_eq!(63 - polynomial.leading_zeros(), degree, "row {i}: as many numbers as the degree");
            // Primitive: x has the order 2^s − 1, no less.
            let order = (1u64 << degree) - 1;
            assert_eq!(power_of_x(order, polynomial, degree), 1, "row {i}");
            for prime in (2..=order).filter(|p| order.is_multiple_of(*p) && *p < order && (2..*p).all(|q| p % q != 0)) {
                assert_ne!(
                    power_of_x(order / prime, polynomial, degree),
                    1,
                    "row {i}: order divides {}",
                    order / prime
                );
            }
            assert!(INITIAL[..i].iter().all(|(other, _)| u64::from(*other) != polynomial), "row {i} twice");
        }
        // All primitive polynomials of a degree come before the next degree's.
        let of_degree = |s: usize| INITIAL.iter().filter(|(_, initial)| initial.len() == s).count();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 8, 9].map(of_degree), [1, 1, 2, 2, 6, 6, 18, 16, 48]);
        assert!(INITIAL.is_sorted_by_key(|(_, initial)| initial.len()));
    }

    #[test]
    fn initial_numbers_are_odd_and_small_enough() {
        for (i, (_, initial)) in INITIAL.iter().enumerate() {
            for (k, m) in initial.iter().enumerate() {
                assert!(m % 2 == 1 && *m < 1 << (k + 1), "row {i}: m_{} = {m}", k + 1);
            }
        }
    }

    /// Sobol's property A: the first 2^s points lie in the 2^s different orthants of the unit cube cut in halves. Joe
    /// and Kuo's set has it up to dimension 1111; a wrong number breaks it.
    #[test]
    fn property_a_holds_in_every_dimension() {
        for dimensions in 1..=BITS {
            let mut rows: Vec<u64> = (0..dimensions)
                .map(|axis| {
                    let v = directions(axis).expect("a direction");
                    (0..dimensions).fold(0, |row, k| row | (v[k] >> 63) << k)
                })
                .collect();
            for column in 0..dimensions {
                let pivot = (column..dimensions).find(|&r| rows[r] >> column & 1 == 1);
                rows.swap(column, pivot.unwrap_or_else(|| panic!("dimension {dimensions}: property A fails")));
                for r in column + 1..dimensions {
                    if rows[r] >> column & 1 == 1 {
                        rows[r] ^= rows[column];
                    }
                }
            }
        }
    }

    /// As printed in the literature, from Bratley and Fox 1988 on.
    #[test]
    fn the_first_points_are_the_known_ones() {
        let known: [[f64; 8]; 3] = [
            [0.0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125],
            [0.0, 0.5, 0.25, 0.75, 0.375, 0.875, 0.125, 0.625],
            [0.0, 0.5, 0.25, 0.75, 0.625, 0.125, 0.875, 0.375],
        ];
        for (axis, expected) in known.iter().enumerate() {
            let v = directions(axis).expect("a direction");
            for (index, expected) in expected.iter().enumerate() {
                assert_eq!(point(&v, index as u64) as f64 / 2f64.powi(64), *expected, "axis {axis}, point {index}");
            }
        }
    }

    /// A point to which each of the first twenty direction numbers of every axis adds, as another library has it.
    #[test]
    fn every_number_of_the_table_is_the_published_one() {
        let index = 0xAAAAA;
        assert_eq!(index ^ (index >> 1), 0xFFFFF);
        let digest = (0..MAX_DIMENSIONS).fold(0u64, |digest, axis| {
            let word = point(&directions(axis).expect("a direction"), index);
            digest.wrapping_mul(31).wrapping_add(word >> (BITS - 20))
        });
        assert_eq!(digest, 11_911_795_184_795_890_922);
    }

    /// With m points' digits, every elementary interval of volume 2^−m holds one point: one axis alone, and two together.
    fn check_net(words: [&dyn Fn(u64) -> u64; 2], start: u64) {
        for m in 0..=12u32 {
            for (a, b) in (0..=m).map(|a| (a, m - a)) {
                let mut seen = vec![false; 1 << m];
                for index in start << m..(start + 1) << m {
                    let digits = |word: u64, count: u32| word.checked_shr(64 - count).unwrap_or(0);
                    let cell = digits(words[0](index), a) << b | digits(words[1](index), b);
                    assert!(!std::mem::replace(&mut seen[cell as usize], true), "2^{m} points, cut 2^{a} by 2^{b}");
                }
            }
        }
    }

    #[test]
    fn the_first_pair_is_a_net_before_and_after_scrambling() {
        let plain = [0, 1].map(|axis| directions(axis).expect("a direction"));
        check_net([&|i| point(&plain[0], i), &|i| point(&plain[1], i)], 0);
        check_net([&|i| point(&plain[0], i), &|i| point(&plain[1], i)], 5);
        for seed in 0..3 {
            let axes = [0, 1].map(|axis| Coordinate::new(seed, axis).expect("a coordinate"));
            let word = |axis: usize, i| scramble(point(&axes[axis].directions, i), &axes[axis].keys).reverse_bits();
            check_net([&|i| word(0, i), &|i| word(1, i)], 0);
            check_net([&|i| word(0, i), &|i| word(1, i)], 1 << 27);
        }
    }

    #[test]
    fn every_axis_alone_is_stratified_after_scrambling() {
        for axis in 0..MAX_DIMENSIONS {
            let coordinate = Coordinate::new(9, axis).expect("a coordinate");
            let mut units = vec![0.0; 1 << 10];
            coordinate.fill(3 << 10, &mut units);
            let mut cells: Vec<usize> = units.iter().map(|u| (u * 1024.0) as usize).collect();
            cells.sort_unstable();
            assert!(cells.iter().copied().eq(0..1024), "axis {axis}");
        }
        assert_eq!(Coordinate::new(9, MAX_DIMENSIONS), None);
    }

    /// A digit's flip depends on the coarser digits alone, and over the seeds any two flips are independent, all that
    /// Owen's variance needs.
    #[test]
    fn flips_are_fair_and_independent_in_pairs() {
        const LEVELS: u32 = 5;
        const FLIPS: usize = (1 << LEVELS) - 1;
        let seeds = 20_000;
        let mut sums = vec![[0i32; FLIPS]; FLIPS];
        for seed in 0..seeds {
            let keys = Coordinate::new(seed, 0).expect("a coordinate").keys;
            let mut flips = Vec::with_capacity(FLIPS);
            for level in 0..LEVELS {
                for prefix in 0..1u64 << level {
                    let flip = scramble(prefix, &keys) >> level & 1;
                    let finer = scramble(prefix | (seed << 1 | 1) << level, &keys) >> level & 1;
                    assert_ne!(finer, flip, "the digit itself is 1, so the outcome differs whatever comes after");
                    flips.push(1 - 2 * flip as i32);
                }
            }
            for i in 0..FLIPS {
                for j in 0..=i {
                    sums[i][j] += if i == j { flips[i] } else { flips[i] * flips[j] };
                }
            }
        }
        // 496 sums of standard deviation √seeds: beyond 5.5 by chance once in 50,000 tests.
        let worst = sums.iter().flatten().map(|sum| sum.abs()).max().expect("sums");
        assert!(f64::from(worst) < 5.5 * (seeds as f64).sqrt(), "{worst}");
    }
}
