//! Random words by position: ChaCha with 8 rounds, a generator without state.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A sequence of random 64-bit words, any of which can be had at once. Sequences of another seed, purpose or axis have
/// nothing to do with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stream {
    key: [u8; 32],
    axis: u64,
}

impl Stream {
    /// The sequence of one axis. The purpose keeps apart what one seed is used for.
    pub fn new(seed: u64, purpose: Purpose, axis: usize) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = purpose as u8;
        Self { key, axis: axis as u64 }
    }

    /// Words number `first`, `first + 1`, …
    pub fn from(&self, first: u64) -> impl Iterator<Item = u64> {
        let mut generator = ChaCha8Rng::from_seed(self.key);
        generator.set_stream(self.axis);
        // Positions count words of 32 bits.
        generator.set_word_pos(2 * u128::from(first));
        std::iter::repeat_with(move || generator.next_u64())
    }

    /// The first words.
    pub fn keys<const N: usize>(&self) -> [u64; N] {
        let mut words = self.from(0);
        std::array::from_fn(|_| words.next().unwrap_or(0))
    }
}

/// What a stream's words are for. The numbers are part of what a seed means: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The numbers of a random design.
    Random = 1,
    /// The permutations of a Latin hypercube.
    Permutation = 2,
    /// The places inside a Latin hypercube's slices.
    Jitter = 3,
    /// The scrambling of a Sobol sequence.
    Scrambling = 4,
    /// Where the trajectories of a Morris design start.
    Start = 5,
    /// In what order they move the axes.
    Order = 6,
    /// Draws that say how far an estimate scatters.
    Resampling = 7,
}

/// 2^−53.
pub(super) const TINY: f64 = 1.0 / (1u64 << 53) as f64;

/// A random word as a number in the open interval (0, 1): an odd multiple of 2^−53, by the word's upper 52 bits. Thus
/// u is never 0 or 1, 1 − u is exact, and u is as likely as 1 − u.
pub(crate) fn unit(word: u64) -> f64 {
    ((word >> 11) | 1) as f64 * TINY
}
