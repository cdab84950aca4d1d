//! Exact quantiles of more numbers than fit into memory: counted by their leading bits, pass by pass, until few enough
//! share them to be sorted. The numbers come in the same way in every pass.

/// What is asked for.
pub(super) const QUANTILES: [(&str, f64); 5] =
    [("p5", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95)];

/// So many numbers are sorted rather than counted once more.
const FEW: u64 = 1 << 14;

/// One search for all of [`QUANTILES`] over one stream of numbers.
#[derive(Debug)]
pub(super) struct Search {
    /// Leading bits known of every number still looked at.
    known: u32,
    /// Leading bits that a pass tells apart after these.
    width: u32,
    count: u64,
    first: bool,
    ranges: Vec<Range>,
    /// Of each quantile the numbers at the ranks below and above it.
    found: [[f64; 2]; QUANTILES.len()],
}

/// The numbers that begin with the same bits.
#[derive(Debug)]
struct Range {
    prefix: u64,
    /// What is looked for in it: quantile, below or above, rank inside.
    wanted: Vec<(usize, usize, u64)>,
    /// The least and the greatest [`key`] seen: where they are one, nothing is left to look for.
    ends: [u64; 2],
    seen: Seen,
}

#[derive(Debug)]
enum Seen {
    /// How many by the next bits.
    Counts(Vec<u32>),
    /// Themselves, in the order of [`key`].
    Keys(Vec<u64>),
}

impl Seen {
    fn new(expected: u64, width: u32) -> Self {
        if expected <= FEW { Self::Keys(Vec::new()) } else { Self::Counts(vec![0; 1 << width]) }
    }
}

impl Range {
    fn new(prefix: u64, expected: u64, width: u32) -> Self {
        Self { prefix, wanted: Vec::new(), ends: [u64::MAX, 0], seen: Seen::new(expected, width) }
    }
}

/// Bits in the order of the numbers.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn value(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

/// The bits of `key` before the last 64 − `known`.
fn prefix(key: u64, known: u32) -> u64 {
    key.checked_shr(64 - known).unwrap_or(0)
}

impl Search {
    /// A search over at most `expected` numbers (below 2^32), telling `width` ≤ 16 bits apart in a pass.
    pub fn new(expected: u64, width: u32) -> Self {
        let ranges = vec![Range::new(0, expected, width)];
        Self { known: 0, width, count: 0, first: true, ranges, found: Default::default() }
    }

    /// Takes in a number of this pass.
    pub fn take_in(&mut self, number: f64) {
        self.count += u64::from(self.first);
        let key = key(number);
        let prefix = prefix(key, self.known);
        let Some(range) = self.ranges.iter_mut().find(|range| range.prefix == prefix) else { return };
        range.ends = [range.ends[0].min(key), range.ends[1].max(key)];
        match &mut range.seen {
            Seen::Keys(keys) => keys.push(key),
            Seen::Counts(counts) => {
                let next = (key << self.known) >> (64 - self.width.min(64 - self.known));
                #[expect(clippy::cast_possible_truncation, reason = "at most 16 bits")]
                if let Some(count) = counts.get_mut(next as usize) {
                    *count += 1;
                }
            }
        }
    }

    /// Ends a pass; whether another one is needed.
    pub fn narrow(&mut self) -> bool {
        if self.first {
            self.first = false;
            let ranks = |(quantile, &(_, p)): (usize, &(&str, f64))| {
                let (below, _) = rank(p, self.count);
                [(quantile, 0, below), (quantile, 1, (below + 1).min(self.count.saturating_sub(1)))]
            };
            if self.count > 0 {
                self.ranges[0].wanted = QUANTILES.iter().enumerate().flat_map(ranks).collect();
            } else {
                self.ranges.clear();
            }
        }
        let width = self.width.min(64 - self.known);
        let mut next: Vec<Range> = Vec::new();
        for Range { prefix, wanted, ends: [least, greatest], seen } in std::mem::take(&mut self.ranges) {
            match seen {
                _ if least == greatest => {
                    wanted.iter().for_each(|&(quantile, side, _)| self.found[quantile][side] = value(least));
                }
                Seen::Keys(mut keys) => {
                    keys.sort_unstable();
                    for (quantile, side, rank) in wanted {
                        let key = usize::try_from(rank).ok().and_then(|rank| keys.get(rank));
                        self.found[quantile][side] = key.map_or(f64::NAN, |&key| value(key));
                    }
                }
                Seen::Counts(counts) => {
                    for (quantile, side, rank) in wanted {
                        let mut before = 0;
                        for (bits, count) in counts.iter().map(|&count| u64::from(count)).enumerate() {
                            if rank < before + count {
                                let prefix = prefix << width | bits as u64;
                                let wanted = (quantile, side, rank - before);
                                match next.iter_mut().find(|range| range.prefix == prefix) {
                                    _ if self.known + width == 64 => self.found[quantile][side] = value(prefix),
                                    Some(range) => range.wanted.push(wanted),
                                    None => {
                                        let mut range = Range::new(prefix, count, self.width);
                                        range.wanted.push(wanted);
                                        next.push(range);
                                    }
                                }
                                break;
                            }
                            before += count;
                        }
                    }
                }
            }
        }
        self.known += width;
        self.ranges = next;
        !self.ranges.is_empty()
    }

    /// The quantiles, once no pass is needed any more: linear between the two nearest ranks (type 7 of Hyndman and
    /// Fan 1996, the default of R and numpy).
    pub fn quantiles(&self) -> [Option<f64>; QUANTILES.len()] {
        std::array::from_fn(|quantile| {
            let (_, share) = rank(QUANTILES[quantile].1, self.count);
            let [below, above] = self.found[quantile];
            // What lies between a number and an infinite one is no number, but for the number itself.
            let at_a_rank = below == above || share == 0.0;
            (self.count > 0).then_some(if at_a_rank { below } else { below + share * (above - below) })
        })
    }
}

/// The rank below quantile `p` of `count` numbers, from 0, and the share of the way to the next.
fn rank(p: f64, count: u64) -> (u64, f64) {
    let place = p * count.saturating_sub(1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the count")]
    (place as u64, place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(numbers: &[f64]) -> Vec<f64> {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let quantile = |p: f64| {
            let place = p * (sorted.len() - 1) as f64;
            #[expect(clippy::cast_possible_truncation, reason = "a rank")]
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            below + place.fract() * (above - below)
        };
        QUANTILES.iter().map(|&(_, p)| quantile(p)).collect()
    }

    #[test]
    fn the_quantiles_are_those_of_the_sorted_numbers() {
        let mut random = fastrand::Rng::with_seed(5);
        for case in 0..40 {
            let count = if case % 4 == 0 { 60_000 } else { random.usize(1..40) };
            let scale = 10f64.powi(random.i32(-300..300));
            let levels = random.u32(1..200_000);
            let number = |random: &mut fastrand::Rng| match case % 5 {
                // Many ties, both signs, several magnitudes, and numbers that differ in their last bits alone.
                0 => f64::from(random.u32(0..levels)) - 20.0,
                1 => (random.f64() - 0.5) * scale,
                2 => (random.f64() * 20.0 - 10.0).exp(),
                3 => 1.0 + f64::EPSILON * f64::from(random.u32(0..levels)),
                _ => 2.0,
            };
            let numbers: Vec<f64> = (0..count).map(|_| number(&mut random)).collect();
            let mut search = Search::new(count as u64, random.u32(8..=16));
            let mut passes = 0;
            loop {
                numbers.iter().for_each(|&number| search.take_in(number));
                passes += 1;
                if !search.narrow() {
                    break;
                }
            }
            assert!(passes <= 8, "{passes} passes");
            let found: Vec<f64> = search.quantiles().into_iter().flatten().collect();
            assert_eq!(found, naive(&numbers), "case {case}, {count} numbers");
        }
    }

    #[test]
    fn nothing_has_no_quantiles() {
        for expected in [10, 100_000] {
            let mut search = Search::new(expected, 16);
            assert!(!search.narrow());
            assert_eq!(search.quantiles(), [None; 5]);
        }
    }
}
